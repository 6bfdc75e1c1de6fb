//! Messages as rows, and as they are shown.

use super::error::Stop;
use super::reactions::Reacted;
use super::store::Work;
use super::{VaultError, history};
use crate::core::{DeliveryState, Reaction, Shown, ShownFile, Summary, VaultEvent, With, mentions};
use rusqlite::{OptionalExtension, Params, Row, params};
use std::sync::LazyLock;
use uchat_protocol::content::FileInfo;
use uchat_protocol::{Content, Conversation, MessageId};

/// The place of what has no number yet: after all that have one.
pub(super) const UNSENT: u64 = i64::MAX as u64;

/// A person's message, about to be stored.
pub(super) struct NewRow<'a> {
    pub(super) conversation: Conversation,
    /// Its number; none while it is in the outbox.
    pub(super) seq: Option<u64>,
    pub(super) sender: u64,
    pub(super) id: Option<MessageId>,
    pub(super) time: u64,
    pub(super) content: &'a Content,
    pub(super) encrypted: bool,
    /// For messages of our own.
    pub(super) state: Option<DeliveryState>,
}

impl Work<'_> {
    /// Stores a message. What waits in the outbox is told by whoever put it there.
    pub(super) fn insert(&self, row: &NewRow<'_>) -> Result<(), Stop> {
        let (kind, peer) = row.conversation.target();
        let content = row.content;
        let file = content.file.as_ref().map(file_bytes).transpose()?;
        let id = match row.id {
            // Commands name a message by its id: a copy must not be taken for what it copies.
            Some(id) if row.state.is_none() && self.is_of_another(id, row.sender)? => None,
            id => id,
        };
        self.db
            .prepare_cached(
                "INSERT INTO messages (kind, peer, place, number, seq, sender, id, time, content, text, file,
                     fontsize, fontcolor, reply_to, encrypted, state, told)
                 VALUES (?1, ?2, ?3, (SELECT COALESCE(MAX(number), 0) + 1 FROM messages
                     WHERE kind = ?1 AND peer = ?2 AND place = ?3),
                     ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?
            .execute(params![
                kind,
                peer,
                row.seq.unwrap_or(UNSENT),
                row.seq,
                row.sender,
                id.map(|id| id.0),
                row.time,
                content.kind as u8,
                content.data,
                file,
                content.fontsize,
                content.fontcolor,
                content.reply_to.map(|id| id.0),
                row.encrypted,
                row.state.map(state_number),
                row.seq.is_none(),
            ])?;
        Ok(())
    }

    /// Stores a line of the server or of this client. `seq`: if it stands for the message of this number.
    pub(super) fn line(
        &self,
        conversation: Conversation,
        place: u64,
        seq: Option<u64>,
        time: u64,
        text: &str,
    ) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        self.db
            .prepare_cached(
                "INSERT INTO messages (kind, peer, place, number, seq, time, content, text, encrypted, told)
                 VALUES (?1, ?2, ?3, (SELECT COALESCE(MAX(number), 0) + 1 FROM messages
                     WHERE kind = ?1 AND peer = ?2 AND place = ?3), ?4, ?5, 3, ?6, 0, 0)",
            )?
            .execute(params![kind, peer, place, seq, time, text])?;
        Ok(())
    }

    /// Whether this user's message is here already.
    pub(super) fn known(&self, sender: u64, id: MessageId) -> Result<bool, Stop> {
        let mut query = self.db.prepare_cached("SELECT 1 FROM messages WHERE id = ?1 AND sender = ?2")?;
        Ok(query.exists(params![id.0, sender])?)
    }

    /// Whether this is the id of somebody else's message, which came first.
    fn is_of_another(&self, id: MessageId, sender: u64) -> Result<bool, Stop> {
        let mut query = self.db.prepare_cached("SELECT 1 FROM messages WHERE id = ?1 AND sender != ?2")?;
        Ok(query.exists(params![id.0, sender])?)
    }

    /// Tells what is new in the conversation and may be shown: nothing after a message that still waits for keys.
    /// And what has changed of what was told before.
    pub(super) fn tell(&mut self, conversation: Conversation) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        let mut changed = Vec::new(); // before what is new counts as told
        for (id, author) in std::mem::take(&mut self.changed) {
            let Some(shown) = self.shown(author, id)? else { continue };
            self.mark_mention(author, id, shown.mentioned)?;
            changed.push(shown);
        }
        let gate = self.gate(conversation)?;
        // Which index is said here: else SQLite looks at every message of the conversation, however long it is.
        let shown = self.rows(
            "INDEXED BY messages_untold",
            "WHERE m.kind = ?1 AND m.peer = ?2 AND m.told = 0 AND m.place < ?3 ORDER BY m.place, m.number",
            params![kind, peer, gate],
        )?;
        self.mark_mentions(conversation, &shown)?;
        if !shown.is_empty() {
            // First the count, which looks for what was not told.
            self.db
                .prepare_cached(
                    "UPDATE conversations SET unread = unread + (SELECT COUNT(*) FROM messages m
                         INDEXED BY messages_untold
                         WHERE m.kind = ?1 AND m.peer = ?2 AND m.told = 0 AND m.place < ?3
                         AND m.place > read AND m.sender IS NOT NULL AND m.sender != ?4)
                     WHERE kind = ?1 AND peer = ?2",
                )?
                .execute(params![kind, peer, gate, self.me()?.0])?;
            self.db
                .prepare_cached(
                    "UPDATE messages INDEXED BY messages_untold SET told = 1
                     WHERE kind = ?1 AND peer = ?2 AND told = 0 AND place < ?3",
                )?
                .execute(params![kind, peer, gate])?;
        }
        if !(shown.is_empty() && changed.is_empty()) {
            self.touch(conversation)?;
        }
        let summary = self.summary(conversation)?;
        self.events.push(VaultEvent::Received { summary, shown });
        self.events.extend(changed.into_iter().map(VaultEvent::Changed));
        Ok(())
    }

    /// Where the first message stands that waits for keys, and all that come after it.
    pub(super) fn gate(&self, conversation: Conversation) -> Result<u64, Stop> {
        let (kind, peer) = conversation.target();
        let mut query = self
            .db
            .prepare_cached("SELECT MIN(seq) FROM sealed WHERE kind = ?1 AND peer = ?2 AND held = 0")?;
        let first: Option<u64> = query.query_row(params![kind, peer], |row| row.get(0))?;
        Ok(first.unwrap_or(UNSENT))
    }

    /// Notes the newest line of the conversation, of those that are not deleted, in its row.
    pub(super) fn touch(&self, conversation: Conversation) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        let newest = self
            .db
            .prepare_cached(&format!(
                "SELECT COALESCE({PENDING}, m.text), m.time FROM messages m
                 WHERE m.kind = ?1 AND m.peer = ?2 AND m.told = 1 AND m.deleted = 0
                 AND COALESCE({PENDING} != '', 1)
                 ORDER BY m.place DESC, m.number DESC LIMIT 1"
            ))?
            .query_row(params![kind, peer], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u64>(1)?)))
            .optional()?;
        let (text, time) = newest.unzip();
        self.db
            .prepare_cached(
                "UPDATE conversations SET last = ?3, time = COALESCE(?4, time) WHERE kind = ?1 AND peer = ?2",
            )?
            .execute(params![kind, peer, text.as_deref().map(one_line), time])?;
        Ok(())
    }

    /// What is known about a conversation; makes its row if there is none.
    pub(super) fn summary(&self, conversation: Conversation) -> Result<Summary, Stop> {
        self.ensure(conversation)?;
        let (kind, peer) = conversation.target();
        let mut query = self.db.prepare_cached(&format!("{SUMMARY} WHERE c.kind = ?1 AND c.peer = ?2"))?;
        Ok(query.query_row(params![kind, peer], summary)?)
    }

    /// A message that was told, by its id.
    pub(super) fn shown(&self, sender: u64, id: MessageId) -> Result<Option<Shown>, Stop> {
        Ok(self.rows("", "WHERE m.id = ?1 AND m.sender = ?2 AND m.told = 1", params![id.0, sender])?.pop())
    }

    /// Rows as they are shown; `which` selects and orders those of `messages m`, by this index if one is named.
    pub(super) fn rows(&self, index: &str, which: &str, params: impl Params) -> Result<Vec<Shown>, Stop> {
        let mut query = self.db.prepare_cached(&format!("{} {index} {NAMES} {which}", *SHOWN))?;
        let rows = query.query_map(params, |row| Ok((row.get(3)?, shown(row))))?;
        rows.map(|row| {
            let (sender, shown): (Option<u64>, _) = row?;
            let mut shown = shown?;
            if let (Some(sender), Some(id), false) = (sender, shown.id, shown.deleted) {
                shown.reactions = self.reactions(id, sender)?.into_iter().map(reaction).collect();
            }
            Ok(shown)
        })
        .collect()
    }
}

