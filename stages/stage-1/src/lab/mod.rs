//! The workbench: what the program of every stage needs and no stage teaches.
//!
//! Arguments and help from one table of verbs, addresses limited to this machine, lines in and out,
//! a tap that reads the wire between two programs, and the voice that narrates a demo.

mod attack;
mod demo;
mod dissect;
mod failure;
mod hex;
mod ladder;
mod lines;
mod net;
mod options;
mod output;
mod process;
mod program;
mod race;
mod recording;
mod story;
mod tap;

pub use attack::{Attack, Outcome, Target, attack_tables, attack_verb, list_attacks, run_attack};
pub use demo::{Attacked, DEMO, DEMO_KEY, attack, attack_on_path, demo_key, demo_texts, demo_verb};
pub use dissect::{Dissect, Plain};
pub use failure::{Failure, reason, timed_out};
pub use hex::{hex, unhex};
pub use ladder::{LADDER, Rung, rung};
pub use lines::{Empty, LONG_LINE, SHORT_LINE, converse};
pub use net::{accept, announce, connect, first_client, io_failure, listen, on_interrupt, send, shortage};
pub use options::{CONNECT, LISTEN, Opt, Options, TIMEOUT};
pub use output::{count, log, print};
pub use process::{Ended, Process, own};
pub use program::{Program, Verb};
pub use race::{Lap, race};
pub use recording::Recording;
pub use story::Story;
pub use tap::{Direction, Event, Tap, What, watch};
