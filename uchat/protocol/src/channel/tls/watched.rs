//! What travels inside TLS, kept for a program that shows it: records, and the messages that were in them.

use crate::channel::straight::ends_whole;
use crate::limits;
use certificates::{Carried, Watch, Went};
use std::collections::VecDeque;

/// Records of the other side until a message ends with one, and the watch they go to.
#[derive(Debug, Default)]
pub(super) struct Watched {
    watch: Watch,
    wire: Vec<u8>,
    text: Vec<u8>,
}

impl Watched {
    pub(super) fn set(&mut self, on: bool) {
        *self = Self::default();
        self.watch.set(on);
    }

    pub(super) fn is_on(&self) -> bool {
        self.watch.is_on()
    }

    pub(super) fn take(&mut self) -> VecDeque<Carried> {
        self.watch.take()
    }

    /// These messages left in these records.
    pub(super) fn sent(&mut self, wire: &[u8], text: Vec<u8>) {
        if self.is_on() {
            self.watch.keep(Carried { went: Went::Out, sequence: None, wire: wire.to_vec(), text });
        }
    }

    /// These bytes have come.
    pub(super) fn wire(&mut self, bytes: &[u8]) {
        self.wire.extend_from_slice(bytes);
    }

    /// This was in them.
    pub(super) fn text(&mut self, text: &[u8]) {
        if self.is_on() {
            self.text.extend_from_slice(text);
        }
    }

    /// A record ends. `open`: it is one with messages.
    pub(super) fn record_ends(&mut self, open: bool) {
        let whole = !self.text.is_empty() && ends_whole(&self.text);
        if open && whole {
            let (wire, text) = (std::mem::take(&mut self.wire), std::mem::take(&mut self.text));
            self.watch.keep(Carried { went: Went::In, sequence: None, wire, text });
        } else if !open || self.text.is_empty() || self.text.len() > 2 * limits::MESSAGE {
            self.wire.clear();
            self.text.clear();
        }
    }
}
