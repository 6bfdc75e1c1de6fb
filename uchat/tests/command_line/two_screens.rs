//! Two people, each in front of a screen, on one server: from the account to the reconnect. On the default channel and
//! on a lesson's.

use crate::home::{Home, PASSWORD};
use crate::watcher::Watcher;
use echo::lab::Process;
use rustix::process::{Pid, Signal, kill_process};

const ENTER: &str = "\r";
const QUIT: &str = "\x11";
const ADD_FRIEND: &str = "\x0e";
const REQUESTS: &str = "\x12";
const SEND_FILE: &str = "\x0f";
const SELECT: &str = "\x10";
const TRY_NOW: &str = "\x1br";
const DONE: &str = "\x1b";
const INSPECT: &str = "\x1bOQ";

/// A server, and how a profile gets there.
pub(crate) struct Place {
    home: Home,
    server: Process,
    address: String,
    lesson: Option<&'static str>,
}

impl Place {
    pub(crate) fn new(lesson: Option<&'static str>) -> Self {
        let home = Home::new();
        let (server, address) = home.server(&Self::options(lesson));
        Self { home, server, address: address.to_string(), lesson }
    }

    fn options(lesson: Option<&'static str>) -> Vec<&'static str> {
        ["--no-echo"].into_iter().chain(lesson.into_iter().flat_map(|lesson| ["--lesson", lesson])).collect()
    }

    /// A screen of this profile.
    pub(crate) fn watcher(&self, profile: &str, more: &[&str]) -> Watcher {
        let key = self.home.path("uchat/server/lessons/4/access.key");
        let mut args = vec!["--profile", profile];
        match self.lesson {
            Some(lesson) => args.extend([
                "--lesson",
                lesson,
                "--server",
                &self.address,
                "--access-key-file",
                key.to_str().unwrap(),
            ]),
            None => self.home.join(profile),
        }
        args.extend(more);
        Watcher::new(&self.home, &args)
    }

    /// A screen with a new account.
    pub(crate) fn registers(&self, name: &str) -> Watcher {
        let mut watcher = self.watcher(name, &[]);
        watcher.sees("Create your account");
        for text in [name, PASSWORD, PASSWORD, &format!("{name}@example.org")] {
            watcher.types(text);
            watcher.types(ENTER);
        }
        watcher.sees("● online");
        watcher.sees("Nobody here yet");
        watcher
    }

    /// The server dies, without a word to anybody.
    fn dies(&mut self) {
        let pid = Pid::from_raw(self.server.id().try_into().unwrap()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
    }

    fn is_back(&mut self) {
        let (server, _) = self.home.server_at(&self.address, &Self::options(self.lesson));
        self.server = server;
    }
}

/// What others have written, as it stands in the conversation.
fn from_others(text: &str) -> String {
    format!("│ │ {text}")
}

/// What oneself has written.
fn own(text: &str) -> String {
    format!("│ ┃ {text}")
}

/// Each of these stands on the screen once, in this order.
fn finds_in_order(watcher: &Watcher, texts: &[String]) {
    let shown = watcher.text();
    let places: Vec<usize> = texts
        .iter()
        .map(|text| {
            assert_eq!(shown.matches(text.as_str()).count(), 1, "{text:?}:\n{shown}");
            shown.find(text.as_str()).unwrap()
        })
        .collect();
    assert!(places.is_sorted(), "{texts:?}:\n{shown}");
}

fn bells(watcher: &Watcher) -> usize {
    watcher.bytes.iter().filter(|byte| **byte == 7).count()
}

pub(crate) fn befriend(ann: &mut Watcher, bob: &mut Watcher) {
    ann.types(ADD_FRIEND);
    ann.sees("Add a friend");
    ann.types("bob");
    ann.sees("ask to be friends");
    let before = bells(bob);
    ann.types(ENTER);
    bob.sees("1 friend request");
    assert!(bells(bob) > before, "it rings");
    bob.types(REQUESTS);
    bob.sees("accept");
    bob.types("a");
    bob.sees("ann is your friend now");
    ann.sees("a friend already");
    for watcher in [ann, bob] {
        watcher.types(ENTER);
        watcher.sees("No messages yet");
    }
}

fn two_people_meet(lesson: Option<&'static str>) {
    let mut place = Place::new(lesson);
    let (mut ann, mut bob) = (place.registers("ann"), place.registers("bob"));
    for watcher in [&mut ann, &mut bob] {
        watcher.resizes(60, 100); // room for all of it
    }
    befriend(&mut ann, &mut bob);

    let (morning, answer) = ("good morning, 早上好", "早！and to you");
    ann.types(morning);
    bob.sees("typing");
    ann.types(ENTER);
    bob.sees(&from_others(morning));
    ann.sees("✓✓ read");
    bob.types(answer);
    bob.types(ENTER);
    ann.sees(&from_others(answer));

    std::fs::write(place.home.path("note.txt"), "tea at five").unwrap();
    ann.types(SEND_FILE);
    ann.sees("note.txt");
    ann.types("note");
    ann.types(ENTER);
    bob.sees("│ │ ▤ note.txt");
    bob.types(SELECT);
    bob.sees("│ ▶ ▤ note.txt");
    bob.types("s");
    bob.sees("saved: ");
    let profile = if lesson.is_some() { "bob/lessons/4" } else { "bob" };
    assert_eq!(place.home.read(&format!("{profile}/downloads/ann/note.txt")), "tea at five");
    bob.types(DONE);

    let about = crate::pictures::write(&place.home.path("photo.png"), (160, 80));
    ann.types(SEND_FILE);
    ann.sees("photo.png");
    ann.types("photo");
    ann.types(ENTER);
    for watcher in [&mut bob, &mut ann] {
        watcher.sees("▤ photo.png");
        watcher.sees(&about);
        crate::pictures::appears(watcher);
    }

    ann.types("look");
    ann.types(ENTER);
    bob.sees(&from_others("look"));
    ann.types(INSPECT);
    ann.sees("Inside this message");
    ann.sees("6c 6f 6f 6b");
    ann.types("inside");
    ann.types(ENTER);
    bob.sees(&from_others("inside"));
    ann.types(INSPECT);
    ann.sees(&own("inside"));

    let password = place.home.path("password");
    let mut elsewhere =
        place.watcher("elsewhere", &["--username", "ann", "--password-file", password.to_str().unwrap()]);
    ann.sees("Logged in somewhere else");
    elsewhere.sees(if lesson.is_some() { "● online" } else { "Your keys are not on this machine" });
    ann.types(ENTER);
    ann.sees("● online");
    elsewhere.sees("Logged in somewhere else");
    elsewhere.types(QUIT);
    assert_eq!(elsewhere.status(), Some(0));

    place.dies();
    ann.sees("○ offline");
    ann.types("written meanwhile");
    ann.types(ENTER);
    ann.sees("◌ queued");
    ann.sees("alt-r try now");
    place.is_back();
    for watcher in [&mut ann, &mut bob] {
        watcher.types(TRY_NOW);
        watcher.sees("● online");
    }
    bob.sees(&from_others("written meanwhile"));
    ann.sees("✓✓ read");

    finds_in_order(
        &bob,
        &[
            from_others(morning),
            own(answer),
            "▤ note.txt".to_owned(),
            "▤ photo.png".to_owned(),
            from_others("look"),
            from_others("inside"),
            from_others("written meanwhile"),
        ],
    );
    for mut watcher in [ann, bob] {
        watcher.types(QUIT);
        assert_eq!(watcher.status(), Some(0), "{}", watcher.text());
        watcher.finds_a_clean_terminal();
    }
}

#[test]
fn two_people_meet_on_the_default_channel_and_nothing_is_lost() {
    two_people_meet(None);
}

#[test]
fn two_people_meet_on_lesson_4_and_nothing_is_lost() {
    two_people_meet(Some("4"));
}

#[test]
fn whoever_was_invited_to_a_private_server_finds_it_again_when_it_comes_back() {
    let home = Home::new();
    let mut host = crate::screen::begin(&home, "ann");
    let invite = home.done(&["invite", "--data", "uchat/private"]);
    let mut guest = Watcher::new(&home, &["--profile", "guest"]);
    guest.sees("Welcome to uchat");
    guest.pastes(invite.trim());
    guest.sees("Create your account");
    for text in ["bob", PASSWORD, PASSWORD, "bob@example.org"] {
        guest.types(text);
        guest.types(ENTER);
    }
    guest.sees("● online");
    host.types(QUIT);
    assert_eq!(host.status(), Some(0));
    guest.sees("○ offline");
    let mut host = crate::screen::log_in(&home);
    host.sees("● online");
    guest.sees("● online");
    for mut watcher in [host, guest] {
        watcher.types(QUIT);
        assert_eq!(watcher.status(), Some(0));
    }
}
