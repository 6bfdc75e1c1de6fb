//! Start, stop, and start again.

use crate::common::{PASSWORD, Running, config};
use uchat_protocol::{Code, Refusal};
use uchat_server::{Config, OpenError, StartError};

#[test]
fn a_server_that_stops_says_so_and_the_next_one_knows_its_users() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let (mut amy, me) = running.user("amy");
    let mut stranger = running.client();
    let address = running.server().address();
    running.stop();
    assert_eq!(amy.kicked(), Code::ServerStopping);
    assert_eq!(stranger.kicked(), Code::ServerStopping);
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");

    let running = Running::start(config(folder.path())).unwrap();
    let again = running.client().login("amy", PASSWORD).unwrap();
    assert_eq!(again.id, me.id);
    running.stop();
}

#[test]
fn two_servers_never_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let second = Running::start(config(folder.path())).err().unwrap();
    assert!(matches!(second, StartError::InUse(_)), "{second}");
    running.stop();
    Running::start(config(folder.path())).unwrap().stop();
}

#[test]
fn of_two_servers_that_start_at_once_on_a_new_folder_one_runs_and_the_other_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let start = || Running::start(Config { lesson: None, ..config(folder.path()) });
    let both =
        std::thread::scope(|scope| [scope.spawn(start), scope.spawn(start)].map(|one| one.join().unwrap()));
    let mut running = None;
    for one in both {
        match one {
            Ok(server) => assert!(running.replace(server).is_none(), "both run"),
            Err(error) => assert!(matches!(error, StartError::InUse(_)), "{error}"),
        }
    }
    let running = running.unwrap();
    running.user("amy"); // with the keys that were made
    running.stop();
}

#[test]
fn a_newer_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    Running::start(config(folder.path())).unwrap().stop();
    let db = rusqlite::Connection::open(folder.path().join("lessons/4/uchat.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let error = Running::start(config(folder.path())).err().unwrap();
    assert!(matches!(error, StartError::Store(OpenError::Newer { found: 99, .. })), "{error}");
}

#[test]
fn lessons_keep_accounts_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    running.user("amy");
    running.stop();
    for lesson in [1, 6] {
        let running = Running::start(Config { lesson: Some(lesson), ..config(folder.path()) }).unwrap();
        let error: Refusal = running.client().login("amy", PASSWORD).unwrap_err();
        assert_eq!(error.code, Code::WrongLogin);
        running.stop();
    }
}

#[cfg(unix)]
#[test]
fn secrets_are_their_owners_and_an_invite_tells_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(Config { lesson: None, tls: Some(true), ..config(folder.path()) }).unwrap();
    for file in ["access.key", "ca.key", "server.key", "uchat.db"] {
        let mode = folder.path().join(file).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let invite = running.server().invite().unwrap();
    assert_eq!(Some(invite.ca), running.server().ca_fingerprint());
    assert_eq!(invite.access_key.unwrap().len(), 32);
    assert_eq!(invite.port, running.server().address().port());
    running.user("amy");
    running.stop();
}
