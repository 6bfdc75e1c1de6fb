//! The tester of `signed-client`: the student's client talks to real servers of stage 7, good ones and false
//! ones.

mod exercise;

use cbc_packet::Friends;
use cbc_packet::operations::SERVER_ECHO;
use certificates::ChannelHandler;
use certificates::connection::HandshakeLimits;
use certificates::folder::system_random;
use certificates::handshake::{Identity, Peer, ServerConfig};
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Certificate, Profile};
use echo::lab::Failure;
use exercise::say;
use framing::{Message, Value};
use kit::{fail, flag, holds, same, within};
use rand::SeedableRng;
use rand::rngs::StdRng;
use socketserver::{Close, Deadline, RequestHandler, Server, ThreadingTcpServer};
use std::borrow::Cow;
use std::net::{SocketAddr, TcpListener};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// A server that runs, its CA, and what it tells.
struct Running {
    address: SocketAddr,
    ca: Certificate,
    heard: Arc<Mutex<Vec<String>>>,
    ends: Receiver<String>,
}

impl Running {
    /// A server called `name`, whose CA has the key of this seed.
    fn start(
        name: &str,
        seed: u64,
        answer: impl Fn(Message) -> Message + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::start_with(name, seed, true, answer)
    }

    /// The same, and it says goodbye or just cuts the connection off.
    fn start_with(
        name: &str,
        seed: u64,
        goodbye: bool,
        answer: impl Fn(Message) -> Message + Clone + Send + Sync + 'static,
    ) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let key = PrivateKey::generate(2048, &mut random).expect("2048 bits are enough");
        let now = SystemTime::now();
        let ca = Ca::init("uchat course CA", key.clone(), now, &mut random).expect("a CA");
        let profile = Profile::Server { names: vec![name.parse().expect("a name")] };
        let leaf = ca.certify(&key, &profile, Duration::from_secs(3600), now, &mut random).expect("a leaf");
        let ca = ca.certificate().clone();
        let identity = Identity { chain: vec![leaf.der().to_vec(), ca.der().to_vec()], key };
        let config = Arc::new(ServerConfig { identity, access_key: None, clients: None, key_log: None });

        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let (limits, heard) = (Arc::new(HandshakeLimits::default()), Arc::new(Mutex::new(Vec::new())));
        let (tell, ends) = channel();
        let ear = Arc::clone(&heard);
        let server = ThreadingTcpServer::new(listener, move |peer| {
            let place = limits.enter(peer.ip()).map_err(Failure::new)?;
            let (ear, answer) = (Arc::clone(&ear), answer.clone());
            let answer = move |_: &Peer, message: Message| {
                if let (Value::Str(text), Ok(mut heard)) = (&message.value, ear.lock()) {
                    heard.push(text.clone());
                }
                answer(message)
            };
            let inner = ChannelHandler::new(peer, Arc::clone(&config), place, system_random()?, answer);
            Ok(Watched { inner, goodbye, tell: tell.clone() })
        });
        let server = Box::new(server.expect("it starts"));
        thread::spawn(move || server.serve_forever());
        Self { address, ca, heard, ends }
    }

    /// What has been said to it.
    fn heard(&self) -> Vec<String> {
        self.heard.lock().map(|heard| heard.clone()).unwrap_or_default()
    }

    /// The next connection ends, and the client has said goodbye. Why it ends is told in the words of the server's
    /// log.
    fn has_heard_goodbye(&self) {
        let end = self.ends.recv_timeout(Duration::from_secs(3));
        let end = end.unwrap_or_else(|_| fail("the connection is still open after 3 seconds"));
        holds(end == "left", format!("your client has left without a goodbye; the server's log says: {end}"));
    }
}

/// A handler, and somebody who is told how it ends.
struct Watched<H> {
    inner: H,
    goodbye: bool,
    tell: Sender<String>,
}

impl<H> Watched<H> {
    fn told(&self, result: Result<(), Close>) -> Result<(), Close> {
        if let Err(Close(why)) = &result {
            let _ = self.tell.send(why.to_string()); // the tester may have gone on
        }
        result
    }
}

impl<H: RequestHandler> RequestHandler for Watched<H> {
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        let result = self.inner.handle(now, received, out);
        if result.is_err() && !self.goodbye {
            out.clear(); // the goodbye was in it
        }
        self.told(result)
    }

    fn refill(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<(), Close> {
        let result = self.inner.refill(now, out);
        self.told(result)
    }

    fn left(&mut self) -> Cow<'static, str> {
        let why = self.inner.left();
        let _ = self.tell.send(why.to_string());
        why
    }

    fn deadline(&self) -> Option<Deadline> {
        self.inner.deadline()
    }

    fn finish(&mut self) {
        self.inner.finish();
    }
}

