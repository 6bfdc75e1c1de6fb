//! What holds for any bytes: readers never panic, and a message has one encoding.

use crate::pair::{Pair, Setup};
use crate::recording::Recording;
use anatomy::{ReadError, Reader};
use certificates::handshake::codec::{Body, MessageType};
use certificates::handshake::messages::{
    Access, CertificateChain, CertificateVerify, ClientHello, EncryptedExtensions, Finished, Hello,
    ServerHello, read_any,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn hello() -> impl Strategy<Value = Hello> {
    (any::<[u8; 32]>(), vec(any::<u8>(), 256))
        .prop_map(|(random, key_share)| Hello { random, key_share: key_share.try_into().unwrap() })
}

fn returns<B: Body + PartialEq + std::fmt::Debug>(body: &B) {
    let bytes = body.to_bytes();
    assert_eq!(B::from_bytes(&bytes).as_ref(), Ok(body));
    let mut r = Reader::traced(&bytes);
    assert_eq!(read_any(&mut r), Ok(()));
    let labelled = r.into_labelled();
    let covered: usize = labelled.leaves().map(|leaf| leaf.range.len()).sum();
    assert_eq!(covered, bytes.len(), "every byte has a label");
}

/// If these bytes are a message at all, they are the bytes that we would write.
fn canonical<B: Body>(bytes: &[u8]) {
    if let Ok(body) = B::from_bytes(bytes) {
        assert_eq!(body.to_bytes(), bytes);
    }
}

fn canonical_all(bytes: &[u8]) {
    canonical::<ClientHello>(bytes);
    canonical::<ServerHello>(bytes);
    canonical::<EncryptedExtensions>(bytes);
    canonical::<CertificateChain>(bytes);
    canonical::<CertificateVerify>(bytes);
    canonical::<Finished>(bytes);
    canonical::<Access>(bytes);
    let _: Result<(), ReadError> = read_any(&mut Reader::traced(bytes));
}

proptest! {
    #[test]
    fn every_message_returns_and_every_byte_has_a_label(
        hello in hello(),
        name in "[a-z]{1,20}(\\.[a-z]{1,20}){0,3}",
        challenge: Option<[u8; 32]>,
        client_certificate: bool,
        chain in vec(vec(any::<u8>(), 1..900), 0..5),
        signature in vec(any::<u8>(), 0..520),
        verify_data: [u8; 32],
        answer: [u8; 16],
    ) {
        returns(&ClientHello { hello: hello.clone(), server_name: name.parse().unwrap() });
        returns(&ServerHello { hello });
        returns(&EncryptedExtensions { challenge, client_certificate });
        returns(&CertificateChain(chain));
        returns(&CertificateVerify { signature });
        returns(&Finished { verify_data });
        returns(&Access { answer });
    }

    #[test]
    fn a_message_has_one_encoding(
        kind in proptest::sample::select(MessageType::ALL.map(|kind| kind as u8).to_vec()),
        body in vec(any::<u8>(), 0..400),
        flips in vec((any::<proptest::sample::Index>(), 0_u8..8), 0..4),
    ) {
        let mut bytes = [&[kind, 0][..], &(body.len() as u16).to_be_bytes(), &body].concat();
        canonical_all(&bytes);
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        canonical_all(&bytes);
    }

    #[test]
    fn nothing_that_comes_makes_a_side_panic_or_keep_more_than_has_come(
        pieces in vec(vec(any::<u8>(), 0..200), 0..6),
    ) {
        let Pair { mut client, mut server, now, mut random } = Setup::default().pair();
        for piece in pieces {
            client.receive(now, &piece, &mut random);
            server.receive(now, &piece, &mut random);
        }
        prop_assert!(client.peer.is_none() && server.peer.is_none());
    }
}

/// The messages of a real handshake, with random changes.
#[test]
fn changed_hellos_have_one_encoding_too() {
    let recording = Recording::new();
    for unit in &recording.units[..2] {
        let message = &unit.bytes[4..];
        for bit in 0..message.len() * 8 {
            let mut changed = message.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            canonical_all(&changed);
        }
    }
}
