//! How each lesson carries a message: straight, in a frame, in an encrypted frame, in a packet.

use crate::channel::straight::Straight;
use crate::channel::{ChannelError, Lesson};
use crate::limits;
use cbc_packet::{BLOCK, LIMIT, PacketDecoder, Packets};
use framing::{ByteOrder, FrameDecoder, Message, encode_frame};
use key_exchange::{Ciphers, Keystreams, SharedKey, Side};
use rand::CryptoRng;

/// Messages to bytes and back, both ways.
pub(super) enum Codec {
    /// Lessons 1 to 3.
    Straight(Straight),
    /// Lesson 4.
    Frames(FrameDecoder),
    /// Lesson 5: one keystream per direction, running on from frame to frame.
    Rc4(FrameDecoder, Box<Ciphers>),
    /// Lesson 6: one message in each packet.
    Packets(PacketDecoder, Box<Packets>),
}

impl Codec {
    /// For a lesson without keys, 1 to 4.
    pub(super) fn new(lesson: Lesson) -> Self {
        match lesson {
            Lesson::Plain | Lesson::Challenge | Lesson::Many => Self::Straight(Straight::default()),
            Lesson::Frames | Lesson::Rc4 | Lesson::Packets => Self::Frames(frames()),
        }
    }

    /// For one with a key, 5 or 6.
    pub(super) fn with_key(lesson: Lesson, side: Side, key: &SharedKey) -> Self {
        match lesson {
            Lesson::Packets => Self::Packets(PacketDecoder::new(LIMIT), Box::new(Packets::new(key.bytes()))),
            _ => Self::Rc4(frames(), Box::new(Ciphers::new(key, side, Keystreams::Two))),
        }
    }

    /// Takes the next bytes of the stream.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Straight(straight) => straight.push(bytes),
            Self::Frames(frames) | Self::Rc4(frames, _) => frames.push(bytes),
            Self::Packets(packets, _) => packets.push(bytes),
        }
    }

    /// The next whole message.
    pub(super) fn message(&mut self) -> Result<Option<Message>, ChannelError> {
        let message = match self {
            Self::Straight(straight) => return straight.message(),
            Self::Frames(frames) => frames.frame()?.map(Message::from_bytes),
            Self::Rc4(frames, ciphers) => frames.frame()?.map(|secret| {
                let mut message = secret.to_vec();
                ciphers.receive.apply(&mut message);
                Message::from_bytes(&message)
            }),
            Self::Packets(decoder, packets) => match decoder.packet()? {
                Some(packet) => Some(Message::from_bytes(packets.open(packet)?.0)),
                None => None,
            },
        };
        Ok(message.transpose()?)
    }

    /// Bytes of an unfinished message that have arrived.
    pub(super) fn unfinished(&self) -> usize {
        match self {
            Self::Straight(straight) => straight.ahead().len(),
            Self::Frames(frames) | Self::Rc4(frames, _) => frames.unfinished(),
            Self::Packets(packets, _) => packets.unfinished(),
        }
    }

    /// Appends a message, which is not longer than messages may be.
    pub(super) fn seal(
        &mut self,
        random: &mut dyn CryptoRng,
        message: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        match self {
            Self::Straight(_) => out.extend_from_slice(message),
            Self::Frames(_) => encode_frame(ByteOrder::Network, limits::MESSAGE, message, out)?,
            Self::Rc4(_, ciphers) => {
                encode_frame(ByteOrder::Network, limits::MESSAGE, message, out)?;
                let payload = out.len() - message.len();
                ciphers.send.apply(&mut out[payload..]);
            }
            Self::Packets(_, packets) => {
                let mut iv = [0; BLOCK];
                random.fill_bytes(&mut iv);
                packets.seal(iv, message, out)?;
            }
        }
        Ok(())
    }
}

fn frames() -> FrameDecoder {
    FrameDecoder::new(ByteOrder::Network, limits::MESSAGE)
}
