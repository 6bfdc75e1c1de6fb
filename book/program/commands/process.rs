//! A command in a shell, with all that it starts: they share a process group, and end together.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A running command.
pub(crate) struct Process {
    child: Child,
    output: Arc<Output>,
}

#[derive(Default)]
struct Output {
    state: Mutex<(Vec<u8>, bool)>,
    changed: Condvar,
}

impl Process {
    /// Runs `script` in a shell; what it says on both streams comes in one, as in a terminal.
    pub(crate) fn start(shell: &mut Command, script: &str) -> io::Result<Self> {
        shell
            .args(["-c", &format!("exec 2>&1\n{script}")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(shell, 0);
        let mut child = shell.spawn()?;
        let output = Arc::new(Output::default());
        let written = Arc::clone(&output);
        if let Some(stream) = child.stdout.take() {
            // It ends with the last program that holds the pipe.
            std::thread::spawn(move || read(stream, &written));
        }
        Ok(Self { child, output })
    }

    /// The process group of all that it has started.
    pub(crate) fn group(&self) -> u32 {
        self.child.id()
    }

    /// Waits until what it has printed is enough, or it prints no more, or the time is over. Gives what it has printed,
    /// and whether it was enough or at its end.
    pub(crate) fn wait(&self, limit: Duration, mut enough: impl FnMut(&str) -> bool) -> (String, bool) {
        let end = Instant::now() + limit;
        let mut state = self.output.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let text = String::from_utf8_lossy(&state.0).into_owned();
            if state.1 || enough(&text) {
                return (text, true);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return (text, false);
            }
            state = self.output.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn read(mut stream: impl Read, output: &Output) {
    let mut piece = [0; 8 << 10];
    loop {
        let read = stream.read(&mut piece);
        let mut state = output.state.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(count @ 1..) if state.0.len() < MOST => state.0.extend_from_slice(&piece[..count]),
            Ok(1..) => {} // more than any page shows
            Ok(0) => state.1 = true,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => state.1 = true,
        }
        let ended = state.1;
        drop(state);
        output.changed.notify_all();
        if ended {
            return;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            // It fails when all of them have ended. The number is still theirs: the shell has not been waited for.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const MOST: usize = 4 << 20;

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn both_streams_come_in_order() {
        let process = Process::start(&mut Command::new("sh"), "echo a; echo b >&2; echo c").unwrap();
        assert_eq!(process.wait(Duration::from_secs(20), |_| false), ("a\nb\nc\n".to_owned(), true));
    }

    #[test]
    fn what_does_not_end_is_ended_with_all_its_children() {
        let process = Process::start(&mut Command::new("sh"), "sleep 1000 & echo $!; sleep 1000").unwrap();
        let (text, enough) = process.wait(Duration::from_secs(20), |text| text.ends_with('\n'));
        assert!(enough);
        assert!(!process.wait(Duration::from_millis(1), |_| false).1, "it still runs");
        drop(process);
        let child = rustix::process::Pid::from_raw(text.trim().parse().unwrap()).unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        // A killed process is there until its parent, by now the system's first one, has waited for it.
        while rustix::process::test_kill_process(child).is_ok() && !is_zombie(text.trim()) {
            assert!(Instant::now() < end, "the child lives");
            std::thread::yield_now();
        }
    }

    fn is_zombie(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
    }
}
