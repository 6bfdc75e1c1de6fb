//! How handshake messages are written and read: `type u8 ‖ length u24 ‖ body`.

use anatomy::{ReadError, Reader};

/// Bytes before the body.
pub const HEADER_LENGTH: usize = 1 + 3;

/// The longest message, header included.
pub const MAX_MESSAGE: usize = 16 << 10;

/// A message that knows its number, and how its body is written and read: one beside the other, so that they
/// cannot drift apart.
pub trait Body: Sized {
    /// Its number.
    const TYPE: MessageType;

    /// Appends the body.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads the body, which is all that is left in the innermost field.
    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError>;

    /// The whole message.
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![Self::TYPE as u8];
        with_length(3, &mut out, |out| self.write(out));
        out
    }

    /// Reads a whole message, of which nothing may be left over.
    fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut r = Reader::new(bytes);
        let number = read_type(&mut r)?;
        if number != Self::TYPE as u8 {
            let problem = format!("is {}; {} was expected", MessageType::name(number), Self::TYPE);
            return Err(r.invalid("message type", problem));
        }
        let length = read_body_length(&mut r)?;
        let body = r.nested(length, "body", Self::read)?;
        r.finish("message")?;
        Ok(body)
    }
}

/// Reads the number of a message's type.
pub(crate) fn read_type(r: &mut Reader<'_>) -> Result<u8, ReadError> {
    let number = r.u8("message type")?;
    r.note(|| MessageType::name(number));
    Ok(number)
}

/// Reads the length of a message's body.
pub(crate) fn read_body_length(r: &mut Reader<'_>) -> Result<usize, ReadError> {
    let length = read_length(r, 3, "length")?;
    if length > MAX_MESSAGE - HEADER_LENGTH {
        return Err(
            r.invalid("length", format!("is {length}; a whole message has at most {MAX_MESSAGE} bytes"))
        );
    }
    Ok(length)
}

/// Reads an integer of `width` bytes that counts bytes.
pub(crate) fn read_length(r: &mut Reader<'_>, width: usize, label: &'static str) -> Result<usize, ReadError> {
    let length = r.uint(width, label)?;
    r.note(|| "bytes follow".into());
    Ok(usize::try_from(length).unwrap_or(usize::MAX)) // at most 24 bits are read
}

/// Appends what `write` appends, with its length in `width` bytes before it. The callers' fields are shorter
/// than 2^24 bytes.
pub(crate) fn with_length(width: usize, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.resize(start + width, 0);
    write(out);
    let length = (out.len() - start - width).to_be_bytes();
    out[start..start + width].copy_from_slice(&length[length.len() - width..]);
}

/// The messages and their numbers, those of TLS (RFC 8446, section 4; two that only TLS 1.2 has: RFC 5246, section
/// 7.4) and one of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum MessageType {
    /// The client's first.
    ClientHello = 1,
    /// The server's first.
    ServerHello = 2,
    /// What the server wants from the client.
    EncryptedExtensions = 8,
    /// A chain of certificates.
    Certificate = 11,
    /// TLS 1.2: the server has said all. Only key transport has it.
    ServerHelloDone = 14,
    /// Proof of having the private key of the certificate.
    CertificateVerify = 15,
    /// TLS 1.2: the client's part of the key. Only key transport has it.
    ClientKeyExchange = 16,
    /// Proof that both have seen the same handshake.
    Finished = 20,
    /// Proof of knowing the access key.
    Access = 64,
}

impl MessageType {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::ClientHello,
        Self::ServerHello,
        Self::EncryptedExtensions,
        Self::Certificate,
        Self::ServerHelloDone,
        Self::CertificateVerify,
        Self::ClientKeyExchange,
        Self::Finished,
        Self::Access,
    ];

    /// The type with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// What a number stands for: `finished`, `unknown (5)`.
    #[must_use]
    pub fn name(number: u8) -> String {
        Self::from_number(number).map_or_else(|| format!("unknown ({number})"), |kind| kind.to_string())
    }
}

impl std::fmt::Display for MessageType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ClientHello => "client_hello",
            Self::ServerHello => "server_hello",
            Self::EncryptedExtensions => "encrypted_extensions",
            Self::Certificate => "certificate",
            Self::ServerHelloDone => "server_hello_done",
            Self::CertificateVerify => "certificate_verify",
            Self::ClientKeyExchange => "client_key_exchange",
            Self::Finished => "finished",
            Self::Access => "access",
        })
    }
}
