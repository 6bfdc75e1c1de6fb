//! The command line of stage 8.

mod demo;

use certificates::folder::ServerFolder;
use echo::lab::{self, Failure, Opt, Options, Program, Verb};
use https::{HttpsHandler, Identity, KeyLogFile, PORT, attack, roots, server_config};
use socketserver::{ThreadingTcpServer, run_server as serve};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: "stage 8: the real thing, HTTPS: TLS 1.3 and HTTP with stage 7's certificates",
    verbs: &[
        lab::demo_verb("cargo run -p stage-8 -- demo --step", demo::run, &[lab::DEMO]),
        Verb {
            name: "server",
            operand: None,
            about: "serve a few pages over https",
            options: &[lab::LISTEN, SERVER],
            example: "cargo run -p stage-8 -- server --dir certs",
            run: run_server,
        },
        https::GET,
        lab::attack_verb("cargo run -p stage-8 -- attack visitor", run_attack),
    ],
};

const SERVER: &[Opt] = &[
    Opt {
        name: "dir",
        value: Some("DIR"),
        help: "keys and certificates (stage-8-certificates); what is missing there is made",
    },
    Opt {
        name: "cert",
        value: Some("FILE"),
        help: "show this certificate, whatever it is, not the folder's",
    },
    Opt { name: "key", value: Some("FILE"), help: "the key of --cert, PEM, not encrypted" },
    Opt { name: "client-ca", value: Some("FILE"), help: "serve only clients with a certificate of this CA" },
    Opt {
        name: "key-log",
        value: Some("FILE"),
        help: "append the secrets of each connection, to look inside",
    },
];

fn main() -> ExitCode {
    PROGRAM.main()
}

fn run_server(options: &Options) -> Result<(), Failure> {
    let address = options.addr("listen", PORT)?; // told before anything is made
    let identity = identity(options)?;
    let client_roots = options.path("client-ca").map(|path| roots(Some(&path))).transpose()?;
    let key_log = options.path("key-log").map(|path| KeyLogFile::open(&path)).transpose()?;
    let config = server_config(identity, client_roots, key_log.map(|file| Arc::new(file) as _))?;
    let listener = lab::listen(address)?;
    serve(listener, |listener| {
        let server = ThreadingTcpServer::new(listener, move |peer| {
            HttpsHandler::new(peer, Arc::clone(&config))
                .map_err(|error| Failure::new(format!("its TLS cannot be set up: {error}")))
        });
        let server = server.map_err(|e| lab::io_failure("the server cannot start", &e))?;
        Ok(Box::new(server.with_read_size(READ_SIZE)))
    })
}

/// The certificate and key to show: those given, or those of the folder, which is filled where it is empty.
fn identity(options: &Options) -> Result<Identity, Failure> {
    match (options.path("cert"), options.path("key")) {
        (Some(cert), Some(key)) => return Identity::read(&cert, &key),
        (None, None) => {}
        _ => return Err(Failure::Usage("--cert and --key belong together: give both".into())),
    }
    let dir = options.path("dir").unwrap_or_else(|| PathBuf::from(DIR));
    let folder = ServerFolder::open_or_make(&dir, &[])?;
    for path in folder.made() {
        lab::log(format_args!("made {}", path.display()));
    }
    Identity::read(&dir.join("server.pem"), &dir.join("server.key"))
}

fn run_attack(options: &Options) -> Result<(), Failure> {
    lab::run_attack(&attack::tables(), options, PORT)
}

/// The folder of a server that is given none.
const DIR: &str = "stage-8-certificates";
/// A record of TLS at once.
const READ_SIZE: usize = 16 << 10;
