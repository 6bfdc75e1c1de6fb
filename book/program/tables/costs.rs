//! What security costs: round trips and bytes, counted in a run at every build; processor time, measured once by
//! `book record` and kept in a file with the machine's words.

use super::protocol::grouped;
use super::table::Table;
use crate::bytes::messenger::Ends;
use crate::bytes::seeds;
use crate::generated::Problem;
use crate::place::Place;
use framing::{Message, Value};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use uchat_protocol::channel::{Lesson, Transport};

/// The file of the measured times, in [`Place::recorded`].
pub const CPU: &str = "cpu.toml";

/// What one transport costs on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    /// How often the client waits for the server before it can say anything, after TCP's own handshake.
    pub waits: usize,
    /// Bytes of the handshake: to the server, to the client.
    pub handshake: [usize; 2],
    /// Bytes of one message with a text of 5 bytes, and with one of 200.
    pub messages: [usize; 2],
}

/// Texts of the messages that are counted, in bytes.
pub const TEXTS: [usize; 2] = [5, 200];

/// Runs both sides and counts.
pub fn count(transport: Transport) -> Result<Wire, Problem> {
    let mut ends = Ends::open(transport, seeds::random(13))?;
    let sum = |ends: &Ends, up: bool| ends.flights.iter().filter(|(to, _)| *to == up).map(|(_, n)| n).sum();
    let handshake = [sum(&ends, true), sum(&ends, false)];
    let mut messages = [0; TEXTS.len()];
    for (length, bytes) in TEXTS.into_iter().zip(&mut messages) {
        let before: usize = sum(&ends, true);
        ends.say(&message(length).to_bytes()?)?;
        *bytes = sum(&ends, true) - before;
    }
    Ok(Wire { waits: ends.waits, handshake, messages })
}

fn message(length: usize) -> Message {
    Message { operation: 3, value: Value::from("t".repeat(length).as_str()) }
}

/// What the measuring program writes, and the table reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cpu {
    /// The machine, in words.
    pub machine: String,
    /// How the program was compiled.
    pub program: String,
    /// How many handshakes each figure is the median of.
    pub runs: usize,
    /// Times by transport, as the tables call it.
    pub handshake: Vec<CpuOf>,
}

/// The time of one handshake, both sides together, on one core that has nothing else to do at that moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CpuOf {
    /// The transport.
    pub transport: String,
    /// Microseconds.
    pub microseconds: u64,
}

/// Measures handshakes and writes the file. A program that was not optimised measures nothing: its figures would say
/// nothing about one that is.
pub fn measure(place: &Place) -> Result<Option<PathBuf>, Problem> {
    if cfg!(debug_assertions) {
        return Ok(None);
    }
    seeds::people()?; // keys are made once, and not in every handshake
    let mut handshake = Vec::new();
    for transport in Transport::ALL {
        let mut times = (0..RUNS).map(|_| time(transport)).collect::<Result<Vec<_>, _>>()?;
        times.sort_unstable();
        let median = times.get(RUNS / 2).copied().unwrap_or_default();
        let microseconds = u64::try_from(median.as_micros())?;
        handshake.push(CpuOf { transport: transport.name().to_owned(), microseconds });
    }
    let cpu = Cpu { machine: machine(), program: "release".to_owned(), runs: RUNS, handshake };
    let path = place.recorded().join(CPU);
    std::fs::write(&path, toml::to_string(&cpu)?)?;
    Ok(Some(path))
}

fn time(transport: Transport) -> Result<Duration, Problem> {
    let start = Instant::now();
    Ends::open(transport, seeds::random(13))?;
    Ok(start.elapsed())
}

/// The processor's name and how many there are, where the system tells.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("a processor that does not tell its name", |(_, name)| name.trim());
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{model}, {count} cores, {}", std::env::consts::OS)
}

/// The file that [`measure`] has written.
pub fn cpu(place: &Place) -> Result<Cpu, Problem> {
    let path = place.recorded().join(CPU);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        format!("{}: {error}; `cargo run --release -p book -- record` makes it", path.display())
    })?;
    Ok(toml::from_str(&text)?)
}

/// Each transport: what stands around the messages, and what it costs.
pub(super) fn costs(place: &Place) -> Result<Table, Problem> {
    let cpu = cpu(place)?;
    let mut table = Table::new([
        "over",
        "adds",
        "round trips first",
        "bytes of the handshake to the server",
        "and to the client",
        "bytes of a message with a text of 5",
        "and of 200",
        "CPU of a handshake",
    ]);
    for transport in Transport::ALL {
        let wire = count(transport)?;
        let time = cpu.handshake.iter().find(|of| of.transport == transport.name());
        let time = time.ok_or_else(|| format!("{CPU} has no time for {transport}: record it again"))?;
        table.row([
            name(transport).to_owned(),
            adds(transport).to_owned(),
            wire.waits.to_string(),
            grouped(wire.handshake[0] as u64),
            grouped(wire.handshake[1] as u64),
            grouped(wire.messages[0] as u64),
            grouped(wire.messages[1] as u64),
            milliseconds(time.microseconds),
        ]);
    }
    Ok(table)
}

/// Where the times come from, as one row.
pub(super) fn machine_of_costs(place: &Place) -> Result<Table, Problem> {
    let cpu = cpu(place)?;
    let mut table = Table::new(["measured on", "program", "each figure is the median of"]);
    table.row([cpu.machine, cpu.program, format!("{} handshakes", cpu.runs)]);
    Ok(table)
}

fn milliseconds(microseconds: u64) -> String {
    if microseconds < 50 { "under 0.05 ms".into() } else { format!("{:.1} ms", microseconds as f64 / 1000.0) }
}

fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Signed => "lesson 7, the default",
        Transport::Tls => "TLS 1.3 (`--tls`)",
        lesson => lesson.name(),
    }
}

fn adds(transport: Transport) -> &'static str {
    match transport {
        Transport::Lesson(Lesson::Plain) => "nothing: values end by themselves",
        Transport::Lesson(Lesson::Challenge) => "a challenge",
        Transport::Lesson(Lesson::Many) => "the same; the server serves many",
        Transport::Lesson(Lesson::Frames) => "a length in front of each message",
        Transport::Lesson(Lesson::Rc4) => "Diffie-Hellman, RC4",
        Transport::Lesson(Lesson::Packets) => "AES-CBC packets, a digest without a key",
        Transport::Signed => "certificates, signatures, a digest with a key",
        Transport::Tls => "the same by TLS, with an AEAD; the challenge inside",
    }
}

const RUNS: usize = 51;
