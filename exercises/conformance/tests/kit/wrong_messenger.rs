//! Servers of the messenger with one mistake each fail the cases about it, and pass all others.
//!
//! Of the others each mistake meets those that stand beside these in the list. With `UCHAT_WHOLE=1` it meets all that
//! the messenger has of its own, which takes some minutes: nearly every case needs new people, and their passwords are
//! costly on purpose.

use crate::servers::fails;
use crate::servers::middle::Behind;
use crate::servers::mistakes::Mistake::{self, Confuses, Hides, HidesLine};
use conformance::{Case, Layer, Target, cases, run};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uchat_protocol::content::Happened;
use uchat_protocol::{Code, Operation};

/// How long an answer may take on a busy machine. What never comes takes as long.
const PATIENCE: Duration = Duration::from_secs(4);

/// A mistake, and the cases that must find it.
type Row = (Mistake, &'static [&'static str]);

const OPERATIONS: &[Row] = &[
    (Mistake::LateAnswer, &["answers-in-order"]),
    (Mistake::EchoesNoDict, &["echo-as-sent"]),
    (Mistake::DoesBad, &["bad"]),
    (Mistake::GrantsBeforeLogIn, &["not-logged-in", "log-out"]),
    (Confuses(Code::UnknownOperation), &["unknown-operation"]),
];

const FIELDS: &[Row] = &[
    (Mistake::NamesNoField, &["field-type", "field-missing", "message-id-used"]),
    (Mistake::RefusesMoreKeys, &["field-more"]),
    (Mistake::RepeatsValue, &["field-not-repeated"]),
    (
        Confuses(Code::BadField),
        &[
            "malformed-value",
            "field-type",
            "field-missing",
            "field-other-value",
            "field-not-repeated",
            "message-id-used",
            "message-nowhere",
            "message-forged-event",
            "message-encrypted",
            "history-limits",
        ],
    ),
];

const SESSIONS: &[Row] = &[
    (Mistake::AcceptsTakenName, &["register-and-log-in"]),
    (Confuses(Code::BadPassword), &["register-rules"]),
    (Confuses(Code::WrongLogin), &["wrong-login"]),
    (Mistake::TellsWhichWasWrong, &["wrong-password"]),
    (Confuses(Code::AlreadyLoggedIn), &["logged-in-already"]),
    (Hides(Operation::ServerKick), &["session-replaced"]),
    (Hides(Operation::FriendOnOffLine), &["friend-comes-and-goes"]),
    (Confuses(Code::BadToken), &["no-tokens"]),
];

const FRIENDS: &[Row] = &[
    (Hides(Operation::IncomingFriendRequest), &["friend-asked", "friend-declined"]),
    (Mistake::ForgetsRequests, &["friend-request-waits"]),
    (Hides(Operation::ContactInfo), &["friend-accepted", "friends-both-ask", "room-made", "room-joined"]),
    (Mistake::TellsOfNo, &["friend-declined"]),
    (Confuses(Code::NoSuchRequest), &["friend-not-asked"]),
    (Confuses(Code::RequestPending), &["friend-refused"]),
    (Mistake::TellsOneSide, &["friend-deleted"]),
    (Mistake::AnybodyWrites, &["friend-of-nobody"]),
    (Confuses(Code::NotFriends), &["friend-of-nobody", "history-of-a-stranger"]),
];

const MESSAGES: &[Row] = &[
    (Mistake::TellsNoTime, &["message-answered", "away-history", "history-stays"]),
    (Mistake::LosesMessages, &["message-arrives", "message-window", "message-same-id"]),
    (Mistake::TellsSender, &["message-to-nobody-else", "room-message-to-members"]),
    (Mistake::TellsTwice, &["message-same-id"]),
    (Mistake::CountsTwice, &["message-same-id", "message-id-used"]),
    (Confuses(Code::NoSuchUser), &["message-nowhere", "friend-refused"]),
    (Confuses(Code::TooLong), &["message-too-long"]),
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
];

const HISTORY_AND_CURSORS: &[Row] = &[
    (Mistake::ForgetsLast, &["away-bundle", "room-in-bundle"]),
    (Mistake::LeavesMessageOut, &["away-history", "history-ends"]),
    (Mistake::NeverMore, &["history-after", "history-before"]),
    (Mistake::AnyLimit, &["history-limits"]),
    (Hides(Operation::CursorMoved), &["cursor-told"]),
    (Mistake::ForgetsCursors, &["cursor-never-back", "cursor-never-beyond"]),
];

