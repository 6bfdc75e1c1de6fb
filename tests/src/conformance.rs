//! The conformance kit, run as a class runs it: the built program against a built server.

use crate::run_with;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

/// How long a run may take on a busy machine.
const LONG: Duration = Duration::from_secs(240);

/// The kit, started with these arguments against the server there, says that every case has passed.
pub fn conforms(args: &[&str], server: SocketAddr) {
    let server = server.to_string();
    // Debug builds on a busy machine take their time to answer.
    let fixed = [server.as_str(), "--json", "--patience", "10"];
    let ended = run_with("conformance", &[args, &fixed].concat(), b"", LONG);
    let report: Value = serde_json::from_str(&ended.output)
        .unwrap_or_else(|error| panic!("{args:?}: {error}: {} {}", ended.output, ended.errors));
    let cases = report["cases"].as_array().unwrap();
    let others: Vec<&Value> = cases.iter().filter(|case| case["verdict"] != "passed").collect();
    assert!(others.is_empty(), "{args:?}: {others:#?}");
    assert_eq!(ended.status.code(), Some(0), "{args:?}: {}", ended.errors);
    let counts = ["passed", "failed", "skipped", "of"].map(|name| report[name].as_u64().unwrap());
    let count = cases.len() as u64;
    assert!(count > 0 && counts == [count, 0, 0, count], "{args:?}: {counts:?}");
}
