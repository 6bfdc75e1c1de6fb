//! Whatever happens, in whatever order: keys, clicks on what was drawn, pastes, other sizes, news, late answers and
//! refusals. Nothing of it may panic, leave the screen, pile up, or lead to a state that nobody can leave.

use crate::harness::{NOON, Screen, friend, text_of};
use crate::world::{room, settings};
use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use std::path::PathBuf;
use uchat_client::core::{
    Answer, Command, CommandId, Connection, Contact, DeliveryState, Member, Notice, Profile, Reaction, Shown,
    ShownFile, With,
};
use uchat_protocol::{Code, MessageId, Refusal};
use uchat_tui::action::{Action, Key};
use uchat_tui::app::{Channel, Done, Effect, Event, Focus, Job, Listed, Settings};
use uchat_tui::image::{Found, Request, Trouble};
use uchat_tui::lang::Lang;
use uchat_tui::screens::Stage;
use uchat_tui::text::Cells;
use uchat_tui::theme::Theme;

/// Numbers that are the same in each run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() >> 8).unwrap_or(0) % end.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const SIZES: [(u16, u16); 12] = [
    (80, 24),
    (80, 24),
    (120, 40),
    (60, 20),
    (59, 16),
    (40, 12),
    (41, 13),
    (39, 11),
    (1, 1),
    (2, 300),
    (200, 60),
    (300, 100),
];

const TEXTS: [&str; 14] = [
    "",
    "hi",
    "see you at eight, in front of the library, and bring the cake that we talked about yesterday",
    "你好，明天在图书馆门口见",
    "uchat://",
    "/tmp/a.png '/tmp/b c.png'",
    "\u{1b}[2J\u{1b}]52;c;AAAA\u{7}\u{202e}evil\r\n\t\u{9b}31m",
    "e\u{301}\u{301}\u{301}👨‍👩‍👧‍👦🇨🇳\u{200d}\u{fe0f}",
    "@ann https://a.example/路径?x=1 @bob",
    "\n\n\n",
    "ＷＩＤＥ“…”—●",
    "correct horse battery staple",
    "12",
    "ß İ ﬁ ǅ",
];

const NAMES: [&str; 6] =
    ["bob", "小明", "echo", "ann", "\u{1b}[31m", "aVeryLongNameOfAHostileServerThatNeverEnds"];

/// A screen, what it waits for, and the dice.
struct Chaos {
    screen: Screen,
    dice: Dice,
    seen: usize,
    commands: Vec<(CommandId, Command)>,
    jobs: Vec<Job>,
    images: Vec<Request>,
    quit: bool,
    seq: u64,
    story: Vec<String>,
}

