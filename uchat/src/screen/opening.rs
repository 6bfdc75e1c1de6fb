//! From a profile, an invite or nothing to a client that is open.

use super::private::{self, Private};
use super::world::{Around, OWN, Open, OwnAnswer, stop};
use crate::cli::Global;
use crate::known::Server;
use crate::{join, session};
use certificates::files::read_text;
use certificates::folder::system_random;
use echo::lab::{Failure, hex, unhex};
use std::path::Path;
use std::sync::PoisonError;
use std::sync::mpsc::channel;
use std::time::Duration;
use uchat_client::core::{Answer, Command, CommandId, Settings};
use uchat_client::inspect::Recorder;
use uchat_client::net::ca_of;
use uchat_client::profile::{Known, Profile};
use uchat_client::runtime::{Client, Told};
use uchat_client::vault::keys;
use uchat_protocol::channel::{Lesson, Transport};
use uchat_protocol::{Code, MessageId, Refusal, fields};
use uchat_tui::app::{Channel, Done, Event};
use uchat_tui::shell::Teller;

/// Opens clients, one at a time.
pub(super) struct Opener {
    global: Global,
    profile: Profile,
    client: Open,
    teller: Teller,
    around: Option<Around>,
    private: Option<Private>,
    /// The number of the last command of our own.
    last: CommandId,
    /// What has travelled, for the inspector.
    recorder: Recorder,
}

impl Opener {
    pub(super) fn new(global: Global, profile: Profile, client: Open, teller: Teller) -> Self {
        let recorder = Recorder::default();
        Self { global, profile, client, teller, around: None, private: None, last: OWN, recorder }
    }

    /// The server that the profile knows, or that the options name.
    pub(super) fn open(&mut self) -> Result<Done, Failure> {
        if private::is_of(&self.profile) && self.global.server.is_none() {
            return self.start_private();
        }
        let before = self.known()?;
        let (mut known, transport) = Server::sought(&self.global, before.as_ref())?;
        let trusted = self.global.ca.is_some() || known.pinned_ca().is_some();
        if !trusted && !matches!(transport, Transport::Lesson(_)) {
            let mut random = system_random()?;
            let shown = ca_of(&known.host, known.port, transport, &mut random).map_err(session::refused)?;
            if !self.global.trust_first {
                let (server, fingerprint) = (known.address(), hex(&shown.fingerprint()));
                return Ok(Done::Untrusted { server, fingerprint });
            }
            known.pin(shown.fingerprint());
            known.ca_certificate = Some(shown.to_pem());
        }
        let server = Server::of(&self.global, &self.profile, before, known, transport)?;
        self.start(server, false)
    }

    /// Somebody says that the CA of this fingerprint is the right one.
    pub(super) fn trust(&mut self, fingerprint: &str) -> Result<Done, Failure> {
        let before = self.known()?;
        let (mut known, transport) = Server::sought(&self.global, before.as_ref())?;
        let pin = unhex(fingerprint).and_then(|bytes| bytes.try_into().ok());
        known.pin(pin.ok_or_else(|| Failure::new("this is no fingerprint"))?);
        let server = Server::of(&self.global, &self.profile, before, known, transport)?;
        self.start(server, false)
    }

    /// The private server of this machine.
    pub(super) fn start_private(&mut self) -> Result<Done, Failure> {
        let before = self.known()?;
        let was = private::is_of(&self.profile);
        let username = before.as_ref().and_then(|known| known.username.clone());
        if let (Some(username), Some(known), false) = (&username, &before, was) {
            return Err(join::of_another(username, known));
        }
        let transport = match self.global.transport()? {
            Transport::Signed if was && before.is_some_and(|known| known.tls) => Transport::Tls,
            transport => transport,
        };
        let private = match self.private.take() {
            Some(private) => private,
            None => Private::start(transport)?,
        };
        let server = private.server(username);
        self.private = Some(private);
        let server = server?;
        self.remember(&server.known)?;
        private::belongs_to(&self.profile)?;
        self.start(server, true)
    }

