//! The check-list: seven steps, each ticked by what has happened, in whichever order.

use super::Side;
use uchat_client::core::{DeliveryState, Notice};
use uchat_protocol::MessageId;

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Both have an account.
    Accounts,
    /// They are friends.
    Friends,
    /// A message was sent, and read.
    Send,
    /// One was looked at from the inside.
    Inside,
    /// The right one is unplugged, and a message waits at the server.
    Unplug,
    /// Plugged in again, and that message has arrived, once.
    Plug,
    /// What the server knows was read.
    Server,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 7] =
        [Self::Accounts, Self::Friends, Self::Send, Self::Inside, Self::Unplug, Self::Plug, Self::Server];
}

/// The way of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The message.
    pub id: MessageId,
    /// Who has written it; `None` while only its receiver was told of it.
    pub from: Option<Side>,
    /// How far it is, as its sender was told last.
    pub state: DeliveryState,
    /// Whether it has waited at the server for somebody who was unplugged.
    pub waited: bool,
    /// How often its receiver was shown it.
    pub arrived: usize,
}

/// What the steps look at besides messages.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    /// Both are in, and the server's database says so, too.
    pub accounts: bool,
    /// Each has the other in the list.
    pub friends: bool,
    /// The inspector is open, with something to look at.
    pub inside: bool,
    /// What the server knows is on the screen, with a message.
    pub server: bool,
    /// The right one's cable is plugged in.
    pub plugged: bool,
}

/// The check-list.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    done: [bool; Step::ALL.len()],
    trails: Vec<Trail>,
}

impl Steps {
    /// Whether a step is done.
    #[must_use]
    pub fn is_done(&self, step: Step) -> bool {
        self.done[step as usize]
    }

    /// How many are done.
    #[must_use]
    pub fn count(&self) -> usize {
        self.done.iter().filter(|done| **done).count()
    }

    /// The first that is not.
    #[must_use]
    pub fn current(&self) -> Option<Step> {
        Step::ALL.into_iter().find(|step| !self.is_done(*step))
    }

    /// The message that the current step is about: one that waits or has waited, else the newest.
    #[must_use]
    pub fn trail(&self) -> Option<&Trail> {
        let sent = || self.trails.iter().rev().filter(|trail| trail.from.is_some());
        match self.current() {
            Some(Step::Unplug | Step::Plug) => sent().find(|trail| trail.waited),
            _ => sent().next(),
        }
    }

    /// Whether there is a message at all.
    #[must_use]
    pub fn has_messages(&self) -> bool {
        !self.trails.is_empty()
    }

    /// A client has told something.
    pub fn told(&mut self, side: Side, notice: &Notice) {
        match notice {
            Notice::Message(message) => {
                let (Some(id), Some(_)) = (message.id, &message.from) else { return };
                let trail = self.trail_of(id);
                match message.state {
                    Some(state) => (trail.from, trail.state) = (Some(side), state),
                    None => trail.arrived += 1,
                }
            }
            Notice::Delivery { id, state, changes: None, .. } => {
                let trail = self.trail_of(*id);
                (trail.from, trail.state) = (Some(side), *state);
            }
            _ => {}
        }
    }

    /// Ticks what is done now.
    pub fn look(&mut self, facts: Facts) {
        for trail in &mut self.trails {
            let stored = trail.state == DeliveryState::Stored && trail.from == Some(Side::Left);
            trail.waited |= stored && !facts.plugged && trail.arrived == 0;
        }
        let any = |fits: fn(&Trail) -> bool| self.trails.iter().any(fits);
        let reached = [
            (Step::Accounts, facts.accounts),
            (Step::Friends, facts.friends),
            (Step::Send, any(|trail| trail.from.is_some() && trail.state == DeliveryState::Read)),
            (Step::Inside, facts.inside),
            (Step::Unplug, any(|trail| trail.waited)),
            (Step::Plug, facts.plugged && any(Trail::came_late_and_once)),
            (Step::Server, facts.server),
        ];
        for (step, reached) in reached {
            self.done[step as usize] |= reached;
        }
    }

    fn trail_of(&mut self, id: MessageId) -> &mut Trail {
        let known = self.trails.iter().position(|trail| trail.id == id);
        let at = known.unwrap_or_else(|| {
            if self.trails.len() >= MOST {
                self.trails.remove(0);
            }
            let state = DeliveryState::Queued;
            self.trails.push(Trail { id, from: None, state, waited: false, arrived: 0 });
            self.trails.len() - 1
        });
        &mut self.trails[at]
    }
}

impl Trail {
    fn came_late_and_once(&self) -> bool {
        let arrived = matches!(self.state, DeliveryState::Delivered | DeliveryState::Read);
        self.waited && arrived && self.arrived == 1
    }
}

