//! Stage 5: keys agreed on, messages encrypted, wrong values refused, primes found, a recording broken.

use acceptance::{PATIENCE, connect, run, server, start};
use echo::lab::Tap;
use framing::{ByteOrder, FrameStream};
use key_exchange::{Group, fresh_pair};
use std::fs;
use std::net::SocketAddr;

fn talk(address: SocketAddr, args: &[&str], lines: &[u8]) -> echo::lab::Ended {
    let address = address.to_string();
    run("stage-5", &[&["client", "--open", "--connect", &address], args].concat(), lines)
}

#[test]
fn both_sides_agree_on_a_key_and_print_the_same_eight_words() {
    for options in [&[][..], &["--historic"], &["--one-keystream"]] {
        let (mut process, address) = server("stage-5", &[&["--open"], options].concat());
        let ended = talk(address, options, "hello\n\nstraße 小明\n".as_bytes());
        assert_eq!(ended.output, "HELLO\n\nSTRASSE 小明\n", "{options:?}: {}", ended.errors);
        let words = ended.errors.trim_end().strip_prefix("fingerprint: ").expect("the client prints it");
        assert_eq!(words.split(' ').count(), 8);
        while !process.log_line(PATIENCE).expect("the server prints it, too").ends_with(words) {}
    }
}

#[test]
fn no_two_connections_share_a_key_and_no_text_is_on_the_wire() {
    let (_server, address) = server("stage-5", &["--open"]);
    let tap = Tap::start(address).unwrap();
    let first = talk(tap.address(), &[], b"the same words\n").errors;
    let second = talk(tap.address(), &[], b"the same words\n").errors;
    assert_ne!(first, second, "a fresh pair for each connection");
    let seen: Vec<u8> = tap
        .take_closed(PATIENCE, 1)
        .into_iter()
        .filter_map(|event| match event.what {
            echo::lab::What::Bytes(bytes) => Some(bytes),
            echo::lab::What::Closed => None,
        })
        .flatten()
        .collect();
    for text in [&b"the same words"[..], b"THE SAME WORDS"] {
        assert!(!seen.windows(text.len()).any(|window| window == text));
    }
}

#[test]
fn public_values_that_are_no_secret_are_refused_and_others_are_served_on() {
    let (mut process, address) = server("stage-5", &["--open"]);
    let p = Group::ffdhe2048().p.to_bytes_be();
    let mut minus_one = p.clone();
    minus_one[255] -= 1;
    let mut one = vec![0; 256];
    one[255] = 1;
    for (value, part) in [
        (vec![0; 256], "not between 2 and p - 2"),
        (one, "not between 2 and p - 2"),
        (minus_one, "not between 2 and p - 2"),
        (p, "not between 2 and p - 2"),
        (vec![7; 255], "has 255 bytes, 256 were expected"),
        (vec![7; 257], "has 257 bytes"),
        (Vec::new(), "has 0 bytes"),
    ] {
        let mut stream = FrameStream::new(connect(address), ByteOrder::Network);
        stream.send(&value).unwrap();
        assert!(stream.receive().is_err(), "{part}");
        while !process.log_line(PATIENCE).expect("the server says why").contains(part) {}
    }
    assert_eq!(talk(address, &[], b"still here\n").output, "STILL HERE\n");
}

#[test]
fn a_client_refuses_a_server_that_sends_a_public_value_of_no_use() {
    for value in [vec![0; 256], vec![1; 96]] {
        let (listener, address) = acceptance::listen();
        let fake = std::thread::spawn(move || {
            let mut stream = FrameStream::new(listener.accept().unwrap().0, ByteOrder::Network);
            stream.receive().unwrap();
            stream.send(&value).unwrap();
            let _ = stream.receive(); // until the client has closed
        });
        let ended = talk(address, &[], b"a secret\n");
        fake.join().unwrap();
        assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""));
        assert!(ended.errors.contains("the public value"), "{}", ended.errors);
    }
}

#[test]
fn groups_that_do_not_fit_are_an_error_on_both_sides() {
    let (_server, address) = server("stage-5", &["--open"]);
    let ended = talk(address, &["--historic"], b"hello\n");
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{}", ended.errors);
}

