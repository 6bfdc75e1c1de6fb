//! The scenario of stage 7: the whole story in one run, and its roles as programs that strangers talk to.

use acceptance::{PATIENCE, connect, run, run_with, server};
use echo::lab::{Ended, Process};
use framing::transfer::{Answer, Offer};
use framing::{ByteOrder, FrameStream, send_file};
use std::fs;
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;

#[test]
fn the_story_is_told_with_the_given_ids() {
    let ended = run_with("stage-7", &["scenario", "--ids", "alice,b-2,C"], b"", Duration::from_secs(30));
    assert_eq!((ended.status.code(), ended.errors.as_str()), (Some(0), ""), "{}", ended.output);
    let told = ended.output.split_whitespace().collect::<Vec<_>>().join(" "); // whatever was wrapped
    let mut rest = told.as_str();
    for part in [
        "STEP 0",
        "made the key ca.key",
        "STEP 1",
        "signed the certificate of alice",
        "signed the certificate of b-2",
        "signed the certificate of C",
        "the id alice belongs to another key already",
        "STEP 2",
        "STEP 3",
        "check: the chain ends in the pinned CA",
        "accepted: \"alice\"",
        "board: refused: the signature on the certificate",
        "STEP 4",
        "encrypted it",
        "post 1 by alice",
        "four things are wrong",
        "STEP 4, properly",
        "post 2 by alice",
        "post 3 by b-2",
        "post 4 by C",
        "alice: \"",
        "b-2: \"",
        "C: \"",
    ] {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("no {part:?} in\n{rest}")).1;
    }
    let long = ended.output.lines().find(|line| anatomy::width(line) > 80);
    assert_eq!(long, None);
    for who in ["ca-server: ", "board: ", "student alice: "] {
        assert!(ended.output.lines().any(|line| is_logged(line, who)), "no line of {who}");
    }
}

/// `18:03:12 scenario/board.rs:88 board: …`
fn is_logged(line: &str, who: &str) -> bool {
    let words: Vec<&str> = line.trim().splitn(3, ' ').collect();
    let [time, place, rest] = words.as_slice() else { return false };
    let is_time = time.len() == 8 && time.split(':').all(|two| two.len() == 2 && two.parse::<u8>().is_ok());
    let is_place = place.split_once(".rs:").is_some_and(|(_, line)| line.parse::<u32>().is_ok());
    is_time && is_place && rest.starts_with(who)
}

#[test]
fn without_ids_three_are_made_up_and_wrong_ones_are_refused() {
    let ended = run_with("stage-7", &["scenario"], b"", Duration::from_secs(30));
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    assert!(ended.output.contains("post 4 by s1003"));
    for ids in
        ["a,b", "a,b,c,d", "a,b,a", "a,b,A", "a b,c,d", "a,b,../c", "a,b,小明", "a,,b", "", "a,b,a\u{202e}"]
    {
        let ended = run("stage-7", &["scenario", "--ids", ids], b"");
        assert_eq!((ended.status.code(), ended.output.as_str()), (Some(2), ""), "{ids}: {}", ended.errors);
        assert!(ended.errors.contains("student id"), "{}", ended.errors);
    }
}

/// A university and a board, started by hand as the README shows.
struct Campus {
    folder: TempDir,
    university: (Process, SocketAddr),
    board: (Process, SocketAddr),
}

impl Campus {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (university_dir, ca) = (file("university"), file("university/ca.pem"));
        let (board_dir, csr, pem) = (file("board"), file("board/server.csr"), file("board/server.pem"));
        let university = server("stage-7", &["ca-server", "--dir", &university_dir]);
        let board = ["board", "--listen", "127.0.0.1:0", "--dir", &board_dir, "--ca", &ca];
        let ended = run("stage-7", &board, b"");
        assert_eq!(ended.status.code(), Some(1), "it has no certificate yet");
        assert!(ended.errors.contains("stage-7 ca sign --server"), "{}", ended.errors);
        let sign = ["ca", "sign", "--server", "--dir", &university_dir, "--csr", &csr, "--out", &pem];
        assert_eq!(run("stage-7", &sign, b"").status.code(), Some(0), "beside the running ca-server");
        let board = server("stage-7", &["board", "--dir", &board_dir, "--ca", &ca]);
        Self { folder, university, board }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn student(&self, id: &str, dir: &str, more: &[&str], input: &[u8]) -> Ended {
        let (dir, ca) = (self.file(dir), self.file("university/ca.pem"));
        let (university, board) = (self.university.1.to_string(), self.board.1.to_string());
        let args = [
            "student",
            "--id",
            id,
            "--dir",
            &dir,
            "--ca",
            &ca,
            "--ca-server",
            &university,
            "--board",
            &board,
        ];
        run("stage-7", &[&args, more].concat(), input)
    }
}

fn logs(process: &mut Process, part: &str) {
    while !process.log_line(PATIENCE).unwrap_or_else(|| panic!("no {part:?} in the log")).contains(part) {}
}

#[test]
fn students_enrol_and_write_and_the_board_knows_who() {
    let mut campus = Campus::new();
    let ended = campus.student("ann", "ann", &[], b"hello\n/list\n\n");
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    assert_eq!(ended.output, "post 1 by ann\nann: \"hello\"\na post has 1 to 1000 bytes\n");
    logs(&mut campus.board.0, "check: ann has signed this handshake");
    let ended = campus.student("bob", "bob", &["--old-way"], b"the old way\n");
    assert_eq!(
        (ended.status.code(), ended.output.as_str()),
        (Some(0), "post 2 by bob\n"),
        "{}",
        ended.errors
    );
    let ended = campus.student("ann", "ann", &[], b"/list\n");
    assert_eq!(ended.output, "ann: \"hello\"\nbob: \"the old way\"\n");
    assert!(ended.errors.contains("has a certificate already"), "{}", ended.errors);
}

