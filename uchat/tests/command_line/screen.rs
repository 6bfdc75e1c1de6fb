//! `uchat` alone, in a terminal: from nothing to a conversation, and a terminal that is clean afterwards however it
//! ends.

use crate::home::{Home, PASSWORD};
use crate::watcher::Watcher;
use rustix::process::{Pid, Signal, kill_process};
use uchat_client::core::{Command, CommandId};
use uchat_tui::app::{Job, Start};
use uchat_tui::shell::{Teller, World, run};

const ENTER: &str = "\r";
const QUIT: &str = "\x11";

/// From the welcome to the conversation with echo.
pub(crate) fn begin(home: &Home, name: &str) -> Watcher {
    let mut watcher = Watcher::new(home, &[]);
    watcher.sees("Welcome to uchat");
    watcher.types(ENTER);
    watcher.sees("Create your account");
    for text in [name, PASSWORD, PASSWORD, "somebody@example.org"] {
        watcher.types(text);
        watcher.types(ENTER);
    }
    watcher.sees("Three things to try");
    watcher
}

pub(crate) fn log_in(home: &Home) -> Watcher {
    let mut watcher = Watcher::new(home, &[]);
    watcher.sees("Log in");
    watcher.types(PASSWORD);
    watcher.types(ENTER);
    watcher.sees("echo");
    watcher
}

fn kill(watcher: &Watcher, signal: Signal) {
    let pid = Pid::from_raw(watcher.id().try_into().unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

#[test]
fn a_newcomer_with_nothing_but_the_program_talks_with_echo_and_finds_it_all_again() {
    let home = Home::new();
    let mut watcher = begin(&home, "小明");
    watcher.types("good morning");
    watcher.types(ENTER);
    watcher.sees_echo("good morning");
    watcher.pastes("two lines\nat once");
    watcher.sees("at once");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0), "{}", watcher.text());
    watcher.finds_a_clean_terminal();
    assert!(!watcher.bytes.windows(PASSWORD.len()).any(|some| some == PASSWORD.as_bytes()));

    let mut again = log_in(&home);
    again.sees("小明");
    again.clicks("echo");
    again.sees("good morning");
    again.types("and a good evening");
    again.types(ENTER);
    again.sees_echo("and a good evening");
    again.types(QUIT);
    assert_eq!(again.status(), Some(0), "{}", again.text());
}

#[test]
fn a_signal_ends_the_screen_in_order_and_the_terminal_is_clean() {
    let home = Home::new();
    for (number, signal) in [Signal::TERM, Signal::INT].into_iter().enumerate() {
        let mut watcher = if number == 0 { begin(&home, "bob") } else { log_in(&home) };
        watcher.types("last words");
        kill(&watcher, signal);
        assert_eq!(watcher.status(), Some(0), "{signal:?}: {}", watcher.text());
        watcher.finds_a_clean_terminal();
    }
    let profile = home.path("uchat/profiles/default");
    assert!(profile.join("server.json").is_file() && profile.join("private").is_file());
}

#[test]
fn a_panic_of_the_screen_leaves_a_clean_terminal_with_its_message() {
    // The same test once more, in a terminal, is the program that panics.
    if std::env::var_os("IN_A_TERMINAL").is_some() {
        struct Broken;
        impl World for Broken {
            fn begin(&mut self, _: Teller) {}
            fn command(&mut self, _: CommandId, _: Command) {}
            fn job(&mut self, _: Job) {
                panic!("something that cannot happen");
            }
            fn end(self) {}
        }
        return run(Broken, Start::default()).unwrap();
    }
    let home = Home::new();
    let name = "screen::a_panic_of_the_screen_leaves_a_clean_terminal_with_its_message";
    let args = ["--exact", name, "--nocapture"];
    let program = std::env::current_exe().unwrap();
    let mut watcher = Watcher::of(program, &home, &args, &[("IN_A_TERMINAL", "1")]);
    watcher.sees("Welcome to uchat");
    watcher.types(ENTER);
    assert_eq!(watcher.status(), Some(101), "{}", watcher.text());
    watcher.finds_a_clean_terminal();
    assert!(watcher.text().contains("something that cannot happen"), "{}", watcher.text());
}

#[test]
fn a_window_that_changes_its_size_is_filled_again() {
    let home = Home::new();
    let mut watcher = Watcher::new(&home, &["--lang", "zh"]);
    watcher.sees("欢迎使用 uchat");
    watcher.resizes(10, 30);
    watcher.sees("终端太小");
    watcher.resizes(40, 120);
    watcher.sees("欢迎使用 uchat");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0));
}

