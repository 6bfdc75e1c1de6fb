//! The CA: what it writes, and what it does not let itself be asked for.

use crate::forge::*;
use certificates::x509::{
    Ca, CaError, Certificate, CertificateError as Error, CertificateRequest, Profile, Purpose, StaticValue,
    verify_chain,
};
use key_exchange::{Group, KeyPair};
use std::time::Duration;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

fn new_ca() -> Ca {
    Ca::init("class CA", key(), now(), &mut seeded()).unwrap()
}

fn server_profile() -> Profile {
    Profile::Server { names: ["localhost", "127.0.0.1", "::1"].map(|name| name.parse().unwrap()).to_vec() }
}

fn user(common_name: &str) -> Profile {
    Profile::User { common_name: common_name.into(), email: Some("alice@example.org".into()) }
}

fn verify(ca: &Ca, leaf: &Certificate, purpose: &Purpose) -> Result<(), Error> {
    let anchor = ca.certificate();
    verify_chain(&[leaf.der(), anchor.der()], anchor, None, purpose, now()).map(drop)
}

fn sign(ca: &Ca, request: &CertificateRequest, profile: &Profile) -> Result<Certificate, CaError> {
    ca.sign(request, profile, YEAR, now(), &mut seeded())
}

/// A request of any extensions, made by hand and signed by `signer`.
fn request_for(common_name: &str, extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions: Vec<&[u8]> = extensions.iter().map(Vec::as_slice).collect();
    let attribute = tlv(
        0x30,
        &[
            &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e],
            &tlv(0x31, &[&tlv(0x30, &extensions)]),
        ],
    );
    let key = other_key();
    let info = tlv(
        0x30,
        &[
            &integer(&[0]),
            &name(common_name),
            &key.public().to_spki_der().unwrap(),
            &tlv(0xa0, &[&attribute]),
        ],
    );
    Forge::leaf(&key).assemble(&info, &key.sign(&info, &mut seeded()).unwrap())
}

#[test]
fn a_ca_signs_servers_and_users_that_pass_every_check() {
    let ca = new_ca();
    assert!(ca.certificate().is_ca());
    let request =
        CertificateRequest::new(&other_key(), "小明", Some("alice@example.org"), None, &mut seeded())
            .unwrap();
    let request = CertificateRequest::from_pem(&request.to_pem()).unwrap();
    let leaf = sign(&ca, &request, &server_profile()).unwrap();
    for name in ["localhost", "127.0.0.1", "::1"] {
        verify(&ca, &leaf, &server(name)).unwrap();
    }
    assert!(verify(&ca, &leaf, &Purpose::Client).is_err());

    let leaf = sign(&ca, &request, &user("小明")).unwrap();
    verify(&ca, &leaf, &Purpose::Client).unwrap();
    assert!(verify(&ca, &leaf, &server("localhost")).is_err());
    assert_eq!((leaf.common_name().as_deref(), leaf.email()), (Some("小明"), Some("alice@example.org")));
    assert_eq!(leaf.public_key(), other_key().public());
    assert_eq!(Certificate::from_pem(&leaf.to_pem()).unwrap(), leaf);
    assert!(request.not_given(&leaf).is_empty(), "a user gets what a user asks for");
}

#[test]
fn nothing_but_the_key_is_taken_from_a_request() {
    let ca = new_ca();
    let asked = [
        basic_constraints(true, None),
        extended_key_usage(SERVER_AUTH),
        key_usage(KEY_CERT_SIGN_AND_CRL_SIGN),
        alt_names(&[dns("bank.example")]),
    ];
    let request = CertificateRequest::from_der(&request_for("bank.example", &asked)).unwrap();
    let leaf = sign(&ca, &request, &user("mallory")).unwrap();
    verify(&ca, &leaf, &Purpose::Client).unwrap();
    assert!(verify(&ca, &leaf, &server("bank.example")).is_err());
    assert_eq!(leaf.common_name().as_deref(), Some("mallory"));
    assert_eq!(leaf.alt_names(), ["alice@example.org"]);
    assert!(!leaf.is_ca());
    let not_given = request.not_given(&leaf);
    for part in ["CN=bank.example", "to be a CA", "serverAuth", "keyCertSign", "bank.example"] {
        assert!(not_given.iter().any(|line| line.contains(part)), "{part}: {not_given:?}");
    }
    let below = Forge { issuer: name("mallory"), ..Forge::leaf(&key()) }.sign(&other_key());
    let anchor = ca.certificate();
    let result = verify_chain(&[&below, leaf.der(), anchor.der()], anchor, None, &server("localhost"), now());
    assert!(matches!(result, Err(Error::NotACa { .. })), "{result:?}");
}

