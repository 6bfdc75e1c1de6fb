//! The private server: a server in this process, on this machine only, with the user `echo` in it. Its data lies in
//! the data folder; a profile that uses it says so in the file `private`, and finds it again at the next start,
//! whichever port it gets then.

use crate::echo_friend::NAME;
use crate::known::{self, data_dir};
use crate::{invite, server};
use certificates::folder::load_certificate;
use echo::lab::{Failure, hex, io_failure};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use uchat_client::profile::{Known, Profile, write_private};
use uchat_protocol::channel::{Lesson, Transport};
use uchat_server::{Config, Server, StartError};

/// A private server that runs.
pub(super) struct Private {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
    /// What a client needs to know about it.
    known: Known,
    transport: Transport,
    data: PathBuf,
}

impl Private {
    /// Starts it; the first time it makes its keys. When this returns it listens.
    pub(super) fn start(transport: Transport) -> Result<Self, Failure> {
        let data = data_dir()?.join("private");
        let config = Config {
            data: Some(data.clone()),
            lesson: transport.lesson().map(Lesson::number),
            tls: Some(transport == Transport::Tls),
            welcome: Some(NAME.to_owned()),
            ..Config::default()
        };
        let data = transport.folder().map_or(data.clone(), |folder| data.join(folder));
        let (told, started) = channel();
        let (stop, stopped) = oneshot::channel();
        let folder = data.clone();
        let thread = std::thread::Builder::new()
            .name("private server".to_owned())
            .spawn(move || run(config, folder, &told, stopped))
            .map_err(|e| io_failure("cannot start the private server", &e))?;
        match started.recv() {
            Ok(Ok(known)) => Ok(Self { stop, thread, known, transport, data }),
            Ok(Err(failure)) => Err(failure),
            Err(_) => Err(Failure::new("the private server has failed; the log says why")),
        }
    }

    /// The server as a client of this profile sees it. `username` has logged in last.
    pub(super) fn server(&self, username: Option<String>) -> Result<known::Server, Failure> {
        let mut known = Known { username, ..self.known.clone() };
        let ca = match self.transport {
            Transport::Lesson(_) => None,
            Transport::Signed | Transport::Tls => Some(load_certificate(&self.data.join("ca.pem"))?),
        };
        if let Some(ca) = &ca {
            known.pin(ca.fingerprint());
            known.ca_certificate = Some(ca.to_pem());
        }
        Ok(known::Server { known, transport: self.transport, ca })
    }

    /// Stops it in order.
    pub(super) fn stop(self) {
        let _ = self.stop.send(()); // it may have ended already
        if self.thread.join().is_err() {
            tracing::error!("the private server has failed");
        }
    }
}

/// Runs it, on a thread of its own, until it is told to stop.
fn run(config: Config, data: PathBuf, told: &Sender<Result<Known, Failure>>, stopped: oneshot::Receiver<()>) {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = told.send(Err(io_failure("cannot start the private server", &error)));
            return;
        }
    };
    runtime.block_on(async {
        let server = match start(config, &data).await {
            Ok(server) => server,
            Err(error) => {
                let _ = told.send(Err(refused(&error)));
                return;
            }
        };
        let known = Known {
            host: Ipv4Addr::LOCALHOST.to_string(),
            port: server.address().port(),
            tls: server.transport() == Transport::Tls,
            access_key: server.access_key().map(hex),
            ..Known::default()
        };
        if let Some(made) = server.invite()
            && let Err(failure) = invite::keep(&data, &made)
        {
            tracing::warn!("{failure}");
        }
        let _ = told.send(Ok(known)); // who started it waits for this
        let echo = server::start_echo(&server, data, None).await;
        server
            .run_until(async {
                let _ = stopped.await; // also when nobody is left who could tell
                if let Some(echo) = echo {
                    let _ = tokio::task::spawn_blocking(|| echo.stop()).await; // logs its own failures
                }
            })
            .await;
    });
}

/// On the port of the last time, so that whoever was invited finds it again; on any other where that is taken.
async fn start(config: Config, data: &Path) -> Result<Server, StartError> {
    let on = |port| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    if let Ok(before) = invite::kept(data) {
        match Server::start(Config { listen: on(before.port), ..config.clone() }).await {
            Err(StartError::Listen { .. }) => {}
            result => return result,
        }
    }
    Server::start(Config { listen: on(0), ..config }).await
}

fn refused(error: &StartError) -> Failure {
    match error {
        StartError::InUse(path) => Failure::new(format!(
            "another uchat on this machine serves {0} already. Join it from here: paste what `uchat invite --data {0}` \
             prints",
            path.display()
        )),
        other => Failure::new(format!("the private server cannot start: {other}")),
    }
}

/// Whether the server of this profile is the private one.
pub(super) fn is_of(profile: &Profile) -> bool {
    mark(profile.dir()).exists()
}

/// From now on it is.
pub(super) fn belongs_to(profile: &Profile) -> Result<(), Failure> {
    let path = mark(profile.dir());
    let text =
        "The server of this profile is the private one, in the folder `private` beside the profiles.\n";
    write_private(&path, text.as_bytes())
        .map_err(|e| io_failure(&format!("cannot write {}", path.display()), &e))
}

/// From now on it is another one.
pub(crate) fn forget(profile: &Profile) -> Result<(), Failure> {
    let path = mark(profile.dir());
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(io_failure(&format!("cannot remove {}", path.display()), &error))
        }
        _ => Ok(()),
    }
}

fn mark(profile: &Path) -> PathBuf {
    profile.join("private")
}
