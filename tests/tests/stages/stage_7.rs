//! Stage 7: the signed handshake through the built programs; strangers, cuts and wrong certificates.

use acceptance::{PATIENCE, connect, listen, read_to_end, run, server, start};
use certificates::Channel;
use echo::lab::{Dissect, Ended, Process, Tap, What};
use std::fs;
use std::io::Write;
use std::net::{Shutdown, SocketAddr};
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder for one test, and a server whose keys lie in it.
struct Class {
    folder: TempDir,
    server: Process,
    address: SocketAddr,
}

impl Class {
    fn new(args: &[&str]) -> Self {
        Self::within(tempfile::tempdir().unwrap(), args)
    }

    fn within(folder: TempDir, args: &[&str]) -> Self {
        let dir = folder.path().join("server");
        let (server, address) = server("stage-7", &[&["--dir", dir.to_str().unwrap()], args].concat());
        Self { folder, server, address }
    }

    fn file(&self, name: &str) -> String {
        file(&self.folder, name)
    }

    fn talk(&self, args: &[&str], lines: &str) -> Ended {
        self.talk_to(self.address, args, lines)
    }

    fn talk_to(&self, address: SocketAddr, args: &[&str], lines: &str) -> Ended {
        let (address, ca) = (address.to_string(), self.file("server/ca.pem"));
        let fixed = ["client", "--connect", &address, "--ca", &ca];
        run("stage-7", &[&fixed, args].concat(), lines.as_bytes())
    }

    /// Waits until the server says this.
    fn logs(&mut self, part: &str) {
        while !self
            .server
            .log_line(PATIENCE)
            .unwrap_or_else(|| panic!("no {part:?} in the log"))
            .contains(part)
        {}
    }
}

fn file(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

fn done(args: &[&str]) {
    let ended = run("stage-7", args, b"");
    assert_eq!(ended.status.code(), Some(0), "{args:?}: {}", ended.errors);
}

/// A CA with one user, `alice`.
fn class_with_alice() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let [dir, key, csr, pem, password] =
        ["ca", "alice.key", "alice.csr", "alice.pem", "password"].map(|name| file(&folder, name));
    fs::write(&password, "a password\n").unwrap();
    done(&["ca", "init", "--dir", &dir]);
    let email = "alice@example.org";
    done(&[
        "csr",
        "--cn",
        "alice",
        "--email",
        email,
        "--key",
        &key,
        "--out",
        &csr,
        "--key-password-file",
        &password,
    ]);
    done(&["ca", "sign", "--dir", &dir, "--csr", &csr, "--out", &pem]);
    folder
}

#[test]
fn a_client_that_trusts_the_ca_is_answered_and_both_say_goodbye() {
    let mut class = Class::new(&[]);
    let lines = "hello\n\nstraße 小明\n/add bob\n/add bob\n/delete bob\n/delete bob\n";
    let ended = class.talk(&[], lines);
    let answers = [
        "HELLO",
        "",
        "STRASSE 小明",
        "bob is on the list now",
        "bob is on the list already",
        "bob is off the list now",
        "bob is not on the list",
    ];
    assert_eq!(ended.output.lines().collect::<Vec<_>>(), answers, "{}", ended.errors);
    assert_eq!(ended.status.code(), Some(0));
    assert!(ended.errors.contains("this is localhost, says \"uchat course CA\""), "{}", ended.errors);
    class.logs("connected");
    class.logs("is let in without an access key");
    class.logs(" left");
    let long = "x".repeat(1 << 20).to_lowercase();
    let cut = &long[..(1 << 20) - 6];
    assert_eq!(class.talk(&[], &format!("{cut}\n")).output.trim_end(), cut.to_uppercase());
}

