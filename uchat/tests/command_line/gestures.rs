//! More of what somebody in front of a terminal does and sees: clicks, pastes, signals, the end.

use crate::home::PATIENCE;
use crate::watcher::Watcher;
use pty_process::Size;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use rustix::termios::{LocalModes, tcgetattr};
use std::time::Instant;
use vt100::{MouseProtocolMode, Screen};

impl Watcher {
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

    pub(crate) fn screen(&self) -> &Screen {
        self.screen.screen()
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
        self.pty.terminal.resize(Size::new(rows, columns)).unwrap();
        self.screen.screen_mut().set_size(rows.try_into().unwrap(), columns.try_into().unwrap());
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
        let modes = tcgetattr(&*self.pty.terminal).unwrap().local_modes;
        assert!(modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG), "{modes:?}");
    }
}
