//! One of everything, with all fields given.

use framing::Value;
use serde_bytes::{ByteArray, ByteBuf};
use uchat_protocol::content::{FileInfo, Happened, Kind, RoomEvent};
use uchat_protocol::push::{
    ContactInfo, CursorMoved, DelInfo, FriendInfo, FriendOnOffLine, KeyPackageFor, LoginBundle, NewMessage,
    Person, RoomInfo, RoomUserOnOffLine, TypingIn,
};
use uchat_protocol::reply::{Done, FriendResult, History, LoggedIn, RoomUser, RoomUsers};
use uchat_protocol::request::{
    AddFriend, Block, CertificatesOf, ChangePassword, CreateRoom, DelFriend, DeleteAccount, FetchHistory,
    FetchKeyPackages, FileBegin, FileCancel, FileGet, FilePut, HandOver, JoinRoom, KeyPackage, LeaveRoom,
    Login, Logout, QueryRoomUsers, Register, RemoveMember, ResolveFriendRequest, Resume, SearchUsers,
    SendMessage, SetCursor, SetProfile, SignCertificate, Typing, Unblock,
};
use uchat_protocol::{
    Code, Content, Encrypted, Envelope, FileName, KeyId, MessageId, Operation, Push, Refusal, Reply, Request,
};

pub(crate) const ID: MessageId = MessageId([1; 16]);
pub(crate) const KEY_ID: KeyId = KeyId([2; 16]);
pub(crate) const FILE: FileName = FileName([3; 16]);

pub(crate) fn bytes(length: usize) -> ByteBuf {
    ByteBuf::from(vec![9; length])
}

fn name() -> String {
    "王小明".to_owned()
}

pub(crate) fn file_content() -> Content {
    Content {
        kind: Kind::Image,
        data: "a.png".to_owned(),
        fontsize: 12,
        fontcolor: "#ff0000".to_owned(),
        reply_to: Some(ID),
        file: Some(FileInfo {
            name: FILE,
            size: 5,
            media_type: "image/png".to_owned(),
            stored: 69,
            sha256: ByteArray::new([4; 32]),
            key: Some(ByteArray::new([5; 32])),
        }),
    }
}

pub(crate) fn encrypted() -> Encrypted {
    Encrypted { key_id: KEY_ID, index: 7, packet: vec![8; 69], signature: Some(vec![6; 256]) }
}

pub(crate) fn envelopes() -> [Envelope; 7] {
    let change =
        |kind, data: &str| Content { kind, data: data.to_owned(), reply_to: Some(ID), ..Content::default() };
    [
        Envelope::Plain(Content { data: "hello 你好".to_owned(), ..Content::default() }),
        Envelope::Plain(file_content()),
        Envelope::Encrypted(encrypted()),
        Envelope::Encrypted(Encrypted { signature: None, ..encrypted() }),
        Envelope::Event(RoomEvent { what: Happened::Joined, user_id: 4, user_name: name() }),
        Envelope::Plain(change(Kind::Edit, "hello")),
        Envelope::Plain(change(Kind::React, "👍")),
    ]
}

pub(crate) fn requests() -> Vec<Request> {
    let sha256 = ByteArray::new([4; 32]);
    let mut all: Vec<Request> = vec![
        Request::ClientEcho(Value::List(vec![Value::None, Value::Float(1.5)])),
        Request::Bad(Value::None),
        Login { user_name: name(), password: "12345678".into() }.into(),
        Register {
            user_name: name(),
            password: "12345678".into(),
            email: "a@b".into(),
            ip: Some("127.0.0.1".into()),
            port: Some(1),
            sex: Some("女".into()),
            age: Some(20),
        }
        .into(),
        AddFriend { user_name: name() }.into(),
        ResolveFriendRequest { user_id: 1 << 40, accept: true }.into(),
        JoinRoom { room_id: 0 }.into(),
        CreateRoom { room_name: name() }.into(),
        QueryRoomUsers { room_id: 5 }.into(),
        DelFriend { user_name: name() }.into(),
        SignCertificate { csr: bytes(700) }.into(),
        CertificatesOf { users: vec![1, 2, u64::MAX] }.into(),
        Resume { token: bytes(32) }.into(),
        Logout {}.into(),
        SearchUsers { text: "a".into() }.into(),
        Block { user_name: name() }.into(),
        Unblock { user_name: name() }.into(),
        LeaveRoom { room_id: 5 }.into(),
        RemoveMember { room_id: 5, user_id: 6 }.into(),
        HandOver { room_id: 5, user_id: 6 }.into(),
        FetchHistory { target_type: 1, target_id: 5, after: Some(3), before: Some(9), limit: 500 }.into(),
        SetCursor { target_type: 0, target_id: 5, delivered: 9, read: 8 }.into(),
        KeyPackage {
            header: bytes(400),
            signature: bytes(256),
            wraps: vec![(1, bytes(101)), (2, bytes(101))],
        }
        .into(),
        FetchKeyPackages { keys: vec![(1, KEY_ID)] }.into(),
        FileBegin { name: FILE, size: 69, sha256, target_type: 0, target_id: 5 }.into(),
        FilePut { name: FILE, offset: 0, data: bytes(69) }.into(),
        FileGet { name: FILE, offset: 0, length: 65_600 }.into(),
        FileCancel { name: FILE }.into(),
        SetProfile {
            email: Some("a@b".into()),
            sex: Some(String::new()),
            age: Some(150),
            share_address: Some(false),
            share_read: Some(true),
        }
        .into(),
        ChangePassword { old: "12345678".into(), new: "87654321".into() }.into(),
        DeleteAccount { password: "12345678".into() }.into(),
        Typing { target_type: 1, target_id: 5 }.into(),
    ];
    all.extend(
        envelopes().map(|message| SendMessage { target_type: 1, target_id: 5, message, id: Some(ID) }.into()),
    );
    all
}

