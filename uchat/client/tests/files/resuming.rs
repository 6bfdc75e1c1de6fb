//! After a break of the connection, or a restart of the client.

use crate::bench::{Bench, ID, bytes, saved, written};
use std::time::{Duration, SystemTime};
use uchat_client::core::{FilesEffect, FilesEvent};
use uchat_protocol::Code;
use uchat_protocol::content::FileInfo;
use uchat_protocol::e2e::file::STORED_PIECE;

/// A file of four pieces: it, what its message says, and what lies on the server.
fn sent(encrypted: bool) -> (Vec<u8>, FileInfo, Vec<u8>) {
    let (bench, original) = (Bench::new(), bytes(200_000));
    let info = bench.prepared(&bench.file("a", &original), encrypted).file.unwrap();
    let stored = bench.upload(&info);
    (original, info, stored)
}

#[test]
fn an_upload_goes_on_after_a_restart_with_the_same_bytes() {
    for encrypted in [true, false] {
        let mut bench = Bench::new();
        let path = bench.file("a", &bytes(200_000));
        let content = bench.prepared(&path, encrypted);
        let info = content.file.clone().unwrap();
        let stored = bench.upload(&info);
        bench.restart();
        assert_eq!(bench.upload(&info), stored);
        bench.restart();
        assert_eq!(bench.prepared(&path, encrypted), content, "asked again for the same message");

        std::fs::write(&path, bytes(199_999)).unwrap();
        let other = bench.prepared(&path, encrypted).file.unwrap();
        assert_ne!(other.name, info.name, "another content never goes under the same name");
        assert!(!encrypted || other.key != info.key, "nor under the same key");
        bench.upload(&other);
        bench.send(FilesEffect::Cancel(ID));
        bench.refused(FilesEffect::Read { id: ID, offset: 0 }, Code::NoSuchFile);
        assert_eq!(bench.remembered(), 0);
    }
}

#[test]
fn a_file_that_is_gone_or_changed_after_a_restart_is_noticed() {
    let mut bench = Bench::new();
    let path = bench.file("a", b"one content");
    bench.prepared(&path, true);
    bench.restart();
    std::fs::write(&path, b"two content").unwrap();
    bench.refused(FilesEffect::Read { id: ID, offset: 0 }, Code::FileMismatch);
    bench.restart();
    std::fs::remove_file(&path).unwrap();
    bench.refused(FilesEffect::Read { id: ID, offset: 0 }, Code::FileUnreadable);
}

#[test]
fn a_download_goes_on_after_a_break() {
    let (original, info, stored) = sent(true);
    let bench = Bench::new();
    assert_eq!(bench.opened(&info, "a"), 0);
    assert_eq!(written(bench.write(&stored[..70_000])), 70_000);
    assert_eq!(bench.opened(&info, "a"), 70_000, "nothing of it is lost");
    assert_eq!(std::fs::read(saved(bench.write(&stored[70_000..]))).unwrap(), original);
}

#[test]
fn a_download_goes_on_after_a_restart_with_whole_pieces() {
    for encrypted in [true, false] {
        let (original, info, stored) = sent(encrypted);
        let mut bench = Bench::new();
        bench.opened(&info, "a");
        bench.write(&stored[..140_000]);
        assert!(bench.saved()[0].ends_with(".part"), "{:?}", bench.saved());
        bench.restart();
        let whole = if encrypted { 2 * STORED_PIECE } else { 131_072 };
        assert_eq!(bench.opened(&info, "a"), whole);
        bench.restart();
        assert_eq!(bench.opened(&info, "a"), whole);
        let path = saved(bench.write(&stored[whole as usize..]));
        assert_eq!(std::fs::read(path).unwrap(), original);
        assert_eq!((bench.saved(), bench.remembered()), (vec!["a".to_owned()], 0));
    }
}

#[test]
fn an_unfinished_file_that_was_touched_begins_anew_or_is_found_out() {
    let (original, info, stored) = sent(true);
    let mut bench = Bench::new();
    for touch in ["cut", "gone", "longer"] {
        bench.opened(&info, "a");
        bench.write(&stored[..140_000]);
        bench.restart();
        let part = bench.folder().join(&bench.saved()[0]);
        let expected = match touch {
            "cut" => std::fs::write(&part, b"short").map(|()| 0),
            "gone" => std::fs::remove_file(&part).map(|()| 0),
            _ => std::fs::write(&part, [&original[..131_072], b"more"].concat()).map(|()| 2 * STORED_PIECE),
        };
        assert_eq!(bench.opened(&info, "a"), expected.unwrap(), "{touch}");
        bench.send(FilesEffect::Cancel(ID));
    }
    bench.opened(&info, "a");
    assert_eq!(std::fs::read(saved(bench.write(&stored))).unwrap(), original);
}

