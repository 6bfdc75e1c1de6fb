//! What is printed: for people, and as JSON for programs.

use crate::case::{Case, Verdict};
use crate::run::{Report, Row};
use echo::lab::hex;
use serde_json::{Value, json};

/// Bytes that are shown of each side.
const SHOWN: usize = 64;

/// Characters of a sentence that are shown.
const LONGEST: usize = 1000;

/// One case, as text.
#[must_use]
pub fn print_text(row: &Row) -> String {
    let word = match &row.verdict {
        Verdict::Passed => "passed ",
        Verdict::Failed { .. } => "FAILED ",
        Verdict::Skipped(_) => "skipped",
    };
    let mut out = format!("{word}  {:<24} {:>6.2} s", row.case.name, row.time.as_secs_f64());
    match &row.verdict {
        Verdict::Passed => {}
        Verdict::Skipped(why) => out += &format!("\n         {}", plain(why)),
        Verdict::Failed { what, expected, found } => {
            out += &format!("\n         {}", plain(what));
            out += &format!("\n         sent:      {}", row.case.sends);
            out += &format!("\n         should be: {}", row.case.expects);
            if let (Some(expected), Some(found)) = (expected, found) {
                let at = differs_at(expected, found);
                out += &format!("\n         expected:  {}", shown(expected, at));
                out += &format!("\n         found:     {}", shown(found, at));
            } else if let Some(found) = found {
                out += &format!("\n         found:     {}", shown(found, 0));
            }
            out += &format!("\n         see        {}", row.case.spec);
        }
    }
    out
}

/// A sentence as a terminal may show it: the server may have put anything into it, and as much as it liked.
fn plain(sentence: &str) -> String {
    let mut out = String::new();
    for char in sentence.chars().take(LONGEST) {
        match char.is_control() {
            true => out.extend(char.escape_default()),
            false => out.push(char),
        }
    }
    if sentence.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// What a stage checks.
#[must_use]
pub fn list(cases: &[Case]) -> String {
    let lines = cases.iter().map(|case| {
        let slow = if case.slow { " (only with --slow)" } else { "" };
        format!(
            "{}{slow}\n    sent:      {}\n    should be: {}\n    see        {}",
            case.name, case.sends, case.expects, case.spec
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The whole report, for programs.
#[must_use]
pub fn print_json(report: &Report) -> Value {
    let rows: Vec<Value> = report.rows.iter().map(row_json).collect();
    json!({
        "passed": report.passed(),
        "skipped": report.skipped(),
        "failed": report.rows.len() - report.passed() - report.skipped(),
        "of": report.rows.len(),
        "cases": rows,
    })
}

fn row_json(row: &Row) -> Value {
    let mut value = json!({
        "name": row.case.name,
        "see": row.case.spec,
        "sent": row.case.sends,
        "should_be": row.case.expects,
        "seconds": (row.time.as_secs_f64() * 1000.0).round() / 1000.0,
    });
    match &row.verdict {
        Verdict::Passed => value["verdict"] = "passed".into(),
        Verdict::Skipped(why) => {
            value["verdict"] = "skipped".into();
            value["why"] = why.as_str().into();
        }
        Verdict::Failed { what, expected, found } => {
            value["verdict"] = "failed".into();
            value["why"] = what.as_str().into();
            value["expected"] = json!(expected.as_deref().map(hex));
            value["found"] = json!(found.as_deref().map(hex));
        }
    }
    value
}

/// Where the first difference is.
fn differs_at(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// Bytes around `at`, in hexadecimal digits and as text.
fn shown(bytes: &[u8], at: usize) -> String {
    if bytes.is_empty() {
        return "nothing".into();
    }
    let start = if at < SHOWN / 2 { 0 } else { at - SHOWN / 4 };
    let part = bytes.get(start..bytes.len().min(start + SHOWN)).unwrap_or_default();
    let digits: Vec<String> = part.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut out = digits.join(" ");
    if start > 0 {
        out = format!("[from byte {start}] {out}");
    }
    if start + part.len() < bytes.len() {
        out += &format!(" … ({} bytes)", bytes.len());
    }
    format!("{out}  \"{}\"", part.escape_ascii())
}
