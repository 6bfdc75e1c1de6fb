//! The messenger's server.
//!
//! ```text
//! socket ─▶ channel ─▶ connection ─▶ request ─▶ writer (or a reader) ─▶ handler
//! socket ◀─ channel ◀─ mailbox ◀──── answer, pushes ◀─── bus ◀─── commit ◀─┘
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `server.rs` | the server as a whole: start, listen, stop |
//! | `config.rs` `folder.rs` | what can be set; the data folder and its lock |
//! | `shared.rs` | what all connections share |
//! | `connection.rs` `connection/` | one connection, one task: handshake, requests, output |
//! | `accounts.rs` `accounts/` | what changes who is on a connection: sign-up, log-in, the end of an account |
//! | `handler.rs` | what a handler gets and what it gives back |
//! | `handlers.rs` `handlers/` | one file for each operation: a function over one transaction; and the table of them |
//! | `replies.rs` | from what a handler says to what is sent |
//! | `envelope.rs` | what people may send |
//! | `files.rs` | the folder of files |
//! | `store.rs` `store/` | SQLite: the schema, one writer with group commit, a few readers; the SQL, by subject |
//! | `order.rs` | nothing overtakes a message that was put off |
//! | `mailbox.rs` | what waits to be sent on one connection, bounded |
//! | `bus.rs` | who is online where; the way of a push to all who shall have it |
//! | `repeated.rs` | lines of the log that are counted when there are too many |
//! | `passwords.rs` | Argon2id, at most two at once |
//! | `ledger.rs` | what the database says about people and messages, for whoever shows what a server knows |
//! | `limits.rs` `limits/` | how much one address, one name and one connection may ask for |
//! | `prepare.rs` | a store full of people, for load tests |
//! | `authority.rs` | the CA that certifies users |

#[cfg(test)]
extern crate self as uchat_server; // for the client that unit tests share with the others

mod accounts;
pub mod authority;
mod bus;
pub mod config;
mod connection;
mod envelope;
mod files;
mod folder;
pub mod handler;
mod handlers;
pub mod ledger;
mod limits;
mod mailbox;
mod order;
mod passwords;
mod prepare;
mod repeated;
mod replies;
mod server;
mod shared;
mod store;

pub use config::{Config, ConfigError};
pub use prepare::{Crowd, prepare};
pub use server::{Server, StartError};
pub use store::OpenError;
