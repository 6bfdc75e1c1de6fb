//! A message in a room, in somebody else's name; and the check that stops it.

use cbc_packet::{BLOCK, PacketError};
use certificates::handshake::schedule::Secret;
use certificates::keyed_packet::PacketKeys;
use sha2::{Digest, Sha256};
use uchat_protocol::Encrypted;
use uchat_protocol::content::Letter;
use uchat_protocol::e2e::{MemberKeys, ReceiveChain};
use uchat_protocol::limits::PACKET_BODY;

/// A message with this index and letter in the chain of another member of the room; nothing if `index` is below
/// `chain.next()` (keys that a chain keeps for late messages are not asked for).
///
/// `chain` is what every receiver has of it. `chain.next()` is the index of the next message, `chain.key_id()` the
/// chain's name, and `chain.to_bytes()[70..102]` is the chain key of that next message. From a chain key ck:
///
/// - `*Secret::from(ck).expand(b"uchat chain")` is the next one (32 bytes, like `ck`);
/// - `Secret::from(ck).expand(b"uchat message")` is for `PacketKeys::from_bytes` (64 bytes): the keys of this
///   message.
///
/// `keys.seal(sequence, iv, PACKET_BODY, &mut packet, write)` makes the packet, under the given `iv`; the sequence
/// number is the index, and `write` appends the letter's bytes (`to_bytes`) to the vector that it gets, and returns
/// `Ok::<(), PacketError>(())`. You cannot sign for her: leave the signature out (`None`).
pub fn in_her_name(chain: &ReceiveChain, index: u32, letter: &Letter, iv: [u8; BLOCK]) -> Option<Encrypted> {
    // solution
    let steps = index.checked_sub(chain.next())?;
    let mut key: [u8; 32] = chain.to_bytes().get(70..102)?.try_into().ok()?;
    for _ in 0..steps {
        key = *Secret::from(key).expand(b"uchat chain");
    }
    let keys = PacketKeys::from_bytes(&Secret::from(key).expand(b"uchat message"));
    let text = letter.to_bytes().ok()?;
    let mut packet = Vec::new();
    let write = |out: &mut Vec<u8>| -> Result<(), PacketError> {
        out.extend_from_slice(&text);
        Ok(())
    };
    keys.seal(index.into(), iv, PACKET_BODY, &mut packet, write).ok()?;
    Some(Encrypted { key_id: chain.key_id(), index, packet, signature: None })
    // starter
    // todo!("go from the chain key to the keys of that message, and seal the letter under them")
    // end
}

/// Whether `sender` has written this message in a room: the check that the weakened client leaves out.
///
/// `sender.rsa().verify(&bytes, signature)` is `Ok(())` if she has signed these bytes. In a room a member signs 64
/// spaces, then `uchat 1, room message`, a zero byte, and SHA-256 of: key id (`key_id.0`), index (`u32`, big-endian),
/// packet.
pub fn is_hers(message: &Encrypted, sender: &MemberKeys) -> bool {
    // solution
    let Some(signature) = &message.signature else { return false };
    let digest = Sha256::new()
        .chain_update(message.key_id.0)
        .chain_update(message.index.to_be_bytes())
        .chain_update(&message.packet)
        .finalize();
    let bytes = [&[b' '; 64][..], b"uchat 1, room message\0", &digest].concat();
    sender.rsa().verify(&bytes, signature).is_ok()
    // starter
    // todo!("no signature, no message; else check it over chain, index and packet")
    // end
}
