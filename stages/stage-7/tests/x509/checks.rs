//! Each check of a chain, with a certificate that fails it and nothing else.

use crate::forge::*;
use certificates::x509::{Certificate, CertificateError as Error, MAX_CERTIFICATE, Purpose, verify_chain};
use std::time::Duration;

/// Checks a leaf made from this for the server `localhost`.
fn check(leaf: &Forge) -> Result<(), Error> {
    check_der(&leaf.sign(&key()))
}

fn check_der(leaf: &[u8]) -> Result<(), Error> {
    let anchor = ca();
    verify_chain(&[leaf, anchor.der()], &anchor, None, &server("localhost"), now()).map(drop)
}

fn good() -> Forge {
    Forge::leaf(&key())
}

/// The failure that is expected, as a pattern, and a part of its sentence.
macro_rules! refused {
    ($result:expr, $pattern:pat, $part:expr) => {
        match $result {
            Err(error @ $pattern) => {
                let text = error.to_string();
                assert!(text.contains($part), "{text}");
            }
            other => panic!("{other:?}"),
        }
    };
}

#[test]
fn a_good_chain_passes_and_says_what_was_checked() {
    let (anchor, leaf) = (ca(), good().sign(&key()));
    for name in ["localhost", "LOCALHOST", "127.0.0.1"] {
        let verified = verify_chain(&[&leaf, anchor.der()], &anchor, None, &server(name), now()).unwrap();
        assert_eq!(verified.leaf.der(), leaf);
        assert_eq!(verified.leaf.common_name().as_deref(), Some("leaf"));
        assert!(verified.checks.iter().any(|line| line.contains(&name.to_lowercase())));
    }
}

#[test]
fn a_signature_by_another_key_is_refused() {
    refused!(check_der(&good().sign(&other_key())), Error::Signature { .. }, "under the key of \"CA\"");
    let short = good().assemble(&[0x30, 0x00], &[0; 256]);
    refused!(check_der(&short), Error::Malformed { .. }, "certificate");
}

#[test]
fn only_sha256_with_rsa_and_null_is_taken_and_both_places_must_agree() {
    let (mut sha1, mut outer, mut inner, mut bare) = (good(), good(), good(), good());
    sha1.inner_algorithm = sha1_with_rsa();
    sha1.outer_algorithm = sha1_with_rsa();
    refused!(check(&sha1), Error::SignatureAlgorithm { .. }, "sha1WithRSAEncryption");
    outer.outer_algorithm = sha1_with_rsa();
    refused!(check(&outer), Error::SignatureAlgorithm { .. }, "sha256WithRSAEncryption with NULL");
    inner.inner_algorithm = sha1_with_rsa();
    refused!(check(&inner), Error::TwoAlgorithms { .. }, "one signature algorithm inside");
    bare.inner_algorithm = algorithm(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b], &[]);
    bare.outer_algorithm = bare.inner_algorithm.clone();
    refused!(check(&bare), Error::SignatureAlgorithm { .. }, "without parameters");
}

#[test]
fn a_certificate_has_its_time_give_or_take_five_minutes() {
    let with = |life| Forge { life, ..good() };
    refused!(check(&with(["200101000000Z", "251231235400Z"])), Error::Expired { .. }, "until 2025-12-31");
    refused!(
        check(&with(["260101000600Z", "270101000000Z"])),
        Error::NotYetValid { .. },
        "or is this machine's clock wrong?"
    );
    check(&with(["200101000000Z", "251231235500Z"])).unwrap();
    check(&with(["260101000500Z", "270101000000Z"])).unwrap();
}

#[test]
fn the_ca_has_its_time_too() {
    let anchor = ca();
    let later = now() + Duration::from_secs(30 * 365 * 24 * 3600);
    let leaf = Forge { life: ["200101000000Z", "20990101000000Z"], ..good() }.sign(&key());
    let result = verify_chain(&[&leaf, anchor.der()], &anchor, None, &server("localhost"), later);
    refused!(result, Error::Expired { .. }, "\"CA\" was valid until 2049-12-31");
}

#[test]
fn the_name_must_stand_in_subject_alt_name() {
    refused!(
        check(&good().with(alt_names(&[dns("example.org"), dns("*")]))),
        Error::ServerName { .. },
        "is for example.org, *, but localhost was called"
    );
    let only_common_name = Forge { subject: name("localhost"), ..good() }.without(ALT_NAMES);
    refused!(check(&only_common_name), Error::ServerName { .. }, "the common name is not looked at");
    let address_as_name = good().with(alt_names(&[dns("127.0.0.1")])).sign(&key());
    let anchor = ca();
    let result = verify_chain(&[&address_as_name, anchor.der()], &anchor, None, &server("127.0.0.1"), now());
    refused!(result, Error::ServerName { .. }, "127.0.0.1");
    let with_nul = good().with(alt_names(&[dns("localhost\0.example.org")]));
    refused!(check(&with_nul), Error::ServerName { .. }, "but localhost was called");
}

