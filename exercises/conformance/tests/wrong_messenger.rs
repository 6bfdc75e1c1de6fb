//! Servers of the messenger with one mistake each fail the cases about it, and pass all others.
//!
//! Of the others each mistake meets those about the same thing, that is, whose names begin with the same word. With
//! `UCHAT_WHOLE=1` it meets all that the messenger has of its own, which takes some minutes.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod servers;

use conformance::{Case, Layer, cases, run};
use servers::middle::Behind;
use servers::mistakes::Mistake;
use servers::not_passed;
use std::sync::Arc;

/// What only the messenger has. All below it is the same with and without a mistake.
fn own_cases(lesson: u8) -> Vec<Case> {
    let below = cases(Layer::Stage(lesson));
    let mut own = cases(Layer::Messenger(lesson));
    own.retain(|case| below.iter().all(|other| other.name != case.name));
    own
}

fn first_word(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

/// The mistakes of a server on this lesson, and the cases that must find each.
fn each_fails(lesson: u8, mistakes: &[(Mistake, &[&str])]) {
    let whole = std::env::var_os("UCHAT_WHOLE").is_some_and(|value| value == "1");
    let dir = tempfile::tempdir().unwrap();
    let behind = Arc::new(Behind::start(dir.path(), lesson));
    std::thread::scope(|scope| {
        for &(mistake, names) in mistakes {
            let behind = &behind;
            scope.spawn(move || {
                let mut chosen = own_cases(lesson);
                let is_near =
                    |case: &Case| names.iter().any(|name| first_word(name) == first_word(case.name));
                chosen.retain(|case| whole || names.is_empty() || is_near(case));
                let found = not_passed(&run(&behind.with(mistake), &chosen, |_| {}));
                let missed: Vec<_> =
                    names.iter().filter(|name| found.iter().all(|(found, _)| found != *name)).collect();
                let more: Vec<_> = found.iter().filter(|(name, _)| !names.contains(name)).collect();
                assert!(
                    missed.is_empty() && more.is_empty(),
                    "{mistake:?}: not found by {missed:?}; found besides by {more:#?}"
                );
            });
        }
    });
}

#[test]
fn somebody_in_the_middle_who_changes_nothing() {
    each_fails(6, &[(Mistake::None, &[])]);
}

#[test]
fn operations_and_fields() {
    each_fails(
        6,
        &[
            (Mistake::LateAnswer, &["answers-in-order"]),
            (Mistake::GrantsBeforeLogIn, &["not-logged-in", "log-out"]),
            (Mistake::NamesNoField, &["field-type", "field-missing", "message-id-used"]),
            (Mistake::RefusesMoreKeys, &["field-more"]),
            (Mistake::RepeatsValue, &["field-not-repeated"]),
        ],
    );
}

#[test]
fn sessions() {
    each_fails(
        6,
        &[
            (Mistake::AcceptsTakenName, &["register-and-log-in"]),
            (Mistake::TellsWhichWasWrong, &["wrong-password"]),
            (Mistake::EndsWithoutReason, &["session-replaced"]),
            (Mistake::HidesWhoComes, &["friend-comes-and-goes"]),
        ],
    );
    each_fails(
        7,
        &[(Mistake::OldTokens, &["resume-old-token"]), (Mistake::SameToken, &["resume", "resume-old-token"])],
    );
}

#[test]
fn friends() {
    each_fails(
        6,
        &[
            (Mistake::TellsOfNo, &["friend-declined"]),
            (Mistake::TellsOneSide, &["friend-deleted"]),
            (Mistake::ForgetsRequests, &["friend-request-waits"]),
            (Mistake::AnybodyWrites, &["friend-of-nobody"]),
        ],
    );
}

#[test]
fn messages() {
    each_fails(
        6,
        &[
            (Mistake::LosesMessages, &["message-arrives", "message-window", "message-same-id"]),
            (Mistake::TellsTwice, &["message-same-id"]),
            (Mistake::CountsTwice, &["message-same-id", "message-id-used"]),
            (
                Mistake::LeavesNumbersOut,
                &[
                    "message-numbers",
                    "message-window",
                    "message-same-id",
                    "message-too-long",
                    "history-stays",
                    "away-history",
                    "room-joined",
                    "room-message",
                    "room-newcomer",
                ],
            ),
        ],
    );
}

#[test]
fn history_and_cursors() {
    each_fails(
        6,
        &[
            (Mistake::LeavesMessageOut, &["away-history", "history-ends"]),
            (Mistake::NeverMore, &["history-after", "history-before"]),
            (Mistake::AnyLimit, &["history-limits"]),
            (Mistake::HidesCursors, &["cursor-told"]),
        ],
    );
}

#[test]
fn rooms() {
    each_fails(
        6,
        &[
            (Mistake::TellsStrangers, &["room-message-to-members", "room-left-hears-nothing"]),
            (Mistake::AnybodyReads, &["room-not-a-member"]),
            (Mistake::HidesWhoLeaves, &["room-left"]),
            (Mistake::OwnerGoes, &["room-owner-stays"]),
        ],
    );
}
