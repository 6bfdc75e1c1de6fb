//! Secrets out through a named hook: how a recorded session is opened in the lab, and nowhere else.

use super::schedule::Secret;
use echo::lab::{Failure, hex, io_failure, log, unhex};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Gets every traffic secret of a handshake. A configuration without one tells its secrets to nobody.
pub trait KeyLog: fmt::Debug + Send + Sync {
    /// `label` says which secret, `client_random` of which connection.
    fn log(&self, label: &str, client_random: &[u8; 32], secret: &Secret);
}

/// The labels, those that browsers write for TLS 1.3 (draft-ietf-tls-keylogfile): client and server, handshake
/// then application.
pub const LABELS: [&str; 4] = [
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
];

/// Appends each secret to a file as a line `LABEL client_random secret`, in hexadecimal digits: the format that
/// browsers write for `SSLKEYLOGFILE`.
///
/// Whoever reads this file reads every connection in it. It is for the lab.
#[derive(Debug)]
pub struct KeyLogFile(Mutex<File>);

impl KeyLogFile {
    /// Appends to this file; a new one may be read by its owner only.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(path)
            .map_err(|e| io_failure(&format!("cannot open the key log {}", path.display()), &e))?;
        Ok(Self(Mutex::new(file)))
    }

    /// Writes one line.
    pub fn append(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex(client_random), hex(secret));
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(line.as_bytes()) {
            log(format_args!("the key log cannot be written: {error}")); // the connection itself goes on
        }
    }
}

impl KeyLog for KeyLogFile {
    fn log(&self, label: &str, client_random: &[u8; 32], secret: &Secret) {
        self.append(label, client_random, secret.bytes());
    }
}

/// One line of such a file.
#[derive(Debug, Clone)]
pub struct LoggedSecret {
    /// Its place in [`LABELS`].
    pub label: usize,
    /// The connection it belongs to.
    pub client_random: [u8; 32],
    /// The secret.
    pub secret: Secret,
}

/// The secrets in the text of a key log; lines of other kinds are left out.
#[must_use]
pub fn read_key_log(text: &str) -> Vec<LoggedSecret> {
    text.lines().filter_map(read_line).collect()
}

fn read_line(line: &str) -> Option<LoggedSecret> {
    let [label, client_random, secret] = line.split_whitespace().collect::<Vec<_>>().try_into().ok()?;
    let bytes = |digits| <[u8; 32]>::try_from(unhex(digits)?).ok();
    Some(LoggedSecret {
        label: LABELS.iter().position(|known| *known == label)?,
        client_random: bytes(client_random)?,
        secret: bytes(secret)?.into(),
    })
}
