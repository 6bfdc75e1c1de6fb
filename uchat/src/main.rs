//! The messenger's command line.
//!
//! | file | idea |
//! |---|---|
//! | `cli.rs` `arguments.rs` | verbs, options, help; options over variables |
//! | `server.rs` `invite.rs` `echo_friend.rs` | running a server, its invite, the friend who answers everything with itself |
//! | `join.rs` `known.rs` | which server, and whose word counts for its CA |
//! | `session.rs` | a client inside a verb: ask, wait for the answer |
//! | `verbs.rs` `chat.rs` `export.rs` `show.rs` | what one does with it |
//! | `screen.rs` `screen/` | `uchat` alone: the screen and the world around it |
//! | `demo.rs` `demo/` | two screens side by side, a server of their own, and a cable that can be pulled out |
//! | `run.rs` | JSON lines in and out |
//! | `bench.rs` | the load generator |
//! | `keys.rs` `password.rs` `paths.rs` | keys, passwords, where things lie |
//! | `output.rs` `logging.rs` | standard output, the log |

mod arguments;
mod bench;
mod chat;
mod cli;
mod demo;
mod echo_friend;
mod export;
mod invite;
mod join;
mod keys;
mod known;
mod logging;
mod output;
mod password;
mod paths;
mod run;
mod screen;
mod server;
mod session;
mod show;
mod verbs;

use cli::{Cli, Global, Verb};
use echo::lab::{Failure, log};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Cli { global, verb } = arguments::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match logging::start(&global, verb.as_ref()).and_then(|()| perform(&global, verb)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            log(format_args!("{}", sentence(&failure)));
            ExitCode::from(failure.status())
        }
    }
}

fn perform(global: &Global, verb: Option<Verb>) -> Result<(), Failure> {
    match verb {
        None => screen::screen(global),
        Some(Verb::Demo) => demo::demo(global),
        Some(Verb::Server(options)) => server::server(global, options),
        Some(Verb::Invite(options)) => invite::invite(global, &options),
        Some(Verb::Join { invite }) => join::join(global, &invite),
        Some(Verb::Register(options)) => verbs::register(global, options),
        Some(Verb::Add { user }) => verbs::add(global, user),
        Some(Verb::Send { to, text }) => verbs::send(global, &to, text),
        Some(Verb::Chat { with }) => chat::chat(global, &with),
        Some(Verb::History { with, limit, search }) => verbs::history(global, &with, limit, search),
        Some(Verb::Contacts) => verbs::contacts(global),
        Some(Verb::Export { with, format }) => export::export(global, &with, format),
        Some(Verb::Key { what }) => keys::key(global, what),
        Some(Verb::Safety { with }) => verbs::safety(global, with),
        Some(Verb::Paths) => paths::paths(global),
        Some(Verb::Run) => run::run(global),
        Some(Verb::Bench { what }) => bench::bench(global, what),
    }
}

fn sentence(failure: &Failure) -> String {
    match failure {
        Failure::Usage(text) => format!("error: {text}\n\nFor more information, try '--help'."),
        other => format!("error: {other}"),
    }
}
