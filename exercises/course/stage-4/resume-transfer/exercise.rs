//! The sending side of a file transfer that goes on where it was cut off.
//!
//! The library has this ready-made (`framing::send_file`). Write it yourself, and compare afterwards.

use framing::FrameStream;
use framing::transfer::{Answer, CHUNK, Offer};
use sha2::{Digest, Sha256};

/// Why the file has not arrived, as a sentence for the one who has sent it.
pub type Problem = String;

/// Sends a file to a receiver of stage 4 (`recv-files`), and returns the offset from which bytes had to travel.
///
/// Each line is a frame; `stream.send(&bytes)` sends one, `stream.receive()` waits for one:
///
/// ```text
/// -> offer                        name, size and SHA-256 of the whole file; `offset` is 0: all bytes can be had
/// <- Answer::From(offset)         the receiver has the bytes before this offset already
/// -> bytes, 1 to CHUNK a frame    until the end of the file; no frame at all if the receiver has everything
/// <- Answer::Done                 the digest fits
/// ```
///
/// In place of either answer `Answer::Problem(sentence)` may come: then this sentence is the error. An [`Offer`] becomes
/// a frame with `to_bytes`, and `Sha256::digest(content).into()` is its digest. Nothing that the receiver says is
/// believed: it may also ask for a byte behind the end of the file, or give an answer that does not belong here.
pub fn send(stream: &mut FrameStream, name: &str, content: &[u8]) -> Result<u64, Problem> {
    todo!("offer the file, learn the offset, send what is missing, and wait for the confirmation")
}

/// Waits for the receiver's next answer.
fn answer(stream: &mut FrameStream) -> Result<Answer, Problem> {
    let frame = stream.receive().map_err(|e| e.to_string())?;
    Answer::from_bytes(&frame).map_err(|e| e.to_string())
}
