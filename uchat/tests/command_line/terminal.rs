//! A terminal with the program in it, and somebody who reads and types.

use crate::home::{Home, PATIENCE, PROGRAM};
use pty_process::Size;
use pty_process::blocking::{Command, open};
use rustix::termios::{LocalModes, tcgetattr};
use std::io::{Read, Write};
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

pub(crate) struct Terminal {
    pty: Arc<pty_process::blocking::Pty>,
    child: Child,
    output: Receiver<Vec<u8>>,
    /// All that was shown.
    pub(crate) shown: String,
    /// How much of it was looked at.
    seen: usize,
}

impl Terminal {
    pub(crate) fn new(home: &Home, args: &[&str]) -> Self {
        Self::with(home, PROGRAM, args)
    }

    /// With another program in it.
    pub(crate) fn with(home: &Home, program: &str, args: &[&str]) -> Self {
        let (pty, terminal) = open().unwrap();
        pty.resize(Size::new(50, 200)).unwrap();
        let command = Command::new(program).args(args).env_clear().envs(home.environment());
        let child = command.current_dir(home.path("")).spawn(terminal).unwrap();
        let pty = Arc::new(pty);
        let (sender, output) = channel();
        let reading = Arc::clone(&pty);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Linux reports the end as an error.
            while let Ok(length @ 1..) = (&*reading).read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { pty, child, output, shown: String::new(), seen: 0 }
    }

    /// Waits until this is shown.
    pub(crate) fn expect(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.shown[self.seen..].contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.shown += &String::from_utf8_lossy(&bytes),
                Err(error) => panic!("{text:?} is not shown ({error}):\n{}", self.shown),
            }
        }
        self.seen += self.shown[self.seen..].find(text).unwrap() + text.len();
    }

    pub(crate) fn type_in(&mut self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// Answers a question whose answer is not shown.
    pub(crate) fn secret(&mut self, question: &str, keys: &str) {
        self.expect(question);
        let end = Instant::now() + PATIENCE;
        while tcgetattr(&*self.pty).unwrap().local_modes.contains(LocalModes::ECHO) {
            assert!(Instant::now() < end, "what is typed is shown");
            std::thread::yield_now();
        }
        self.type_in(keys);
    }

    /// Waits for its end.
    pub(crate) fn status(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        while let Ok(bytes) = self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.shown += &String::from_utf8_lossy(&bytes);
        }
        assert!(Instant::now() < end, "it does not end:\n{}", self.shown);
        let status = self.child.wait().unwrap();
        std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal).or(status.code())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill(); // fails only if it has ended already
        let _ = self.child.wait();
    }
}

/// Ctrl-C.
pub(crate) const INTERRUPT: &str = "\x03";
/// Ctrl-D.
pub(crate) const END: &str = "\x04";
