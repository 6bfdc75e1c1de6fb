//! What happens: commands, answers, pushes, results of the vault and of files, timers.

use super::command::Command;
use super::effect::Timer;
use super::notice::{DeliveryState, Shown};
use uchat_protocol::reply::Reply;
use uchat_protocol::request::{KeyPackage, SendMessage};
use uchat_protocol::{Code, Content, Conversation, KeyId, MessageId, Push, Refusal};

/// The front end's number of a command; each is answered exactly once.
pub type CommandId = u64;

/// The core's number of a request, or of a question to the vault; each is answered exactly once, or the
/// connection ends.
pub type Tag = u64;

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A front end wants something. `fresh` is a new random id, should it be a message.
    Command {
        /// The front end's number.
        id: CommandId,
        /// What.
        command: Command,
        /// A new random id.
        fresh: MessageId,
    },
    /// From the connection.
    Net(NetEvent),
    /// From the vault.
    Vault(VaultEvent),
    /// From the files.
    Files(FilesEvent),
    /// A timer has run out. `random` is a fresh random number, for jitter.
    Timer {
        /// Which.
        timer: Timer,
        /// 0 to 2^32 - 1.
        random: u32,
    },
}

/// What the connection tells.
#[derive(Debug)]
pub enum NetEvent {
    /// The channel stands: log in now. Comes once for each `Connect`, or `Down` does.
    Up,
    /// There is no connection (any more). Requests without an answer get none. `random` is for jitter.
    Down {
        /// Why. The code says whether to try again: yes after [`Code::Offline`] and what passes by itself (the
        /// server stops, has too many connections, found us too slow or idle); no after all others.
        reason: Refusal,
        /// 0 to 2^32 - 1.
        random: u32,
    },
    /// The answer to the request with this tag.
    Reply {
        /// The request's.
        tag: Tag,
        /// The answer.
        reply: Reply,
    },
    /// Something unasked.
    Push(Push),
}

/// What the vault tells. `tag` is that of the effect.
#[derive(Debug)]
pub enum VaultEvent {
    /// The profile is open: what was there from earlier. Comes once, at the start, before anything else.
    Loaded {
        /// Who was logged in last.
        account: Option<Account>,
        /// What is known about each conversation.
        conversations: Vec<Summary>,
        /// What waits in the outbox, in order.
        outbox: Vec<Queued>,
        /// Files that were promised to be sent and are not on the server yet, in order.
        uploads: Vec<KeptUpload>,
        /// The settings of this client.
        share_typing: bool,
    },
    /// The keys are open, or there are none for this account.
    Unlocked {
        /// The effect's.
        tag: Tag,
        /// Whether the account's keys are here and fit its certificate.
        keys: Keys,
    },
    /// New keys lie in the vault: the certificate request that goes with them.
    KeysMade {
        /// The effect's.
        tag: Tag,
        /// In DER.
        csr: Vec<u8>,
    },
    /// The effect with this tag is done and on disk.
    Done {
        /// The effect's.
        tag: Tag,
    },
    /// The effect with this tag cannot be done.
    Failed {
        /// The effect's.
        tag: Tag,
        /// Why.
        refusal: Refusal,
    },
    /// A message of our own is in the outbox, on disk, or a change of a message.
    Queued {
        /// It.
        queued: Queued,
        /// The message as it is shown.
        shown: Shown,
    },
    /// A message of the outbox is ready to be sent: the same bytes each time it is asked for.
    Sealed(Box<Sealed>),
    /// It cannot be made ready.
    NotSealed {
        /// The message.
        id: MessageId,
        /// Why not.
        why: WhyNot,
    },
    /// Messages of a conversation are in the store; `shown` are new to the front end, in order.
    Received {
        /// The conversation, as it is now.
        summary: Summary,
        /// To be shown now: each message once, in the order of its number.
        shown: Vec<Shown>,
    },
    /// Messages of a conversation are not in the store: what follows on the number `have` must be given again.
    NotReceived {
        /// The conversation.
        conversation: Conversation,
        /// Every message up to here is in the store.
        have: u64,
    },
    /// Who is in this room could not be stored: it must be told again.
    MembersNotKept {
        /// The room.
        room: u64,
    },
    /// Chains are missing: ask the server for these packages.
    NeedPackages(Vec<(u64, KeyId)>),
    /// Certificates are missing: ask the server for these users'.
    NeedCertificates(Vec<u64>),
    /// A user's keys are others than those pinned.
    KeyChanged {
        /// Who.
        user: u64,
    },
    /// The server has stored a message of our own, or a change: this is its number in the conversation, and when.
    Stored {
        /// The message.
        id: MessageId,
        /// How far it is: a friend's cursor can be faster.
        state: DeliveryState,
        /// Its number.
        seq: u64,
        /// In milliseconds since 1970.
        time: u64,
    },
    /// A message that was told is another now.
    Changed(Shown),
    /// Messages of our own have come further.
    States(Vec<(MessageId, DeliveryState)>),
    /// What was asked for.
    History {
        /// The effect's.
        tag: Tag,
        /// Ascending.
        messages: Vec<Shown>,
    },
    /// A file message that was asked for.
    File {
        /// The effect's.
        tag: Tag,
        /// What it says.
        content: Content,
        /// In which conversation.
        conversation: Conversation,
    },
    /// A safety number.
    Words {
        /// The effect's.
        tag: Tag,
        /// Sixteen.
        words: Vec<String>,
    },
    /// A sentence for people: a warning that something was dropped, and why.
    Warning(String),
}

