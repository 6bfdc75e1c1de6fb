//! Stage 8: pages over TLS; certificates, servers and requests that must be refused, each with its reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use acceptance::{PATIENCE, connect, deserted, listen, read_to_end, run, server};
use certificates::rsa::load_key;
use certificates::x509::{Ca, Certificate};
use echo::lab::{Dissect, Ended, Process, Tap, What};
use https::tls::KeyLog;
use https::{Identity, Presented, Tls, client_config, http, make_unfit, roots, server_config};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rustls::{ClientConnection, ServerConnection, StreamOwned};
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use tempfile::TempDir;

/// A server with a folder of its own.
struct Site {
    dir: TempDir,
    process: Process,
    address: SocketAddr,
}

impl Site {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (process, address) = serve(dir.path(), &[]);
        Self { dir, process, address }
    }

    fn file(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    fn url(&self, page: &str) -> String {
        url(self.address, page)
    }

    fn get(&self, page: &str, more: &[&str]) -> Ended {
        get(&self.url(page), &self.file("ca.pem"), more)
    }

    /// Waits for a line of the log that contains `part`.
    fn logs(&mut self, part: &str) {
        while !self
            .process
            .log_line(PATIENCE)
            .unwrap_or_else(|| panic!("the log never says {part}"))
            .contains(part)
        {}
    }

    fn ca(&self) -> Ca {
        let pem = fs::read_to_string(self.file("ca.pem")).unwrap();
        let key = load_key(Path::new(&self.file("ca.key")), None).unwrap();
        Ca::new(Certificate::from_pem(&pem).unwrap(), key, SystemTime::now()).unwrap()
    }
}

fn serve(dir: &Path, more: &[&str]) -> (Process, SocketAddr) {
    server("stage-8", &[&["--dir", dir.to_str().unwrap()], more].concat())
}

fn url(address: SocketAddr, page: &str) -> String {
    format!("https://localhost:{}{page}", address.port())
}

fn get(url: &str, ca: &str, more: &[&str]) -> Ended {
    run("stage-8", &[&["get", url, "--ca", ca, "--timeout", "10"], more].concat(), b"")
}

/// The last line of standard error, which says why it failed.
fn why(ended: &Ended) -> &str {
    assert_eq!(ended.status.code(), Some(1), "{}{}", ended.output, ended.errors);
    ended.errors.lines().last().unwrap_or_default()
}

#[test]
fn pages_come_as_they_are_asked_for() {
    let site = Site::new();
    let home = site.get("/", &[]);
    assert!(home.status.success(), "{}", home.errors);
    for part in ["TLS 1.3", "TLS_AES_256_GCM_SHA384", "You have shown no certificate"] {
        assert!(home.output.contains(part), "{part}: {}", home.output);
    }
    let text = "straße 小明 & more";
    let said = site.get(&format!("/echo?text={}", http::encode(text)), &[]);
    assert_eq!(said.output.trim_end(), "STRASSE 小明 & MORE");
    let raw = site.get("/echo?text=straße 小明", &[]);
    assert_eq!(raw.output.trim_end(), "STRASSE 小明", "what a URL cannot hold is encoded: {}", raw.errors);
    for bytes in [0, 1, 65_536, 3_000_000] {
        let out = site.file(&format!("{bytes}.txt"));
        let ended = site.get(&format!("/large?bytes={bytes}"), &["--out", &out]);
        assert!(ended.status.success(), "{}", ended.errors);
        assert_eq!(fs::metadata(&out).unwrap().len(), bytes);
        assert!(!Path::new(&format!("{out}.part")).exists());
    }
}

