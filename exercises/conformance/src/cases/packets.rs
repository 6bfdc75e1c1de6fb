//! Stage 6: packets good and bad.

use crate::case::{Case, Outcome, holds, same};
use crate::session::Session;
use crate::session::packets::{Peer, bytes, echo_of};
use crate::target::Target;
use cbc_packet::operations::SERVER_ECHO;
use cbc_packet::{HEADER_LENGTH, LIMIT, Packets};
use std::time::Duration;

const FORMAT: &str = "book/src/protocol.md#formats";
const VALUES: &str = "book/src/protocol.md#values";
const WIRE: &str = "stages/stage-6/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "packet-every-padding",
        spec: WIRE,
        sends: "texts of 1 to 32 bytes, so that every padding from 0 to 15 occurs",
        expects: "each comes back; every field of every answer is right, and its padding is zeros",
        slow: false,
        run: every_padding,
    },
    Case {
        name: "packet-empty-text",
        spec: WIRE,
        sends: "client_echo with an empty text",
        expects: "server_echo with an empty text",
        slow: false,
        run: |target| target.open()?.ask(b"", b""),
    },
    Case {
        name: "packet-iv-is-new",
        spec: FORMAT,
        sends: "the same text eight times",
        expects: "eight answers with eight different IVs",
        slow: false,
        run: iv_is_new,
    },
    Case {
        name: "packet-lengths",
        spec: FORMAT,
        sends: "texts of 249, 250, 251, 65,529, 65,530 and 65,531 bytes: bodies around 256 and 65,536",
        expects: "each comes back",
        slow: false,
        run: |target| super::echo::lengths(target, &[249, 250, 251, 65529, 65530, 65531]),
    },
    Case {
        name: "packet-largest",
        spec: WIRE,
        sends: "a text of 1,048,576 bytes, so a body of 1,048,592 (the messenger: a message of 1,048,576 bytes)",
        expects: "it comes back",
        slow: false,
        run: |target| {
            let most = if target.layer.is_messenger() { LIMIT - 16 - 6 } else { LIMIT - 16 };
            super::echo::lengths(target, &[most])
        },
    },
    Case {
        name: "packet-any-cut",
        spec: FORMAT,
        sends: "two packets, cut in two after 1, 4, 5, 21, 53, 60 and 69 bytes and in the second one",
        expects: "both are answered, wherever the stream was cut",
        slow: false,
        run: |target| any_cut(target, &[1, 4, 5, 21, 53, 60, 69, 70, 100, 122, 137]),
    },
    Case {
        name: "packet-padding-unseen",
        spec: WIRE,
        sends: "a packet whose padding is not zeros",
        expects: "the answer, as if it were: padding is cut off unseen in this stage",
        slow: false,
        run: padding_unseen,
    },
    Case {
        name: "packet-body-changed",
        spec: FORMAT,
        sends: "a packet with one bit of its body changed",
        expects: "the server closes, without a byte: the digest does not fit",
        slow: false,
        run: |target| changed(target, |packet| packet[HEADER_LENGTH] ^= 1),
    },
    Case {
        name: "packet-digest-forged",
        spec: FORMAT,
        sends: "a packet whose digest has another last digit",
        expects: "the server closes, without a byte: all 32 digits are compared",
        slow: false,
        run: |target| changed(target, |packet| packet[HEADER_LENGTH - 1] ^= 1),
    },
    Case {
        name: "packet-digest-zeros",
        spec: FORMAT,
        sends: "a packet with 32 times the digit 0 for a digest",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| changed(target, |packet| packet[21..HEADER_LENGTH].fill(b'0')),
    },
    Case {
        name: "packet-digest-capitals",
        spec: WIRE,
        sends: "a packet whose digest has capital letters",
        expects: "the server closes, without a byte: a digest has one form",
        slow: false,
        run: capitals,
    },
    Case {
        name: "packet-padding-16",
        spec: WIRE,
        sends: "a packet that says 16 bytes of padding",
        expects: "the server closes, without a byte: 15 is the most",
        slow: false,
        run: |target| changed(target, |packet| packet[4] = 16),
    },
    Case {
        name: "packet-padding-255",
        spec: WIRE,
        sends: "a packet that says 255 bytes of padding, more than its body has",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| changed(target, |packet| packet[4] = 255),
    },
    Case {
        name: "packet-no-body",
        spec: WIRE,
        sends: "a packet with a body of 0 bytes",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| hostile(target, &header(0, 0)),
    },
    Case {
        name: "packet-half-a-block",
        spec: WIRE,
        sends: "a packet with a body of 24 bytes",
        expects: "the server closes, without a byte: that is no multiple of 16",
        slow: false,
        run: |target| hostile(target, &header(24, 24)),
    },
    Case {
        name: "packet-too-long",
        spec: WIRE,
        sends: "the header of a packet with a body of 1,048,608 bytes",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| hostile(target, &header(LIMIT as u32 + 16, 0)),
    },
    Case {
        name: "packet-four-gigabytes",
        spec: WIRE,
        sends: "the header of a packet with a body of 4,294,967,280 bytes",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| hostile(target, &header(u32::MAX - 15, 0)),
    },
    Case {
        name: "packet-another-key",
        spec: FORMAT,
        sends: "a packet that is right in itself, under another key",
        expects: "the server closes, without a byte: what it decrypts is no message",
        slow: false,
        run: another_key,
    },
    Case {
        name: "message-left-over",
        spec: VALUES,
        sends: "client_echo whose text is one byte shorter than its bytes",
        expects: "the connection ends: nothing may be left over",
        slow: false,
        run: |target| super::messages::no_message(target, b"\x03\x03\0\0\0\x01ab"),
    },
    Case {
        name: "packet-cut-off",
        spec: FORMAT,
        sends: "60 bytes of a packet of 69, then the end of the client's direction",
        expects: "the server closes, without a byte",
        slow: false,
        run: cut_off,
    },
];

