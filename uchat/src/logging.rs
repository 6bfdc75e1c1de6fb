//! The log: on standard error, as sentences or as JSON lines.

use crate::cli::{Global, Verb};
use tracing_subscriber::EnvFilter;

/// Starts it. A server says who comes and goes; everything else speaks only of trouble, unless it is asked to say
/// more (`-v`, or a filter in `UCHAT_LOG`).
pub(crate) fn start(global: &Global, verb: Option<&Verb>) {
    let usual = u8::from(matches!(verb, Some(Verb::Server(_))));
    let level = match usual + global.verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let filter = EnvFilter::try_from_env("UCHAT_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
    if global.log_json {
        log.json().init();
    } else {
        log.with_ansi(colour).with_target(false).init();
    }
}
