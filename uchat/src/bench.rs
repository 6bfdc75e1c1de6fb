//! `uchat bench`: the load generator.

use crate::cli::Global;
use crate::known::split;
use crate::output;
use certificates::folder::load_certificate;
use clap::{Args, Subcommand};
use conn_auth::Key;
use echo::lab::{Failure, io_failure};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;
use uchat_server::{Config, Crowd};
use uchat_tools::bench::{BenchError, LogIn, Plan, Scenario, run, token};

/// `uchat bench`.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Fill the folder of a server that does not run with accounts, friends and rooms
    Prepare {
        /// The folder, as `uchat server` will be given it
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// How many accounts: the first and the second are friends, the third and the fourth, and so on
        #[arg(long, default_value_t = 1000)]
        users: usize,
        /// How many rooms, each with the next 500 accounts
        #[arg(long, default_value_t = 1)]
        rooms: usize,
    },
    /// Connect and log in
    Connect(Load),
    /// Connect and say nothing
    Idle(Load),
    /// Pairs: one talks as fast as the window allows, the other listens
    Direct(Load),
    /// Pairs: one says `--window` messages a second, the other listens
    Paced(Load),
    /// All in one room; one talks as fast as the window allows
    Room(Load),
    /// One says `--window` messages to somebody who is away, and who then comes and fetches them
    Offline(Load),
}

/// Options of all scenarios.
#[derive(Args)]
pub(crate) struct Load {
    /// How many clients
    #[arg(long, default_value_t = 100)]
    users: usize,
    /// For how long
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The bytes of each message
    #[arg(long, default_value_t = 200)]
    size: usize,
    /// How many messages of one sender are on their way at a time
    #[arg(long, default_value_t = 16)]
    window: usize,
    /// Log in with the password, not with a resume token; lessons know nothing else
    #[arg(long)]
    password: bool,
    /// The server's process, to ask the system how much CPU time and memory it takes
    #[arg(long, value_name = "PID")]
    server_pid: Option<u32>,
}

/// Does it, and prints one line of JSON.
pub(crate) fn bench(global: &Global, what: Bench) -> Result<(), Failure> {
    let (scenario, load) = match what {
        Bench::Prepare { data, users, rooms } => return prepare(global, data, users, rooms),
        Bench::Connect(load) => (Scenario::Connect, load),
        Bench::Idle(load) => (Scenario::Idle, load),
        Bench::Direct(load) => (Scenario::Direct, load),
        Bench::Paced(load) => (Scenario::Paced, load),
        Bench::Room(load) => (Scenario::Room, load),
        Bench::Offline(load) => (Scenario::Offline, load),
    };
    let plan = plan(global, scenario, &load)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| io_failure("cannot start the clients", &e))?;
    let report = runtime.block_on(run(plan)).map_err(|error| match error {
        BenchError::Plan(text) => Failure::Usage(text),
        other => Failure::new(other.to_string()),
    })?;
    let line = serde_json::to_string(&report).map_err(|e| Failure::new(e.to_string()))?;
    output::say(line)?;
    match report.lost + report.repeated {
        0 => Ok(()),
        _ => Err(Failure::new("messages were lost or repeated: see the line above")),
    }
}

fn prepare(global: &Global, data: PathBuf, users: usize, rooms: usize) -> Result<(), Failure> {
    let config = Config {
        data: Some(data),
        lesson: global.lesson,
        tls: global.tls.then_some(true),
        access_key_file: global.access_key_file.clone(),
        ..Config::default()
    };
    let crowd = Crowd { users, rooms, password: PASSWORD, token };
    uchat_server::prepare(config, &crowd).map_err(|e| Failure::new(e.to_string()))
}

fn plan(global: &Global, scenario: Scenario, load: &Load) -> Result<Plan, Failure> {
    let server = global.server.as_deref();
    let server = server.ok_or_else(|| Failure::Usage("which server? give --server HOST:PORT".to_owned()))?;
    let (host, port) = split(server)?;
    // A name may have several addresses, and the server listens on one of them.
    let reached = TcpStream::connect((host.as_str(), port)).and_then(|stream| stream.peer_addr());
    let address = reached.map_err(|e| io_failure(&format!("cannot reach {server}"), &e))?;
    let ca = global.ca.as_deref().map(load_certificate).transpose()?;
    let transport = global.transport()?;
    Ok(Plan {
        scenario,
        server: address,
        server_name: host.parse().map_err(|e| Failure::Usage(format!("{host} cannot be a server: {e}")))?,
        transport,
        pinned_ca: ca.map(|ca| ca.fingerprint()),
        access_key: global.access_key_file.as_deref().map(Key::load).transpose()?,
        log_in: match load.password || transport.loopback_only() {
            true => LogIn::Password { name: Crowd::name, password: PASSWORD },
            false => LogIn::Token,
        },
        users: load.users,
        time: Duration::from_secs(load.seconds),
        size: load.size,
        window: load.window,
        server_pid: load.server_pid,
    })
}

/// The password of all accounts of a load test.
const PASSWORD: &str = "only for load tests";
