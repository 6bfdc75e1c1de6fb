//! Key transport on a tapped wire: messages in frames, then packets.

use super::messages::read_any;
use anatomy::Labelled;
use cbc_packet::{LIMIT, PacketDecoder, label_packet};
use echo::lab::{Direction, Dissect};
use framing::{ByteOrder, FrameDecoder, Frames};

/// Labels the messages that travel in clear, and what follows them as packets.
#[derive(Debug)]
pub struct Transported {
    ways: [Way; 2],
}

#[derive(Debug)]
enum Way {
    /// So many more frames are expected.
    Frames(FrameDecoder, u8),
    Packets(PacketDecoder),
}

impl Default for Transported {
    fn default() -> Self {
        // client_hello and client_key_exchange; server_hello, certificate and server_hello_done.
        Self { ways: [2, 3].map(|count| Way::Frames(FrameDecoder::default(), count)) }
    }
}

impl Dissect for Transported {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Labelled> {
        let way = &mut self.ways[usize::from(direction == Direction::ToClient)];
        let mut found = Vec::new();
        match way {
            Way::Frames(frames, _) => frames.push(bytes),
            Way::Packets(packets) => packets.push(bytes),
        }
        while let Way::Frames(frames, left) = way {
            let Ok(Some(message)) = frames.frame() else { return found };
            found.push(Frames::new(ByteOrder::Network).label(message, |r| {
                let _ = read_any(r); // what can be read is labelled, the rest is not
            }));
            *left -= 1;
            if *left == 0 {
                let mut packets = PacketDecoder::new(LIMIT);
                packets.push(&std::mem::take(frames).into_rest());
                *way = Way::Packets(packets);
            }
        }
        let Way::Packets(packets) = way else { return found };
        while let Ok(Some(packet)) = packets.packet() {
            found.push(label_packet(&packet.header, packet.body, "HMAC-SHA256"));
        }
        found
    }
}
