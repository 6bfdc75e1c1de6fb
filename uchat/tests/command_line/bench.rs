//! The load generator against a server: every scenario ends, and counts what it should.

use crate::home::Home;
use serde_json::Value;

/// The line that a scenario prints.
fn measured(home: &Home, base: &[&str], scenario: &[&str]) -> Value {
    let fixed = ["--users", "4", "--seconds", "1"];
    let output = home.done(&[base, &["bench"], scenario, &fixed].concat());
    let report: Value = serde_json::from_str(&output).unwrap();
    assert_eq!((&report["lost"], &report["repeated"]), (&0.into(), &0.into()), "{report}");
    report
}

#[test]
fn every_scenario_counts_what_arrives_and_loses_nothing() {
    let home = Home::new();
    home.done(&["bench", "prepare", "--data", "load", "--users", "4"]);
    let (server, address) = home.server(&["--data", "load", "--no-echo"]);
    let (address, pid) = (address.to_string(), server.id().to_string());
    let base = ["--server", &address, "--ca", "load/ca.pem", "--access-key-file", "load/access.key"];
    for (scenario, count) in [
        (&["connect"][..], Some(4)),
        (&["idle"], Some(4)),
        (&["direct"], None),
        (&["paced", "--window", "5"], None),
        (&["room"], None),
        (&["offline", "--window", "100"], Some(100)),
        (&["connect", "--password"], Some(4)), // last, as it ends the sessions of the tokens
    ] {
        let report = measured(&home, &base, scenario);
        let counted = report["count"].as_u64().unwrap();
        assert!(count.map_or(counted > 0, |count| counted == count), "{scenario:?}: {report}");
    }
    if cfg!(target_os = "linux") {
        let report = measured(&home, &base, &["connect", "--password", "--server-pid", &pid]);
        assert!(report["server_cpu_us"].is_number(), "{report}");
    }
}

#[test]
fn lessons_are_measured_as_well() {
    let home = Home::new();
    home.done(&["--lesson", "4", "bench", "prepare", "--data", "load", "--users", "4"]);
    let (_server, address) = home.server(&["--lesson", "4", "--data", "load", "--no-echo"]);
    let key = home.path("load/lessons/4/access.key");
    let base =
        ["--lesson", "4", "--server", &address.to_string(), "--access-key-file", key.to_str().unwrap()];
    for scenario in ["direct", "room", "offline"] {
        assert!(measured(&home, &base, &[scenario])["count"].as_u64() > Some(0), "{scenario}");
    }
}

#[test]
fn a_plan_that_makes_no_sense_is_wrong_usage() {
    let home = Home::new();
    let (_server, address) = home.server(&["--no-echo"]);
    let ended = home.run(&["bench", "direct", "--server", &address.to_string(), "--users", "0"]);
    assert_eq!(ended.status.code(), Some(2), "{}", ended.errors);
    assert!(ended.errors.contains("2 users or more"), "{}", ended.errors);
    let ended = home.run(&["bench", "direct", "--server", "127.0.0.1:1"]);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("cannot reach 127.0.0.1:1: nobody listens there"), "{}", ended.errors);
}
