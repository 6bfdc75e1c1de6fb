//! The front end without a screen: one JSON object per line in and out.
//!
//! ```text
//! {"id": 7, "do": "send", "to": {"user": "bob"}, "text": "hi"}     in: a command
//! {"id": 7, "ok": true, "message_id": "…"}                         out: its answer, exactly one
//! {"id": 8, "ok": false, "code": "not_friends", "error": "…"}      out: the same, refused
//! {"event": "message", …}                                          out: what nobody asked for, at any time
//! ```
//!
//! No line ends it, however wrong it is. At the end of the input it waits until what was sent is stored on the
//! server, for [`PATIENCE`] at most.

mod lines;
mod parse;

use crate::core::{Answer, Command, CommandId, Connection, DeliveryState, Notice};
use crate::runtime::{Client, Setup, Told};
use lines::MAX_LINE;
pub use lines::{Got, next_line};
use parse::{Line, parse};
use serde::Serialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};
use uchat_protocol::{Code, MessageId, Refusal};

/// Why it ended before the input did.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// The client cannot start.
    #[error("{0}")]
    Start(#[from] Refusal),
    /// Nobody reads the output any more, or it cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

/// Runs until the end of the input. `account` is told the name of who has logged in, and nothing as soon as the
/// profile is nobody's any more: after a log-out, or when the account was deleted.
///
/// # Errors
/// The client cannot start, or the output cannot be written.
pub fn run(
    setup: Setup,
    input: impl BufRead + Send + 'static,
    output: impl Write,
    account: impl FnMut(Option<&str>),
) -> Result<(), HeadlessError> {
    let by_itself = setup.settings.auto_login.as_ref().map(|login| login.username.clone());
    let (sender, inbox) = sync_channel(WAITING);
    let tell = sender.clone();
    let client = Client::start(setup, move |told| tell.send(Incoming::Told(Box::new(told))).is_ok())?;
    let (places, free) = sync_channel(UNANSWERED);
    std::thread::Builder::new().name("input".to_owned()).spawn(move || read(input, &places, &sender))?;
    let (asked, sends) = (HashMap::new(), HashSet::new());
    Headless { client, inbox, free, output, asked, sends, by_itself, account }.run()
}

/// What the loop waits for.
enum Incoming {
    Line(Got),
    End,
    Told(Box<Told>),
}

/// Reads lines. Each takes a place, which becomes free again with its answer: so that whoever writes faster than
/// the client works has to wait.
fn read(mut input: impl BufRead, places: &SyncSender<()>, sender: &SyncSender<Incoming>) {
    while places.send(()).is_ok() {
        match next_line(&mut input) {
            Ok(Some(got)) => {
                if sender.send(Incoming::Line(got)).is_err() {
                    return;
                }
            }
            Ok(None) | Err(_) => break,
        }
    }
    let _ = sender.send(Incoming::End); // who does not listen any more has ended already
}

/// A command without an answer.
struct Asked {
    /// As the input called it.
    id: Value,
    /// What its answer means here.
    what: What,
}

/// The commands whose answers this front end looks at.
enum What {
    /// Puts a message into the outbox.
    Sends,
    /// Puts this one there again.
    Retries(MessageId),
    /// Makes the profile this user's.
    LogsIn(String),
    /// Makes it nobody's.
    Leaves,
    Other,
}

impl What {
    fn is(command: &Command) -> Self {
        match command {
            Command::Send { .. } | Command::SendFile { .. } => Self::Sends,
            Command::Retry { message_id } => Self::Retries(*message_id),
            Command::Login { username, .. } | Command::Register { username, .. } => {
                Self::LogsIn(username.clone())
            }
            Command::Logout {} | Command::DeleteAccount { .. } => Self::Leaves,
            _ => Self::Other,
        }
    }
}

struct Headless<W, A> {
    client: Client,
    inbox: Receiver<Incoming>,
    free: Receiver<()>,
    output: W,
    asked: HashMap<CommandId, Asked>,
    /// Messages that the server has not stored yet.
    sends: HashSet<MessageId>,
    /// As whom the client logs in without being told to, until it has.
    by_itself: Option<String>,
    account: A,
}

impl<W: Write, A: FnMut(Option<&str>)> Headless<W, A> {
    fn run(mut self) -> Result<(), HeadlessError> {
        let result = self.work();
        drop(self.inbox); // what the client still tells is for nobody
        self.client.stop();
        result
    }

    fn work(&mut self) -> Result<(), HeadlessError> {
        let mut end = None;
        let mut next_id = 0;
        while end.is_none() || !(self.asked.is_empty() && self.sends.is_empty()) {
            match self.next(end)? {
                Some(Incoming::Line(got)) => {
                    next_id += 1;
                    self.line(got, next_id)?;
                }
                Some(Incoming::End) => end = Some(Instant::now() + PATIENCE),
                Some(Incoming::Told(told)) => self.told(*told)?,
                None => break,
            }
        }
        let text = format!("the input has ended, and there was no answer within {} s", PATIENCE.as_secs());
        let late = Err(Refusal::because(Code::Cancelled, text));
        let mut asked: Vec<_> = self.asked.drain().collect();
        asked.sort_unstable_by_key(|(id, _)| *id);
        asked.iter().try_for_each(|(_, asked)| self.answer(&asked.id, &late))?;
        self.output.flush()?;
        Ok(())
    }

    /// The next thing that comes; `None` if nothing can come any more, or not in time.
    fn next(&mut self, end: Option<Instant>) -> io::Result<Option<Incoming>> {
        match self.inbox.try_recv() {
            Ok(next) => return Ok(Some(next)),
            Err(TryRecvError::Disconnected) => return Ok(None),
            Err(TryRecvError::Empty) => self.output.flush()?, // only now: many lines go out in one write
        }
        let Some(end) = end else { return Ok(self.inbox.recv().ok()) };
        match self.inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(next) => Ok(Some(next)),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Ok(None),
        }
    }

    fn line(&mut self, got: Got, id: CommandId) -> io::Result<()> {
        let line = match got {
            Got::Line(line) if line.trim_ascii().is_empty() => {
                let _ = self.free.try_recv(); // nothing was asked, so nothing is answered
                return Ok(());
            }
            Got::Line(line) => parse(&line),
            Got::TooLong => {
                let text = format!("a line may have {MAX_LINE} bytes; this one has more and was passed over");
                Line { id: Value::Null, command: Err(Refusal::because(Code::TooLong, text)) }
            }
        };
        match line.command {
            Ok(command) => {
                self.asked.insert(id, Asked { id: line.id, what: What::is(&command) });
                self.client.command(id, command);
                Ok(())
            }
            Err(refusal) => self.answer(&line.id, &Err(refusal)),
        }
    }

    fn told(&mut self, told: Told) -> io::Result<()> {
        match told {
            Told::Answer(id, result) => {
                let Some(asked) = self.asked.remove(&id) else { return Ok(()) };
                match (asked.what, &result) {
                    (What::Sends, Ok(Answer::MessageId { message_id })) => {
                        self.sends.insert(*message_id);
                    }
                    (What::Retries(message_id), Ok(_)) => {
                        self.sends.insert(message_id);
                    }
                    (What::LogsIn(name), Ok(_)) => (self.account)(Some(&name)),
                    (What::Leaves, Ok(_)) => (self.account)(None),
                    _ => {}
                }
                self.answer(&asked.id, &result)
            }
            Told::Notice(notice) => {
                // The answer to a command that changes a message does not say what is sent.
                if let Notice::Delivery { id, state: DeliveryState::Queued, changes: Some(_), .. } = &notice {
                    self.sends.insert(*id);
                }
                if let Some(id) = settled(&notice) {
                    self.sends.remove(&id);
                }
                if let Notice::Connection { state: Connection::Online, .. } = &notice
                    && let Some(name) = self.by_itself.take()
                {
                    (self.account)(Some(&name));
                }
                self.write(&notice)
            }
        }
    }

    fn answer(&mut self, id: &Value, result: &Result<Answer, Refusal>) -> io::Result<()> {
        let _ = self.free.try_recv();
        match result {
            Ok(answer) => self.write(&Granted { id, ok: true, answer }),
            Err(refusal) => self.write(&Refused {
                id,
                ok: false,
                code: refusal.code.name(),
                error: &refusal.text,
                field: refusal.field.as_deref(),
                retry_after: refusal.retry_after,
            }),
        }
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.output, line)?;
        self.output.write_all(b"\n")
    }
}

