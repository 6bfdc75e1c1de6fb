//! What people see on a terminal: questions, answers that are not shown, Ctrl-C.

use crate::home::{Home, PASSWORD, PROGRAM};
use crate::terminal::{END, INTERRUPT, Terminal};

const REGISTER: [&str; 5] = ["register", "--username", "bob", "--email", "bob@example.org"];

fn line(text: &str) -> String {
    format!("{text}\r")
}

#[test]
fn a_new_password_is_asked_for_twice_and_never_shown() {
    let home = Home::new();
    let (_server, _) = home.server(&["--no-echo"]);
    home.join("bob");
    let register = [&["--profile", "bob"][..], &REGISTER].concat();

    let mut short = Terminal::new(&home, &register);
    short.secret("A new password for bob: ", &line("short7!"));
    short.expect("must have 8 characters or more");
    assert_eq!(short.status(), Some(1));
    assert!(!short.shown.contains("once more"), "told before it is typed again: {}", short.shown);

    let mut mistyped = Terminal::new(&home, &register);
    mistyped.secret("A new password for bob: ", &line(PASSWORD));
    mistyped.secret("The same once more: ", &line("correct house"));
    mistyped.expect("the two are not the same; nothing was done, start again");
    assert_eq!(mistyped.status(), Some(1));

    let mut right = Terminal::new(&home, &register);
    right.secret("A new password for bob: ", &line(PASSWORD));
    right.secret("The same once more: ", &line(PASSWORD));
    right.expect("bob is user 1; keys and history lie in");
    right.expect("next: ");
    assert_eq!(right.status(), Some(0), "{}", right.shown);
    for shown in [&short.shown, &mistyped.shown, &right.shown] {
        assert!(!["short7!", "correct"].iter().any(|secret| shown.contains(secret)), "{shown}");
    }
}

#[test]
fn a_log_in_asks_for_the_password_and_says_that_it_is_wrong() {
    let home = Home::new();
    let (_server, _) = home.server(&["--no-echo"]);
    home.register("bob");
    for (password, status, says) in
        [(PASSWORD, 0, ""), ("correct house", 1, "user name or password is wrong")]
    {
        let mut terminal = Terminal::new(&home, &["--profile", "bob", "contacts"]);
        terminal.secret("Password of bob: ", &line(password));
        terminal.expect(says);
        assert_eq!(terminal.status(), Some(status), "{}", terminal.shown);
        assert!(!terminal.shown.contains("correct"), "{}", terminal.shown);
    }
    let mut terminal = Terminal::new(&home, &["--profile", "bob", "contacts"]);
    terminal.secret("Password of bob: ", INTERRUPT);
    assert_eq!(terminal.status(), Some(130), "{}", terminal.shown);
    let mut terminal = Terminal::new(&home, &["--profile", "bob", "contacts"]);
    terminal.secret("Password of bob: ", END);
    terminal.expect("no password was given");
    assert_eq!(terminal.status(), Some(1));
    home.done(&["--profile", "bob", "contacts"]);
}

#[test]
fn an_unknown_ca_is_trusted_only_by_somebody_who_says_yes() {
    let home = Home::new();
    let (_server, address) = home.server(&["--no-echo"]);
    let (address, key) = (address.to_string(), home.path("uchat/server/access.key"));
    let args = ["--profile", "bob", "--server", &address, "--access-key-file", key.to_str().unwrap()];
    let register = [&args[..], &REGISTER].concat();
    for answer in ["no\r", "y\r", "\r", END] {
        let mut terminal = Terminal::new(&home, &register);
        terminal.expect("Type yes to trust it: ");
        terminal.type_in(answer);
        assert_eq!(terminal.status(), Some(1), "{}", terminal.shown);
        assert!(terminal.shown.contains("nothing was sent to the server"), "{}", terminal.shown);
    }
    let mut terminal = Terminal::new(&home, &register);
    terminal.expect("Its fingerprint is\r\n  ");
    terminal.expect("Type yes to trust it: ");
    terminal.type_in("yes\r");
    terminal.secret("A new password for bob: ", INTERRUPT);
    assert_eq!(terminal.status(), Some(130));
    let mut again = Terminal::new(&home, &register);
    again.secret("A new password for bob: ", &line(PASSWORD));
    again.secret("The same once more: ", &line(PASSWORD));
    assert_eq!(again.status(), Some(0), "{}", again.shown);
    assert!(!again.shown.contains("fingerprint"), "asked once only: {}", again.shown);
}

#[test]
fn a_chat_sends_each_line_and_ctrl_c_ends_it_in_order() {
    let home = Home::new();
    let mut server = Terminal::new(&home, &["server", "--listen", "127.0.0.1:0"]);
    server.expect("listening on ");
    server.expect("logged in user=echo");
    home.register("bob");
    let mut chat = Terminal::new(&home, &["--profile", "bob", "chat", "echo"]);
    chat.secret("Password of bob: ", &line(PASSWORD));
    chat.expect("each line is sent to echo");
    chat.type_in("hello 文字\r");
    chat.expect("echo: hello 文字");
    chat.type_in("last words\r");
    chat.expect("echo: last words");
    chat.type_in(INTERRUPT);
    assert_eq!(chat.status(), Some(0), "{}", chat.shown);
    assert!(home.done(&["--profile", "bob", "history", "echo"]).contains("bob: last words"));
    let mut chat = Terminal::new(&home, &["--profile", "bob", "chat", "echo"]);
    chat.secret("Password of bob: ", &line(PASSWORD));
    chat.expect("bob: last words");
    chat.type_in(END);
    assert_eq!(chat.status(), Some(0), "{}", chat.shown);
    server.type_in(INTERRUPT);
    assert_eq!(server.status(), Some(0), "{}", server.shown);
}

#[test]
fn a_chat_on_a_terminal_ends_when_nobody_reads_it_any_more() {
    let home = Home::new();
    let mut server = Terminal::new(&home, &["server", "--listen", "127.0.0.1:0"]);
    server.expect("logged in user=echo");
    home.register("bob");
    let chat = format!("{PROGRAM} --profile bob --password-file password chat echo | true");
    let mut chat = Terminal::with(&home, "sh", &["-c", &chat]);
    chat.expect("each line is sent to echo");
    chat.type_in("is anybody there?\r");
    assert_eq!(chat.status(), Some(0), "{}", chat.shown);
    assert!(home.done(&["--profile", "bob", "history", "echo"]).contains("bob: is anybody there?"));
}
