//! Attacks as programs: what they get, what they say, how they end.

use super::{CONNECT, Failure, LISTEN, Opt, Options, Verb, print};
use std::net::SocketAddr;
use std::path::PathBuf;

/// An attack. It gets a [`Target`] and nothing else: no key, no handle of the victim.
#[derive(Debug)]
pub struct Attack {
    /// What to type.
    pub name: &'static str,
    /// The stage that falls to it.
    pub stage: u8,
    /// What must be seen for it to count as a success.
    pub goal: &'static str,
    /// The options it takes besides `--connect`: `listen` if it sits on the path, so that a victim's client
    /// has to pass through it, `recording` if it can read a recorded session, and `stolen` if a theft comes first.
    pub takes: &'static [&'static str],
    /// The options without which its own stage would not fall: weaknesses that have to be asked for.
    pub victim: &'static [&'static str],
    /// Does it.
    pub run: fn(&Target) -> Result<Outcome, Failure>,
}

impl Attack {
    /// The same attack with the same goal, by a program that knows where the field it changes now lies.
    #[must_use]
    pub const fn aimed_anew(&self, run: fn(&Target) -> Result<Outcome, Failure>) -> Self {
        Self { run, ..*self }
    }

    /// Whether it sits between client and server.
    #[must_use]
    pub fn on_path(&self) -> bool {
        self.takes.contains(&"listen")
    }
}

/// All that an attack knows.
#[derive(Debug)]
pub struct Target {
    /// The victim's server.
    pub connect: SocketAddr,
    /// Where an attack on the path waits for the victim's client.
    pub listen: SocketAddr,
    /// A recorded session to read, or to write.
    pub recording: Option<PathBuf>,
    /// Whether `--listen` was given.
    pub live: bool,
    /// A file that was stolen from the victim.
    pub stolen: Option<PathBuf>,
}

/// How an attack ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The goal was reached: what the attack got.
    Succeeded(String),
    /// It was not: what stopped it.
    Failed(String),
}

/// What a stage's program knows: its own attacks, then those of the stages before; where one was aimed anew, that
/// one stands in the place of the old one.
#[must_use]
pub fn attack_tables(
    own: &'static [Attack],
    aimed_anew: &'static [Attack],
    older: &[&'static [Attack]],
) -> Vec<&'static [Attack]> {
    let newest =
        |old: &'static [Attack]| aimed_anew.chunks(1).find(|new| new[0].name == old[0].name).unwrap_or(old);
    let older = older.iter().flat_map(|table| table.chunks(1)).map(newest);
    std::iter::once(own).chain(older).collect()
}

/// The verb `attack` that every stage has.
#[must_use]
pub const fn attack_verb(example: &'static str, run: fn(&Options) -> Result<(), Failure>) -> Verb {
    Verb {
        name: "attack",
        operand: Some("NAME"),
        about: "attack a server that you started yourself; 0: it fell, 3: it held",
        options: &[CONNECT, LISTEN, ATTACK],
        example,
        run,
    }
}

const ATTACK: &[Opt] = &[
    Opt { name: "recording", value: Some("FILE"), help: "a recorded session, for attacks that need one" },
    Opt { name: "stolen", value: Some("FILE"), help: "a stolen file, for attacks that begin with a theft" },
    Opt { name: "list", value: None, help: "list the attacks and their goals" },
];

/// Runs `attack NAME` or `attack --list`. `attacks` holds this stage's table first, then the older ones.
pub fn run_attack(attacks: &[&[Attack]], options: &Options, port: u16) -> Result<(), Failure> {
    let names = || attacks.iter().copied().flatten().map(|attack| attack.name).collect::<Vec<_>>().join(", ");
    if options.has("list") {
        list_attacks(attacks);
        return Ok(());
    }
    let Some(name) = options.operand() else {
        return Err(Failure::Usage(format!("which attack? There are: {}; see attack --list", names())));
    };
    let attack = attacks.iter().copied().flatten().find(|attack| name.as_os_str() == attack.name);
    let attack = attack.ok_or_else(|| {
        let name = anatomy::quoted(&name.to_string_lossy());
        Failure::Usage(format!("there is no attack {name}; there are: {}", names()))
    })?;
    for option in ["listen", "recording", "stolen"] {
        if options.has(option) && !attack.takes.contains(&option) {
            return Err(Failure::Usage(format!("the attack {} takes no --{option}", attack.name)));
        }
    }
    let target = Target {
        connect: options.addr("connect", port)?,
        listen: options.addr("listen", 0)?,
        live: options.has("listen"),
        recording: options.path("recording"),
        stolen: options.path("stolen"),
    };
    match (attack.run)(&target)? {
        Outcome::Succeeded(what) => {
            print(format_args!("attack succeeded: {what}"));
            Ok(())
        }
        Outcome::Failed(why) => {
            print(format_args!("attack failed: {why}"));
            Err(Failure::Withstood)
        }
    }
}

/// Prints name, stage, place and goal of each attack.
pub fn list_attacks(attacks: &[&[Attack]]) {
    for attack in attacks.iter().copied().flatten() {
        let place = if attack.on_path() { "on the path" } else { "anywhere" };
        print(format_args!("{:<15} stage {}  {place:<11}  {}", attack.name, attack.stage, attack.goal));
    }
}
