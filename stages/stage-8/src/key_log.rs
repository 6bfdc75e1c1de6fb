//! A key log of TLS: stage 7's file, written by rustls (`--key-log`).

use certificates::handshake::key_log;
use echo::lab::Failure;
use rustls::KeyLog;
use std::path::Path;

/// Appends a line for each secret. Whoever has the file can read every connection in it, which is the point; so it
/// is readable by its owner only, and nothing is written unless it is asked for.
#[derive(Debug)]
pub struct KeyLogFile(key_log::KeyLogFile);

impl KeyLogFile {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        key_log::KeyLogFile::open(path).map(Self)
    }
}

impl KeyLog for KeyLogFile {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.0.append(label, client_random, secret);
    }
}
