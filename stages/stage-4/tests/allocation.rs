//! How much memory decoding takes, counted at the allocator.

use allocation_counter::measure;
use framing::{ByteOrder, FrameDecoder, LIMIT, decode, encode_frame};

#[test]
fn a_header_that_announces_a_mebibyte_allocates_what_has_arrived() {
    let mut decoder = FrameDecoder::default();
    let used = measure(|| {
        decoder.push(&(LIMIT as u32).to_be_bytes());
        decoder.push(b"ten bytes!");
        assert_eq!(decoder.frame(), Ok(None));
    });
    assert!(used.bytes_max <= 64, "{used:?}");
}

#[test]
fn frames_in_pieces_cost_less_than_one_allocation_each() {
    let payload = vec![7; 10_000];
    let mut stream = Vec::new();
    for _ in 0..100 {
        encode_frame(ByteOrder::Network, LIMIT, &payload, &mut stream).unwrap();
    }
    let mut decoder = FrameDecoder::default();
    let mut frames = 0;
    let used = measure(|| {
        for piece in stream.chunks(1500) {
            decoder.push(piece);
            while let Ok(Some(frame)) = decoder.frame() {
                assert_eq!(frame.len(), 10_000);
                frames += 1;
            }
        }
    });
    assert_eq!(frames, 100);
    assert!(used.count_total <= 100, "{used:?}");
    assert!(used.bytes_max <= 4 * 10_000, "the store is one frame and a piece, not the stream: {used:?}");
}

#[test]
fn lengths_that_only_announce_allocate_nothing() {
    for kind in 1..=7 {
        let bytes = [&[kind][..], &u32::MAX.to_be_bytes()].concat();
        let used = measure(|| assert!(decode(&bytes).is_err()));
        assert!(used.bytes_max <= 256, "type {kind}: {used:?}");
    }
}
