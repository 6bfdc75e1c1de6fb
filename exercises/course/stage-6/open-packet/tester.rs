//! The tester of `open-packet`: packets of stage 6, cut, glued together, changed and hostile.

mod exercise;

use cbc_packet::{Cipher, HEADER_LENGTH, Packets};
use exercise::{Refused, open};
use kit::{fail, holds, same, same_bytes};

const KEY: [u8; 32] = *b"thirty-two bytes: anything goes!";

/// The longest body that is taken.
const LIMIT: usize = 4096;

fn sealed(text: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    Packets::new(&KEY).seal([text.len() as u8 ^ 0xa7; 16], text, &mut packet).expect("a text that fits");
    packet
}

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 5 + length) as u8 | 1).collect()
}

fn opened(stream: &[u8]) -> Result<Option<(Vec<u8>, usize)>, Refused> {
    open(&Cipher::new(&KEY), stream, LIMIT)
}

/// The stream begins with a packet of this text.
fn opens_to(text: &[u8], stream: &[u8]) -> usize {
    match opened(stream) {
        Ok(Some((found, length))) => {
            same_bytes(text, found);
            length
        }
        Ok(None) => fail("the whole packet is there, and more bytes were asked for"),
        Err(why) => fail(format!("a right packet was refused: {why:?}")),
    }
}

/// So many bytes of the stream belong to the packet.
fn takes(expected: usize, found: usize) {
    holds(found == expected, format!("the packet takes {expected} bytes of the stream, and not {found}"));
}

fn is_refused(why: Refused, stream: &[u8], what: &str) {
    match opened(stream) {
        Err(found) => {
            let said = format!("{what}: {found:?} was said, and {why:?} is the reason");
            holds(found == why, said);
        }
        Ok(None) => fail(format!("{what}: more bytes were asked for instead of refusing it")),
        Ok(Some(_)) => fail(format!("{what}: it was opened")),
    }
}

pub fn main() {
    kit::run(|tester| {
        tester.step("a packet of one block", || {
            let packet = sealed(b"pay 100 to bob");
            takes(packet.len(), opens_to(b"pay 100 to bob", &packet));
        });
        tester.step("packets of every length up to five blocks", || {
            for length in 1..=80 {
                opens_to(&text(length), &sealed(&text(length)));
            }
        });
        tester.step("of two packets the first one, and where the second one begins", || {
            let stream = [sealed(b"/add bob"), sealed(b"a second text, of two blocks")].concat();
            let at = opens_to(b"/add bob", &stream);
            takes(sealed(b"/add bob").len(), at);
            opens_to(b"a second text, of two blocks", &stream[at..]);
        });
        tester.step("a packet that is cut anywhere waits for the rest", || {
            let packet = sealed(&text(40));
            for length in 0..packet.len() {
                match opened(&packet[..length]) {
                    Ok(None) => {}
                    Ok(Some(_)) => {
                        fail(format!("of {} bytes {length} have come: it was opened", packet.len()))
                    }
                    Err(why) => {
                        fail(format!("of {} bytes {length} have come: {why:?} was said", packet.len()))
                    }
                }
            }
        });
        tester.step("a changed body or a changed digest is found", || {
            let packet = sealed(&text(40));
            for at in 21..packet.len() {
                let mut changed = packet.clone();
                changed[at] ^= 1;
                is_refused(Refused::Digest, &changed, &format!("byte {at} of the packet was changed"));
            }
        });
        tester.step("a body of the greatest length that is allowed", || {
            opens_to(&text(LIMIT), &sealed(&text(LIMIT)));
        });
        tester.step("a length that is too great is refused at once, by its four bytes", || {
            for length in [LIMIT as u32 + 16, LIMIT as u32 + 1, 1 << 31, u32::MAX] {
                is_refused(Refused::TooLong, &length.to_be_bytes(), &format!("a body of {length} bytes"));
            }
        });
        tester.step("a length of no bytes, or of no whole blocks, is refused at once", || {
            for length in [0_u32, 1, 15, 17, 4095] {
                is_refused(Refused::Blocks, &length.to_be_bytes(), &format!("a body of {length} bytes"));
            }
        });
        tester.step("more than 15 bytes of padding are refused at once, 15 are not", || {
            for padding in 16..=255 {
                let head = [0, 0, 0, 32, padding];
                is_refused(Refused::Padding, &head, &format!("{padding} bytes of padding"));
            }
            same(&Ok(None), &opened(&[0, 0, 0, 32, 15]));
            let mut packet = sealed(&text(32));
            packet[4] = 15;
            opens_to(&text(32)[..17], &packet);
        });
        tester.step("a header with any length and padding, and nothing but zeros behind it", || {
            for length in 0..=3 * LIMIT as u32 {
                let mut stream = vec![0; HEADER_LENGTH + 64];
                stream[..4].copy_from_slice(&length.to_be_bytes());
                stream[4] = (length / 16) as u8;
                holds(
                    !matches!(opened(&stream), Ok(Some(_))),
                    format!("a packet of zeros was opened: length {length}, padding {}", stream[4]),
                );
            }
        });
    });
}
