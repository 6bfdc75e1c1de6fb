//! Whose keys are known. The first ones seen of a user are pinned (trust on first use); others are announced
//! loudly and wait until they are accepted.

use super::error::Stop;
use super::messages::nameless;
use super::store::Work;
use crate::core::{Tag, VaultEvent};
use certificates::x509::Certificate;
use rusqlite::{OptionalExtension, params};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use uchat_protocol::e2e::{MemberError, MemberKeys, StoredError, safety_number};
use uchat_protocol::{Code, Conversation, Refusal};

/// A user as we know them.
pub(super) struct Known {
    pub(super) name: String,
    pub(super) pinned: Option<MemberKeys>,
    /// Other keys than the pinned ones, which nobody has accepted yet.
    pub(super) changed: Option<MemberKeys>,
}

/// Keys that were read from the table before, by their bytes: they are needed with each message, and to read them is
/// more work than to open one.
#[derive(Default)]
pub(super) struct ReadKeys(RefCell<HashMap<Vec<u8>, MemberKeys>>);

impl ReadKeys {
    fn read(&self, bytes: Vec<u8>) -> Result<MemberKeys, StoredError> {
        let mut known = self.0.borrow_mut();
        if let Some(keys) = known.get(&bytes) {
            return Ok(keys.clone());
        }
        let keys = MemberKeys::from_bytes(&bytes)?;
        if known.len() >= MOST_READ {
            known.clear();
        }
        known.insert(bytes, keys.clone());
        Ok(keys)
    }
}

/// As many as a room has members.
const MOST_READ: usize = 500;

