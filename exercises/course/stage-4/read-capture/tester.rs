//! The tester of `read-capture`: stage 4's real sender and receiver, a path that breaks, and recordings of it as text.

mod exercise;

use conn_auth::Key;
use echo::lab::{Direction, Recording, Tap, What};
use exercise::{Piece, pieces, restore};
use framing::transfer::{Answer, Offer};
use framing::{ByteOrder, FileReceiver, FrameHandler, FrameStream, LIMIT, encode_frame, send_file};
use kit::{fail, holds, same_bytes, same_text};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use socketserver::{Authenticated, Server, ThreadingTcpServer, ask};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

fn key() -> Key {
    Key::new(b"only the class knows this").expect("not empty")
}

/// Starts stage 4's receiver for this folder.
fn receiver(folder: &Path) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let folder = folder.to_owned();
    let make = move |peer| {
        let receiver = FileReceiver::new(peer, folder.clone(), 1_000_000);
        Ok(Authenticated::new(ask(Some(&key()))?, FrameHandler::new(ByteOrder::Network, receiver)))
    };
    let server = ThreadingTcpServer::new(listener, make).expect("a server");
    std::thread::spawn(|| Box::new(server).serve_forever());
    address
}

/// A friend sends these files on one connection; what the tap has noted, as the text of a recording.
fn record(tap: &Tap, files: &[PathBuf]) -> String {
    let stream = FrameStream::connect(tap.address(), Some(PATIENCE), Some(&key()), ByteOrder::Network);
    let mut stream = stream.expect("the receiver listens");
    for path in files {
        let _ = send_file(&mut stream, path); // the path may break: that is what the recording is for
    }
    drop(stream);
    let chunks = tap.take_closed(PATIENCE, 0).into_iter().filter_map(|event| match event.what {
        What::Bytes(bytes) => Some((event.direction, bytes)),
        What::Closed => None,
    });
    Recording { chunks: chunks.collect() }.to_text()
}

fn parse(text: &str) -> Recording {
    Recording::parse(text).expect("a recording")
}

/// What was recorded until the client had sent so many bytes.
fn cut(recording: Recording, mut left: usize) -> Recording {
    let mut chunks = Vec::new();
    for (direction, mut bytes) in recording.chunks {
        if direction == Direction::ToServer {
            bytes.truncate(left);
            left -= bytes.len();
        }
        chunks.push((direction, bytes));
        if left == 0 {
            break;
        }
    }
    Recording { chunks }
}

/// Random bytes.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    StdRng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}

fn offer(name: &str, content: &[u8]) -> Offer {
    let sha256 = Sha256::digest(content).into();
    Offer { name: name.to_owned(), size: content.len() as u64, offset: 0, sha256 }
}

/// A transfer as it is recorded: the offer, the offset that was wanted, and the frames that were sent then.
fn transfer(offer: &Offer, from: usize, frames: &[&[u8]]) -> Recording {
    let frame = |payload: &[u8]| {
        let mut bytes = Vec::new();
        encode_frame(ByteOrder::Network, LIMIT, payload, &mut bytes).expect("short enough");
        bytes
    };
    let answer = |answer: Answer| (Direction::ToClient, frame(&answer.to_bytes().expect("short enough")));
    let mut chunks = vec![(Direction::ToServer, frame(&offer.to_bytes().expect("short enough")))];
    chunks.push(answer(Answer::From(from as u64)));
    chunks.extend(frames.iter().map(|bytes| (Direction::ToServer, frame(bytes))));
    if from.checked_add(frames.concat().len()) == Some(offer.size as usize) {
        chunks.push(answer(Answer::Done));
    }
    Recording { chunks }
}

