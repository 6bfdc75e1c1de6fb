//! The server's side of a connection, without sockets: public values cross, then packets.

use crate::BLOCK;
use crate::operations::{GENERAL_FAILURE, text_message};
use crate::packet::{LIMIT, PacketDecoder};
use crate::packets::Packets;
use crate::service::{Friends, NOT_UNDERSTOOD, PADDING_NOT_ZERO};
use echo::lab::{self, Failure};
use framing::{ByteOrder, FRAME_PATIENCE, FrameDecoder, Message, encode_frame};
use key_exchange::KeyPair;
use socketserver::{Close, Deadline, RequestHandler};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// Agrees on a key with one client, then answers each of its packets.
pub struct PacketHandler {
    peer: SocketAddr,
    friends: Arc<Friends>,
    fill: Fill,
    random: RandomBlock,
    state: State,
    deadline: Option<Deadline>,
}

/// What a side does with the bytes that fill up the last block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Cuts them off unseen, *as the original program did*.
    Ignored,
    /// Looks at them. A server answers whether they are zero: an oracle for everybody who can send packets. It
    /// answers a text that is no message, too, so that the oracle can be asked again.
    Checked,
}

/// Where IVs come from.
type RandomBlock = fn() -> Result<[u8; BLOCK], Failure>;

/// Makes this side's pair, and only for a client that was admitted and has sent its public value: powers modulo
/// p are the dearest thing this server does.
type MakePair = Box<dyn FnOnce() -> Result<KeyPair, Failure> + Send>;

enum State {
    AwaitsPublicValue(FrameDecoder, MakePair),
    Open(Box<Open>),
    Failed,
}

struct Open {
    packets: Packets,
    decoder: PacketDecoder,
}

impl PacketHandler {
    /// For one client; `pair` must make a fresh one, `random` fresh bytes for each IV.
    #[must_use]
    pub fn new(
        peer: SocketAddr,
        friends: Arc<Friends>,
        fill: Fill,
        random: RandomBlock,
        pair: impl FnOnce() -> Result<KeyPair, Failure> + Send + 'static,
    ) -> Self {
        let decoder = FrameDecoder::new(ByteOrder::Network, PUBLIC_VALUE_LIMIT);
        let state = State::AwaitsPublicValue(decoder, Box::new(pair));
        Self { peer, friends, fill, random, state, deadline: None }
    }

    /// The first whole frame holds the public value; what stands behind it is packets already.
    fn agree(
        &mut self,
        mut decoder: FrameDecoder,
        pair: MakePair,
        out: &mut Vec<u8>,
    ) -> Result<State, Close> {
        let Some(theirs) = decoder.frame().map_err(gone)? else {
            return Ok(State::AwaitsPublicValue(decoder, pair));
        };
        let pair = pair().map_err(gone)?;
        let key = pair.shared_key(theirs).map_err(|e| Close::because(format!("refused: {e}")))?;
        encode_frame(ByteOrder::Network, PUBLIC_VALUE_LIMIT, pair.public(), out).map_err(gone)?;
        lab::log(format_args!("{} fingerprint: {}", self.peer, key.fingerprint()));
        self.deadline = None;
        let mut open = Open { packets: Packets::new(key.bytes()), decoder: PacketDecoder::new(LIMIT) };
        open.decoder.push(&decoder.into_rest());
        Ok(State::Open(Box::new(open)))
    }

    // ANCHOR: answer
    /// Answers every whole packet.
    fn answer(&mut self, open: &mut Open, out: &mut Vec<u8>) -> Result<(), Close> {
        while let Some(packet) = open.decoder.packet().map_err(gone)? {
            let (text, fill) = open.packets.open(packet).map_err(gone)?;
            let answer = match (self.fill, Message::from_bytes(text)) {
                (Fill::Checked, _) if fill.iter().any(|byte| *byte != 0) => {
                    text_message(GENERAL_FAILURE, PADDING_NOT_ZERO)
                }
                (_, Ok(message)) => self.friends.answer(message),
                (Fill::Checked, Err(_)) => text_message(GENERAL_FAILURE, NOT_UNDERSTOOD),
                (Fill::Ignored, Err(error)) => {
                    return Err(Close::because(format!("gone: a packet holds no message: {error}")));
                }
            };
            let iv = (self.random)().map_err(gone)?;
            open.packets
                .seal_message(iv, &answer, out)
                .map_err(|_| Close::because("gone: its answer would not fit into a packet"))?;
            self.deadline = None;
        }
        Ok(())
    }
    // ANCHOR_END: answer
}

