use super::*;

const NAME: FileName = FileName([0xab; 16]);

fn store() -> (tempfile::TempDir, FileStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::open(&folder.path().join("files")).unwrap();
    (folder, store)
}

fn names(store: &FileStore) -> Vec<String> {
    let entries = fs::read_dir(&store.folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

#[test]
fn a_file_grows_piece_by_piece_and_is_then_read() {
    let (_folder, store) = store();
    let digest = sha256(b"hello");
    assert_eq!(store.have(NAME).unwrap(), Have::Nothing);
    store.begin(NAME).unwrap();
    assert_eq!(names(&store), [format!("{}.part", "ab".repeat(16))]);
    assert_eq!(store.put(NAME, 0, b"hel", 5, &digest).unwrap(), Put::Written(3));
    assert_eq!(store.have(NAME).unwrap(), Have::Part(3));
    assert_eq!(store.put(NAME, 3, b"lo", 5, &digest).unwrap(), Put::Written(5));
    assert_eq!(store.have(NAME).unwrap(), Have::Complete);
    assert_eq!(names(&store), ["ab".repeat(16)]);
    for (offset, length, expected) in
        [(0, 5, "hello"), (1, 2, "el"), (3, 100, "lo"), (5, 5, ""), (6, 5, ""), (u64::MAX, 5, ""), (0, 0, "")]
    {
        assert_eq!(store.get(NAME, offset, length).unwrap(), expected.as_bytes(), "{offset} {length}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_but_the_owner_of_the_folder_can_read_a_file() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, store) = store();
    store.begin(NAME).unwrap();
    assert_eq!(fs::metadata(store.part(NAME)).unwrap().permissions().mode() & 0o777, 0o600);
    store.put(NAME, 0, b"x", 1, &sha256(b"x")).unwrap();
    assert_eq!(fs::metadata(store.whole(NAME)).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_piece_at_another_place_changes_nothing() {
    let (_folder, store) = store();
    let digest = sha256(b"hello");
    store.begin(NAME).unwrap();
    store.put(NAME, 0, b"hel", 5, &digest).unwrap();
    for offset in [0, 2, 4, u64::MAX] {
        assert_eq!(store.put(NAME, offset, b"lo", 5, &digest).unwrap(), Put::Elsewhere(3));
    }
    assert_eq!(store.put(NAME, 3, b"lo!", 5, &digest).unwrap(), Put::TooMuch);
    assert_eq!(store.put(NAME, 3, b"lo", 5, &digest).unwrap(), Put::Written(5));
}

#[test]
fn wrong_bytes_are_thrown_away_when_the_file_is_whole() {
    let (_folder, store) = store();
    store.begin(NAME).unwrap();
    assert_eq!(store.put(NAME, 0, b"jello", 5, &sha256(b"hello")).unwrap(), Put::WrongDigest);
    assert_eq!((store.have(NAME).unwrap(), names(&store).len()), (Have::Nothing, 0));
    assert_eq!(store.put(NAME, 0, b"x", 5, &[0; 32]).unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn a_file_goes_on_after_a_restart() {
    let (_folder, store) = store();
    let data = vec![3; 2 * READ + 1];
    let (size, digest) = (data.len() as u64, sha256(&data));
    let half = data.len() / 2;
    store.begin(NAME).unwrap();
    store.put(NAME, 0, &data[..half], size, &digest).unwrap();
    let again = FileStore::open(&store.folder).unwrap();
    assert_eq!(again.have(NAME).unwrap(), Have::Part(half as u64));
    assert_eq!(again.put(NAME, half as u64, &data[half..], size, &digest).unwrap(), Put::Written(size));
    assert_eq!(again.get(NAME, 0, data.len()).unwrap(), data);
}

#[test]
fn a_digest_that_covers_something_else_is_not_used() {
    let (_folder, store) = store();
    store.begin(NAME).unwrap();
    store.put(NAME, 0, b"hel", 5, &[0; 32]).unwrap();
    // Somebody cut the file behind our back.
    fs::write(store.part(NAME), b"he").unwrap();
    assert_eq!(store.put(NAME, 2, b"llo", 5, &sha256(b"hello")).unwrap(), Put::Written(5));
}

#[test]
fn what_one_connection_changes_no_other_changes_at_the_same_time() {
    let (_folder, store) = store();
    store.begin(NAME).unwrap();
    store.put(NAME, 0, b"hel", 5, &[0; 32]).unwrap();
    let held = store.hold(NAME).unwrap(); // as while a piece is written
    assert!(is_busy(&store.put(NAME, 3, b"lo", 5, &[0; 32]).unwrap_err()));
    assert!(is_busy(&store.begin(NAME).unwrap_err()), "it would be cut to nothing");
    assert!(is_busy(&store.cancel(NAME).unwrap_err()));
    assert_eq!(store.have(NAME).unwrap(), Have::Part(3), "who only looks need not wait");
    drop(held);
    assert_eq!(store.put(NAME, 3, b"lo", 5, &sha256(b"hello")).unwrap(), Put::Written(5));
    assert!(store.all_held().is_empty());
}

#[test]
fn what_has_become_complete_is_neither_begun_nor_cancelled() {
    let (_folder, store) = store();
    store.begin(NAME).unwrap();
    store.put(NAME, 0, b"hello", 5, &sha256(b"hello")).unwrap();
    // Who has looked a moment ago still believes that there is a part.
    assert!(is_busy(&store.begin(NAME).unwrap_err()));
    store.cancel(NAME).unwrap();
    assert_eq!(store.get(NAME, 0, 9).unwrap(), b"hello");
    assert_eq!(names(&store).len(), 1);
}

#[test]
fn cancelling_removes_the_part_and_may_be_repeated() {
    let (_folder, store) = store();
    store.begin(NAME).unwrap();
    store.put(NAME, 0, b"x", 5, &[0; 32]).unwrap();
    store.cancel(NAME).unwrap();
    store.cancel(NAME).unwrap();
    assert_eq!(names(&store).len(), 0);
    assert_eq!(store.lock().len(), 0);
}

#[test]
fn the_digests_that_are_kept_are_bounded() {
    let (_folder, store) = store();
    for number in 0..=MOST_DIGESTS as u128 {
        store.remember(FileName(number.to_be_bytes()), 0, Sha256::new());
    }
    assert!(store.lock().len() <= MOST_DIGESTS);
}

#[test]
fn only_parts_of_ours_that_are_a_week_old_are_swept_away() {
    let (_folder, store) = store();
    let now = SystemTime::now();
    let old = now - PATIENCE - Duration::from_secs(60);
    let touch = |name: &str, time| File::create(store.folder.join(name)).unwrap().set_modified(time).unwrap();
    let (ours, whole) = ("01".repeat(16) + PART, "02".repeat(16));
    let young = "03".repeat(16) + PART;
    for name in [&ours, &whole, "notes.part", "0102.part"] {
        touch(name, old);
    }
    touch(&young, now - PATIENCE + Duration::from_secs(60));
    store.sweep(now).unwrap();
    let mut left = names(&store);
    left.sort();
    assert_eq!(left, ["0102.part".to_owned(), whole, young, "notes.part".to_owned()]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_as_such() {
    let (_folder, store) = store();
    std::os::unix::fs::symlink("/dev/full", store.part(NAME)).unwrap();
    let error = store.put(NAME, 0, b"hello", 5, &sha256(b"hello")).unwrap_err();
    assert!(is_full(&error), "{error}");
}
