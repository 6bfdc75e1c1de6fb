//! From the outbox to the server, in order. First to disk, then to the network: a message that was answered with
//! its id is never lost, and since the vault seals it once and its id stays, sending it again cannot double it.
//!
//! Order is kept in each conversation. When the server puts a message off, nothing more is sent there until all that
//! was on its way is answered, and then everything again from that message on: the server puts off what was on its
//! way behind it, until it comes again.

use super::{Step, is_over, is_put_off, pause};
use crate::core::command::{Answer, With};
use crate::core::event::{Queued, Sealed, WhyNot};
use crate::core::model::link::Purpose;
use crate::core::model::outbox::{Hold, MOST, Packing};
use crate::core::model::session::OwnKeys;
use crate::core::model::{Question, Ticket};
use crate::core::{DeliveryState, FilesEffect, Notice, VaultEffect};
use uchat_protocol::content::Kind;
use uchat_protocol::reply::Done;
use uchat_protocol::request::SendMessage;
use uchat_protocol::{Code, Content, Conversation, MessageId, Refusal, fields, limits};

/// How often certificates are asked for before a message waits until its receiver has keys.
const ROUNDS: u8 = 2;

impl Step<'_> {
    pub(super) fn send_text(&mut self, ticket: Ticket, to: &With, content: Content, id: MessageId) {
        let checked = check_text(&content).and_then(|()| self.may_send(to));
        if let Some((ticket, conversation)) = self.granted(ticket, checked) {
            self.queue(Some(ticket), id, conversation, content);
        }
    }

    /// An edit, a deletion or a reaction. Which message that is, and whether we may change it, the vault knows.
    pub(super) fn change(&mut self, ticket: Ticket, content: Content, id: MessageId) {
        let fits = match content.kind {
            Kind::Edit => check_text(&content),
            Kind::React => fields::reaction(&content.data),
            _ => Ok(()),
        };
        let checked = fits.and_then(|()| self.may_queue());
        if let Some((ticket, ())) = self.granted(ticket, checked) {
            let effect = |tag| VaultEffect::Change { tag, id, content };
            self.question(Question::Change(ticket, id), effect);
        }
    }

    /// Into the outbox, on disk.
    pub(super) fn queue(
        &mut self,
        ticket: Option<Ticket>,
        id: MessageId,
        conversation: Conversation,
        content: Content,
    ) {
        let effect = |tag| VaultEffect::Queue { tag, id, conversation, content };
        self.question(Question::Queue(ticket, id), effect);
    }

    /// Where a message goes, if as far as we know it can.
    pub(super) fn may_send(&self, to: &With) -> Result<Conversation, Refusal> {
        let conversation = self.find(to)?;
        self.may_queue()?;
        Ok(conversation)
    }

    /// Whether anything can be sent, and the outbox has room.
    fn may_queue(&self) -> Result<(), Refusal> {
        self.me()?;
        if self.model.session.keys == OwnKeys::Missing {
            return Err(Code::NoOwnKeys.into());
        }
        if self.model.pending_sends() >= MOST {
            return Err(Code::TooManyWaiting.into());
        }
        Ok(())
    }

    /// It is in the outbox, for the first time or again.
    pub(super) fn queued(&mut self, queued: &Queued) {
        let id = queued.id;
        let asked = self.model.questions.iter().find_map(|(tag, question)| match question {
            Question::Queue(_, other) | Question::Retry(_, other) | Question::Change(_, other)
                if *other == id =>
            {
                Some(*tag)
            }
            _ => None,
        });
        if let Some(target) = queued.changes {
            self.model.outbox.changes.insert(id, target);
        }
        match asked.and_then(|tag| self.model.questions.remove(&tag)) {
            Some(Question::Queue(Some(ticket), _)) => {
                self.answer(ticket, Answer::MessageId { message_id: id });
            }
            Some(Question::Queue(None, _)) => self.files(FilesEffect::Sent(id)),
            Some(Question::Retry(ticket, _)) => self.answer(ticket, Answer::Done {}),
            Some(Question::Change(ticket, _)) => {
                // First that it waits: its answer does not tell its id, and who ends then must know what to wait for.
                self.delivery(id, DeliveryState::Queued, None);
                self.answer(ticket, Answer::Done {});
            }
            _ => {}
        }
        if !queued.failed {
            self.delivery(id, DeliveryState::Queued, None);
            self.model.outbox.push(queued.conversation, id);
        }
    }

    /// Has the vault seal what may go: one message of each lane at a time, the window over all lanes.
    pub(super) fn pump_outbox(&mut self) {
        let (talks, contacts) = (&self.model.talks, &self.model.contacts);
        // Who has left while we were away must not be able to read what is said now.
        let out_of_step = |conversation: &Conversation| match conversation {
            Conversation::Room(room) => talks.is_behind(conversation) || contacts.is_unseen(*room),
            Conversation::Friend(_) => false,
        };
        let outbox = &mut self.model.outbox;
        let mut next = Vec::new();
        for (conversation, lane) in &mut outbox.lanes {
            if lane.is_answered() {
                lane.put_back();
            }
            if lane.until().is_some_and(|time| is_over(time, self.now)) {
                lane.hold = Hold::None;
            }
            if lane.is_free() && !out_of_step(conversation) && outbox.in_flight < limits::SEND_WINDOW {
                lane.sealing = lane.waiting.pop_front();
                outbox.in_flight += usize::from(lane.sealing.is_some());
                next.extend(lane.sealing);
            }
        }
        outbox.lanes.retain(|_, lane| lane.len() > 0);
        next.into_iter().for_each(|id| self.vault(VaultEffect::Seal(id)));
    }

    /// Ready: its key packages go before it, and it goes when the server has taken them.
    pub(super) fn sealed(&mut self, sealed: Sealed) {
        let ready = self.ready();
        let id = sealed.id;
        let Some(conversation) = self.model.outbox.take_sealing(id) else { return };
        let Some(lane) = self.model.outbox.lanes.get_mut(&conversation) else { return };
        if !ready || !lane.is_free() {
            return lane.waiting.push_front(id); // the connection, or the order, does not allow it any more
        }
        (lane.rounds, lane.told) = (0, false);
        self.model.outbox.in_flight += 1;
        let Sealed { packages, message, .. } = sealed;
        if packages.is_empty() {
            return self.send_out(conversation, id, message);
        }
        lane.packing = Some(Packing { id, message, open: packages.len() });
        for package in packages {
            self.send(Purpose::Package(conversation, id), package);
        }
    }

    fn send_out(&mut self, conversation: Conversation, id: MessageId, message: SendMessage) {
        let Some(lane) = self.model.outbox.lanes.get_mut(&conversation) else { return };
        lane.sent.push_back(id);
        self.send(Purpose::Message(conversation, id), message);
        self.delivery(id, DeliveryState::Sent, None);
    }

    /// The server has taken a key package, or does not: then its message comes to the same.
    pub(super) fn package_reply(
        &mut self,
        conversation: Conversation,
        id: MessageId,
        reply: Result<Done, Refusal>,
    ) {
        let Some(lane) = self.model.outbox.lanes.get_mut(&conversation) else { return };
        let Some(mut packing) = lane.packing.take_if(|packing| packing.id == id) else { return };
        packing.open -= 1;
        match reply {
            Ok(_) if packing.open > 0 => lane.packing = Some(packing),
            Ok(_) if lane.put_off.is_empty() => self.send_out(conversation, id, packing.message),
            Ok(_) => {
                lane.waiting.push_front(id); // what was put off meanwhile goes first
                self.model.outbox.in_flight -= 1;
            }
            Err(refusal) => {
                self.model.outbox.in_flight -= 1;
                self.not_taken(conversation, id, refusal, true);
            }
        }
    }

    pub(super) fn not_sealed(&mut self, id: MessageId, why: WhyNot) {
        let Some(conversation) = self.model.outbox.take_sealing(id) else { return };
        let Some(lane) = self.model.outbox.lanes.get_mut(&conversation) else { return };
        if !lane.put_off.is_empty() && !matches!(why, WhyNot::Stored) {
            return lane.waiting.push_front(id); // what was put off goes first, and has a pause of its own
        }
        match why {
            WhyNot::Stored => {} // and it is out of the lane
            WhyNot::Certificates(users) if lane.rounds < ROUNDS && !users.is_empty() => {
                lane.waiting.push_front(id);
                lane.rounds += 1;
                lane.hold = Hold::Certificates(users.iter().copied().collect());
                self.want_certificates(users);
            }
            WhyNot::Certificates(_) => self.wait_for_keys(conversation, id, Code::NoKeys.into()),
            WhyNot::Refused(code @ (Code::NoKeys | Code::NoOwnKeys), text) => {
                self.wait_for_keys(conversation, id, Refusal::because(code, text));
            }
            WhyNot::Refused(code, text) => self.give_up(id, Refusal::because(code, text), false),
        }
    }

    /// The message stays at the front until its receiver comes online, or we log in again.
    fn wait_for_keys(&mut self, conversation: Conversation, id: MessageId, why: Refusal) {
        let Some(lane) = self.model.outbox.lanes.get_mut(&conversation) else { return };
        lane.waiting.push_front(id);
        if std::mem::take(&mut lane.again) {
            lane.hold = Hold::None; // they have come while we looked
            lane.rounds = 0;
            return;
        }
        lane.hold = Hold::NoKeys;
        if !std::mem::replace(&mut lane.told, true) && self.model.outbox.is_queued(id) {
            let (reason, code) = (Some(why.text), Some(why.code.name()));
            let (state, changes) = (DeliveryState::Queued, self.model.outbox.changes.get(&id).copied());
            self.notify(Notice::Delivery { id, state, seq: None, time: None, changes, reason, code });
        }
    }

    /// The server has stored it, puts it off, or refuses it.
    pub(super) fn message_reply(
        &mut self,
        conversation: Conversation,
        id: MessageId,
        reply: Result<Done, Refusal>,
    ) {
        let outbox = &mut self.model.outbox;
        let Some(lane) = outbox.lanes.get_mut(&conversation) else { return };
        let Some(place) = lane.sent.iter().position(|sent| *sent == id) else { return };
        lane.sent.remove(place);
        outbox.in_flight -= 1;
        match reply {
            Ok(Done { seq: Some(seq), time, .. }) => {
                lane.tries = 0;
                let time = time.unwrap_or(self.now);
                self.vault(VaultEffect::Stored { id, seq, time });
                self.own_message(conversation, seq);
            }
            Ok(_) => self.give_up(id, super::replies::misfit(), false),
            Err(refusal) => self.not_taken(conversation, id, refusal, false),
        }
    }

    /// The server puts a message off, or refuses it, or a key package that goes before it.
    fn not_taken(&mut self, conversation: Conversation, id: MessageId, refusal: Refusal, package: bool) {
        if !is_put_off(&refusal) {
            return self.give_up(id, refusal, package);
        }
        let Some(lane) = self.model.outbox.lanes.get_mut(&conversation) else { return };
        if lane.put_off.is_empty() {
            lane.tries = lane.tries.saturating_add(1);
        }
        lane.put_off.push_back(id);
        lane.hold = Hold::Until(self.now.saturating_add(pause(&refusal, lane.tries.saturating_sub(1))));
    }

    fn give_up(&mut self, id: MessageId, refusal: Refusal, packages_refused: bool) {
        self.vault(VaultEffect::GiveUp { id, refusal: refusal.clone(), packages_refused });
        self.delivery(id, DeliveryState::Failed, Some(refusal));
    }

    /// Tells how far a message of our own has come, if that is further than what was told before.
    pub(super) fn delivery(&mut self, id: MessageId, state: DeliveryState, refusal: Option<Refusal>) {
        self.come_so_far(id, state, None, refusal);
    }

    /// The same, with the number in the conversation and the time that the server has given it.
    pub(super) fn stored(&mut self, id: MessageId, state: DeliveryState, place: (u64, u64)) {
        self.come_so_far(id, state, Some(place), None);
    }

    fn come_so_far(
        &mut self,
        id: MessageId,
        state: DeliveryState,
        place: Option<(u64, u64)>,
        refusal: Option<Refusal>,
    ) {
        let outbox = &mut self.model.outbox;
        let changes = match state {
            DeliveryState::Queued | DeliveryState::Sent => outbox.changes.get(&id).copied(),
            _ => outbox.changes.remove(&id), // it ends here
        };
        if !outbox.advance(id, state) {
            return;
        }
        let code = refusal.as_ref().map(|refusal| refusal.code.name());
        let reason = refusal.map(|refusal| refusal.text);
        if let (DeliveryState::Failed, Some(_), Some(reason)) = (state, changes, &reason) {
            self.say(format!("a change of a message was not sent, and is undone: {reason}"));
        }
        let (seq, time) = place.unzip();
        self.notify(Notice::Delivery { id, state, seq, time, changes, reason, code });
    }
}

/// What can be known of a text before anybody is asked.
fn check_text(content: &Content) -> Result<(), Refusal> {
    fields::text(&content.data)?;
    if fields::is_colour(&content.fontcolor) {
        return Ok(());
    }
    Err(Refusal::field(Code::BadField, "fontcolor", "must look like #1a2b3c, or be empty"))
}
