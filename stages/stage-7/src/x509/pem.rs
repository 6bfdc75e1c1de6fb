//! PEM: DER in Base64 between two lines that say what it is (RFC 7468).

use super::CertificateError;
use super::chain::{MAX_CERTIFICATE, MAX_CHAIN};
use der::pem::{LineEnding, decode_vec, encode_string};

/// The DER of every block with this label; text around the blocks, which OpenSSL likes to write, is
/// skipped. Blocks with other labels are no error: a key may stand in the same file.
pub(super) fn decode(label: &'static str, text: &str) -> Result<Vec<Vec<u8>>, CertificateError> {
    let wrong = |problem: &str| CertificateError::Pem { label, problem: problem.to_owned() };
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(&begin) {
        let block = &rest[start..];
        let length = block.find(&end).ok_or_else(|| wrong("its last line is missing"))? + end.len();
        let (_, der) = decode_vec(&block.as_bytes()[..length]).map_err(|e| wrong(&e.to_string()))?;
        blocks.push(der);
        rest = &block[length..];
    }
    if blocks.is_empty() { Err(wrong(&format!("there is no line `{begin}`"))) } else { Ok(blocks) }
}

/// The DER of the one block with this label.
pub(super) fn decode_one(label: &'static str, text: &str) -> Result<Vec<u8>, CertificateError> {
    let mut blocks = decode(label, text)?;
    match (blocks.len(), blocks.pop()) {
        (1, Some(der)) => Ok(der),
        (count, _) => Err(CertificateError::Pem {
            label,
            problem: format!("there are {count} of them, one was expected"),
        }),
    }
}

/// One block; DER is never longer than PEM allows.
pub(super) fn encode(label: &'static str, der: &[u8]) -> String {
    encode_string(label, LineEnding::LF, der).unwrap_or_default()
}

/// The certificates of a PEM file, in DER and in the file's order; at most as many and as long as a chain
/// may be.
pub fn certificates_from_pem(text: &str) -> Result<Vec<Vec<u8>>, CertificateError> {
    if text.len() > MAX_PEM {
        return Err(CertificateError::TooLong { what: "PEM file", length: text.len(), most: MAX_PEM });
    }
    decode(CERTIFICATE, text)
}

pub(super) const CERTIFICATE: &str = "CERTIFICATE";
pub(super) const REQUEST: &str = "CERTIFICATE REQUEST";
pub(super) const REVOCATION_LIST: &str = "X509 CRL";

const MAX_PEM: usize = 2 * MAX_CHAIN * MAX_CERTIFICATE;
