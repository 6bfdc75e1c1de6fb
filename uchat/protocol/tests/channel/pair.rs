//! A client and a server in memory. Pipes between them are cut at random places, a clock is moved by the test.

use crate::world::{Setup, time};
use framing::{Message, Value};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uchat_protocol::channel::{Channel, ChannelError, Event, PATIENCE, ServerSetup};

/// One side: its channel, and what has become of it.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) channel: Channel,
    pub(crate) ready: bool,
    pub(crate) messages: Vec<Message>,
    pub(crate) closed: bool,
    pub(crate) error: Option<ChannelError>,
    /// What it has sent and the other side has not got yet.
    pub(crate) pipe: Vec<u8>,
    /// All that it has sent.
    pub(crate) sent: Vec<u8>,
    told_end: bool,
}

impl End {
    pub(crate) fn new(channel: Channel) -> Self {
        Self {
            channel,
            ready: false,
            messages: Vec::new(),
            closed: false,
            error: None,
            pipe: Vec::new(),
            sent: Vec::new(),
            told_end: false,
        }
    }

    /// Takes bytes, and all events that come of them.
    pub(crate) fn receive(&mut self, now: Instant, bytes: &[u8], random: &mut StdRng) {
        self.channel.received(now, bytes);
        loop {
            match self.channel.event(random) {
                Ok(Some(Event::Ready)) => self.ready = true,
                Ok(Some(Event::Message(message))) => self.messages.push(message),
                Ok(Some(Event::Closed)) => self.closed = true,
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(self.channel.event(random).as_ref(), Err(&error), "it says so again");
                    assert!(!self.channel.is_open() && self.channel.deadline().is_none());
                    self.error = Some(error);
                    break;
                }
            }
        }
        self.flush();
    }

    fn flush(&mut self) {
        let output = self.channel.take_output();
        self.sent.extend_from_slice(&output);
        self.pipe.extend_from_slice(&output);
    }

    fn end_of_stream(&mut self) {
        self.told_end = true;
        if self.error.is_none() {
            self.error = self.channel.end_of_stream().err();
        }
    }

    fn check_time(&mut self, now: Instant, random: &mut StdRng) {
        if self.error.is_none() {
            self.error = self.channel.check_time(now, random).err();
            self.flush();
        }
    }
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    ToServer,
    ToClient,
}

pub(crate) struct Pair {
    pub(crate) client: End,
    pub(crate) server: End,
    pub(crate) now: Instant,
    pub(crate) random: StdRng,
    /// A bit that changes on its way: the way, the byte's place in the stream, the mask.
    pub(crate) flip: Option<(Way, usize, u8)>,
    passed: [usize; 2],
    /// What all connections of the server share.
    pub(crate) shared: Arc<ServerSetup>,
}

impl Pair {
    pub(crate) fn new(setup: &Setup) -> Self {
        let mut random = StdRng::seed_from_u64(setup.seed);
        let now = Instant::now();
        let client = Channel::client(&setup.client_setup(), time(), now, &mut random).unwrap();
        let shared = setup.server_setup();
        let server = Channel::server(&shared, time(), now, &mut random).unwrap();
        let (client, server) = (End::new(client), End::new(server));
        Self { client, server, now, random, flip: None, passed: [0; 2], shared }
    }

    /// One that has nothing to do any more, and went well.
    pub(crate) fn ready(setup: &Setup) -> Self {
        let mut pair = Self::new(setup);
        pair.run();
        assert_eq!((&pair.client.error, &pair.server.error), (&None, &None), "{setup:?}");
        assert!(pair.client.ready && pair.server.ready, "{setup:?}");
        pair
    }

    /// Moves bytes in pieces of random sizes until none are left. A side that has failed closes its connection, as
    /// every program does.
    pub(crate) fn run(&mut self) {
        self.client.receive(self.now, b"", &mut self.random);
        self.server.receive(self.now, b"", &mut self.random);
        loop {
            let to_server = self.piece(Way::ToServer);
            let to_client = self.piece(Way::ToClient);
            if to_server.is_empty() && to_client.is_empty() {
                break;
            }
            if !to_server.is_empty() {
                self.server.receive(self.now, &to_server, &mut self.random);
            }
            if !to_client.is_empty() {
                self.client.receive(self.now, &to_client, &mut self.random);
            }
        }
        if self.client.error.is_some() && !self.server.told_end {
            self.server.end_of_stream();
        }
        if self.server.error.is_some() && !self.client.told_end {
            self.client.end_of_stream();
        }
    }

    fn piece(&mut self, way: Way) -> Vec<u8> {
        let pipe = match way {
            Way::ToServer => &mut self.client.pipe,
            Way::ToClient => &mut self.server.pipe,
        };
        let most = if self.random.random_bool(0.3) { 3 } else { 2000 };
        let count = pipe.len().min(self.random.random_range(1..=most));
        let mut piece: Vec<u8> = pipe.drain(..count).collect();
        let passed = &mut self.passed[way as usize];
        if let Some((flip, at, mask)) = self.flip
            && flip == way
            && (*passed..*passed + count).contains(&at)
        {
            piece[at - *passed] ^= mask;
        }
        *passed += count;
        piece
    }

    /// The time passes all limits.
    pub(crate) fn wait(&mut self) {
        self.now += PATIENCE + Duration::from_secs(1);
        self.client.check_time(self.now, &mut self.random);
        self.server.check_time(self.now, &mut self.random);
        self.run();
    }

    /// The client says something.
    pub(crate) fn client_says(&mut self, messages: &[Message]) {
        say(&mut self.client, messages, &mut self.random);
    }

    /// The server says something.
    pub(crate) fn server_says(&mut self, messages: &[Message]) {
        say(&mut self.server, messages, &mut self.random);
    }

    pub(crate) fn errors(&self) -> (Option<&ChannelError>, Option<&ChannelError>) {
        (self.client.error.as_ref(), self.server.error.as_ref())
    }
}

fn say(end: &mut End, messages: &[Message], random: &mut StdRng) {
    let encoded: Vec<Vec<u8>> = messages.iter().map(|message| message.to_bytes().unwrap()).collect();
    end.channel.send(random, encoded.iter().map(Vec::as_slice)).unwrap();
    end.flush();
}

/// A message with a text of so many bytes.
pub(crate) fn text(length: usize) -> Message {
    Message { operation: 3, value: Value::from("t".repeat(length).as_str()) }
}
