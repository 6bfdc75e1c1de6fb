//! Conversations: their names, where they begin, who is in them, what was read.

use super::error::Stop;
use super::messages::{UNSENT, nameless};
use super::store::Work;
use rusqlite::params;
use std::collections::BTreeSet;
use uchat_protocol::Conversation;
use uchat_protocol::content::{Happened, RoomEvent};
use uchat_protocol::reply::RoomUser;

impl Work<'_> {
    /// Makes the conversation's row, if there is none.
    pub(super) fn ensure(&self, conversation: Conversation) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        let name = match conversation {
            Conversation::Friend(user) => nameless(user),
            Conversation::Room(room) => format!("room {room}"),
        };
        self.db
            .prepare_cached("INSERT OR IGNORE INTO conversations (kind, peer, name) VALUES (?1, ?2, ?3)")?
            .execute(params![kind, peer, name])?;
        Ok(())
    }

    pub(super) fn contacts(
        &mut self,
        conversations: Vec<(Conversation, String)>,
        joined: Vec<(u64, u64)>,
        read: Vec<(Conversation, u64)>,
    ) -> Result<(), Stop> {
        let mut changed = BTreeSet::new();
        for (conversation, name) in conversations {
            self.ensure(conversation)?;
            if let Conversation::Friend(user) = conversation {
                self.name(user, &name)?;
            }
            let (kind, peer) = conversation.target();
            self.db
                .prepare_cached("UPDATE conversations SET name = ?3, gone = 0 WHERE kind = ?1 AND peer = ?2")?
                .execute(params![kind, peer, name])?;
            changed.insert(conversation);
        }
        for (room, seq) in joined {
            self.ensure(Conversation::Room(room))?;
            // What was said before we came in is not for us: it counts as there, and as read.
            self.db
                .prepare_cached(
                    "UPDATE conversations SET joined = ?2, have = MAX(have, ?2 - 1), read = MAX(read, ?2 - 1)
                     WHERE kind = 1 AND peer = ?1 AND joined < ?2",
                )?
                .execute([room, seq])?;
            changed.insert(Conversation::Room(room));
        }
        for (conversation, seq) in read {
            self.ensure(conversation)?;
            self.read_up_to(conversation, seq)?;
            changed.insert(conversation);
        }
        changed.into_iter().try_for_each(|conversation| self.tell(conversation))
    }

    pub(super) fn mark_read(&mut self, conversation: Conversation) -> Result<(), Stop> {
        // Nobody has read what still waits for keys.
        let seen = self.gate(conversation)?.saturating_sub(1).min(self.summary(conversation)?.have);
        self.read_up_to(conversation, seen)?;
        self.tell(conversation)
    }

    /// Everything up to here was read, on this device or another.
    fn read_up_to(&self, conversation: Conversation, seq: u64) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        self.db
            .prepare_cached(
                "UPDATE conversations SET read = ?3, unread = (SELECT COUNT(*) FROM messages m
                     WHERE m.kind = ?1 AND m.peer = ?2 AND m.place > ?3 AND m.place < ?4 AND m.told = 1
                     AND m.deleted = 0 AND m.sender IS NOT NULL AND m.sender != (SELECT id FROM account))
                 WHERE kind = ?1 AND peer = ?2 AND read < ?3",
            )?
            .execute(params![kind, peer, seq, UNSENT])?;
        Ok(())
    }

    /// The contact is gone: its history stays, and nothing is encrypted for it under what was agreed on before.
    pub(super) fn gone(&mut self, conversation: Conversation) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        for change in [
            "UPDATE conversations SET gone = 1, members_known = 0 WHERE kind = ?1 AND peer = ?2",
            "DELETE FROM send_chains WHERE kind = ?1 AND peer = ?2",
            "UPDATE members SET gone = 1 WHERE ?1 = 1 AND room = ?2",
        ] {
            self.db.prepare_cached(change)?.execute(params![kind, peer])?;
        }
        match conversation {
            Conversation::Room(room) => self.seal_for_members(room), // that is: refuse it
            Conversation::Friend(_) => Ok(()),
        }
    }

    /// Who is in a room, as the server says. If that is not what the lines of the conversation have told so far, a
    /// line tells it: nothing is encrypted for anybody who was not shown.
    pub(super) fn members(&mut self, room: u64, users: Vec<RoomUser>) -> Result<(), Stop> {
        let conversation = Conversation::Room(room);
        let have = self.summary(conversation)?.have;
        let known = self.members_of(room)?;
        let now: BTreeSet<u64> = users.iter().map(|user| user.id).collect();
        if known != now {
            for user in &users {
                self.name(user.id, &user.name)?;
                self.member(room, user.id, true)?;
            }
            for user in known.difference(&now) {
                self.member(room, *user, false)?;
            }
            let names = users.iter().map(|user| self.name_of(user.id)).collect::<Result<Vec<_>, _>>()?;
            let text = format!("in this room are: {}", names.join(", "));
            self.line(conversation, have, None, self.now(), &text)?;
        }
        self.members_are_known(room)?;
        self.tell(conversation)?;
        self.seal_for_members(room)
    }

    fn members_are_known(&self, room: u64) -> Result<(), Stop> {
        self.db
            .prepare_cached("UPDATE conversations SET members_known = 1 WHERE kind = 1 AND peer = ?1")?
            .execute([room])?;
        Ok(())
    }

    /// Whether it is known who is in a room: all that were there when we came, and all that came and went since.
    pub(super) fn are_members_known(&self, room: u64) -> Result<bool, Stop> {
        let mut query = self.db.prepare_cached(
            "SELECT 1 FROM conversations WHERE kind = 1 AND peer = ?1 AND members_known = 1",
        )?;
        Ok(query.exists([room])?)
    }

    /// Whether we have left the room.
    pub(super) fn is_gone(&self, room: u64) -> Result<bool, Stop> {
        let mut query = self
            .db
            .prepare_cached("SELECT 1 FROM conversations WHERE kind = 1 AND peer = ?1 AND gone = 1")?;
        Ok(query.exists([room])?)
    }

    /// Somebody came into a room, or is no longer there.
    fn member(&self, room: u64, user: u64, here: bool) -> Result<(), Stop> {
        self.db
            .prepare_cached(
                "INSERT INTO members (room, user, gone) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET gone = excluded.gone",
            )?
            .execute(params![room, user, !here])?;
        Ok(())
    }

    /// Those who were shown to be in a room now.
    pub(super) fn members_of(&self, room: u64) -> Result<BTreeSet<u64>, Stop> {
        let mut query = self.db.prepare_cached("SELECT user FROM members WHERE room = ?1 AND gone = 0")?;
        Ok(query.query_map([room], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Whether a line has ever shown this user to be in the room.
    pub(super) fn was_shown(&self, room: u64, user: u64) -> Result<bool, Stop> {
        let mut query = self.db.prepare_cached("SELECT 1 FROM members WHERE room = ?1 AND user = ?2")?;
        Ok(query.exists([room, user])?)
    }

    /// What happened in a room: its line, as people read it.
    pub(super) fn happened(&self, room: u64, event: &RoomEvent) -> Result<String, Stop> {
        let user = event.user_id;
        self.name(user, &event.user_name)?;
        let name = self.name_of(user)?;
        Ok(match event.what {
            Happened::Created => {
                self.member(room, user, true)?;
                self.members_are_known(room)?; // nobody else was there before
                format!("{name} made this room")
            }
            Happened::Joined => {
                self.member(room, user, true)?;
                format!("{name} joined the room")
            }
            Happened::Left => {
                self.member(room, user, false)?;
                format!("{name} left the room")
            }
            Happened::Removed => {
                self.member(room, user, false)?;
                format!("{name} was removed from the room")
            }
            Happened::Owner => format!("the room belongs to {name} now"),
        })
    }
}
