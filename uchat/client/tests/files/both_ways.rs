//! From one disk to the other, through what lies on the server.

use crate::bench::{Bench, bytes, saved, written};
use sha2::{Digest, Sha256};
use uchat_protocol::content::Kind;
use uchat_protocol::limits::{FILE_PIECE, FILE_PUT};

#[test]
fn files_of_every_size_arrive_as_they_were() {
    for encrypted in [true, false] {
        for size in [0, 1, 15, 16, 17, FILE_PIECE - 1, FILE_PIECE, FILE_PIECE + 1, 3 * FILE_PIECE + 5] {
            arrives(size, encrypted);
        }
    }
}

fn arrives(size: usize, encrypted: bool) {
    let (sender, receiver) = (Bench::new(), Bench::new());
    let original = bytes(size);
    let path = sender.file("a file.bin", &original);
    let content = sender.prepared(&path, encrypted);
    let info = content.file.clone().unwrap();
    assert_eq!((content.kind, content.data.as_str()), (Kind::File, "a file.bin"));
    assert_eq!((info.size, info.key.is_some()), (size as u64, encrypted));

    let stored = sender.upload(&info);
    assert_eq!(stored.len() as u64, info.stored);
    assert_eq!(Sha256::digest(&stored)[..], info.sha256[..]);
    assert!(encrypted || stored == original);
    assert!(!encrypted || size < 16 || !stored.windows(16).any(|window| window == &original[..16]));

    assert_eq!(receiver.opened(&info, &content.data), 0);
    let mut last = None;
    // As the core asks: by what one request may carry, wherever that cuts the pieces.
    for piece in stored.chunks(FILE_PUT) {
        if let Some(event) = last.replace(receiver.write(piece)) {
            written(event);
        }
    }
    let path = saved(last.unwrap_or_else(|| receiver.write(&[])));
    assert_eq!(std::fs::read(&path).unwrap(), original);
    assert_eq!(receiver.saved(), ["a file.bin"]);
    assert_eq!(receiver.remembered(), 0);
}

#[test]
fn two_files_move_at_once() {
    use crate::bench::{ID, OTHER};
    use uchat_client::core::{FilesEffect, FilesEvent};
    let (sender, receiver) = (Bench::new(), Bench::new());
    let originals = [bytes(100_000), b"short".to_vec()];
    let mut files = Vec::new();
    for (id, original) in [ID, OTHER].into_iter().zip(&originals) {
        let path = sender.file(&id.to_string(), original);
        let FilesEvent::Prepared { content, .. } =
            sender.ask(FilesEffect::Prepare { id, path, encrypted: true })
        else {
            panic!("not prepared")
        };
        let path = receiver.folder().to_str().unwrap().to_owned();
        let info = content.file.unwrap();
        receiver.ask(FilesEffect::Open { id, info: info.clone(), name: content.data, path });
        files.push((id, info, 0));
    }
    let mut saved = 0;
    while saved < 2 {
        for (id, info, at) in &mut files {
            if *at == info.stored {
                continue;
            }
            let FilesEvent::Piece { data, .. } = sender.ask(FilesEffect::Read { id: *id, offset: *at })
            else {
                panic!("no piece")
            };
            *at += data.len() as u64;
            saved += usize::from(matches!(
                receiver.ask(FilesEffect::Write { id: *id, data }),
                FilesEvent::Saved { .. }
            ));
        }
    }
    for (id, original) in [ID, OTHER].into_iter().zip(originals) {
        assert_eq!(std::fs::read(receiver.folder().join(id.to_string())).unwrap(), original);
    }
}
