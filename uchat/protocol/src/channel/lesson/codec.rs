//! How each lesson carries a message: straight, in a frame, in an encrypted frame, in a packet.

use crate::channel::straight::Straight;
use crate::channel::{ChannelError, Lesson};
use crate::limits;
use cbc_packet::{BLOCK, LIMIT, PacketDecoder, Packets};
use certificates::{Carried, Watch, Went};
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
    pub(super) fn message(&mut self, watch: &mut Watch) -> Result<Option<Message>, ChannelError> {
        let watched = watch.is_on();
        let mut keep = |wire: Vec<u8>, text: &[u8]| {
            watch.keep(Carried { went: Went::In, sequence: None, wire, text: text.to_vec() });
        };
        let message = match self {
            Self::Straight(straight) => {
                let message = straight.message()?;
                if watched && let Some(bytes) = message.as_ref().and_then(|message| message.to_bytes().ok()) {
                    keep(bytes.clone(), &bytes); // a value has one encoding, so these are the bytes that came
                }
                return Ok(message);
            }
            Self::Frames(frames) => frames.frame()?.map(|payload| {
                if watched {
                    keep(framed(payload), payload);
                }
                Message::from_bytes(payload)
            }),
            Self::Rc4(frames, ciphers) => frames.frame()?.map(|secret| {
                let mut message = secret.to_vec();
                ciphers.receive.apply(&mut message);
                if watched {
                    keep(framed(secret), &message);
                }
                Message::from_bytes(&message)
            }),
            Self::Packets(decoder, packets) => match decoder.packet()? {
                Some(packet) => {
                    let wire = if watched { packet.to_bytes() } else { Vec::new() };
                    let (text, _) = packets.open(packet)?;
                    if watched {
                        keep(wire, text);
                    }
                    Some(Message::from_bytes(text))
                }
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

/// A payload with its header back in front: it was a frame a moment ago, so it is one again.
fn framed(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let _ = encode_frame(ByteOrder::Network, limits::MESSAGE, payload, &mut frame);
    frame
}

fn frames() -> FrameDecoder {
    FrameDecoder::new(ByteOrder::Network, limits::MESSAGE)
}
