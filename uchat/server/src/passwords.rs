//! Passwords, as Argon2id hashes in PHC strings (RFC 9106).
//!
//! A hash takes 19 MiB and tens of milliseconds, on purpose. So at most two are made at once, on threads of
//! their own, and only so many may wait: a storm of log-ins holds up other log-ins, and no chat.

use crate::handler::Failure;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use uchat_protocol::{Code, Refusal};
use zeroize::Zeroizing;

/// The place where passwords are hashed.
#[derive(Debug)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// The hash of a password that nobody knows: what an unknown name is checked against.
    nobody: Arc<str>,
}

/// What came of a check.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Whether the password is right.
    pub(crate) is_right: bool,
    /// If it is, and its hash was made with other parameters than today's: a new one.
    pub(crate) renewed: Option<String>,
}

impl Passwords {
    /// Makes the hash for unknown names.
    ///
    /// # Errors
    /// If the operating system has no randomness.
    pub(crate) fn new() -> Result<Self, Failure> {
        let secret = conn_auth::random::<32>().map_err(|error| Failure::Damaged(error.to_string()))?;
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: AtomicUsize::new(0),
            nobody: hash(&secret)?.into(),
        })
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// [`TooManyRequests`](Code::TooManyRequests) if too many wait already.
    pub(crate) async fn hash(&self, password: Zeroizing<String>) -> Result<String, Failure> {
        self.in_turn(move || hash(password.as_bytes())).await?
    }

    /// Whether this is the password that `stored` is the hash of. `None` takes as long, and is never right.
    ///
    /// # Errors
    /// [`TooManyRequests`](Code::TooManyRequests) if too many wait already; that `stored` is no hash.
    pub(crate) async fn check(
        &self,
        password: Zeroizing<String>,
        stored: Option<String>,
    ) -> Result<Checked, Failure> {
        let exists = stored.is_some();
        let stored: Arc<str> = stored.map_or_else(|| Arc::clone(&self.nobody), Into::into);
        let checked = self.in_turn(move || check(password.as_bytes(), &stored)).await??;
        Ok(Checked { is_right: checked.is_right && exists, ..checked })
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let place = Place::enter(&self.waiting)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn); // also if nobody waits for the result any more, no sooner
            result
        });
        let result = done.await.map_err(|error| Failure::Damaged(error.to_string()));
        drop(place);
        result
    }
}

/// A place among those that wait or are worked on.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn enter(waiting: &'a AtomicUsize) -> Result<Self, Refusal> {
        if waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            waiting.fetch_sub(1, Ordering::Relaxed);
            let text =
                format!("{MOST_WAITING} log-ins and sign-ups wait already; try again in a few seconds");
            return Err(Refusal::because(Code::TooManyRequests, text).retry_after(RETRY));
        }
        Ok(Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(crate) fn hash(password: &[u8]) -> Result<String, Failure> {
    let hash = hasher()?.hash_password(password).map_err(not_hashed)?;
    Ok(hash.to_string())
}

fn check(password: &[u8], stored: &str) -> Result<Checked, Failure> {
    let parsed = PasswordHash::new(stored).map_err(not_hashed)?;
    let is_right = Argon2::default().verify_password(password, &parsed).is_ok();
    let is_current = parsed.algorithm.as_str() == Algorithm::Argon2id.as_str()
        && Params::try_from(&parsed).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY, PASSES, LANES)
        });
    let renewed = if is_right && !is_current { Some(hash(password)?) } else { None };
    Ok(Checked { is_right, renewed })
}

fn hasher() -> Result<Argon2<'static>, Failure> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(not_hashed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn not_hashed(error: impl std::fmt::Display) -> Failure {
    Failure::Damaged(format!("a password cannot be hashed: {error}"))
}

/// KiB. These three are the first choice of OWASP's Password Storage Cheat Sheet for Argon2id.
const MEMORY: u32 = 19 << 10;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes at once.
const AT_ONCE: usize = 2;
/// Hashes that are made or wait.
const MOST_WAITING: usize = 64;
/// Milliseconds.
const RETRY: u64 = 3_000;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    #[tokio::test]
    async fn only_so_many_wait_for_a_hash_and_whoever_gives_up_makes_room() {
        let passwords = Arc::new(Passwords::new().unwrap());
        // Nobody gets a turn, so that all wait.
        let turns = Arc::clone(&passwords.turns).acquire_many_owned(AT_ONCE as u32).await.unwrap();
        let wait = |_| {
            let passwords = Arc::clone(&passwords);
            tokio::spawn(async move { passwords.hash(Zeroizing::new("correct horse".to_owned())).await })
        };
        let mut waiting: Vec<_> = (0..MOST_WAITING).map(wait).collect();
        while passwords.waiting.load(Ordering::Relaxed) < MOST_WAITING {
            tokio::task::yield_now().await;
        }
        let refused = passwords.check(Zeroizing::new("correct horse".to_owned()), None).await.unwrap_err();
        let Failure::Refused(refusal) = refused else { unreachable!("{refused}") };
        assert_eq!((refusal.code, refusal.retry_after), (Code::TooManyRequests, Some(RETRY)));
        let last = waiting.pop().unwrap();
        for gives_up in &waiting {
            gives_up.abort();
        }
        drop(turns);
        assert!(last.await.unwrap().is_ok());
        assert_eq!(passwords.waiting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_hash_is_checked_and_one_with_older_parameters_is_renewed() {
        let stored = hash(b"correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let right = check(b"correct horse", &stored).unwrap();
        assert!(right.is_right && right.renewed.is_none());
        assert!(!check(b"wrong", &stored).unwrap().is_right);
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let old = old.hash_password(b"correct horse").unwrap().to_string();
        let renewed = check(b"correct horse", &old).unwrap().renewed.unwrap();
        assert!(check(b"correct horse", &renewed).unwrap().is_right);
        assert!(
            check(b"wrong", &old).unwrap().renewed.is_none(),
            "only who knows the password gets a new hash"
        );
    }
}
