//! A recorded connection of TLS 1.3, read with its key log.

use echo::lab::{Direction, Dissect, Recording};
use https::Tls;
use https::tls::KeyLog;

/// What one side has said in a recorded connection: all of its application data, in clear, in order. Empty if
/// the key log is not the one of this connection.
///
/// `recording.chunks` has the bytes of both sides as they were seen: pairs of who and what. [`Tls`] is stage
/// 8's decoder. It is made with a key log (`KeyLog::parse(text)`), and wants to see *all* bytes of the
/// connection, of both sides, in their order: `tls.bytes(direction, &bytes)` gives the records that these
/// bytes have completed. (This method comes from the trait `Dissect`.)
///
/// Each record is a list of labelled pieces: `record.leaves()` goes through them, `piece.label` says what one
/// is, and `record.bytes_of(piece)` are its bytes. What was decrypted has the label `application data`.
pub fn said(recording: &Recording, key_log: &str, by: Direction) -> Vec<u8> {
    todo!("one decoder for the whole recording; collect the application data of one side")
}
