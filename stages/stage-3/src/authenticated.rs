//! Stage 2's challenge as a state of the connection, in front of any other handler.

use crate::{Close, Deadline, RequestHandler};
use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH, Challenge, Key, PATIENCE, random};
use echo::lab::Failure;
use std::borrow::Cow;
use std::time::Instant;

/// Admits the client first, then hands every byte to `inner`.
#[derive(Debug)]
pub struct Authenticated<H> {
    state: State,
    inner: H,
}

#[derive(Debug)]
enum State {
    /// The challenge is out; `answer` holds as much of the answer as has come.
    Asked {
        key: Key,
        challenge: Challenge,
        answer: Vec<u8>,
        deadline: Option<Deadline>,
    },
    Admitted,
}

/// A fresh challenge for a server with a key, nothing for an open one.
pub fn ask(key: Option<&Key>) -> Result<Option<(Key, Challenge)>, Failure> {
    key.map(|key| Ok((key.clone(), Challenge::new(random::<CHALLENGE_LENGTH>()?)))).transpose()
}

impl<H: RequestHandler> Authenticated<H> {
    /// Asks `question` before `inner` sees a byte; `None` admits everybody.
    pub fn new(question: Option<(Key, Challenge)>, inner: H) -> Self {
        let state = match question {
            Some((key, challenge)) => State::Asked { key, challenge, answer: Vec::new(), deadline: None },
            None => State::Admitted,
        };
        Self { state, inner }
    }
}

impl<H: RequestHandler> RequestHandler for Authenticated<H> {
    fn setup(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<(), Close> {
        match &mut self.state {
            State::Asked { challenge, deadline, .. } => {
                out.extend_from_slice(challenge.bytes());
                *deadline = Some(Deadline {
                    at: now + PATIENCE,
                    reason: "refused: no answer to the challenge within 5 s",
                });
                Ok(())
            }
            State::Admitted => self.inner.setup(now, out),
        }
    }

    // ANCHOR: handle
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        let State::Asked { key, challenge, answer, .. } = &mut self.state else {
            return self.inner.handle(now, received, out);
        };
        let (mine, later) = received.split_at(received.len().min(ANSWER_LENGTH - answer.len()));
        answer.extend_from_slice(mine);
        let Ok(complete) = <[u8; ANSWER_LENGTH]>::try_from(answer.as_slice()) else {
            return Ok(()); // the rest is still on its way
        };
        if !challenge.accepts(key, &complete) {
            return Err(Close::because("refused: the answer to the challenge is wrong"));
        }
        self.state = State::Admitted;
        self.inner.setup(now, out)?;
        if later.is_empty() { Ok(()) } else { self.inner.handle(now, later, out) }
    }
    // ANCHOR_END: handle

    fn refill(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<(), Close> {
        if matches!(self.state, State::Admitted) { self.inner.refill(now, out) } else { Ok(()) }
    }

    fn left(&mut self) -> Cow<'static, str> {
        match self.state {
            State::Asked { .. } => "left".into(),
            State::Admitted => self.inner.left(),
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        match &self.state {
            State::Asked { deadline, .. } => *deadline,
            State::Admitted => self.inner.deadline(),
        }
    }

    fn finish(&mut self) {
        if matches!(self.state, State::Admitted) {
            self.inner.finish();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EchoHandler;

    fn asked() -> (Authenticated<EchoHandler>, [u8; ANSWER_LENGTH]) {
        let key = Key::new(b"key").unwrap();
        let challenge = Challenge::new([9; CHALLENGE_LENGTH]);
        let answer = challenge.answer(&key);
        (Authenticated::new(Some((key, challenge)), EchoHandler), answer)
    }

    #[test]
    fn the_answer_may_come_in_pieces_and_with_the_first_message_behind_it() {
        let (_, answer) = asked();
        let stream = [&answer[..], b"hello"].concat();
        for cut in 0..=stream.len() {
            let (mut handler, _) = asked();
            let mut out = Vec::new();
            handler.setup(Instant::now(), &mut out).unwrap();
            assert_eq!(out, [9; CHALLENGE_LENGTH]);
            out.clear();
            for piece in [&stream[..cut], &stream[cut..]] {
                handler.handle(Instant::now(), piece, &mut out).unwrap();
            }
            assert_eq!(out, b"HELLO", "cut at {cut}");
        }
    }

    #[test]
    fn a_wrong_answer_closes_without_a_byte() {
        let (mut handler, mut answer) = asked();
        answer[15] ^= 1;
        let mut out = Vec::new();
        assert!(handler.handle(Instant::now(), &answer, &mut out).is_err());
        assert!(out.is_empty());
    }

    #[test]
    fn patience_is_counted_from_the_challenge_and_ends_with_the_answer() {
        let (mut handler, answer) = asked();
        let start = Instant::now();
        handler.setup(start, &mut Vec::new()).unwrap();
        handler.handle(start + PATIENCE / 2, &answer[..15], &mut Vec::new()).unwrap();
        assert_eq!(handler.deadline().unwrap().at, start + PATIENCE, "a byte buys no time");
        handler.handle(start + PATIENCE / 2, &answer[15..], &mut Vec::new()).unwrap();
        assert_eq!(handler.deadline(), None);
    }
}
