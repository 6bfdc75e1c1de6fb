//! From the channel's events to work.

use super::{Connection, ENOUGH, End, Work, with_random};
use crate::accounts::{self, Asker};
use crate::bus::Session;
use crate::handler::{Handled, Outbox};
use crate::handlers::{self, Place, sign_certificate};
use crate::mailbox::Ticket;
use crate::order::Sent;
use crate::replies::{refused, reply};
use crate::store::{Deliver, Readers, job, presence};
use framing::Message;
use rusqlite::Transaction;
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use uchat_protocol::channel::Event;
use uchat_protocol::limits::SEND_WINDOW;
use uchat_protocol::{Code, Operation, Refusal, Reply, Request};

impl Connection {
    /// Takes requests as long as they may be worked on; whether there was one.
    pub(super) fn work_off(&mut self, now: Instant) -> Result<bool, End> {
        let mut had_any = false;
        while let Some(message) = self.next(now)? {
            had_any = true;
            self.request(message, now);
        }
        Ok(had_any)
    }

    /// The next request that may be worked on now.
    fn next(&mut self, now: Instant) -> Result<Option<Message>, End> {
        let look = self.mailbox.look();
        if look.owed == 0 {
            self.is_exclusive = false;
            self.take_change();
        }
        let is_full = look.bytes + self.output.len() >= ENOUGH;
        let is_busy = self.work.is_some() || self.is_exclusive;
        if look.ended.is_some() || is_full || is_busy || !self.is_rested(now) {
            return Ok(None);
        }
        let message = match self.held.take() {
            Some(held) => *held,
            None => match self.event()? {
                Some(message) => message,
                None => return Ok(None),
            },
        };
        let is_send = message.operation == Operation::SendMessage.number();
        if look.owed == 0 || (is_send && look.owed < SEND_WINDOW) {
            match self.pace.request(now) {
                Ok(()) => return Ok(Some(message)),
                Err(rest) => self.rests_until = Some(now + rest),
            }
        }
        self.held = Some(Box::new(message));
        Ok(None)
    }

    /// The next message that has arrived.
    fn event(&mut self) -> Result<Option<Message>, End> {
        while self.has_events {
            match with_random(&self.shared, |random| self.channel.event(random))? {
                Some(Event::Message(message)) => return Ok(Some(message)),
                Some(Event::Closed) => {
                    self.is_over = true;
                    self.has_events = false;
                }
                Some(Event::Ready) => {}
                None => self.has_events = false,
            }
        }
        Ok(None)
    }

    /// Begins to work on a request. Whatever happens to it, the ticket is its answer.
    fn request(&mut self, message: Message, now: Instant) {
        let number = message.operation;
        let operation = Operation::from_number(number);
        let ticket = Ticket::new(&self.mailbox, operation.unwrap_or(Operation::Bad));
        self.is_exclusive = operation != Some(Operation::SendMessage);
        let is_piece = matches!(operation, Some(Operation::FilePut | Operation::FileGet));
        // Pieces of files are limited by their bytes.
        let allowed = if is_piece { Ok(()) } else { self.pace.allow(now) };
        let read = Request::from_message(message);
        let sent = match &read {
            Ok(Request::SendMessage(request)) => Sent::new(request),
            _ => None,
        };
        let allowed = allowed.map_err(|refusal| Refusal { operation: Some(number), ..refusal });
        match allowed.and(read) {
            Ok(Request::ClientEcho(value)) => ticket.answer(&Reply::ServerEcho(value)),
            Ok(request) => self.hand_on(ticket, request, sent),
            Err(refusal) => self.refuse(ticket, number, refusal, sent),
        }
    }

    /// Refuses a request that nobody has looked at.
    fn refuse(&mut self, ticket: Ticket, number: u8, refusal: Refusal, sent: Option<Sent>) {
        if self.shared.lines.refused_requests.is_written() {
            // Not its text: that may repeat what stood in a field.
            let (code, field) = (refusal.code.name(), refusal.field.as_deref());
            tracing::info!(from = %self.address, operation = number, code, field, "refused");
        }
        match &self.session {
            // Others may be on their way to the writer: there it gets its answer after theirs.
            Some(session) if !self.is_exclusive => {
                self.work = self.write_request(session, ticket, Err(refusal), sent);
            }
            _ => ticket.answer(&Reply::Refused(refusal)),
        }
    }

