//! What a profile knows about its server.

use serde::{Deserialize, Serialize};

/// A server: where it is, how it is spoken to, and what proves that it is the right one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Known {
    /// Its name or address: the one that its certificate must be for.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether it is spoken to in TLS.
    #[serde(default)]
    pub tls: bool,
    /// SHA-256 of its CA's certificate in DER, in hexadecimal. None on lessons below 7, which have no CA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_fingerprint: Option<String>,
    /// That certificate as PEM, once it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_certificate: Option<String>,
    /// The access key, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// The user who has logged in last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

impl Known {
    /// The fingerprint of the pinned CA.
    #[must_use]
    pub fn pinned_ca(&self) -> Option<[u8; 32]> {
        self.ca_fingerprint.as_deref().and_then(unhex)?.try_into().ok()
    }

    /// Pins a CA by its fingerprint. A certificate of another CA is forgotten.
    pub fn pin(&mut self, fingerprint: [u8; 32]) {
        if self.pinned_ca() != Some(fingerprint) {
            self.ca_certificate = None;
        }
        self.ca_fingerprint = Some(echo::lab::hex(&fingerprint));
    }

    /// The access key.
    #[must_use]
    pub fn key(&self) -> Option<Vec<u8>> {
        self.access_key.as_deref().and_then(unhex)
    }

    /// As people write it: `host:port`.
    #[must_use]
    pub fn address(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// The rule that a field breaks, if one does.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.ca_fingerprint.is_some() && self.pinned_ca().is_none() {
            return Err("ca_fingerprint must be 64 hexadecimal digits".to_owned());
        }
        if self.access_key.is_some() && self.key().is_none() {
            return Err("access_key must be hexadecimal digits".to_owned());
        }
        Ok(())
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    echo::lab::unhex(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_ca_makes_the_old_certificate_forgotten() {
        let mut known = Known { ca_certificate: Some("PEM".into()), ..Known::default() };
        known.pin([1; 32]);
        assert_eq!(known.ca_certificate, None);
        known.ca_certificate = Some("PEM".into());
        known.pin([1; 32]);
        assert_eq!(known.ca_certificate.as_deref(), Some("PEM"));
        assert_eq!(known.pinned_ca(), Some([1; 32]));
    }

    #[test]
    fn addresses_of_version_6_get_brackets() {
        let known = |host: &str| Known { host: host.into(), port: 1, ..Known::default() }.address();
        assert_eq!((known("::1"), known("localhost")), ("[::1]:1".to_owned(), "localhost:1".to_owned()));
    }
}
