//! Stages 1 to 3: a text, a challenge, and texts that run into each other.

use super::dump::{Dump, Item};
use super::seeds;
use super::talk::Talk;
use crate::generated::Problem;
use conn_auth::{Challenge, Challenged};
use echo::lab::{Direction, Plain};
use rand::RngExt;
use socketserver::{Authenticated, EchoHandler};

/// Stage 1: what the client says, and what comes back.
pub(super) fn echo() -> Result<Dump, Problem> {
    let mut talk = Talk::new(EchoHandler, Plain)?;
    let mut dump = Dump::new("echo");
    let [text, answer] = talk.say("straße".as_bytes())?;
    dump.items.push(
        Item::new(Direction::ToServer, "message", "one line, without its end", text)
            .about("The text is all that travels. ß takes two bytes in UTF-8."),
    );
    dump.items.push(
        Item::new(Direction::ToClient, "answer", "the same in upper case", answer)
            .about("ß becomes SS, so the answer has as many bytes as the question, and other ones."),
    );
    Ok(dump)
}

/// Stage 2: the challenge, its answer, and the first text.
pub(super) fn challenge() -> Result<Dump, Problem> {
    let key = seeds::access_key()?;
    let challenge = Challenge::new(seeds::random(2).random());
    let answer = challenge.answer(&key);
    let server = Authenticated::new(Some((key, challenge)), EchoHandler);
    let mut talk = Talk::new(server, Challenged::new(Plain))?;
    let mut dump = Dump::new("challenge");
    let opening = talk.opening.pop().ok_or("the server opens with nothing")?;
    dump.items.push(
        Item::new(Direction::ToClient, "challenge", "the server speaks first", opening)
            .about("32 bytes that nobody can foresee, so an answer to an older challenge is of no use."),
    );
    let [answer] = talk.say(&answer)?;
    dump.items.push(
        Item::new(Direction::ToServer, "answer", "HMAC-MD5 of the challenge under the shared key", answer)
            .about("The key itself never travels. Who does not know it cannot make these 16 bytes."),
    );
    let [text, echo] = talk.say(b"hello")?;
    dump.items.push(
        Item::new(Direction::ToServer, "message", "from here on as in stage 1", text)
            .about("In clear, and not bound to the challenge: it could come from somebody on the path."),
    );
    dump.items.push(Item::new(Direction::ToClient, "reply", "in upper case", echo));
    Ok(dump)
}

/// Stage 3: two messages that arrive as one, and one that arrives in two pieces.
pub(super) fn coalesced() -> Result<Dump, Problem> {
    let mut talk = Talk::new(EchoHandler, Plain)?;
    let mut dump = Dump::new("coalesced");
    let [both, answer] = talk.say(b"firstsecond")?;
    dump.items.push(
        Item::new(Direction::ToServer, "two messages", "sent as 'first' and 'second', read as one", both)
            .about("TCP keeps the order of bytes. It does not keep where one write ended."),
    );
    dump.items.push(Item::new(Direction::ToClient, "one answer", "to both", answer));
    let (before, after) = "straße".as_bytes().split_at(5);
    let [piece, answer] = talk.say(before)?;
    dump.items.push(
        Item::new(
            Direction::ToServer,
            "half a message",
            "the first 5 bytes of 'straße', cut inside ß",
            piece,
        )
        .about("These bytes are no UTF-8: they end in the middle of a character."),
    );
    dump.items.push(
        Item::new(Direction::ToClient, "answer to half", "only a to z changed", answer)
            .about("The server takes what one read brings for a whole message."),
    );
    let [piece, answer] = talk.say(after)?;
    dump.items.push(Item::new(Direction::ToServer, "the rest", "the last 2 bytes", piece));
    dump.items.push(
        Item::new(Direction::ToClient, "answer to the rest", "ß never became SS", answer)
            .about("Together the two answers are not the upper case of what was sent."),
    );
    Ok(dump)
}