impl RequestHandler for PacketHandler {
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        // On every error the state stays `Failed`.
        let mut state = match std::mem::replace(&mut self.state, State::Failed) {
            State::AwaitsPublicValue(mut decoder, pair) => {
                decoder.push(received);
                self.agree(decoder, pair, out)?
            }
            State::Open(mut open) => {
                open.decoder.push(received);
                State::Open(open)
            }
            State::Failed => return Err(Close::because("gone: it goes on after an error")),
        };
        if let State::Open(open) = &mut state {
            self.answer(open, out)?;
        }
        let (unfinished, reason) = match &state {
            State::AwaitsPublicValue(decoder, _) => (decoder.unfinished(), LATE_VALUE),
            State::Open(open) => (open.decoder.unfinished(), LATE_PACKET),
            State::Failed => (0, ""),
        };
        // Counted from the first byte: a byte now and then must not buy more time.
        if unfinished > 0 && self.deadline.is_none() {
            self.deadline = Some(Deadline { at: now + FRAME_PATIENCE, reason });
        }
        self.state = state;
        Ok(())
    }

    fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }
}

impl fmt::Debug for PacketHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PacketHandler").field("peer", &self.peer).finish_non_exhaustive()
    }
}

fn gone(error: impl fmt::Display) -> Close {
    Close::because(format!("gone: {error}"))
}

/// No public value has more bytes; one that announces more is refused before it comes.
const PUBLIC_VALUE_LIMIT: usize = 16 << 10;

