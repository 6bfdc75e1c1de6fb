//! Servers for these tests: our own in-process, and one that makes a chosen mistake.

mod changes;
pub(crate) mod faulty;
pub(crate) mod faulty_files;
pub(crate) mod faulty_secret;
pub(crate) mod middle;
pub(crate) mod mistakes;
pub(crate) mod ours;

use conformance::{COURSE_KEY, Layer, Report, Target, Verdict, cases, run};
use conn_auth::Key;
use std::net::SocketAddr;
use std::time::Duration;

/// A target with the course's key.
pub(crate) fn target(layer: Layer, address: SocketAddr) -> Target {
    Target { key: Some(Key::new(COURSE_KEY).unwrap()), ..Target::new(layer, address) }
}

/// The same for a server that makes no mistake, however busy the machine is: nothing is waited for in vain.
pub(crate) fn good(layer: Layer, address: SocketAddr) -> Target {
    Target { patience: Duration::from_secs(20), ..target(layer, address) }
}

/// Runs all cases but the slow ones.
pub(crate) fn check(target: &Target) -> Report {
    let chosen: Vec<_> = cases(target.layer).into_iter().filter(|case| !case.slow).collect();
    run(target, &chosen, |_| {})
}

/// The same without the two that wait for 5 s, where the challenge is not in question.
pub(crate) fn check_quickly(target: &Target) -> Report {
    let mut chosen = cases(target.layer);
    chosen.retain(|case| !case.slow && !["silence", "dripping"].contains(&case.name));
    run(target, &chosen, |_| {})
}

/// The names of the cases that did not pass, with what was said, for the test's own message.
pub(crate) fn not_passed(report: &Report) -> Vec<(&'static str, String)> {
    let rows = report.rows.iter();
    rows.filter_map(|row| match &row.verdict {
        Verdict::Passed => None,
        Verdict::Skipped(why) => Some((row.case.name, format!("skipped: {why}"))),
        Verdict::Failed { what, .. } => Some((row.case.name, what.clone())),
    })
    .collect()
}

/// Just these cases have not passed.
pub(crate) fn fails(what: &str, report: &Report, cases: &[&str]) {
    let found = not_passed(report);
    let missed: Vec<_> = cases.iter().filter(|name| found.iter().all(|(found, _)| found != *name)).collect();
    let more: Vec<_> = found.iter().filter(|(name, _)| !cases.contains(name)).collect();
    assert!(
        missed.is_empty() && more.is_empty(),
        "{what}: not found by {missed:?}; found besides by {more:#?}"
    );
}
