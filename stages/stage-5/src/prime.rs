//! The verb `prime`: a big prime of your own, with progress.

use echo::lab::{self, Failure, Opt, Options, Verb, io_failure};
use key_exchange::search::{Progress, Want, search};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

pub(crate) const PRIME: Verb = Verb {
    name: "prime",
    operand: None,
    about: "find a random prime and print it in decimal digits",
    options: &[&[
        Opt { name: "bits", value: Some("N"), help: "its size: 16 to 8192 bits, the two highest set" },
        Opt { name: "safe", value: None, help: "a safe prime: (p - 1) / 2 is prime too; takes much longer" },
        Opt { name: "out", value: Some("FILE"), help: "write it to FILE, for --group" },
    ]],
    example: "cargo run -p stage-5 -- prime --safe --bits 512 --out p.txt",
    run,
};

fn run(options: &Options) -> Result<(), Failure> {
    let bits = options.number("bits")?.ok_or_else(|| Failure::Usage("how large? prime --bits N".into()))?;
    if bits > MOST_BITS {
        return Err(Failure::Usage(format!("--bits takes at most {MOST_BITS}: more would take days")));
    }
    let want = if options.has("safe") { Want::SafePrime } else { Want::Prime };
    let watched = std::io::stderr().is_terminal();
    let (start, mut shown) = (Instant::now(), Instant::now());
    let show = |progress: Progress| {
        if watched && shown.elapsed() > Duration::from_millis(200) {
            shown = Instant::now();
            // A line that overwrites itself; nobody minds if standard error is closed.
            let _ = write!(
                std::io::stderr(),
                "\r{} numbers sieved, {} tested, {:.0} s ",
                progress.sieved,
                progress.tested,
                start.elapsed().as_secs_f64()
            );
        }
        true
    };
    let found = search(want, bits, &mut UnwrapErr(SysRng), show)
        .map_err(|e| Failure::Usage(format!("--bits: {e}")))?;
    if watched {
        lab::log(format_args!("\rfound after {:.1} s{}", start.elapsed().as_secs_f64(), " ".repeat(40)));
    }
    // The search ends without a result only when it is told to.
    let prime = found.ok_or_else(|| Failure::new("the search was stopped"))?;
    match options.path("out") {
        // A file that is there may be somebody's group: it is not overwritten.
        Some(path) => File::create_new(&path)
            .and_then(|mut file| writeln!(file, "{prime}"))
            .map_err(|e| io_failure(&format!("cannot write {}", path.display()), &e)),
        None => {
            lab::print(prime);
            Ok(())
        }
    }
}

const MOST_BITS: u64 = 8192;