impl Work<'_> {
    /// Notes a user's name, unless one is known. No user is ever renamed: a server that gives somebody another name
    /// means no good, and a certificate must be of the name that people have seen.
    pub(super) fn name(&self, user: u64, name: &str) -> Result<(), Stop> {
        if !name.is_empty() {
            self.db
                .prepare_cached("INSERT OR IGNORE INTO people (id, name) VALUES (?1, ?2)")?
                .execute(params![user, name])?;
        }
        Ok(())
    }

    /// What is known of a user.
    pub(super) fn user(&self, user: u64) -> Result<Known, Stop> {
        let row = self
            .db
            .prepare_cached("SELECT name, pinned, changed FROM people WHERE id = ?1")?
            .query_row([user], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, Option<Vec<u8>>>(1)?,
                    row.get::<_, Option<Vec<u8>>>(2)?,
                ))
            })
            .optional()?;
        let Some((name, pinned, changed)) = row else {
            return Ok(Known { name: nameless(user), pinned: None, changed: None });
        };
        let keys = |bytes: Option<Vec<u8>>| bytes.map(|bytes| self.session.read_keys.read(bytes)).transpose();
        Ok(Known { name, pinned: keys(pinned)?, changed: keys(changed)? })
    }

    /// The name of a user.
    pub(super) fn name_of(&self, user: u64) -> Result<String, Stop> {
        let mut query = self.db.prepare_cached("SELECT name FROM people WHERE id = ?1")?;
        let name = query.query_row([user], |row| row.get(0)).optional()?;
        Ok(name.unwrap_or_else(|| nameless(user)))
    }

    /// From now on these are the user's keys.
    pub(super) fn pin(&self, keys: &MemberKeys) -> Result<(), Stop> {
        self.db
            .prepare_cached("UPDATE people SET pinned = ?2, changed = NULL WHERE id = ?1")?
            .execute(params![keys.user(), keys.to_bytes()?])?;
        Ok(())
    }

    pub(super) fn certificates(
        &mut self,
        asked: &[u64],
        certificates: Vec<(u64, Vec<u8>)>,
    ) -> Result<(), Stop> {
        let (me, _) = self.me()?;
        let mut without: BTreeSet<u64> = asked.iter().copied().collect();
        let mut lines = BTreeSet::new();
        for (user, der) in certificates {
            if user == me {
                continue; // ours comes with the log-in
            }
            match self.certificate(user, &der, &mut lines)? {
                Ok(()) => {
                    without.remove(&user);
                    self.session.asked.without.remove(&user);
                }
                Err(error) => self.warn(error.to_string()),
            }
        }
        let now = self.now();
        without.into_iter().for_each(|user| self.session.asked.without.insert(user, now));
        for user in asked {
            self.session.asked.certificates.remove(user);
            self.session.asked.looked_at.insert(*user);
            lines.extend(self.waiting_for(*user)?);
        }
        lines.into_iter().try_for_each(|conversation| self.open_waiting(conversation))
    }

    /// One certificate. Conversations that got a line about it go to `lines`.
    fn certificate(
        &mut self,
        user: u64,
        der: &[u8],
        lines: &mut BTreeSet<Conversation>,
    ) -> Result<Result<(), MemberError>, Stop> {
        let Some(ca) = &self.session.ca else {
            return Err(Refusal::because(Code::BadCertificate, "this profile has pinned no CA").into());
        };
        let Known { mut name, pinned, changed } = self.user(user)?;
        if name == nameless(user)
            && let Some(its_name) = Certificate::from_der(der).ok().and_then(|known| known.common_name())
        {
            name = its_name; // nobody has told us another
        }
        let keys = match MemberKeys::from_certificate(user, &name, der, ca, self.system_now()) {
            Ok(keys) => keys,
            Err(error) => return Ok(Err(error)),
        };
        self.name(user, &name)?;
        let same = |known: &Option<MemberKeys>| {
            known.as_ref().is_some_and(|known| known.fingerprint() == keys.fingerprint())
        };
        let text = if pinned.is_none() || same(&pinned) {
            self.pin(&keys)?;
            if changed.is_none() {
                return Ok(Ok(())); // the first ones, or only a new certificate
            }
            self.release(user)?;
            format!("the keys of {name} are the known ones again")
        } else if same(&changed) {
            return Ok(Ok(())); // announced already
        } else {
            self.db
                .prepare_cached("UPDATE people SET changed = ?2 WHERE id = ?1")?
                .execute(params![user, keys.to_bytes()?])?;
            self.events.push(VaultEvent::KeyChanged { user });
            format!(
                "the keys of {name} have changed: a new device, or somebody who reads along. Compare the safety \
                 number, then accept the key; until then nothing is encrypted for {name}, and new messages of \
                 {name} are not shown"
            )
        };
        for conversation in self.shared_with(user)? {
            let have = self.summary(conversation)?.have;
            self.line(conversation, have, None, self.now(), &text)?;
            lines.insert(conversation);
        }
        Ok(Ok(()))
    }

    /// The conversations in which we can meet a user.
    fn shared_with(&self, user: u64) -> Result<Vec<Conversation>, Stop> {
        let mut query = self.db.prepare_cached(
            "SELECT kind, peer FROM conversations WHERE gone = 0 AND (kind = 0 AND peer = ?1
                 OR kind = 1 AND EXISTS (SELECT 1 FROM members WHERE room = peer AND user = ?1))",
        )?;
        Ok(query.query_map([user], super::messages::conversation)?.collect::<Result<_, _>>()?)
    }

    /// What was held back because of this user's keys waits only for its turn again.
    fn release(&self, user: u64) -> Result<(), Stop> {
        self.db.prepare_cached("UPDATE sealed SET held = 0 WHERE sender = ?1")?.execute([user])?;
        Ok(())
    }

    pub(super) fn accept_key(&mut self, tag: Tag, user: u64) -> Result<(), Stop> {
        let Known { name, changed, .. } = self.user(user)?;
        let Some(keys) = changed else {
            let text = format!("the keys of {name} have not changed; there is nothing to accept");
            return Err(Refusal::because(Code::NoSuchRequest, text).into());
        };
        self.pin(&keys)?;
        self.release(user)?;
        self.events.push(VaultEvent::Done { tag });
        // Also where nothing waits: that nothing is wrong with the keys any more is told there.
        let mut lines: BTreeSet<Conversation> = self.shared_with(user)?.into_iter().collect();
        lines.extend(self.waiting_for(user)?);
        lines.into_iter().try_for_each(|conversation| self.open_waiting(conversation))
    }

    /// With keys that wait to be accepted, the number of these: they are what is to be compared.
    pub(super) fn safety_number(&mut self, tag: Tag, user: u64) -> Result<(), Stop> {
        let (me, _) = self.me()?;
        let Known { name, pinned, changed } = self.user(user)?;
        let own = self.certified_keys()?.fingerprint();
        let Some(theirs) = changed.or(pinned) else {
            let text = if self.has_no_certificate(user) {
                format!("{name} has no keys yet")
            } else {
                self.need_certificate(user);
                format!("the keys of {name} are not here yet; the server is being asked for them, try again")
            };
            let refusal = Refusal::because(Code::NoKeys, text);
            self.events.push(VaultEvent::Failed { tag, refusal });
            return Ok(());
        };
        let words = safety_number((me, &own), (user, &theirs.fingerprint()));
        let words = words.into_iter().map(str::to_owned).collect();
        self.events.push(VaultEvent::Words { tag, words });
        Ok(())
    }
}
