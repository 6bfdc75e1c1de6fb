//! Passwords, as Argon2id hashes in PHC strings (RFC 9106).
//!
//! A hash takes 19 MiB and tens of milliseconds, on purpose. So at most two are made at once, on threads of their own, and
//! only so many may wait: a storm of log-ins holds up other log-ins, and no chat. Each thread keeps the memory of its
//! last hash for the next: glibc does not use so large and aligned a piece again when it is freed, and would take
//! hundreds of MiB.

use crate::handler::Failure;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, CustomizedPasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Block, Params, RECOMMENDED_SALT_LEN, Version};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tokio::sync::oneshot;
use uchat_protocol::{Code, Refusal};
use zeroize::Zeroizing;

/// The place where passwords are hashed.
#[derive(Debug)]
pub(crate) struct Passwords {
    work: mpsc::Sender<Work>,
    waiting: AtomicUsize,
    /// The hash of a password that nobody knows: what an unknown name is checked against.
    nobody: Arc<str>,
}

/// A hash to be made.
type Work = Box<dyn FnOnce(&Memory) + Send>;

/// What hashes are made in, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Memory(RefCell<Vec<Block>>);

/// What came of a check.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Whether the password is right.
    pub(crate) is_right: bool,
    /// If it is, and its hash was made with other parameters than today's: a new one.
    pub(crate) renewed: Option<String>,
}

impl Passwords {
    /// Starts the threads, and makes the hash for unknown names.
    ///
    /// # Errors
    /// If the operating system has no randomness, or no threads.
    pub(crate) fn new() -> Result<Self, Failure> {
        let secret = conn_auth::random::<32>().map_err(|error| Failure::Damaged(error.to_string()))?;
        let (sender, receiver) = mpsc::channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..AT_ONCE {
            let receiver = Arc::clone(&receiver);
            std::thread::Builder::new().name("passwords".to_owned()).spawn(move || run(&receiver))?;
        }
        Ok(Self {
            work: sender,
            waiting: AtomicUsize::new(0),
            nobody: hash(&Memory::default(), &secret)?.into(),
        })
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// [`TooManyRequests`](Code::TooManyRequests) if too many wait already.
    pub(crate) async fn hash(&self, password: Zeroizing<String>) -> Result<String, Failure> {
        self.in_turn(move |memory| hash(memory, password.as_bytes())).await?
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
        let checked = self.in_turn(move |memory| check(memory, password.as_bytes(), &stored)).await??;
        Ok(Checked { is_right: checked.is_right && exists, ..checked })
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Memory) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let place = Place::enter(&self.waiting)?;
        let (give, result) = oneshot::channel();
        let work = move |memory: &Memory| {
            // Whoever has given up has made room already, and needs no hash.
            if !give.is_closed() {
                drop(give.send(work(memory)));
            }
        };
        let failed = || Failure::Damaged("a password could not be hashed".to_owned());
        self.work.send(Box::new(work)).map_err(|_| failed())?;
        let result = result.await.map_err(|_| failed());
        drop(place);
        result
    }
}

/// Makes one hash after the other until nobody can ask for any more.
fn run(work: &Mutex<mpsc::Receiver<Work>>) {
    let memory = Memory::default();
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(next) = next else { return };
        // Who waits for it is told by the channel that it drops; the next one needs this thread.
        if catch_unwind(AssertUnwindSafe(|| next(&memory))).is_err() {
            tracing::error!("a hash has ended with a panic");
        }
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

pub(crate) fn hash(memory: &Memory, password: &[u8]) -> Result<String, Failure> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(not_hashed)?;
    let salt = conn_auth::random::<RECOMMENDED_SALT_LEN>().map_err(not_hashed)?;
    Ok(memory.hash_password_with_params(password, &salt, params).map_err(not_hashed)?.to_string())
}