#[test]
fn the_folder_is_filled_once_and_the_same_ca_goes_on() {
    let first = Class::new(&[]);
    let pem = fs::read(first.file("server/ca.pem")).unwrap();
    #[cfg(unix)]
    for key in ["server/ca.key", "server/server.key"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(first.file(key)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let Class { folder, server, .. } = first;
    drop(server);
    let second = Class::within(folder, &[]);
    assert_eq!(fs::read(second.file("server/ca.pem")).unwrap(), pem);
    assert_eq!(second.talk(&[], "again\n").output, "AGAIN\n");
    for name in ["127.0.0.1", "::1"] {
        assert_eq!(second.talk(&["--name", name], "hi\n").output, "HI\n");
    }
}

#[test]
fn the_access_key_lets_members_in_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let [key, wrong] = ["key", "wrong"].map(|name| file(&folder, name));
    fs::write(&key, "what all members know\n").unwrap();
    fs::write(&wrong, "something else\n").unwrap();
    let mut class = Class::within(folder, &["--access-key-file", &key]);
    assert_eq!(class.talk(&["--access-key-file", &key], "hello\n").output, "HELLO\n");
    class.logs("knows the access key");

    let without = class.talk(&[], "hello\n");
    assert_eq!((without.status.code(), without.output.as_str()), (Some(1), ""));
    assert!(without.errors.contains("the server wants an access key"), "{}", without.errors);
    let wrong = class.talk(&["--access-key-file", &wrong], "hello\n");
    assert_eq!((wrong.status.code(), wrong.output.as_str()), (Some(1), ""));
    assert!(wrong.errors.contains("does not say why"), "the client learns nothing: {}", wrong.errors);
    class.logs("refused: the access key is wrong");
}

#[test]
fn a_certificate_lets_its_owner_in_until_the_ca_takes_it_back() {
    let folder = class_with_alice();
    let [ca, crl, key, pem, password] =
        ["ca/ca.pem", "ca/revoked.crl", "alice.key", "alice.pem", "password"].map(|name| file(&folder, name));
    // The server's own certificate is of another CA: one says who the server is, one who its clients are.
    let mut class = Class::within(folder, &["--client-ca", &ca]);
    let both = class.file("both.pem");
    fs::write(&both, fs::read_to_string(&pem).unwrap() + &fs::read_to_string(&ca).unwrap()).unwrap();
    let alice = ["--cert", &both, "--key", &key, "--key-password-file", &password];
    assert_eq!(class.talk(&alice, "hello\n").output, "HELLO\n");
    class.logs("is \"alice\" and is let in");

    assert_eq!(class.talk(&[], "hello\n").status.code(), Some(1));
    class.logs("refused: a client's certificate is wanted");
    let alone = ["--cert", &pem, "--key", &key, "--key-password-file", &password]; // completed by the wrong CA
    assert_eq!(class.talk(&alone, "hello\n").status.code(), Some(1));
    class.logs("refused: ");
    let server = ["--cert", &class.file("server/server.pem"), "--key", &class.file("server/server.key")];
    assert_eq!(class.talk(&server, "hello\n").status.code(), Some(1));
    class.logs("refused: ");

    done(&["ca", "revoke", "--dir", &class.file("ca"), "--cert", &pem]);
    let Class { folder, server, .. } = class;
    drop(server);
    let mut class = Class::within(folder, &["--client-ca", &ca, "--client-crl", &crl]);
    assert_eq!(class.talk(&alice, "hello\n").status.code(), Some(1));
    class.logs("revoked");
}

#[test]
fn another_ca_another_name_and_a_revoked_server_are_refused_before_a_word_is_said() {
    let mut class = Class::new(&[]);
    let other = class.file("other");
    done(&["ca", "init", "--dir", &other]);
    let address = class.address.to_string();
    let ended =
        run("stage-7", &["client", "--connect", &address, "--ca", &format!("{other}/ca.pem")], b"a secret\n");
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""));
    assert!(ended.errors.contains("is not known here: its fingerprint is"), "{}", ended.errors);
    class.logs("refused: the other side has ended the connection");

    let ended = class.talk(&["--name", "chat.example.org"], "a secret\n");
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.errors.contains("chat.example.org was called"), "{}", ended.errors);

    let (dir, pem) = (class.file("server"), class.file("server/server.pem"));
    done(&["ca", "revoke", "--dir", &dir, "--cert", &pem]);
    let ended = class.talk(&["--crl", &class.file("server/revoked.crl")], "a secret\n");
    assert!(ended.status.code() == Some(1) && ended.errors.contains("revoked"), "{}", ended.errors);
}

