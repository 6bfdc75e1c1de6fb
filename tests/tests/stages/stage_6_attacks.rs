//! Stage 6: what each attack prints, and what it needs.

use acceptance::{PATIENCE, connect, run, server, start};
use echo::lab::{Ended, Process};
use std::io::Write;
use std::net::SocketAddr;

fn talk(address: SocketAddr, args: &[&str], lines: &[u8]) -> Ended {
    let address = address.to_string();
    run("stage-6", &[&["client", "--open", "--connect", &address], args].concat(), lines)
}

fn says(process: &mut Process, part: &str) {
    while !process.log_line(PATIENCE).unwrap_or_else(|| panic!("the log should say: {part}")).contains(part) {
    }
}

/// Runs an attack on the path while a client says `lines`: what it printed, and what the client did.
fn attack(name: &str, server: SocketAddr, lines: &str) -> (Ended, Ended) {
    let (attack, path) =
        start("stage-6", ["attack", name, "--connect", &server.to_string()]).server().unwrap();
    let talked = talk(path, &[], lines.as_bytes());
    (attack.wait(PATIENCE).unwrap(), talked)
}

#[test]
fn each_attack_does_what_it_says() {
    let (_server, address) = server("stage-6", &["--open"]);
    let succeeds = |name: &str, lines: &str, printed: &str, client: &str| {
        let (ended, talked) = attack(name, address, lines);
        assert_eq!(ended.status.code(), Some(0), "{name}: {}", ended.output);
        assert!(ended.output.contains(printed), "{name}: {}", ended.output);
        assert_eq!(talked.output, client, "{name}: {}", talked.errors);
    };
    let asked = |line: &str| talk(address, &[], line.as_bytes()).output;

    succeeds(
        "forge",
        "hello\nagain\n",
        "took a forged add_friend \"mallory\" and answered 32 bytes",
        "HELLO\nAGAIN\n",
    );
    assert_eq!(asked("/add mallory\n"), "mallory is on the list already\n");

    assert_eq!(asked("/add bob\n"), "bob is on the list now\n");
    let client = "HELLO\nbob is off the list now\n";
    succeeds(
        "iv-flip",
        "hello\n/add bob\n",
        "1 message to add a friend reached the server as one to delete",
        client,
    );
    assert_eq!(asked("/add bob\n"), "bob is on the list now\n");

    let printed = "sent twice: answered by 30 bytes of text, then by 34";
    succeeds("replay", "/add carol\nhello\n", printed, "carol is on the list now\nHELLO\n");
    succeeds("replay", "hello\nagain\n", "carried out 2 messages twice", "HELLO\nAGAIN\n");

    succeeds("reflect", "hello\nagain\n", "sent its own packet of 11 bytes of text", "HELLO\nAGAIN\n");

    let printed = "read: client_echo \"pay 100 to bob\"\nread: server_echo \"PAY 100 TO EVE\"\n";
    succeeds("mallory", "pay 100 to bob\n", printed, "PAY 100 TO BOB\n");
    succeeds(
        "mallory",
        "/add dave of eve\n",
        "read: add_friend \"dave of eve\"",
        "dave of eve is on the list now\n",
    );
    assert_eq!(asked("/add dave of bob\n"), "dave of bob is on the list already\n");
}

#[test]
fn the_man_in_the_middle_leaves_two_fingerprints() {
    for options in [&["--open"][..], &["--open", "--historic"]] {
        let (mut process, address) = server("stage-6", options);
        let args = ["attack", "mallory", "--connect", &address.to_string()];
        let (attack, path) = start("stage-6", args).server().unwrap();
        let talked = talk(path, &options[1..], b"never\n");
        assert_eq!(talked.output, "NEVER\n");
        assert!(attack.wait(PATIENCE).unwrap().output.contains("1 message and 1 answer read, 1 changed"));
        let words = talked.errors.trim_end().strip_prefix("fingerprint: ").unwrap().to_owned();
        let theirs = loop {
            let line = process.log_line(PATIENCE).expect("the server prints it, too");
            if let Some((_, theirs)) = line.split_once("fingerprint: ") {
                break theirs.to_owned();
            }
        };
        assert_ne!(words, theirs);
    }
}

#[test]
fn the_padding_oracle_reads_every_byte_where_the_server_talks_and_none_where_it_does_not() {
    let (_server, address) = server("stage-6", &["--open", "--check-padding"]);
    for text in ["hi", "straße und 小明", "twenty-six letters, exactly", ""] {
        let (ended, talked) = attack("padding-oracle", address, &format!("{text}\nnext\n"));
        assert_eq!(ended.status.code(), Some(0), "{}", ended.output);
        let read =
            format!("read: client_echo \"{text}\"\nattack succeeded: {} bytes read without", text.len() + 6);
        assert!(ended.output.contains(&read), "{}", ended.output);
        assert_eq!(talked.output, format!("{}\nNEXT\n", text.to_uppercase()));
    }
    let (_server, address) = server("stage-6", &["--open"]);
    let (ended, talked) = attack("padding-oracle", address, "hello\n");
    assert_eq!((ended.status.code(), talked.output.as_str()), (Some(3), ""), "{}", ended.output);
    assert!(ended.output.contains("says nothing about its padding"), "{}", ended.output);
}

#[test]
fn flipped_bits_are_noticed() {
    let (mut process, address) = server("stage-6", &["--open"]);
    let (ended, talked) = attack("flip", address, "pay 100 to bob\n");
    assert_eq!(ended.status.code(), Some(3), "{}", ended.output);
    assert!(ended.output.contains("1 packet changed, and the server answered none of them: it noticed"));
    assert_eq!((talked.status.code(), talked.output.as_str()), (Some(1), ""));
    says(&mut process, "the digest of a packet does not fit: it was changed on its way");
}

/// The names of the attacks that need a victim on the path and packets there.
fn on_path() -> impl Iterator<Item = &'static str> {
    cbc_packet::attack::ATTACKS.iter().map(|attack| attack.name).chain(["flip"])
}

#[test]
fn an_attack_whose_victims_say_nothing_or_speak_another_protocol_has_failed() {
    let (_server, address) = server("stage-6", &["--open"]);
    for name in on_path() {
        let (ended, _) = attack(name, address, "");
        assert_eq!(ended.status.code(), Some(3), "{name}: {} {}", ended.output, ended.errors);
        assert!(ended.output.contains("attack failed: "), "{name}: {}", ended.output);

        let (attack, path) =
            start("stage-6", ["attack", name, "--connect", &address.to_string()]).server().unwrap();
        let mut stream = connect(path);
        stream.write_all(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03").unwrap();
        let ended = attack.wait(PATIENCE).unwrap();
        assert_eq!(ended.status.code(), Some(3), "{name}: {} {}", ended.output, ended.errors);
        assert!(ended.output.contains("the client does not begin with a frame"), "{name}: {}", ended.output);
    }
}

#[test]
fn the_list_shows_this_stages_attacks_first_and_each_name_once() {
    let list = run("stage-6", &["attack", "--list"], b"").output;
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = list.lines().map(words).collect();
    let mut names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let own = ["forge", "iv-flip", "replay", "reflect", "mallory", "padding-oracle", "flip"];
    assert_eq!(names[..7], own);
    let mut stages: Vec<&str> = rows.iter().map(|row| row[2].as_str()).collect();
    stages.dedup();
    assert_eq!(stages, ["6", "5", "4", "3", "2", "1"]);
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "{list}");
}
