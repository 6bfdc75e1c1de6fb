//! The thread that runs the server of the demo, plugs the cable in and out, and reads what the server knows.

use super::Shared;
use super::cable::Cable;
use certificates::folder::load_certificate;
use echo::lab::{Failure, hex, io_failure};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::PoisonError;
use std::sync::mpsc::Receiver;
use tokio::runtime::{Builder, Runtime};
use uchat_client::profile::{Known, Profile};
use uchat_protocol::channel::{Lesson, Transport};
use uchat_server::{Config, Server, ledger};
use uchat_tui::demo::{Happened, Knows, Person, Row};
use uchat_tui::shell::Prompter;

/// What the house is asked for.
pub(super) enum Task {
    /// Plug the cable in, or pull it out.
    Cable(bool),
    /// Read what the server knows.
    Read,
    /// The demo has ended.
    End,
}

/// What the house is built from.
pub(super) struct House {
    pub(super) transport: Transport,
    /// A folder for the server.
    pub(super) data: PathBuf,
    /// The two profiles; the second one is behind the cable.
    pub(super) profiles: [Profile; 2],
    /// Where it says why it could not go on.
    pub(super) failure: Shared,
}

impl House {
    /// Runs until the demo has ended.
    pub(super) fn run(self, tasks: &Receiver<Task>, prompter: &Prompter) {
        let opened = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let opened = opened.map_err(|e| io_failure("cannot start the server", &e));
        let opened = opened.and_then(|runtime| self.open(&runtime).map(|open| (runtime, open)));
        let (runtime, (server, cable)) = match opened {
            Ok(opened) => opened,
            Err(failure) => {
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                prompter.tell(Happened::Failed);
                return;
            }
        };
        prompter.tell(Happened::Ready);
        while let Ok(task) = tasks.recv() {
            match task {
                Task::Cable(plugged) => {
                    runtime.block_on(cable.plug(plugged));
                    prompter.tell(Happened::Cable(plugged));
                }
                Task::Read => {
                    prompter.tell(Happened::Server(self.read()));
                }
                Task::End => break,
            }
        }
        runtime.block_on(async {
            cable.plug(false).await;
            server.stop().await;
        });
    }

    /// Starts the server, lays the cable, and tells both profiles the way.
    fn open(&self, runtime: &Runtime) -> Result<(Server, Cable), Failure> {
        let config = Config {
            listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            data: Some(self.data.clone()),
            lesson: self.transport.lesson().map(Lesson::number),
            tls: Some(self.transport == Transport::Tls),
            ..Config::default()
        };
        let server = runtime.block_on(Server::start(config)).map_err(|e| Failure::new(e.to_string()))?;
        let cable = runtime.block_on(Cable::to(server.address()));
        let cable = cable.map_err(|e| io_failure("cannot listen on 127.0.0.1", &e))?;
        for (profile, address) in self.profiles.iter().zip([server.address(), cable.end()]) {
            let known = self.known(&server, address)?;
            profile.remember(&known).map_err(|e| Failure::new(e.to_string()))?;
        }
        Ok((server, cable))
    }

    /// The server, as a profile knows it.
    fn known(&self, server: &Server, address: SocketAddr) -> Result<Known, Failure> {
        let mut known = Known {
            host: address.ip().to_string(),
            port: address.port(),
            tls: self.transport == Transport::Tls,
            access_key: server.access_key().map(hex),
            ..Known::default()
        };
        if self.transport.encrypted() {
            let ca = load_certificate(&self.folder().join("ca.pem"))?;
            known.pin(ca.fingerprint());
            known.ca_certificate = Some(ca.to_pem());
        }
        Ok(known)
    }

    /// The folder that the server uses in the end: lessons have their own.
    fn folder(&self) -> PathBuf {
        self.transport.folder().map_or(self.data.clone(), |folder| self.data.join(folder))
    }

    /// What stands in the server's database now.
    fn read(&self) -> Result<Knows, String> {
        let ledger = ledger::read(&self.folder(), NEWEST).map_err(|error| error.to_string())?;
        let people = ledger.users.into_iter().map(|user| Person {
            id: user.id,
            name: user.name,
            email: user.email,
            address: user.address,
            certificate: user.certificate,
        });
        let messages = ledger.messages.into_iter().map(|message| Row {
            seq: message.seq,
            time: message.time,
            from: message.from,
            to: message.to,
            delivered: message.delivered,
            read: message.read,
            data: message.data,
            envelope: message.envelope,
        });
        Ok(Knows {
            people: people.collect(),
            messages: messages.collect(),
            keys: self.profiles.each_ref().map(|profile| profile.dir().join("keys.pem").is_file()),
            problem: None,
        })
    }
}

/// So many messages are read.
const NEWEST: u32 = 50;
