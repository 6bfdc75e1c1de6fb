//! What carries messages: frames until there are keys, packets from then on. TLS calls it the record layer.

use super::watch::{Carried, Watch, Went};
use crate::handshake::ChannelError;
use crate::handshake::codec::MAX_MESSAGE;
use crate::keyed_packet::{PacketKeys, Sequenced};
use cbc_packet::{PacketDecoder, PacketError};
use framing::{ByteOrder, FrameDecoder, encode_frame};
use rand::CryptoRng;

/// Frames and packets of one connection, both ways.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    incoming: Incoming,
    sealer: Option<Sequenced>,
    /// The longest body of a packet, in both directions.
    limit: usize,
    /// What waits to be sent.
    pub(super) output: Vec<u8>,
    /// Keeps the packets of the application, if somebody wants to look at them.
    pub(super) watch: Watch,
}

#[derive(Debug, Clone)]
enum Incoming {
    Frames(FrameDecoder),
    Packets(PacketDecoder, Box<Sequenced>),
}

impl Transport {
    pub(super) fn new() -> Self {
        let frames = FrameDecoder::new(ByteOrder::Network, MAX_MESSAGE);
        let watch = Watch::default();
        Self {
            incoming: Incoming::Frames(frames),
            sealer: None,
            limit: MAX_MESSAGE,
            output: Vec::new(),
            watch,
        }
    }

    /// Takes the next bytes of the stream.
    pub(super) fn received(&mut self, bytes: &[u8]) {
        match &mut self.incoming {
            Incoming::Frames(frames) => frames.push(bytes),
            Incoming::Packets(packets, _) => packets.push(bytes),
        }
    }

    /// Puts the content of the next frame or packet into `text`, in place of what was there. False if more
    /// bytes are needed.
    pub(super) fn next(&mut self, text: &mut Vec<u8>) -> Result<bool, ChannelError> {
        let handshake = self.limit == MAX_MESSAGE;
        let found = match &mut self.incoming {
            Incoming::Frames(frames) => frames.frame()?,
            Incoming::Packets(packets, opener) => match packets.packet() {
                Ok(Some(packet)) if self.watch.is_on() && !handshake => {
                    let (sequence, wire) = (opener.count(), packet.to_bytes());
                    let text = opener.open(packet)?;
                    self.watch.keep(Carried { went: Went::In, sequence, wire, text: text.to_vec() });
                    Some(text)
                }
                Ok(Some(packet)) => Some(opener.open(packet)?),
                Ok(None) => None,
                // Who could not use our hello has no keys, so its alert is a frame of one byte. Anybody could have
                // written that, so it counts in the handshake only.
                Err(PacketError::Blocks(1)) if handshake && opener.count() == Some(0) => {
                    return Err(ChannelError::Alert);
                }
                Err(error) => return Err(error.into()),
            },
        };
        text.clear();
        text.extend_from_slice(found.unwrap_or_default());
        Ok(found.is_some())
    }

    /// Bytes that have arrived and were not taken out.
    pub(super) fn unfinished(&self) -> usize {
        match &self.incoming {
            Incoming::Frames(frames) => frames.unfinished(),
            Incoming::Packets(packets, _) => packets.unfinished(),
        }
    }

    /// Sends an alert, in a packet if there are keys and else in a frame.
    pub(super) fn send_alert(&mut self, random: &mut dyn CryptoRng, alert: u8) -> Result<(), ChannelError> {
        if self.sealer.is_some() { self.send_bytes(random, &[alert]) } else { self.send_hello(&[alert]) }
    }

    /// Wipes the keys and what has arrived; what waits to be sent stays.
    pub(super) fn forget(&mut self) {
        *self = Self { output: std::mem::take(&mut self.output), ..Self::new() };
    }

    /// Sends bytes in a frame: a hello, which is sent before there are keys.
    pub(crate) fn send_hello(&mut self, message: &[u8]) -> Result<(), ChannelError> {
        Ok(encode_frame(ByteOrder::Network, MAX_MESSAGE, message, &mut self.output)?)
    }

    /// Sends bytes in a packet.
    pub(crate) fn send_bytes(
        &mut self,
        random: &mut dyn CryptoRng,
        bytes: &[u8],
    ) -> Result<(), ChannelError> {
        self.send(random, |out| {
            out.extend_from_slice(bytes);
            Ok(())
        })
    }

    /// Sends what `write` appends in a packet.
    pub(super) fn send<E: From<ChannelError>>(
        &mut self,
        random: &mut dyn CryptoRng,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(sealer) = &mut self.sealer else { return Err(ChannelError::NotOpen.into()) };
        let mut iv = [0; cbc_packet::BLOCK];
        random.fill_bytes(&mut iv);
        let watched = self.watch.is_on() && self.limit != MAX_MESSAGE;
        let (sequence, start) = (sealer.count(), self.output.len());
        let mut text = Vec::new();
        let sealed = sealer.seal(iv, self.limit, &mut self.output, |out| {
            let before = out.len();
            write(out).map_err(Sealing::Caller)?;
            if watched {
                text = out[before..].to_vec();
            }
            Ok(())
        });
        sealed.map_err(|error| match error {
            Sealing::Caller(error) => error,
            Sealing::Own(error) => error.into(),
        })?;
        if watched {
            let wire = self.output[start..].to_vec();
            self.watch.keep(Carried { went: Went::Out, sequence, wire, text });
        }
        Ok(())
    }

    /// What is sent from here on goes in packets under these keys.
    pub(crate) fn protect_sent(&mut self, keys: PacketKeys) {
        self.sealer = Some(Sequenced::new(keys));
    }

    /// What comes from here on are packets under these keys; bytes that have arrived already are no exception.
    pub(crate) fn protect_received(&mut self, keys: PacketKeys) {
        let opener = Sequenced::new(keys);
        match &mut self.incoming {
            Incoming::Packets(_, old) => **old = opener,
            Incoming::Frames(frames) => {
                let none = FrameDecoder::new(ByteOrder::Network, 0);
                let rest = std::mem::replace(frames, none).into_rest();
                let mut packets = PacketDecoder::new(self.limit);
                packets.push(&rest);
                self.incoming = Incoming::Packets(packets, Box::new(opener));
            }
        }
    }

    /// From here on packets may be as long as the application's.
    pub(super) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
        if let Incoming::Packets(packets, _) = &mut self.incoming {
            packets.set_limit(limit);
        }
    }
}

/// Tells the errors of the one who writes from those of sealing.
enum Sealing<E> {
    Caller(E),
    Own(ChannelError),
}

impl<E, T: Into<ChannelError>> From<T> for Sealing<E> {
    fn from(error: T) -> Self {
        Self::Own(error.into())
    }
}
