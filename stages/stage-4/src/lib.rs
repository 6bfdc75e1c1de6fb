//! Stage 4: frames, values, messages, files.
//!
//! A frame writes the length of a message in front of it, so that a message ends where its sender meant
//! it to, however the stream is cut. Inside, typed values (TLV: type, length, value) carry what programs
//! want to say, and files travel in chunks and go on where they were cut off.
//!
//! | file | idea |
//! |---|---|
//! | `frame.rs` | length, then bytes; a decoder that takes the stream in any pieces |
//! | `value.rs` `decode.rs` `encode.rs` | typed values and their bytes |
//! | `message.rs` | an operation number and a value |
//! | `to_value.rs` `from_value.rs` | your own types as values, through serde |
//! | `json.rs` | values as JSON, for people and tools |
//! | `stream.rs` `handler.rs` | frames on a waiting socket, and under any server of stage 3 |
//! | `transfer.rs` `send.rs` `receive.rs` `partial.rs` | files: what is said, both sides, the unfinished file |
//! | `dissect.rs` | frames on a tapped wire |
//! | `attack.rs` | an eavesdropper reads everything |
//!
//! From here on the layers themselves are bytes in, bytes out: no socket, no clock, no random source.

pub mod attack;
mod decode;
mod dissect;
mod encode;
mod frame;
mod from_value;
mod handler;
mod json;
mod message;
mod partial;
mod receive;
mod send;
mod stream;
mod to_value;
pub mod transfer;
mod value;

pub use decode::{MAX_DEPTH, decode, read_value};
pub use dissect::{Frames, Transfer};
pub use encode::{EncodeError, encode};
pub use frame::{ByteOrder, FrameDecoder, FrameError, HEADER_LENGTH, LIMIT, encode_frame, read_header};
pub use from_value::from_value;
pub use handler::{FRAME_PATIENCE, FrameHandler, FrameService, Outgoing, UpperCaseFrames};
pub use json::{from_json, to_json};
pub use message::Message;
pub use receive::FileReceiver;
pub use send::{Sent, send_file};
pub use stream::FrameStream;
pub use to_value::to_value;
pub use value::{Kind, MappingError, Value};

/// The port of this stage's server.
pub const PORT: u16 = 9004;
