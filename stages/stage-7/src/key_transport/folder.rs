//! The exhibit's own certificate: D/transport.pem, with its key in D/transport.key.

use crate::files::replace;
use crate::folder::{CaFolder, ServerFolder, key_or_new, load_certificate, system_random};
use crate::handshake::Identity;
use crate::rsa::PrivateKey;
use crate::x509::{Certificate, Profile, Purpose, ServerName, verify_chain};
use echo::lab::Failure;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A server's certificate for key transport, and its key.
#[derive(Debug)]
pub struct TransportFolder {
    ca: Certificate,
    leaf: Certificate,
    key: PrivateKey,
    made: Vec<PathBuf>,
}

impl TransportFolder {
    /// Opens the folder `dir` of a server that is called by any of these names; without any: `localhost`,
    /// 127.0.0.1 and ::1. What is missing is made, as [`ServerFolder`] does; the CA is the same one.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn open_or_make(dir: &Path, names: &[ServerName], password: Option<&[u8]>) -> Result<Self, Failure> {
        let (now, random) = (SystemTime::now(), &mut system_random()?);
        let server = ServerFolder::open_or_make_at(dir, names, password, now, random)?;
        let names = if names.is_empty() { server.leaf().server_names() } else { names.to_vec() };
        let (certificate_file, key_file) = (dir.join(CERTIFICATE), dir.join(KEY));
        let mut made = server.made().to_vec();

        let new_key = !key_file.exists();
        let key = key_or_new(&key_file, password, random)?;
        if new_key {
            made.push(key_file);
        }
        let ca = server.ca().clone();
        if certificate_file.exists() {
            let leaf = load_certificate(&certificate_file)?;
            if is_good(&leaf, &ca, &key, &names, now) {
                return Ok(Self { ca, leaf, key, made });
            }
        }
        let folder = CaFolder::open(dir, password, now)?;
        let profile = Profile::KeyTransport { names };
        let leaf = folder.ca().certify(&key, &profile, LIFE, now, random);
        let leaf = leaf.map_err(|e| Failure::new(e.to_string()))?;
        replace(&certificate_file, &leaf.to_pem())?;
        made.push(certificate_file);
        Ok(Self { ca, leaf, key, made })
    }

    /// What the server sends, and the key with which it decrypts.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity { chain: vec![self.leaf.der().to_vec(), self.ca.der().to_vec()], key: self.key.clone() }
    }

    /// The CA's certificate.
    #[must_use]
    pub fn ca(&self) -> &Certificate {
        &self.ca
    }

    /// The server's own certificate.
    #[must_use]
    pub fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// The files that were made just now: worth a line in the log each.
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
) -> bool {
    let accepted = |name: &ServerName| {
        let purpose = Purpose::KeyTransport { name: name.clone() };
        verify_chain(&[leaf.der(), ca.der()], ca, None, &purpose, now).is_ok()
    };
    leaf.public_key() == key.public() && names.iter().all(accepted)
}

const CERTIFICATE: &str = "transport.pem";
const KEY: &str = "transport.key";
const LIFE: Duration = Duration::from_secs(365 * 24 * 3600);
