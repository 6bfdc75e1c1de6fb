//! The loop around the core: one thread owns the model, takes one event after the other and does what the core
//! says. It waits for nothing but the next event.
//!
//! ```text
//! front end ─ command ─▶ ┐                              ┌─▶ net, vault, files
//! net, vault, files ───▶ ├─ one queue ─▶ core::update ──┼─▶ timers
//! timers ──────────────▶ ┘                              └─▶ front end: answers and notices
//! ```

mod clock;
mod timers;

use crate::core::{
    Answer, Command, CommandId, Effect, Event, Model, NetEffect, NetEvent, Notice, Settings, update,
};
use crate::files::Files;
use crate::net::{Net, Route};
use crate::profile::Profile;
use crate::vault::{Vault, VaultSettings};
use certificates::folder::system_random;
use clock::Clock;
use rand::RngExt;
use rand::rngs::StdRng;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use timers::Timers;
use uchat_protocol::{Code, MessageId, Refusal};

/// What a client needs to start.
pub struct Setup {
    /// Where keys, history and outbox lie. It is held until the client has stopped.
    pub profile: Profile,
    /// The way to the server.
    pub route: Route,
    /// How the core behaves.
    pub settings: Settings,
    /// How the vault behaves.
    pub vault: VaultSettings,
}

/// What the front end is told.
#[derive(Debug)]
pub enum Told {
    /// The answer to the command of this number: each gets exactly one.
    Answer(CommandId, Result<Answer, Refusal>),
    /// What nobody has asked for.
    Notice(Notice),
}

/// A client that runs.
#[derive(Debug)]
pub struct Client {
    input: Sender<Input>,
    thread: JoinHandle<()>,
}

/// What the loop waits for.
#[allow(clippy::large_enum_variant, reason = "it is made once and moved, and most of them are events")]
enum Input {
    Event(Event),
    Command(CommandId, Command),
    Stop,
}

impl Client {
    /// Opens the vault and starts. `tell` is called on the client's thread, in order; while it waits, the client
    /// waits, and in the end the server, too. It says whether anybody listens still: if not, the client stops.
    ///
    /// # Errors
    /// The vault cannot be opened, or the operating system gives no threads or no randomness.
    pub fn start(setup: Setup, tell: impl FnMut(Told) -> bool + Send + 'static) -> Result<Self, Refusal> {
        let failed = |error: &dyn std::fmt::Display| Refusal::because(Code::ClientError, error.to_string());
        let (input, inbox) = channel();
        let events = || {
            let input = input.clone();
            move |event| {
                let _ = input.send(Input::Event(event)); // a loop that has ended needs no events
            }
        };
        let Setup { profile, route, settings, vault } = setup;
        let random = || system_random().map_err(|e| failed(&e));
        let to_loop = events();
        let files =
            Files::start(profile.dir(), move |event| to_loop(Event::Files(event))).map_err(|e| failed(&e))?;
        let recorder = vault.recorder.clone();
        let to_loop = events();
        let vault = Vault::open(profile.dir(), vault, move |event| to_loop(Event::Vault(event)))
            .map_err(|e| failed(&e))?;
        let to_loop = events();
        let net = Net::start(route, random()?, recorder, move |event| to_loop(Event::Net(event)))
            .map_err(|e| failed(&e))?;
        let runtime = Runtime {
            model: Model::new(settings),
            timers: Timers::default(),
            clock: Clock::start(),
            random: random()?,
            tell: Box::new(tell),
            net,
            vault,
            files,
            connected: false,
            profile,
        };
        let thread = std::thread::Builder::new()
            .name("client".to_owned())
            .spawn(move || runtime.run(&inbox))
            .map_err(|e| failed(&e))?;
        Ok(Self { input, thread })
    }

    /// Asks for something; the answer comes with this number.
    pub fn command(&self, id: CommandId, command: Command) {
        let _ = self.input.send(Input::Command(id, command)); // the loop ends only if nobody listens
    }

