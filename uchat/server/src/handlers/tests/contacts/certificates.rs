use super::*;
use ::certificates::rsa::{PrivateKey, load_key};
use ::certificates::x509::{Ca, Certificate, CertificateRequest, Profile, StaticValue};
use key_exchange::{Group, KeyPair};
use num_bigint::BigUint;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_bytes::ByteBuf;
use std::path::Path;
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn key(bits: u32) -> PrivateKey {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stages/stage-7/tests/keys");
    load_key(&folder.join(format!("openssl-{bits}.pem")), None).unwrap()
}

fn s(seed: u64) -> StaticValue {
    let pair = KeyPair::generate(&Group::ffdhe2048(), &mut StdRng::seed_from_u64(seed)).unwrap();
    StaticValue::from_bytes(pair.public()).unwrap()
}

fn csr(name: &str, email: &str, s: Option<&StaticValue>) -> Vec<u8> {
    let random = &mut StdRng::seed_from_u64(1);
    CertificateRequest::new(&key(2048), name, Some(email), s, random).unwrap().der().to_vec()
}

/// Both steps, as the engine takes them; the refusal's sentence.
fn sign(class: &Class, user: u64, csr: Vec<u8>) -> Result<Certificate, String> {
    let (time, random) = (SystemTime::UNIX_EPOCH + 20_000 * DAY, &mut StdRng::seed_from_u64(2));
    let ca = Ca::init("class CA", key(3072), time, random).unwrap();
    let certify = |asked: &CertificateRequest, name: &str, email: &str| {
        let profile = Profile::User { common_name: name.to_owned(), email: Some(email.to_owned()) };
        ca.sign(asked, &profile, 100 * DAY, time, random)
    };
    let refused = |failure: Failure| match failure {
        Failure::Refused(refusal) => {
            assert_eq!(refusal.code, Code::BadCertificate);
            refusal.text
        }
        other => panic!("{other}"),
    };
    let request = request::SignCertificate { csr: ByteBuf::from(csr) };
    let issued =
        sign_certificate::issue(&class.db, &class.caller(user), &request, certify).map_err(refused)?;
    match sign_certificate::keep(&class.db, &class.caller(user), &issued).map_err(refused)? {
        Reply::Done(done) => {
            assert_eq!(done.certificates, [(user, ByteBuf::from(issued.der()))]);
            Ok(issued)
        }
        other => panic!("{other:?}"),
    }
}

fn certificates_of(class: &Class, user: u64, users: &[u64]) -> Result<Vec<u64>, Code> {
    let request = request::CertificatesOf { users: users.to_vec() };
    let (reply, pushes) = class.run(user, certificates_of::handle, request);
    assert_eq!(pushes, []);
    match reply? {
        Reply::Done(done) => {
            assert!(done.certificates.iter().all(|(user, der)| **der == [u8::try_from(*user).unwrap(); 9]));
            Ok(done.certificates.into_iter().map(|(user, _)| user).collect())
        }
        other => panic!("{other:?}"),
    }
}

/// Gives everybody a certificate; here it is only bytes.
fn certify_all(class: &Class) {
    for user in 1..=4u8 {
        let sql = "INSERT INTO certificates VALUES (?1, ?2, ?2, 0)";
        class.db.execute(sql, rusqlite::params![user, [user; 9]]).unwrap();
    }
}

#[test]
fn a_certificate_holds_the_name_and_address_of_the_account_and_the_key_and_s_of_the_request() {
    let class = Class::new();
    let issued = sign(&class, CAROL, csr("Mallory", "mallory@example.org", Some(&s(1)))).unwrap();
    assert_eq!(issued.common_name().as_deref(), Some("小明"));
    assert_eq!(issued.email(), Some("u2@example.org"));
    assert_eq!((issued.public_key(), issued.static_value()), (key(2048).public(), Some(&s(1))));
    let kept: Vec<u8> = class.db.query_row("SELECT der FROM certificates", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, issued.der());
}

#[test]
fn a_new_certificate_takes_the_place_of_the_old_one() {
    let class = Class::new();
    for seed in [1, 1, 2] {
        sign(&class, ALICE, csr("Alice", "a@example.org", Some(&s(seed)))).unwrap();
        assert_eq!(class.count("certificates"), 1);
    }
    // The old S is free again: nobody has it.
    sign(&class, BOB, csr("Bob", "b@example.org", Some(&s(1)))).unwrap();
}

#[test]
fn every_request_that_cannot_be_granted_is_refused_with_its_reason() {
    let class = Class::new();
    sign(&class, ALICE, csr("Alice", "a@example.org", Some(&s(1)))).unwrap();
    let mut forged = csr("Bob", "b@example.org", Some(&s(2)));
    *forged.last_mut().unwrap() ^= 1;
    // p = 3 modulo 4, so p − 2 = −2 is no square, because 2 is one.
    let no_square = StaticValue::from_bytes(&(Group::ffdhe2048().p - BigUint::from(2u32)).to_bytes_be());
    for (csr, reason) in [
        (vec![], "certificate request"),
        (b"no request".to_vec(), "certificate request"),
        (vec![0x30; 1 << 17], "certificate request"),
        (forged, "signature"),
        (csr("Bob", "b@example.org", None), "it has no S"),
        (csr("Bob", "b@example.org", Some(&no_square.unwrap())), "no square"),
        (csr("Bob", "b@example.org", Some(&s(1))), "its S belongs to another user"),
    ] {
        let text = sign(&class, BOB, csr).unwrap_err();
        assert!(text.starts_with("the certificate request cannot be granted: "), "{text}");
        assert!(text.contains(reason), "{reason}: {text}");
    }
    assert_eq!(class.count("certificates"), 1);
}

#[test]
fn the_word_of_the_ca_is_passed_on() {
    let class = Class::new();
    let request = request::SignCertificate { csr: ByteBuf::from(csr("Bob", "b@example.org", Some(&s(2)))) };
    let never = |_: &CertificateRequest, _: &str, _: &str| Err("the CA is closed");
    let failure = sign_certificate::issue(&class.db, &class.caller(BOB), &request, never).unwrap_err();
    assert_eq!(failure.to_string(), "the certificate request cannot be granted: the CA is closed");
}

#[test]
fn a_certificate_is_given_to_those_who_have_to_do_with_its_user() {
    let everybody = [NOBODY.as_slice(), &[DAVE, CAROL, BOB, ALICE, BOB, ALICE]].concat();
    for (what, make) in [
        ("nothing", (|_| ()) as fn(&Class)),
        ("a friend", |class| class.befriend(ALICE, BOB)),
        ("asked", |class| drop(class.add(ALICE, "Bob").0.unwrap())),
        ("has asked", |class| drop(class.add(BOB, "Alice").0.unwrap())),
        ("in a room", |class| assert_eq!(class.room("r", &[CAROL, ALICE, BOB]), 1)),
    ] {
        let class = Class::new();
        certify_all(&class);
        make(&class);
        let mut expected = vec![ALICE];
        expected.extend((what != "nothing").then_some(BOB));
        expected.extend((what == "in a room").then_some(CAROL));
        assert_eq!(certificates_of(&class, ALICE, &everybody), Ok(expected), "{what}");
    }
}

#[test]
fn too_many_at_once_are_refused() {
    let class = Class::new();
    assert_eq!(certificates_of(&class, ALICE, &[7; 64]), Ok(vec![]));
    assert_eq!(certificates_of(&class, ALICE, &[7; 65]), Err(Code::BadField));
}
