//! Key files: written whole and for the owner only, read with a clear sentence for all that can be wrong,
//! and understood by OpenSSL in both directions.
#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use certificates::rsa::{PrivateKey, load_key, save_key};
use der::SecretDocument;
use der::asn1::OctetStringRef;
use der::pem::{LineEnding, PemLabel};
use pkcs8::pkcs5::pbes2::Parameters;
use pkcs8::pkcs5::scrypt;
use pkcs8::{EncryptedPrivateKeyInfo, EncryptedPrivateKeyInfoRef};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn seeded() -> StdRng {
    StdRng::seed_from_u64(7)
}

fn test_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(name)
}

fn test_key() -> PrivateKey {
    load_key(&test_file("openssl-2048.pem"), None).unwrap()
}

/// Runs OpenSSL and gives its output. Without one the test is skipped, with a reason; where
/// `UCHAT_REQUIRE_PEERS=1` is set, it fails instead.
fn openssl(args: &[&str]) -> Option<String> {
    match Command::new("openssl").args(args).output() {
        Ok(output) => {
            assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
        }
        Err(error) => {
            let required = std::env::var_os("UCHAT_REQUIRE_PEERS").is_some_and(|value| value == "1");
            assert!(!required, "UCHAT_REQUIRE_PEERS=1, but openssl does not start: {error}");
            eprintln!("skipped: there is no openssl on this machine");
            None
        }
    }
}

#[test]
fn a_key_file_is_read_again_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.key");
    let key = test_key();
    for password in [None, Some(&b"a password"[..])] {
        save_key(&path, &key, password, &mut seeded()).unwrap();
        let again = load_key(&path, password).unwrap();
        assert_eq!(again.to_pkcs8_der().unwrap(), key.to_pkcs8_der().unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let before = fs::read(&path).unwrap();
        let error = save_key(&path, &key, None, &mut seeded()).unwrap_err().to_string();
        assert!(error.contains("own.key") && error.contains("already"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing half-written is left");
        fs::remove_file(&path).unwrap();
    }
    let error =
        save_key(&folder.path().join("none/own.key"), &key, None, &mut seeded()).unwrap_err().to_string();
    assert!(error.contains("cannot write the key file"), "{error}");
}

#[test]
fn an_encrypted_file_shows_nothing_and_opens_with_its_password_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.key");
    save_key(&path, &test_key(), Some(b"a password"), &mut seeded()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "{text}");
    for (password, part) in [
        (None, "encrypted, and no password was given"),
        (Some(&b"a passwort"[..]), "the password is wrong"),
        (Some(b""), "the password is wrong"),
    ] {
        let error = load_key(&path, password).unwrap_err().to_string();
        assert!(error.contains("own.key") && error.contains(part), "{error}");
    }
    // Two files of the same key have nothing in common: salt and IV are fresh.
    let other = folder.path().join("other.key");
    save_key(&other, &test_key(), Some(b"a password"), &mut StdRng::seed_from_u64(8)).unwrap();
    assert_ne!(fs::read_to_string(&other).unwrap().lines().nth(5), text.lines().nth(5));
}

#[test]
fn a_file_that_openssl_encrypted_opens() {
    let key = load_key(&test_file("openssl-2048-encrypted.pem"), Some(b"correct-horse")).unwrap();
    assert_eq!(key.public(), test_key().public());
}

/// A file that asks for these parameters. What it claims to hold is never reached.
fn encrypted(parameters: Parameters) -> Vec<u8> {
    let encrypted_data = OctetStringRef::new(&[7; 32]).unwrap();
    let info = EncryptedPrivateKeyInfo { encryption_algorithm: parameters.into(), encrypted_data };
    let document = SecretDocument::encode_msg(&info).unwrap();
    document.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).unwrap().as_bytes().to_vec()
}