/// Of so many messages the way is kept.
const MOST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use uchat_client::core::{Shown, With};

    const IN: Facts = Facts { accounts: true, friends: true, inside: false, server: false, plugged: true };
    const OUT: Facts = Facts { plugged: false, ..IN };

    fn shown(number: u8, from: &str, state: Option<DeliveryState>) -> Notice {
        Notice::Message(Shown {
            id: Some(MessageId([number; 16])),
            from: Some(from.to_owned()),
            with: With::User("bob".to_owned()),
            seq: None,
            time: 0,
            text: Some("hello".to_owned()),
            file: None,
            fontsize: 0,
            fontcolor: String::new(),
            reply_to: None,
            encrypted: true,
            mentioned: false,
            edited: false,
            deleted: false,
            reactions: Vec::new(),
            state,
        })
    }

    fn delivery(number: u8, state: DeliveryState) -> Notice {
        Notice::Delivery {
            id: MessageId([number; 16]),
            state,
            reason: None,
            code: None,
            seq: None,
            time: None,
            changes: None,
        }
    }

    /// Left writes a message that comes as far as this.
    fn written(steps: &mut Steps, number: u8, states: &[DeliveryState], facts: Facts) {
        steps.told(Side::Left, &shown(number, "anna", Some(DeliveryState::Queued)));
        for state in states {
            steps.told(Side::Left, &delivery(number, *state));
            steps.look(facts);
        }
    }

    use DeliveryState::{Delivered, Failed, Read, Sent, Stored};

    #[test]
    fn a_message_counts_as_sent_only_once_it_was_read() {
        let mut steps = Steps::default();
        written(&mut steps, 1, &[Sent, Stored, Delivered], IN);
        assert!(!steps.is_done(Step::Send));
        assert_eq!(steps.current(), Some(Step::Send));
        assert_eq!(steps.trail().map(|trail| trail.state), Some(Delivered));
        written(&mut steps, 1, &[Read], IN);
        assert!(steps.is_done(Step::Send) && !steps.is_done(Step::Unplug));
        assert_eq!(steps.count(), 3);
    }

    #[test]
    fn what_waits_at_the_server_must_arrive_once_after_the_cable_is_back() {
        let mut steps = Steps::default();
        written(&mut steps, 1, &[Sent], OUT);
        assert!(!steps.is_done(Step::Unplug), "it is not at the server yet");
        written(&mut steps, 1, &[Stored], OUT);
        assert!(steps.is_done(Step::Unplug) && !steps.is_done(Step::Plug));
        steps.look(IN);
        assert!(!steps.is_done(Step::Plug), "plugged in, but nothing has come");
        steps.told(Side::Right, &shown(1, "anna", None));
        steps.look(IN);
        assert!(!steps.is_done(Step::Plug), "the server does not know yet that it has come");
        steps.told(Side::Left, &delivery(1, Delivered));
        steps.look(IN);
        assert!(steps.is_done(Step::Plug));
    }

    #[test]
    fn what_arrives_twice_is_no_success() {
        let mut steps = Steps::default();
        written(&mut steps, 1, &[Stored], OUT);
        for _ in 0..2 {
            steps.told(Side::Right, &shown(1, "anna", None));
        }
        written(&mut steps, 1, &[Delivered, Read], IN);
        assert!(steps.is_done(Step::Unplug) && !steps.is_done(Step::Plug));
    }

    #[test]
    fn what_was_stored_while_plugged_in_has_not_waited_nor_has_what_the_unplugged_one_writes() {
        let mut steps = Steps::default();
        written(&mut steps, 1, &[Stored, Failed], IN);
        steps.look(OUT);
        steps.told(Side::Right, &shown(2, "bob", Some(DeliveryState::Queued)));
        steps.told(Side::Right, &delivery(2, Stored));
        steps.look(OUT);
        assert!(!steps.is_done(Step::Unplug));
    }

    #[test]
    fn steps_are_ticked_in_any_order_and_stay_ticked() {
        let mut steps = Steps::default();
        steps.look(Facts { inside: true, plugged: true, ..Facts::default() });
        steps.look(Facts { server: true, plugged: true, ..Facts::default() });
        steps.look(Facts { plugged: true, ..Facts::default() });
        assert!(steps.is_done(Step::Inside) && steps.is_done(Step::Server));
        assert_eq!((steps.count(), steps.current()), (2, Some(Step::Accounts)));
    }

    #[test]
    fn lines_of_the_server_are_no_messages_and_memory_is_bounded() {
        let mut steps = Steps::default();
        for number in 0..=255 {
            steps.told(Side::Left, &delivery(number, Read));
        }
        assert_eq!(steps.trails.len(), MOST);
    }
}
