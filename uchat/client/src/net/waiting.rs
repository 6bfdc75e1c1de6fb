//! The answers that are waited for. The server answers in the order of the requests, so a queue of tags says to
//! which request an answer belongs.

use crate::core::{NetEvent, Tag};
use framing::Message;
use std::collections::VecDeque;
use uchat_protocol::{Code, Push, Refusal, Reply};

/// What the server has said.
pub(super) enum Said {
    /// Something for the core.
    Event(Box<NetEvent>),
    /// Why it is about to end the connection.
    Kick(Refusal),
    /// Nothing that we know: a push of a newer server.
    Unknown,
}

/// The tags of the requests that have no answer yet.
#[derive(Default)]
pub(super) struct Waiting {
    tags: VecDeque<Tag>,
}

impl Waiting {
    /// A request with this tag goes out.
    pub(super) fn add(&mut self, tag: Tag) {
        self.tags.push_back(tag);
    }

    /// A message came.
    ///
    /// # Errors
    /// It does not follow the protocol, so nothing that follows can be trusted to be in step: the connection
    /// must end.
    pub(super) fn take(&mut self, mut message: Message) -> Result<Said, Refusal> {
        let operation = message.operation;
        let malformed = |error| {
            Refusal::because(
                Code::ServerError,
                format!("the server sent operation {operation} malformed: {error}"),
            )
        };
        if let Some(reply) = Reply::from_message(&mut message).map_err(malformed)? {
            let tag = self.tags.pop_front().ok_or_else(|| {
                let text = format!("the server answered (operation {operation}) although nothing was asked");
                Refusal::because(Code::ServerError, text)
            })?;
            return Ok(Said::Event(Box::new(NetEvent::Reply { tag, reply })));
        }
        Ok(match Push::from_message(message).map_err(malformed)? {
            Some(Push::ServerKick(reason)) => Said::Kick(reason),
            Some(push) => Said::Event(Box::new(NetEvent::Push(push))),
            None => {
                tracing::debug!(operation, "the server sent an operation that this client does not know");
                Said::Unknown
            }
        })
    }
}

/// Why a connection is down after the server has said so. What passes by itself counts as offline, so that the
/// client comes back.
pub(super) fn kicked(reason: Refusal) -> Refusal {
    match reason.code {
        Code::ServerStopping | Code::TooSlow | Code::Idle => Refusal { code: Code::Offline, ..reason },
        _ => reason,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a failed test")]

    use super::*;
    use framing::Value;

    fn reply(number: u64) -> Message {
        Reply::RegisterSuccessful(number).to_message().unwrap()
    }

    #[test]
    fn answers_belong_to_the_requests_in_their_order() {
        let mut waiting = Waiting::default();
        waiting.add(7);
        waiting.add(3);
        for (tag, number) in [(7, 1), (3, 2)] {
            let Said::Event(event) = waiting.take(reply(number)).unwrap() else { panic!("an event") };
            let NetEvent::Reply { tag: got, reply } = *event else { panic!("an answer") };
            assert_eq!((got, reply), (tag, Reply::RegisterSuccessful(number)));
        }
    }

    #[test]
    fn pushes_come_in_between_and_take_no_tag() {
        let mut waiting = Waiting::default();
        waiting.add(7);
        let push = Push::GeneralMsg("hello".into()).to_message().unwrap();
        let is = |said, fits: fn(&NetEvent) -> bool| matches!(said, Said::Event(event) if fits(&event));
        assert!(is(waiting.take(push).unwrap(), |event| matches!(event, NetEvent::Push(_))));
        assert!(is(waiting.take(reply(1)).unwrap(), |event| matches!(event, NetEvent::Reply { tag: 7, .. })));
    }

    #[test]
    fn what_does_not_follow_the_protocol_ends_the_connection_with_a_reason() {
        let mut waiting = Waiting::default();
        let error = waiting.take(reply(1)).err().unwrap();
        assert!(error.text.contains("nothing was asked"), "{error}");
        waiting.add(1);
        for operation in [101, 100, 107, 110, 113] {
            let error = waiting.take(Message { operation, value: Value::Bool(true) }).err().unwrap();
            assert!(error.text.contains("malformed"), "{operation}: {error}");
        }
    }

    #[test]
    fn an_operation_of_a_newer_server_is_passed_over() {
        let message = Message { operation: 199, value: Value::None };
        assert!(matches!(Waiting::default().take(message), Ok(Said::Unknown)));
    }

    #[test]
    fn only_reasons_that_pass_by_themselves_bring_the_client_back() {
        let code = |code| kicked(Refusal::new(code)).code;
        for passing in [Code::ServerStopping, Code::TooSlow, Code::Idle] {
            assert_eq!(code(passing), Code::Offline);
        }
        for lasting in [Code::SessionReplaced, Code::AccountDeleted] {
            assert_eq!(code(lasting), lasting);
        }
    }
}
