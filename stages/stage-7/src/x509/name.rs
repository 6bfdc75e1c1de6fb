//! The name of a server: what a client calls, and what a certificate vouches for.

use super::CertificateError;
use der::asn1::Ia5String;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use x509_cert::ext::pkix::name::GeneralName;

/// A DNS name in lower case, or an IP address (RFC 9525, section 2).
///
/// There are no wildcards: a certificate names each server in full, and a `*` in one matches nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerName {
    /// `localhost`, `chat.example.org`: letters, digits and hyphens; never a dot at the end.
    Dns(String),
    /// An address, compared byte by byte: no other spelling of it matches.
    Ip(IpAddr),
}

impl ServerName {
    /// Whether this entry of a subjectAltName is this very name (RFC 9525, sections 6.3 and 6.5).
    pub(super) fn is(&self, entry: &GeneralName) -> bool {
        match (self, entry) {
            (Self::Dns(name), GeneralName::DnsName(entry)) => name.eq_ignore_ascii_case(entry.as_ref()),
            (Self::Ip(IpAddr::V4(ip)), GeneralName::IpAddress(entry)) => entry.as_bytes() == ip.octets(),
            (Self::Ip(IpAddr::V6(ip)), GeneralName::IpAddress(entry)) => entry.as_bytes() == ip.octets(),
            _ => false,
        }
    }

    /// The name in this entry of a subjectAltName, if it is one of these two kinds.
    pub(super) fn from_general_name(entry: &GeneralName) -> Option<Self> {
        match entry {
            GeneralName::DnsName(name) => {
                let text: &str = name.as_ref();
                text.parse().ok().filter(|name| matches!(name, Self::Dns(_)))
            }
            GeneralName::IpAddress(bytes) => match bytes.as_bytes() {
                four @ [_, _, _, _] => <[u8; 4]>::try_from(four).ok().map(|ip| Self::Ip(ip.into())),
                other => <[u8; 16]>::try_from(other).ok().map(|ip| Self::Ip(ip.into())),
            },
            _ => None,
        }
    }

    /// The entry of a subjectAltName that says this name.
    pub(super) fn to_general_name(&self) -> der::Result<GeneralName> {
        Ok(match self {
            Self::Dns(name) => GeneralName::DnsName(Ia5String::new(name)?),
            Self::Ip(ip) => GeneralName::from(*ip),
        })
    }
}

impl FromStr for ServerName {
    type Err = CertificateError;

    /// Reads `localhost`, `127.0.0.1`, `::1` or `[::1]`.
    fn from_str(text: &str) -> Result<Self, CertificateError> {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if let Ok(ip) = bare.parse() {
            return Ok(Self::Ip(ip));
        }
        let wrong = |problem| Err(CertificateError::bad_name("server name", text, problem));
        if text.len() > 253 {
            return wrong("is longer than 253 characters");
        }
        let fits = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !text.split('.').all(fits) {
            return wrong("is not made of letters, digits and hyphens between single dots");
        }
        if text.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
            return wrong("ends in a number, as only an address does");
        }
        Ok(Self::Dns(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Ip(ip) => write!(f, "{ip}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_told_apart() {
        assert_eq!("LocalHost".parse(), Ok(ServerName::Dns("localhost".into())));
        assert_eq!("[::1]".parse(), "::1".parse::<ServerName>());
        assert!(matches!("127.0.0.1".parse(), Ok(ServerName::Ip(_))));
        for bad in
            ["", "a..b", "a.", ".a", "-a", "a b", "*.example.org", "256.1.1.1", "a_b", "straße", "a\0b"]
        {
            assert!(bad.parse::<ServerName>().is_err(), "{bad}");
        }
        assert!(format!("{}.a", "a".repeat(64)).parse::<ServerName>().is_err());
    }

    #[test]
    fn only_the_same_kind_and_the_same_name_match() {
        let dns = |name: &str| GeneralName::DnsName(Ia5String::new(name).unwrap());
        let localhost: ServerName = "localhost".parse().unwrap();
        let address: ServerName = "127.0.0.1".parse().unwrap();
        assert!(localhost.is(&dns("LOCALHOST")));
        for other in ["localhost.", "*", "a.localhost", "localhos", "127.0.0.1"] {
            assert!(!localhost.is(&dns(other)) && !address.is(&dns(other)), "{other}");
        }
        assert!(address.is(&address.to_general_name().unwrap()));
        let mapped: ServerName = "::ffff:127.0.0.1".parse().unwrap();
        assert!(!address.is(&mapped.to_general_name().unwrap()));
    }
}
