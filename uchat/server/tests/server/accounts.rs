//! Accounts: sign-up, log-in, resume, log-out, a new password, the end.

use crate::common::{Client, PASSWORD, Running, config, server};
use framing::Value;
use uchat_protocol::reply::Done;
use uchat_protocol::{Code, Operation, Push, Refusal, Reply, Request, request};

fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Code {
    result.unwrap_err().code
}

fn done(reply: Reply) -> bool {
    reply == Reply::Done(Done::default())
}

#[test]
fn a_new_user_logs_in_and_the_bundle_follows_the_answer() {
    let (_folder, running) = server();
    let (mut amy, me) = running.user("Amy");
    assert_eq!((me.id, me.name.as_str(), me.email.as_str()), (1, "Amy", "Amy@example.org"));
    assert_eq!(me.token, None, "on a lesson everybody on the way could read it");
    assert!(amy.echo("hello"));
    running.stop();
}

#[test]
fn every_wrong_field_of_a_sign_up_has_a_message_of_its_own() {
    let (_folder, running) = server();
    let mut client = running.client();
    client.register("amy").unwrap();
    for (name, password, email, expected, field) in [
        ("", PASSWORD, "b@example.org", Code::BadUserName, "user_name"),
        ("muchtoolong", PASSWORD, "b@example.org", Code::BadUserName, "user_name"),
        ("bob", "short", "b@example.org", Code::BadPassword, "password"),
        ("bob", PASSWORD, "nowhere", Code::BadEmail, "email"),
        ("AMY", PASSWORD, "b@example.org", Code::UserNameTaken, "user_name"),
        ("bob", PASSWORD, "AMY@example.org", Code::EmailTaken, "email"),
    ] {
        let refusal = client.register_with(name, password, email).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (expected, Some(field)), "{refusal}");
    }
    assert_eq!(client.register("bob"), Ok(2));
    running.stop();
}

#[test]
fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let (_folder, running) = server();
    let mut client = running.client();
    client.register("amy").unwrap();
    let wrong = client.login("amy", "wrong horse").unwrap_err();
    for (name, password) in [("bob", PASSWORD), ("", PASSWORD), ("no such name", ""), ("amy", "")] {
        assert_eq!(client.login(name, password).unwrap_err(), wrong);
    }
    assert_eq!(wrong.code, Code::WrongLogin);
    assert!(client.login("AMY", PASSWORD).is_ok(), "however it is written");
    assert_eq!(code(client.login("amy", PASSWORD)), Code::AlreadyLoggedIn);
    running.stop();
}

#[test]
fn a_newer_session_replaces_the_older_one_which_is_told_why() {
    let (_folder, running) = server();
    let (mut first, _) = running.user("amy");
    let mut second = running.client();
    second.login("amy", PASSWORD).unwrap();
    assert_eq!(first.kicked(), Code::SessionReplaced);
    assert!(first.receive().is_err(), "and is closed");
    assert!(second.echo("still here"));
    running.stop();
}

#[test]
fn who_is_sent_away_while_still_talking_hears_why_and_sees_an_end_in_order() {
    let (_folder, running) = server();
    let (mut first, _) = running.user("amy");
    // More than the server takes at once: bytes are left unread.
    for _ in 0..5_000 {
        first.send(Request::ClientEcho(Value::None));
    }
    running.client().login("amy", PASSWORD).unwrap();
    let mut last = None;
    let end = loop {
        match first.receive() {
            Ok(message) => last = Some(message.operation),
            Err(end) => break end,
        }
    };
    assert_eq!((last, end.as_str()), (Some(Operation::ServerKick.number()), "closed"));
    running.stop();
}

#[test]
fn after_a_log_out_the_connection_is_a_strangers() {
    let (_folder, running) = server();
    let (mut amy, _) = running.user("amy");
    assert!(done(amy.ask(request::Logout {})));
    let reply = amy.ask(request::Logout {});
    assert_eq!(code(reply.granted()), Code::NotLoggedIn);
    amy.login("amy", PASSWORD).unwrap();
    running.stop();
}

#[test]
fn a_new_password_takes_the_place_of_the_old_one() {
    let (_folder, running) = server();
    let (mut amy, _) = running.user("amy");
    let change = |old: &str, new: &str| request::ChangePassword { old: old.to_owned(), new: new.to_owned() };
    assert_eq!(code(amy.ask(change("wrong horse", "battery staple")).granted()), Code::WrongPassword);
    assert_eq!(code(amy.ask(change(PASSWORD, "short")).granted()), Code::BadPassword);
    assert!(done(amy.ask(change(PASSWORD, "battery staple"))));
    let mut other = running.client();
    assert_eq!(code(other.login("amy", PASSWORD)), Code::WrongLogin);
    other.login("amy", "battery staple").unwrap();
    running.stop();
}

