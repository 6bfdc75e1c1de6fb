//! Waiting for code that may never end.

use crate::fail;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::channel;
use std::time::Duration;

/// Does `action` in a thread of its own, and returns what it returns. If it takes longer than `limit`, the step
/// ends with the sentence `otherwise`; the thread then dies with the program.
pub fn within<T: Send + 'static>(
    limit: Duration,
    otherwise: &str,
    action: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (sender, done) = channel();
    std::thread::spawn(move || {
        let _ = sender.send(catch_unwind(AssertUnwindSafe(action))); // nobody may be waiting any more
    });
    match done.recv_timeout(limit) {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => resume_unwind(panic),
        Err(_) => fail(otherwise),
    }
}
