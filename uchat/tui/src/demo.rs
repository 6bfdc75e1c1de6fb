//! The demo: two people side by side in one terminal, a server of their own, and a check-list that is ticked as one
//! goes.
//!
//! ```text
//! terminal ──▶ ┐                  ┌─▶ the focused one's App ─▶ ┐
//! two clients ▶├─ demo::update ───┼─▶ the check-list           ├─▶ effects, each with its side
//! cable, server▶┘                 └─▶ what the server knows ──▶ ┘
//! ```
//!
//! Each of the two is a whole messenger screen with a client of its own; nothing here is played. Like `app`, this
//! knows no terminal, no socket, no disk and no clock.
//!
//! | file | idea |
//! |---|---|
//! | `event.rs` `side.rs` | what goes in and comes out; which of the two |
//! | `update.rs` | who an event is for |
//! | `steps.rs` | the check-list: what ticks which step |
//! | `keys.rs` | what can be done around the two |
//! | `play.rs` | doing the next thing for whoever only wants to watch |
//! | `known.rs` | what the server knows, on top |
//! | `layout.rs` `draw.rs` `list.rs` | both halves or one, the check-list below |

mod draw;
mod event;
mod keys;
mod known;
mod layout;
mod list;
mod play;
mod side;
mod steps;
mod update;

pub use event::{Effect, Event, Happened};
pub use keys::Deed;
pub use known::{Knows, Person, Row};
pub use side::Side;
pub use steps::{Facts, Step, Steps, Trail};
pub use update::update;

use crate::app::{self, App, Settings};
use crate::hit::Target;
use crate::lang::Lang;
use crate::screens::{Secret, Stage};
use known::Pane;
use layout::Layout;
use ratatui::layout::{Position, Rect, Size};

/// What is known when the demo starts.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Language, theme, widths.
    pub settings: Settings,
    /// Lesson 1 to 6, if it is one.
    pub lesson: Option<u8>,
    /// Whether TLS carries it.
    pub tls: bool,
    /// A password for each, which nobody has to know.
    pub passwords: [Secret; 2],
    /// The size of the terminal.
    pub size: Size,
    /// Milliseconds since 1970.
    pub now: u64,
}

/// The demo.
#[derive(Debug, Clone)]
pub struct Demo {
    apps: [App; 2],
    /// Who gets the keys.
    pub focus: Side,
    /// The check-list.
    pub steps: Steps,
    /// What the server knows, as read last.
    pub knows: Knows,
    /// Whether the right one's cable is plugged in.
    pub plugged: bool,
    lesson: Option<u8>,
    tls: bool,
    passwords: [Secret; 2],
    ready: bool,
    /// What the two want before there is a server.
    held: Vec<Effect>,
    pane: Option<Pane>,
    /// Whether the server's database is being read, and whether something has happened meanwhile.
    reading: bool,
    stale: bool,
    /// What was done last for the user, and when: the same thing is not done twice at once.
    played: Option<(play::Act, u64)>,
    /// What a click means around the two, as it was drawn last.
    hits: Vec<(Rect, Deed)>,
    layout: Layout,
    size: Size,
    now: u64,
    effects: Vec<Effect>,
}

impl Demo {
    /// Both at the start, waiting for their server.
    #[must_use]
    pub fn new(start: Start) -> Self {
        let layout = Layout::of(start.size, Side::Left, start.lesson.is_some());
        let mut held = Vec::new();
        let apps = Side::BOTH.map(|side| {
            let (app, effects) = App::new(app::Start {
                settings: start.settings.clone(),
                knows_server: true,
                size: layout.size(side),
                now: start.now,
                ..app::Start::default()
            });
            held.extend(effects.into_iter().map(|effect| Effect::Of(side, effect)));
            app
        });
        Self {
            apps,
            focus: Side::Left,
            steps: Steps::default(),
            knows: Knows::default(),
            plugged: true,
            lesson: start.lesson,
            tls: start.tls,
            passwords: start.passwords,
            ready: false,
            held,
            pane: None,
            reading: false,
            stale: false,
            played: None,
            hits: Vec::new(),
            layout,
            size: start.size,
            now: start.now,
            effects: Vec::new(),
        }
    }

