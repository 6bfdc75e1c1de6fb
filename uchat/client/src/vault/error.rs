//! What can go wrong in the vault: refusals, which people can do something about, and failures.

use crate::core::WhyNot;
use framing::{EncodeError, MappingError};
use std::path::PathBuf;
use uchat_protocol::content::LetterError;
use uchat_protocol::e2e::{KeyFileError, OwnKeyError, StoredError};
use uchat_protocol::{Code, Refusal};

/// The vault cannot be opened, or fails at its work.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A file of the profile.
    #[error("{}: {}", path.display(), echo::lab::reason(error))]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The database is of a newer program.
    #[error("the history is of version {version}, and this program knows only {known}; use a newer uchat")]
    Newer {
        /// The database's.
        version: usize,
        /// Ours.
        known: usize,
    },
    /// SQLite.
    #[error("the history: {0}")]
    Database(#[from] rusqlite::Error),
    /// The CA's certificate cannot be read.
    #[error("the CA's certificate cannot be used: {0}")]
    Ca(certificates::x509::CertificateError),
    /// There is no randomness.
    #[error("{0}")]
    Random(echo::lab::Failure),
    /// There is no thread.
    #[error("the system gives no thread: {0}")]
    Thread(std::io::Error),
    /// Something in the database is not what we have written.
    #[error("the history is damaged: {0}")]
    Damaged(String),
    /// Something of our own cannot be written.
    #[error("{0}")]
    Unwritable(String),
    /// The key file.
    #[error("{0}")]
    Keys(#[from] KeyFileError),
}

/// Why an effect is not done: nothing of it stays.
#[derive(Debug)]
pub(super) enum Stop {
    /// People can do something about it.
    Refused(Refusal),
    /// Nobody expected it.
    Failed(VaultError),
}

impl Stop {
    /// For the one who has asked.
    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Failed(error) => {
                tracing::error!(%error, "the vault cannot do it");
                let full = matches!(&error, VaultError::Database(e)
                    if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull));
                let code = if full { Code::NoSpace } else { Code::ClientError };
                Refusal::because(code, error.to_string())
            }
        }
    }
}

impl From<Stop> for WhyNot {
    fn from(stop: Stop) -> Self {
        let refusal = stop.refusal();
        Self::Refused(refusal.code, refusal.text)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

macro_rules! failures {
    ($($type:ty => $make:expr,)*) => {$(
        impl From<$type> for Stop {
            fn from(error: $type) -> Self {
                Self::Failed($make(error))
            }
        }
    )*};
}

failures! {
    VaultError => std::convert::identity,
    rusqlite::Error => VaultError::Database,
    StoredError => |error: StoredError| VaultError::Damaged(error.to_string()),
    MappingError => |error: MappingError| VaultError::Unwritable(error.to_string()),
    EncodeError => |error: EncodeError| VaultError::Unwritable(error.to_string()),
    LetterError => |error: LetterError| VaultError::Unwritable(error.to_string()),
    OwnKeyError => |error: OwnKeyError| VaultError::Unwritable(error.to_string()),
}
