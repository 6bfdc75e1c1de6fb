//! The terminal made ours, and given back: at the end, after an error, in a panic, before a signal ends us or stops us.

use super::Input;
use super::escape;
use super::play::Shown;
use super::turn::Face;
use crate::notify;
use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode, supports_keyboard_enhancement,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread::{self, ThreadId};

/// The screen on a real terminal, until it is dropped.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    notifies: notify::Terminal,
}

/// What was changed about the terminal: nothing, the screen, the screen and its keyboard.
static TAKEN: AtomicU8 = AtomicU8::new(NOTHING);
const NOTHING: u8 = 0;
const SCREEN: u8 = 1;
const KEYS: u8 = 2;

impl Screen {
    /// Makes the terminal ours.
    pub(super) fn open() -> io::Result<Self> {
        restore_in_panics(thread::current().id());
        let screen = Self { terminal: blank()?, notifies: notify::Terminal::of(super::variable) };
        take(SCREEN)?;
        Ok(screen)
    }

    /// Where the terminal can tell Esc from the start of other keys, it is to do so. It is asked after the first
    /// draw, as not every terminal answers at once.
    pub(super) fn ask_for_keys(&mut self) {
        if matches!(supports_keyboard_enhancement(), Ok(true)) {
            TAKEN.store(KEYS, Ordering::SeqCst);
            let _ = execute!(stdout(), PushKeyboardEnhancementFlags(FLAGS)); // the next draw would fail as well
        }
    }

    /// How large it is.
    pub(super) fn size(&self) -> Size {
        self.terminal.size().unwrap_or(Size::new(80, 24))
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        out.write_all(bytes)?;
        io::Write::flush(out)
    }
}

impl<S: Shown> Face<S> for Screen {
    fn draw(&mut self, shown: &mut S) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| {
            if let Some(caret) = shown.draw(frame.buffer_mut()) {
                frame.set_cursor_position(caret);
            }
        })?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    fn notify(&mut self, title: &str, body: &str) -> io::Result<()> {
        self.send(&notify::bytes(title, body, self.notifies))
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.send(escape::clipboard(text).as_bytes())
    }

    fn pause(&mut self) -> io::Result<()> {
        let taken = TAKEN.load(Ordering::SeqCst);
        restore();
        stop();
        take(taken)?;
        self.terminal = blank()?; // all of it is drawn anew
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// The terminal, of which nothing was drawn yet.
fn blank() -> io::Result<Terminal<CrosstermBackend<BufWriter<Stdout>>>> {
    Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(BUFFER, stdout())))
}

/// Changes the terminal as much as this says.
fn take(what: u8) -> io::Result<()> {
    TAKEN.store(what, Ordering::SeqCst);
    enable_raw_mode()?;
    let mut out = stdout();
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, EnableMouseCapture, EnableFocusChange)?;
    if what == KEYS {
        queue!(out, PushKeyboardEnhancementFlags(FLAGS))?;
    }
    out.flush()
}

/// Stops the program until somebody has it go on.
fn stop() {
    #[cfg(unix)]
    if let Err(error) = signal_hook::low_level::raise(signal_hook::consts::SIGSTOP) {
        tracing::warn!("the program cannot be stopped: {error}");
    }
}

/// Gives the terminal back, if it is ours. What fails, fails: the terminal may be gone.
fn restore() {
    let taken = TAKEN.swap(NOTHING, Ordering::SeqCst);
    if taken == NOTHING {
        return;
    }
    let mut out = stdout();
    if taken == KEYS {
        let _ = queue!(out, PopKeyboardEnhancementFlags);
    }
    let _ = execute!(
        out,
        EndSynchronizedUpdate,
        DisableFocusChange,
        DisableMouseCapture,
        DisableBracketedPaste,
        ResetColor,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
}

/// A panic of the screen is shown on a terminal that can show it. One of another thread does not end the screen, and
/// must not be written across it: it goes into the log.
fn restore_in_panics(screen: ThreadId) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if thread::current().id() == screen || TAKEN.load(Ordering::SeqCst) == NOTHING {
                restore();
                before(info);
            } else {
                tracing::error!("{info}");
            }
        }));
    });
}

/// Watches for the signals of a shell, and of whoever ends the program.
pub(super) fn on_signals(queue: &SyncSender<Input>) {
    on_end(queue.clone());
    #[cfg(unix)]
    if let Err(error) = on_stop(queue.clone()) {
        tracing::warn!("SIGTSTP is not watched: {error}");
    }
}

/// SIGTSTP stops the program; the terminal is given back before. Ctrl-Z on this screen is a key like any other.
#[cfg(unix)]
fn on_stop(queue: SyncSender<Input>) -> io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGTSTP])?;
    let watch = move || {
        for _ in signals.forever() {
            if TAKEN.load(Ordering::SeqCst) == NOTHING {
                stop(); // it is ending
            } else if queue.send(Input::Pause).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(watch).map(drop)
}

/// SIGINT, SIGTERM and SIGHUP end the program in order; a second one, or one while it is ending already, at once.
fn on_end(queue: SyncSender<Input>) {
    let told = AtomicBool::new(false);
    let watched = ctrlc::set_handler(move || {
        if told.swap(true, Ordering::SeqCst) || TAKEN.load(Ordering::SeqCst) == NOTHING {
            restore();
            std::process::exit(INTERRUPTED);
        }
        // Where the queue is full this waits, and a second signal must not.
        let queue = queue.clone();
        thread::spawn(move || queue.send(Input::End));
    });
    if let Err(error) = watched {
        tracing::warn!("signals are not watched: {error}"); // somebody else does already
    }
}

/// What the keyboard is to tell where it can.
const FLAGS: KeyboardEnhancementFlags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES;
/// A whole screen in few writes.
const BUFFER: usize = 64 << 10;
/// The exit status of a program that was interrupted, as shells have it.
const INTERRUPTED: i32 = 130;
