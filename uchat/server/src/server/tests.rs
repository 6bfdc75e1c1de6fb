//! What cannot be seen from outside: pushes in a quantity that no client may cause alone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails here has failed")]

mod sending;

use super::common::{Client, PASSWORD, Running, config};
use super::renew_at;
use crate::accounts::{self, Asker};
use crate::bus::Session;
use crate::config::Config;
use crate::handler::Outbox;
use crate::mailbox::{Mailbox, Ticket};
use crate::order::SendOrder;
use crate::store::Deliver;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use uchat_protocol::{Code, Operation, Push, Request, request};

/// More messages of 64 KiB than the sockets and a mailbox can take.
const SENT: usize = 400;

#[test]
fn a_slow_reader_holds_nobody_up_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let (mut slow, slow_one) = running.user("slow");
    let (mut quick, quick_one) = running.user("quick");
    let bus = &running.server().shared.bus;
    let text = "x".repeat(64 << 10);
    // The sockets take some, the mailbox 4 MiB; quick reads each before the next comes.
    let mailbox = Arc::clone(&bus.session(slow_one.id).unwrap().mailbox);
    let mut sent = 0;
    while mailbox.look().ended.is_none() {
        sent += 1;
        assert!(sent < SENT, "it is bounded");
        let mut out = Outbox::default();
        out.tell_all(vec![slow_one.id, quick_one.id], Push::GeneralMsg(text.clone()));
        bus.deliver(out);
        assert_eq!(quick.push().unwrap(), Push::GeneralMsg(text.clone()));
    }
    // Once it reads, it hears why there is no more.
    let mut received = 0;
    let reason = loop {
        match slow.push().unwrap() {
            Push::ServerKick(reason) => break reason.code,
            _ => received += 1,
        }
    };
    assert_eq!(reason, Code::TooSlow);
    assert!(received < sent, "{received}");
    assert!(slow.receive().is_err());
    assert!(quick.echo("still here"));
    running.stop();
}

/// The one that is older checks the password for so long that a newer one begins meanwhile.
#[test]
fn a_session_that_is_replaced_changes_nothing_of_the_account() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let (mut amy, me) = running.user("amy");
    let shared = &running.server().shared;
    let mailbox = Arc::new(Mailbox::default());
    let address = "127.0.0.1:1".parse().unwrap();
    let older = Session {
        user: me.id,
        name: "amy".into(),
        address,
        generation: shared.bus.generation(),
        mailbox: Arc::clone(&mailbox),
        order: SendOrder::default(),
    };
    let older = Arc::new(older);
    let delete = request::DeleteAccount { password: PASSWORD.to_owned() };
    let change = request::ChangePassword { old: PASSWORD.to_owned(), new: "battery staple".to_owned() };
    for request in [Request::from(delete), Request::from(change), Request::from(request::Logout {})] {
        let asker = Asker {
            shared: Arc::clone(shared),
            mailbox: Arc::clone(&mailbox),
            address,
            session: Some(Arc::clone(&older)),
        };
        let ticket = Ticket::new(&mailbox, request.operation());
        running.runtime.block_on(accounts::handle(asker, ticket, request));
        let mut answer = Vec::new();
        mailbox.take(1 << 20, &mut answer).unwrap();
        let mut message = framing::Message::from_bytes(&answer[0]).unwrap();
        let refusal = uchat_protocol::Reply::from_message(&mut message).unwrap().unwrap().granted();
        assert_eq!(refusal.unwrap_err().code, Code::SessionReplaced);
    }
    assert!(amy.echo("still here"));
    running.client().login("amy", PASSWORD).unwrap();
    running.stop();
}

/// Its password is still being checked when the connection is cut, and the user comes back on another.
#[test]
fn a_log_in_whose_connection_has_ended_replaces_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let (mut amy, _) = running.user("amy");
    let mailbox = Arc::new(Mailbox::default());
    let address = "127.0.0.1:1".parse().unwrap();
    let asker = Asker {
        shared: Arc::clone(&running.server().shared),
        mailbox: Arc::clone(&mailbox),
        address,
        session: None,
    };
    let login = request::Login { user_name: "amy".to_owned(), password: PASSWORD.to_owned() };
    let ticket = Ticket::new(&mailbox, Operation::Login);
    mailbox.desert();
    running.runtime.block_on(async {
        accounts::handle(asker, ticket, login.into()).await;
        while mailbox.look().owed > 0 {
            mailbox.changed().await;
        }
    });
    assert!(mailbox.changed_session().is_none(), "no session has begun");
    assert!(amy.echo("still here"));
    running.stop();
}

#[test]
fn a_certificate_is_renewed_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(Config { lesson: None, ..config(folder.path()) }).unwrap();
    let mut amy = running.client();
    let in_days = |days: u64| SystemTime::now() + Duration::from_secs(days * 24 * 3600);
    let connect = |days| Client::connect_at(running.server(), in_days(days));
    assert!(connect(400).is_err(), "a certificate is good for a year");
    renew_at(&running.server().shared, in_days(300)).unwrap();
    assert!(connect(400).is_err(), "it is too early for the next one");
    renew_at(&running.server().shared, in_days(340)).unwrap();
    assert!(connect(400).unwrap().echo("hello"));
    assert!(amy.echo("the connections of before go on"));
    running.stop();
}
