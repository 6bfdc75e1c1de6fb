//! Messages that the server puts off: they go again later, in the old order.

use crate::outbox::{back_online, packing};
use crate::script::Script;
use uchat_client::core::{Effect, Timer, VaultEffect, VaultEvent, WhyNot};
use uchat_protocol::reply::Reply;
use uchat_protocol::{Code, MessageId, Refusal};

#[test]
fn what_the_server_puts_off_goes_again_later_in_the_old_order() {
    let mut script = Script::online();
    let ids: Vec<MessageId> = (0..3).map(|n| script.say(n, "hi")).collect();
    script.out.clear();
    ids.iter().for_each(|id| script.sealed(*id));
    let tags: Vec<u64> = script.all_sent().into_iter().map(|(tag, _)| tag).collect();
    for tag in tags {
        let refusal = Refusal::new(Code::TooManyRequests).retry_after(2000);
        script.reply(tag, Reply::Refused(refusal));
    }
    script.out.retain(|effect| !matches!(effect, Effect::Vault(VaultEffect::Seal(_))));
    script.now += 1999;
    script.timer(Timer::Later);
    assert_eq!(script.seal_asked(), None);
    script.now += 1;
    script.timer(Timer::Later);
    for id in ids {
        assert_eq!(script.seal_asked(), Some(id));
        script.sealed(id);
    }
}

/// The messages that go out from here on, each as soon as it is sealed.
fn sent_in_order(script: &mut Script) -> Vec<MessageId> {
    let mut sent = Vec::new();
    while let Some(id) = script.seal_asked() {
        script.sealed(id);
        sent.push(script.message_sent().1);
    }
    sent
}

fn put_off(script: &mut Script, tag: u64) {
    script.reply(tag, Reply::Refused(Refusal::new(Code::NoSpace).retry_after(2000)));
}

fn wait(script: &mut Script) {
    script.now += 2000;
    script.timer(Timer::Later);
}

#[test]
fn a_message_that_is_put_off_while_the_next_one_is_sealed_goes_before_it() {
    for (seals, is_lost) in [(true, false), (false, false), (true, true)] {
        let mut script = Script::online();
        let ids: Vec<MessageId> = (0..3).map(|n| script.say(n, "hi")).collect();
        assert_eq!(script.seal_asked(), Some(ids[0]));
        script.sealed(ids[0]);
        let (tag, _) = script.message_sent();
        assert_eq!(script.seal_asked(), Some(ids[1]));
        put_off(&mut script, tag);
        if seals {
            script.sealed(ids[1]);
        } else {
            script.vault(VaultEvent::NotSealed { id: ids[1], why: WhyNot::Certificates(vec![2]) });
        }
        assert!(script.all_sent().is_empty());
        if is_lost {
            script.down(Code::Offline);
            back_online(&mut script);
        } else {
            wait(&mut script);
        }
        assert_eq!(sent_in_order(&mut script), ids, "{seals} {is_lost}");
    }
}

#[test]
fn a_message_that_is_put_off_while_keys_of_the_next_one_are_taken_goes_before_it() {
    let mut script = Script::online();
    let ids: Vec<MessageId> = (0..2).map(|n| script.say(n, "hi")).collect();
    assert_eq!(script.seal_asked(), Some(ids[0]));
    script.sealed(ids[0]);
    let (first, _) = script.message_sent();
    assert_eq!(script.seal_asked(), Some(ids[1]));
    script.sealed_with(ids[1], 1);
    let package = script.package_sent();
    put_off(&mut script, first);
    script.done(package);
    assert!(script.all_sent().is_empty(), "its keys are there, and it waits");
    wait(&mut script);
    assert_eq!(sent_in_order(&mut script), ids);
}

#[test]
fn the_pause_grows_once_for_all_that_was_on_its_way() {
    let mut script = Script::online();
    let ids: Vec<MessageId> = (0..20).map(|n| script.say(n, "hi")).collect();
    script.out.clear();
    ids.iter().for_each(|id| script.sealed(*id));
    for (tag, _) in script.all_sent() {
        script.refuse(tag, Code::ServerError); // which does not say when to try again
    }
    script.out.clear();
    script.now += 1000;
    script.timer(Timer::Later);
    assert_eq!(sent_in_order(&mut script), ids);
}

#[test]
fn a_key_package_that_is_put_off_or_lost_goes_again_before_its_message() {
    let mut script = Script::online();
    let (id, tag) = packing(&mut script);
    script.reply(tag, Reply::Refused(Refusal::new(Code::TooManyRequests).retry_after(2000)));
    assert_eq!(script.seal_asked(), None);
    script.now += 2000;
    script.timer(Timer::Later);
    assert_eq!(script.seal_asked(), Some(id));
    script.sealed_with(id, 1);
    let tag = script.package_sent();
    script.down(Code::Offline);
    script.done(tag);
    assert_eq!(script.model.pending_sends(), 1);
    back_online(&mut script);
    assert_eq!(script.seal_asked(), Some(id));
    script.sealed_with(id, 1);
    let tag = script.package_sent();
    script.done(tag);
    assert_eq!(script.message_sent().1, id);
}
