//! A client of stage 6: what is said travels in packets.
//!
//! The library has this ready-made (`PacketClient`). Write it yourself, and compare afterwards.

use cbc_packet::operations::text_message;
use cbc_packet::{LIMIT, PacketDecoder, Packets};
use conn_auth::{Key, random};
use echo::lab::{Failure, io_failure};
use framing::{ByteOrder, FrameStream, Message, Value};
use key_exchange::{Group, fresh_pair};
use std::fmt::Display;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection on which packets travel.
pub struct Client {
    stream: TcpStream,
    packets: Packets,
    decoder: PacketDecoder,
}

impl Client {
    /// Connects, answers the server's challenge with `key`, and agrees on a key for the packets:
    ///
    /// - `FrameStream::connect(server, Some(PATIENCE), Some(key), ByteOrder::Network)` does the first two;
    /// - `fresh_pair(&Group::ffdhe2048())` is our pair; its `public()` goes to the server as a frame, and the frame
    ///   that comes back is the server's value (`request` does both);
    /// - `pair.shared_key(&theirs)` is the key, and `Packets::new(key.bytes())` seals and opens under it;
    /// - `into_parts()` gives the socket back, and bytes that have come already: they belong to the first packet, so
    ///   the decoder (`PacketDecoder::new(LIMIT)`) needs them.
    ///
    /// The socket keeps the patience: a read gives an error when the server has been silent for so long.
    pub fn connect(server: SocketAddr, key: &Key) -> Result<Self, Failure> {
        todo!("connect, exchange public values, and keep what the packets need")
    }

    /// Sends a message, `operation` with `text`, in one packet, and waits for the answer: its operation and its text.
    ///
    /// `text_message(operation, text)` is the message, and `packets.seal_message(iv, &message, &mut out)` appends it
    /// to `out` as a packet. The IV must be new and random: `random()` makes one. `receive` waits for the answer,
    /// whose value should be a `Value::Str(text)`: any other value is an error.
    pub fn ask(&mut self, operation: u8, text: &str) -> Result<(u8, String), Failure> {
        todo!("seal the message, send it, and take the text out of the answer")
    }

    /// Waits for one packet, however many reads it takes, and opens it. An end of the stream is an error (`Failure::new`
    /// makes one of a sentence), and so is a packet that cannot be right.
    ///
    /// `decoder.push(bytes)` takes what has come; `decoder.packet()` is the next whole packet, if it is there;
    /// `packets.open(packet)` checks its digest and gives text and padding; `Message::from_bytes(text)` reads the
    /// text.
    fn receive(&mut self) -> Result<Message, Failure> {
        todo!("read until the decoder has a whole packet, then open it")
    }
}

/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(1);

/// An error of any layer as a sentence. For those of the socket `io_failure(what, &error)` also says what did not work.
fn failed(error: impl Display) -> Failure {
    Failure::new(error.to_string())
}
