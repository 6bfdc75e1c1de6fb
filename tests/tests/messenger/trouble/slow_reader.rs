//! A member of a room who does not read what comes.

use acceptance::messenger::House;
use acceptance::wire::{Arrived, Wire};
use std::thread;
use uchat_protocol::{Code, Encrypted, Envelope, KeyId, Push, Reply, request};

/// More than a server keeps for a connection and the sockets on the way hold: 18 MB in all.
const MESSAGES: u64 = 300;
const BLOCKS: usize = 3_750;

fn said_in(room: u64) -> request::SendMessage {
    // It only looks encrypted; the server cannot tell.
    let packet = vec![0xa5; 53 + 16 * BLOCKS];
    let message = Envelope::Encrypted(Encrypted {
        key_id: KeyId([1; 16]),
        index: 0,
        packet,
        signature: Some(vec![1; 256]),
    });
    request::SendMessage { target_type: 1, target_id: room, message, id: None }
}

#[test]
fn who_does_not_read_is_cut_off_keeps_nobody_waiting_and_gets_everything_later() {
    let house = House::new(&[]);
    let [(mut anna, _), (mut bob, _), (mut carol, _)] =
        ["anna", "bob", "carol"].map(|name| Wire::newcomer(&house, name));
    let Reply::Done(made) = anna.ask(request::CreateRoom { room_name: "room".to_owned() }) else {
        panic!("the room is made")
    };
    let room = made.room_id.unwrap();
    for wire in [&mut bob, &mut carol] {
        wire.ask(request::JoinRoom { room_id: room }).granted().unwrap();
    }
    let listener = thread::spawn(move || {
        let mut heard = Vec::new();
        while heard.len() < MESSAGES as usize {
            match bob.hear().expect("a reader stays") {
                Arrived::Push(Push::OnNewMessage(message)) if message.sender_id != 0 => {
                    heard.push(message.seq)
                }
                _ => {}
            }
        }
        heard
    });
    for _ in 0..MESSAGES {
        anna.ask(said_in(room)).granted().unwrap();
    }
    let heard = listener.join().unwrap();
    assert!(heard.is_sorted_by(|one, next| one + 1 == *next), "{heard:?}");

    // Only now carol reads: what was on its way, perhaps why it ends, and the end.
    let mut got = 0;
    while let Some(arrived) = carol.hear() {
        match arrived {
            Arrived::Push(Push::OnNewMessage(message)) if message.sender_id != 0 => got += 1,
            Arrived::Push(Push::ServerKick(refusal)) => assert_eq!(refusal.code, Code::TooSlow, "{refusal}"),
            _ => {}
        }
    }
    assert!(got < MESSAGES, "the server keeps only so much for one connection");

    let mut carol = Wire::log_in(&house, "carol");
    let (mut later, mut after) = (Vec::new(), heard[0] - 1);
    loop {
        let request = request::FetchHistory {
            target_type: 1,
            target_id: room,
            after: Some(after),
            before: None,
            limit: 500,
        };
        let Reply::ChatHistory(history) = carol.ask(request) else { panic!("a member reads the history") };
        later.extend(history.messages.iter().map(|message| message.seq));
        after = *later.last().unwrap();
        if !history.more {
            break;
        }
    }
    assert_eq!(later, heard);
}
