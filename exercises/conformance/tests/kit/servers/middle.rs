//! Somebody in the middle: behind it our own server of the messenger, in front of it the kit. It opens every message,
//! changes some, and passes it on; from outside, a server that makes a mistake.
//!
//! On lesson 6 anybody could do that, since nothing says who is at the other end. On lesson 7 it needs the server's
//! private key, which these tests have.

use super::mistakes::{Mistake, World};
use super::{ours, target};
use certificates::folder::ServerFolder;
use certificates::handshake::Identity;
use certificates::x509::Certificate;
use conformance::{Layer, Target};
use framing::Message;
use rand::rngs::StdRng;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime};
use uchat_protocol::channel::{Channel, ClientSetup, Event, ServerSetup, Transport};

/// What reaches the one thread of a connection.
pub(crate) enum Input {
    /// Bytes of the kit, none at the end.
    Client(Vec<u8>),
    /// Bytes of the server, none at the end.
    Server(Vec<u8>),
    /// A message that the kit is to get besides.
    Besides(Message),
}

/// Our server, and how to get in the middle.
pub(crate) struct Behind {
    lesson: u8,
    address: SocketAddr,
    server: Arc<ServerSetup>,
    client: Arc<ClientSetup>,
    ca: Option<Certificate>,
}

impl Behind {
    /// Starts our server with its data in `dir`. If the kit is to meet lesson 6, this one is on lesson 4: the same rules,
    /// and no keys to agree on.
    pub(crate) fn start(dir: &Path, lesson: u8) -> Self {
        let inner = if lesson == 6 { 4 } else { lesson };
        let (address, key) = ours::messenger(dir, inner);
        let transport = |lesson| Transport::from_options(Some(lesson), false).unwrap();
        let (identity, ca) = match lesson {
            6 => (None, None),
            _ => {
                let folder = ServerFolder::open_or_make(dir, &[]).unwrap();
                let identity = Identity { chain: folder.chain(), key: folder.key().clone() };
                (Some(identity), Some(folder.ca().clone()))
            }
        };
        let server = ServerSetup::new(transport(lesson), Some(ours::key()), identity).unwrap();
        let (name, pinned) = ("localhost".parse().unwrap(), ca.as_ref().map(Certificate::fingerprint));
        let client = ClientSetup::new(transport(inner), name, pinned, Some(key)).unwrap();
        Self { lesson, address, server: Arc::new(server), client: Arc::new(client), ca }
    }

    /// What the kit meets: this server with a mistake.
    pub(crate) fn with(self: &Arc<Self>, mistake: Mistake) -> Target {
        let world = Arc::new(Mutex::new(World::new(mistake)));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let behind = Arc::clone(self);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, world) = (Arc::clone(&behind), Arc::clone(&world));
                std::thread::spawn(move || Talk::new(stream, &behind, world).map(Talk::run));
            }
        });
        Target { ca: self.ca.clone(), ..target(Layer::Messenger(self.lesson), address) }
    }
}

/// A socket and what is spoken on it.
struct End {
    stream: TcpStream,
    channel: Channel,
    /// Nothing more comes from there.
    is_over: bool,
}

impl End {
    /// Sends what the channel has to send; whoever is there no more need not get it.
    fn flush(&mut self) {
        let _ = self.stream.write_all(&self.channel.take_output());
    }

    fn send(&mut self, random: &mut StdRng, message: &Message) {
        let bytes = message.to_bytes().unwrap();
        let _ = self.channel.send(random, [bytes.as_slice()]);
        self.flush();
    }

    /// The messages that these bytes bring; none at all at the end of the stream.
    fn messages(&mut self, random: &mut StdRng, bytes: &[u8]) -> Vec<Message> {
        self.channel.received(Instant::now(), bytes);
        self.is_over = bytes.is_empty();
        let mut messages = Vec::new();
        loop {
            match self.channel.event(random) {
                Ok(Some(Event::Message(message))) => messages.push(message),
                Ok(Some(Event::Ready)) => {}
                Ok(None) => break,
                Ok(Some(Event::Closed)) => self.is_over = true,
                Err(_) => {
                    self.is_over = true;
                    break;
                }
            }
        }
        self.flush();
        messages
    }

