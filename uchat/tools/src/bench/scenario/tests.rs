#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

use super::*;
use crate::bench::LogIn;
use std::time::Duration;
use uchat_protocol::channel::Transport;

fn plan(scenario: Scenario) -> Plan {
    Plan {
        scenario,
        server: ([127, 0, 0, 1], 1).into(),
        server_name: "localhost".parse().unwrap(),
        transport: Transport::Signed,
        pinned_ca: None,
        access_key: None,
        log_in: LogIn::Token,
        users: 2,
        time: Duration::ZERO,
        size: 200,
        window: 1,
        server_pid: None,
    }
}

#[test]
fn a_plan_that_makes_no_sense_is_refused_with_the_rule() {
    let cases = [
        (Plan { users: 0, ..plan(Scenario::Idle) }, "1 users or more, not 0"),
        (Plan { users: 1, ..plan(Scenario::Room) }, "2 users or more, not 1"),
        (Plan { window: 0, ..plan(Scenario::Direct) }, "window of 0"),
        (Plan { size: 47, ..plan(Scenario::Direct) }, "48 to"),
        (Plan { size: limits::TEXT + 1, ..plan(Scenario::Direct) }, "48 to"),
        (Plan { users: usize::MAX >> 8, ..plan(Scenario::Connect) }, "descriptors"),
    ];
    for (plan, part) in cases {
        let error = check(&plan).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    check(&plan(Scenario::Offline)).unwrap();
}
