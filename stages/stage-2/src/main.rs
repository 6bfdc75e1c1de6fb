//! The command line of stage 2.

mod demo;

use conn_auth::{KEY, Key, PORT, attack, demand};
use echo::lab::{self, Failure, Options, Program, Verb};
use echo::server;
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: "stage 2: connection authentication by HMAC challenge and response",
    verbs: &[
        lab::demo_verb("cargo run -p stage-2 -- demo --step", demo::run, &[lab::DEMO, lab::DEMO_KEY]),
        Verb {
            name: "server",
            operand: None,
            about: "admit clients that know the key and answer in upper case, one at a time",
            options: &[lab::LISTEN, KEY],
            example: "cargo run -p stage-2 -- server --key 'our class'",
            run: run_server,
        },
        conn_auth::client_verb("cargo run -p stage-2 -- client --key 'our class'", run_client),
        lab::attack_verb("cargo run -p stage-2 -- attack hold --connect 127.0.0.1:9999", run_attack),
    ],
};

fn main() -> ExitCode {
    PROGRAM.main()
}

// ANCHOR: run_server
fn run_server(options: &Options) -> Result<(), Failure> {
    let key = Key::from_options(options)?;
    let listener = lab::listen(options.addr("listen", PORT)?)?;
    lab::on_interrupt(|| std::process::exit(0))?;
    lab::announce(&listener)?;
    server::serve(&listener, |mut stream| {
        if let Some(key) = &key {
            demand(&mut stream, key)?;
        }
        server::converse(stream)
    })
}
// ANCHOR_END: run_server

fn run_client(options: &Options) -> Result<(), Failure> {
    conn_auth::run_client(options, PORT)
}

fn run_attack(options: &Options) -> Result<(), Failure> {
    lab::run_attack(&[attack::ATTACKS, echo::attack::ATTACKS], options, PORT)
}
