//! `uchat chat`: a conversation line by line, without cursor movement, so that screen readers and scripts can
//! follow it.

use crate::cli::Global;
use crate::session::{Session, refused};
use crate::{show, verbs};
use echo::lab::{Failure, io_failure};
use std::collections::HashSet;
use std::io::BufRead;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::{Duration, Instant};
use uchat_client::core::{Answer, Command, Connection, DeliveryState, Notice, With};
use uchat_client::runtime::Told;
use uchat_protocol::MessageId;

/// Sends each line of standard input, and prints what comes, until the end of the input.
pub(crate) fn chat(global: &Global, with: &str) -> Result<(), Failure> {
    let with = verbs::with(with)?;
    let mut session = Session::log_in(global)?;
    let (sender, lines) = channel();
    let reader = std::thread::Builder::new().name("input".to_owned()).spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    reader.map_err(|e| io_failure("cannot read standard input", &e))?;
    let chat = Chat { with, unsettled: HashSet::new(), end: None };
    let result = chat.run(&mut session, &lines);
    session.end();
    result
}

struct Chat {
    with: With,
    /// What was sent and is not stored yet.
    unsettled: HashSet<MessageId>,
    /// After the end of the input: until when to wait for that.
    end: Option<Instant>,
}

impl Chat {
    fn run(mut self, session: &mut Session, lines: &Receiver<String>) -> Result<(), Failure> {
        let command =
            Command::History { with: self.with.clone(), before: None, limit: Some(EARLIER), search: None };
        session.catch_up()?;
        let answer = session.ask(command, &mut |_| {}).map_err(refused)?;
        verbs::print(verbs::messages(answer)?.iter().map(show::line))?;
        let mut sends = HashSet::new();
        loop {
            match lines.try_recv() {
                Ok(text) if text.is_empty() => {}
                Ok(text) => {
                    let to = self.with.clone();
                    let command =
                        Command::Send { to, text, fontsize: 0, fontcolor: String::new(), reply_to: None };
                    sends.insert(session.tell(command));
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => {
                    let end = *self.end.get_or_insert_with(|| Instant::now() + LAST);
                    if (sends.is_empty() && self.unsettled.is_empty()) || Instant::now() >= end {
                        return Ok(());
                    }
                }
            }
            match session.wait(TURN) {
                Ok(Told::Answer(id, result)) => {
                    let ours = sends.remove(&id);
                    match result {
                        Ok(Answer::MessageId { message_id }) if ours => {
                            self.unsettled.insert(message_id);
                        }
                        Ok(_) => {}
                        Err(refusal) => eprintln!("not sent: {}", anatomy::harmless(&refusal.text)),
                    }
                }
                Ok(Told::Notice(notice)) => self.notice(notice, session)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Failure::new("the client has ended")),
            }
        }
    }

    fn notice(&mut self, notice: Notice, session: &mut Session) -> Result<(), Failure> {
        match notice {
            Notice::Message(message) if message.with == self.with => {
                session.tell(Command::MarkRead { with: self.with.clone() });
                // Our own lines stand on the screen already.
                if message.state.is_none() {
                    verbs::print(std::iter::once(show::line(&message)))?;
                }
            }
            Notice::Delivery { id, state, reason, .. } => {
                if state >= DeliveryState::Stored {
                    self.unsettled.remove(&id);
                }
                if state == DeliveryState::Failed {
                    eprintln!("not sent: {}", anatomy::harmless(&reason.unwrap_or_default()));
                }
            }
            Notice::Connection { state, reason, .. } => {
                let reason =
                    reason.map_or_else(String::new, |reason| format!(": {}", anatomy::harmless(&reason)));
                match state {
                    Connection::Connecting => {}
                    Connection::Online => eprintln!("* online"),
                    Connection::Offline => eprintln!("* offline{reason}"),
                    Connection::Replaced | Connection::Refused => {
                        return Err(Failure::new(format!("disconnected{reason}")));
                    }
                }
            }
            Notice::Notice { text } => eprintln!("* {}", anatomy::harmless(&text)),
            Notice::KeyChanged { username } => {
                let name = anatomy::harmless(&username);
                eprintln!("* the keys of {name} are others than before; compare the safety number");
            }
            _ => {}
        }
        Ok(())
    }
}

/// How many earlier messages are shown.
const EARLIER: u32 = 20;
/// How long to wait for one side before looking at the other.
const TURN: Duration = Duration::from_millis(50);
/// How long to wait, at the end, until what was sent is stored.
const LAST: Duration = Duration::from_secs(5);
