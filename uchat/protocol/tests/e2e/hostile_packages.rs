//! Key packages that were changed, moved, repeated, or made by somebody with bad intentions.

use crate::people::{ALICE, BOB, CAROL, NOW, alice, bob, carol, delivered, seeded};
use certificates::rsa::PrivateKey;
use rand::Rng;
use sha2::{Digest, Sha256};
use uchat_protocol::e2e::{
    Fingerprint, Header, MemberKeys, OutPackage, OwnKeys, PackageError, Place, SendChain, WrapError,
    open_package,
};
use uchat_protocol::limits;
use uchat_protocol::push::KeyPackageFor;

fn a() -> MemberKeys {
    alice().as_member(ALICE)
}

fn package(place: Place, others: &[&MemberKeys]) -> OutPackage {
    SendChain::start(alice(), ALICE, place, others, None, NOW, &mut seeded()).unwrap().1
}

fn friends() -> OutPackage {
    package(Place::Friends, &[&bob().as_member(BOB)])
}

fn room() -> OutPackage {
    package(Place::Room(5), &[&bob().as_member(BOB), &carol().as_member(CAROL)])
}

fn bob_opens(package: &KeyPackageFor) -> Result<Header, PackageError> {
    open_package(package, bob(), BOB, &a()).map(|(header, _)| header)
}

fn sign(header: &[u8], key: &PrivateKey) -> Vec<u8> {
    let digest = Sha256::digest(header);
    let message = [&[b' '; 64][..], b"uchat 1, key package\0", &digest].concat();
    key.sign(&message, &mut seeded()).unwrap()
}

/// What alice could sign herself, if she wanted to: her own package with another header.
fn signed_anew(package: &OutPackage, change: impl FnOnce(&mut Header)) -> KeyPackageFor {
    let mut header = Header::parse(&package.header).unwrap();
    change(&mut header);
    let mut package = delivered(package, BOB);
    package.header = header.to_bytes().into();
    package.signature = sign(&package.header, alice().rsa()).into();
    package
}

#[test]
fn every_changed_byte_of_header_signature_and_wrap_is_found() {
    let package = delivered(&friends(), BOB);
    assert!(bob_opens(&package).is_ok());
    for at in 0..package.header.len() {
        let mut wrong = package.clone();
        wrong.header[at] ^= 1;
        assert!(bob_opens(&wrong).is_err(), "byte {at} of the header");
    }
    for at in 0..package.signature.len() {
        let mut wrong = package.clone();
        wrong.signature[at] ^= 1;
        assert!(matches!(bob_opens(&wrong), Err(PackageError::Signature(_))), "byte {at} of the signature");
    }
    for at in 0..package.wrap.len() {
        let mut wrong = package.clone();
        wrong.wrap[at] ^= 1;
        assert!(matches!(bob_opens(&wrong), Err(PackageError::Wrap(_))), "byte {at} of the wrap");
    }
}

#[test]
fn a_header_that_is_cut_or_longer_is_none() {
    let header = room().header;
    for length in 0..header.len() {
        assert!(Header::parse(&header[..length]).is_err(), "{length} bytes");
    }
    assert!(Header::parse(&[&header[..], &[0]].concat()).is_err());
    assert_eq!(Header::parse(&header).unwrap().to_bytes(), header);
}

#[test]
fn random_bytes_are_no_header_and_what_is_one_has_one_form() {
    let (mut random, good) = (seeded(), room().header);
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        let mut place = [0; 4];
        for _ in 0..3 {
            random.fill_bytes(&mut place);
            let at = usize::from(u16::from_be_bytes([place[0], place[1]])) % bytes.len();
            bytes[at] = place[2];
        }
        bytes.truncate(bytes.len() - usize::from(place[3] / 200));
        if let Ok(header) = Header::parse(&bytes) {
            assert_eq!(header.to_bytes(), bytes);
        }
    }
}

#[test]
fn a_package_cannot_be_moved_to_another_conversation() {
    let mut moved = delivered(&friends(), BOB);
    moved.header[0] = 1; // a room
    moved.header[8] = 5; // number 5
    assert_eq!(Header::parse(&moved.header).unwrap().place, Place::Room(5));
    assert!(matches!(bob_opens(&moved), Err(PackageError::Signature(_))));

    let pair = package(Place::Room(5), &[&bob().as_member(BOB)]);
    let mut moved = delivered(&pair, BOB);
    moved.header[0] = 0;
    moved.header[8] = 0;
    assert_eq!(Header::parse(&moved.header).unwrap().place, Place::Friends);
    assert!(matches!(bob_opens(&moved), Err(PackageError::Signature(_))));

    let mut moved = delivered(&pair, BOB);
    moved.header[8] = 6; // another room
    assert!(matches!(bob_opens(&moved), Err(PackageError::Signature(_))));
}