#[test]
fn every_certificate_that_is_unfit_is_refused_and_named() {
    let site = Site::new();
    let mut random = StdRng::seed_from_u64(8);
    let unfit = make_unfit(site.dir.path(), &site.ca(), &mut random, SystemTime::now()).unwrap();
    let faults: Vec<&str> = unfit.iter().map(|unfit| unfit.fault).collect();
    assert_eq!(
        faults,
        ["wrong host", "expired", "not yet valid", "wrong usage", "unknown CA", "self-signed"]
    );
    for unfit in unfit {
        let (cert, key) = (unfit.cert.to_str().unwrap(), unfit.key.to_str().unwrap());
        let (mut process, address) = server("stage-8", &["--cert", cert, "--key", key]);
        let ended = get(&url(address, "/"), &site.file("ca.pem"), &[]);
        let said = why(&ended);
        assert!(said.starts_with(&format!("stage-8: {}: ", unfit.fault)), "{}: {said}", unfit.fault);
        assert_eq!(ended.errors.lines().count(), 1, "{}", ended.errors);
        assert_eq!(ended.output, "");
        while !process.log_line(PATIENCE).expect("the server notices").contains("ends with the alert") {}
        let part = match unfit.fault {
            "wrong host" => "for bank.example; not for localhost",
            "expired" | "not yet valid" => " UTC, and it is 20",
            "wrong usage" => "for clients (clientAuth); for servers (serverAuth) is expected",
            "unknown CA" => "CN=localhost is signed by CN=another CA",
            _ => "CN=localhost vouches for itself",
        };
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn names_are_looked_for_in_the_certificate_and_nowhere_else() {
    let site = Site::new();
    for host in ["127.0.0.1", "localhost"] {
        let ended = get(&format!("https://{host}:{}/", site.address.port()), &site.file("ca.pem"), &[]);
        assert!(ended.status.success(), "{host}: {}", ended.errors);
    }
    // Without --ca only the system's CAs count, and ours is none of them.
    let ended = run("stage-8", &["get", &site.url("/")], b"");
    assert!(
        why(&ended).contains("unknown CA") || why(&ended).contains("no list of trusted CAs"),
        "{}",
        ended.errors
    );
    // A forged certificate: one bit of its signature.
    let mut pem: Vec<String> =
        fs::read_to_string(site.file("server.pem")).unwrap().lines().map(str::to_owned).collect();
    let line = pem.len() - 3;
    let changed = if pem[line].starts_with('A') { "B" } else { "A" };
    pem[line].replace_range(..1, changed);
    fs::write(site.file("forged.pem"), pem.join("\n")).unwrap();
    let (_process, address) =
        server("stage-8", &["--cert", &site.file("forged.pem"), "--key", &site.file("server.key")]);
    let ended = get(&url(address, "/"), &site.file("ca.pem"), &[]);
    assert!(why(&ended).contains("wrong signature: "), "{}", ended.errors);
}

/// A certificate for a user, in two files.
fn user(site: &Site, name: &str) -> [String; 2] {
    let key = site.file(&format!("{name}.key"));
    let (csr, cert) = (site.file(&format!("{name}.csr")), site.file(&format!("{name}.pem")));
    let made =
        run("stage-7", &["csr", "--cn", name, "--email", "a@b.example", "--key", &key, "--out", &csr], b"");
    assert!(made.status.success(), "{}", made.errors);
    let dir = site.dir.path().to_str().unwrap();
    let signed = run("stage-7", &["ca", "sign", "--dir", dir, "--csr", &csr, "--out", &cert], b"");
    assert!(signed.status.success(), "{}", signed.errors);
    [cert, key]
}

#[test]
fn with_client_ca_only_those_with_a_certificate_are_served() {
    let site = Site::new();
    let other = Site::new();
    let [cert, key] = user(&site, "bob");
    let [wrong_cert, wrong_key] = user(&other, "mallory");
    let (mut process, address) = serve(site.dir.path(), &["--client-ca", &site.file("ca.pem")]);
    let fetch = |more: &[&str]| get(&url(address, "/"), &site.file("ca.pem"), more);

    let ended = fetch(&["--cert", &cert, "--key", &key]);
    assert!(ended.status.success(), "{}", ended.errors);
    assert!(ended.output.contains("You have proved that you are <b>CN=bob</b>"), "{}", ended.output);
    while !process.log_line(PATIENCE).unwrap().contains("certificate of CN=bob") {}

    assert!(why(&fetch(&[])).contains("the server wants a client certificate"), "{}", fetch(&[]).errors);
    while !process.log_line(PATIENCE).unwrap().contains("refused: it shows no certificate") {}
    let ended = fetch(&["--cert", &wrong_cert, "--key", &wrong_key]);
    assert!(why(&ended).contains("the server refuses our certificate"), "{}", ended.errors);
    while !process
        .log_line(PATIENCE)
        .unwrap()
        .contains("refused: its certificate is not accepted: wrong signature")
    {}
    let ended = fetch(&["--cert", &cert, "--key", &wrong_key]);
    assert!(why(&ended).contains("certificate and key cannot be used"), "{}", ended.errors);
    // A server's certificate is no user's.
    let ended = fetch(&["--cert", &site.file("server.pem"), "--key", &site.file("server.key")]);
    assert!(why(&ended).contains("the server refuses our certificate"), "{}", ended.errors);
    while !process.log_line(PATIENCE).unwrap().contains("wrong usage") {}

    let attack = run("stage-8", &["attack", "visitor", "--connect", &address.to_string()], b"");
    assert_eq!(attack.status.code(), Some(3), "{}", attack.output);
    let attack = run("stage-8", &["attack", "visitor", "--connect", &site.address.to_string()], b"");
    assert_eq!(attack.status.code(), Some(0), "{}", attack.output);
}

#[test]
fn what_is_said_is_not_on_the_wire_and_the_key_log_opens_it() {
    let site = Site::new();
    let tap = Tap::start(site.address).unwrap();
    let (text, answer) = ("nobody reads this", "NOBODY READS THIS");
    let keys = site.file("keys");
    let page = url(tap.address(), &format!("/echo?text={}", text.replace(' ', "+")));
    assert_eq!(get(&page, &site.file("ca.pem"), &["--key-log", &keys]).output.trim_end(), answer);
    let events = tap.take_closed(PATIENCE, 0);
    let log = fs::read_to_string(&keys).unwrap();
    let mut tls = Tls::new(KeyLog::parse(&log));
    let (mut wire, mut opened) = (Vec::new(), Vec::new());
    for event in &events {
        if let What::Bytes(bytes) = &event.what {
            wire.extend_from_slice(bytes);
            for labelled in tls.bytes(event.direction, bytes) {
                opened.extend_from_slice(&labelled.bytes);
            }
        }
    }
    let holds = |all: &[u8], part: &str| all.windows(part.len()).any(|window| window == part.as_bytes());
    for part in ["nobody+reads+this", answer, "HTTP/1.1"] {
        assert!(!holds(&wire, part) && holds(&opened, part), "{part}");
    }
    assert!(holds(&wire, "localhost"), "the host's name is in clear");
    assert_eq!(wire.len(), opened.len(), "what is shown is as long as what travelled");
    let kinds: Vec<u8> = tls.seen().iter().map(|seen| seen.kind).collect();
    assert_eq!(kinds[..7], [1, 2, 8, 11, 15, 20, 20]);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&keys).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "whoever has it reads everything");
    }
}

