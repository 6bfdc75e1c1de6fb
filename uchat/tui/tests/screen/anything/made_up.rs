//! What the client may tell: made up, likely or not.

use super::*;

impl Chaos {
    pub(super) fn number(&mut self) -> u64 {
        match self.dice.below(6) {
            0 => u64::MAX,
            1 => 0,
            _ => self.dice.roll() % 40,
        }
    }

    /// An id that is mostly known already.
    pub(super) fn id(&mut self) -> MessageId {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(self.dice.roll() % (self.seq + 2)).to_be_bytes());
        MessageId(id)
    }

    pub(super) fn state(&mut self) -> DeliveryState {
        use DeliveryState::{Delivered, Failed, Queued, Read, Sent, Stored};
        *self.dice.of(&[Queued, Sent, Stored, Delivered, Read, Failed])
    }

    pub(super) fn message(&mut self, with: With) -> Shown {
        self.seq += 1;
        let seq = if self.dice.one_in(4) { self.dice.roll() % (self.seq + 1) } else { self.seq };
        let (from, text) = (self.name(), self.text());
        let mut shown = text_of(&from, with, seq, &text);
        if self.dice.one_in(3) {
            (shown.from, shown.state) = (Some("ann".into()), Some(self.state()));
            if shown.state == Some(DeliveryState::Queued) {
                shown.seq = None;
            }
        }
        if self.dice.one_in(10) {
            (shown.from, shown.id, shown.state) = (None, None, None);
        }
        if self.dice.one_in(6) {
            let path = self.dice.one_in(2).then(|| "/tmp/\u{1b}x".to_owned());
            let media_type = if self.dice.one_in(2) { "image/png".to_owned() } else { self.text() };
            let (name, size) = (format!("{}.png", self.text()), self.number());
            shown.file = Some(ShownFile { name, size, media_type, path, digest: None });
            shown.text = None;
        }
        if self.dice.one_in(6) {
            shown.reactions = vec![Reaction { emoji: self.text(), from: vec![self.name()] }];
        }
        shown.deleted = self.dice.one_in(12);
        shown.edited = self.dice.one_in(8);
        shown.mentioned = self.dice.one_in(8);
        shown.encrypted = !self.dice.one_in(4);
        shown.reply_to = self.dice.one_in(5).then(|| self.id());
        shown.fontsize = *self.dice.of(&[0, 9, 18, 28, 255]);
        shown.fontcolor = (*self.dice.of(&["", "#ff0000", "\u{1b}[31m", "#é12345"])).to_owned();
        if self.dice.one_in(9) {
            shown.time = self.number();
        }
        shown
    }

    pub(super) fn notice(&mut self) -> Notice {
        use Connection::{Connecting, Offline, Online, Refused, Replaced};
        let with = self.with();
        match self.dice.below(24) {
            0 => {
                let state = *self.dice.of(&[Connecting, Offline, Online, Online, Online, Refused, Replaced]);
                let code = self.dice.one_in(2).then(|| self.dice.of(Code::ALL).name());
                let (reason, retry_in) = (Some(self.text()), self.dice.one_in(2).then(|| self.number()));
                Notice::Connection { state, reason, code, retry_in }
            }
            1 => Notice::FriendRequest { username: self.name() },
            2 | 3 => Notice::Friend { username: self.name(), id: self.number(), online: self.dice.one_in(2) },
            4 => Notice::FriendDeleted { username: self.name() },
            5 => Notice::Presence {
                username: self.name(),
                online: self.dice.one_in(2),
                ip: Some(self.text()),
                port: Some(1),
            },
            6 => Notice::Room { room: 12, name: self.text(), member: !self.dice.one_in(3) },
            7 => Notice::Member { room: 12, username: self.name(), online: self.dice.one_in(2) },
            8 => Notice::KeyChanged { username: self.name() },
            9 => Notice::FileProgress { id: self.id(), done: self.number(), total: self.number() },
            10 => Notice::FileSaved { id: self.id(), path: self.text() },
            11 => Notice::FileFailed {
                id: self.id(),
                reason: self.text(),
                code: self.dice.of(Code::ALL).name(),
            },
            12 => Notice::Typing { username: self.name(), with },
            13 => Notice::Notice { text: self.text() },
            14 => Notice::Changed(self.message(with)),
            15 | 16 => Notice::Delivery {
                id: self.id(),
                state: self.state(),
                seq: self.dice.one_in(2).then_some(self.seq),
                time: Some(NOON),
                changes: self.dice.one_in(3).then(|| self.id()),
                reason: self.dice.one_in(2).then(|| self.text()),
                code: None,
            },
            17 => Notice::Unread { with, unread: self.number(), mentioned: self.dice.one_in(2) },
            _ => Notice::Message(self.message(with)),
        }
    }

    pub(super) fn refusal(&mut self) -> Refusal {
        let text = self.text();
        let mut refusal = Refusal::because(*self.dice.of(Code::ALL), text);
        refusal.retry_after = self.dice.one_in(2).then(|| self.number());
        refusal
    }

    pub(super) fn granted(&mut self, command: &Command) -> Answer {
        match command {
            Command::Contacts {} => {
                let contacts = (0..self.dice.below(30)).map(|n| {
                    let name = if n < 3 { self.name() } else { format!("f{n}") };
                    let (last, time, unread) = (Some(self.text()), self.number(), self.number());
                    Contact { last, time, unread, ..friend(&name, n % 2 == 0) }
                });
                let mut contacts: Vec<_> = contacts.collect();
                contacts.push(room("旅行", 12));
                Answer::Contacts { contacts }
            }
            Command::History { with, .. } => {
                let count = *self.dice.of(&[0, 1, 5, 60, 200]);
                let mut messages: Vec<_> = (0..count).map(|_| self.message(with.clone())).collect();
                messages.sort_by_key(|message| message.seq);
                Answer::Messages { messages }
            }
            Command::Members { .. } => {
                let members = (0..self.dice.below(5)).map(|n| Member {
                    name: self.name(),
                    online: n % 2 == 0,
                    owner: self.dice.one_in(3),
                });
                Answer::Members { members: members.collect() }
            }
            Command::Search { .. } => {
                Answer::Users { users: (0..self.dice.below(30)).map(|_| self.name()).collect() }
            }
            Command::SafetyNumber { .. } => Answer::Words { words: (0..16).map(|_| self.text()).collect() },
            Command::Profile {} => Answer::Profile(Profile {
                username: self.name(),
                email: self.text(),
                sex: self.text(),
                age: self.dice.one_in(2).then_some(33),
                share_address: self.dice.one_in(2),
                share_read: self.dice.one_in(2),
                share_typing: self.dice.one_in(2),
                blocked: (0..self.dice.below(30)).map(|_| self.name()).collect(),
            }),
            Command::CreateRoom { .. } => Answer::Room { room: 12 },
            Command::Send { .. } | Command::SendFile { .. } => Answer::MessageId { message_id: self.id() },
            Command::Register { .. } | Command::Login { .. } => Answer::UserId { user_id: 1 },
            _ => Answer::Done {},
        }
    }
}
