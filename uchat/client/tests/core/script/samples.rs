//! Commands, answers, pushes and records, as the tests need them again and again.

use super::ANN;
use serde_bytes::ByteBuf;
use uchat_client::core::{Command, Login, Shown, Summary, With};
use uchat_protocol::content::{Content, Encrypted, Envelope};
use uchat_protocol::push::{FriendInfo, LoginBundle, NewMessage, RoomInfo};
use uchat_protocol::reply::{Done, LoggedIn, Reply};
use uchat_protocol::request::{KeyPackage, SendMessage};
use uchat_protocol::{Conversation, KeyId, MessageId};

pub(crate) fn login() -> Command {
    Command::Login { username: "ann".to_owned(), password: "ann's password".into() }
}

pub(crate) fn settings_login() -> Login {
    Login { username: "ann".to_owned(), password: "ann's password".into() }
}

pub(crate) fn send(text: &str) -> Command {
    Command::Send {
        to: to_bob(),
        text: text.to_owned(),
        fontsize: 0,
        fontcolor: String::new(),
        reply_to: None,
    }
}

pub(crate) fn to_bob() -> With {
    With::User("bob".to_owned())
}

pub(crate) fn logged_in() -> LoggedIn {
    LoggedIn {
        id: ANN,
        name: "ann".to_owned(),
        token: Some(ByteBuf::from(vec![7; 32])),
        time: 0,
        file_limit: 1 << 30,
        certificate: Some(ByteBuf::from(vec![1])),
        email: "ann@example.org".to_owned(),
        sex: String::new(),
        age: None,
        share_address: true,
        share_read: true,
    }
}

pub(crate) fn friend(id: u64, name: &str, last_seq: u64) -> FriendInfo {
    FriendInfo {
        id,
        name: name.to_owned(),
        online: true,
        ip: None,
        port: None,
        last_seq,
        last_time: 0,
        delivered: 0,
        read: 0,
        their_delivered: 0,
        their_read: 0,
    }
}

pub(crate) fn room(id: u64, name: &str, last_seq: u64) -> RoomInfo {
    RoomInfo {
        id,
        name: name.to_owned(),
        owner: ANN,
        joined_seq: 1,
        last_seq,
        last_time: 0,
        delivered: 0,
        read: 0,
    }
}

/// Bob and the room, with so many messages.
pub(crate) fn bundle(with_bob: u64, in_room: u64) -> LoginBundle {
    LoginBundle {
        rooms: vec![room(5, "room", in_room)],
        friends: vec![friend(2, "bob", with_bob)],
        ..LoginBundle::default()
    }
}

/// A message of bob to ann.
pub(crate) fn from_bob(seq: u64) -> NewMessage {
    NewMessage {
        message: envelope(),
        sender_id: 2,
        sender_name: "bob".to_owned(),
        target_type: 0,
        target_id: ANN,
        time: seq,
        seq,
        id: Some(MessageId([seq as u8; 16])),
    }
}

pub(crate) fn envelope() -> Envelope {
    Envelope::Encrypted(Encrypted { key_id: KeyId([0; 16]), index: 0, packet: Vec::new(), signature: None })
}

pub(crate) fn sealed(id: MessageId) -> SendMessage {
    SendMessage { target_type: 0, target_id: 2, message: envelope(), id: Some(id) }
}

pub(crate) fn package() -> KeyPackage {
    KeyPackage { header: ByteBuf::new(), signature: ByteBuf::new(), wraps: Vec::new() }
}

pub(crate) fn stored(seq: u64) -> Reply {
    Reply::Done(Done { seq: Some(seq), time: Some(seq), ..Done::default() })
}

pub(crate) fn shown(id: MessageId) -> Shown {
    Shown {
        id: Some(id),
        from: Some("ann".to_owned()),
        with: to_bob(),
        seq: None,
        time: 0,
        text: Some("hi".to_owned()),
        file: None,
        fontsize: 0,
        fontcolor: String::new(),
        reply_to: None,
        encrypted: true,
        mentioned: false,
        state: None,
        edited: false,
        deleted: false,
        reactions: Vec::new(),
    }
}

pub(crate) fn summary(conversation: Conversation, have: u64, read: u64) -> Summary {
    Summary {
        conversation,
        name: "bob".to_owned(),
        have,
        read,
        unread: have - read,
        last: None,
        time: have,
        mentioned: false,
        key_changed: false,
    }
}

pub(crate) fn text(data: &str) -> Content {
    Content { data: data.to_owned(), ..Content::default() }
}
