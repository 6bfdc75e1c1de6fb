//! A stage's server as its handler, without a socket: what goes in is what a client sends, what comes out is what the
//! server sends, and the stage's own dissector labels both.

use crate::generated::Problem;
use anatomy::Labelled;
use echo::lab::{Direction, Dissect};
use socketserver::RequestHandler;
use std::time::Instant;

/// A connection with one client.
pub(super) struct Talk<H, D> {
    server: H,
    dissect: D,
    now: Instant,
    /// What the server has said before the client did.
    pub(super) opening: Vec<Labelled>,
}

impl<H: RequestHandler, D: Dissect> Talk<H, D> {
    pub(super) fn new(mut server: H, mut dissect: D) -> Result<Self, Problem> {
        let now = Instant::now();
        let mut out = Vec::new();
        server.setup(now, &mut out).map_err(|close| close.0)?;
        let opening = if out.is_empty() { Vec::new() } else { dissect.bytes(Direction::ToClient, &out) };
        Ok(Self { server, dissect, now, opening })
    }

    /// The client sends these bytes, in one piece; what travels because of them, the client's messages first.
    pub(super) fn say<const N: usize>(&mut self, bytes: &[u8]) -> Result<[Labelled; N], Problem> {
        let mut labelled = self.dissect.bytes(Direction::ToServer, bytes);
        let mut out = Vec::new();
        self.server.handle(self.now, bytes, &mut out).map_err(|close| close.0)?;
        if !out.is_empty() {
            labelled.extend(self.dissect.bytes(Direction::ToClient, &out));
        }
        let found = labelled.len();
        labelled.try_into().map_err(|_| format!("{found} messages travelled in place of {N}").into())
    }
}
