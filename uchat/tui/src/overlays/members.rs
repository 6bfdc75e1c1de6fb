//! Who is in a room; its owner can remove somebody and hand the room over.

use super::parts::{self, List};
use super::{Then, Window, confirm};
use crate::action::{Action, Key};
use crate::app::{App, Why};
use crate::area;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Say;
use crate::lang::main::Main;
use crate::lang::overlays::Over;
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};
use uchat_client::core::{Command, Member, With};

/// Of which room, and which one is chosen.
#[derive(Debug, Clone)]
pub struct Members {
    room: u64,
    list: List,
}

impl Members {
    /// The server is asked anew: others may have come and gone.
    pub(super) fn new(app: &mut App, room: u64) -> Self {
        app.ask(Command::Members { room }, Why::Members(room));
        Self { room, list: List::default() }
    }

    /// Who is there first, the owner before all others.
    fn members<'a>(&self, app: &'a App) -> Vec<&'a Member> {
        let mut members: Vec<&Member> = app.people.members.get(&self.room).into_iter().flatten().collect();
        members.sort_by_key(|member| (!member.owner, !member.online, &member.name));
        members
    }

    fn is_ours(&self, app: &App) -> bool {
        let us = app.who.name.as_deref();
        self.members(app).iter().any(|member| member.owner && Some(member.name.as_str()) == us)
    }

    /// The chosen one, unless that is us.
    fn other(&self, app: &App) -> Option<String> {
        let members = self.members(app);
        let name = members.get(self.list.of(members.len()).at)?.name.clone();
        (app.who.name.as_ref() != Some(&name)).then_some(name)
    }
}

impl Window for Members {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        let ours = self.is_ours(app);
        match (key.typed(), self.other(app)) {
            (Some('r'), Some(name)) if ours => {
                Some(Then::Open(confirm::remove(app, self.room, &name).into()))
            }
            (Some('o'), Some(name)) if ours => {
                Some(Then::Open(confirm::hand_over(app, self.room, &name).into()))
            }
            (Some('l'), _) => Some(Then::Do(Action::LeaveRoom)),
            _ if key.code == KeyCode::Enter => match self.other(app).map(With::User) {
                Some(friend) if app.people.entry(&friend).is_some() => Some(Then::Chat(friend)),
                _ => Some(Then::Stay),
            },
            _ => self.list.key(key, self.members(app).len()).then_some(Then::Stay),
        }
    }

    fn click(&mut self, _app: &mut App, target: &Target, _at: Position) -> Then {
        if let Target::Row(at) = target {
            self.list.at = *at;
        }
        Then::Stay
    }

    fn scroll(&mut self, app: &App, rows: isize) {
        self.list.scroll(rows, self.members(app).len());
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let members = self.members(app);
        let with = With::Room(self.room);
        let name = app.people.name(&with);
        let number = self.room.to_string();
        let here = members.iter().filter(|member| member.online).count().to_string();
        let count = members.len().to_string();
        let inside = parts::window(pen, area, (58, 20), &name);
        let mut buttons = Vec::new();
        if self.is_ours(app) && self.other(app).is_some() {
            buttons.extend([("r", pen.say(Over::RemoveYes)), ("o", pen.say(Over::HandOverYes))]);
        }
        buttons.push(("l", pen.say(Over::LeaveYes)));
        if self.other(app).is_some_and(|name| app.people.entry(&With::User(name)).is_some()) {
            buttons.push(("enter", pen.say(Over::OpenChat)));
        }
        let inside = parts::foot(pen, inside, &buttons);
        let values = [("number", number.as_str()), ("count", &count), ("here", &here)];
        let text = Over::MembersText.fill(app.lang(), &values);
        let used = pen.paragraph(inside, &text, Role::Dim) + 1;
        let rows = area::below(inside, used);
        if members.is_empty() {
            pen.put(rows, pen.say(Over::Waiting), Role::Dim);
        }
        self.list.of(members.len()).draw(pen, rows, members.len(), |pen, line, at, role| {
            let member = members[at];
            let as_chosen = |other| if role == Role::Chosen { role } else { other };
            let (sign, state, colour) = match member.online {
                true => (pen.sign("●"), Main::Online, Role::Good),
                false => (pen.sign("○"), Main::Offline, Role::Dim),
            };
            pen.put(line, sign, as_chosen(colour));
            let used = pen.put(area::after(line, 2), &member.name, role).max(16) + 3;
            let used = used + pen.put(area::after(line, used), pen.say(state), as_chosen(colour)).max(8) + 1;
            let mut rest = area::after(line, used);
            if member.owner {
                rest = area::after(rest, pen.put(rest, pen.say(Main::Owner), as_chosen(Role::Warning)) + 1);
            }
            if app.who.name.as_ref() == Some(&member.name) {
                pen.put(rest, pen.say(Over::You), as_chosen(Role::Dim));
            }
        });
    }
}
