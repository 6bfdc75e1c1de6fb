//! What is to be done.

use super::command::Answer;
use super::event::{CommandId, KeptUpload, Tag};
use super::notice::Notice;
use super::secret::Secret;
use uchat_protocol::content::FileInfo;
use uchat_protocol::push::{KeyPackageFor, NewMessage, Person};
use uchat_protocol::reply::RoomUser;
use uchat_protocol::{Content, Conversation, MessageId, Refusal, Request};

/// Something to do.
#[derive(Debug)]
pub enum Effect {
    /// Answers a command: each exactly once.
    Answer(CommandId, Result<Answer, Refusal>),
    /// Tells the front end.
    Notify(Notice),
    /// Something for the connection.
    Net(NetEffect),
    /// Something for the vault, which does one after the other.
    Vault(VaultEffect),
    /// Something for the files.
    Files(FilesEffect),
    /// Sends [`Event::Timer`](super::Event::Timer) after so many milliseconds; a second one of the same kind
    /// replaces the first.
    SetTimer(Timer, u64),
    /// Forgets a timer.
    StopTimer(Timer),
}

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Connect again.
    Reconnect,
    /// Send a keep-alive, if nothing else went out.
    KeepAlive,
    /// No answer came for too long: the connection is dead.
    Dead,
    /// Try again what the server has put off.
    Later,
}

/// Something for the connection.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "an effect is made once and moved, and most of them are requests"
)]
pub enum NetEffect {
    /// Opens one. Answered by `Up` or `Down`.
    Connect,
    /// Sends a request; its answer comes with this tag.
    Send(Tag, Request),
    /// Closes it in order. Answered by `Down`.
    Disconnect,
}

