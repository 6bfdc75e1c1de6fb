//! The attack on stage 4: somebody on the path reads everything.

use crate::transfer::Offer;
use crate::{ByteOrder, Frames};
use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH};
use echo::lab::{self, Attack, Direction, Event, Failure, Outcome, Recording, Tap, Target, What};
use echo::upper_case;
use std::time::Duration;

/// The attacks that this stage falls to.
pub const ATTACKS: &[Attack] = &[Attack {
    name: "eavesdrop",
    stage: 4,
    goal: "without sending a byte: reads what is said or sent (live, or from --recording)",
    takes: &["listen", "recording"],
    victim: &[],
    run: eavesdrop,
}];

/// Passes everything on unchanged and notes it; or reads what somebody noted before. With `--listen` and
/// `--recording` the live session is also written to the file.
fn eavesdrop(target: &Target) -> Result<Outcome, Failure> {
    let recording = session(target)?;
    // The byte order is public: it is in the course's own text. Ours first.
    let readings = [ByteOrder::Network, ByteOrder::LittleEndian].map(|order| read(&recording, order));
    let Some(lines) = readings.into_iter().find(|lines| !lines.is_empty()) else {
        let bytes: usize = recording.chunks.iter().map(|(_, bytes)| bytes.len()).sum();
        return Ok(Outcome::Failed(format!("{bytes} bytes went by, and nothing in them could be read")));
    };
    for line in &lines {
        lab::print(format_args!("read: {line}"));
    }
    Ok(Outcome::Succeeded(format!("{} read on the path", lab::count(lines.len(), "message"))))
}

/// The session that an eavesdropper reads: the recorded one, or a live one, which is also written to the
/// file if both are asked for.
pub fn session(target: &Target) -> Result<Recording, Failure> {
    if let (Some(path), false) = (&target.recording, target.live) {
        return Recording::load(path);
    }
    let recording = listen(target)?;
    if let Some(path) = &target.recording {
        recording.save(path)?;
    }
    Ok(recording)
}

/// One live session, from its connection to its end.
fn listen(target: &Target) -> Result<Recording, Failure> {
    let listener = lab::listen(target.listen)?;
    lab::announce(&listener)?;
    let tap = Tap::on(listener, target.connect).map_err(|e| lab::io_failure("cannot sit on the path", &e))?;
    let first = |event: &Event| event.connection == 0;
    let ended = |events: &[Event]| events.iter().filter(|e| first(e) && e.what == What::Closed).count() == 2;
    let events = tap.take_when(PATIENCE, ended);
    let chunks = events
        .into_iter()
        .filter(first)
        .filter_map(|event| match event.what {
            What::Bytes(bytes) => Some((event.direction, bytes)),
            What::Closed => None,
        })
        .collect();
    Ok(Recording { chunks })
}

/// What can be read in the recording: questions with their answers, and files. Nobody can mistake noise for
/// them: a question must be text and its answer the same in upper case, a file must have been offered.
fn read(recording: &Recording, order: ByteOrder) -> Vec<String> {
    let [questions, answers] = payloads(recording, order);
    let shown = |bytes: &[u8]| anatomy::quoted(&String::from_utf8_lossy(bytes));
    let talk = questions
        .iter()
        .zip(&answers)
        .filter(|(question, answer)| is_text(question) && upper_case(question) == **answer)
        .map(|(question, answer)| format!("{} answered by {}", shown(question), shown(answer)));
    let files = questions
        .iter()
        .filter_map(|question| Offer::from_bytes(question).ok())
        .map(|offer| format!("the file {} of {} bytes", anatomy::quoted(&offer.name), offer.size));
    talk.chain(files).collect()
}

/// The payloads of all frames of the client and of the server, after challenge and answer.
#[must_use]
pub fn payloads(recording: &Recording, order: ByteOrder) -> [Vec<Vec<u8>>; 2] {
    // A server that speaks first has sent its challenge: 32 bytes, answered by 16.
    let challenged = recording.chunks.first().is_some_and(|(direction, _)| *direction == Direction::ToClient);
    let mut skip = if challenged { [ANSWER_LENGTH, CHALLENGE_LENGTH] } else { [0, 0] };
    let mut frames = Frames::new(order);
    let mut found: [Vec<Vec<u8>>; 2] = Default::default();
    for (direction, bytes) in &recording.chunks {
        let way = usize::from(*direction == Direction::ToClient);
        let opening = skip[way].min(bytes.len());
        skip[way] -= opening;
        found[way].extend(frames.payloads(*direction, &bytes[opening..]));
    }
    found
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.is_empty() && !text.contains(char::is_control))
}

/// How long we sit on the path at most.
const PATIENCE: Duration = Duration::from_secs(600);
