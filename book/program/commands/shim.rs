//! What stands in for `cargo` while commands run: `cargo run -q -p stage-4 -- server` starts the program that is
//! already built, and a program that names no port gets the one that stands for its usual one.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Where the list of programs lies: name, tab, path.
pub(crate) const PROGRAMS: &str = "BOOK_PROGRAMS";
/// Where the list of ports lies: the page's, tab, where to connect to, tab, what to listen on.
pub(crate) const PORTS: &str = "BOOK_PORTS";

/// The ports that programs listen on when nobody says another.
pub(crate) fn usual_ports() -> impl Iterator<Item = u16> {
    SERVERS.iter().map(|(_, _, port)| *port)
}

/// Program, verb, port.
const SERVERS: [(&str, &str, u16); 12] = [
    ("stage-1", "server", echo::PORT),
    ("stage-2", "server", conn_auth::PORT),
    ("stage-3", "server", socketserver::PORT),
    ("stage-4", "server", framing::PORT),
    ("stage-4", "recv-files", framing::PORT),
    ("stage-5", "server", key_exchange::PORT),
    ("stage-6", "server", cbc_packet::PORT),
    ("stage-7", "server", certificates::PORT),
    ("stage-8", "server", https::PORT),
    ("stage-7", "ca-server", certificates::CA_SERVER_PORT),
    ("stage-7", "board", certificates::BOARD_PORT),
    ("uchat", "server", uchat_protocol::PORT),
];

/// What a command line of cargo asks for.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    package: String,
    args: Vec<OsString>,
}

/// Reads `run [-q] [--release] -p NAME [-- ARGS]`.
fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Run, String> {
    let only = "only `cargo run [-q] [--release] -p NAME [-- …]` can be run by the book's test";
    let mut args = args.into_iter();
    if args.next().is_none_or(|verb| verb != "run") {
        return Err(only.to_owned());
    }
    let mut package = None;
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("-q" | "--quiet" | "--release" | "--offline" | "--locked") => {}
            Some("-p" | "--package") => package = args.next().and_then(|name| name.into_string().ok()),
            Some("--") => break,
            _ => return Err(format!("{}: {only}", arg.to_string_lossy())),
        }
    }
    Ok(Run { package: package.ok_or(only)?, args: args.collect() })
}

/// A port of the page: where to connect to, and what to listen on.
#[derive(Debug, Clone, Copy)]
struct Real {
    connect: u16,
    listen: u16,
}

/// The arguments with a port where the program would take its usual one.
fn with_ports(run: Run, real: impl Fn(u16) -> Option<Real>) -> Vec<OsString> {
    let mut args = run.args;
    let is = |arg: &OsString, word: &str| arg.to_str() == Some(word);
    let usual = |verb: &str| {
        let row = SERVERS.iter().find(|row| row.0 == run.package && row.1 == verb)?;
        real(row.2)
    };
    let mut added: Vec<(&str, u16)> = Vec::new();
    // Options may stand before the verb.
    let served = SERVERS.iter().find(|row| row.0 == run.package && args.iter().any(|arg| is(arg, row.1)));
    if let Some((_, verb, _)) = served {
        added.push(("--listen", usual(verb).map_or(0, |real| real.listen)));
    }
    let talks =
        ["client", "send-file", "attack"].iter().any(|verb| args.first().is_some_and(|arg| is(arg, verb)));
    if run.package.starts_with("stage-") && talks {
        added.extend(usual("server").map(|real| ("--connect", real.connect)));
    }
    if run.package == "stage-7" && args.first().is_some_and(|arg| is(arg, "student")) {
        added.extend(usual("ca-server").map(|real| ("--ca-server", real.connect)));
        added.extend(usual("board").map(|real| ("--board", real.connect)));
    }
    for (option, port) in added {
        let given = |arg: &OsString| {
            is(arg, option) || arg.to_str().is_some_and(|arg| arg.starts_with(&format!("{option}=")))
        };
        if !args.iter().any(given) {
            args.extend([option.into(), format!("127.0.0.1:{port}").into()]);
        }
    }
    args
}

