//! Stage 8 and programs of others: curl, OpenSSL and Python, in both directions.

use acceptance::{PATIENCE, Site, curl, get, openssl, peer, python, run, start, url};
use echo::lab::{Ended, Process};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

/// A server of the same folder that wants client certificates, and one of them.
fn closed(site: &Site) -> (Process, SocketAddr, [String; 2]) {
    let dir = site.folder().to_str().unwrap();
    let [csr, cert, key] = ["bob.csr", "bob.pem", "bob.key"].map(|name| site.file(name));
    let made =
        run("stage-7", &["csr", "--cn", "bob", "--email", "b@b.example", "--key", &key, "--out", &csr], b"");
    assert!(made.status.success(), "{}", made.errors);
    let signed = run("stage-7", &["ca", "sign", "--dir", dir, "--csr", &csr, "--out", &cert], b"");
    assert!(signed.status.success(), "{}", signed.errors);
    let (process, address) = Site::serve(site.folder(), &["--client-ca", &site.file("ca.pem")]);
    (process, address, [cert, key])
}

fn run_tool(tool: &PathBuf, args: &[&str], input: &[u8]) -> Ended {
    let mut command = Command::new(tool);
    command.args(args);
    let mut process = Process::spawn(command).unwrap();
    process.write(input).unwrap();
    process.wait(PATIENCE).unwrap()
}

#[test]
fn curl_is_served() {
    let Some(curl) = curl() else { return };
    let site = Site::new();
    let ca = site.file("ca.pem");
    let fetch = |args: &[&str]| {
        let ended = run_tool(&curl, &[&["-sS", "--max-time", "15", "--cacert", &ca], args].concat(), b"");
        assert!(ended.status.success(), "{args:?}: {}", ended.errors);
        ended.output
    };
    assert!(fetch(&[&site.url("/")]).contains("TLS 1.3"));
    assert!(fetch(&["--tls-max", "1.2", &site.url("/")]).contains("TLS 1.2"));
    assert_eq!(fetch(&[&site.url("/echo?text=stra%C3%9Fe")]).trim_end(), "STRASSE");
    assert_eq!(fetch(&["--data-binary", "hello", &site.url("/echo")]).trim_end(), "HELLO");
    assert_eq!(fetch(&["-0", "-d", "old", &site.url("/echo")]).trim_end(), "OLD");
    let head = fetch(&["-I", &site.url("/large?bytes=1000000000")]);
    assert!(head.starts_with("HTTP/1.1 200 OK") && head.contains("Content-Length: 1000000000"), "{head}");
    let size =
        fetch(&["-o", &site.file("large"), "-w", "%{size_download}", &site.url("/large?bytes=20000000")]);
    assert_eq!(size.trim_end(), "20000000");
    // A body for which curl asks first (Expect: 100-continue), in chunks.
    std::fs::write(site.file("body"), vec![b'x'; 900_000]).unwrap();
    let body = format!("@{}", site.file("body"));
    let chunked = ["-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue", "--data-binary", &body];
    assert_eq!(fetch(&[&chunked[..], &[&site.url("/echo")]].concat()).trim_end(), "X".repeat(900_000));
    // Two pages on one connection, which the server keeps.
    let connects = fetch(&[
        "-w",
        "%{num_connects}",
        "-o",
        "/dev/null",
        "-o",
        "/dev/null",
        &site.url("/"),
        &site.url("/"),
    ]);
    assert_eq!(connects.trim_end(), "10", "one connection for the first page, none for the second");
    // A client that would like HTTP/2 gets HTTP/1.1 (ALPN).
    assert!(fetch(&["--http2", &site.url("/")]).contains("TLS 1.3"));
    let status = fetch(&["-o", "/dev/null", "-w", "%{http_code}", &site.url("/nothing")]);
    assert_eq!(status.trim_end(), "404");
    // Without our CA, and without TLS.
    let refused = run_tool(&curl, &["-sS", &site.url("/")], b"");
    assert_eq!(refused.status.code(), Some(60), "{}", refused.errors);
    let plain = run_tool(&curl, &["-sS", &format!("http://localhost:{}/", site.address().port())], b"");
    assert!(plain.output.contains("must begin with https://"), "{}", plain.output);
}

