//! The demo without a terminal: two clients and a server are played by this file, word for word.

mod around;
mod steps;

use crate::harness::{NOON, find_in, text_in, text_of};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use uchat_client::core::{Answer, Command, CommandId, Connection, DeliveryState, Notice, Shown, With};
use uchat_client::runtime::Told;
use uchat_protocol::content::Encrypted;
use uchat_protocol::{Content, Envelope, KeyId, MessageId, Refusal};
use uchat_tui::app::{self, Channel, Done, Job, Settings};
use uchat_tui::demo::{Demo, Effect, Event, Happened, Knows, Person, Row, Side, Start, Step, update};
use uchat_tui::lang::Lang;
use uchat_tui::screens::Secret;

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (160, 45);
const TEXT: &str = "Hello bob! Who else can read this?";

/// A demo, and what it has asked for.
struct Stage {
    demo: Demo,
    effects: Vec<Effect>,
    buffer: Buffer,
    now: u64,
    lesson: Option<u8>,
    /// What was seen at each step, if anybody wants to know.
    seen: Option<Vec<String>>,
}

impl Stage {
    fn new(lang: Lang, (width, height): (u16, u16), lesson: Option<u8>) -> Self {
        let demo = Demo::new(Start {
            settings: Settings { lang, ..Settings::default() },
            lesson,
            tls: false,
            passwords: [Secret::from("a secret of anna"), Secret::from("a secret of bob")],
            size: Size::new(width, height),
            now: NOON,
        });
        let buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let mut stage = Self { demo, effects: Vec::new(), buffer, now: NOON, lesson, seen: None };
        stage.draw();
        stage
    }

    fn happens(&mut self, event: Event) {
        self.now += 3_000; // a person's pace
        self.effects = update(&mut self.demo, self.now, event);
        self.draw();
    }

    fn draw(&mut self) {
        self.buffer.reset();
        self.demo.draw(&mut self.buffer);
        if self.seen.is_some() {
            let text = self.text();
            self.seen.iter_mut().for_each(|seen| seen.push(text.clone()));
        }
    }

    fn key(&mut self, key: &str) {
        self.happens(Event::Terminal(app::Event::Key(key.parse().expect("a key"))));
    }

    fn click_on(&mut self, text: &str) {
        let (column, row) = self.find(text).unwrap_or_else(|| panic!("no `{text}`:\n{}", self.text()));
        let kind = MouseEventKind::Down(MouseButton::Left);
        let mouse = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        self.happens(Event::Terminal(app::Event::Mouse(mouse)));
    }

    fn of(&mut self, side: Side, event: app::Event) {
        self.happens(Event::Of(side, event));
    }

    fn notice(&mut self, side: Side, notice: Notice) {
        self.of(side, app::Event::Told(Box::new(Told::Notice(notice))));
    }

    fn answer(&mut self, side: Side, id: CommandId, result: Result<Answer, Refusal>) {
        self.of(side, app::Event::Told(Box::new(Told::Answer(id, result))));
    }

    /// The commands that this side has given just now.
    fn commands(&self, side: Side) -> Vec<(CommandId, Command)> {
        let own = |effect: &Effect| match effect {
            Effect::Of(of, app::Effect::Command(id, command)) if *of == side => Some((*id, command.clone())),
            _ => None,
        };
        self.effects.iter().filter_map(own).collect()
    }

    /// The server runs, and a client is open for each.
    fn ready(&mut self) {
        self.happens(Event::Around(Happened::Ready));
        for side in Side::BOTH {
            let channel = Channel {
                server: "127.0.0.1:4711".into(),
                lesson: self.lesson,
                encrypted: self.lesson.is_none(),
                ..Channel::default()
            };
            self.of(side, app::Event::Done(Done::Opened(channel, None)));
        }
    }

