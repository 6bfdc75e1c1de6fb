//! How many handshakes may be in progress at once: they are the dearest thing that a stranger can ask for.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Handshakes in progress from one address.
pub const MOST_PER_ADDRESS: usize = 8;

/// Handshakes in progress in all.
pub const MOST_IN_ALL: usize = 256;

/// Counts the handshakes of one server. Each costs a signature and two powers modulo p, and the other side
/// pays nothing for its half if it sends rubbish.
#[derive(Debug, Default)]
pub struct HandshakeLimits(Mutex<HashMap<IpAddr, usize>>);

/// One handshake in progress. To be dropped when it is done or has failed.
#[derive(Debug)]
pub struct HandshakePlace {
    all: Arc<HandshakeLimits>,
    address: IpAddr,
}

impl HandshakeLimits {
    /// A place for a client from this address.
    ///
    /// # Errors
    /// A sentence for the log, if there is none.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Result<HandshakePlace, String> {
        let address = address.to_canonical();
        let mut places = self.lock();
        if places.values().sum::<usize>() >= MOST_IN_ALL {
            return Err(format!("{MOST_IN_ALL} handshakes are in progress already"));
        }
        let taken = places.entry(address).or_default();
        if *taken >= MOST_PER_ADDRESS {
            return Err(format!("{MOST_PER_ADDRESS} handshakes from this address are in progress already"));
        }
        *taken += 1;
        Ok(HandshakePlace { all: Arc::clone(self), address })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HandshakePlace {
    fn drop(&mut self) {
        let mut places = self.all.lock();
        match places.get_mut(&self.address) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => drop(places.remove(&self.address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_from_one_address_256_in_all_and_places_come_back() {
        let limits = Arc::new(HandshakeLimits::default());
        let address = |n: u8| IpAddr::from([10, 0, 0, n]);
        let mut places: Vec<_> = (0..8).map(|_| limits.enter(address(1)).unwrap()).collect();
        assert!(limits.enter(address(1)).unwrap_err().contains("8 handshakes from this address"));
        assert!(limits.enter("::ffff:10.0.0.1".parse().unwrap()).is_err(), "the same address in disguise");
        for n in 2..=32 {
            places.extend((0..8).map(|_| limits.enter(address(n)).unwrap()));
        }
        assert!(limits.enter(address(33)).unwrap_err().contains("256 handshakes"));
        places.remove(0);
        assert!(limits.enter(address(1)).is_ok());
        places.clear();
        assert!(limits.lock().is_empty(), "nothing is kept of those who are done");
    }
}
