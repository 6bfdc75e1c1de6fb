//! The messages: what each says, and its bytes.
//!
//! Every reader refuses what its format does not allow, down to the last bit: two encodings of one message
//! would be two transcripts of one conversation.

use super::codec::{
    Body, HEADER_LENGTH, MAX_MESSAGE, MessageType, read_body_length, read_length, read_type, with_length,
};
use crate::x509::ServerName;
use anatomy::{ReadError, Reader};

/// The version of this protocol. Every hello, of any version, begins with its own.
pub const VERSION: u16 = 1;

/// ffdhe2048, by its number in TLS (RFC 7919, section 2).
pub const FFDHE2048: u16 = 0x0100;

/// Bytes of a public value of ffdhe2048.
pub const KEY_SHARE_LENGTH: usize = 256;

/// `rsa_pkcs1_sha256`, by its number in TLS (RFC 8446, section 4.2.3, which allows it for certificates only
/// and wants RSASSA-PSS here: one of our four differences).
pub const RSA_PKCS1_SHA256: u16 = 0x0401;

/// What both hellos begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// Random and never used before: makes this handshake unlike all others.
    pub random: [u8; 32],
    /// This side's public value of ffdhe2048, with leading zeros.
    pub key_share: [u8; KEY_SHARE_LENGTH],
}

/// The version with which a hello begins, whatever stands after it; `None` if it is no hello.
#[must_use]
pub fn hello_version(message: &[u8]) -> Option<u16> {
    let [1 | 2, _, _, _, high, low, ..] = message else { return None };
    Some(u16::from_be_bytes([*high, *low]))
}

/// What a server answers to a version that it does not know: a hello that ends after its own version. Who reads
/// it learns which side is too old.
#[must_use]
pub fn version_answer() -> Vec<u8> {
    let mut out = vec![MessageType::ServerHello as u8];
    with_length(3, &mut out, |out| out.extend_from_slice(&VERSION.to_be_bytes()));
    out
}

impl Hello {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&self.random);
        out.extend_from_slice(&FFDHE2048.to_be_bytes());
        out.extend_from_slice(&self.key_share);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        let version = r.u16("version")?;
        if version != VERSION {
            return Err(r.invalid("version", format!("is {version}; {VERSION} was expected")));
        }
        let random = r.array("random")?;
        let group = r.u16("group")?;
        r.note(|| if group == FFDHE2048 { "ffdhe2048".into() } else { "unknown".into() });
        if group != FFDHE2048 {
            return Err(
                r.invalid("group", format!("is {group}; only ffdhe2048 ({FFDHE2048}) is spoken here"))
            );
        }
        let key_share = r.array("key_share")?;
        r.note(|| "g^x mod p, 2048 bits".into());
        Ok(Self { random, key_share })
    }
}

/// The client begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello {
    /// Version, random value, key share.
    pub hello: Hello,
    /// Whom the client wants to talk to. The server has one certificate, so it chooses nothing by it; the client
    /// checks it against that certificate.
    pub server_name: ServerName,
}

impl Body for ClientHello {
    const TYPE: MessageType = MessageType::ClientHello;

    fn write(&self, out: &mut Vec<u8>) {
        self.hello.write(out);
        with_length(1, out, |out| out.extend_from_slice(self.server_name.to_string().as_bytes()));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        let hello = Hello::read(r)?;
        let length = read_length(r, 1, "name length")?;
        let text = r.text(length, "server_name")?;
        match text.parse::<ServerName>() {
            Ok(server_name) if server_name.to_string() == text => Ok(Self { hello, server_name }),
            _ => Err(r.invalid("server_name", "is no name of a server in lower case and no address")),
        }
    }
}

/// The server answers; from here on both have the handshake's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHello {
    /// Version, random value, key share.
    pub hello: Hello,
}

impl Body for ServerHello {
    const TYPE: MessageType = MessageType::ServerHello;

    fn write(&self, out: &mut Vec<u8>) {
        self.hello.write(out);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self { hello: Hello::read(r)? })
    }
}

/// What the server wants to see before it serves. TLS has `CertificateRequest` (13) for the second, and
/// nothing like the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedExtensions {
    /// The challenge of stage 2, if the access key is wanted.
    pub challenge: Option<[u8; 32]>,
    /// Whether the client's certificate is wanted.
    pub client_certificate: bool,
}

impl Body for EncryptedExtensions {
    const TYPE: MessageType = MessageType::EncryptedExtensions;

