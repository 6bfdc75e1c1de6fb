//! OpenSSL reads and accepts what stage 7 writes, and stage 7 what OpenSSL writes.

use acceptance::{openssl, repository, run};
use certificates::rsa::{PrivateKey, load_key};
use certificates::x509::{Ca, CertificateRequest, Profile, StaticValue};
use key_exchange::{Group, fresh_pair};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A folder that both programs work in.
struct Bench {
    openssl: PathBuf,
    folder: TempDir,
}

impl Bench {
    fn new() -> Option<Self> {
        let bench = Self { openssl: openssl()?, folder: tempfile::tempdir().unwrap() };
        fs::create_dir(bench.folder.path().join("class")).unwrap();
        for (from, to) in [("openssl-2048.pem", "class/ca.key"), ("openssl-3072.pem", "a.key")] {
            fs::copy(test_keys().join(from), bench.folder.path().join(to)).unwrap();
        }
        Some(bench)
    }

    /// The same with our own CA, a user and a server.
    fn with_class() -> Option<Self> {
        let bench = Self::new()?;
        for line in [
            "ca init --dir class --cn 小明s_CA",
            "csr --cn alice --email alice@example.org --key a.key --out a.csr",
            "ca sign --dir class --csr a.csr --out a.pem",
            "csr --cn localhost --key a.key --out s.csr",
            "ca sign --dir class --csr s.csr --out s.pem --server --name localhost,127.0.0.1,::1",
        ] {
            bench.stage_7(line).unwrap();
        }
        Some(bench)
    }

