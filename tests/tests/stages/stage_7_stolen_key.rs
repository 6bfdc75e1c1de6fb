//! Key transport, and the key that is stolen after a session was recorded; the man in the middle of stage 7.

use acceptance::{PATIENCE, run, server, start};
use echo::lab::{Direction, Ended, Process, Recording, Tap, What};
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use tempfile::TempDir;

/// Two servers with the same CA: one of the signed handshake, one of key transport.
struct Class {
    folder: TempDir,
    signed: (Process, SocketAddr),
    older: (Process, SocketAddr),
}

impl Class {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().to_str().unwrap();
        let signed = server("stage-7", &["--dir", dir]);
        let older = server("stage-7", &["--dir", dir, "--key-transport"]);
        Self { folder, signed, older }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn talk(&self, address: SocketAddr, more: &[&str]) -> Ended {
        let (ca, address) = (self.file("ca.pem"), address.to_string());
        let args = ["client", "--ca", &ca, "--connect", &address];
        run("stage-7", &[&args, more].concat(), b"my pin is 1234\n/add bob\n")
    }

    /// A session that somebody writes down.
    fn record(&self, address: SocketAddr, more: &[&str]) -> Recording {
        let tap = Tap::start(address).unwrap();
        let ended = self.talk(tap.address(), more);
        assert_eq!(ended.output, "MY PIN IS 1234\nbob is on the list now\n", "{}", ended.errors);
        let chunks = tap.take_closed(PATIENCE, 0).into_iter().filter_map(|event| match event.what {
            What::Bytes(bytes) => Some((event.direction, bytes)),
            What::Closed => None,
        });
        Recording { chunks: chunks.collect() }
    }

    fn open(&self, recording: &Recording, key: &str) -> Ended {
        let file = self.file("session.txt");
        recording.save(&PathBuf::from(&file)).unwrap();
        run("stage-7", &["attack", "stolen-key", "--recording", &file, "--stolen", &self.file(key)], b"")
    }
}

fn assert_failed(ended: &Ended, part: &str) {
    assert_eq!(ended.status.code(), Some(3), "{part}: {} {}", ended.output, ended.errors);
    assert!(ended.output.contains("attack failed: ") && ended.output.contains(part), "{}", ended.output);
}

#[test]
fn a_key_that_is_stolen_later_opens_key_transport_and_nothing_of_the_signed_handshake() {
    let class = Class::new();
    let older = class.record(class.older.1, &["--key-transport"]);
    let bytes: Vec<u8> = older.chunks.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    assert!(!bytes.windows(14).any(|window| window == b"my pin is 1234"), "it is encrypted");

    let ended = class.open(&older, "transport.key");
    assert_eq!(ended.status.code(), Some(0), "{}{}", ended.output, ended.errors);
    for line in [
        "read: client_echo \"my pin is 1234\"",
        "read: server_echo \"MY PIN IS 1234\"",
        "read: add_friend \"bob\"",
        "attack succeeded: 4 messages read",
    ] {
        assert!(ended.output.contains(line), "{line}: {}", ended.output);
    }
    assert_failed(&class.open(&older, "server.key"), "not the one of the certificate");

    let signed = class.record(class.signed.1, &[]);
    for key in ["server.key", "transport.key", "ca.key"] {
        assert_failed(&class.open(&signed, key), "signs, it opens nothing");
    }
}

#[test]
fn a_live_session_is_recorded_first_and_cut_ones_are_told() {
    let class = Class::new();
    let (connect, key) = (class.older.1.to_string(), class.file("transport.key"));
    let recording = class.file("live.txt");
    let args = ["attack", "stolen-key", "--connect", &connect, "--stolen", &key];
    let listen = ["--listen", "127.0.0.1:0", "--recording", &recording];
    let (attack, path) = start("stage-7", args.iter().chain(&listen)).server().unwrap();
    class.talk(path, &["--key-transport"]);
    let ended = attack.wait(PATIENCE).unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}{}", ended.output, ended.errors);
    assert!(ended.output.contains("my pin is 1234"), "{}", ended.output);

    let whole = Recording::load(recording.as_ref()).unwrap();
    for length in 0..whole.chunks.len() {
        let cut = Recording { chunks: whole.chunks[..length].to_vec() };
        let ended = class.open(&cut, "transport.key");
        assert!(matches!(ended.status.code(), Some(0 | 3)), "{length}: {}", ended.errors);
        assert!(length > 3 || ended.status.code() == Some(3), "{length}: {}", ended.output);
    }
    let mut changed = whole.clone();
    for (_, bytes) in &mut changed.chunks {
        if let Some(byte) = bytes.last_mut() {
            *byte ^= 1;
        }
    }
    assert_eq!(class.open(&changed, "transport.key").status.code(), Some(3), "no digest fits any more");
}

