//! Whatever happens, in whatever order: keys, clicks on what was drawn, pastes, other sizes, news, late answers and
//! refusals. Nothing of it may panic, leave the screen, pile up, or lead to a state that nobody can leave.

mod done;
mod made_up;

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
