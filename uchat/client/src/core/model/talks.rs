//! For each conversation: how much of it is here, what was read, what is being fetched.

use crate::core::event::Summary;
use std::collections::{BTreeMap, BTreeSet};
use uchat_protocol::Conversation;

/// How many conversations are fetched at once.
pub(in crate::core) const FETCHES: usize = 4;

/// All conversations.
#[derive(Debug, Default)]
pub(in crate::core) struct Talks {
    pub(in crate::core) all: BTreeMap<Conversation, Talk>,
    /// Those of which the server has more than was asked for.
    pub(in crate::core) behind: BTreeSet<Conversation>,
    /// Those of which a page is on its way.
    pub(in crate::core) fetching: BTreeSet<Conversation>,
    /// Not before then, because the server has put it off.
    pub(in crate::core) not_before: u64,
    /// Those of which the server has put off to be told how far we are.
    pub(in crate::core) untold: BTreeSet<Conversation>,
    /// It is told after that.
    pub(in crate::core) tell_after: u64,
}

/// A conversation.
#[derive(Debug, Default)]
pub(in crate::core) struct Talk {
    pub(in crate::core) name: String,
    /// Every message up to here is in the vault.
    pub(in crate::core) have: u64,
    /// Every message up to here is in the vault or was given to it: the next live one must follow on this.
    pub(in crate::core) given: u64,
    /// The last number that the server is known to have.
    pub(in crate::core) last_seq: u64,
    pub(in crate::core) read: u64,
    pub(in crate::core) unread: u64,
    pub(in crate::core) last: Option<String>,
    pub(in crate::core) time: u64,
    pub(in crate::core) mentioned: bool,
    pub(in crate::core) key_changed: bool,
    /// What the server knows of (received, read).
    pub(in crate::core) told: (u64, u64),
    /// Whether it is being told more.
    pub(in crate::core) telling: bool,
    /// What the friend has (received, read).
    pub(in crate::core) theirs: (u64, u64),
    /// When we last told that we are typing.
    pub(in crate::core) typed: Option<u64>,
}

impl Talks {
    /// Whether the server has messages of it that were not given to the vault yet.
    pub(in crate::core) fn is_behind(&self, conversation: &Conversation) -> bool {
        self.behind.contains(conversation) || self.fetching.contains(conversation)
    }

    /// A new connection: the server tells anew what it has; what was not put into the vault is asked for again.
    pub(in crate::core) fn begin(&mut self) {
        self.behind.clear();
        self.fetching.clear();
        self.untold.clear();
        (self.not_before, self.tell_after) = (0, 0);
        for talk in self.all.values_mut() {
            talk.given = talk.have;
            talk.last_seq = 0;
            talk.telling = false;
        }
    }
}

impl Talk {
    /// Takes over what the vault says.
    pub(in crate::core) fn know(&mut self, summary: Summary) {
        if self.name.is_empty() {
            self.name = summary.name;
        }
        self.have = self.have.max(summary.have);
        self.given = self.given.max(self.have);
        self.read = self.read.max(summary.read);
        self.unread = summary.unread;
        self.mentioned = summary.mentioned;
        self.key_changed = summary.key_changed;
        self.last = summary.last;
        // What the server has told may have been a reaction, which moves nobody up in the list.
        let knows = summary.time > 0 && self.have >= self.last_seq;
        self.time = if knows { summary.time } else { self.time.max(summary.time) };
    }
}
