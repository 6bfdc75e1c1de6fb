//! The handler of stages 1 to 3: every chunk comes back in upper case.

use crate::{Close, RequestHandler};
use std::time::Instant;

/// Answers each chunk in upper case. It takes a chunk for a message, which [`attack`](crate::attack) punishes.
#[derive(Debug, Default)]
pub struct EchoHandler;

impl RequestHandler for EchoHandler {
    fn handle(&mut self, _now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        out.extend_from_slice(&echo::upper_case(received));
        Ok(())
    }
}
