//! Are you sure? What cannot be taken back is asked for once more, with what it means.

use super::{Then, Window, parts};
use crate::action::Key;
use crate::app::{App, Why};
use crate::draw::Pen;
use crate::lang::overlays::Over;
use crate::lang::{Lang, Say};
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::Rect;
use uchat_client::core::{Command, With};

/// A question, and what is done if the answer is yes.
#[derive(Debug, Clone)]
pub struct Confirm {
    title: Over,
    text: Over,
    /// What stands in their braces.
    values: Vec<(&'static str, String)>,
    yes: Over,
    command: Command,
    why: Why,
}

/// Whether to leave this account.
pub(super) fn log_out() -> Confirm {
    let (title, text, yes) = (Over::LogOut, Over::LogOutText, Over::LogOutYes);
    Confirm { title, text, values: Vec::new(), yes, command: Command::Logout {}, why: Why::LogOut }
}

/// Whether to leave a room.
pub(super) fn leave(app: &App, room: u64) -> Confirm {
    let values = vec![("name", app.people.name(&With::Room(room)).into_owned())];
    let sentences = (Over::Leave, Over::LeaveText, Over::LeaveYes, Over::Left);
    confirm(app, sentences, values, Command::LeaveRoom { room })
}

/// Whether somebody is to be a friend no more.
pub(super) fn delete_friend(app: &App, name: &str) -> Confirm {
    let values = vec![("name", name.to_owned())];
    let sentences = (Over::DeleteFriend, Over::DeleteFriendText, Over::DeleteYes, Over::FriendDeleted);
    confirm(app, sentences, values, Command::DeleteFriend { username: name.to_owned() })
}

/// Whether a member is to go.
pub(super) fn remove(app: &App, room: u64, name: &str) -> Confirm {
    let sentences = (Over::Remove, Over::RemoveText, Over::RemoveYes, Over::Removed);
    confirm(app, sentences, about(app, room, name), Command::RemoveMember { room, username: name.to_owned() })
}

/// Whether the room is to be somebody else's.
pub(super) fn hand_over(app: &App, room: u64, name: &str) -> Confirm {
    let sentences = (Over::HandOver, Over::HandOverText, Over::HandOverYes, Over::HandedOver);
    confirm(app, sentences, about(app, room, name), Command::HandOver { room, username: name.to_owned() })
}

fn about(app: &App, room: u64, name: &str) -> Vec<(&'static str, String)> {
    vec![("name", name.to_owned()), ("room", app.people.name(&With::Room(room)).into_owned())]
}

/// Title, text, the button, and what is told when it is done.
fn confirm(
    app: &App,
    (title, text, yes, done): (Over, Over, Over, Over),
    values: Vec<(&'static str, String)>,
    command: Command,
) -> Confirm {
    let why = Why::Tell(fill(done, app.lang(), &values));
    Confirm { title, text, values, yes, command, why }
}

fn fill(text: Over, lang: Lang, values: &[(&'static str, String)]) -> String {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    text.fill(lang, &values)
}

impl Window for Confirm {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        match key.code {
            KeyCode::Enter => {
                app.ask(self.command.clone(), self.why.clone());
                Some(Then::Close)
            }
            _ => None,
        }
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let inside = parts::window(pen, area, (56, 10), &fill(self.title, app.lang(), &self.values));
        let buttons = [("enter", pen.say(self.yes)), ("esc", pen.say(Over::No))];
        let inside = parts::foot(pen, inside, &buttons);
        pen.paragraph(inside, &fill(self.text, app.lang(), &self.values), Role::Text);
    }
}
