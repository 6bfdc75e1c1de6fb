//! A terminal with the program in it, and somebody who reads and types.

use crate::home::{Home, PATIENCE, PROGRAM};
use crate::pty::Pty;
use pty_process::Size;
use rustix::termios::{LocalModes, tcgetattr};
use std::time::Instant;

pub(crate) struct Terminal {
    pty: Pty,
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
        let pty = Pty::new(home, program, args, &[], Size::new(50, 200));
        Self { pty, shown: String::new(), seen: 0 }
    }

    /// Waits until this is shown.
    pub(crate) fn expect(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.shown[self.seen..].contains(text) {
            match self.pty.next(end) {
                Ok(bytes) => self.shown += &String::from_utf8_lossy(&bytes),
                Err(error) => panic!("{text:?} is not shown ({error}):\n{}", self.shown),
            }
        }
        self.seen += self.shown[self.seen..].find(text).unwrap() + text.len();
    }

    pub(crate) fn type_in(&self, keys: &str) {
        self.pty.types(keys);
    }

    /// Answers a question whose answer is not shown.
    pub(crate) fn secret(&mut self, question: &str, keys: &str) {
        self.expect(question);
        let end = Instant::now() + PATIENCE;
        while tcgetattr(&*self.pty.terminal).unwrap().local_modes.contains(LocalModes::ECHO) {
            assert!(Instant::now() < end, "what is typed is shown");
            std::thread::yield_now();
        }
        self.type_in(keys);
    }

    /// Waits for its end.
    pub(crate) fn status(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        while let Ok(bytes) = self.pty.next(end) {
            self.shown += &String::from_utf8_lossy(&bytes);
        }
        assert!(Instant::now() < end, "it does not end:\n{}", self.shown);
        self.pty.status()
    }
}

/// Ctrl-C.
pub(crate) const INTERRUPT: &str = "\x03";
/// Ctrl-D.
pub(crate) const END: &str = "\x04";
