//! All four operations on files: one has no meaning without the others.

use super::*;
use crate::handlers::tests::people::{People, code, refused};
use crate::handlers::{file_begin, file_cancel, file_get};
use crate::store::files::{self, cost, used};
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime};
use uchat_protocol::FileName;
use uchat_protocol::request::{FileBegin, FileCancel, FileGet};

const NAME: FileName = FileName([0xab; 16]);

/// People 1 and 2 are friends, all three are in a room, and there is a folder.
struct World {
    people: People,
    room: u64,
    files: FileStore,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let people = People::two_friends();
        let room = people.room(&[1, 2, 3]);
        let folder = tempfile::tempdir().unwrap();
        Self { people, room, files: FileStore::open(folder.path()).unwrap(), _folder: folder }
    }

    fn begin(&self, user: u64, request: FileBegin) -> Handled {
        self.people.ask(user, |tx, caller, out| file_begin::handle(tx, caller, request, &self.files, out)).0
    }

    fn put(&self, user: u64, offset: u64, data: &[u8]) -> Handled {
        let request = FilePut { name: NAME, offset, data: data.to_vec().into() };
        self.people.ask(user, |tx, caller, out| handle(tx, caller, request, &self.files, out)).0
    }

    fn get(&self, user: u64, offset: u64, length: u32) -> Handled {
        let request = FileGet { name: NAME, offset, length };
        self.people.ask(user, |tx, caller, out| file_get::handle(tx, caller, request, &self.files, out)).0
    }

    fn cancel(&self, user: u64) -> Handled {
        let request = FileCancel { name: NAME };
        self.people.ask(user, |tx, caller, out| file_cancel::handle(tx, caller, request, &self.files, out)).0
    }

    /// User 1 puts this file for a target.
    fn put_whole(&self, target: (u8, u64), data: &[u8]) {
        offset(self.begin(1, announce(target, data)));
        for (at, piece) in data.chunks(limits::FILE_PUT).enumerate() {
            offset(self.put(1, (at * limits::FILE_PUT) as u64, piece));
        }
    }
}

/// What a server does at its start, and twice a day.
fn sweep(db: &Connection, files: &FileStore, now: SystemTime) -> Result<(), crate::handler::Failure> {
    let gone = files::sweep(db, files, now)?;
    files::forget(db, files, &gone)
}

fn announce(target: (u8, u64), data: &[u8]) -> FileBegin {
    let sha256: [u8; 32] = Sha256::digest(data).into();
    let (target_type, target_id) = target;
    FileBegin { name: NAME, size: data.len() as u64, sha256: sha256.into(), target_type, target_id }
}

fn offset(handled: Handled) -> u64 {
    let Ok(Reply::Done(Done { offset: Some(offset), .. })) = handled else { panic!("{handled:?}") };
    offset
}

fn data(handled: Handled) -> Vec<u8> {
    let Ok(Reply::Done(Done { data: Some(data), .. })) = handled else { panic!("{handled:?}") };
    data.into_vec()
}

#[test]
fn a_file_goes_to_the_server_in_pieces_and_to_the_friend_in_pieces() {
    let world = World::new();
    let bytes: Vec<u8> = (0..limits::FILE_PUT + 100).map(|at| at as u8).collect();
    world.put_whole((0, 2), &bytes);
    for user in [1, 2] {
        assert_eq!(data(world.get(user, 0, u32::MAX)), &bytes[..limits::FILE_PUT]);
        assert_eq!(data(world.get(user, limits::FILE_PUT as u64, u32::MAX)), &bytes[limits::FILE_PUT..]);
        assert_eq!(data(world.get(user, 5, 3)), [5, 6, 7]);
        assert!(data(world.get(user, bytes.len() as u64, 10)).is_empty());
    }
    assert_eq!(code(world.get(3, 0, 10)), Code::NoSuchFile);
    for behind in [bytes.len() as u64 + 1, i64::MAX as u64 + 1, u64::MAX] {
        assert_eq!(refused(world.get(2, behind, 1)).field.as_deref(), Some("offset"));
    }
}

