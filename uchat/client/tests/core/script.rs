//! A client whose surroundings are played by the test.

mod samples;

pub(crate) use samples::{
    bundle, envelope, friend, from_bob, logged_in, login, package, room, sealed, send, settings_login, shown,
    stored, summary, text, to_bob,
};
use std::collections::VecDeque;
use uchat_client::core::{
    Answer, Command, Effect, Event, FilesEffect, FilesEvent, KeptUpload, Keys, Model, NetEffect, NetEvent,
    Notice, Queued, Sealed, Settings, Summary, Timer, VaultEffect, VaultEvent, update,
};
use uchat_protocol::push::Push;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Conversation, MessageId, Refusal, Request};

/// Ann is user 1, her friend bob is 2, their room is 5.
pub(crate) const ANN: u64 = 1;
pub(crate) const BOB: Conversation = Conversation::Friend(2);
pub(crate) const ROOM: Conversation = Conversation::Room(5);

pub(crate) struct Script {
    pub(crate) model: Model,
    pub(crate) now: u64,
    /// What came out and was not looked at yet.
    pub(crate) out: VecDeque<Effect>,
    next_id: u8,
}

impl Script {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { model: Model::new(settings), now: 1_000_000, out: VecDeque::new(), next_id: 0 }
    }

    /// An empty profile, loaded.
    pub(crate) fn loaded() -> Self {
        let mut script = Self::new(Settings { encrypted: true, ..Settings::default() });
        script.load(Vec::new(), Vec::new());
        script
    }

    /// Ann, logged in, with bob and the room, nothing said yet; what came out until then is forgotten.
    pub(crate) fn online() -> Self {
        let mut script = Self::loaded();
        script.command(0, login());
        script.let_in();
        script.out.clear();
        script
    }

    pub(crate) fn load(&mut self, conversations: Vec<Summary>, outbox: Vec<Queued>) {
        self.vault(VaultEvent::Loaded {
            account: None,
            conversations,
            outbox,
            uploads: Vec::new(),
            share_typing: true,
        });
    }

    /// From the channel to the members of the room, all granted.
    pub(crate) fn let_in(&mut self) {
        self.up();
        let (tag, _) = self.sent();
        self.reply(tag, Reply::LoginSuccessful(logged_in()));
        let tag = self.unlock_tag();
        self.vault(VaultEvent::Unlocked { tag, keys: Keys::Ready });
        self.push(Push::LoginBundle(bundle(0, 0)));
        self.know_room();
    }

    /// Answers who is in the room.
    pub(crate) fn know_room(&mut self) {
        let (tag, _) = self.sent_as(|request| matches!(request, Request::QueryRoomUsers(_)));
        let user = |id, name: &str| uchat_protocol::reply::RoomUser {
            id,
            name: name.to_owned(),
            online: true,
            owner: id == ANN,
        };
        let users = vec![user(ANN, "ann"), user(2, "bob"), user(3, "eve")];
        let users = uchat_protocol::reply::RoomUsers { users, room_id: 5 };
        self.reply(tag, Reply::QueryRoomUsersResult(users));
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.out.extend(update(&mut self.model, self.now, event));
    }

    pub(crate) fn command(&mut self, id: u64, command: Command) -> MessageId {
        self.next_id = self.next_id.wrapping_add(1);
        let fresh = MessageId([self.next_id; 16]);
        self.event(Event::Command { id, command, fresh });
        fresh
    }

    pub(crate) fn up(&mut self) {
        self.event(Event::Net(NetEvent::Up));
    }

    pub(crate) fn down(&mut self, code: Code) {
        self.event(Event::Net(NetEvent::Down { reason: code.into(), random: 0 }));
    }

    pub(crate) fn reply(&mut self, tag: u64, reply: Reply) {
        self.event(Event::Net(NetEvent::Reply { tag, reply }));
    }

    pub(crate) fn done(&mut self, tag: u64) {
        self.reply(tag, Reply::Done(Done::default()));
    }

    pub(crate) fn refuse(&mut self, tag: u64, code: Code) {
        self.reply(tag, Reply::Refused(code.into()));
    }

    pub(crate) fn push(&mut self, push: Push) {
        self.event(Event::Net(NetEvent::Push(push)));
    }

    pub(crate) fn vault(&mut self, event: VaultEvent) {
        self.event(Event::Vault(event));
    }

    pub(crate) fn files(&mut self, event: FilesEvent) {
        self.event(Event::Files(event));
    }

    pub(crate) fn timer(&mut self, timer: Timer) {
        self.event(Event::Timer { timer, random: 0 });
    }

    /// Time goes on until the timer rings for what was put off.
    pub(crate) fn later(&mut self) {
        let wait = self.pick(|effect| match effect {
            Effect::SetTimer(Timer::Later, wait) => Some(*wait),
            _ => None,
        });
        self.now += wait.expect("nothing was put off");
        self.timer(Timer::Later);
    }

    /// The first effect of which `pick` makes something; those before it stay.
    pub(crate) fn pick<T>(&mut self, pick: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        let (place, found) =
            self.out.iter().enumerate().find_map(|(place, effect)| Some((place, pick(effect)?)))?;
        self.out.remove(place);
        Some(found)
    }

    /// The first request that fits.
    pub(crate) fn sent_as(&mut self, fits: impl Fn(&Request) -> bool) -> (u64, Request) {
        let found = self.pick(|effect| match effect {
            Effect::Net(NetEffect::Send(tag, request)) if fits(request) => Some((*tag, request.clone())),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("no such request in {:#?}", self.out))
    }

    pub(crate) fn sent(&mut self) -> (u64, Request) {
        self.sent_as(|_| true)
    }

    /// All requests, in order.
    pub(crate) fn all_sent(&mut self) -> Vec<(u64, Request)> {
        let mut all = Vec::new();
        while let Some(sent) = self.pick(|effect| match effect {
            Effect::Net(NetEffect::Send(tag, request)) => Some((*tag, request.clone())),
            _ => None,
        }) {
            all.push(sent);
        }
        all
    }

    /// The first message that goes out: tag and id.
    pub(crate) fn message_sent(&mut self) -> (u64, MessageId) {
        match self.sent_as(|request| matches!(request, Request::SendMessage(_))) {
            (tag, Request::SendMessage(message)) => (tag, message.id.unwrap()),
            _ => unreachable!(),
        }
    }

    /// What the command was answered; it must be answered exactly once.
    pub(crate) fn answer(&mut self, id: u64) -> Result<Answer, Refusal> {
        let pick = |effect: &Effect| match effect {
            Effect::Answer(of, answer) if *of == id => Some(answer.clone()),
            _ => None,
        };
        let answer = self.pick(pick).unwrap_or_else(|| panic!("no answer to {id} in {:#?}", self.out));
        assert_eq!(self.pick(pick), None, "a second answer to {id}");
        answer
    }

    pub(crate) fn refused(&mut self, id: u64) -> Code {
        self.answer(id).unwrap_err().code
    }

    pub(crate) fn is_answered(&self, id: u64) -> bool {
        self.out.iter().any(|effect| matches!(effect, Effect::Answer(of, _) if *of == id))
    }

    /// All notices so far.
    pub(crate) fn notices(&mut self) -> Vec<Notice> {
        let mut notices = Vec::new();
        while let Some(notice) = self.pick(|effect| match effect {
            Effect::Notify(notice) => Some(notice.clone()),
            _ => None,
        }) {
            notices.push(notice);
        }
        notices
    }

    /// The first effect for the vault, as `pick` takes it apart.
    pub(crate) fn vault_asked<T>(&mut self, pick: impl Fn(&VaultEffect) -> Option<T>) -> T {
        let found = self.pick(|effect| match effect {
            Effect::Vault(effect) => pick(effect),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("nothing such for the vault in {:#?}", self.out))
    }

    pub(crate) fn files_asked<T>(&mut self, pick: impl Fn(&FilesEffect) -> Option<T>) -> T {
        let found = self.pick(|effect| match effect {
            Effect::Files(effect) => pick(effect),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("nothing such for the files in {:#?}", self.out))
    }

    pub(crate) fn unlock_tag(&mut self) -> u64 {
        self.vault_asked(|effect| match effect {
            VaultEffect::Unlock { tag, .. } => Some(*tag),
            _ => None,
        })
    }

    /// The message that is to be sealed next, if one is.
    pub(crate) fn seal_asked(&mut self) -> Option<MessageId> {
        self.pick(|effect| match effect {
            Effect::Vault(VaultEffect::Seal(id)) => Some(*id),
            _ => None,
        })
    }

    /// A text to bob, in the outbox.
    pub(crate) fn say(&mut self, id: u64, text: &str) -> MessageId {
        let message = self.command(id, send(text));
        self.queued(message, BOB);
        message
    }

    pub(crate) fn queued(&mut self, id: MessageId, conversation: Conversation) {
        let queued = Queued { id, conversation, failed: false, changes: None };
        self.vault(VaultEvent::Queued { queued, shown: shown(id) });
    }

    pub(crate) fn sealed(&mut self, id: MessageId) {
        self.sealed_with(id, 0);
    }

    /// Sealed, with so many key packages that go before it.
    pub(crate) fn sealed_with(&mut self, id: MessageId, packages: usize) {
        let packages = vec![package(); packages];
        self.vault(VaultEvent::Sealed(Box::new(Sealed { id, packages, message: sealed(id) })));
    }

    /// The tag of the key package that goes out next.
    pub(crate) fn package_sent(&mut self) -> u64 {
        self.sent_as(|request| matches!(request, Request::KeyPackage(_))).0
    }

    /// The vault has it on disk that a file is to be sent.
    pub(crate) fn kept(&mut self) -> KeptUpload {
        let (tag, upload) = self.vault_asked(|effect| match effect {
            VaultEffect::KeepUpload { tag, upload } => Some((*tag, upload.clone())),
            _ => None,
        });
        self.vault(VaultEvent::Done { tag });
        upload
    }

    /// What the vault was given to take in: conversation and numbers.
    pub(crate) fn received(&mut self) -> Option<(Conversation, Vec<u64>)> {
        self.pick(|effect| match effect {
            Effect::Vault(VaultEffect::Receive { conversation, messages, .. }) => {
                Some((*conversation, messages.iter().map(|message| message.seq).collect()))
            }
            _ => None,
        })
    }
}
