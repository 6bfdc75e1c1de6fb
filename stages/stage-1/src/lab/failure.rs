//! How a program ends when it does not end well: one sentence and an exit status.

use std::fmt;
use std::io;

/// Why a verb ended without success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Exit status 1: the peer, the network or a file failed. One sentence for standard error.
    Failed(String),
    /// Exit status 2: the command line is wrong. One sentence that says what to do instead.
    Usage(String),
    /// Exit status 3: an attack did not reach its goal. It has already said what stopped it.
    Withstood,
}

impl Failure {
    /// A failure of the peer, the network or a file.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self::Failed(sentence.into())
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Withstood => 3,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(sentence) | Self::Usage(sentence) => f.write_str(sentence),
            Self::Withstood => f.write_str("the attack did not reach its goal"),
        }
    }
}

impl std::error::Error for Failure {}

/// What an I/O error means, in words that do not depend on the operating system.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    use io::ErrorKind as Kind;
    match error.kind() {
        _ if error.get_ref().is_some() => error.to_string(), // made by our own code, already a sentence
        _ if timed_out(error) => "the other side stayed silent too long".into(),
        Kind::ConnectionRefused => "nobody listens there".into(),
        Kind::ConnectionReset | Kind::ConnectionAborted => "the other side cut the connection".into(),
        Kind::BrokenPipe => "the other side has already closed".into(),
        Kind::UnexpectedEof => "the other side closed in the middle".into(),
        Kind::AddrInUse => "another program already uses this address".into(),
        Kind::NotFound => "there is no such file".into(),
        Kind::AlreadyExists => "there is such a file already".into(),
        Kind::PermissionDenied => "permission denied".into(),
        Kind::StorageFull => "the disk is full".into(),
        Kind::IsADirectory => "it is a folder".into(),
        _ => error.to_string(),
    }
}

/// Whether a socket's time limit ended the wait; systems disagree on the error kind.
#[must_use]
pub fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}
