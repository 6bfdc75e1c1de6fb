//! How much one address, one name and one connection may ask for. Every refusal says which limit it is and when
//! to try again.
//!
//! IPv6 addresses count by their first 64 bits: whoever has one of these has all of them (RFC 4291,
//! section 2.5.4). What is long past is forgotten, and no table grows without bound.
//!
//! | file | idea |
//! |---|---|
//! | `limits/bucket.rs` | token buckets |
//! | `limits/connections.rs` | how many connections there may be |

mod bucket;
mod connections;

use bucket::{Bucket, Buckets, Rate, Taken};
use connections::{ConnectionPlace, Connections};

use certificates::connection::{HandshakeLimits, HandshakePlace};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uchat_protocol::{Code, Refusal};

/// New accounts from one address.
const SIGN_UPS: Rate = Rate { burst: 10, each: Duration::from_secs(360) };
/// Log-ins that fail, from one address and for one name. A name is not locked for long, or anybody could lock
/// anybody out.
const FAILED_EACH_ADDRESS: Rate = Rate { burst: 20, each: Duration::from_secs(30) };
const FAILED_EACH_NAME: Rate = Rate { burst: 10, each: Duration::from_secs(30) };
/// Requests of one connection: beyond this they are worked on later.
const PACE: Rate = Rate { burst: 200, each: Duration::from_millis(10) };
/// And beyond this, not at all.
const ALLOWANCE: Rate = Rate { burst: 6_000, each: Duration::from_millis(50) };
/// KiB that arrive on one connection: beyond this they are read later.
const KIBIBYTES: Rate = Rate { burst: 32 << 10, each: Duration::from_micros(61) };

/// The limits of one server.
#[derive(Debug)]
pub(crate) struct Limits {
    /// `None`: there are none, for load tests.
    on: Option<Tables>,
}

/// What a connection takes up.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// To be dropped when the connection ends.
    pub(crate) _connection: Option<ConnectionPlace>,
    /// To be dropped when its handshake has ended.
    pub(crate) handshake: Option<HandshakePlace>,
    /// There are too many connections. The client is told so as soon as it can be told anything: after the handshake,
    /// whose place such a connection keeps until its end. So there are never many of them.
    pub(crate) refused: Option<Refusal>,
}

#[derive(Debug, Default)]
struct Tables {
    connections: Arc<Connections>,
    handshakes: Arc<HandshakeLimits>,
    sign_ups: Buckets<IpAddr>,
    failed_by_address: Buckets<IpAddr>,
    failed_by_name: Buckets<String>,
}

impl Limits {
    /// The usual ones, or none.
    pub(crate) fn new(on: bool) -> Self {
        Self { on: on.then(Tables::default) }
    }

    /// A place for a connection from this address, and for its handshake.
    ///
    /// # Errors
    /// There is none for the handshake: a sentence for the log, since nothing can be said to the client.
    pub(crate) fn connect(&self, address: IpAddr) -> Result<Places, String> {
        let Some(tables) = &self.on else { return Ok(Places::default()) };
        let handshake = Some(tables.handshakes.enter(network(address))?);
        Ok(match Connections::enter(&tables.connections, network(address)) {
            Ok(connection) => Places { _connection: Some(connection), handshake, refused: None },
            Err(text) => {
                let refused = Refusal::because(Code::TooManyConnections, text);
                Places { _connection: None, handshake, refused: Some(refused) }
            }
        })
    }

    /// Counts a new account. To be asked before it is made; what is given counts only if it is [kept](Counted::keep).
    ///
    /// # Errors
    /// [`TooManySignUps`](Code::TooManySignUps).
    pub(crate) fn sign_up(&self, address: IpAddr) -> Result<Counted<'_>, Refusal> {
        let mut counted = Counted::default();
        if let Some(tables) = &self.on {
            let text = "too many new accounts from this address";
            let refused = |wait| refusal(Code::TooManySignUps, text, wait);
            counted.address = Some(tables.sign_ups.take(network(address), SIGN_UPS).map_err(refused)?);
        }
        Ok(counted)
    }

    /// Counts a log-in that fails. To be asked before the password is looked at; what is given counts only if it is
    /// [kept](Counted::keep): the password was wrong.
    ///
    /// # Errors
    /// [`TooManyLogIns`](Code::TooManyLogIns).
    pub(crate) fn log_in(&self, address: IpAddr, folded_name: &str) -> Result<Counted<'_>, Refusal> {
        let mut counted = Counted::default();
        if let Some(tables) = &self.on {
            let text = "too many log-ins from this address have failed";
            let refused = |wait| refusal(Code::TooManyLogIns, text, wait);
            let taken = tables.failed_by_address.take(network(address), FAILED_EACH_ADDRESS);
            counted.address = Some(taken.map_err(refused)?);
            let text = "too many log-ins with this name have failed";
            let refused = |wait| refusal(Code::TooManyLogIns, text, wait);
            let taken = tables.failed_by_name.take(folded_name.to_owned(), FAILED_EACH_NAME);
            counted.name = Some(taken.map_err(refused)?);
        }
        Ok(counted)
    }

    /// The limits of a new connection.
    pub(crate) fn pace(&self, now: Instant) -> Pace {
        let full = Bucket::full(now);
        Pace { is_on: self.on.is_some(), requests: full, allowance: full, kibibytes: full }
    }
}

/// Something that was counted. Dropped, it was not: it did not happen, or not by the client's fault.
#[derive(Debug, Default)]
pub(crate) struct Counted<'a> {
    address: Option<Taken<'a, IpAddr>>,
    name: Option<Taken<'a, String>>,
}

