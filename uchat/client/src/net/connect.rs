//! From a name to a TCP connection.

use super::as_asked;
use crate::core::NetEffect;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, timeout, timeout_at};
use uchat_protocol::channel::ClientSetup;
use uchat_protocol::{Code, Refusal};

/// The way to a server.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How to speak to it, and what it must prove.
    pub setup: Arc<ClientSetup>,
    /// Whether it must be on this machine: lessons below 7 never leave it.
    pub loopback_only: bool,
}

/// Connects; or gives up, when that is asked for meanwhile.
pub(super) async fn unless_stopped(
    route: &Route,
    effects: &mut UnboundedReceiver<NetEffect>,
) -> Result<TcpStream, Refusal> {
    let mut connecting = pin!(connect(route));
    poll_fn(|context| {
        if let Poll::Ready(result) = connecting.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        while let Poll::Ready(effect) = effects.poll_recv(context) {
            if matches!(effect, None | Some(NetEffect::Disconnect)) {
                return Poll::Ready(Err(as_asked()));
            }
        }
        Poll::Pending
    })
    .await
}

/// Tries all addresses of the name, one after the other.
async fn connect(route: &Route) -> Result<TcpStream, Refusal> {
    let Route { host, port, .. } = route;
    let offline = |reason: &dyn std::fmt::Display| {
        let text = format!("cannot connect to {host} port {port}: {reason}; is the server running there?");
        Refusal::because(Code::Offline, text)
    };
    let end = Instant::now() + PATIENCE;
    let found = timeout_at(end, lookup_host((host.as_str(), *port))).await;
    let found = found.map_err(|_| offline(&"its name was not found in time"))?;
    let addresses: Vec<SocketAddr> = found.map_err(|error| offline(&error))?.collect();
    if route.loopback_only && !addresses.iter().all(|address| address.ip().is_loopback()) {
        let text = format!("lessons below 7 stay on this machine, and {host} is not this machine");
        return Err(Refusal::because(Code::WrongTransport, text));
    }
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for (at, address) in addresses.iter().enumerate() {
        // A silent address leaves its share of the time to those behind it.
        let left = u32::try_from(addresses.len() - at).unwrap_or(u32::MAX);
        let share = end.saturating_duration_since(Instant::now()) / left;
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                let _ = stream.set_nodelay(true); // without it all works, only slower
                return Ok(stream);
            }
            Ok(Err(error)) => failure = error,
            Err(_) => failure = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(offline(&echo::lab::reason(&failure)))
}

/// How long connecting may take in all.
const PATIENCE: Duration = Duration::from_secs(10);
