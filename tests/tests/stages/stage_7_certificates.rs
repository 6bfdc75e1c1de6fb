//! Stage 7's certificates from the command line: a CA for a class, requests, revocation, checks.

use acceptance::{repository, run};
use echo::lab::Ended;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with a CA in `class/` and a user's key in `a.key`, made from test keys.
struct Class(TempDir);

impl Class {
    fn new() -> Self {
        let class = Self::empty();
        fs::create_dir(class.path("class")).unwrap();
        fs::copy(test_key("openssl-2048.pem"), class.path("class/ca.key")).unwrap();
        class.run("ca init --dir class").succeeds();
        class
    }

    fn empty() -> Self {
        let class = Self(tempfile::tempdir().unwrap());
        fs::copy(test_key("openssl-3072.pem"), class.path("a.key")).unwrap();
        class
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs stage 7; words that name a file are taken as files in the folder.
    fn run(&self, line: &str) -> Ran {
        let args: Vec<String> = line.split(' ').map(|word| self.word(word)).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        Ran(line.to_owned(), run("stage-7", &args, b""))
    }

    fn word(&self, word: &str) -> String {
        let file =
            word == "class" || [".key", ".csr", ".pem", ".crl", ".txt"].iter().any(|end| word.ends_with(end));
        if file { self.path(word).to_str().unwrap().to_owned() } else { word.to_owned() }
    }

    /// A certificate for the user alice, in `a.pem`.
    fn alice(&self) {
        self.run("csr --cn alice --email alice@example.org --key a.key --out a.csr").succeeds();
        self.run("ca sign --dir class --csr a.csr --out a.pem").succeeds();
    }
}

/// What one run of the program came to.
struct Ran(String, Ended);

impl Ran {
    fn succeeds(self) -> String {
        assert_eq!(self.1.status.code(), Some(0), "{}: {}", self.0, self.1.errors);
        self.1.output
    }

