//! From the command line and the environment to what is asked for. An option counts more than a variable, also more
//! than that of another option which it excludes; an empty variable counts as not set.

use crate::cli::{Cli, Global};
use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};
use std::ffi::{OsStr, OsString};

/// Reads the arguments, of which the first is the program's name.
///
/// # Errors
/// Wrong usage; or the help that was asked for, which clap tells as an error.
pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = without_empty_variables(Cli::command());
    let matches = command.try_get_matches_from_mut(arguments)?;
    let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    settle(&mut cli.global, &matches)
        .map_err(|conflict| command.error(ErrorKind::ArgumentConflict, conflict))?;
    Ok(cli)
}

fn without_empty_variables(command: Command) -> Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    command
        .mut_args(|arg| if arg.get_env().is_some_and(is_empty) { arg.env(Resettable::Reset) } else { arg })
        .mut_subcommands(without_empty_variables)
}

/// Of two that exclude each other the one that was given as an option counts. clap would call a variable and an
/// option a conflict.
fn settle(global: &mut Global, matches: &ArgMatches) -> Result<(), &'static str> {
    let is_option = |name| matches.value_source(name) == Some(ValueSource::CommandLine);
    match (is_option("lesson"), is_option("tls")) {
        (true, false) => global.tls = false,
        (false, true) => global.lesson = None,
        _ if global.tls && global.lesson.is_some() => {
            return Err(
                "--lesson and --tls exclude each other: give one (or unset UCHAT_LESSON or UCHAT_TLS)",
            );
        }
        _ => {}
    }
    match (global.trust_first, is_option("ca")) {
        (true, false) => global.ca = None,
        (true, true) => return Err("--ca and --trust-first exclude each other: give one"),
        _ => {}
    }
    Ok(())
}
