//! A server on a free port, and a small client that waits for each answer.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails here has failed")]
#![allow(unreachable_pub, reason = "it is a module of two programs")]

use conn_auth::Key;
use framing::{Message, Value};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::runtime::Runtime;
use uchat_protocol::channel::{Channel, ClientSetup, Event};
use uchat_protocol::reply::LoggedIn;
use uchat_protocol::{Code, Push, Refusal, Reply, Request, request};
use uchat_server::{Config, Server, StartError};

pub const PASSWORD: &str = "correct horse";

/// A server that runs, and the threads it runs on.
pub struct Running {
    pub server: Option<Server>,
    pub runtime: Runtime,
}

/// A server with the usual settings, and its folder.
pub fn server() -> (tempfile::TempDir, Running) {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    (folder, running)
}

/// Settings for a server on lesson 4: no keys have to be made.
pub fn config(data: &Path) -> Config {
    Config {
        listen: Some("127.0.0.1:0".parse().unwrap()),
        data: Some(data.to_owned()),
        lesson: Some(4),
        ..Config::default()
    }
}

impl Running {
    pub fn start(config: Config) -> Result<Self, StartError> {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(Server::start(config))?;
        Ok(Self { server: Some(server), runtime })
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub fn stop(mut self) {
        let server = self.server.take().unwrap();
        self.runtime.block_on(server.stop());
    }

    pub fn client(&self) -> Client {
        Client::connect(self.server())
    }

    /// A new user who is logged in.
    pub fn user(&self, name: &str) -> (Client, LoggedIn) {
        let mut client = self.client();
        client.register(name).unwrap();
        let me = client.login(name, PASSWORD).unwrap();
        (client, me)
    }
}

/// A client.
pub struct Client {
    pub stream: TcpStream,
    channel: Channel,
    random: StdRng,
    messages: VecDeque<Message>,
    /// What came in between.
    pub pushes: VecDeque<Push>,
}

impl Client {
    pub fn connect(server: &Server) -> Self {
        Self::connect_at(server, SystemTime::now()).unwrap()
    }

    /// With this time of day, for certificates; or why the handshake has failed.
    pub fn connect_at(server: &Server, time: SystemTime) -> Result<Self, String> {
        let key = server.access_key().map(|key| Key::new(key).unwrap());
        let name = "localhost".parse().unwrap();
        let setup = ClientSetup::new(server.transport(), name, server.ca_fingerprint(), key).unwrap();
        let mut random = StdRng::seed_from_u64(u64::from(std::process::id()));
        let channel = Channel::client(&Arc::new(setup), time, Instant::now(), &mut random).unwrap();
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        let (messages, pushes) = (VecDeque::new(), VecDeque::new());
        let mut client = Self { stream, channel, random, messages, pushes };
        client.flush();
        client.events()?; // on some transports the client has nothing to wait for
        while !client.channel.is_open() {
            client.more()?;
        }
        Ok(client)
    }

    pub fn send(&mut self, request: impl Into<Request>) {
        self.send_message(&request.into().to_message().unwrap());
    }

    pub fn send_message(&mut self, message: &Message) {
        let bytes = message.to_bytes().unwrap();
        self.channel.send(&mut self.random, [&bytes[..]]).unwrap();
        self.flush();
    }

    /// Bytes that are sealed as if they were a message.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.channel.send(&mut self.random, [bytes]).unwrap();
        self.flush();
    }

    fn flush(&mut self) {
        let output = self.channel.take_output();
        let _ = self.stream.write_all(&output); // whether it arrived shows in the answer
    }

    /// The next message, or how the connection has ended.
    pub fn receive(&mut self) -> Result<Message, String> {
        while self.messages.is_empty() {
            self.more()?;
        }
        Ok(self.messages.pop_front().unwrap())
    }

    fn more(&mut self) -> Result<(), String> {
        self.flush();
        let mut buffer = [0; 16 << 10];
        match self.stream.read(&mut buffer) {
            Ok(0) => return Err("closed".to_owned()),
            Ok(count) => self.channel.received(Instant::now(), &buffer[..count]),
            Err(error) => return Err(format!("broken: {error}")),
        }
        self.events()?;
        self.flush();
        Ok(())
    }

    fn events(&mut self) -> Result<(), String> {
        loop {
            match self.channel.event(&mut self.random) {
                Ok(Some(Event::Message(message))) => self.messages.push_back(message),
                Ok(Some(_)) => {}
                Ok(None) => return Ok(()),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// The next answer; pushes before it are kept.
    pub fn answer(&mut self) -> Result<Reply, String> {
        loop {
            let mut message = self.receive()?;
            match Reply::from_message(&mut message).unwrap() {
                Some(reply) => return Ok(reply),
                None => self.pushes.extend(Push::from_message(message).unwrap()),
            }
        }
    }

    /// The next push.
    pub fn push(&mut self) -> Result<Push, String> {
        if let Some(push) = self.pushes.pop_front() {
            return Ok(push);
        }
        let message = self.receive()?;
        Ok(Push::from_message(message).unwrap().unwrap())
    }

    pub fn ask(&mut self, request: impl Into<Request>) -> Reply {
        self.send(request);
        self.answer().unwrap()
    }

    /// The code of the reason for which the server ends the connection; what stands before it is skipped.
    pub fn kicked(&mut self) -> Code {
        loop {
            if let Push::ServerKick(reason) = self.push().unwrap() {
                return reason.code;
            }
        }
    }

    pub fn register(&mut self, name: &str) -> Result<u64, Refusal> {
        self.register_with(name, PASSWORD, &format!("{name}@example.org"))
    }

    pub fn register_with(&mut self, name: &str, password: &str, email: &str) -> Result<u64, Refusal> {
        let request = request::Register {
            user_name: name.to_owned(),
            password: password.to_owned(),
            email: email.to_owned(),
            ip: None,
            port: None,
            sex: None,
            age: None,
        };
        match self.ask(request).granted()? {
            Reply::RegisterSuccessful(id) => Ok(id),
            other => panic!("{other:?}"),
        }
    }

    /// Logs in; the bundle is the first push after it.
    pub fn login(&mut self, name: &str, password: &str) -> Result<LoggedIn, Refusal> {
        self.begin(request::Login { user_name: name.to_owned(), password: password.to_owned() })
    }

    pub fn resume(&mut self, token: &[u8]) -> Result<LoggedIn, Refusal> {
        self.begin(request::Resume { token: token.to_vec().into() })
    }

    fn begin(&mut self, request: impl Into<Request>) -> Result<LoggedIn, Refusal> {
        match self.ask(request).granted()? {
            Reply::LoginSuccessful(me) => {
                assert!(matches!(self.push().unwrap(), Push::LoginBundle(_)));
                Ok(me)
            }
            other => panic!("{other:?}"),
        }
    }

    /// Whether the connection still answers.
    pub fn echo(&mut self, text: &str) -> bool {
        self.send(Request::ClientEcho(Value::from(text)));
        self.answer() == Ok(Reply::ServerEcho(Value::from(text)))
    }
}