/// What was found, in short.
fn shown(pieces: &[Piece]) -> String {
    let shown =
        |piece: &Piece| format!("{}: {} bytes from {} on", piece.offer.name, piece.bytes.len(), piece.from);
    pieces.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn restored(recordings: &[Recording], name: &str, expected: &[u8]) {
    match restore(recordings, name) {
        Some(found) => same_bytes(expected, found),
        None => fail(format!("`restore` has not found the file {name}, but all of its bytes were recorded")),
    }
}

fn not_restored(recordings: &[Recording], name: &str, why: &str) {
    holds(restore(recordings, name).is_none(), format!("`restore` says that it has found {name}, but {why}"));
}

pub fn main() {
    kit::run(|tester| {
        let [outbox, inbox, other] = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
        let [receiver, elsewhere] = [&inbox, &other].map(|folder| receiver(folder.path()));
        let write = |name: &str, content: &[u8]| {
            let path = outbox.path().join(name);
            std::fs::write(&path, content).expect("the disk has room");
            path
        };
        tester.step("one small file", || {
            let notes = write("notes.txt", b"we meet at nine");
            let recording = parse(&record(&Tap::start(receiver).expect("a tap"), &[notes]));
            let found = pieces(&recording);
            same_text("notes.txt: 15 bytes from 0 on", &shown(&found));
            same_bytes(b"we meet at nine", &found[0].bytes);
            restored(&[recording], "notes.txt", b"we meet at nine");
        });
        tester.step("four files on one connection; one is empty, and one was there already", || {
            let photo = noise(150_000, 4);
            let files = [
                write("photo.jpg", &photo),
                write("empty.txt", b""),
                write("notes.txt", b"we meet at nine"),
                write("list.txt", b"bread, milk"),
            ];
            let recording = parse(&record(&Tap::start(receiver).expect("a tap"), &files));
            let found = pieces(&recording);
            let expected = "photo.jpg: 150000 bytes from 0 on, empty.txt: 0 bytes from 0 on, \
                            notes.txt: 0 bytes from 15 on, list.txt: 11 bytes from 0 on";
            same_text(expected, &shown(&found));
            restored(std::slice::from_ref(&recording), "photo.jpg", &photo);
            restored(&[recording], "empty.txt", b"");
        });
        tester.step("a file that has come in two connections, because the path broke", || {
            let flag = kit::flag("read-capture");
            // It lies where the first piece ends for the receiver: two frames of 65,536 bytes have arrived.
            let mut diary = noise(200_000, 5);
            diary[131_064..131_064 + flag.len()].copy_from_slice(flag.as_bytes());
            let path = [write("diary.zip", &diary)];
            record(&Tap::cutting(receiver, 140_000).expect("a tap"), &path);
            // The recording comes from nearer to the sender: it has three frames.
            let broken = cut(parse(&record(&Tap::start(elsewhere).expect("a tap"), &path)), 198_000);
            not_restored(std::slice::from_ref(&broken), "diary.zip", "this is only a part of the file");
            let rest = parse(&record(&Tap::start(receiver).expect("a tap"), &path));
            not_restored(std::slice::from_ref(&rest), "diary.zip", "this is only the end of the file");

            let found = restore(&[broken, rest], "diary.zip");
            let found = found
                .unwrap_or_else(|| fail("all bytes of diary.zip were recorded, but it was not restored"));
            let there = found.windows(flag.len()).any(|window| window == flag.as_bytes());
            holds(there && found.len() == 200_000, "the restored file is not the one that was sent");
        });
        tester.step("a file in three pieces, and one of which a part came twice", || {
            let film = noise(900, 7);
            let offer = offer("film.mp4", &film);
            let piece = |from: usize, end: usize| transfer(&offer, from, &[&film[from..end]]);
            restored(&[piece(0, 400), piece(250, 600), piece(500, 900)], "film.mp4", &film);
            restored(&[piece(0, 400), piece(400, 600), piece(100, 900)], "film.mp4", &film);
            let hole = [piece(0, 100), piece(200, 900)];
            not_restored(&hole, "film.mp4", "100 bytes in the middle of the file were not recorded");
        });
        tester.step("files that are offers themselves: the size says where a file ends", || {
            let inner = offer("inner.txt", b"not sent").to_bytes().expect("short enough");
            let twice = [&inner[..], &inner].concat();
            let mut recording = transfer(&offer("offer.bin", &inner), 0, &[&inner]);
            recording.chunks.extend(transfer(&offer("two.bin", &twice), 0, &[&inner, &inner]).chunks);
            recording.chunks.extend(transfer(&offer("last.txt", b"the end"), 0, &[b"the end"]).chunks);
            let length = inner.len();
            let expected = format!(
                "offer.bin: {length} bytes from 0 on, two.bin: {} bytes from 0 on, last.txt: 7 bytes from 0 on",
                2 * length
            );
            same_text(&expected, &shown(&pieces(&recording)));
            restored(&[recording], "two.bin", &twice);
        });
        tester.step("two files of the same name: the digest tells them apart", || {
            let [old, new] = [noise(900, 8), noise(900, 9)];
            let old_piece =
                |from: usize, end: usize| transfer(&offer("notes.txt", &old), from, &[&old[from..end]]);
            let new_piece =
                |from: usize, end: usize| transfer(&offer("notes.txt", &new), from, &[&new[from..end]]);
            restored(&[old_piece(0, 900), new_piece(0, 900)], "notes.txt", &new);
            restored(&[old_piece(0, 500), new_piece(0, 300), old_piece(500, 900)], "notes.txt", &old);
            let why = "the file that was offered last was not recorded to its end";
            not_restored(&[old_piece(0, 900), new_piece(0, 300)], "notes.txt", why);
        });
        tester.step("a file that nobody has sent, and a recording of something else", || {
            let notes =
                parse(&record(&Tap::start(receiver).expect("a tap"), &[write("last.txt", b"the end")]));
            not_restored(&[notes], "other.txt", "nobody has sent such a file");
            let other = parse("# recorded session 1\nclient 0000000568656c6c6f\nserver 0000000548454c4c4f\n");
            same_text("", &shown(&pieces(&other)));
            same_text("", &shown(&pieces(&parse("# recorded session 1\n"))));
        });
        tester.step("an offer that was refused", || {
            let large = write("large.bin", &noise(1_000_001, 6));
            let recording = parse(&record(&Tap::start(receiver).expect("a tap"), &[large]));
            same_text("", &shown(&pieces(&recording)));
        });
        tester.step("an answer that asks for a byte behind the end of the file", || {
            let notes = offer("notes.txt", b"we meet at nine");
            for from in [16, usize::MAX] {
                let mut recording = transfer(&notes, from, &[]);
                recording.chunks.extend(transfer(&offer("last.txt", b"the end"), 0, &[b"the end"]).chunks);
                let found = pieces(&recording);
                let last = found.last().map_or_else(String::new, |piece| shown(std::slice::from_ref(piece)));
                same_text("last.txt: 7 bytes from 0 on", &last);
                not_restored(&[recording], "notes.txt", "no byte of the file was recorded");
            }
        });
    });
}