#[test]
fn a_file_for_a_room_is_for_its_members_of_now() {
    let world = World::new();
    world.put_whole((1, world.room), b"hello");
    assert_eq!(data(world.get(3, 0, 5)), b"hello");
    world.people.leave(world.room, 3);
    assert_eq!(code(world.get(3, 0, 5)), Code::NoSuchFile);
    world.people.leave(world.room, 1);
    assert_eq!(data(world.get(1, 0, 5)), b"hello", "who has put it keeps it");
}

#[test]
fn a_file_that_was_cut_off_goes_on_where_it_was() {
    let world = World::new();
    let announced = || announce((0, 2), b"hello");
    assert_eq!(offset(world.begin(1, announced())), 0);
    assert_eq!(offset(world.put(1, 0, b"hel")), 3);
    assert_eq!(code(world.get(2, 0, 5)), Code::NoSuchFile, "not complete");
    assert_eq!(offset(world.begin(1, announced())), 3);
    for wrong in [0, 2, 4, u64::MAX] {
        let refusal = refused(world.put(1, wrong, b"lo"));
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::FileMismatch, Some("offset")));
        assert!(refusal.text.contains("go on from 3"), "{refusal}");
    }
    assert_eq!(offset(world.put(1, 3, b"lo")), 5);
    assert_eq!(offset(world.begin(1, announced())), 5, "complete");
    assert!(refused(world.put(1, 3, b"lo")).text.contains("go on from 5"));
    assert_eq!(world.people.count("files"), 1);
}

#[test]
fn a_name_is_for_one_file_of_one_user() {
    let world = World::new();
    offset(world.begin(1, announce((0, 2), b"hello")));
    for other in
        [announce((0, 2), b"jello"), announce((0, 2), b"hello!"), announce((1, world.room), b"hello")]
    {
        assert_eq!(code(world.begin(1, other)), Code::FileMismatch);
    }
    assert_eq!(code(world.begin(2, announce((0, 1), b"hello"))), Code::FileMismatch);
    assert_eq!(code(world.put(2, 0, b"hello")), Code::NoSuchFile);
    assert_eq!(code(world.cancel(2)), Code::NoSuchFile);
    assert_eq!(offset(world.put(1, 0, b"hello")), 5);
}

#[test]
fn wrong_bytes_are_refused_at_the_end_and_the_file_can_begin_again() {
    let world = World::new();
    offset(world.begin(1, announce((0, 2), b"hello")));
    assert_eq!(code(world.put(1, 0, b"jello")), Code::FileMismatch);
    assert_eq!(code(world.put(1, 0, b"hello")), Code::FileMismatch, "nothing is left");
    assert_eq!(offset(world.begin(1, announce((0, 2), b"hello"))), 0);
    assert_eq!(code(world.put(1, 0, b"hello!")), Code::FileMismatch, "longer than announced");
    assert_eq!(offset(world.put(1, 0, b"hello")), 5);
    assert_eq!(data(world.get(2, 0, 9)), b"hello");
}

#[test]
fn an_empty_file_is_complete_at_once() {
    let world = World::new();
    let wrong = FileBegin { sha256: [1; 32].into(), ..announce((0, 2), b"") };
    assert_eq!(code(world.begin(1, wrong)), Code::FileMismatch);
    assert_eq!(world.people.count("files"), 0);
    for _ in 0..2 {
        assert_eq!(offset(world.begin(1, announce((0, 2), b""))), 0);
    }
    assert!(data(world.get(2, 0, 1)).is_empty());
    // The row was lost with its batch, the disk was full; the client tries again.
    world.people.db.execute("DELETE FROM files", []).unwrap();
    assert_eq!(offset(world.begin(1, announce((0, 2), b""))), 0);
    assert!(data(world.get(2, 0, 1)).is_empty());
}

