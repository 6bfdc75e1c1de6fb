//! The log: on standard error, as sentences or as JSON lines.

use crate::cli::{Global, Verb};
use echo::lab::Failure;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts it. A server says who comes and goes; everything else speaks only of trouble, unless it is asked to say
/// more (`-v`, or a filter in `UCHAT_LOG`).
///
/// # Errors
/// The filter cannot be read.
pub(crate) fn start(global: &Global, verb: Option<&Verb>) -> Result<(), Failure> {
    let usual = u8::from(matches!(verb, Some(Verb::Server(_))));
    let level = match usual + global.verbose {
        0 => "warn",
        1 if global.verbose == 0 => "info,uchat_client=warn", // a server's client is its user echo
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let asked_for = std::env::var(FILTER).unwrap_or_default();
    // With the screen open, lines of the log across it would help nobody: only a file or a pipe gets them.
    let hidden = matches!(verb, None | Some(Verb::Demo)) && std::io::stderr().is_terminal();
    let filter = match asked_for.as_str() {
        _ if hidden => EnvFilter::new("off"),
        "" => EnvFilter::new(level),
        filter => EnvFilter::try_new(filter).map_err(|e| {
            Failure::Usage(format!(
                "{FILTER} cannot be used: {e}; it is a level, such as debug, or PART=LEVEL,…"
            ))
        })?,
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if global.log_json {
        log.json().init();
    } else {
        log.with_ansi(false).with_target(false).init();
    }
    Ok(())
}

/// The variable that says what the log says.
const FILTER: &str = "UCHAT_LOG";
