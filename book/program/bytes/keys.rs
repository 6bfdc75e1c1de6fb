//! A key log in memory, for stage 7 and for rustls: both write the same lines.

use certificates::handshake::key_log;
use certificates::handshake::schedule::Secret;
use echo::lab::hex;
use std::sync::{Mutex, PoisonError};

/// The lines so far.
#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<String>);

impl Keys {
    /// All lines, as they would stand in the file.
    pub(super) fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn append(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex(client_random), hex(secret));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(&line);
    }
}

impl key_log::KeyLog for Keys {
    fn log(&self, label: &str, client_random: &[u8; 32], secret: &Secret) {
        self.append(label, client_random, secret.bytes());
    }
}

impl rustls::KeyLog for Keys {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.append(label, client_random, secret);
    }
}
