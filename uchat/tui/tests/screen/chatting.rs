//! A screen in a conversation, with a store behind it: a history as long as a test likes, answered page by page.

use crate::harness::{NOON, Screen, friend};
use uchat_client::core::{Answer, Command, Contact, DeliveryState, Notice, Shown, With};
use uchat_protocol::MessageId;
use uchat_tui::app::{Effect, Settings};

/// The screen and the store.
pub struct Chatting {
    pub screen: Screen,
    pub with: With,
    /// The messages of the conversation, ascending.
    pub store: Vec<Shown>,
    /// So many effects were looked at.
    looked: usize,
    /// Ids of what is sent, counted from the top of all ids.
    sent: u64,
}

impl Chatting {
    /// With `bob`, at the end of this history.
    pub fn new(settings: Settings, size: (u16, u16), store: Vec<Shown>) -> Self {
        Self::with_unread(settings, size, store, 0)
    }

    /// The same; so many of the last messages are unread.
    pub fn with_unread(settings: Settings, size: (u16, u16), store: Vec<Shown>, unread: u64) -> Self {
        let bob = Contact { unread, time: NOON, ..friend("bob", true) };
        let screen = Screen::logged_in(settings, size, vec![bob, friend("carol", false)]);
        let with = With::User("bob".into());
        let mut chatting = Self { screen, with, store, looked: 0, sent: u64::MAX };
        chatting.screen.click_on("bob");
        chatting.answer();
        chatting
    }

    /// The store answers what it was asked.
    pub fn answer(&mut self) {
        while let Some(effect) = self.screen.effects.get(self.looked).cloned() {
            self.looked += 1;
            let Effect::Command(id, command) = effect else { continue };
            match command {
                Command::History { with, before, limit, .. } => {
                    let known = if with == self.with { self.store.as_slice() } else { &[] };
                    let before = known.iter().filter(|message| match (message.seq, before) {
                        (Some(seq), Some(before)) => seq < before,
                        (None, Some(_)) => false,
                        (_, None) => true,
                    });
                    let before: Vec<_> = before.cloned().collect();
                    let limit = usize::try_from(limit.unwrap()).unwrap();
                    let messages = before[before.len().saturating_sub(limit)..].to_vec();
                    self.screen.answer(id, Ok(Answer::Messages { messages }));
                }
                Command::Send { to, text, fontsize, fontcolor, reply_to } => {
                    self.sent -= 1;
                    let mut message = message("ann", self.sent, &text);
                    (message.with, message.seq, message.reply_to) = (to, None, reply_to);
                    (message.fontsize, message.fontcolor) = (fontsize, fontcolor);
                    (message.state, message.time) = (Some(DeliveryState::Queued), self.screen.app.now);
                    let message_id = message.id.unwrap();
                    self.store.push(message);
                    self.screen.answer(id, Ok(Answer::MessageId { message_id }));
                    self.deliver(message_id, DeliveryState::Queued);
                }
                Command::SendFile { .. } => {
                    self.sent -= 1;
                    let message_id = id_of(self.sent);
                    self.screen.answer(id, Ok(Answer::MessageId { message_id }));
                }
                Command::MarkRead { .. }
                | Command::Typing { .. }
                | Command::CancelFile { .. }
                | Command::Edit { .. }
                | Command::Delete { .. }
                | Command::React { .. }
                | Command::Retry { .. } => {
                    self.screen.answer(id, Ok(Answer::Done {}));
                }
                Command::SaveFile { path, .. } => self.screen.answer(id, Ok(Answer::Path { path })),
                _ => {}
            }
        }
    }

    /// A message comes.
    pub fn comes(&mut self, message: Shown) {
        self.store.push(message.clone());
        self.screen.notice(Notice::Message(message));
        self.answer();
    }

    /// One of ours has come further.
    pub fn deliver(&mut self, id: MessageId, state: DeliveryState) {
        self.screen.notice(delivery(id, state));
        self.answer();
    }

    /// The server has stored one of ours under this number.
    pub fn stored(&mut self, id: MessageId, seq: u64) {
        let at = self.store.iter().position(|message| message.id == Some(id)).unwrap();
        let mut message = self.store.remove(at);
        (message.seq, message.state) = (Some(seq), Some(DeliveryState::Stored));
        let at = self.store.partition_point(|other| other.seq.is_some_and(|other| other < seq));
        self.store.insert(at, message);
        self.deliver(id, DeliveryState::Stored);
    }

