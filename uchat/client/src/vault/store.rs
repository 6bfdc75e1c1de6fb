//! The store, what it knows as long as the program runs, and one effect at work.

use super::asked::Asked;
use super::batch::work;
use super::error::Stop;
use super::people::ReadKeys;
use super::{VaultError, schema};
use crate::core::{VaultEffect, VaultEvent};
use crate::inspect::Recorder;
use certificates::folder::system_random;
use certificates::x509::Certificate;
use rand::rngs::StdRng;
use rusqlite::Connection;
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use uchat_protocol::e2e::OwnKeys;
use uchat_protocol::{Conversation, KeyId, MessageId, limits};

/// Tells the time in milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The system's clock.
#[must_use]
pub fn system_time() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

/// How a profile is used.
#[derive(Clone)]
pub struct VaultSettings {
    /// Whether messages are encrypted from end to end: always, except on lessons 1 to 6.
    pub encrypted: bool,
    /// The pinned CA's certificate in DER. Without it no certificate is accepted.
    pub ca: Option<Vec<u8>>,
    /// The time.
    pub clock: Clock,
    /// Who is told what was in the packets of messages, if anybody.
    pub recorder: Option<Recorder>,
}

impl fmt::Debug for VaultSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultSettings").field("encrypted", &self.encrypted).finish_non_exhaustive()
    }
}

/// A profile's database and keys.
pub struct Store {
    pub(super) db: Connection,
    pub(super) session: Session,
}

/// What is known only as long as the program runs.
pub(super) struct Session {
    pub(super) profile: PathBuf,
    pub(super) encrypted: bool,
    pub(super) ca: Option<Certificate>,
    pub(super) clock: Clock,
    pub(super) recorder: Option<Recorder>,
    pub(super) random: StdRng,
    /// Our own keys, once they are unlocked.
    pub(super) keys: Option<OwnKeys>,
    /// Whether a certificate says that they are ours.
    pub(super) certified: bool,
    pub(super) asked: Asked,
    pub(super) read_keys: ReadKeys,
    /// Messages that are sealed as soon as it is known who is in their room.
    pub(super) for_members: BTreeSet<(u64, MessageId)>,
    /// Something was deleted that is to be nowhere in the files.
    pub(super) wiped: bool,
    /// Conversations in which there was more to open than one transaction takes.
    pub(super) to_open: BTreeSet<Conversation>,
}

/// One effect at work: what it writes, and what it will tell if all of it is on disk.
pub(super) struct Work<'a> {
    pub(super) db: &'a Connection,
    pub(super) session: &'a mut Session,
    pub(super) events: Vec<VaultEvent>,
    /// Packages that the server was asked for and does not have.
    pub(super) absent: HashSet<(u64, KeyId)>,
    /// Messages, by id and author, that are not as they were told.
    pub(super) changed: BTreeSet<(MessageId, u64)>,
    need_packages: Vec<(u64, KeyId)>,
    need_certificates: Vec<u64>,
    /// How many more messages are opened in this transaction.
    pub(super) may_open: usize,
}

impl Store {
    /// Opens the database of the profile. The event is [`VaultEvent::Loaded`].
    ///
    /// # Errors
    /// If it cannot be opened or is of a newer version, or the CA's certificate is none.
    pub fn open(profile: &Path, settings: VaultSettings) -> Result<(Self, VaultEvent), VaultError> {
        let ca = settings.ca.as_deref().map(Certificate::from_der).transpose().map_err(VaultError::Ca)?;
        let db = schema::open(&profile.join("history.db"))?;
        let session = Session {
            profile: profile.to_owned(),
            encrypted: settings.encrypted,
            ca,
            clock: settings.clock,
            recorder: settings.recorder,
            random: system_random().map_err(VaultError::Random)?,
            keys: None,
            certified: false,
            asked: Asked::default(),
            read_keys: ReadKeys::default(),
            for_members: BTreeSet::new(),
            wiped: false,
            to_open: BTreeSet::new(),
        };
        let mut store = Self { db, session };
        let mut tx = store.db.transaction()?;
        let loaded = work(&mut tx, &mut store.session, |work| work.loaded()).map_err(|stop| match stop {
            Stop::Failed(error) => error,
            Stop::Refused(refusal) => VaultError::Damaged(refusal.text),
        });
        tx.commit()?;
        Ok((store, loaded?.0))
    }
}

impl Session {
    /// What was written is not: what goes with it here is not either. Something that was to be asked for may not have
    /// been, and what the server has answered may not be stored.
    pub(super) fn roll_back(&mut self, for_members: BTreeSet<(u64, MessageId)>, why: &Stop) {
        self.for_members = for_members;
        match why {
            Stop::Refused(_) => self.asked.lose_requests(),
            Stop::Failed(_) => self.asked = Asked::default(),
        }
    }
}

impl<'a> Work<'a> {
    pub(super) fn new(db: &'a Connection, session: &'a mut Session) -> Self {
        Self {
            db,
            session,
            events: Vec::new(),
            absent: HashSet::new(),
            changed: BTreeSet::new(),
            need_packages: Vec::new(),
            need_certificates: Vec::new(),
            may_open: OPENED_TOGETHER,
        }
    }

