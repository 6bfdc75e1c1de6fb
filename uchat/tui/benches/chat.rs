//! How long the screen takes for what a person waits for: a key while messages come, opening a chat, scrolling. Run
//! with `cargo bench -p uchat-tui --bench chat`.
//!
//! Each time is that of `update` and `draw` together, in a terminal of 200×60 cells. The history has 100,000 messages and
//! answers at once; making its pages is in the times too, a small part of them.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails should stop")]

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use std::time::{Duration, Instant};
use uchat_client::core::{Answer, Command, Connection, Contact, DeliveryState, Notice, Shown, With};
use uchat_client::runtime::Told;
use uchat_protocol::MessageId;
use uchat_tui::action::Key;
use uchat_tui::app::{App, Channel, Done, Effect, Event, Settings, Start, click, update};
use uchat_tui::draw::draw;
use uchat_tui::hit::Target;

const HISTORY: u64 = 100_000;
const SECOND: usize = 200;

fn main() {
    println!("{:<46} {:>9} {:>9} {:>9}", "update and draw, 200×60 cells", "p50", "p99", "longest");
    let mut times = Vec::new();
    for _ in 0..50 {
        let mut bench = Bench::new();
        let start = Instant::now();
        bench.open();
        times.push(start.elapsed());
    }
    report("open a chat of 100,000 messages", &mut times);

    let mut bench = Bench::new();
    bench.open();
    let mut keys = Vec::new();
    let mut messages = Vec::new();
    for number in 0..20 * SECOND as u64 {
        messages.push(bench.time(|bench| bench.comes(HISTORY + 1 + number)));
        if number.is_multiple_of(20) {
            let letter = char::from(b'a' + u8::try_from(number / 20 % 26).unwrap());
            keys.push(bench.time(|bench| bench.key(KeyCode::Char(letter))));
        }
    }
    report("a key, while 200 messages come in a second", &mut keys);
    report("a message that comes, at the end", &mut messages);

    let mut scrolled: Vec<_> = (0..2_000).map(|_| bench.time(|bench| bench.key(KeyCode::PageUp))).collect();
    report("a page up, with pages of history", &mut scrolled);
    let mut reading = Vec::new();
    for number in 0..2_000 {
        reading.push(bench.time(|bench| bench.comes(HISTORY + 10_000 + number)));
    }
    report("a message that comes, far from the end", &mut reading);
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e6;
    println!("{what:<46} {:>6.0} µs {:>6.0} µs {:>6.0} µs", at(50), at(99), at(100));
}

struct Bench {
    app: App,
    buffer: Buffer,
    with: With,
    now: u64,
}

impl Bench {
    /// Logged in, with one friend; nothing is open.
    fn new() -> Self {
        let start = Start {
            settings: Settings::default(),
            knows_server: true,
            username: Some("ann".into()),
            size: Size::new(200, 60),
            now: 1_790_000_000_000,
            ..Start::default()
        };
        let (app, _) = App::new(start);
        let buffer = Buffer::empty(Rect::new(0, 0, 200, 60));
        let mut bench = Self { app, buffer, with: With::User("bob".into()), now: 1_790_000_000_000 };
        let channel = Channel { encrypted: true, ..Channel::default() };
        bench.happens(Event::Done(Done::Opened(channel, None)));
        "password".chars().for_each(|c| bench.key(KeyCode::Char(c)));
        bench.key(KeyCode::Enter);
        let state = Connection::Online;
        bench.told(Told::Notice(Notice::Connection { state, reason: None, code: None, retry_in: None }));
        bench
    }

    fn open(&mut self) {
        click(&mut self.app, Target::Chat(self.with.clone()), Position::ORIGIN);
        self.happens(Event::Tick);
        assert!(self.app.talks.get(&self.with).unwrap().newest() == Some(HISTORY));
    }

    fn time(&mut self, act: impl FnOnce(&mut Self)) -> Duration {
        let start = Instant::now();
        act(self);
        start.elapsed()
    }

    fn key(&mut self, code: KeyCode) {
        self.happens(Event::Key(Key { code, held: KeyModifiers::NONE }));
    }

    fn comes(&mut self, seq: u64) {
        let message = self.message(seq);
        self.told(Told::Notice(Notice::Message(message)));
    }

    fn told(&mut self, told: Told) {
        self.happens(Event::Told(Box::new(told)));
    }

    /// Something happens; what the screen asks for is answered, and then it is drawn.
    fn happens(&mut self, event: Event) {
        self.now += 5;
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for effect in update(&mut self.app, self.now, event) {
                if let Effect::Command(id, command) = effect {
                    let answer = self.answer(command);
                    events.push(Event::Told(Box::new(Told::Answer(id, Ok(answer)))));
                }
            }
        }
        self.buffer.reset();
        draw(&mut self.app, &mut self.buffer);
    }

    fn answer(&self, command: Command) -> Answer {
        match command {
            Command::Login { .. } => Answer::UserId { user_id: 1 },
            Command::Contacts {} => Answer::Contacts { contacts: vec![friend()] },
            Command::History { before, limit, .. } => {
                let before = before.unwrap_or(HISTORY + 1).min(HISTORY + 1);
                let first = before.saturating_sub(u64::from(limit.unwrap())).max(1);
                Answer::Messages { messages: (first..before).map(|seq| self.message(seq)).collect() }
            }
            _ => Answer::Done {},
        }
    }

    fn message(&self, seq: u64) -> Shown {
        const TEXTS: [&str; 4] = [
            "good morning",
            "今天晚上一起吃饭吗？我知道一家很好的小店，就在学校旁边。",
            "see https://www.example.org/a/long/path?with=a&query=too for the rest of it, @ann",
            "a text of a few lines\nas people write them\nnow and then",
        ];
        let ours = seq.is_multiple_of(3);
        let mut id = [0; 16];
        id[..8].copy_from_slice(&seq.to_be_bytes());
        Shown {
            id: Some(MessageId(id)),
            from: Some(if ours { "ann" } else { "bob" }.into()),
            with: self.with.clone(),
            seq: Some(seq),
            time: 1_780_000_000_000 + seq * 60_000,
            text: Some(TEXTS[usize::try_from(seq % 4).unwrap()].into()),
            file: None,
            fontsize: 0,
            fontcolor: String::new(),
            reply_to: seq.is_multiple_of(10).then(|| {
                id[..8].copy_from_slice(&(seq - 7).to_be_bytes());
                MessageId(id)
            }),
            encrypted: true,
            mentioned: false,
            state: ours.then_some(DeliveryState::Read),
            edited: false,
            deleted: false,
            reactions: Vec::new(),
        }
    }
}

fn friend() -> Contact {
    Contact {
        user: Some("bob".into()),
        room: None,
        id: 2,
        online: true,
        ip: None,
        port: None,
        last: None,
        time: 0,
        unread: 0,
        mentioned: false,
        key_changed: false,
    }
}
