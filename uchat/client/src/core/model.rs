//! Everything the client knows: one value, changed by [`update`](super::update()) alone. No socket, no clock, no
//! disk, no random number; every list in it has a limit, because a server may be hostile.
//!
//! | part | what it holds |
//! |---|---|
//! | `link` | the connection: whether it stands, what has no answer yet, the next try |
//! | `session` | who is logged in, and the log-in that is going on |
//! | `contacts` | friends, rooms, requests |
//! | `talks` | for each conversation: how much of it is here, what was read, what is being fetched |
//! | `outbox` | messages of our own on their way, a lane for each conversation |
//! | `keys` | certificates and key packages that are to be asked for |
//! | `transfers` | files on their way |

pub(super) mod contacts;
pub(super) mod link;
pub(super) mod outbox;
pub(super) mod session;
pub(super) mod talks;
pub(super) mod transfers;
pub(super) mod wanted;

use super::event::{CommandId, Tag};
use super::{Command, Secret};
use contacts::Contacts;
use link::{Link, State};
use outbox::Outbox;
use session::Session;
use std::collections::{BTreeMap, VecDeque};
use talks::Talks;
use transfers::Transfers;
use uchat_protocol::MessageId;
use wanted::Wanted;

/// The most commands without an answer.
pub(super) const OPEN_COMMANDS: usize = 1024;

/// What a client is started with.
#[derive(Clone, Default)]
pub struct Settings {
    /// Whether the transport demands encryption from end to end: all but lessons 1 to 6.
    pub encrypted: bool,
    /// Whether to connect by itself at the start, if the profile has an account and a resume token.
    pub connect_at_start: bool,
    /// Log in with this at the start, and again after each break.
    pub auto_login: Option<Login>,
}

/// A name and its password.
#[derive(Clone)]
pub struct Login {
    /// The user's name.
    pub username: String,
    /// The password; wiped when it is dropped.
    pub password: Secret,
}

/// Everything the client knows.
pub struct Model {
    pub(super) settings: Settings,
    /// Whether the vault has told what was there from earlier.
    pub(super) loaded: bool,
    /// Commands that came before that, or during a log-in.
    pub(super) early: VecDeque<(Ticket, Command, MessageId)>,
    /// Those that wait until everything is here that the server has.
    pub(super) syncs: Vec<Ticket>,
    /// How many commands have no answer yet.
    pub(super) open: usize,
    pub(super) next_tag: Tag,
    /// Questions to the vault that have no answer yet.
    pub(super) questions: BTreeMap<Tag, Question>,
    pub(super) share_typing: bool,
    pub(super) link: Link,
    pub(super) session: Session,
    pub(super) contacts: Contacts,
    pub(super) talks: Talks,
    pub(super) outbox: Outbox,
    pub(super) wanted: Wanted,
    pub(super) transfers: Transfers,
}

impl Model {
    /// A client that knows nothing yet and does nothing before
    /// [`VaultEvent::Loaded`](super::VaultEvent::Loaded).
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            loaded: false,
            early: VecDeque::new(),
            syncs: Vec::new(),
            open: 0,
            next_tag: 1,
            questions: BTreeMap::new(),
            share_typing: true,
            link: Link::default(),
            session: Session::default(),
            contacts: Contacts::default(),
            talks: Talks::default(),
            outbox: Outbox::default(),
            wanted: Wanted::default(),
            transfers: Transfers::default(),
        }
    }

    /// How many messages and files of our own are not stored by the server yet, those that were given up aside.
    #[must_use]
    pub fn pending_sends(&self) -> usize {
        let queued = |question: &&Question| matches!(question, Question::Queue(..) | Question::Change(..));
        let queued = self.questions.values().filter(queued).count();
        self.outbox.unsent() + queued + self.transfers.uploads()
    }

    /// Whether the channel stands and the user is logged in.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.link.state == State::Up && self.session.logged_in
    }

    /// How many commands have no answer yet.
    #[must_use]
    pub fn open_commands(&self) -> usize {
        self.open
    }

    /// The name of the user who is logged in, or was when the connection was lost.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        self.session.account.as_ref().map(|account| account.name.as_str())
    }
}

/// The right to answer a command. It cannot be copied, and answering takes it: no command is answered twice.
#[derive(Debug)]
pub(super) struct Ticket(CommandId);

impl Ticket {
    /// For a command that has just come.
    pub(super) fn new(id: CommandId) -> Self {
        Self(id)
    }

    /// The end of it.
    pub(super) fn into_id(self) -> CommandId {
        self.0
    }
}

