//! Verbs that end by themselves: without a server, without a terminal, without a reader; texts that mean harm.

use crate::home::{Home, PASSWORD, PATIENCE};
use echo::lab::{Process, hex};
use std::io::Read;
use std::process::Stdio;
use std::time::Instant;

/// A server with its user echo, who has keys, and bob, who is its friend.
fn bob(home: &Home) -> (Process, std::net::SocketAddr) {
    let (mut server, address) = home.server(&[]);
    while !server.log_line(PATIENCE).expect("echo logs in").contains("logged in user=echo") {}
    home.register("bob");
    // Echo makes its keys after it has logged in; without them nothing can be sent to it.
    let end = Instant::now() + PATIENCE;
    while home.run(&["--profile", "bob", "safety", "echo"]).status.code() != Some(0) {
        assert!(Instant::now() < end, "echo has no keys");
    }
    (server, address)
}

#[test]
fn what_is_sent_without_a_server_waits_and_goes_out_with_the_next_log_in() {
    let home = Home::new();
    let (server, address) = bob(&home);
    drop(server);
    let ended = home.run(&["--profile", "bob", "send", "echo", "while you were away"]);
    assert_eq!(ended.status.code(), Some(1), "not stored is not done");
    assert!(ended.errors.contains("nobody listens there"), "{}", ended.errors);
    assert!(
        ended.errors.contains("waits in the outbox and goes out with the next log-in"),
        "{}",
        ended.errors
    );
    let ended = home.run(&["--profile", "bob", "send", "nobody", "hi"]);
    assert!(ended.errors.contains("the message was not kept: you are not friends"), "{}", ended.errors);
    let (_server, _) = home.server_at(&address.to_string(), &["--no-echo"]);
    home.done(&["--profile", "bob", "contacts"]);
    let history = home.done(&["--profile", "bob", "history", "echo"]);
    assert_eq!(history.matches("while you were away").count(), 1, "{history}");
    assert!(!history.contains("not stored yet"), "{history}");
}

/// The answer to this command of `uchat run`.
fn answer(program: &mut Process, id: u32) -> String {
    loop {
        let line = program.line(PATIENCE).unwrap();
        if line.starts_with(&format!("{{\"id\":{id},")) {
            return line;
        }
    }
}

#[test]
fn a_program_that_logs_in_makes_the_profile_its_users_until_it_logs_out() {
    let home = Home::new();
    let (_server, _) = bob(&home);
    home.join("other");
    let login = format!("{{\"id\":1,\"do\":\"login\",\"username\":\"bob\",\"password\":\"{PASSWORD}\"}}\n");
    std::fs::copy(home.path("bob/keys.pem"), home.path("other/keys.pem")).unwrap();
    let ended = home.run(&["--profile", "other", "contacts"]);
    assert_eq!(ended.status.code(), Some(2), "{}", ended.errors);
    assert!(ended.errors.contains("--username"), "{}", ended.errors);
    let mut program = Process::spawn(home.command(["--profile", "other", "run"])).unwrap();
    program.write(login.as_bytes()).unwrap();
    assert!(answer(&mut program, 1).contains("\"user_id\":"));
    drop(program); // even if it is killed then
    assert!(home.done(&["--profile", "other", "contacts"]).contains("echo"));
    let mut program = Process::spawn(home.command(["--profile", "other", "run"])).unwrap();
    program.write(login.as_bytes()).unwrap();
    answer(&mut program, 1);
    program.write_line("{\"id\":2,\"do\":\"logout\"}").unwrap();
    assert!(answer(&mut program, 2).contains("\"ok\":true"));
    drop(program);
    assert_eq!(home.run(&["--profile", "other", "contacts"]).status.code(), Some(2));
}

#[test]
fn every_command_has_an_answer_even_if_the_server_has_none() {
    let home = Home::new();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let login =
        format!("{{\"id\":\"a\",\"do\":\"login\",\"username\":\"bob\",\"password\":\"{PASSWORD}\"}}\n");
    let args = ["--profile", "bob", "--lesson", "4", "--server", &address, "run"];
    let ended = home.run_with(&args, login.as_bytes());
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    let answer = ended.output.lines().find(|line| line.contains("\"id\":\"a\"")).unwrap();
    assert!(answer.contains("\"code\":\"cancelled\""), "{answer}");
}

#[test]
fn what_others_write_cannot_touch_the_terminal_or_a_page() {
    let home = Home::new();
    let (_server, _) = bob(&home);
    let evil = "\u{1b}[2Ja\u{202e}b\u{7}<script>alert(1)</script>\r2026-01-01T00:00:00Z bob: fake";
    home.done(&["--profile", "bob", "send", "echo", evil]);
    for args in [&["history", "echo"][..], &["contacts"], &["export", "echo"], &["chat", "echo"]] {
        let text = home.done(&[&["--profile", "bob"], args].concat());
        assert!(text.contains("<script>alert(1)"), "{args:?}: {text}");
        let harmful = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.contains(harmful), "{args:?}: {text:?}");
    }
    let page = home.done(&["--profile", "bob", "export", "echo", "--format", "html"]);
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'), "{page:?}");
    let json = home.done(&["--profile", "bob", "export", "echo", "--format", "json"]);
    assert!(!json.contains('\u{1b}'), "{json:?}");
}

