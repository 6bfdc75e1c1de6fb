//! The loop without a terminal: what is drawn, what is done, what is never lost.
#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use super::play::Single;
use super::turn::{Face, Turns};
use super::*;
use crate::action::Key;
use crate::app::{App, Done};
use crate::draw::draw;
use crate::screens::Stage;
use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use std::sync::mpsc::Receiver;

/// A world that only writes down what it is given.
#[derive(Default)]
struct Notebook {
    jobs: Vec<Job>,
    teller: Option<Teller>,
}

impl World for Notebook {
    fn begin(&mut self, teller: Teller) {
        self.teller = Some(teller);
    }

    fn command(&mut self, _: CommandId, _: Command) {}

    fn job(&mut self, job: Job) {
        self.jobs.push(job);
    }

    fn end(self) {}
}

/// A face that draws into memory.
#[derive(Default)]
struct Mirror {
    draws: usize,
    pauses: usize,
    fails: bool,
}

impl Face for Mirror {
    fn draw(&mut self, app: &mut App) -> io::Result<()> {
        self.draws += 1;
        draw(app, &mut Buffer::empty(Rect::new(0, 0, 80, 24)));
        if self.fails { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }

    fn notify(&mut self, _: &str, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn pause(&mut self) -> io::Result<()> {
        self.pauses += 1;
        Ok(())
    }
}

fn queue() -> (Teller, Receiver<Input>) {
    let (sender, queue) = sync_channel(QUEUE);
    (Teller(sender, None), queue)
}

fn app() -> App {
    let start = Start { size: Size::new(80, 24), now: now(), ..Start::default() };
    App::new(start).0
}

fn key(text: &str) -> Event {
    Event::Key(text.parse().unwrap())
}

fn typed(c: char) -> Event {
    Event::Key(Key { code: KeyCode::Char(c), held: KeyModifiers::NONE })
}

#[test]
fn a_flood_is_taken_in_whole_and_in_order_and_drawn_a_few_times_only() {
    let (mut world, mut face) = (Notebook::default(), Mirror::default());
    let mut play = Single { app: app(), world: &mut world, images: Workers::start(drop) };
    let (teller, queue) = queue();
    let flood = std::thread::spawn(move || {
        for number in 0..20_000 {
            let sentence = format!("news {number}");
            assert!(teller.tell(Event::Done(Done::NotSaved(sentence))));
        }
        teller.tell(key("ctrl-q"))
    });
    Turns::new(&mut play, &mut face, &queue).run().unwrap();
    assert!(flood.join().unwrap());
    assert_eq!(play.app.notes.last().unwrap().text, "news 19999");
    assert!(face.draws < 2_000, "{} draws", face.draws);
}

#[test]
fn the_last_change_is_drawn_though_nothing_happens_after_it() {
    let mut world = Notebook::default();
    let mut play = Single { app: app(), world: &mut world, images: Workers::start(drop) };
    let (teller, queue) = queue();
    // The second event comes right after the first was drawn, too early for another draw; then nothing comes.
    struct Second(Teller, usize);
    impl Face for Second {
        fn draw(&mut self, app: &mut App) -> io::Result<()> {
            self.1 += 1;
            match self.1 {
                1 => drop(self.0.tell(Event::Done(Done::NotSaved("second".into())))),
                _ => {
                    assert_eq!(app.notes.last().unwrap().text, "second");
                    self.0.0.send(Input::End).unwrap();
                }
            }
            Ok(())
        }
        fn notify(&mut self, _: &str, _: &str) -> io::Result<()> {
            Ok(())
        }
        fn copy(&mut self, _: &str) -> io::Result<()> {
            Ok(())
        }
        fn pause(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    teller.tell(Event::Done(Done::NotSaved("first".into())));
    let mut face = Second(teller, 0);
    Turns::new(&mut play, &mut face, &queue).run().unwrap();
    assert_eq!(face.1, 2);
}

#[test]
fn a_sentence_goes_away_by_itself_though_nobody_touches_a_key() {
    let mut world = Notebook::default();
    let mut play = Single { app: app(), world: &mut world, images: Workers::start(drop) };
    let (teller, queue) = queue();
    struct Until(Teller);
    impl Face for Until {
        fn draw(&mut self, app: &mut App) -> io::Result<()> {
            if app.notes.is_empty() {
                self.0.0.send(Input::End).unwrap();
            }
            Ok(())
        }
        fn notify(&mut self, _: &str, _: &str) -> io::Result<()> {
            Ok(())
        }
        fn copy(&mut self, _: &str) -> io::Result<()> {
            Ok(())
        }
        fn pause(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let until = now() + 20;
    play.app.notes.push(crate::app::Note { text: "soon gone".into(), tone: crate::app::Tone::Good, until });
    let mut face = Until(teller);
    let mut turns = Turns::new(&mut play, &mut face, &queue);
    turns.first(vec![crate::app::Effect::WakeAt(until)]).unwrap();
    turns.run().unwrap();
}

#[test]
fn whoever_asks_the_program_to_end_is_heard_and_what_is_told_later_is_refused() {
    let (mut world, mut face) = (Notebook::default(), Mirror::default());
    let mut play = Single { app: app(), world: &mut world, images: Workers::start(drop) };
    let (teller, queue) = queue();
    teller.0.send(Input::End).unwrap();
    Turns::new(&mut play, &mut face, &queue).run().unwrap();
    drop(queue);
    assert!(!teller.tell(Event::Tick), "a client that tells this knows that it can stop");
}

#[test]
fn a_job_reaches_the_world_and_a_terminal_that_fails_ends_the_loop() {
    let mut world = Notebook::default();
    let mut play = Single { app: app(), world: &mut world, images: Workers::start(drop) };
    let (teller, queue) = queue();
    let mut face = Mirror { fails: true, ..Mirror::default() };
    teller.tell(key("enter"));
    assert!(Turns::new(&mut play, &mut face, &queue).run().is_err());
    assert_eq!(world.jobs, [Job::StartPrivate]);
}

#[test]
fn of_a_huge_paste_a_field_takes_what_it_holds_and_the_next_key_still_counts() {
    let (mut world, mut face) = (Notebook::default(), Mirror::default());
    let mut play = Single { app: app(), world: &mut world, images: Workers::start(drop) };
    let (teller, queue) = queue();
    teller.tell(typed('u'));
    teller.tell(Event::Paste("好".repeat(80_000)));
    teller.tell(key("ctrl-q"));
    Turns::new(&mut play, &mut face, &queue).run().unwrap();
    let Stage::Invite(form) = &play.app.stage else { panic!("{:?}", play.app.stage) };
    let text = form.text(0);
    assert!(text.starts_with("u好好") && text.len() <= 8_192, "{} bytes", text.len());
    assert!(face.draws <= 2, "a key and a paste: {} draws", face.draws);
}

#[test]
fn a_locale_that_is_not_utf_8_is_found_as_the_c_library_finds_it() {
    for (locale, fits) in [
        ("zh_CN.UTF-8", true),
        ("C.utf8", true),
        ("en_US", true),
        ("C", false),
        ("POSIX", false),
        ("zh_CN.GBK", false),
        ("de_DE.ISO-8859-1@euro", false),
    ] {
        assert_eq!(is_utf8(locale), fits, "{locale}");
    }
    let set = |name: &str| match name {
        "LC_CTYPE" => Some("zh_CN.GBK".to_owned()),
        "LANG" => Some("C.UTF-8".to_owned()),
        _ => None,
    };
    assert_eq!(locale(set).as_deref(), Some("zh_CN.GBK"));
    assert_eq!(locale(|_| None), None);
}

#[test]
fn why_there_is_no_screen_is_said_in_the_language_that_it_would_have_had() {
    let pipe = ShellError::NoTerminal(Sentence::Output);
    assert!(pipe.say(Lang::Zh).contains("而标准输出不是终端"), "{}", pipe.say(Lang::Zh));
    assert!(pipe.to_string().contains("standard output is none"), "{pipe}");
    assert!(ShellError::Dumb("dumb".into()).say(Lang::Zh).contains("TERM=dumb"));
    let gone = ShellError::Io(io::Error::other("Permission denied (os error 13)"));
    assert_eq!(gone.say(Lang::Zh), "终端无法使用：没有权限（系统错误 13）");
    let ascii = ShellError::NotUtf8("C".into()).say(Lang::Zh);
    assert!(ascii.is_ascii(), "nothing else can be read there: {ascii}");
}

#[test]
fn who_stops_the_program_finds_everything_drawn_anew_afterwards() {
    let (mut world, mut face) = (Notebook::default(), Mirror::default());
    let mut play = Single { app: app(), world: &mut world, images: Workers::start(drop) };
    let (sender, queue) = sync_channel(QUEUE);
    let mut turns = Turns::new(&mut play, &mut face, &queue);
    turns.first(Vec::new()).unwrap();
    sender.send(Input::Pause).unwrap();
    drop(sender);
    turns.run().unwrap();
    assert_eq!((face.pauses, face.draws), (1, 2));
}
