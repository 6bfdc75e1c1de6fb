//! Revocation lists: only the CA's own, only current ones.

use crate::forge::*;
use certificates::x509::{
    Ca, Certificate, CertificateError as Error, Profile, Purpose, Revocation, RevocationList, verify_chain,
};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

struct Class {
    ca: Ca,
    alice: Certificate,
    bob: Certificate,
}

fn class() -> Class {
    let ca = Ca::init("class CA", key(), now(), &mut seeded()).unwrap();
    let mut random = seeded();
    let mut user = |name: &str| {
        let profile = Profile::User { common_name: name.into(), email: None };
        ca.certify(&other_key(), &profile, 100 * DAY, now(), &mut random).unwrap()
    };
    let (alice, bob) = (user("alice"), user("bob"));
    Class { ca, alice, bob }
}

impl Class {
    fn list(&self, revoked: &[&Certificate]) -> RevocationList {
        let entries: Vec<Revocation> =
            revoked.iter().map(|one| Revocation { serial: one.serial().to_vec(), since: now() }).collect();
        self.ca.revocation_list(7, &entries, 30 * DAY, now(), &mut seeded()).unwrap()
    }

    fn check(&self, leaf: &Certificate, list: &RevocationList, after: Duration) -> Result<(), Error> {
        let anchor = self.ca.certificate();
        let chain = [leaf.der(), anchor.der()];
        verify_chain(&chain, anchor, Some(list), &Purpose::Client, now() + after).map(drop)
    }
}

#[test]
fn who_is_on_the_list_is_refused_and_who_is_not_is_taken() {
    let class = class();
    let list = RevocationList::from_pem(&class.list(&[&class.bob]).to_pem()).unwrap();
    assert_eq!((list.number(), list.entries().count()), (7, 1));
    class.check(&class.alice, &list, DAY).unwrap();
    let refused = class.check(&class.bob, &list, DAY).unwrap_err();
    assert!(matches!(refused, Error::Revoked { .. }), "{refused}");
    assert!(refused.to_string().contains("\"bob\" on 2026-01-01"), "{refused}");
    class.check(&class.bob, &class.list(&[]), DAY).unwrap();
}

#[test]
fn an_old_list_does_not_count_and_neither_does_one_from_the_future() {
    let class = class();
    let list = class.list(&[]);
    let refused = class.check(&class.alice, &list, 31 * DAY).unwrap_err();
    assert!(matches!(refused, Error::StaleList { .. }), "{refused}");
    let later = class.ca.revocation_list(8, &[], 30 * DAY, now() + DAY, &mut seeded()).unwrap();
    let refused = class.check(&class.alice, &later, Duration::ZERO).unwrap_err();
    assert!(refused.to_string().contains("is from 2026-01-02"), "{refused}");
}

#[test]
fn a_list_of_somebody_else_does_not_count() {
    let class = class();
    let stranger = Ca::init("another CA", other_key(), now(), &mut seeded()).unwrap();
    let list = stranger.revocation_list(1, &[], 30 * DAY, now(), &mut seeded()).unwrap();
    assert!(matches!(class.check(&class.alice, &list, DAY), Err(Error::ForeignList { .. })));
    let impostor = Ca::init("class CA", other_key(), now(), &mut seeded()).unwrap();
    let list = impostor.revocation_list(1, &[], 30 * DAY, now(), &mut seeded()).unwrap();
    assert!(matches!(class.check(&class.alice, &list, DAY), Err(Error::Signature { .. })));
}

#[test]
fn no_change_to_a_list_goes_unnoticed() {
    let class = class();
    let list = class.list(&[&class.bob]);
    for at in 0..list.der().len() {
        let mut der = list.der().to_vec();
        der[at] ^= 1 << (at % 8);
        if let Ok(changed) = RevocationList::from_der(&der) {
            assert!(changed.check_current(class.ca.certificate(), now()).is_err(), "byte {at}");
        }
    }
    for length in 0..list.der().len() {
        assert!(RevocationList::from_der(&list.der()[..length]).is_err());
    }
}

#[test]
fn no_list_is_made_that_is_too_long_to_be_read_again() {
    let ca = class().ca;
    let list = |entries: u32| {
        let serial = |n: u32| [&[0x40; 12][..], &n.to_be_bytes()].concat();
        let entries: Vec<Revocation> =
            (0..entries).map(|n| Revocation { serial: serial(n), since: now() }).collect();
        ca.revocation_list(7, &entries, 30 * DAY, now(), &mut seeded())
    };
    assert!(list(20_000).unwrap().to_pem().len() <= 1 << 20);
    assert!(list(22_000).unwrap_err().to_string().contains("at most 716800 are read"));
}
