//! Stage 3: many clients at once.
//!
//! One [`RequestHandler`] says what to do with a connection; three servers run it. They differ in how
//! they wait for many clients, and in nothing else:
//!
//! | file | server | waits |
//! |---|---|---|
//! | `threading.rs` | [`ThreadingTcpServer`] | one blocked thread for each client |
//! | `select.rs` | [`SelectTcpServer`] | one thread that asks the system which clients are ready |
//! | `tasks.rs` | `TasksTcpServer` (feature `tasks`) | one tokio task for each client, on a few threads |
//!
//! | file | idea |
//! |---|---|
//! | `handler.rs` | the handler's hooks: setup, handle, refill, finish, and a deadline in place of a wait |
//! | `authenticated.rs` | stage 2's challenge as a state, so that nobody waits for it |
//! | `echo_handler.rs` | upper case for each chunk, as before |
//! | `operator.rs` | an operator who types the answers |
//! | `session.rs` | what all three servers do with a handler |
//! | `measure.rs` | threads, memory and time of a server process |
//! | `attack.rs` | messages cut in two and glued together |

pub mod attack;
mod authenticated;
mod echo_handler;
mod handler;
pub mod measure;
mod model;
mod operator;
mod select;
mod session;
mod shutdown;
#[cfg(feature = "tasks")]
mod tasks;
mod threading;

pub use authenticated::{Authenticated, ask};
pub use echo_handler::EchoHandler;
pub use handler::{Close, Deadline, RequestHandler};
pub use model::{Model, Server, run_server};
pub use operator::OperatorHandler;
pub use select::SelectTcpServer;
pub use session::MOST_CLIENTS;
pub use shutdown::Shutdown;
#[cfg(feature = "tasks")]
pub use tasks::TasksTcpServer;
pub use threading::ThreadingTcpServer;

/// The port of this stage's server.
pub const PORT: u16 = 8001;
