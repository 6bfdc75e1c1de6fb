//! The one function of the client's mind: an event comes in, the model changes, effects go out.
//!
//! Each event does its own small thing; after it [`Step::pump`] looks at what the model now allows to be sent.
//! So no handler has to know what else may wait for the same thing.
//!
//! | file | idea |
//! |---|---|
//! | `connection.rs` | connecting, the end of a connection, growing pauses, keep-alive |
//! | `login.rs` `own_keys.rs` `account.rs` | logging in; our own keys; logging out, profile, password |
//! | `commands.rs` `replies.rs` `pushes.rs` `vault.rs` | which event goes where |
//! | `waiting.rs` | commands that wait for a log-in, or for what the server still has |
//! | `contacts.rs` `friends.rs` `rooms.rs` | whom we know, and the commands that change it |
//! | `sync.rs` | from the server's history and live messages to the vault, without a gap |
//! | `outbox.rs` | from the outbox to the server, in order |
//! | `wanted.rs` | certificates and key packages that are missing |
//! | `files.rs` `upload.rs` `download.rs` | files, in pieces, beside the chat |

mod account;
mod commands;
mod connection;
mod contacts;
mod download;
mod files;
mod friends;
mod login;
mod outbox;
mod own_keys;
mod pushes;
mod replies;
mod rooms;
mod sync;
mod upload;
mod vault;
mod waiting;
mod wanted;

use super::command::Answer;
use super::event::{Account, Event, NetEvent, Tag};
use super::model::link::{Purpose, State};
use super::model::session::OwnKeys;
use super::model::{Model, OPEN_COMMANDS, Question, Ticket};
use super::{Effect, FilesEffect, NetEffect, Notice, Timer, VaultEffect};
use uchat_protocol::{Code, Refusal, Request};

// ANCHOR: update
/// Takes in what has happened and says what is to be done, in this order. `now` is in milliseconds since 1970, by
/// a clock that only goes forward; one that jumps stops nothing.
#[must_use]
pub fn update(model: &mut Model, now: u64, event: Event) -> Vec<Effect> {
    let mut step = Step { model, now, effects: Vec::new() };
    step.event(event);
    step.pump();
    step.effects
}
// ANCHOR_END: update

/// One event being taken in.
struct Step<'a> {
    model: &'a mut Model,
    now: u64,
    effects: Vec<Effect>,
}

