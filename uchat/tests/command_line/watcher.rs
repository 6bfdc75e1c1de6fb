//! Somebody in front of a terminal of the usual kind: sees what stands on it now, types, pastes.

use crate::home::{Home, PATIENCE};
use crate::pty::Pty;
use pty_process::Size;
use std::ffi::OsStr;
use std::time::Instant;
use vt100::{Parser, Screen};

pub(crate) struct Watcher {
    pub(crate) pty: Pty,
    pub(crate) screen: Parser,
    /// Every byte that came.
    pub(crate) bytes: Vec<u8>,
    /// Up to where questions to the terminal were answered.
    answered: usize,
    /// Whether only a part of a frame has come: what stands on the screen then is of two frames.
    drawing: bool,
}

impl Watcher {
    /// The program in a terminal of 100 columns and 30 rows.
    pub(crate) fn new(home: &Home, args: &[&str]) -> Self {
        Self::of(crate::home::PROGRAM, home, args, &[])
    }

    /// Another program, with more variables.
    pub(crate) fn of(
        program: impl AsRef<OsStr>,
        home: &Home,
        args: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let usual = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
        let variables = [&usual, variables].concat();
        let pty = Pty::new(home, program, args, &variables, Size::new(ROWS, COLUMNS));
        let screen = Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0);
        Self { pty, screen, bytes: Vec::new(), answered: 0, drawing: false }
    }

    /// Waits until this stands on the screen.
    pub(crate) fn sees(&mut self, text: &str) {
        self.waits(text, |screen| screen.contents().contains(text));
    }

    /// Takes in what has come, without waiting.
    pub(crate) fn catches_up(&mut self) {
        while let Ok(bytes) = self.pty.next(Instant::now()) {
            self.takes(&bytes);
        }
    }

    /// Waits until it is so on the screen.
    pub(crate) fn waits(&mut self, what: &str, there: impl Fn(&Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        while self.drawing || !there(self.screen.screen()) {
            match self.pty.next(end) {
                Ok(bytes) => self.takes(&bytes),
                Err(error) => panic!("{what:?} is not on the screen ({error}):\n{}", self.text()),
            }
        }
    }

    /// What stands on the screen.
    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }

    fn takes(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        // A mark may have come in two pieces.
        let from = self.bytes.len().saturating_sub(FRAME_BEGINS.len());
        self.bytes.extend_from_slice(bytes);
        let last = |mark: &[u8]| self.bytes[from..].windows(mark.len()).rposition(|some| some == mark);
        match (last(FRAME_BEGINS), last(FRAME_ENDS)) {
            (None, None) => {}
            (begins, ends) => self.drawing = begins > ends,
        }
        // A terminal answers who it is; this one knows no keyboard protocol of kitty.
        let question = b"\x1b[c";
        while let Some(at) = self.bytes[self.answered..].windows(3).position(|some| some == question) {
            self.answered += at + question.len();
            self.types("\x1b[?62;c");
        }
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.pty.types(keys);
    }

    pub(crate) fn id(&self) -> u32 {
        self.pty.id()
    }

    /// Waits for the end. The status; 128 and the number of a signal that has ended it.
    pub(crate) fn status(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        while let Ok(bytes) = self.pty.next(end) {
            self.takes(&bytes);
        }
        assert!(Instant::now() < end, "it does not end:\n{}", self.text());
        self.pty.status()
    }
}

const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";
const ROWS: u16 = 30;
const COLUMNS: u16 = 100;