#[test]
fn what_is_no_session_of_this_kind_is_told_from_one() {
    let class = Class::new();
    let tls = [
        (Direction::ToServer, vec![22, 3, 1, 0, 1, 1]),
        (Direction::ToClient, TLS_1_3_SERVER_HELLO.as_chunks::<2>().0.iter().map(byte).collect()),
    ];
    for (chunks, part) in [
        (tls.to_vec(), "TLS 1.3 has no key transport"),
        (tls[..1].to_vec(), "this is TLS, but its server_hello cannot be read"),
        (vec![(Direction::ToClient, vec![7; 32])], "the server speaks first"),
        (vec![(Direction::ToServer, b"\0\0\0\x05hello".to_vec())], "does not begin with a hello"),
        (Vec::new(), "does not begin with a hello"),
    ] {
        assert_failed(&class.open(&Recording { chunks }, "transport.key"), part);
    }
    let ended = run("stage-7", &["attack", "stolen-key"], b"");
    assert!(ended.status.code() == Some(2) && ended.errors.contains("--stolen"), "{}", ended.errors);
    let ended = run("stage-7", &["attack", "stolen-key", "--stolen", "no/such/file"], b"");
    assert!(ended.status.code() == Some(1) && ended.errors.contains("no such file"), "{}", ended.errors);
    let ended = class.open(&Recording::default(), "ca.pem");
    assert!(ended.status.code() == Some(1) && ended.errors.contains("private key"), "{}", ended.errors);
}

#[test]
fn neither_handshake_takes_the_other_ones_client_or_certificate() {
    let mut class = Class::new();
    let ended = class.talk(class.signed.1, &["--key-transport"]);
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""));
    assert!(ended.errors.contains("both sides need --key-transport, or neither"), "{}", ended.errors);
    let ended = class.talk(class.older.1, &[]);
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""));
    let log = &mut class.older.0;
    while !log.log_line(PATIENCE).expect("the server says why").contains("both sides need --key-transport") {}

    let (ca, leaf) = (class.file("ca.pem"), class.file("transport.pem"));
    let ended = run("stage-7", &["verify", &leaf, "--ca", &ca, "--name", "localhost"], b"");
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.errors.contains("digitalSignature alone was expected"), "{}", ended.errors);

    // The wrong certificate under the right handshake, both ways.
    for (certificate, key, args, part) in [
        (
            "transport.pem",
            "transport.key",
            &[][..],
            "digitalSignature alone was expected, it has keyEncipherment",
        ),
        (
            "server.pem",
            "server.key",
            &["--key-transport"],
            "keyEncipherment alone was expected, it has digitalSignature",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let to = |name: &str| folder.path().join(name);
        let [pem, pem_key] =
            if args.is_empty() { ["server.pem", "server.key"] } else { ["transport.pem", "transport.key"] };
        fs::copy(class.file("ca.pem"), to("ca.pem")).unwrap();
        fs::copy(class.file(certificate), to(pem)).unwrap();
        fs::copy(class.file(key), to(pem_key)).unwrap();
        // Without the CA's key such a folder is of no use, and with it the leaf is made anew: either way the
        // wrong certificate is never shown.
        let dir = folder.path().to_str().unwrap();
        let ended =
            run("stage-7", &[&["server", "--listen", "127.0.0.1:0", "--dir", dir], args].concat(), b"");
        assert_eq!(ended.status.code(), Some(1), "{part}: {}", ended.output);
    }
}

#[test]
fn options_without_a_place_in_key_transport_are_refused() {
    for args in [
        &["server", "--key-transport", "--access-key-file", "f"][..],
        &["server", "--key-transport", "--client-ca", "f"],
    ] {
        let ended = run("stage-7", args, b"");
        assert!(ended.status.code() == Some(2) && ended.errors.contains("no place for"), "{}", ended.errors);
    }
}

#[test]
fn mallory_is_stopped_by_the_signature_and_then_by_the_unknown_ca() {
    let class = Class::new();
    let connect = class.signed.1.to_string();
    let mallory = || start("stage-7", ["attack", "mallory", "--connect", &connect]).server().unwrap();

    let (attack, path) = mallory();
    let first = class.talk(path, &[]);
    assert_eq!((first.status.code(), first.output.as_str()), (Some(1), ""));
    assert!(first.errors.contains("has not proved that it owns its certificate"), "{}", first.errors);
    let second = class.talk(path, &[]);
    assert_eq!((second.status.code(), second.output.as_str()), (Some(1), ""));
    assert!(second.errors.contains("is not known here"), "{}", second.errors);
    let ended = attack.wait(PATIENCE).unwrap();
    assert_failed(&ended, "certificate_verify");
    assert_failed(&ended, "does not know this CA");

    let (attack, path) = mallory();
    class.talk(path, &[]);
    let ended = attack.wait(PATIENCE).unwrap();
    assert_failed(&ended, "certificate_verify");
    assert!(!ended.output.contains("CA of our own"), "a client that comes once: {}", ended.output);
    assert_eq!(
        class.talk(class.signed.1, &[]).output,
        "MY PIN IS 1234\nbob is on the list now\n",
        "served on"
    );
}

fn byte(digits: &[u8; 2]) -> u8 {
    u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap()
}

/// RFC 8448, section 3, in its record.
const TLS_1_3_SERVER_HELLO: &[u8] = b"160303005a020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155\
772ed3e2692800130100002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304";
