//! What the server, the vault and the files answer, chosen at random.

use super::World;
use crate::script::{
    ANN, BOB, ROOM, bundle, friend, from_bob, logged_in, package, room, sealed, shown, summary,
};
use rand::RngExt;
use serde_bytes::ByteBuf;
use uchat_client::core::{
    DeliveryState, Event, FilesEvent, Keys, NetEvent, Queued, Sealed, VaultEvent, WhyNot,
};
use uchat_protocol::push::{
    ContactInfo, CursorMoved, DelInfo, FriendOnOffLine, LoginBundle, NewMessage, Person, Push,
};
use uchat_protocol::reply::{Done, FriendResult, History, Reply};
use uchat_protocol::{Code, KeyId, Refusal, Request};

impl World {
    /// Mostly the fitting answer to the oldest request, sometimes any.
    pub(super) fn random_reply(&mut self) {
        let Some((tag, request)) = self.requests.pop_first() else { return };
        let refusal = Refusal::new(self.code());
        let seq = self.random.random_range(0..50);
        let offset = Some(self.random.random_range(0..200_000));
        let done = Done { seq: Some(seq), offset, room_id: Some(5), ..Done::default() };
        let reply = match request {
            _ if self.chance(10) => Reply::Refused(refusal),
            _ if self.chance(20) => Reply::RegisterSuccessful(1),
            Request::Login(_) | Request::Resume(_) => Reply::LoginSuccessful(logged_in()),
            Request::AddFriend(_) => {
                Reply::AddFriendResult(FriendResult { ok: true, text: String::new(), code: None })
            }
            Request::FetchHistory(fetch) => Reply::ChatHistory(History {
                target_type: fetch.target_type,
                target_id: fetch.target_id,
                messages: (seq..seq + 3).map(from_bob).collect(),
                more: seq % 2 == 0,
            }),
            Request::SignCertificate(_) => {
                Reply::Done(Done { certificates: vec![(ANN, ByteBuf::new())], ..Done::default() })
            }
            Request::FileBegin(_) => Reply::Done(Done { offset: Some(seq % 4 * 50), ..Done::default() }),
            Request::FilePut(put) => {
                let offset = Some(put.offset + put.data.len() as u64);
                Reply::Done(Done { offset, ..Done::default() })
            }
            Request::FileGet(_) => {
                Reply::Done(Done { data: Some(ByteBuf::from(vec![0; 50])), ..Done::default() })
            }
            _ => Reply::Done(done),
        };
        self.event(Event::Net(NetEvent::Reply { tag, reply }));
        if self.chance(3) && self.model.is_online() {
            self.event(Event::Net(NetEvent::Push(Push::LoginBundle(bundle(seq, seq)))));
        }
    }

    pub(super) fn random_push(&mut self) {
        let number = self.random.random_range(0..9);
        let online = self.chance(2);
        let push = match self.random.random_range(0..9) {
            0 => Push::LoginBundle(bundle(number, number)),
            1 => Push::LoginBundle(LoginBundle::default()),
            2 => Push::OnNewMessage(from_bob(number)),
            3 => Push::OnNewMessage(NewMessage { target_type: 1, target_id: 5, ..from_bob(number) }),
            4 => Push::ContactInfo(ContactInfo {
                friend: Some(friend(number, "bob", number)),
                room: Some(room(number, "room", number)),
            }),
            5 => Push::DelInfo(DelInfo { target_type: number as u8 % 3, target_id: number }),
            6 => Push::FriendOnOffLine(FriendOnOffLine { online, user_id: 2, ip: None, port: None }),
            7 => Push::CursorMoved(CursorMoved { user_id: 2, delivered: number, read: number }),
            _ => Push::IncomingFriendRequest(Person { id: number, name: "eve".to_owned() }),
        };
        self.event(Event::Net(NetEvent::Push(push)));
    }

    pub(super) fn random_vault(&mut self) {
        let count = self.questions.len();
        if count > 0 && self.chance(2) {
            let place = self.random.random_range(0..count);
            let tag = self.questions.iter().nth(place).copied().unwrap();
            let keys = [Keys::Ready, Keys::Ready, Keys::Missing, Keys::Uncertified];
            let keys = keys[self.random.random_range(0..4)];
            let content = crate::files::content(150);
            let which = self.random.random_range(0..8);
            self.event(Event::Vault(match which {
                0 => VaultEvent::Done { tag },
                1..4 => VaultEvent::Unlocked { tag, keys },
                4 => VaultEvent::KeysMade { tag, csr: Vec::new() },
                5 => VaultEvent::History { tag, messages: Vec::new() },
                _ => VaultEvent::File { tag, content, conversation: BOB },
            }));
            return;
        }
        if let Some(tag) = self.to_keep.pop_front()
            && self.questions.remove(&tag)
        {
            self.event(Event::Vault(VaultEvent::Done { tag }));
        }
        if let Some((id, conversation, changes)) = self.to_queue.pop_front() {
            let failed = self.chance(10);
            let queued = Queued { id, conversation, failed, changes };
            self.event(Event::Vault(VaultEvent::Queued { queued, shown: shown(id) }));
        }
        if let Some(id) = self.to_seal.pop_front() {
            let event = match self.random.random_range(0..7) {
                6 => VaultEvent::NotSealed { id, why: WhyNot::Stored },
                0 => VaultEvent::NotSealed { id, why: WhyNot::Certificates(vec![2, 3]) },
                1 => VaultEvent::NotSealed { id, why: WhyNot::Refused(self.code(), String::new()) },
                _ => {
                    let packages = if self.chance(3) { vec![package()] } else { Vec::new() };
                    VaultEvent::Sealed(Box::new(Sealed { id, packages, message: sealed(id) }))
                }
            };
            self.event(Event::Vault(event));
        }
        let (have, id) = (self.random.random_range(0..50), self.message());
        let conversation = if self.chance(2) { BOB } else { ROOM };
        use DeliveryState::{Delivered, Read, Stored};
        let state = [Stored, Delivered, Read][self.random.random_range(0..3)];
        let which = self.random.random_range(0..8);
        self.event(Event::Vault(match which {
            7 => VaultEvent::Stored { id, state, seq: have, time: have },
            6 => VaultEvent::Changed(shown(id)),
            5 => VaultEvent::NotReceived { conversation, have },
            0 => VaultEvent::Received { summary: summary(conversation, have, have / 2), shown: Vec::new() },
            1 => VaultEvent::States(vec![(id, state)]),
            2 => VaultEvent::NeedPackages(vec![(have, KeyId([1; 16]))]),
            3 => VaultEvent::NeedCertificates(vec![have]),
            _ => VaultEvent::KeyChanged { user: have },
        }));
    }

    pub(super) fn random_files(&mut self) {
        if let Some((id, offset)) = self.to_read.pop_front() {
            self.event(Event::Files(FilesEvent::Piece { id, offset, data: vec![0; 50] }));
        }
        let (id, offset) = (self.message(), self.random.random_range(0..3) * 50);
        let which = self.random.random_range(0..5);
        self.event(Event::Files(match which {
            0 => FilesEvent::Prepared { id, content: crate::files::content(150), digest: [1; 32] },
            1 => FilesEvent::Piece { id, offset, data: vec![0; 50] },
            2 => FilesEvent::Written { id, offset },
            3 => FilesEvent::Saved { id, path: "x".to_owned() },
            _ => FilesEvent::Failed { id, refusal: Code::NoSpace.into() },
        }));
    }
}
