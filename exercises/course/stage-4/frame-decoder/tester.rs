//! The tester of `frame-decoder`: streams that stage 4's own encoder has made, cut in every way; then lengths that lie.

mod exercise;

use allocation_counter::measure;
use exercise::{FrameDecoder, TooLong};
use framing::{ByteOrder, encode_frame};
use kit::{fail, holds, same, same_bytes};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const LIMIT: usize = 1 << 20;

/// The payloads as one stream of frames.
fn stream(payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut stream = Vec::new();
    for payload in payloads {
        encode_frame(ByteOrder::Network, LIMIT, payload, &mut stream).expect("short enough");
    }
    stream
}

/// All frames that are whole now; none of them is longer than `limit`.
fn frames(decoder: &mut FrameDecoder, limit: usize) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    loop {
        match decoder.frame() {
            Ok(Some(frame)) if frames.len() < 1_000_000 => frames.push(frame),
            Ok(Some(_)) => fail("`frame` hands out frames for ever; is the same one found again and again?"),
            Ok(None) => return frames,
            Err(too_long) => fail(refusal(&too_long, limit)),
        }
    }
}

/// What is wrong about refusing a frame that is allowed.
fn refusal(TooLong { length }: &TooLong, limit: usize) -> String {
    let swapped = length.swap_bytes();
    if *length as usize > limit && swapped as usize <= limit {
        return format!("a frame of {swapped} bytes was taken for one of {length}: which byte comes first?");
    }
    format!("a frame of {length} bytes was refused; the limit is {limit}")
}

fn same_frames(expected: &[Vec<u8>], found: &[Vec<u8>]) {
    for (expected, found) in expected.iter().zip(found) {
        same_bytes(expected, found);
    }
    let [expected, found] = [expected.len(), found.len()];
    holds(
        expected == found,
        format!("frames that were sent: {expected}; frames that were handed out: {found}"),
    );
}

pub fn main() {
    kit::run(|tester| {
        tester.step("one frame in one piece", || {
            let mut decoder = FrameDecoder::new(LIMIT);
            holds(decoder.frame() == Ok(None), "nothing has arrived yet, so there is no frame: `Ok(None)`");
            decoder.push(b"\0\0\0\x05hello");
            same_frames(&[b"hello".to_vec()], &frames(&mut decoder, LIMIT));
        });
        tester.step("three frames in one piece; the second is empty", || {
            let mut decoder = FrameDecoder::new(LIMIT);
            decoder.push("\0\0\0\x03one\0\0\0\0\0\0\0\x07straße".as_bytes());
            same_frames(&[b"one".to_vec(), vec![], "straße".into()], &frames(&mut decoder, LIMIT));
        });
        tester.step("a frame whose header arrives byte by byte", || {
            let mut decoder = FrameDecoder::new(LIMIT);
            for byte in [0, 0, 0, 2, b'h'] {
                decoder.push(&[byte]);
                holds(decoder.frame() == Ok(None), "a frame was handed out before all of it had arrived");
            }
            decoder.push(b"i");
            same_frames(&[b"hi".to_vec()], &frames(&mut decoder, LIMIT));
        });
        tester.step("the same frames, wherever the stream is cut", || {
            let mut random = StdRng::seed_from_u64(4);
            let lengths = [0, 1, 4, 255, 256, 300, 0, 0, 70_000, 3];
            let sent: Vec<Vec<u8>> =
                lengths.iter().map(|length| (0..*length).map(|_| random.random()).collect()).collect();
            let stream = stream(&sent);
            for size in (1..=300).chain([1_024, 16_384, stream.len()]) {
                let mut decoder = FrameDecoder::new(LIMIT);
                let mut found = Vec::new();
                // Pieces of one byte from the short frames only: 70,000 pushes for each size would take long.
                let (small, large) = stream.split_at(900);
                for piece in small.chunks(size).chain(large.chunks(size.max(1_000))) {
                    decoder.push(piece);
                    found.extend(frames(&mut decoder, LIMIT));
                }
                same_frames(&sent, &found);
            }
        });
        tester.step("the limit itself is allowed", || {
            let mut decoder = FrameDecoder::new(300);
            decoder.push(&stream(&[vec![7; 300]]));
            same_frames(&[vec![7; 300]], &frames(&mut decoder, 300));
        });
        tester.step("one byte more is refused as soon as its header is here, and stays refused", || {
            for length in [301, 0x0001_0000, u32::MAX] {
                let mut decoder = FrameDecoder::new(300);
                decoder.push(&stream(&[b"a good one".to_vec()]));
                decoder.expect_frame(b"a good one", 300);
                decoder.push(&length.to_be_bytes());
                same(&Err(TooLong { length }), &decoder.frame());
                decoder.push(&[0; 8]);
                same(&Err(TooLong { length }), &decoder.frame());
            }
        });
        tester.step("a good frame in front of a bad header is still handed out", || {
            let mut decoder = FrameDecoder::new(300);
            decoder.push(b"\0\0\0\x04good\xff\xff\xff\xff");
            decoder.expect_frame(b"good", 300);
            same(&Err(TooLong { length: u32::MAX }), &decoder.frame());
        });
        tester.step("a length that is only announced takes no memory", || {
            let mut decoder = FrameDecoder::new(LIMIT);
            let used = measure(|| {
                decoder.push(&(LIMIT as u32).to_be_bytes());
                decoder.push(b"ten bytes!");
                let _ = decoder.frame(); // only what it costs matters here
            });
            let most = used.bytes_max;
            holds(
                most < 1_000,
                format!("14 bytes have arrived, but {most} bytes of memory were taken for them"),
            );
        });
        tester.step("a long conversation takes no more memory than a short one", || {
            let stream = stream(&vec![vec![7; 1_000]; 3_000]);
            let mut decoder = FrameDecoder::new(LIMIT);
            let used = measure(|| {
                for piece in stream.chunks(1_400) {
                    decoder.push(piece);
                    while let Ok(Some(frame)) = decoder.frame() {
                        drop(frame);
                    }
                }
            });
            let most = used.bytes_max;
            holds(
                most < 50_000,
                format!("3,000 frames of 1,000 bytes were handed out one by one, and {most} bytes were stored at once"),
            );
        });
    });
}

impl FrameDecoder {
    /// The first frame must be this one.
    fn expect_frame(&mut self, expected: &[u8], limit: usize) {
        match self.frame() {
            Ok(Some(frame)) => same_bytes(expected, frame),
            Ok(None) => fail("the first frame is whole, but `frame` says that it is not here yet"),
            Err(too_long) => fail(refusal(&too_long, limit)),
        }
    }
}
