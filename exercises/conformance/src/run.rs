//! All cases of a stage, one after the other.

use crate::case::{Case, Verdict};
use crate::target::Target;
use std::time::{Duration, Instant};

/// A case and how it ended.
#[derive(Debug, Clone)]
pub struct Row {
    /// The case.
    pub case: Case,
    /// How it ended.
    pub verdict: Verdict,
    /// How long it took.
    pub time: Duration,
}

/// All of them.
#[derive(Debug, Clone)]
pub struct Report {
    /// In the order in which they ran.
    pub rows: Vec<Row>,
}

impl Report {
    /// How many passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.rows.iter().filter(|row| row.verdict == Verdict::Passed).count()
    }

    /// How many were not tried.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.verdict, Verdict::Skipped(_))).count()
    }

    /// Whether there was at least one case, and all passed.
    #[must_use]
    pub fn all_passed(&self) -> bool {
        !self.rows.is_empty() && self.passed() == self.rows.len()
    }
}

/// Runs these cases; `told` hears of each as soon as it has ended.
///
/// They run one after the other, also where a server could take them at once: a case that leaves the server in
/// trouble must not spoil the one beside it.
pub fn run(target: &Target, cases: &[Case], mut told: impl FnMut(&Row)) -> Report {
    let rows = cases.iter().map(|case| {
        let started = Instant::now();
        let verdict = Verdict::from((case.run)(target));
        let row = Row { case: *case, verdict, time: started.elapsed() };
        told(&row);
        row
    });
    Report { rows: rows.collect() }
}
