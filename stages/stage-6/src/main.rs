//! The command line of stage 6.

mod demo;

use cbc_packet::{Fill, Friends, PORT, PacketClient, PacketHandler, attack};
use conn_auth::{KEY, Key, random};
use echo::lab::{self, Failure, Opt, Options, Program, Verb};
use framing::{ByteOrder, FrameStream};
use key_exchange::{Group, fresh_pair};
use socketserver::{Authenticated, ThreadingTcpServer, ask};
use std::process::ExitCode;
use std::sync::Arc;

const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: "stage 6: AES-CBC packets with an MD5 digest",
    verbs: &[
        lab::demo_verb("cargo run -p stage-6 -- demo --step", demo::run, &[lab::DEMO, lab::DEMO_KEY]),
        Verb {
            name: "server",
            operand: None,
            about: "agree on a key with each client and answer its packets: an echo, and a list of friends",
            options: &[lab::LISTEN, KEY, PACKETS],
            example: "cargo run -p stage-6 -- server",
            run: run_server,
        },
        Verb {
            name: "client",
            operand: None,
            about: "agree on a key, then send each line in a packet; also /add NAME and /delete NAME",
            options: &[lab::CONNECT, lab::TIMEOUT, KEY, PACKETS],
            example: "cargo run -p stage-6 -- client",
            run: run_client,
        },
        lab::attack_verb("cargo run -p stage-6 -- attack forge --listen 127.0.0.1:9106", run_attack),
    ],
};

const PACKETS: &[Opt] = &[
    Opt { name: "historic", value: None, help: "the original program's group, with private keys of 12 bits" },
    Opt {
        name: "check-padding",
        value: None,
        help: "look at the padding, and (the server) tell clients what is there: a mistake",
    },
];

fn main() -> ExitCode {
    PROGRAM.main()
}

fn fill(options: &Options) -> Fill {
    if options.has("check-padding") { Fill::Checked } else { Fill::Ignored }
}

fn run_server(options: &Options) -> Result<(), Failure> {
    let (key, group) = (Key::from_options(options)?, Group::from_options(options)?);
    let fill = fill(options);
    let friends = Arc::new(Friends::default());
    let listener = lab::listen(options.addr("listen", PORT)?)?;
    socketserver::run_server(listener, |listener| {
        let server = ThreadingTcpServer::new(listener, move |peer| {
            let group = group.clone();
            let make_pair = move || fresh_pair(&group);
            let handler = PacketHandler::new(peer, Arc::clone(&friends), fill, random, make_pair);
            Ok(Authenticated::new(ask(key.as_ref())?, handler))
        });
        let server = server.map_err(|e| lab::io_failure("the server cannot start", &e))?;
        Ok(Box::new(server.with_read_size(READ_SIZE)))
    })
}

fn run_client(options: &Options) -> Result<(), Failure> {
    let (key, group) = (Key::from_options(options)?, Group::from_options(options)?);
    let server = options.addr("connect", PORT)?;
    let stream = FrameStream::connect(server, options.patience()?, key.as_ref(), ByteOrder::Network)?;
    let mut client = PacketClient::agree(stream, &fresh_pair(&group)?, fill(options))?;
    lab::converse(lab::Empty::IsAMessage, lab::LONG_LINE, |line| client.request_line(line))
}

fn run_attack(options: &Options) -> Result<(), Failure> {
    lab::run_attack(&attack::tables(), options, PORT)
}

const READ_SIZE: usize = 16 << 10;
