//! A test kit for servers of this course, in any language: it connects as a client does, says what a good or a bad
//! client may say, and checks the bytes that come back against the specification.
//!
//! | file | idea |
//! |---|---|
//! | `main.rs` | the command line |
//! | `case.rs` | a case and its verdict |
//! | `target.rs` | the server that is checked, and what is needed to talk to it |
//! | `wire.rs` | a socket whose every wait has an end |
//! | `session.rs` | a text said and answered, whatever lies below: stream, frames, packets, channel |
//! | `cases.rs` `cases/` | the cases, one file for each layer |
//! | `run.rs` `report.rs` | all cases of a stage, one after the other; what is printed |
//! | `vectors.rs` `vectors/` | bytes to test against without a network |

mod case;
mod cases;
mod report;
mod run;
mod session;
mod target;
pub mod vectors;
mod wire;

pub use case::{Case, Outcome, Verdict, Wrong};
pub use cases::cases;
pub use report::{list, print_json, print_text};
pub use run::{Report, Row, run};
pub use target::{COURSE_KEY, Layer, Target};
