//! Commands that wait: for a log-in, and for everything that the server has.

use crate::script::{BOB, Script, bundle, from_bob, logged_in, login, send, stored, summary};
use uchat_client::core::{Answer, Command, Keys, Settings, VaultEffect, VaultEvent};
use uchat_protocol::push::Push;
use uchat_protocol::reply::{History, Reply};
use uchat_protocol::{Code, Refusal, Request};

/// The vault is asked something for `sync`: the tag.
fn asked(script: &mut Script) -> u64 {
    script.vault_asked(|effect| match effect {
        VaultEffect::History { tag, .. } => Some(*tag),
        _ => None,
    })
}

#[test]
fn commands_behind_a_log_in_wait_until_the_contacts_are_known() {
    let mut script = Script::loaded();
    script.command(1, login());
    script.command(2, Command::Contacts {});
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(logged_in()));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Ready });
    assert_eq!(script.answer(1), Ok(Answer::UserId { user_id: 1 }));
    assert!(!script.is_answered(2));
    script.push(Push::LoginBundle(bundle(0, 0)));
    assert!(matches!(script.answer(2), Ok(Answer::Contacts { contacts }) if !contacts.is_empty()));
}

#[test]
fn commands_behind_a_log_in_that_fails_are_answered_without_it() {
    let mut script = Script::new(Settings { encrypted: true, ..Settings::default() });
    script.load(Vec::new(), Vec::new());
    script.command(1, login());
    script.command(2, Command::Contacts {});
    script.down(Code::Offline);
    assert_eq!(script.refused(1), Code::Offline);
    assert_eq!(script.refused(2), Code::NotLoggedIn);
}

#[test]
fn sync_is_answered_when_the_vault_has_all_that_the_server_has() {
    let mut script = Script::online();
    script.push(Push::OnNewMessage(from_bob(2))); // one is missing
    script.command(9, Command::Sync {});
    let (tag, _) = script.sent_as(|request| matches!(request, Request::FetchHistory(_)));
    assert!(!script.is_answered(9));
    let messages = vec![from_bob(1), from_bob(2)];
    script.reply(tag, Reply::ChatHistory(History { target_type: 0, target_id: 2, messages, more: false }));
    let first = asked(&mut script);
    script.vault(VaultEvent::NeedCertificates(vec![2])); // it has found something missing
    script.vault(VaultEvent::Received { summary: summary(BOB, 2, 0), shown: Vec::new() });
    script.vault(VaultEvent::History { tag: first, messages: Vec::new() });
    assert!(!script.is_answered(9));
    let (tag, _) = script.sent_as(|request| matches!(request, Request::CertificatesOf(_)));
    script.done(tag);
    let second = asked(&mut script);
    script.vault(VaultEvent::History { tag: second, messages: Vec::new() });
    assert_eq!(script.answer(9), Ok(Answer::Done {}));
}

#[test]
fn sync_is_answered_when_what_waited_is_stored() {
    let mut script = Script::online();
    let id = script.command(1, send("hi"));
    script.command(9, Command::Sync {});
    script.queued(id, BOB);
    script.sealed(id);
    let (tag, _) = script.message_sent();
    let early = asked(&mut script); // of before it was queued
    script.vault(VaultEvent::History { tag: early, messages: Vec::new() });
    assert!(!script.is_answered(9));
    script.reply(tag, stored(1));
    let late = asked(&mut script);
    script.vault(VaultEvent::History { tag: late, messages: Vec::new() });
    assert_eq!(script.answer(9), Ok(Answer::Done {}));
}

#[test]
fn sync_does_not_wait_for_what_cannot_go_out() {
    let mut script = Script::online();
    let id = script.command(1, send("hi"));
    script.queued(id, BOB);
    script.sealed(id);
    let (tag, _) = script.message_sent();
    script.command(9, Command::Sync {});
    script.reply(tag, Reply::Refused(Refusal::new(Code::TooManyRequests).retry_after(2000)));
    let tag = asked(&mut script);
    script.vault(VaultEvent::History { tag, messages: Vec::new() });
    assert_eq!(script.answer(9), Ok(Answer::Done {}));
}

#[test]
fn sync_without_a_connection_is_refused() {
    let mut script = Script::online();
    script.push(Push::OnNewMessage(from_bob(2)));
    script.command(9, Command::Sync {});
    script.down(Code::Offline);
    assert_eq!(script.refused(9), Code::Offline);
}

#[test]
fn a_log_in_right_behind_a_log_out_waits_for_it_and_works() {
    let mut script = Script::online();
    script.command(1, Command::Logout {});
    script.command(2, login());
    script.command(3, Command::Contacts {});
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::Logout(_)));
    assert!(!script.is_answered(2), "it is not answered from the session that ends");
    script.done(tag);
    assert_eq!(script.answer(1), Ok(Answer::Done {}));
    script.down(Code::Offline); // the old connection
    assert!(!script.is_answered(2) && !script.is_answered(3));
    script.let_in();
    assert_eq!(script.answer(2), Ok(Answer::UserId { user_id: 1 }));
    assert!(script.answer(3).is_ok());
}

#[test]
fn a_log_in_behind_a_log_out_works_where_the_connection_breaks_between_them_too() {
    let mut script = Script::online();
    script.command(1, Command::Logout {});
    script.command(2, login());
    script.sent();
    script.down(Code::Offline);
    assert_eq!(script.answer(1), Ok(Answer::Done {}));
    assert!(!script.is_answered(2));
    script.let_in();
    assert!(script.answer(2).is_ok());
}

#[test]
fn a_log_out_behind_a_log_in_waits_for_it() {
    let mut script = Script::loaded();
    script.command(1, login());
    script.command(2, Command::Logout {});
    script.command(3, send("too late"));
    script.let_in();
    assert!(script.answer(1).is_ok());
    let (tag, _) = script.sent_as(|request| matches!(request, Request::Logout(_)));
    script.done(tag);
    assert_eq!(script.answer(2), Ok(Answer::Done {}));
    assert_eq!(script.refused(3), Code::NotLoggedIn);
}

#[test]
fn of_two_log_ins_the_second_waits_for_the_first() {
    let mut script = Script::loaded();
    script.command(1, login());
    script.command(2, login());
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginFailed(Code::TooManyLogIns.into()));
    assert_eq!(script.refused(1), Code::TooManyLogIns);
    assert!(matches!(script.sent(), (_, Request::Login(_))));
}
