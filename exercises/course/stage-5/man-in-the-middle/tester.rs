//! The tester of `man-in-the-middle`: stage 5's real server and client, and the student's code between them.

mod exercise;

use conn_auth::Key;
use echo::lab::{self, Failure};
use exercise::sit_between;
use framing::{ByteOrder, FrameHandler, FrameStream};
use key_exchange::{Group, Keystreams, SecretClient, SecretEcho, fresh_pair};
use kit::{fail, holds, same};
use socketserver::{Authenticated, Server, ThreadingTcpServer, ask};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(2);

fn key() -> Key {
    Key::new(b"only the class knows this").expect("not empty")
}

/// Starts stage 5's server.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let make = |peer| {
        let echo = SecretEcho::new(peer, Keystreams::Two, || fresh_pair(&Group::ffdhe2048()));
        Ok(Authenticated::new(ask(Some(&key()))?, FrameHandler::new(ByteOrder::Network, echo)))
    };
    let server = ThreadingTcpServer::new(listener, make).expect("a server");
    std::thread::spawn(|| Box::new(server).serve_forever());
    address
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
fn overhear(server: SocketAddr, texts: &[&str]) -> Vec<String> {
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
    for (text, answer) in texts.iter().zip(&answers) {
        let expected = String::from_utf8_lossy(&echo::upper_case(text.as_bytes())).into_owned();
        let why = format!("the friend has said {text:?} and is answered {answer:?}: that is noticed");
        holds(*answer == expected, why);
    }
    heard
        .unwrap_or_else(|why| fail(format!("all was passed on, but `sit_between` ends with an error: {why}")))
}

pub fn main() {
    kit::run(|tester| {
        let server = server();
        tester.step("one message; the friend gets the server's answer to it", || {
            same(&vec!["good morning".to_owned()], &overhear(server, &["good morning"]));
        });
        tester.step("a longer conversation: the keystreams run on", || {
            let texts = ["has anybody seen my bag", "", "straße 5", "it is blue", "see you"];
            let heard = overhear(server, &texts);
            same(&texts.map(str::to_owned).to_vec(), &heard);
        });
        tester.step("the password that the friend tells the server", || {
            let flag = kit::flag("man-in-the-middle");
            let heard = overhear(server, &["here it is safe, is it not", &format!("my password is {flag}")]);
            let why = format!("what you have heard is not what the friend has said: {heard:?}");
            holds(heard.iter().any(|text| text.contains(&flag)), why);
        });
        tester.step("a friend who has nothing to say", || {
            same(&vec![], &overhear(server, &[]));
        });
        tester.step("a client whose public value is no use: an error, not a panic", || {
            for public in [vec![], vec![1; 3], vec![0; 256], vec![255; 256]] {
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
