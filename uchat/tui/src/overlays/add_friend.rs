//! A new friend: the server is searched while the name is being typed. One search at a time is under way; what was
//! typed meanwhile is searched for when its answer is there.

use super::finder::{self, Finder, Finds};
use super::parts;
use super::{Then, Window};
use crate::action::Key;
use crate::app::{App, Why};
use crate::area;
use crate::draw::Pen;
use crate::lang::codes;
use crate::lang::overlays::Over;
use crate::theme::Role;
use ratatui::layout::Rect;
use std::collections::BTreeMap;
use uchat_client::core::{Answer, Command, CommandId, FriendAnswer, With};
use uchat_protocol::{Code, Refusal};

/// What is typed, what was found, and what came of asking.
#[derive(Debug, Clone)]
pub struct AddFriend {
    finder: Finder,
    found: Vec<String>,
    /// The search that is under way, and for what.
    searches: Option<(CommandId, String)>,
    /// Why the search was refused.
    refused: Option<String>,
    /// Whom a request is being sent to.
    asks: Option<(CommandId, String)>,
    /// What came of it, by name.
    told: BTreeMap<String, Told>,
}

/// What came of asking somebody.
#[derive(Debug, Clone)]
enum Told {
    Sent,
    Accepted,
    Refused(Refusal),
    Unblocked,
}

impl AddFriend {
    pub(super) fn new() -> Self {
        Self {
            finder: Finder::new(64),
            found: Vec::new(),
            searches: None,
            refused: None,
            asks: None,
            told: BTreeMap::new(),
        }
    }

    /// The names to choose from: those that were found, or, if there are none, the one that was typed.
    fn names(&self) -> Vec<String> {
        let typed = self.finder.text.text().trim();
        if self.found.is_empty() && !typed.is_empty() {
            return vec![typed.to_owned()];
        }
        self.found.clone()
    }

    /// The chosen one, if that is somebody whom we have blocked.
    fn blocked(&self) -> Option<String> {
        let blocked = |told: &Told| matches!(told, Told::Refused(refusal) if refusal.code == Code::Blocked);
        self.names()
            .into_iter()
            .nth(self.finder.list.at)
            .filter(|name| self.told.get(name).is_some_and(blocked))
    }

    /// Takes that back.
    fn unblock(&mut self, app: &mut App) {
        if let Some(name) = self.blocked() {
            app.ask(Command::Unblock { username: name.clone() }, Why::Overlay);
            self.told.insert(name, Told::Unblocked);
        }
    }

    /// How it stands with somebody.
    fn state(&self, app: &App, name: &str) -> (String, Role) {
        let say = |text: Over, role| (app.say(text).to_owned(), role);
        if self.asks.as_ref().is_some_and(|(_, asked)| asked == name) {
            return say(Over::Asking, Role::Dim);
        }
        if app.people.entry(&With::User(name.to_owned())).is_some() {
            return say(Over::FriendAlready, Role::Good);
        }
        match self.told.get(name) {
            Some(Told::Accepted) => return say(Over::FriendAlready, Role::Good),
            Some(Told::Sent) => return say(Over::RequestSent, Role::Good),
            Some(Told::Unblocked) => return say(Over::NotBlockedAnyMore, Role::Good),
            Some(Told::Refused(refusal)) => return (codes::say(app.lang(), refusal), Role::Error),
            None => {}
        }
        if app.who.name.as_deref() == Some(name) {
            say(Over::ThatIsYou, Role::Dim)
        } else if app.people.requests.iter().any(|asks| asks == name) {
            say(Over::AsksYou, Role::Warning)
        } else {
            say(Over::EnterAdds, Role::Dim)
        }
    }
}

impl Finds for AddFriend {
    fn finder(&mut self) -> &mut Finder {
        &mut self.finder
    }

    fn count(&self, _app: &App) -> usize {
        self.names().len()
    }

