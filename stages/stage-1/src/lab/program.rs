//! A program is a table of verbs; parsing, help and version come from that table.

use super::output::OutputClosed;
use super::{Failure, Opt, Options, log, print, reason};
use anatomy::{fill, pad};
use lexopt::Arg;
use std::any::Any;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;

/// The command line of one stage.
#[derive(Debug)]
pub struct Program {
    /// The package's name.
    pub name: &'static str,
    /// The package's version.
    pub version: &'static str,
    /// One line for the top of the help.
    pub about: &'static str,
    /// What it can do; the first verb is the one that runs when none is named.
    pub verbs: &'static [Verb],
}

/// One thing a program can do.
#[derive(Debug)]
pub struct Verb {
    /// What to type: one word or two.
    pub name: &'static str,
    /// The name of its one argument that is not an option, if it takes one.
    pub operand: Option<&'static str>,
    /// What it does, in one line.
    pub about: &'static str,
    /// Its options, in groups that verbs share.
    pub options: &'static [&'static [Opt]],
    /// A whole command that works.
    pub example: &'static str,
    /// Does it.
    pub run: fn(&Options) -> Result<(), Failure>,
}

impl Program {
    /// Runs what the command line asks for.
    #[must_use]
    pub fn main(&self) -> ExitCode {
        let args = std::env::args_os().skip(1).collect();
        let ended = catch_unwind(AssertUnwindSafe(|| self.dispatch(args)));
        match ended.unwrap_or_else(output_closed) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                if failure != Failure::Withstood {
                    log(format_args!("{}: {failure}", self.name));
                }
                ExitCode::from(failure.status())
            }
        }
    }

    fn dispatch(&self, mut args: Vec<std::ffi::OsString>) -> Result<(), Failure> {
        let named = args.first().and_then(|arg| arg.to_str()).filter(|arg| !arg.starts_with('-'));
        let help_is_for_one = named.is_some();
        let verb = match named {
            Some(name) => {
                // A verb may have two words, as in `ca init`; that one is meant if both are there.
                let both = args.get(1).and_then(|arg| arg.to_str()).map(|second| format!("{name} {second}"));
                let find = |name: &str| self.verbs.iter().find(|verb| verb.name == name);
                let (verb, words) = match both.as_deref().and_then(find) {
                    Some(verb) => (verb, 2),
                    None => (find(name).ok_or_else(|| self.no_such_verb(name))?, 1),
                };
                args.drain(..words);
                verb
            }
            None => &self.verbs[0],
        };
        let mut parser = lexopt::Parser::from_args(args);
        let mut options = Options::default();
        let wrong = |error: lexopt::Error| Failure::Usage(format!("{error}; --help shows what there is"));
        while let Some(arg) = parser.next().map_err(wrong)? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => {
                    print(if help_is_for_one { verb_help(verb) } else { self.help() });
                    return Ok(());
                }
                Arg::Long("version") | Arg::Short('V') => {
                    print(format_args!("{} {}", self.name, self.version));
                    return Ok(());
                }
                Arg::Long(name) => {
                    let opt = verb.find(name).ok_or_else(|| {
                        Failure::Usage(format!(
                            "`{}` has no option --{name}; --help shows what there is",
                            verb.name
                        ))
                    })?;
                    let value = match opt.value {
                        Some(_) => parser.value().map_err(wrong)?,
                        None => Default::default(),
                    };
                    if options.values.insert(opt.name, value).is_some() {
                        return Err(Failure::Usage(format!("--{} is given twice", opt.name)));
                    }
                }
                Arg::Value(value) if verb.operand.is_some() && options.operand.is_none() => {
                    options.operand = Some(value);
                }
                other => return Err(wrong(other.unexpected())),
            }
        }
        (verb.run)(&options)
    }

    fn no_such_verb(&self, name: &str) -> Failure {
        let names: Vec<&str> = self.verbs.iter().map(|verb| verb.name).collect();
        Failure::Usage(format!(
            "there is no verb {}; the verbs are {}",
            anatomy::quoted(name),
            names.join(", ")
        ))
    }

    fn help(&self) -> String {
        let mut text = format!("{}\n\nusage: {} [VERB] [OPTIONS]\n", self.about, self.name);
        for verb in self.verbs {
            text.push('\n');
            text.push_str(&verb_help(verb));
            text.push('\n');
        }
        text.push_str("\n--help and --version work everywhere, after a verb too.\n");
        text.push_str("Exit status: 0 done, 1 the other side, the network or a file failed,\n");
        text.push_str("2 wrong usage, 3 an attack that did not succeed.");
        text
    }
}

/// What became of a program that could not print any more; any other panic goes on.
fn output_closed(panic: Box<dyn Any + Send>) -> Result<(), Failure> {
    match panic.downcast::<OutputClosed>().map(|closed| closed.0) {
        Ok(ErrorKind::BrokenPipe) => Ok(()),
        Ok(kind) => Err(Failure::new(format!("cannot write to standard output: {}", reason(&kind.into())))),
        Err(panic) => resume_unwind(panic),
    }
}

impl Verb {
    fn find(&self, name: &str) -> Option<&'static Opt> {
        self.options.iter().copied().flatten().find(|opt| opt.name == name)
    }
}

fn verb_help(verb: &Verb) -> String {
    let title = [verb.name, verb.operand.unwrap_or_default()].join(" ");
    let mut lines = row(&title, verb.about);
    for opt in verb.options.iter().copied().flatten() {
        let title = format!("  --{} {}", opt.name, opt.value.unwrap_or_default());
        lines.extend(row(&title, opt.help));
    }
    lines.push(format!("    example: {}", verb.example));
    lines.join("\n")
}

fn row(title: &str, about: &str) -> Vec<String> {
    let texts = fill(about, 80 - TITLE - 2);
    let titles = std::iter::once(title).chain(std::iter::repeat(""));
    texts.iter().zip(titles).map(|(text, title)| format!("  {}{text}", pad(title, TITLE))).collect()
}

const TITLE: usize = 24;