fn answers(result: Result<Vec<String>, Failure>) -> Vec<String> {
    result.unwrap_or_else(|failure| fail(format!("your client gives up: {failure}")))
}

fn refuses(result: Result<Vec<String>, Failure>, server: &Running, why: &str) {
    let (heard, accepted) = (server.heard(), result.is_ok());
    holds(heard.is_empty(), format!("{why}, and your client has told it {heard:?}"));
    holds(!accepted, format!("{why}, and your client has no complaint"));
}

pub fn main() {
    kit::run(|tester| {
        let friends = Arc::new(Friends::default());
        let server = Running::start("localhost", 2, move |message| friends.answer(message));
        tester.step("the server hears a text and answers", || {
            same(
                &vec!["HELLO, SERVER".to_owned()],
                &answers(say(server.address, &server.ca, "localhost", &["hello, server"])),
            );
            same(&vec!["hello, server".to_owned()], &server.heard());
        });
        tester.step("the client has said goodbye", || server.has_heard_goodbye());
        tester.step("several texts in one connection, also an empty one and a long one", || {
            let (long, flag) = ("ä".repeat(20_000), flag("signed-client"));
            let texts = ["one", "", &long, &flag];
            let found = answers(say(server.address, &server.ca, "localhost", &texts));
            same(&texts.map(str::to_uppercase).to_vec(), &found);
            server.has_heard_goodbye();
            holds(server.ends.try_recv().is_err(), "there was more than one connection");
        });
        // It begins here, and waits while the other steps go on.
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let (silent_address, ca) = (silent.local_addr().expect("it listens"), server.ca.clone());
        let waiting = thread::spawn(move || say(silent_address, &ca, "localhost", &["hello"]));

        tester.step("a server with another name, called by that name", || {
            let chat =
                Running::start("chat.example", 2, |message| Message { operation: SERVER_ECHO, ..message });
            let found = answers(say(chat.address, &chat.ca, "chat.example", &["to chat"]));
            same(&vec!["to chat".to_owned()], &found);
        });
        tester.step("a server of another CA with the same name hears nothing", || {
            let other = Running::start("localhost", 6, |message| message);
            let result = say(other.address, &server.ca, "localhost", &["a secret"]);
            refuses(result, &other, "the server has a certificate of another CA");
        });
        tester.step("a server with another name hears nothing", || {
            let other = Running::start("bank.example", 7, |message| message);
            let result = say(other.address, &other.ca, "localhost", &["a secret"]);
            refuses(result, &other, "the server's certificate is for bank.example, not for localhost");
            let other = Running::start("localhost", 2, |message| message);
            let result = say(other.address, &other.ca, "chat.example", &["a secret"]);
            let why = "you were told to call chat.example, and your client accepted a server that has proved \
                       to be localhost";
            refuses(result, &other, why);
        });
        tester.step("an answer that is no echo is an error", || {
            let text = Value::Str("not understood".into());
            for (operation, value, why) in [
                (104, text, "the server has answered with operation 104, and it was taken for an echo"),
                (SERVER_ECHO, Value::None, "the server's echo has no text, and it was taken for an answer"),
            ] {
                let answer = Message { operation, value };
                let strange = Running::start("localhost", 2, move |_| answer.clone());
                let result = say(strange.address, &strange.ca, "localhost", &["hello"]);
                holds(result.is_err(), why);
            }
        });
        tester.step("a server that cuts the connection off is an error", || {
            let friends = Arc::new(Friends::default());
            let cut = Running::start_with("localhost", 2, false, move |message| friends.answer(message));
            let result = say(cut.address, &cut.ca, "localhost", &["hello"]);
            cut.has_heard_goodbye();
            holds(
                result.is_err(),
                "the server has cut the connection off without a goodbye, and your client has no complaint",
            );
        });
        tester.step("a server that says nothing is an error", || {
            let otherwise = "the server says nothing, and your client still waits for it";
            match within(Duration::from_secs(4), otherwise, move || waiting.join()) {
                Ok(result) => {
                    holds(result.is_err(), "the server says nothing, and your client has no complaint")
                }
                Err(panic) => resume_unwind(panic),
            }
            drop(silent);
        });
    });
}