#[test]
fn a_client_that_does_not_verify_falls_to_the_man_in_the_middle() {
    let Some(curl) = curl() else { return };
    let site = Site::new();
    let server = format!("127.0.0.1:{}", site.address().port());
    for (verify, status) in [(&["-k"][..], 0), (&["--cacert", &site.file("ca.pem")], 3)] {
        let (attack, path) = start("stage-8", ["attack", "mallory", "--connect", &server]).server().unwrap();
        let url = url(path, "/echo?text=secret");
        let ended = run_tool(&curl, &[&["-sS", "--max-time", "15", &url], verify].concat(), b"");
        assert_eq!(ended.status.success(), status == 0, "{}", ended.errors);
        let ended = attack.wait(PATIENCE).unwrap();
        assert_eq!(ended.status.code(), Some(status), "{}{}", ended.output, ended.errors);
        assert_eq!(ended.output.contains("text=secret"), status == 0, "{}", ended.output);
    }
}

#[test]
fn curl_with_a_certificate_gets_through_a_server_that_wants_one() {
    let Some(curl) = curl() else { return };
    let site = Site::new();
    let (_process, address, [cert, key]) = closed(&site);
    let url = url(address, "/");
    let ca = site.file("ca.pem");
    let ended = run_tool(&curl, &["-sS", "--cacert", &ca, "--cert", &cert, "--key", &key, &url], b"");
    assert!(ended.output.contains("CN=bob"), "{}{}", ended.output, ended.errors);
    for max in ["1.2", "1.3"] {
        let ended = run_tool(&curl, &["-sS", "--tls-max", max, "--cacert", &ca, &url], b"");
        assert_eq!((ended.status.success(), ended.output.as_str()), (false, ""), "{max}");
    }
}

#[test]
fn openssl_s_client_verifies_our_chain_and_name() {
    let Some(openssl) = openssl() else { return };
    let site = Site::new();
    let connect = format!("127.0.0.1:{}", site.address().port());
    let ca = site.file("ca.pem");
    let client = |more: &[&str]| {
        let args = [
            "s_client",
            "-connect",
            &connect,
            "-CAfile",
            &ca,
            "-verify_return_error",
            "-servername",
            "localhost",
        ];
        let request = b"GET /echo?text=hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        // `-ign_eof`: stay until the server has answered, though the input ends.
        run_tool(&openssl, &[&args[..], &["-ign_eof"], more].concat(), request)
    };
    for version in ["-tls1_3", "-tls1_2"] {
        let ended = client(&["-verify_hostname", "localhost", version]);
        assert!(ended.output.contains("Verification: OK"), "{version}: {}{}", ended.output, ended.errors);
        assert!(ended.output.contains("\nHELLO"), "{version}: {}", ended.output);
    }
    let ended = client(&["-verify_hostname", "bank.example"]);
    assert!(!ended.output.contains("HELLO"), "another name is refused: {}", ended.output);
    assert!((ended.output + &ended.errors).to_lowercase().contains("hostname mismatch"));
    for version in ["-tls1_1", "-tls1"] {
        let ended = client(&[version, "-cipher", "DEFAULT@SECLEVEL=0"]);
        assert!(!ended.output.contains("HELLO"), "{version} is too old");
    }
    for suite in ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"] {
        let ended = client(&["-ciphersuites", suite, "-tls1_3"]);
        assert!(ended.output.contains("HELLO") && ended.output.contains(suite), "{suite}");
    }
}

/// `openssl s_server` on a free port.
fn s_server(openssl: &PathBuf, more: &[&str]) -> (Process, SocketAddr) {
    let mut command = Command::new(openssl);
    command.args(["s_server", "-accept", "127.0.0.1:0", "-www", "-naccept", "10"]).args(more);
    let mut process = Process::spawn(command).unwrap();
    loop {
        let line = process.line(PATIENCE).unwrap();
        if let Some(address) = line.strip_prefix("ACCEPT ") {
            return (process, address.trim().parse().unwrap());
        }
    }
}

