//! A client of the messenger that says whatever a test wants: the channel is right, what goes through it need not be.

use crate::PATIENCE;
use crate::connect;
use crate::messenger::{House, PASSWORD};
use certificates::x509::{Certificate, ServerName};
use conn_auth::Key;
use framing::{Message, Value};
use rand::rngs::StdRng;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use uchat_protocol::channel::{Channel, ClientSetup, Event, Transport};
use uchat_protocol::reply::LoggedIn;
use uchat_protocol::{Push, Refusal, Reply, Request, request};

/// A log-in with everybody's password.
pub fn login(name: &str) -> request::Login {
    request::Login { user_name: name.to_owned(), password: PASSWORD.to_owned() }
}

/// A connection whose handshake is done.
pub struct Wire {
    /// The socket.
    pub stream: TcpStream,
    channel: Channel,
    random: StdRng,
}

/// What arrives.
#[derive(Debug)]
pub enum Arrived {
    /// An answer.
    Reply(Reply),
    /// Something unasked.
    Push(Push),
}

impl Wire {
    /// Connects to a server on the default transport or on a lesson, as somebody who has the invitation.
    pub fn connect(house: &House) -> Self {
        let name: ServerName = "localhost".parse().unwrap();
        let transport = Transport::from_options(house.lesson(), false).unwrap();
        let (ca, data) = match house.lesson() {
            Some(lesson) => (None, house.data().join(format!("lessons/{lesson}"))),
            None => {
                let pem = fs::read_to_string(house.data().join("ca.pem")).unwrap();
                (Some(Certificate::from_pem(&pem).unwrap().fingerprint()), house.data())
            }
        };
        let key = (house.lesson() != Some(1)).then(|| Key::load(&data.join("access.key")).unwrap());
        let setup = ClientSetup::new(transport, name, ca, key).unwrap();
        let mut random: StdRng = rand::make_rng();
        let channel =
            Channel::client(&Arc::new(setup), SystemTime::now(), Instant::now(), &mut random).unwrap();
        let mut wire = Self { stream: connect(house.address), channel, random };
        let first = wire.event().expect("the handshake ends well");
        assert_eq!(first, Event::Ready);
        wire.flush();
        wire
    }

    /// The same, logged in as this user.
    pub fn log_in(house: &House, name: &str) -> Self {
        Self::enter(house, login(name)).0
    }

    /// The same, with a session that begins so: login or resume.
    pub fn enter(house: &House, request: impl Into<Request>) -> (Self, LoggedIn) {
        let mut wire = Self::connect(house);
        match wire.ask(request) {
            Reply::LoginSuccessful(logged_in) => (wire, logged_in),
            other => panic!("{other:?}"),
        }
    }

    /// Somebody with a new account, without keys, logged in; and the user's number.
    pub fn newcomer(house: &House, name: &str) -> (Self, u64) {
        let mut wire = Self::connect(house);
        let reply = wire.ask(request::Register {
            user_name: name.to_owned(),
            password: PASSWORD.to_owned(),
            email: format!("{name}@example.org"),
            ip: None,
            port: None,
            sex: None,
            age: None,
        });
        assert!(matches!(reply, Reply::RegisterSuccessful(_)), "{reply:?}");
        match wire.ask(login(name)) {
            Reply::LoginSuccessful(logged_in) => (wire, logged_in.id),
            other => panic!("{other:?}"),
        }
    }

    /// Sends a message as it is.
    pub fn send(&mut self, operation: u8, value: Value) {
        let bytes = Message { operation, value }.to_bytes().unwrap();
        self.send_bytes(&[&bytes]);
    }

    /// Sends bytes that need not be messages.
    pub fn send_bytes(&mut self, messages: &[&[u8]]) {
        self.channel.send(&mut self.random, messages.iter().copied()).unwrap();
        self.flush();
    }

    /// Asks, and gives the answer; what comes unasked before it is dropped.
    pub fn ask(&mut self, request: impl Into<Request>) -> Reply {
        let message = request.into().to_message().unwrap();
        self.send(message.operation, message.value);
        self.reply()
    }

    /// Asks something that must be refused.
    pub fn refused(&mut self, request: impl Into<Request>) -> Refusal {
        self.ask(request).granted().expect_err("it should be refused")
    }

    /// The next answer.
    pub fn reply(&mut self) -> Reply {
        loop {
            if let Arrived::Reply(reply) = self.hear().expect("the server closed instead of answering") {
                return reply;
            }
        }
    }

    /// What arrives next; `None` when the server has closed.
    pub fn hear(&mut self) -> Option<Arrived> {
        loop {
            match self.event()? {
                Event::Message(mut message) => {
                    if let Some(reply) = Reply::from_message(&mut message).unwrap() {
                        return Some(Arrived::Reply(reply));
                    }
                    if let Some(push) = Push::from_message(message).unwrap() {
                        return Some(Arrived::Push(push));
                    }
                }
                Event::Closed => return None,
                Event::Ready => {}
            }
        }
    }

    /// Reads until something has happened; `None` when the connection has ended.
    fn event(&mut self) -> Option<Event> {
        let end = Instant::now() + PATIENCE;
        let mut piece = [0; 16 << 10];
        loop {
            self.flush();
            match self.channel.event(&mut self.random) {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(_) => return None,
            }
            assert!(Instant::now() < end, "nothing has come for {PATIENCE:?}");
            match self.stream.read(&mut piece) {
                Ok(0) => return None,
                Ok(length) => self.channel.received(Instant::now(), &piece[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn flush(&mut self) {
        let output = self.channel.take_output();
        let _ = self.stream.write_all(&output); // the server may have closed already
    }
}
