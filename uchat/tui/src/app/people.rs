//! Contacts in the order of the list, friend requests, members of rooms.

use super::{App, Row, Why};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use uchat_client::core::{Command, Contact, Member, Shown, With};

/// A line of the contact list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// With whom.
    pub with: With,
    /// The name of the friend or the room.
    pub name: String,
    /// Whether the friend is there; always true for rooms.
    pub online: bool,
    /// From where, if it is shared.
    pub address: Option<String>,
    /// The last message, in one line.
    pub last: Option<String>,
    /// When that was, in milliseconds since 1970; 0 if never.
    pub time: u64,
    /// How many are unread.
    pub unread: u64,
    /// Whether one of them speaks to us.
    pub mentioned: bool,
    /// Whether the friend's keys have changed and are not accepted.
    pub key_changed: bool,
    /// Until when the friend is typing, in milliseconds since 1970.
    pub typing_until: u64,
}

/// Whom we know.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// In the order of the list: who is there first, then by the latest message.
    pub list: Vec<Entry>,
    /// Who asks to be a friend, the oldest first.
    pub requests: Vec<String>,
    /// Members of rooms, as last told.
    pub members: BTreeMap<u64, Vec<Member>>,
    /// Rooms of which the members are as last told.
    current: BTreeSet<u64>,
    /// The row of the list that keys are for.
    pub cursor: Option<Row>,
    /// Whether the list is to show that row; not after the wheel has moved it away.
    pub follow: bool,
    /// What was typed to find a row.
    pub typed: String,
}

impl People {
    /// The contact list as the client gives it; what the screen knows beside it stays.
    pub(crate) fn learn(&mut self, contacts: Vec<Contact>) {
        let list = contacts.into_iter().map(|contact| {
            let with = match (&contact.user, contact.id) {
                (Some(name), _) => With::User(name.clone()),
                (None, room) => With::Room(room),
            };
            let old = self.list.iter().find(|entry| entry.with == with);
            Entry {
                name: contact.user.or(contact.room).unwrap_or_default(),
                online: contact.online,
                address: address(contact.ip, contact.port),
                last: contact.last,
                time: contact.time,
                unread: contact.unread,
                mentioned: contact.mentioned,
                key_changed: contact.key_changed,
                typing_until: old.map_or(0, |old| old.typing_until),
                with,
            }
        });
        self.list = list.collect();
        self.sort();
    }

    /// Somebody has come into the room or left it.
    pub(crate) fn members_changed(&mut self, room: u64) {
        self.current.remove(&room);
    }

    /// Nobody tells who comes and goes while the connection is away.
    pub(crate) fn forget_members(&mut self) {
        self.current.clear();
    }

    /// Somebody.
    #[must_use]
    pub fn entry(&self, with: &With) -> Option<&Entry> {
        self.list.iter().find(|entry| entry.with == *with)
    }

    /// The same, to be changed.
    pub(crate) fn entry_mut(&mut self, with: &With) -> Option<&mut Entry> {
        self.list.iter_mut().find(|entry| entry.with == *with)
    }

    /// The name that stands for a conversation.
    #[must_use]
    pub fn name<'a>(&'a self, with: &'a With) -> std::borrow::Cow<'a, str> {
        match (self.entry(with), with) {
            (Some(entry), _) => entry.name.as_str().into(),
            (None, With::User(name)) => name.as_str().into(),
            (None, With::Room(number)) => format!("#{number}").into(),
        }
    }

    /// Somebody new, or somebody who was there before.
    pub(crate) fn add(&mut self, with: With, name: String, online: bool) {
        if let Some(entry) = self.entry_mut(&with) {
            (entry.name, entry.online) = (name, online);
        } else {
            let (address, last) = (None, None);
            let (time, unread, mentioned, key_changed, typing_until) = (0, 0, false, false, 0);
            let entry = Entry {
                with,
                name,
                online,
                address,
                last,
                time,
                unread,
                mentioned,
                key_changed,
                typing_until,
            };
            self.list.push(entry);
        }
        self.sort();
    }

    /// A friend has come or gone.
    pub(crate) fn presence(&mut self, name: &str, online: bool, ip: Option<String>, port: Option<u16>) {
        if let Some(entry) = self.entry_mut(&With::User(name.to_owned())) {
            (entry.online, entry.address) = (online, address(ip, port));
        }
        self.sort();
    }

    /// A message has come or was written: the list moves. `counts`: it is one of others that nobody has seen yet.
    pub(crate) fn message(&mut self, message: &Shown, line: String, counts: bool) {
        if let Some(entry) = self.entry_mut(&message.with) {
            entry.last = Some(line);
            entry.time = entry.time.max(message.time);
            entry.unread = entry.unread.saturating_add(u64::from(counts));
            entry.mentioned |= counts && message.mentioned;
            entry.typing_until = 0;
        }
        self.sort();
    }

    /// Everything in it was read.
    pub(crate) fn read(&mut self, with: &With) {
        if let Some(entry) = self.entry_mut(with) {
            (entry.unread, entry.mentioned) = (0, false);
        }
    }

    /// How many messages are unread in all chats.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.list.iter().fold(0, |all, entry| all.saturating_add(entry.unread))
    }

    fn sort(&mut self) {
        self.list.sort_by(|a, b| {
            let key = |e: &Entry| (Reverse(e.online), Reverse(e.time));
            key(a).cmp(&key(b)).then_with(|| (&a.name, &a.with).cmp(&(&b.name, &b.with)))
        });
    }
}

/// Asks who is in the room that is open, if that is not known. Once: after a refusal only news make it ask again.
pub(super) fn ask_members(app: &mut App) {
    if let Some(With::Room(room)) = app.view.open
        && app.who.is_online()
        && app.people.current.insert(room)
    {
        app.ask(Command::Members { room }, Why::Members(room));
    }
}

fn address(ip: Option<String>, port: Option<u16>) -> Option<String> {
    let (ip, port) = (ip?, port?);
    Some(if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") })
}
