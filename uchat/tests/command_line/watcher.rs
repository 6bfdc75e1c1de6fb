//! Somebody in front of a terminal of the usual kind: sees what stands on it now, types, pastes.

use crate::home::{Home, PATIENCE};
use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use rustix::termios::{LocalModes, tcgetattr};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;
use vt100::{MouseProtocolMode, Parser, Screen};

pub(crate) struct Watcher {
    pty: Arc<Pty>,
    child: Child,
    output: Receiver<Vec<u8>>,
    screen: Parser,
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
        let (pty, terminal) = open().unwrap();
        pty.resize(Size::new(ROWS, COLUMNS)).unwrap();
        let command = Command::new(program).args(args).env_clear().envs(home.environment());
        let command = command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        let command = command.envs(variables.iter().copied()).current_dir(home.path(""));
        let child = command.spawn(terminal).unwrap();
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
        let screen = Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0);
        Self { pty, child, output, screen, bytes: Vec::new(), answered: 0, drawing: false }
    }

    /// Waits until this stands on the screen.
    pub(crate) fn sees(&mut self, text: &str) {
        self.waits(text, |screen| screen.contents().contains(text));
    }

    /// Waits until echo has answered this.
    pub(crate) fn sees_echo(&mut self, text: &str) {
        // What was sent and what came back; the one that is being written is not there any more.
        let answer = format!("echo: {text}");
        self.waits(text, |screen| {
            let shown = screen.contents();
            shown.contains(&answer) || shown.matches(text).count() > 1
        });
    }

    /// Waits until this does not stand on the screen any more.
    pub(crate) fn misses(&mut self, text: &str) {
        self.waits(&format!("no {text}"), |screen| !screen.contents().contains(text));
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.id().try_into().unwrap()).unwrap()
    }

    /// Waits until the program has stopped, as a shell does that looks after its jobs; and until all is here that it
    /// has written before.
    pub(crate) fn sees_it_stop(&mut self) {
        let end = Instant::now() + PATIENCE;
        let options = WaitOptions::UNTRACED | WaitOptions::NOHANG;
        loop {
            match waitpid(Some(self.pid()), options).unwrap() {
                Some((_, status)) if status.stopped() => break,
                Some((_, status)) => panic!("it has ended: {status:?}"),
                None => assert!(Instant::now() < end, "it does not stop:\n{}", self.text()),
            }
            std::thread::yield_now();
        }
        self.waits("the old screen", |screen| !screen.alternate_screen());
    }

    /// Takes in what has come, without waiting.
    pub(crate) fn catches_up(&mut self) {
        while let Ok(bytes) = self.output.try_recv() {
            self.takes(&bytes);
        }
    }

    /// Waits until it is so on the screen.
    pub(crate) fn waits(&mut self, what: &str, there: impl Fn(&Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        while self.drawing || !there(self.screen.screen()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.takes(&bytes),
                Err(error) => panic!("{what:?} is not on the screen ({error}):\n{}", self.text()),
            }
        }
    }

    pub(crate) fn screen(&self) -> &Screen {
        self.screen.screen()
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
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// Clicks on the first place where this stands; nothing wide stands before it in its line.
    pub(crate) fn clicks(&mut self, text: &str) {
        self.sees(text);
        self.catches_up();
        let shown = self.text();
        let place = shown.lines().enumerate().find_map(|(y, line)| Some((y, line.find(text)?, line)));
        let (y, at, line) = place.unwrap();
        let x = line[..at].chars().count();
        self.types(&format!("\x1b[<0;{};{}M", x + 1, y + 1));
    }

    pub(crate) fn pastes(&mut self, text: &str) {
        self.types(&format!("\x1b[200~{text}\x1b[201~"));
    }

    pub(crate) fn resizes(&mut self, rows: u16, columns: u16) {
        self.pty.resize(Size::new(rows, columns)).unwrap();
        self.screen.screen_mut().set_size(rows.try_into().unwrap(), columns.try_into().unwrap());
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end. The status; 128 and the number of a signal that has ended it.
    pub(crate) fn status(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        while let Ok(bytes) = self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.takes(&bytes);
        }
        assert!(Instant::now() < end, "it does not end:\n{}", self.text());
        let status = self.child.wait().unwrap();
        std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal).or(status.code())
    }

    /// The terminal is as a shell needs it.
    pub(crate) fn finds_a_clean_terminal(&self) {
        let screen = self.screen.screen();
        let all = String::from_utf8_lossy(&self.bytes).into_owned();
        assert!(all.contains("\x1b[?1049h"), "there was a screen: {all:?}");
        assert!(!screen.alternate_screen(), "the old screen is back");
        assert!(!screen.hide_cursor(), "the cursor is there");
        assert!(!screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), MouseProtocolMode::None);
        for (on, off) in [("\x1b[?1004h", "\x1b[?1004l"), ("\x1b[?2026h", "\x1b[?2026l")] {
            assert!(all.rfind(off) > all.rfind(on), "{off:?} comes last");
        }
        let modes = tcgetattr(&*self.pty).unwrap().local_modes;
        assert!(modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG), "{modes:?}");
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill(); // fails only if it has ended already
        let _ = self.child.wait();
    }
}

const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";
const ROWS: u16 = 30;
const COLUMNS: u16 = 100;