impl Chaos {
    fn new(seed: u64, lang: Lang) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let cells = Cells { ambiguous_wide: dice.one_in(3) };
        let settings = Settings { cells, ..settings(lang, *dice.of(Theme::ALL)) };
        let size = *dice.of(&SIZES);
        let screen = match dice.below(4) {
            0 => Screen::new(settings, size, None),
            1 => Screen::new(settings, size, Some("ann")),
            _ => Screen::logged_in(settings, (80, 24), vec![friend("bob", true), room("旅行", 12)]),
        };
        let (seen, commands) = (screen.effects.len(), Vec::new());
        let jobs = match screen.app.stage {
            Stage::Main => Vec::new(),
            _ => screen.effects.iter().filter_map(job).collect(),
        };
        Self {
            screen,
            dice,
            seen,
            commands,
            jobs,
            images: Vec::new(),
            quit: false,
            seq: 3,
            story: Vec::new(),
        }
    }

    fn happens(&mut self, event: Event) {
        self.story.push(format!("{event:?}").chars().take(300).collect());
        self.screen.happens(event);
        let new = self.screen.effects.split_off(self.seen.min(self.screen.effects.len()));
        assert!(new.len() < 64, "one event has {} effects: {:?}\n{}", new.len(), new, self.told());
        for effect in new {
            match effect {
                Effect::Command(id, command) => self.commands.push((id, command)),
                Effect::Job(job) => self.jobs.push(job),
                Effect::Image(request) => self.images.push(request),
                Effect::Quit => self.quit = true,
                Effect::Notify { .. } | Effect::Copy(_) | Effect::WakeAt(_) => {}
            }
        }
        self.check();
    }

    /// What led here, for whoever must find out why.
    fn told(&self) -> String {
        let from = self.story.len().saturating_sub(12);
        format!("{}\n{}", self.story[from..].join("\n"), self.screen.text())
    }

    fn check(&self) {
        let area = self.screen.cells().area;
        if let Some(caret) = self.screen.caret {
            assert!(area.contains(caret), "the caret is at {caret:?} of {area:?}\n{}", self.told());
        }
        for (hit, target) in self.screen.app.hits.targets() {
            assert!(area.union(hit) == area, "{target:?} is at {hit:?} of {area:?}\n{}", self.told());
        }
        assert!(self.screen.app.notes.len() <= 3, "{}", self.told());
        for y in 0..area.height {
            for x in 0..area.width {
                let symbol = self.screen.cells()[(x, y)].symbol();
                let obeyed = |c: char| {
                    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                };
                assert!(!symbol.chars().any(obeyed), "{symbol:?} at {x},{y}\n{}", self.told());
            }
        }
    }

    fn press(&mut self, key: &str) {
        self.happens(Event::Key(key.parse().unwrap()));
    }

    fn text(&mut self) -> String {
        (*self.dice.of(&TEXTS)).to_owned()
    }

    fn name(&mut self) -> String {
        (*self.dice.of(&NAMES)).to_owned()
    }

    fn with(&mut self) -> With {
        match self.dice.below(4) {
            0 => With::Room(12),
            1 => With::Room(u64::MAX),
            _ => With::User(self.name()),
        }
    }

    fn number(&mut self) -> u64 {
        match self.dice.below(6) {
            0 => u64::MAX,
            1 => 0,
            _ => self.dice.roll() % 40,
        }
    }

    /// An id that is mostly known already.
    fn id(&mut self) -> MessageId {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(self.dice.roll() % (self.seq + 2)).to_be_bytes());
        MessageId(id)
    }

    fn state(&mut self) -> DeliveryState {
        use DeliveryState::{Delivered, Failed, Queued, Read, Sent, Stored};
        *self.dice.of(&[Queued, Sent, Stored, Delivered, Read, Failed])
    }

    fn message(&mut self, with: With) -> Shown {
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

    fn notice(&mut self) -> Notice {
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
            _ => Notice::Message(self.message(with)),
        }
    }

    fn refusal(&mut self) -> Refusal {
        let text = self.text();
        let mut refusal = Refusal::because(*self.dice.of(Code::ALL), text);
        refusal.retry_after = self.dice.one_in(2).then(|| self.number());
        refusal
    }

    fn granted(&mut self, command: &Command) -> Answer {
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

    /// The client answers one of its commands, in any order; sometimes a refusal.
    fn answer(&mut self) {
        if self.commands.is_empty() {
            return;
        }
        let at = self.dice.below(self.commands.len());
        let (id, command) = self.commands.swap_remove(at);
        let result = if self.dice.one_in(5) { Err(self.refusal()) } else { Ok(self.granted(&command)) };
        self.happens(Event::Told(Box::new(uchat_client::runtime::Told::Answer(id, result))));
    }

    fn job_done(&mut self) {
        if self.jobs.is_empty() {
            return;
        }
        let at = self.dice.below(self.jobs.len());
        let fails = self.dice.one_in(3);
        let sentence = self.text();
        let done = match self.jobs.swap_remove(at) {
            Job::StartPrivate | Job::Open | Job::Join(_) | Job::Trust(_) if fails => match self.dice.below(3)
            {
                0 => Done::Untrusted { server: self.text(), fingerprint: self.text() },
                _ => Done::NotOpened(sentence),
            },
            Job::StartPrivate | Job::Open | Job::Join(_) | Job::Trust(_) => {
                let lesson = self.dice.one_in(3).then(|| *self.dice.of(&[1, 5, 7]));
                let (server, private) = (self.text(), self.dice.one_in(2));
                let channel = Channel { server, private, lesson, tls: false, encrypted: lesson.is_none() };
                Done::Opened(channel, self.dice.one_in(2).then(|| self.name()))
            }
            Job::ImportKeys { .. } => Done::Imported(if fails { Err(sentence) } else { Ok(()) }),
            Job::SaveSettings(_) | Job::RememberUser(_) if fails => Done::NotSaved(sentence),
            Job::SaveSettings(_) | Job::RememberUser(_) => return,
            Job::List(folder) => {
                let entry = |n: usize, name: &str| Listed {
                    name: format!("{name}{n}"),
                    size: (!n.is_multiple_of(3)).then_some(u64::MAX >> n),
                };
                let entries = (0..self.dice.below(40)).map(|n| entry(n, TEXTS[n % TEXTS.len()])).collect();
                Done::Listed(folder, if fails { Err(sentence) } else { Ok(entries) })
            }
            Job::Inspect(id, _) => Done::Inspected(id, None),
            Job::Export { .. } => {
                Done::Exported(if fails { Err(sentence) } else { Ok(PathBuf::from("/tmp/x")) })
            }
        };
        self.happens(Event::Done(done));
    }

    fn image_done(&mut self) {
        let Some(request) = self.images.pop() else { return };
        let found = match (&request, self.dice.below(4)) {
            (_, 0) => Err(Trouble::Broken),
            (Request::Measure(_), _) => Ok(Found::Size(*self.dice.of(&[1, 640, u32::MAX]), 480)),
            (Request::Draw(_), _) => Err(Trouble::Gone),
        };
        self.happens(Event::Done(Done::Image(request, found)));
    }

    fn any_key(&mut self) -> Key {
        const CODES: [KeyCode; 14] = [
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::Left,
            KeyCode::Right,
            KeyCode::Home,
            KeyCode::End,
            KeyCode::PageUp,
            KeyCode::PageDown,
            KeyCode::Tab,
            KeyCode::BackTab,
            KeyCode::Backspace,
            KeyCode::Delete,
            KeyCode::Enter,
            KeyCode::Enter,
        ];
        const HELD: [KeyModifiers; 6] = [
            KeyModifiers::NONE,
            KeyModifiers::NONE,
            KeyModifiers::NONE,
            KeyModifiers::CONTROL,
            KeyModifiers::ALT,
            KeyModifiers::SHIFT,
        ];
        match self.dice.below(4) {
            0 => Key { code: *self.dice.of(&CODES), held: *self.dice.of(&HELD) },
            1 => {
                let letters: Vec<char> =
                    "abcdefghijklmnopqrstuvwxyz0123456789 +-/@#你é\u{301}".chars().collect();
                Key { code: KeyCode::Char(*self.dice.of(&letters)), held: *self.dice.of(&HELD) }
            }
            2 => Key::plain(*self.dice.of(&CODES)),
            _ => {
                let action = *self.dice.of(Action::ALL);
                let keys = self.screen.app.settings.keymap.keys(action);
                keys.first().copied().unwrap_or(Key::plain(KeyCode::Enter))
            }
        }
    }

    fn mouse(&mut self) -> Event {
        let targets: Vec<_> = self.screen.app.hits.targets().map(|(area, _)| area).collect();
        let (column, row) = match (self.dice.one_in(5), targets.is_empty()) {
            (false, false) => {
                let area = *self.dice.of(&targets);
                let [x, y] = [area.width, area.height].map(|size| self.dice.below(usize::from(size)));
                (area.x + u16::try_from(x).unwrap(), area.y + u16::try_from(y).unwrap())
            }
            _ => {
                let [x, y] = [310, 110].map(|size| self.dice.below(size));
                (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
            }
        };
        let kinds = [
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Down(MouseButton::Right),
            MouseEventKind::ScrollUp,
            MouseEventKind::ScrollDown,
        ];
        Event::Mouse(MouseEvent { kind: *self.dice.of(&kinds), column, row, modifiers: KeyModifiers::NONE })
    }

    fn anything(&mut self) {
        match self.dice.below(20) {
            0..=7 => {
                let key = self.any_key();
                self.happens(Event::Key(key));
            }
            8..=10 => {
                let event = self.mouse();
                self.happens(event);
            }
            11..=13 => self.answer(),
            14 => {
                self.job_done();
                self.image_done();
            }
            15..=17 => {
                let notice = self.notice();
                self.happens(Event::Told(Box::new(uchat_client::runtime::Told::Notice(notice))));
            }
            18 => match self.dice.below(3) {
                0 => {
                    let text = self.text();
                    self.happens(Event::Paste(text));
                }
                1 => {
                    let there = self.dice.one_in(2);
                    self.happens(Event::Attention(there));
                }
                _ => {
                    let by = *self.dice.of(&[1, 200, 5_000, 90_000]);
                    self.screen.later(by);
                }
            },
            _ => {
                if self.dice.one_in(4) {
                    let (width, height) = *self.dice.of(&SIZES);
                    self.story.push(format!("{width}×{height}"));
                    self.screen.resize(width, height);
                    self.check();
                }
            }
        }
    }

    /// Everything that is under way comes to its end: no answer may lead to ever new questions.
    fn settle(&mut self) {
        for _ in 0..600 {
            if self.commands.is_empty() && self.jobs.is_empty() {
                return;
            }
            self.answer();
            self.job_done();
        }
        panic!("it goes on for ever: {:?} {:?}\n{}", self.commands, self.jobs, self.told());
    }

    /// Ctrl-Q ends the program here, and a few Esc lead to where something can be written.
    fn can_be_left(&mut self) {
        self.quit = false;
        self.press("ctrl-q");
        assert!(self.quit, "ctrl-q does not quit:\n{}", self.told());
        for _ in 0..8 {
            self.press("esc");
        }
        self.settle();
        for _ in 0..8 {
            self.press("esc");
        }
        let app = self.screen.app.clone();
        assert!(app.overlay.is_none(), "something still lies on top:\n{}", self.told());
        if matches!(app.stage, Stage::Main) && app.view.open.is_some() {
            assert_eq!(app.view.focus, Focus::Composer, "{}", self.told());
            assert!(app.view.selected.is_none(), "{}", self.told());
            let open = app.view.open.clone().unwrap();
            let before = app.view.drafts.get(&open).map_or(0, |draft| draft.editor.text().len());
            self.press("z");
            let after = self.screen.app.view.drafts[&open].editor.text().len();
            assert!(after > before, "nothing is written:\n{}", self.told());
        }
        if let Stage::Register(form) | Stage::LogIn(form) | Stage::Invite(form) = &self.screen.app.stage {
            assert!(
                !form.busy || !self.commands.is_empty() || !self.jobs.is_empty(),
                "it waits for nothing:\n{}",
                self.told()
            );
        }
    }
}

fn job(effect: &Effect) -> Option<Job> {
    if let Effect::Job(job) = effect { Some(job.clone()) } else { None }
}

#[test]
fn nothing_that_can_happen_breaks_the_screen_or_shuts_anybody_in() {
    for seed in 1..=SEEDS {
        let lang = if seed % 2 == 0 { Lang::Zh } else { Lang::En };
        let mut chaos = Chaos::new(seed, lang);
        for round in 1..=EVENTS {
            chaos.anything();
            if round % 60 == 0 {
                chaos.can_be_left();
            }
        }
    }
}

/// How many runs, and how many things happen in each.
const SEEDS: u64 = 10;
const EVENTS: usize = 300;
