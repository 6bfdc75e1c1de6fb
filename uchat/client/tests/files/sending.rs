//! Files that are to be sent: what they are, and what is none.

use crate::bench::{Bench, ID, OTHER, bytes};
use sha2::{Digest, Sha256};
use std::fs::File;
use uchat_client::core::{FilesEffect, FilesEvent};
use uchat_protocol::content::Kind;
use uchat_protocol::e2e::file::STORED_PIECE;
use uchat_protocol::{Code, limits};

fn prepare(path: &str) -> FilesEffect {
    FilesEffect::Prepare { id: ID, path: path.to_owned(), encrypted: true }
}

#[test]
fn the_type_comes_from_the_content_whatever_the_name_says() {
    let bench = Bench::new();
    for (content, media_type, kind) in [
        (&b"\x89PNG\r\n\x1a\n rest"[..], "image/png", Kind::Image),
        (b"#!/bin/sh\n", "text/plain", Kind::File),
        (b"\x7fELF", "text/plain", Kind::File), // ASCII only
        (b"\x7fELF\0", "application/octet-stream", Kind::File),
    ] {
        let sent = bench.prepared(&bench.file("holiday.jpg", content), true);
        assert_eq!((sent.kind, sent.data.as_str()), (kind, "holiday.jpg"));
        assert_eq!(sent.file.unwrap().media_type, media_type);
    }
}

#[test]
fn every_file_gets_a_name_and_a_key_of_its_own() {
    let bench = Bench::new();
    let path = bench.file("a", b"the same");
    let one = bench.prepared(&path, true).file.unwrap();
    bench.send(FilesEffect::Cancel(ID));
    let other = bench.prepared(&path, true).file.unwrap();
    assert_ne!(one.name, other.name);
    assert_ne!(one.key, other.key);
    assert_ne!(one.sha256, other.sha256);
}

#[test]
fn the_digest_is_that_of_the_file_itself_whatever_the_server_gets() {
    let bench = Bench::new();
    for content in [vec![], b"short".to_vec(), bytes(3 * limits::FILE_PIECE + 7)] {
        for encrypted in [true, false] {
            let path = bench.file("a", &content);
            let prepared = bench.ask(FilesEffect::Prepare { id: ID, path, encrypted });
            let FilesEvent::Prepared { digest, .. } = prepared else { panic!("{prepared:?}") };
            assert_eq!(digest[..], Sha256::digest(&content)[..], "{} bytes", content.len());
            bench.send(FilesEffect::Cancel(ID));
        }
    }
}

#[test]
fn what_is_no_file_is_refused_with_its_name() {
    let bench = Bench::new();
    let missing = bench.dir.path().join("missing").to_str().unwrap().to_owned();
    let text = bench.refused(prepare(&missing), Code::FileUnreadable);
    assert!(text.contains("missing\" cannot be read: there is no such file"), "{text}");
    let text = bench.refused(prepare(bench.dir.path().to_str().unwrap()), Code::FileUnreadable);
    assert!(text.contains("it is not a file"), "{text}");
    bench.refused(prepare(""), Code::FileUnreadable);
    bench.refused(prepare("a\0b"), Code::FileUnreadable);
    #[cfg(unix)]
    {
        let socket = bench.dir.path().join("socket");
        let _held = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        bench.refused(prepare(socket.to_str().unwrap()), Code::FileUnreadable);
    }
    bench.refused(FilesEffect::Read { id: ID, offset: 0 }, Code::NoSuchFile);
}

#[test]
fn a_file_that_changes_is_noticed_before_a_wrong_piece_leaves() {
    let original = bytes(200_000);
    let mut other = original.clone();
    other[150_000] ^= 1;
    for changed in [&other[..], &original[..199_999], &[&original[..], b"x"].concat(), b""] {
        for encrypted in [true, false] {
            let bench = Bench::new();
            let path = bench.file("a", &original);
            bench.prepared(&path, encrypted);
            bench.piece(0);
            std::fs::write(&path, changed).unwrap();
            let start = if encrypted { STORED_PIECE } else { 65_536 };
            let text = bench.refused(FilesEffect::Read { id: ID, offset: 2 * start }, Code::FileMismatch);
            assert!(text.contains("has changed since it was looked through"), "{text}");
        }
    }
}

#[test]
fn reading_may_begin_within_a_piece_and_ends_with_the_file() {
    let bench = Bench::new();
    let info = bench.prepared(&bench.file("a", &bytes(100_000)), true).file.unwrap();
    let stored = bench.upload(&info);
    for at in [1, STORED_PIECE - 1, STORED_PIECE, STORED_PIECE + 1, info.stored - 1] {
        let piece = bench.piece(at);
        assert!(!piece.is_empty() && stored[at as usize..].starts_with(&piece), "{at}");
    }
    for at in [info.stored, info.stored + 1, info.stored + STORED_PIECE, u64::MAX] {
        bench.refused(FilesEffect::Read { id: ID, offset: at }, Code::FileMismatch);
    }
}

#[test]
fn looking_through_a_large_file_delays_nobody_and_can_be_given_up() {
    let bench = Bench::new();
    let info = bench.prepared(&bench.file("a", &bytes(100_000)), true).file.unwrap();
    let large = bench.dir.path().join("large");
    File::create(&large).unwrap().set_len(1 << 40).unwrap(); // a hole of a terabyte
    let path = large.to_str().unwrap().to_owned();
    bench.send(FilesEffect::Prepare { id: OTHER, path, encrypted: true });
    assert_eq!(bench.upload(&info).len() as u64, info.stored);
    bench.send(FilesEffect::Cancel(OTHER));
    // The next one has its turn; of the one that was given up nothing is told.
    bench.send(FilesEffect::Cancel(ID));
    bench.prepared(&bench.file("b", b"small"), false);
    let path = large.to_str().unwrap().to_owned();
    bench.send(FilesEffect::Prepare { id: OTHER, path, encrypted: true });
    drop(bench); // and nobody waits for the end of it
}

#[test]
fn many_uploads_are_read_in_turn() {
    let bench = Bench::new();
    let ids: Vec<_> = (0..20).map(|n| uchat_protocol::MessageId([n; 16])).collect();
    for id in &ids {
        let path = bench.file(&id.to_string(), id.to_string().as_bytes());
        bench.ask(FilesEffect::Prepare { id: *id, path, encrypted: false });
    }
    for id in ids.iter().chain(&ids) {
        match bench.ask(FilesEffect::Read { id: *id, offset: 0 }) {
            FilesEvent::Piece { data, .. } => assert_eq!(data, id.to_string().as_bytes()),
            other => panic!("{other:?}"),
        }
    }
}
