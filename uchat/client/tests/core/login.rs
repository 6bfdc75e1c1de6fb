//! Logging in with a password, registering, our own keys, logging out.

use crate::script::{ANN, Script, logged_in, login, settings_login};
use serde_bytes::ByteBuf;
use uchat_client::core::{
    Answer, Command, Effect, Keys, NetEffect, Notice, Settings, VaultEffect, VaultEvent,
};
use uchat_protocol::reply::{Done, LoggedIn, Reply};
use uchat_protocol::{Code, Request};

fn certified() -> Reply {
    Reply::Done(Done { certificates: vec![(ANN, ByteBuf::from(vec![3]))], ..Done::default() })
}

/// The tag of the step that the vault is asked for, and which step it is.
pub(crate) fn key_step(script: &mut Script) -> (u64, &'static str) {
    script.vault_asked(|effect| match effect {
        VaultEffect::MakeKeys { tag, .. } => Some((*tag, "keys")),
        VaultEffect::MakeRequest { tag, .. } => Some((*tag, "request")),
        VaultEffect::SetCertificate { tag, .. } => Some((*tag, "certificate")),
        _ => None,
    })
}

#[test]
fn a_login_connects_logs_in_and_is_answered_when_the_keys_are_open() {
    let mut script = Script::loaded();
    script.command(7, login());
    assert!(script.out.iter().any(|effect| matches!(effect, Effect::Net(NetEffect::Connect))));
    script.up();
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::Login(login) if login.user_name == "ann"));
    script.reply(tag, Reply::LoginSuccessful(logged_in()));
    assert!(script.model.is_online());
    assert!(!script.is_answered(7));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Ready });
    assert_eq!(script.answer(7), Ok(Answer::UserId { user_id: ANN }));
}

#[test]
fn register_makes_the_account_then_keys_then_a_certificate() {
    let mut script = Script::loaded();
    let command = Command::Register {
        username: "ann".to_owned(),
        password: "ann's password".into(),
        email: "ann@example.org".to_owned(),
        sex: None,
        age: None,
    };
    script.command(1, command);
    script.up();
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::Register(_)));
    script.reply(tag, Reply::RegisterSuccessful(ANN));
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::Login(_)));
    script.reply(tag, Reply::LoginSuccessful(LoggedIn { certificate: None, ..logged_in() }));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Missing });
    let (tag, step) = key_step(&mut script);
    assert_eq!(step, "keys");
    script.vault(VaultEvent::KeysMade { tag, csr: vec![9] });
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::SignCertificate(sign) if sign.csr.as_ref() == [9]));
    script.reply(tag, certified());
    let (tag, step) = key_step(&mut script);
    assert_eq!(step, "certificate");
    assert!(!script.is_answered(1));
    script.vault(VaultEvent::Done { tag });
    assert_eq!(script.answer(1), Ok(Answer::UserId { user_id: ANN }));
}

#[test]
fn keys_that_are_not_here_are_told_and_can_be_made_anew() {
    let mut script = Script::loaded();
    script.command(1, login());
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(logged_in()));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Missing });
    assert!(script.answer(1).is_ok());
    let told = |notice: &Notice| matches!(notice, Notice::Notice { text } if text.contains("import them"));
    assert!(script.notices().iter().any(told));
    script.push(uchat_protocol::Push::LoginBundle(crate::script::bundle(0, 0)));
    script.command(2, crate::script::send("hi"));
    assert_eq!(script.refused(2), Code::NoOwnKeys);

    script.command(3, Command::NewKeys { password: "another".into() });
    assert_eq!(script.refused(3), Code::WrongPassword);
    script.command(4, Command::NewKeys { password: "ann's password".into() });
    let (tag, _) = key_step(&mut script);
    script.vault(VaultEvent::KeysMade { tag, csr: vec![9] });
    let (tag, _) = script.sent_as(|request| matches!(request, Request::SignCertificate(_)));
    script.reply(tag, certified());
    let (tag, _) = key_step(&mut script);
    script.vault(VaultEvent::Done { tag });
    assert_eq!(script.answer(4), Ok(Answer::Done {}));
}

