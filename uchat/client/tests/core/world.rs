//! Everything around the client, played at random; it checks each effect against what must always hold.

mod surroundings;
mod verbs;

use crate::script::BOB;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use uchat_client::core::{
    Command, DeliveryState, Effect, Event, FilesEffect, Model, NetEffect, NetEvent, Notice, Settings, Timer,
    VaultEffect, VaultEvent, update,
};
use uchat_protocol::{Code, Conversation, MessageId, Operation, Request, limits};
pub(crate) use verbs::VERBS;

/// Everything around the client, and what it has seen.
pub(crate) struct World {
    pub(crate) random: StdRng,
    pub(crate) model: Model,
    pub(crate) now: u64,
    pub(crate) connecting: bool,
    pub(crate) up: bool,
    pub(crate) requests: BTreeMap<u64, Request>,
    pub(crate) questions: BTreeSet<u64>,
    pub(crate) to_queue: VecDeque<(MessageId, Conversation, Option<MessageId>)>,
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
                self.to_queue.push_back((id, conversation, None));
            }
            VaultEffect::Change { tag, id, content } => {
                self.questions.insert(tag);
                self.to_queue.push_back((id, BOB, content.reply_to));
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
