//! The connection against a scripted server: what it tells the core, and why it ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use certificates::folder::system_random;
use framing::{Message, Value};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};
use uchat_client::core::{NetEffect, NetEvent};
use uchat_client::net::{Net, Route};
use uchat_protocol::channel::{Channel, ClientSetup, Event, Lesson, PATIENCE, ServerSetup, Transport};
use uchat_protocol::reply::Reply;
use uchat_protocol::{Code, Push, Refusal, Request};

const TRANSPORT: Transport = Transport::Lesson(Lesson::Frames);

/// A client, and a server that answers each message with what `script` gives; with nothing it ends the connection.
struct Wire {
    net: Net,
    events: Receiver<NetEvent>,
    server: JoinHandle<()>,
}

impl Wire {
    fn new(mut script: impl FnMut(Message) -> Vec<Message> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut random = system_random().unwrap();
            let setup = Arc::new(ServerSetup::new(TRANSPORT, None, None).unwrap());
            let mut channel =
                Channel::server(&setup, SystemTime::now(), Instant::now(), &mut random).unwrap();
            let mut buffer = [0; 4096];
            loop {
                while let Some(event) = channel.event(&mut random).unwrap() {
                    let Event::Message(message) = event else { continue };
                    let answers = script(message);
                    let bytes: Vec<Vec<u8>> =
                        answers.iter().map(|answer| answer.to_bytes().unwrap()).collect();
                    channel.send(&mut random, bytes.iter().map(Vec::as_slice)).unwrap();
                    stream.write_all(&channel.take_output()).unwrap();
                    if answers.is_empty() {
                        return;
                    }
                }
                match stream.read(&mut buffer).unwrap_or(0) {
                    0 => return,
                    length => channel.received(Instant::now(), &buffer[..length]),
                }
            }
        });
        let (sender, events) = channel_of_events();
        let net = Net::start(route(port), system_random().unwrap(), None, sender).unwrap();
        net.send(NetEffect::Connect);
        Self { net, events, server }
    }

    fn next(&self) -> NetEvent {
        let event = self.events.recv_timeout(Duration::from_secs(20)).unwrap();
        self.net.dealt_with();
        event
    }

    fn up(&self) {
        assert!(matches!(self.next(), NetEvent::Up));
    }

    fn down(&self) -> Refusal {
        match self.next() {
            NetEvent::Down { reason, .. } => reason,
            other => panic!("expected the end, got {other:?}"),
        }
    }

    fn ask(&self, tag: u64, text: &str) {
        self.net.send(NetEffect::Send(tag, Request::ClientEcho(Value::from(text))));
    }

    fn end(self) {
        drop(self.net);
        self.server.join().unwrap();
    }
}

fn channel_of_events() -> (impl Fn(NetEvent) + Send + 'static, Receiver<NetEvent>) {
    let (sender, events) = channel();
    (move |event| drop(sender.send(event)), events)
}

fn route(port: u16) -> Route {
    route_in(TRANSPORT, port)
}

fn route_in(transport: Transport, port: u16) -> Route {
    let setup = ClientSetup::new(transport, "localhost".parse().unwrap(), None, None).unwrap();
    Route { host: "127.0.0.1".to_owned(), port, setup: Arc::new(setup), loopback_only: true }
}

fn echo(message: Message) -> Message {
    Reply::ServerEcho(message.value).to_message().unwrap()
}

fn push(push: &Push) -> Message {
    push.to_message().unwrap()
}

#[test]
fn answers_come_with_the_tags_of_their_requests_and_pushes_in_between() {
    let hello = || push(&Push::GeneralMsg("hello".to_owned()));
    let wire = Wire::new(move |message| vec![hello(), echo(message)]);
    wire.up();
    let asked = [(7, "a"), (3, "b"), (9, "c")];
    asked.iter().for_each(|(tag, text)| wire.ask(*tag, text));
    for (tag, text) in asked {
        assert!(matches!(wire.next(), NetEvent::Push(Push::GeneralMsg(text)) if text == "hello"));
        match wire.next() {
            NetEvent::Reply { tag: got, reply: Reply::ServerEcho(Value::Str(echo)) } => {
                assert_eq!((got, echo.as_str()), (tag, text));
            }
            other => panic!("expected an echo, got {other:?}"),
        }
    }
    wire.net.send(NetEffect::Disconnect);
    assert_eq!(wire.down().code, Code::Cancelled);
    wire.end();
}

