//! `uchat demo` in a terminal: one key leads through all of it, and nothing is left behind.

use crate::home::{Home, PROGRAM};
use crate::watcher::Watcher;
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};

const NEXT: &str = "\x13"; // Ctrl-S
const QUIT: &str = "\x11";
const ESC: &str = "\x1b";

/// A demo in a wide terminal, and the folder for its temporary files.
fn begin(home: &Home, args: &[&str]) -> (Watcher, PathBuf) {
    let temporary = home.path("temporary");
    std::fs::create_dir_all(&temporary).unwrap();
    let args: Vec<&str> = ["demo"].iter().chain(args).copied().collect();
    let mut watcher = Watcher::of(PROGRAM, home, &args, &[("TMPDIR", temporary.to_str().unwrap())]);
    watcher.resizes(45, 160);
    (watcher, temporary)
}

/// What the key leads to, press by press.
fn leads_to(watcher: &mut Watcher, texts: &[&str]) {
    for text in texts {
        watcher.types(NEXT);
        watcher.sees(text);
    }
}

fn nothing_is_left(home: &Home, temporary: &Path) {
    assert_eq!(temporary.read_dir().unwrap().count(), 0);
    assert!(!home.path("uchat").exists(), "no profile was touched");
}

#[test]
fn one_key_leads_through_every_step_and_everything_is_removed() {
    let home = Home::new();
    let (mut watcher, temporary) = begin(&home, &[]);
    watcher.sees("anna ✓ form filled in");
    watcher.sees("bob  ✓ form filled in");
    assert_eq!(temporary.read_dir().unwrap().count(), 1);
    let steps = [
        "✓ 1 Two accounts",
        "✓ anna asks",
        "✓ 2 Become friends",
        "✓ 3 Send a message",
        "✓ 4 Look inside it",
        "✂ unplugged",
        "✓ 5 Unplug bob, and send",
        "✓ 6 Plug bob in again",
        "✓ 7 What the server knows",
    ];
    leads_to(&mut watcher, &steps);
    watcher.sees("All done");
    watcher.sees("sealed packet");
    assert!(!watcher.text().contains("Who else"), "the server has no text:\n{}", watcher.text());
    watcher.types(ESC);
    watcher.sees("Who else");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0), "{}", watcher.text());
    watcher.finds_a_clean_terminal();
    nothing_is_left(&home, &temporary);
}

#[test]
fn on_a_lesson_there_is_a_warning_and_the_server_has_the_text_in_clear() {
    let home = Home::new();
    let (mut watcher, temporary) = begin(&home, &["--lesson", "4", "--lang", "zh"]);
    watcher.sees("第 4 课");
    watcher.sees("anna ✓ 表单");
    watcher.sees("bob  ✓ 表单");
    leads_to(&mut watcher, &["✓ 1 注册两个账号", "✓ anna 发出请求", "✓ 2 加为好友", "✓ 3 发一条消息"]);
    watcher.types("\x02"); // Ctrl-B
    watcher.sees("明文: “你好 bob");
    watcher.sees("✓ 7 服务器知道什么");
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0), "{}", watcher.text());
    nothing_is_left(&home, &temporary);
}

#[test]
fn over_tls_two_people_talk_and_a_signal_ends_it_all_in_order() {
    let home = Home::new();
    let (mut watcher, temporary) = begin(&home, &["--tls"]);
    watcher.sees("TLS 1.3");
    watcher.sees("anna ✓ form filled in");
    watcher.sees("bob  ✓ form filled in");
    leads_to(&mut watcher, &["✓ 1 Two accounts", "✓ anna asks", "✓ 2 Become friends", "✓ 3 Send a message"]);
    leads_to(&mut watcher, &["✓ 4 Look inside it", "✂ unplugged"]);
    let pid = Pid::from_raw(watcher.id().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(watcher.status(), Some(0), "{}", watcher.text());
    watcher.finds_a_clean_terminal();
    nothing_is_left(&home, &temporary);
}

#[test]
fn a_demo_that_cannot_begin_says_why() {
    let home = Home::new();
    let nowhere = home.path("nowhere");
    let mut watcher = Watcher::of(PROGRAM, &home, &["demo"], &[("TMPDIR", nowhere.to_str().unwrap())]);
    assert_eq!(watcher.status(), Some(1));
    assert!(watcher.text().contains("cannot make a folder for the demo"), "{}", watcher.text());
    let ended = home.run(&["demo"]);
    assert_eq!(ended.status.code(), Some(2), "there is no terminal");
    assert!(ended.errors.contains("needs a terminal"), "{}", ended.errors);
}
