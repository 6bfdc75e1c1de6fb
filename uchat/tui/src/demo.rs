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
//! | `steps.rs` | the check-list: what ticks which step |
//! | `keys.rs` | what can be done around the two |
//! | `play.rs` | doing the next thing for whoever only wants to watch |
//! | `known.rs` | what the server knows, on top |
//! | `layout.rs` `draw.rs` `list.rs` | both halves or one, the check-list below |

mod draw;
mod keys;
mod known;
mod layout;
mod list;
mod play;
mod steps;

pub use keys::Deed;
pub use known::{Knows, Person, Row};
pub use steps::{Facts, Step, Steps, Trail};

use crate::action::{Action, Key, Place};
use crate::app::{self, App, Settings, Why};
use crate::hit::Target;
use crate::lang::Lang;
use crate::screens::{Secret, Stage};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use known::Pane;
use layout::Layout;
use ratatui::layout::{Position, Rect, Size};
use uchat_client::core::{Command, With};
use uchat_client::runtime::Told;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// anna.
    #[default]
    Left,
    /// bob.
    Right,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The name of the account.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "anna",
            Self::Right => "bob",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    fn with(self) -> With {
        With::User(self.name().to_owned())
    }
}

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// On the terminal, or time has passed.
    Terminal(app::Event),
    /// To one of the two: from its client, or a job of it is done.
    Of(Side, app::Event),
    /// Around them.
    Around(Happened),
}

/// Something that happened around the two.
#[derive(Debug)]
pub enum Happened {
    /// The server runs, and both profiles know it.
    Ready,
    /// The right one's cable is plugged in, or is not any more.
    Cable(bool),
    /// What the server knows.
    Server(Result<Knows, String>),
    /// There will be no demo; whoever has started it knows why.
    Failed,
}

/// Something to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// What the screen of this side wants.
    Of(Side, app::Effect),
    /// Plug the right one's cable in, or pull it out.
    Cable(bool),
    /// Read what the server knows.
    ReadServer,
}

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

/// Lets the demo take in what happened; says what is to be done. `now` is in milliseconds since 1970.
pub fn update(demo: &mut Demo, now: u64, event: Event) -> Vec<Effect> {
    demo.now = now;
    match event {
        Event::Terminal(event) => terminal(demo, event),
        Event::Of(side, event) => {
            demo.stale = true;
            if let app::Event::Told(told) = &event
                && let Told::Notice(notice) = told.as_ref()
            {
                demo.steps.told(side, notice);
            }
            demo.pass(side, event);
        }
        Event::Around(happened) => around(demo, happened),
    }
    demo.step();
    std::mem::take(&mut demo.effects)
}

fn around(demo: &mut Demo, happened: Happened) {
    match happened {
        Happened::Ready => {
            demo.ready = true;
            demo.effects.append(&mut demo.held);
        }
        Happened::Cable(plugged) => {
            demo.plugged = plugged;
            let app = demo.app(Side::Right);
            if let (true, Some(username)) = (plugged, app.who.name.clone()) {
                // It would come back by itself, after a pause; nobody wants to wait for that.
                let password = demo.passwords[Side::Right as usize].clone();
                demo.with(Side::Right, |app| {
                    app.ask(Command::Login { username, password }, Why::Nothing);
                });
            }
        }
        Happened::Server(read) => {
            demo.reading = false;
            match read {
                Ok(knows) => (demo.knows, demo.knows.problem) = (knows, None),
                Err(problem) => demo.knows.problem = Some(problem),
            }
        }
        Happened::Failed => demo.effects.push(Effect::Of(Side::Left, app::Effect::Quit)),
    }
}

fn terminal(demo: &mut Demo, event: app::Event) {
    match event {
        app::Event::Key(key) => self::key(demo, key),
        app::Event::Mouse(mouse) => self::mouse(demo, mouse),
        app::Event::Paste(_) if demo.pane.is_some() => {}
        app::Event::Paste(_) => demo.pass(demo.focus, event),
        app::Event::Resize(size) => {
            demo.size = size;
            demo.lay_out();
        }
        app::Event::Attention(there) => {
            Side::BOTH.into_iter().for_each(|side| demo.pass(side, app::Event::Attention(there)));
        }
        app::Event::Tick => {
            Side::BOTH.into_iter().for_each(|side| demo.pass(side, app::Event::Tick));
        }
        app::Event::Told(_) | app::Event::Done(_) | app::Event::Graphics(_) => {} // these have a side
    }
}

/// A key: first for what is done around the two, then for what lies on top, then for who has the focus.
fn key(demo: &mut Demo, key: Key) {
    if let Some(deed) = Deed::of(key) {
        return demo.does(deed);
    }
    if let Some(pane) = &mut demo.pane {
        if key == Key::plain(crossterm::event::KeyCode::Esc) {
            demo.pane = None;
            return;
        }
        let keymap = &demo.apps[demo.focus as usize].settings.keymap;
        let passes = matches!(
            keymap.action(key, &[Place::Everywhere]),
            Some(Action::Quit | Action::Language | Action::Theme)
        );
        if !passes {
            return pane.key(key, demo.knows.messages.len());
        }
    }
    demo.pass(demo.focus, app::Event::Key(key));
}

/// The mouse: what is drawn around the two and on top, then whoever is drawn there.
fn mouse(demo: &mut Demo, mouse: MouseEvent) {
    let (position, kind) = (Position::new(mouse.column, mouse.row), mouse.kind);
    let click = kind == MouseEventKind::Down(MouseButton::Left);
    if click && let Some((_, deed)) = demo.hits.iter().rev().find(|(area, _)| area.contains(position)) {
        return demo.does(*deed);
    }
    if let Some(pane) = &mut demo.pane {
        return pane.mouse(position, kind, demo.knows.messages.len());
    }
    let tab = demo.layout.tabs.iter().zip(Side::BOTH).find(|(area, _)| area.contains(position));
    if let (true, Some((_, side))) = (click, tab) {
        return demo.look_at(side);
    }
    let here = |side: &Side| demo.layout.half(*side).is_some_and(|area| area.contains(position));
    let half = Side::BOTH.into_iter().find(here).and_then(|side| Some((side, demo.layout.half(side)?)));
    if let Some((side, area)) = half {
        if click && demo.focus != side {
            demo.look_at(side);
        }
        let (column, row) = (mouse.column - area.x, mouse.row - area.y);
        demo.pass(side, app::Event::Mouse(MouseEvent { column, row, ..mouse }));
    }
}