#[test]
fn parts_of_two_packages_do_not_go_together() {
    let (one, other) = (delivered(&friends(), BOB), delivered(&room(), BOB));
    let mixed = KeyPackageFor { header: one.header.clone(), ..other.clone() };
    assert!(matches!(bob_opens(&mixed), Err(PackageError::Signature(_))));
    let mixed = KeyPackageFor { wrap: other.wrap, ..one };
    assert!(matches!(bob_opens(&mixed), Err(PackageError::Wrap(_))));
}

#[test]
fn the_wrap_of_another_member_does_not_open() {
    let wrong = KeyPackageFor { wrap: delivered(&room(), CAROL).wrap, ..delivered(&room(), BOB) };
    assert!(matches!(bob_opens(&wrong), Err(PackageError::Wrap(WrapError::Sealed(_)))));
}

#[test]
fn a_repeated_or_old_package_is_refused() {
    let header = Header::parse(&friends().header).unwrap();
    assert!(header.check_new(false, None).is_ok());
    assert!(header.check_new(false, Some(NOW)).is_ok(), "as old as the newest is not older");
    assert_eq!(header.check_new(true, None), Err(PackageError::Seen(header.key_id)));
    assert_eq!(
        header.check_new(false, Some(NOW + 1)),
        Err(PackageError::Older { time: NOW, newest: NOW + 1 })
    );
}

#[test]
fn two_chain_keys_under_one_id_do_not_both_count() {
    // The same seed gives the same key id; the second package commits to the key one step later.
    let (mut chain, first) =
        SendChain::start(alice(), ALICE, Place::Room(5), &[&bob().as_member(BOB)], None, NOW, &mut seeded())
            .unwrap();
    chain.seal(alice(), &crate::people::letter("x"), &mut seeded()).unwrap();
    let second = chain.package_for(alice(), &[&carol().as_member(CAROL)], &mut seeded()).unwrap();
    let (one, other) = (Header::parse(&first.header).unwrap(), Header::parse(&second.header).unwrap());
    assert_eq!(one.key_id, other.key_id);
    assert_ne!(one.commitment, other.commitment);
    assert_eq!(other.check_new(true, Some(one.time)), Err(PackageError::Seen(one.key_id)));
}

#[test]
fn a_wrap_is_bound_to_its_header_even_if_its_sender_signs_another() {
    let wrong = signed_anew(&friends(), |header| header.commitment[0] ^= 1);
    assert!(matches!(bob_opens(&wrong), Err(PackageError::Wrap(_))));
}

#[test]
fn a_list_without_us_or_with_other_keys_of_ours_is_refused() {
    let without = signed_anew(&room(), |header| header.members.retain(|(user, _)| *user != BOB));
    assert_eq!(bob_opens(&without), Err(PackageError::NotListed));
    let other = signed_anew(&room(), |header| header.members[0].1 = Fingerprint([9; 32]));
    assert_eq!(bob_opens(&other), Err(PackageError::OtherKeys));
    let other = signed_anew(&room(), |header| header.members[1].1 = Fingerprint([9; 32]));
    assert_eq!(bob_opens(&other), Err(PackageError::SenderKey));
}

#[test]
fn lists_that_are_not_ascending_or_have_somebody_twice_are_none() {
    let header = Header::parse(&room().header).unwrap();
    let refused = |members: Vec<(u64, Fingerprint)>| {
        let wrong = Header { members, ..header.clone() };
        let error = Header::parse(&wrong.to_bytes()).unwrap_err().to_string();
        assert!(error.contains("member") || error.contains("user id"), "{error}");
    };
    let [bob, alice, carol] = header.members[..] else { panic!("three members") };
    refused(vec![alice, bob, carol]);
    refused(vec![bob, carol, alice]);
    refused(vec![bob, alice, alice, carol]);
    refused(vec![bob, bob, alice]);
    refused(vec![bob, carol]); // without its sender
    refused(vec![]);
    refused((0..501).map(|user| (user, Fingerprint([0; 32]))).collect());
}

