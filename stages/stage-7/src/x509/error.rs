//! Why a certificate, a request or a revocation list is not accepted.

use super::name::ServerName;
use anatomy::quoted;
use std::fmt;

/// Which check failed: what was expected and what came. `who` names the certificate by its subject, quoted.
///
/// This is for the log and for whoever runs `verify`; on the wire every failure is the same alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateError {
    /// Longer than is read at all.
    TooLong {
        /// What it is: `certificate`, `revocation list` …
        what: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The most that is taken.
        most: usize,
    },
    /// Not the ASN.1 structure it should be.
    Malformed {
        /// What should stand there.
        what: &'static str,
        /// What the decoder says.
        problem: String,
    },
    /// Readable, but not in the one encoding that DER allows for this value.
    NotDer {
        /// What it is.
        what: &'static str,
    },
    /// No such block in a PEM file, or one that is no Base64.
    Pem {
        /// The label of the block: `CERTIFICATE` …
        label: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The chain has too few certificates or too many.
    ChainLength {
        /// How many came.
        count: usize,
        /// The most that is taken.
        most: usize,
    },
    /// The last certificate is not the pinned one.
    ForeignCa {
        /// SHA-256 of the pinned CA's DER, in hexadecimal digits.
        expected: String,
        /// SHA-256 of the chain's last certificate.
        got: String,
    },
    /// Not version 3, the only one with extensions.
    Version {
        /// The certificate.
        who: String,
        /// Its version.
        got: u8,
    },
    /// The serial number is zero, negative, or longer than 20 bytes.
    Serial {
        /// The certificate.
        who: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Signed by another algorithm than sha256WithRSAEncryption with NULL parameters.
    SignatureAlgorithm {
        /// What is signed.
        who: String,
        /// The algorithm's name or number.
        got: String,
    },
    /// The algorithm inside the signed part and the one outside differ.
    TwoAlgorithms {
        /// The certificate.
        who: String,
    },
    /// The key that should have signed it has not.
    Signature {
        /// What is signed.
        who: String,
        /// Whose key was tried.
        signer: String,
    },
    /// The next certificate in the chain is somebody else's than the issuer that this one names.
    Issuer {
        /// The certificate.
        who: String,
        /// The issuer that it names.
        expected: String,
        /// The subject that comes next.
        got: String,
    },
    /// Its time has not begun.
    NotYetValid {
        /// The certificate.
        who: String,
        /// When it begins.
        from: String,
        /// The time of the check.
        now: String,
    },
    /// Its time is over.
    Expired {
        /// The certificate.
        who: String,
        /// When it ended.
        until: String,
        /// The time of the check.
        now: String,
    },
    /// A public key that is not RSA, or not of a size and exponent that are taken.
    PublicKey {
        /// The certificate or request.
        who: String,
        /// What is wrong with the key.
        problem: String,
    },
    /// The same extension twice.
    DuplicateExtension {
        /// Its name or number.
        extension: String,
    },
    /// Marked critical, but unknown here: whoever does not understand it must refuse the certificate.
    UnknownCriticalExtension {
        /// The certificate.
        who: String,
        /// Its name or number.
        extension: String,
    },
    /// It has signed another certificate, but is no CA.
    NotACa {
        /// The certificate.
        who: String,
    },
    /// More CAs below this one than it allows.
    PathLength {
        /// The CA.
        who: String,
        /// How many it allows below itself.
        allowed: u8,
        /// How many there are.
        got: usize,
    },
    /// Its key may not be used for this.
    KeyUsage {
        /// The certificate.
        who: String,
        /// The use that is needed.
        expected: &'static str,
        /// The uses that it allows.
        got: String,
    },
    /// It is not meant for this purpose.
    ExtendedKeyUsage {
        /// The certificate.
        who: String,
        /// The purpose that is needed.
        expected: &'static str,
        /// The purposes that it has.
        got: String,
    },
    /// It is for other servers than the one that was called.
    ServerName {
        /// The server that was called.
        expected: ServerName,
        /// The names in subjectAltName.
        got: Vec<String>,
    },
    /// The CA has taken it back.
    Revoked {
        /// The certificate.
        who: String,
        /// Since when.
        since: String,
    },
    /// The revocation list is from another CA than the pinned one.
    ForeignList {
        /// The pinned CA.
        expected: String,
        /// The issuer of the list.
        got: String,
    },
    /// The revocation list is not current: what was revoked lately would be missed.
    StaleList {
        /// What is wrong.
        problem: String,
    },
    /// A name of a person or a server that we do not write into a certificate.
    BadName {
        /// What should stand there.
        what: &'static str,
        /// What came, quoted.
        got: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// What we wanted to issue could not be put together or signed.
    NotBuilt {
        /// What went wrong.
        problem: String,
    },
    /// The extension S holds no usable value of ffdhe2048.
    StaticValue {
        /// What is wrong.
        problem: &'static str,
    },
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { what, length, most } => {
                write!(f, "the {what} has {length} bytes; at most {most} are read")
            }
            Self::Malformed { what, problem } => write!(f, "this is no {what}: {problem}"),
            Self::NotDer { what } => {
                write!(f, "the {what} can be read, but is not encoded in the one way that DER allows")
            }
            Self::Pem { label, problem } => write!(f, "no usable PEM block `{label}`: {problem}"),
            Self::ChainLength { count, most } => write!(
                f,
                "the chain has {count} certificates; 2 to {most} were expected, the leaf first and the CA last"
            ),
            Self::ForeignCa { expected, got } => write!(
                f,
                "the chain ends in another CA than the pinned one: SHA-256 {expected} was expected, {got} came"
            ),
            Self::Version { who, got } => {
                write!(f, "the certificate of {who} has version {got}; version 3 was expected")
            }
            Self::Serial { who, problem } => {
                write!(f, "the certificate of {who} has a serial number that {problem}")
            }
            Self::SignatureAlgorithm { who, got } => {
                write!(
                    f,
                    "{who} is signed with {got}; sha256WithRSAEncryption with NULL parameters was expected"
                )
            }
            Self::TwoAlgorithms { who } => {
                write!(f, "the certificate of {who} names one signature algorithm inside and another outside")
            }
            Self::Signature { who, signer } => {
                write!(f, "the signature on {who} does not verify under the key of {signer}")
            }
            Self::Issuer { who, expected, got } => write!(
                f,
                "the certificate of {who} was issued by {expected}, but the next one in the chain is of {got}"
            ),
            Self::NotYetValid { who, from, now } => {
                write!(
                    f,
                    "the certificate of {who} is valid from {from} on; now it is {now}, or is this machine's clock wrong?"
                )
            }
            Self::Expired { who, until, now } => {
                write!(f, "the certificate of {who} was valid until {until}; now it is {now}")
            }
            Self::PublicKey { who, problem } => write!(f, "the public key of {who}: {problem}"),
            Self::DuplicateExtension { extension } => write!(f, "the extension {extension} is there twice"),
            Self::UnknownCriticalExtension { who, extension } => {
                write!(f, "{who} has the critical extension {extension}, which is unknown here")
            }
            Self::NotACa { who } => {
                write!(f, "{who} has signed a certificate, but is no CA (basicConstraints does not say so)")
            }
            Self::PathLength { who, allowed, got } => {
                write!(f, "the CA {who} allows {allowed} CAs below itself, but the chain has {got}")
            }
            Self::KeyUsage { who, expected, got } => write!(
                f,
                "the key of {who} may not be used for this: keyUsage {expected} was expected, it has {got}"
            ),
            Self::ExtendedKeyUsage { who, expected, got } => write!(
                f,
                "the certificate of {who} is not for this purpose: extendedKeyUsage {expected} was expected, it has {got}"
            ),
            Self::ServerName { expected, got } if got.is_empty() => write!(
                f,
                "the certificate names no server in subjectAltName; {expected} was expected (the common name is not looked at)"
            ),
            Self::ServerName { expected, got } => {
                write!(f, "the certificate is for {}, but {expected} was called", got.join(", "))
            }
            Self::Revoked { who, since } => {
                write!(f, "the CA has revoked the certificate of {who} on {since}")
            }
            Self::ForeignList { expected, got } => {
                write!(f, "the revocation list is of {got}; one of {expected} was expected")
            }
            Self::StaleList { problem } => write!(f, "the revocation list {problem}"),
            Self::BadName { what, got, problem } => write!(f, "{got} is no {what}: it {problem}"),
            Self::NotBuilt { problem } => write!(f, "it could not be made: {problem}"),
            Self::StaticValue { problem } => write!(f, "the static Diffie-Hellman value {problem}"),
        }
    }
}

impl std::error::Error for CertificateError {}

impl CertificateError {
    /// What the `der` crate has to say about bytes that should be a `what`.
    pub(super) fn malformed(what: &'static str) -> impl Fn(der::Error) -> Self {
        move |error| Self::Malformed { what, problem: error.to_string() }
    }

    /// A text that is no `what`.
    pub(super) fn bad_name(what: &'static str, got: &str, problem: &'static str) -> Self {
        Self::BadName { what, got: quoted(got), problem }
    }
}
