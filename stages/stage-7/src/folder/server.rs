//! The server's folder: what a server needs to prove who it is, made where it is missing.

use super::ca::{key_or_new, make_ca};
use super::{
    CA_KEY, CA_PEM, SERVER_KEY, SERVER_PEM, certificate_if_there, hold, key_if_there, load_certificate,
    system_random,
};
use crate::files::replace;
use crate::rsa::PrivateKey;
use crate::x509::{Ca, Certificate, Profile, Purpose, ServerName, verify_chain};
use echo::lab::Failure;
use rand::Rng;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A server's certificate, the CA's, and the server's key.
#[derive(Debug)]
pub struct ServerFolder {
    ca: Certificate,
    leaf: Certificate,
    key: PrivateKey,
    made: Vec<PathBuf>,
}

impl ServerFolder {
    /// Opens the folder `dir` of a server that is called by any of these names; without any: `localhost`,
    /// 127.0.0.1 and ::1. Makes a CA, a key and a leaf where they are missing. A leaf that is of no use
    /// any more (its time is over or nearly so, it lacks a name, it is not of this CA or for this key) is
    /// renewed with the CA's key.
    ///
    /// Two programs that call this at once get the same files.
    ///
    /// # Errors
    /// A sentence that names the file: one that cannot be read or written, a leaf of no use where there is
    /// no CA key to renew it.
    pub fn open_or_make(dir: &Path, names: &[ServerName]) -> Result<Self, Failure> {
        Self::open_or_make_at(dir, names, None, SystemTime::now(), &mut system_random()?)
    }

    /// The same with the password of the two keys, the time and the randomness given.
    pub fn open_or_make_at(
        dir: &Path,
        names: &[ServerName],
        password: Option<&[u8]>,
        now: SystemTime,
        random: &mut impl Rng,
    ) -> Result<Self, Failure> {
        let names = if names.is_empty() { &this_machine()? } else { names };
        let held = hold(dir)?;
        let path = |name| dir.join(name);
        let all = [CA_PEM, CA_KEY, SERVER_PEM, SERVER_KEY].map(path);
        let missing: Vec<PathBuf> = all.into_iter().filter(|path| !path.exists()).collect();

        // A CA certificate without its key is enough while the leaf is good.
        let (ca, mut signer) = match certificate_if_there(&path(CA_PEM))? {
            Some(certificate) => (certificate, None),
            None => {
                let ca = make_ca(dir, CA_NAME, password, now, random)?;
                (ca.certificate().clone(), Some(ca))
            }
        };
        let key = key_or_new(&path(SERVER_KEY), password, random)?;
        let leaf = match path(SERVER_PEM).exists() {
            true => load_certificate(&path(SERVER_PEM)).and_then(|leaf| {
                is_good(&leaf, &ca, &key, names, now)?;
                Ok(leaf)
            }),
            false => Err(Failure::new(format!("{} is not there", path(SERVER_PEM).display()))),
        };
        let leaf = match leaf {
            Ok(leaf) if !ends_soon(&leaf, now) => Ok(leaf),
            current => {
                if signer.is_none() {
                    signer = renewer(dir, &ca, password, now)?;
                }
                match (signer, current) {
                    (Some(signer), _) => renew(&signer, &key, names, now, random),
                    (None, Ok(leaf)) => Ok(leaf), // it ends soon, but not yet
                    (None, Err(failure)) => Err(Failure::new(format!(
                        "{failure}; to renew it, the CA's key is needed, but {} is not there",
                        path(CA_KEY).display()
                    ))),
                }
            }
        }?;
        let mut made: Vec<PathBuf> = missing.into_iter().filter(|path| path.exists()).collect();
        if certificate_if_there(&path(SERVER_PEM)).ok().flatten().as_ref() != Some(&leaf) {
            replace(&path(SERVER_PEM), &leaf.to_pem())?;
            made.push(path(SERVER_PEM));
        }
        drop(held);
        Ok(Self { ca, leaf, key, made })
    }

    /// The CA's certificate: what clients pin.
    #[must_use]
    pub fn ca(&self) -> &Certificate {
        &self.ca
    }

    /// The server's own certificate.
    #[must_use]
    pub fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// What the server sends: certificates in DER, the leaf first, the CA's last.
    #[must_use]
    pub fn chain(&self) -> Vec<Vec<u8>> {
        vec![self.leaf.der().to_vec(), self.ca.der().to_vec()]
    }

    /// The key of the leaf.
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The files that were made or renewed just now: worth a line in the log each.
    #[must_use]
    pub fn made(&self) -> &[PathBuf] {
        &self.made
    }
}

/// Whether clients will accept this leaf, by whatever name they call.
fn is_good(
    leaf: &Certificate,
    ca: &Certificate,
    key: &PrivateKey,
    names: &[ServerName],
    now: SystemTime,
) -> Result<(), Failure> {
    if leaf.public_key() != key.public() {
        return Err(Failure::new(format!("{SERVER_PEM} is not for the key in {SERVER_KEY}")));
    }
    for name in names {
        let purpose = Purpose::Server { name: name.clone() };
        verify_chain(&[leaf.der(), ca.der()], ca, None, &purpose, now)
            .map_err(|e| Failure::new(format!("{SERVER_PEM} is of no use: {e}")))?;
    }
    Ok(())
}

fn ends_soon(leaf: &Certificate, now: SystemTime) -> bool {
    leaf.validity().1 < now + RENEW_BEFORE
}

/// The CA, if its key is there.
fn renewer(
    dir: &Path,
    certificate: &Certificate,
    password: Option<&[u8]>,
    now: SystemTime,
) -> Result<Option<Ca>, Failure> {
    let Some(key) = key_if_there(&dir.join(CA_KEY), password)? else { return Ok(None) };
    Ca::new(certificate.clone(), key, now)
        .map(Some)
        .map_err(|e| Failure::new(format!("the CA in {} cannot be used: {e}", dir.display())))
}

/// A new leaf for the same key.
fn renew(
    ca: &Ca,
    key: &PrivateKey,
    names: &[ServerName],
    now: SystemTime,
    random: &mut impl Rng,
) -> Result<Certificate, Failure> {
    let profile = Profile::Server { names: names.to_vec() };
    ca.certify(key, &profile, LEAF_LIFE, now, random).map_err(|e| Failure::new(e.to_string()))
}

/// The names under which a server on this machine is called.
fn this_machine() -> Result<Vec<ServerName>, Failure> {
    let names: Result<Vec<ServerName>, _> =
        ["localhost", "127.0.0.1", "::1"].iter().map(|name| name.parse()).collect();
    names.map_err(|e| Failure::new(e.to_string()))
}

const CA_NAME: &str = "uchat course CA";
const LEAF_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 3600);
