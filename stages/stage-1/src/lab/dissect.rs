//! From bytes on the wire to labelled messages: what a tap needs to know about a layer.

use super::Direction;
use anatomy::Labelled;

/// Finds messages in the two byte streams of one connection. Each stage has its own, made of the same
/// decoders its programs use.
pub trait Dissect {
    /// Takes the next bytes of one direction and returns the messages that they complete.
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Labelled>;
}

/// A stream without any structure: what one read returns is all there is to show.
#[derive(Debug, Default)]
pub struct Plain;

impl Dissect for Plain {
    fn bytes(&mut self, _direction: Direction, bytes: &[u8]) -> Vec<Labelled> {
        vec![Labelled::whole("text", bytes)]
    }
}