    fn search(&mut self, app: &mut App) {
        let text = self.finder.text.text().trim().to_owned();
        self.finder.list.at = 0;
        if text.is_empty() {
            (self.found, self.refused) = (Vec::new(), None);
        } else if self.searches.is_none() {
            let id = app.ask(Command::Search { text: text.clone() }, Why::Overlay);
            self.searches = Some((id, text));
        }
    }

    fn choose(&mut self, app: &mut App, at: usize) -> Then {
        let Some(name) = self.names().into_iter().nth(at) else { return Then::Stay };
        self.finder.list.at = at;
        let with = With::User(name.clone());
        if app.people.entry(&with).is_some() {
            return Then::Chat(with);
        }
        if self.asks.is_none() {
            let asked_us = app.people.requests.contains(&name);
            let command = if asked_us {
                Command::AnswerFriend { username: name.clone(), answer: FriendAnswer::Accept }
            } else {
                Command::AddFriend { username: name.clone() }
            };
            self.asks = Some((app.ask(command, Why::Overlay), name));
        }
        Then::Stay
    }
}

impl Window for AddFriend {
    fn finds(&mut self) -> Option<&mut dyn Finds> {
        Some(self)
    }

    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        if key == UNBLOCK.parse().ok()? {
            self.unblock(app);
            return Some(Then::Stay);
        }
        finder::key(self, app, key)
    }

    fn answered(&mut self, app: &mut App, id: CommandId, result: Result<Answer, Refusal>) -> Then {
        if let Some((_, text)) = self.searches.take_if(|(search, _)| *search == id) {
            (self.found, self.refused) = match result {
                Ok(Answer::Users { users }) => (users, None),
                Ok(_) => (Vec::new(), None),
                Err(refusal) => (Vec::new(), Some(codes::say(app.lang(), &refusal))),
            };
            if text != self.finder.text.text().trim() {
                self.search(app); // more was typed meanwhile
            }
        } else if let Some((_, name)) = self.asks.take_if(|(asked, _)| *asked == id) {
            let asked_us = app.people.requests.iter().position(|asks| *asks == name);
            let told = match (result, asked_us) {
                (Ok(_), Some(at)) => {
                    app.people.requests.remove(at);
                    Told::Accepted
                }
                (Ok(_), None) => Told::Sent,
                (Err(refusal), _) => Told::Refused(refusal),
            };
            self.told.insert(name, told);
        } else if let Err(refusal) = result {
            app.refuse(&refusal);
        }
        Then::Stay
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let inside = parts::window(pen, area, (66, 18), pen.say(Over::AddFriend));
        let mut buttons = vec![("enter", pen.say(Over::Add))];
        if self.blocked().is_some() {
            buttons.push((UNBLOCK, pen.say(Over::Unblock)));
        }
        let inside = parts::foot(pen, inside, &buttons);
        parts::input(pen, inside, pen.say(Over::Name), &self.finder.text, pen.say(Over::AddFriendHint));
        let rows = area::below(inside, 2);
        let names = self.names();
        let list = self.finder.list.of(names.len());
        let searching = self.searches.is_some();
        let note = if self.finder.text.is_empty() {
            Some((pen.say(Over::AddFriendText).to_owned(), Role::Dim))
        } else if let Some(refused) = &self.refused {
            Some((refused.clone(), Role::Error))
        } else if self.found.is_empty() && !searching {
            Some((pen.say(Over::NobodyFound).to_owned(), Role::Warning))
        } else {
            None
        };
        let mut used = 0;
        if let Some((text, role)) = note {
            used = pen.paragraph(rows, &text, role) + 1;
        }
        list.draw(pen, area::below(rows, used), names.len(), |pen, line, at, role| {
            let used = pen.put(line, &names[at], role).max(10) + 2;
            let (state, colour) = self.state(app, &names[at]);
            let role = if role == Role::Chosen { role } else { colour };
            parts::line(pen, area::after(line, used), &state, role);
        });
    }
}

const UNBLOCK: &str = "alt-b";
