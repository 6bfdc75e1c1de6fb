//! Stage 8: the real thing. HTTPS as the web speaks it: TLS 1.3 from rustls, HTTP/1.1 inside, and the
//! certificates of stage 7.
//!
//! | file | idea |
//! |---|---|
//! | `server.rs` | TLS around HTTP as a handler of stage 3 |
//! | `client.rs` `get.rs` `download.rs` | a connection to any https server; the verb `get`; where the page goes |
//! | `config.rs` | certificates, keys, and whom to trust |
//! | `presented.rs` `sentences.rs` | what a server has shown, and what is wrong with it, in a sentence |
//! | `pages.rs` `protection.rs` | the pages, and what they say about the connection |
//! | `http/` | requests, answers and bodies, with limits |
//! | `tls/` `dissect.rs` `key_log.rs` | the handshake as labelled bytes, decrypted with a key log |
//! | `compare.rs` `ours.rs` | our handshake beside TLS's, message by message |
//! | `unfit.rs` | certificates that must be refused |
//! | `attack.rs` | a visitor |

pub mod attack;
mod client;
pub mod compare;
mod config;
mod dissect;
mod download;
mod get;
pub mod http;
mod key_log;
mod ours;
mod pages;
mod presented;
mod protection;
mod sentences;
mod server;
pub mod tls;
mod unfit;

pub use client::Connection;
pub use config::{Identity, client_config, roots, server_config};
pub use dissect::{Seen, Tls};
pub use get::GET;
pub use key_log::KeyLogFile;
pub use ours::our_handshake;
pub use presented::Presented;
pub use protection::Protection;
pub use server::HttpsHandler;
pub use unfit::{Unfit, make_unfit};

/// The port of this stage's server.
pub const PORT: u16 = 9443;
