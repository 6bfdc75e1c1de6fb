//! The command line of stage 1.

mod demo;

use echo::lab::{self, Failure, Options, Program, Verb};
use echo::{Client, PORT, attack, server};
use std::net::SocketAddr;
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: "stage 1: echo over a plain socket, and a stranger who walks in",
    verbs: &[
        lab::demo_verb("cargo run -p stage-1 -- demo --step", demo::run, &[lab::DEMO]),
        Verb {
            name: "server",
            operand: None,
            about: "answer every chunk of bytes in upper case, one client at a time",
            options: &[lab::LISTEN],
            example: "cargo run -p stage-1 -- server --listen 127.0.0.1:9001",
            run: run_server,
        },
        Verb {
            name: "client",
            operand: None,
            about: "send each line of standard input, print each answer; `quit` ends it",
            options: &[lab::CONNECT, lab::TIMEOUT],
            example: "cargo run -p stage-1 -- client --connect 127.0.0.1:9001",
            run: run_client,
        },
        lab::attack_verb("cargo run -p stage-1 -- attack stranger --connect 127.0.0.1:9001", run_attack),
    ],
};

fn main() -> ExitCode {
    PROGRAM.main()
}

fn run_server(options: &Options) -> Result<(), Failure> {
    let listener = lab::listen(options.addr("listen", PORT)?)?;
    lab::on_interrupt(|| std::process::exit(0))?;
    lab::announce(&listener)?;
    server::serve(&listener, server::converse)
}

fn run_client(options: &Options) -> Result<(), Failure> {
    let server: SocketAddr = options.addr("connect", PORT)?;
    let mut client = Client::connect(server, options.patience()?)?;
    lab::converse(lab::Empty::HasNoBytes, lab::SHORT_LINE, |line| client.request(line))
}

fn run_attack(options: &Options) -> Result<(), Failure> {
    lab::run_attack(&[attack::ATTACKS], options, PORT)
}