#[test]
fn the_leaf_must_be_meant_for_the_purpose() {
    for wrong in [good().with(extended_key_usage(CODE_SIGNING)), good().without(EXTENDED_KEY_USAGE)] {
        refused!(check(&wrong), Error::ExtendedKeyUsage { .. }, "serverAuth was expected");
    }
    refused!(
        check(&good().with(extended_key_usage(CLIENT_AUTH))),
        Error::ExtendedKeyUsage { .. },
        "clientAuth"
    );
    let (anchor, leaf) = (ca(), good().sign(&key()));
    let result = verify_chain(&[&leaf, anchor.der()], &anchor, None, &Purpose::Client, now());
    refused!(result, Error::ExtendedKeyUsage { .. }, "clientAuth was expected, it has serverAuth");
}

#[test]
fn the_leafs_key_may_sign_and_nothing_else() {
    let refused = [
        (good().with(key_usage(KEY_ENCIPHERMENT)), "it has keyEncipherment"),
        (good().with(key_usage(SIGNATURE_AND_ENCIPHERMENT)), "it has digitalSignature, keyEncipherment"),
        (good().without(KEY_USAGE), "it has none"),
    ];
    for (leaf, part) in refused {
        refused!(check(&leaf), Error::KeyUsage { .. }, part);
    }
}

#[test]
fn critical_extensions_must_be_known_and_none_may_be_there_twice() {
    let constraints = extension(NAME_CONSTRAINTS, true, &[0x30, 0x00]);
    refused!(check(&good().with(constraints)), Error::UnknownCriticalExtension { .. }, "nameConstraints");
    check(&good().with(extension(NAME_CONSTRAINTS, false, &[0x30, 0x00]))).unwrap();
    let mut twice = good();
    twice.extensions.push(alt_names(&[dns("localhost")]));
    refused!(check(&twice), Error::DuplicateExtension { .. }, "subjectAltName is there twice");
}

#[test]
fn version_and_serial_number_have_one_form() {
    let version = |bytes: &[u8]| Forge { version: bytes.to_vec(), ..good() };
    refused!(check(&version(&[0xa0, 3, 2, 1, 1])), Error::Version { got: 2, .. }, "version 2");
    refused!(check(&version(&[])), Error::Version { got: 1, .. }, "version 1");
    refused!(check(&version(&[0xa0, 3, 2, 1, 0])), Error::NotDer { .. }, "the one way");
    refused!(check(&version(&[0xa0, 3, 2, 1, 9])), Error::Malformed { .. }, "no certificate");
    let serial = |bytes: &[u8]| Forge { serial: integer(bytes), ..good() };
    refused!(check(&serial(&[0])), Error::Serial { .. }, "is zero");
    refused!(check(&serial(&[0x80])), Error::Serial { .. }, "is negative");
    refused!(check(&serial(&[0x7f; 21])), Error::Serial { .. }, "longer than 20 bytes");
    check(&serial(&[0x7f; 20])).unwrap();
    refused!(check(&serial(&[0, 1])), Error::Malformed { .. }, "no certificate");
}

#[test]
fn keys_of_other_sizes_and_exponents_are_refused() {
    let odd = |length: usize| [vec![0, 0x80], vec![0; length - 2], vec![1]].concat();
    let e = [1, 0, 1];
    for (n, e, part) in [
        (odd(128), &e[..], "1024 bits"),
        (odd(513), &e, "4104 bits"),
        (odd(256), &[3], "exponent"),
        (odd(256), &[0x01, 0, 0], "exponent"),
    ] {
        refused!(check(&Forge { key: spki(&n, e), ..good() }), Error::PublicKey { .. }, part);
    }
    let ec = algorithm(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01], &[]);
    let ec = tlv(0x30, &[&ec, &tlv(0x03, &[&[0, 4, 1, 2]])]);
    refused!(check(&Forge { key: ec, ..good() }), Error::PublicKey { .. }, "rsaEncryption");
}