impl Counted<'_> {
    /// It did happen.
    pub(crate) fn keep(self) {
        self.address.into_iter().for_each(Taken::keep);
        self.name.into_iter().for_each(Taken::keep);
    }
}

/// What one connection may ask for.
#[derive(Debug)]
pub(crate) struct Pace {
    is_on: bool,
    requests: Bucket,
    allowance: Bucket,
    kibibytes: Bucket,
}

impl Pace {
    /// A request comes.
    ///
    /// # Errors
    /// How long it has to wait.
    pub(crate) fn request(&mut self, now: Instant) -> Result<(), Duration> {
        if self.is_on { self.requests.take(PACE, 1, now) } else { Ok(()) }
    }

    /// It is worked on.
    ///
    /// # Errors
    /// [`TooManyRequests`](Code::TooManyRequests): it is not.
    pub(crate) fn allow(&mut self, now: Instant) -> Result<(), Refusal> {
        if !self.is_on {
            return Ok(());
        }
        self.allowance
            .take(ALLOWANCE, 1, now)
            .map_err(|wait| refusal(Code::TooManyRequests, "too many requests on this connection", wait))
    }

    /// So many bytes have come.
    ///
    /// # Errors
    /// How long the next ones have to wait.
    pub(crate) fn bytes(&mut self, count: usize, now: Instant) -> Result<(), Duration> {
        if !self.is_on {
            return Ok(());
        }
        let kibibytes = u32::try_from(count.div_ceil(1 << 10)).unwrap_or(u32::MAX);
        self.kibibytes.take(KIBIBYTES, kibibytes, now)
    }
}

fn refusal(code: Code, text: &str, wait: Duration) -> Refusal {
    let seconds = wait.as_secs() + 1;
    let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    Refusal::because(code, format!("{text}; try again in {seconds} s")).retry_after(milliseconds)
}

/// What counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    #[test]
    fn addresses_count_by_network() {
        let address = |text: &str| network(text.parse().unwrap());
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:10.0.0.1"), address("10.0.0.1"));
    }

    fn from(n: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, n])
    }

    #[test]
    fn failed_log_ins_are_counted_for_each_name_and_right_ones_are_not() {
        let limits = Limits::new(true);
        for _ in 0..50 {
            drop(limits.log_in(from(1), "amy").unwrap());
        }
        for n in 0..10 {
            limits.log_in(from(n), "amy").unwrap().keep();
        }
        let refusal = limits.log_in(from(11), "amy").unwrap_err();
        assert_eq!(refusal.code, Code::TooManyLogIns);
        assert!(refusal.retry_after.unwrap() <= 30_001, "{refusal:?}");
        assert!(limits.log_in(from(11), "bob").is_ok());
        assert!(Limits::new(false).log_in(from(11), "amy").is_ok());
    }

    #[test]
    fn whoever_asks_for_a_name_that_is_locked_does_not_lock_the_address() {
        let limits = Limits::new(true);
        for n in 0..10 {
            limits.log_in(from(n), "amy").unwrap().keep();
        }
        for _ in 0..50 {
            let refusal = limits.log_in(from(11), "amy").unwrap_err();
            assert!(refusal.text.contains("with this name"), "{refusal}");
        }
        assert!(limits.log_in(from(11), "bob").is_ok());
    }

    #[test]
    fn an_account_that_is_not_made_does_not_count() {
        let limits = Limits::new(true);
        for _ in 0..50 {
            drop(limits.sign_up(from(1)).unwrap());
        }
        for _ in 0..10 {
            limits.sign_up(from(1)).unwrap().keep();
        }
        assert_eq!(limits.sign_up(from(1)).unwrap_err().code, Code::TooManySignUps);
    }

    #[test]
    fn requests_wait_first_and_are_refused_then() {
        let start = Instant::now();
        let mut pace = Limits::new(true).pace(start);
        let in_time = (0..PACE.burst).all(|_| pace.request(start).is_ok());
        assert!(in_time && pace.request(start) == Err(PACE.each));
        let allowed = (0..ALLOWANCE.burst).all(|_| pace.allow(start).is_ok());
        let refusal = pace.allow(start).unwrap_err();
        assert!(allowed);
        assert_eq!((refusal.code, refusal.retry_after), (Code::TooManyRequests, Some(51)));
        assert!(pace.bytes(32 << 20, start).is_ok() && pace.bytes(1, start).is_err());
        let mut none = Limits::new(false).pace(start);
        assert!((0..100_000).all(|_| none.request(start).is_ok() && none.allow(start).is_ok()));
    }

    #[test]
    fn the_readme_has_these_numbers() {
        let readme = include_str!("../README.md");
        let seconds = |rate: Rate| format!("| {}, then one every {} s |", rate.burst, rate.each.as_secs());
        let second = |rate: Rate| {
            let burst = rate.burst.to_string().replace("6000", "6,000");
            format!("| {burst}, then {} a second", Duration::from_secs(1).as_millis() / rate.each.as_millis())
        };
        let minutes = format!("| {}, then one every {} min |", SIGN_UPS.burst, SIGN_UPS.each.as_secs() / 60);
        let connections = format!("| {} for each address, 10,000 in all |", connections::MOST_PER_ADDRESS);
        for text in [
            minutes,
            seconds(FAILED_EACH_ADDRESS),
            seconds(FAILED_EACH_NAME),
            second(PACE),
            second(ALLOWANCE),
            connections,
        ] {
            assert!(readme.contains(&text), "{text}");
        }
    }
}
