//! Public values, then packets, on a tapped wire.

use crate::packet::{Header, LIMIT, PacketDecoder};
use anatomy::{Labelled, Reader};
use echo::lab::{Direction, Dissect};
use framing::{ByteOrder, FrameDecoder, Frames};
use key_exchange::read_public;

/// Labels the first frame of each direction as a public value, and what follows as packets. Who has no key sees
/// no more: how long each message is, and noise.
#[derive(Debug, Default)]
pub struct Sealed {
    ways: [Way; 2],
}

#[derive(Debug)]
enum Way {
    PublicValue(FrameDecoder),
    Packets(PacketDecoder),
}

impl Default for Way {
    fn default() -> Self {
        Self::PublicValue(FrameDecoder::default())
    }
}

impl Dissect for Sealed {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Labelled> {
        let way = &mut self.ways[usize::from(direction == Direction::ToClient)];
        let mut found = Vec::new();
        let packets = match way {
            Way::Packets(packets) => {
                packets.push(bytes);
                packets
            }
            Way::PublicValue(frame) => {
                frame.push(bytes);
                let Ok(Some(value)) = frame.frame() else { return found };
                found.push(Frames::new(ByteOrder::Network).label(value, |r| {
                    let _ = read_public(r); // all that is left is read, so it cannot fail
                }));
                let mut packets = PacketDecoder::new(LIMIT);
                packets.push(&std::mem::take(frame).into_rest());
                *way = Way::Packets(packets);
                let Way::Packets(packets) = way else { return found };
                packets
            }
        };
        while let Ok(Some(packet)) = packets.packet() {
            found.push(label_packet(&packet.header, packet.body, "MD5 of the body, in hexadecimal digits"));
        }
        found
    }
}

/// A packet with labels; `digest` says what its digest is made of.
#[must_use]
pub fn label_packet(header: &Header, body: &[u8], digest: &str) -> Labelled {
    let bytes = [&header.to_bytes()[..], body].concat();
    let mut r = Reader::traced(&bytes);
    // It was a packet a moment ago, so it is one again.
    let _ = Header::read(&mut r, usize::MAX);
    r.note(|| digest.to_owned());
    let _ = r.bytes(body.len(), "body");
    r.note(|| format!("{} encrypted", echo::lab::count(body.len() / crate::BLOCK, "block")));
    r.into_labelled()
}
