//! One effect after the other, each a transaction.

use super::error::Stop;
use super::{VaultError, schema};
use crate::core::{Tag, VaultEffect, VaultEvent};
use certificates::folder::system_random;
use certificates::x509::Certificate;
use rand::rngs::StdRng;
use rusqlite::{Connection, TransactionBehavior, params};
use std::collections::{BTreeSet, HashMap, HashSet};
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
}

impl fmt::Debug for VaultSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultSettings").field("encrypted", &self.encrypted).finish_non_exhaustive()
    }
}

/// A profile's database and keys.
pub struct Store {
    db: Connection,
    session: Session,
}

/// What is known only as long as the program runs.
pub(super) struct Session {
    pub(super) profile: PathBuf,
    pub(super) encrypted: bool,
    pub(super) ca: Option<Certificate>,
    pub(super) clock: Clock,
    pub(super) random: StdRng,
    /// Our own keys, once they are unlocked.
    pub(super) keys: Option<OwnKeys>,
    /// Whether a certificate says that they are ours.
    pub(super) certified: bool,
    pub(super) asked: Asked,
    /// Who had no certificate when the server was asked, and when that was.
    pub(super) without: HashMap<u64, u64>,
    /// Whose certificates the server was asked for since the log-in.
    pub(super) looked_at: HashSet<u64>,
    /// Messages that are sealed as soon as it is known who is in their room.
    pub(super) for_members: BTreeSet<(u64, MessageId)>,
}

/// What the server is being asked for, and since when, so that it is not asked twice within a short while.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) packages: HashMap<(u64, KeyId), u64>,
    pub(super) certificates: HashMap<u64, u64>,
    /// Chains for which the sender's certificate was asked for once more.
    pub(super) again: HashSet<(u64, KeyId)>,
}

/// One effect at work: what it writes, and what it will tell if all of it is on disk.
pub(super) struct Work<'a> {
    pub(super) db: &'a Connection,
    pub(super) session: &'a mut Session,
    pub(super) events: Vec<VaultEvent>,
    /// Packages that the server was asked for and does not have.
    pub(super) absent: HashSet<(u64, KeyId)>,
    need_packages: Vec<(u64, KeyId)>,
    need_certificates: Vec<u64>,
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
            random: system_random().map_err(VaultError::Random)?,
            keys: None,
            certified: false,
            asked: Asked::default(),
            without: HashMap::new(),
            looked_at: HashSet::new(),
            for_members: BTreeSet::new(),
        };
        let mut store = Self { db, session };
        let loaded = store.work(|work| work.loaded()).map_err(|stop| match stop {
            Stop::Failed(error) => error,
            Stop::Refused(refusal) => VaultError::Damaged(refusal.text),
        })?;
        Ok((store, loaded.0))
    }

    /// Does it, all or nothing, and tells what came of it.
    pub fn handle(&mut self, effect: VaultEffect) -> Vec<VaultEvent> {
        let whose = Whose::of(&effect);
        match self.work(|work| work.run(effect)) {
            Ok(((), events)) => events,
            Err(stop) => {
                // What was rolled back may have asked for something: it is asked for again.
                self.session.asked = Asked::default();
                match whose {
                    Whose::Question(tag) => vec![VaultEvent::Failed { tag, refusal: stop.refusal() }],
                    Whose::Message(id) => vec![VaultEvent::NotSealed { id, why: stop.into() }],
                    Whose::Conversation(conversation) => {
                        let have = self.have(conversation);
                        let warning = VaultEvent::Warning(stop.refusal().text);
                        vec![warning, VaultEvent::NotReceived { conversation, have }]
                    }
                    Whose::Nobody => vec![VaultEvent::Warning(stop.refusal().text)],
                }
            }
        }
    }

    /// Up to where a conversation is stored; from its beginning, if even that cannot be read.
    fn have(&self, conversation: Conversation) -> u64 {
        let (kind, peer) = conversation.target();
        let sql = "SELECT have FROM conversations WHERE kind = ?1 AND peer = ?2";
        self.db.query_row(sql, params![kind, peer], |row| row.get(0)).unwrap_or(0)
    }

    fn work<T>(
        &mut self,
        job: impl FnOnce(&mut Work<'_>) -> Result<T, Stop>,
    ) -> Result<(T, Vec<VaultEvent>), Stop> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut work = Work {
            db: &tx,
            session: &mut self.session,
            events: Vec::new(),
            absent: HashSet::new(),
            need_packages: Vec::new(),
            need_certificates: Vec::new(),
        };
        let result = job(&mut work)?;
        work.ask();
        let events = work.events;
        tx.commit()?;
        Ok((result, events))
    }
}