#[test]
fn our_client_gets_pages_from_openssl() {
    let Some(openssl) = openssl() else { return };
    let site = Site::new();
    let (ca, cert, key) = (site.file("ca.pem"), site.file("server.pem"), site.file("server.key"));
    for (more, part) in [
        (&["-tls1_3"][..], "TLS 1.3"),
        (&["-tls1_2"], "TLS 1.2"),
        (&["-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], "TLS_CHACHA20_POLY1305_SHA256"),
        (&["-groups", "P-384"], "secp384r1"), // it asks us to try again with another group
    ] {
        let (_process, address) = s_server(&openssl, &[&["-cert", &cert, "-key", &key], more].concat());
        let ended = get(&url(address, "/"), &ca, &[]);
        assert!(ended.errors.contains(part), "{more:?}: {}", ended.errors);
        assert!(ended.output.contains("s_server"), "{more:?}: {}{}", ended.output, ended.errors);
    }
    // Versions that rustls does not speak any more.
    let old = ["-cert", &cert, "-key", &key, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"];
    let (_process, address) = s_server(&openssl, &old);
    let ended = get(&url(address, "/"), &ca, &[]);
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{}", ended.errors);
}

#[test]
fn certificates_made_by_openssl_are_judged_the_same_way() {
    let Some(openssl) = openssl() else { return };
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name).display().to_string();
    let (key, cert) = (file("ec.key"), file("ec.pem"));
    // An elliptic curve and a certificate without the CA flag: nothing that our own CA would make.
    let made = run_tool(
        &openssl,
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            &key,
            "-out",
            &cert,
            "-subj",
            "/CN=localhost",
            "-days",
            "2",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ],
        b"",
    );
    assert!(made.status.success(), "{}", made.errors);
    let (_process, address) = s_server(&openssl, &["-cert", &cert, "-key", &key]);
    let site = Site::new();
    let ended = get(&url(address, "/"), &site.file("ca.pem"), &[]);
    assert!(ended.errors.contains("self-signed: the certificate of CN=localhost"), "{}", ended.errors);
    let ended = get(&url(address, "/"), &cert, &[]);
    assert!(ended.output.contains("s_server"), "given with --ca it is trusted: {}", ended.errors);
}

#[test]
fn openssl_wants_a_certificate_from_our_client() {
    let Some(openssl) = openssl() else { return };
    let site = Site::new();
    let (_process, _address, [bob, bob_key]) = closed(&site);
    let (ca, cert, key) = (site.file("ca.pem"), site.file("server.pem"), site.file("server.key"));
    for version in ["-tls1_3", "-tls1_2"] {
        let args =
            ["-cert", &cert, "-key", &key, "-CAfile", &ca, "-Verify", "2", "-verify_return_error", version];
        let (_process, address) = s_server(&openssl, &args);
        let ended = get(&url(address, "/"), &ca, &[]);
        assert_eq!(
            (ended.status.code(), ended.output.as_str()),
            (Some(1), ""),
            "{version}: {}",
            ended.errors
        );
        assert!(ended.errors.contains("client certificate"), "{version}: {}", ended.errors);
        let ended = get(&url(address, "/"), &ca, &["--cert", &bob, "--key", &bob_key]);
        assert!(ended.output.contains("s_server"), "{version}: {}", ended.errors);
    }
}

#[test]
fn a_python_client_is_served() {
    let Some(python) = python() else { return };
    let site = Site::new();
    let ca = site.file("ca.pem");
    let ended =
        peer(&python, "https_peer.py", ["get", &site.url("/echo?text=hello"), &ca]).wait(PATIENCE).unwrap();
    assert_eq!(ended.output, "200 TLSv1.3\nHELLO\n", "{}", ended.errors);
    let (_process, address, [cert, key]) = closed(&site);
    let url = url(address, "/");
    let ended = peer(&python, "https_peer.py", ["get", &url, &ca, &cert, &key]).wait(PATIENCE).unwrap();
    assert!(ended.output.contains("CN=bob"), "{}{}", ended.output, ended.errors);
    let ended = peer(&python, "https_peer.py", ["get", &url, &ca]).wait(PATIENCE).unwrap();
    assert!(!ended.status.success(), "{}", ended.output);
}

#[test]
fn our_client_gets_pages_from_python() {
    let Some(python) = python() else { return };
    let site = Site::new();
    let (ca, cert, key) = (site.file("ca.pem"), site.file("server.pem"), site.file("server.key"));
    let (_process, address) = peer(&python, "https_peer.py", ["server", &cert, &key]).server().unwrap();
    for (page, body) in [
        ("/a?b=c", "hello from Python, you asked for /a?b=c"),
        ("/chunked", "hello from Python"),
        ("/until-close", "hello from Python, you asked for /until-close"),
    ] {
        let ended = get(&url(address, page), &ca, &[]);
        assert_eq!(ended.output.trim_end(), body, "{page}: {}", ended.errors);
        assert!(ended.status.success(), "{page}: {}", ended.errors);
    }
    let ended = get(&url(address, "/missing"), &ca, &[]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.errors.contains("404 Not Found"), "{}", ended.errors);

    let (_closed, _, [bob, bob_key]) = closed(&site);
    let (_process, address) = peer(&python, "https_peer.py", ["server", &cert, &key, &ca]).server().unwrap();
    let ended = get(&url(address, "/"), &ca, &["--cert", &bob, "--key", &bob_key]);
    assert!(ended.status.success(), "{}", ended.errors);
    let ended = get(&url(address, "/"), &ca, &[]);
    assert!(ended.errors.contains("client certificate"), "{}", ended.errors);
}
