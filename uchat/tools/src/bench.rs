//! A load generator: many clients in one process against a server in another.
//!
//! It measures the server and the wire, not people's encryption: what the clients send are opaque packets of the
//! wanted size. Each carries its sender's counter and the moment at which it was made, so that every delivery is
//! checked: nothing lost, nothing twice, nothing out of order.
//!
//! | file | idea |
//! |---|---|
//! | `link.rs` | one client: requests out, answers and pushes in |
//! | `payload.rs` | what a packet carries, and the book of what has arrived |
//! | `scenario.rs` `scenario/` | connect, idle, direct, paced, room, offline |
//! | `work.rs` | what all clients of a run share, and how it is measured |
//! | `server_process.rs` | the server's CPU time and memory, as the system counts them |
//! | `report.rs` | one line of JSON |

mod link;
mod payload;
mod report;
mod scenario;
mod server_process;
mod work;

pub use link::token;
pub use report::Report;
pub use scenario::{Scenario, run};

use certificates::x509::ServerName;
use conn_auth::Key;
use std::net::SocketAddr;
use std::time::Duration;
use uchat_protocol::channel::Transport;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is done.
    pub scenario: Scenario,
    /// The server.
    pub server: SocketAddr,
    /// The name in its certificate.
    pub server_name: ServerName,
    /// How it is spoken to.
    pub transport: Transport,
    /// SHA-256 of its CA, for the transports that have one.
    pub pinned_ca: Option<[u8; 32]>,
    /// What proves membership.
    pub access_key: Option<Key>,
    /// How clients log in.
    pub log_in: LogIn,
    /// How many clients.
    pub users: usize,
    /// For how long; scenarios that have an end of their own take what they need.
    pub time: Duration,
    /// The bytes of each packet.
    pub size: usize,
    /// How many messages of one sender are on their way at a time; paced: how many a second.
    pub window: usize,
    /// The server's process id, to ask the system about it.
    pub server_pid: Option<u32>,
}

/// How clients log in.
#[derive(Debug, Clone, Copy)]
pub enum LogIn {
    /// With the resume [`token`] that each of them has.
    Token,
    /// With the password that all of them have, for which the server works hard.
    Password {
        /// The name of the user with this index.
        name: fn(usize) -> String,
        /// The password.
        password: &'static str,
    },
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The plan makes no sense.
    #[error("{0}")]
    Plan(String),
    /// A client failed.
    #[error("a client has failed: {0}")]
    Client(String),
    /// A connection failed.
    #[error("the connection of {who} failed: {reason}")]
    Connection {
        /// Which client.
        who: String,
        /// Why.
        reason: String,
    },
    /// The server said something else than it should.
    #[error("the server answered {who} with {got}")]
    Answer {
        /// Which client.
        who: String,
        /// What came.
        got: String,
    },
    /// The system does not tell about the server's process.
    #[error("nothing is known of the server's process {pid}: {reason}")]
    Process {
        /// Its id.
        pid: u32,
        /// Why.
        reason: String,
    },
}
