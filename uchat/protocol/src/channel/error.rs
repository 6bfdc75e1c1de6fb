//! What ends a channel, or keeps it from beginning. Precise here and in the log; on the wire at most an alert.

use super::Transport;
use anatomy::ReadError;
use cbc_packet::PacketError;
use certificates::handshake::ChannelError as SignedError;
use certificates::x509::{Certificate, CertificateError};
use echo::lab::hex;
use framing::FrameError;
use key_exchange::ExchangeError;

/// Why a channel has ended, or cannot do what it is asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChannelError {
    /// Everything was right, but the server's CA is not the pinned one, or none is pinned. Nothing of our own was
    /// sent: show the fingerprint, ask, pin it and connect anew.
    #[error(
        "the server's CA {name} is not known here: its fingerprint is {}; compare it with what the operator tells you",
        hex(fingerprint)
    )]
    UnknownCa {
        /// SHA-256 of the CA's certificate in DER: what people compare.
        fingerprint: [u8; 32],
        /// What the CA calls itself, in quotation marks and fit for a terminal.
        name: String,
        /// The CA's certificate, to be kept once people have said that it is the right one.
        certificate: Box<Certificate>,
    },
    /// The server's certificate did not pass a check.
    #[error("{0}")]
    Certificate(CertificateError),
    /// The server asks for an access key, and we have none.
    #[error(
        "the server wants an access key, and there is none here; join with the invite that its operator gives you"
    )]
    AccessKeyWanted,
    /// The two sides have different access keys. A client knows it from the server's alert right after the proof, on
    /// the signed channel and on TLS. A connection that was merely cut there is [`Truncated`](Self::Truncated).
    #[error("the access key is wrong; ask the operator of the server for a new invite")]
    AccessRefused,
    /// On lessons there is no alert: the server has ended the connection after the client's proof, without a word.
    #[error(
        "the server has ended the connection right after the access key was proved: the key is wrong, or the server has just stopped; try again, then ask its operator for a new invite"
    )]
    EndAfterProof,
    /// The other side speaks something else.
    #[error(
        "the other side speaks {theirs}, this side {ours}: both must be started with the same --lesson or --tls ({source})"
    )]
    OtherTransport {
        /// What we speak.
        ours: Transport,
        /// What it looks like.
        theirs: &'static str,
        /// What went wrong first.
        source: Box<ChannelError>,
    },
    /// The signed channel has ended, for a reason that stands nowhere else in this list.
    #[error("{0}")]
    Signed(SignedError),
    /// TLS has ended, for a reason that stands nowhere else in this list.
    #[error("TLS: {0}")]
    Tls(rustls::Error),
    /// The other side speaks TLS, but not the messenger inside.
    #[error("the other side speaks TLS, but not uchat/1 inside: this is no uchat, or one of another version")]
    Alpn,
    /// A frame breaks the rules.
    #[error("{0}")]
    Frame(FrameError),
    /// A packet breaks the rules.
    #[error("{0}")]
    Packet(PacketError),
    /// The other side's public value is no use.
    #[error("{0}")]
    KeyShare(ExchangeError),
    /// Something is no message.
    #[error("a message is malformed: {0}")]
    Message(ReadError),
    /// A message is longer than messages may be.
    #[error("a message of {length} bytes; {limit} is the most")]
    TooLong {
        /// Its bytes.
        length: usize,
        /// The most bytes.
        limit: usize,
    },
    /// A message's operation cannot be one.
    #[error("{0} is no operation; is the other side on another --lesson?")]
    Operation(u8),
    /// The other side has ended the connection and does not say why.
    #[error("the other side has ended the connection and does not say why; its log does")]
    Alert,
    /// The connection was cut.
    #[error("cut off: the connection ended in the middle")]
    Truncated,
    /// The other side went on after it had said goodbye.
    #[error("the other side went on after its goodbye")]
    AfterClose,
    /// Something took too long; the sentence says what.
    #[error("{0}")]
    Late(&'static str),
    /// To be sent before the channel is ready, or after its end.
    #[error("the channel is not open for messages")]
    NotOpen,
}

impl From<SignedError> for ChannelError {
    fn from(error: SignedError) -> Self {
        match error {
            SignedError::UnknownCa { fingerprint, certificate } => {
                Self::UnknownCa { fingerprint, name: certificate.who().to_owned(), certificate }
            }
            SignedError::Certificate(error) => Self::Certificate(error),
            SignedError::AccessKeyWanted => Self::AccessKeyWanted,
            SignedError::AccessRefused => Self::AccessRefused,
            SignedError::Frame(error) => Self::Frame(error),
            SignedError::Message(error) => Self::Message(error),
            SignedError::KeyShare(error) => Self::KeyShare(error),
            SignedError::Alert => Self::Alert,
            SignedError::Truncated => Self::Truncated,
            SignedError::AfterClose => Self::AfterClose,
            SignedError::Late(what) => Self::Late(what),
            SignedError::NotOpen => Self::NotOpen,
            other => Self::Signed(other),
        }
    }
}

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
    CertificateError => Certificate, FrameError => Frame, PacketError => Packet, ExchangeError => KeyShare,
    ReadError => Message, rustls::Error => Tls
);

/// Why a side cannot be set up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SetupError {
    /// The signed channel and TLS need a certificate and its key.
    #[error("{0} needs a certificate and its key, and there are none")]
    NoIdentity(Transport),
    /// The key cannot be written down for TLS.
    #[error("the server's key cannot be used: {0}")]
    Key(certificates::rsa::KeyError),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(rustls::Error),
}

impl From<rustls::Error> for SetupError {
    fn from(error: rustls::Error) -> Self {
        Self::Tls(error)
    }
}
