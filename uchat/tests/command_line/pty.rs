//! A program in a pseudo-terminal. A thread reads what it writes, so that nobody waits for it longer than is meant.

use crate::home::Home;
use pty_process::Size;
use pty_process::blocking::{Command, open};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Instant;

pub(crate) struct Pty {
    pub(crate) terminal: Arc<pty_process::blocking::Pty>,
    child: Child,
    output: Receiver<Vec<u8>>,
}

impl Pty {
    pub(crate) fn new(
        home: &Home,
        program: impl AsRef<OsStr>,
        args: &[&str],
        variables: &[(&str, &str)],
        size: Size,
    ) -> Self {
        let (pty, terminal) = open().unwrap();
        pty.resize(size).unwrap();
        let command = Command::new(program).args(args).env_clear().envs(home.environment());
        let command = command.envs(variables.iter().copied()).current_dir(home.path(""));
        let child = command.spawn(terminal).unwrap();
        let terminal = Arc::new(pty);
        let (sender, output) = channel();
        let reading = Arc::clone(&terminal);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Linux reports the end as an error.
            while let Ok(length @ 1..) = (&*reading).read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { terminal, child, output }
    }

    /// What the program writes next; an error if nothing comes until `end`, or ever.
    pub(crate) fn next(&self, end: Instant) -> Result<Vec<u8>, RecvTimeoutError> {
        self.output.recv_timeout(end.saturating_duration_since(Instant::now()))
    }

    pub(crate) fn types(&self, keys: &str) {
        (&*self.terminal).write_all(keys.as_bytes()).unwrap();
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The status of a program that writes nothing more; 128 and the number of a signal that has ended it.
    pub(crate) fn status(&mut self) -> Option<i32> {
        let status = self.child.wait().unwrap();
        status.signal().map(|signal| 128 + signal).or(status.code())
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill(); // fails only if it has ended already
        let _ = self.child.wait();
    }
}