    fn write(&self, out: &mut Vec<u8>) {
        let access = if self.challenge.is_some() { ACCESS_KEY } else { 0 };
        let certificate = if self.client_certificate { CLIENT_CERTIFICATE } else { 0 };
        out.push(access | certificate);
        out.extend(self.challenge.iter().flatten());
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        let flags = r.u8("flags")?;
        r.note(|| {
            match (flags & ACCESS_KEY != 0, flags & CLIENT_CERTIFICATE != 0) {
                (false, false) => "nothing wanted",
                (true, false) => "access key wanted",
                (false, true) => "client certificate wanted",
                (true, true) => "access key and client certificate wanted",
            }
            .into()
        });
        if flags & !(ACCESS_KEY | CLIENT_CERTIFICATE) != 0 {
            return Err(r.invalid("flags", format!("is {flags:#010b}; only bits 0 and 1 have a meaning")));
        }
        let challenge = if flags & ACCESS_KEY == 0 { None } else { Some(r.array("challenge")?) };
        Ok(Self { challenge, client_certificate: flags & CLIENT_CERTIFICATE != 0 })
    }
}

/// A chain of certificates in DER, the leaf first, the CA's last. Empty where a client has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateChain(pub Vec<Vec<u8>>);

impl CertificateChain {
    /// Whether it fits into one message.
    #[must_use]
    pub fn fits(&self) -> bool {
        let bytes: usize = self.0.iter().map(|der| 3 + der.len()).sum();
        bytes <= MAX_MESSAGE - HEADER_LENGTH
    }
}

impl Body for CertificateChain {
    const TYPE: MessageType = MessageType::Certificate;

    fn write(&self, out: &mut Vec<u8>) {
        for der in &self.0 {
            with_length(3, out, |out| out.extend_from_slice(der));
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        let mut chain = Vec::new();
        while r.remaining() > 0 {
            let length = read_length(r, 3, "certificate length")?;
            if length == 0 {
                return Err(r.invalid("certificate length", "is 0"));
            }
            chain.push(r.bytes(length, "certificate")?.to_vec());
        }
        Ok(Self(chain))
    }
}

/// Proof of having the private key that belongs to the leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateVerify {
    /// RSASSA-PKCS1-v1_5 with SHA-256 over [`signed_content`](super::transcript::signed_content).
    pub signature: Vec<u8>,
}

impl Body for CertificateVerify {
    const TYPE: MessageType = MessageType::CertificateVerify;

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&RSA_PKCS1_SHA256.to_be_bytes());
        with_length(2, out, |out| out.extend_from_slice(&self.signature));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        let scheme = r.u16("signature scheme")?;
        r.note(|| if scheme == RSA_PKCS1_SHA256 { "rsa_pkcs1_sha256".into() } else { "unknown".into() });
        if scheme != RSA_PKCS1_SHA256 {
            return Err(r.invalid(
                "signature scheme",
                format!("is {scheme:#06x}; only rsa_pkcs1_sha256 ({RSA_PKCS1_SHA256:#06x}) is spoken here"),
            ));
        }
        let length = read_length(r, 2, "signature length")?;
        Ok(Self { signature: r.bytes(length, "signature")?.to_vec() })
    }
}

/// Proof of knowing the keys and of having seen the same handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// [`TrafficSecret::finished`](super::schedule::TrafficSecret::finished).
    pub verify_data: [u8; 32],
}

impl Body for Finished {
    const TYPE: MessageType = MessageType::Finished;

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.verify_data);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self { verify_data: r.array("verify_data")? })
    }
}

/// Proof of knowing the access key: stage 2's answer, bound to this handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// See [`access_answer`](super::access::access_answer).
    pub answer: [u8; 16],
}

impl Body for Access {
    const TYPE: MessageType = MessageType::Access;

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.answer);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self { answer: r.array("answer")? })
    }
}

/// Reads any message, for whoever looks at one with labels.
pub fn read_any(r: &mut Reader<'_>) -> Result<(), ReadError> {
    let (number, length) = (read_type(r)?, read_body_length(r)?);
    r.nested(length, "body", |r| match MessageType::from_number(number) {
        Some(MessageType::ClientHello) => ClientHello::read(r).map(drop),
        Some(MessageType::ServerHello) => ServerHello::read(r).map(drop),
        Some(MessageType::EncryptedExtensions) => EncryptedExtensions::read(r).map(drop),
        Some(MessageType::Certificate) => CertificateChain::read(r).map(drop),
        Some(MessageType::CertificateVerify) => CertificateVerify::read(r).map(drop),
        Some(MessageType::Finished) => Finished::read(r).map(drop),
        Some(MessageType::Access) => Access::read(r).map(drop),
        // The messages of key transport have another place, and another client_hello before them.
        Some(MessageType::ServerHelloDone | MessageType::ClientKeyExchange) | None => {
            r.bytes(length, "unknown message").map(drop)
        }
    })
}

const ACCESS_KEY: u8 = 1;
const CLIENT_CERTIFICATE: u8 = 2;
