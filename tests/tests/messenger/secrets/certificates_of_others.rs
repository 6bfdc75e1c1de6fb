//! Certificates: nobody gets one in another's name or with another's S, and strangers are told none.

use acceptance::messenger::House;
use acceptance::wire::Wire;
use certificates::x509::{Certificate, CertificateRequest};
use key_exchange::Group;
use rand::rngs::StdRng;
use serde_bytes::ByteBuf;
use uchat_protocol::e2e::OwnKeys;
use uchat_protocol::{Code, Reply, request};

fn csr(der: &[u8]) -> request::SignCertificate {
    request::SignCertificate { csr: ByteBuf::from(der) }
}

/// A request of these keys with another S, signed anew: its proof of possession is right.
fn with_s(keys: &OwnKeys, s: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut der = keys.request("eve", "", random).unwrap();
    let own = keys.static_value().bytes();
    let at = der.windows(own.len()).position(|part| part == own).unwrap();
    der[at..at + own.len()].copy_from_slice(s);
    // SEQUENCE { information, algorithm, BIT STRING }: long lengths of two bytes, the signature at the end.
    assert_eq!((der[0], der[1], der[4], der[5]), (0x30, 0x82, 0x30, 0x82));
    let information = 4..8 + usize::from(u16::from_be_bytes([der[6], der[7]]));
    let signature = keys.rsa().sign(&der[information], random).unwrap();
    let at = der.len() - signature.len();
    der[at..].copy_from_slice(&signature);
    if let Ok(request) = CertificateRequest::from_der(&der) {
        request.verify_proof_of_possession().unwrap();
    }
    der
}

#[test]
fn nobody_is_certified_as_another_or_with_an_s_that_is_not_their_own_or_no_square() {
    let house = House::new(&[]);
    let mut random: StdRng = rand::make_rng();
    let [keys, others] = [(); 2].map(|()| OwnKeys::generate(&mut random).unwrap());
    let ((mut anna, anna_id), (mut eve, eve_id)) =
        (Wire::newcomer(&house, "anna"), Wire::newcomer(&house, "eve"));

    // The name is that of the session, whatever the request says.
    let as_eve = keys.request("eve", "eve@example.org", &mut random).unwrap();
    let Reply::Done(done) = anna.ask(csr(&as_eve)) else { panic!("it is certified") };
    let [(user, der)] = &done.certificates[..] else { panic!("one certificate: {done:?}") };
    let certificate = Certificate::from_der(der).unwrap();
    assert_eq!((*user, certificate.common_name().as_deref()), (anna_id, Some("anna")));
    assert!(!certificate.to_pem().is_empty() && keys.fits(&certificate));
    assert!(!der.windows(3).any(|part| part == b"eve"), "nothing of eve is in it");

    let p = Group::ffdhe2048().p;
    let square: [u8; 256] = *others.static_value().bytes();
    let padded = |bytes: Vec<u8>| [vec![0; 256 - bytes.len()], bytes].concat();
    let cases = [
        ("that of anna", keys.static_value().bytes().to_vec()),
        ("0", vec![0; 256]),
        ("1", padded(vec![1])),
        ("p - 1", padded((&p - 1u32).to_bytes_be())),
        // -1 is no square for such a p, so -4 is none either.
        ("no square", padded((&p - 4u32).to_bytes_be())),
        ("p", padded(p.to_bytes_be())),
    ];
    for (what, s) in cases {
        let refusal = eve.refused(csr(&with_s(&others, &s, &mut random)));
        assert_eq!(refusal.code, Code::BadCertificate, "S is {what}: {refusal}");
    }
    for wrong in [&b""[..], b"\x30\x82", &as_eve[..as_eve.len() - 1]] {
        assert_eq!(eve.refused(csr(wrong)).code, Code::BadCertificate);
    }
    // One whose proof of possession is broken.
    let mut broken = others.request("eve", "", &mut random).unwrap();
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(eve.refused(csr(&broken)).code, Code::BadCertificate);
    let right = with_s(&others, &square, &mut random);
    let Reply::Done(done) = eve.ask(csr(&right)) else { panic!("the same way with an S of her own") };
    assert_eq!(done.certificates[0].0, eve_id);
}

#[test]
fn strangers_are_told_no_certificates() {
    let house = House::new(&[]);
    let mut random: StdRng = rand::make_rng();
    let keys = OwnKeys::generate(&mut random).unwrap();
    let (mut anna, anna_id) = Wire::newcomer(&house, "anna");
    let (mut bob, bob_id) = Wire::newcomer(&house, "bob");
    anna.ask(csr(&keys.request("anna", "", &mut random).unwrap())).granted().unwrap();
    let told = |wire: &mut Wire| -> Vec<u64> {
        let asked = request::CertificatesOf { users: vec![anna_id, bob_id, 999, u64::MAX] };
        match wire.ask(asked) {
            Reply::Done(done) => done.certificates.into_iter().map(|(user, _)| user).collect(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(told(&mut bob), [0; 0]);
    anna.ask(request::AddFriend { user_name: "bob".to_owned() }).granted().unwrap();
    bob.ask(request::ResolveFriendRequest { user_id: anna_id, accept: true }).granted().unwrap();
    assert_eq!(told(&mut bob), [anna_id]);
}
