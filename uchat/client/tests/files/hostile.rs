//! Files that are not what was announced, and names that lead elsewhere: nothing is saved, nothing is overwritten.

use crate::bench::{Bench, ID, bytes, saved, written};
use uchat_client::core::{FilesEffect, FilesEvent};
use uchat_protocol::Code;
use uchat_protocol::content::FileInfo;
use uchat_protocol::e2e::file::STORED_PIECE;

fn sent(size: usize, encrypted: bool) -> (FileInfo, Vec<u8>) {
    let bench = Bench::new();
    let info = bench.prepared(&bench.file("a", &bytes(size)), encrypted).file.unwrap();
    let stored = bench.upload(&info);
    (info, stored)
}

/// What comes does not fit: it is refused, and nothing is left.
fn misfits(info: &FileInfo, stored: &[u8]) -> String {
    let bench = Bench::new();
    bench.opened(info, "a");
    let text = bench.refused(FilesEffect::Write { id: ID, data: stored.to_vec() }, Code::FileMismatch);
    assert!(bench.saved().is_empty(), "{:?}", bench.saved());
    assert_eq!(bench.remembered(), 0);
    text
}

#[test]
fn a_changed_byte_is_found_in_the_piece_in_which_it_is() {
    let (info, stored) = sent(100_000, true);
    for at in [0, 4, 5, 21, 53, 65_588, 65_589, 65_700, stored.len() - 1] {
        let mut wrong = stored.clone();
        wrong[at] ^= 1;
        let piece = at as u64 / STORED_PIECE;
        let text = misfits(&info, &wrong);
        assert!(
            text.starts_with(&format!("piece {piece} of the file is not what its sender has sent")),
            "{text}"
        );
    }
}

#[test]
fn pieces_in_another_order_or_of_another_file_are_refused() {
    let (info, stored) = sent(131_072, true);
    let (one, other) = stored.split_at(STORED_PIECE as usize);
    misfits(&info, &[other, one].concat());
    misfits(&info, &[one, one].concat());
    let (_, another) = sent(131_072, true);
    misfits(&info, &another);
}

#[test]
fn a_file_without_a_key_is_checked_by_its_digest() {
    let (info, mut stored) = sent(100_000, false);
    stored[99_999] ^= 1;
    let text = misfits(&info, &stored);
    assert!(text.contains("SHA-256"), "{text}");
}

#[test]
fn a_digest_that_was_told_wrong_is_found_out_even_if_every_piece_opens() {
    let (mut info, stored) = sent(100_000, true);
    info.sha256[0] ^= 1;
    misfits(&info, &stored);
    let (mut info, _) = sent(0, true);
    info.sha256[0] ^= 1;
    misfits(&info, b"");
}

#[test]
fn more_than_was_announced_is_refused() {
    for encrypted in [true, false] {
        let (info, stored) = sent(100_000, encrypted);
        let text = misfits(&info, &[&stored[..], b"x"].concat());
        assert!(text.contains("more bytes came"), "{text}");
    }
}

#[test]
fn sizes_that_contradict_each_other_are_refused() {
    let (info, _) = sent(100_000, true);
    let (plain, _) = sent(100_000, false);
    for (size, stored, of) in [
        (100_001, info.stored, &info),
        (100_000, 100_000, &info),
        (0, info.stored, &info),
        (u64::MAX, u64::MAX - 1, &info),
        (99_999, 100_000, &plain),
    ] {
        let bench = Bench::new();
        let wrong = FileInfo { size, stored, ..of.clone() };
        bench.refused(bench.open(&wrong, "a"), Code::FileMismatch);
        assert!(bench.saved().is_empty());
    }
}

#[test]
fn an_announced_exabyte_takes_no_space() {
    let (info, stored) = sent(100_000, false);
    let bench = Bench::new();
    let huge = FileInfo { size: 1 << 60, stored: 1 << 60, ..info };
    assert_eq!(bench.opened(&huge, "a"), 0);
    assert_eq!(written(bench.write(&stored)), 100_000);
    let part = bench.folder().join(&bench.saved()[0]);
    assert!(part.metadata().unwrap().len() <= 100_000);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let (info, stored) = sent(10, true);
    for (said, expected) in [
        ("../../outside.txt", "outside.txt"),
        ("/etc/passwd", "passwd"),
        (r"..\..\boot.ini", "boot.ini"),
        (".bashrc", "bashrc"),
        ("..", "file"),
        ("", "file"),
        (&"x".repeat(300), "file"),
        ("a\nb\u{202e}gpj.exe", "a_b_gpj.exe"),
        ("con.txt", "_con.txt"),
    ] {
        let bench = Bench::new();
        bench.opened(&info, said);
        let path = saved(bench.write(&stored));
        assert_eq!(bench.saved(), [expected], "{said:?}");
        assert_eq!(std::path::Path::new(&path), bench.folder().join(expected));
    }
}

#[test]
fn a_file_that_is_there_is_never_touched() {
    let (info, stored) = sent(10, true);
    let bench = Bench::new();
    std::fs::create_dir(bench.folder()).unwrap();
    std::fs::write(bench.folder().join("a.txt"), b"mine").unwrap();
    std::fs::create_dir(bench.folder().join("a (2).txt")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(bench.dir.path().join("nowhere"), bench.folder().join("a (3).txt")).unwrap();
    #[cfg(not(unix))]
    std::fs::write(bench.folder().join("a (3).txt"), b"mine").unwrap();
    bench.opened(&info, "a.txt");
    let path = saved(bench.write(&stored));
    assert!(path.ends_with("a (4).txt"), "{path}");
    assert_eq!(std::fs::read(bench.folder().join("a.txt")).unwrap(), b"mine");
    assert!(!bench.dir.path().join("nowhere").exists());
    assert_eq!(std::fs::read(path).unwrap(), bytes(10));
}

#[test]
fn a_folder_that_cannot_be_is_refused() {
    let (info, _) = sent(10, true);
    let bench = Bench::new();
    std::fs::write(bench.folder(), b"a file").unwrap();
    let text = bench.refused(bench.open(&info, "a"), Code::FileUnwritable);
    assert!(text.contains("saved\" cannot be written"), "{text}");
    assert_eq!(std::fs::read(bench.folder()).unwrap(), b"a file");
}

#[test]
fn a_folder_that_vanishes_is_refused_and_all_can_begin_anew() {
    let (info, stored) = sent(100_000, true);
    let bench = Bench::new();
    bench.opened(&info, "a");
    bench.write(&stored[..70_000]);
    std::fs::remove_dir_all(bench.folder()).unwrap();
    let failed = bench.write(&stored[70_000..]);
    assert!(matches!(failed, FilesEvent::Failed { ref refusal, .. } if refusal.code == Code::FileUnwritable));
    assert_eq!(bench.opened(&info, "a"), 0);
    saved(bench.write(&stored));
}