impl Work<'_> {
    fn run(&mut self, effect: VaultEffect) -> Result<(), Stop> {
        use VaultEffect as E;
        match effect {
            E::Unlock { tag, user, name, token, password, certificate } => {
                self.unlock(tag, user, &name, token, password, certificate)
            }
            E::MakeKeys { tag, password, email } => self.make_keys(tag, password, &email),
            E::MakeRequest { tag, email } => self.make_request(tag, &email),
            E::SetCertificate { tag, der } => self.set_certificate(tag, &der),
            E::ChangePassword { tag, old, new } => self.change_password(tag, old, new),
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
                self.session.without.remove(&user);
                Ok(())
            }
            E::Package(package) => self.package(package),
            E::Packages { asked, packages } => self.packages(asked, packages),
            E::Receive { conversation, after, messages } => self.receive(conversation, after, messages),
            E::KeepUpload { tag, upload } => self.keep_upload(tag, &upload),
            E::DropUpload(id) => self.drop_upload(id),
            E::Queue { tag: _, id, conversation, content } => self.queue(id, conversation, content),
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
        if is_over(self.session.asked.certificates.get(&user), now) {
            self.session.asked.certificates.insert(user, now);
            self.need_certificates.push(user);
        }
    }

    /// The same for a key package.
    pub(super) fn need_package(&mut self, sender: u64, key_id: KeyId) {
        if !self.is_asked(sender, key_id) {
            self.session.asked.packages.insert((sender, key_id), self.now());
            self.need_packages.push((sender, key_id));
        }
    }

    /// Whether the server is being asked for a package.
    pub(super) fn is_asked(&self, sender: u64, key_id: KeyId) -> bool {
        !is_over(self.session.asked.packages.get(&(sender, key_id)), self.now())
    }

    /// Whether the server was asked for a user's certificate a short while ago, and had none that we accept.
    pub(super) fn has_no_certificate(&self, user: u64) -> bool {
        !is_over(self.session.without.get(&user), self.now())
    }

    fn ask(&mut self) {
        let certificates = self.need_certificates.chunks(limits::ASKED_AT_ONCE);
        self.events.extend(certificates.map(|users| VaultEvent::NeedCertificates(users.to_vec())));
        let packages = self.need_packages.chunks(limits::ASKED_AT_ONCE);
        self.events.extend(packages.map(|keys| VaultEvent::NeedPackages(keys.to_vec())));
    }

    /// Tells people something.
    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.events.push(VaultEvent::Warning(text.into()));
    }
}

/// Who is told if an effect is not done.
enum Whose {
    Question(Tag),
    Message(MessageId),
    Conversation(Conversation),
    Nobody,
}

impl Whose {
    fn of(effect: &VaultEffect) -> Self {
        use VaultEffect as E;
        match effect {
            E::Unlock { tag, .. }
            | E::MakeKeys { tag, .. }
            | E::MakeRequest { tag, .. }
            | E::SetCertificate { tag, .. }
            | E::ChangePassword { tag, .. }
            | E::KeepUpload { tag, .. }
            | E::Queue { tag, .. }
            | E::Retry { tag, .. }
            | E::History { tag, .. }
            | E::File { tag, .. }
            | E::SafetyNumber { tag, .. }
            | E::AcceptKey { tag, .. }
            | E::Forget { tag } => Self::Question(*tag),
            E::Seal(id) => Self::Message(*id),
            E::Receive { conversation, .. } => Self::Conversation(*conversation),
            _ => Self::Nobody,
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("profile", &self.session.profile).finish_non_exhaustive()
    }
}

/// Whether something was never asked for, or so long ago that it may be asked for again.
fn is_over(asked: Option<&u64>, now: u64) -> bool {
    asked.is_none_or(|asked| now.saturating_sub(*asked) >= ASK_AGAIN)
}

/// After so many milliseconds who had no certificate may have one, and a question without an answer is lost.
const ASK_AGAIN: u64 = 60_000;