const ROOMS: &[Row] = &[
    (HidesLine(Happened::Created), &["room-made"]),
    (HidesLine(Happened::Joined), &["room-joined"]),
    (HidesLine(Happened::Left), &["room-left"]),
    (HidesLine(Happened::Removed), &["room-removed"]),
    (HidesLine(Happened::Owner), &["room-handed-over"]),
    (Confuses(Code::RoomNameTaken), &["room-refused"]),
    (Confuses(Code::AlreadyInRoom), &["room-joined-twice"]),
    (Confuses(Code::NoSuchRoom), &["room-ends", "room-refused", "message-nowhere"]),
    (Confuses(Code::NotOwner), &["room-not-owner"]),
    (Mistake::TellsStrangers, &["room-message-to-members", "room-left-hears-nothing"]),
    (Mistake::AnybodyReads, &["room-not-a-member"]),
    (Mistake::MixesMembers, &["room-members"]),
    (Mistake::OwnerGoes, &["room-owner-stays"]),
];

/// On lesson 7.
const ENCRYPTED: &[Row] = &[
    (Mistake::OldTokens, &["resume-old-token"]),
    (Mistake::SameToken, &["resume", "resume-old-token"]),
    (Confuses(Code::BadToken), &["resume-wrong-token", "resume-old-token", "resume-after-log-out"]),
    (Confuses(Code::NotEncrypted), &["message-in-clear"]),
    (
        Confuses(Code::BadField),
        &[
            "malformed-value",
            "field-type",
            "field-missing",
            "field-other-value",
            "field-not-repeated",
            "message-id-used",
            "message-nowhere",
            "message-forged-event",
            "message-signature",
            "history-limits",
        ],
    ),
];

/// What only the messenger has. All below it is the same with and without a mistake.
fn own_cases(lesson: u8) -> Vec<Case> {
    let below = cases(Layer::Stage(lesson));
    let mut own = cases(Layer::Messenger(lesson));
    own.retain(|case| below.iter().all(|other| other.name != case.name));
    own
}

/// These cases and those beside them; all, if nothing is named or everything is asked for.
fn chosen(own: Vec<Case>, names: &[&str]) -> Vec<Case> {
    let whole = std::env::var_os("UCHAT_WHOLE").is_some_and(|value| value == "1");
    if whole || names.is_empty() {
        return own;
    }
    let places: Vec<usize> = (0..own.len()).filter(|place| names.contains(&own[*place].name)).collect();
    let is_near = |place: usize| places.iter().any(|named| place.abs_diff(*named) <= 1);
    own.iter().enumerate().filter(|(place, _)| is_near(*place)).map(|(_, case)| *case).collect()
}

/// A few at a time: more would only wait for each other's passwords, and be taken for late.
const AT_ONCE: usize = 4;

fn each_fails(lesson: u8, mistakes: &[Row]) {
    let dir = tempfile::tempdir().unwrap();
    let behind = Arc::new(Behind::start(dir.path(), lesson));
    let rows = Mutex::new(mistakes.iter());
    let next = || rows.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((mistake, names)) = next() {
                    let target = Target { patience: PATIENCE, ..behind.with(*mistake) };
                    let report = run(&target, &chosen(own_cases(lesson), names), |_| {});
                    fails(&format!("{mistake:?}"), &report, names);
                }
            });
        }
    });
}

#[test]
fn every_case_finds_a_mistake() {
    let below = [OPERATIONS, FIELDS, SESSIONS, FRIENDS, MESSAGES, HISTORY_AND_CURSORS, ROOMS].concat();
    let names =
        |rows: &[Row]| -> BTreeSet<&str> { rows.iter().flat_map(|(_, names)| *names).copied().collect() };
    let found = [names(&below), &names(&below) | &names(ENCRYPTED)];
    for (lesson, found) in [6, 7].into_iter().zip(found) {
        let own = own_cases(lesson);
        let without: Vec<_> = own.iter().map(|case| case.name).filter(|name| !found.contains(name)).collect();
        assert!(without.is_empty(), "lesson {lesson}: nothing shows that these can fail: {without:?}");
    }
}

#[test]
fn somebody_in_the_middle_who_changes_nothing() {
    each_fails(6, &[(Mistake::None, &[])]);
}

#[test]
fn operations() {
    each_fails(6, OPERATIONS);
}

#[test]
fn fields() {
    each_fails(6, FIELDS);
}

#[test]
fn sessions() {
    each_fails(6, SESSIONS);
}

#[test]
fn friends() {
    each_fails(6, FRIENDS);
}

#[test]
fn messages() {
    each_fails(6, MESSAGES);
}

#[test]
fn history_and_cursors() {
    each_fails(6, HISTORY_AND_CURSORS);
}

#[test]
fn rooms() {
    each_fails(6, ROOMS);
}

#[test]
fn tokens_and_encrypted_messages() {
    each_fails(7, ENCRYPTED);
}
