//! The verbs `encode` and `decode`: values between JSON and hexadecimal.

use anatomy::{Labelled, Reader, Terminal};
use echo::lab::{self, Failure, Opt, Options, Verb, hex, io_failure, unhex};
use framing::{Message, Value, encode, from_json, read_value, to_json};
use std::io::Read;

pub(crate) const ENCODE: Verb = Verb {
    name: "encode",
    operand: None,
    about: "JSON on standard input, the bytes of that value in hex on standard output",
    options: &[MESSAGE],
    example: "echo '{\"name\":\"bob\",\"age\":20}' | cargo run -p stage-4 -- encode",
    run: run_encode,
};

pub(crate) const DECODE: Verb = Verb {
    name: "decode",
    operand: None,
    about: "hex on standard input, the value as JSON on standard output",
    options: &[MESSAGE, LABELS],
    example: "echo 0300000003626f62 | cargo run -p stage-4 -- decode --labels",
    run: run_decode,
};

const MESSAGE: &[Opt] =
    &[Opt { name: "message", value: None, help: "a whole message: {\"operation\": N, \"value\": …}" }];

const LABELS: &[Opt] =
    &[Opt { name: "labels", value: None, help: "show every byte with its meaning instead" }];

fn run_encode(options: &Options) -> Result<(), Failure> {
    let value = from_json(&input()?).map_err(|e| Failure::new(format!("this JSON is no value: {e}")))?;
    let mut bytes = Vec::new();
    let value = if options.has("message") {
        let (operation, value) = message_parts(value)?;
        bytes.push(operation);
        value
    } else {
        value
    };
    encode(&value, &mut bytes).map_err(|e| Failure::new(e.to_string()))?;
    lab::print(hex(&bytes));
    Ok(())
}

fn run_decode(options: &Options) -> Result<(), Failure> {
    let digits: String = input()?.split_whitespace().collect();
    let bytes = unhex(&digits).ok_or_else(|| {
        Failure::new(
            "standard input is not hexadecimal: pairs of digits 0-9 and a-f, white space between them",
        )
    })?;
    let message = options.has("message");
    let mut r = if options.has("labels") { Reader::traced(&bytes) } else { Reader::new(&bytes) };
    let read = if message {
        Message::read(&mut r)
    } else {
        read_value(&mut r).map(|value| Message { operation: 0, value })
    };
    let read = read.and_then(|message| r.finish("value").map(|()| message));
    if options.has("labels") {
        show(&r.into_labelled());
    }
    let Message { operation, value } =
        read.map_err(|e| Failure::new(format!("these bytes are no value: {e}")))?;
    if !options.has("labels") {
        let value = if message {
            Value::Dict(vec![("operation".into(), Value::Int(operation.into())), ("value".into(), value)])
        } else {
            value
        };
        lab::print(to_json(&value).map_err(|e| Failure::new(e.to_string()))?);
    }
    Ok(())
}

fn show(labelled: &Labelled) {
    lab::print(Terminal::stdout().render(labelled).trim_end_matches('\n'));
}

fn message_parts(value: Value) -> Result<(u8, Value), Failure> {
    let wrong = || Failure::new("a message is {\"operation\": 0 to 255, \"value\": …}, in this order");
    let Value::Dict(entries) = value else { return Err(wrong()) };
    let [(first, Value::Int(operation)), (second, value)] = entries.as_slice() else { return Err(wrong()) };
    match u8::try_from(*operation) {
        Ok(operation) if first == "operation" && second == "value" => Ok((operation, value.clone())),
        _ => Err(wrong()),
    }
}

fn input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(MOST + 1)
        .read_to_string(&mut text)
        .map_err(|e| io_failure("cannot read standard input as text", &e))?;
    if text.len() as u64 > MOST {
        return Err(Failure::new("standard input is longer than 16 MiB"));
    }
    Ok(text)
}

const MOST: u64 = 16 << 20;
