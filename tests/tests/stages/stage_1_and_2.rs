//! Stages 1 and 2 on bare sockets: the echo, the challenge, and who stays outside.

use acceptance::{PATIENCE, connect, listen, read_to_end, run, server, start};
use conn_auth::{Challenge, Key};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

const KEY: &str = "only for this test";

fn answer_of(key: &str, challenge: [u8; 32]) -> [u8; 16] {
    Challenge::new(challenge).answer(&Key::new(key.as_bytes()).unwrap())
}

fn challenge(stream: &mut TcpStream) -> [u8; 32] {
    let mut challenge = [0; 32];
    stream.read_exact(&mut challenge).unwrap();
    challenge
}

#[test]
fn the_echo_is_upper_case_whatever_the_bytes_are() {
    let (_server, address) = server("stage-1", &[]);
    for (said, heard) in [
        (&b"hello"[..], &b"HELLO"[..]),
        ("straße 小明".as_bytes(), "STRASSE 小明".as_bytes()),
        (b"\xff\xfeabc\x00", b"\xff\xfeABC\x00"), // not UTF-8: only a-z change
    ] {
        let mut stream = connect(address);
        stream.write_all(said).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(&mut stream), heard);
    }
}

#[test]
fn a_client_that_vanishes_does_not_take_the_server_with_it() {
    let (_server, address) = server("stage-1", &[]);
    for _ in 0..20 {
        let mut rude = connect(address);
        rude.write_all(b"never read").unwrap(); // closed with the answer unread: the server meets a reset
    }
    let ended = run("stage-1", &["client", "--connect", &address.to_string()], b"still there?\n");
    assert_eq!(ended.output, "STILL THERE?\n", "{}", ended.errors);
}

#[test]
fn an_empty_line_is_told_to_be_nothing_and_the_answers_stay_in_step() {
    let (_server, address) = server("stage-1", &[]);
    let ended = run("stage-1", &["client", "--connect", &address.to_string()], b"a\n\nb\n");
    assert_eq!(ended.output, "A\n\nB\n");
    assert!(ended.errors.contains("an empty line is no bytes"), "{}", ended.errors);
}

#[test]
fn a_server_that_closes_without_an_answer_is_an_error() {
    let (listener, address) = listen();
    let closing = std::thread::spawn(move || drop(listener.accept().unwrap()));
    let ended = run("stage-1", &["client", "--connect", &address.to_string()], b"hello\n");
    closing.join().unwrap();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.output);
    assert_eq!(ended.errors.lines().count(), 1, "{}", ended.errors);
}

#[test]
fn the_right_answer_opens_and_the_challenge_is_never_the_same() {
    let (_server, address) = server("stage-2", &["--key", KEY]);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(address);
        let challenge = challenge(&mut stream);
        assert!(!seen.contains(&challenge));
        seen.push(challenge);
        stream.write_all(&answer_of(KEY, challenge)).unwrap();
        stream.write_all(b"hello").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(&mut stream), b"HELLO");
    }
}

#[test]
fn every_wrong_answer_is_closed_without_another_byte() {
    let (mut process, address) = server("stage-2", &["--key", KEY]);
    let mut replay = Vec::new();
    for case in 0..5 {
        let mut stream = connect(address);
        let challenge = challenge(&mut stream);
        let right = answer_of(KEY, challenge);
        let said = match case {
            0 => answer_of("another key", challenge).to_vec(),
            1 => {
                let mut flipped = right;
                flipped[0] ^= 1;
                flipped.to_vec()
            }
            2 => right[..15].to_vec(),
            3 => b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(),
            _ => replay.clone(),
        };
        replay = right.to_vec();
        stream.write_all(&said).unwrap();
        let _ = stream.shutdown(Shutdown::Write); // the server may have cut the connection already
        assert_eq!(read_to_end(&mut stream), b"", "case {case}");
    }
    let mut refused = 0;
    while refused < 5 {
        let line = process.log_line(PATIENCE).expect("the server logs each refusal");
        assert!(!line.contains(KEY));
        refused += usize::from(line.contains("refused"));
    }
}

#[test]
fn a_silent_or_dripping_client_is_sent_away_after_five_seconds() {
    let (_first, silent) = server("stage-2", &["--key", KEY]);
    let (_second, dripping) = server("stage-2", &["--key", KEY]);
    let mut stream = connect(silent);
    let mut drip = connect(dripping);
    challenge(&mut drip);
    let started = std::time::Instant::now();
    // A byte a second would never let a limit per read come to an end.
    drip.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    while started.elapsed() < PATIENCE {
        let _ = drip.write_all(b"x"); // fails once the server has closed, which the read shows
        match drip.read(&mut [0]) {
            Err(error) if echo::lab::timed_out(&error) => {}
            _ => break,
        }
    }
    assert!(started.elapsed() < PATIENCE, "every byte bought more time");
    assert_eq!(read_to_end(&mut stream).len(), 32, "the challenge, then nothing");
}

#[test]
fn the_client_says_that_the_key_may_be_wrong() {
    let (_server, address) = server("stage-2", &["--key", KEY]);
    let ended = run("stage-2", &["client", "--connect", &address.to_string(), "--key", "wrong"], b"hello\n");
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""));
    assert!(ended.errors.contains("is the key the server's key?"), "{}", ended.errors);
}

#[test]
fn keys_come_from_the_line_from_a_file_and_from_the_course() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "from a file\n").unwrap();
    let path = file.to_str().unwrap();

    let talk = |server_args: &[&str], client_args: &[&str]| {
        let (_server, address) = server("stage-2", server_args);
        let address = address.to_string();
        let args = [&["client", "--connect", &address], client_args].concat();
        run("stage-2", &args, b"hi\n").output
    };
    assert_eq!(
        talk(&["--key-file", path], &["--key", "from a file"]),
        "HI\n",
        "one final newline is not the key's"
    );
    assert_eq!(talk(&[], &["--key", "Jedan has a big key!"]), "HI\n");
    assert_eq!(talk(&["--open"], &["--open"]), "HI\n");

    for (args, part, status) in [
        (&["--key", "a", "--open"][..], "exclude each other", 2),
        (&["--key", ""], "empty key", 2),
        (&["--key-file", "/there/is/no/such/file"], "there is no such file", 1),
    ] {
        let ended = run("stage-2", &[&["server", "--listen", "127.0.0.1:0"], args].concat(), b"");
        assert_eq!(ended.status.code(), Some(status), "{}", ended.errors);
        assert!(ended.errors.contains(part), "{}", ended.errors);
    }
    std::fs::write(&file, "\n").unwrap();
    let ended = run("stage-2", &["server", "--key-file", path], b"");
    assert!(ended.status.code() == Some(1) && ended.errors.contains("holds no key"), "{}", ended.errors);
}

#[test]
fn the_second_client_waits_until_the_first_has_left() {
    let (_server, address) = server("stage-2", &["--key", KEY]);
    let args = ["client", "--connect", &address.to_string(), "--key", KEY];
    let mut first = start("stage-2", args);
    assert_eq!(first.ask("me first").unwrap(), "ME FIRST");
    let mut second = start("stage-2", args);
    second.write_line("and me?").unwrap();
    assert_eq!(first.ask("still me").unwrap(), "STILL ME");
    first.wait(PATIENCE).unwrap();
    assert_eq!(second.line(PATIENCE).unwrap(), "AND ME?");
}
