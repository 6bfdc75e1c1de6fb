//! HTTP/1.1 (RFC 9110 and RFC 9112), as much of it as this stage needs: bytes in, bytes out.
//!
//! | file | idea |
//! |---|---|
//! | `url.rs` | an https URL, and the percent signs in it |
//! | `request.rs` | what a client asks for, read with limits |
//! | `answer.rs` | what a server answers |
//! | `conversation.rs` | one request after the other on one connection, the server's side |
//! | `response.rs` | an answer as the client reads it |
//! | `body.rs` | where a body ends: by its length, by its chunks, by the end of the connection |

mod answer;
mod body;
mod conversation;
mod request;
mod response;
mod url;

pub use answer::{Answer, Content, reason_phrase};
pub use body::{Body, BodyError, Framing};
pub use conversation::{Conversation, Site};
pub use request::{MAX_BODY, MAX_HEAD, MAX_HEADERS, Refusal, Request, read_request};
pub use response::{Response, read_response};
pub use url::{Url, encode, parameter};