    /// The server of an invite.
    pub(super) fn join(&mut self, invite: &str) -> Result<Done, Failure> {
        let invite = join::read(&self.global, invite)?;
        let (known, there) = join::take(&self.global, &self.profile, invite)?;
        private::forget(&self.profile)?;
        self.global.server = None; // the newest word counts
        match there {
            Ok(_) => self.open(),
            Err(failure) => Err(Failure::new(format!(
                "{} is remembered as your server, but cannot be used now: {failure}",
                known.address()
            ))),
        }
    }

    /// Keys from another machine; the client is opened anew, as it must not use them meanwhile.
    pub(super) fn import(&mut self, file: &Path, passphrase: &str, password: &str) -> Result<(), Failure> {
        let text = zeroize::Zeroizing::new(read_text(file)?);
        let Some(around) = self.around.take() else { return Err(Failure::new(Code::Offline.text())) };
        self.stop_client();
        let imported = keys::import(self.profile.dir(), &text, passphrase, password)
            .map_err(|error| Failure::new(error.to_string()));
        let opened = self.start(around.server, around.private)?;
        self.teller.tell(Event::Done(opened));
        imported
    }

    /// Who has logged in; none: nobody is to be remembered.
    pub(super) fn remember_user(&mut self, name: Option<String>) -> Result<(), Failure> {
        let Some(around) = &mut self.around else { return Ok(()) };
        around.server.known.username.clone_from(&name);
        around.server.remember_user(&self.profile, name.as_deref())?;
        // An invite may have been tried in between.
        if around.private { private::belongs_to(&self.profile) } else { private::forget(&self.profile) }
    }

    /// Asks the client for something of our own, and waits for the answer.
    pub(super) fn ask(&mut self, command: Command) -> Result<Answer, Refusal> {
        let offline = || Refusal::new(Code::Offline);
        self.last += 1;
        match &*self.client.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(client) => client.command(self.last, command),
            None => return Err(offline()),
        }
        let answers = &self.around.as_ref().ok_or_else(offline)?.answers;
        loop {
            match answers.recv_timeout(PATIENCE) {
                Ok((id, result)) if id == self.last => return result,
                Ok(_) => {} // one that came too late
                Err(_) => return Err(offline()),
            }
        }
    }

    /// The layers of a message, as it has travelled.
    pub(super) fn inspect(&self, id: MessageId, text: &str) -> Done {
        Done::Inspected(id, self.recorder.travelled(id, text).map(|travelled| travelled.layers()))
    }

    /// Ends everything in order: the client first, as long as its server is there.
    pub(super) fn end(mut self) {
        self.stop_client();
        stop(&mut self.private);
    }

    /// Opens a client.
    fn start(&mut self, server: Server, private: bool) -> Result<Done, Failure> {
        self.stop_client();
        if !private {
            stop(&mut self.private);
        }
        let mut setup = session::setup(self.profile.clone(), &server, Settings::default())?;
        setup.vault.recorder = Some(self.recorder.clone());
        let (sender, answers) = channel();
        let teller = self.teller.clone();
        let client = Client::start(setup, move |told| match told {
            Told::Answer(id, result) if id > OWN => {
                let answer: OwnAnswer = (id, result);
                sender.send(answer).is_ok()
            }
            told => teller.tell(Event::Told(Box::new(told))),
        });
        let client = client.map_err(session::refused)?;
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = Some(client);
        let channel = Channel {
            server: fields::one_line(&server.known.address()),
            private,
            lesson: server.transport.lesson().map(Lesson::number).or(self.global.lesson),
            tls: server.transport == Transport::Tls,
            encrypted: server.transport.encrypted(),
        };
        let username = server.known.username.clone();
        self.around = Some(Around { server, private, answers });
        Ok(Done::Opened(channel, username))
    }

    fn stop_client(&mut self) {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(client) = client {
            client.stop();
        }
    }

    fn known(&self) -> Result<Option<Known>, Failure> {
        self.profile.known().map_err(|e| Failure::new(e.to_string()))
    }

    fn remember(&self, known: &Known) -> Result<(), Failure> {
        self.profile.remember(known).map_err(|e| Failure::new(e.to_string()))
    }
}

/// How long an answer may take that needs no server.
const PATIENCE: Duration = Duration::from_secs(30);
