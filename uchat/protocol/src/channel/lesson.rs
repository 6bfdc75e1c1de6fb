//! Lessons 1 to 6: the challenge if there is a key, public values where there is a cipher, then messages.
//!
//! ```text
//!   lesson      1    2 and 3    4    5    6
//!   <- challenge     x          x    x    x     if the server has a key
//!   -> answer        x          x    x    x
//!   -> public value                  x    x     in a frame
//!   <- public value                  x    x
//! ```
//!
//! There is no goodbye and no alert: the end of the stream has to say both.

mod codec;

use super::layer::{Layer, check_length};
use super::patience::Patience;
use super::{ChannelError, Event, Lesson};
use certificates::{Carried, Watch, Went};
use codec::Codec;
use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH, Challenge, Key};
use framing::{ByteOrder, FrameDecoder, encode_frame};
use key_exchange::{Group, KeyPair, Side};
use rand::CryptoRng;
use socketserver::Deadline;
use std::collections::VecDeque;
use std::time::Instant;

/// One side.
pub(super) struct LessonLayer {
    lesson: Lesson,
    side: Side,
    state: State,
    patience: Patience,
    output: Vec<u8>,
    /// A client has answered the challenge, and nothing has come since: an end of the stream is about that.
    proved: bool,
    /// [`Event::Ready`] is due.
    ready: bool,
    closed: bool,
    /// Keeps messages, if somebody wants to look at them.
    watch: Watch,
}

enum State {
    /// A server has sent its challenge and collects the answer.
    Answer { key: Key, challenge: Challenge, arrived: Vec<u8> },
    /// A client collects the challenge.
    Challenge { key: Key, arrived: Vec<u8> },
    /// The other side's public value is awaited. A server makes its pair only when it is there: powers modulo p are
    /// the dearest thing that it does.
    PublicValue { frames: FrameDecoder, pair: Option<KeyPair> },
    /// Messages.
    Open(Codec),
}

impl LessonLayer {
    pub(super) fn server(
        lesson: Lesson,
        key: Option<&Key>,
        now: Instant,
        random: &mut dyn CryptoRng,
    ) -> Result<Self, ChannelError> {
        let mut layer = Self::new(lesson, Side::Server, now);
        match key {
            Some(key) => {
                let mut bytes = [0; CHALLENGE_LENGTH];
                random.fill_bytes(&mut bytes);
                layer.output.extend_from_slice(&bytes);
                let challenge = Challenge::new(bytes);
                layer.state = State::Answer { key: key.clone(), challenge, arrived: Vec::new() };
            }
            None => layer.admitted(Vec::new(), random)?,
        }
        Ok(layer)
    }

    pub(super) fn client(
        lesson: Lesson,
        key: Option<&Key>,
        now: Instant,
        random: &mut dyn CryptoRng,
    ) -> Result<Self, ChannelError> {
        let mut layer = Self::new(lesson, Side::Client, now);
        match key {
            Some(key) => layer.state = State::Challenge { key: key.clone(), arrived: Vec::new() },
            None => layer.admitted(Vec::new(), random)?,
        }
        Ok(layer)
    }

    fn new(lesson: Lesson, side: Side, now: Instant) -> Self {
        Self {
            lesson,
            side,
            state: State::Open(Codec::new(lesson)),
            patience: Patience::new(now),
            output: Vec::new(),
            proved: false,
            ready: false,
            closed: false,
            watch: Watch::default(),
        }
    }

    /// The challenge is answered, or there is none; `rest` has arrived behind it.
    fn admitted(&mut self, rest: Vec<u8>, random: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        if matches!(self.lesson, Lesson::Rc4 | Lesson::Packets) {
            let pair = match self.side {
                Side::Client => Some(self.send_public_value(random)?),
                Side::Server => None,
            };
            let mut frames = FrameDecoder::new(ByteOrder::Network, PUBLIC_VALUE);
            frames.push(&rest);
            self.state = State::PublicValue { frames, pair };
            return Ok(());
        }
        self.open(Codec::new(self.lesson), &rest);
        Ok(())
    }

    fn send_public_value(&mut self, mut random: &mut dyn CryptoRng) -> Result<KeyPair, ChannelError> {
        let pair = KeyPair::generate(&Group::ffdhe2048(), &mut random)?;
        encode_frame(ByteOrder::Network, PUBLIC_VALUE, pair.public(), &mut self.output)?;
        Ok(pair)
    }

