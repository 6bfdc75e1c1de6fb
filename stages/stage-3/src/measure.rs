//! What a server process costs: threads, memory, and the time of a round.

use conn_auth::{Key, prove};
use echo::lab::{self, Failure, io_failure};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// What the system knows about a process. `None` on systems that have no `/proc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Its threads.
    pub threads: u64,
    /// Its private memory in KiB: heap, stacks, all that is not a file (`RssAnon`). What the kernel keeps
    /// for its sockets is not in it.
    pub memory: u64,
}

impl Usage {
    /// Of the process with this id.
    #[must_use]
    pub fn of(process: u32) -> Option<Self> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
        };
        Some(Self { threads: number("Threads")?, memory: number("RssAnon")? })
    }
}

/// Many clients of one server, in one thread.
#[derive(Debug)]
pub struct Crowd {
    clients: Vec<TcpStream>,
}

impl Crowd {
    /// Connects `count` clients and answers their challenges, if there are any.
    pub fn connect(server: SocketAddr, count: usize, key: Option<&Key>) -> Result<Self, Failure> {
        // Two of our descriptors for each client would be too many for the usual limit.
        let _ = rlimit::increase_nofile_limit(count as u64 + 100);
        let mut clients = Vec::with_capacity(count);
        for _ in 0..count {
            let mut client = lab::connect(server, Some(PATIENCE))?;
            if let Some(key) = key {
                prove(&mut client, key)?;
            }
            clients.push(client);
        }
        Ok(Self { clients })
    }

    /// A round: every client sends a message, and every client gets its answer. Returns how long it took.
    pub fn round(&mut self) -> Result<Duration, Failure> {
        let start = Instant::now();
        for client in &mut self.clients {
            client.write_all(MESSAGE).map_err(|e| io_failure("a client cannot send", &e))?;
        }
        for client in &mut self.clients {
            let mut answer = [0; MESSAGE.len()];
            client.read_exact(&mut answer).map_err(|e| io_failure("a client got no answer", &e))?;
            if answer != *ANSWER {
                return Err(Failure::new("a client got a wrong answer"));
            }
        }
        Ok(start.elapsed())
    }
}

const MESSAGE: &[u8; 16] = b"is anyone there?";
const ANSWER: &[u8; 16] = b"IS ANYONE THERE?";
const PATIENCE: Duration = Duration::from_secs(20);
