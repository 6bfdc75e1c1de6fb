//! The messages of key transport that the signed handshake does not have, or has in another form.

use crate::handshake::codec::{Body, MessageType, read_body_length, read_length, read_type, with_length};
use crate::handshake::messages::{CertificateChain, Finished};
use crate::x509::ServerName;
use anatomy::{ReadError, Reader};

/// What hellos of this kind begin with: what came before version 1.
pub const VERSION: u16 = 0;

/// Bytes of a premaster secret: a version and 46 random bytes (RFC 5246, section 7.4.7.1).
pub const PREMASTER_LENGTH: usize = 48;

/// The client begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello {
    /// Random and never used before.
    pub random: [u8; 32],
    /// Whom the client wants to talk to.
    pub server_name: ServerName,
}

impl Body for ClientHello {
    const TYPE: MessageType = MessageType::ClientHello;

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&self.random);
        with_length(1, out, |out| out.extend_from_slice(self.server_name.to_string().as_bytes()));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        read_version(r, "the client")?;
        let random = r.array("random")?;
        let length = read_length(r, 1, "name length")?;
        let text = r.text(length, "server_name")?;
        match text.parse::<ServerName>() {
            Ok(server_name) if server_name.to_string() == text => Ok(Self { random, server_name }),
            _ => Err(r.invalid("server_name", "is no name of a server in lower case and no address")),
        }
    }
}

/// The server answers. There is no key share in it, and so nothing in this session is the server's own but this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHello {
    /// Random and never used before.
    pub random: [u8; 32],
}

impl Body for ServerHello {
    const TYPE: MessageType = MessageType::ServerHello;

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&self.random);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        read_version(r, "the server")?;
        Ok(Self { random: r.array("random")? })
    }
}

/// The server has said all that it says in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHelloDone;

impl Body for ServerHelloDone {
    const TYPE: MessageType = MessageType::ServerHelloDone;

    fn write(&self, _out: &mut Vec<u8>) {}

    fn read(_r: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self)
    }
}

/// The premaster secret, for the owner of the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientKeyExchange {
    /// RSAES-PKCS1-v1_5 under the public key in the certificate.
    pub ciphertext: Vec<u8>,
}

impl Body for ClientKeyExchange {
    const TYPE: MessageType = MessageType::ClientKeyExchange;

    fn write(&self, out: &mut Vec<u8>) {
        with_length(2, out, |out| out.extend_from_slice(&self.ciphertext));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        let length = read_length(r, 2, "ciphertext length")?;
        let ciphertext = r.bytes(length, "encrypted premaster")?.to_vec();
        r.note(|| "48 bytes for the owner of the certificate".into());
        Ok(Self { ciphertext })
    }
}

/// Reads any message of this handshake, for whoever looks at one with labels.
pub fn read_any(r: &mut Reader<'_>) -> Result<(), ReadError> {
    let (number, length) = (read_type(r)?, read_body_length(r)?);
    r.nested(length, "body", |r| match MessageType::from_number(number) {
        Some(MessageType::ClientHello) => ClientHello::read(r).map(drop),
        Some(MessageType::ServerHello) => ServerHello::read(r).map(drop),
        Some(MessageType::Certificate) => CertificateChain::read(r).map(drop),
        Some(MessageType::ServerHelloDone) => ServerHelloDone::read(r).map(drop),
        Some(MessageType::ClientKeyExchange) => ClientKeyExchange::read(r).map(drop),
        Some(MessageType::Finished) => Finished::read(r).map(drop),
        _ => r.bytes(length, "unknown message").map(drop),
    })
}

fn read_version(r: &mut Reader<'_>, who: &str) -> Result<(), ReadError> {
    let version = r.u16("version")?;
    r.note(|| "before version 1".into());
    if version == VERSION {
        return Ok(());
    }
    Err(r.invalid(
        "version",
        format!(
            "is {version}: {who} speaks the signed handshake; both sides need --key-transport, or neither"
        ),
    ))
}
