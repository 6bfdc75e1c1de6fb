//! What ends a connection: precise here and in the log, one generic alert on the wire.

use super::codec::MessageType;
use super::messages::VERSION;
use crate::keyed_packet::KeyedError;
use crate::rsa::{KeyError, SignatureError};
use crate::x509::{Certificate, CertificateError};
use anatomy::ReadError;
use cbc_packet::PacketError;
use echo::lab::hex;
use framing::{EncodeError, FrameError};
use key_exchange::ExchangeError;
use std::fmt;

/// Why a connection has ended, or cannot do what it is asked for.
///
/// This is for the user and the log. The other side gets the same single byte for all of them: what exactly was
/// wrong helps an attacker more than anybody else.
#[derive(Debug, Clone, PartialEq)]
pub enum ChannelError {
    /// A hello's frame breaks the rules.
    Frame(FrameError),
    /// A packet breaks the rules of its layout, or its digest does not fit.
    Packet(KeyedError),
    /// A message is not what its format allows.
    Message(ReadError),
    /// A message came that does not belong here.
    Unexpected {
        /// What was expected.
        expected: MessageType,
        /// The number of what came; `None` for something that is no message of the handshake.
        got: Option<u8>,
    },
    /// The other side speaks another version.
    Version {
        /// Its version.
        theirs: u16,
    },
    /// The other side's key share is no use.
    KeyShare(ExchangeError),
    /// A certificate did not pass a check.
    Certificate(CertificateError),
    /// Everything was right, but the server's CA is not the pinned one, or none is pinned yet. Nothing of our
    /// own was sent.
    UnknownCa {
        /// SHA-256 of the CA's certificate in DER: what people compare.
        fingerprint: [u8; 32],
        /// The CA's certificate.
        certificate: Box<Certificate>,
    },
    /// A `certificate_verify` was not made with the certificate's key for this handshake.
    Signature(SignatureError),
    /// We could not sign.
    Signing(SignatureError),
    /// The certificate's key cannot carry a secret (key transport only).
    KeyTransport(KeyError),
    /// A `finished` does not fit: the two sides have not seen the same handshake.
    Finished,
    /// The server wants an access key, and we have none.
    AccessKeyWanted,
    /// The client's answer does not fit: it has another access key.
    AccessRefused,
    /// We want a certificate, and the client has none.
    NoCertificate,
    /// The certificates do not fit into one message.
    ChainTooLong,
    /// The other side has ended the connection with an alert, and does not say why.
    Alert,
    /// The stream ended without a close_notify: what came last may have been cut off.
    Truncated,
    /// The other side went on after its close_notify.
    AfterClose,
    /// Something took too long; the sentence says what.
    Late(&'static str),
    /// To be sent before the handshake is done, or after the end.
    NotOpen,
    /// A message to be sent cannot be written.
    Encode(EncodeError),
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::Packet(error) => error.fmt(f),
            Self::Message(error) => write!(f, "a message is malformed: {error}"),
            Self::Unexpected { expected, got: Some(got) } => {
                write!(f, "the message {} came, {expected} was expected", MessageType::name(*got))
            }
            Self::Unexpected { expected, got: None } => {
                write!(f, "something came that is no message of the handshake; {expected} was expected")
            }
            Self::Version { theirs } => {
                let old = if *theirs > VERSION { "this program" } else { "the other side" };
                write!(
                    f,
                    "the other side speaks version {theirs}, this program {VERSION}: {old} is too old, update it"
                )
            }
            Self::KeyShare(error) => write!(f, "the key share is no use: {error}"),
            Self::Certificate(error) => error.fmt(f),
            Self::UnknownCa { fingerprint, certificate } => write!(
                f,
                "the server's CA {} is not known here: its fingerprint is {}; compare it with what the operator tells you",
                certificate.who(),
                hex(fingerprint)
            ),
            Self::Signature(error) => {
                write!(f, "the other side has not proved that it owns its certificate: {error}")
            }
            Self::Signing(error) => write!(f, "this side cannot sign: {error}"),
            Self::KeyTransport(error) => write!(f, "the secret cannot be encrypted for the server: {error}"),
            Self::Finished => f.write_str("`finished` does not fit: the handshake was changed on its way"),
            Self::AccessKeyWanted => {
                f.write_str("the server wants an access key (--access-key-file), and there is none")
            }
            Self::AccessRefused => f.write_str("the access key is wrong"),
            Self::NoCertificate => f.write_str("a client's certificate is wanted, and none came"),
            Self::ChainTooLong => f.write_str("the certificates are too long for one message of 16 KiB"),
            Self::Alert => {
                f.write_str("the other side has ended the connection and does not say why; its log does")
            }
            Self::Truncated => f.write_str("cut off: the connection ended without a close_notify"),
            Self::AfterClose => f.write_str("the other side went on after its close_notify"),
            Self::Late(what) => f.write_str(what),
            Self::NotOpen => f.write_str("the connection is not open for messages"),
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ChannelError {}

/// `?` for the layers below.
macro_rules! from {
    ($($error:ty => $variant:ident),*) => {$(
        impl From<$error> for ChannelError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from!(
    FrameError => Frame, KeyedError => Packet, ReadError => Message, ExchangeError => KeyShare,
    CertificateError => Certificate, EncodeError => Encode
);

impl From<PacketError> for ChannelError {
    fn from(error: PacketError) -> Self {
        Self::Packet(error.into())
    }
}
