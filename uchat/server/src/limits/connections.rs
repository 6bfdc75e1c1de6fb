//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many connections there are from each address.
#[derive(Debug, Default)]
pub(super) struct Connections(Mutex<HashMap<IpAddr, usize>>);

/// The place of one connection. To be dropped when it ends.
#[derive(Debug)]
pub(crate) struct ConnectionPlace {
    all: Arc<Connections>,
    address: IpAddr,
}

impl Connections {
    /// A place for a connection from this address.
    ///
    /// # Errors
    /// A sentence for the client, if there is none.
    pub(super) fn enter(all: &Arc<Self>, address: IpAddr) -> Result<ConnectionPlace, String> {
        let mut places = all.lock();
        if places.values().sum::<usize>() >= MOST_IN_ALL {
            return Err(format!("the server has {MOST_IN_ALL} connections already; try again later"));
        }
        let taken = places.entry(address).or_default();
        if *taken >= MOST_PER_ADDRESS {
            let text = "connections from this address already; close one, or try again later";
            return Err(format!("there are {MOST_PER_ADDRESS} {text}"));
        }
        *taken += 1;
        Ok(ConnectionPlace { all: Arc::clone(all), address })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        let mut places = self.all.lock();
        match places.get_mut(&self.address) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => drop(places.remove(&self.address)),
        }
    }
}

/// Connections at once, in all.
const MOST_IN_ALL: usize = 10_000;
/// And from one address.
pub(super) const MOST_PER_ADDRESS: usize = 100;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    #[test]
    fn one_address_has_so_many_places_and_they_come_back() {
        let all = Arc::new(Connections::default());
        let one = IpAddr::from([10, 0, 0, 1]);
        let places: Vec<_> =
            (0..MOST_PER_ADDRESS).map(|_| Connections::enter(&all, one).ok().unwrap()).collect();
        assert!(Connections::enter(&all, one).err().unwrap().contains("from this address"));
        assert!(Connections::enter(&all, IpAddr::from([10, 0, 0, 2])).is_ok());
        drop(places);
        assert!(all.lock().is_empty(), "nothing is kept of those who are gone");
    }
}
