//! The loop: take in all that waits, do what is to be done, draw if it is time, wait. It knows no terminal.

use super::pace::Pace;
use super::play::Play;
use super::{Input, now};
use crate::app::{App, Effect, Event};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

/// What the loop draws on.
pub(super) trait Face<S = App> {
    /// Draws the state.
    fn draw(&mut self, shown: &mut S) -> io::Result<()>;

    /// Draws attention.
    fn notify(&mut self, title: &str, body: &str) -> io::Result<()>;

    /// Puts a text into the clipboard.
    fn copy(&mut self, text: &str) -> io::Result<()>;

    /// Gives the terminal back, stops the program, and takes the terminal again when the program goes on.
    fn pause(&mut self) -> io::Result<()>;
}

/// The loop.
pub(super) struct Turns<'a, P, F> {
    play: &'a mut P,
    face: &'a mut F,
    queue: &'a Receiver<Input>,
    pace: Pace,
    quit: bool,
}

impl<'a, P: Play, F: Face<P::Shown>> Turns<'a, P, F> {
    pub(super) fn new(play: &'a mut P, face: &'a mut F, queue: &'a Receiver<Input>) -> Self {
        Self { play, face, queue, pace: Pace::default(), quit: false }
    }

    pub(super) fn screen(&mut self) -> &mut F {
        self.face
    }

    /// Draws for the first time, then does what is to be done at the start.
    pub(super) fn first(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        self.pace.changed(true);
        self.draw()?;
        self.perform(effects)
    }

    /// Runs until the user leaves, the terminal is gone, or somebody asks the program to end.
    pub(super) fn run(&mut self) -> io::Result<()> {
        while !self.quit {
            let wait = self.pace.wait(Instant::now(), now());
            let first = match wait {
                None => self.queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(wait) => self.queue.recv_timeout(wait),
            };
            match first {
                Ok(input) => self.take_all(input)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            if self.pace.wakes(now()) {
                self.take(Input::Event(None, Event::Tick))?;
            }
            self.draw()?;
        }
        Ok(())
    }

    /// Takes in what waits, but not for longer than a person would notice.
    fn take_all(&mut self, first: Input) -> io::Result<()> {
        let end = Instant::now() + BATCH;
        self.take(first)?;
        while !self.quit && Instant::now() < end {
            match self.queue.try_recv() {
                Ok(input) => self.take(input)?,
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        Ok(())
    }

    fn take(&mut self, input: Input) -> io::Result<()> {
        if matches!(input, Input::End) {
            self.quit = true;
            return Ok(());
        }
        if matches!(input, Input::Pause) {
            self.face.pause()?;
            self.pace.changed(true); // nothing of what was drawn is there any more
            return Ok(());
        }
        let by_person = matches!(
            input,
            Input::Event(_, Event::Key(_) | Event::Mouse(_) | Event::Paste(_) | Event::Resize(_))
        );
        self.pace.changed(by_person);
        let effects = self.play.take(now(), input);
        self.perform(effects)
    }

    fn perform(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Command(..) | Effect::Job(_) | Effect::Image(_) => self.play.perform(effect),
                Effect::Notify { title, body } => self.face.notify(&title, &body)?,
                Effect::Copy(text) => self.face.copy(&text)?,
                Effect::WakeAt(time) => self.pace.wake_at(time),
                Effect::Quit => self.quit = true,
            }
        }
        Ok(())
    }

    fn draw(&mut self) -> io::Result<()> {
        if !self.quit && self.pace.draws(Instant::now()) {
            self.face.draw(self.play.shown())?;
        }
        Ok(())
    }
}

/// How long events are taken in before the screen is drawn in between.
const BATCH: Duration = Duration::from_millis(50);
