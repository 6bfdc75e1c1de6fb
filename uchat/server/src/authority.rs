//! The server's CA, as far as handlers need it: it certifies its own users.

use certificates::folder::{CaFolder, system_random};
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, CaError, Certificate, CertificateRequest, Profile};
use echo::lab::Failure;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The CA that signs the certificates of this server's users.
#[derive(Debug)]
pub struct Authority {
    ca: Ca,
}

/// Why a user's request is not granted.
#[derive(Debug, thiserror::Error)]
pub enum CertifyError {
    /// The request is at fault.
    #[error(transparent)]
    Request(#[from] CaError),
    /// The server is.
    #[error("{0}")]
    Server(String),
}

impl Authority {
    /// The CA of this certificate and key.
    ///
    /// # Errors
    /// If they do not belong together, or the certificate may not sign others now.
    pub fn new(certificate: Certificate, key: PrivateKey, now: SystemTime) -> Result<Self, CaError> {
        Ok(Self { ca: Ca::new(certificate, key, now)? })
    }

    /// The CA in this folder.
    ///
    /// # Errors
    /// A sentence that names the file that cannot be used.
    pub fn open(folder: &Path, now: SystemTime) -> Result<Self, Failure> {
        Ok(Self { ca: CaFolder::open(folder, None, now)?.ca().clone() })
    }

    /// The CA's certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        self.ca.certificate()
    }

    /// A certificate for a user, for one year. From the request come only the public key and S; the subject is
    /// the name of the account, and the e-mail address is the account's. That no other user has this S is for
    /// the caller to check.
    ///
    /// # Errors
    /// If the requester does not prove to have the private key, S is no square, or the name cannot stand in a
    /// certificate.
    pub fn certify_user(
        &self,
        request: &CertificateRequest,
        user_name: &str,
        email: &str,
        now: SystemTime,
    ) -> Result<Certificate, CertifyError> {
        let profile = Profile::User {
            common_name: user_name.to_owned(),
            email: (!email.is_empty()).then(|| email.to_owned()),
        };
        let mut random = system_random().map_err(|error| CertifyError::Server(error.to_string()))?;
        Ok(self.ca.sign(request, &profile, USER_LIFE, now, &mut random)?)
    }
}

/// How long a user's certificate is good.
const USER_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);