    /// Hands a request to those who work on it.
    fn hand_on(&mut self, ticket: Ticket, request: Request, sent: Option<Sent>) {
        match (handlers::place(&request), &self.session) {
            (Place::Account, session) => {
                let asker = Asker {
                    shared: Arc::clone(&self.shared),
                    mailbox: Arc::clone(&self.mailbox),
                    address: self.address,
                    session: session.clone(),
                };
                self.work = Some(Box::pin(accounts::handle(asker, ticket, request)));
            }
            (_, None) => ticket.answer(&refused(request.operation(), Code::NotLoggedIn.into())),
            (Place::Answered, Some(_)) => ticket.answer(&Reply::Refused(handlers::unknown(&request))),
            (Place::Write, Some(session)) => {
                self.work = self.write_request(session, ticket, Ok(request), sent)
            }
            (Place::Certify, Some(session)) => self.work = Some(self.certify(session, ticket, request)),
            (Place::Read, Some(session)) => {
                let readers = self.shared.store.readers();
                self.work = Some(self.read_request(readers, session, ticket, request));
            }
            (Place::ReadFiles, Some(session)) => {
                let readers = self.shared.store.file_readers();
                self.work = Some(self.read_request(readers, session, ticket, request));
            }
        }
    }

    /// Hands a request to the writer, or the refusal of one. If so many wait there that this takes a while: the work of
    /// doing so.
    fn write_request(
        &self,
        session: &Arc<Session>,
        ticket: Ticket,
        request: Result<Request, Refusal>,
        sent: Option<Sent>,
    ) -> Option<Work> {
        let (caller, bus) = (self.shared.caller(session), Arc::clone(&self.shared.bus));
        let (session, files) = (Arc::clone(session), Arc::clone(&self.shared.files));
        let sender = Arc::clone(&session);
        let work = move |tx: &Transaction<'_>, out: &mut Outbox| {
            bus.expect_newest(&session)?;
            let write = || handlers::write(tx, &caller, request?, &files, out);
            match sent {
                Some(sent) => session.order.take(sent, write),
                None => write(),
            }
        };
        let done = move |handled: Handled| {
            // It may have been lost with its batch, after it was taken.
            if let (Some(sent), Err(failure)) = (sent, &handled) {
                sender.order.failed(sent, failure);
            }
            answer(ticket, handled);
        };
        let waits = self.shared.store.try_submit(job(work, done)).err()?;
        let shared = Arc::clone(&self.shared);
        Some(Box::pin(async move { shared.store.submit(waits).await }))
    }

    /// Has a certificate signed on a reader's thread, since that takes a while, then kept by the writer.
    fn certify(&self, session: &Arc<Session>, ticket: Ticket, request: Request) -> Work {
        let (caller, shared) = (self.shared.caller(session), Arc::clone(&self.shared));
        let (session, bus) = (Arc::clone(session), Arc::clone(&self.shared.bus));
        Box::pin(async move {
            let Request::SignCertificate(request) = request else { return };
            let Some(authority) = caller.authority.clone() else {
                let text = "there are no certificates on lessons 1 to 6";
                let refusal = Refusal::because(Code::BadCertificate, text);
                return ticket.answer(&refused(Operation::SignCertificate, refusal));
            };
            let asker = caller.clone();
            let issue = move |db: &rusqlite::Connection| {
                sign_certificate::issue(db, &asker, &request, |request, name, email| {
                    authority.certify_user(request, name, email, SystemTime::now())
                })
            };
            match shared.store.read(issue).await {
                Ok(certificate) => {
                    let keep = move |tx: &Transaction<'_>, out: &mut Outbox| {
                        bus.expect_newest(&session)?;
                        let reply = sign_certificate::keep(tx, &caller, &certificate)?;
                        // Who wrote before there were keys waits for this: with keys, a user comes once more.
                        out.pushes.extend(presence::came(tx, &caller)?);
                        Ok(reply)
                    };
                    shared.store.submit(job(keep, move |handled| answer(ticket, handled))).await;
                }
                Err(failure) => answer(ticket, Err(failure)),
            }
        })
    }

    /// Hands a request to a reader.
    fn read_request(
        &self,
        readers: Arc<Readers>,
        session: &Session,
        ticket: Ticket,
        request: Request,
    ) -> Work {
        let (caller, bus) = (self.shared.caller(session), Arc::clone(&self.shared.bus));
        let files = Arc::clone(&self.shared.files);
        Box::pin(readers.run(move |db| {
            let mut out = Outbox::default();
            let handled = db.and_then(|db| handlers::read(db, &caller, request, &files, &mut out));
            if handled.is_ok() {
                bus.deliver(out);
            }
            answer(ticket, handled);
        }))
    }
}

fn answer(ticket: Ticket, handled: Handled) {
    let reply = reply(ticket.operation(), handled);
    ticket.answer(&reply);
}
