#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
use super::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::VecDeque;
use uchat_protocol::Reply;
use uchat_protocol::reply::Done;

const BOB: Target = (0, 2);
const ROOM: Target = (1, 2);

fn full() -> Failure {
    Refusal::because(Code::NoSpace, "the disk is full").retry_after(5_000).into()
}

/// What becomes of a message for which there is room, or not.
fn send(order: &SendOrder, target: Target, id: u128, result: Result<(), Failure>) -> Result<(), Refusal> {
    let sent = Sent { target, id: MessageId(id.to_be_bytes()) };
    let handled = order.take(sent, || result.map(|()| Reply::Done(Done::default())));
    handled.map(drop).map_err(|failure| told(&failure))
}

#[test]
fn nothing_overtakes_a_message_that_was_put_off_until_it_comes_again() {
    let order = SendOrder::default();
    assert_eq!(send(&order, BOB, 1, Err(full())).unwrap_err().text, "the disk is full");
    for later in [2, 3] {
        let refusal = send(&order, BOB, later, Ok(())).unwrap_err();
        assert_eq!((refusal.code, refusal.retry_after), (Code::NoSpace, Some(5_000)));
        assert!(refusal.text.contains("earlier message"), "{refusal}");
    }
    assert_eq!(send(&order, ROOM, 4, Ok(())), Ok(()), "another conversation");
    send(&order, BOB, 1, Err(full())).unwrap_err();
    send(&order, BOB, 2, Ok(())).unwrap_err();
    for id in [1, 2, 3] {
        assert_eq!(send(&order, BOB, id, Ok(())), Ok(()));
    }
    assert!(order.lock().is_empty());
}

#[test]
fn a_message_that_is_lost_with_its_batch_is_put_off_as_well() {
    let order = SendOrder::default();
    assert_eq!(send(&order, BOB, 1, Ok(())), Ok(()));
    assert_eq!(send(&order, BOB, 2, Ok(())), Ok(()));
    for id in [1_u128, 2] {
        order.failed(Sent { target: BOB, id: MessageId(id.to_be_bytes()) }, &full());
    }
    send(&order, BOB, 3, Ok(())).unwrap_err();
    assert_eq!(send(&order, BOB, 1, Ok(())), Ok(()));
    assert_eq!(send(&order, BOB, 2, Ok(())), Ok(()));
}

#[test]
fn whoever_gives_the_first_one_up_goes_on_with_the_next() {
    let order = SendOrder::default();
    send(&order, BOB, 1, Err(full())).unwrap_err();
    send(&order, BOB, 2, Ok(())).unwrap_err();
    assert_eq!(send(&order, BOB, 2, Ok(())), Ok(()));
    send(&order, BOB, 3, Err(full())).unwrap_err();
    send(&order, BOB, 4, Ok(())).unwrap_err();
    assert_eq!(send(&order, BOB, 4, Ok(())), Ok(()), "also where nothing else was on its way");
}

#[test]
fn what_is_refused_for_good_holds_nothing_up() {
    let order = SendOrder::default();
    send(&order, BOB, 1, Err(Code::NotFriends.into())).unwrap_err();
    assert_eq!(send(&order, BOB, 2, Ok(())), Ok(()));
    send(&order, BOB, 3, Err(Failure::Damaged("a row".to_owned()))).unwrap_err();
    assert_eq!(send(&order, BOB, 4, Ok(())).unwrap_err().code, Code::ServerError, "clients try that again");
}

#[test]
fn what_is_remembered_is_bounded() {
    let order = SendOrder::default();
    for id in 0..1_000 {
        send(&order, BOB, id, Err(full())).unwrap_err();
    }
    for room in 0..10_000 {
        send(&order, (1, room), 1, Err(full())).unwrap_err();
    }
    let all = order.lock();
    assert_eq!((all[&BOB].ids.len(), all.len()), (SEND_WINDOW, CONVERSATIONS));
}

/// A client that does as it should: it stops at the first refusal, waits for the answers to all that it has sent, and
/// sends again, in the old order.
#[derive(Default)]
struct Client {
    waiting: VecDeque<u128>,
    sent: VecDeque<u128>,
    put_off: VecDeque<u128>,
}

impl Client {
    fn send(&mut self) -> Option<u128> {
        if !self.put_off.is_empty() || self.sent.len() == SEND_WINDOW {
            return None;
        }
        let id = self.waiting.pop_front()?;
        self.sent.push_back(id);
        Some(id)
    }

    fn hear(&mut self, is_stored: bool) {
        let id = self.sent.pop_front().unwrap();
        if !is_stored {
            self.put_off.push_back(id);
        }
        if self.sent.is_empty() {
            self.put_off.append(&mut self.waiting);
            self.waiting = std::mem::take(&mut self.put_off);
        }
    }
}

/// What the writer does with a batch: some messages find no room, and sometimes none does. Gives the answers.
fn write(order: &SendOrder, batch: &[u128], stored: &mut Vec<u128>, random: &mut StdRng) -> Vec<bool> {
    let mut written = Vec::new();
    let mut write = |id: &u128| {
        let result = if random.random_bool(0.2) { Err(full()) } else { Ok(()) };
        let is_written = send(order, BOB, *id, result).is_ok();
        written.extend(is_written.then_some(*id));
        is_written
    };
    let answers: Vec<bool> = batch.iter().map(&mut write).collect();
    if random.random_bool(0.3) {
        for id in batch {
            order.failed(Sent { target: BOB, id: MessageId(id.to_be_bytes()) }, &full());
        }
        return vec![false; batch.len()];
    }
    stored.append(&mut written);
    answers
}

#[test]
fn whatever_is_put_off_everything_is_stored_once_and_in_order() {
    for seed in 0..200 {
        let random = &mut StdRng::seed_from_u64(seed);
        let (order, mut client) = (SendOrder::default(), Client::default());
        client.waiting.extend(0..100);
        let (mut on_its_way, mut answers) = (VecDeque::new(), VecDeque::new());
        let mut stored = Vec::new();
        while stored.len() < 100 || !client.sent.is_empty() {
            match random.random_range(0..3) {
                0 => on_its_way.extend(client.send()),
                1 => {
                    let size = random.random_range(0..=on_its_way.len().min(8));
                    let batch: Vec<u128> = on_its_way.drain(..size).collect();
                    answers.extend(write(&order, &batch, &mut stored, random));
                }
                _ => answers.pop_front().into_iter().for_each(|is_stored| client.hear(is_stored)),
            }
        }
        assert_eq!(stored, Vec::from_iter(0..100), "seed {seed}");
    }
}