fn reaction((emoji, users): Reacted) -> Reaction {
    Reaction { emoji, from: users.into_iter().map(|(_, name)| name).collect() }
}

/// The text that an edit in the outbox gives to a row of `messages m`, or an empty one, if it is to be deleted.
pub(super) const PENDING: &str = "(SELECT o.text FROM outbox o WHERE o.changes = m.id AND o.author = m.sender
    AND o.text IS NOT NULL ORDER BY o.position DESC LIMIT 1)";

/// Of `summary`.
pub(super) const SUMMARY: &str = "SELECT c.kind, c.peer,
    CASE c.kind WHEN 0 THEN COALESCE(p.name, c.name) ELSE c.name END, c.have, c.read, c.unread, c.last, c.time,
    EXISTS (SELECT 1 FROM messages m INDEXED BY messages_mentions
        WHERE m.kind = c.kind AND m.peer = c.peer AND m.place > c.read AND m.mentions = 1),
    c.kind = 0 AND p.changed IS NOT NULL
    FROM conversations c LEFT JOIN people p ON c.kind = 0 AND p.id = c.peer";

/// A row of [`SUMMARY`].
pub(super) fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    Ok(Summary {
        conversation: conversation(row)?,
        name: row.get(2)?,
        have: row.get(3)?,
        read: row.get(4)?,
        unread: row.get(5)?,
        last: row.get(6)?,
        time: row.get(7)?,
        mentioned: row.get(8)?,
        key_changed: row.get(9)?,
    })
}