#[test]
fn pieces_are_neither_empty_nor_too_long() {
    let world = World::new();
    let bytes = vec![0; limits::FILE_PUT + 1];
    offset(world.begin(1, announce((0, 2), &bytes)));
    assert_eq!(code(world.put(1, 0, b"")), Code::BadField);
    assert_eq!(code(world.put(1, 0, &bytes)), Code::TooLong);
    assert_eq!(offset(world.put(1, 0, &bytes[1..])), limits::FILE_PUT as u64);
}

#[test]
fn what_was_never_begun_is_no_file() {
    let world = World::new();
    assert_eq!(code(world.put(1, 0, b"x")), Code::NoSuchFile);
    assert_eq!(code(world.get(1, 0, 1)), Code::NoSuchFile);
    assert_eq!(code(world.cancel(1)), Code::NoSuchFile);
}

#[test]
fn who_may_not_speak_there_may_put_no_file_there() {
    let world = World::new();
    world.people.leave(world.room, 3);
    for (user, target, expected) in [
        (1, (0, 3), Code::NotFriends),
        (1, (0, u64::MAX), Code::NoSuchUser),
        (1, (1, u64::MAX), Code::NoSuchRoom),
        (3, (1, world.room), Code::NotInRoom),
        (1, (2, 2), Code::BadField),
    ] {
        assert_eq!(code(world.begin(user, announce(target, b"x"))), expected);
    }
    assert_eq!(world.people.count("files"), 0);
}

#[test]
fn a_file_has_a_limit_and_a_user_a_quota() {
    let mut world = World::new();
    world.people.rules.file_limit = 10_000;
    world.people.rules.file_quota = 2 * cost(1) + 10_000;
    let file = |name, size| FileBegin { name: FileName([name; 16]), size, ..announce((0, 2), b"") };
    for size in [10_001, i64::MAX as u64, u64::MAX] {
        assert_eq!(code(world.begin(1, file(1, size))), Code::FileTooLarge, "{size}");
    }
    offset(world.begin(1, file(1, 10_000)));
    offset(world.begin(1, file(2, 1)));
    offset(world.begin(1, file(3, 1)));
    assert_eq!(used(&world.people.db, 1).unwrap(), world.people.rules.file_quota);
    assert_eq!(code(world.begin(1, file(4, 1))), Code::NoSpace);
    offset(world.begin(1, file(3, 1))); // is counted already
    offset(world.begin(2, FileBegin { target_id: 1, ..file(5, 1) })); // somebody else's

    world.people.rules.file_limit = u64::MAX;
    world.people.rules.file_quota = u64::MAX;
    assert_eq!(code(world.begin(1, file(6, u64::MAX))), Code::FileTooLarge);
    assert_eq!(
        code(world.begin(1, file(6, i64::MAX as u64))),
        Code::NoSpace,
        "all together must be a number"
    );
}

#[test]
fn cancelling_gives_the_quota_back_but_a_complete_file_stays() {
    let world = World::new();
    offset(world.begin(1, announce((0, 2), b"hello")));
    offset(world.put(1, 0, b"hel"));
    world.cancel(1).unwrap();
    assert_eq!((used(&world.people.db, 1).unwrap(), world.files.have(NAME).unwrap()), (0, Have::Nothing));
    world.put_whole((0, 2), b"hello");
    assert_eq!(code(world.cancel(1)), Code::FileMismatch);
    assert_eq!(data(world.get(2, 0, 5)), b"hello");
}

#[test]
fn what_lies_in_the_folder_unannounced_is_not_taken_for_the_file() {
    let world = World::new();
    world.put_whole((0, 2), b"hello");
    world.people.db.execute("DELETE FROM files", []).unwrap();
    assert_eq!(code(world.begin(2, announce((0, 1), b"hello"))), Code::FileMismatch);

    let other = FileName([1; 16]);
    world.files.begin(other).unwrap();
    world.files.put(other, 0, b"jel", 5, &[0; 32]).unwrap();
    let begun = world.begin(1, FileBegin { name: other, ..announce((0, 2), b"hello") });
    assert_eq!(offset(begun), 0);
    assert_eq!(world.files.have(other).unwrap(), Have::Part(0));
}

