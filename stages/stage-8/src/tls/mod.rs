//! TLS as bytes: records, handshake messages and the decryption of recorded sessions, all for looking at.
//!
//! rustls does the real work of this stage. These decoders only show what it sends, so a mistake here could
//! mislead a reader, never weaken a connection.
//!
//! | file | idea |
//! |---|---|
//! | `record.rs` | the record layer: cutting a stream into records |
//! | `messages.rs` | the handshake messages, field by field |
//! | `extensions.rs` | the extensions inside them |
//! | `names.rs` | what the numbers mean |
//! | `decrypt.rs` | opening records with the secrets of a key log |

mod decrypt;
mod extensions;
mod messages;
pub mod names;
mod record;

pub use decrypt::{KeyLog, Suite, TrafficKeys, expand_label};
pub(crate) use messages::ServerHello;
pub use messages::{CERTIFICATE, Form, is_hello_retry_request, message_length, read_alert, read_message};
pub use record::{Content, HEADER_LENGTH, Header, MAX_FRAGMENT, Piece, Records, read_header};