/// The first two columns of a row.
pub(super) fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    let (kind, peer): (u8, u64) = (row.get(0)?, row.get(1)?);
    Conversation::from_target(kind, peer).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, i64::from(kind)))
}

/// The columns of [`shown`].
static SHOWN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT m.kind, m.peer, m.seq, m.sender, m.id, m.time, m.content, m.text, m.file, m.path, m.fontsize,
         m.fontcolor, m.reply_to, m.encrypted, m.state, f.name, s.name, (SELECT name FROM account), m.edited,
         m.deleted, {PENDING}, m.digest
         FROM messages m"
    )
});

/// What goes with [`SHOWN`].
const NAMES: &str =
    "LEFT JOIN people f ON m.kind = 0 AND f.id = m.peer LEFT JOIN people s ON s.id = m.sender";

fn shown(row: &Row<'_>) -> Result<Shown, Stop> {
    let (friend, sender): (Option<String>, Option<String>) = (row.get(15)?, row.get(16)?);
    let number: Option<u64> = row.get(3)?;
    let pending: Option<String> = row.get(20)?;
    let deleted = row.get(19)? || pending.as_deref() == Some("");
    let edited = !deleted && (row.get::<_, u64>(18)? > 0 || pending.is_some());
    let state = row.get::<_, Option<u8>>(14)?.and_then(state).map(|state| match state {
        DeliveryState::Failed => state,
        _ if pending.is_some() => DeliveryState::Queued,
        state => state,
    });
    let text = pending.map_or_else(|| row.get(7), Ok)?;
    let info = row.get::<_, Option<Vec<u8>>>(8)?.filter(|_| !deleted);
    let info = info.map(|bytes| history::file_info(&bytes)).transpose()?;
    let path: Option<String> = row.get(9)?;
    let digest = row.get(21)?;
    let file = info.map(|info| ShownFile {
        name: text.clone(),
        size: info.size,
        media_type: info.media_type,
        path,
        digest,
    });
    let me: Option<String> = row.get(17)?;
    // What has a state is our own.
    let mentioned = state.is_none()
        && number.is_some()
        && file.is_none()
        && me.is_some_and(|name| mentions(&text, &name));
    Ok(Shown {
        id: row.get::<_, Option<[u8; 16]>>(4)?.map(MessageId),
        from: number.map(|number| sender.unwrap_or_else(|| nameless(number))),
        with: match conversation(row)? {
            Conversation::Friend(user) => With::User(friend.unwrap_or_else(|| nameless(user))),
            Conversation::Room(room) => With::Room(room),
        },
        seq: row.get(2)?,
        time: row.get(5)?,
        text: (file.is_none() && !deleted).then_some(text),
        file,
        fontsize: row.get(10)?,
        fontcolor: row.get(11)?,
        reply_to: row.get::<_, Option<[u8; 16]>>(12)?.map(MessageId),
        encrypted: row.get(13)?,
        mentioned,
        state,
        edited,
        deleted,
        reactions: Vec::new(),
    })
}

/// How a user is called whose name nobody has told us.
pub(super) fn nameless(user: u64) -> String {
    format!("user {user}")
}

const STATES: [DeliveryState; 6] = [
    DeliveryState::Queued,
    DeliveryState::Sent,
    DeliveryState::Stored,
    DeliveryState::Delivered,
    DeliveryState::Read,
    DeliveryState::Failed,
];

/// How a state is written in the table: its place among [`STATES`].
pub(super) fn state_number(state: DeliveryState) -> u8 {
    state as u8
}

fn state(number: u8) -> Option<DeliveryState> {
    STATES.get(usize::from(number)).copied()
}

fn file_bytes(info: &FileInfo) -> Result<Vec<u8>, Stop> {
    let value = framing::to_value(info)?;
    let mut bytes = Vec::new();
    framing::encode(&value, &mut bytes)?;
    Ok(bytes)
}

/// The beginning of a text, on one line.
fn one_line(text: &str) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = line.char_indices().nth(LAST) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

/// Characters of the last message that are kept with the conversation.
const LAST: usize = 80;

impl From<history::NoFile> for Stop {
    fn from(error: history::NoFile) -> Self {
        Self::Failed(VaultError::Damaged(error.0))
    }
}