    /// Fails with this status and one sentence with this part.
    fn fails(self, status: i32, part: &str) {
        let (line, ended) = (&self.0, &self.1);
        assert_eq!(ended.status.code(), Some(status), "{line}: {}{}", ended.output, ended.errors);
        let last = ended.errors.lines().last().unwrap_or_default();
        assert!(last.contains(part), "{line}: {}", ended.errors);
    }
}

fn test_key(name: &str) -> PathBuf {
    repository().join("stages/stage-7/tests/keys").join(name)
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_class_gets_its_certificates_and_each_passes_its_checks() {
    let class = Class::new();
    class.alice();
    class.run("csr --cn localhost --key a.key --out s.csr").succeeds();
    let signed =
        class.run("ca sign --dir class --csr s.csr --out s.pem --server --name localhost,127.0.0.1,::1");
    assert!(signed.succeeds().contains("server certificate for \"localhost\""));

    let checks = class.run("verify s.pem --ca class/ca.pem --name localhost").succeeds();
    for part in
        ["ok: the chain ends in the pinned CA", "has signed \"localhost\"", "for the server localhost"]
    {
        assert!(checks.contains(part), "{checks}");
    }
    for name in ["127.0.0.1", "::1", "LOCALHOST"] {
        class.run(&format!("verify s.pem --ca class/ca.pem --name {name} --purpose server")).succeeds();
    }
    let checks = class.run("verify a.pem --ca class/ca.pem").succeeds();
    assert!(checks.contains("ok: it is for a client") && checks.contains("not checked: "), "{checks}");

    class.run("verify s.pem --ca class/ca.pem --name example.org").fails(1, "but example.org was called");
    class.run("verify a.pem --ca class/ca.pem --name localhost").fails(1, "serverAuth was expected");
    class.run("verify s.pem --ca class/ca.pem --purpose client").fails(1, "clientAuth was expected");
    let shown = class.run("ca show --dir class").succeeds();
    assert!(shown.contains("issued    2 certificates"), "{shown}");
    let rows: Vec<&str> = shown.lines().filter(|line| line.contains(" until 20")).collect();
    assert!(rows.iter().any(|row| row.contains(" user ") && row.ends_with(" alice")), "{shown}");
    assert!(rows.iter().any(|row| row.contains(" server ") && row.ends_with(" localhost")), "{shown}");
}

#[test]
fn without_name_a_server_gets_the_requests_common_name() {
    let class = Class::new();
    class.run("csr --cn localhost --key a.key --out s.csr").succeeds();
    class.run("ca sign --dir class --csr s.csr --out s.pem --server --days 10").succeeds();
    class.run("verify s.pem --ca class/ca.pem --name localhost").succeeds();
    class.run("csr --cn no_host --key a.key --out n.csr").succeeds();
    class
        .run("ca sign --dir class --csr n.csr --out n.pem --server")
        .fails(1, "give the server's names with --name");
    class.run("ca sign --dir class --csr n.csr --out n.pem --server --name a..b").fails(2, "--name: ");
}

#[test]
fn keys_are_made_where_there_are_none_for_their_owner_alone() {
    let class = Class::empty();
    let ended = class.run("ca init --dir class --cn 小明");
    assert_eq!(ended.1.errors.lines().count(), 1, "{}", ended.1.errors);
    assert!(ended.1.errors.starts_with("warning: the key in "), "{}", ended.1.errors);
    assert!(ended.succeeds().contains("made the CA \"小明\""));
    class.run("csr --cn bob --key new.key --out b.csr").succeeds();
    class.run("ca sign --dir class --csr b.csr --out b.pem").succeeds();
    class.run("verify b.pem --ca class/ca.pem").succeeds();
    #[cfg(unix)]
    for (name, expected) in [("class/ca.key", 0o600), ("new.key", 0o600)] {
        assert_eq!(mode(&class.path(name)), expected, "{name}");
    }
}

#[test]
fn a_password_from_a_file_encrypts_the_key_and_opens_it_again() {
    let class = Class::empty();
    fs::write(class.path("pw.txt"), "correct horse\n").unwrap();
    fs::write(class.path("wrong.txt"), "battery staple\n").unwrap();
    fs::write(class.path("empty.txt"), "\n").unwrap();
    let ended = class.run("ca init --dir class --key-password-file pw.txt");
    assert_eq!(ended.1.errors, "", "no warning");
    ended.succeeds();
    assert!(class.read("class/ca.key").starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    class.run("csr --cn alice --key a.key --out a.csr").succeeds();
    let sign = "ca sign --dir class --csr a.csr --out a.pem";
    class.run(sign).fails(1, "no password was given for it: use --key-password-file F");
    class.run(&format!("{sign} --key-password-file wrong.txt")).fails(1, "the password is wrong");
    class.run(&format!("{sign} --key-password-file empty.txt")).fails(1, "is empty");
    assert!(!class.path("a.pem").exists());
    class.run(&format!("{sign} --key-password-file pw.txt")).succeeds();
    class.run("verify a.pem --ca class/ca.pem").succeeds();
}

#[test]
fn a_server_in_a_folder_with_an_encrypted_key_says_what_it_needs() {
    let class = Class::empty();
    fs::write(class.path("pw.txt"), "correct horse\n").unwrap();
    class.run("ca init --dir class --key-password-file pw.txt").succeeds();
    for way in ["", " --key-transport"] {
        let server = class.run(&format!("server --listen 127.0.0.1:0 --dir class{way}"));
        server.fails(1, "ca.key is encrypted, and no password was given for it: use --key-password-file F");
    }
}

#[test]
fn a_client_whose_key_is_not_there_is_not_told_of_a_new_one() {
    let class = Class::new();
    class.alice();
    let ended = class.run("client --ca class/ca.pem --cert a.pem --key missing.key");
    assert_eq!(ended.1.errors.lines().count(), 1, "{}", ended.1.errors);
    ended.fails(1, "missing.key: there is no such file");
}

#[test]
fn a_revoked_certificate_is_refused_wherever_the_list_is_given() {
    let class = Class::new();
    class.alice();
    class.run("csr --cn bob --key a.key --out b.csr").succeeds();
    class.run("ca sign --dir class --csr b.csr --out b.pem").succeeds();
    class.run("ca revoke --dir class --cert a.pem").succeeds();
    class
        .run("verify a.pem --ca class/ca.pem --crl class/revoked.crl")
        .fails(1, "has revoked the certificate of \"alice\"");
    let checks = class.run("verify b.pem --ca class/ca.pem --crl class/revoked.crl").succeeds();
    assert!(checks.contains("ok: the CA's revocation list is current") && !checks.contains("not checked"));
    class.run("verify a.pem --ca class/ca.pem").succeeds(); // without the list nobody can know
    class.run("ca revoke --dir class --cert a.pem").fails(1, "is revoked already");

    class.run("ca revoke --dir class --cert b.pem").succeeds();
    class.run("ca revoke --dir class").succeeds();
    for name in ["a.pem", "b.pem"] {
        class
            .run(&format!("verify {name} --ca class/ca.pem --crl class/revoked.crl"))
            .fails(1, "has revoked");
    }
    let shown = class.run("ca show --dir class").succeeds();
    assert_eq!(shown.matches(" revoked 20").count(), 2, "{shown}");
    class.run("ca revoke --dir class --cert class/ca.pem").fails(1, "cannot take itself back");
    let other = Class::empty();
    fs::create_dir(other.path("class")).unwrap();
    fs::copy(test_key("openssl-3072.pem"), other.path("class/ca.key")).unwrap();
    other.run("ca init --dir class").succeeds();
    other.alice();
    fs::copy(other.path("a.pem"), class.path("x.pem")).unwrap();
    class
        .run("ca revoke --dir class --cert x.pem")
        .fails(1, "this CA cannot revoke the certificate of \"alice\"");
}

#[test]
fn a_request_gets_the_profile_whatever_it_asks_for_and_only_with_its_proof() {
    let class = Class::new();
    class.run("csr --cn alice --email a@b.example --key a.key --out a.csr").succeeds();
    let signed =
        class.run("ca sign --dir class --csr a.csr --out s.pem --server --name localhost").succeeds();
    for part in ["not given subject CN=alice", "not given subjectAltName: a@b.example"] {
        assert!(signed.contains(part), "{signed}");
    }
    class.run("verify s.pem --ca class/ca.pem --name localhost").succeeds();

    // One letter of the name is changed after it was signed: Base64 of `alice` and of `alicf` differ there.
    let der = from_base64(&class.read("a.csr"));
    let at = der.windows(5).position(|window| window == b"alice").unwrap();
    let mut forged = der.clone();
    forged[at + 4] = b'f';
    fs::write(class.path("f.csr"), to_pem("CERTIFICATE REQUEST", &forged)).unwrap();
    class
        .run("ca sign --dir class --csr f.csr --out f.pem")
        .fails(1, "the request of \"alicf\" does not verify");
    assert!(!class.path("f.pem").exists());
    fs::write(class.path("short.csr"), to_pem("CERTIFICATE REQUEST", &der[..100])).unwrap();
    class.run("ca sign --dir class --csr short.csr --out f.pem").fails(1, "this is no certificate request");
}

#[test]
fn a_changed_certificate_is_refused_and_its_bytes_can_be_seen() {
    let class = Class::new();
    class.alice();
    let mut der = from_base64(&class.read("a.pem"));
    let at = der.windows(5).position(|window| window == b"alice").unwrap();
    der[at] = b'A';
    fs::write(class.path("x.pem"), to_pem("CERTIFICATE", &der)).unwrap();
    class.run("verify x.pem --ca class/ca.pem").fails(1, "\"Alice\" does not verify under the key of");
    let dump = class.run("verify x.pem --ca class/ca.pem --labels").1.output;
    for part in ["tbsCertificate", "\"Alice\"", "clientAuth", "signatureValue"] {
        assert!(dump.contains(part), "{dump}");
    }
    der.truncate(300);
    fs::write(class.path("y.pem"), to_pem("CERTIFICATE", &der)).unwrap();
    let ran = class.run("verify y.pem --ca class/ca.pem --labels");
    assert!(ran.1.output.contains("not decoded"), "{}", ran.1.output);
    ran.fails(1, "this is no certificate");
}

#[test]
fn another_ca_of_the_same_name_is_not_the_pinned_one() {
    let (class, other) = (Class::new(), Class::empty());
    class.alice();
    fs::create_dir(other.path("class")).unwrap();
    fs::copy(test_key("openssl-3072.pem"), other.path("class/ca.key")).unwrap();
    other.run("ca init --dir class").succeeds();
    fs::copy(other.path("class/ca.pem"), class.path("other.pem")).unwrap();
    class.run("verify a.pem --ca other.pem").fails(1, "does not verify under the key of \"uchat course CA\"");
    fs::write(class.path("chain.pem"), class.read("a.pem") + &class.read("class/ca.pem")).unwrap();
    class.run("verify chain.pem --ca class/ca.pem").succeeds();
}

#[test]
fn no_file_is_overwritten_and_errors_name_theirs() {
    let class = Class::new();
    class.alice();
    let before =
        ["class/ca.pem", "class/ca.key", "a.csr", "a.pem", "a.key"].map(|name| (name, class.read(name)));
    class.run("ca init --dir class").fails(1, "ca.pem is there already");
    class.run("csr --cn bob --key a.key --out a.csr").fails(1, "a.csr is there already");
    class.run("ca sign --dir class --csr a.csr --out a.pem").fails(1, "a.pem is there already");
    class.run("ca sign --dir class --csr a.csr --out a.key").fails(1, "a.key is there already");
    for (name, content) in before {
        assert_eq!(class.read(name), content, "{name}");
    }
    class.run("ca sign --dir class --csr no.csr --out x.pem").fails(1, "no.csr: there is no such file");
    class
        .run("ca sign --dir class --csr a.pem --out x.pem")
        .fails(1, "no usable PEM block `CERTIFICATE REQUEST`");
    class.run("ca show --dir nowhere").fails(1, "there is no such file");
    class.run("ca sign --dir nowhere --csr a.csr --out x.pem").fails(1, "there is no such file");
    assert!(!Path::new("nowhere").exists());
    fs::rename(class.path("class/ca.key"), class.path("elsewhere.key")).unwrap();
    class.run("ca sign --dir class --csr a.csr --out x.pem").fails(1, "ca.key: there is no such file");
    class.run("verify no.pem --ca class/ca.pem").fails(1, "no.pem: there is no such file");
    class.run("verify a.key --ca class/ca.pem").fails(1, "a.key cannot be used");
    class.run("verify a.pem --ca a.csr").fails(1, "a.csr cannot be used");
    class.run("csr --cn bob --key a.pem --out b.csr").fails(1, "a private key was expected");
}

#[test]
fn wrong_usage_says_what_is_right() {
    let class = Class::new();
    class.alice();
    for (line, part) in [
        ("ca", "there is no verb"),
        ("ca init", "--dir is missing"),
        ("ca init --dir new.pem --cn a\u{7}b", "is no common name"),
        ("ca sign --dir class", "--csr is missing"),
        ("ca sign --dir class --csr a.csr --out b.pem --name localhost", "add --server"),
        ("ca sign --dir class --csr a.csr --out b.pem --days 0", "--days takes 1 to 3650"),
        ("ca sign --dir class --csr a.csr --out b.pem --days soon", "whole number"),
        ("csr --key a.key --out b.csr", "whose name?"),
        ("csr --cn bob --email bob --key a.key --out b.csr", "is no e-mail address"),
        ("csr --cn a\u{7}b --key a.key --out b.csr", "is no common name"),
        ("verify", "which certificate?"),
        ("verify a.pem", "--ca is missing"),
        ("verify a.pem --ca class/ca.pem --purpose both", "takes server or client"),
        ("verify a.pem --ca class/ca.pem --purpose client --name localhost", "--name is for servers"),
        ("verify a.pem --ca class/ca.pem --name a..b", "is no server name"),
    ] {
        class.run(line).fails(2, part);
    }
    assert!(!class.path("new.pem").exists(), "no key is made before the name is known to be good");
    assert!(!class.path("b.csr").exists() && !class.path("b.pem").exists());
}

/// The DER in a PEM file.
fn from_base64(pem: &str) -> Vec<u8> {
    let digits = pem.lines().filter(|line| !line.starts_with('-')).flat_map(str::bytes);
    let values: Vec<usize> = digits.filter_map(|digit| BASE64.bytes().position(|b| b == digit)).collect();
    let bits = values.iter().flat_map(|value| (0..6).rev().map(move |bit| value >> bit & 1));
    let bits: Vec<usize> = bits.collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |n, bit| n << 1 | *bit as u8)).collect()
}

fn to_pem(label: &str, der: &[u8]) -> String {
    let bits: Vec<u8> = der.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digit = |six: &[u8]| {
        let value = (0..6).fold(0, |n, at| n << 1 | usize::from(six.get(at).copied().unwrap_or(0)));
        BASE64.as_bytes()[value] as char
    };
    let mut digits: String = bits.chunks(6).map(digit).collect();
    digits.push_str(["", "==", "="][der.len() % 3]);
    let lines: Vec<&str> =
        (0..digits.len()).step_by(64).map(|at| &digits[at..digits.len().min(at + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
