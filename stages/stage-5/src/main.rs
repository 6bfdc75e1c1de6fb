//! The command line of stage 5.

mod demo;
mod prime;

use conn_auth::{KEY, Key};
use echo::lab::{self, Failure, Opt, Options, Outcome, Program, Recording, Verb};
use framing::{ByteOrder, FrameHandler, FrameStream};
use key_exchange::attack::{self, break_recording};
use key_exchange::{Group, Keystreams, PORT, SecretClient, SecretEcho, fresh_pair};
use socketserver::{Authenticated, ThreadingTcpServer, ask};
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: "stage 5: Diffie-Hellman over big primes; RC4 under the agreed key",
    verbs: &[
        lab::demo_verb("cargo run -p stage-5 -- demo --step", demo::run, &[lab::DEMO, lab::DEMO_KEY]),
        Verb {
            name: "server",
            operand: None,
            about: "agree on a key with each client and answer its encrypted frames in upper case",
            options: &[lab::LISTEN, KEY, SECRET],
            example: "cargo run -p stage-5 -- server",
            run: run_server,
        },
        Verb {
            name: "client",
            operand: None,
            about: "agree on a key, then send each line encrypted and print each answer",
            options: &[lab::CONNECT, lab::TIMEOUT, KEY, SECRET],
            example: "cargo run -p stage-5 -- client",
            run: run_client,
        },
        prime::PRIME,
        Verb {
            name: "break",
            operand: Some("RECORDING"),
            about: "find the private key in a recorded session with --historic, and read it",
            options: &[],
            example: "cargo run -p stage-5 -- break session.txt",
            run: run_break,
        },
        lab::attack_verb("cargo run -p stage-5 -- attack flip --listen 127.0.0.1:9105", run_attack),
    ],
};

const SECRET: &[Opt] = &[
    Opt { name: "historic", value: None, help: "the original program's group, with private keys of 12 bits" },
    Opt {
        name: "group",
        value: Some("FILE"),
        help: "a safe prime of your own (see prime); both sides need it",
    },
    Opt { name: "one-keystream", value: None, help: "the same keystream in both directions: a mistake" },
];

fn main() -> ExitCode {
    PROGRAM.main()
}

fn keystreams(options: &Options) -> Keystreams {
    if options.has("one-keystream") { Keystreams::One } else { Keystreams::Two }
}

fn run_server(options: &Options) -> Result<(), Failure> {
    let (key, group, keystreams) =
        (Key::from_options(options)?, Group::from_options(options)?, keystreams(options));
    let listener = lab::listen(options.addr("listen", PORT)?)?;
    socketserver::run_server(listener, |listener| {
        let server = ThreadingTcpServer::new(listener, move |peer| {
            let group = group.clone();
            let service = SecretEcho::new(peer, keystreams, move || fresh_pair(&group));
            Ok(Authenticated::new(ask(key.as_ref())?, FrameHandler::new(ByteOrder::Network, service)))
        });
        Ok(Box::new(server.map_err(|e| lab::io_failure("the server cannot start", &e))?))
    })
}

fn run_client(options: &Options) -> Result<(), Failure> {
    let (key, group) = (Key::from_options(options)?, Group::from_options(options)?);
    let server = options.addr("connect", PORT)?;
    let stream = FrameStream::connect(server, options.patience()?, key.as_ref(), ByteOrder::Network)?;
    let mut client = SecretClient::agree(stream, &fresh_pair(&group)?, keystreams(options))?;
    lab::converse(lab::Empty::IsAMessage, lab::LONG_LINE, |line| client.request(line))
}

fn run_break(options: &Options) -> Result<(), Failure> {
    let path = options.operand().ok_or_else(|| Failure::Usage("which recording? break RECORDING".into()))?;
    match break_recording(&Recording::load(&path)?)? {
        Outcome::Succeeded(what) => {
            lab::print(format_args!("broken: {what}"));
            Ok(())
        }
        Outcome::Failed(why) => {
            lab::print(format_args!("not broken: {why}"));
            Err(Failure::Withstood)
        }
    }
}

fn run_attack(options: &Options) -> Result<(), Failure> {
    let tables = [
        attack::ATTACKS,
        framing::attack::ATTACKS,
        socketserver::attack::ATTACKS,
        conn_auth::attack::ATTACKS,
        echo::attack::ATTACKS,
    ];
    lab::run_attack(&tables, options, PORT)
}
