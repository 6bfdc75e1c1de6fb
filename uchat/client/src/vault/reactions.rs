//! Reactions: as they are stored, and as they are shown with what waits in the outbox.

use super::error::Stop;
use super::store::Work;
use rusqlite::params;
use uchat_protocol::content::Kind;
use uchat_protocol::{Content, MessageId, limits};

impl Work<'_> {
    /// Adds a reaction or takes it back: whether that is another than before.
    pub(super) fn react(
        &self,
        id: MessageId,
        author: u64,
        seq: u64,
        user: u64,
        content: &Content,
    ) -> Result<bool, Stop> {
        let (on, emoji) = (content.kind == Kind::React, content.data.as_str());
        if on && !self.has_room(id, author, emoji)? {
            return Ok(false);
        }
        let rows = self
            .db
            .prepare_cached(
                "INSERT INTO reactions (id, author, emoji, user, seq, present) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET seq = excluded.seq, present = excluded.present
                     WHERE excluded.seq > seq AND excluded.present != present",
            )?
            .execute(params![id.0, author, emoji, user, seq, on])?;
        // Our own can be stored before an older one of another session of ours has come: it must not count then.
        if !on && user != self.me()?.0 {
            self.db
                .prepare_cached(
                    "DELETE FROM reactions WHERE id = ?1 AND author = ?2 AND emoji = ?3 AND user = ?4",
                )?
                .execute(params![id.0, author, emoji, user])?;
        }
        Ok(rows > 0)
    }

    /// Whether a message is not deleted and can have this reaction, too.
    fn has_room(&self, id: MessageId, author: u64, emoji: &str) -> Result<bool, Stop> {
        let mut query = self.db.prepare_cached(
            "SELECT deleted = 0 AND (SELECT COUNT(DISTINCT emoji) FROM reactions
                 WHERE id = ?1 AND author = ?2 AND present = 1 AND emoji != ?3) < ?4
             FROM messages WHERE id = ?1 AND sender = ?2",
        )?;
        Ok(query.query_row(params![id.0, author, emoji, limits::REACTIONS], |row| row.get(0))?)
    }

    /// The reactions to a message, in their order, with numbers and names; what waits in the outbox counts.
    pub(super) fn reactions(&self, id: MessageId, author: u64) -> Result<Vec<Reacted>, Stop> {
        let stored = self
            .db
            .prepare_cached(
                "SELECT r.emoji, r.user, COALESCE(p.name, 'user ' || r.user) FROM reactions r
                 LEFT JOIN people p ON p.id = r.user
                 WHERE r.id = ?1 AND r.author = ?2 AND r.present = 1 ORDER BY r.seq",
            )?
            .query_map(params![id.0, author], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<Vec<(String, u64, String)>, _>>()?;
        let waiting = self
            .db
            .prepare_cached(
                "SELECT emoji, present FROM outbox
                 WHERE changes = ?1 AND author = ?2 AND emoji IS NOT NULL ORDER BY position",
            )?
            .query_map(params![id.0, author], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(String, bool)>, _>>()?;
        let mut reactions = Vec::new();
        stored.into_iter().for_each(|(emoji, user, name)| add(&mut reactions, emoji, user, name));
        for (emoji, present) in waiting {
            let (me, name) = self.me()?;
            match present {
                true => add(&mut reactions, emoji, me, name),
                false => remove(&mut reactions, &emoji, me),
            }
        }
        Ok(reactions)
    }
}

fn add(reactions: &mut Vec<Reacted>, emoji: String, user: u64, name: String) {
    match reactions.iter_mut().find(|(known, _)| *known == emoji) {
        Some((_, users)) if users.iter().any(|(known, _)| *known == user) => {}
        Some((_, users)) => users.push((user, name)),
        None => reactions.push((emoji, vec![(user, name)])),
    }
}

fn remove(reactions: &mut Vec<Reacted>, emoji: &str, user: u64) {
    reactions.iter_mut().filter(|(known, _)| known == emoji).for_each(|(_, users)| {
        users.retain(|(known, _)| *known != user);
    });
    reactions.retain(|(_, users)| !users.is_empty());
}

/// An emoji, and who has reacted so: numbers and names.
pub(super) type Reacted = (String, Vec<(u64, String)>);