/// The message that needs no more waiting for: the server has it, or it is given up.
fn settled(notice: &Notice) -> Option<MessageId> {
    match notice {
        Notice::Delivery { id, state, .. } if *state >= DeliveryState::Stored => Some(*id),
        Notice::FileFailed { id, .. } => Some(*id),
        _ => None,
    }
}

#[derive(Serialize)]
struct Granted<'a> {
    id: &'a Value,
    ok: bool,
    #[serde(flatten)]
    answer: &'a Answer,
}

#[derive(Serialize)]
struct Refused<'a> {
    id: &'a Value,
    ok: bool,
    code: &'static str,
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    /// In milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// How long it waits at the end of the input.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How many lines may wait to be worked on or written.
const WAITING: usize = 256;
/// How many commands may be without an answer.
const UNANSWERED: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_waited_for_until_the_server_has_it_or_it_has_failed() {
        let id = MessageId([7; 16]);
        let delivery = |state| {
            let (seq, time, changes, reason, code) = (None, None, None, None, None);
            settled(&Notice::Delivery { id, state, seq, time, changes, reason, code })
        };
        assert_eq!(delivery(DeliveryState::Queued), None);
        assert_eq!(delivery(DeliveryState::Sent), None);
        assert_eq!(delivery(DeliveryState::Stored), Some(id));
        assert_eq!(delivery(DeliveryState::Failed), Some(id));
        let failed = Notice::FileFailed { id, reason: String::new(), code: Code::FileUnreadable.name() };
        assert_eq!(settled(&failed), Some(id), "its message will never be sent");
        assert_eq!(settled(&Notice::FileProgress { id, done: 1, total: 2 }), None);
    }
}