#[test]
fn a_group_of_ones_own_works_and_a_bad_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.txt");
    let path = file.to_str().unwrap();
    // A safe prime of 512 bits, found once; the search itself is tested with smaller ones.
    fs::write(&file, SAFE_PRIME).unwrap();
    let (_server, address) = server("stage-5", &["--open", "--group", path]);
    assert_eq!(talk(address, &["--group", path], b"hello\n").output, "HELLO\n");

    for (content, part) in [
        ("", "holds no decimal number"),
        ("twelve", "holds no decimal number"),
        ("23", "holds a number of 5 bits"),
        (&SAFE_PRIME.replace("7\n", "9\n"), "holds no safe prime"),
        (&"9".repeat(20_000), "too large"),
    ] {
        fs::write(&file, content).unwrap();
        let ended = run("stage-5", &["server", "--listen", "127.0.0.1:0", "--group", path], b"");
        assert_eq!(ended.status.code(), Some(1), "{part}: {}", ended.errors);
        assert!(ended.errors.contains(part), "{}", ended.errors);
    }
    let ended = run("stage-5", &["server", "--group", path, "--historic"], b"");
    assert_eq!(ended.status.code(), Some(2));
}

#[test]
fn prime_finds_what_is_asked_for() {
    let printed = run("stage-5", &["prime", "--bits", "64"], b"").output;
    let prime: u64 = printed.trim().parse().unwrap();
    assert!(prime >> 62 == 3, "the two highest bits are set: {prime:b}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.txt");
    let ended = run("stage-5", &["prime", "--bits", "128", "--safe", "--out", file.to_str().unwrap()], b"");
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(0), ""));
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written.trim().len(), 39);
    let again = run("stage-5", &["prime", "--bits", "64", "--out", file.to_str().unwrap()], b"");
    assert!(again.status.code() == Some(1) && again.errors.contains("already"), "{}", again.errors);
    assert_eq!(fs::read_to_string(&file).unwrap(), written, "nothing is overwritten");
    for (bits, part) in [("15", "16 is the least"), ("8193", "at most 8192"), ("many", "whole number")] {
        let ended = run("stage-5", &["prime", "--bits", bits], b"");
        assert!(ended.status.code() == Some(2) && ended.errors.contains(part), "{}", ended.errors);
    }
}

#[test]
fn a_recorded_historic_session_is_broken_and_a_default_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    for (options, broken) in [(&["--historic"][..], true), (&[], false)] {
        let file = folder.path().join("session.txt");
        let recording = file.to_str().unwrap();
        let (_server, address) = server("stage-5", &[&["--key", "k"], options].concat());
        let connect = address.to_string();
        let args = [
            "attack",
            "eavesdrop",
            "--connect",
            &connect,
            "--listen",
            "127.0.0.1:0",
            "--recording",
            recording,
        ];
        let (attack, path) = start("stage-5", args).server().unwrap();
        let path = path.to_string();
        let talked = run(
            "stage-5",
            &[&["client", "--key", "k", "--connect", &path], options].concat(),
            b"my pin is 1234\n",
        );
        assert_eq!(talked.output, "MY PIN IS 1234\n");
        assert_eq!(attack.wait(PATIENCE).unwrap().status.code(), Some(3), "nothing to read on the wire");

        let ended = run("stage-5", &["break", recording], b"");
        assert_eq!(ended.status.code(), Some(if broken { 0 } else { 3 }), "{}", ended.output);
        assert_eq!(ended.output.contains("my pin is 1234"), broken);
    }
    let ended = run("stage-5", &["break", "no/such/file"], b"");
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(run("stage-5", &["break"], b"").status.code(), Some(2));
}

#[test]
fn a_client_that_goes_on_after_a_failed_exchange_is_sent_away() {
    let (_server, address) = server("stage-5", &["--open"]);
    let pair = fresh_pair(&Group::ffdhe2048()).unwrap();
    let mut stream = FrameStream::new(connect(address), ByteOrder::Network);
    stream.send(&[0; 256]).unwrap();
    let _ = stream.send(pair.public()); // the server may have closed already
    assert!(stream.receive().is_err(), "one attempt for each connection");
}

const SAFE_PRIME: &str = "12427338941550986610750642979004052991307671568922695048430068831700891367335498249404200933204093484879173879473679106610278169162443677957734047086199567\n";