#[test]
fn an_answer_that_nobody_waits_for_ends_the_connection() {
    let wire = Wire::new(|message| {
        let answer = echo(message);
        vec![answer.clone(), answer]
    });
    wire.up();
    wire.ask(1, "a");
    assert!(matches!(wire.next(), NetEvent::Reply { tag: 1, .. }));
    let reason = wire.down();
    assert_eq!(reason.code, Code::ServerError);
    assert!(reason.text.contains("nothing was asked"), "{reason}");
    wire.end();
}

#[test]
fn the_server_s_own_reason_is_the_reason_of_the_end() {
    for (told, code) in
        [(Code::SessionReplaced, Code::SessionReplaced), (Code::ServerStopping, Code::Offline)]
    {
        let mut kicked = false;
        let wire = Wire::new(move |_| match std::mem::replace(&mut kicked, true) {
            false => vec![push(&Push::ServerKick(told.into()))],
            true => Vec::new(),
        });
        wire.up();
        wire.ask(1, "a");
        wire.ask(2, "b");
        let reason = wire.down();
        assert_eq!((reason.code, reason.text.as_str()), (code, told.text()));
        wire.end();
    }
}

/// The server leaves with most of what we say unread, so its end breaks our connection while we still write. Other
/// systems than Linux may throw away what has come before that.
#[cfg(target_os = "linux")]
#[test]
fn the_reason_arrives_although_the_server_takes_nothing_more() {
    for _ in 0..20 {
        let mut kicked = false;
        let wire = Wire::new(move |_| match std::mem::replace(&mut kicked, true) {
            false => vec![push(&Push::ServerKick(Code::SessionReplaced.into()))],
            true => Vec::new(),
        });
        wire.up();
        wire.ask(1, "a");
        wire.ask(2, "b");
        let long = "long".repeat(250_000);
        (3..30).for_each(|tag| wire.ask(tag, &long));
        let reason = wire.down();
        assert_eq!(reason.code, Code::SessionReplaced, "{reason}");
        wire.end();
    }
}

#[test]
fn who_does_not_listen_is_offline_and_can_be_asked_again() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (sender, events) = channel_of_events();
    let net = Net::start(route(port), system_random().unwrap(), None, sender).unwrap();
    for _ in 0..2 {
        net.send(NetEffect::Connect);
        match events.recv_timeout(Duration::from_secs(20)).unwrap() {
            NetEvent::Down { reason, .. } => assert_eq!(reason.code, Code::Offline, "{reason}"),
            other => panic!("expected no connection, got {other:?}"),
        }
        net.dealt_with();
    }
}

/// Why the signed channel to a server that does this ends.
fn end_of(server: impl FnOnce(TcpStream) + Send + 'static) -> Refusal {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || server(listener.accept().unwrap().0));
    let (sender, events) = channel_of_events();
    let net = Net::start(route_in(Transport::Signed, port), system_random().unwrap(), None, sender).unwrap();
    net.send(NetEffect::Connect);
    let NetEvent::Down { reason, .. } = events.recv_timeout(2 * PATIENCE).unwrap() else {
        panic!("no connection")
    };
    drop(net);
    server.join().unwrap();
    reason
}

#[test]
fn what_the_server_says_when_its_patience_ends_tells_what_it_speaks() {
    let reason = end_of(|mut stream| {
        let (mut hello, end) = ([0; 4096], Instant::now() + PATIENCE + Duration::from_millis(300));
        while Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            stream.set_read_timeout(Some(left)).unwrap();
            let _ = stream.read(&mut hello); // it waits for another one, and for nothing but the time in the end
        }
        stream.write_all(&[0x15, 3, 3, 0, 2, 2, 40]).unwrap(); // an alert of TLS
    });
    assert_eq!(reason.code, Code::WrongTransport, "{reason}");
    assert!(reason.text.contains("the other side speaks TLS"), "{reason}");
}

#[test]
fn a_server_of_something_else_is_not_tried_again() {
    let reason = end_of(|mut stream| stream.write_all(b"220 mail.example.org ESMTP\r\n").unwrap());
    assert_eq!(reason.code, Code::WrongTransport, "{reason}");
    assert!(reason.text.contains("--lesson"), "{reason}");
}
