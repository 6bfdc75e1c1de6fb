//! The server's CPU time and memory, as the system counts them. Needs `/proc`, so Linux.

use super::BenchError;
use std::fs;
use std::time::Duration;

/// A running process.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServerProcess(pub(super) u32);

impl ServerProcess {
    /// Time on all processors, user and system, in steps of 10 ms.
    pub(super) fn cpu_time(self) -> Result<Duration, BenchError> {
        let stat = self.read("stat")?;
        // The second field is the program's name in parentheses; utime and stime are the 14th and 15th
        // (proc(5)), in ticks of which Linux has 100 a second on every platform.
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks: u64 = after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Memory of its own: resident, without what it shares with files.
    pub(super) fn memory(self) -> Result<u64, BenchError> {
        let status = self.read("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kilobytes = line.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        kilobytes.map(|kilobytes| kilobytes << 10).ok_or_else(|| BenchError::Process {
            pid: self.0,
            reason: "the system does not say how much memory it has".to_owned(),
        })
    }

    fn read(self, file: &str) -> Result<String, BenchError> {
        fs::read_to_string(format!("/proc/{}/{file}", self.0))
            .map_err(|error| BenchError::Process { pid: self.0, reason: error.to_string() })
    }
}
