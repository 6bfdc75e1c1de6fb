//! The tester of `resume-transfer`: stage 4's real receiver, a path that breaks, and receivers that are up to no good.

mod exercise;

use echo::lab::{Direction, Event, Tap, What};
use exercise::send;
use framing::transfer::{Answer, Offer};
use framing::{ByteOrder, FileReceiver, FrameDecoder, FrameHandler, FrameStream};
use kit::{fail, holds, same_bytes};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use socketserver::{Authenticated, Server, ThreadingTcpServer};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);
const MOST: u64 = 1_000_000;

/// Starts stage 4's receiver for this folder, without a challenge.
fn receiver(folder: &Path) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let folder = folder.to_owned();
    let make = move |peer| {
        let receiver = FileReceiver::new(peer, folder.clone(), MOST);
        Ok(Authenticated::new(None, FrameHandler::new(ByteOrder::Network, receiver)))
    };
    let server = ThreadingTcpServer::new(listener, make).expect("a server");
    std::thread::spawn(|| Box::new(server).serve_forever());
    address
}

/// A receiver that takes one offer and gives these answers, whatever comes.
fn false_receiver(answers: Vec<Answer>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("the sender comes");
        let mut stream = FrameStream::new(stream, ByteOrder::Network);
        // If the sender has gone, the tester says why.
        let _ = stream.receive();
        for answer in answers {
            let _ = stream.send(&answer.to_bytes().expect("a short answer"));
        }
        while stream.receive().is_ok() {}
    });
    address
}

fn connect(address: SocketAddr) -> FrameStream {
    FrameStream::connect(address, Some(PATIENCE), None, ByteOrder::Network).expect("the receiver listens")
}

/// Random bytes.
fn file(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    StdRng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}

/// The frames that went by in this direction.
fn frames(events: &[Event], direction: Direction) -> Vec<Vec<u8>> {
    let mut decoder = FrameDecoder::default();
    for event in events.iter().filter(|event| event.direction == direction) {
        if let What::Bytes(bytes) = &event.what {
            decoder.push(bytes);
        }
    }
    let mut frames = Vec::new();
    while let Ok(Some(frame)) = decoder.frame() {
        frames.push(frame.to_vec());
    }
    frames
}

/// The file must lie in the folder afterwards, and no more than what was missing may have travelled. Returns the offset
/// from which the receiver wanted bytes.
fn arrives(address: SocketAddr, folder: &Path, name: &str, content: &[u8]) -> u64 {
    let tap = Tap::start(address).expect("a tap");
    let mut stream = connect(tap.address());
    let said = match send(&mut stream, name, content) {
        Ok(offset) => offset,
        Err(problem) => fail(format!("the file was not sent: {problem}")),
    };
    match std::fs::read(folder.join(name)) {
        Ok(found) => same_bytes(content, found),
        Err(_) => fail(format!("`send` says that all is well, but {name} is not in the receiver's folder")),
    }
    drop(stream);
    let events = tap.take_closed(PATIENCE, 0);
    let [sent, answers] = [Direction::ToServer, Direction::ToClient].map(|way| frames(&events, way));
    let Some(Ok(Answer::From(wanted))) = answers.first().map(|answer| Answer::from_bytes(answer)) else {
        fail("the receiver has not been asked what it has");
    };
    holds(said == wanted, format!("the receiver wanted bytes from {wanted} on, `send` says {said}"));
    let bytes = sent.get(1..).unwrap_or_default(); // the first frame is the offer
    let (travelled, missing) = (bytes.iter().map(Vec::len).sum::<usize>(), content.len() - wanted as usize);
    let why = format!("{missing} bytes of the file were missing, but {travelled} have travelled");
    holds(travelled == missing, why);
    let why = "an empty frame was sent behind the offer; if no byte is missing, no frame follows";
    holds(bytes.iter().all(|frame| !frame.is_empty()), why);
    wanted
}

