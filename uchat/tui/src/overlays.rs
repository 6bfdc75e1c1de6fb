//! What opens on top of the screen: one at a time, closed with Esc. Each has a file of its own.
//!
//! A window gets keys, clicks, answers and results first, and says what is to become of it: it stays, closes, or
//! makes room for another one. What it asks the client for is answered to it as long as it is open; what must be told
//! even later goes into a note.

mod add_friend;
mod ask;
mod block;
mod blocked;
mod confirm;
mod emoji;
mod export;
mod files;
mod finder;
mod help;
mod members;
mod menu;
mod parts;
mod profile;
mod requests;
mod safety;
mod search;
mod settings;
mod switch;

use crate::action::{Action, Key};
use crate::app::{App, Done};
use crate::chat;
use crate::draw::Pen;
use crate::hit::Target;
use finder::Finds;
use ratatui::layout::{Position, Rect};
use uchat_client::core::{Answer, CommandId, With};
use uchat_protocol::Refusal;

/// What becomes of a window.
pub(crate) enum Then {
    /// It stays.
    Stay,
    /// It closes.
    Close,
    /// Another one takes its place.
    Open(Overlay),
    /// It closes, and this is done.
    Do(Action),
    /// It closes, and this conversation opens.
    Chat(With),
}

/// What every window can do; most need only a part of it.
pub(crate) trait Window {
    /// It, if it is one in which something is found: keys, pastes, clicks and the wheel are for that, then.
    fn finds(&mut self) -> Option<&mut dyn Finds> {
        None
    }

    /// A key; `None` if it was none for this window.
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        finder::key(self.finds()?, app, key)
    }

    /// What is pasted is text.
    fn paste(&mut self, app: &mut App, text: &str) -> Then {
        self.finds().map_or(Then::Stay, |finds| finder::paste(finds, app, text))
    }

    /// A click on a field or a row of it.
    fn click(&mut self, app: &mut App, target: &Target, _at: Position) -> Then {
        self.finds().map_or(Then::Stay, |finds| finder::click(finds, app, target))
    }

    /// The wheel.
    fn scroll(&mut self, app: &App, rows: isize) {
        if let Some(finds) = self.finds() {
            finder::scroll(finds, app, rows);
        }
    }

    /// An answer to a command that a window has asked for: this one, or one that is closed already.
    fn answered(&mut self, app: &mut App, _id: CommandId, result: Result<Answer, Refusal>) -> Then {
        if let Err(refusal) = result {
            app.refuse(&refusal);
        }
        Then::Stay
    }

    /// What came of a job.
    fn done(&mut self, _app: &mut App, _done: Done) -> Then {
        Then::Stay
    }

    /// Draws it.
    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect);
}

