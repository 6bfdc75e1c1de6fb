//! `uchat chat`: a conversation line by line, without cursor movement, so that screen readers and scripts can
//! follow it.

use crate::cli::Global;
use crate::password::INTERRUPTED;
use crate::session::{Session, refused};
use crate::{output, show, verbs};
use echo::lab::{Failure, count, io_failure, log, on_interrupt};
use std::collections::HashSet;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};
use uchat_client::core::{Answer, Command, CommandId, Connection, DeliveryState, Notice, Shown, With};
use uchat_client::headless::{Got, next_line};
use uchat_client::runtime::Told;
use uchat_protocol::{Code, MessageId, fields};

/// Sends each line of standard input, and prints what comes, until the end of the input or Ctrl-C.
pub(crate) fn chat(global: &Global, with: &str) -> Result<(), Failure> {
    let whom = verbs::with(with)?;
    let mut session = Session::log_in(global)?;
    let (sender, input) = sync_channel(1);
    let reader = std::thread::Builder::new().name("input".to_owned()).spawn(move || read(&sender));
    reader.map_err(|e| io_failure("cannot read standard input", &e))?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let pressed = Arc::clone(&interrupted);
    on_interrupt(move || {
        if pressed.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED); // whoever presses it twice does not want to wait
        }
    })?;
    let typed = std::io::stdin().is_terminal();
    if typed {
        let with = fields::one_line(with);
        log(format_args!("* each line is sent to {with} when you press Enter; Ctrl-D on an empty line ends"));
    }
    let (sends, unsettled) = (HashSet::new(), HashSet::new());
    let chat = Chat { with: whom, typed, sends, unsettled, interrupted, end: None };
    let result = chat.run(&mut session, &input);
    session.end();
    result
}

/// What people type.
enum Input {
    Line(String),
    /// It cannot be sent; the sentence says why.
    Unfit(String),
    End,
}

fn read(sender: &SyncSender<Input>) {
    let mut stdin = std::io::stdin().lock();
    while let Ok(Some(got)) = next_line(&mut stdin) {
        let input = match got {
            Got::Line(line) => match String::from_utf8(line) {
                Ok(line) if line.is_empty() => continue,
                Ok(line) => Input::Line(line),
                Err(_) => Input::Unfit("this line is no text: it is not UTF-8".to_owned()),
            },
            Got::TooLong => Input::Unfit(Code::TooLong.text().to_owned()),
        };
        if sender.send(input).is_err() {
            return;
        }
    }
    let _ = sender.send(Input::End); // who does not listen any more has ended already
}

struct Chat {
    with: With,
    /// The lines come from a terminal.
    typed: bool,
    /// What is on its way to the outbox.
    sends: HashSet<CommandId>,
    /// What is there and not stored by the server yet.
    unsettled: HashSet<MessageId>,
    /// Ctrl-C was pressed, or nobody reads any more.
    interrupted: Arc<AtomicBool>,
    /// After the end of the input: until when to wait for that.
    end: Option<Instant>,
}

impl Chat {
    fn run(mut self, session: &mut Session, input: &Receiver<Input>) -> Result<(), Failure> {
        let command =
            Command::History { with: self.with.clone(), before: None, limit: Some(EARLIER), search: None };
        session.catch_up()?;
        let answer = session.ask(command, &mut |_| {}).map_err(refused)?;
        self.print(&verbs::messages(answer)?)?;
        self.mark_read(session);
        loop {
            let unfinished = self.sends.len() + self.unsettled.len();
            match self.end {
                Some(_) if unfinished == 0 => return Ok(()),
                Some(end) if Instant::now() >= end => {
                    return Err(Failure::new(format!(
                        "the server has not stored {} yet; what is missing waits in the outbox and goes out with \
                         the next log-in",
                        count(unfinished, "message")
                    )));
                }
                // Whoever types, or pipes, faster than the server stores has to wait.
                None if unfinished < WINDOW || self.interrupted.load(Ordering::Relaxed) => {
                    self.input(session, input);
                }
                _ => {}
            }
            match session.wait(TURN) {
                Ok(Told::Answer(id, result)) => {
                    let ours = self.sends.remove(&id);
                    match result {
                        Ok(Answer::MessageId { message_id }) if ours => {
                            self.unsettled.insert(message_id);
                        }
                        Ok(_) => {}
                        Err(refusal) if ours => {
                            log(format_args!("not sent: {}", fields::one_line(&refusal.text)));
                        }
                        Err(refusal) => tracing::debug!("not marked as read: {refusal}"),
                    }
                }
                Ok(Told::Notice(notice)) => self.notice(notice, session)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Failure::new("the client has ended")),
            }
        }
    }

    /// Prints messages. On a terminal a chat that nobody reads any more ends; lines from elsewhere are still sent.
    fn print(&self, messages: &[Shown]) -> Result<(), Failure> {
        if !output::read_on(messages.iter().map(show::line))? && self.typed {
            self.interrupted.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn mark_read(&self, session: &mut Session) {
        session.tell(Command::MarkRead { with: self.with.clone() });
    }

    fn input(&mut self, session: &mut Session, input: &Receiver<Input>) {
        match input.try_recv() {
            Ok(Input::Line(text)) => {
                let to = self.with.clone();
                let command =
                    Command::Send { to, text, fontsize: 0, fontcolor: String::new(), reply_to: None };
                self.sends.insert(session.tell(command));
            }
            Ok(Input::Unfit(why)) => log(format_args!("not sent: {why}")),
            Ok(Input::End) | Err(TryRecvError::Disconnected) => self.end = Some(Instant::now() + LAST),
            Err(TryRecvError::Empty) if self.interrupted.load(Ordering::Relaxed) => {
                self.end = Some(Instant::now() + LAST);
            }
            Err(TryRecvError::Empty) => {}
        }
    }

    fn notice(&mut self, notice: Notice, session: &mut Session) -> Result<(), Failure> {
        match notice {
            Notice::Message(message) if message.with == self.with => {
                self.mark_read(session);
                // Our own lines stand on the screen already.
                if message.state.is_none() {
                    self.print(&[message])?;
                }
            }
            Notice::Changed(message) if message.with == self.with => self.print(&[message])?,
            Notice::Delivery { id, state, reason, .. } => {
                if state >= DeliveryState::Stored {
                    self.unsettled.remove(&id);
                }
                if state == DeliveryState::Failed {
                    log(format_args!("not sent: {}", fields::one_line(&reason.unwrap_or_default())));
                }
            }
            Notice::Connection { state, reason, .. } => {
                let reason =
                    reason.map_or_else(String::new, |reason| format!(": {}", fields::one_line(&reason)));
                match state {
                    Connection::Connecting => {}
                    Connection::Online => log(format_args!("* online")),
                    Connection::Offline => log(format_args!("* offline{reason}")),
                    Connection::Replaced | Connection::Refused => {
                        return Err(Failure::new(format!("disconnected{reason}")));
                    }
                }
            }
            Notice::Notice { text } => log(format_args!("* {}", fields::one_line(&text))),
            Notice::KeyChanged { username } => {
                let name = fields::one_line(&username);
                log(format_args!("* the keys of {name} are others than before; compare the safety number"));
            }
            _ => {}
        }
        Ok(())
    }
}

/// How many earlier messages are shown.
const EARLIER: u32 = 20;
/// How many messages may be on their way.
const WINDOW: usize = 64;
/// How long to wait for one side before looking at the other.
const TURN: Duration = Duration::from_millis(50);
/// How long to wait, at the end, until what was sent is stored.
const LAST: Duration = Duration::from_secs(5);
