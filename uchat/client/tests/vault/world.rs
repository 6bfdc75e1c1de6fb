//! A server that only moves bytes, and the people and keys of these tests.

mod client;

use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, CertificateRequest, Profile};
pub(crate) use client::Client;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;
use uchat_client::core::{Keys, Sealed, VaultEffect, VaultEvent, WhyNot};
use uchat_protocol::content::{Happened, Kind, RoomEvent};
use uchat_protocol::e2e::Header;
use uchat_protocol::push::{KeyPackageFor, NewMessage};
use uchat_protocol::reply::RoomUser;
use uchat_protocol::request::KeyPackage;
use uchat_protocol::{Code, Content, Conversation, Envelope, KeyId, MessageId};

pub(crate) const ANN: u64 = 1;
pub(crate) const BOB: u64 = 2;
pub(crate) const CAT: u64 = 3;
/// The room of most tests.
pub(crate) const ROOM: u64 = 7;
pub(crate) const IN_ROOM: Conversation = Conversation::Room(ROOM);
pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const TAG: u64 = 99;
/// When all tests begin, in milliseconds since 1970.
pub(crate) const START: u64 = 1_800_000_000_000;

/// What takes long to make.
static CA: LazyLock<Ca> = LazyLock::new(|| {
    let mut random = StdRng::seed_from_u64(1);
    let key = PrivateKey::generate(2048, &mut random).unwrap();
    Ca::init("test", key, time(START), &mut random).unwrap()
});

/// Keys of this test alone, under `PASSWORD`; with only 1,000 rounds, so that they open at once.
const KEY_FILES: [&str; 4] = [
    include_str!("key_files/0.pem"),
    include_str!("key_files/1.pem"),
    include_str!("key_files/2.pem"),
    include_str!("key_files/3.pem"),
];

fn time(milliseconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds)
}

pub(crate) fn ca() -> Vec<u8> {
    CA.certificate().der().to_vec()
}

/// A certificate for the request, with this name in it.
pub(crate) fn certify(csr: &[u8], name: &str, now: u64) -> Vec<u8> {
    let request = CertificateRequest::from_der(csr).unwrap();
    let profile = Profile::User { common_name: name.to_owned(), email: None };
    let life = Duration::from_secs(365 * 24 * 60 * 60);
    let mut random = StdRng::seed_from_u64(now);
    CA.sign(&request, &profile, life, time(now), &mut random).unwrap().der().to_vec()
}

pub(crate) fn name(user: u64) -> &'static str {
    ["ann", "bob", "cat", "dan"][user as usize - 1]
}

pub(crate) fn text(text: &str) -> Content {
    Content { data: text.to_owned(), ..Content::default() }
}

pub(crate) fn change(kind: Kind, target: MessageId, data: &str) -> Content {
    Content { kind, data: data.to_owned(), reply_to: Some(target), ..Content::default() }
}

/// What a server has.
pub(crate) struct World {
    pub(crate) clock: Arc<AtomicU64>,
    pub(crate) certificates: BTreeMap<u64, Vec<u8>>,
    /// Conversations by their members or their room.
    logs: HashMap<Log, Vec<NewMessage>>,
    pub(crate) packages: Vec<KeyPackage>,
    pub(crate) members: Vec<u64>,
    /// What was asked of the server.
    pub(crate) asked: Vec<VaultEvent>,
    /// Whether an answer has room for one package only.
    pub(crate) one_package_at_a_time: bool,
}

