//! What cannot be seen from outside: pushes in a quantity that no client may cause alone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails here has failed")]

use super::common::{Running, config};
use crate::handler::Outbox;
use crate::store::Deliver;
use uchat_protocol::{Code, Push};

/// Messages of 64 KiB.
const SENT: usize = 400;

#[test]
fn a_slow_reader_holds_nobody_up_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let (mut slow, slow_one) = running.user("slow");
    let (mut quick, quick_one) = running.user("quick");
    let bus = &running.server().shared.bus;
    let text = "x".repeat(64 << 10);
    // The sockets take some, the mailbox 4 MiB; quick reads each before the next comes.
    for _ in 0..SENT {
        let mut out = Outbox::default();
        out.tell_all(vec![slow_one.id, quick_one.id], Push::GeneralMsg(text.clone()));
        bus.deliver(out);
        assert_eq!(quick.push().unwrap(), Push::GeneralMsg(text.clone()));
    }
    // Once it reads, it hears why there is no more.
    let mut received = 0;
    let reason = loop {
        match slow.push().unwrap() {
            Push::ServerKick(reason) => break reason.code,
            _ => received += 1,
        }
    };
    assert_eq!(reason, Code::TooSlow);
    assert!(received < SENT, "{received}");
    assert!(slow.receive().is_err());
    assert!(quick.echo("still here"));
    running.stop();
}
