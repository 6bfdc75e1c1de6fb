//! Lines of the log that anybody outside can cause as often as they like: the first few in a while are written, the others
//! counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// These lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// A connection is refused.
    pub(crate) refused_connections: Repeated,
    /// A handshake has failed.
    pub(crate) failed_handshakes: Repeated,
    /// A request is refused before anybody has looked at what it wants.
    pub(crate) refused_requests: Repeated,
}

impl Lines {
    /// Says how many were not written since this was called last.
    pub(crate) fn tell_left_out(&self) {
        let Self { refused_connections, failed_handshakes, refused_requests } = self;
        if let more @ 1.. = refused_connections.left_out() {
            tracing::warn!(more, "and so many more connections were refused");
        }
        if let more @ 1.. = failed_handshakes.left_out() {
            tracing::info!(more, "and so many more handshakes failed");
        }
        if let more @ 1.. = refused_requests.left_out() {
            tracing::info!(more, "and so many more requests were refused");
        }
    }
}

/// How often a line was caused in this while.
#[derive(Debug, Default)]
pub(crate) struct Repeated(AtomicU64);

impl Repeated {
    /// It is caused once more; whether it is to be written.
    pub(crate) fn is_written(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed) < FEW
    }

    /// A new while begins; gives how many were not written in the old one.
    fn left_out(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed).saturating_sub(FEW)
    }
}

/// Lines of one kind in a while.
const FEW: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_written_and_the_others_counted() {
        let line = Repeated::default();
        assert_eq!((0..1_000).filter(|_| line.is_written()).count(), 10);
        assert_eq!((line.left_out(), line.left_out()), (990, 0));
        assert!(line.is_written());
        assert_eq!(line.left_out(), 0);
    }
}