#[test]
fn settings_are_kept_and_a_damaged_file_is_told_and_left_alone() {
    let home = Home::new();
    let file = home.path("uchat/profiles/default/screen.toml");
    let mut watcher = Watcher::new(&home, &[]);
    watcher.sees("Welcome to uchat");
    watcher.types("\x1b[24~"); // F12
    watcher.sees("欢迎使用 uchat");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0));
    assert!(std::fs::read_to_string(&file).unwrap().contains("language = \"zh\""));
    let mut watcher = Watcher::new(&home, &[]);
    watcher.sees("欢迎使用 uchat");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0));

    let damaged = "theme = 'pink'\n[keys]\nquit = ['ctrl-x']\n";
    std::fs::write(&file, damaged).unwrap();
    let mut watcher = Watcher::new(&home, &["--lang", "en"]);
    watcher.sees("pink");
    watcher.types("\x1b[24~");
    watcher.sees("欢迎使用 uchat");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0), "the usual keys work");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), damaged);
}

#[test]
fn who_wants_no_colour_gets_none_and_keeps_the_theme_for_another_time() {
    let home = Home::new();
    let mut watcher = Watcher::of(crate::home::PROGRAM, &home, &[], &[("NO_COLOR", "1")]);
    watcher.sees("Welcome to uchat");
    watcher.types("\x1b[24~"); // F12, so that the settings are kept
    watcher.sees("欢迎使用 uchat");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0));
    let shown = String::from_utf8_lossy(&watcher.bytes).into_owned();
    assert!(!shown.contains("\x1b[38;5;") && !shown.contains("\x1b[48;5;"), "{shown:?}");
    assert!(home.read("uchat/profiles/default/screen.toml").contains("theme = \"dark\""));
}

#[test]
fn an_invite_that_cannot_be_used_now_takes_nothing_away() {
    let home = Home::new();
    let mut watcher = Watcher::new(&home, &[]);
    watcher.sees("Welcome to uchat");
    watcher.types(ENTER);
    watcher.sees("Create your account");
    watcher.pastes(&format!("uchat://127.0.0.1:1/?ca={}", "00".repeat(32)));
    watcher.sees("is remembered as your server");
    for text in ["bob", PASSWORD, PASSWORD, "bob@example.org"] {
        watcher.types(text);
        watcher.types(ENTER);
    }
    watcher.sees("Three things to try");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0));
    let mut again = log_in(&home);
    again.sees("bob");
    again.types(QUIT);
    assert_eq!(again.status(), Some(0));
}

#[test]
fn without_a_terminal_one_is_told_what_to_use_instead() {
    let home = Home::new();
    let ended = home.run(&[]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.output.contains("uchat register"), "{}", ended.output);
    assert!(
        ended.errors.contains("needs a terminal") && ended.errors.contains("uchat run"),
        "{}",
        ended.errors
    );
    let mut watcher = Watcher::of(crate::home::PROGRAM, &home, &[], &[("LC_ALL", "zh_CN.GBK")]);
    assert_eq!(watcher.status(), Some(2));
    assert!(watcher.text().contains("is not UTF-8"), "{}", watcher.text());
    let mut watcher = Watcher::of(crate::home::PROGRAM, &home, &[], &[("TERM", "dumb")]);
    assert_eq!(watcher.status(), Some(2));
    assert!(watcher.text().contains("cannot show a screen"), "{}", watcher.text());
}

#[test]
fn a_second_one_is_told_that_the_profile_and_the_private_server_are_in_use() {
    let home = Home::new();
    let mut first = Watcher::new(&home, &[]);
    first.sees("Welcome to uchat");
    first.types(ENTER);
    first.sees("Create your account");
    let mut same = Watcher::new(&home, &[]);
    assert_eq!(same.status(), Some(1));
    assert!(same.text().contains("in use by another uchat"), "{}", same.text());
    let mut other = Watcher::new(&home, &["--profile", "other"]);
    other.sees("Welcome to uchat");
    other.types(ENTER);
    other.sees("another uchat on this machine serves");
    let invite = home.done(&["invite", "--data", "uchat/private"]);
    other.pastes(invite.trim());
    other.sees("Create your account");
    for watcher in [&mut other, &mut first] {
        watcher.types(QUIT);
        assert_eq!(watcher.status(), Some(0));
    }
}

#[test]
fn a_ca_that_nobody_has_vouched_for_is_shown_and_somebody_is_asked() {
    let home = Home::new();
    let (_server, address) = home.server(&["--no-echo"]);
    let (address, key) = (address.to_string(), home.path("uchat/server/access.key"));
    let mut watcher =
        Watcher::new(&home, &["--server", &address, "--access-key-file", key.to_str().unwrap()]);
    watcher.sees("Is this the right server?");
    watcher.types(ENTER);
    watcher.sees("Create your account");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0));
    assert!(home.read("uchat/profiles/default/server.json").contains("ca_fingerprint"));
}

#[test]
fn whose_keys_are_elsewhere_is_offered_new_ones_and_can_talk_then() {
    let home = Home::new();
    let (_server, _) = home.server(&[]);
    home.register("bob");
    home.join("elsewhere");
    let args = ["--profile", "elsewhere", "--username", "bob", "--password-file", "password"];
    let mut watcher = Watcher::new(&home, &args);
    watcher.sees("Your keys are not on this machine");
    watcher.types("\x0e"); // Ctrl-N
    watcher.sees("Contacts");
    watcher.sees("echo");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0), "{}", watcher.text());
}
