//! How long a safe prime of 1,024 bits takes to find, beside `openssl prime -generate -safe` in the same
//! run, where there is an `openssl`. Run with `cargo bench -p stage-5 --bench safe_primes`; after `--` may
//! follow how many primes each side finds (40) and of how many bits (1024).
//!
//! Luck decides how long one search takes, so single times spread widely: the mean of 40 is still off by a
//! sixth, one time in three.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails should stop")]

use key_exchange::search::{Want, search};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use std::process::{Command, Stdio};
use std::time::Instant;

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let (count, bits) = (*numbers.first().unwrap_or(&40), *numbers.get(1).unwrap_or(&1024));
    println!("{count} safe primes of {bits} bits, ours and OpenSSL's in turn");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..count {
        ours.push(seconds(|| search(Want::SafePrime, bits, &mut UnwrapErr(SysRng), |_| true).unwrap()));
        let mut openssl = Command::new("openssl");
        openssl.args(["prime", "-generate", "-safe", "-bits", &bits.to_string()]).stdout(Stdio::null());
        let mut found = false;
        let time = seconds(|| found = openssl.status().is_ok_and(|status| status.success()));
        if found {
            theirs.push(time);
        }
    }
    let (our_mean, our_median) = summary("stage 5", &mut ours);
    if theirs.is_empty() {
        println!("no openssl on this machine: nothing to compare with");
    } else {
        let (mean, median) = summary("openssl prime", &mut theirs);
        println!("ours ÷ OpenSSL: mean {:.2}, median {:.2}", our_mean / mean, our_median / median);
    }
}

fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Prints mean and median, and gives them back.
fn summary(name: &str, times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let (mean, median) = (times.iter().sum::<f64>() / times.len() as f64, times[times.len() / 2]);
    println!(
        "    {name:<16} mean {mean:.2} s, median {median:.2} s, longest {:.2} s",
        times[times.len() - 1]
    );
    (mean, median)
}
