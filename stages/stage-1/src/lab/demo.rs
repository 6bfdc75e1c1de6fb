//! What the demos share: the verb, its options, and attacks run as programs of their own.

use super::{Ended, Failure, Opt, Options, Story, Verb, hex, own};
use std::net::SocketAddr;
use std::time::Duration;

/// The options of every `demo`.
pub const DEMO: &[Opt] = &[
    Opt { name: "step", value: None, help: "wait for Enter at each step" },
    Opt { name: "text", value: Some("TEXT"), help: "say this instead of the usual sentences" },
];

/// The option of a demo whose stage has a key.
pub const DEMO_KEY: &[Opt] =
    &[Opt { name: "key", value: Some("KEY"), help: "use this shared key instead of a fresh random one" }];

/// The verb `demo` that every stage has, with its groups of options.
#[must_use]
pub const fn demo_verb(
    example: &'static str,
    run: fn(&Options) -> Result<(), Failure>,
    options: &'static [&'static [Opt]],
) -> Verb {
    Verb {
        name: "demo",
        operand: None,
        about: "the narrated run, also without any verb: two programs talk, then an attack",
        options,
        example,
        run,
    }
}

/// The sentences that a demo's client says: `--text`, or else `usual`.
pub fn demo_texts(options: &Options, usual: &[&str]) -> Result<Vec<String>, Failure> {
    match options.text("text")? {
        None => Ok(usual.iter().map(|text| (*text).to_owned()).collect()),
        Some(text) if text.contains(['\n', '\r']) => Err(Failure::Usage("--text takes one line".into())),
        Some("" | "quit") => {
            Err(Failure::Usage("--text: an empty line says nothing, and `quit` ends the client".into()))
        }
        Some(text) => Ok(vec![text.to_owned()]),
    }
}

/// The key of a demo: `--key`, or else one that shows `random` in letters that can be typed.
pub fn demo_key(options: &Options, random: [u8; 10]) -> Result<String, Failure> {
    Ok(match options.text("key")? {
        Some("") => return Err(Failure::Usage("--key: an empty key is no key".into())),
        Some(key) => key.to_owned(),
        None => hex(&random),
    })
}

/// Runs an attack as a process of its own and prints its verdict.
pub fn attack(story: &Story, program: &str, name: &str, args: &[&str]) -> Result<Attacked, Failure> {
    story.command(&format!("{program} attack {name} {}", args.join(" ")));
    let ended = own(["attack", name].iter().chain(args))?.wait(LIMIT)?;
    let said = ended.output.lines().last().unwrap_or(ended.errors.trim_end()).to_owned();
    let held = held(name, &ended)?;
    story.verdict(held, &said);
    Ok(Attacked { name: name.to_owned(), held, said })
}

/// Runs an attack that sits on the path, while `victim` talks through it; prints what it says.
pub fn attack_on_path<T>(
    story: &Story,
    program: &str,
    name: &str,
    server: SocketAddr,
    victim: impl FnOnce(SocketAddr) -> Result<T, Failure>,
) -> Result<(Attacked, T), Failure> {
    story.command(&format!("{program} attack {name} --listen 127.0.0.1:0 --connect {server}"));
    let (mut attack, path) = own(["attack", name, "--connect", &server.to_string()])?.server()?;
    let talked = victim(path)?;
    let mut lines = Vec::new();
    while let Ok(line) = attack.line(LIMIT) {
        lines.push(line);
    }
    let ended = attack.wait(LIMIT)?;
    let held = held(name, &ended)?;
    for line in &lines {
        story.verdict(held, line);
    }
    let said = lines.pop().unwrap_or_default();
    Ok((Attacked { name: name.to_owned(), held, said }, talked))
}

/// Whether the attack failed, by its exit status.
fn held(name: &str, ended: &Ended) -> Result<bool, Failure> {
    match ended.status.code() {
        Some(0) => Ok(false),
        Some(3) => Ok(true),
        _ => Err(Failure::new(format!("the attack {name} could not run: {}", ended.errors.trim_end()))),
    }
}

/// How an attack in a demo ended. The demo knows how it should have, and fails if it did not.
#[derive(Debug)]
#[must_use]
pub struct Attacked {
    name: String,
    held: bool,
    said: String,
}

impl Attacked {
    /// This stage stops the attack.
    pub fn must_fail(self) -> Result<(), Failure> {
        self.expect(true)
    }

    /// This stage falls to the attack.
    pub fn must_succeed(self) -> Result<(), Failure> {
        self.expect(false)
    }

    fn expect(self, held: bool) -> Result<(), Failure> {
        if self.held == held {
            return Ok(());
        }
        let expected = if held { "fail" } else { "succeed" };
        Err(Failure::new(format!("the attack {} should {expected} here, but: {}", self.name, self.said)))
    }
}

const LIMIT: Duration = Duration::from_secs(20);
