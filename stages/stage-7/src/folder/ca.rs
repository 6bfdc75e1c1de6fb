//! The CA's folder: its certificate and key, what it has issued, what it has revoked.

use super::{CA_KEY, CA_PEM, KEY_BITS, certificate_if_there, hold, key_if_there, load_certificate};
use crate::files::{expect_none, read_text, read_text_if_there, replace, write_new};
use crate::rsa::{PrivateKey, load_key, save_key};
use crate::x509::{
    Ca, CaError, Certificate, CertificateRequest, Profile, Revocation, RevocationList, issued_by,
};
use echo::lab::{Failure, hex, io_failure};
use rand::Rng;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A CA with its folder, which no other program changes while this value lives.
#[derive(Debug)]
pub struct CaFolder {
    dir: PathBuf,
    ca: Ca,
    _held: File,
}

impl CaFolder {
    /// Makes a new CA in `dir`. A key that is there already is used; a certificate that is there is never
    /// overwritten.
    pub fn init(
        dir: &Path,
        common_name: &str,
        password: Option<&[u8]>,
        now: SystemTime,
        random: &mut impl Rng,
    ) -> Result<Self, Failure> {
        let held = hold(dir)?;
        expect_none(&dir.join(CA_PEM))?;
        let ca = make_ca(dir, common_name, password, now, random)?;
        Ok(Self { dir: dir.to_owned(), ca, _held: held })
    }

    /// Opens the CA in `dir`, ready to sign.
    pub fn open(dir: &Path, password: Option<&[u8]>, now: SystemTime) -> Result<Self, Failure> {
        let certificate = Self::certificate(dir)?; // before the folder is made by mistake
        let held = hold(dir)?;
        let key = load_key(&dir.join(CA_KEY), password)?;
        let ca = Ca::new(certificate, key, now).map_err(|e| not_usable(dir, &e))?;
        Ok(Self { dir: dir.to_owned(), ca, _held: held })
    }

    /// The CA's certificate; needs no key.
    pub fn certificate(dir: &Path) -> Result<Certificate, Failure> {
        load_certificate(&dir.join(CA_PEM))
    }

    /// The CA itself.
    #[must_use]
    pub fn ca(&self) -> &Ca {
        &self.ca
    }

    /// Grants a request and keeps a copy of the certificate in `issued/`.
    ///
    /// # Errors
    /// Those of [`Ca::sign`], and for a static value S that another user's certificate carries.
    pub fn sign(
        &self,
        request: &CertificateRequest,
        profile: &Profile,
        life: Duration,
        now: SystemTime,
        random: &mut impl Rng,
    ) -> Result<Certificate, Failure> {
        if let (Profile::User { common_name, .. }, Some(s)) = (profile, request.static_value()) {
            let is_taken = |other: &Certificate| {
                other.static_value() == Some(s) && other.common_name().as_ref() != Some(common_name)
            };
            if let Some(other) = Self::issued(&self.dir)?.into_iter().find(is_taken) {
                let sentence = format!("the static value of the request already belongs to {}", other.who());
                return Err(Failure::new(sentence));
            }
        }
        let issued =
            self.ca.sign(request, profile, life, now, random).map_err(|e| Failure::new(e.to_string()))?;
        let folder = self.dir.join(ISSUED);
        fs::create_dir_all(&folder)
            .map_err(|e| io_failure(&format!("cannot make the folder {}", folder.display()), &e))?;
        write_new(&folder.join(format!("{}.pem", hex(issued.serial()))), &issued.to_pem())?;
        Ok(issued)
    }