pub(crate) fn refusal() -> Refusal {
    Refusal::field(Code::BadUserName, "user_name", "must not be empty")
        .of(Operation::Register)
        .retry_after(1500)
}

fn new_message(message: Envelope) -> NewMessage {
    NewMessage {
        message,
        sender_id: 4,
        sender_name: name(),
        target_type: 1,
        target_id: 5,
        time: 1_795_000_000_000,
        seq: 12,
        id: Some(ID),
    }
}

fn package() -> KeyPackageFor {
    KeyPackageFor { header: bytes(400), signature: bytes(256), wrap: bytes(101) }
}

pub(crate) fn replies() -> Vec<Reply> {
    let user = |id, online, owner| RoomUser { id, name: name(), online, owner };
    vec![
        Reply::LoginSuccessful(LoggedIn {
            id: 4,
            name: name(),
            token: Some(bytes(32)),
            time: 1_795_000_000_000,
            file_limit: 100 << 20,
            certificate: Some(bytes(1000)),
            email: "a@b".into(),
            sex: String::new(),
            age: Some(20),
            share_address: true,
            share_read: false,
        }),
        Reply::RegisterSuccessful(4),
        Reply::ChatHistory(History {
            target_type: 1,
            target_id: 5,
            messages: envelopes().map(new_message).to_vec(),
            more: true,
        }),
        Reply::ServerEcho(Value::Bytes(vec![0])),
        Reply::AddFriendResult(FriendResult { ok: true, text: "asked".into(), code: None }),
        Reply::AddFriendResult(FriendResult { ok: false, text: "no".into(), code: Some(Code::NoSuchUser) }),
        Reply::QueryRoomUsersResult(RoomUsers {
            users: vec![user(1, true, false), user(2, false, true)],
            room_id: 5,
        }),
        Reply::DelFriendResult(FriendResult { ok: true, text: "done".into(), code: Some(Code::NotFriends) }),
        Reply::Done(Done::default()),
        Reply::Done(Done {
            seq: Some(12),
            time: Some(1_795_000_000_000),
            room_id: Some(5),
            certificates: vec![(4, bytes(1000))],
            users: vec![(4, name())],
            packages: vec![package()],
            more: true,
            offset: Some(69),
            data: Some(bytes(69)),
        }),
        Reply::LoginFailed(Refusal { code: Code::WrongLogin, ..refusal() }),
        Reply::UsernameTaken(Refusal { code: Code::UserNameTaken, ..refusal() }),
        Reply::GeneralFailure("the disk is full".into()),
        Reply::Refused(refusal()),
    ]
}

pub(crate) fn pushes() -> Vec<Push> {
    let friend = FriendInfo {
        id: 4,
        name: name(),
        online: true,
        ip: Some("127.0.0.1".into()),
        port: Some(9),
        last_seq: 1,
        last_time: 2,
        delivered: 3,
        read: 4,
        their_delivered: 5,
        their_read: 6,
    };
    let room = RoomInfo {
        id: 5,
        name: name(),
        owner: 4,
        joined_seq: 1,
        last_seq: 2,
        last_time: 3,
        delivered: 4,
        read: 5,
    };
    let person = Person { id: 4, name: name() };
    let mut all = vec![
        Push::IncomingFriendRequest(person.clone()),
        Push::ContactInfo(ContactInfo { friend: Some(friend.clone()), room: Some(room.clone()) }),
        Push::FriendOnOffLine(FriendOnOffLine {
            online: true,
            user_id: 4,
            ip: Some("::1".into()),
            port: Some(65_535),
        }),
        Push::RoomUserOnOffLine(RoomUserOnOffLine { room_id: 5, user_id: 4, online: false }),
        Push::LoginBundle(LoginBundle {
            rooms: vec![room],
            friends: vec![friend],
            requests: vec![person.clone()],
            asked: vec![person.clone()],
            blocked: vec![person],
        }),
        Push::DelInfo(DelInfo { target_type: 0, target_id: 4 }),
        Push::CursorMoved(CursorMoved { user_id: 4, delivered: 9, read: 0 }),
        Push::KeyPackageFor(package()),
        Push::TypingIn(TypingIn { target_type: 1, target_id: 5, user_id: 4 }),
        Push::ServerKick(Refusal { code: Code::SessionReplaced, ..refusal() }),
        Push::GeneralMsg("the server stops at noon".into()),
    ];
    all.extend(envelopes().map(|message| Push::OnNewMessage(new_message(message))));
    all
}
