//! What somebody on the path has of a session: the messages that travelled in clear, and packets.

use crate::handshake::messages::{VERSION, hello_version};
use crate::key_transport::messages::VERSION as KEY_TRANSPORT;
use crate::keyed_packet::Sequenced;
use cbc_packet::{LIMIT, PacketDecoder};
use echo::lab::{Direction, Recording};
use framing::FrameDecoder;

/// A recorded session, by how it begins.
#[derive(Debug)]
pub(super) enum Session {
    /// Key transport: two frames of the client, three of the server, then packets.
    KeyTransport(Box<[Way; 2]>),
    /// The signed handshake: a frame each way, then packets.
    Signed(Box<[Way; 2]>),
    /// A TLS record: what the server sent.
    Tls(Vec<u8>),
    /// Something else.
    Other(String),
}

/// One direction.
#[derive(Debug)]
pub(super) struct Way {
    /// The handshake messages that travelled in frames.
    pub(super) messages: Vec<Vec<u8>>,
    packets: PacketDecoder,
}

impl Session {
    /// Takes a recording apart.
    pub(super) fn new(recording: &Recording) -> Self {
        let [client, server] = [Direction::ToServer, Direction::ToClient].map(|way| bytes(recording, way));
        if let [22, 3, ..] = client.as_slice() {
            return Self::Tls(server);
        }
        if recording.chunks.first().is_some_and(|(way, _)| *way == Direction::ToClient) {
            return Self::Other("the server speaks first: this is one of the stages 2 to 6".into());
        }
        let mut first = FrameDecoder::default();
        first.push(&client);
        match first.frame().ok().flatten().and_then(hello_version) {
            Some(KEY_TRANSPORT) => Self::KeyTransport(Box::new([Way::new(&client, 2), Way::new(&server, 3)])),
            Some(VERSION) => Self::Signed(Box::new([Way::new(&client, 1), Way::new(&server, 1)])),
            _ => Self::Other("it does not begin with a hello of this stage".into()),
        }
    }
}

impl Way {
    fn new(bytes: &[u8], frames: usize) -> Self {
        let mut decoder = FrameDecoder::default();
        decoder.push(bytes);
        let mut messages = Vec::new();
        while messages.len() < frames
            && let Ok(Some(message)) = decoder.frame()
        {
            messages.push(message.to_vec());
        }
        let mut packets = PacketDecoder::new(LIMIT);
        packets.push(&decoder.into_rest());
        Self { messages, packets }
    }

    /// The text of the next packet, under these keys; nothing if there is none, or its digest does not fit.
    pub(super) fn open(&mut self, keys: &mut Sequenced) -> Option<Vec<u8>> {
        let packet = self.packets.packet().ok()??;
        keys.open(packet).ok().map(<[u8]>::to_vec)
    }
}

fn bytes(recording: &Recording, wanted: Direction) -> Vec<u8> {
    recording.chunks.iter().filter(|(way, _)| *way == wanted).flat_map(|(_, bytes)| bytes).copied().collect()
}