    /// Has a thread hand on what arrives.
    fn listen(&self, inbox: Sender<Input>, input: fn(Vec<u8>) -> Input) {
        let mut stream = self.stream.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut piece = vec![0; 16 << 10];
            loop {
                let length = stream.read(&mut piece).unwrap_or(0);
                if inbox.send(input(piece[..length].to_vec())).is_err() || length == 0 {
                    return;
                }
            }
        });
    }
}

/// One connection through the middle.
pub(crate) struct Talk {
    client: End,
    server: End,
    random: StdRng,
    world: Arc<Mutex<World>>,
    /// What was asked and has no answer yet.
    asked: VecDeque<Message>,
    /// The request that came last.
    last: Option<Message>,
    /// An answer that is held back.
    held: Option<Message>,
    /// The user, as soon as somebody has logged in.
    user: u64,
}

impl Talk {
    fn new(stream: TcpStream, behind: &Behind, world: Arc<Mutex<World>>) -> Option<Self> {
        let mut random: StdRng = rand::make_rng();
        let (time, now) = (SystemTime::now(), Instant::now());
        let channel = Channel::client(&behind.client, time, now, &mut random).unwrap();
        let mut server = End { stream: TcpStream::connect(behind.address).ok()?, channel, is_over: false };
        // The server first: then whatever the kit says can be passed on.
        server.flush();
        let mut piece = [0; 4096];
        while !server.channel.is_open() {
            let length = server.stream.read(&mut piece).ok().filter(|length| *length > 0)?;
            server.messages(&mut random, &piece[..length]);
        }
        let channel = Channel::server(&behind.server, time, now, &mut random).unwrap();
        let client = End { stream, channel, is_over: false };
        let (asked, last, held) = Default::default();
        Some(Self { client, server, random, world, asked, last, held, user: 0 })
    }

    fn run(mut self) {
        let (inbox, inputs) = channel();
        self.client.flush();
        self.client.listen(inbox.clone(), Input::Client);
        self.server.listen(inbox.clone(), Input::Server);
        for input in inputs {
            match input {
                Input::Client(bytes) => {
                    for message in self.client.messages(&mut self.random, &bytes) {
                        self.asks(message);
                    }
                }
                Input::Server(bytes) => {
                    for message in self.server.messages(&mut self.random, &bytes) {
                        self.says(message, &inbox);
                    }
                }
                Input::Besides(message) => self.client.send(&mut self.random, &message),
            }
            if self.client.is_over || self.server.is_over {
                break;
            }
        }
        for end in [&self.client, &self.server] {
            let _ = end.stream.shutdown(Shutdown::Both);
        }
    }

    /// A request, on its way to the server.
    fn asks(&mut self, request: Message) {
        let passed = self.world.lock().unwrap().request(request.clone());
        self.last = Some(request.clone());
        self.asked.push_back(request);
        self.server.send(&mut self.random, &passed);
    }

    /// What the server says, on its way to the kit.
    fn says(&mut self, message: Message, inbox: &Sender<Input>) {
        let is_push = World::is_push(&message);
        let mut world = self.world.lock().unwrap();
        if is_push {
            let passed = world.push(self.last.as_ref(), message);
            drop(world);
            passed.iter().for_each(|message| self.client.send(&mut self.random, message));
            return;
        }
        let Some(request) = self.asked.pop_front() else { return };
        let answer = world.answer(self.user, &request, message);
        if let Some(user) = World::logged_in(&answer) {
            self.user = user;
            world.sessions.insert(user, inbox.clone());
        }
        let is_late = world.is_late(&answer);
        drop(world);
        let late = self.held.take();
        match is_late {
            true => self.held = Some(answer),
            false => self.client.send(&mut self.random, &answer),
        }
        if let Some(late) = late {
            self.client.send(&mut self.random, &late);
        }
    }
}