#[test]
fn another_file_or_folder_begins_anew_and_leaves_nothing_behind() {
    let (_, info, stored) = sent(true);
    let (original, other, other_stored) = sent(true);
    let mut bench = Bench::new();
    for restart in [false, true] {
        bench.opened(&info, "a");
        bench.write(&stored[..140_000]);
        if restart {
            bench.restart();
        }
        assert_eq!(bench.opened(&other, "a"), 0);
        bench.write(&other_stored[..140_000]);
        let elsewhere = bench.dir.path().join("elsewhere").to_str().unwrap().to_owned();
        let open =
            FilesEffect::Open { id: ID, info: other.clone(), name: "b".to_owned(), path: elsewhere.clone() };
        assert_eq!(written(bench.ask(open)), 0);
        assert!(bench.saved().is_empty(), "{:?}", bench.saved());
        let path = saved(bench.write(&other_stored));
        assert!(path.starts_with(&elsewhere));
        assert_eq!(std::fs::read(&path).unwrap(), original);
        std::fs::remove_dir_all(elsewhere).unwrap();
    }
}

#[test]
fn what_was_given_up_leaves_nothing_behind() {
    let (_, info, stored) = sent(true);
    let mut bench = Bench::new();
    for restart in [false, true] {
        bench.opened(&info, "a");
        bench.write(&stored[..140_000]);
        if restart {
            bench.restart();
        }
        bench.send(FilesEffect::Cancel(ID));
        // A piece that was on its way means nothing any more, and nothing is told about it.
        bench.send(FilesEffect::Write { id: ID, data: stored[140_000..].to_vec() });
        assert!(matches!(bench.ask(FilesEffect::Read { id: ID, offset: 0 }), FilesEvent::Failed { .. }));
        assert!(bench.saved().is_empty());
        assert_eq!(bench.remembered(), 0);
    }
}

#[test]
fn what_has_not_begun_leaves_nothing_behind() {
    let (_, info, stored) = sent(true);
    let mut bench = Bench::new();
    bench.opened(&info, "a");
    bench.write(&stored[..60_000]);
    bench.restart();
    assert!(bench.saved().is_empty());
    assert_eq!((bench.remembered(), bench.opened(&info, "a")), (0, 0));
}

#[test]
fn what_nobody_touches_for_a_month_is_thrown_away() {
    let (_, info, stored) = sent(true);
    let mut bench = Bench::new();
    bench.opened(&info, "a");
    bench.write(&stored[..140_000]);
    bench.restart();
    assert_eq!((bench.remembered(), bench.saved().len()), (1, 1));
    let then = SystemTime::now() - Duration::from_secs(31 * 24 * 60 * 60);
    for entry in std::fs::read_dir(bench.dir.path().join("files")).unwrap() {
        let file = std::fs::File::options().write(true).open(entry.unwrap().path()).unwrap();
        file.set_modified(then).unwrap();
    }
    bench.restart();
    bench.refused(FilesEffect::Read { id: ID, offset: 0 }, Code::NoSuchFile); // so the worker has begun
    assert_eq!((bench.remembered(), bench.saved().len()), (0, 0));
}

#[test]
fn what_a_killed_program_had_begun_to_write_is_thrown_away() {
    let mut bench = Bench::new();
    bench.prepared(&bench.file("a", b"hello"), true);
    std::fs::write(bench.dir.path().join("files/.tmp5gHk3z"), b"half a key").unwrap();
    assert_eq!(bench.remembered(), 2);
    bench.restart();
    bench.piece(0); // so the worker has begun
    assert_eq!(bench.remembered(), 1);
}

#[cfg(unix)]
#[test]
fn what_is_remembered_only_its_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.prepared(&bench.file("a", b"hello"), true);
    let dir = bench.dir.path().join("files");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for entry in std::fs::read_dir(&dir).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[test]
fn what_was_sent_is_forgotten_and_its_key_with_it() {
    let bench = Bench::new();
    let path = bench.file("a", &bytes(100_000));
    bench.prepared(&path, true);
    bench.piece(0);
    assert_eq!(bench.remembered(), 1);
    bench.send(FilesEffect::Sent(ID));
    bench.refused(FilesEffect::Read { id: ID, offset: 0 }, Code::NoSuchFile);
    assert_eq!(bench.remembered(), 0);
}

#[test]
fn with_the_account_everything_unfinished_goes_and_finished_files_stay() {
    let bench = Bench::new();
    let (_, info, stored) = sent(true);
    bench.opened(&info, "a");
    saved(bench.write(&stored));
    bench.opened(&info, "b");
    written(bench.write(&stored[..70_000]));
    bench.prepared(&bench.file("c", b"to be sent"), true);
    bench.send(FilesEffect::Forget);
    bench.refused(FilesEffect::Read { id: ID, offset: 0 }, Code::NoSuchFile); // by now it is done
    assert_eq!(bench.remembered(), 0);
    assert_eq!(bench.saved(), ["a"]);
}