#[test]
fn a_silent_extra_member_cannot_be_hidden() {
    // Between friends there is no room for one.
    let mut header = Header::parse(&room().header).unwrap();
    header.place = Place::Friends;
    assert!(Header::parse(&header.to_bytes()).is_err());
    // In a room everybody sees the list: somebody who was not shown as having come in stands out.
    let header = bob_opens(&delivered(&room(), BOB)).unwrap();
    let shown = |user| match user {
        ALICE => Some(alice().fingerprint()),
        BOB => Some(bob().fingerprint()),
        _ => None,
    };
    assert_eq!(header.strangers(shown), [CAROL]);
    let other_key = |user| if user == CAROL { Some(Fingerprint([1; 32])) } else { shown(user) };
    assert_eq!(header.strangers(other_key), [CAROL], "known, but with other keys");
    let all = |user| if user == CAROL { Some(carol().fingerprint()) } else { shown(user) };
    assert!(header.strangers(all).is_empty());
}

#[test]
fn a_package_is_only_taken_from_whom_it_names() {
    let package = delivered(&room(), BOB);
    let other = PackageError::OtherSender { expected: CAROL, got: ALICE };
    assert_eq!(open_package(&package, bob(), BOB, &carol().as_member(CAROL)).unwrap_err(), other);
    // Carol signs what alice should have signed.
    let mut forged = package.clone();
    forged.signature = sign(&forged.header, carol().rsa()).into();
    assert!(matches!(bob_opens(&forged), Err(PackageError::Signature(_))));
    // Alice has new keys since; with her old ones nothing counts any more.
    let changed = carol().as_member(ALICE);
    assert!(matches!(open_package(&package, bob(), BOB, &changed), Err(PackageError::Signature(_))));
}

#[test]
fn a_signature_for_something_else_does_not_count() {
    let mut package = delivered(&friends(), BOB);
    let digest = Sha256::digest(&*package.header);
    for context in ["uchat 1, room message", "uchat 1, client CertificateVerify", ""] {
        let message = [&[b' '; 64][..], context.as_bytes(), &[0], &digest].concat();
        package.signature = alice().rsa().sign(&message, &mut seeded()).unwrap().into();
        assert!(matches!(bob_opens(&package), Err(PackageError::Signature(_))), "{context}");
    }
}

#[test]
fn ephemeral_values_out_of_range_are_refused() {
    for e in [0_u8, 1] {
        let mut value = [0; 256];
        value[255] = e;
        let wrong = signed_anew(&friends(), |header| header.ephemeral = value);
        assert!(matches!(bob_opens(&wrong), Err(PackageError::Wrap(WrapError::Exchange(_)))));
    }
    let p = key_exchange::Group::ffdhe2048().p.to_bytes_be();
    for below in [0_u8, 1] {
        let mut value: [u8; 256] = p.as_slice().try_into().unwrap();
        value[255] -= below;
        let wrong = signed_anew(&friends(), |header| header.ephemeral = value);
        assert!(matches!(bob_opens(&wrong), Err(PackageError::Wrap(WrapError::Exchange(_)))));
    }
}

#[test]
fn nobody_else_opens_a_wrap() {
    let package = delivered(&friends(), BOB);
    let opens = |own: &OwnKeys, me| open_package(&package, own, me, &a()).map(|_| ());
    assert_eq!(opens(carol(), BOB), Err(PackageError::OtherKeys));
    assert_eq!(opens(carol(), CAROL), Err(PackageError::NotListed));
}

/// A database keeps them as signed integers: one member must not be able to stop the clients of all others.
#[test]
fn numbers_and_times_that_no_database_keeps_are_refused_though_they_are_signed() {
    let good = room();
    assert!(bob_opens(&signed_anew(&good, |header| header.time = limits::NUMBER)).is_err(), "its wrap");
    let changes: [fn(&mut Header); 3] = [
        |header| header.time = limits::NUMBER + 1,
        |header| header.place = Place::Room(u64::MAX),
        |header| header.members.push((u64::MAX, Fingerprint([1; 32]))),
    ];
    for change in changes {
        let error = bob_opens(&signed_anew(&good, change)).unwrap_err();
        assert!(matches!(error, PackageError::Header(_)), "{error}");
        assert!(error.to_string().contains("is greater than 2^63 - 1"), "{error}");
    }
    let mut header = Header::parse(&good.header).unwrap();
    header.time = limits::NUMBER;
    assert!(Header::parse(&header.to_bytes()).is_ok());
}