#[test]
fn the_same_user_again_is_fine_another_one_is_not() {
    let mut script = Script::online();
    script.command(1, login());
    assert_eq!(script.answer(1), Ok(Answer::UserId { user_id: ANN }));
    script.command(2, Command::Login { username: "eve".to_owned(), password: "eve's password".into() });
    assert_eq!(script.refused(2), Code::AlreadyLoggedIn);
    script.down(Code::Offline);
    script.command(3, Command::Login { username: "eve".to_owned(), password: "eve's password".into() });
    assert_eq!(script.refused(3), Code::AlreadyLoggedIn);
}

#[test]
fn a_wrong_password_is_answered_and_the_next_try_uses_the_same_connection() {
    let mut script = Script::loaded();
    script.command(1, login());
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginFailed(Code::WrongLogin.into()));
    assert_eq!(script.refused(1), Code::WrongLogin);
    script.command(2, login());
    assert!(matches!(script.sent(), (_, Request::Login(_))));
}

#[test]
fn a_profile_of_another_account_ends_the_log_in() {
    let mut script = Script::loaded();
    script.command(1, login());
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(logged_in()));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Failed { tag, refusal: Code::BadField.into() });
    assert_eq!(script.refused(1), Code::BadField);
    assert!(script.out.iter().any(|effect| matches!(effect, Effect::Net(NetEffect::Disconnect))));
}

#[test]
fn a_login_of_the_settings_is_tried_again_until_there_is_a_server() {
    let settings = Settings { encrypted: true, connect_at_start: false, auto_login: Some(settings_login()) };
    let mut script = Script::new(settings);
    script.load(Vec::new(), Vec::new());
    script.down(Code::Offline);
    let waits = |notice: &Notice| matches!(notice, Notice::Connection { retry_in: Some(_), .. });
    assert!(script.notices().iter().any(waits));
    script.timer(uchat_client::core::Timer::Reconnect);
    script.up();
    assert!(matches!(script.sent(), (_, Request::Login(_))));
}

#[test]
fn lessons_without_end_to_end_encryption_need_no_keys() {
    let mut script = Script::new(Settings::default());
    script.load(Vec::new(), Vec::new());
    script.command(1, login());
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(LoggedIn { certificate: None, token: None, ..logged_in() }));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Missing });
    assert!(script.answer(1).is_ok());
}

#[test]
fn logging_out_ends_the_session_and_does_not_come_back() {
    let mut script = Script::online();
    script.command(1, Command::Logout {});
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::Logout(_)));
    script.done(tag);
    assert_eq!(script.answer(1), Ok(Answer::Done {}));
    script.vault_asked(|effect| matches!(effect, VaultEffect::Lock).then_some(()));
    script.out.clear();
    script.down(Code::Offline);
    assert!(!script.out.iter().any(|effect| matches!(effect, Effect::SetTimer(..))));
    script.command(2, Command::Contacts {});
    assert_eq!(script.refused(2), Code::NotLoggedIn);
}

#[test]
fn a_changed_password_reencrypts_the_keys_and_a_failure_there_is_told_clearly() {
    let mut script = Script::online();
    let change = || Command::ChangePassword { old: "ann's password".into(), new: "a new password".into() };
    for worked in [true, false] {
        script.command(1, change());
        let (tag, _) = script.sent();
        script.done(tag);
        let tag = script.vault_asked(|effect| match effect {
            VaultEffect::ChangePassword { tag, .. } => Some(*tag),
            _ => None,
        });
        if worked {
            script.vault(VaultEvent::Done { tag });
            assert_eq!(script.answer(1), Ok(Answer::Done {}));
        } else {
            script.vault(VaultEvent::Failed { tag, refusal: Code::NoSpace.into() });
            assert!(script.answer(1).unwrap_err().text.contains("still under the old one"));
        }
    }
}

#[test]
fn a_deleted_account_leaves_nothing_here() {
    let mut script = Script::online();
    script.command(1, Command::DeleteAccount { password: "ann's password".into() });
    let (tag, _) = script.sent();
    script.done(tag);
    let tag = script.vault_asked(|effect| match effect {
        VaultEffect::Forget { tag } => Some(*tag),
        _ => None,
    });
    script.down(Code::AccountDeleted);
    script.vault(VaultEvent::Done { tag });
    assert_eq!(script.answer(1), Ok(Answer::Done {}));
    assert_eq!(script.model.user_name(), None);
}
