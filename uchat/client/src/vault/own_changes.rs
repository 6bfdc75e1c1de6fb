//! Changes of our own: what a command needs before it is put into the outbox, and how it is given up.

use super::error::Stop;
use super::messages::PENDING;
use super::outbox::check_length;
use super::store::Work;
use crate::core::{DeliveryState, Queued, Shown, Tag, VaultEvent};
use rusqlite::{OptionalExtension, params};
use uchat_protocol::content::Kind;
use uchat_protocol::{Code, Content, Conversation, MessageId, Refusal, limits};

/// The message that one of our commands is about.
struct Target {
    conversation: Conversation,
    id: MessageId,
    author: u64,
    is_text: bool,
    deleted: bool,
    failed: bool,
}

/// A change in the outbox, and its message: id and author.
type WaitingChange = (Content, (MessageId, u64));

impl Work<'_> {
    /// Puts a change into the outbox; if it would change nothing, it is done already.
    pub(super) fn change(&mut self, tag: Tag, id: MessageId, content: Content) -> Result<(), Stop> {
        check_length(&content)?;
        let target = self.target(&content)?;
        self.check_contact(target.conversation)?;
        if target.failed && content.kind == Kind::Delete {
            return self.forget_unsent(tag, &target);
        }
        if self.is_so_already(&target, &content)? {
            self.events.push(VaultEvent::Done { tag });
            return Ok(());
        }
        let Target { conversation, author, .. } = target;
        let (kind, peer) = conversation.target();
        let time = self.now();
        let mut bytes = Vec::new();
        framing::encode(&framing::to_value(&content)?, &mut bytes)?;
        let is_reaction = matches!(content.kind, Kind::React | Kind::Unreact);
        let (text, emoji) = match is_reaction {
            true => (None, Some(&content.data)),
            false => (Some(&content.data), None),
        };
        self.db
            .prepare_cached(
                "INSERT INTO outbox (id, kind, peer, time, content, changes, author, text, emoji, present)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                id.0,
                kind,
                peer,
                time,
                bytes,
                target.id.0,
                author,
                text,
                emoji,
                is_reaction.then_some(content.kind == Kind::React),
            ])?;
        self.insert_change(conversation, None, self.me()?.0, Some(id), time, content.kind)?;
        if let Some(shown) = self.shown(author, target.id)? {
            let queued = Queued { id, conversation, failed: false, changes: Some(target.id) };
            self.events.push(VaultEvent::Queued { queued, shown });
        }
        self.changed.insert((target.id, author));
        self.tell(conversation)
    }

    /// The change of our own that this id in the outbox is, if it is one; and its message's id and author.
    pub(super) fn waiting_change(&self, id: MessageId) -> Result<Option<WaitingChange>, Stop> {
        let found = self
            .db
            .prepare_cached(
                "SELECT content, changes, author FROM outbox WHERE id = ?1 AND changes IS NOT NULL",
            )?
            .query_row([id.0], |row| Ok((row.get(0)?, (MessageId(row.get(1)?), row.get(2)?))))
            .optional()?;
        let Some((bytes, target)): Option<(Vec<u8>, _)> = found else { return Ok(None) };
        Ok(Some((super::seal::content(&bytes)?, target)))
    }

    /// A change of our own is given up: its message is shown as before. False if it is no change.
    pub(super) fn drop_change(&mut self, id: MessageId) -> Result<bool, Stop> {
        let dropped = self
            .db
            .prepare_cached(
                "DELETE FROM outbox WHERE id = ?1 AND changes IS NOT NULL RETURNING kind, peer, changes, author",
            )?
            .query_row([id.0], |row| {
                Ok((super::messages::conversation(row)?, MessageId(row.get(2)?), row.get(3)?))
            })
            .optional()?;
        let Some((conversation, target, author)) = dropped else { return Ok(false) };
        self.db
            .prepare_cached("DELETE FROM messages WHERE id = ?1 AND sender = ?2 AND told = 2")?
            .execute(params![id.0, self.me()?.0])?;
        self.changed.insert((target, author));
        self.tell(conversation)?;
        Ok(true)
    }

    /// The message that a command of ours is about, if we may change it so.
    fn target(&self, content: &Content) -> Result<Target, Stop> {
        let nothing = |text: &str| Stop::from(Refusal::because(Code::NoSuchMessage, text));
        let id = content.reply_to.ok_or_else(|| nothing("no message of this id is here"))?;
        let anybody = matches!(content.kind, Kind::React | Kind::Unreact);
        let (me, _) = self.me()?;
        let mut query = self.db.prepare_cached(&format!(
            "SELECT m.kind, m.peer, m.sender, m.content, m.deleted = 1 OR COALESCE({PENDING} = '', 0), m.state
             FROM messages m WHERE m.id = ?1 AND m.told = 1 AND m.content < 3
             ORDER BY m.sender != ?2 AND ?3, m.time"
        ))?;
        let found = query
            .query_row(params![id.0, me, !anybody], |row| {
                let state: Option<u8> = row.get(5)?;
                Ok(Target {
                    conversation: super::messages::conversation(row)?,
                    id,
                    author: row.get(2)?,
                    is_text: row.get::<_, u8>(3)? == 0,
                    deleted: row.get(4)?,
                    failed: state == Some(DeliveryState::Failed as u8),
                })
            })
            .optional()?;
        let target = found.ok_or_else(|| nothing("no message of this id is here"))?;
        if !anybody && target.author != me {
            return Err(nothing("this is no message of yours; only its author can edit or delete it"));
        }
        if content.kind == Kind::Edit && !target.is_text {
            return Err(nothing("a file cannot be edited; delete it and send another"));
        }
        if target.deleted && matches!(content.kind, Kind::Edit | Kind::React) {
            return Err(nothing("this message is deleted"));
        }
        if target.failed && content.kind != Kind::Delete {
            return Err(nothing("this message was not sent; send it again first (retry), or delete it"));
        }
        Ok(target)
    }

    /// Where we are no longer, nothing can be changed.
    fn check_contact(&self, conversation: Conversation) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        let mut query = self
            .db
            .prepare_cached("SELECT 1 FROM conversations WHERE kind = ?1 AND peer = ?2 AND gone = 1")?;
        match conversation {
            _ if !query.exists(params![kind, peer])? => Ok(()),
            Conversation::Friend(_) => Err(Refusal::new(Code::NotFriends).into()),
            Conversation::Room(_) => Err(Refusal::new(Code::NotInRoom).into()),
        }
    }

    /// Whether the message is shown as the change would make it.
    fn is_so_already(&self, target: &Target, content: &Content) -> Result<bool, Stop> {
        if matches!(content.kind, Kind::Edit | Kind::Delete) {
            let shown = self.shown(target.author, target.id)?;
            let text = shown.and_then(|shown| shown.text);
            return Ok(target.deleted || (content.kind == Kind::Edit && text.as_ref() == Some(&content.data)));
        }
        let reactions = self.reactions(target.id, target.author)?;
        let (me, _) = self.me()?;
        let emoji = &content.data;
        let known = reactions.iter().find(|(known, _)| known == emoji);
        if content.kind == Kind::React && known.is_none() && reactions.len() >= limits::REACTIONS {
            let rule = format!("would be one too many: a message has at most {} kinds", limits::REACTIONS);
            return Err(Refusal::field(Code::BadField, "emoji", rule).into());
        }
        let is_on = known.is_some_and(|(_, users)| users.iter().any(|(user, _)| *user == me));
        Ok(is_on == (content.kind == Kind::React))
    }

    /// A message that the server never took is deleted here alone, and leaves nothing.
    fn forget_unsent(&mut self, tag: Tag, target: &Target) -> Result<(), Stop> {
        let shown = self.shown(target.author, target.id)?;
        self.db.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute([target.id.0])?;
        self.db
            .prepare_cached("DELETE FROM messages WHERE id = ?1 AND sender = ?2")?
            .execute(params![target.id.0, target.author])?;
        self.session.wiped = true;
        let gone = |shown| Shown { deleted: true, text: None, file: None, reactions: Vec::new(), ..shown };
        self.events.push(VaultEvent::Done { tag });
        self.touch(target.conversation)?;
        self.tell(target.conversation)?;
        self.events.extend(shown.map(gone).map(VaultEvent::Changed));
        Ok(())
    }
}