fn refused(what: &str, answers: Vec<Answer>, content: &[u8]) -> String {
    match send(&mut connect(false_receiver(answers)), "notes.txt", content) {
        Ok(_) => fail(format!("{what}, and `send` says that all is well")),
        Err(problem) => problem,
    }
}

pub fn main() {
    kit::run(|tester| {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let address = receiver(folder);
        tester.step("a small file", || {
            arrives(address, folder, "notes.txt", b"we meet at nine");
        });
        tester.step("a file of no bytes: behind the offer no frame follows", || {
            arrives(address, folder, "empty.txt", b"");
        });
        tester.step("a file of many frames, each of at most 65,536 bytes", || {
            for length in [65_536, 65_537, 300_000] {
                arrives(address, folder, &format!("photo-{length}.jpg"), &file(length, 4));
            }
        });
        tester.step("a file that is there already does not travel again", || {
            let photo = file(300_000, 4);
            arrives(address, folder, "photo-300000.jpg", &photo);
        });
        tester.step(
            "the path breaks after 150,000 bytes; the second attempt goes on where the first has ended",
            || {
                let film = file(400_000, 5);
                let tap = Tap::cutting(address, 150_000).expect("a tap");
                let first = send(&mut connect(tap.address()), "film.mp4", &film);
                holds(first.is_err(), "the connection was cut, but `send` says that all is well");

                let from = arrives(address, folder, "film.mp4", &film);
                let why = "the path let 150,000 bytes through, but the receiver had nothing of the file";
                holds(from > 0, why);
            },
        );
        tester.step("a receiver that refuses: its sentence is the error", || {
            let large = vec![0; MOST as usize + 1];
            match send(&mut connect(address), "large.bin", &large) {
                Ok(_) => fail("the receiver takes at most 1,000,000 bytes, but `send` says that all is well"),
                Err(problem) => {
                    let why = format!("the receiver has said why it refuses; the error is only: {problem}");
                    holds(problem.contains("takes at most 1000000"), why);
                }
            }
            let answers = vec![Answer::From(0), Answer::Problem("the disk is full".to_owned())];
            let problem = refused("the receiver has refused at the end", answers, b"notes");
            holds(problem.contains("the disk is full"), format!("the error does not say why: {problem}"));
            let answers = vec![Answer::From(5), Answer::Problem("the digest is wrong".to_owned())];
            let problem = refused("the receiver had all bytes and has still refused", answers, b"notes");
            holds(problem.contains("the digest is wrong"), format!("the error does not say why: {problem}"));
        });
        tester.step("a receiver that asks for bytes behind the end of the file", || {
            for offset in [6, 1 << 40, u64::MAX] {
                let answers = vec![Answer::From(offset), Answer::Done];
                refused(
                    &format!("the receiver has asked for byte {offset} of a file of 5"),
                    answers,
                    b"notes",
                );
            }
        });
        tester.step("answers that do not belong there", || {
            let early = vec![Answer::Done, Answer::Done];
            refused("the receiver has confirmed the file before it was sent", early, b"notes");
            let again = vec![Answer::From(0), Answer::From(0)];
            refused("the receiver has not confirmed the file, it asks for bytes again", again, b"notes");
        });
        tester.step("the offer says what the file is", || {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let mut stream = connect(listener.local_addr().expect("it listens"));
            let receiver = std::thread::spawn(move || {
                let (stream, _) = listener.accept().ok()?;
                FrameStream::new(stream, ByteOrder::Network).receive().ok()
            });
            let _ = send(&mut stream, "a name 小明.txt", b"notes"); // nobody answers
            drop(stream);
            let offer = receiver.join().ok().flatten().and_then(|frame| Offer::from_bytes(&frame).ok());
            let offer = offer.unwrap_or_else(|| fail("the first frame is not an offer"));
            holds(offer.name == "a name 小明.txt" && offer.size == 5, format!("the offer says {offer:?}"));
            holds(
                offer.offset == 0,
                format!("all bytes can be had, but the offer begins at {}", offer.offset),
            );
        });
    });
}
