//! Time-outs. The clock is an argument of a connection's step, so nobody waits.
#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

use super::*;
use crate::mailbox::Ticket;
use crate::order::SendOrder;
use crate::server::common::{Running, config};
use bytes::Bytes;
use std::sync::PoisonError;
use std::time::SystemTime;
use tokio::net::TcpSocket;
use uchat_protocol::Operation;
use uchat_protocol::channel::Event;

/// A server on lesson 1, where a channel is open at once.
fn server() -> (tempfile::TempDir, Running) {
    let folder = tempfile::tempdir().unwrap();
    let config = crate::Config { lesson: Some(1), ..config(folder.path()) };
    (folder, Running::start(config).unwrap())
}

/// A connection that nobody runs, and its other end. Between them there is room for a few KiB.
async fn connection(running: &Running) -> (Connection, TcpStream) {
    let socket = || {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(SMALL).unwrap();
        socket.set_recv_buffer_size(SMALL).unwrap();
        socket
    };
    let listener = socket();
    listener.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = listener.listen(1).unwrap();
    let client = socket().connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, address) = listener.accept().await.unwrap();
    stream.writable().await.unwrap();
    let shared = Arc::clone(&running.server().shared);
    let setup = Arc::clone(&shared.setup.read().unwrap_or_else(PoisonError::into_inner));
    let mut random = shared.random();
    let mut channel = Channel::server(&setup, SystemTime::now(), Instant::now(), &mut random).unwrap();
    assert_eq!(channel.event(&mut random).unwrap(), Some(Event::Ready));
    (Connection::new(shared, stream, address, channel, Arc::default()), client)
}

/// Bytes, about, that the system keeps for one direction of a socket.
const SMALL: u32 = 8 << 10;

fn log_in(connection: &mut Connection) {
    connection.session = Some(Arc::new(Session {
        user: 1,
        name: "amy".into(),
        address: connection.address,
        generation: 1,
        mailbox: Arc::clone(&connection.mailbox),
        order: SendOrder::default(),
    }));
}

/// The code for which a step at this time ends the connection, if it does.
fn ended(connection: &mut Connection, at: Instant) -> Option<Code> {
    match connection.step(at).unwrap() {
        None => None,
        Some(End::Kicked(code)) => Some(code),
        Some(other) => unreachable!("{other}"),
    }
}

#[test]
fn who_says_nothing_is_sent_away_a_stranger_sooner() {
    let (_folder, running) = server();
    running.runtime.block_on(async {
        for (is_stranger, patience) in [(true, IDLE_STRANGER), (false, IDLE)] {
            let (mut connection, _client) = connection(&running).await;
            if !is_stranger {
                log_in(&mut connection);
            }
            let end = connection.heard + patience;
            assert_eq!(ended(&mut connection, end - Duration::from_millis(1)), None);
            assert!(connection.wake_at(connection.heard) <= end);
            assert_eq!(ended(&mut connection, end), Some(Code::Idle));
        }
    });
    running.stop();
}

#[test]
fn who_waits_for_an_answer_may_be_silent() {
    let (_folder, running) = server();
    running.runtime.block_on(async {
        let (mut connection, _client) = connection(&running).await;
        let end = connection.heard + IDLE_STRANGER;
        let ticket = Ticket::new(&connection.mailbox, Operation::FetchHistory);
        assert_eq!(ended(&mut connection, end), None);
        drop(ticket);
        assert_eq!(ended(&mut connection, end), Some(Code::Idle));
    });
    running.stop();
}

#[test]
fn who_does_not_read_is_cut_off() {
    let (_folder, running) = server();
    running.runtime.block_on(async {
        let (mut connection, _client) = connection(&running).await;
        log_in(&mut connection); // a stranger would be sent away for its silence
        let now = Instant::now();
        connection.mailbox.push(&Bytes::from(vec![0; 1 << 20]), false);
        assert_eq!(ended(&mut connection, now), None);
        let since = connection.output.since().unwrap();
        assert!(connection.wake_at(now) <= since + SLOWEST);
        assert_eq!(ended(&mut connection, since + SLOWEST - Duration::from_millis(1)), None);
        assert_eq!(ended(&mut connection, since + SLOWEST), None, "it may still hear why");
        assert_eq!(connection.mailbox.look().ended, Some(Code::TooSlow));
        assert_eq!(ended(&mut connection, since + SLOWEST + LAST_WRITES), Some(Code::TooSlow));
    });
    running.stop();
}
