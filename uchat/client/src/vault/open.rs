//! Encrypted messages, opened in the order of their numbers. Each ends as what it says, or as a line that says why
//! it cannot be read; until then all that came after it in the conversation is not shown.

use super::error::Stop;
use super::messages::NewRow;
use super::people::Known;
use super::store::Work;
use crate::core::DeliveryState;
use rusqlite::{OptionalExtension, params};
use std::collections::HashSet;
use uchat_protocol::e2e::{MemberKeys, Opened, ReceiveChain};
use uchat_protocol::{Conversation, Encrypted, Envelope, KeyId};

/// An encrypted message that waits.
pub(super) struct Waiting {
    pub(super) conversation: Conversation,
    pub(super) seq: u64,
    pub(super) sender: u64,
    pub(super) time: u64,
    pub(super) message: Encrypted,
}

/// What is to become of a waiting message.
pub(super) enum Turn<T = ()> {
    /// Go on with this.
    Go(T),
    /// Something was asked for, and it waits on; so do all later ones of the same sender.
    Wait,
    /// Its sender's keys have changed: it waits, and nothing waits for it.
    Hold,
    /// It cannot be read: why.
    GiveUp(String),
}

impl<T> Turn<T> {
    /// What to go on with, or else what becomes of the message.
    fn go(self) -> Result<T, Turn> {
        match self {
            Self::Go(value) => Ok(value),
            Self::Wait => Err(Turn::Wait),
            Self::Hold => Err(Turn::Hold),
            Self::GiveUp(why) => Err(Turn::GiveUp(why)),
        }
    }
}

