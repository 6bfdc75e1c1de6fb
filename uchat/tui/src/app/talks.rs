//! The messages that are in memory: of each of the conversations that were opened last a window, the newest at its end.

mod talk;
#[cfg(test)]
mod tests;

pub(crate) use talk::{End, Top, is_of_others};
pub use talk::{Line, Talk};

use std::collections::BTreeMap;
use uchat_client::core::{Shown, With};
use uchat_protocol::MessageId;

/// The conversations that were opened.
#[derive(Debug, Clone, Default)]
pub struct Talks {
    all: BTreeMap<With, Talk>,
    /// Files that are on their way to the server: the history has them only when they are there.
    uploads: Vec<Shown>,
    opened: u64,
}

impl Talks {
    /// A conversation; empty if it was not opened. Of those that were opened before, only the last ones stay.
    pub(crate) fn open(&mut self, with: &With) -> &mut Talk {
        self.opened += 1;
        let others = self.all.iter().filter(|(other, _)| *other != with);
        let oldest = others.min_by_key(|(_, talk)| talk.opened).map(|(other, _)| other.clone());
        if self.all.len() >= MOST && !self.all.contains_key(with) {
            oldest.and_then(|oldest| self.all.remove(&oldest));
        }
        let talk = self.all.entry(with.clone()).or_default();
        talk.opened = self.opened;
        talk
    }

    /// A conversation.
    #[must_use]
    pub fn get(&self, with: &With) -> Option<&Talk> {
        self.all.get(with)
    }

    /// The same, to be changed.
    pub(crate) fn get_mut(&mut self, with: &With) -> Option<&mut Talk> {
        self.all.get_mut(with)
    }

    /// The conversation that holds a message of this id.
    pub(crate) fn holding(&mut self, id: MessageId) -> Option<(&With, &mut Talk)> {
        self.all.iter_mut().find(|(_, talk)| talk.message(id).is_some())
    }

    /// A file is on its way to the server.
    pub(crate) fn begin_upload(&mut self, shown: Shown) {
        if let Some(talk) = self.all.get_mut(&shown.with).filter(|talk| talk.at_end) {
            talk.upload(shown.clone());
        }
        self.uploads.push(shown);
    }

    /// It is there, or will never be.
    pub(crate) fn end_upload(&mut self, id: MessageId) -> Option<Shown> {
        let at = self.uploads.iter().position(|shown| shown.id == Some(id))?;
        Some(self.uploads.remove(at))
    }

    /// The same, in a conversation, as the messages that they will be.
    pub(crate) fn uploads(&self, with: &With) -> Vec<Shown> {
        self.uploads.iter().filter(|shown| shown.with == *with).cloned().collect()
    }
}

/// The most conversations in memory.
const MOST: usize = 16;
