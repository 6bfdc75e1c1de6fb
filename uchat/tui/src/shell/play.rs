//! What the loop moves: a screen with its world, or the two screens of the demo with theirs.

use super::{DemoWorld, Input, World};
use crate::app::{App, Effect, Images, update};
use crate::demo::{self, Demo};
use crate::draw::draw;
use crate::image::Workers;
use crate::lang::Lang;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

/// What can be drawn on a terminal.
pub(super) trait Shown {
    /// Draws it; returns where the caret goes.
    fn draw(&mut self, buffer: &mut Buffer) -> Option<Position>;
}

impl Shown for App {
    fn draw(&mut self, buffer: &mut Buffer) -> Option<Position> {
        draw(self, buffer)
    }
}

impl Shown for Demo {
    fn draw(&mut self, buffer: &mut Buffer) -> Option<Position> {
        Demo::draw(self, buffer)
    }
}

/// What the loop moves.
pub(super) trait Play {
    /// What is seen of it.
    type Shown;

    /// Takes in what happened; what is to be done comes back, but for what the world was given already.
    fn take(&mut self, now: u64, input: Input) -> Vec<Effect>;

    /// Gives a command or a job to the world.
    fn perform(&mut self, effect: Effect);

    /// What is seen.
    fn shown(&mut self) -> &mut Self::Shown;

    /// The language it speaks.
    fn lang(&self) -> Lang;

    /// Whether, and how, it shows images.
    fn images(&self) -> Option<Images>;
}

/// One screen.
pub(super) struct Single<'a, W> {
    pub(super) app: App,
    pub(super) world: &'a mut W,
    pub(super) images: Workers,
}

impl<W: World> Play for Single<'_, W> {
    type Shown = App;

    fn take(&mut self, now: u64, input: Input) -> Vec<Effect> {
        match input {
            Input::Event(_, event) => update(&mut self.app, now, event),
            Input::Demo(_) | Input::Pause | Input::End => Vec::new(),
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Command(id, command) => self.world.command(id, command),
            Effect::Job(job) => self.world.job(job),
            Effect::Image(request) => self.images.take(request),
            _ => {}
        }
    }

    fn shown(&mut self) -> &mut App {
        &mut self.app
    }

    fn lang(&self) -> Lang {
        self.app.lang()
    }

    fn images(&self) -> Option<Images> {
        Some(self.app.settings.images)
    }
}

/// The two screens of the demo.
pub(super) struct Double<'a, W> {
    pub(super) demo: Demo,
    pub(super) world: &'a mut W,
}

impl<W: DemoWorld> Play for Double<'_, W> {
    type Shown = Demo;

    fn take(&mut self, now: u64, input: Input) -> Vec<Effect> {
        let event = match input {
            Input::Event(None, event) => demo::Event::Terminal(event),
            Input::Event(Some(side), event) => demo::Event::Of(side, event),
            Input::Demo(happened) => demo::Event::Around(happened),
            Input::Pause | Input::End => return Vec::new(),
        };
        let mut own = Vec::new();
        for effect in demo::update(&mut self.demo, now, event) {
            match effect {
                demo::Effect::Of(side, Effect::Command(id, command)) => self.world.command(side, id, command),
                demo::Effect::Of(side, Effect::Job(job)) => self.world.job(side, job),
                demo::Effect::Of(_, effect) => own.push(effect),
                demo::Effect::Cable(plugged) => self.world.cable(plugged),
                demo::Effect::ReadServer => self.world.read_server(),
            }
        }
        own
    }

    fn perform(&mut self, _: Effect) {} // each goes to the world of its side as it comes

    fn shown(&mut self) -> &mut Demo {
        &mut self.demo
    }

    fn lang(&self) -> Lang {
        self.demo.lang()
    }

    fn images(&self) -> Option<Images> {
        None // what stands about a file in words is enough here
    }
}
