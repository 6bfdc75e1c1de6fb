//! What travels, kept for a program that shows it: each packet with what is in it. Nothing is kept unless somebody
//! asks for it, because the texts are secrets.

use std::collections::VecDeque;
use zeroize::Zeroize;

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// From us to the other side.
    Out,
    /// To us.
    In,
}

/// One packet as it travelled, and what was in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Carried {
    /// Which way.
    pub went: Went,
    /// Its number in this direction, where packets have one.
    pub sequence: Option<u64>,
    /// The bytes on the wire.
    pub wire: Vec<u8>,
    /// What was in it: one message or several, one after the other.
    pub text: Vec<u8>,
}

/// The texts are secrets, so they are left out.
impl std::fmt::Debug for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { went, sequence, wire, .. } = self;
        f.debug_struct("Carried")
            .field("went", went)
            .field("sequence", sequence)
            .field("wire", &wire.len())
            .finish_non_exhaustive()
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// Keeps what travels, if it was asked to: the newest, and never more than a few of the longest.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    on: bool,
    kept: VecDeque<Carried>,
    bytes: usize,
}

impl Watch {
    /// Begins, or ends and forgets.
    pub fn set(&mut self, on: bool) {
        *self = Self { on, ..Self::default() };
    }

    /// Whether anything is kept; else copies need not be made.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Keeps this, if it is on.
    pub fn keep(&mut self, carried: Carried) {
        if !self.on {
            return;
        }
        self.bytes += size(&carried);
        self.kept.push_back(carried);
        while self.bytes > MOST_BYTES {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= size(&oldest);
        }
    }

    /// What was kept since the last time, in order.
    #[must_use]
    pub fn take(&mut self) -> VecDeque<Carried> {
        self.bytes = 0;
        std::mem::take(&mut self.kept)
    }
}

fn size(carried: &Carried) -> usize {
    carried.wire.len() + carried.text.len()
}

/// The most bytes that wait to be taken: two of the longest packets with their texts.
const MOST_BYTES: usize = 4 << 20;