/// The packages that a command line starts.
pub(crate) fn packages(command: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut words = command.split_whitespace();
    while let Some(word) = words.next() {
        if word.trim_start_matches(|c: char| !c.is_alphanumeric()) == "cargo" && words.next() == Some("run") {
            let named =
                words.by_ref().take_while(|word| *word != "--").skip_while(|word| *word != "-p").nth(1);
            found.extend(named.map(|name| name.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned()));
        }
    }
    found
}

/// Becomes the program that the arguments of cargo ask for. Gives a sentence only when that is not possible.
pub fn become_program(args: impl IntoIterator<Item = OsString>) -> String {
    match command(args) {
        Ok(command) => replace(command),
        Err(problem) => problem,
    }
}

fn command(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let run = parse(args)?;
    let programs = table(PROGRAMS)?;
    let path = programs.get(&run.package).ok_or_else(|| format!("no program {} was built", run.package))?;
    let mut command = Command::new(PathBuf::from(path));
    let ports = table(PORTS)?;
    command.args(with_ports(run, |port| {
        let (connect, listen) = ports.get(&port.to_string())?.split_once('\t')?;
        Some(Real { connect: connect.parse().ok()?, listen: listen.parse().ok()? })
    }));
    Ok(command)
}

/// A list of lines with a tab.
fn table(variable: &str) -> Result<BTreeMap<String, String>, String> {
    let path = std::env::var_os(variable)
        .ok_or_else(|| format!("{variable} is not set: this verb is for the book's own test"))?;
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.to_string_lossy()))?;
    Ok(text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .collect())
}

#[cfg(unix)]
fn replace(mut command: Command) -> String {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    format!("{} cannot be started: {error}", command.get_program().to_string_lossy())
}

#[cfg(not(unix))]
fn replace(mut command: Command) -> String {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => format!("{} cannot be started: {error}", command.get_program().to_string_lossy()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(line: &str) -> Result<Vec<String>, String> {
        let run = parse(line.split(' ').skip(1).map(OsString::from))?;
        let args = with_ports(run, |port| Some(Real { connect: port + 30_000, listen: 0 }));
        Ok(args.into_iter().map(|arg| arg.into_string().unwrap()).collect())
    }

    #[test]
    fn programs_get_their_ports() {
        for (line, args) in [
            ("cargo run -q -p stage-1", ""),
            ("cargo run -p stage-4 -- server", "server --listen 127.0.0.1:0"),
            ("cargo run -p stage-4 -- server --listen 127.0.0.1:7", "server --listen 127.0.0.1:7"),
            ("cargo run -p stage-4 -- client --key k", "client --key k --connect 127.0.0.1:39004"),
            ("cargo run -p stage-4 -- client --connect=127.0.0.1:7", "client --connect=127.0.0.1:7"),
            ("cargo run -p stage-1 -- attack stranger", "attack stranger --connect 127.0.0.1:39001"),
            (
                "cargo run -p stage-7 -- student",
                "student --ca-server 127.0.0.1:39017 --board 127.0.0.1:39027",
            ),
            ("cargo run --release -p uchat -- server --data d", "server --data d --listen 127.0.0.1:0"),
            ("cargo run -p uchat -- --lesson 4 server", "--lesson 4 server --listen 127.0.0.1:0"),
            ("cargo run -p uchat -- --server 127.0.0.1:7 send bob hi", "--server 127.0.0.1:7 send bob hi"),
        ] {
            assert_eq!(started(line).unwrap().join(" "), args, "{line}");
        }
    }

    #[test]
    fn other_calls_of_cargo_are_refused() {
        for line in ["cargo test", "cargo run", "cargo run -q --bin x", "cargo"] {
            assert!(started(line).unwrap_err().contains("only `cargo run"), "{line}");
        }
    }

    #[test]
    fn the_packages_of_a_line_are_found() {
        assert_eq!(
            packages("echo a | cargo run -q -p stage-4 -- client && (cargo run -p uchat)"),
            ["stage-4", "uchat"]
        );
        assert_eq!(packages("mkdir -p inbox && cargo run -q -p stage-4 -- recv-files"), ["stage-4"]);
        assert_eq!(packages("mkdir -p inbox; cargo run --help"), Vec::<String>::new());
    }
}
