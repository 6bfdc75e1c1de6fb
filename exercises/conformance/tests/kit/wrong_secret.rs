//! Servers of stages 5 to 8 with one mistake each fail the cases about it, and pass all others.

use crate::servers::faulty_secret::{Fault, start};
use crate::servers::{check_quickly, not_passed, ours, target};
use conformance::{Layer, Target};

/// These cases do not pass, and all others do.
fn fails(what: &str, target: &Target, cases: &[&str]) {
    crate::servers::fails(what, &check_quickly(target), cases);
}

fn each_fails(stage: u8, mistakes: &[(Fault, &[&str])]) {
    std::thread::scope(|scope| {
        for &(fault, cases) in mistakes {
            let target = target(Layer::Stage(stage), start(stage, fault));
            scope.spawn(move || fails(&format!("stage {stage}, {fault:?}"), &target, cases));
        }
    });
}

#[test]
fn exchanges_and_keystreams() {
    each_fails(
        5,
        &[
            (Fault::None, &[]),
            (Fault::AcceptsMinusOne, &["value-p-minus-1"]),
            (Fault::AcceptsOne, &["value-1", "value-one-attempt"]),
            (Fault::AcceptsBeyondP, &["value-p-plus-2"]),
            (Fault::AcceptsAnyLength, &["value-too-short", "value-too-long"]),
            (Fault::SameExponent, &["value-is-new"]),
        ],
    );
}

/// A mistake that many cases meet: some of them, and some that it has nothing to do with.
fn some_fail(fault: Fault, cases: &[&str], others: &[&str]) {
    let found = not_passed(&check_quickly(&target(Layer::Stage(5), start(5, fault))));
    for name in cases {
        assert!(found.iter().any(|(found, _)| found == name), "{fault:?} is not found by {name}: {found:#?}");
    }
    for name in others {
        assert!(
            found.iter().all(|(found, _)| found != name),
            "{fault:?} has nothing to do with {name}: {found:#?}"
        );
    }
}

#[test]
fn keystreams_that_are_used_twice() {
    some_fail(
        Fault::OneKeystream,
        &["answers", "keystream-of-its-own", "keystream-runs-on"],
        &["challenge", "value-comes-second"],
    );
    some_fail(
        Fault::BeginsAnew,
        &["keystream-runs-on", "several-in-turn", "glued"],
        &["answers", "half-open"],
    );
    some_fail(Fault::SpeaksFirst, &["value-comes-second", "value-1"], &["answers", "keystream-runs-on"]);
}

#[test]
fn packets() {
    each_fails(
        6,
        &[
            (Fault::None, &[]),
            (
                Fault::IgnoresDigest,
                &["packet-digest-forged", "packet-digest-zeros", "packet-digest-capitals"],
            ),
            (Fault::AcceptsCapitals, &["packet-digest-capitals"]),
            (Fault::SameIv, &["packet-iv-is-new"]),
            (Fault::ChecksFill, &["packet-padding-unseen"]),
            (Fault::ClosesOnUnknown, &["message-unknown", "message-wrong-value"]),
            (Fault::FillNotZero, &["packet-every-padding"]),
            (Fault::AddsTwice, &["message-friends"]),
        ],
    );
}

#[test]
fn a_certificate_of_another_key_or_another_ca() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let address = ours::stage_7(one.path(), Some(ours::key()));
    ours::stage_7(other.path(), None); // makes another CA
    let ca =
        |dir: &std::path::Path| Some(certificates::folder::load_certificate(&dir.join("ca.pem")).unwrap());
    let target = target(Layer::Stage(7), address);
    let wrong_ca = Target { ca: ca(other.path()), ..target.clone() };
    fails("another CA", &wrong_ca, &["certificate", "certificate-other-name"]);
    let wrong_name = Target { ca: ca(one.path()), name: "other.example".into(), ..target.clone() };
    fails("another name", &wrong_name, &["certificate", "certificate-other-name"]);

    let address = ours::stage_7_with_keys_of(one.path(), other.path());
    let wrong_key = Target { ca: ca(one.path()), address, ..target };
    fails("another key", &wrong_key, &["signature"]);
}

#[test]
fn a_server_that_takes_no_notice_of_a_repetition() {
    let dir = tempfile::tempdir().unwrap();
    let address = ours::behind_a_filter(ours::stage_7(dir.path(), Some(ours::key())));
    let ca = Some(certificates::folder::load_certificate(&dir.path().join("ca.pem")).unwrap());
    let target = Target { ca, ..target(Layer::Stage(7), address) };
    fails("repetitions", &target, &["keyed-replayed"]);
}

#[test]
fn tls_without_a_protocol_inside() {
    let dir = tempfile::tempdir().unwrap();
    let address = ours::stage_8_without_alpn(dir.path());
    let target = Target { ca_file: Some(dir.path().join("ca.pem")), ..target(Layer::Stage(8), address) };
    fails("no ALPN", &target, &["alpn"]);
}
