//! Stage 4: frames, values, and a file that travels in them.

use super::dump::{Dump, Item};
use super::talk::Talk;
use crate::generated::Problem;
use anatomy::Reader;
use echo::lab::{Direction, Dissect};
use framing::transfer::{Answer, Offer};
use framing::{
    ByteOrder, FrameHandler, Frames, LIMIT, Message, Transfer, UpperCaseFrames, Value, encode, encode_frame,
    read_value,
};
use sha2::{Digest, Sha256};

/// One frame of a stream.
pub(super) fn framed(order: ByteOrder, payload: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut out = Vec::new();
    encode_frame(order, LIMIT, payload, &mut out)?;
    Ok(out)
}

/// Two frames in one write, the empty frame, and the header in the other byte order.
pub(super) fn frame() -> Result<Dump, Problem> {
    let server = || FrameHandler::new(ByteOrder::Network, UpperCaseFrames);
    let mut talk = Talk::new(server(), Frames::new(ByteOrder::Network))?;
    let mut dump = Dump::new("frame");
    let both =
        [framed(ByteOrder::Network, b"first")?, framed(ByteOrder::Network, "straße".as_bytes())?].concat();
    let [first, second, first_answer, second_answer] = talk.say(&both)?;
    dump.items.push(
        Item::new(Direction::ToServer, "first frame", "sent in one write with the next one", first)
            .about("The length says where the message ends, so it does not matter how the stream is cut."),
    );
    dump.items.push(Item::new(
        Direction::ToServer,
        "second frame",
        "7 bytes: lengths count bytes, not characters",
        second,
    ));
    dump.items.push(Item::new(Direction::ToClient, "first answer", "in a frame of its own", first_answer));
    dump.items.push(Item::new(
        Direction::ToClient,
        "second answer",
        "ß is whole again, and becomes SS",
        second_answer,
    ));
    let [empty, _] = talk.say(&framed(ByteOrder::Network, b"")?)?;
    dump.items.push(
        Item::new(Direction::ToServer, "empty frame", "a message of no bytes", empty).about(
            "A stream alone cannot carry one: a read of no bytes means that the other side has closed.",
        ),
    );
    let mut little = Frames::new(ByteOrder::LittleEndian);
    let labelled = little.bytes(Direction::ToServer, &framed(ByteOrder::LittleEndian, b"first")?);
    for labelled in labelled {
        dump.items.push(
            Item::new(
                Direction::ToServer,
                "little-endian frame",
                "the first one, as a C program writes an int",
                labelled,
            )
            .about("In network order this header would announce 83,886,080 bytes, and be refused."),
        );
    }
    Ok(dump)
}

/// A value of each type, and a message.
pub(super) fn values() -> Result<Dump, Problem> {
    let mut dump = Dump::new("values");
    for (name, value) in samples() {
        let mut bytes = Vec::new();
        encode(&value, &mut bytes)?;
        let mut r = Reader::traced(&bytes);
        read_value(&mut r)?;
        r.finish("value")?;
        dump.items.push(Item::new(None, name, format!("type {}", value.kind() as u8), r.into_labelled()));
    }
    let message = Message { operation: 6, value: Value::from("hi") };
    let bytes = message.to_bytes()?;
    let mut r = Reader::traced(&bytes);
    Message::read(&mut r)?;
    dump.items.push(
        Item::new(None, "message", "an operation and a value", r.into_labelled())
            .about("One byte says what is to be done, one value with what."),
    );
    Ok(dump)
}

/// One value of each type, by the type's name.
pub fn samples() -> [(&'static str, Value); 8] {
    let name = || ("name".to_owned(), Value::from("bob"));
    [
        ("none", Value::None),
        ("int", Value::Int(300)),
        ("float", Value::Float(1.5)),
        ("str", Value::from("小明")),
        ("list", Value::List(vec![Value::Int(1), Value::from("a")])),
        ("dict", Value::Dict(vec![name(), ("age".to_owned(), Value::Int(20))])),
        ("bool", Value::Bool(true)),
        ("bytes", Value::Bytes(vec![0, 0xff])),
    ]
}

/// A small file, all of it and then the rest of a longer one.
pub(super) fn file() -> Result<Dump, Problem> {
    let content = b"Lesson 4: a message needs an end.\n";
    let size = content.len() as u64;
    let mut dissect = Transfer::new(ByteOrder::Network);
    let mut dump = Dump::new("file");
    let sha256 = Sha256::digest(content).into();
    let offer = Offer { name: "notes.txt".into(), size, offset: 0, sha256 };
    let here = 16;
    let steps = [
        (
            Direction::ToServer,
            "offer",
            "name, size and digest of the file",
            "Size and digest say which file it is, so the receiver finds what it has of it already.",
            offer.to_bytes()?,
        ),
        (
            Direction::ToClient,
            "from",
            "the receiver has 16 bytes already",
            "An earlier transfer was cut off. The sender goes on from here.",
            Answer::From(here as u64).to_bytes()?,
        ),
        (
            Direction::ToServer,
            "chunk",
            "the rest of the file",
            "At most 64 KiB travel in one frame. Nothing inside says that it is the file: it is expected now.",
            content[here..].to_vec(),
        ),
        (
            Direction::ToClient,
            "done",
            "the digest fits",
            "Only now does the file get its name on the receiver's disk.",
            Answer::Done.to_bytes()?,
        ),
    ];
    for (way, name, summary, about, payload) in steps {
        for labelled in dissect.bytes(way, &framed(ByteOrder::Network, &payload)?) {
            dump.items.push(Item::new(way, name, summary, labelled).about(about));
        }
    }
    Ok(dump)
}
