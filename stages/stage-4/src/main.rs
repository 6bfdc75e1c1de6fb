//! The command line of stage 4.

mod demo;
mod values;

use conn_auth::{KEY, Key};
use echo::lab::{self, Failure, Opt, Options, Program, Verb};
use framing::{ByteOrder, FileReceiver, FrameHandler, FrameStream, PORT, UpperCaseFrames, attack, send_file};
use socketserver::{Authenticated, RequestHandler, ThreadingTcpServer, ask, run_server};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: "stage 4: length-prefixed frames, typed values, files that resume",
    verbs: &[
        lab::demo_verb("cargo run -p stage-4 -- demo --step", demo::run, &[lab::DEMO, lab::DEMO_KEY]),
        Verb {
            name: "server",
            operand: None,
            about: "admit clients that know the key and answer each frame in upper case",
            options: &[lab::LISTEN, KEY, ORDER],
            example: "cargo run -p stage-4 -- server",
            run: run_echo,
        },
        Verb {
            name: "client",
            operand: None,
            about: "answer the challenge, then send each line in a frame and print each answer",
            options: &[lab::CONNECT, lab::TIMEOUT, KEY, ORDER],
            example: "cargo run -p stage-4 -- client",
            run: run_client,
        },
        Verb {
            name: "recv-files",
            operand: None,
            about: "receive files into a folder; what was cut off goes on where it stopped",
            options: &[lab::LISTEN, KEY, ORDER, RECEIVE],
            example: "cargo run -p stage-4 -- recv-files --dir inbox",
            run: run_recv_files,
        },
        Verb {
            name: "send-file",
            operand: Some("PATH"),
            about: "send a file; send it again if it was cut off",
            options: &[lab::CONNECT, lab::TIMEOUT, KEY, ORDER],
            example: "cargo run -p stage-4 -- send-file README.md",
            run: run_send_file,
        },
        values::ENCODE,
        values::DECODE,
        lab::attack_verb("cargo run -p stage-4 -- attack eavesdrop --listen 127.0.0.1:9104", run_attack),
    ],
};

const ORDER: &[Opt] =
    &[Opt { name: "little-endian", value: None, help: "frame headers as a C int of this kind of machine" }];

const RECEIVE: &[Opt] = &[
    Opt { name: "dir", value: Some("DIR"), help: "the folder that files go to; it must exist" },
    Opt { name: "max-size", value: Some("BYTES"), help: "refuse larger files (1073741824, which is 1 GiB)" },
];

fn main() -> ExitCode {
    PROGRAM.main()
}

fn byte_order(options: &Options) -> ByteOrder {
    if options.has("little-endian") { ByteOrder::LittleEndian } else { ByteOrder::Network }
}

fn run_echo(options: &Options) -> Result<(), Failure> {
    let (key, order) = (Key::from_options(options)?, byte_order(options));
    let listener = lab::listen(options.addr("listen", PORT)?)?;
    serve(listener, move |_| {
        Ok(Authenticated::new(ask(key.as_ref())?, FrameHandler::new(order, UpperCaseFrames)))
    })
}

fn run_recv_files(options: &Options) -> Result<(), Failure> {
    let (key, order) = (Key::from_options(options)?, byte_order(options));
    let most = options.number("max-size")?.unwrap_or(1 << 30);
    let dir = options.path("dir").ok_or_else(|| Failure::Usage("recv-files needs --dir DIR".into()))?;
    if !dir.is_dir() {
        return Err(Failure::new(format!("{} is not a folder: make it first", dir.display())));
    }
    let listener = lab::listen(options.addr("listen", PORT)?)?;
    serve(listener, move |peer| {
        let receiver = FileReceiver::new(peer, dir.clone(), most);
        Ok(Authenticated::new(ask(key.as_ref())?, FrameHandler::new(order, receiver)))
    })
}

fn serve<F, H>(listener: TcpListener, make: F) -> Result<(), Failure>
where
    F: Fn(SocketAddr) -> Result<H, Failure> + Send + Sync + 'static,
    H: RequestHandler,
{
    run_server(listener, |listener| {
        let server = ThreadingTcpServer::new(listener, make)
            .map_err(|e| lab::io_failure("the server cannot start", &e))?;
        Ok(Box::new(server.with_read_size(READ_SIZE)))
    })
}

fn connect(options: &Options) -> Result<FrameStream, Failure> {
    let key = Key::from_options(options)?;
    FrameStream::connect(
        options.addr("connect", PORT)?,
        options.patience()?,
        key.as_ref(),
        byte_order(options),
    )
}

fn run_client(options: &Options) -> Result<(), Failure> {
    let mut stream = connect(options)?;
    lab::converse(lab::Empty::IsAMessage, lab::LONG_LINE, |line| stream.request(line))
}

fn run_send_file(options: &Options) -> Result<(), Failure> {
    let path = options.operand().ok_or_else(|| Failure::Usage("which file? send-file PATH".into()))?;
    // What is no file is told before anybody is connected to.
    let about = std::fs::metadata(&path);
    if !about.map_err(|e| lab::io_failure(&format!("{} cannot be read", path.display()), &e))?.is_file() {
        return Err(Failure::new(format!("{} is not a file", path.display())));
    }
    let sent = send_file(&mut connect(options)?, &path)?;
    lab::print(format_args!("sent {}: {} bytes, from offset {}", sent.name, sent.size, sent.resumed));
    Ok(())
}

fn run_attack(options: &Options) -> Result<(), Failure> {
    let tables =
        [attack::ATTACKS, socketserver::attack::ATTACKS, conn_auth::attack::ATTACKS, echo::attack::ATTACKS];
    lab::run_attack(&tables, options, PORT)
}

const READ_SIZE: usize = 16 << 10;