const LATE_VALUE: &str = "gone: its public value was not complete within 30 s";
const LATE_PACKET: &str = "gone: its packet was not complete within 30 s";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{ADD_FRIEND, CLIENT_ECHO, GENERAL_MSG, SERVER_ECHO};
    use framing::Value;
    use key_exchange::{Group, fresh_pair};

    fn handler(fill: Fill) -> PacketHandler {
        let peer = ([127, 0, 0, 1], 1).into();
        PacketHandler::new(peer, Arc::default(), fill, || Ok([3; BLOCK]), || fresh_pair(&Group::ffdhe2048()))
    }

    fn frame(payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        encode_frame(ByteOrder::Network, LIMIT, payload, &mut frame).unwrap();
        frame
    }

    /// A handler that has agreed on a key with us, and the key.
    fn agreed(fill: Fill) -> (PacketHandler, Packets) {
        let (mut handler, pair) = (handler(fill), fresh_pair(&Group::ffdhe2048()).unwrap());
        let mut out = Vec::new();
        handler.handle(Instant::now(), &frame(pair.public()), &mut out).unwrap();
        (handler, Packets::new(pair.shared_key(&out[4..]).unwrap().bytes()))
    }

    fn opened(packets: &Packets, stream: &[u8]) -> Vec<Message> {
        let mut decoder = PacketDecoder::new(LIMIT);
        decoder.push(stream);
        let mut messages = Vec::new();
        while let Some(packet) = decoder.packet().unwrap() {
            messages.push(Message::from_bytes(packets.open(packet).unwrap().0).unwrap());
        }
        messages
    }

    fn sealed(packets: &Packets, messages: &[Message]) -> Vec<u8> {
        let mut out = Vec::new();
        for message in messages {
            packets.seal_message([5; BLOCK], message, &mut out).unwrap();
        }
        out
    }

    #[test]
    fn answers_do_not_depend_on_where_the_stream_is_cut() {
        let said = [text_message(CLIENT_ECHO, "straße"), text_message(ADD_FRIEND, "bob")];
        for size in [1, 2, 13, 53, 68, 69, 70, 500] {
            let (mut handler, packets) = agreed(Fill::Ignored);
            let mut out = Vec::new();
            for piece in sealed(&packets, &said).chunks(size) {
                handler.handle(Instant::now(), piece, &mut out).unwrap();
            }
            let answers =
                [text_message(SERVER_ECHO, "STRASSE"), text_message(GENERAL_MSG, "bob is on the list now")];
            assert_eq!(opened(&packets, &out), answers, "in pieces of {size}");
            assert_eq!(handler.deadline(), None);
        }
    }

    #[test]
    fn the_pair_is_made_only_for_a_whole_public_value() {
        let peer = ([127, 0, 0, 1], 1).into();
        let mut handler = PacketHandler::new(
            peer,
            Arc::default(),
            Fill::Ignored,
            || Ok([3; BLOCK]),
            || Err(Failure::new("a pair was asked for")),
        );
        let value = frame(&[7; 256]);
        let mut out = Vec::new();
        handler.handle(Instant::now(), &value[..259], &mut out).unwrap();
        let ended = handler.handle(Instant::now(), &value[259..], &mut out).unwrap_err();
        assert_eq!(ended.0, "gone: a pair was asked for");
        let after = handler.handle(Instant::now(), b"more", &mut out).unwrap_err();
        assert_eq!((after.0.as_ref(), out.len()), ("gone: it goes on after an error", 0));
    }

    #[test]
    fn an_unfinished_value_or_packet_has_30_seconds_and_no_byte_buys_more() {
        let start = Instant::now();
        let mut out = Vec::new();
        let mut waiting = handler(Fill::Ignored);
        waiting.handle(start, b"\0\0", &mut out).unwrap();
        waiting.handle(start + FRAME_PATIENCE / 2, b"\x01", &mut out).unwrap();
        let deadline = waiting.deadline().unwrap();
        assert_eq!((deadline.at, deadline.reason), (start + FRAME_PATIENCE, LATE_VALUE));

        let (mut handler, packets) = agreed(Fill::Ignored);
        assert_eq!(handler.deadline(), None, "an idle client may think as long as it likes");
        let packet = sealed(&packets, &[text_message(CLIENT_ECHO, "hello")]);
        handler.handle(start, &packet[..1], &mut out).unwrap();
        handler.handle(start + FRAME_PATIENCE / 2, &packet[1..68], &mut out).unwrap();
        let deadline = handler.deadline().unwrap();
        assert_eq!((deadline.at, deadline.reason), (start + FRAME_PATIENCE, LATE_PACKET));
        let rest = [&packet[68..], &packet[..5]].concat();
        handler.handle(start + FRAME_PATIENCE / 2, &rest, &mut out).unwrap();
        let next = handler.deadline().unwrap().at;
        assert_eq!(next, start + FRAME_PATIENCE / 2 + FRAME_PATIENCE, "the next packet has its own time");
    }

    #[test]
    fn an_answer_that_does_not_fit_ends_the_connection() {
        let (mut handler, packets) = agreed(Fill::Ignored);
        let mut out = Vec::new();
        let fits = text_message(CLIENT_ECHO, "a".repeat(LIMIT - 6));
        handler.handle(Instant::now(), &sealed(&packets, std::slice::from_ref(&fits)), &mut out).unwrap();
        assert!(matches!(&opened(&packets, &out)[0].value, Value::Str(text) if text.len() == LIMIT - 6));
        let grows = text_message(CLIENT_ECHO, "ŉ".repeat(LIMIT / 2 - 3));
        let ended = handler.handle(Instant::now(), &sealed(&packets, &[grows]), &mut Vec::new()).unwrap_err();
        assert_eq!(ended.0, "gone: its answer would not fit into a packet");
    }

    #[test]
    fn only_a_server_that_checks_talks_about_padding() {
        // 13 bytes of a message, then three bytes that should be zero.
        let text = [b"\x03\x03\0\0\0\x07abcdefg".as_slice(), b"\0\0\x01"].concat();
        for (fill, answer) in [
            (Fill::Ignored, text_message(SERVER_ECHO, "ABCDEFG")),
            (Fill::Checked, text_message(GENERAL_FAILURE, PADDING_NOT_ZERO)),
        ] {
            let (mut handler, packets) = agreed(fill);
            let (mut packet, mut out) = (Vec::new(), Vec::new());
            packets.seal([5; BLOCK], &text, &mut packet).unwrap();
            packet[4] = 3;
            handler.handle(Instant::now(), &packet, &mut out).unwrap();
            assert_eq!(opened(&packets, &out), [answer]);
        }
    }
}
