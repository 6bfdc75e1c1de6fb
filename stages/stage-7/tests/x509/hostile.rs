//! Bytes that nobody would send by mistake: no panic, and never a yes.

use crate::forge::*;
use certificates::x509::dissect;
use certificates::x509::{
    Certificate, CertificateRequest, RevocationList, certificates_from_pem, verify_chain,
};
use proptest::prelude::*;

#[test]
fn no_changed_bit_of_a_certificate_goes_unnoticed() {
    let (anchor, good) = (ca(), Forge::leaf(&key()).sign(&key()));
    for at in 0..good.len() * 8 {
        let mut leaf = good.clone();
        leaf[at / 8] ^= 0x80 >> (at % 8);
        if Certificate::from_der(&leaf).is_ok() {
            let result = verify_chain(&[&leaf, anchor.der()], &anchor, None, &server("localhost"), now());
            assert!(result.is_err(), "bit {at}");
        }
        let _ = dissect::certificate(&leaf);
    }
}

#[test]
fn no_part_of_a_certificate_or_request_is_one() {
    let leaf = Forge::leaf(&key()).sign(&key());
    let request = CertificateRequest::new(&key(), "alice", Some("a@b"), None, &mut seeded()).unwrap();
    for length in 0..leaf.len() {
        assert!(Certificate::from_der(&leaf[..length]).is_err(), "{length}");
        let _ = dissect::certificate(&leaf[..length]);
    }
    for length in 0..request.der().len() {
        assert!(CertificateRequest::from_der(&request.der()[..length]).is_err(), "{length}");
    }
    let long = [&leaf[..], &[0]].concat();
    assert!(Certificate::from_der(&long).is_err());
}

#[test]
fn lengths_that_lie_and_nesting_without_end_are_errors() {
    let nested = |depth: usize| (0..depth).fold(Vec::new(), |inner, _| tlv(0x30, &[&inner]));
    for bytes in [
        vec![],
        vec![0x30],
        vec![0x30, 0x80],
        vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        vec![0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        vec![0x1f, 0xff, 0xff, 0xff, 0xff, 0xff],
        nested(3000),
        vec![0x24; 16000],
        (0..7000).flat_map(|_| [0x30, 0x80]).collect(),
    ] {
        assert!(Certificate::from_der(&bytes).is_err());
        assert!(CertificateRequest::from_der(&bytes).is_err());
        assert!(RevocationList::from_der(&bytes).is_err());
        let _ = dissect::certificate(&bytes);
    }
}

#[test]
fn pem_is_read_with_text_around_it_and_refused_when_it_is_broken() {
    let certificate = ca();
    let pem = certificate.to_pem();
    assert_eq!(Certificate::from_pem(&format!("subject=CA\n{pem}\nand more\n")).unwrap(), certificate);
    assert_eq!(certificates_from_pem(&format!("{pem}{pem}")).unwrap().len(), 2);
    for bad in [
        String::new(),
        pem.replace("CERTIFICATE", "X509 CRL"),
        pem.replace("-----END", "-----FIN"),
        pem.replacen("MII", "M!I", 1),
        format!("{pem}{pem}"),
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".into(),
    ] {
        assert!(Certificate::from_pem(&bad).is_err(), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Certificate::from_der(&bytes);
        let _ = RevocationList::from_der(&bytes);
        let _ = CertificateRequest::from_der(&bytes);
        let _ = dissect::certificate(&bytes);
    }

    #[test]
    fn a_certificate_with_spliced_bytes_never_panics(at in 0usize..800, bytes in proptest::collection::vec(any::<u8>(), 1..20)) {
        let mut der = ca().der().to_vec();
        let at = at.min(der.len() - 1);
        let end = (at + bytes.len()).min(der.len());
        der.splice(at..end, bytes);
        let _ = Certificate::from_der(&der);
        let _ = dissect::certificate(&der);
    }
}
