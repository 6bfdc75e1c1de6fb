//! `--dir D`: what is missing is made, what is of no use is renewed, nothing else is touched.

use crate::forge::{key, now, other_key, seeded};
use certificates::folder::{CaFolder, ServerFolder, load_certificate};
use certificates::rsa::save_key;
use certificates::x509::{
    Ca, CertificateRequest, Profile, Purpose, ServerName, StaticValue, issued_by, verify_chain,
};
use echo::lab::Failure;
use key_exchange::{Group, KeyPair};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn open(dir: &Path, after: Duration) -> Result<ServerFolder, Failure> {
    ServerFolder::open_or_make_at(dir, &[], None, now() + after, &mut seeded())
}

/// A folder with test keys in it, so that none has to be made.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    save_key(&folder.path().join("ca.key"), &key(), None, &mut seeded()).unwrap();
    save_key(&folder.path().join("server.key"), &other_key(), None, &mut seeded()).unwrap();
    folder
}

fn made(folder: &ServerFolder) -> Vec<String> {
    folder.made().iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn a_new_folder_gets_everything_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("deep/down");
    let first = ServerFolder::open_or_make(&dir, &[]).unwrap();
    assert_eq!(made(&first), ["ca.pem", "ca.key", "server.key", "server.pem"]);
    let chain = first.chain();
    let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    for name in ["localhost", "127.0.0.1", "::1"] {
        let purpose = Purpose::Server { name: name.parse().unwrap() };
        verify_chain(&chain, first.ca(), None, &purpose, std::time::SystemTime::now()).unwrap();
    }
    assert_eq!(first.leaf().public_key(), first.key().public());
    #[cfg(unix)]
    for (name, expected) in [("ca.key", 0o600), ("server.key", 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, expected, "{name}");
    }
    let second = ServerFolder::open_or_make(&dir, &[]).unwrap();
    assert_eq!((second.chain(), made(&second)), (first.chain(), vec![]));
}

#[test]
fn programs_at_the_same_time_get_the_same_files() {
    let folder = folder();
    let chains: BTreeSet<Vec<Vec<u8>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| ServerFolder::open_or_make(folder.path(), &[]).unwrap().chain()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(chains.len(), 1);
}

#[test]
fn a_leaf_whose_time_is_over_or_nearly_so_is_renewed_for_the_same_key() {
    let folder = folder();
    let first = open(folder.path(), Duration::ZERO).unwrap();
    assert_eq!(made(&open(folder.path(), 300 * DAY).unwrap()), Vec::<String>::new());
    for after in [340 * DAY, 800 * DAY] {
        let renewed = open(folder.path(), after).unwrap();
        assert_eq!(made(&renewed), ["server.pem"]);
        assert_eq!((renewed.ca(), renewed.key().public()), (first.ca(), first.key().public()));
        assert_ne!(renewed.leaf(), first.leaf());
        assert_eq!(load_certificate(&folder.path().join("server.pem")).unwrap(), *renewed.leaf());
    }
}

#[test]
fn without_the_cas_key_a_leaf_serves_to_its_end_and_then_the_error_says_why() {
    let folder = folder();
    open(folder.path(), Duration::ZERO).unwrap();
    fs::remove_file(folder.path().join("ca.key")).unwrap();
    open(folder.path(), 340 * DAY).unwrap();
    let error = open(folder.path(), 400 * DAY).unwrap_err().to_string();
    assert!(error.contains("server.pem") && error.contains("was valid until"), "{error}");
    assert!(error.contains("ca.key is not there"), "{error}");
    assert!(!folder.path().join("ca.key").exists(), "no CA key is made for a CA that has one elsewhere");
}

