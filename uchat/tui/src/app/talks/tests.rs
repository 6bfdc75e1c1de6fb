//! Whatever comes in whatever order: each message once, in the order of the history.
#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use super::{End, Talk};
use proptest::prelude::*;
use std::collections::BTreeSet;
use uchat_client::core::{DeliveryState, Shown, With};
use uchat_protocol::MessageId;

/// The history has so many messages; every third is ours.
const COUNT: u64 = 40;

fn message(seq: u64) -> Shown {
    let ours = seq.is_multiple_of(3);
    let mut id = [0; 16];
    id[..8].copy_from_slice(&seq.to_be_bytes());
    Shown {
        id: Some(MessageId(id)),
        from: Some(if ours { "ann" } else { "bob" }.into()),
        with: With::User("bob".into()),
        seq: Some(seq),
        time: seq,
        text: Some(seq.to_string()),
        file: None,
        fontsize: 0,
        fontcolor: String::new(),
        reply_to: None,
        encrypted: true,
        mentioned: false,
        state: ours.then_some(DeliveryState::Stored),
        edited: false,
        deleted: false,
        reactions: Vec::new(),
    }
}

/// A conversation whose end is in memory.
fn at_end() -> Talk {
    let mut talk = Talk::default();
    (talk.at_end, talk.complete) = (true, true);
    talk
}

fn waiting(seq: u64) -> Shown {
    Shown { seq: None, state: Some(DeliveryState::Queued), ..message(seq) }
}

#[derive(Debug, Clone)]
enum Step {
    Comes(u64),
    Page(u64, u64),
    Written(u64),
    Stored(u64, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let seq = 1..=COUNT;
    let ours = (1..=COUNT / 3).prop_map(|third| third * 3);
    prop_oneof![
        seq.clone().prop_map(Step::Comes),
        (seq.clone(), 1..20_u64).prop_map(|(from, count)| Step::Page(from, count)),
        ours.clone().prop_map(Step::Written),
        (ours, any::<bool>()).prop_map(|(seq, told)| Step::Stored(seq, told)),
    ]
}

proptest! {
    #[test]
    fn each_message_stands_once_and_in_the_order_of_the_history(steps in prop::collection::vec(step(), 0..60)) {
        let mut talk = at_end();
        for step in steps {
            match step {
                Step::Comes(seq) => talk.insert(message(seq)),
                Step::Page(from, count) => {
                    talk.merge((from..=COUNT.min(from + count)).map(message).collect(), End::Newest);
                }
                Step::Written(seq) if talk.message(message(seq).id.unwrap()).is_none() => {
                    talk.insert(waiting(seq));
                }
                Step::Written(_) => {}
                Step::Stored(seq, told) => {
                    let stored = told.then_some((seq, seq));
                    talk.state(message(seq).id.unwrap(), DeliveryState::Stored, None, stored);
                }
            }
            let ids: BTreeSet<_> = talk.lines().iter().map(|line| line.shown.id).collect();
            prop_assert_eq!(ids.len(), talk.lines().len(), "none stands twice");
            let numbers: Vec<_> = talk.lines().iter().filter_map(|line| line.shown.seq).collect();
            prop_assert!(numbers.is_sorted(), "{:?}", numbers);
        }
        // In the end the history tells all of it.
        talk.merge((1..=COUNT).map(message).collect(), End::Oldest);
        let numbers: Vec<_> = talk.lines().iter().map(|line| line.shown.seq).collect();
        prop_assert_eq!(numbers, (1..=COUNT).map(Some).collect::<Vec<_>>());
    }
}

#[test]
fn lines_without_a_number_stay_behind_the_message_that_they_belong_to() {
    let line = |text: &str| Shown {
        id: None,
        from: None,
        seq: None,
        state: None,
        text: Some(text.into()),
        ..message(1)
    };
    let mut talk = at_end();
    let page = vec![message(1), line("after 1"), message(2), line("after 2"), message(4)];
    talk.merge(page.clone(), End::Oldest);
    talk.merge(page, End::Oldest);
    talk.insert(waiting(6));
    talk.insert(line("after 4"));
    talk.insert(message(5));
    let texts: Vec<_> = talk.lines().iter().filter_map(|line| line.shown.text.as_deref()).collect();
    assert_eq!(texts, ["1", "after 1", "2", "after 2", "4", "after 4", "5", "6"]);
}

#[test]
fn what_is_in_memory_is_bounded_in_messages_and_in_bytes() {
    let mut talk = at_end();
    for seq in 1..5_000 {
        talk.insert(message(seq));
    }
    assert!(talk.lines().len() <= 2_000 && talk.newest() == Some(4_999) && !talk.complete);
    for seq in 5_000..5_600 {
        talk.insert(Shown { text: Some("x".repeat(64 << 10)), ..message(seq) });
    }
    let bytes: usize = talk.lines().iter().filter_map(|line| line.shown.text.as_ref()).map(String::len).sum();
    assert!(bytes <= 8 << 20, "{bytes}");
    assert_eq!(talk.newest(), Some(5_599));
}
