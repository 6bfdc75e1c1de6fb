//! The state of the screen, and what changes it. `update` takes one thing that happened after the other and says what
//! is to be done; it knows no terminal, no socket, no disk and no clock.
//!
//! What happens and what is to be done is in `event.rs`.
//!
//! | part | what it holds |
//! |---|---|
//! | `settings` | language, theme, keys, what was muted |
//! | `stage` | which screen: one of the first ones, or the main one |
//! | `overlay` | what lies on top, one at most |
//! | `who` | who is logged in, on which server, and how it stands with the connection |
//! | `people` | contacts, requests, members of rooms |
//! | `talks` | of each conversation the messages that are in memory |
//! | `view` | the main screen: what is open, what has the focus, what is selected |
//! | `asked` | commands without an answer, and what their answers are for |
//! | `album` | images: their sizes, and the pictures that are in memory |
//! | `rings` | when each conversation, and who asks to be a friend, drew attention last |
//! | `notes` | sentences for the user that go away by themselves |

mod asked;
mod event;
mod input;
mod list;
mod notes;
mod people;
mod rings;
mod settings;
mod talks;
mod told;
mod view;
pub mod when;
mod who;

pub use asked::Asked;
pub(crate) use asked::{Page, Why, Written};
pub use event::{Done, Effect, Event, Job, Listed};
pub(crate) use input::save_settings;
pub use input::{act, click};
pub use list::Row;
pub use notes::{Note, Tone};
pub use people::{Entry, People};
pub use settings::{Images, Settings};
pub(crate) use talks::{End, Top, is_of_others};
pub use talks::{Line, Talk, Talks};
pub use view::{Draft, Focus, Offer, View};
pub use who::{Channel, Shares, Who};

use crate::action::{Action, Place};
use crate::hit::Hits;
use crate::image::Album;
use crate::inspector::{self, Inspector};
use crate::lang::{Lang, Say, codes};
use crate::overlays::Overlay;
use crate::screens::{self, Entry as FirstSteps, Secret, Stage};
use ratatui::layout::Size;
use uchat_client::core::{Command, CommandId};

/// Everything the screen knows.
#[derive(Debug, Clone)]
pub struct App {
    /// Language, theme, keys, what is muted.
    pub settings: Settings,
    /// Which screen.
    pub stage: Stage,
    /// What lies on top.
    pub overlay: Option<Overlay>,
    /// On the way in: what is kept from one first screen to the next.
    pub entry: FirstSteps,
    /// Who is logged in, and the connection.
    pub who: Who,
    /// Contacts, requests, members.
    pub people: People,
    /// The messages in memory.
    pub talks: Talks,
    /// The main screen.
    pub view: View,
    /// The message that is looked at from the inside.
    pub inspector: Option<Inspector>,
    /// Commands without an answer.
    pub asked: Asked,
    /// Images.
    pub album: Album,
    rings: rings::Rings,
    /// Sentences that go away by themselves.
    pub notes: Vec<Note>,
    /// What can be clicked, as it was drawn last.
    pub hits: Hits,
    /// The size of the terminal.
    pub size: Size,
    /// Whether somebody looks at the terminal's window.
    pub attention: bool,
    /// Milliseconds since 1970, as of the last event.
    pub now: u64,
    effects: Vec<Effect>,
}

/// What is known when the screen starts.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The settings that were kept.
    pub settings: Settings,
    /// Whether the profile knows a server; else a new one is to be found first.
    pub knows_server: bool,
    /// Who logged in last.
    pub username: Option<String>,
    /// The password, where a file was named: then nobody needs to type anything.
    pub password: Option<Secret>,
    /// What was wrong before the screen began: the settings, perhaps.
    pub notice: Option<String>,
    /// The size of the terminal.
    pub size: Size,
    /// Milliseconds since 1970.
    pub now: u64,
}