    /// Both are registered and in.
    fn with_accounts(&mut self) {
        self.ready();
        self.key("ctrl-s");
        let registrations = Side::BOTH.map(|side| self.commands(side));
        for (side, commands) in Side::BOTH.into_iter().zip(registrations) {
            let [(id, Command::Register { username, password, email, .. })] = &commands[..] else {
                panic!("{commands:?}")
            };
            assert_eq!(username, side.name());
            assert_eq!(*email, format!("{}@example.org", side.name()));
            assert!(password.starts_with("a secret of"), "nobody has typed it");
            self.answer(side, *id, Ok(Answer::UserId { user_id: 1 }));
            for (id, command) in self.commands(side) {
                assert!(matches!(command, Command::Contacts {}));
                self.answer(side, id, Ok(Answer::Contacts { contacts: Vec::new() }));
            }
            let (state, reason, code, retry_in) = (Connection::Online, None, None, None);
            self.notice(side, Notice::Connection { state, reason, code, retry_in });
        }
        self.server(Vec::new());
    }

    fn befriended(&mut self) {
        self.with_accounts();
        self.key("ctrl-s");
        let asked = self.commands(Side::Left);
        assert!(
            matches!(&asked[..], [(_, Command::AddFriend { username })] if username == "bob"),
            "{asked:?}"
        );
        self.answer(Side::Left, asked[0].0, Ok(Answer::Done {}));
        self.notice(Side::Right, Notice::FriendRequest { username: "anna".into() });
        self.key("ctrl-s");
        let accepted = self.commands(Side::Right);
        assert!(matches!(&accepted[..], [(_, Command::AnswerFriend { .. })]), "{accepted:?}");
        self.answer(Side::Right, accepted[0].0, Ok(Answer::Done {}));
        for side in Side::BOTH {
            self.notice(side, Notice::Friend { username: side.other().name().into(), id: 1, online: true });
            for (id, command) in self.commands(side) {
                if matches!(command, Command::History { .. }) {
                    self.answer(side, id, Ok(Answer::Messages { messages: Vec::new() }));
                }
            }
        }
    }

    /// anna's client has taken this message, and it comes as far as this.
    fn sent(&mut self, number: u8, text: &str, states: &[DeliveryState]) {
        self.notice(Side::Left, Notice::Message(shown(number, text, Some(DeliveryState::Queued))));
        for state in states {
            let id = MessageId([number; 16]);
            self.notice(
                Side::Left,
                Notice::Delivery {
                    id,
                    state: *state,
                    reason: None,
                    code: None,
                    seq: None,
                    time: None,
                    changes: None,
                },
            );
        }
    }

    /// The server's database is read, with these messages in it.
    fn server(&mut self, messages: Vec<Row>) {
        let certificate = self.lesson.is_none().then_some(731);
        let person = |(id, side): (u64, Side)| Person {
            id,
            name: side.name().to_owned(),
            email: format!("{}@example.org", side.name()),
            address: format!("127.0.0.1:500{id}"),
            certificate,
        };
        let people = [(1, Side::Left), (2, Side::Right)].map(person).to_vec();
        let keys = [self.lesson.is_none(); 2];
        self.happens(Event::Around(Happened::Server(Ok(Knows { people, messages, keys, problem: None }))));
    }

    fn text(&self) -> String {
        text_in(&self.buffer, Settings::default().cells)
    }

    fn find(&self, text: &str) -> Option<(u16, u16)> {
        find_in(&self.buffer, Settings::default().cells, text)
    }

    fn shows(&self, text: &str) {
        assert!(self.find(text).is_some(), "`{text}` is not on the screen:\n{}", self.text());
    }

    fn hides(&self, text: &str) {
        assert!(self.find(text).is_none(), "`{text}` is on the screen:\n{}", self.text());
    }
}

fn shown(number: u8, text: &str, state: Option<DeliveryState>) -> Shown {
    let friend = if state.is_some() { Side::Right } else { Side::Left };
    let with = With::User(friend.name().to_owned());
    let id = Some(MessageId([number; 16]));
    Shown { id, time: NOON, state, ..text_of("anna", with, number.into(), text) }
}

fn row(number: u8, envelope: Envelope, data: Vec<u8>) -> Row {
    let (from, to) = ("anna".to_owned(), "bob".to_owned());
    let (seq, time) = (number.into(), NOON + u64::from(number) * 1_000);
    Row { seq, time, from, to, delivered: number == 1, read: number == 1, data, envelope: Some(envelope) }
}

fn sealed(number: u8) -> Row {
    let data: Vec<u8> = (0..=254_u8).map(|byte| byte.wrapping_mul(37).wrapping_add(number) | 0x80).collect();
    let packet = data[..117].to_vec();
    let sealed = Encrypted { key_id: KeyId([3; 16]), index: number.into(), packet, signature: None };
    row(number, Envelope::Encrypted(sealed), data)
}

