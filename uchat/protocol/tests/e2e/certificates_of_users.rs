//! The keys of a user are only taken from a certificate that passes every check.

use crate::people::{ALICE, BOB, CA, alice, bob, carol, certificate, certificate_as, now, seeded};
use certificates::x509::{Ca, Certificate, CertificateRequest, Profile, ServerName};
use key_exchange::Group;
use std::time::Duration;
use uchat_protocol::e2e::{MemberError, MemberKeys};

fn take(der: &[u8]) -> Result<MemberKeys, MemberError> {
    MemberKeys::from_certificate(ALICE, "alice", der, CA.certificate(), now())
}

#[test]
fn a_certificate_of_our_ca_gives_the_keys_that_its_owner_has() {
    let certificate = certificate(alice(), "alice");
    let keys = take(certificate.der()).unwrap();
    assert_eq!(keys, alice().as_member(ALICE));
    assert!(alice().fits(&certificate) && !bob().fits(&certificate));
    assert_eq!(MemberKeys::from_bytes(&keys.to_bytes().unwrap()).unwrap(), keys);
    // A renewed certificate of the same keys has the same K.
    let later = now() + Duration::from_secs(60);
    let request = alice().request("alice", "alice@example.org", &mut seeded()).unwrap();
    let request = CertificateRequest::from_der(&request).unwrap();
    assert_eq!(request.static_value(), Some(alice().static_value()));
    let profile = Profile::User { common_name: "alice".to_owned(), email: None };
    let renewed = CA.sign(&request, &profile, Duration::from_secs(3600), later, &mut seeded()).unwrap();
    assert_ne!(renewed.der(), certificate.der());
    assert_eq!(take(renewed.der()).unwrap().fingerprint(), keys.fingerprint());
}

#[test]
fn a_certificate_of_somebody_else_is_refused() {
    let error = take(certificate(bob(), "bob").der()).unwrap_err();
    assert!(matches!(error, MemberError::Name { .. }), "{error}");
    for name in ["Alice", "alice ", "alicе"] {
        let taken = MemberKeys::from_certificate(
            BOB,
            name,
            certificate(alice(), "alice").der(),
            CA.certificate(),
            now(),
        );
        assert!(matches!(taken, Err(MemberError::Name { .. })), "{name}");
    }
}

#[test]
fn a_certificate_of_another_ca_or_another_time_is_refused() {
    let der = certificate(alice(), "alice").der().to_vec();
    let foreign = Ca::init("test CA", carol().rsa().clone(), now(), &mut seeded()).unwrap();
    let taken = MemberKeys::from_certificate(ALICE, "alice", &der, foreign.certificate(), now());
    assert!(matches!(taken, Err(MemberError::Certificate { .. })));
    for time in [now() - Duration::from_secs(3600), now() + Duration::from_secs(7200)] {
        let taken = MemberKeys::from_certificate(ALICE, "alice", &der, CA.certificate(), time);
        assert!(matches!(taken, Err(MemberError::Certificate { .. })));
    }
}

#[test]
fn a_certificate_for_servers_or_without_s_is_refused() {
    let names = vec!["alice".parse::<ServerName>().unwrap()];
    let error = take(certificate_as(alice(), &Profile::Server { names }).der()).unwrap_err();
    assert!(matches!(error, MemberError::Certificate { .. }), "{error}");
    let request = CertificateRequest::new(alice().rsa(), "alice", None, None, &mut seeded()).unwrap();
    let profile = Profile::User { common_name: "alice".to_owned(), email: None };
    let without = CA.sign(&request, &profile, Duration::from_secs(60), now(), &mut seeded()).unwrap();
    assert!(matches!(take(without.der()), Err(MemberError::NoStaticValue(_))));
}

/// The certificate with another S, signed anew by the CA: what only a CA that has gone bad can make.
fn with_static_value(s: &[u8; 256]) -> Vec<u8> {
    let certificate: Certificate = certificate(alice(), "alice");
    let mut der = certificate.der().to_vec();
    let old = alice().static_value().bytes();
    let at = der.windows(256).position(|window| window == old).unwrap();
    der[at..at + 256].copy_from_slice(s);
    // SEQUENCE { claim, algorithm, signature }, each SEQUENCE with a length of two bytes.
    let claim = 4..8 + usize::from(u16::from_be_bytes([der[6], der[7]]));
    let signature = CA.key().sign(&der[claim], &mut seeded()).unwrap();
    let end = der.len() - signature.len();
    der[end..].copy_from_slice(&signature);
    der
}

#[test]
fn an_s_that_gives_secrets_away_is_refused() {
    assert!(take(&with_static_value(alice().static_value().bytes())).is_ok(), "the forgery itself works");
    let p = Group::ffdhe2048().p;
    let bytes = |number: num_bigint::BigUint| -> [u8; 256] {
        let bytes = number.to_bytes_be();
        [vec![0; 256 - bytes.len()], bytes].concat().try_into().unwrap()
    };
    let one = num_bigint::BigUint::from(1u32);
    // −2 is no square: p = 3 modulo 4, so −1 is none, and 2 is one.
    for s in [one.clone(), &p - &one, &p - 2u32, p.clone(), num_bigint::BigUint::ZERO] {
        let error = take(&with_static_value(&bytes(s))).unwrap_err();
        assert!(matches!(error, MemberError::Certificate { .. }), "{error}");
    }
}

#[test]
fn changed_or_cut_bytes_are_no_keys() {
    let der = certificate(alice(), "alice").der().to_vec();
    for at in (0..der.len()).step_by(7) {
        let mut wrong = der.clone();
        wrong[at] ^= 1;
        assert!(take(&wrong).is_err(), "byte {at}");
    }
    let stored = alice().as_member(ALICE).to_bytes().unwrap();
    for length in 0..stored.len() {
        assert!(MemberKeys::from_bytes(&stored[..length]).is_err(), "{length} bytes");
    }
    assert!(MemberKeys::from_bytes(&[&stored[..], &[0]].concat()).is_err());
}