#[test]
fn one_value_has_one_encoding() {
    let not_used = Forge { unused_bits: 1, ..good() };
    assert!(check(&not_used).is_err());
    // A time before 2050 as GeneralizedTime (RFC 5280, section 4.1.2.5).
    let time = Forge { life: ["20200101000000Z", "20270101000000Z"], ..good() };
    refused!(check(&time), Error::NotDer { .. }, "the one way that DER allows");
    // BOOLEAN FALSE where FALSE is the default.
    let mut default = good();
    let usage =
        tlv(0x30, &[&tlv(0x06, &[KEY_USAGE]), &[1, 1, 0], &tlv(0x04, &[&tlv(3, &[DIGITAL_SIGNATURE])])]);
    default.extensions[0] = usage;
    refused!(check(&default), Error::NotDer { .. }, "the one way that DER allows");
}

#[test]
fn the_chain_must_end_in_the_pinned_ca() {
    let stranger = Forge::ca(&other_key()).sign(&other_key());
    let leaf = good().sign(&other_key());
    let result = verify_chain(&[&leaf, &stranger], &ca(), None, &server("localhost"), now());
    refused!(result, Error::ForeignCa { .. }, "another CA than the pinned one");
    // The same key and name, but another certificate: it is not the one that was pinned.
    let twin = Forge { serial: integer(&[9]), ..Forge::ca(&key()) }.sign(&key());
    let result = verify_chain(&[&good().sign(&key()), &twin], &ca(), None, &server("localhost"), now());
    refused!(result, Error::ForeignCa { .. }, "SHA-256");
}

#[test]
fn a_chain_has_two_to_four_certificates() {
    let (anchor, leaf) = (ca(), good().sign(&key()));
    let last = anchor.der();
    for chain in [vec![], vec![last], vec![&leaf[..]], vec![&leaf[..], last, last, last, last]] {
        let count = chain.len();
        let result = verify_chain(&chain, &anchor, None, &server("localhost"), now());
        refused!(result, Error::ChainLength { .. }, &format!("has {count} certificates; 2 to 4"));
    }
    let result = verify_chain(&[last, last], &anchor, None, &server("localhost"), now());
    refused!(result, Error::PathLength { .. } | Error::KeyUsage { .. }, "\"CA\"");
    let long = vec![0x30; MAX_CERTIFICATE + 1];
    refused!(check_der(&long), Error::TooLong { .. }, "at most 16384 are read");
}

/// A leaf under a CA of its own, which `anchor` has signed: what the checks of a CA see.
fn check_below(middle: Forge, anchor: &Certificate) -> Result<(), Error> {
    let middle = Forge { subject: name("middle"), ..middle };
    let leaf = Forge { issuer: name("middle"), ..good() }.sign(&other_key());
    let middle = middle.sign(&key());
    verify_chain(&[&leaf, &middle, anchor.der()], anchor, None, &server("localhost"), now()).map(drop)
}

fn middle() -> Forge {
    Forge::ca(&other_key())
}

#[test]
fn only_a_ca_may_sign_and_no_more_below_it_than_it_allows() {
    let open = Forge::ca(&key()).with(basic_constraints(true, Some(1))).sign(&key());
    let open = Certificate::from_der(&open).unwrap();
    check_below(middle(), &open).unwrap();
    refused!(check_below(middle(), &ca()), Error::PathLength { allowed: 0, got: 1, .. }, "allows 0 CAs");
    for no_ca in [middle().with(basic_constraints(false, None)), middle().without(BASIC_CONSTRAINTS)] {
        refused!(check_below(no_ca, &open), Error::NotACa { .. }, "\"middle\" has signed a certificate, but");
    }
    let no_signer = middle().with(key_usage(CRL_SIGN));
    refused!(
        check_below(no_signer, &open),
        Error::KeyUsage { .. },
        "keyCertSign was expected, it has cRLSign"
    );
    refused!(check_below(middle().without(KEY_USAGE), &open), Error::KeyUsage { .. }, "it has none");
}

#[test]
fn each_issuer_must_be_the_one_that_is_named() {
    let anchor = ca();
    let leaf = Forge { issuer: name("somebody else"), ..good() }.sign(&key());
    let result = verify_chain(&[&leaf, anchor.der()], &anchor, None, &server("localhost"), now());
    refused!(result, Error::Issuer { .. }, "was issued by \"somebody else\", but the next one");
}

#[test]
fn nothing_in_a_certificate_can_steer_a_terminal() {
    let leaf = Forge { subject: name("\u{1b}[2J\u{202e}evil"), ..good() };
    let text = check(&leaf.without(EXTENDED_KEY_USAGE)).unwrap_err().to_string();
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    let leaf = good().with(alt_names(&[dns("\u{1b}[2J")]));
    let text = check(&leaf).unwrap_err().to_string();
    assert!(!text.contains('\u{1b}'), "{text:?}");
}