impl Work<'_> {
    /// Opens what can be opened now, and tells it.
    pub(super) fn open_waiting(&mut self, conversation: Conversation) -> Result<(), Stop> {
        let mut blocked = HashSet::new();
        let mut chain = None;
        let mut after = 0;
        while let Some(waiting) = self.next_waiting(conversation, after)? {
            after = waiting.seq;
            if self.session.keys.is_none() {
                break;
            }
            if self.may_open == 0 {
                self.session.to_open.insert(conversation);
                break;
            }
            if blocked.contains(&waiting.sender) {
                self.ask_ahead(&waiting)?;
                continue;
            }
            match self.open(&waiting, &mut chain)? {
                Turn::Go(()) => self.done_waiting(&waiting)?,
                Turn::Wait => {
                    blocked.insert(waiting.sender);
                    self.ask_ahead(&waiting)?;
                }
                Turn::Hold => self.hold(&waiting)?,
                Turn::GiveUp(why) => {
                    let text =
                        format!("a message of {} cannot be read: {why}", self.name_of(waiting.sender)?);
                    self.line(conversation, waiting.seq, Some(waiting.seq), waiting.time, &text)?;
                    self.done_waiting(&waiting)?;
                }
            }
        }
        self.save_chain(chain.as_ref())?;
        self.tell(conversation)
    }

    /// Asks for the package of a message whose turn has not come: who was away for long needs many, and would wait
    /// for one after the other.
    fn ask_ahead(&mut self, waiting: &Waiting) -> Result<(), Stop> {
        let (sender, key_id) = (waiting.sender, waiting.message.key_id);
        if self.is_asked(sender, key_id) {
            return Ok(()); // most of them: many messages are under one chain
        }
        let known = self.absent.contains(&(sender, key_id))
            || self.receive_chain(sender, key_id)?.is_some()
            || self.pending(sender, key_id)?.is_some();
        if !known {
            self.need_package(sender, key_id);
        }
        Ok(())
    }

    /// The same in all conversations in which something waits.
    pub(super) fn open_all_waiting(&mut self) -> Result<(), Stop> {
        let mut query = self.db.prepare("SELECT DISTINCT kind, peer FROM sealed WHERE held = 0")?;
        let conversations =
            query.query_map([], super::messages::conversation)?.collect::<Result<Vec<_>, _>>()?;
        conversations.into_iter().try_for_each(|conversation| self.open_waiting(conversation))
    }

    /// The conversations in which messages of this user wait.
    pub(super) fn waiting_for(&self, user: u64) -> Result<Vec<Conversation>, Stop> {
        let mut query = self.db.prepare_cached("SELECT DISTINCT kind, peer FROM sealed WHERE sender = ?1")?;
        Ok(query.query_map([user], super::messages::conversation)?.collect::<Result<_, _>>()?)
    }

    /// Opens a message. `last` is the chain of the one before, which is not stored yet: most messages are under the same.
    fn open(&mut self, waiting: &Waiting, last: &mut Option<ReceiveChain>) -> Result<Turn, Stop> {
        let sender = match self.sender(waiting.sender)?.go() {
            Ok(sender) => sender,
            Err(turn) => return Ok(turn),
        };
        let its = (waiting.sender, waiting.message.key_id);
        let chain = match last.take_if(|chain| (chain.sender(), chain.key_id()) == its) {
            Some(chain) => chain,
            None => {
                self.save_chain(last.take().as_ref())?; // the next one may ask how far it came
                match self.chain(waiting, &sender)?.go() {
                    Ok(chain) => chain,
                    Err(turn) => return Ok(turn),
                }
            }
        };
        let chain = last.insert(chain);
        if chain.conversation() != waiting.conversation {
            return Ok(Turn::GiveUp(ELSEWHERE.to_owned()));
        }
        match chain.open(&waiting.message, &sender) {
            Ok(opened) => {
                if let Some(recorder) = &self.session.recorder {
                    let envelope = Envelope::Encrypted(waiting.message.clone());
                    recorder.opened(opened.letter.id, &envelope, &opened.text);
                }
                self.opened(waiting, &opened).map(Turn::Go)
            }
            Err(error) => Ok(Turn::GiveUp(error.to_string())),
        }
    }

    /// The keys that a message must be from.
    fn sender(&mut self, sender: u64) -> Result<Turn<MemberKeys>, Stop> {
        let (me, _) = self.me()?;
        if let Some(own) = &self.session.keys
            && sender == me
        {
            return Ok(Turn::Go(own.as_member(me)));
        }
        let Known { name, pinned, changed } = self.user(sender)?;
        Ok(match pinned {
            _ if changed.is_some() => Turn::Hold,
            Some(pinned) => Turn::Go(pinned),
            None if self.has_no_certificate(sender) => {
                Turn::GiveUp(format!("{name} has no certificate that this client accepts"))
            }
            None => {
                self.need_certificate(sender);
                Turn::Wait
            }
        })
    }

    /// The chain of a message: one that is here, or that of a package that came.
    fn chain(&mut self, waiting: &Waiting, sender: &MemberKeys) -> Result<Turn<ReceiveChain>, Stop> {
        let (user, key_id) = (waiting.sender, waiting.message.key_id);
        if let Some(chain) = self.receive_chain(user, key_id)? {
            return Ok(Turn::Go(chain));
        }
        if let Some(package) = self.pending(user, key_id)? {
            return self.accept(&package, waiting, sender);
        }
        if self.absent.contains(&(user, key_id)) {
            let why = "its key is not here (it was sent before you had keys, or to another device)";
            return Ok(Turn::GiveUp(why.to_owned()));
        }
        self.need_package(user, key_id);
        Ok(Turn::Wait)
    }

    /// Puts what a message says into the history.
    fn opened(&mut self, waiting: &Waiting, opened: &Opened) -> Result<(), Stop> {
        let Waiting { conversation, seq, sender, time, .. } = *waiting;
        self.missing(waiting, opened.missing)?;
        let letter = &opened.letter;
        let mine = sender == self.me()?.0;
        if mine && self.is_waiting(letter.id)? {
            return self.stored(letter.id, seq, time); // the answer that said so was lost
        }
        if self.known(sender, letter.id)? {
            let text =
                format!("a message of {} has come twice; the second was dropped", self.name_of(sender)?);
            return self.line(conversation, seq, Some(seq), time, &text);
        }
        if letter.message.file.as_ref().is_some_and(|file| file.key.is_none()) {
            let text = format!(
                "a message of {} brings a file that is not encrypted; it was dropped",
                self.name_of(sender)?
            );
            self.warn(text.clone());
            return self.line(conversation, seq, Some(seq), time, &text);
        }
        // The id inside counts: the one beside it is only the server's word.
        let (id, content) = (Some(letter.id), &letter.message);
        if content.kind.is_change() {
            return self.take_change(conversation, seq, sender, id, time, content);
        }
        let state = mine.then_some(DeliveryState::Stored);
        let seq = Some(seq);
        self.insert(&NewRow { conversation, seq, sender, id, time, content, encrypted: true, state })?;
        self.apply_early(conversation, id)
    }

    /// Says, before this message, how many are missing. Our own are not counted: those that were written here are
    /// known by their ids, and never opened.
    pub(super) fn missing(&self, waiting: &Waiting, count: u32) -> Result<(), Stop> {
        if count == 0 || waiting.sender == self.me()?.0 {
            return Ok(());
        }
        let name = self.name_of(waiting.sender)?;
        let text = match count {
            1 => format!("1 message of {name} is missing"),
            count => format!("{count} messages of {name} are missing"),
        };
        self.line(waiting.conversation, waiting.seq, None, waiting.time, &text)
    }

    pub(super) fn receive_chain(&self, sender: u64, key_id: KeyId) -> Result<Option<ReceiveChain>, Stop> {
        let chain = self
            .db
            .prepare_cached("SELECT chain FROM receive_chains WHERE sender = ?1 AND key_id = ?2")?
            // Read where SQLite has it: a copy of a key would have to be wiped.
            .query_row(params![sender, key_id.0], |row| {
                Ok(ReceiveChain::from_bytes(row.get_ref(0)?.as_blob()?))
            })
            .optional()?;
        Ok(chain.transpose()?)
    }

    fn save_chain(&self, chain: Option<&ReceiveChain>) -> Result<(), Stop> {
        let Some(chain) = chain else { return Ok(()) };
        self.db
            .prepare_cached("UPDATE receive_chains SET chain = ?3 WHERE sender = ?1 AND key_id = ?2")?
            .execute(params![chain.sender(), chain.key_id().0, chain.to_bytes().as_slice()])?;
        Ok(())
    }

    fn next_waiting(&self, conversation: Conversation, after: u64) -> Result<Option<Waiting>, Stop> {
        let (kind, peer) = conversation.target();
        let mut query = self.db.prepare_cached(
            "SELECT seq, sender, time, key_id, at, packet, signature FROM sealed
             WHERE kind = ?1 AND peer = ?2 AND seq > ?3 AND held = 0 ORDER BY seq LIMIT 1",
        )?;
        let waiting = query.query_row(params![kind, peer, after], |row| {
            let message = Encrypted {
                key_id: KeyId(row.get(3)?),
                index: row.get(4)?,
                packet: row.get(5)?,
                signature: row.get(6)?,
            };
            Ok(Waiting { conversation, seq: row.get(0)?, sender: row.get(1)?, time: row.get(2)?, message })
        });
        Ok(waiting.optional()?)
    }

    fn done_waiting(&mut self, waiting: &Waiting) -> Result<(), Stop> {
        self.may_open = self.may_open.saturating_sub(1);
        let (kind, peer) = waiting.conversation.target();
        self.db
            .prepare_cached("DELETE FROM sealed WHERE kind = ?1 AND peer = ?2 AND seq = ?3")?
            .execute(params![kind, peer, waiting.seq])?;
        Ok(())
    }

    fn hold(&self, waiting: &Waiting) -> Result<(), Stop> {
        let (kind, peer) = waiting.conversation.target();
        self.db
            .prepare_cached("UPDATE sealed SET held = 1 WHERE kind = ?1 AND peer = ?2 AND seq = ?3")?
            .execute(params![kind, peer, waiting.seq])?;
        Ok(())
    }
}

/// Of a message that the server has moved.
pub(super) const ELSEWHERE: &str = "it was written in another conversation, and somebody has moved it here";