#[test]
fn from_time_to_time_old_parts_go_and_their_names_with_them() {
    let world = World::new();
    world.put_whole((0, 2), b"hello");
    let part = FileName([1; 16]);
    offset(world.begin(1, FileBegin { name: part, ..announce((0, 2), b"other") }));
    let db = &world.people.db;
    sweep(db, &world.files, SystemTime::now()).unwrap();
    assert_eq!(world.people.count("files"), 2);
    sweep(db, &world.files, SystemTime::now() + Duration::from_secs(8 * 24 * 3600)).unwrap();
    assert_eq!((world.people.count("files"), world.files.have(part).unwrap()), (1, Have::Nothing));
    assert_eq!(data(world.get(2, 0, 5)), b"hello");
}

#[test]
fn from_time_to_time_files_go_that_nobody_can_ask_for_any_more() {
    let world = World::new();
    let db = &world.people.db;
    let left = |user: u64| {
        sweep(db, &world.files, SystemTime::now()).unwrap();
        let is_there = world.files.have(NAME).unwrap() == Have::Complete;
        assert_eq!(world.people.count("files"), u64::from(is_there));
        assert_eq!(world.get(user, 0, 5).is_ok(), is_there);
        is_there
    };
    let delete = |user: u64| db.execute("UPDATE users SET deleted = 1 WHERE id = ?1", [user]).unwrap();
    // In a room it stays as long as there are members, whoever has put it.
    world.put_whole((1, world.room), b"hello");
    delete(1);
    assert!(left(2));
    db.execute("DELETE FROM room_user", []).unwrap();
    db.execute("DELETE FROM rooms", []).unwrap();
    assert!(!left(2));

    // Between friends it stays as long as one of the two can ask.
    for (first, second) in [(1, 2), (2, 1)] {
        db.execute("UPDATE users SET deleted = 0", []).unwrap();
        world.put_whole((0, 2), b"hello");
        delete(first);
        assert!(left(second), "{second} is still there");
        delete(second);
        assert!(!left(second));
    }
}

#[test]
fn from_time_to_time_the_unfinished_files_of_a_deleted_account_go() {
    let world = World::new();
    offset(world.begin(1, announce((0, 2), b"hello")));
    let db = &world.people.db;
    sweep(db, &world.files, SystemTime::now()).unwrap();
    assert_eq!(world.files.have(NAME).unwrap(), Have::Part(0));
    db.execute("UPDATE users SET deleted = 1 WHERE id = 1", []).unwrap();
    sweep(db, &world.files, SystemTime::now()).unwrap();
    assert_eq!((world.files.have(NAME).unwrap(), world.people.count("files")), (Have::Nothing, 0));
}

#[test]
fn a_full_disk_is_told_as_such_and_nothing_else_is() {
    let failed = |kind: std::io::ErrorKind| files::failed(kind.into());
    for kind in [std::io::ErrorKind::StorageFull, std::io::ErrorKind::QuotaExceeded] {
        let told = refused(Err(failed(kind)));
        assert_eq!(
            (told.code, told.retry_after),
            (Code::NoSpace, Some(5_000)),
            "a client waits, then goes on"
        );
    }
    let other = failed(std::io::ErrorKind::PermissionDenied);
    assert!(matches!(other, crate::handler::Failure::Files(_)), "{other}");
}

#[test]
fn a_file_that_is_begun_anew_meanwhile_is_not_forgotten() {
    let world = World::new();
    offset(world.begin(1, announce((0, 2), b"hello")));
    world.files.cancel(NAME).unwrap();
    let db = &world.people.db;
    let gone = files::sweep(db, &world.files, SystemTime::now()).unwrap();
    assert_eq!(gone, [NAME]);
    offset(world.begin(1, announce((0, 2), b"hello")));
    files::forget(db, &world.files, &gone).unwrap();
    assert_eq!(offset(world.put(1, 0, b"hello")), 5);
}