#[test]
fn a_leaf_of_another_ca_or_key_or_name_or_no_leaf_at_all_is_replaced() {
    let folder = folder();
    let first = open(folder.path(), Duration::ZERO).unwrap();
    let path = folder.path().join("server.pem");
    let names: Vec<ServerName> = vec!["localhost".parse().unwrap()];
    let profile = Profile::Server { names };
    let stranger = Ca::init("another", key(), now(), &mut seeded()).unwrap();
    let ours = Ca::new(first.ca().clone(), key(), now()).unwrap();
    for wrong in [
        stranger.certify(&other_key(), &profile, 90 * DAY, now(), &mut seeded()).unwrap().to_pem(),
        ours.certify(&key(), &profile, 90 * DAY, now(), &mut seeded()).unwrap().to_pem(),
        ours.certify(&other_key(), &profile, 90 * DAY, now(), &mut seeded()).unwrap().to_pem(),
        "no certificate".to_owned(),
    ] {
        fs::write(&path, wrong).unwrap();
        let again = open(folder.path(), Duration::ZERO).unwrap();
        assert_eq!(made(&again), ["server.pem"]);
        issued_by(again.leaf(), first.ca()).unwrap();
        assert_eq!(again.leaf().alt_names(), ["localhost", "127.0.0.1", "::1"]);
    }
}

#[test]
fn files_that_cannot_be_used_are_named_and_left_alone() {
    for (name, content) in [("ca.pem", "no certificate"), ("server.key", "no key"), ("ca.key", "no key")] {
        let folder = folder();
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let error = open(folder.path(), Duration::ZERO).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    let folder = folder();
    open(folder.path(), Duration::ZERO).unwrap();
    fs::remove_file(folder.path().join("ca.key")).unwrap();
    save_key(&folder.path().join("ca.key"), &other_key(), None, &mut seeded()).unwrap();
    fs::remove_file(folder.path().join("server.pem")).unwrap();
    let error = open(folder.path(), Duration::ZERO).unwrap_err().to_string();
    assert!(error.contains("does not belong to the CA's certificate"), "{error}");
}

#[test]
fn a_program_that_was_killed_in_between_leaves_what_the_next_one_goes_on_from() {
    let folder = folder();
    let first = open(folder.path(), Duration::ZERO).unwrap();
    fs::remove_file(folder.path().join("server.pem")).unwrap();
    let second = open(folder.path(), Duration::ZERO).unwrap();
    assert_eq!((second.ca(), second.key().public()), (first.ca(), first.key().public()));
    for name in ["ca.pem", "server.pem"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    let third = open(folder.path(), Duration::ZERO).unwrap();
    assert_eq!(third.ca().public_key(), first.ca().public_key());
}

#[test]
fn keys_can_be_encrypted() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ca.key", "server.key"] {
        save_key(&folder.path().join(name), &key(), Some(b"secret"), &mut seeded()).unwrap();
    }
    let error = open(folder.path(), Duration::ZERO).unwrap_err().to_string();
    assert!(error.contains("ca.key is encrypted, and no password was given"), "{error}");
    ServerFolder::open_or_make_at(folder.path(), &[], Some(b"secret"), now(), &mut seeded()).unwrap();
}

#[test]
fn the_ca_refuses_a_static_value_that_another_user_has() {
    let folder = folder();
    let ca = CaFolder::init(folder.path(), "class CA", None, now(), &mut seeded()).unwrap();
    let pair = KeyPair::generate(&Group::ffdhe2048(), &mut seeded()).unwrap();
    let s = StaticValue::from_bytes(pair.public()).unwrap();
    let mut random = seeded();
    let mut sign = |name: &str| {
        let request = CertificateRequest::new(&other_key(), name, None, Some(&s), &mut random).unwrap();
        let profile = Profile::User { common_name: name.to_owned(), email: None };
        ca.sign(&request, &profile, 100 * DAY, now(), &mut random)
    };
    sign("alice").unwrap();
    sign("alice").unwrap(); // renewed, with the same value
    let error = sign("mallory").unwrap_err().to_string();
    assert!(error.contains("already belongs to \"alice\""), "{error}");
    assert_eq!(CaFolder::issued(folder.path()).unwrap().len(), 2);
}

#[test]
fn a_list_of_another_ca_is_not_signed_anew() {
    let (folder, other) = (folder(), folder());
    let (now, random) = (now(), &mut seeded());
    let init = |folder: &tempfile::TempDir, name| {
        CaFolder::init(folder.path(), name, None, now, &mut seeded()).unwrap()
    };
    let list = init(&other, "another CA").revoke(None, now, random).unwrap();
    let ca = init(&folder, "class CA");
    fs::copy(list, folder.path().join("revoked.crl")).unwrap();
    let error = ca.revoke(None, now, random).unwrap_err().to_string();
    assert!(
        error.contains("revoked.crl cannot be used: the revocation list is of \"another CA\""),
        "{error}"
    );
}