/// What the vault was asked, and what to do with its answer. Log-in keeps its own (see `session.rs`).
#[derive(Debug)]
pub(super) enum Question {
    /// To queue a message; a file's has no ticket, because its command is answered already.
    Queue(Option<Ticket>, MessageId),
    /// To queue an edit, a deletion or a reaction.
    Change(Ticket, MessageId),
    /// To try a message again.
    Retry(Ticket, MessageId),
    /// To keep in mind that the file at this path is to be sent.
    Upload(Ticket, MessageId, String),
    /// For messages.
    History(Ticket),
    /// For nothing: its answer comes after everything that the vault was given before.
    Sync(Ticket),
    /// For a file message, to save its file at this path.
    File(Ticket, MessageId, String),
    /// For a safety number.
    Words(Ticket),
    /// To accept the keys of a user.
    AcceptKey(Ticket),
    /// To encrypt the keys under another password.
    ChangePassword(Ticket),
    /// To forget everything.
    Forget(Ticket),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Event, Keys, NetEvent, VaultEvent, update};
    use uchat_protocol::push::{
        ContactInfo, DelInfo, FriendInfo, LoginBundle, Person, Push, RoomInfo, RoomUserOnOffLine,
    };
    use uchat_protocol::reply::{LoggedIn, Reply};
    use uchat_protocol::{Conversation, KeyId};

    fn friend(id: u64) -> FriendInfo {
        FriendInfo {
            id,
            name: format!("f{id}"),
            online: true,
            ip: None,
            port: None,
            last_seq: 9,
            last_time: 0,
            delivered: 0,
            read: 0,
            their_delivered: 9,
            their_read: 9,
        }
    }

    fn room(id: u64) -> RoomInfo {
        RoomInfo {
            id,
            name: format!("r{id}"),
            owner: 1,
            joined_seq: 1,
            last_seq: 9,
            last_time: 0,
            delivered: 0,
            read: 0,
        }
    }

    fn feed(model: &mut Model, event: Event) -> Vec<super::super::Effect> {
        update(model, 0, event)
    }

    fn push(model: &mut Model, push: Push) {
        feed(model, Event::Net(NetEvent::Push(push)));
    }

    fn online() -> Model {
        let auto_login =
            Some(Login { username: "ann".to_owned(), password: "ann's password".to_owned().into() });
        let mut model = Model::new(Settings { encrypted: true, auto_login, ..Settings::default() });
        let loaded = VaultEvent::Loaded {
            account: None,
            conversations: Vec::new(),
            outbox: Vec::new(),
            uploads: Vec::new(),
            share_typing: true,
        };
        feed(&mut model, Event::Vault(loaded));
        feed(&mut model, Event::Net(NetEvent::Up));
        let reply = Reply::LoginSuccessful(LoggedIn {
            id: 1,
            name: "ann".to_owned(),
            token: None,
            time: 0,
            file_limit: 0,
            certificate: None,
            email: String::new(),
            sex: String::new(),
            age: None,
            share_address: false,
            share_read: false,
        });
        let tag = *model.link.pending.keys().next().unwrap();
        feed(&mut model, Event::Net(NetEvent::Reply { tag, reply }));
        feed(&mut model, Event::Vault(VaultEvent::Unlocked { tag: tag + 1, keys: Keys::Ready }));
        model
    }

    #[test]
    fn a_server_cannot_make_the_model_grow_without_end() {
        let most = contacts::MOST;
        let mut model = online();
        for round in 0..6_u64 {
            let ids = round * 20_000..(round + 1) * 20_000;
            let friends = ids.clone().map(friend).collect();
            let rooms = ids.clone().map(room).collect();
            let people = || ids.clone().map(|id| Person { id, name: format!("p{id}") }).collect();
            let (requests, blocked) = (people(), people());
            push(
                &mut model,
                Push::LoginBundle(LoginBundle { friends, rooms, requests, blocked, asked: people() }),
            );
        }
        for id in 0..30_000 {
            let target_id = 1_000_000 + id;
            let info = ContactInfo { friend: Some(friend(target_id)), room: Some(room(target_id)) };
            push(&mut model, Push::ContactInfo(info));
            push(&mut model, Push::DelInfo(DelInfo { target_type: 0, target_id }));
            push(&mut model, Push::DelInfo(DelInfo { target_type: 1, target_id }));
            push(&mut model, Push::IncomingFriendRequest(Person { id: target_id, name: String::new() }));
            let change = RoomUserOnOffLine { room_id: target_id, user_id: id, online: true };
            push(&mut model, Push::RoomUserOnOffLine(change));
        }
        feed(&mut model, Event::Vault(VaultEvent::NeedCertificates((0..100_000).collect())));
        let keys = (0..100_000).map(|id| (id, KeyId([0; 16]))).collect();
        feed(&mut model, Event::Vault(VaultEvent::NeedPackages(keys)));

        assert!(model.contacts.friends.len() <= most);
        assert!(model.contacts.rooms.len() <= most);
        assert!(model.contacts.requests.len() <= most);
        assert!(model.contacts.blocked.len() <= most);
        assert!(model.contacts.unseen.len() <= most);
        assert!(model.talks.all.len() <= 3 * most, "{}", model.talks.all.len());
        assert!(model.talks.behind.len() <= 2 * most);
        assert!(model.talks.fetching.len() <= talks::FETCHES);
        assert!(model.wanted.certificates.len() <= wanted::MOST);
        assert!(model.wanted.packages.len() <= wanted::MOST);
        assert!(!model.talks.all.contains_key(&Conversation::Friend(0)), "what is gone makes room");
    }
}
