//! The demo's folder, which is gone when the demo ends: keys and certificates of everybody.

use certificates::files::read_text;
use certificates::folder::{CaFolder, load_certificate, system_random};
use certificates::handshake::Identity;
use certificates::rsa::{PrivateKey, load_key, save_key};
use certificates::x509::{Ca, Certificate, Profile};
use echo::lab::{Failure, io_failure};
use rand::rngs::StdRng;
use std::path::Path;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Result<Self, Failure> {
        tempfile::tempdir().map(Self).map_err(|e| io_failure("cannot make a folder", &e))
    }

    pub(crate) fn random() -> Result<StdRng, Failure> {
        system_random()
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Arguments with the folder in place of `DIR`.
    pub(crate) fn placed(&self, args: &[&str]) -> Vec<String> {
        args.iter().map(|arg| arg.replace("DIR", &self.path().display().to_string())).collect()
    }

    pub(crate) fn read(&self, name: &str) -> Result<String, Failure> {
        read_text(&self.path().join(name))
    }

    pub(crate) fn certificate(&self, name: &str) -> Result<Certificate, Failure> {
        load_certificate(&self.path().join(format!("{name}.pem")))
    }

    /// The CA that the server has made.
    pub(crate) fn ca(&self) -> Result<Ca, Failure> {
        CaFolder::open(self.path(), None, SystemTime::now()).map(|folder| folder.ca().clone())
    }

    /// A user with a certificate of the CA.
    pub(crate) fn make_user(&self, name: &str) -> Result<(), Failure> {
        let mut random = Self::random()?;
        let failed = |error: &dyn std::fmt::Display| {
            Failure::new(format!("cannot make {name}'s certificate: {error}"))
        };
        let key = PrivateKey::generate(KEY_BITS, &mut random).map_err(|e| failed(&e))?;
        let profile = Profile::User { common_name: name.to_owned(), email: None };
        let certificate = self
            .ca()?
            .certify(&key, &profile, DAY, SystemTime::now(), &mut random)
            .map_err(|e| failed(&e))?;
        save_key(&self.path().join(format!("{name}.key")), &key, None, &mut random)?;
        std::fs::write(self.path().join(format!("{name}.pem")), certificate.to_pem()).map_err(|e| failed(&e))
    }

    /// What stage 7 wants to have of somebody in this folder.
    pub(crate) fn identity(&self, name: &str) -> Result<Identity, Failure> {
        let chain =
            [self.certificate(name)?, self.certificate("ca")?].map(|cert| cert.der().to_vec()).to_vec();
        Ok(Identity { chain, key: load_key(&self.path().join(format!("{name}.key")), None)? })
    }
}

const DAY: Duration = Duration::from_secs(24 * 3600);
const KEY_BITS: u64 = 2048;
