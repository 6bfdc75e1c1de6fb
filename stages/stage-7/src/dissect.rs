//! The channel on a tapped wire: hellos with labels, then packets that show their length and nothing else. With
//! the secrets of the connection, from a key log, what is in them as well.

use crate::connection::{ALERT, CLOSE_NOTIFY};
use crate::handshake::codec::{Body, MessageType};
use crate::handshake::key_log::{LoggedSecret, read_key_log};
use crate::handshake::messages::{ClientHello, read_any};
use crate::handshake::schedule::TrafficSecret;
use crate::keyed_packet::Sequenced;
use anatomy::{Labelled, ReadError, Reader};
use cbc_packet::operations::read_message;
use cbc_packet::{LIMIT, PacketDecoder, label_packet};
use echo::lab::{Direction, Dissect};
use framing::{ByteOrder, FrameDecoder, Frames};

/// Labels a connection of this stage.
///
/// After a packet that can be opened comes its text, labelled by the same code that the two sides read it with.
#[derive(Debug, Default)]
pub struct Channel {
    ways: [Way; 2],
    secrets: Vec<LoggedSecret>,
    client_random: [u8; 32],
}

/// One direction.
#[derive(Debug)]
enum Way {
    Hello(FrameDecoder),
    Packets(PacketDecoder, Option<Box<Opener>>),
}

/// What opens the packets of one direction.
#[derive(Debug)]
struct Opener {
    sequenced: Sequenced,
    /// The keys after `finished`, until it comes.
    application: Option<TrafficSecret>,
}

impl Default for Way {
    fn default() -> Self {
        Self::Hello(FrameDecoder::default())
    }
}

impl Channel {
    /// With the text of a key log, in which the secrets of this connection may be.
    #[must_use]
    pub fn with_key_log(text: &str) -> Self {
        Self { secrets: read_key_log(text), ..Self::default() }
    }

    /// What opens the packets of this direction, if its secrets are known.
    fn opener(&self, direction: Direction) -> Option<Box<Opener>> {
        let secret = |label| {
            let mine =
                |found: &&LoggedSecret| found.label == label && found.client_random == self.client_random;
            self.secrets.iter().find(mine).map(|found| TrafficSecret::from_key_log(*found.secret.bytes()))
        };
        let side = usize::from(direction == Direction::ToClient);
        let keys = secret(side)?.packet_keys();
        Some(Box::new(Opener { sequenced: Sequenced::new(keys), application: secret(2 + side) }))
    }
}

impl Dissect for Channel {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Labelled> {
        let side = usize::from(direction == Direction::ToClient);
        let mut labelled = Vec::new();
        let mut way = match std::mem::take(&mut self.ways[side]) {
            Way::Hello(mut frames) => {
                frames.push(bytes);
                match frames.frame() {
                    Ok(Some(hello)) => {
                        if let Ok(client) = ClientHello::from_bytes(hello) {
                            self.client_random = client.hello.random;
                        }
                        labelled.push(label_frame(hello));
                        let mut packets = PacketDecoder::new(LIMIT);
                        packets.push(&frames.into_rest());
                        Way::Packets(packets, self.opener(direction))
                    }
                    _ => Way::Hello(frames),
                }
            }
            Way::Packets(mut packets, opener) => {
                packets.push(bytes);
                Way::Packets(packets, opener)
            }
        };
        if let Way::Packets(packets, opener) = &mut way {
            while let Ok(Some(packet)) = packets.packet() {
                labelled.push(label_packet(&packet.header, packet.body, DIGEST));
                let opened = opener.as_mut().map(|opener| (opener.sequenced.open(packet), opener));
                if let Some((Ok(text), opener)) = opened {
                    labelled.push(label_text(text, opener.application.is_some()));
                    if text.first() == Some(&(MessageType::Finished as u8))
                        && let Some(application) = opener.application.take()
                    {
                        opener.sequenced = Sequenced::new(application.packet_keys());
                    }
                }
            }
        }
        self.ways[side] = way;
        labelled
    }
}

fn label_frame(payload: &[u8]) -> Labelled {
    Frames::new(ByteOrder::Network).label(payload, |r| {
        // What is wrong with it, the two sides find out; here it is shown as far as it can be read.
        let _ = if payload == [ALERT] { read_alert(r) } else { read_any(r) };
    })
}

/// The text of a packet that was opened.
fn label_text(text: &[u8], handshake: bool) -> Labelled {
    let mut r = Reader::traced(text);
    let _ = r.group("decrypted", |r| match text {
        [ALERT | CLOSE_NOTIFY] => read_alert(r),
        _ if handshake => read_any(r),
        _ => {
            while r.remaining() > 0 {
                r.group("message", read_message)?;
            }
            Ok(())
        }
    });
    r.into_labelled()
}

fn read_alert(r: &mut Reader<'_>) -> Result<(), ReadError> {
    let operation = r.u8("operation")?;
    r.note(|| if operation == ALERT { "alert" } else { "close_notify" }.into());
    Ok(())
}

const DIGEST: &str = "HMAC-SHA256 with the direction's key and the packet's number";