#[test]
fn the_wire_shows_two_hellos_and_lengths_and_a_key_log_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let [ours, theirs] = ["client.log", "server.log"].map(|name| file(&folder, name));
    let class = Class::within(folder, &["--key-log", &theirs]);
    let tap = Tap::start(class.address).unwrap();
    let ended = class.talk_to(tap.address(), &["--key-log", &ours], "my pin is 1234\n");
    assert_eq!(ended.output, "MY PIN IS 1234\n", "{}", ended.errors);
    let events = tap.take_closed(PATIENCE, 0);
    let key_log = fs::read_to_string(&ours).unwrap();
    assert_eq!(key_log, fs::read_to_string(&theirs).unwrap(), "both sides have the same secrets");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&ours).unwrap().permissions()) & 0o77,
        0
    );

    let [closed, opened] = [Channel::default(), Channel::with_key_log(&key_log)].map(|mut channel| {
        let bytes = events.iter().filter_map(|event| match &event.what {
            What::Bytes(bytes) => Some((event.direction, bytes)),
            What::Closed => None,
        });
        let messages = bytes.flat_map(|(direction, bytes)| channel.bytes(direction, bytes));
        messages.flat_map(|message| message.bytes).collect::<Vec<u8>>()
    });
    let shows = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(shows(&closed, "localhost"), "whom the client calls is no secret yet");
    for text in ["my pin is 1234", "MY PIN IS 1234", "uchat course CA"] {
        assert!(!shows(&closed, text) && shows(&opened, text), "{text}");
    }
}

#[test]
fn strangers_get_one_alert_and_the_others_are_served_on() {
    let mut class = Class::new(&[]);
    let alert = b"\0\0\0\x01\xf1";
    for (bytes, part) in [
        (&b"\0\0\0\x05hello"[..], "refused: something came that is no message of the handshake"),
        (b"GET / HTTP/1.1\r\n\r\n", "refused: a frame of 1195725856 bytes is announced"),
        (b"\xff\xff\xff\xff", "refused: a frame of 4294967295 bytes is announced"),
        (b"\0\0\0\0", "refused: something came"),
        (b"\0\0\0\x04\x14\0\0\0", "refused: the message finished came, client_hello was expected"),
        (
            b"\0\0\0\x06\x01\0\0\x02\0\x01",
            "refused: a message is malformed: `random` at byte 6 takes 32 bytes",
        ),
    ] {
        let mut stream = connect(class.address);
        stream.write_all(bytes).unwrap();
        assert_eq!(read_to_end(&mut stream), alert, "{part}");
        class.logs(part);
    }
    // A version that nobody knows yet is told ours.
    let mut stream = connect(class.address);
    stream.write_all(b"\0\0\0\x0c\x01\0\0\x08\0\x02future").unwrap();
    assert_eq!(read_to_end(&mut stream), b"\0\0\0\x06\x02\0\0\x02\0\x01\0\0\0\x01\xf1");
    class.logs("refused: the other side speaks version 2, this program 1: this program is too old");

    let stream = connect(class.address);
    stream.shutdown(Shutdown::Both).unwrap();
    class.logs("gone: cut off");
    assert_eq!(class.talk(&[], "still here\n").output, "STILL HERE\n");
}

#[test]
fn a_client_of_an_older_server_reads_which_side_is_too_old() {
    let (listener, address) = listen();
    let fake = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"\0\0\0\x06\x02\0\0\x02\0\x00").unwrap();
        read_to_end(&mut stream)
    });
    let ended = Class::new(&[]).talk_to(address, &[], "hello\n");
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        ended.errors.contains("the other side speaks version 0, this program 1: the other side is too old")
    );
    let said = fake.join().unwrap();
    assert_eq!(said[said.len() - 5..], *b"\0\0\0\x01\xf1");
}

