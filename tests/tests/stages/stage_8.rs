//! Stage 8: pages over TLS, certificates that must be refused, and what the path sees.

use acceptance::{PATIENCE, Site, get, run, server, url, why};
use certificates::rsa::load_key;
use certificates::x509::{Ca, Certificate};
use echo::lab::{Dissect, Tap, What};
use https::tls::KeyLog;
use https::{Tls, http, make_unfit};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

fn ca_of(site: &Site) -> Ca {
    let pem = fs::read_to_string(site.file("ca.pem")).unwrap();
    let key = load_key(Path::new(&site.file("ca.key")), None).unwrap();
    Ca::new(Certificate::from_pem(&pem).unwrap(), key, SystemTime::now()).unwrap()
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
    let unfit = make_unfit(site.folder(), &ca_of(&site), &mut random, SystemTime::now()).unwrap();
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
        let ended = get(&format!("https://{host}:{}/", site.address().port()), &site.file("ca.pem"), &[]);
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
    let dir = site.folder().to_str().unwrap();
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
    let (mut process, address) = Site::serve(site.folder(), &["--client-ca", &site.file("ca.pem")]);
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
    let attack = run("stage-8", &["attack", "visitor", "--connect", &site.address().to_string()], b"");
    assert_eq!(attack.status.code(), Some(0), "{}", attack.output);
}

#[test]
fn what_is_said_is_not_on_the_wire_and_the_key_log_opens_it() {
    let site = Site::new();
    let tap = Tap::start(site.address()).unwrap();
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
    let (_process, address) = Site::serve(site.folder(), &["--key-log", &keys]);
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
