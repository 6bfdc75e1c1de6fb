//! The command line of stage 3.

mod demo;

use conn_auth::{KEY, Key};
use echo::lab::{self, Failure, Opt, Options, Program, Verb};
use socketserver::{Authenticated, EchoHandler, Model, OperatorHandler, PORT, ask, attack};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: "stage 3: many clients at once, on threads, a select loop or tasks",
    verbs: &[
        lab::demo_verb("cargo run -p stage-3 -- demo --step", demo::run, &[lab::DEMO, lab::DEMO_KEY]),
        Verb {
            name: "server",
            operand: None,
            about: "admit clients that know the key and answer all of them in upper case",
            options: &[lab::LISTEN, KEY, SERVER],
            example: "cargo run -p stage-3 -- server --model tasks",
            run: run_server,
        },
        conn_auth::client_verb("cargo run -p stage-3 -- client --connect 127.0.0.1:8001", run_client),
        lab::attack_verb("cargo run -p stage-3 -- attack resegment --listen 127.0.0.1:8002", run_attack),
    ],
};

const SERVER: &[Opt] = &[
    Opt {
        name: "model",
        value: Some("MODEL"),
        help: "how to wait for many clients: threads, select or tasks",
    },
    Opt { name: "interactive", value: None, help: "type the answers yourself (threads only)" },
];

fn main() -> ExitCode {
    PROGRAM.main()
}

fn run_server(options: &Options) -> Result<(), Failure> {
    let key = Key::from_options(options)?;
    let model = Model::from_options(options)?;
    let interactive = options.has("interactive");
    if interactive && model != Model::Threads {
        return Err(Failure::Usage(
            "--interactive needs --model threads: in the other models your typing would stop every client"
                .into(),
        ));
    }
    let listener = lab::listen(options.addr("listen", PORT)?)?;
    socketserver::run_server(listener, |listener| {
        if interactive {
            let keyboard = Arc::new(Mutex::new(()));
            model.server(listener, move |peer| {
                Ok(Authenticated::new(ask(key.as_ref())?, OperatorHandler::new(peer, Arc::clone(&keyboard))))
            })
        } else {
            model.server(listener, move |_| Ok(Authenticated::new(ask(key.as_ref())?, EchoHandler)))
        }
    })
}

fn run_client(options: &Options) -> Result<(), Failure> {
    conn_auth::run_client(options, PORT)
}

fn run_attack(options: &Options) -> Result<(), Failure> {
    lab::run_attack(&[attack::ATTACKS, conn_auth::attack::ATTACKS, echo::attack::ATTACKS], options, PORT)
}