/// Whether an account's keys are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Yes, and the certificate is theirs.
    Ready,
    /// Yes, but they have no certificate yet, or it ends soon: [`MakeRequest`](super::VaultEffect::MakeRequest).
    Uncertified,
    /// No.
    Missing,
}

/// Who was logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user's number.
    pub id: u64,
    /// The user's name.
    pub name: String,
    /// The resume token, if there is one.
    pub token: Option<Vec<u8>>,
}

/// What is known about a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Which.
    pub conversation: Conversation,
    /// The name of the friend or the room.
    pub name: String,
    /// Every message up to this number is in the store (for a room: from our joining on).
    pub have: u64,
    /// Up to where it was read here.
    pub read: u64,
    /// How many messages of others are unread.
    pub unread: u64,
    /// The last message, shortened to one line.
    pub last: Option<String>,
    /// When that was.
    pub time: u64,
    /// Whether one of the unread messages speaks to us.
    pub mentioned: bool,
    /// Whether the friend's keys have changed and are not accepted.
    pub key_changed: bool,
}

/// A message in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Its id.
    pub id: MessageId,
    /// Where it goes.
    pub conversation: Conversation,
    /// Whether it was given up; it then waits for `retry`.
    pub failed: bool,
    /// If it is an edit, a deletion or a reaction: the message that it changes.
    pub changes: Option<MessageId>,
}

/// A file that is to be sent: kept until its message is in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptUpload {
    /// The message that will tell of it.
    pub id: MessageId,
    /// Where it goes.
    pub conversation: Conversation,
    /// Where it lies on this disk.
    pub path: String,
}

/// A message that is ready to be sent.
#[derive(Debug)]
pub struct Sealed {
    /// Its id.
    pub id: MessageId,
    /// To be sent before it, if it is the first of its chain.
    pub packages: Vec<KeyPackage>,
    /// It.
    pub message: SendMessage,
}

/// Why a message cannot be made ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// Certificates of these users are needed first.
    Certificates(Vec<u64>),
    /// Not now, and not by itself: this code, this sentence.
    Refused(Code, String),
    /// It does not wait any more: the history has shown that the server has it, although its answer was lost.
    Stored,
}

/// What the files tell.
#[derive(Debug)]
pub enum FilesEvent {
    /// A file has been looked through: what its message will say. `content.file` is filled in.
    Prepared {
        /// The message.
        id: MessageId,
        /// What it says.
        content: Content,
        /// SHA-256 of the file itself: so it is known later whether what lies at its path is still that file.
        digest: [u8; 32],
    },
    /// A piece to be put on the server.
    Piece {
        /// The message.
        id: MessageId,
        /// Where it begins, in what lies on the server.
        offset: u64,
        /// The piece.
        data: Vec<u8>,
    },
    /// A piece that came is in the unfinished file.
    Written {
        /// The message.
        id: MessageId,
        /// How much is there, of what lies on the server.
        offset: u64,
    },
    /// The file is whole, checked and in its place.
    Saved {
        /// The message.
        id: MessageId,
        /// Where.
        path: String,
    },
    /// It cannot be done.
    Failed {
        /// The message.
        id: MessageId,
        /// Why.
        refusal: Refusal,
    },
}
