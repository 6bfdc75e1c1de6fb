//! What the inspector is given, on each transport: layers of a message in which every kind of value stands, made by the
//! decoders that the program uses.

use crate::pictures::{seal, sealed_twice};
use anatomy::Span;
use framing::{Message, Value};
use uchat_protocol::MessageId;
use uchat_protocol::channel::{Carried, Lesson, Transport, Went};
use uchat_protocol::inspect::{Layer, Travelled};

const ID: [u8; 16] = [7; 16];
const TEXT: &str = "hello";

/// The layers of it over this transport.
pub fn layers(transport: Transport) -> Vec<Layer> {
    let text = messages();
    let wire = match transport {
        Transport::Lesson(Lesson::Plain | Lesson::Challenge | Lesson::Many) => text.clone(),
        Transport::Lesson(Lesson::Frames | Lesson::Rc4) => framed(&text),
        Transport::Lesson(Lesson::Packets) | Transport::Signed => seal(7, &text),
        Transport::Tls => recorded(&text),
    };
    let mut layers = layers_of(transport, wire, text);
    if transport == Transport::Signed {
        layers.extend(sealed_twice(MessageId(ID), TEXT));
    }
    layers
}

/// The same, where what has travelled cannot be read.
pub fn broken(transport: Transport) -> Vec<Layer> {
    layers_of(transport, vec![0, 0, 0], messages())
}

fn layers_of(transport: Transport, wire: Vec<u8>, text: Vec<u8>) -> Vec<Layer> {
    let carried = Carried { went: Went::Out, sequence: Some(7), wire, text };
    Travelled::find(transport, &carried, &ID, TEXT).unwrap().layers()
}

/// Every span of a layer, with those inside it.
pub fn spans(layer: &Layer) -> Vec<&Span> {
    let mut all: Vec<&Span> = layer.labelled.spans.iter().collect();
    let mut at = 0;
    while let Some(span) = all.get(at) {
        all.extend(span.children.iter());
        at += 1;
    }
    all
}

/// A message with every kind of value, one of an operation that nobody knows, and bytes that nobody can read.
fn messages() -> Vec<u8> {
    let entry = |key: &str, value| (key.to_owned(), value);
    let value = Value::Dict(vec![
        entry("nothing", Value::None),
        entry("size", Value::Int(70_000)),
        entry("half", Value::Float(0.5)),
        entry("list", Value::List(vec![Value::Bool(true), Value::Str(TEXT.to_owned())])),
        entry("id", Value::Bytes(ID.to_vec())),
    ]);
    let known = Message { operation: 6, value }.to_bytes().unwrap();
    let unknown = Message { operation: 250, value: Value::None }.to_bytes().unwrap();
    [known, unknown, vec![6, 99]].concat()
}

fn framed(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

fn recorded(bytes: &[u8]) -> Vec<u8> {
    let sealed = [bytes, &[23], &[0; 16]].concat();
    let length = u16::try_from(sealed.len()).unwrap().to_be_bytes();
    [&[23, 3, 3][..], &length, &sealed].concat()
}
