//! What all runs have in common: random numbers from seeds, and one day on which everything happens. So the pages are
//! the same after every build, until the code is another.

use crate::generated::Problem;
use certificates::handshake::Identity;
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use conn_auth::Key;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

/// Random numbers for a run, the same each time.
pub fn random(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// 1 March 2026, noon (UTC): when certificates begin and handshakes happen.
pub fn day() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOON)
}

/// The same in milliseconds, as the messenger counts time.
pub const MILLISECONDS: u64 = NOON * 1000;
const NOON: u64 = 1_772_366_400;

/// The access key, which the stages call the shared key: stage 2's own.
pub fn access_key() -> Result<Key, Problem> {
    Ok(Key::new(b"Jedan has a big key!")?)
}

/// A CA, a server and a user with certificates of it.
#[derive(Debug)]
pub struct People {
    /// The CA.
    pub ca: Ca,
    /// `localhost`.
    pub server: Identity,
    /// `alice`.
    pub alice: Identity,
}

/// These people; they exist once, for keys are dear.
pub fn people() -> Result<&'static People, Problem> {
    static PEOPLE: OnceLock<Result<People, String>> = OnceLock::new();
    let people = PEOPLE.get_or_init(|| People::new(day()).map_err(|problem| problem.to_string()));
    people.as_ref().map_err(|problem| problem.clone().into())
}

impl People {
    /// Certificates that begin at `time`.
    pub fn new(time: SystemTime) -> Result<Self, Problem> {
        let mut random = random(37); // a seed whose primes are found soon
        let ca =
            Ca::init("The CA of the book", PrivateKey::generate(KEY_BITS, &mut random)?, time, &mut random)?;
        let mut identity = |profile: &Profile| -> Result<Identity, Problem> {
            let key = PrivateKey::generate(KEY_BITS, &mut random)?;
            let leaf = ca.certify(&key, profile, YEARS, time, &mut random)?;
            Ok(Identity { chain: vec![leaf.der().to_vec(), ca.certificate().der().to_vec()], key })
        };
        let server = identity(&Profile::Server { names: vec!["localhost".parse()?] })?;
        let alice = identity(&Profile::User { common_name: "alice".into(), email: None })?;
        Ok(Self { ca, server, alice })
    }
}

const KEY_BITS: u64 = 2048;
/// A year for a leaf, as the programs do it.
const YEARS: Duration = Duration::from_secs(365 * 24 * 3600);
