//! What the testers of all exercises share.
//!
//! A tester is a program. It goes through its steps in order, prints a line for each, and stops at the first that
//! fails, with what was expected and what was found:
//!
//! ```text
//!   ok   a text in upper case
//!   FAIL a text whose upper case is longer
//!          expected  53 54 52 41 53 53 45   (7 bytes)
//!          found     53 54 52 41 c3 9f 45   (7 bytes)
//!                                ^^ byte 4
//!          as text   "STRASSE" and "STRAßE"
//! ```
//!
//! Its exit status is 0 if all steps have passed. The runner believes that only if the last line repeats the word that it
//! gave on the standard input: code under test can end the program too, but it does not know the word.

mod expect;
mod flag;
mod network;
mod wait;

pub use expect::{fail, holds, same, same_bytes, same_text};
pub use flag::{flag, student};
pub use network::{listen, network_error};
pub use wait::within;

use expect::Wrong;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::exit;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long the whole tester may take.
pub const LIMIT: Duration = Duration::from_secs(10);

/// Set by the runner, which then gives the word on the standard input.
pub const RUNNER: &str = "EXERCISES_RUNNER";

/// Goes through the steps of one exercise.
pub struct Tester {
    _private: (),
}

/// Where something has panicked, for the failure.
static PLACE: Mutex<Option<String>> = Mutex::new(None);
/// The step that is going on.
static STEP: Mutex<String> = Mutex::new(String::new());

/// Runs a tester, and ends the program with its verdict.
pub fn run(steps: impl FnOnce(&mut Tester)) {
    let word = word();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}, line {}", file_name(at.file()), at.line()));
        *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    std::thread::spawn(|| {
        std::thread::sleep(LIMIT);
        let step = STEP.lock().unwrap_or_else(PoisonError::into_inner).clone();
        failed(&step, &format!("this has not ended after {} seconds", LIMIT.as_secs()));
    });
    steps(&mut Tester { _private: () });
    println!("passed{word}");
    exit(0);
}

impl Tester {
    /// One step: `what` is a short sentence or noun, in the words of the exercise. It fails if `check` panics, by
    /// [`same_bytes`] and its like or by itself.
    pub fn step(&mut self, what: &str, check: impl FnOnce()) {
        what.clone_into(&mut STEP.lock().unwrap_or_else(PoisonError::into_inner));
        match catch_unwind(AssertUnwindSafe(check)) {
            Ok(()) => println!("  ok   {what}"),
            Err(panic) => failed(what, &why(panic.as_ref())),
        }
    }
}

fn failed(step: &str, why: &str) -> ! {
    println!("  FAIL {step}");
    for line in why.lines() {
        println!("         {line}");
    }
    exit(1);
}

fn why(panic: &dyn Any) -> String {
    if let Some(Wrong(text)) = panic.downcast_ref() {
        return text.clone();
    }
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
    if let Some(to_do) = text.strip_prefix("not yet implemented") {
        return format!("still to do{to_do} ({place})");
    }
    format!("the code has panicked: {text} ({place})")
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The word of the runner, if it has started this program. It is read before any code under test runs.
fn word() -> String {
    let mut word = String::new();
    if std::env::var_os(RUNNER).is_some() {
        let _ = std::io::stdin().read_line(&mut word); // without it the runner does not believe the verdict
        word.insert(0, ' ');
    }
    word.trim_end().to_owned()
}
