//! What a step expects. What is not so ends the step, with both sides.

use std::fmt::Debug;
use std::panic::panic_any;

/// Why a step has failed, in words for the student.
pub(crate) struct Wrong(pub(crate) String);

/// Ends the step: this is wrong.
pub fn fail(why: impl Into<String>) -> ! {
    panic_any(Wrong(why.into()))
}

/// The step goes on only if this holds; else the sentence says what is wrong.
pub fn holds(condition: bool, otherwise: impl AsRef<str>) {
    if !condition {
        fail(otherwise.as_ref());
    }
}

/// Both are equal.
pub fn same<T: PartialEq + Debug>(expected: &T, found: &T) {
    if expected != found {
        fail(format!("expected  {expected:?}\nfound     {found:?}"));
    }
}

/// Both texts are equal.
pub fn same_text(expected: &str, found: &str) {
    if expected != found {
        fail(format!("expected  {expected}\nfound     {found}"));
    }
}

/// All bytes are equal, and there are as many.
pub fn same_bytes(expected: impl AsRef<[u8]>, found: impl AsRef<[u8]>) {
    let (expected, found) = (expected.as_ref(), found.as_ref());
    if expected == found {
        return;
    }
    if !expected.is_empty() && found.starts_with(expected) {
        let all = found.len();
        fail(match expected.len() {
            1 => format!("expected one byte, found {all}: the first is right"),
            right => format!("expected {right} bytes, found {all}: the first {right} are right"),
        });
    }
    let at = expected.iter().zip(found).position(|(one, other)| one != other);
    let at = at.unwrap_or_else(|| expected.len().min(found.len()));
    // Long ones from a little before the first difference.
    let from = if at < ROW { 0 } else { at - at % ROW };
    let row = |bytes: &[u8]| {
        let mut row: Vec<String> =
            bytes.iter().skip(from).take(ROW).map(|byte| format!("{byte:02x}")).collect();
        if bytes.len() > from + ROW {
            row.push("…".to_owned());
        }
        row.join(" ")
    };
    let what = if from == 0 { String::new() } else { format!(", from byte {from} on") };
    let mark = "   ".repeat(at - from);
    let length =
        |bytes: &[u8]| format!("{} {}", bytes.len(), if bytes.len() == 1 { "byte" } else { "bytes" });
    // A wrong letter says more to people than a wrong byte.
    let text = |bytes: &[u8]| {
        let end = bytes.len().min(from + ROW);
        format!("{:?}", String::from_utf8_lossy(bytes.get(from..end).unwrap_or_default()))
    };
    let texts = if is_text(expected) {
        format!("\nas text   {} and {}", text(expected), text(found))
    } else {
        String::new()
    };
    fail(format!(
        "expected  {}   ({}{what})\nfound     {}   ({})\n          {mark}^^ byte {at}{texts}",
        row(expected),
        length(expected),
        row(found),
        length(found)
    ));
}

/// Whether people can read this.
fn is_text(bytes: &[u8]) -> bool {
    let printable = |text: &str| !text.contains(|char: char| char.is_control() && char != '\n');
    !bytes.is_empty() && std::str::from_utf8(bytes).is_ok_and(printable)
}

/// Bytes of one line.
const ROW: usize = 16;