impl App {
    /// The first screen, and what is to be done at once.
    #[must_use]
    pub fn new(start: Start) -> (Self, Vec<Effect>) {
        let mut app = Self {
            settings: start.settings,
            stage: Stage::first(start.knows_server, start.username.as_deref()),
            overlay: None,
            entry: FirstSteps::default(),
            who: Who::default(),
            people: People::default(),
            talks: Talks::default(),
            view: View::default(),
            inspector: None,
            asked: Asked::default(),
            album: Album::default(),
            rings: rings::Rings::default(),
            notes: Vec::new(),
            hits: Hits::default(),
            size: start.size,
            attention: true,
            now: start.now,
            effects: Vec::new(),
        };
        screens::begin(&mut app, start.knows_server, start.username, start.password);
        if let Some(notice) = start.notice {
            app.note(Tone::Bad, codes::failed(app.lang(), &notice));
        }
        let effects = std::mem::take(&mut app.effects);
        (app, effects)
    }

    /// The language of the screen.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.settings.lang
    }

    /// A sentence in that language.
    pub fn say(&self, text: impl Say) -> &'static str {
        text.say(self.settings.lang)
    }

    /// Asks the client for something; `why` says what the answer is for.
    pub(crate) fn ask(&mut self, command: Command, why: asked::Why) -> CommandId {
        let id = self.asked.open(why);
        self.effects.push(Effect::Command(id, command));
        id
    }

    /// Has something done outside.
    pub(crate) fn job(&mut self, job: Job) {
        self.effects.push(Effect::Job(job));
    }

    /// Has something done.
    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Forgets all that belongs to who was logged in: nobody else may see it, or get an answer that was meant for them.
    pub(crate) fn forget_user(&mut self) {
        (self.overlay, self.inspector) = (None, None);
        (self.people, self.talks, self.view) = (People::default(), Talks::default(), View::default());
        (self.who.name, self.who.shares, self.who.about) = (None, Shares::default(), None);
        self.notes.clear();
        self.rings.clear();
        self.album.clear();
        self.asked.forget();
    }

    /// A time in a few cells, in the zone and the language of the user.
    #[must_use]
    pub fn when(&self, time: u64) -> String {
        let zone = self.settings.zone.clone().unwrap_or(jiff::tz::TimeZone::UTC);
        when::short(time, self.now, &zone, self.lang())
    }

    /// The places that are on the screen now, the nearest first: what a key may mean.
    #[must_use]
    pub fn places(&self) -> Vec<Place> {
        if self.overlay.is_some() { vec![Place::Everywhere] } else { self.places_below() }
    }

    /// The places that are on the screen below what lies on top.
    #[must_use]
    pub fn places_below(&self) -> Vec<Place> {
        if !matches!(self.stage, Stage::Main) {
            return vec![Place::Start, Place::Everywhere];
        }
        let mut places = Vec::new();
        if let Some(open) = &self.view.open {
            if self.is_on_list() {
                // Its keys are for the list.
            } else if self.view.selected.is_some() {
                places.push(Place::Message);
            } else if self.view.focus == Focus::Composer {
                places.push(Place::Composer);
            }
            places.push(Place::Chat);
            places.push(match open {
                uchat_client::core::With::User(_) => Place::Friend,
                uchat_client::core::With::Room(_) => Place::Room,
            });
        }
        places.extend([Place::Main, Place::Everywhere]);
        places
    }

    /// Whether keys are for the contact list: it has the focus, or nothing else is there.
    #[must_use]
    pub fn is_on_list(&self) -> bool {
        self.view.open.is_none() || self.view.focus == Focus::Contacts
    }

    /// Whether an action can be done now.
    #[must_use]
    pub fn can(&self, action: Action) -> bool {
        self.places().contains(&action.place())
    }
}

// ANCHOR: update
/// Lets the screen take in what happened; says what is to be done. `now` is in milliseconds since 1970.
pub fn update(app: &mut App, now: u64, event: Event) -> Vec<Effect> {
    app.now = now;
    match event {
        Event::Key(key) => input::key(app, key),
        Event::Mouse(mouse) => input::mouse(app, mouse),
        Event::Paste(text) => input::paste(app, &text),
        Event::Resize(size) => app.size = size,
        Event::Attention(there) => input::attention(app, there),
        Event::Graphics(graphics) => app.album.draws_with(graphics),
        Event::Told(told) => told::told(app, *told),
        Event::Done(done) => told::done(app, done),
        Event::Tick => who::tick(app),
    }
    screens::step(app);
    people::ask_members(app);
    crate::chat::seen(app);
    crate::chat::pictures(app);
    inspector::follow(app);
    notes::expire(app);
    std::mem::take(&mut app.effects)
}
// ANCHOR_END: update