#[test]
fn the_servers_key_log_opens_the_same() {
    let site = Site::new();
    let keys = site.file("server-keys");
    let (_process, address) = serve(site.dir.path(), &["--key-log", &keys]);
    for _ in 0..2 {
        assert!(get(&url(address, "/"), &site.file("ca.pem"), &[]).status.success());
    }
    let log = fs::read_to_string(&keys).unwrap();
    assert_eq!(
        log.lines().filter(|line| line.starts_with("CLIENT_TRAFFIC_SECRET_0 ")).count(),
        2,
        "appended"
    );
}

/// A TLS connection of a test that says what it likes inside.
fn tls(site: &Site) -> StreamOwned<ClientConnection, TcpStream> {
    let roots = roots(Some(Path::new(&site.file("ca.pem")))).unwrap();
    let config = client_config(roots, None, None, &Presented::default()).unwrap();
    let connection = ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    StreamOwned::new(connection, connect(site.address))
}

/// What comes back until the server closes.
fn converse(site: &Site, request: &[u8]) -> String {
    let mut stream = tls(site);
    // A server that refuses a request does not read the rest of it.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server says goodbye in TLS");
    String::from_utf8(answer).unwrap()
}

#[test]
fn bad_requests_are_answered_with_their_status_and_the_server_goes_on() {
    let mut site = Site::new();
    let fields = "X: y\r\n".repeat(101);
    let long = "a".repeat(20_000);
    for (status, request) in [
        ("400 Bad Request", "hello\r\n\r\n".to_owned()),
        ("400 Bad Request", "GET / HTTP/1.1\r\n\r\n".into()),
        (
            "400 Bad Request",
            "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n".into(),
        ),
        (
            "400 Bad Request",
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".into(),
        ),
        (
            "413 Content Too Large",
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n".into(),
        ),
        ("431 Request Header Fields Too Large", format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")),
        ("431 Request Header Fields Too Large", format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}")),
        ("431 Request Header Fields Too Large", format!("GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n")),
        ("505 HTTP Version Not Supported", "GET / HTTP/2.0\r\nHost: x\r\n\r\n".into()),
        ("505 HTTP Version Not Supported", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into()),
    ] {
        let answer = converse(&site, request.as_bytes());
        let shown = &request[..request.len().min(60)];
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{shown:?}: {answer}");
        assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
        site.logs(" refused: ");
    }
    for (status, request) in [
        ("404 Not Found", "GET /nothing HTTP/1.1"),
        ("404 Not Found", "GET /../../etc/passwd HTTP/1.1"),
        ("405 Method Not Allowed", "DELETE / HTTP/1.1"),
        ("405 Method Not Allowed", "POST /large?bytes=1 HTTP/1.1"),
        ("400 Bad Request", "GET /echo?text=%zz HTTP/1.1"),
        ("400 Bad Request", "GET /large?bytes=1073741825 HTTP/1.1"),
        ("400 Bad Request", "GET /large?bytes=-1 HTTP/1.1"),
        ("200 OK", "GET https://localhost/echo?text=a HTTP/1.1"),
        ("200 OK", "GET / HTTP/1.1"),
    ] {
        let answer = converse(&site, format!("{request}\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{request}: {answer}");
    }
    // A line of 10,000 bytes is long, but allowed.
    let line =
        format!("GET /echo?text={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "a".repeat(10_000));
    assert!(converse(&site, line.as_bytes()).ends_with(&"A".repeat(10_000)));
}

#[test]
fn many_requests_at_once_are_answered_in_order_on_one_connection() {
    let site = Site::new();
    let count = 200;
    let mut requests: String =
        (0..count).map(|n| format!("GET /echo?text=number+{n}. HTTP/1.1\r\nHost: x\r\n\r\n")).collect();
    requests
        .push_str("HEAD /large?bytes=1000000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET / never");
    let answer = converse(&site, requests.as_bytes());
    let mut rest = answer.as_str();
    for n in 0..count {
        let wanted = format!("\r\n\r\nNUMBER {n}.");
        rest = rest.split_once(&wanted).unwrap_or_else(|| panic!("no answer to request {n}")).1;
    }
    assert!(rest.contains("Content-Length: 1000000000\r\n"), "{rest}");
    assert!(rest.ends_with("\r\n\r\n"), "HEAD has no body, and nothing is served after a close");
}

#[test]
fn bytes_that_are_no_tls_end_their_connection_and_no_other() {
    let mut site = Site::new();
    // These are left open: a head that never ends, and half a ClientHello.
    let mut slow = tls(&site);
    slow.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    let hello = half_a_client_hello(&site);
    let mut half = connect(site.address);
    half.write_all(&hello[..hello.len() / 2]).unwrap();
    let _silent = connect(site.address);

    let mut long = vec![b'x'; 10_000];
    long.push(b'\n');
    let mut huge = vec![22, 3, 1, 0xff, 0xff];
    huge.extend(vec![0; 70_000]);
    for garbage in [
        &b"garbage\n"[..],
        &long,
        &huge,
        &[0; 100],
        &[22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff],
        b"\x16\x03\x01\0\0",
    ] {
        let mut stream = connect(site.address);
        let _ = stream.write_all(garbage);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = read_to_end(&mut stream);
        assert!(answer.is_empty() || answer[0] == 21, "nothing, or an alert: {answer:?}");
    }
    site.logs("refused: what it sends is not TLS");

    let mut plain = connect(site.address);
    plain.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let answer = String::from_utf8(read_to_end(&mut plain)).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
    site.logs("speaks HTTP without TLS");

    assert!(site.get("/", &[]).status.success());
    drop(half);
    slow.write_all(b"x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "the slow one was only slow: {answer}");
}

fn half_a_client_hello(site: &Site) -> Vec<u8> {
    let mut stream = tls(site);
    let mut hello = Vec::new();
    stream.conn.write_tls(&mut hello).unwrap();
    hello
}

/// A server that says these bytes inside TLS, whatever it is asked, and then says goodbye or does not.
fn liar(site: &Site, answer: &[u8], goodbye: bool) -> SocketAddr {
    let identity =
        Identity::read(Path::new(&site.file("server.pem")), Path::new(&site.file("server.key"))).unwrap();
    let config = server_config(identity, None, None).unwrap();
    let (listener, address) = listen();
    let answer = answer.to_vec();
    std::thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.extend(byte);
        }
        // A client that has heard enough closes, and the rest has nowhere to go.
        let _ = stream.write_all(&answer);
        if goodbye {
            stream.conn.send_close_notify();
        }
        let _ = stream.flush();
        let _ = stream.sock.shutdown(std::net::Shutdown::Write);
        let _ = std::io::copy(&mut stream.sock, &mut std::io::sink());
    });
    address
}

#[test]
fn servers_that_lie_about_the_body_are_told_apart_from_those_that_do_not() {
    let site = Site::new();
    let endless =
        [&b"HTTP/1.1 200 OK\r\n"[..], &b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(5000)].concat();
    let interim = b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20);
    // What is sent, whether it says goodbye, what is printed, and why it failed (nothing: it did not).
    let cases: [(&[u8], bool, &str, &str); 22] = [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true, "hello", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, "hello", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true, "", ""),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", true, "hello", ""),
        (b"HTTP/1.0 200 OK\r\n\r\n", true, "", ""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", true, "", ""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true, "ok", ""),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\n\r\n",
            true,
            "hello",
            "",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
            true,
            "hello",
            "closed in the middle: 5 of 9 bytes",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
            false,
            "hello",
            "closed in the middle: 5 of 9 bytes",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", false, "hello", "without a goodbye (close_notify)"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
            true,
            "hel",
            "the last chunk did not",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhel\r\n",
            true,
            "",
            "in place of its size",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n",
            true,
            "hel",
            "longer than its size",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", true, "", "only chunked is understood"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            true,
            "",
            "contradict",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", true, "", "no length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", true, "", "closed before its answer was complete"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", true, "", "no HTTP/1.1"),
        (b"", true, "", "closed before its answer was complete"),
        (&endless, true, "", "the answer has more than 200 fields"),
        (&interim, true, "", "interim answers"),
    ];
    for (answer, goodbye, printed, part) in cases {
        let ended = get(&url(liar(&site, answer, goodbye), "/"), &site.file("ca.pem"), &[]);
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(90)]);
        assert_eq!(ended.output.trim_end(), printed, "{shown}: {}", ended.errors);
        assert_eq!(ended.status.success(), part.is_empty(), "{shown}: {}", ended.errors);
        assert!(part.is_empty() || why(&ended).contains(part), "{shown}: {}", ended.errors);
    }
}

