//! A conversation in memory: messages in the order of the history, each once, and where it is scrolled to.
//!
//! ```text
//!  history pages ─▶ merge ─┐
//!  news ──────────▶ insert ┼─▶ lines, ascending by place: the number in the conversation; behind all numbers
//!  deliveries ────▶ state ─┘   what waits in the outbox
//! ```

use crate::chat::Laid;
use std::collections::VecDeque;
use uchat_client::core::{DeliveryState, Shown};
use uchat_protocol::MessageId;

/// A message, and what is known beside it.
#[derive(Debug, Clone)]
pub struct Line {
    /// The message.
    pub shown: Shown,
    /// Why it has failed, or waits.
    pub reason: Option<String>,
    /// How far its file is: done, total.
    pub progress: Option<(u64, u64)>,
    /// A change of it that has failed, by the id of the change: it can be tried again.
    pub failed: Option<MessageId>,
    /// Its number, or where it belongs without one.
    place: u64,
    /// Its name in this talk, for as long as it is in memory.
    key: u64,
    /// How it was laid out last. Dropped with each change of the message.
    pub(crate) laid: Option<Laid>,
}

/// The line at the upper edge, and how many rows of it are above the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Top {
    pub(crate) key: u64,
    pub(crate) skip: usize,
}

/// A conversation.
#[derive(Debug, Clone, Default)]
pub struct Talk {
    lines: VecDeque<Line>,
    /// Whether the first of them is the first there is.
    pub complete: bool,
    /// Whether the newest are there: not after a jump far back.
    pub at_end: bool,
    /// Whether anything was asked for yet.
    pub asked: bool,
    /// Where the line `unread` stands: before the message of this number.
    pub unread_from: Option<u64>,
    /// What is at the upper edge; none while the newest are shown.
    pub(crate) top: Option<Top>,
    /// How many messages of others have come below what is shown.
    pub below: usize,
    /// The message that is to be shown as soon as it is there, by its number.
    pub(crate) wanted: Option<u64>,
    /// Whether the newest must be asked for once more, when they are there.
    pub(crate) again: bool,
    /// When it was opened last, counted in openings.
    pub(super) opened: u64,
    bytes: usize,
    keys: u64,
}

impl Talk {
    /// All of them, ascending; what is not stored yet stands at the end.
    #[must_use]
    pub fn lines(&self) -> &VecDeque<Line> {
        &self.lines
    }

    /// The same, to be laid out.
    pub(crate) fn lines_mut(&mut self) -> &mut VecDeque<Line> {
        &mut self.lines
    }

    /// A message.
    #[must_use]
    pub fn message(&self, id: MessageId) -> Option<&Shown> {
        self.index(id).map(|at| &self.lines[at].shown)
    }

    /// Where a message stands.
    #[must_use]
    pub fn index(&self, id: MessageId) -> Option<usize> {
        self.lines.iter().rposition(|line| line.shown.id == Some(id))
    }

    /// Where the message of this number stands.
    #[must_use]
    pub fn index_of(&self, seq: u64) -> Option<usize> {
        let at = self.lines.partition_point(|line| line.place < seq);
        self.lines.get(at).filter(|line| line.place == seq).map(|_| at)
    }

    /// Where the line of this key stands.
    pub(crate) fn index_of_key(&self, key: u64) -> Option<usize> {
        self.lines.iter().position(|line| line.key == key)
    }

    /// The name of a line for as long as it is in memory.
    pub(crate) fn key(&self, at: usize) -> u64 {
        self.lines[at].key
    }

    /// A message has come, or one that was written here. One that is there already is replaced.
    pub(crate) fn insert(&mut self, message: Shown) {
        let place = match message.seq {
            Some(seq) => seq,
            None if message.state.is_some() => WAITING,
            None => self.newest().unwrap_or(0),
        };
        self.put(message, place);
        let top = self.top.and_then(|top| self.index_of_key(top.key));
        let far_up = top.is_some_and(|at| at < self.lines.len() / 2);
        self.trim(if far_up { End::Newest } else { End::Oldest });
    }

    /// A file is on its way to the server.
    pub(crate) fn upload(&mut self, shown: Shown) {
        let id = shown.id;
        self.insert(shown);
        if let Some(id) = id {
            self.change(id, |line| line.progress = Some((0, 0)));
        }
    }

    /// Messages from the history, in its order. Where that makes too many, those at this end are forgotten.
    pub(crate) fn merge(&mut self, page: Vec<Shown>, forget: End) {
        // A line without a number belongs behind the one before it.
        let mut place = page.iter().find_map(|message| message.seq).unwrap_or(0);
        for message in page {
            place = match message.seq {
                Some(seq) => seq,
                None if message.state.is_some() => WAITING,
                None => place,
            };
            self.put(message, place);
        }
        self.trim(forget);
    }

    fn put(&mut self, mut message: Shown, place: u64) {
        self.bytes += weight(&message);
        let Some(at) = self.find(&message, place) else {
            self.keys += 1;
            let line = Line {
                shown: message,
                reason: None,
                progress: None,
                failed: None,
                place,
                key: self.keys,
                laid: None,
            };
            return self.place(line);
        };
        let line = &mut self.lines[at];
        self.bytes -= weight(&line.shown);
        // Where a file lies that was sent from here, the history does not tell.
        if let (Some(file), Some(before)) = (&mut message.file, &line.shown.file) {
            file.path = file.path.take().or_else(|| before.path.clone());
        }
        if line.shown == message && line.place == place {
            return;
        }
        if line.shown.state != message.state {
            line.reason = None;
        }
        (line.shown, line.laid) = (message, None);
        self.move_to(at, place);
    }

