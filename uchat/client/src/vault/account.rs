//! Whose profile it is, and whether the account's keys are here.

use super::asked::Asked;
use super::error::Stop;
use super::messages::{self, SUMMARY};
use super::store::Work;
use super::{VaultError, keys};
use crate::core::{Account, Keys, Queued, Secret, Tag, VaultEvent};
use certificates::x509::Certificate;
use rusqlite::{OptionalExtension, params};
use std::time::Duration;
use uchat_protocol::e2e::{MemberKeys, OwnKeys};
use uchat_protocol::{Code, MessageId, Refusal};

impl Work<'_> {
    /// What was there from earlier.
    pub(super) fn loaded(&mut self) -> Result<VaultEvent, Stop> {
        let account = self
            .db
            .query_row("SELECT id, name, token FROM account", [], |row| {
                Ok(Account { id: row.get(0)?, name: row.get(1)?, token: row.get(2)? })
            })
            .optional()?;
        let conversations = self
            .db
            .prepare(&format!("{SUMMARY} WHERE c.gone = 0 ORDER BY c.time DESC, c.kind, c.peer"))?
            .query_map([], messages::summary)?
            .collect::<Result<_, _>>()?;
        let outbox = self
            .db
            .prepare("SELECT kind, peer, id, failed, changes FROM outbox ORDER BY position")?
            .query_map([], |row| {
                let conversation = messages::conversation(row)?;
                let changes = row.get::<_, Option<[u8; 16]>>(4)?.map(MessageId);
                Ok(Queued { id: MessageId(row.get(2)?), conversation, failed: row.get(3)?, changes })
            })?
            .collect::<Result<_, _>>()?;
        let share_typing = self
            .db
            .query_row("SELECT value FROM settings WHERE name = 'share_typing'", [], |row| row.get(0))
            .optional()?
            .unwrap_or(true);
        let uploads = self.uploads()?;
        Ok(VaultEvent::Loaded { account, conversations, outbox, uploads, share_typing })
    }

    /// Number and name of the account.
    pub(super) fn me(&self) -> Result<(u64, String), Stop> {
        let mut query = self.db.prepare_cached("SELECT id, name FROM account")?;
        let me = query.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        Ok(me.ok_or_else(|| Refusal::new(Code::NotLoggedIn))?)
    }

    pub(super) fn unlock(
        &mut self,
        tag: Tag,
        user: u64,
        name: &str,
        token: Option<Vec<u8>>,
        password: Option<Secret>,
        certificate: Option<Vec<u8>>,
    ) -> Result<(), Stop> {
        match self.me() {
            Ok((known, its_name)) if known != user => {
                let text = format!("this profile belongs to {its_name}; use another one: --profile FOLDER");
                return Err(Refusal::because(Code::WrongProfile, text).into());
            }
            Ok(_) | Err(Stop::Refused(_)) => {}
            Err(stop) => return Err(stop),
        }
        self.db.execute(
            "INSERT INTO account (only_one, id, name, token) VALUES (1, ?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET name = excluded.name, token = excluded.token",
            params![user, name, token],
        )?;
        self.name(user, name)?;
        // What the last connection was asked for will not come any more.
        self.session.asked = Asked::default();
        let keys = if self.session.encrypted {
            self.open_keys(password.as_deref(), certificate.as_deref())?
        } else {
            Keys::Ready
        };
        self.events.push(VaultEvent::Unlocked { tag, keys });
        self.open_all_waiting()
    }

    fn open_keys(&mut self, password: Option<&str>, certificate: Option<&[u8]>) -> Result<Keys, Stop> {
        if self.session.keys.is_none() {
            let loaded = password.map_or(Ok(None), |password| keys::load(&self.session.profile, password));
            match loaded {
                Ok(keys) => self.session.keys = keys,
                Err(error) if keys::is_wrong_password(&error) => self.warn(
                    "the key file does not open with this password, perhaps because the administrator has set a new \
                     one: import the key file with its old password (`uchat key import`), or make new keys",
                ),
                Err(error) => self.warn(error.to_string()),
            }
        }
        let Some(own) = &self.session.keys else { return Ok(Keys::Missing) };
        let Some(der) = certificate else {
            self.session.certified = false;
            return Ok(Keys::Uncertified);
        };
        let fits = Certificate::from_der(der).is_ok_and(|certificate| own.fits(&certificate));
        let fresh: bool = self.db.query_row("SELECT fresh FROM account", [], |row| row.get(0))?;
        match (self.certify(der), fits) {
            (Ok(()), _) if self.ends_soon(der) => Ok(Keys::Uncertified),
            (Ok(()), _) => Ok(Keys::Ready),
            (Err(Stop::Refused(_)), true) => Ok(Keys::Uncertified), // its time is over: a new one is due
            (Err(Stop::Refused(_)), false) if fresh => Ok(Keys::Uncertified), // the last step was cut off
            (Err(Stop::Refused(_)), false) => {
                self.session.keys = None;
                self.warn(
                    "the account has other keys than this profile: import the key file of the client that made \
                     them (`uchat key import`), or make new keys",
                );
                Ok(Keys::Missing)
            }
            (Err(stop), _) => Err(stop),
        }
    }

    pub(super) fn make_keys(&mut self, tag: Tag, password: &Secret, email: &str) -> Result<(), Stop> {
        let own = OwnKeys::generate(&mut self.session.random)?;
        keys::keep_old(&self.session.profile)?;
        keys::save(&self.session.profile, &own, password, &mut self.session.random)?;
        self.session.keys = Some(own);
        self.session.certified = false;
        self.db.execute("UPDATE account SET fresh = 1, certificate = NULL", [])?;
        // What goes out from now on must be signed with the new keys from its first byte.
        self.db.execute("DELETE FROM send_chains", [])?;
        self.make_request(tag, email)
    }

    pub(super) fn make_request(&mut self, tag: Tag, email: &str) -> Result<(), Stop> {
        let (_, name) = self.me()?;
        let keys = self.session.keys.as_ref().ok_or_else(|| Refusal::new(Code::NoOwnKeys))?;
        let csr = keys.request(&name, email, &mut self.session.random)?;
        self.events.push(VaultEvent::KeysMade { tag, csr });
        Ok(())
    }

    pub(super) fn set_certificate(&mut self, tag: Tag, der: &[u8]) -> Result<(), Stop> {
        self.certify(der)?;
        self.events.push(VaultEvent::Done { tag });
        self.open_all_waiting()
    }

    /// Takes a certificate for ours, if the CA says so and it is about the keys that are here.
    fn certify(&mut self, der: &[u8]) -> Result<(), Stop> {
        let wrong = |why: String| Refusal::because(Code::BadCertificate, why);
        let (me, name) = self.me()?;
        let own = self.session.keys.as_ref().ok_or_else(|| Refusal::new(Code::NoOwnKeys))?;
        let ca = self.session.ca.as_ref().ok_or_else(|| wrong("this profile has pinned no CA".to_owned()))?;
        self.session.certified = false;
        let member = MemberKeys::from_certificate(me, &name, der, ca, self.system_now())
            .map_err(|error| wrong(error.to_string()))?;
        if member.fingerprint() != own.fingerprint() {
            return Err(
                wrong("the certificate is about other keys than those of this profile".to_owned()).into()
            );
        }
        self.db.execute("UPDATE account SET certificate = ?1, fresh = 0", [der])?;
        self.pin(&member)?;
        self.session.certified = true;
        Ok(())
    }

    fn ends_soon(&self, der: &[u8]) -> bool {
        let soon = self.system_now() + RENEW_BEFORE;
        Certificate::from_der(der).map_or(true, |certificate| certificate.validity().1 < soon)
    }

    pub(super) fn change_password(&mut self, tag: Tag, old: &Secret, new: &Secret) -> Result<(), Stop> {
        match keys::load(&self.session.profile, old) {
            Ok(Some(own)) => keys::save(&self.session.profile, &own, new, &mut self.session.random)?,
            Ok(None) => {} // there is nothing to encrypt
            Err(error) if keys::is_wrong_password(&error) => {
                let text = "the key file does not open with the old password; it stays as it is";
                return Err(Refusal::because(Code::WrongPassword, text).into());
            }
            Err(error) => return Err(error.into()),
        }
        self.events.push(VaultEvent::Done { tag });
        Ok(())
    }

    pub(super) fn lock(&mut self) -> Result<(), Stop> {
        // Even if the disk takes nothing.
        self.session.keys = None;
        self.session.certified = false;
        self.drop_token()
    }

    pub(super) fn drop_token(&mut self) -> Result<(), Stop> {
        self.db.execute("UPDATE account SET token = NULL", [])?;
        Ok(())
    }

    pub(super) fn share_typing(&mut self, share: bool) -> Result<(), Stop> {
        self.db.execute(
            "INSERT INTO settings (name, value) VALUES ('share_typing', ?1)
             ON CONFLICT DO UPDATE SET value = excluded.value",
            [share],
        )?;
        Ok(())
    }

    pub(super) fn forget(&mut self, tag: Tag) -> Result<(), Stop> {
        for table in TABLES {
            self.db.execute(&format!("DELETE FROM {table}"), [])?;
        }
        keys::remove(&self.session.profile)?;
        self.session.keys = None;
        self.session.certified = false;
        self.session.asked = Asked::default();
        self.events.push(VaultEvent::Done { tag });
        Ok(())
    }

    /// Our own keys, if they are open and certified.
    pub(super) fn certified_keys(&self) -> Result<&OwnKeys, Stop> {
        match &self.session.keys {
            Some(keys) if self.session.certified => Ok(keys),
            Some(_) => {
                let text = "the keys of this account have no certificate yet; the message waits for it";
                Err(Refusal::because(Code::NoOwnKeys, text).into())
            }
            None => Err(Refusal::new(Code::NoOwnKeys).into()),
        }
    }
}

impl From<uchat_protocol::e2e::KeyFileError> for Stop {
    fn from(error: uchat_protocol::e2e::KeyFileError) -> Self {
        Self::Failed(VaultError::Keys(error))
    }
}

/// A certificate is renewed so long before it ends: time enough for people who log in once a month.
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

const TABLES: [&str; 14] = [
    "account",
    "settings",
    "people",
    "conversations",
    "members",
    "messages",
    "reactions",
    "early",
    "outbox",
    "uploads",
    "sealed",
    "send_chains",
    "receive_chains",
    "packages",
];