impl Step<'_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Command { id, command, fresh } => {
                self.model.open += 1;
                let ticket = Ticket::new(id);
                if self.model.open > OPEN_COMMANDS {
                    let text = format!("{OPEN_COMMANDS} commands have no answer yet; wait for some");
                    self.refuse(ticket, Refusal::because(Code::TooManyWaiting, text));
                } else if self.model.early.is_empty() && !self.must_wait(&command) {
                    self.command(ticket, command, fresh);
                } else {
                    self.model.early.push_back((ticket, command, fresh));
                }
            }
            Event::Net(NetEvent::Up) => self.up(),
            Event::Net(NetEvent::Down { reason, random }) => self.down(reason, random),
            Event::Net(NetEvent::Reply { tag, reply }) => self.reply(tag, reply),
            Event::Net(NetEvent::Push(push)) => self.push(push),
            Event::Vault(event) => self.vault_event(event),
            Event::Files(event) => self.files_event(event),
            Event::Timer { timer, .. } => self.timer(timer),
        }
    }

    // ANCHOR: pump
    /// Does what may be done now: commands that have waited, then chat, then files.
    fn pump(&mut self) {
        self.pump_early();
        if self.model.is_online() && self.model.session.bundle_seen {
            self.pump_sync();
            self.pump_cursors();
            self.pump_members();
            if self.ready() {
                self.pump_outbox(); // which looks at what these two have left
            }
            self.pump_wanted();
            self.pump_files();
        }
        self.pump_later();
        self.pump_syncs();
    }
    // ANCHOR_END: pump

    /// Whether messages can be sealed and sent.
    fn ready(&self) -> bool {
        let session = &self.model.session;
        self.model.is_online() && session.bundle_seen && session.keys == OwnKeys::Ready
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer) {
        self.finish(ticket, Ok(answer));
    }

    fn refuse(&mut self, ticket: Ticket, refusal: impl Into<Refusal>) {
        self.finish(ticket, Err(refusal.into()));
    }

    fn finish(&mut self, ticket: Ticket, result: Result<Answer, Refusal>) {
        self.model.open -= 1;
        self.effects.push(Effect::Answer(ticket.into_id(), result));
    }

    /// The ticket and what was checked; or the command is refused here.
    fn granted<T>(&mut self, ticket: Ticket, checked: Result<T, Refusal>) -> Option<(Ticket, T)> {
        match checked {
            Ok(value) => Some((ticket, value)),
            Err(refusal) => {
                self.refuse(ticket, refusal);
                None
            }
        }
    }

    fn notify(&mut self, notice: Notice) {
        self.effects.push(Effect::Notify(notice));
    }

    fn say(&mut self, text: impl Into<String>) {
        self.notify(Notice::Notice { text: text.into() });
    }

    fn vault(&mut self, effect: VaultEffect) {
        self.effects.push(Effect::Vault(effect));
    }

    fn files(&mut self, effect: FilesEffect) {
        self.effects.push(Effect::Files(effect));
    }

    fn tag(&mut self) -> Tag {
        let tag = self.model.next_tag;
        self.model.next_tag += 1;
        tag
    }

    /// Asks the vault; its answer is looked up by the tag.
    fn question(&mut self, question: Question, effect: impl FnOnce(Tag) -> VaultEffect) {
        let tag = self.tag();
        self.model.questions.insert(tag, question);
        self.vault(effect(tag));
    }

    /// The question that an answer of the vault belongs to, if it is of this kind.
    fn asked(&mut self, tag: Tag, fits: fn(&Question) -> bool) -> Option<Question> {
        self.model.questions.get(&tag).filter(|question| fits(question))?;
        self.model.questions.remove(&tag)
    }

    /// Sends a request; where there is no connection, its purpose is lost at once.
    fn send(&mut self, purpose: Purpose, request: impl Into<Request>) {
        if self.model.link.state != State::Up {
            return self.lost(purpose);
        }
        let tag = self.tag();
        let link = &mut self.model.link;
        link.last_sent = self.now;
        if link.pending.is_empty() {
            link.waiting_since = self.now;
        }
        link.pending.insert(tag, purpose);
        if !link.watching {
            link.watching = true;
            self.effects.push(Effect::SetTimer(Timer::Dead, connection::DEAD));
        }
        self.effects.push(Effect::Net(NetEffect::Send(tag, request.into())));
    }

    /// Who we are.
    fn me(&self) -> Result<&Account, Refusal> {
        self.model.session.account.as_ref().ok_or_else(|| Code::NotLoggedIn.into())
    }

    /// Whether the server can be asked.
    fn online(&self) -> Result<(), Refusal> {
        self.me()?;
        if self.model.is_online() { Ok(()) } else { Err(Code::Offline.into()) }
    }
}

/// How long to wait, after a refusal that may be granted later: as long as it says, else longer each time.
fn pause(refusal: &Refusal, tries: u32) -> u64 {
    let growing = 1000_u64.saturating_mul(1 << tries.min(6));
    refusal.retry_after.unwrap_or(growing).clamp(100, LONGEST)
}

/// Whether a time until which something was put off is over; also if it is further away than any pause can be, because
/// the clock was set back.
fn is_over(time: u64, now: u64) -> bool {
    time <= now || time - now > LONGEST
}

/// The longest pause before the server is asked the same again, in milliseconds.
const LONGEST: u64 = 60_000;

/// Whether the same request may be granted later.
fn is_put_off(refusal: &Refusal) -> bool {
    matches!(
        refusal.code,
        Code::TooManyRequests
            | Code::TooManyWaiting
            | Code::ServerError
            | Code::ServerStopping
            | Code::Offline
    ) || refusal.retry_after.is_some() // the server says so
}