#[derive(PartialEq, Eq, Hash, Debug)]
enum Log {
    Friends(u64, u64),
    Room(u64),
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            clock: Arc::new(AtomicU64::new(START)),
            certificates: BTreeMap::new(),
            logs: HashMap::new(),
            packages: Vec::new(),
            members: Vec::new(),
            asked: Vec::new(),
            one_package_at_a_time: false,
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }

    pub(crate) fn pass(&self, milliseconds: u64) {
        self.clock.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// A client with keys and a certificate, logged in.
    pub(crate) fn client(&mut self, user: u64) -> Client {
        let mut client = self.stranger(user);
        self.install(&mut client, user as usize - 1);
        client
    }

    /// Two of them.
    pub(crate) fn pair(&mut self) -> (Client, Client) {
        (self.client(ANN), self.client(BOB))
    }

    /// A client whose profile is empty.
    pub(crate) fn stranger(&mut self, user: u64) -> Client {
        Client::open(user, Arc::new(TempDir::new().unwrap()), &self.clock, true)
    }

    /// Gives the client the keys of this number, a certificate, and logs it in.
    pub(crate) fn install(&mut self, client: &mut Client, keys: usize) {
        std::fs::write(client.dir.path().join("keys.pem"), KEY_FILES[keys]).unwrap();
        self.certificates.remove(&client.user);
        client.store.handle(VaultEffect::Lock);
        assert_eq!(self.log_in(client), Keys::Uncertified);
        let csr = client.store.handle(VaultEffect::MakeRequest { tag: TAG, email: String::new() });
        let [VaultEvent::KeysMade { csr, .. }] = &csr[..] else { panic!("{csr:?}") };
        let der = certify(csr, name(client.user), self.now());
        self.certificates.insert(client.user, der.clone());
        self.handle(client, VaultEffect::SetCertificate { tag: TAG, der });
    }

    /// Logs in, as a new start does.
    pub(crate) fn log_in(&mut self, client: &mut Client) -> Keys {
        let user = client.user;
        let effect = VaultEffect::Unlock {
            tag: TAG,
            user,
            name: name(user).to_owned(),
            token: None,
            password: Some(PASSWORD.into()),
            certificate: self.certificates.get(&user).cloned(),
        };
        let events = self.handle(client, effect);
        let keys = events.iter().find_map(|event| match event {
            VaultEvent::Unlocked { keys, .. } => Some(*keys),
            _ => None,
        });
        keys.unwrap_or_else(|| panic!("{events:?}"))
    }

    /// Has the client do something, and answers whatever it asks the server for. What else it told comes back.
    pub(crate) fn handle(&mut self, client: &mut Client, effect: VaultEffect) -> Vec<VaultEvent> {
        let mut effects = VecDeque::from([effect]);
        let mut told = Vec::new();
        while let Some(effect) = effects.pop_front() {
            for event in client.store.handle(effect) {
                match event {
                    VaultEvent::NeedCertificates(users) => {
                        effects.push_back(self.certificates_of(&users));
                        self.asked.push(VaultEvent::NeedCertificates(users));
                    }
                    VaultEvent::NeedPackages(keys) => {
                        effects.push_back(self.packages_of(client.user, &keys));
                        self.asked.push(VaultEvent::NeedPackages(keys));
                    }
                    VaultEvent::Received { summary, shown } => {
                        client.summaries.insert(summary.conversation, summary);
                        client.shown.extend(shown);
                    }
                    VaultEvent::KeyChanged { user } => client.changed.push(user),
                    VaultEvent::Warning(text) => client.warnings.push(text),
                    VaultEvent::States(states) => client.states.extend(states),
                    VaultEvent::Stored { id, state, .. } => client.states.push((id, state)),
                    VaultEvent::Changed(shown) => client.reshown.push(shown),
                    other => told.push(other),
                }
            }
        }
        told
    }

    pub(crate) fn certificates_of(&self, users: &[u64]) -> VaultEffect {
        let certificate = |user: &u64| Some((*user, self.certificates.get(user)?.clone()));
        VaultEffect::Certificates {
            asked: users.to_vec(),
            certificates: users.iter().filter_map(certificate).collect(),
        }
    }

    fn packages_of(&self, user: u64, keys: &[(u64, KeyId)]) -> VaultEffect {
        let found = keys.iter().filter_map(|(sender, key_id)| self.package_for(user, *sender, *key_id));
        let most = if self.one_package_at_a_time { 1 } else { usize::MAX };
        VaultEffect::Packages { asked: keys.to_vec(), packages: found.take(most).collect() }
    }

    pub(crate) fn package_for(&self, user: u64, sender: u64, key_id: KeyId) -> Option<KeyPackageFor> {
        self.packages.iter().find_map(|package| {
            let header = Header::parse(&package.header).unwrap();
            let (_, wrap) = package.wraps.iter().find(|(member, _)| *member == user)?;
            ((header.sender, header.key_id) == (sender, key_id)).then(|| KeyPackageFor {
                header: package.header.clone(),
                signature: package.signature.clone(),
                wrap: wrap.clone(),
            })
        })
    }

    /// Has the client seal a message of its outbox.
    pub(crate) fn seal(&mut self, client: &mut Client, id: MessageId) -> Result<Sealed, (Code, String)> {
        loop {
            match self.handle(client, VaultEffect::Seal(id)).pop().unwrap() {
                VaultEvent::Sealed(sealed) => return Ok(*sealed),
                VaultEvent::NotSealed { why: WhyNot::Certificates(users), .. } => {
                    let certificates = self.certificates_of(&users);
                    self.handle(client, certificates);
                }
                VaultEvent::NotSealed { why: WhyNot::Refused(code, text), .. } => return Err((code, text)),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Takes what was sealed, as a server does, and tells the sender that it is stored.
    pub(crate) fn take(&mut self, client: &mut Client, sealed: Sealed) -> u64 {
        self.packages.extend(sealed.packages);
        let message = sealed.message;
        let (target_type, target_id) = (message.target_type, message.target_id);
        let seq = self.append(client.user, target_type, target_id, message.message, message.id);
        let time = self.now();
        self.handle(client, VaultEffect::Stored { id: sealed.id, seq, time });
        seq
    }

    /// Says something, all the way to the server.
    pub(crate) fn say(&mut self, client: &mut Client, conversation: Conversation, what: &str) -> MessageId {
        let id = client.queue(conversation, what);
        let sealed = self.seal(client, id).unwrap();
        self.take(client, sealed);
        id
    }

    /// Changes a message, all the way to the server.
    pub(crate) fn change(&mut self, client: &mut Client, kind: Kind, target: MessageId, data: &str) {
        let (id, events) = client.change(kind, target, data);
        assert!(matches!(&events[0], VaultEvent::Queued { queued, .. } if queued.id == id), "{events:?}");
        let sealed = self.seal(client, id).unwrap();
        self.take(client, sealed);
    }

    /// Says something that no client of ours would, all the way to the server.
    pub(crate) fn forge(&mut self, client: &mut Client, conversation: Conversation, content: Content) {
        let id = client.fresh_id();
        client.store.handle(VaultEffect::Queue { tag: TAG, id, conversation, content });
        let sealed = self.seal(client, id).unwrap();
        self.take(client, sealed);
    }

    /// Puts a message into the log of a conversation.
    pub(crate) fn append(
        &mut self,
        sender: u64,
        target_type: u8,
        target_id: u64,
        message: Envelope,
        id: Option<MessageId>,
    ) -> u64 {
        let time = self.now();
        let log = self.log(sender, target_type, target_id);
        let seq = log.len() as u64 + 1;
        let sender_name = if sender == 0 { String::new() } else { name(sender).to_owned() };
        log.push(NewMessage {
            message,
            sender_id: sender,
            sender_name,
            target_type,
            target_id,
            time,
            seq,
            id,
        });
        seq
    }

    fn log(&mut self, user: u64, target_type: u8, target_id: u64) -> &mut Vec<NewMessage> {
        let log = match target_type {
            0 => Log::Friends(user.min(target_id), user.max(target_id)),
            _ => Log::Room(target_id),
        };
        self.logs.entry(log).or_default()
    }

    /// What is in a conversation, for a server that means no good.
    pub(crate) fn log_of(&mut self, user: u64, conversation: Conversation) -> &mut Vec<NewMessage> {
        let (target_type, target_id) = conversation.target();
        self.log(user, target_type, target_id)
    }

    /// Brings the client all that is new in a conversation.
    pub(crate) fn sync(&mut self, client: &mut Client, conversation: Conversation) {
        let have = client.have(conversation);
        let log = self.log_of(client.user, conversation);
        let messages = log.iter().filter(|message| message.seq > have).cloned().collect();
        self.handle(client, VaultEffect::Receive { conversation, after: have, messages });
    }

    /// Something happens in the room.
    pub(crate) fn event(&mut self, what: Happened, user: u64) {
        match what {
            Happened::Created | Happened::Joined => self.members.push(user),
            Happened::Left | Happened::Removed => self.members.retain(|member| *member != user),
            Happened::Owner => {}
        }
        let event = RoomEvent { what, user_id: user, user_name: name(user).to_owned() };
        self.append(0, 1, ROOM, Envelope::Event(event), None);
    }

    /// The client has just come into the room: history begins with the newest line.
    pub(crate) fn enter(&mut self, client: &mut Client) {
        let joined = self.log_of(0, IN_ROOM).len() as u64;
        let contacts = VaultEffect::Contacts {
            conversations: vec![(IN_ROOM, "room".to_owned())],
            joined: vec![(ROOM, joined)],
            read: Vec::new(),
            cursors: Vec::new(),
        };
        self.handle(client, contacts);
        self.sync(client, IN_ROOM);
        let user = |id: &u64| RoomUser { id: *id, name: name(*id).to_owned(), online: true, owner: false };
        let users = self.members.iter().map(user).collect();
        self.handle(client, VaultEffect::Members { room: ROOM, users });
    }

    /// Ann makes the room, the others join it one after the other.
    pub(crate) fn room(&mut self, clients: &mut [&mut Client]) {
        for client in clients {
            let what = if client.user == ANN { Happened::Created } else { Happened::Joined };
            self.event(what, client.user);
            self.enter(client);
        }
    }
}
