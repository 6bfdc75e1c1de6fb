//! Ending a server from outside.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends the server it came from. Clones end the same server.
#[derive(Clone)]
pub struct Shutdown {
    asked: Arc<AtomicBool>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Shutdown {
    /// `wake` gets the server out of its wait; it then sees that it was asked to end.
    pub(crate) fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { asked: Arc::default(), wake: Arc::new(wake) }
    }

    /// Asks the server to end: no new clients, connections closed, `serve_forever` returns.
    pub fn shutdown(&self) {
        self.asked.store(true, Ordering::SeqCst);
        (self.wake)();
    }

    /// Whether somebody has asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shutdown").field(&self.is_asked()).finish()
    }
}
