//! Keyed packets of one direction: stage 6's layout with an HMAC for a digest.

use crate::case::{Outcome, Wrong, holds, same};
use crate::wire::Wire;
use cbc_packet::{BLOCK, Cipher, HEAD_LENGTH, HEADER_LENGTH};
use certificates::connection::ALERT;
use certificates::handshake::schedule::{Schedule, TrafficSecret};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The keys of one direction and the number of its next packet.
#[derive(Clone)]
pub(crate) struct Direction {
    cipher: Cipher,
    mac_key: [u8; 32],
    /// Public to cases that count wrongly.
    pub(crate) next: u64,
}

impl Direction {
    pub(crate) fn new(secret: &TrafficSecret) -> Self {
        let key = |label| *Schedule::UCHAT.expand_label::<32>(secret.secret(), label, b"");
        Self { cipher: Cipher::new(&key("key")), mac_key: key("mac"), next: 0 }
    }

    /// The next packet, with this text.
    pub(crate) fn seal(&mut self, text: &[u8]) -> Outcome<Vec<u8>> {
        let padding = text.len().next_multiple_of(BLOCK) - text.len();
        self.seal_filled(text, &vec![0; padding])
    }

    /// The same, with these bytes to fill the last block.
    pub(crate) fn seal_filled(&mut self, text: &[u8], fill: &[u8]) -> Outcome<Vec<u8>> {
        let iv = conn_auth::random::<BLOCK>()
            .map_err(|error| Wrong::failed(format!("the kit has no random bytes: {error}")))?;
        let mut body = [text, fill].concat();
        self.cipher.encrypt(&iv, &mut body);
        let head = [&(body.len() as u32).to_be_bytes()[..], &[fill.len() as u8], &iv].concat();
        let digest = self.digest(&head, &body)?;
        self.next += 1;
        Ok([head, digest.to_vec(), body].concat())
    }

    /// Reads the next packet and checks every field of it; its text.
    pub(crate) fn open(&mut self, wire: &mut Wire, limit: usize) -> Outcome<Vec<u8>> {
        let mut packet = wire.read(HEADER_LENGTH).map_err(|wrong| wrong.when("the packet's header"))?;
        let length = u32::from_be_bytes([packet[0], packet[1], packet[2], packet[3]]) as usize;
        holds(length > 0 && length.is_multiple_of(BLOCK) && length <= limit, || {
            format!("the packet says a body of {length} bytes: no multiple of 16 from 16 to {limit}")
        })?;
        packet.extend(wire.read(length).map_err(|wrong| wrong.when("the packet's body"))?);
        self.opened(&mut packet)
    }

    /// Opens a packet that has arrived whole, where it lies.
    pub(crate) fn opened(&mut self, packet: &mut [u8]) -> Outcome<Vec<u8>> {
        let (header, body) = packet.split_at_mut(HEADER_LENGTH);
        let padding = usize::from(header[4]);
        holds(padding < BLOCK, || format!("the packet says {padding} bytes of padding; 15 is the most"))?;
        let digest = self.digest(&header[..HEAD_LENGTH], body)?;
        let what =
            format!("the digest of packet number {} is not the HMAC of number, head and body", self.next);
        same(&what, &digest, &header[HEAD_LENGTH..])?;
        self.next += 1;
        let mut iv = [0; BLOCK];
        iv.copy_from_slice(&header[5..HEAD_LENGTH]);
        self.cipher.decrypt(&iv, body);
        let (text, fill) = body.split_at(body.len() - padding);
        same("the padding is not zeros", &vec![0; padding], fill)?;
        Ok(text.to_vec())
    }

    /// An alert comes, the byte 241 alone, and then the end.
    pub(crate) fn alerted(&mut self, wire: &mut Wire) -> Outcome {
        let text =
            self.open(wire, super::handshake::SMALL).map_err(|wrong| wrong.when("an alert should come"))?;
        same("something else than the alert 241 came", &[ALERT], &text)?;
        wire.closes()
    }

    fn digest(&self, head: &[u8], body: &[u8]) -> Outcome<[u8; 32]> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.mac_key);
        let mac = mac.map_err(|error| Wrong::failed(format!("the kit's own HMAC: {error}")))?;
        let mac = mac.chain_update(self.next.to_be_bytes()).chain_update(head).chain_update(body);
        Ok(mac.finalize().into_bytes().into())
    }
}
