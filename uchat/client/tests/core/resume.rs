//! Coming back with a token instead of the password.

use crate::login::key_step;
use crate::script::{ANN, Script, logged_in, login};
use serde_bytes::ByteBuf;
use uchat_client::core::{
    Account, Answer, Command, Connection, Effect, Keys, NetEffect, Notice, Settings, VaultEffect, VaultEvent,
};
use uchat_protocol::reply::{LoggedIn, Reply};
use uchat_protocol::{Code, Request};

#[test]
fn a_profile_with_a_token_resumes_at_the_start_and_a_login_then_opens_the_keys() {
    let mut script = Script::new(Settings { encrypted: true, connect_at_start: true, auto_login: None });
    let account = Account { id: ANN, name: "ann".to_owned(), token: Some(vec![7; 32]) };
    script.command(1, login());
    let loaded = |account| VaultEvent::Loaded {
        account,
        conversations: Vec::new(),
        outbox: Vec::new(),
        uploads: Vec::new(),
        share_typing: true,
    };
    script.vault(loaded(Some(account.clone())));
    script.up();
    assert!(matches!(script.sent(), (_, Request::Login(_))), "a login that waits goes first");

    let mut script = Script::new(Settings { encrypted: true, connect_at_start: true, auto_login: None });
    script.vault(loaded(Some(account)));
    script.up();
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::Resume(_)));
    script.command(1, login());
    script.reply(tag, Reply::LoginSuccessful(logged_in()));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Missing });
    assert!(!script.is_answered(1));
    let (tag, password) = script.vault_asked(|effect| match effect {
        VaultEffect::Unlock { tag, password, .. } => Some((*tag, password.clone())),
        _ => None,
    });
    assert_eq!(password.as_deref(), Some("ann's password"));
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Ready });
    assert_eq!(script.answer(1), Ok(Answer::UserId { user_id: ANN }));
}

#[test]
fn a_token_that_has_ended_is_replaced_by_the_password_or_told() {
    let mut script = Script::online();
    script.down(Code::Offline);
    script.timer(uchat_client::core::Timer::Reconnect);
    script.up();
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::Resume(_)));
    script.reply(tag, Reply::LoginFailed(Code::BadToken.into()));
    assert!(matches!(script.sent(), (_, Request::Login(_))));

    let mut script = Script::new(Settings { encrypted: true, connect_at_start: true, auto_login: None });
    let account = Account { id: ANN, name: "ann".to_owned(), token: Some(vec![7; 32]) };
    script.vault(VaultEvent::Loaded {
        account: Some(account),
        conversations: Vec::new(),
        outbox: Vec::new(),
        uploads: Vec::new(),
        share_typing: true,
    });
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginFailed(Code::BadToken.into()));
    script.down(Code::Offline);
    let told = |notice: &Notice| {
        matches!(
            notice,
            Notice::Connection { state: Connection::Offline, code: Some("bad_token"), retry_in: None, .. }
        )
    };
    assert!(script.notices().iter().any(told));
}

#[test]
fn a_changed_password_reencrypts_keys_that_are_not_open() {
    let mut script = resumed(Some(ByteBuf::from(vec![1])));
    let (old, new) = ("ann's password".into(), "a new password".into());
    script.command(1, Command::ChangePassword { old, new });
    let (tag, _) = script.sent();
    script.done(tag);
    let (tag, passwords) = script.vault_asked(|effect| match effect {
        VaultEffect::ChangePassword { tag, old, new } => Some((*tag, (old.clone(), new.clone()))),
        _ => None,
    });
    assert_eq!(passwords, ("ann's password".into(), "a new password".into()));
    script.vault(VaultEvent::Done { tag });
    assert_eq!(script.answer(1), Ok(Answer::Done {}));
}

fn dropped(script: &mut Script) -> bool {
    script.pick(|effect| matches!(effect, Effect::Vault(VaultEffect::DropToken)).then_some(())).is_some()
}