#[test]
fn a_deleted_account_is_gone_and_its_name_is_not_given_out_again() {
    let (_folder, running) = server();
    let (mut amy, _) = running.user("amy");
    let wrong = request::DeleteAccount { password: "wrong horse".to_owned() };
    assert_eq!(code(amy.ask(wrong).granted()), Code::WrongPassword);
    assert!(done(amy.ask(request::DeleteAccount { password: PASSWORD.to_owned() })));
    assert_eq!(amy.kicked(), Code::AccountDeleted);
    let mut other = running.client();
    assert_eq!(code(other.login("amy", PASSWORD)), Code::WrongLogin);
    assert_eq!(code(other.register_with("amy", PASSWORD, "new@example.org")), Code::UserNameTaken);
    other.register_with("bob", PASSWORD, "amy@example.org").unwrap();
    running.stop();
}

#[test]
fn a_profile_changes_only_in_what_is_given() {
    let (_folder, running) = server();
    let (mut amy, _) = running.user("amy");
    running.client().register("bob").unwrap();
    let nothing =
        request::SetProfile { email: None, sex: None, age: None, share_address: None, share_read: None };
    let email = |email: &str| request::SetProfile { email: Some(email.to_owned()), ..nothing.clone() };
    assert_eq!(code(amy.ask(email("bob@EXAMPLE.org")).granted()), Code::EmailTaken);
    assert_eq!(code(amy.ask(email("nowhere")).granted()), Code::BadEmail);
    assert!(done(amy.ask(email("amy@example.net"))));
    assert!(done(amy.ask(request::SetProfile { age: Some(30), share_read: Some(false), ..nothing.clone() })));
    let long = request::SetProfile { sex: Some("x".repeat(1_000)), ..nothing };
    assert_eq!(code(amy.ask(long).granted()), Code::BadField);
    let mut again = running.client();
    let me = again.login("amy", PASSWORD).unwrap();
    assert_eq!(
        (me.email.as_str(), me.age, me.share_read, me.share_address),
        ("amy@example.net", Some(30), false, true)
    );
    running.stop();
}

#[test]
fn a_new_account_is_a_friend_of_the_welcoming_user_who_hears_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = uchat_server::Config { welcome: Some("echo".to_owned()), ..config(folder.path()) };
    let running = Running::start(config).unwrap();
    let (mut echo, _) = running.user("echo");
    let mut client = running.client();
    let id = client.register("amy").unwrap();
    let Push::ContactInfo(contact) = echo.push().unwrap() else { panic!("no contact") };
    assert_eq!(contact.friend.unwrap().id, id);
    running.stop();
}

#[test]
fn who_was_there_before_the_welcoming_user_is_a_friend_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let config = uchat_server::Config { welcome: Some("echo".to_owned()), ..config(folder.path()) };
    let running = Running::start(config).unwrap();
    let (mut amy, _) = running.user("amy");
    let id = running.client().register("echo").unwrap();
    let Push::ContactInfo(contact) = amy.push().unwrap() else { panic!("no contact") };
    assert_eq!(contact.friend.unwrap().id, id);
    running.stop();
}

/// On the signed channel, since lessons have no tokens.
#[test]
fn a_session_is_resumed_with_the_newest_token_or_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let config = uchat_server::Config { lesson: None, ..config(folder.path()) };
    let running = Running::start(config).unwrap();
    let token = |me: &uchat_protocol::reply::LoggedIn| me.token.clone().unwrap().into_vec();
    let (mut amy, me) = running.user("amy");
    let first = token(&me);
    let mut second_client = running.client();
    let second = token(&second_client.resume(&first).unwrap());
    assert_ne!(first, second);
    assert_eq!(amy.kicked(), Code::SessionReplaced);

    // The answer with the second token may have got lost, so the first is good until the second is used.
    let lost = token(&running.client().resume(&first).unwrap());
    let mut client = running.client();
    assert_eq!(code(client.resume(&second)), Code::BadToken, "nobody can have it");
    let third = token(&client.resume(&lost).unwrap());
    assert_eq!(code(running.client().resume(&first)), Code::BadToken);
    for wrong in [vec![], vec![0; 31], vec![0; 32], vec![0; 33]] {
        assert_eq!(code(running.client().resume(&wrong)), Code::BadToken);
    }

    // A log-in, a log-out and a new password end all of them.
    let mut client: Client = running.client();
    let fourth = token(&client.login("amy", PASSWORD).unwrap());
    assert_eq!(code(running.client().resume(&third)), Code::BadToken);
    assert!(done(client.ask(request::Logout {})));
    assert_eq!(code(running.client().resume(&fourth)), Code::BadToken);
    let fifth = token(&client.login("amy", PASSWORD).unwrap());
    let change = request::ChangePassword { old: PASSWORD.to_owned(), new: "battery staple".to_owned() };
    assert!(done(client.ask(change)));
    assert_eq!(code(running.client().resume(&fifth)), Code::BadToken);
    running.stop();
}
