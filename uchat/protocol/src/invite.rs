//! The invite: one string that gives a newcomer the address, pins the CA and proves membership.
//!
//! ```text
//! uchat://host:port/?ca=<SHA-256 of the CA's certificate, 64 hexadecimal digits>[&key=<access key, base64url>][&t=tls]
//! ```
//!
//! An invite is a secret as the access key in it is: it belongs into no log and no command line.

use crate::channel::Transport;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use certificates::x509::ServerName;
use echo::lab::{hex, unhex};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An invite.
#[derive(Clone, PartialEq, Eq)]
pub struct Invite {
    /// The server's name or address, in lower case; an IPv6 address without brackets.
    pub host: String,
    /// Its port; never 0.
    pub port: u16,
    /// SHA-256 of the CA's certificate in DER.
    pub ca: [u8; 32],
    /// The access key, if the server wants one; never empty.
    pub access_key: Option<Vec<u8>>,
    /// [`Signed`](Transport::Signed) or [`Tls`](Transport::Tls): there are no invites to lessons.
    pub transport: Transport,
}

/// What is wrong with an invite. No text of the invite is repeated: it may hold the access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// More than 4 KiB.
    #[error("this is too long for an invite; copy only the line that begins with uchat://")]
    TooLong,
    /// It does not begin as an invite does.
    #[error("an invite begins with uchat://; copy the whole line")]
    Scheme,
    /// There is no `/?` after the address.
    #[error("the invite ends after its address; copy the whole line, up to the end")]
    CutOff,
    /// The host is no name and no address.
    #[error(
        "the host in the invite is neither a name such as chat.example.org nor an address such as 192.0.2.1 or [2001:db8::1]"
    )]
    Host,
    /// The port is missing or no port.
    #[error(
        "the port in the invite is missing or wrong; after the host stands : and a number from 1 to 65535"
    )]
    Port,
    /// `ca` is missing.
    #[error("the invite names no CA (ca=…); copy the whole line, or ask for a new invite")]
    NoCa,
    /// `ca` is no fingerprint.
    #[error("the CA's fingerprint in the invite (ca=…) is not 64 hexadecimal digits; copy the whole line")]
    Ca,
    /// `key` is no key.
    #[error("the access key in the invite (key=…) cannot be read; copy the whole line")]
    Key,
    /// `t` is something else than `tls`.
    #[error(
        "the invite asks for a transport (t=…) that this program does not know; it may be too old, update it"
    )]
    Transport,
    /// The same part twice.
    #[error("a part of the invite stands there twice; ask for a new one")]
    Twice,
    /// A part that we do not know.
    #[error("the invite has a part that this program does not know; it may be too old, update it")]
    Unknown,
}

impl FromStr for Invite {
    type Err = InviteError;

    /// Reads an invite; white space around it is not a part of it.
    fn from_str(text: &str) -> Result<Self, InviteError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(InviteError::TooLong);
        }
        let (scheme, rest) = text.split_at_checked(SCHEME.len()).ok_or(InviteError::Scheme)?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(InviteError::Scheme);
        }
        let (address, query) = rest.split_once("/?").ok_or(InviteError::CutOff)?;
        let (host, port) = read_address(address)?;
        let parts = Parts::read(query)?;
        let ca = unhex(parts.ca.ok_or(InviteError::NoCa)?).and_then(|ca| ca.try_into().ok());
        Ok(Self {
            host,
            port,
            ca: ca.ok_or(InviteError::Ca)?,
            access_key: parts.key.map(read_key).transpose()?,
            transport: match parts.t {
                None => Transport::Signed,
                Some("tls") => Transport::Tls,
                Some(_) => return Err(InviteError::Transport),
            },
        })
    }
}

/// Host and port: the port stands after the last colon, an IPv6 address in brackets.
fn read_address(address: &str) -> Result<(String, u16), InviteError> {
    let (host, port) = address.rsplit_once(':').ok_or(InviteError::Port)?;
    let name: ServerName = host.parse().map_err(|_| InviteError::Host)?;
    // Without brackets the last group of an IPv6 address could pass for the port.
    if matches!(name, ServerName::Ip(IpAddr::V6(_))) != host.starts_with('[') {
        return Err(InviteError::Host);
    }
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse() {
        Ok(port) if digits && port != 0 => Ok((name.to_string(), port)),
        _ => Err(InviteError::Port),
    }
}

fn read_key(text: &str) -> Result<Vec<u8>, InviteError> {
    match URL_SAFE_NO_PAD.decode(text) {
        Ok(key) if !key.is_empty() => Ok(key),
        _ => Err(InviteError::Key),
    }
}

/// What stands after the question mark.
#[derive(Default)]
struct Parts<'a> {
    ca: Option<&'a str>,
    key: Option<&'a str>,
    t: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn read(query: &'a str) -> Result<Self, InviteError> {
        let mut parts = Self::default();
        for part in query.split('&') {
            let (name, value) = part.split_once('=').ok_or(InviteError::Unknown)?;
            let place = match name {
                "ca" => &mut parts.ca,
                "key" => &mut parts.key,
                "t" => &mut parts.t,
                _ => return Err(InviteError::Unknown),
            };
            if place.replace(value).is_some() {
                return Err(InviteError::Twice);
            }
        }
        Ok(parts)
    }
}

impl fmt::Display for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{SCHEME}{open}{}{close}:{}/?ca={}", self.host, self.port, hex(&self.ca))?;
        if let Some(key) = &self.access_key {
            write!(f, "&key={}", URL_SAFE_NO_PAD.encode(key))?;
        }
        if self.transport == Transport::Tls {
            f.write_str("&t=tls")?;
        }
        Ok(())
    }
}

/// Without the access key, which must not appear in a log by accident.
impl fmt::Debug for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invite")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("ca", &hex(&self.ca))
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

const SCHEME: &str = "uchat://";
const LONGEST: usize = 4 << 10;