/// Something for the vault.
#[derive(Debug)]
#[allow(missing_docs, reason = "each effect is described as a whole")]
pub enum VaultEffect {
    /// Remembers who is logged in, and the resume token; unlocks the account's keys with the password, or, in a
    /// client that has unlocked them before, without. Answered by `Unlocked`, or by `Failed` if the profile
    /// belongs to another account.
    Unlock {
        tag: Tag,
        user: u64,
        name: String,
        token: Option<Vec<u8>>,
        password: Option<Secret>,
        certificate: Option<Vec<u8>>,
    },
    /// Makes new keys, encrypted under the password. Answered by `KeysMade`.
    MakeKeys { tag: Tag, password: Secret, email: String },
    /// A certificate request for the keys that are there. Answered by `KeysMade`.
    MakeRequest { tag: Tag, email: String },
    /// Our own new certificate in DER. Answered by `Done` or `Failed`.
    SetCertificate { tag: Tag, der: Vec<u8> },
    /// Encrypts the keys under another password. Answered by `Done` or `Failed`.
    ChangePassword { tag: Tag, old: Secret, new: Secret },
    /// Forgets the resume token and the unlocked keys.
    Lock,
    /// The server has ended the session that the resume token is for: forgets the token.
    DropToken,
    /// A client's own setting.
    ShareTyping(bool),
    /// The contacts as the server knows them: names of friends and rooms; where history begins; what was read; how far
    /// friends have received and read. Answered by `Received` for each, and by `States`.
    Contacts {
        conversations: Vec<(Conversation, String)>,
        joined: Vec<(u64, u64)>,
        read: Vec<(Conversation, u64)>,
        cursors: Vec<(u64, u64, u64)>,
    },
    /// The contact is gone; its history stays.
    Gone(Conversation),
    /// Who is in a room: everybody, as the server says now. Answered by `Received`, with a line that says so if it is news,
    /// or by `MembersNotKept`.
    Members { room: u64, users: Vec<RoomUser> },
    /// Users' certificates in DER, as the server gives them; those of `asked` that are not there have none.
    Certificates { asked: Vec<u64>, certificates: Vec<(u64, Vec<u8>)> },
    /// A user who had no certificate may have one now: it may be asked for again.
    MayHaveKeys(u64),
    /// A key package. If it fits, what waited for it is opened: `Received`.
    Package(KeyPackageFor),
    /// Packages that were asked for; those of `asked` that are not there the server does not have.
    Packages { asked: Vec<(u64, uchat_protocol::KeyId)>, packages: Vec<KeyPackageFor> },
    /// Messages of a conversation, ascending; the first follows on the number `after`. Answered by `Received`, or, if
    /// they cannot be stored or what is to be before them is not there, by `NotReceived`.
    Receive { conversation: Conversation, after: u64, messages: Vec<NewMessage> },
    /// Keeps in mind that a file is to be sent, over a restart too. Answered by `Done` or `Failed`.
    KeepUpload { tag: Tag, upload: KeptUpload },
    /// That file was looked through: its SHA-256, which the message keeps together with its path.
    UploadDigest { id: MessageId, digest: [u8; 32] },
    /// That file will not be sent any more.
    DropUpload(MessageId),
    /// Puts a message of our own into the outbox; an upload of this id is over with that. Answered by `Queued` or
    /// `Failed`.
    Queue { tag: Tag, id: MessageId, conversation: Conversation, content: Content },
    /// Puts an edit, a deletion or a reaction into the outbox; `reply_to` is the message that it changes. Answered by
    /// `Queued`, by `Done` if there is nothing to send, or by `Failed`.
    Change { tag: Tag, id: MessageId, content: Content },
    /// Makes a message of the outbox ready. Answered by `Sealed` or `NotSealed`; in a room of which it is not known
    /// who is in it, only after `Members` or `Gone`.
    Seal(MessageId),
    /// The server has stored it: it moves from the outbox into the history. Answered by `Stored`.
    Stored { id: MessageId, seq: u64, time: u64 },
    /// The server refuses it, or it cannot be made ready. It stays, marked as failed; a change goes, and its message is
    /// as before. If the server has not taken its key packages, nothing can be read that is sealed under its chain:
    /// that is sealed anew, under another one.
    GiveUp { id: MessageId, refusal: Refusal, packages_refused: bool },
    /// Try a failed one again. Answered by `Queued` or `Failed`.
    Retry { tag: Tag, id: MessageId },
    /// A friend has received and read up to here. Answered by `States`.
    TheirCursor { user: u64, delivered: u64, read: u64 },
    /// Everything in it was read. Answered by `Received` without messages.
    MarkRead(Conversation),
    /// Answered by `History`.
    History { tag: Tag, conversation: Conversation, before: Option<u64>, limit: u32, search: Option<String> },
    /// Answered by `File` or `Failed`.
    File { tag: Tag, id: MessageId },
    /// A file was saved here; shown with its message from now on.
    FileSaved { id: MessageId, path: String },
    /// The safety number with a user. Answered by `Words` or `Failed`.
    SafetyNumber { tag: Tag, user: u64 },
    /// The changed keys of a user are right. Answered by `Done` or `Failed`.
    AcceptKey { tag: Tag, user: u64 },
    /// Names of users that are not in the contacts, for what is shown.
    Names(Vec<Person>),
    /// Deletes everything of this account: history, keys, outbox. Answered by `Done`.
    Forget { tag: Tag },
}

/// Something for the files.
#[derive(Debug)]
#[allow(missing_docs, reason = "each effect is described as a whole")]
pub enum FilesEffect {
    /// Looks through a file that is to be sent: type, size, digest of what will lie on the server. Answered by
    /// `Prepared` or `Failed`. What is needed to go on after a restart is kept beside the profile.
    Prepare { id: MessageId, path: String, encrypted: bool },
    /// Reads the piece that begins here. Answered by `Piece` or `Failed`.
    Read { id: MessageId, offset: u64 },
    /// Begins, or goes on with, saving a file. Answered by `Written` with what is there already, or `Failed`.
    Open { id: MessageId, info: FileInfo, name: String, path: String },
    /// A piece that came, for the end of the unfinished file. Answered by `Written`, `Saved` or `Failed`.
    Write { id: MessageId, data: Vec<u8> },
    /// All of a file is on the server and its message in the outbox: what was kept to go on with is removed.
    Sent(MessageId),
    /// Gives up; the unfinished file is removed.
    Cancel(MessageId),
    /// The account is gone: gives up everything, and forgets what was kept of files that were sent or saved.
    Forget,
}