macro_rules! windows {
    ($($(#[$about:meta])* $window:ident($type:ty);)*) => {
        /// What is open.
        #[derive(Debug, Clone)]
        pub enum Overlay {
            $($(#[$about])* $window(Box<$type>),)*
        }

        impl Overlay {
            fn window(&mut self) -> &mut dyn Window {
                match self { $(Self::$window(window) => window.as_mut(),)* }
            }

            fn seen(&self) -> &dyn Window {
                match self { $(Self::$window(window) => window.as_ref(),)* }
            }
        }

        $(impl From<$type> for Overlay {
            fn from(window: $type) -> Self {
                Self::$window(Box::new(window))
            }
        })*
    };
}

windows! {
    /// All actions, with their keys.
    Help(help::Help);
    /// What can be done with what is open.
    Menu(menu::Menu);
    /// A chat by its name.
    Switch(switch::Switch);
    /// A new friend.
    AddFriend(add_friend::AddFriend);
    /// Who asks to be a friend.
    Requests(requests::Requests);
    /// A form of one thing: a new room, a new password.
    Ask(ask::Ask);
    /// Who is in a room.
    Members(members::Members);
    /// Messages that contain a text.
    Search(search::Search);
    /// Language, colours, sounds, what others are told.
    Settings(settings::SettingsPage);
    /// The account.
    Profile(profile::Profile);
    /// The safety number.
    Safety(safety::Safety);
    /// Block or unblock.
    Block(block::Block);
    /// Who is blocked.
    Blocked(blocked::Blocked);
    /// A file to be sent.
    Files(files::Files);
    /// An emoji.
    Emoji(emoji::Emoji);
    /// A conversation as a file.
    Export(export::Export);
    /// Are you sure?
    Confirm(confirm::Confirm);
}

impl Overlay {
    /// The help page.
    #[must_use]
    pub fn help() -> Self {
        help::Help::default().into()
    }
}

/// Lets the window that is open do something, and does what it says.
fn with_window<T>(app: &mut App, act: impl FnOnce(&mut dyn Window, &mut App) -> (T, Then)) -> Option<T> {
    let mut overlay = app.overlay.take()?;
    let stage = std::mem::discriminant(&app.stage);
    let (result, then) = act(overlay.window(), app);
    match then {
        Then::Stay if stage != std::mem::discriminant(&app.stage) => {} // it was about a screen that is gone
        Then::Stay => app.overlay = Some(overlay),
        Then::Close => close(app),
        Then::Open(other) => app.overlay = Some(other),
        Then::Do(action) => {
            close(app);
            crate::app::act(app, action);
        }
        Then::Chat(with) => chat::open(app, with),
    }
    Some(result)
}

/// Closes what is open: the conversation below is seen again.
pub(crate) fn close(app: &mut App) {
    app.overlay = None;
    chat::seen(app);
}

/// A key; tells whether the window took it.
pub(crate) fn key(app: &mut App, key: Key) -> bool {
    let taken = with_window(app, |window, app| match window.key(app, key) {
        Some(then) => (true, then),
        None => (false, Then::Stay),
    });
    taken.unwrap_or(false)
}

/// What is pasted.
pub(crate) fn paste(app: &mut App, text: &str) {
    with_window(app, |window, app| ((), window.paste(app, text)));
}

/// A click on a part of it.
pub(crate) fn click(app: &mut App, target: &Target, at: Position) {
    with_window(app, |window, app| ((), window.click(app, target, at)));
}

/// The wheel.
pub(crate) fn scroll(app: &mut App, rows: isize) {
    with_window(app, |window, app| (window.scroll(app, rows), Then::Stay));
}

/// The answer that a window waits for, or has waited for.
pub(crate) fn answered(app: &mut App, id: CommandId, result: Result<Answer, Refusal>) {
    if app.overlay.is_some() {
        with_window(app, |window, app| ((), window.answered(app, id, result)));
    } else if let Err(refusal) = result {
        app.refuse(&refusal);
    }
}

/// What came of a job for it.
pub(crate) fn done(app: &mut App, done: Done) {
    with_window(app, |window, app| ((), window.done(app, done)));
}

/// An action of the main screen that opens something; tells whether it was one.
pub(crate) fn act(app: &mut App, action: Action) -> bool {
    let open = app.view.open.clone();
    let overlay: Overlay = match (action, open) {
        (Action::Menu, _) => menu::Menu::new(app).into(),
        (Action::SwitchChat, _) => switch::Switch::new().into(),
        (Action::AddFriend, _) => add_friend::AddFriend::new().into(),
        (Action::Requests, _) => requests::Requests::default().into(),
        (Action::CreateRoom, _) => ask::Ask::new(ask::What::CreateRoom).into(),
        (Action::JoinRoom, _) => ask::Ask::new(ask::What::JoinRoom).into(),
        (Action::Settings, _) => settings::SettingsPage::new(app).into(),
        (Action::Profile, _) => profile::Profile::new(app).into(),
        (Action::LogOut, _) => confirm::log_out().into(),
        (Action::Search, Some(with)) => search::Search::new(with).into(),
        (Action::SendFile, Some(_)) => files::Files::new(app).into(),
        (Action::Export, Some(with)) => export::Export::new(with).into(),
        (Action::Emoji, Some(_)) => emoji::Emoji::new(emoji::Use::Composer, app).into(),
        (Action::React, Some(_)) => match app.view.selected {
            Some(id) => emoji::Emoji::new(emoji::Use::Message(id), app).into(),
            None => return false,
        },
        (Action::Members, Some(With::Room(room))) => members::Members::new(app, room).into(),
        (Action::LeaveRoom, Some(With::Room(room))) => confirm::leave(app, room).into(),
        (Action::Safety, Some(With::User(name))) => safety::Safety::new(app, name).into(),
        (Action::DeleteFriend, Some(With::User(name))) => confirm::delete_friend(app, &name).into(),
        (Action::Block, Some(With::User(name))) => block::Block::new(name).into(),
        _ => return false,
    };
    app.overlay = Some(overlay);
    true
}

/// Draws it. Where there is room, the rows at the bottom stay free: there stands what has just happened.
pub(crate) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let free = if area.height < 20 { 0 } else { 2 };
    let area = Rect { height: area.height - free, ..area };
    if let Some(overlay) = &app.overlay {
        overlay.seen().draw(app, pen, area);
    }
}
