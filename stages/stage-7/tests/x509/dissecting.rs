//! DER as labelled bytes: every byte has a name, and no input takes long.

use crate::forge::*;
use anatomy::{Labelled, Span, Terminal};
use certificates::x509::{CertificateRequest, dissect};

#[test]
fn every_byte_of_a_certificate_is_labelled_and_parts_have_the_names_of_the_rfc() {
    let leaf = Forge::leaf(&key()).sign(&key());
    let labelled = dissect::certificate(&leaf);
    assert_eq!(covered(&labelled), leaf.len());
    let dump = Terminal::plain().render(&labelled);
    for part in [
        "tbsCertificate",
        "serialNumber",
        "sha256WithRSAEncryption",
        "commonName",
        "\"CA\"",
        "\"200101000000Z\"",
        "RSAPublicKey",
        "INTEGER 65537",
        "subjectAltName",
        "\"localhost\"",
        "127.0.0.1",
        "serverAuth",
        "BOOLEAN true",
        "signatureValue",
    ] {
        assert!(dump.contains(part), "{part}:\n{dump}");
    }
    assert!(!dump.contains("not decoded"), "{dump}");
}

#[test]
fn requests_and_other_der_are_labelled_too() {
    let request = CertificateRequest::new(&key(), "小明", Some("a@b"), None, &mut seeded()).unwrap();
    let dump = Terminal::plain().render(&dissect::request(request.der()));
    for part in ["requestInfo", "subjectPKInfo", "\"小明\"", "extnID", "\"a@b\""] {
        assert!(dump.contains(part), "{part}:\n{dump}");
    }
    let dump = Terminal::plain().render(&dissect::any(&[0x30, 0x03, 0x02, 0x01, 0x07]));
    assert!(dump.contains("SEQUENCE") && dump.contains("INTEGER 7"), "{dump}");
}

#[test]
fn what_is_no_der_is_shown_as_not_decoded() {
    let mut leaf = Forge::leaf(&key()).sign(&key());
    leaf.truncate(40);
    let dump = Terminal::plain().render(&dissect::certificate(&leaf));
    assert!(dump.contains("not decoded"), "{dump}");
    let dump = Terminal::plain().render(&dissect::any(&[0x30, 0x04, 0x30, 0x09, 0x00, 0x00]));
    assert!(dump.contains("not decoded"), "{dump}");
    assert_eq!(covered(&dissect::any(&[])), 0);
}

#[test]
fn strings_within_strings_do_not_multiply_the_work() {
    let mut bytes = tlv(0x05, &[]);
    for _ in 0..4000 {
        bytes = tlv(0x04, &[&tlv(0x30, &[&bytes])]);
        if bytes.len() > 16_000 {
            break;
        }
    }
    assert_eq!(covered(&dissect::any(&bytes)), bytes.len());
    let wide = tlv(0x30, &[&[0x04, 0x02, 0x30, 0x00].repeat(4000)[..]]);
    assert_eq!(covered(&dissect::any(&wide)), wide.len());
}

/// How many bytes the innermost spans cover.
fn covered(labelled: &Labelled) -> usize {
    fn leaves(span: &Span) -> usize {
        match span.children.is_empty() {
            true => span.range.len(),
            false => span.children.iter().map(leaves).sum(),
        }
    }
    labelled.spans.iter().map(leaves).sum()
}
