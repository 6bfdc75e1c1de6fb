//! The connection: opening it, what happens when it ends, pauses that grow, keep-alive.

use super::Step;
use crate::core::command::Answer;
use crate::core::model::link::{Purpose, State, WhatFor};
use crate::core::model::{Model, Ticket};
use crate::core::{Connection, Effect, NetEffect, Notice, Timer};
use framing::Value;
use uchat_protocol::{Code, Refusal, Request};

/// After so long without an answer to anything the connection is dead.
pub(super) const DEAD: u64 = 30_000;
/// After so long without anything of ours we send a keep-alive.
const KEEP_ALIVE: u64 = 60_000;
/// The first pause before we connect again; it doubles …
const FIRST_PAUSE: u64 = 500;
/// … up to this one.
const LONGEST_PAUSE: u64 = 60_000;
/// The longest wait that a server can ask for.
const LONGEST_WAIT: u64 = 3_600_000;

impl Step<'_> {
    /// Opens a connection, unless there is one; if one is being closed, right after that.
    pub(super) fn connect(&mut self) {
        match self.model.link.state {
            State::Down => {
                self.model.link.state = State::Connecting;
                self.effects.push(Effect::StopTimer(Timer::Reconnect));
                self.tell_connection(Connection::Connecting, None, None);
                self.effects.push(Effect::Net(NetEffect::Connect));
            }
            State::Closing => self.model.link.reopen = true,
            State::Connecting | State::Up => {}
        }
    }

    /// Somebody does not want to wait for the next try. After it the pauses begin anew.
    pub(super) fn reconnect(&mut self, ticket: Ticket) {
        let checked = self.me().and_then(|_| {
            let text = "this client does not come back by itself; log in again";
            if self.model.link.wanted { Ok(()) } else { Err(Refusal::because(Code::NotLoggedIn, text)) }
        });
        let Some((ticket, ())) = self.granted(ticket, checked) else { return };
        if !matches!(self.model.link.state, State::Connecting | State::Up) {
            self.model.link.tries = 0;
            self.connect();
        }
        self.answer(ticket, Answer::Done {});
    }

    /// Closes the connection. `wanted` says whether to come back; `why` is told when it is closed.
    pub(super) fn close(&mut self, wanted: bool, why: Refusal) {
        let link = &mut self.model.link;
        link.wanted = wanted;
        if matches!(link.state, State::Connecting | State::Up) {
            link.farewell = Some(why);
            link.state = State::Closing;
            self.effects.push(Effect::Net(NetEffect::Disconnect));
        } else if !wanted {
            self.effects.push(Effect::StopTimer(Timer::Reconnect));
        }
    }

    pub(super) fn up(&mut self) {
        if self.model.link.state != State::Connecting {
            return; // being closed already
        }
        self.model.link.state = State::Up;
        self.model.link.last_sent = self.now;
        self.effects.push(Effect::SetTimer(Timer::KeepAlive, KEEP_ALIVE));
        if self.model.session.flow.is_some() {
            self.begin();
        } else {
            self.log_in_by_itself();
        }
    }

    /// The connection is gone: everything that was on its way waits again, or is answered with why it cannot.
    pub(super) fn down(&mut self, reason: Refusal, random: u32) {
        if self.model.link.state == State::Down {
            return;
        }
        let link = &mut self.model.link;
        link.state = State::Down;
        let reason = link.farewell.take().unwrap_or(reason);
        let reopen = std::mem::take(&mut link.reopen);
        let pending = std::mem::take(&mut link.pending);
        self.effects.push(Effect::StopTimer(Timer::KeepAlive));
        if std::mem::take(&mut self.model.link.watching) {
            self.effects.push(Effect::StopTimer(Timer::Dead));
        }
        self.model.session.logged_in = false;
        self.model.session.bundle_seen = false;
        for purpose in pending.into_values() {
            self.lost(purpose);
        }
        self.model.outbox.take_back();
        self.model.wanted.take_back();
        self.model.transfers.take_back();
        self.model.contacts.friends.values_mut().for_each(|friend| friend.online = false);
        if reopen {
            return self.connect(); // the log-in that asked for it is not lost with the old connection
        }
        if let Some(ticket) = self.model.session.flow.take().and_then(|flow| flow.ticket) {
            self.refuse(ticket, reason.clone());
        }
        let passes =
            comes_back(reason.code) || (reason.code == Code::WrongTransport && self.model.link.proved);
        if self.model.link.wanted && passes {
            let least = reason.retry_after.unwrap_or(0).min(LONGEST_WAIT);
            let pause = self.next_pause(random).max(least);
            self.tell_connection(Connection::Offline, Some(reason), Some(pause));
            self.effects.push(Effect::SetTimer(Timer::Reconnect, pause));
        } else {
            self.model.link.wanted = false;
            if matches!(reason.code, Code::SessionReplaced | Code::AccountDeleted) {
                self.drop_token();
            }
            let state = match reason.code {
                Code::SessionReplaced => Connection::Replaced,
                Code::BadToken => Connection::Offline,
                _ if passes => Connection::Offline,
                _ => Connection::Refused,
            };
            self.tell_connection(state, Some(reason), None);
        }
    }

    /// A request that gets no answer. What is kept in lanes, transfers and wants is taken back by `down`.
    pub(super) fn lost(&mut self, purpose: Purpose) {
        match purpose {
            Purpose::Logout(ticket) => self.logged_out(ticket),
            Purpose::Command(ticket, _)
            | Purpose::Members(
                _,
                WhatFor::Tell(ticket) | WhatFor::Remove(ticket, _) | WhatFor::HandOver(ticket, _),
            ) => {
                let text = "the connection was lost before the answer came; look whether it was done";
                self.refuse(ticket, Refusal::because(Code::Offline, text));
            }
            Purpose::Members(room, WhatFor::Know) => {
                self.model.contacts.asking = None;
                self.model.contacts.unseen.insert(room);
            }
            Purpose::Fetch { conversation, .. } => {
                self.model.talks.fetching.remove(&conversation);
                self.model.talks.behind.insert(conversation);
            }
            Purpose::Cursor { conversation, .. } => {
                if let Some(talk) = self.model.talks.all.get_mut(&conversation) {
                    talk.telling = false;
                }
            }
            Purpose::Ignore
            | Purpose::Session
            | Purpose::Package(..)
            | Purpose::Message(..)
            | Purpose::Certificates(_)
            | Purpose::Packages(_)
            | Purpose::File(..) => {}
        }
    }

    pub(super) fn timer(&mut self, timer: Timer) {
        match timer {
            Timer::Reconnect if self.model.link.wanted => self.connect(),
            Timer::Reconnect => {}
            Timer::KeepAlive => self.keep_alive(),
            Timer::Dead => self.look_for_life(),
            Timer::Later => self.model.link.later = None, // `pump` does the rest
        }
    }

    /// One timer serves all requests: when it runs out, it is set anew for what is left of the time.
    fn keep_alive(&mut self) {
        if self.model.link.state != State::Up {
            return;
        }
        let link = &mut self.model.link;
        link.last_sent = link.last_sent.min(self.now); // where the clock was set back
        let silence = self.now - link.last_sent;
        let left = KEEP_ALIVE.saturating_sub(silence);
        if left == 0 {
            self.send(Purpose::Ignore, Request::ClientEcho(Value::None));
        }
        self.effects.push(Effect::SetTimer(Timer::KeepAlive, if left == 0 { KEEP_ALIVE } else { left }));
    }

    fn look_for_life(&mut self) {
        self.model.link.watching = false;
        if self.model.link.state != State::Up || self.model.link.pending.is_empty() {
            return;
        }
        let link = &mut self.model.link;
        link.waiting_since = link.waiting_since.min(self.now); // where the clock was set back
        let left = DEAD.saturating_sub(self.now - link.waiting_since);
        if left > 0 {
            self.model.link.watching = true;
            return self.effects.push(Effect::SetTimer(Timer::Dead, left));
        }
        let text = format!("the server has not answered for {} seconds", DEAD / 1000);
        self.close(self.model.link.wanted, Refusal::because(Code::Offline, text));
    }

    /// 0.5 s, 1 s, 2 s … 60 s, each between half and one and a half of that, so that clients which were cut off
    /// together do not come back together.
    fn next_pause(&mut self, random: u32) -> u64 {
        let tries = &mut self.model.link.tries;
        let pause = FIRST_PAUSE.saturating_mul(1 << (*tries).min(16)).min(LONGEST_PAUSE);
        *tries = tries.saturating_add(1);
        pause / 2 + ((pause * u64::from(random)) >> 32)
    }

    pub(super) fn tell_connection(
        &mut self,
        state: Connection,
        reason: Option<Refusal>,
        retry_in: Option<u64>,
    ) {
        let code = reason.as_ref().map(|reason| reason.code.name());
        let reason = reason.map(|reason| reason.text);
        self.notify(Notice::Connection { state, reason, code, retry_in });
    }

    /// Sets the timer for the earliest of what the server has put off.
    pub(super) fn pump_later(&mut self) {
        if !self.model.is_online() {
            return;
        }
        let lanes = self.model.outbox.lanes.values().filter_map(|lane| lane.until());
        let files = self.model.transfers.all.values().map(|transfer| transfer.not_before);
        let Model { talks, contacts, wanted, .. } = &*self.model;
        let puts_off = [talks.not_before, talks.tell_after, contacts.not_before, wanted.not_before];
        let times = lanes.chain(files).chain(puts_off);
        let Some(next) = times.filter(|time| !super::is_over(*time, self.now)).min() else { return };
        if self.model.link.later.is_none_or(|set| set > next || set <= self.now) {
            self.model.link.later = Some(next);
            self.effects.push(Effect::SetTimer(Timer::Later, next - self.now));
        }
    }
}

/// Whether it makes sense to connect again by itself after a connection has ended so.
pub(super) fn comes_back(code: Code) -> bool {
    matches!(
        code,
        Code::Offline
            | Code::TooSlow
            | Code::Idle
            | Code::ServerStopping
            | Code::ServerError
            | Code::TooManyConnections
            | Code::TooManyRequests
            | Code::TooManyLogIns
    )
}