    /// Writes a text and sends it; its id.
    pub fn says(&mut self, text: &str) -> MessageId {
        self.screen.happens(uchat_tui::app::Event::Paste(text.to_owned()));
        self.key("enter");
        self.store.last().unwrap().id.unwrap()
    }

    /// A key, and what is asked for because of it.
    pub fn key(&mut self, key: &str) {
        self.screen.key(key);
        self.answer();
    }

    /// How many commands of this kind were given.
    pub fn count(&self, kind: impl Fn(&Command) -> bool) -> usize {
        let commands = self.screen.effects.iter().filter_map(|effect| match effect {
            Effect::Command(_, command) => Some(command),
            _ => None,
        });
        commands.filter(|command| kind(command)).count()
    }

    /// What stands between the first and the last row of the messages, without frames and contacts.
    pub fn rows(&self) -> Vec<String> {
        let text = self.screen.text();
        let right = |line: &str| {
            let beside = line.split_once("││").map(|(_, right)| right);
            let alone = || line.strip_prefix('│'); // a narrow terminal shows one part at a time
            beside.or_else(alone).map(|right| right.trim_end_matches('│').trim().to_owned())
        };
        text.lines().filter_map(right).collect()
    }
}

/// A notice of a message's state, without a number and without a reason.
pub fn delivery(id: MessageId, state: DeliveryState) -> Notice {
    let (seq, time, changes, reason, code) = (None, None, None, None, None);
    Notice::Delivery { id, state, seq, time, changes, reason, code }
}

/// The same with the reason why it has failed.
pub fn failed(id: MessageId, changes: Option<MessageId>, reason: &str) -> Notice {
    let (seq, time, state, code) = (None, None, DeliveryState::Failed, None);
    Notice::Delivery { id, state, seq, time, changes, reason: Some(reason.to_owned()), code }
}

/// The id of a message.
pub fn id_of(number: u64) -> MessageId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    MessageId(id)
}

/// A message with bob.
pub fn message(from: &str, seq: u64, text: &str) -> Shown {
    Shown {
        state: (from == "ann").then_some(DeliveryState::Read),
        time: NOON.saturating_sub(3_600_000).saturating_add(seq.min(1 << 40) * 20_000),
        ..crate::harness::text_of(from, With::User("bob".into()), seq.min(1 << 40), text)
    }
    .with_id(id_of(seq))
}

trait WithId {
    fn with_id(self, id: MessageId) -> Self;
}

impl WithId for Shown {
    fn with_id(mut self, id: MessageId) -> Self {
        self.id = Some(id);
        self
    }
}

/// A history of so many messages that say their numbers.
pub fn long(count: u64) -> Vec<Shown> {
    (1..=count)
        .map(|seq| message(if seq % 5 == 0 { "ann" } else { "bob" }, seq, &format!("message {seq}")))
        .collect()
}

/// How the cells look that do not look as usual, row by row: `column–column colour, background, what else`.
pub fn looks(chatting: &Chatting) -> String {
    use std::fmt::Write;
    let buffer = chatting.screen.cells();
    let usual = chatting.screen.app.settings.theme.style(uchat_tui::theme::Role::Text);
    let frame = chatting.screen.app.settings.theme.style(uchat_tui::theme::Role::Frame);
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let style = |x: u16| buffer[(x, y)].style();
        let plain = |x: u16| {
            let one = style(x);
            (one.fg == usual.fg.or(one.fg)
                && one.add_modifier.is_empty()
                && one.bg.is_none_or(|bg| bg == ratatui::style::Color::Reset))
                || (frame.fg.is_some() && one.fg == frame.fg)
        };
        let mut x = 0;
        while x < buffer.area.width {
            let start = x;
            while x < buffer.area.width && style(x) == style(start) {
                x += 1;
            }
            if !plain(start) {
                let one = style(start);
                let text: String = (start..x).map(|x| buffer[(x, y)].symbol()).collect();
                let colour = |colour: Option<ratatui::style::Color>| match colour {
                    Some(ratatui::style::Color::Indexed(number)) => number.to_string(),
                    _ => "-".to_owned(),
                };
                writeln!(
                    out,
                    "{y:>2} {:?} {} on {} {:?}",
                    text.trim(),
                    colour(one.fg),
                    colour(one.bg),
                    one.add_modifier
                )
                .unwrap();
            }
        }
    }
    out
}