/// A header, and so many bytes of a body.
fn header(length: u32, there: usize) -> Vec<u8> {
    [&length.to_be_bytes()[..], &[0; 1 + 16], &[b'0'; 32], &vec![0; there]].concat()
}

fn every_padding(target: &Target) -> Outcome {
    let mut peer = Peer::agree(target)?;
    for length in 1..=32 {
        let text = super::echo::digits(length);
        let packet = peer.encode(&text)?;
        peer.wire.send(&packet)?;
        let answer = peer.packet().map_err(|wrong| wrong.when(&format!("a text of {length} bytes")))?;
        let expected = bytes(&echo_of(SERVER_ECHO, &text)?)?;
        same("the packet holds another message", &expected, &answer.text)?;
        same("the padding is not zeros", &vec![0; answer.fill.len()], &answer.fill)?;
    }
    Ok(())
}

fn iv_is_new(target: &Target) -> Outcome {
    let mut peer = Peer::agree(target)?;
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for _ in 0..8 {
        let packet = peer.encode(b"12345")?;
        peer.wire.send(&packet)?;
        let iv = peer.packet()?.iv;
        holds(!seen.contains(&iv), || "the server used an IV twice".to_owned())?;
        seen.push(iv);
    }
    Ok(())
}

/// Two packets, cut in two at each of these places, on a connection for each.
pub(super) fn any_cut(target: &Target, cuts: &[usize]) -> Outcome {
    for &cut in cuts {
        let mut session = target.open()?;
        let both = [session.encode(b"12345")?, session.encode(b"67890")?].concat();
        let (one, other) = both.split_at(cut.min(both.len() - 1));
        session.wire().send(one)?;
        std::thread::sleep(Duration::from_millis(2)); // so that the pieces are read as pieces
        session.wire().send(other)?;
        for text in [b"12345", b"67890"] {
            session.hear(text).map_err(|wrong| wrong.when(&format!("cut after byte {cut}")))?;
        }
    }
    Ok(())
}

/// A good message in a packet that was changed after it was sealed: the connection ends as it does in this stage.
pub(super) fn changed(target: &Target, change: impl Fn(&mut Vec<u8>)) -> Outcome {
    let mut said = target.talk()?;
    let mut packet = said.encode(b"12345")?;
    change(&mut packet);
    said.wire().push(&packet);
    said.ended()?;
    target.serves()
}

fn hostile(target: &Target, bytes: &[u8]) -> Outcome {
    let mut peer = Peer::agree(target)?;
    peer.wire.push(bytes);
    peer.wire.closes()?;
    target.serves()
}

fn capitals(target: &Target) -> Outcome {
    let mut peer = Peer::agree(target)?;
    // In one of a hundred million digests there is no letter at all.
    let mut packet = peer.encode(b"12345")?;
    while !packet[21..HEADER_LENGTH].iter().any(u8::is_ascii_lowercase) {
        packet = peer.encode(b"12345")?;
    }
    packet[21..HEADER_LENGTH].make_ascii_uppercase();
    peer.wire.push(&packet);
    peer.wire.closes()?;
    target.serves()
}

fn padding_unseen(target: &Target) -> Outcome {
    let mut peer = Peer::agree(target)?;
    // 11 bytes of a message and 5 that are no zeros: the seal sees 16 bytes of text, the header is told of 5 bytes less.
    let text = [b"\x03\x03\0\0\0\x0512345".as_slice(), b"\x01\x02\x03\x04\x05"].concat();
    let mut packet = peer.sealed(&text)?;
    packet[4] = 5;
    peer.wire.send(&packet)?;
    peer.hear(b"12345")
}

fn another_key(target: &Target) -> Outcome {
    let mut peer = Peer::agree(target)?;
    peer.packets = Packets::new(&[7; 32]);
    let packet = peer.encode(b"12345")?;
    peer.wire.push(&packet);
    peer.wire.closes()?;
    target.serves()
}

fn cut_off(target: &Target) -> Outcome {
    let mut peer = Peer::agree(target)?;
    let packet = peer.encode(b"12345")?;
    peer.wire.send(&packet[..60])?;
    peer.wire.finish();
    peer.wire.closes()?;
    target.serves()
}
