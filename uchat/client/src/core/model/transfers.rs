//! Files on their way. Two run at once, the others wait in the order in which they came.

use std::collections::BTreeMap;
use uchat_protocol::content::FileInfo;
use uchat_protocol::{Content, Conversation, MessageId};

/// How many run at once.
pub(in crate::core) const RUNNING: usize = 2;
/// How many requests for files are on their way at once: a chat message never waits for more of them.
pub(in crate::core) const IN_FLIGHT: usize = 2;
/// The most that wait or run.
pub(in crate::core) const MOST: usize = 256;

/// All transfers, by message.
#[derive(Debug, Default)]
pub(in crate::core) struct Transfers {
    pub(in crate::core) all: BTreeMap<MessageId, Transfer>,
    /// In which order they came.
    pub(in crate::core) order: Vec<MessageId>,
}

/// A file on its way.
#[derive(Debug)]
pub(in crate::core) struct Transfer {
    pub(in crate::core) way: Way,
    pub(in crate::core) stage: Stage,
    /// Where the next piece begins, in what lies on the server.
    pub(in crate::core) at: u64,
    /// How much is over there, or here.
    pub(in crate::core) done: u64,
    /// Of which the front end was told.
    pub(in crate::core) noted: u64,
    /// Requests without an answer.
    pub(in crate::core) in_flight: usize,
    /// What the files were asked to read or write, and have not yet.
    pub(in crate::core) busy: usize,
    /// Which transfer of this file: an answer to an earlier one does not count.
    pub(in crate::core) serial: u64,
    /// Not before then, because the server has put it off.
    pub(in crate::core) not_before: u64,
}

/// To the server, or from it.
#[derive(Debug)]
pub(in crate::core) enum Way {
    /// To it, for this conversation. The content is known when the file was looked through.
    Up(Conversation, Option<Content>),
    /// From it, to this path.
    Down(Box<FileInfo>, String, String),
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) enum Stage {
    /// The file is being looked through.
    Preparing,
    /// Waits for its turn, or for the connection.
    Waiting,
    /// The first answer is to come: where to begin.
    Beginning,
    /// Pieces move.
    Moving,
}

impl Transfers {
    /// How many files go to the server.
    pub(in crate::core) fn uploads(&self) -> usize {
        self.all.values().filter(|transfer| matches!(transfer.way, Way::Up(..))).count()
    }

    /// How many run.
    pub(in crate::core) fn running(&self) -> usize {
        let runs = |transfer: &&Transfer| matches!(transfer.stage, Stage::Beginning | Stage::Moving);
        self.all.values().filter(runs).count()
    }

    /// A new one, at the end.
    pub(in crate::core) fn insert(&mut self, id: MessageId, serial: u64, way: Way, stage: Stage) {
        self.order.push(id);
        let transfer =
            Transfer { way, stage, at: 0, done: 0, noted: 0, in_flight: 0, busy: 0, serial, not_before: 0 };
        self.all.insert(id, transfer);
    }

    /// The connection is lost: what ran waits again, in the old order.
    pub(in crate::core) fn take_back(&mut self) {
        for transfer in self.all.values_mut().filter(|transfer| transfer.stage != Stage::Preparing) {
            (transfer.stage, transfer.in_flight, transfer.busy) = (Stage::Waiting, 0, 0);
        }
    }

    /// It is over.
    pub(in crate::core) fn remove(&mut self, id: MessageId) -> Option<Transfer> {
        self.order.retain(|other| *other != id);
        self.all.remove(&id)
    }
}

impl Transfer {
    /// What it is about, once that is known.
    pub(in crate::core) fn info(&self) -> Option<&FileInfo> {
        match &self.way {
            Way::Up(_, content) => content.as_ref()?.file.as_ref(),
            Way::Down(info, ..) => Some(info),
        }
    }

    /// Its bytes on the server.
    pub(in crate::core) fn total(&self) -> u64 {
        self.info().map_or(0, |info| info.stored)
    }
}