/// Ann, resumed with a token; her keys are not open.
fn resumed(certificate: Option<ByteBuf>) -> Script {
    let mut script = Script::new(Settings { encrypted: true, connect_at_start: true, auto_login: None });
    script.vault(VaultEvent::Loaded {
        account: Some(Account { id: ANN, name: "ann".to_owned(), token: Some(vec![7; 32]) }),
        conversations: Vec::new(),
        outbox: Vec::new(),
        uploads: Vec::new(),
        share_typing: true,
    });
    script.up();
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::Resume(_)));
    script.reply(tag, Reply::LoginSuccessful(LoggedIn { certificate, ..logged_in() }));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Missing });
    script.push(uchat_protocol::Push::LoginBundle(crate::script::bundle(0, 0)));
    script.out.clear();
    script
}

#[test]
fn a_token_that_the_server_has_ended_is_dropped_on_disk_too() {
    let mut script = Script::online();
    script.down(Code::SessionReplaced);
    assert!(dropped(&mut script));

    let mut script = Script::online();
    script.down(Code::Offline);
    assert!(!dropped(&mut script), "a break ends no session");
    script.timer(uchat_client::core::Timer::Reconnect);
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginFailed(Code::BadToken.into()));
    assert!(dropped(&mut script));

    let mut script = Script::online();
    let (old, new) = ("ann's password".into(), "a new password".into());
    script.command(1, Command::ChangePassword { old, new });
    let (tag, _) = script.sent();
    script.done(tag);
    assert!(dropped(&mut script));
}

#[test]
fn after_a_resume_new_keys_need_a_log_in_with_the_password() {
    let mut script = resumed(Some(ByteBuf::from(vec![1])));
    script.command(1, Command::NewKeys { password: "who knows".into() });
    let refusal = script.answer(1).unwrap_err();
    assert_eq!(refusal.code, Code::NotLoggedIn);
    assert!(refusal.text.contains("log in with it"), "{refusal}");
}

#[test]
fn keys_are_never_made_under_a_password_that_the_server_has_not_seen() {
    let mut script = resumed(None);
    script.command(1, login());
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Missing }); // no key file says whether it is right
    let asked = |script: &Script, fits: fn(&VaultEffect) -> bool| {
        script.out.iter().any(|effect| matches!(effect, Effect::Vault(effect) if fits(effect)))
    };
    assert!(!asked(&script, |effect| matches!(effect, VaultEffect::MakeKeys { .. })));
    assert!(script.out.iter().any(|effect| matches!(effect, Effect::Net(NetEffect::Disconnect))));
    script.down(Code::Offline);
    assert!(!script.is_answered(1));
    script.up();
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::Login(login) if login.password == "ann's password"));
    script.reply(tag, Reply::LoginSuccessful(LoggedIn { certificate: None, ..logged_in() }));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Missing });
    assert_eq!(key_step(&mut script).1, "keys");
}

#[test]
fn a_wrong_password_after_a_resume_goes_back_to_the_token() {
    let mut script = resumed(None);
    script.command(1, login());
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Missing });
    script.down(Code::Offline);
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginFailed(Code::WrongLogin.into()));
    assert_eq!(script.refused(1), Code::WrongLogin);
    assert!(matches!(script.sent(), (_, Request::Resume(_))));
}

/// Another device has made new keys while this one was away.
#[test]
fn keys_that_do_not_fit_any_more_end_in_one_log_in_not_in_a_loop() {
    let mut script = Script::online();
    script.down(Code::Offline);
    script.timer(uchat_client::core::Timer::Reconnect);
    let mut log_ins = Vec::new();
    for _ in 0..5 {
        script.up();
        let Some((tag, request)) = script.all_sent().into_iter().next() else { break };
        log_ins.push(request.operation());
        script.reply(tag, Reply::LoginSuccessful(logged_in()));
        let tag = script.unlock_tag();
        script.vault(VaultEvent::Unlocked { tag, keys: Keys::Missing });
        script.down(Code::Offline);
    }
    use uchat_protocol::Operation::{Login, Resume};
    assert_eq!(log_ins, [Resume, Login]);
}
