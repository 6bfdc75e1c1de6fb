//! Friends, rooms and requests, as the server last told.

use std::collections::{BTreeMap, BTreeSet};
use uchat_protocol::fields;

/// The most friends, the most rooms, and the most people who ask, that are kept.
pub(in crate::core) const MOST: usize = 10_000;

/// Whom we know.
#[derive(Debug, Default)]
pub(in crate::core) struct Contacts {
    pub(in crate::core) friends: BTreeMap<u64, Friend>,
    pub(in crate::core) rooms: BTreeMap<u64, Room>,
    /// Who has asked to be a friend: number and name.
    pub(in crate::core) requests: BTreeMap<u64, String>,
    /// Whose request was put off until the next run.
    pub(in crate::core) later: BTreeSet<u64>,
    /// Those we have blocked: the folded name, and as it is written.
    pub(in crate::core) blocked: BTreeMap<String, String>,
    /// Whether the server has told them in this run.
    pub(in crate::core) seen: bool,
    /// Rooms whose members are still to be asked for.
    pub(in crate::core) unseen: BTreeSet<u64>,
    /// The room of which the members are being asked for.
    pub(in crate::core) asking: Option<u64>,
    /// Not before then, because the server has put it off.
    pub(in crate::core) not_before: u64,
}

/// A friend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::core) struct Friend {
    pub(in crate::core) name: String,
    /// The same, [folded](fold()): a friend is looked up with each message.
    folded: String,
    pub(in crate::core) online: bool,
    pub(in crate::core) ip: Option<String>,
    pub(in crate::core) port: Option<u16>,
}

/// A room.
#[derive(Debug)]
pub(in crate::core) struct Room {
    pub(in crate::core) name: String,
    /// Number and name of each member; empty until the server has told.
    pub(in crate::core) members: BTreeMap<u64, String>,
}

impl Contacts {
    /// The friend of this name.
    pub(in crate::core) fn friend(&self, name: &str) -> Option<u64> {
        let name = fold(name);
        self.friends.iter().find(|(_, friend)| friend.folded == name).map(|(id, _)| *id)
    }

    /// The number of the friend or fellow member of this name.
    pub(in crate::core) fn person(&self, name: &str) -> Option<u64> {
        let folded = fold(name);
        let mut members = self.rooms.values().flat_map(|room| &room.members);
        self.friend(name).or_else(|| members.find(|(_, known)| fold(known) == folded).map(|(id, _)| *id))
    }

    /// Whether the server has still to tell who is in this room.
    pub(in crate::core) fn is_unseen(&self, room: u64) -> bool {
        self.asking == Some(room) || self.unseen.contains(&room)
    }

    /// The name of a user: a friend, a fellow member, or somebody who asks.
    pub(in crate::core) fn name(&self, user: u64) -> Option<&str> {
        let friend = self.friends.get(&user).map(|friend| &friend.name);
        let member = || self.rooms.values().find_map(|room| room.members.get(&user));
        friend.or_else(member).or_else(|| self.requests.get(&user)).map(String::as_str)
    }
}

impl Friend {
    /// A friend, seen from where they share it.
    pub(in crate::core) fn new(name: String, online: bool, ip: Option<String>, port: Option<u16>) -> Self {
        Self { folded: fold(&name), name, online, ip, port }
    }
}

/// Names that people could take for each other are one name.
pub(in crate::core) fn fold(name: &str) -> String {
    fields::user_name(name).map_or_else(|_| name.to_lowercase(), |name| name.folded)
}