    /// The screen of one of them.
    #[must_use]
    pub fn app(&self, side: Side) -> &App {
        &self.apps[side as usize]
    }

    /// The language of the demo.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.app(self.focus).lang()
    }

    /// Whether messages are encrypted from end to end.
    #[must_use]
    pub fn encrypted(&self) -> bool {
        self.lesson.is_none()
    }

    /// Does something around the two.
    pub fn does(&mut self, deed: Deed) {
        match deed {
            Deed::DoIt => play::next(self),
            Deed::Switch => self.look_at(self.focus.other()),
            Deed::Plug => self.effects.push(Effect::Cable(!self.plugged)),
            Deed::Server if self.pane.take().is_some() => {}
            Deed::Server => {
                self.pane = Some(Pane::default());
                self.stale = true;
            }
        }
    }

    /// Gives one of them the focus.
    fn look_at(&mut self, side: Side) {
        self.focus = side;
        self.lay_out();
    }

    fn lay_out(&mut self) {
        self.layout = Layout::of(self.size, self.focus, self.lesson.is_some());
        for side in Side::BOTH {
            self.pass(side, app::Event::Resize(self.layout.size(side)));
        }
    }

    /// Something happens to one of them.
    fn pass(&mut self, side: Side, event: app::Event) {
        let app = &mut self.apps[side as usize];
        let before = (app.settings.lang, app.settings.theme);
        let effects = app::update(app, self.now, event);
        let chosen = (app.settings.lang, app.settings.theme);
        if chosen != before {
            let other = &mut self.apps[side.other() as usize];
            (other.settings.lang, other.settings.theme) = chosen; // they share the terminal
        }
        for effect in effects {
            let effect = Effect::Of(side, effect);
            match effect {
                // Whoever watches the demo sees both.
                Effect::Of(_, app::Effect::Notify { .. }) => {}
                Effect::Of(_, app::Effect::Command(..) | app::Effect::Job(_)) if !self.ready => {
                    self.held.push(effect);
                }
                effect => self.effects.push(effect),
            }
        }
    }

    /// Does something with the screen of one of them.
    fn with(&mut self, side: Side, what: impl FnOnce(&mut App)) {
        self.apps[side as usize].now = self.now;
        what(&mut self.apps[side as usize]);
        self.pass(side, app::Event::Tick);
    }

    fn facts(&self) -> Facts {
        let account = |side: Side| {
            let person = self.knows.person(side);
            let known = person.is_some_and(|person| person.certificate.is_some() || !self.encrypted());
            known && self.app(side).who.name.is_some() && matches!(self.app(side).stage, Stage::Main)
        };
        Facts {
            accounts: Side::BOTH.into_iter().all(account),
            friends: Side::BOTH.into_iter().all(|side| self.has_friend(side)),
            inside: self.apps.iter().any(|app| app.view.inspecting) && self.steps.has_messages(),
            server: self.pane.is_some() && !self.knows.messages.is_empty(),
            plugged: self.plugged,
        }
    }

    /// Whether this side has the other one as a friend.
    fn has_friend(&self, side: Side) -> bool {
        self.app(side).people.entry(&side.other().with()).is_some()
    }

    /// What goes on by itself: forms are filled in, chats open, the server is asked.
    fn step(&mut self) {
        for side in Side::BOTH {
            play::fill_in(self, side);
            let app = self.app(side);
            if matches!(app.stage, Stage::Main) && app.view.open.is_none() && self.has_friend(side) {
                let friend = side.other().with();
                self.with(side, |app| app::click(app, Target::Chat(friend), Position::default()));
            }
        }
        let facts = self.facts();
        self.steps.look(facts);
        if self.ready && self.stale && !self.reading {
            (self.stale, self.reading) = (false, true);
            self.effects.push(Effect::ReadServer);
        }
    }
}