#[test]
fn who_closes_the_output_has_read_enough() {
    let home = Home::new();
    let (_server, _) = bob(&home);
    home.done(&["--profile", "bob", "send", "echo", "hi"]);
    for args in [
        &["paths"][..],
        &["invite"],
        &["contacts"],
        &["history", "echo"],
        &["export", "echo"],
        &["safety", "echo"],
        &["chat", "echo"],
        &["run"],
    ] {
        let mut command = home.command([&["--profile", "bob"], args].concat());
        command.env("UCHAT_PASSWORD_FILE", home.path("password"));
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!((child.wait().unwrap().code(), errors.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn who_closes_standard_error_changes_no_exit_status() {
    let home = Home::new();
    let mut command = home.command(["--profile", "new", "--username", "bob", "contacts"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1), "no server is known");
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let home = Home::new();
    let (_server, address) = bob(&home);
    let mut command = home.command(["--profile", "bob", "contacts"]);
    command.stdin(Stdio::null());
    let ended = Process::spawn(command).unwrap().wait(PATIENCE).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{}", ended.errors);
    assert!(ended.errors.contains("--password-file"), "{}", ended.errors);
    let ended =
        home.run(&["--profile", "new", "--server", &address.to_string(), "--username", "bob", "contacts"]);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("--trust-first") && ended.errors.contains("--ca"), "{}", ended.errors);
}

#[test]
fn texts_from_standard_input_are_checked_before_anything_is_asked() {
    let home = Home::new();
    let (_server, _) = bob(&home);
    let send = ["--profile", "bob", "send", "echo", "-"];
    let long = "文".repeat(100_000);
    for (input, says) in
        [(long.as_bytes(), "the most of one message"), (b"\xff\xfe", "not UTF-8"), (b"\n", "empty")]
    {
        let ended = home.run_with(&send, input);
        assert_eq!(ended.status.code(), Some(1), "{}", ended.errors);
        assert!(ended.errors.contains(says), "{}", ended.errors);
    }
    let ended = home.run_with(&["--profile", "bob", "chat", "echo"], b"one\n\xff\xfe\n\ntwo\r\nthree");
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    assert!(ended.errors.contains("not sent: this line is no text"), "{}", ended.errors);
    let history = home.done(&["--profile", "bob", "history", "echo"]);
    for text in ["bob: one\n", "bob: two\n", "bob: three\n"] {
        assert!(history.contains(text), "{history}");
    }
}

#[test]
fn a_profile_with_an_account_does_not_go_over_to_another_server() {
    let home = Home::new();
    let (server, address) = bob(&home);
    let (_other, _) = home.server(&["--data", "other", "--no-echo"]);
    let join = |invite: &str| home.run_with(&["--profile", "bob", "join", "-"], invite.as_bytes());
    let ended = join(&home.done(&["invite", "--data", "other"]));
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.errors.contains("belongs to the account bob on the server 127.0.0.1"), "{}", ended.errors);
    home.done(&["--profile", "bob", "contacts"]);
    // The same server elsewhere, and at the same place with a new CA.
    assert_eq!(join(&home.done(&["invite", "--host", "localhost"])).status.code(), Some(0));
    home.done(&["--profile", "bob", "contacts"]);
    assert_eq!(join(&home.done(&["invite"])).status.code(), Some(0));
    drop(server);
    std::fs::remove_dir_all(home.path("uchat/server")).unwrap();
    let (_anew, _) = home.server_at(&address.to_string(), &["--no-echo"]);
    assert_eq!(join(&home.done(&["invite"])).status.code(), Some(0));
}

#[test]
fn a_ca_that_turns_out_wrong_is_not_remembered() {
    let home = Home::new();
    let (_server, _) = bob(&home);
    let (other, _) = home.server(&["--data", "other", "--no-echo"]);
    drop(other);
    let other_ca = home.path("other/ca.pem");
    let before = home.read("bob/server.json");
    let ended = home.run(&["--profile", "bob", "--ca", other_ca.to_str().unwrap(), "contacts"]);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.errors);
    assert_eq!(home.read("bob/server.json"), before);
    home.done(&["--profile", "bob", "contacts"]);
    let mut command = home.command(["--profile", "new", "join", &home.done(&["invite"])]);
    command.env("UCHAT_CA", &other_ca);
    let ended = Process::spawn(command).unwrap().wait(PATIENCE).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("is not the CA of this invite"), "{}", ended.errors);
    assert!(!home.path("new").exists(), "nothing was done");
}

