//! A client that runs inside a verb: ask, wait for the answer, look at what comes in between.

use crate::cli::Global;
use crate::known::Server;
use crate::password::Secret;
use echo::lab::Failure;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use uchat_client::core::{Answer, Command, CommandId, Notice, Settings};
use uchat_client::profile::Profile;
use uchat_client::runtime::{Client, Setup, Told};
use uchat_client::vault::{VaultSettings, system_time};
use uchat_protocol::{Code, Refusal, fields};

/// What a client of this profile needs to start.
pub(crate) fn setup(profile: Profile, server: &Server, settings: Settings) -> Result<Setup, Failure> {
    let encrypted = server.transport.encrypted();
    Ok(Setup {
        profile,
        route: server.route()?,
        settings: Settings { encrypted, ..settings },
        vault: VaultSettings {
            encrypted,
            ca: server.ca.as_ref().map(|ca| ca.der().to_vec()),
            clock: system_time(),
            recorder: None,
        },
    })
}

/// A client, and what it has told.
pub(crate) struct Session {
    client: Client,
    told: Receiver<Told>,
    next: CommandId,
}

impl Session {
    /// Starts it.
    pub(crate) fn start(setup: Setup) -> Result<Self, Failure> {
        let (sender, told) = channel();
        let client = Client::start(setup, move |told| sender.send(told).is_ok()).map_err(refused)?;
        Ok(Self { client, told, next: 1 })
    }

    /// Starts it for the profile of these options, and logs in.
    pub(crate) fn log_in(global: &Global) -> Result<Self, Failure> {
        match Self::try_log_in(global)? {
            (session, Ok(())) => Ok(session),
            (session, Err(refusal)) => {
                session.end();
                Err(refused(refusal))
            }
        }
    }

    /// The same; where the server does not let us in, or cannot be reached, there is a client still.
    pub(crate) fn try_log_in(global: &Global) -> Result<(Self, Result<(), Refusal>), Failure> {
        let profile = global.open_profile()?;
        let server = Server::find(global, &profile)?;
        let username = name(global, &server)?;
        let prompt = format!("Password of {}: ", fields::one_line(&username));
        let password = Secret::Password.ask(global.password_file.as_deref(), &prompt)?;
        let mut session = Self::start(setup(profile.clone(), &server, Settings::default())?)?;
        let login = Command::Login { username: username.clone(), password: password.as_str().into() };
        if let Err(refusal) = session.ask(login, &mut |_| {}) {
            return Ok((session, Err(refusal)));
        }
        match server.remember_user(&profile, Some(&username)) {
            Ok(()) => Ok((session, Ok(()))),
            Err(failure) => {
                session.end();
                Err(failure)
            }
        }
    }

    /// Waits until everything is here that the server has. What comes meanwhile is in the history then.
    pub(crate) fn catch_up(&mut self) -> Result<(), Failure> {
        self.ask(Command::Sync {}, &mut |_| {}).map_err(refused).map(|_| ())
    }

    /// Gives it something to do, without waiting.
    pub(crate) fn tell(&mut self, command: Command) -> CommandId {
        let id = self.next;
        self.next += 1;
        self.client.command(id, command);
        id
    }

    /// Asks, and waits for the answer. What is told in between goes to `notice`.
    pub(crate) fn ask(
        &mut self,
        command: Command,
        notice: &mut dyn FnMut(Notice),
    ) -> Result<Answer, Refusal> {
        let asked = self.tell(command);
        let end = Instant::now() + PATIENCE;
        loop {
            match self.next(end) {
                Some(Told::Answer(id, result)) if id == asked => return result,
                Some(Told::Answer(..)) => {}
                Some(Told::Notice(told)) => notice(told),
                None => {
                    return Err(Refusal::because(
                        Code::Offline,
                        "the server does not answer; try again later",
                    ));
                }
            }
        }
    }

    /// What is told next; `None` if nothing comes until then, or ever.
    pub(crate) fn next(&self, end: Instant) -> Option<Told> {
        self.told.recv_timeout(end.saturating_duration_since(Instant::now())).ok()
    }

    /// Whether there is something to be told now, and what.
    pub(crate) fn wait(&self, limit: Duration) -> Result<Told, RecvTimeoutError> {
        self.told.recv_timeout(limit)
    }

    /// Disconnects in order; returns when everything is on disk.
    pub(crate) fn end(self) {
        drop(self.told);
        self.client.stop();
    }
}

/// The account's name: as given, else the one that was used last.
pub(crate) fn name(global: &Global, server: &Server) -> Result<String, Failure> {
    global.username.clone().or_else(|| server.known.username.clone()).ok_or_else(|| {
        let text = "whose account? Give --username NAME; or make one with `uchat register`";
        Failure::Usage(text.to_owned())
    })
}

/// A refusal as the sentence that ends a verb. It may be the server's, so nothing in it reaches the terminal as
/// anything but text.
pub(crate) fn refused(refusal: Refusal) -> Failure {
    Failure::new(fields::one_line(&refusal.text))
}

/// How long an answer may take; the core knows of dead connections before that.
const PATIENCE: Duration = Duration::from_secs(90);
