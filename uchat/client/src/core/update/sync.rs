//! From the server to the vault, each message once and in order.
//!
//! ```text
//! have ≤ given ≤ last_seq      what the vault has ≤ what it was given ≤ what the server has
//! ```
//! A live message that follows on `given` goes to the vault at once. Anything later shows a gap, and a gap is
//! filled by fetching pages after `given`, up to four conversations at a time. What is not later is a repetition.

use super::{Step, is_over, is_put_off, pause};
use crate::core::command::With;
use crate::core::event::Summary;
use crate::core::model::link::Purpose;
use crate::core::model::talks::FETCHES;
use crate::core::notice::Shown;
use crate::core::{Notice, VaultEffect};
use uchat_protocol::push::NewMessage;
use uchat_protocol::reply::Reply;
use uchat_protocol::request::{FetchHistory, SetCursor};
use uchat_protocol::{Code, Conversation, Envelope, Refusal, limits};

/// So many milliseconds after the vault could not store something it is given it again.
pub(super) const STORE_AGAIN: u64 = 5000;

impl Step<'_> {
    /// A live message. One of a conversation that we do not know is left on the server: when we are told about
    /// the conversation, we are told its last number as well.
    pub(super) fn new_message(&mut self, message: NewMessage) {
        let Ok(me) = self.me().map(|me| me.id) else { return };
        let (target_type, target_id) = (message.target_type, message.target_id);
        let conversation = Conversation::seen_by(me, message.sender_id, target_type, target_id);
        let Some(conversation) = conversation.filter(|one| self.is_contact(*one)) else { return };
        let talks = &mut self.model.talks;
        let Some(talk) = talks.all.get_mut(&conversation) else { return };
        if message.seq <= talk.given {
            return;
        }
        talk.last_seq = talk.last_seq.max(message.seq);
        if message.seq != talk.given + 1 || talks.fetching.contains(&conversation) {
            talks.behind.insert(conversation);
            return;
        }
        let after = std::mem::replace(&mut talk.given, message.seq);
        self.receive(conversation, after, vec![message]);
    }

    fn receive(&mut self, conversation: Conversation, after: u64, messages: Vec<NewMessage>) {
        if let Conversation::Room(room) = conversation {
            for message in &messages {
                if let Envelope::Event(event) = &message.message {
                    self.room_event(room, event);
                }
            }
        }
        self.vault(VaultEffect::Receive { conversation, after, messages });
    }

    /// A message of our own has got this number: it needs not be fetched, if it follows on the rest.
    pub(super) fn own_message(&mut self, conversation: Conversation, seq: u64) {
        let talks = &mut self.model.talks;
        let Some(talk) = talks.all.get_mut(&conversation) else { return };
        talk.last_seq = talk.last_seq.max(seq);
        if talk.have.checked_add(1) == Some(seq) {
            talk.have = seq;
        }
        if talk.given.checked_add(1) == Some(seq) && !talks.fetching.contains(&conversation) {
            talk.given = seq;
        } else if seq > talk.given {
            talks.behind.insert(conversation);
        }
    }

    fn is_contact(&self, conversation: Conversation) -> bool {
        match conversation {
            Conversation::Friend(user) => self.model.contacts.friends.contains_key(&user),
            Conversation::Room(room) => self.model.contacts.rooms.contains_key(&room),
        }
    }

    /// Asks for the next page of what is behind.
    pub(super) fn pump_sync(&mut self) {
        while is_over(self.model.talks.not_before, self.now) && self.model.talks.fetching.len() < FETCHES {
            let talks = &mut self.model.talks;
            // First those that a message of ours waits for.
            let waits = self.model.outbox.lanes.keys().filter(|one| talks.behind.contains(one));
            let mut next = waits.chain(&talks.behind).filter(|one| !talks.fetching.contains(one));
            let Some(conversation) = next.next().copied() else { return };
            talks.behind.remove(&conversation);
            let Some(talk) = talks.all.get(&conversation) else { continue };
            let (after, up_to) = (talk.given, talk.last_seq);
            if after >= up_to || !self.is_contact(conversation) {
                continue;
            }
            self.model.talks.fetching.insert(conversation);
            let (target_type, target_id) = conversation.target();
            let limit = limits::HISTORY as u32;
            let request = FetchHistory { target_type, target_id, after: Some(after), before: None, limit };
            self.send(Purpose::Fetch { conversation, after, up_to }, request);
        }
    }

    /// A page has come. `up_to` is what the server was known to have when it was asked for what follows on `after`.
    pub(super) fn history_reply(
        &mut self,
        conversation: Conversation,
        after: u64,
        up_to: u64,
        reply: Result<Reply, Refusal>,
    ) {
        self.model.talks.fetching.remove(&conversation);
        let history = match reply {
            Ok(Reply::ChatHistory(history))
                if (history.target_type, history.target_id) == conversation.target() =>
            {
                history
            }
            Err(refusal) if is_put_off(&refusal) => {
                self.model.talks.not_before = self.now.saturating_add(pause(&refusal, 1));
                self.model.talks.behind.insert(conversation);
                return;
            }
            Ok(_) | Err(_) => return, // asked for again after the next message or log-in
        };
        let Some(talk) = self.model.talks.all.get_mut(&conversation) else { return };
        let before = talk.given;
        if before < after {
            self.model.talks.behind.insert(conversation); // the vault could not store what comes before this page
            return;
        }
        let mut messages = history.messages;
        messages.retain(|message| {
            let follows = message.seq > talk.given;
            talk.given = talk.given.max(message.seq);
            follows
        });
        let ended = !history.more || talk.given == before;
        if ended && talk.last_seq <= up_to {
            talk.last_seq = talk.given; // there is no more, whatever the server said earlier
        }
        if talk.given < talk.last_seq {
            self.model.talks.behind.insert(conversation);
        }
        if !messages.is_empty() {
            self.receive(conversation, before, messages);
        }
    }

    /// The vault has taken messages in; what is new is shown.
    pub(super) fn received(&mut self, summary: Summary, shown: Vec<Shown>) {
        let conversation = summary.conversation;
        let talk = self.model.talks.all.entry(conversation).or_default();
        let of_others = shown.iter().filter(|message| message.from.is_some() && message.state.is_none());
        let expected = talk.unread.saturating_add(of_others.count() as u64);
        let (unread, mentioned) = (summary.unread, summary.mentioned);
        let with = match conversation {
            Conversation::Friend(_) => With::User(summary.name.clone()),
            Conversation::Room(room) => With::Room(room),
        };
        talk.know(summary);
        shown.into_iter().for_each(|message| self.notify(Notice::Message(message)));
        if unread != expected {
            self.notify(Notice::Unread { with, unread, mentioned });
        }
        self.tell_cursor(conversation);
    }

    /// A message is another now. A file of which nothing is left is not saved any further.
    pub(super) fn changed(&mut self, message: Shown) {
        if let Some(id) = message.id.filter(|_| message.deleted) {
            let text = "the message that brought the file was deleted";
            self.give_file_up(id, Refusal::because(Code::NoSuchFile, text));
        }
        self.notify(Notice::Changed(message));
    }

    /// The vault could not take messages in: they are fetched again, after a while, because the disk may be full.
    pub(super) fn not_received(&mut self, conversation: Conversation, have: u64) {
        let talks = &mut self.model.talks;
        let Some(talk) = talks.all.get_mut(&conversation) else { return };
        (talk.have, talk.given) = (have, have);
        talks.behind.insert(conversation);
        talks.not_before = self.now.saturating_add(STORE_AGAIN);
    }

    /// Tells the server how far we are: one request at a time for each conversation, the newest state wins.
    pub(super) fn tell_cursor(&mut self, conversation: Conversation) {
        if !(self.model.is_online() && self.model.session.bundle_seen && self.is_contact(conversation)) {
            return;
        }
        let Some(talk) = self.model.talks.all.get_mut(&conversation) else { return };
        let (delivered, read) = (talk.have.max(talk.told.0), talk.read.max(talk.told.1));
        if talk.telling || self.model.talks.untold.contains(&conversation) || (delivered, read) == talk.told {
            return;
        }
        talk.telling = true;
        let (target_type, target_id) = conversation.target();
        let request = SetCursor { target_type, target_id, delivered, read };
        self.send(Purpose::Cursor { conversation, delivered, read }, request);
    }

    /// Told; or put off: then it is said again after a while, else the sender would never see that it has come. What
    /// is refused for good is not said again.
    pub(super) fn cursor_told(
        &mut self,
        conversation: Conversation,
        (delivered, read): (u64, u64),
        reply: Result<Reply, Refusal>,
    ) {
        let talks = &mut self.model.talks;
        let Some(talk) = talks.all.get_mut(&conversation) else { return };
        talk.telling = false;
        if let Err(refusal) = reply
            && is_put_off(&refusal)
        {
            talks.untold.insert(conversation);
            talks.tell_after = self.now.saturating_add(pause(&refusal, 1));
            return;
        }
        talk.told = (talk.told.0.max(delivered), talk.told.1.max(read));
        self.tell_cursor(conversation);
    }

    /// Tells what was put off.
    pub(super) fn pump_cursors(&mut self) {
        if is_over(self.model.talks.tell_after, self.now) {
            for conversation in std::mem::take(&mut self.model.talks.untold) {
                self.tell_cursor(conversation);
            }
        }
    }
}
