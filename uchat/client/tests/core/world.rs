//! Everything around the client, played at random; it checks each effect against what must always hold.

use crate::script::{
    ANN, BOB, ROOM, bundle, friend, from_bob, logged_in, package, room, sealed, send, shown, summary, to_bob,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use uchat_client::core::{
    Command, DeliveryState, Effect, Event, FilesEffect, FilesEvent, FriendAnswer, Keys, Model, NetEffect,
    NetEvent, Notice, Queued, Sealed, Settings, Timer, VaultEffect, VaultEvent, WhyNot, With, update,
};
use uchat_protocol::push::{
    ContactInfo, CursorMoved, DelInfo, FriendOnOffLine, LoginBundle, NewMessage, Person, Push,
};
use uchat_protocol::reply::{Done, FriendResult, History, Reply};
use uchat_protocol::{Code, Conversation, KeyId, MessageId, Operation, Refusal, Request, limits};

/// How many verbs there are.
pub(crate) const VERBS: usize = 31;

/// The number of a verb in [`World::verb`]. The compiler finds a verb that is missing here; a test, one that was never
/// tried.
fn number_of(command: &Command) -> usize {
    match command {
        Command::Register { .. } => 0,
        Command::Login { .. } => 1,
        Command::Logout {} => 2,
        Command::Search { .. } => 3,
        Command::AddFriend { .. } => 4,
        Command::DeleteFriend { .. } => 5,
        Command::Block { .. } => 6,
        Command::Unblock { .. } => 7,
        Command::AnswerFriend { .. } => 8,
        Command::Contacts {} => 9,
        Command::CreateRoom { .. } => 10,
        Command::JoinRoom { .. } => 11,
        Command::LeaveRoom { .. } => 12,
        Command::RemoveMember { .. } => 13,
        Command::HandOver { .. } => 14,
        Command::Members { .. } => 15,
        Command::Send { .. } => 16,
        Command::Retry { .. } => 17,
        Command::SendFile { .. } => 18,
        Command::SaveFile { .. } => 19,
        Command::CancelFile { .. } => 20,
        Command::History { .. } => 21,
        Command::Sync {} => 22,
        Command::MarkRead { .. } => 23,
        Command::Typing { .. } => 24,
        Command::SafetyNumber { .. } => 25,
        Command::AcceptKey { .. } => 26,
        Command::NewKeys { .. } => 27,
        Command::SetProfile { .. } => 28,
        Command::ChangePassword { .. } => 29,
        Command::DeleteAccount { .. } => 30,
    }
}

/// Everything around the client, and what it has seen.
pub(crate) struct World {
    pub(crate) random: StdRng,
    pub(crate) model: Model,
    pub(crate) now: u64,
    pub(crate) connecting: bool,
    pub(crate) up: bool,
    pub(crate) requests: BTreeMap<u64, Request>,
    pub(crate) questions: BTreeSet<u64>,
    pub(crate) to_queue: VecDeque<(MessageId, Conversation)>,
    pub(crate) to_seal: VecDeque<MessageId>,
    to_keep: VecDeque<u64>,
    pub(crate) to_read: VecDeque<(MessageId, u64)>,
    /// First and last number of what the vault was given of bob's conversation.
    pub(crate) received: Vec<(u64, u64)>,
    pub(crate) messages: Vec<MessageId>,
    pub(crate) states: BTreeMap<MessageId, DeliveryState>,
    pub(crate) commands: u64,
    pub(crate) answered: BTreeSet<u64>,
    /// What was asked of the server.
    pub(crate) asked: BTreeSet<Operation>,
    /// The numbers of the verbs that were tried.
    pub(crate) tried: BTreeSet<usize>,
}

impl World {
    pub(crate) fn new(seed: u64, settings: Settings) -> Self {
        let mut world = Self {
            random: StdRng::seed_from_u64(seed),
            model: Model::new(settings),
            now: 1_000_000,
            connecting: false,
            up: false,
            requests: BTreeMap::new(),
            questions: BTreeSet::new(),
            to_queue: VecDeque::new(),
            to_seal: VecDeque::new(),
            to_keep: VecDeque::new(),
            to_read: VecDeque::new(),
            received: Vec::new(),
            messages: Vec::new(),
            states: BTreeMap::new(),
            commands: 0,
            answered: BTreeSet::new(),
            asked: BTreeSet::new(),
            tried: BTreeSet::new(),
        };
        world.event(Event::Vault(VaultEvent::Loaded {
            account: None,
            conversations: Vec::new(),
            outbox: Vec::new(),
            uploads: Vec::new(),
            share_typing: true,
        }));
        world
    }

    pub(crate) fn event(&mut self, event: Event) {
        for effect in update(&mut self.model, self.now, event) {
            self.effect(effect);
        }
    }

    /// Looks at an effect: this is where the rules are checked.
    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Answer(id, _) => {
                assert!(id < self.commands, "an answer to nothing");
                assert!(self.answered.insert(id), "a second answer to {id}");
            }
            Effect::Net(NetEffect::Connect) => {
                assert!(!self.up && !self.connecting, "a second connection");
                self.connecting = true;
            }
            Effect::Net(NetEffect::Disconnect) => assert!(self.up || self.connecting, "nothing to close"),
            Effect::Net(NetEffect::Send(tag, request)) => {
                assert!(self.up, "{request:?} without a connection");
                self.asked.insert(request.operation());
                assert!(self.requests.insert(tag, request).is_none(), "a tag twice");
                let count =
                    |fits: fn(&Request) -> bool| self.requests.values().filter(|one| fits(one)).count();
                let messages = count(|request| matches!(request, Request::SendMessage(_)));
                let fetches = count(|request| matches!(request, Request::FetchHistory(_)));
                let pieces = count(|request| {
                    matches!(request, Request::FileBegin(_) | Request::FilePut(_) | Request::FileGet(_))
                });
                assert!(messages <= limits::SEND_WINDOW && fetches <= 4 && pieces <= 2);
            }
            Effect::Notify(Notice::Delivery { id, state, .. }) => {
                use DeliveryState::{Failed, Queued, Sent};
                let forward = match (self.states.insert(id, state), state) {
                    (None, _) | (Some(Failed), Queued) | (Some(Queued | Sent), Failed) => true,
                    (Some(Queued), Queued) => true, // it waits for keys
                    (Some(Failed), _) | (_, Failed) => false,
                    (Some(old), new) => old < new,
                };
                assert!(forward, "{id} went to {state:?}");
            }
            Effect::Vault(effect) => self.vault_effect(effect),
            Effect::Files(FilesEffect::Prepare { id, .. }) => self.messages.push(id),
            Effect::Files(FilesEffect::Read { id, offset }) => self.to_read.push_back((id, offset)),
            Effect::Files(_) | Effect::Notify(_) | Effect::SetTimer(..) | Effect::StopTimer(_) => {}
        }
    }

    fn vault_effect(&mut self, effect: VaultEffect) {
        match effect {
            VaultEffect::Queue { tag, id, conversation, .. } => {
                self.questions.insert(tag);
                self.messages.push(id);
                self.to_queue.push_back((id, conversation));
            }
            VaultEffect::Seal(id) => self.to_seal.push_back(id),
            VaultEffect::Unlock { tag, .. }
            | VaultEffect::MakeKeys { tag, .. }
            | VaultEffect::MakeRequest { tag, .. }
            | VaultEffect::SetCertificate { tag, .. }
            | VaultEffect::ChangePassword { tag, .. }
            | VaultEffect::Retry { tag, .. }
            | VaultEffect::History { tag, .. }
            | VaultEffect::File { tag, .. }
            | VaultEffect::SafetyNumber { tag, .. }
            | VaultEffect::AcceptKey { tag, .. } => {
                self.questions.insert(tag);
            }
            VaultEffect::KeepUpload { tag, .. } => {
                self.questions.insert(tag);
                self.to_keep.push_back(tag);
            }
            VaultEffect::Forget { tag } => {
                self.questions.insert(tag);
                self.states.clear(); // these messages are nobody's any more
            }
            VaultEffect::Receive { messages, conversation, after } => {
                assert!(after < messages[0].seq);
                assert!(messages.windows(2).all(|pair| pair[0].seq < pair[1].seq));
                if conversation == BOB {
                    self.received.push((messages[0].seq, messages.last().unwrap().seq));
                }
            }
            _ => {}
        }
    }

    pub(crate) fn chance(&mut self, one_in: u32) -> bool {
        self.random.random_range(0..one_in) == 0
    }

    fn message(&mut self) -> MessageId {
        let count = self.messages.len();
        if count == 0 { MessageId([9; 16]) } else { self.messages[self.random.random_range(0..count)] }
    }

    pub(crate) fn command(&mut self, command: Command) {
        let id = self.commands;
        self.commands += 1;
        let fresh = MessageId(self.random.random());
        self.event(Event::Command { id, command, fresh });
    }

    fn random_command(&mut self) {
        let number = self.random.random_range(0..4 * VERBS);
        // Messages and log-ins more often, so that there is something for the others to meet.
        let command = match number {
            0..VERBS => self.verb(number),
            n if n < 2 * VERBS => {
                Command::Login { username: "ann".to_owned(), password: "ann's password".to_owned() }
            }
            _ => send("hi"),
        };
        self.tried.insert(number_of(&command));
        self.command(command);
    }

    /// The verb of this number, about somebody or something.
    fn verb(&mut self, number: usize) -> Command {
        let username = ["ann", "bob", "eve"][self.random.random_range(0..3)].to_owned();
        let with = if self.chance(2) { to_bob() } else { With::Room(5) };
        let (password, path, room) =
            ("ann's password".to_owned(), "x".to_owned(), self.random.random_range(4..6));
        let message_id = self.message();
        match number {
            0 => Command::Register {
                username,
                password,
                email: "ann@example.org".to_owned(),
                sex: None,
                age: None,
            },
            1 => Command::Login { username, password },
            2 => Command::Logout {},
            3 => Command::Search { text: username },
            4 => Command::AddFriend { username },
            5 => Command::DeleteFriend { username },
            6 => Command::Block { username },
            7 => Command::Unblock { username },
            8 => {
                let answer = [FriendAnswer::Accept, FriendAnswer::Decline, FriendAnswer::Later];
                Command::AnswerFriend { username, answer: answer[self.random.random_range(0..3)] }
            }
            9 => Command::Contacts {},
            10 => Command::CreateRoom { name: username },
            11 => Command::JoinRoom { room },
            12 => Command::LeaveRoom { room },
            13 => Command::RemoveMember { room, username },
            14 => Command::HandOver { room, username },
            15 => Command::Members { room },
            16 => send("hi"),
            17 => Command::Retry { message_id },
            18 => Command::SendFile { to: with, path },
            19 => Command::SaveFile { message_id, path },
            20 => Command::CancelFile { message_id },
            21 => Command::History { with, before: None, limit: None, search: None },
            22 => Command::Sync {},
            23 => Command::MarkRead { with },
            24 => Command::Typing { with },
            25 => Command::SafetyNumber { username },
            26 => Command::AcceptKey { username },
            27 => Command::NewKeys { password },
            28 => Command::SetProfile {
                email: self.chance(2).then(|| "ann@example.org".to_owned()),
                sex: None,
                age: None,
                share_address: None,
                share_read: None,
                share_typing: Some(self.chance(2)),
            },
            29 => Command::ChangePassword { old: password.clone(), new: password },
            _ if self.chance(5) => Command::DeleteAccount { password },
            _ => Command::Contacts {},
        }
    }

    pub(crate) fn up(&mut self) {
        if std::mem::take(&mut self.connecting) {
            self.up = true;
            self.event(Event::Net(NetEvent::Up));
        }
    }

    fn random_down(&mut self) {
        let code = if self.chance(5) { self.code() } else { Code::Offline };
        self.down(code);
    }

    pub(crate) fn down(&mut self, code: Code) {
        if !std::mem::take(&mut self.up) && !std::mem::take(&mut self.connecting) {
            return;
        }
        self.connecting = false;
        self.requests.clear();
        let random = self.random.random();
        self.event(Event::Net(NetEvent::Down { reason: code.into(), random }));
    }

    fn code(&mut self) -> Code {
        Code::ALL[self.random.random_range(0..Code::ALL.len())]
    }

    /// Mostly the fitting answer to the oldest request, sometimes any.
    fn random_reply(&mut self) {
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

    fn random_push(&mut self) {
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

    fn random_vault(&mut self) {
        let count = self.questions.len();
        if count > 0 && self.chance(2) {
            let place = self.random.random_range(0..count);
            let tag = self.questions.iter().nth(place).copied().unwrap();
            let keys = [Keys::Ready, Keys::Ready, Keys::Missing, Keys::Uncertified];
            let keys = keys[self.random.random_range(0..4)];
            let content = crate::files::content(150);
            let which = self.random.random_range(0..7);
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
        if let Some((id, conversation)) = self.to_queue.pop_front() {
            let failed = self.chance(10);
            let queued = Queued { id, conversation, failed };
            self.event(Event::Vault(VaultEvent::Queued { queued, shown: shown(id) }));
        }
        if let Some(id) = self.to_seal.pop_front() {
            let event = match self.random.random_range(0..6) {
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
        let which = self.random.random_range(0..6);
        self.event(Event::Vault(match which {
            5 => VaultEvent::NotReceived { conversation, have },
            0 => VaultEvent::Received { summary: summary(conversation, have, have / 2), shown: Vec::new() },
            1 => VaultEvent::States(vec![(id, state)]),
            2 => VaultEvent::NeedPackages(vec![(have, KeyId([1; 16]))]),
            3 => VaultEvent::NeedCertificates(vec![have]),
            _ => VaultEvent::KeyChanged { user: have },
        }));
    }

    fn random_files(&mut self) {
        if let Some((id, offset)) = self.to_read.pop_front() {
            self.event(Event::Files(FilesEvent::Piece { id, offset, data: vec![0; 50] }));
        }
        let (id, offset) = (self.message(), self.random.random_range(0..3) * 50);
        let which = self.random.random_range(0..5);
        self.event(Event::Files(match which {
            0 => FilesEvent::Prepared { id, content: crate::files::content(150) },
            1 => FilesEvent::Piece { id, offset, data: vec![0; 50] },
            2 => FilesEvent::Written { id, offset },
            3 => FilesEvent::Saved { id, path: "x".to_owned() },
            _ => FilesEvent::Failed { id, refusal: Code::NoSpace.into() },
        }));
    }

    pub(crate) fn step(&mut self) {
        self.now += self.random.random_range(0..2000);
        match self.random.random_range(0..40) {
            0..8 => self.random_command(),
            8..12 => self.up(),
            12 => self.random_down(),
            13..24 => self.random_reply(),
            24..28 => self.random_push(),
            28..35 => self.random_vault(),
            35..38 => self.random_files(),
            _ => {
                let timers = [Timer::Reconnect, Timer::KeepAlive, Timer::Dead, Timer::Later];
                let timer = timers[self.random.random_range(0..4)];
                let random = self.random.random();
                self.event(Event::Timer { timer, random });
            }
        }
    }

    /// The connection goes for good, and the vault answers what it was asked.
    pub(crate) fn finish(&mut self) {
        // Commands may wait for a log-in that is going on, and one of them may be a log-in again.
        for _ in 0..100 {
            self.up = self.up || std::mem::take(&mut self.connecting);
            self.requests.clear();
            if std::mem::take(&mut self.up) {
                let reason = Code::SessionReplaced.into();
                self.event(Event::Net(NetEvent::Down { reason, random: 0 }));
            }
            for tag in std::mem::take(&mut self.questions) {
                self.event(Event::Vault(VaultEvent::Failed { tag, refusal: Code::NoSpace.into() }));
            }
        }
    }
}