fn check(memory: &Memory, password: &[u8], stored: &str) -> Result<Checked, Failure> {
    let parsed = PasswordHash::new(stored).map_err(not_hashed)?;
    let is_right = memory.verify_password(password, &parsed).is_ok();
    let is_current = parsed.algorithm.as_str() == Algorithm::Argon2id.as_str()
        && Params::try_from(&parsed).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY, PASSES, LANES)
        });
    let renewed = if is_right && !is_current { Some(hash(memory, password)?) } else { None };
    Ok(Checked { is_right, renewed })
}

/// As the library's own, but for the memory. Its check of a password, in constant time, is built upon this.
impl CustomizedPasswordHasher<PasswordHash> for Memory {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map_or(Ok(Algorithm::default()), Algorithm::try_from)?;
        let version = version.map_or(Ok(Version::default()), Version::try_from)?;
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..length).ok_or(password_hash::Error::OutputSize)?;
        let mut blocks = self.0.borrow_mut();
        if blocks.len() < params.block_count() {
            blocks.resize(params.block_count(), Block::new());
        }
        let argon2 = Argon2::new(algorithm, version, params.clone());
        argon2.hash_password_into_with_memory(password, salt, output, &mut blocks[..])?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(output)?),
        })
    }
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
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails here has failed")]
    use super::*;
    use argon2::password_hash::PasswordHasher;

    #[tokio::test]
    async fn only_so_many_wait_for_a_hash_and_whoever_gives_up_makes_room() {
        let passwords = Arc::new(Passwords::new().unwrap());
        // Both threads are busy, so that all wait.
        let (release, busy) = mpsc::channel::<()>();
        let busy = Arc::new(Mutex::new(busy));
        for _ in 0..AT_ONCE {
            let busy = Arc::clone(&busy);
            let wait = move |_: &Memory| busy.lock().unwrap().recv().unwrap_or_default();
            passwords.work.send(Box::new(wait)).unwrap();
        }
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
        for gives_up in waiting {
            gives_up.abort();
            assert!(gives_up.await.unwrap_err().is_cancelled());
        }
        assert_eq!(passwords.waiting.load(Ordering::Relaxed), 1);
        drop(release);
        assert!(last.await.unwrap().is_ok());
        assert_eq!(passwords.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_panic_ends_no_thread() {
        let passwords = Passwords::new().unwrap();
        for _ in 0..2 * AT_ONCE {
            assert!(passwords.in_turn(|_| panic!("on purpose")).await.is_err());
        }
        assert!(passwords.hash(Zeroizing::new("correct horse".to_owned())).await.is_ok());
    }

    #[test]
    fn a_hash_is_checked_and_one_with_older_parameters_is_renewed() {
        let memory = Memory::default();
        let check = |password: &[u8], stored: &str| check(&memory, password, stored);
        let stored = hash(&memory, b"correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let right = check(b"correct horse", &stored).unwrap();
        assert!(right.is_right && right.renewed.is_none());
        assert!(!check(b"wrong", &stored).unwrap().is_right);
        let parsed = PasswordHash::new(&stored).unwrap();
        assert!(Argon2::default().verify_password(b"correct horse", &parsed).is_ok(), "as the library does");
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let old = old.hash_password(b"correct horse").unwrap().to_string();
        let renewed = check(b"correct horse", &old).unwrap().renewed.unwrap();
        assert!(check(b"correct horse", &renewed).unwrap().is_right);
        assert!(
            check(b"wrong", &old).unwrap().renewed.is_none(),
            "only who knows the password gets a new hash"
        );
    }

    #[test]
    fn one_hash_after_the_other_takes_the_same_memory() {
        let memory = Memory::default();
        let first = hash(&memory, b"correct horse").unwrap();
        let place = memory.0.borrow().as_ptr();
        assert_ne!(hash(&memory, b"correct horse").unwrap(), first, "the salt is another");
        assert_eq!((memory.0.borrow().as_ptr(), memory.0.borrow().len()), (place, MEMORY as usize));
    }
}
