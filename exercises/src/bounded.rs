//! Programs that nobody trusts: they get so much time and may print so much, and then they are killed with all that they
//! have started.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// What a program may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Until it must have ended.
    pub(crate) time: Duration,
    /// Bytes on each of its two outputs.
    pub(crate) output: usize,
}

/// How a program has ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// By itself, or killed by somebody else.
    With(ExitStatus),
    /// It took too long.
    TooLate,
    /// It printed too much.
    TooMuch,
}

/// What a program has done.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// How it has ended.
    pub(crate) ended: Ended,
    /// What it printed; the first part, if that was too much.
    pub(crate) output: String,
    /// What it printed to its standard error.
    pub(crate) errors: String,
}

/// What the reading threads report.
enum News {
    Bytes(usize, Vec<u8>),
    End,
}

/// Runs a program with this on its standard input.
pub(crate) fn run(mut command: Command, input: &str, bounds: Bounds) -> io::Result<Outcome> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0); // so that its children end with it
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes()); // it may have ended already
    }
    let (sender, news) = channel();
    if let (Some(output), Some(errors)) = (child.stdout.take(), child.stderr.take()) {
        listen(0, output, sender.clone());
        listen(1, errors, sender);
    }
    let end = Instant::now() + bounds.time;
    let (mut texts, mut open) = ([Vec::new(), Vec::new()], 2);
    let ended = loop {
        if open == 0 {
            break wait(&mut child, end)?;
        }
        // A pipe can outlive its program, in the hands of a child of it; what counts is the program.
        let left = end.saturating_duration_since(Instant::now()).min(LOOK);
        match news.recv_timeout(left) {
            Ok(News::Bytes(which, bytes)) => {
                texts[which].extend_from_slice(&bytes);
                if texts[which].len() > bounds.output {
                    break Ended::TooMuch;
                }
            }
            Ok(News::End) => open -= 1,
            Err(RecvTimeoutError::Disconnected) => open = 0,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = child.try_wait()? {
                    // What it said last is on its way; but a child of it may keep the pipe for ever.
                    while let Ok(news) = news.recv_timeout(LOOK) {
                        if let News::Bytes(which, bytes) = news {
                            texts[which].extend_from_slice(&bytes);
                        }
                        if Instant::now() >= end || texts.iter().any(|text| text.len() > bounds.output) {
                            break;
                        }
                    }
                    break Ended::With(status);
                }
                if Instant::now() >= end {
                    break Ended::TooLate;
                }
            }
        }
    };
    kill(&mut child);
    let [output, errors] = texts.map(|mut text| {
        text.truncate(bounds.output);
        String::from_utf8_lossy(&text).into_owned()
    });
    Ok(Outcome { ended, output, errors })
}

fn listen(which: usize, mut pipe: impl Read + Send + 'static, news: Sender<News>) {
    std::thread::spawn(move || {
        let mut piece = vec![0; 16 << 10];
        while let Ok(length @ 1..) = pipe.read(&mut piece) {
            if news.send(News::Bytes(which, piece[..length].to_vec())).is_err() {
                return; // nobody wants more
            }
        }
        let _ = news.send(News::End);
    });
}

/// Waits for a program that has closed its outputs.
fn wait(child: &mut Child, end: Instant) -> io::Result<Ended> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ended::With(status));
        }
        if Instant::now() >= end {
            return Ok(Ended::TooLate);
        }
        std::thread::sleep(Duration::from_millis(5)); // std has no wait with a limit
    }
}

fn kill(child: &mut Child) {
    #[cfg(unix)]
    if let Ok(Some(group)) = i32::try_from(child.id()).map(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL); // it may be gone
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// How often to look whether a program has ended that says nothing.
const LOOK: Duration = Duration::from_millis(50);

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    fn sh(script: &str, bounds: Bounds) -> Outcome {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(command, "the word\n", bounds).unwrap()
    }

    const ENOUGH: Bounds = Bounds { time: Duration::from_secs(60), output: 1000 };

    #[test]
    fn what_a_program_says_and_how_it_ends_is_told() {
        let outcome = sh("read word; echo \"$word\"; echo no >&2; exit 3", ENOUGH);
        assert!(matches!(outcome.ended, Ended::With(status) if status.code() == Some(3)), "{outcome:?}");
        assert_eq!((&outcome.output[..], &outcome.errors[..]), ("the word\n", "no\n"));
    }

    #[test]
    fn who_takes_too_long_or_says_too_much_is_killed() {
        let short = Bounds { time: Duration::from_millis(200), ..ENOUGH };
        assert!(matches!(sh("sleep 100", short).ended, Ended::TooLate));
        assert!(matches!(sh("exec >&- 2>&-; sleep 100", short).ended, Ended::TooLate));
        let outcome = sh("while :; do echo much; done", ENOUGH);
        assert!(matches!(outcome.ended, Ended::TooMuch), "{:?}", outcome.ended);
        assert_eq!(outcome.output.len(), 1000);
    }

    #[test]
    fn what_a_program_says_last_is_not_lost() {
        for _ in 0..20 {
            let outcome = sh("sleep 0.05; echo late; exit 1", ENOUGH); // just when somebody looks whether it has ended
            assert_eq!(outcome.output, "late\n");
        }
    }

    #[test]
    fn a_child_that_keeps_the_pipe_holds_nobody_up() {
        let begun = Instant::now();
        let outcome = sh("echo done; sleep 100 & exit 0", ENOUGH);
        assert!(matches!(outcome.ended, Ended::With(status) if status.success()), "{outcome:?}");
        assert_eq!(outcome.output, "done\n");
        assert!(begun.elapsed() < ENOUGH.time);
    }
}
