//! Random sequences of whatever can happen, also of what should not: what always holds.

use crate::script::{
    BOB, bundle, envelope, from_bob, logged_in, login, package, sealed, send, shown, summary,
};
use crate::world::{VERBS, World};
use rand::RngExt;
use std::collections::BTreeSet;
use uchat_client::core::{Event, Keys, NetEvent, Queued, Sealed, Settings, Timer, VaultEvent};
use uchat_protocol::push::Push;
use uchat_protocol::reply::{Done, History, Reply};
use uchat_protocol::{Code, MessageId, Operation, Request};

#[test]
fn every_command_is_answered_exactly_once_and_the_rules_of_the_wire_hold() {
    let (mut asked, mut tried) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..600 {
        let encrypted = seed % 4 != 0;
        let auto_login = (seed % 3 == 0).then(crate::script::settings_login);
        let mut world = World::new(seed, Settings { encrypted, auto_login, ..Settings::default() });
        world.command(login());
        for _ in 0..600 {
            world.step();
        }
        world.finish();
        let open: Vec<u64> = (0..world.commands).filter(|id| !world.answered.contains(id)).collect();
        assert!(open.is_empty(), "seed {seed}: no answer to {open:?}");
        assert_eq!(world.model.open_commands(), 0, "seed {seed}");
        asked.append(&mut world.asked);
        tried.append(&mut world.tried);
    }
    assert_eq!(tried.len(), VERBS, "{tried:?}");
    use Operation::{
        CertificatesOf, FetchHistory, FetchKeyPackages, FileBegin, FileGet, FilePut, KeyPackage, Resume,
        SendMessage, SetCursor, SignCertificate,
    };
    for operation in [
        CertificatesOf,
        FetchHistory,
        FetchKeyPackages,
        FileBegin,
        FileGet,
        FilePut,
        KeyPackage,
        Resume,
        SendMessage,
        SetCursor,
        SignCertificate,
    ] {
        assert!(asked.contains(&operation), "no sequence has come as far as {operation}");
    }
}

/// A server that keeps what it is sent, each id once.
#[test]
fn through_any_number_of_breaks_every_message_is_stored_once_and_in_order() {
    for seed in 0..100 {
        let auto_login = Some(crate::script::settings_login());
        let mut world = World::new(seed, Settings { encrypted: true, auto_login, ..Settings::default() });
        let mut queued = Vec::new();
        let mut kept: Vec<MessageId> = Vec::new();
        let mut known = false;
        for round in 0..3000 {
            world.now += 50;
            if round == 1500 {
                world.down(Code::Offline); // what has no answer by now is sent again
            }
            if round < 1500 && known && world.chance(10) {
                world.command(send("hi"));
            }
            if round < 1500 && world.chance(60) {
                world.down(Code::Offline);
            }
            if world.chance(3) {
                world.event(Event::Timer { timer: Timer::Reconnect, random: 0 });
                world.up();
            }
            if let Some((id, conversation, changes)) = world.to_queue.pop_front() {
                queued.push(id);
                let queued = Queued { id, conversation, failed: false, changes };
                world.event(Event::Vault(VaultEvent::Queued { queued, shown: shown(id) }));
            }
            if world.chance(2)
                && let Some(tag) = world.questions.pop_first()
            {
                world.event(Event::Vault(VaultEvent::Unlocked { tag, keys: Keys::Ready }));
            }
            if let Some(id) = world.to_seal.pop_front() {
                let packages = if id.0[0] % 8 == 0 { vec![package()] } else { Vec::new() }; // always the same
                let ready = Sealed { id, packages, message: sealed(id) };
                world.event(Event::Vault(VaultEvent::Sealed(Box::new(ready))));
            }
            let Some((tag, request)) = world.requests.pop_first() else { continue };
            let reply = match request {
                Request::SendMessage(message) => {
                    assert_eq!(message.message, envelope());
                    let id = message.id.unwrap();
                    if !kept.contains(&id) {
                        kept.push(id);
                    }
                    let seq = kept.iter().position(|other| *other == id).map(|place| place as u64 + 1);
                    if round < 1500 && world.chance(5) {
                        continue; // stored, but the answer is lost: a break comes
                    }
                    Reply::Done(Done { seq, time: Some(1), ..Done::default() })
                }
                Request::Login(_) | Request::Resume(_) => {
                    known = true;
                    Reply::LoginSuccessful(logged_in())
                }
                _ => Reply::Done(Done::default()),
            };
            let logged_in = matches!(reply, Reply::LoginSuccessful(_));
            world.event(Event::Net(NetEvent::Reply { tag, reply }));
            if logged_in {
                world.event(Event::Net(NetEvent::Push(Push::LoginBundle(bundle(0, 0)))));
            }
        }
        assert!(!queued.is_empty());
        assert_eq!(kept, queued, "seed {seed}");
    }
}

/// A server whose pushes get lost now and then, as for a connection that reads too slowly, and a vault that
/// takes its time.
#[test]
fn through_any_number_of_breaks_the_vault_gets_every_message_without_a_gap() {
    for seed in 0..200 {
        let auto_login = Some(crate::script::settings_login());
        let mut world = World::new(seed, Settings { encrypted: true, auto_login, ..Settings::default() });
        let (mut said, mut have) = (0, 0);
        for round in 0..1500 {
            world.now += 50;
            let quiet = round >= 1000;
            if !quiet && world.chance(4) {
                said += 1;
                if world.model.is_online() && !world.chance(5) {
                    world.event(Event::Net(NetEvent::Push(Push::OnNewMessage(from_bob(said)))));
                }
            }
            if round == 1000 || (!quiet && world.chance(60)) {
                world.down(Code::Offline);
            }
            if world.chance(3) {
                world.event(Event::Timer { timer: Timer::Reconnect, random: 0 });
                world.up();
            }
            if let Some(tag) = world.questions.pop_first() {
                world.event(Event::Vault(VaultEvent::Unlocked { tag, keys: Keys::Ready }));
            }
            if !world.received.is_empty() && (quiet || world.chance(2)) {
                let (first, last) = world.received.remove(0);
                assert!(first <= have + 1, "seed {seed}: a gap between {have} and {first}");
                have = have.max(last);
                let summary = summary(BOB, have, 0);
                world.event(Event::Vault(VaultEvent::Received { summary, shown: Vec::new() }));
            }
            let Some((tag, request)) = world.requests.pop_first() else { continue };
            let reply = match request {
                Request::FetchHistory(fetch) => {
                    let after = fetch.after.unwrap();
                    let last = said.min(after + world.random.random_range(1..9));
                    Reply::ChatHistory(History {
                        target_type: 0,
                        target_id: 2,
                        messages: (after + 1..=last).map(from_bob).collect(),
                        more: last < said,
                    })
                }
                Request::Login(_) | Request::Resume(_) => Reply::LoginSuccessful(logged_in()),
                _ => Reply::Done(Done::default()),
            };
            let is_log_in = matches!(reply, Reply::LoginSuccessful(_));
            world.event(Event::Net(NetEvent::Reply { tag, reply }));
            if is_log_in {
                world.event(Event::Net(NetEvent::Push(Push::LoginBundle(bundle(said, 0)))));
            }
        }
        assert_eq!(have, said, "seed {seed}");
    }
}