    /// Sends what waits in the outbox, as far as that goes at once; disconnects in order, and returns when all that
    /// was done is on disk.
    pub fn stop(self) {
        let _ = self.input.send(Input::Stop);
        if self.thread.join().is_err() {
            tracing::error!("the client's thread has failed");
        }
    }
}

struct Runtime {
    model: Model,
    timers: Timers,
    clock: Clock,
    random: StdRng,
    tell: Box<dyn FnMut(Told) -> bool + Send>,
    net: Net,
    vault: Vault,
    files: Files,
    /// Whether there is a connection, or one is being made.
    connected: bool,
    /// Held until the end.
    profile: Profile,
}

impl Runtime {
    fn run(mut self, inbox: &Receiver<Input>) {
        while let Some(input) = self.next(inbox) {
            let event = match input {
                Input::Event(event) => event,
                Input::Command(id, command) => {
                    Event::Command { id, command, fresh: MessageId::random(&mut self.random) }
                }
                Input::Stop => break,
            };
            if !self.handle(event) {
                break;
            }
        }
        self.stop(inbox);
    }

    /// The next event; a timer that has run out is one as well.
    fn next(&mut self, inbox: &Receiver<Input>) -> Option<Input> {
        loop {
            if let Some(timer) = self.timers.take_due(Instant::now()) {
                return Some(Input::Event(Event::Timer { timer, random: self.random.random() }));
            }
            let Some(end) = self.timers.next() else { return inbox.recv().ok() };
            match inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(input) => return Some(input),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Lets the core decide, and does what it says. Tells whether the front end listens still.
    fn handle(&mut self, event: Event) -> bool {
        let from_net = matches!(event, Event::Net(_));
        self.connected &= !matches!(event, Event::Net(NetEvent::Down { .. }));
        let mut listening = true;
        for effect in update(&mut self.model, self.clock.at(Instant::now()), event) {
            match effect {
                Effect::Answer(id, result) => listening &= (self.tell)(Told::Answer(id, result)),
                Effect::Notify(notice) => listening &= (self.tell)(Told::Notice(notice)),
                Effect::Net(effect) => {
                    self.connected |= matches!(effect, NetEffect::Connect);
                    self.net.send(effect);
                }
                Effect::Vault(effect) => self.vault.send(effect),
                Effect::Files(effect) => self.files.send(effect),
                Effect::SetTimer(timer, milliseconds) => self.timers.set(timer, milliseconds),
                Effect::StopTimer(timer) => self.timers.stop(timer),
            }
        }
        if from_net {
            self.net.dealt_with();
        }
        listening
    }

    /// Deals with events, and with no more commands, while this holds and there is time.
    fn wait(&mut self, inbox: &Receiver<Input>, end: Instant, on: fn(&Self) -> bool) {
        while on(self) {
            match inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Input::Event(event)) => {
                    self.handle(event);
                }
                Ok(Input::Command(..) | Input::Stop) => {}
                Err(_) => return,
            }
        }
    }

    /// Sends what still waits, closes the connection in order, then the vault. What the server says until then
    /// still counts.
    fn stop(mut self, inbox: &Receiver<Input>) {
        let end = Instant::now() + LAST_SENDS;
        self.wait(inbox, end, |it| it.model.is_online() && it.model.pending_sends() > 0);
        self.net.send(NetEffect::Disconnect);
        let end = Instant::now() + GOODBYE;
        self.wait(inbox, end, |it| it.connected);
        let Self { net, vault, files, profile, .. } = self;
        drop(net);
        drop(files);
        vault.close();
        drop(profile);
    }
}

/// How long what waits in the outbox may take in the end.
const LAST_SENDS: Duration = Duration::from_secs(2);
/// How long an orderly end of the connection may take.
const GOODBYE: Duration = Duration::from_secs(3);