    /// What is to be told if all of it is on disk.
    pub(super) fn done(self) -> Vec<VaultEvent> {
        let mut events = self.events;
        let certificates = self.need_certificates.chunks(limits::ASKED_AT_ONCE);
        events.extend(certificates.map(|users| VaultEvent::NeedCertificates(users.to_vec())));
        let packages = self.need_packages.chunks(limits::ASKED_AT_ONCE);
        events.extend(packages.map(|keys| VaultEvent::NeedPackages(keys.to_vec())));
        events
    }

    pub(super) fn run(&mut self, effect: VaultEffect) -> Result<(), Stop> {
        use VaultEffect as E;
        match effect {
            E::Unlock { tag, user, name, token, password, certificate } => {
                self.unlock(tag, user, &name, token, password, certificate)
            }
            E::MakeKeys { tag, password, email } => self.make_keys(tag, &password, &email),
            E::MakeRequest { tag, email } => self.make_request(tag, &email),
            E::SetCertificate { tag, der } => self.set_certificate(tag, &der),
            E::ChangePassword { tag, old, new } => self.change_password(tag, &old, &new),
            E::Lock => self.lock(),
            E::DropToken => self.drop_token(),
            E::ShareTyping(share) => self.share_typing(share),
            E::Contacts { conversations, joined, read, cursors } => {
                self.contacts(conversations, joined, read)?;
                cursors
                    .into_iter()
                    .try_for_each(|(user, delivered, read)| self.their_cursor(user, delivered, read))
            }
            E::Gone(conversation) => self.gone(conversation),
            E::Members { room, users } => self.members(room, users),
            E::Certificates { asked, certificates } => self.certificates(&asked, certificates),
            E::MayHaveKeys(user) => {
                self.session.asked.without.remove(&user);
                Ok(())
            }
            E::Package(package) => self.package(package),
            E::Packages { asked, packages } => self.packages(asked, packages),
            E::Receive { conversation, after, messages } => self.receive(conversation, after, messages),
            E::KeepUpload { tag, upload } => self.keep_upload(tag, &upload),
            E::UploadDigest { id, digest } => self.upload_digest(id, digest),
            E::DropUpload(id) => self.drop_upload(id),
            E::Queue { tag: _, id, conversation, content } => self.queue(id, conversation, content),
            E::Change { tag, id, content } => self.change(tag, id, content),
            E::Seal(id) => self.seal(id),
            E::Stored { id, seq, time } => self.stored(id, seq, time),
            E::GiveUp { id, refusal, packages_refused } => self.give_up(id, &refusal, packages_refused),
            E::Retry { tag: _, id } => self.retry(id),
            E::TheirCursor { user, delivered, read } => self.their_cursor(user, delivered, read),
            E::MarkRead(conversation) => self.mark_read(conversation),
            E::History { tag, conversation, before, limit, search } => {
                self.history(tag, conversation, before, limit, search)
            }
            E::File { tag, id } => self.file(tag, id),
            E::FileSaved { id, path } => self.file_saved(id, &path),
            E::SafetyNumber { tag, user } => self.safety_number(tag, user),
            E::AcceptKey { tag, user } => self.accept_key(tag, user),
            E::Names(people) => people.iter().try_for_each(|person| self.name(person.id, &person.name)),
            E::Forget { tag } => self.forget(tag),
        }
    }

    /// Now, in milliseconds since 1970.
    pub(super) fn now(&self) -> u64 {
        (self.session.clock)()
    }

    /// Now, as certificates need it.
    pub(super) fn system_now(&self) -> SystemTime {
        let since = Duration::from_millis(self.now());
        SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// Asks the server for a user's certificate, unless that is done already.
    pub(super) fn need_certificate(&mut self, user: u64) {
        let now = self.now();
        if !self.session.asked.certificates.contains(&user, now) {
            self.session.asked.certificates.insert(user, now);
            self.need_certificates.push(user);
        }
    }

    /// The same for a key package.
    pub(super) fn need_package(&mut self, sender: u64, key_id: KeyId) {
        if !self.is_asked(sender, key_id) {
            let now = self.now();
            self.session.asked.packages.insert((sender, key_id), now);
            self.need_packages.push((sender, key_id));
        }
    }

    /// Whether the server is being asked for a package.
    pub(super) fn is_asked(&self, sender: u64, key_id: KeyId) -> bool {
        self.session.asked.packages.contains(&(sender, key_id), self.now())
    }

    /// Whether the server was asked for a user's certificate a short while ago, and had none that we accept.
    pub(super) fn has_no_certificate(&self, user: u64) -> bool {
        self.session.asked.without.contains(&user, self.now())
    }

    /// Tells people something.
    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.events.push(VaultEvent::Warning(text.into()));
    }
}

/// The most messages that are opened in one transaction: who was away for long has many, and neither a kill in the
/// middle should take all of that work back, nor should anybody wait for the last one to see the first.
const OPENED_TOGETHER: usize = 128;

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("profile", &self.session.profile).finish_non_exhaustive()
    }
}
