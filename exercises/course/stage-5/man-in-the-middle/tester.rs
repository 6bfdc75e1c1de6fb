//! The tester of `man-in-the-middle`: a server that speaks as stage 5's does, stage 5's client, and the student's code
//! between them.

mod exercise;

use conn_auth::Key;
use echo::lab::{self, Failure};
use exercise::sit_between;
use framing::{ByteOrder, FrameHandler, FrameService, FrameStream, Outgoing};
use key_exchange::{Ciphers, Group, Keystreams, SecretClient, Side, fresh_pair};
use kit::{fail, holds, same};
use socketserver::{Authenticated, Close, Server, ThreadingTcpServer, ask};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(3);

fn key() -> Key {
    Key::new(b"only the class knows this").expect("not empty")
}

/// The first number of an answer.
const FIRST: usize = 4_711;

/// What the server has heard, and what it has answered to it.
type Talk = Arc<Mutex<Vec<(String, String)>>>;

/// The server's side of stage 5. It puts a number in front of each answer, so that nobody else can answer for it.
struct Counting {
    ciphers: Option<Ciphers>,
    talk: Talk,
}

impl FrameService for Counting {
    fn frame(&mut self, payload: &[u8], out: &mut Outgoing<'_>) -> Result<(), Close> {
        let Some(ciphers) = &mut self.ciphers else {
            let pair = fresh_pair(&Group::ffdhe2048()).map_err(|e| Close::because(e.to_string()))?;
            let key = pair.shared_key(payload).map_err(|e| Close::because(e.to_string()))?;
            self.ciphers = Some(Ciphers::new(&key, Side::Server, Keystreams::Two));
            return out.frame(pair.public());
        };
        let mut text = payload.to_vec();
        ciphers.receive.apply(&mut text);
        let mut talk = self.talk.lock().expect("nobody panics here");
        let text = String::from_utf8_lossy(&text).into_owned();
        let answer = format!("{}: {}", FIRST + talk.len(), text.to_uppercase());
        talk.push((text, answer.clone()));
        let mut answer = answer.into_bytes();
        ciphers.send.apply(&mut answer);
        out.frame(&answer)
    }
}

/// Starts a server that asks for the key of the class.
fn server() -> (SocketAddr, Talk) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let talk = Talk::default();
    let noted = Arc::clone(&talk);
    let make = move |_| {
        let service = Counting { ciphers: None, talk: Arc::clone(&noted) };
        Ok(Authenticated::new(ask(Some(&key()))?, FrameHandler::new(ByteOrder::Network, service)))
    };
    let server = ThreadingTcpServer::new(listener, make).expect("a server");
    std::thread::spawn(|| Box::new(server).serve_forever());
    (address, talk)
}

/// What became of the friend: the answers, or what went wrong.
type Friend = Receiver<Result<Vec<String>, Failure>>;

/// A friend who is admitted and does `what`, but has come to the wrong address. Returns both ends of the one who
/// sits there.
fn lure<F>(server: SocketAddr, what: F) -> (TcpStream, TcpStream, Friend)
where
    F: FnOnce(FrameStream) -> Result<Vec<String>, Failure> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let (sender, friend) = channel();
    std::thread::spawn(move || {
        let stream = FrameStream::connect(address, Some(PATIENCE), Some(&key()), ByteOrder::Network);
        let _ = sender.send(stream.and_then(what)); // nobody waits for it if the step has failed
    });
    let (client, _) = listener.accept().expect("the friend comes");
    client.set_read_timeout(Some(PATIENCE)).expect("a limit");
    (client, lab::connect(server, Some(PATIENCE)).expect("the server listens"), friend)
}

/// A friend says these texts; what was heard of it.
fn overhear(texts: &[&str]) -> Vec<String> {
    let (server, talk) = server();
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    let said = texts.clone();
    let (client, server, friend) = lure(server, move |stream| {
        let mut client = SecretClient::agree(stream, &fresh_pair(&Group::ffdhe2048())?, Keystreams::Two)?;
        let answer =
            |text: &String| Ok(String::from_utf8_lossy(&client.request(text.as_bytes())?).into_owned());
        said.iter().map(answer).collect()
    });
    let heard = sit_between(client, server);
    let answers = match friend.recv_timeout(2 * PATIENCE) {
        Ok(Ok(answers)) => answers,
        Ok(Err(failure)) => fail(match heard {
            Ok(_) => format!("the friend gets no answer and notices something: {failure}"),
            Err(why) => {
                format!("`sit_between` has ended with the sentence: {why}\nand the friend sees: {failure}")
            }
        }),
        Err(_) => fail("the friend waits and waits"),
    };
    let talk = talk.lock().expect("nobody panics here");
    for (number, (text, found)) in texts.iter().zip(&answers).enumerate() {
        let Some((arrived, answer)) = talk.get(number) else {
            fail(format!("the friend has said {text:?}; the server has heard nothing"));
        };
        let why = format!("the friend has said {text:?}; the server has heard {arrived:?}: that is noticed");
        holds(text == arrived, why);
        let why = format!("the server has answered {answer:?}; the friend gets {found:?}: that is noticed");
        holds(answer == found, why);
    }
    let [said, arrived] = [texts.len(), talk.len()];
    holds(said == arrived, format!("the friend has sent {said} messages; {arrived} have reached the server"));
    heard
        .unwrap_or_else(|why| fail(format!("all was passed on, but `sit_between` ends with an error: {why}")))
}

pub fn main() {
    kit::run(|tester| {
        tester.step("one message; the server hears it, and the friend gets the server's answer", || {
            same(&vec!["good morning".to_owned()], &overhear(&["good morning"]));
        });
        tester.step("a longer conversation: the keystreams run on", || {
            let texts = ["has anybody seen my bag", "", "straße 5", "it is blue", "see you"];
            let heard = overhear(&texts);
            same(&texts.map(str::to_owned).to_vec(), &heard);
        });
        tester.step("the password that the friend tells the server", || {
            let flag = kit::flag("man-in-the-middle");
            let heard = overhear(&["here it is safe, is it not", &format!("my password is {flag}")]);
            let why = format!("what you have heard is not what the friend has said: {heard:?}");
            holds(heard.iter().any(|text| text.contains(&flag)), why);
        });
        tester.step("a friend who has nothing to say", || {
            same(&vec![], &overhear(&[]));
        });
        tester.step("a client whose public value is no use: an error, not a panic", || {
            for public in [vec![], vec![1; 3], vec![0; 256], vec![255; 256]] {
                let (server, _) = server();
                let length = public.len();
                let (client, server, _friend) = lure(server, move |mut stream| {
                    stream.send(&public)?;
                    let _ = stream.receive(); // what comes does not matter
                    Ok(vec![])
                });
                let why = format!("a public value of {length} bytes that is no use was taken");
                holds(sit_between(client, server).is_err(), why);
            }
        });
    });
}