    /// Behind all that stand at the same place.
    fn place(&mut self, line: Line) {
        let at = self.lines.partition_point(|other| other.place <= line.place);
        self.lines.insert(at, line);
    }

    fn move_to(&mut self, at: usize, place: u64) {
        if self.lines[at].place != place
            && let Some(line) = self.lines.remove(at)
        {
            self.place(Line { place, ..line });
        }
    }

    /// The line that is this message already. An id alone does not say so: another sender may use the same one.
    fn find(&self, message: &Shown, place: u64) -> Option<usize> {
        let same = |line: &Line| match message.id {
            Some(_) => line.shown.id == message.id && line.shown.from == message.from,
            None => {
                line.shown.id.is_none()
                    && (line.shown.text == message.text && line.shown.time == message.time)
            }
        };
        let start = self.lines.partition_point(|line| line.place < place);
        let end = self.lines.partition_point(|line| line.place <= place);
        let here = (start..end).find(|at| same(&self.lines[*at]));
        match message.state {
            // One of our own may stand elsewhere, as long as its number was not known.
            Some(_) => here.or_else(|| self.lines.iter().rposition(same)),
            None => here,
        }
    }

    /// A message of ours has come further. `stored`: its number and its time, where they are told. Returns whether
    /// its number is not known although it has one.
    pub(crate) fn state(
        &mut self,
        id: MessageId,
        state: DeliveryState,
        reason: Option<String>,
        stored: Option<(u64, u64)>,
    ) -> bool {
        let ours = |line: &Line| line.shown.id == Some(id) && line.shown.state.is_some();
        let Some(at) = self.lines.iter().rposition(ours) else { return false };
        let newest = self.newest().unwrap_or(0);
        let line = &mut self.lines[at];
        (line.shown.state, line.reason, line.laid) = (Some(state), reason, None);
        if let Some((seq, time)) = stored {
            (line.shown.seq, line.shown.time) = (Some(seq), time);
            self.move_to(at, seq);
            return false;
        }
        let has_number =
            matches!(state, DeliveryState::Stored | DeliveryState::Delivered | DeliveryState::Read);
        let unknown = has_number && line.shown.seq.is_none();
        if unknown && line.place == WAITING {
            self.move_to(at, newest); // what comes now comes after it
        }
        unknown
    }

    /// Changes what is known beside a message.
    pub(crate) fn change(&mut self, id: MessageId, change: impl FnOnce(&mut Line)) {
        if let Some(at) = self.index(id) {
            self.lines[at].laid = None;
            change(&mut self.lines[at]);
        }
    }

    /// Takes a message away.
    pub(crate) fn remove(&mut self, id: MessageId) {
        if let Some(line) = self.index(id).and_then(|at| self.lines.remove(at)) {
            self.bytes -= weight(&line.shown);
        }
    }

    /// Forgets all messages: others, far away, come instead.
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        (self.bytes, self.top, self.below) = (0, None, 0);
        (self.complete, self.at_end, self.asked) = (false, false, true);
        (self.wanted, self.again) = (None, false);
    }

    /// Puts the line `unread` before the last so many messages of others.
    pub(crate) fn mark_unread(&mut self, count: u64) {
        let others = self.lines.iter().rev().filter(|line| is_of_others(&line.shown));
        let last = usize::try_from(count).unwrap_or(usize::MAX);
        self.unread_from = others.take(last).last().and_then(|line| line.shown.seq);
    }

    /// The number before which older messages are to be asked for.
    #[must_use]
    pub fn oldest(&self) -> Option<u64> {
        self.lines.iter().find_map(|line| line.shown.seq)
    }

    /// The number after which newer ones follow.
    #[must_use]
    pub fn newest(&self) -> Option<u64> {
        self.lines.iter().rev().find_map(|line| line.shown.seq)
    }

    /// Keeps what is in memory small.
    fn trim(&mut self, end: End) {
        while self.lines.len() > MOST || (self.bytes > BYTES && self.lines.len() > FEW) {
            let gone = match end {
                End::Oldest => self.lines.pop_front(),
                End::Newest => self.lines.pop_back(),
            };
            match end {
                End::Oldest => self.complete = false,
                End::Newest => self.at_end = false,
            }
            self.bytes -= gone.map_or(0, |gone| weight(&gone.shown));
        }
    }
}

/// One end of what is in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Oldest,
    Newest,
}

/// Whether somebody else has written it.
pub(crate) fn is_of_others(shown: &Shown) -> bool {
    shown.from.is_some() && shown.state.is_none()
}

/// About as many bytes a message takes.
fn weight(shown: &Shown) -> usize {
    shown.text.as_ref().map_or(0, String::len) + size_of::<Line>()
}

/// Behind all that has a number.
const WAITING: u64 = u64::MAX;
/// The most messages of one conversation in memory, and about the most bytes.
const MOST: usize = 2_000;
const BYTES: usize = 8 << 20;
/// So many stay, however long they are: what the screen shows must not go.
const FEW: usize = 100;
