//! Stage 4's files: whole, cut off and resumed, refused; and what a folder looks like afterwards.

use acceptance::{connect, listen, run, server};
use echo::lab::{Ended, Process, Tap};
use framing::transfer::{Answer, Offer};
use framing::{ByteOrder, FrameStream};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

/// A folder that receives files, and one to send from.
struct Folders {
    from: tempfile::TempDir,
    to: tempfile::TempDir,
    _receiver: Process,
    address: SocketAddr,
}

impl Folders {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(args: &[&str]) -> Self {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let dir = to.path().to_str().unwrap();
        let (receiver, address) =
            server("stage-4", &[&["recv-files", "--open", "--dir", dir], args].concat());
        Self { from, to, _receiver: receiver, address }
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.from.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn names(&self) -> Vec<String> {
        names(self.to.path())
    }

    fn received(&self, name: &str) -> Vec<u8> {
        fs::read(self.to.path().join(name)).unwrap()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn send(path: &str, to: SocketAddr) -> Ended {
    run("stage-4", &["send-file", path, "--open", "--connect", &to.to_string()], b"")
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 7 % 251) as u8).collect()
}

#[test]
fn files_of_every_size_arrive_whole() {
    let folders = Folders::new();
    for length in [0, 1, 65_536, 65_537, 3_000_000] {
        let name = format!("{length}.bin");
        let sent = send(&folders.file(&name, &content(length)), folders.address);
        assert_eq!(sent.output, format!("sent {name}: {length} bytes, from offset 0\n"), "{}", sent.errors);
        assert!(folders.received(&name) == content(length));
    }
    assert_eq!(folders.names().len(), 5, "no unfinished file stays behind");
}

#[test]
fn a_file_that_was_cut_off_goes_on_where_it_stopped() {
    let folders = Folders::new();
    let path = folders.file("long.bin", &content(1_000_000));
    let cut = send(&path, Tap::cutting(folders.address, 400_000).unwrap().address());
    assert_eq!(cut.status.code(), Some(1));
    assert!(cut.errors.contains("send it again to resume"), "{}", cut.errors);
    assert!(
        folders.names().iter().all(|name| name.ends_with(".part")),
        "nothing unfinished under the file's name"
    );

    let sent = send(&path, folders.address);
    let offset: u64 = sent.output.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(offset > 300_000 && offset < 400_000, "{}{}", sent.output, sent.errors);
    assert!(folders.received("long.bin") == content(1_000_000));
    assert_eq!(folders.names(), ["long.bin"]);

    let again = send(&path, folders.address);
    assert_eq!(again.output, "sent long.bin: 1000000 bytes, from offset 1000000\n", "nothing travels twice");
    assert_eq!(folders.names(), ["long.bin"], "the same file once more is still one file");
}

#[test]
fn another_file_of_the_same_name_destroys_nothing() {
    let folders = Folders::new();
    for (n, text) in [b"first", b"other", b"third"].iter().enumerate() {
        assert!(send(&folders.file("notes.txt", *text), folders.address).status.success(), "{n}");
    }
    assert_eq!(folders.names(), ["notes (2).txt", "notes (3).txt", "notes.txt"]);
    assert_eq!(folders.received("notes.txt"), b"first");
    assert_eq!(folders.received("notes (2).txt"), b"other");
}

/// A sender that says what it likes.
fn bare(folders: &Folders) -> FrameStream {
    FrameStream::new(connect(folders.address), ByteOrder::Network)
}

fn offer(name: &str, size: u64, sha256: [u8; 32]) -> Vec<u8> {
    Offer { name: name.into(), size, offset: 0, sha256 }.to_bytes().unwrap()
}

fn problem(stream: &mut FrameStream) -> String {
    match Answer::from_bytes(&stream.receive().unwrap()).unwrap() {
        Answer::Problem(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wrong_digest_is_told_and_the_old_file_stays() {
    let folders = Folders::new();
    assert!(send(&folders.file("a.txt", b"before"), folders.address).status.success());
    let mut stream = bare(&folders);
    stream.send(&offer("a.txt", 5, [7; 32])).unwrap();
    assert_eq!(Answer::from_bytes(&stream.receive().unwrap()), Ok(Answer::From(0)));
    stream.send(b"wrong").unwrap();
    assert!(problem(&mut stream).contains("SHA-256"));
    assert_eq!(folders.names(), ["a.txt"]);
    assert_eq!(folders.received("a.txt"), b"before");
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let folders = Folders::new();
    let digest = framing_digest(b"x");
    for name in ["../up.txt", "/tmp/../abs.txt", r"..\..\win.txt", "a/b/c.txt"] {
        let mut stream = bare(&folders);
        stream.send(&offer(name, 1, digest)).unwrap();
        assert_eq!(Answer::from_bytes(&stream.receive().unwrap()), Ok(Answer::From(0)), "{name}");
        stream.send(b"x").unwrap();
        assert_eq!(Answer::from_bytes(&stream.receive().unwrap()), Ok(Answer::Done), "{name}");
    }
    assert_eq!(folders.names(), ["abs.txt", "c.txt", "up.txt", "win.txt"]);
    for name in ["", "..", "a/..", "/"] {
        let mut stream = bare(&folders);
        stream.send(&offer(name, 1, digest)).unwrap();
        assert!(problem(&mut stream).contains("is not a file name"), "{name}");
    }
}

#[test]
fn a_crooked_sender_is_refused_and_the_next_one_is_served() {
    let folders = Folders::with(&["--max-size", "1000"]);
    let digest = framing_digest(b"abc");
    let cases = [
        (b"not a value".to_vec(), None, "not the offer of a file"),
        (b"\x01\0\0\0\x01\x05".to_vec(), None, "not the offer of a file"),
        (offer("big", 1001, digest), None, "at most 1000"),
        (offer("more", 3, digest), Some(b"abcd".as_slice()), "more bytes came"),
        (offer("none", 3, digest), Some(b"".as_slice()), "a frame of 0 bytes came"),
        (
            Offer { name: "late".into(), size: 3, offset: 2, sha256: digest }.to_bytes().unwrap(),
            None,
            "offered from byte 2",
        ),
    ];
    for (said, then, part) in cases {
        let mut stream = bare(&folders);
        stream.send(&said).unwrap();
        if let Some(then) = then {
            stream.receive().unwrap();
            stream.send(then).unwrap();
        }
        let sentence = problem(&mut stream);
        assert!(sentence.contains(part), "{sentence}");
        assert!(stream.receive().is_err(), "a refusal ends the connection");
    }
    assert!(send(&folders.file("good.txt", b"good"), folders.address).status.success());
    assert_eq!(folders.names(), ["good.txt"]);
}

#[test]
fn several_files_travel_on_one_connection() {
    let folders = Folders::new();
    let mut stream = bare(&folders);
    for name in ["one", "two"] {
        stream.send(&offer(name, 3, framing_digest(b"abc"))).unwrap();
        assert_eq!(Answer::from_bytes(&stream.receive().unwrap()), Ok(Answer::From(0)));
        stream.send(b"abc").unwrap();
        assert_eq!(Answer::from_bytes(&stream.receive().unwrap()), Ok(Answer::Done));
    }
    assert_eq!(folders.names(), ["one", "two"]);
}

#[test]
fn a_file_that_vanishes_or_shrinks_is_told_by_the_sender() {
    let folders = Folders::new();
    let ended = send("there/is/no/such/file", folders.address);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.errors.contains("there is no such file"), "{}", ended.errors);
    let ended = send(folders.from.path().to_str().unwrap(), folders.address);
    assert!(ended.status.code() == Some(1) && ended.errors.contains("is not a file"), "{}", ended.errors);

    // A receiver that shortens the sender's file before it asks for the bytes.
    let path = folders.file("shrinks.bin", &content(500_000));
    let (listener, address) = listen();
    let shortened = path.clone();
    let receiver = std::thread::spawn(move || {
        let mut stream = FrameStream::new(listener.accept().unwrap().0, ByteOrder::Network);
        stream.receive().unwrap();
        fs::OpenOptions::new().write(true).open(shortened).unwrap().set_len(1000).unwrap();
        stream.send(&Answer::From(0).to_bytes().unwrap()).unwrap();
        while stream.receive().is_ok() {}
    });
    let ended = send(&path, address);
    receiver.join().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.errors.contains("became shorter"), "{}", ended.errors);
}

/// The disk is as full as the shell's limit on file sizes makes it; SIGXFSZ is ignored, so a write fails
/// with an error, as it does on a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_to_the_sender_and_the_receiver_lives_on() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut command = std::process::Command::new("sh");
    let script =
        "trap '' XFSZ; ulimit -f 200; exec \"$0\" recv-files --open --listen 127.0.0.1:0 --dir \"$1\"";
    command.args(["-c", script]).arg(acceptance::program("stage-4")).arg(to.path());
    let (_receiver, address) = Process::spawn(command).unwrap().server().unwrap();
    let big = from.path().join("big.bin");
    fs::write(&big, content(2_000_000)).unwrap();
    let ended = send(big.to_str().unwrap(), address);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.errors.contains("the receiver cannot store more"), "{}", ended.errors);
    let small = from.path().join("small.txt");
    fs::write(&small, b"fits").unwrap();
    assert!(send(small.to_str().unwrap(), address).status.success());
    assert!(names(to.path()).contains(&"small.txt".to_owned()));
}

#[test]
fn a_folder_that_is_not_there_is_told_at_once() {
    let ended = run("stage-4", &["recv-files", "--dir", "no/such/folder"], b"");
    assert!(ended.status.code() == Some(1) && ended.errors.contains("is not a folder"), "{}", ended.errors);
    let ended = run("stage-4", &["recv-files"], b"");
    assert!(ended.status.code() == Some(2) && ended.errors.contains("--dir DIR"), "{}", ended.errors);
}

fn framing_digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).into()
}