#[test]
fn a_request_must_prove_that_it_has_the_private_key() {
    let ca = new_ca();
    let request = CertificateRequest::new(&other_key(), "alice", None, None, &mut seeded()).unwrap();
    request.verify_proof_of_possession().unwrap();
    for at in [request.der().len() - 1, 25] {
        let mut der = request.der().to_vec();
        der[at] ^= 1;
        let Ok(changed) = CertificateRequest::from_der(&der) else { continue };
        let result = sign(&ca, &changed, &user("alice"));
        assert!(matches!(result, Err(CaError::Request(Error::Signature { .. }))), "{result:?}");
    }
    // Somebody else's key, signed by one's own.
    let mut info = request_for("alice", &[]);
    let victim = key().public().to_spki_der().unwrap();
    let stolen = tlv(0x30, &[&integer(&[0]), &name("alice"), &victim, &[0xa0, 0]]);
    info = Forge::leaf(&key()).assemble(&stolen, &other_key().sign(&info, &mut seeded()).unwrap());
    let request = CertificateRequest::from_der(&info).unwrap();
    assert!(request.verify_proof_of_possession().is_err());
}

#[test]
fn the_certificate_for_key_transport_is_refused_everywhere() {
    let ca = new_ca();
    let Profile::Server { names } = server_profile() else { panic!() };
    let profile = Profile::KeyTransport { names };
    let leaf = ca.certify(&other_key(), &profile, YEAR, now(), &mut seeded()).unwrap();
    let result = verify(&ca, &leaf, &server("localhost"));
    assert!(matches!(result, Err(Error::KeyUsage { .. })), "{result:?}");
}

#[test]
fn a_static_value_travels_from_the_request_into_a_users_certificate_only() {
    let ca = new_ca();
    let group = Group::ffdhe2048();
    let pair = KeyPair::generate(&group, &mut seeded()).unwrap();
    let s = StaticValue::from_bytes(pair.public()).unwrap();
    let request = CertificateRequest::new(&other_key(), "alice", None, Some(&s), &mut seeded()).unwrap();
    assert_eq!(request.static_value(), Some(&s));
    let leaf = sign(&ca, &request, &user("alice")).unwrap();
    assert_eq!(leaf.static_value(), Some(&s));
    verify(&ca, &leaf, &Purpose::Client).unwrap();
    assert_eq!(sign(&ca, &request, &server_profile()).unwrap().static_value(), None);

    // p − s is no square where s is one.
    let no_square = (&group.p - num_bigint::BigUint::from_bytes_be(pair.public())).to_bytes_be();
    let no_square = StaticValue::from_bytes(&no_square).unwrap();
    let request =
        CertificateRequest::new(&other_key(), "alice", None, Some(&no_square), &mut seeded()).unwrap();
    let result = sign(&ca, &request, &user("alice"));
    assert!(matches!(result, Err(CaError::Request(Error::StaticValue { .. }))), "{result:?}");
}

#[test]
fn names_that_cannot_stand_in_a_certificate_are_refused() {
    let ca = new_ca();
    let request = CertificateRequest::new(&other_key(), "alice", None, None, &mut seeded()).unwrap();
    let bad = |profile| assert!(matches!(sign(&ca, &request, &profile), Err(CaError::Request(_))));
    bad(user("a\nb"));
    bad(user(""));
    bad(Profile::User { common_name: "alice".into(), email: Some("小明@example.org".into()) });
    bad(Profile::Server { names: vec![] });
    assert!(CertificateRequest::new(&other_key(), "", None, None, &mut seeded()).is_err());
    assert!(CertificateRequest::new(&other_key(), "alice", Some("nobody"), None, &mut seeded()).is_err());
}

#[test]
fn no_leaf_outlives_its_ca_and_serial_numbers_are_random() {
    let ca = new_ca();
    let late = now() + 9 * YEAR + YEAR / 2;
    let mut random = seeded();
    let mut issue = || ca.certify(&other_key(), &server_profile(), YEAR, late, &mut random).unwrap();
    let (one, two) = (issue(), issue());
    assert_eq!(one.validity().1, ca.certificate().validity().1);
    assert_ne!(one.serial(), two.serial());
    assert!(one.serial().len() >= 16 && one.serial()[0] < 0x80);
    assert!(!one.serial()[8..].iter().all(|byte| *byte == one.serial()[8]));
}

#[test]
fn a_ca_needs_its_own_key_and_the_right_to_sign() {
    let certificate = new_ca().certificate().clone();
    assert!(Ca::new(certificate.clone(), key(), now()).is_ok());
    assert!(matches!(Ca::new(certificate.clone(), other_key(), now()), Err(CaError::ForeignKey)));
    assert!(matches!(Ca::new(certificate, key(), now() + 11 * YEAR), Err(CaError::Certificate(_))));
    let leaf = Certificate::from_der(&Forge::leaf(&key()).sign(&key())).unwrap();
    assert!(matches!(Ca::new(leaf, key(), now()), Err(CaError::Certificate(Error::NotACa { .. }))));
}
