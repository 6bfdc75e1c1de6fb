//! Stage 1: echo over a plain TCP socket.
//!
//! A server that answers every chunk of bytes in upper case, and a client that sends a line and prints
//! what comes back. Nothing is checked, nothing is hidden: whoever can reach the port is served.
//!
//! | file | idea |
//! |---|---|
//! | `server.rs` | accept, read, answer, until the client leaves; one client at a time |
//! | `client.rs` | connect, send, read one answer |
//! | `upper_case.rs` | what the answer is |
//! | `attack.rs` | a stranger walks in |
//! | `lab/` | the workbench every stage's program uses: arguments, tap, narration |

pub mod attack;
pub mod client;
pub mod lab;
pub mod server;
mod upper_case;

pub use client::Client;
pub use upper_case::upper_case;

/// The port of this stage's server.
pub const PORT: u16 = 9001;

/// One read takes at most this many bytes. It is a habit of many small programs, and stage 3 shows why
/// it must not be mistaken for the size of a message.
pub const CHUNK: usize = 1024;