    /// Everything in `issued/`, the oldest first.
    pub fn issued(dir: &Path) -> Result<Vec<Certificate>, Failure> {
        let folder = dir.join(ISSUED);
        if !folder.try_exists().unwrap_or(true) {
            return Ok(Vec::new());
        }
        let failed = |e| io_failure(&format!("cannot read the folder {}", folder.display()), &e);
        let mut certificates = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == "pem") {
                certificates.push(load_certificate(&path)?);
            }
        }
        certificates.sort_by(|a, b| (a.validity(), a.serial()).cmp(&(b.validity(), b.serial())));
        Ok(certificates)
    }

    /// The CA's revocation list, if it has one, and where it lies.
    pub fn revocation_list(dir: &Path) -> Result<Option<RevocationList>, Failure> {
        let path = dir.join(REVOKED);
        let Some(text) = read_text_if_there(&path)? else { return Ok(None) };
        load_list(&path, &text).map(Some)
    }

    /// Writes a new revocation list with this certificate on it (`None`: with the same entries as before, to
    /// make it current again). Returns its path.
    ///
    /// # Errors
    /// If this CA has not issued the certificate, or it is on the list already; if the list that is there is of
    /// another CA.
    pub fn revoke(
        &self,
        certificate: Option<&Certificate>,
        now: SystemTime,
        random: &mut impl Rng,
    ) -> Result<PathBuf, Failure> {
        let old = Self::revocation_list(&self.dir)?;
        if let Some(list) = &old {
            // What stands on it is signed anew, so it must be our own; it may be out of date.
            list.check_signed_by(self.ca.certificate()).map_err(|e| {
                Failure::new(format!("{} cannot be used: {e}", self.dir.join(REVOKED).display()))
            })?;
        }
        let mut entries: Vec<Revocation> = old.iter().flat_map(RevocationList::entries).collect();
        if let Some(certificate) = certificate {
            let who = certificate.who();
            if certificate == self.ca.certificate() {
                return Err(Failure::new("a CA cannot take itself back: tell everybody to pin another one"));
            }
            issued_by(certificate, self.ca.certificate())
                .map_err(|e| Failure::new(format!("this CA cannot revoke the certificate of {who}: {e}")))?;
            if entries.iter().any(|entry| entry.serial == certificate.serial()) {
                return Err(Failure::new(format!("the certificate of {who} is revoked already")));
            }
            entries.push(Revocation { serial: certificate.serial().to_vec(), since: now });
        }
        let number = old.map_or(0, |list| list.number()).saturating_add(1);
        let list = self
            .ca
            .revocation_list(number, &entries, LIST_LIFE, now, random)
            .map_err(|e| Failure::new(e.to_string()))?;
        let path = self.dir.join(REVOKED);
        replace(&path, &list.to_pem())?;
        Ok(path)
    }
}

/// Reads a revocation list.
///
/// # Errors
/// A sentence that names the file.
pub fn load_revocation_list(path: &Path) -> Result<RevocationList, Failure> {
    load_list(path, &read_text(path)?)
}

fn load_list(path: &Path, text: &str) -> Result<RevocationList, Failure> {
    RevocationList::from_pem(text)
        .map_err(|e| Failure::new(format!("{} cannot be used: {e}", path.display())))
}

/// The CA in a folder that is held: what is there is used, what is missing is made. The key comes first, so
/// that a program that is killed in between leaves nothing that the next one cannot go on from.
pub(super) fn make_ca(
    dir: &Path,
    common_name: &str,
    password: Option<&[u8]>,
    now: SystemTime,
    random: &mut impl Rng,
) -> Result<Ca, Failure> {
    let key = key_or_new(&dir.join(CA_KEY), password, random)?;
    let path = dir.join(CA_PEM);
    if let Some(certificate) = certificate_if_there(&path)? {
        return Ca::new(certificate, key, now).map_err(|e| not_usable(dir, &e));
    }
    let ca = Ca::init(common_name, key, now, random).map_err(|e| Failure::new(e.to_string()))?;
    write_new(&path, &ca.certificate().to_pem())?;
    Ok(ca)
}

/// The key in this file; if there is no such file, a new one, which is written there.
pub fn key_or_new(
    path: &Path,
    password: Option<&[u8]>,
    random: &mut impl Rng,
) -> Result<PrivateKey, Failure> {
    if let Some(key) = key_if_there(path, password)? {
        return Ok(key);
    }
    let key = PrivateKey::generate(KEY_BITS, random)
        .map_err(|e| Failure::new(format!("cannot make a key for {}: {e}", path.display())))?;
    save_key(path, &key, password, random)?;
    Ok(key)
}

fn not_usable(dir: &Path, error: &CaError) -> Failure {
    Failure::new(format!("the CA in {} cannot be used: {error}", dir.display()))
}

const ISSUED: &str = "issued";
const REVOKED: &str = "revoked.crl";
/// A list that is older than this is not believed any more.
const LIST_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
