//! The man in the middle: one key with the client, another one with the server.

use super::path::{HELLO_LENGTH, Halt, Passing, Path};
use crate::operations::name;
use crate::{Packet, Packets};
use conn_auth::random;
use echo::lab::{self, Direction, Failure, Outcome};
use framing::{Message, Value};
use key_exchange::{Group, KeyPair, fresh_pair, historic};
use std::ops::Range;

/// Diffie-Hellman says that two sides share a key. It does not say which two. Challenge and answer pass unchanged
/// (they prove who knows the class's key, not who is at the other end), the public values do not.
///
/// What is said is read, and *bob* and *eve* change places in it; in the answers they change back.
pub(super) fn mallory(path: &mut Path) -> Result<Outcome, Halt> {
    let [with_client, with_server] = agree_with_both(path)?;
    let (mut questions, mut answers, mut changed) = (0, 0, 0);
    while let Some((direction, packet)) = path.next_packet()? {
        let client = direction == Direction::ToServer;
        let (who, from, to) = match direction {
            Direction::ToServer => ("client", &with_client, &with_server),
            Direction::ToClient => ("server", &with_server, &with_client),
        };
        let mut message = open(from, packet).map_err(|error| {
            Halt::stopped(format_args!("what the {who} says next is under no key of ours: {error}"))
        })?;
        if let Value::Str(text) = &mut message.value {
            lab::print(format_args!("read: {} {}", name(message.operation), anatomy::quoted(text)));
            let other = with_names_exchanged(text);
            changed += usize::from(client && other != *text);
            *text = other;
        }
        *(if client { &mut questions } else { &mut answers }) += 1;
        path.tell(direction, &seal(to, &message)?);
    }
    let read = lab::count(questions, "message");
    if answers == 0 {
        return Err(Halt::stopped(format_args!("{read} read and passed on, none was answered")));
    }
    Ok(Outcome::Succeeded(format!(
        "{read} and {} read, {changed} changed on the way; neither side noticed",
        lab::count(answers, "answer")
    )))
}

/// Puts a public value of our own in the place of each side's, and agrees on one key with the client and on
/// another one with the server.
fn agree_with_both(path: &mut Path) -> Result<[Packets; 2], Halt> {
    let mut first = path.frame(Direction::ToServer)?;
    // In the handshake of stage 7 the value lies inside a hello.
    let place = if first.len() >= HELLO_LENGTH { KEY_SHARE } else { 0..first.len() };
    let groups = [Group::ffdhe2048(), historic::group()];
    let Some(group) = groups.into_iter().find(|group| group.length() == place.len()) else {
        let length = place.len();
        return Err(Halt::stopped(format_args!(
            "the client's first frame, of {length} bytes, is no public value"
        )));
    };
    // ANCHOR: agree_with_both
    let (for_client, for_server) = (fresh_pair(&group)?, fresh_pair(&group)?);
    let of_client = first[place.clone()].to_vec();
    first[place.clone()].copy_from_slice(for_server.public());
    path.tell_frame(Direction::ToServer, &first)?;

    let mut second = path.frame(Direction::ToClient)?;
    let Some(value) = second.get_mut(place) else {
        return Err(Halt::stopped("the server's first frame is no public value of the same group"));
    };
    let of_server = value.to_vec();
    value.copy_from_slice(for_client.public());
    path.tell_frame(Direction::ToClient, &second)?;
    Ok([packets(&for_client, &of_client)?, packets(&for_server, &of_server)?])
    // ANCHOR_END: agree_with_both
}

fn packets(ours: &KeyPair, theirs: &[u8]) -> Result<Packets, Halt> {
    Ok(Packets::new(ours.shared_key(theirs).map_err(Halt::stopped)?.bytes()))
}

fn open(packets: &Packets, mut packet: Passing) -> Result<Message, String> {
    let packet = Packet { header: packet.header, body: &mut packet.body };
    let (text, _) = packets.open(packet).map_err(|e| e.to_string())?;
    Message::from_bytes(text).map_err(|e| e.to_string())
}

fn seal(packets: &Packets, message: &Message) -> Result<Passing, Halt> {
    let mut bytes = Vec::new();
    packets.seal_message(random()?, message, &mut bytes).map_err(|e| Failure::new(e.to_string()))?;
    Passing::from_bytes(&bytes).ok_or_else(|| Failure::new("what was just sealed is no packet").into())
}

/// `bob` for `eve` and `eve` for `bob`: done twice, the text is what it was.
fn with_names_exchanged(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let pair = PAIRS.iter().find(|(from, _)| rest.starts_with(from));
        let (from, to) = pair.map_or((next.len_utf8(), None), |(from, to)| (from.len(), Some(to)));
        let (head, tail) = rest.split_at(from);
        out.push_str(to.map_or(head, |to| to));
        rest = tail;
    }
    out
}

const PAIRS: [(&str, &str); 4] = [("bob", "eve"), ("eve", "bob"), ("BOB", "EVE"), ("EVE", "BOB")];

/// Where a hello of stage 7 has its public value.
const KEY_SHARE: Range<usize> = 40..296;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_places_and_back() {
        assert_eq!(with_names_exchanged("pay 100 to bob, never eve 小明"), "pay 100 to eve, nbobr bob 小明");
        for text in ["", "bob", "bobevebob", "BoB EVE", "bbob", "straße"] {
            assert_eq!(with_names_exchanged(&with_names_exchanged(text)), text);
        }
    }
}
