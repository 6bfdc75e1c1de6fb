//! Key packages. They are kept until the first message that needs them, and opened in the order of the messages:
//! a newer package that comes first must not make an older one a replay.

use super::error::Stop;
use super::messages::conversation;
use super::open::{ELSEWHERE, Turn, Waiting};
use super::store::Work;
use rusqlite::{OptionalExtension, params};
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;
use uchat_protocol::e2e::{Header, MemberKeys, PackageError, ReceiveChain, open_package};
use uchat_protocol::push::KeyPackageFor;
use uchat_protocol::{Conversation, KeyId};

impl Work<'_> {
    pub(super) fn package(&mut self, package: KeyPackageFor) -> Result<(), Stop> {
        let mut waiting = BTreeSet::new();
        if let Some((sender, key_id)) = self.keep(&package)? {
            waiting.extend(self.waiting_under(sender, key_id)?);
        }
        waiting.into_iter().try_for_each(|conversation| self.open_waiting(conversation))
    }

    pub(super) fn packages(
        &mut self,
        asked: Vec<(u64, KeyId)>,
        packages: Vec<KeyPackageFor>,
    ) -> Result<(), Stop> {
        let mut waiting = BTreeSet::new();
        let mut came = false;
        for package in &packages {
            if let Some(one) = self.keep(package)? {
                came |= asked.contains(&one);
                waiting.extend(self.waiting_under(one.0, one.1)?);
            }
        }
        for (sender, key_id) in asked {
            self.session.asked.packages.remove(&(sender, key_id));
            // An answer can be cut off because it is long. So those that did not come are asked for once more,
            // until an answer brings nothing.
            if !came {
                self.absent.insert((sender, key_id));
            }
            waiting.extend(self.waiting_under(sender, key_id)?);
        }
        waiting.into_iter().try_for_each(|conversation| self.open_waiting(conversation))
    }

    /// Keeps a package for its messages: sender and chain.
    fn keep(&mut self, package: &KeyPackageFor) -> Result<Option<(u64, KeyId)>, Stop> {
        let (me, _) = self.me()?;
        let header = match Header::parse(&package.header) {
            Ok(header) => header,
            Err(error) => {
                self.warn(format!("a key package was dropped: {error}"));
                return Ok(None);
            }
        };
        let (sender, key_id) = (header.sender, header.key_id);
        if header.conversation(me).is_none() {
            self.warn(format!("a key package of {} was dropped: it is not for us", self.name_of(sender)?));
            return Ok(None);
        }
        if self.receive_chain(sender, key_id)?.is_some() {
            return Ok(None); // it came before, or is a copy of one that did: that one counts
        }
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO packages (sender, key_id, header, signature, wrap)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                sender,
                key_id.0,
                &package.header[..],
                &package.signature[..],
                &package.wrap[..]
            ])?;
        self.db
            .prepare_cached(
                "DELETE FROM packages WHERE arrived <= (SELECT arrived FROM packages ORDER BY arrived DESC
                     LIMIT 1 OFFSET ?1)",
            )?
            .execute([MOST])?;
        Ok(Some((sender, key_id)))
    }

    /// A package that is kept.
    pub(super) fn pending(&self, sender: u64, key_id: KeyId) -> Result<Option<KeyPackageFor>, Stop> {
        let mut query = self.db.prepare_cached(
            "SELECT header, signature, wrap FROM packages WHERE sender = ?1 AND key_id = ?2",
        )?;
        let package = query.query_row(params![sender, key_id.0], |row| {
            let bytes = |at| row.get::<_, Vec<u8>>(at).map(ByteBuf::from);
            Ok(KeyPackageFor { header: bytes(0)?, signature: bytes(1)?, wrap: bytes(2)? })
        });
        Ok(package.optional()?)
    }

    /// Opens the package that a message needs.
    pub(super) fn accept(
        &mut self,
        package: &KeyPackageFor,
        waiting: &Waiting,
        sender: &MemberKeys,
    ) -> Result<Turn<ReceiveChain>, Stop> {
        let (me, _) = self.me()?;
        let Some(own) = &self.session.keys else { return Ok(Turn::Wait) };
        let (user, key_id) = (waiting.sender, waiting.message.key_id);
        let (header, chain) = match open_package(package, own, me, sender) {
            Ok(opened) => opened,
            // Perhaps the sender has new keys, of which we have not heard: ask once.
            Err(PackageError::Signature(_) | PackageError::SenderKey)
                if user != me && self.session.asked.again.insert((user, key_id)) =>
            {
                self.need_certificate(user);
                return Ok(Turn::Wait);
            }
            Err(error) => return self.refuse(user, key_id, &error),
        };
        if chain.conversation() != waiting.conversation {
            return Ok(Turn::GiveUp(ELSEWHERE.to_owned())); // it stays for the messages that it is for
        }
        let newest = self.newest(user, waiting.conversation)?;
        if let Err(error) = header.check_new(false, newest) {
            return self.refuse(user, key_id, &error);
        }
        if let Some(previous) = header.previous
            && let Some(before) = self.receive_chain(user, previous.key_id)?
        {
            self.missing(waiting, before.missing_of(previous.sent))?;
        }
        self.tell_strangers(&header, waiting)?;
        let (kind, peer) = waiting.conversation.target();
        self.db
            .prepare_cached(
                "INSERT INTO receive_chains (sender, key_id, kind, peer, time, chain)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![user, key_id.0, kind, peer, header.time, chain.to_bytes().as_slice()])?;
        self.drop_package(user, key_id)?;
        Ok(Turn::Go(chain))
    }

    fn refuse(&mut self, user: u64, key_id: KeyId, error: &PackageError) -> Result<Turn<ReceiveChain>, Stop> {
        let name = self.name_of(user)?;
        self.warn(format!("a key package of {name} was refused: {error}"));
        self.drop_package(user, key_id)?;
        Ok(Turn::GiveUp(error.to_string()))
    }

    /// In a room, the sender may have wrapped the key for somebody whom we have never seen there.
    fn tell_strangers(&self, header: &Header, waiting: &Waiting) -> Result<(), Stop> {
        let Conversation::Room(room) = waiting.conversation else { return Ok(()) };
        if !self.was_shown(room, self.me()?.0)? {
            return Ok(()); // who is here, nobody has told us yet
        }
        for (user, _) in &header.members {
            if !self.was_shown(room, *user)? {
                let (sender, stranger) = (self.name_of(header.sender)?, self.name_of(*user)?);
                let text =
                    format!("{sender} encrypts for {stranger} too, who was never shown to be in this room");
                self.line(waiting.conversation, waiting.seq, None, waiting.time, &text)?;
            }
        }
        Ok(())
    }

    /// The time of the newest package that was accepted from this sender in this conversation.
    pub(super) fn newest(&self, sender: u64, conversation: Conversation) -> Result<Option<u64>, Stop> {
        let (kind, peer) = conversation.target();
        let mut query = self.db.prepare_cached(
            "SELECT MAX(time) FROM receive_chains WHERE sender = ?1 AND kind = ?2 AND peer = ?3",
        )?;
        Ok(query.query_row(params![sender, kind, peer], |row| row.get(0))?)
    }

    fn drop_package(&self, sender: u64, key_id: KeyId) -> Result<(), Stop> {
        self.db
            .prepare_cached("DELETE FROM packages WHERE sender = ?1 AND key_id = ?2")?
            .execute(params![sender, key_id.0])?;
        Ok(())
    }

    fn waiting_under(&self, sender: u64, key_id: KeyId) -> Result<Vec<Conversation>, Stop> {
        let mut query = self
            .db
            .prepare_cached("SELECT DISTINCT kind, peer FROM sealed WHERE sender = ?1 AND key_id = ?2")?;
        Ok(query.query_map(params![sender, key_id.0], conversation)?.collect::<Result<_, _>>()?)
    }
}

/// Packages that wait for a message. More come only from a server that means no good: the oldest go.
const MOST: usize = 4096;
