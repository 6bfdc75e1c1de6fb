//! The three server models beside Python's `socketserver.ThreadingTCPServer`, in one run: round trips per
//! second with 1, 50 and 500 clients, and the memory of an idle connection. Run with
//! `cargo bench -p acceptance`. The clients are the same for all: one thread, all sockets.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails should stop")]

use acceptance::{peer, python, server};
use echo::lab::Process;
use socketserver::measure::{Crowd, Usage};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const CROWDS: [usize; 3] = [1, 50, 500];
const IDLE: usize = 2_000;
/// Each crowd is measured in turn under each server, this many times.
const TURNS: usize = 5;
const TURN: Duration = Duration::from_millis(400);

struct Contestant {
    name: &'static str,
    _process: Process,
    address: SocketAddr,
    trips: [Vec<f64>; CROWDS.len()],
    idle: Option<u64>,
}

fn main() {
    let mut contestants: Vec<Contestant> = ["threads", "select", "tasks"]
        .into_iter()
        .map(|name| contestant(name, server("stage-3", &["--open", "--model", name])))
        .collect();
    if let Some(python) = python() {
        let python = peer::<&str>(&python, "threading_echo.py", []).server().unwrap();
        contestants.push(contestant("Python threads", python));
    }

    for _ in 0..TURNS {
        for (n, clients) in CROWDS.into_iter().enumerate() {
            for contestant in &mut contestants {
                let mut crowd = Crowd::connect(contestant.address, clients, None).unwrap();
                crowd.round().unwrap(); // every connection has been served once
                let (start, mut rounds) = (Instant::now(), 0);
                while start.elapsed() < TURN {
                    crowd.round().unwrap();
                    rounds += 1;
                }
                contestant.trips[n].push((rounds * clients) as f64 / start.elapsed().as_secs_f64());
            }
        }
    }
    let reference: Vec<f64> =
        contestants.last_mut().unwrap().trips.iter_mut().map(|trips| median(trips)).collect();
    let last = contestants.last().unwrap().name;
    println!("round trips per second (and times {last}); user memory per idle connection at {IDLE}");
    println!("{:<16}{:>20}{:>20}{:>20}{:>14}", "", "1 client", "50 clients", "500 clients", "idle");
    for contestant in &mut contestants {
        let cells: Vec<String> = contestant
            .trips
            .iter_mut()
            .zip(&reference)
            .map(|(trips, reference)| {
                let trips = median(trips);
                format!("{trips:>12.0} (×{:.1})", trips / reference)
            })
            .collect();
        let idle = contestant.idle.map_or("not known".into(), |bytes| format!("{bytes} B"));
        println!("{:<16}{:>20}{:>20}{:>20}{idle:>14}", contestant.name, cells[0], cells[1], cells[2]);
    }
}

/// Measures the memory at once, while the process is new: later it would find room that others have left.
fn contestant(name: &'static str, (process, address): (Process, SocketAddr)) -> Contestant {
    let before = Usage::of(process.id());
    let mut crowd = Crowd::connect(address, IDLE, None).unwrap();
    crowd.round().unwrap();
    let after = Usage::of(process.id());
    let idle = before.zip(after).map(|(before, after)| (after.memory - before.memory) * 1024 / IDLE as u64);
    Contestant { name, _process: process, address, trips: Default::default(), idle }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