    fn open(&mut self, mut codec: Codec, rest: &[u8]) {
        codec.push(rest);
        self.state = State::Open(codec);
        self.patience.handshake_done();
        self.ready = true;
    }

    /// Takes the next step of the handshake. False if more bytes are needed, or it is done.
    fn step(&mut self, random: &mut dyn CryptoRng) -> Result<bool, ChannelError> {
        match &mut self.state {
            State::Answer { key, challenge, arrived } => {
                let Some((answer, rest)) = arrived.split_first_chunk::<ANSWER_LENGTH>() else {
                    return Ok(false);
                };
                if !challenge.accepts(key, answer) {
                    return Err(ChannelError::AccessRefused);
                }
                let rest = rest.to_vec();
                self.admitted(rest, random)?;
            }
            State::Challenge { key, arrived } => {
                let Some((challenge, rest)) = arrived.split_first_chunk() else { return Ok(false) };
                let answer = Challenge::new(*challenge).answer(key);
                let rest = rest.to_vec();
                self.output.extend_from_slice(&answer);
                self.proved = true;
                self.admitted(rest, random)?;
            }
            State::PublicValue { frames, pair } => {
                let Some(theirs) = frames.frame()? else { return Ok(false) };
                let theirs = theirs.to_vec();
                let rest = std::mem::take(frames).into_rest();
                let pair = match pair.take() {
                    Some(pair) => pair,
                    None => self.send_public_value(random)?,
                };
                self.proved = false;
                let codec = Codec::with_key(self.lesson, self.side, &pair.shared_key(&theirs)?);
                self.open(codec, &rest);
            }
            State::Open(_) => return Ok(false),
        }
        Ok(true)
    }
}

impl Layer for LessonLayer {
    fn received(&mut self, now: Instant, bytes: &[u8]) {
        self.patience.tell(now);
        match &mut self.state {
            State::Answer { arrived, .. } | State::Challenge { arrived, .. } => {
                arrived.extend_from_slice(bytes)
            }
            State::PublicValue { frames, .. } => frames.push(bytes),
            State::Open(codec) => codec.push(bytes),
        }
    }

    fn event(&mut self, random: &mut dyn CryptoRng) -> Result<Option<Event>, ChannelError> {
        self.patience.check()?;
        while self.step(random)? {}
        if std::mem::take(&mut self.ready) {
            return Ok(Some(Event::Ready));
        }
        let State::Open(codec) = &mut self.state else { return Ok(None) };
        if let Some(message) = codec.message(&mut self.watch)? {
            self.patience.whole();
            self.proved = false;
            return Ok(Some(Event::Message(message)));
        }
        self.patience.unfinished(codec.unfinished());
        Ok(None)
    }

    fn send(
        &mut self,
        random: &mut dyn CryptoRng,
        messages: &mut dyn Iterator<Item = &[u8]>,
    ) -> Result<(), ChannelError> {
        let State::Open(codec) = &mut self.state else { return Err(ChannelError::NotOpen) };
        if self.closed {
            return Err(ChannelError::NotOpen);
        }
        for message in messages {
            check_length(message)?;
            let start = self.output.len();
            codec.seal(random, message, &mut self.output)?;
            if self.watch.is_on() {
                let (wire, text) = (self.output[start..].to_vec(), message.to_vec());
                self.watch.keep(Carried { went: Went::Out, sequence: None, wire, text });
            }
        }
        Ok(())
    }

    fn watch(&mut self, on: bool) {
        self.watch.set(on);
    }

    fn take_carried(&mut self) -> VecDeque<Carried> {
        self.watch.take()
    }

    fn close(&mut self, _: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        self.closed = self.is_open();
        Ok(())
    }

    fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    fn deadline(&self) -> Option<Deadline> {
        self.patience.deadline()
    }

    fn check_time(&mut self, now: Instant, _: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        self.patience.check_at(now)
    }

    fn end_of_stream(&mut self) -> Result<(), ChannelError> {
        match &self.state {
            _ if self.closed => Ok(()),
            _ if self.proved => Err(ChannelError::EndAfterProof),
            State::Open(codec) if codec.unfinished() == 0 => Ok(()),
            _ => Err(ChannelError::Truncated),
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    fn is_closed(&self) -> bool {
        self.closed
    }
}

/// The bytes of a public value of ffdhe2048.
const PUBLIC_VALUE: usize = 256;
