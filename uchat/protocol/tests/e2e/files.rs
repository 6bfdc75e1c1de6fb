//! Pieces of files: whole, in their place, unchanged, under their own key.

use crate::people::seeded;
use uchat_protocol::e2e::SealedError;
use uchat_protocol::e2e::file::{FileKey, STORED_PIECE, piece_at, piece_length, stored_size};
use uchat_protocol::limits::{FILE_PIECE, FILE_PUT};

#[test]
fn a_piece_opens_in_its_place_and_nowhere_else() {
    let key = FileKey::random(&mut seeded());
    let text = vec![7; FILE_PIECE];
    let packet = key.seal_piece(3, &text).unwrap();
    assert_eq!(packet.len() as u64, STORED_PIECE);
    assert!(packet.len() <= FILE_PUT);
    assert_eq!(key.seal_piece(3, &text).unwrap(), packet, "the second pass gives the same bytes");
    assert_eq!(*key.open_piece(3, &packet).unwrap(), text);
    assert!(key.open_piece(2, &packet).is_err());
    assert!(FileKey::from_bytes(&[1; 32]).open_piece(3, &packet).is_err());
    let again = FileKey::from_bytes(key.bytes());
    assert_eq!(*again.open_piece(3, &packet).unwrap(), text);
}

#[test]
fn pieces_differ_though_their_texts_are_the_same() {
    let key = FileKey::random(&mut seeded());
    let (one, other) = (key.seal_piece(0, b"same").unwrap(), key.seal_piece(1, b"same").unwrap());
    assert_ne!(one[5..21], other[5..21], "the IVs");
    assert_ne!(one[53..], other[53..]);
}

#[test]
fn every_changed_byte_is_found() {
    let key = FileKey::random(&mut seeded());
    let packet = key.seal_piece(0, b"a small file").unwrap();
    for at in 0..packet.len() {
        let mut wrong = packet.clone();
        wrong[at] ^= 1;
        assert!(key.open_piece(0, &wrong).is_err(), "byte {at}");
    }
    for length in 0..packet.len() {
        assert!(matches!(key.open_piece(0, &packet[..length]), Err(SealedError::Length { .. })));
    }
}

#[test]
fn a_piece_is_never_empty_or_too_long() {
    let key = FileKey::random(&mut seeded());
    assert!(key.seal_piece(0, b"").is_err());
    assert!(key.seal_piece(0, &vec![0; FILE_PIECE + 1]).is_err());
}

#[test]
fn sizes_are_those_of_the_pieces_and_never_overflow() {
    assert_eq!((stored_size(0), piece_length(0, 0)), (0, 0));
    assert_eq!(stored_size(u64::MAX), u64::MAX);
    assert_eq!(piece_length(u64::MAX, u64::MAX), 0);
    assert_eq!(piece_length(65_537, 1), 1);
    assert_eq!((piece_at(0), piece_at(STORED_PIECE * 9)), (Some(0), Some(9)));
    assert_eq!(piece_at(STORED_PIECE + 1), None);
}
