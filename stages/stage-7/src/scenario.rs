//! A university, a board, and students: certificates at work, each role a process of its own.
//!
//! The university signs the keys of its students. A student shows the certificate to the board, which knows the
//! university and nobody else, and from then on knows who writes what.
//!
//! | file | idea |
//! |---|---|
//! | `narrate.rs` | the whole story in one run, step by step |
//! | `ca_server.rs` | the university: requests come in as files, certificates go out as files |
//! | `board.rs` `posts.rs` | the board: who is it, and what do they write |
//! | `old_way.rs` | a session key as the course project delivered it, and RC4 under it |
//! | `student.rs` | a student: a key, a request, a certificate, and posts |
//! | `paper.rs` | small files over stage 4's frames, without a disk |

mod board;
mod ca_server;
mod narrate;
mod old_way;
mod paper;
mod posts;
mod student;

pub(crate) use board::BOARD;
pub(crate) use ca_server::CA_SERVER;
pub(crate) use narrate::SCENARIO;
pub(crate) use student::STUDENT;

use echo::lab::{self, Opt};
use std::fmt;
use std::time::{Duration, SystemTime};

/// Writes one line of a role's log: time of day (UTC), file, line, who, and what.
macro_rules! log {
    ($who:expr, $($what:tt)*) => {
        $crate::scenario::write_log(file!(), line!(), $who, format_args!($($what)*))
    };
}
use log;

/// Behind [`log!`].
fn write_log(file: &str, line: u32, who: &str, what: fmt::Arguments<'_>) {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let file = file.replace('\\', "/");
    let file = file.rsplit_once("src/").map_or(file.as_str(), |(_, file)| file);
    lab::log(format_args!("{hour:02}:{minute:02}:{second:02} {file}:{line} {who}: {what}"));
}

/// Whether this can be a student's id: 1 to 20 letters (a to z), digits or `-`.
fn check_id(id: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if (1..=20).contains(&id.len()) && id.chars().all(fits) {
        return Ok(());
    }
    Err(format!("{} is no student id: 1 to 20 letters (a to z), digits or -", anatomy::quoted(id)))
}

const DIR: Opt = Opt { name: "dir", value: Some("D"), help: "the folder of this role" };
const CA: Opt = Opt { name: "ca", value: Some("F"), help: "the university's certificate" };

/// The name on the university's certificate.
const UNIVERSITY: &str = "The University";
/// The name by which students call the board.
const BOARD_NAME: &str = "localhost";

/// How long one side waits for the other.
const PATIENCE: Duration = Duration::from_secs(30);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_plain() {
        for good in ["1", "s1001", "A-b-3", &"x".repeat(20)] {
            assert_eq!(check_id(good), Ok(()));
        }
        for bad in ["", "a b", "../a", "小明", "a\n", "a\0", "é", "a_b", &"x".repeat(21)] {
            assert!(check_id(bad).is_err(), "{bad:?}");
        }
    }
}
