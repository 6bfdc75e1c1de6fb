//! Servers with one mistake each fail the cases about it, and pass all others.

use crate::servers::faulty::{Fault, start};
use crate::servers::faulty_files::{self, Fault as FileFault};
use crate::servers::{check, check_quickly, fails, not_passed, target};
use conformance::Layer;

/// The mistakes in a server of this stage, and the cases that must find each.
fn each_fails(stage: u8, mistakes: &[(Fault, &[&str])]) {
    std::thread::scope(|scope| {
        for &(fault, cases) in mistakes {
            scope.spawn(move || {
                let target = target(Layer::Stage(stage), start(stage, fault));
                let report = if stage == 2 { check(&target) } else { check_quickly(&target) };
                fails(&format!("stage {stage}, {fault:?}"), &report, cases);
            });
        }
    });
}

#[test]
fn echoes() {
    each_fails(
        1,
        &[
            (Fault::None, &[]),
            (Fault::LowerCase, &["upper-case", "upper-case-unicode", "not-utf-8", "every-byte"]),
            (Fault::AsciiOnly, &["upper-case-unicode"]),
            (Fault::Lossy, &["not-utf-8", "half-a-character", "every-byte"]),
            (
                Fault::ClosesAfterOne,
                &[
                    "upper-case-unicode",
                    "several-in-turn",
                    "in-pieces",
                    "half-a-character",
                    "lengths",
                    "long",
                ],
            ),
        ],
    );
}

#[test]
fn challenges() {
    const REFUSED: [&str; 7] = [
        "wrong-key",
        "first-bit-wrong",
        "last-bit-wrong",
        "zeros",
        "challenge-sent-back",
        "another-protocol",
        "answer-replayed",
    ];
    each_fails(
        2,
        &[
            (Fault::None, &[]),
            (Fault::AcceptsAnything, &REFUSED),
            (Fault::ComparesEightBytes, &["last-bit-wrong"]),
            (Fault::SameChallenge, &["challenge-is-new", "answer-replayed"]),
            (Fault::WaitsForEver, &["silence", "dripping"]),
            (Fault::SaysWhy, &REFUSED),
            (Fault::ReadsAnswerOnce, &["answer-in-pieces"]),
        ],
    );
}

#[test]
fn one_client_at_a_time() {
    const CROWD: [&str; 6] = [
        "a-second-client",
        "fifty-clients",
        "silent-clients",
        "stranger-beside",
        "unread-answers",
        "busy-and-quiet",
    ];
    each_fails(3, &[(Fault::None, &[]), (Fault::OneAtATime, &CROWD)]);
}

#[test]
fn frames() {
    each_fails(
        4,
        &[
            (Fault::None, &[]),
            (
                Fault::NoLimit,
                &[
                    "frame-too-long",
                    "frame-four-gigabytes",
                    "frame-negative",
                    "frame-little-endian",
                    "frame-no-frame",
                ],
            ),
            (Fault::OneByteTooStrict, &["frame-largest", "frame-announced-only"]),
            (Fault::GluesFrames, &["glued", "frame-any-cut", "busy-and-quiet"]),
            (Fault::EmptyEnds, &["frame-empty", "frame-any-cut"]),
            (
                Fault::TwoByteLength,
                &[
                    "frame-lengths",
                    "frame-largest",
                    "frame-too-long",
                    "frame-four-gigabytes",
                    "frame-negative",
                    "frame-little-endian",
                    "frame-no-frame",
                    "frame-announced-only",
                ],
            ),
        ],
    );
}

#[test]
fn receivers_of_files() {
    std::thread::scope(|scope| {
        for (fault, cases) in [
            (FileFault::None, &[][..]),
            (FileFault::WaitsForEmpty, &["file-empty"]),
            (FileFault::OneFileOnly, &["file-after-file", "file-name-taken", "file-name-with-path"]),
            (FileFault::BeginsAnew, &["file-goes-on"]),
            (FileFault::AlwaysTravels, &["file-again", "file-name-taken", "file-name-with-path"]),
            (FileFault::Overwrites, &["file-name-taken"]),
            (FileFault::BelievesPaths, &["file-name-with-path", "file-no-name"]),
            (FileFault::AnyName, &["file-no-name"]),
            (FileFault::AnyDigest, &["file-wrong-digest"]),
            (FileFault::TakesMore, &["file-too-much", "file-wrong-digest"]),
            (FileFault::AnyFrame, &["file-frame-too-long"]),
            (FileFault::BelievesOffset, &["file-from-beyond"]),
            (FileFault::AnySize, &["file-of-exabytes"]),
            (
                FileFault::ClosesWithoutWord,
                &[
                    "file-no-name",
                    "file-wrong-digest",
                    "file-too-much",
                    "file-frame-too-long",
                    "file-from-beyond",
                    "file-of-exabytes",
                ],
            ),
            (FileFault::KeepsBadOffers, &["file-no-offer"]),
        ] {
            scope.spawn(move || {
                let report = check(&target(Layer::Files, faulty_files::start(fault)));
                fails(&format!("{fault:?}"), &report, cases);
            });
        }
    });
}

#[test]
fn the_wrong_byte_order_is_no_small_mistake() {
    let report = check(&target(Layer::Stage(4), start(4, Fault::LittleEndian)));
    let names: Vec<&str> = not_passed(&report).iter().map(|(name, _)| *name).collect();
    for name in ["answers", "frame", "frame-lengths", "frame-little-endian", "glued", "a-second-client"] {
        assert!(names.contains(&name), "{name} should fail: {names:?}");
    }
    for name in ["challenge", "silence", "no-answer-at-all", "frame-empty"] {
        assert!(name == "frame-empty" || !names.contains(&name), "{name} has nothing to do with it");
    }
}