#[test]
fn other_answers_than_200_are_shown_and_told() {
    let site = Site::new();
    for (answer, printed, part) in [
        (
            "HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nContent-Length: 4\r\n\r\nmoved",
            "move",
            "has moved (302 Found) to \"https://other.example/\"; redirects are not followed",
        ),
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope",
            "nope",
            "the server answers 404 Not Found",
        ),
        ("HTTP/1.1 500 \r\n\r\nsorry", "sorry", "the server answers 500"),
        ("HTTP/1.1 301 \x1b[2J\r\nLocation: \x1b[2J\r\n\r\n", "", "no HTTP/1.1"),
        ("HTTP/1.1 101 Switching\r\n\r\n", "", "changes the protocol"),
    ] {
        let out = site.file("page");
        for more in [&[][..], &["--out", &out]] {
            let ended = get(&url(liar(&site, answer.as_bytes(), true), "/"), &site.file("ca.pem"), more);
            assert_eq!(ended.output.trim_end(), printed, "{}", ended.errors);
            assert!(why(&ended).contains(part), "{}", ended.errors);
            assert!(!Path::new(&out).exists(), "a page that was not asked for is not saved");
        }
    }
}

#[test]
fn what_a_server_says_of_itself_does_not_fill_the_screen() {
    let site = Site::new();
    let long = "x".repeat(50_000);
    for answer in [
        format!("HTTP/1.1 404 {long}\r\nContent-Length: 0\r\n\r\n"),
        format!("HTTP/1.1 302 Found\r\nLocation: https://x/{long}\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let ended = get(&url(liar(&site, answer.as_bytes(), true), "/"), &site.file("ca.pem"), &[]);
        assert!(why(&ended).contains("xxx…") && ended.errors.len() < 1000, "{} bytes", ended.errors.len());
    }
}

#[test]
fn a_file_that_is_there_is_not_touched_and_half_a_page_is_not_left_behind() {
    let site = Site::new();
    let out = site.file("page");
    fs::write(&out, "mine").unwrap();
    let ended = site.get("/", &["--out", &out]);
    assert!(why(&ended).contains("is there already, and is not overwritten"), "{}", ended.errors);
    assert_eq!(fs::read_to_string(&out).unwrap(), "mine");

    let out = site.file("half");
    let address = liar(&site, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", true);
    let ended = get(&url(address, "/"), &site.file("ca.pem"), &["--out", &out]);
    assert!(why(&ended).contains("closed in the middle"), "{}", ended.errors);
    assert!(!Path::new(&out).exists() && !Path::new(&format!("{out}.part")).exists());

    fs::write(format!("{out}.part"), "left over").unwrap();
    let ended = site.get("/", &["--out", &out]);
    assert!(why(&ended).contains("remove it first"), "{}", ended.errors);
    assert_eq!(fs::read_to_string(format!("{out}.part")).unwrap(), "left over");
    let ended = site.get("/", &["--out", &site.file("no/such/folder")]);
    assert!(why(&ended).contains("there is no such file"), "{}", ended.errors);
}

#[test]
fn servers_without_tls_are_recognized() {
    let site = Site::new();
    for (answer, part) in [
        (&b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"[..], "speaks plain HTTP on this port"),
        (b"<!DOCTYPE HTML>\n<html lang=\"en\">\n", "speaks plain HTTP on this port"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "is not TLS"),
        (b"", "closed without a word"),
        (&[22, 3, 3], "closed in the middle of the handshake"),
        (&[21, 3, 3, 0, 2, 2, 40], "alert handshake_failure"),
        (&[21, 3, 1, 0, 2, 2, 70], "the server speaks no version of TLS that is safe"),
        (&[21, 3, 3, 0, 2, 2, 112], "the server knows no host \"localhost\""),
    ] {
        let (listener, address) = listen();
        let answer = answer.to_vec();
        let fake = std::thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            let mut hello = [0; 5];
            stream.read_exact(&mut hello).unwrap();
            stream.write_all(&answer).unwrap();
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        });
        let ended = get(&url(address, "/"), &site.file("ca.pem"), &[]);
        assert!(why(&ended).contains(part), "{part}: {}", ended.errors);
        fake.join().unwrap();
    }
    let (_silent, address) = listen();
    let ended =
        run("stage-8", &["get", &url(address, "/"), "--ca", &site.file("ca.pem"), "--timeout", "1"], b"");
    assert!(why(&ended).contains("stayed silent too long"), "{}", ended.errors);
    let (_kept, free) = deserted();
    assert!(why(&get(&url(free, "/"), &site.file("ca.pem"), &[])).contains("nobody listens there"));
}

#[test]
fn wrong_usage_and_wrong_files_are_told() {
    let site = Site::new();
    let ca = site.file("ca.pem");
    for (args, part) in [
        (&["get"][..], "which page?"),
        (&["get", "http://localhost/"], "in clear"),
        (&["get", "localhost"], "is no URL"),
        (&["get", "https://bob@localhost/"], "user name"),
        (&["get", "https://localhost/", "--cert", &ca], "belong together"),
        (&["server", "--key", &ca], "belong together"),
        (&["server", "--listen", "0.0.0.0:0"], "is not this machine"),
        (&["attack", "visitor", "--connect", "192.0.2.1:443"], "is not this machine"),
    ] {
        let ended = run("stage-8", args, b"");
        assert_eq!(ended.status.code(), Some(2), "{args:?}: {}", ended.errors);
        assert!(ended.errors.contains(part), "{args:?}: {}", ended.errors);
    }
    let (missing, key) = (site.file("missing"), site.file("server.key"));
    for (args, part) in [
        (&["get", "https://localhost/", "--ca", &missing][..], "there is no such file"),
        (&["get", "https://localhost/", "--ca", &key], "holds no certificate"),
        (&["get", "https://localhost/", "--cert", &ca, "--key", &ca], "holds no private key"),
        (&["get", "https://no-such-host.invalid/", "--ca", &ca], "leads nowhere"),
        (&["server", "--listen", "127.0.0.1:0", "--cert", &ca, "--key", &key], "cannot be used"),
        (&["server", "--listen", "127.0.0.1:0", "--dir", &ca], "cannot use the folder"),
    ] {
        let ended = run("stage-8", args, b"");
        assert!(why(&ended).contains(part), "{args:?}: {}", ended.errors);
    }
}

#[test]
fn the_demo_shows_what_was_said_decrypted_and_ends_well() {
    let ended = run("stage-8", &["demo", "--text", "Was ist los, 小明?"], b"");
    assert_eq!((ended.status.code(), ended.errors.as_str()), (Some(0), ""), "{}", ended.output);
    let long = ended.output.lines().find(|line| anatomy::width(line) > 80 && !line.contains("$ "));
    assert_eq!(long, None);
    for part in [
        "\"WAS IST LOS, 小明?\"",
        "application data",
        "EncryptedExtensions",
        "CertificateVerify",
        "tbsCertificate",
        "wrong host: ",
        "expired: ",
        "unknown CA: ",
        "self-signed: ",
        "attack failed: ",
        "attack succeeded: ",
        "CN=bob",
    ] {
        assert!(ended.output.contains(part), "{part}\n{}", ended.output);
    }
}
