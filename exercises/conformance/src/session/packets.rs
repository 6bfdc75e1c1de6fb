//! Stage 6: public values, then packets with one message in each.

use super::secret::{agree, pair};
use super::{Said, Session};
use crate::case::{Outcome, Wrong, holds, same};
use crate::target::Target;
use crate::wire::Wire;
use cbc_packet::operations::{CLIENT_ECHO, SERVER_ECHO, text_message};
use cbc_packet::{BLOCK, Cipher, HEADER_LENGTH, LIMIT, Packets, digest};
use framing::Message;
use key_exchange::KeyPair;

pub(crate) struct Peer {
    pub(crate) wire: Wire,
    pub(crate) packets: Packets,
    cipher: Cipher,
}

/// A packet of the server, taken apart.
pub(crate) struct Packet {
    pub(crate) iv: Vec<u8>,
    pub(crate) text: Vec<u8>,
    pub(crate) fill: Vec<u8>,
}

impl Peer {
    pub(crate) fn agree(target: &Target) -> Outcome<Self> {
        Self::agree_with(target.admitted()?, &pair()?)
    }

    pub(crate) fn agree_with(mut wire: Wire, pair: &KeyPair) -> Outcome<Self> {
        let key = agree(&mut wire, pair)?;
        Ok(Self { wire, packets: Packets::new(key.bytes()), cipher: Cipher::new(key.bytes()) })
    }

    /// A packet with this text, which need not be a message.
    pub(crate) fn sealed(&self, text: &[u8]) -> Outcome<Vec<u8>> {
        let iv = conn_auth::random::<BLOCK>()
            .map_err(|error| Wrong::failed(format!("the kit has no random bytes: {error}")))?;
        let mut packet = Vec::new();
        self.packets
            .seal(iv, text, &mut packet)
            .map_err(|error| Wrong::failed(format!("the kit cannot make this packet: {error}")))?;
        Ok(packet)
    }

    /// Reads the server's next packet; every field of it is checked.
    pub(crate) fn packet(&mut self) -> Outcome<Packet> {
        let header = self.wire.read(HEADER_LENGTH).map_err(|wrong| wrong.when("the packet's header"))?;
        let length = u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as usize;
        holds(length > 0 && length.is_multiple_of(BLOCK) && length <= LIMIT, || {
            format!("the packet's body has {length} bytes, which is no multiple of 16 from 16 to {LIMIT}")
        })?;
        let padding = usize::from(header[4]);
        holds(padding < BLOCK, || format!("the packet says {padding} bytes of padding; 15 is the most"))?;
        let body = self.wire.read(length).map_err(|wrong| wrong.when("the packet's body"))?;
        let iv = header[5..21].to_vec();
        same(
            "the packet's digest is not MD5 of the body in lower-case hexadecimal digits",
            &digest(&body),
            &header[21..],
        )?;
        let (mut text, mut block) = (body, [0; BLOCK]);
        block.copy_from_slice(&iv);
        self.cipher.decrypt(&block, &mut text);
        let fill = text.split_off(length - padding);
        Ok(Packet { iv, text, fill })
    }
}

impl Said for Peer {
    fn next(&mut self) -> Outcome<Message> {
        let text = self.packet()?.text;
        Message::from_bytes(&text).map_err(|error| Wrong::Failed {
            what: format!("the packet holds no message: {error}"),
            expected: None,
            found: Some(text),
        })
    }

    fn push(&mut self, text: &[u8]) -> Outcome {
        let packet = self.sealed(text)?;
        self.wire.push(&packet);
        Ok(())
    }

    fn ended(&mut self) -> Outcome {
        self.wire.closes()
    }
}

/// A message's bytes.
pub(crate) fn bytes(message: &Message) -> Outcome<Vec<u8>> {
    message.to_bytes().map_err(|error| Wrong::failed(format!("the kit cannot write this message: {error}")))
}

/// A text of ours as the text of a message.
pub(crate) fn echo_of(operation: u8, text: &[u8]) -> Outcome<Message> {
    let text =
        std::str::from_utf8(text).map_err(|_| Wrong::Skipped("messages carry only text in UTF-8".into()))?;
    Ok(text_message(operation, text))
}

impl Session for Peer {
    fn encode(&mut self, text: &[u8]) -> Outcome<Vec<u8>> {
        self.sealed(&bytes(&echo_of(CLIENT_ECHO, text)?)?)
    }

    fn hear(&mut self, expected: &[u8]) -> Outcome {
        let found = self.packet()?.text;
        same("the packet holds another message", &bytes(&echo_of(SERVER_ECHO, expected)?)?, &found)
    }

    fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }
}