    fn path(&self, word: &str) -> String {
        let file =
            word == "class" || [".key", ".csr", ".pem", ".crl", ".cnf"].iter().any(|end| word.ends_with(end));
        if file { self.folder.path().join(word).to_str().unwrap().to_owned() } else { word.to_owned() }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Runs stage 7: its output, or its error.
    fn stage_7(&self, line: &str) -> Result<String, String> {
        let args: Vec<String> = line.split(' ').map(|word| self.path(word)).collect();
        let ended = run("stage-7", &args.iter().map(String::as_str).collect::<Vec<_>>(), b"");
        if ended.status.success() { Ok(ended.output) } else { Err(ended.errors) }
    }

    /// Runs OpenSSL: everything that it prints.
    fn openssl(&self, line: &str) -> Result<String, String> {
        let args = line.split(' ').map(|word| self.path(word));
        let output = Command::new(&self.openssl).args(args).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        if output.status.success() { Ok(text) } else { Err(format!("openssl {line}: {text}")) }
    }
}

fn test_keys() -> PathBuf {
    repository().join("stages/stage-7/tests/keys")
}

fn test_key(name: &str) -> PrivateKey {
    load_key(&test_keys().join(name), None).unwrap()
}

fn seeded() -> StdRng {
    StdRng::seed_from_u64(7)
}

#[test]
fn openssl_accepts_our_servers_and_users_for_what_they_are_and_for_nothing_else() {
    let Some(bench) = Bench::with_class() else { return };
    let server = "verify -x509_strict -purpose sslserver -CAfile class/ca.pem";
    bench.openssl(&format!("{server} -verify_hostname localhost s.pem")).unwrap();
    for address in ["127.0.0.1", "::1"] {
        bench.openssl(&format!("{server} -verify_ip {address} s.pem")).unwrap();
    }
    bench.openssl(&format!("{server} -verify_hostname example.org s.pem")).unwrap_err();
    bench.openssl(&format!("{server} a.pem")).unwrap_err();
    let client = "verify -x509_strict -purpose sslclient -CAfile class/ca.pem";
    bench.openssl(&format!("{client} -verify_email alice@example.org a.pem")).unwrap();
    bench.openssl(&format!("{client} s.pem")).unwrap_err();
}

#[test]
fn openssl_reads_in_our_certificates_what_we_mean() {
    let Some(bench) = Bench::with_class() else { return };
    let text = bench.openssl("x509 -in s.pem -noout -text -nameopt utf8").unwrap();
    for part in [
        "Version: 3 (0x2)",
        "Signature Algorithm: sha256WithRSAEncryption",
        "Issuer: CN=小明s_CA",
        "CA:FALSE",
        "Digital Signature\n",
        "TLS Web Server Authentication\n",
        "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
        "X509v3 Subject Key Identifier",
        "X509v3 Authority Key Identifier",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let text = bench.openssl("x509 -in class/ca.pem -noout -text").unwrap();
    for part in ["CA:TRUE, pathlen:0", "X509v3 Basic Constraints: critical", "Certificate Sign, CRL Sign"] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
}

#[test]
fn openssl_accepts_our_requests_and_keys() {
    let Some(bench) = Bench::with_class() else { return };
    let text = bench.openssl("req -in a.csr -verify -noout -text").unwrap();
    assert!(text.contains("verify OK") && text.contains("email:alice@example.org"), "{text}");
    bench.openssl("req -in s.csr -verify -noout").unwrap();
    bench.stage_7("csr --cn bob --key fresh.key --out b.csr").unwrap();
    let text = bench.openssl("pkey -in fresh.key -check -noout").unwrap();
    assert!(text.contains("Key is valid"), "{text}");
    bench.write("pw.cnf", "secret\n");
    bench.stage_7("csr --cn bob --key locked.key --out c.csr --key-password-file pw.cnf").unwrap();
    let text = bench.openssl("pkey -in locked.key -check -noout -passin pass:secret").unwrap();
    assert!(text.contains("Key is valid"), "{text}");
}

#[test]
fn openssl_sees_whom_we_revoke() {
    let Some(bench) = Bench::with_class() else { return };
    bench.stage_7("ca revoke --dir class").unwrap();
    let check = "verify -x509_strict -crl_check -CAfile class/ca.pem -CRLfile class/revoked.crl a.pem";
    bench.openssl(check).unwrap();
    bench.stage_7("ca revoke --dir class --cert a.pem").unwrap();
    assert!(bench.openssl(check).unwrap_err().contains("certificate revoked"));
    let text = bench.openssl("crl -in class/revoked.crl -CAfile class/ca.pem -noout -crlnumber").unwrap();
    assert!(text.contains("verify OK") && text.contains("2"), "{text}");
}

#[test]
fn a_static_value_and_a_key_for_transport_do_not_disturb_openssl() {
    let Some(bench) = Bench::new() else { return };
    let (now, day) = (SystemTime::now(), Duration::from_secs(24 * 3600));
    let ca = Ca::init("class CA", test_key("openssl-2048.pem"), now, &mut seeded()).unwrap();
    let pair = fresh_pair(&Group::ffdhe2048()).unwrap();
    let s = StaticValue::from_bytes(pair.public()).unwrap();
    let key = test_key("openssl-3072.pem");
    let request =
        CertificateRequest::new(&key, "alice", Some("a@b.example"), Some(&s), &mut seeded()).unwrap();
    let profile = Profile::User { common_name: "alice".into(), email: Some("a@b.example".into()) };
    let user = ca.sign(&request, &profile, day, now, &mut seeded()).unwrap();
    let profile = Profile::KeyTransport { names: vec!["localhost".parse().unwrap()] };
    let transport = ca.certify(&key, &profile, day, now, &mut seeded()).unwrap();
    bench.write("class/ca.pem", &ca.certificate().to_pem());
    bench.write("a.csr", &request.to_pem());
    bench.write("a.pem", &user.to_pem());
    bench.write("t.pem", &transport.to_pem());

    bench.openssl("req -in a.csr -verify -noout").unwrap();
    bench.openssl("verify -x509_strict -purpose sslclient -CAfile class/ca.pem a.pem").unwrap();
    bench.openssl("verify -x509_strict -purpose sslserver -CAfile class/ca.pem t.pem").unwrap();
    let text = bench.openssl("x509 -in a.pem -noout -text").unwrap();
    assert!(text.contains("1.3.6.1.4.1.32473.1.1"), "{text}");
    let text = bench.openssl("x509 -in t.pem -noout -text").unwrap();
    assert!(text.contains("Key Encipherment") && !text.contains("Digital Signature"), "{text}");
    let refused = bench.stage_7("verify t.pem --ca class/ca.pem --name localhost").unwrap_err();
    assert!(refused.contains("digitalSignature alone was expected, it has keyEncipherment"), "{refused}");
}

/// What OpenSSL is to write into its certificates.
const CONFIGURATION: &str = "\
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE, pathlen:1
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[middle]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[two-uses]
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost
";

impl Bench {
    /// A certificate that OpenSSL makes: `subject` with a section of the configuration, signed by `issuer`.
    fn issue(&self, subject: &str, section: &str, issuer: &str, digest: &str) {
        let (csr, out) = (format!("{subject}.csr"), format!("{subject}.pem"));
        self.openssl(&format!("req -new -{digest} -config x.cnf -subj /CN={subject} -key a.key -out {csr}"))
            .unwrap();
        let by = if issuer == subject {
            "-key a.key".to_owned()
        } else {
            format!("-CA {issuer}.pem -CAkey a.key -CAcreateserial")
        };
        self.openssl(&format!(
            "x509 -req -in {csr} -{digest} -days 30 -extfile x.cnf -extensions {section} {by} -out {out}"
        ))
        .unwrap();
    }
}

#[test]
fn we_accept_a_chain_that_openssl_made() {
    let Some(bench) = Bench::new() else { return };
    bench.write("x.cnf", CONFIGURATION);
    bench.issue("root", "root", "root", "sha256");
    bench.issue("middle", "middle", "root", "sha256");
    bench.issue("leaf", "leaf", "middle", "sha256");
    bench.issue("direct", "leaf", "root", "sha256");
    let read = |name: &str| fs::read_to_string(bench.path(name)).unwrap();
    bench.write("chain.pem", &(read("leaf.pem") + &read("middle.pem") + &read("root.pem")));
    let checks = bench.stage_7("verify chain.pem --ca root.pem --name localhost").unwrap();
    assert!(checks.contains("all 3"), "{checks}");
    bench.stage_7("verify direct.pem --ca root.pem --name 127.0.0.1").unwrap();

    let refused = |line: &str, part: &str| {
        let error = bench.stage_7(line).unwrap_err();
        assert!(error.contains(part), "{line}: {error}");
    };
    refused("verify leaf.pem --ca root.pem --name localhost", "was issued by \"middle\", but the next one");
    refused("verify leaf.pem --ca middle.pem --name other", "but other was called");
    bench.issue("older", "leaf", "root", "sha1");
    refused("verify older.pem --ca root.pem --name localhost", "is signed with sha1WithRSAEncryption");
    bench.issue("both", "two-uses", "root", "sha256");
    refused("verify both.pem --ca root.pem --name localhost", "digitalSignature alone was expected");
    bench.issue("below", "leaf", "direct", "sha256");
    bench.write("chain.pem", &(read("below.pem") + &read("direct.pem") + &read("root.pem")));
    refused(
        "verify chain.pem --ca root.pem --name localhost",
        "\"direct\" has signed a certificate, but is no CA",
    );
}

#[test]
fn we_sign_a_request_that_openssl_made_and_give_none_of_what_it_asks_for() {
    let Some(bench) = Bench::with_class() else { return };
    bench.write(
        "x.cnf",
        "[req]\ndistinguished_name = name\nreq_extensions = all\n[name]\n[all]\nbasicConstraints = CA:TRUE\n\
         keyUsage = keyCertSign\nextendedKeyUsage = serverAuth\nsubjectAltName = DNS:bank.example, email:m@x.example\n",
    );
    bench.openssl("req -new -config x.cnf -subj /O=Bank/CN=mallory -key a.key -out m.csr").unwrap();
    let signed = bench.stage_7("ca sign --dir class --csr m.csr --out m.pem").unwrap();
    for part in ["to be a CA", "keyCertSign", "serverAuth", "bank.example", "O=Bank"] {
        let line =
            signed.lines().find(|line| line.trim_start().starts_with("not given") && line.contains(part));
        assert!(line.is_some(), "{part}: {signed}");
    }
    bench.openssl("verify -x509_strict -purpose sslclient -CAfile class/ca.pem m.pem").unwrap();
    bench.openssl("verify -x509_strict -purpose sslserver -CAfile class/ca.pem m.pem").unwrap_err();
    let text = bench.openssl("x509 -in m.pem -noout -text").unwrap();
    assert!(!text.contains("bank.example") && !text.contains("Bank") && text.contains("CA:FALSE"), "{text}");
}