fn clear(number: u8, text: &str) -> Row {
    let content = Content { data: text.to_owned(), ..Content::default() };
    row(number, Envelope::Plain(content), [b"\x07\x04data".as_slice(), text.as_bytes()].concat())
}

/// Through all steps with one key.
fn all_steps(stage: &mut Stage) {
    stage.befriended();
    assert_eq!(stage.demo.steps.current(), Some(Step::Send));
    stage.key("ctrl-s");
    let text = stage.commands(Side::Left).into_iter().find_map(|(_, command)| match command {
        Command::Send { text, .. } => Some(text),
        _ => None,
    });
    let text = text.expect("a message");
    stage.sent(1, &text, &[DeliveryState::Sent, DeliveryState::Stored]);
    stage.notice(Side::Right, Notice::Message(shown(1, &text, None)));
    let reads = stage.commands(Side::Right);
    assert!(reads.iter().any(|(_, command)| matches!(command, Command::MarkRead { .. })), "{reads:?}");
    stage.sent(1, &text, &[DeliveryState::Delivered, DeliveryState::Read]);
    assert_eq!(stage.demo.steps.current(), Some(Step::Inside));
    stage.key("ctrl-s");
    assert_eq!(stage.demo.steps.current(), Some(Step::Unplug));
    stage.key("ctrl-s");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Cable(false))), "{:?}", stage.effects);
    stage.happens(Event::Around(Happened::Cable(false)));
    stage.key("ctrl-s");
    let again = stage.commands(Side::Left);
    assert!(again.iter().any(|(_, command)| matches!(command, Command::Send { .. })), "{again:?}");
    stage.sent(2, "again", &[DeliveryState::Sent, DeliveryState::Stored]);
    assert_eq!(stage.demo.steps.current(), Some(Step::Plug));
    stage.key("ctrl-s");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Cable(true))), "{:?}", stage.effects);
    stage.happens(Event::Around(Happened::Cable(true)));
    let back = stage.commands(Side::Right);
    assert!(matches!(&back[..], [(_, Command::Login { username, .. })] if username == "bob"), "{back:?}");
    stage.notice(Side::Right, Notice::Message(shown(2, "again", None)));
    stage.sent(2, "again", &[DeliveryState::Delivered]);
    assert_eq!(stage.demo.steps.current(), Some(Step::Server));
    stage.key("ctrl-s");
    let rows = if stage.lesson.is_some() {
        vec![clear(1, TEXT), clear(2, "again")]
    } else {
        vec![sealed(1), sealed(2)]
    };
    stage.server(rows);
    assert_eq!(stage.demo.steps.current(), None);
}

/// Everything that is seen from the first step to the last, and then.
pub fn each_step(lang: Lang, lesson: Option<u8>, mut look: impl FnMut(&str, &str)) {
    let mut stage = Stage::new(lang, LARGE, lesson);
    stage.seen = Some(vec![stage.text()]);
    all_steps(&mut stage);
    stage.key("ctrl-b");
    for (number, text) in stage.seen.unwrap_or_default().iter().enumerate() {
        look(&format!("the demo, {number}"), text);
    }
}

#[test]
fn as_a_whole() {
    for (name, lang) in [("en", Lang::En), ("zh", Lang::Zh)] {
        for (width, height) in [SMALL, LARGE] {
            let mut stage = Stage::new(lang, (width, height), None);
            stage.ready();
            insta::assert_snapshot!(format!("demo-accounts-{name}-{width}x{height}"), stage.text());
            let mut stage = Stage::new(lang, (width, height), None);
            all_steps(&mut stage);
            insta::assert_snapshot!(format!("demo-server-{name}-{width}x{height}"), stage.text());
            let mut stage = Stage::new(lang, (width, height), Some(5));
            stage.befriended();
            stage.happens(Event::Around(Happened::Cable(false)));
            stage.sent(1, TEXT, &[DeliveryState::Sent, DeliveryState::Stored]);
            insta::assert_snapshot!(format!("demo-lesson-{name}-{width}x{height}"), stage.text());
        }
    }
}