#[test]
fn lesson_7_is_the_channel_without_tls_whatever_the_profile_says() {
    let home = Home::new();
    let (_server, _) = home.server(&["--tls", "--no-echo"]);
    home.register("bob");
    let ended = home.run(&["--profile", "bob", "--lesson", "7", "contacts"]);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.output);
    assert!(ended.errors.contains("same --lesson or --tls"), "{}", ended.errors);
    home.done(&["--profile", "bob", "contacts"]);
}

#[test]
fn a_chat_marks_as_read_what_it_shows() {
    let home = Home::new();
    let (_server, _) = bob(&home);
    home.done(&["--profile", "bob", "send", "echo", "hi"]);
    let end = Instant::now() + PATIENCE; // echo answers in its own time
    while !home.done(&["--profile", "bob", "contacts"]).contains("1 unread") {
        assert!(Instant::now() < end, "echo does not answer");
    }
    assert!(home.done(&["--profile", "bob", "chat", "echo"]).contains("echo: hi"));
    let contacts = home.done(&["--profile", "bob", "contacts"]);
    assert!(!contacts.contains("unread"), "{contacts}");
}

#[test]
fn what_is_wrong_on_the_command_line_is_wrong_usage_and_names_the_option() {
    let home = Home::new();
    let (_server, _) = bob(&home);
    home.join("new");
    let register = ["--profile", "new", "register", "--email"];
    let export = ["--profile", "bob", "--password-file", "password", "key", "export", "keys"];
    for (args, says) in [
        (
            &["--profile", "bob", "send", "much-too-long", "hi"][..],
            "user_name: must have 8 characters or less",
        ),
        (&["--profile", "bob", "history", "#+1"], "a room is # and its number"),
        (&[&register[..], &["nowhere", "--username", "new"]].concat(), "email: must look like"),
        (&[&register[..], &["a@b", "--username", "a b"]].concat(), "user_name: must not hold"),
        (&[&register[..], &["a@b", "--username", "new", "--age", "200"]].concat(), "age: must be"),
        (&export, "--passphrase-file"),
        (&["server", "--listen", "2333"], "as in 127.0.0.1:2333"),
        (&["server", "--host", "a b"], "--host"),
        (&["invite", "--host", "a b"], "--host"),
    ] {
        let ended = home.run(args);
        assert_eq!(ended.status.code(), Some(2), "{args:?}: {}", ended.errors);
        assert!(ended.errors.contains(says), "{args:?}: {}", ended.errors);
    }
    for args in [&["help"][..], &["help", "send"], &["send", "--help"]] {
        assert!(home.done(args).contains("Usage: uchat"), "{args:?}");
    }
}

#[test]
fn keys_are_not_imported_under_a_password_that_can_be_nobodys() {
    let home = Home::new();
    let (_server, _) = bob(&home);
    std::fs::write(home.path("slip"), "x\n").unwrap();
    let import = ["--profile", "bob", "--password-file", "slip", "key", "import", "password"];
    let import = [&import[..], &["--passphrase-file", "password"]].concat();
    let ended = home.run(&import);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.errors.contains("password: must have"), "{}", ended.errors);
}

#[test]
fn a_profile_is_one_programs_at_a_time() {
    let home = Home::new();
    let (_server, _) = bob(&home);
    let mut first = Process::spawn(home.command(["--profile", "bob", "run"])).unwrap();
    first.ask("{\"id\":1,\"do\":\"contacts\"}").unwrap();
    let ended = home.run(&["--profile", "bob", "contacts"]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.errors.contains("in use by another uchat"), "{}", ended.errors);
}

#[test]
fn the_log_has_no_secrets_however_much_it_says() {
    let home = Home::new();
    let (mut server, _) = home.server(&["-vvv", "--no-echo"]);
    home.register("bob");
    home.register("ann");
    let key = hex(&std::fs::read(home.path("uchat/server/access.key")).unwrap());
    let secrets = [PASSWORD, "a private matter", &key];
    for (who, args) in [
        ("bob", &["add", "ann"][..]),
        ("ann", &["add", "bob"]),
        ("bob", &["send", "ann", "a private matter"]),
    ] {
        let ended = home.run(&[&["--profile", who, "-vvv"], args].concat());
        assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
        assert!(ended.errors.contains("disconnected"), "it says something at all: {}", ended.errors);
        assert!(secrets.iter().all(|secret| !ended.errors.contains(secret)), "{}", ended.errors);
    }
    let mut left = 4; // two sign-ups, then bob adds, ann adds, bob sends
    while left > 0 {
        let line = server.log_line(PATIENCE).expect("the log goes on");
        assert!(secrets.iter().all(|secret| !line.contains(secret)), "{line}");
        left -= usize::from(line.contains("gone user=bob") || line.contains("gone user=ann"));
    }
}
