//! Certificates that no client should accept, made to see that none does.

use certificates::rsa::{PrivateKey, save_key};
use certificates::x509::{Ca, Certificate, Profile, ServerName};
use echo::lab::{Failure, io_failure};
use rand::Rng;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A certificate with one fault, and nothing else wrong with it.
#[derive(Debug)]
pub struct Unfit {
    /// What is wrong, in the words with which the client's sentence about it begins.
    pub fault: &'static str,
    /// The chain that a server would send.
    pub cert: PathBuf,
    /// The leaf's key.
    pub key: PathBuf,
}

/// Makes one of each kind in `dir`, for the host localhost: of `ca`, but for another host, expired, not yet
/// valid, or for a client; of another CA; and of nobody but itself.
pub fn make_unfit(
    dir: &Path,
    ca: &Ca,
    random: &mut impl Rng,
    now: SystemTime,
) -> Result<Vec<Unfit>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("cannot make a certificate: {error}"));
    let key = PrivateKey::generate(KEY_BITS, random).map_err(|e| failed(&e))?;
    let key_path = dir.join("unfit.key");
    save_key(&key_path, &key, None, random)?;

    let server = |name: &str| -> Result<Profile, Failure> {
        let name: ServerName = name.parse().map_err(|e| failed(&e))?;
        Ok(Profile::Server { names: vec![name] })
    };
    let user = Profile::User { common_name: "localhost".into(), email: None };
    let mut leaf = |ca: &Ca, profile: &Profile, begins: SystemTime| {
        ca.certify(&key, profile, DAY, begins, random).map_err(|e| failed(&e))
    };
    let good = server("localhost")?;
    let wrong_host = leaf(ca, &server("bank.example")?, now)?;
    let expired = leaf(ca, &good, now - 2 * DAY)?;
    let early = leaf(ca, &good, now + 2 * DAY)?;
    let wrong_usage = leaf(ca, &user, now)?;
    // The name of a CA says nothing about its key: an impostor calls itself as it likes.
    let other = Ca::init("another CA", key.clone(), now, random).map_err(|e| failed(&e))?;
    let unknown = other.certify(&key, &good, DAY, now, random).map_err(|e| failed(&e))?;
    let itself = Ca::init("localhost", key.clone(), now, random).map_err(|e| failed(&e))?;

    let mut made = Vec::new();
    for (fault, file, leaf, issuer) in [
        ("wrong host", "wrong-host.pem", wrong_host, Some(ca)),
        ("expired", "expired.pem", expired, Some(ca)),
        ("not yet valid", "early.pem", early, Some(ca)),
        ("wrong usage", "wrong-usage.pem", wrong_usage, Some(ca)),
        ("unknown CA", "unknown-ca.pem", unknown, Some(&other)),
        ("self-signed", "self-signed.pem", itself.certificate().clone(), None),
    ] {
        let cert = dir.join(file);
        let chain = [Some(&leaf), issuer.map(Ca::certificate)].into_iter().flatten();
        let pem: String = chain.map(Certificate::to_pem).collect();
        std::fs::write(&cert, pem)
            .map_err(|e| io_failure(&format!("cannot write {}", cert.display()), &e))?;
        made.push(Unfit { fault, cert, key: key_path.clone() });
    }
    Ok(made)
}

const DAY: Duration = Duration::from_secs(24 * 3600);
const KEY_BITS: u64 = 2048;