#[test]
fn files_that_are_no_key_of_ours_are_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("k.pem");
    let good = fs::read_to_string(test_file("openssl-2048.pem")).unwrap();
    let label = |new: &str| good.replace("PRIVATE KEY", new);
    let rounds = |n| Parameters::generate_pbkdf2_sha256_aes256cbc(n, &[7; 16], [7; 16]).unwrap();
    let aes_128 = Parameters::generate_pbkdf2_sha256_aes128cbc(600_000, &[7; 16], [7; 16]).unwrap();
    // 2^30 blocks of 1 KiB: this file asks for a terabyte.
    let slow = scrypt::Params::new(30, 8, 1).unwrap();
    let slow = Parameters::generate_scrypt_aes256cbc(slow, &[7; 16], [7; 16]).unwrap();
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "is not a key file in PEM"),
        (b"hello".to_vec(), "is not a key file in PEM"),
        (vec![0xff; 3000], "is not a key file in PEM"),
        (good.as_bytes()[..good.len() / 2].to_vec(), "is not a key file in PEM"),
        (good.replace("MII", "M!I").into_bytes(), "is not a key file in PEM"),
        (vec![b'a'; 100 << 10], "too large to be a key"),
        (label("CERTIFICATE").into_bytes(), "holds `CERTIFICATE`; a private key was expected"),
        (label("RSA PRIVATE KEY").into_bytes(), "older form PKCS#1"),
        (label("ENCRYPTED PRIVATE KEY").into_bytes(), "holds no encrypted key in DER"),
        (ELLIPTIC.as_bytes().to_vec(), "this is no plain RSA key"),
        (encrypted(rounds(10_000_001)), "more than 10,000,000 rounds"),
        (encrypted(rounds(0)), "the password is wrong, or the file is damaged"),
        (encrypted(aes_128), "encrypted in a way that we do not read"),
        (encrypted(slow), "encrypted in a way that we do not read"),
    ];
    for (content, part) in cases {
        fs::write(&path, &content).unwrap();
        let error = load_key(&path, Some(b"a password")).unwrap_err().to_string();
        assert!(error.contains("k.pem") && error.contains(part), "{part}: {error}");
    }
    let error = load_key(&folder.path().join("none.pem"), None).unwrap_err().to_string();
    assert!(error.contains("none.pem: there is no such file"), "{error}");
    assert!(load_key(folder.path(), None).is_err(), "a folder");
}

/// A private key of another kind, made once by `openssl genpkey -algorithm EC -pkeyopt
/// ec_paramgen_curve:P-256`.
const ELLIPTIC: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgP0BdWsakkf8nGe6g\n\
    68QL0qspBaHXsLC0qBswO9+YIQehRANCAARJGzKxkHKJ7n+fC4urACMZf2aSPQYy\n\
    XW6XKEZLkIT1fq9Bn1Pumi07tTNULoIOIEqLNLmmIRGkIxof24gkCLis\n\
    -----END PRIVATE KEY-----\n";

#[test]
fn openssl_reads_our_files_and_we_read_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (plain, locked, theirs) = (at("plain.pem"), at("locked.pem"), at("theirs.pem"));
    let key = PrivateKey::generate(2048, &mut seeded()).unwrap();
    save_key(Path::new(&plain), &key, None, &mut seeded()).unwrap();
    save_key(Path::new(&locked), &key, Some(b"a password"), &mut seeded()).unwrap();
    let Some(said) = openssl(&["rsa", "-check", "-noout", "-in", &plain]) else { return };
    assert!(said.contains("RSA key ok"), "{said}");
    openssl(&["rsa", "-check", "-noout", "-in", &locked, "-passin", "pass:a password"]);
    let encrypt =
        ["-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-passout", "pass:their password"];
    openssl(&[&["pkcs8", "-in", &plain, "-out", &theirs], &encrypt[..]].concat());
    let again = load_key(Path::new(&theirs), Some(b"their password")).unwrap();
    assert_eq!(again.to_pkcs8_der().unwrap(), key.to_pkcs8_der().unwrap());

    // A signature of ours, checked by OpenSSL.
    let (message, signature, public) = (at("message"), at("signature"), at("public.der"));
    fs::write(&message, "a message").unwrap();
    fs::write(&signature, key.sign(b"a message", &mut seeded()).unwrap()).unwrap();
    fs::write(&public, key.public().to_spki_der().unwrap()).unwrap();
    let verify =
        ["dgst", "-sha256", "-keyform", "DER", "-verify", &public, "-signature", &signature, &message];
    assert!(openssl(&verify).unwrap().contains("Verified OK"));
}