#[test]
fn a_silent_server_is_given_up_and_one_of_another_stage_is_named() {
    let class = Class::new(&[]);
    let (_listener, silent) = listen();
    let ended = class.talk_to(silent, &["--timeout", "1"], "hello\n");
    assert!(ended.status.code() == Some(1) && ended.errors.contains("silent too long"), "{}", ended.errors);

    let (_other, address) = server("stage-6", &["--key", "k"]);
    let ended = class.talk_to(address, &[], "hello\n");
    assert!(ended.status.code() == Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("is the other side in the same byte order and at the same stage?"));
}

/// Wherever the client's bytes are cut off, the server does not take it for the end.
#[test]
fn a_cut_connection_is_reported_as_cut_off() {
    let mut class = Class::new(&[]);
    // client_hello has 310 bytes, finished 101, each message and the goodbye 69.
    for limit in [0, 100, 310, 400, 411, 450, 480, 549, 617] {
        let tap = Tap::cutting(class.address, limit).unwrap();
        let ended = class.talk_to(tap.address(), &[], "hello\nhello\n");
        assert_eq!(ended.status.code(), Some(1), "cut after {limit} bytes: {}", ended.errors);
        class.logs("gone: cut off");
    }
    assert_eq!(class.talk(&[], "hello\n").output, "HELLO\n");
}

#[test]
fn eight_handshakes_of_one_address_may_be_in_progress_and_places_come_back() {
    let mut class = Class::new(&[]);
    let silent: Vec<_> = (0..8).map(|_| connect(class.address)).collect();
    (0..8).for_each(|_| class.logs("connected"));
    let mut ninth = connect(class.address);
    assert_eq!(read_to_end(&mut ninth), b"", "closed without a word");
    class.logs("turned away: 8 handshakes from this address are in progress already");
    drop(silent);
    (0..8).for_each(|_| class.logs("gone: cut off"));
    // Those who are done with it do not count.
    let (address, ca) = (class.address.to_string(), class.file("server/ca.pem"));
    let mut open = Vec::new();
    for _ in 0..10 {
        let mut client = start("stage-7", ["client", "--connect", &address, "--ca", &ca]);
        assert_eq!(client.ask("hello").unwrap(), "HELLO");
        open.push(client);
    }
}

#[test]
fn wrong_usage_is_told_before_anything_is_done() {
    let folder = class_with_alice();
    let [ca, pem, key] = ["ca/ca.pem", "alice.pem", "alice.key"].map(|name| file(&folder, name));
    let nowhere: PathBuf = folder.path().join("nowhere");
    for (args, part, status) in [
        (&["client"][..], "--ca is missing", 2),
        (&["client", "--ca", nowhere.to_str().unwrap()], "there is no such file", 1),
        (&["client", "--ca", &key], "cannot be used", 1),
        (&["client", "--ca", &ca, "--name", "a b"], "--name:", 2),
        (&["client", "--ca", &ca, "--cert", &pem], "--cert and --key belong together", 2),
        (
            &["client", "--ca", &ca, "--cert", &pem, "--key", &key],
            "is encrypted, and no password was given",
            1,
        ),
        (
            &[
                "client",
                "--ca",
                &ca,
                "--cert",
                &ca,
                "--key",
                &file(&folder, "ca/ca.key"),
                "--connect",
                "127.0.0.1:1",
            ],
            "cannot connect",
            1,
        ),
        (
            &["server", "--client-crl", &pem, "--dir", &file(&folder, "s")],
            "--client-crl belongs to --client-ca",
            2,
        ),
    ] {
        let ended = run("stage-7", args, b"");
        assert!(ended.errors.contains(part), "{args:?}: {}", ended.errors);
        assert_eq!(ended.status.code(), Some(status), "{args:?}");
    }
}
