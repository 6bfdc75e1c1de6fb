//! Stages 5 and 6: public values, RC4 under the agreed key, packets, and a packet that was changed on its way.

use super::dump::{Dump, Item};
use super::frames::framed;
use super::seeds;
use crate::generated::Problem;
use anatomy::{Labelled, Reader};
use cbc_packet::attack::path::Passing;
use cbc_packet::operations::{ADD_FRIEND, DEL_FRIEND, read_message, text_message};
use cbc_packet::{Friends, PacketDecoder, Packets, label_packet};
use echo::lab::{Direction, Dissect};
use framing::{ByteOrder, Message};
use key_exchange::{Ciphers, Group, KeyPair, Keystreams, Secret, SharedKey, Side};
use rand::RngExt;
use rand::rngs::StdRng;

/// Both sides' pairs, as this book's runs use them.
fn pairs() -> Result<(KeyPair, KeyPair, SharedKey, StdRng), Problem> {
    let mut random = seeds::random(5);
    let group = Group::ffdhe2048();
    let client = KeyPair::generate(&group, &mut random)?;
    let server = KeyPair::generate(&group, &mut random)?;
    let key = client.shared_key(server.public())?;
    if key != server.shared_key(client.public())? {
        return Err("the two sides have different keys".into());
    }
    Ok((client, server, key, random))
}

/// The two public values.
pub(super) fn exchange() -> Result<Dump, Problem> {
    let (client, server, _, _) = pairs()?;
    let mut dissect = Secret::default();
    let mut dump = Dump::new("exchange");
    for (way, name, pair, about) in [
        (
            Direction::ToServer,
            "client value",
            &client,
            "g^x mod p in 256 bytes, as many as the prime has. x, 32 random bytes, never travels.",
        ),
        (
            Direction::ToClient,
            "server value",
            &server,
            "g^y mod p. Both sides now know g^xy mod p; who has read both values does not.",
        ),
    ] {
        for labelled in dissect.bytes(way, &framed(ByteOrder::Network, pair.public())?) {
            dump.items.push(Item::new(way, name, "a public value in a frame", labelled).about(about));
        }
    }
    Ok(dump)
}

/// A text and its answer under RC4.
pub(super) fn rc4() -> Result<Dump, Problem> {
    let (client, server, key, _) = pairs()?;
    let mut dissect = Secret::default();
    dissect.bytes(Direction::ToServer, &framed(ByteOrder::Network, client.public())?);
    dissect.bytes(Direction::ToClient, &framed(ByteOrder::Network, server.public())?);
    let mut ciphers = Ciphers::new(&key, Side::Client, Keystreams::Two);
    let text = b"pay bob 100".to_vec();
    let answer = echo::upper_case(&text);
    let mut dump = Dump::new("rc4");
    for (way, name, text, cipher, about) in [
        (
            Direction::ToServer,
            "message",
            text,
            &mut ciphers.send,
            "As many bytes as the text: RC4 XORs each with one byte of its keystream. A bit that is flipped here is \
             flipped in the text.",
        ),
        (
            Direction::ToClient,
            "answer",
            answer,
            &mut ciphers.receive,
            "The other direction has a keystream of its own: its key ends in S in place of C.",
        ),
    ] {
        let mut secret = text.clone();
        cipher.apply(&mut secret);
        for labelled in dissect.bytes(way, &framed(ByteOrder::Network, &secret)?) {
            let item = Item::new(way, name, "the length is in clear", labelled).headed("On the wire");
            dump.items.push(item.with("Decrypted", Labelled::whole("text", &text)).about(about));
        }
    }
    Ok(dump)
}

/// A packet, and what is in it.
pub(super) fn packet() -> Result<Dump, Problem> {
    let (_, _, key, mut random) = pairs()?;
    let packets = Packets::new(key.bytes());
    let friends = Friends::default();
    let question = text_message(ADD_FRIEND, "bob");
    let answer = friends.answer(question.clone());
    let mut dump = Dump::new("packet");
    for (way, name, message, about) in [
        (
            Direction::ToServer,
            "message",
            question,
            "Everything but the body travels in clear. The digest is 32 digits in ASCII: MD5 of the body, and of \
             nothing else. There is no key in it.",
        ),
        (
            Direction::ToClient,
            "answer",
            answer,
            "The same key, another IV. Nothing in it says which direction it has.",
        ),
    ] {
        let mut bytes = Vec::new();
        packets.seal_message(random.random(), &message, &mut bytes)?;
        dump.items.push(item(&packets, way, name, "one message in one packet", &bytes)?.about(about));
    }
    Ok(dump)
}

/// *Add bob*, and the same packet with four bits of the IV flipped.
pub(super) fn tamper() -> Result<Dump, Problem> {
    let (_, _, key, mut random) = pairs()?;
    let packets = Packets::new(key.bytes());
    let mut sent = Vec::new();
    packets.seal_message(random.random(), &text_message(ADD_FRIEND, "bob"), &mut sent)?;
    // As stage 6's attack `iv-flip` does it.
    let mut changed = Passing::from_bytes(&sent).ok_or("no packet")?;
    changed.header.iv[0] ^= ADD_FRIEND ^ DEL_FRIEND;
    let changed = changed.to_bytes();

    let mut dump = Dump::new("tamper");
    let before = item(&packets, Direction::ToServer, "as sent", "the client adds bob", &sent)?;
    dump.items.push(before.about("The packet as the client sends it."));
    let after = item(
        &packets,
        Direction::ToServer,
        "as received",
        "the server reads that bob is to be deleted",
        &changed,
    )?;
    dump.items.push(after.about(
        "Only the first byte of the IV is another one: 04 xor 0b = 0f was XORed into it. The first byte of the text is \
         decrypted to D(C) xor this byte, so it changed in the same four bits: 4 became 11. The digest covers the \
         body only, and still fits.",
    ));
    Ok(dump)
}

/// A packet with its text, as the receiver opens it.
fn item(packets: &Packets, way: Direction, name: &str, summary: &str, bytes: &[u8]) -> Result<Item, Problem> {
    let mut decoder = PacketDecoder::new(bytes.len());
    decoder.push(bytes);
    let packet = decoder.packet()?.ok_or("the packet is not whole")?;
    let labelled = label_packet(&packet.header, packet.body, "MD5 of the body, in hexadecimal digits");
    let (text, fill) = packets.open(packet)?;
    let whole = [text, fill].concat();
    let mut r = Reader::traced(&whole);
    let _: Message = read_message(&mut r)?;
    r.bytes(fill.len(), "fill")?;
    r.note(|| "zeros up to a whole block, cut off unseen".into());
    let item = Item::new(way, name, summary, labelled).headed("On the wire");
    Ok(item.with("Decrypted body", r.into_labelled()))
}
