//! The messenger's protocol: operations, error codes, value types, limits.

use super::source::{constants, variants};
use super::table::Table;
use crate::bytes::frames::samples;
use crate::generated::Problem;
use crate::place::Place;
use echo::lab::hex;
use framing::{Kind, encode, to_json};
use uchat_protocol::{Code, limits};

/// Every operation, with what it carries. A test of the protocol's own keeps it in that README.
pub(super) fn operations(place: &Place) -> Result<Table, Problem> {
    Table::generated(place, "uchat/protocol/README.md", "operations")
}

/// Every error code and its sentence.
pub(super) fn error_codes() -> Result<Table, Problem> {
    let mut table = Table::new(["code", "sentence"]);
    for code in Code::ALL {
        table.row([format!("`{}`", code.name()), code.text().to_owned()]);
    }
    Ok(table)
}

/// Every type of value: its number, its body as the code describes it, and an example from the encoder.
pub(super) fn values(place: &Place) -> Result<Table, Problem> {
    let described = variants(place, "stages/stage-4/src/value.rs", "Kind")?;
    let mut table = Table::new(["type", "name", "body", "example", "its bytes"]);
    for (kind, (name, sample)) in Kind::NAMES.iter().zip(samples()) {
        let number = sample.kind() as u8;
        let body = described.get(usize::from(number)).ok_or("a type of value has no description")?;
        if *kind != name {
            return Err(format!("the example of {kind} is a {name}").into());
        }
        let mut bytes = Vec::new();
        encode(&sample, &mut bytes)?;
        table.row([
            number.to_string(),
            format!("`{name}`"),
            body.clone(),
            format!("`{}`", to_json(&sample)?),
            format!("`{}`", spaced(&bytes)),
        ]);
    }
    Ok(table)
}

fn spaced(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| hex(&[*byte])).collect::<Vec<_>>().join(" ")
}

macro_rules! values_of {
    ($($name:ident)*) => { &[$((stringify!($name), limits::$name as u64)),*] };
}

/// The limits by name, with the values that the program was compiled with.
pub const LIMITS: &[(&str, u64)] = values_of! {
    MESSAGE NUMBER PASSWORD_MIN PASSWORD_MAX USER_NAME ROOM_NAME EMAIL SEX AGE TEXT REACTION REACTIONS PACKET
    PACKET_BODY ROOM_MEMBERS FILE_PIECE FILE_PUT HISTORY HISTORY_BYTES ASKED_AT_ONCE FOUND SEND_WINDOW TOKEN
};

/// Every size and number that both sides agree on.
pub(super) fn limits(place: &Place) -> Result<Table, Problem> {
    let described = constants(place, "uchat/protocol/src/limits.rs")?;
    let mut table = Table::new(["limit", "value", "what it is"]);
    for (name, about) in &described {
        let value = LIMITS.iter().find(|(known, _)| known == name);
        let (_, value) =
            value.ok_or_else(|| format!("the limit {name} is new: add it to tables/protocol.rs"))?;
        table.row([format!("`{name}`"), grouped(*value), about.clone()]);
    }
    if described.len() != LIMITS.len() {
        return Err("tables/protocol.rs has a limit that the protocol no longer has".into());
    }
    Ok(table)
}

/// A number with commas between its thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
