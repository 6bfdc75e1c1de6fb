//! What somebody on the path reads of a server's conversations.

use conn_auth::ANSWER_LENGTH;
use echo::lab::{Direction, Event, What};
use framing::FrameDecoder;

/// What the client of this connection said, message by message.
///
/// `seen` is what the tap has noted, in this order, of all connections through it. An [`Event`] has the number of its
/// `connection`, its `direction`, and in `what` either the bytes of one read, [`What::Bytes`], or [`What::Closed`].
///
/// The server speaks first: 32 bytes, its challenge. The first 16 bytes of the client (`ANSWER_LENGTH`) are the answer.
/// All that it sends after them are frames, and their payloads are text; what is no UTF-8 is shown as
/// `String::from_utf8_lossy` shows it. `FrameDecoder::default()` reads frames: `push` takes bytes, and `frame` hands out
/// the next whole frame. A client may have left at any byte, also during its answer.
pub fn messages(seen: &[Event], connection: usize) -> Vec<String> {
    todo!("collect what this client sent, leave out its answer to the challenge, and read the frames")
}

/// The password that a friend has sent, in two messages of one connection: one begins with `first half: `, the other with
/// `second half: `. What stands behind that is a half.
///
/// Nobody knows on which connection this was done, which half was sent first, and what was said in between. `None` if
/// nobody has sent both halves.
pub fn password(seen: &[Event]) -> Option<String> {
    todo!("look through all connections, and put the two halves together")
}
