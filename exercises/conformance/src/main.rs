//! The command line: which server, what it should speak, and how the result is shown.

use certificates::folder::load_certificate;
use conformance::{COURSE_KEY, Layer, Target, cases, list, print_json, print_text, run, vectors};
use conn_auth::Key;
use lexopt::prelude::*;
use std::fmt::Display;
use std::io::{ErrorKind, Write, stdout};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

const HELP: &str = "\
Checks a server, in any language, against the protocol of a stage.

  conformance STAGE HOST:PORT              STAGE is 1 to 8
  conformance --files HOST:PORT            a server of stage 4 that receives files
  conformance --messenger LESSON HOST:PORT LESSON is 6 or 7
  conformance STAGE --list                 what is checked
  conformance vectors DIR                  bytes to test against without a network

  --key TEXT, --key-file F   the shared key (stages 2 to 6; without it the course's) or access key (7, messenger)
  --open                     the server asks for no key
  --ca F                     the CA of the server's certificate, PEM (stages 7 and 8, messenger lesson 7)
  --name HOST                the name in that certificate (localhost)
  --case NAME                only this case; can be given more than once
  --without NAME             all but this case; can be given more than once
  --slow                     also the cases that wait for a limit of half a minute
  --patience SECONDS         how long an answer may take (2)
  --json                     one JSON object in place of lines

Exit status: 0 all passed, 1 something did not, 2 wrong usage. The server must be on this machine: some cases are hostile.
The messenger's must take more than a hundred sign-ups and log-ins from there (ours: --limits off).
";

/// Whoever waits longer for an answer waits in vain.
const LONGEST_PATIENCE: Duration = Duration::from_secs(600);

/// What was asked for.
#[derive(Default)]
struct Asked {
    words: Vec<String>,
    messenger: Option<u8>,
    files: bool,
    key: Option<Vec<u8>>,
    key_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    name: Option<String>,
    cases: Vec<String>,
    without: Vec<String>,
    patience: Option<f64>,
    open: bool,
    slow: bool,
    json: bool,
    list: bool,
    help: bool,
}

/// What ends the program before a case has run: a sentence and an exit status.
struct Stop(String, u8);

impl From<lexopt::Error> for Stop {
    fn from(error: lexopt::Error) -> Self {
        usage(error.to_string())
    }
}

fn usage(sentence: impl Into<String>) -> Stop {
    Stop(format!("{} (--help shows how)", sentence.into()), 2)
}

fn main() -> ExitCode {
    match parse().and_then(|asked| act(&asked)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(Stop(sentence, status)) => {
            eprintln!("conformance: {sentence}");
            ExitCode::from(status)
        }
    }
}

/// Prints a line. Who closes the output (`… | head -3`) has read enough.
fn say(line: impl Display) {
    match writeln!(stdout().lock(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("conformance: cannot write to standard output: {error}");
            std::process::exit(1);
        }
        _ => {}
    }
}

fn parse() -> Result<Asked, Stop> {
    let (mut asked, mut parser) = (Asked::default(), lexopt::Parser::from_env());
    while let Some(argument) = parser.next()? {
        match argument {
            Long("messenger") => asked.messenger = Some(number(&mut parser, "--messenger")?),
            Long("files") => asked.files = true,
            Long("key") => asked.key = Some(parser.value()?.string()?.into_bytes()),
            Long("key-file") => asked.key_file = Some(parser.value()?.into()),
            Long("ca") => asked.ca = Some(parser.value()?.into()),
            Long("name") => asked.name = Some(parser.value()?.string()?),
            Long("case") => asked.cases.push(parser.value()?.string()?),
            Long("without") => asked.without.push(parser.value()?.string()?),
            Long("patience") => asked.patience = Some(number(&mut parser, "--patience")?),
            Long("open") => asked.open = true,
            Long("slow") => asked.slow = true,
            Long("json") => asked.json = true,
            Long("list") => asked.list = true,
            Long("help") | Short('h') => asked.help = true,
            Value(word) => asked.words.push(word.string()?),
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(asked)
}

fn number<T: FromStr>(parser: &mut lexopt::Parser, option: &str) -> Result<T, Stop> {
    let text = parser.value()?.string()?;
    text.parse().map_err(|_| usage(format!("{option} takes a number, not {text:?}")))
}

/// Does what was asked for; whether all is well.
fn act(asked: &Asked) -> Result<bool, Stop> {
    if asked.help {
        say(HELP.trim_end());
        return Ok(true);
    }
    let mut words = asked.words.iter().map(String::as_str);
    if asked.messenger.is_none() && !asked.files && asked.words.first().is_some_and(|word| word == "vectors")
    {
        let dir = words.nth(1).ok_or_else(|| usage("where to? vectors DIR"))?;
        let count = vectors::copy_to(dir.as_ref()).map_err(|error| Stop(format!("{dir}: {error}"), 1))?;
        say(format_args!("{count} files in {dir}"));
        return Ok(true);
    }
    let layer = match (asked.messenger, asked.files) {
        (Some(lesson @ (6 | 7)), false) => Layer::Messenger(lesson),
        (Some(lesson), false) => return Err(usage(format!("lesson {lesson} has no cases: 6 or 7"))),
        (None, true) => Layer::Files,
        (Some(_), true) => return Err(usage("--messenger and --files exclude each other")),
        (None, false) => match words.next().map(str::parse) {
            Some(Ok(stage @ 1..=8)) => Layer::Stage(stage),
            _ => return Err(usage("which stage? 1 to 8, --files, or --messenger LESSON")),
        },
    };
    let mut chosen = cases(layer);
    let mut named = asked.cases.iter().chain(&asked.without);
    if let Some(unknown) = named.find(|name| chosen.iter().all(|case| case.name != **name)) {
        return Err(usage(format!("there is no case {unknown}: --list shows all")));
    }
    if asked.list {
        say(list(&chosen));
        return Ok(true);
    }
    if asked.cases.is_empty() {
        chosen.retain(|case| asked.slow || !case.slow);
    } else {
        chosen.retain(|case| asked.cases.iter().any(|name| name == case.name));
    }
    chosen.retain(|case| asked.without.iter().all(|name| name != case.name));
    if chosen.is_empty() {
        return Err(usage("no case is left: --list shows all"));
    }
    let address = words.next().ok_or_else(|| usage("which server? HOST:PORT"))?;
    let target = target(asked, layer, resolve(address)?)?;
    let report = run(&target, &chosen, |row| {
        if !asked.json {
            say(print_text(row));
        }
    });
    if asked.json {
        say(format_args!("{:#}", print_json(&report)));
    } else {
        let skipped = match report.skipped() {
            0 => String::new(),
            count => format!(", {count} skipped"),
        };
        say(format_args!("{} of {}{skipped}", report.passed(), report.rows.len()));
    }
    Ok(report.all_passed())
}

/// The address, which must be one of this machine: the rules of the lab.
fn resolve(text: &str) -> Result<SocketAddr, Stop> {
    let mut found =
        text.to_socket_addrs().map_err(|error| usage(format!("{text} is no HOST:PORT: {error}")))?;
    let address = found.next().ok_or_else(|| usage(format!("{text} has no address")))?;
    match address.ip().is_loopback() {
        true => Ok(address),
        false => Err(usage(format!(
            "{address} is another machine; some cases attack, so only this one is allowed"
        ))),
    }
}

fn target(asked: &Asked, layer: Layer, address: SocketAddr) -> Result<Target, Stop> {
    let failed = |error: echo::lab::Failure| Stop(error.to_string(), 1);
    let mut target = Target::new(layer, address);
    if let Some(seconds) = asked.patience {
        target.patience = Duration::try_from_secs_f64(seconds)
            .ok()
            .filter(|patience| !patience.is_zero() && *patience <= LONGEST_PATIENCE)
            .ok_or_else(|| usage("--patience needs a number of seconds above 0, 600 at most"))?;
    }
    target.name = asked.name.clone().unwrap_or(target.name);
    target.key = match (&asked.key, &asked.key_file, asked.open, layer) {
        (Some(text), None, false, _) => Some(Key::new(text).map_err(failed)?),
        (None, Some(file), false, _) => Some(Key::load(file).map_err(failed)?),
        (None, None, false, Layer::Stage(2..=6) | Layer::Files) => {
            Some(Key::new(COURSE_KEY).map_err(failed)?)
        }
        (None, None, ..) => None,
        _ => return Err(usage("--key, --key-file and --open exclude each other: give one")),
    };
    if let Some(file) = &asked.ca {
        target.ca = Some(load_certificate(file).map_err(failed)?);
        target.ca_file = Some(file.clone());
    }
    TcpStream::connect_timeout(&address, target.patience).map_err(|error| {
        Stop(
            format!("cannot connect to {address}: {} (is the server running?)", echo::lab::reason(&error)),
            1,
        )
    })?;
    Ok(target)
}
