//! What goes into the demo and what comes out of it.

use super::{Knows, Side};
use crate::app;

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// On the terminal, or time has passed.
    Terminal(app::Event),
    /// To one of the two: from its client, or a job of it is done.
    Of(Side, app::Event),
    /// Around them.
    Around(Happened),
}

/// Something that happened around the two.
#[derive(Debug)]
pub enum Happened {
    /// The server runs, and both profiles know it.
    Ready,
    /// The right one's cable is plugged in, or is not any more.
    Cable(bool),
    /// What the server knows.
    Server(Result<Knows, String>),
    /// There will be no demo; whoever has started it knows why.
    Failed,
}

/// Something to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// What the screen of this side wants.
    Of(Side, app::Effect),
    /// Plug the right one's cable in, or pull it out.
    Cable(bool),
    /// Read what the server knows.
    ReadServer,
}
