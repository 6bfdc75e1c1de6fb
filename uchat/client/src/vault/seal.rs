//! A message of the outbox becomes bytes: sealed once, and from then on always the same.

use super::VaultError;
use super::error::Stop;
use super::messages::UNSENT;
use super::people::Known;
use super::store::Work;
use crate::core::{Sealed, VaultEvent, WhyNot};
use framing::{Message, Value};
use rusqlite::{OptionalExtension, params};
use serde_bytes::ByteBuf;
use uchat_protocol::content::Letter;
use uchat_protocol::e2e::{MemberKeys, OwnKeys, Place, SendChain, SendError};
use uchat_protocol::request::{KeyPackage, SendMessage};
use uchat_protocol::{Code, Content, Conversation, Encrypted, Envelope, MessageId, Refusal, Request};

/// A message that waits in the outbox.
struct Outgoing {
    conversation: Conversation,
    letter: Letter,
    /// The requests that send it, if they are made already.
    sealed: Option<Vec<u8>>,
}

/// Who is to read a message.
enum Readers {
    /// These, with their keys.
    Known(Vec<MemberKeys>),
    /// Certificates of these users must come first.
    Unknown(Vec<u64>),
}

impl Work<'_> {
    pub(super) fn seal(&mut self, id: MessageId) -> Result<(), Stop> {
        let Some(Outgoing { conversation, letter, sealed }) = self.outgoing(id)? else {
            self.events.push(VaultEvent::NotSealed { id, why: WhyNot::Stored });
            return Ok(());
        };
        if let Some(bytes) = sealed {
            let sealed = read(id, &bytes)?;
            self.record(&sealed, &letter);
            self.events.push(VaultEvent::Sealed(Box::new(sealed)));
            return Ok(());
        }
        if let Conversation::Room(room) = conversation
            && self.session.encrypted
            && !self.are_members_known(room)?
            && !self.is_gone(room)?
        {
            // Sealed now, it could be read by those alone of whom we happen to know.
            self.session.for_members.insert((room, id));
            return Ok(());
        }
        let (packages, envelope) = if self.session.encrypted {
            match self.readers(conversation)? {
                Readers::Unknown(users) => {
                    self.events.push(VaultEvent::NotSealed { id, why: WhyNot::Certificates(users) });
                    return Ok(());
                }
                Readers::Known(readers) => {
                    let (packages, encrypted) = self.encrypt(conversation, &readers, &letter)?;
                    (packages, Envelope::Encrypted(encrypted))
                }
            }
        } else {
            (Vec::new(), Envelope::Plain(letter.message.clone()))
        };
        let (target_type, target_id) = conversation.target();
        let message = SendMessage { target_type, target_id, message: envelope, id: Some(id) };
        let sealed = Sealed { id, packages, message };
        self.save_sealed(&sealed)?;
        self.record(&sealed, &letter);
        self.events.push(VaultEvent::Sealed(Box::new(sealed)));
        Ok(())
    }

    /// Tells who wants to know what is in the packet.
    fn record(&self, sealed: &Sealed, letter: &Letter) {
        if let Some(recorder) = &self.session.recorder
            && let Ok(text) = letter.to_bytes()
        {
            recorder.opened(sealed.id, &sealed.message.message, &text);
        }
    }

    /// Whether a message of the outbox is sealed under the chain that the next one would be sealed under.
    pub(super) fn is_sealed_for_now(
        &mut self,
        id: MessageId,
        conversation: Conversation,
    ) -> Result<bool, Stop> {
        let sealed: Option<[u8; 16]> = self
            .db
            .prepare_cached("SELECT key_id FROM outbox WHERE id = ?1")?
            .query_row([id.0], |row| row.get(0))?;
        let Some(chain) = self.send_chain(conversation)? else { return Ok(false) };
        let readers = match self.readers(conversation) {
            Ok(Readers::Known(readers)) => readers,
            Ok(Readers::Unknown(_)) | Err(Stop::Refused(_)) => return Ok(false),
            Err(stop) => return Err(stop),
        };
        let listed: Vec<_> = readers.iter().map(|reader| (reader.user(), reader.fingerprint())).collect();
        let stays = |own| !chain.must_renew(own, &listed, self.now());
        Ok(sealed == Some(chain.key_id().0) && self.session.keys.as_ref().is_some_and(stays))
    }

    /// Seals what has waited until it was known who is in a room, or tells that it cannot be.
    pub(super) fn seal_for_members(&mut self, room: u64) -> Result<(), Stop> {
        let mine = |(its_room, _): &(u64, MessageId)| *its_room == room;
        let ids: Vec<_> = self.session.for_members.iter().copied().filter(mine).collect();
        for (_, id) in ids {
            self.session.for_members.remove(&(room, id));
            match self.seal(id) {
                Err(stop @ Stop::Refused(_)) => {
                    self.events.push(VaultEvent::NotSealed { id, why: stop.into() });
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Those who are to read what is said in a conversation. Only whom a line has shown to be there can be among
    /// them, and nobody whose keys have changed.
    fn readers(&mut self, conversation: Conversation) -> Result<Readers, Stop> {
        let (me, _) = self.me()?;
        self.certified_keys()?;
        let users: Vec<u64> = match conversation {
            Conversation::Friend(user) => vec![user],
            Conversation::Room(room) => {
                let mut members = self.members_of(room)?;
                if !members.remove(&me) {
                    return Err(Refusal::new(Code::NotInRoom).into());
                }
                members.into_iter().collect()
            }
        };
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for user in users {
            let Known { name, pinned, changed } = self.user(user)?;
            let alone = matches!(conversation, Conversation::Friend(_));
            match pinned {
                _ if changed.is_some() && alone => {
                    let text = format!(
                        "the keys of {name} have changed; compare the safety number, then accept the key"
                    );
                    return Err(Refusal::because(Code::KeyChanged, text).into());
                }
                _ if changed.is_some() => {} // left out
                // Once in a session: somebody with new keys could not read what is encrypted for the old ones.
                Some(_) if !self.session.asked.looked_at.contains(&user) => unknown.push(user),
                Some(keys) => known.push(keys),
                None if !self.has_no_certificate(user) => unknown.push(user),
                None if alone => {
                    let text = format!("{name} has no keys yet; the message waits until there are some");
                    return Err(Refusal::because(Code::NoKeys, text).into());
                }
                None => {} // cannot read anything yet
            }
        }
        Ok(if unknown.is_empty() { Readers::Known(known) } else { Readers::Unknown(unknown) })
    }

    /// The letter under the next keys of our chain, and the packages that go before it.
    fn encrypt(
        &mut self,
        conversation: Conversation,
        readers: &[MemberKeys],
        letter: &Letter,
    ) -> Result<(Vec<KeyPackage>, Encrypted), Stop> {
        let (me, now) = (self.me()?.0, self.now());
        let before = self.send_chain(conversation)?;
        let earliest =
            if before.is_none() { self.last_said(conversation)?.min(now.saturating_add(AHEAD)) } else { now };
        let Some(own) = &self.session.keys else { return Err(Refusal::new(Code::NoOwnKeys).into()) };
        let random = &mut self.session.random;
        let listed: Vec<_> = readers.iter().map(|reader| (reader.user(), reader.fingerprint())).collect();
        let mut packages = Vec::new();
        let mut chain = match before {
            Some(mut chain) if !chain.must_renew(own, &listed, now) => {
                let new = chain.newcomers(&listed);
                let newcomers: Vec<_> =
                    readers.iter().filter(|reader| new.contains(&reader.user())).collect();
                if !newcomers.is_empty() {
                    packages.push(chain.package_for(own, &newcomers, random)?.into());
                }
                chain
            }
            before => {
                let all: Vec<_> = readers.iter().collect();
                let place = match conversation {
                    Conversation::Friend(_) => Place::Friends,
                    Conversation::Room(room) => Place::Room(room),
                };
                let time = now.max(earliest);
                let (chain, package) = SendChain::start(own, me, place, &all, before.as_ref(), time, random)?;
                packages.push(package.into());
                chain
            }
        };
        let encrypted = seal_with(&mut chain, own, letter, random)?;
        let (kind, peer) = conversation.target();
        self.db
            .prepare_cached("INSERT OR REPLACE INTO send_chains (kind, peer, chain) VALUES (?1, ?2, ?3)")?
            .execute(params![kind, peer, chain.to_bytes().as_slice()])?;
        Ok((packages, encrypted))
    }

    /// The time of the last that was said in a conversation. Receivers refuse a package that is older than the last
    /// one they have of us; where we have lost it, because we have new keys or imported them, and our clock is behind
    /// that of our old device, a package must not be dated by our clock alone.
    fn last_said(&self, conversation: Conversation) -> Result<u64, Stop> {
        let (kind, peer) = conversation.target();
        let said: Option<u64> = self
            .db
            .prepare_cached(
                "SELECT time FROM messages WHERE kind = ?1 AND peer = ?2 AND place < ?3 AND seq IS NOT NULL
                 ORDER BY place DESC LIMIT 1",
            )?
            .query_row(params![kind, peer, UNSENT], |row| row.get(0))
            .optional()?;
        let package = self.newest(self.me()?.0, conversation)?;
        Ok(said.max(package).unwrap_or(0))
    }

    fn send_chain(&self, conversation: Conversation) -> Result<Option<SendChain>, Stop> {
        let (kind, peer) = conversation.target();
        let chain = self
            .db
            .prepare_cached("SELECT chain FROM send_chains WHERE kind = ?1 AND peer = ?2")?
            // Read where SQLite has it: a copy of a key would have to be wiped.
            .query_row(params![kind, peer], |row| Ok(SendChain::from_bytes(row.get_ref(0)?.as_blob()?)))
            .optional()?;
        Ok(chain.transpose()?)
    }

    fn outgoing(&self, id: MessageId) -> Result<Option<Outgoing>, Stop> {
        let row = self
            .db
            .prepare_cached("SELECT kind, peer, time, content, sealed FROM outbox WHERE id = ?1")?
            .query_row([id.0], |row| {
                let conversation = super::messages::conversation(row)?;
                Ok((conversation, row.get(2)?, row.get::<_, Vec<u8>>(3)?, row.get(4)?))
            })
            .optional()?;
        let Some((conversation, time, content, sealed)) = row else { return Ok(None) };
        let message = self::content(&content)?;
        Ok(Some(Outgoing { conversation, letter: Letter { id, time, message }, sealed }))
    }

    fn save_sealed(&self, sealed: &Sealed) -> Result<(), Stop> {
        let key_id = match &sealed.message.message {
            Envelope::Encrypted(message) => Some(message.key_id.0),
            _ => None,
        };
        self.db
            .prepare_cached("UPDATE outbox SET sealed = ?2, key_id = ?3, packages = ?4 WHERE id = ?1")?
            .execute(params![sealed.id.0, write(sealed)?, key_id, sealed.packages.len()])?;
        Ok(())
    }
}

/// How far, in milliseconds, messages can move the time of a package ahead of our clock: a day. What the server says of
/// them must not keep a chain alive for ever.
const AHEAD: u64 = 24 * 60 * 60 * 1000;

fn seal_with(
    chain: &mut SendChain,
    own: &OwnKeys,
    letter: &Letter,
    random: &mut rand::rngs::StdRng,
) -> Result<Encrypted, Stop> {
    chain.seal(own, letter, random).map_err(|error| match error {
        SendError::Sealed(_) => Refusal::because(Code::TooLong, error.to_string()).into(),
        other => other.into(),
    })
}

/// A content as the outbox keeps it.
pub(super) fn content(bytes: &[u8]) -> Result<Content, Stop> {
    let value = framing::decode(bytes).map_err(damaged)?;
    Ok(framing::from_value(value)?)
}

/// The requests that send a message, packages first, as a list of their bytes.
fn write(sealed: &Sealed) -> Result<Vec<u8>, Stop> {
    let packages = sealed.packages.iter().cloned().map(Request::from);
    let mut list = Vec::new();
    for request in packages.chain([Request::from(sealed.message.clone())]) {
        list.push(ByteBuf::from(request.to_message()?.to_bytes()?));
    }
    let mut bytes = Vec::new();
    framing::encode(&framing::to_value(&list)?, &mut bytes)?;
    Ok(bytes)
}

/// What [`write`] wrote.
fn read(id: MessageId, bytes: &[u8]) -> Result<Sealed, Stop> {
    let value: Value = framing::decode(bytes).map_err(damaged)?;
    let list: Vec<ByteBuf> = framing::from_value(value)?;
    let (mut packages, mut message) = (Vec::new(), None);
    for bytes in list {
        let request = Message::from_bytes(&bytes).map_err(damaged)?;
        match Request::from_message(request)? {
            Request::KeyPackage(package) => packages.push(package),
            Request::SendMessage(it) => message = Some(it),
            _ => {}
        }
    }
    let message = message.ok_or_else(|| damaged("a message in the outbox has no message"))?;
    Ok(Sealed { id, packages, message })
}

fn damaged(error: impl std::fmt::Display) -> Stop {
    Stop::Failed(VaultError::Damaged(error.to_string()))
}

impl From<SendError> for Stop {
    fn from(error: SendError) -> Self {
        Self::Failed(VaultError::Unwritable(error.to_string()))
    }
}
