//! The ledger: what lies in a server's database, read while it runs.

use crate::common::{Running, config};
use uchat_protocol::content::Kind;
use uchat_protocol::{Content, Envelope, MessageId, Reply, request};
use uchat_server::{Config, ledger};

fn hello(to: u64) -> request::SendMessage {
    let content = Content { kind: Kind::Text, data: "hello amy".to_owned(), ..Content::default() };
    let message = Envelope::Plain(content);
    request::SendMessage { target_type: 0, target_id: to, message, id: Some(MessageId([7; 16])) }
}

#[test]
fn on_a_lesson_the_database_says_who_whom_when_and_what() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { lesson: Some(4), welcome: Some("amy".to_owned()), ..config(folder.path()) };
    let running = Running::start(config).unwrap();
    let data = folder.path().join("lessons/4");
    assert_eq!(ledger::read(&data, 10).unwrap(), ledger::Ledger::default());
    let (_amy, me) = running.user("amy");
    let (mut bob, _) = running.user("bob");
    assert!(matches!(bob.ask(hello(me.id)), Reply::Done(_)));

    let known = ledger::read(&data, 10).unwrap();
    let names: Vec<_> = known.users.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(names, ["amy", "bob"]);
    assert!(known.users.iter().all(|user| user.certificate.is_none()), "lessons have none");
    let [message] = &known.messages[..] else { panic!("{known:?}") };
    assert_eq!((message.from.as_str(), message.to.as_str(), message.seq), ("bob", "amy", 1));
    assert_eq!(message.id, Some(MessageId([7; 16])));
    assert!(!message.delivered && !message.read, "amy's client has not said so");
    assert!(message.data.windows(9).any(|some| some == b"hello amy"), "the text lies there in clear");
    assert!(matches!(&message.envelope, Some(Envelope::Plain(content)) if content.data == "hello amy"));
    running.stop();
}

#[test]
fn a_folder_without_a_database_is_told_and_nothing_is_made_there() {
    let folder = tempfile::tempdir().unwrap();
    assert!(ledger::read(folder.path(), 10).is_err());
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
