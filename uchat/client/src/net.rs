//! The connection: requests go out, answers and pushes come in, as the core asks for them.
//!
//! ```text
//! runtime ── NetEffect ──▶ one task: TCP, the channel, the queue of tags ── NetEvent ──▶ runtime
//! ```
//!
//! Each `Connect` is answered by `Up` and later `Down`, or by `Down` alone. What is sent without a connection is
//! lost; the core knows from `Down` that it is.
//!
//! Nothing here grows without bound: at most 256 events are on their way to the runtime; while it does
//! not keep up, nothing is read from the socket.

mod connect;
mod connection;
mod probe;
mod refusal;
mod waiting;

pub use connect::Route;
pub use probe::ca_of;

use crate::core::{NetEffect, NetEvent};
use crate::inspect::Recorder;
use connection::Connection;
use rand::rngs::StdRng;
use rand::{CryptoRng, RngExt};
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uchat_protocol::{Code, Refusal};

/// The handle of the task. Dropping it closes the connection.
#[derive(Debug)]
pub struct Net {
    effects: Option<UnboundedSender<NetEffect>>,
    credit: Arc<Semaphore>,
    thread: Option<JoinHandle<()>>,
}

impl Net {
    /// Starts the task, on a thread of its own. It connects only when it is told to. `events` is called there;
    /// each event must be followed by [`dealt_with`](Self::dealt_with). What travels goes to the recorder, if there is
    /// one.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn start(
        route: Route,
        random: StdRng,
        recorder: Option<Recorder>,
        events: impl Fn(NetEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, effects) = unbounded_channel();
        let credit = Arc::new(Semaphore::new(CREDIT));
        let events = Events { events: Box::new(events), credit: Arc::clone(&credit) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("net".to_owned()).spawn(move || {
            runtime.block_on(serve(&route, random, effects, &events, recorder.as_ref()));
            runtime.shutdown_background(); // a name may be looked up still, and nobody waits for it
        })?;
        Ok(Self { effects: Some(sender), credit, thread: Some(thread) })
    }

    /// Something to do.
    pub fn send(&self, effect: NetEffect) {
        if let Some(effects) = &self.effects {
            let _ = effects.send(effect); // the task lives as long as the handle
        }
    }

    /// One of its events was dealt with: there is room for another.
    pub fn dealt_with(&self) {
        self.credit.add_permits(1);
    }
}

impl Drop for Net {
    /// Closes the connection in order, and waits for it for a moment.
    fn drop(&mut self) {
        self.effects = None;
        self.credit.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The way to the runtime.
struct Events {
    events: Box<dyn Fn(NetEvent) + Send>,
    credit: Arc<Semaphore>,
}

/// Nobody waits for events any more.
struct Gone;

impl Events {
    async fn tell(&self, event: NetEvent) -> Result<(), Gone> {
        self.credit.acquire().await.map_err(|_| Gone)?.forget();
        (self.events)(event);
        Ok(())
    }
}

/// One connection after the other, until the handle is dropped.
async fn serve(
    route: &Route,
    mut random: StdRng,
    mut effects: UnboundedReceiver<NetEffect>,
    events: &Events,
    recorder: Option<&Recorder>,
) {
    while let Some(effect) = effects.recv().await {
        if !matches!(effect, NetEffect::Connect) {
            continue; // there is no connection: `Down` is on its way
        }
        let reason = once(route, &mut random, &mut effects, events, recorder).await;
        tracing::info!(code = reason.code.name(), "disconnected: {reason}");
        if events.tell(NetEvent::Down { reason, random: random.random() }).await.is_err() {
            return;
        }
    }
}

/// One connection from its beginning to its end: why it ended.
async fn once(
    route: &Route,
    random: &mut impl CryptoRng,
    effects: &mut UnboundedReceiver<NetEffect>,
    events: &Events,
    recorder: Option<&Recorder>,
) -> Refusal {
    let stream = match connect::unless_stopped(route, effects).await {
        Ok(stream) => stream,
        Err(refusal) => return refusal,
    };
    match Connection::new(route, stream, random, recorder.cloned()) {
        Ok(connection) => connection.run(effects, events, random).await,
        Err(error) => error,
    }
}

/// The end that was asked for.
fn as_asked() -> Refusal {
    Refusal::because(Code::Cancelled, "disconnected, as asked")
}

/// How many events may be on their way to the runtime.
const CREDIT: usize = 256;