#[test]
fn an_id_belongs_to_one_key() {
    let campus = Campus::new();
    assert_eq!(campus.student("ann", "ann", &["--enrol"], b"").status.code(), Some(0));
    let first = fs::read(campus.file("ann/ann.pem")).unwrap();
    for double in ["ann", "ANN"] {
        let ended = campus.student(double, &format!("double-{double}"), &["--enrol"], b"");
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.errors.contains("belongs to another key already"), "{}", ended.errors);
    }
    fs::remove_file(campus.file("ann/ann.pem")).unwrap();
    assert_eq!(campus.student("ann", "ann", &["--enrol"], b"").status.code(), Some(0), "the same key");
    assert_eq!(fs::read(campus.file("ann/ann.pem")).unwrap(), first, "gets the same certificate");
    for id in ["", "a b", "../up", "小明", "123456789012345678901"] {
        let ended = campus.student(id, "odd", &["--enrol"], b"");
        assert!(ended.status.code() == Some(2) && ended.errors.contains("student id"), "{}", ended.errors);
    }
    // A request may say what the student program does not: the university looks for itself.
    let (key, csr) = (campus.file("odd.key"), campus.file("odd.csr"));
    run("stage-7", &["csr", "--cn", "小明 with spaces", "--key", &key, "--out", &csr], b"");
    let mut stream = FrameStream::new(connect(campus.university.1), ByteOrder::Network);
    send_file(&mut stream, csr.as_ref()).unwrap();
    assert!(problem(&mut stream).contains("is no student id"));
}

/// The sentence with which the other side refuses.
fn problem(stream: &mut FrameStream) -> String {
    match Answer::from_bytes(&stream.receive().unwrap()) {
        Ok(Answer::Problem(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_certificate_that_one_signs_oneself_is_refused_in_both_ways() {
    let mut campus = Campus::new();
    let ended = campus.student("eve", "eve", &["--self-made"], b"hello\n");
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{}", ended.errors);
    assert!(ended.errors.contains("this is the board; whether it accepts"), "{}", ended.errors);
    logs(&mut campus.board.0, "refused: the signature on the certificate of \"eve\" does not verify");
    let ended = campus.student("eve", "eve", &["--self-made", "--old-way"], b"hello\n");
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{}", ended.errors);
    assert!(ended.errors.contains("does not verify"), "{}", ended.errors);
    logs(&mut campus.board.0, "refused: the signature on the certificate of \"eve\" does not verify");
    // And a board that another CA has signed is refused by the student.
    let other = campus.file("other");
    run("stage-7", &["ca", "init", "--dir", &other], b"");
    let (dir, ca, board) = (campus.file("ann"), campus.file("other/ca.pem"), campus.board.1.to_string());
    assert_eq!(campus.student("ann", "ann", &["--enrol"], b"").status.code(), Some(0));
    let university = campus.university.1.to_string();
    let args =
        ["student", "--id", "ann", "--dir", &dir, "--ca", &ca, "--ca-server", &university, "--board", &board];
    let ended = run("stage-7", &args, b"hello\n");
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{}", ended.errors);
}

#[test]
fn rubbish_is_refused_and_others_are_served_on() {
    let campus = Campus::new();
    let rubbish = campus.file("rubbish.csr");
    for content in [
        &b"this is no request"[..],
        b"\xff\xfe\0\x01",
        b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        &[b'x'; 16 << 10],
    ] {
        fs::write(&rubbish, content).unwrap();
        for address in [campus.university.1, campus.board.1] {
            let mut stream = FrameStream::new(connect(address), ByteOrder::Network);
            let refused = match send_file(&mut stream, rubbish.as_ref()) {
                Ok(_) => problem(&mut stream),
                Err(failure) => failure.to_string(),
            };
            assert!(!refused.is_empty());
            assert!(stream.receive().is_err(), "the connection ends");
        }
    }
    for size in [0, (16 << 10) + 1, u64::MAX] {
        for address in [campus.university.1, campus.board.1] {
            let offer = Offer { name: "x.csr".into(), size, offset: 0, sha256: [0; 32] };
            let mut stream = FrameStream::new(connect(address), ByteOrder::Network);
            stream.send(&offer.to_bytes().unwrap()).unwrap();
            assert!(problem(&mut stream).contains(if size == 0 { "empty" } else { "is the most here" }));
        }
    }
    for first in [&b"\x05"[..], b"", b"\x01\0\0\0", b"\xff\xff", b"\x01\0\x01\x26\0\x01"] {
        for address in [campus.university.1, campus.board.1] {
            let mut stream = FrameStream::new(connect(address), ByteOrder::Network);
            stream.send(first).unwrap();
            if !first.is_empty() {
                let _ = stream.receive(); // a sentence, an alert, or the end
                assert!(stream.receive().is_err(), "the connection ends");
            }
        }
    }
    let ended = campus.student("ann", "ann", &[], b"still here\n");
    assert_eq!(ended.output, "post 1 by ann\n", "{}", ended.errors);
}
