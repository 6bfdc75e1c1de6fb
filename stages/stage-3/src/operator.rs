//! An operator who types the answers: a chat with whoever is connected.

use crate::{Close, RequestHandler};
use echo::lab;
use std::io::BufRead;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Shows what a client says and sends back the line that the operator types.
///
/// The one handler here that waits, and so a lesson: under threads only its own client waits with it. In
/// a select loop it would stop everybody, so only [`ThreadingTcpServer`](crate::ThreadingTcpServer) runs it.
#[derive(Debug)]
pub struct OperatorHandler {
    peer: SocketAddr,
    // One keyboard for all clients: whoever holds it is being answered.
    keyboard: Arc<Mutex<()>>,
}

impl OperatorHandler {
    /// For one client; all handlers of a server share the `keyboard`.
    #[must_use]
    pub fn new(peer: SocketAddr, keyboard: Arc<Mutex<()>>) -> Self {
        Self { peer, keyboard }
    }
}

impl RequestHandler for OperatorHandler {
    fn handle(&mut self, _now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        let text = anatomy::quoted(&String::from_utf8_lossy(received));
        lab::print(format_args!("{} says {text}", self.peer));
        let _mine = self.keyboard.lock().unwrap_or_else(PoisonError::into_inner);
        lab::print(format_args!("your answer to {}:", self.peer));
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(1..) => out.extend_from_slice(line.trim_end_matches(['\r', '\n']).as_bytes()),
            _ => return Err(Close::because("the operator has left the keyboard")),
        }
        if out.is_empty() {
            out.extend_from_slice(b"(no answer)"); // a stream cannot carry a message of no bytes
        }
        Ok(())
    }
}
