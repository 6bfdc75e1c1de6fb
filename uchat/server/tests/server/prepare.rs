//! A crowd that was prepared: its people come with their tokens, or with the password, and talk.

use crate::common::{Client, PASSWORD, Running, config};
use uchat_protocol::content::Encrypted;
use uchat_protocol::push::NewMessage;
use uchat_protocol::reply::Done;
use uchat_protocol::{Envelope, KeyId, MessageId, Push, Reply, request};
use uchat_server::{Config, Crowd, StartError, prepare};

const CROWD: Crowd = Crowd { users: 5, rooms: 1, password: PASSWORD, token };

fn token(index: usize) -> [u8; 32] {
    [u8::try_from(index).unwrap(); 32]
}

fn packet(target_type: u8, target_id: u64) -> request::SendMessage {
    let signature = (target_type == 1).then(|| vec![6; 256]);
    let encrypted = Encrypted { key_id: KeyId([1; 16]), index: 0, packet: vec![5; 85], signature };
    let id = Some(MessageId([target_type; 16]));
    request::SendMessage { target_type, target_id, message: Envelope::Encrypted(encrypted), id }
}

fn next_message(client: &mut Client) -> NewMessage {
    loop {
        if let Push::OnNewMessage(message) = client.push().unwrap() {
            return message;
        }
    }
}

#[test]
fn prepared_people_come_with_their_tokens_and_talk_to_friends_and_in_their_room() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { lesson: None, ..config(folder.path()) };
    prepare(config.clone(), &CROWD).unwrap();
    let again = prepare(config.clone(), &CROWD).unwrap_err().to_string();
    assert!(again.contains("taken"), "{again}");

    let running = Running::start(config.clone()).unwrap();
    assert!(matches!(prepare(config, &CROWD), Err(StartError::InUse(_))));
    let mut people: Vec<_> = (0..5).map(|_| running.client()).collect();
    for (index, client) in people.iter_mut().enumerate().take(4) {
        let me = client.resume(&token(index)).unwrap();
        assert_eq!((me.id, me.name), (index as u64 + 1, format!("b{index}")));
    }
    people[4].login("b4", PASSWORD).unwrap();

    let Reply::Done(Done { seq: Some(1), .. }) = people[0].ask(packet(0, 2)) else { panic!("not sent") };
    let message = next_message(&mut people[1]);
    assert_eq!((message.sender_id, message.sender_name.as_str(), message.seq), (1, "b0", 1));
    // The room begins with a line for each who came.
    let Reply::Done(Done { seq: Some(6), .. }) = people[0].ask(packet(1, 1)) else { panic!("not sent") };
    for other in &mut people[1..] {
        let message = next_message(other);
        assert_eq!((message.sender_id, message.target_type, message.seq), (1, 1, 6));
    }
    running.stop();
}
