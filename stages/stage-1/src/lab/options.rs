//! The options of one call: which ones a verb takes, and reading their values.

use super::Failure;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// An option in a verb's table; its help and its parsing both come from here.
#[derive(Debug, Clone, Copy)]
pub struct Opt {
    /// Without the two dashes.
    pub name: &'static str,
    /// The value's name in the help (`ADDR`); `None` for a switch.
    pub value: Option<&'static str>,
    /// What it does, in a few words.
    pub help: &'static str,
}

/// Where a server listens.
pub const LISTEN: &[Opt] = &[Opt {
    name: "listen",
    value: Some("ADDR"),
    help: "this machine's address to listen on; port 0 takes a free one",
}];

/// Where a client connects.
pub const CONNECT: &[Opt] = &[Opt { name: "connect", value: Some("ADDR"), help: "the server's address" }];

/// How long a client waits.
pub const TIMEOUT: &[Opt] = &[Opt {
    name: "timeout",
    value: Some("SECONDS"),
    help: "give up after this silence (30); 0 waits for ever",
}];

/// What was given on the command line for one verb.
#[derive(Debug, Default)]
pub struct Options {
    pub(super) operand: Option<OsString>,
    pub(super) values: BTreeMap<&'static str, OsString>,
}

impl Options {
    /// Whether the option was given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Its value as text.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Failure> {
        self.values
            .get(name)
            .map(|value| {
                value.to_str().ok_or_else(|| Failure::Usage(format!("--{name} is not valid Unicode")))
            })
            .transpose()
    }

    /// Its value as a path.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.values.get(name).map(PathBuf::from)
    }

    /// Its value as a number.
    pub fn number(&self, name: &str) -> Result<Option<u64>, Failure> {
        self.text(name)?
            .map(|text| {
                text.parse().map_err(|_| {
                    Failure::Usage(format!("--{name} takes a whole number, not {}", anatomy::quoted(text)))
                })
            })
            .transpose()
    }

    /// Its value as an address of this machine; without the option 127.0.0.1 and `port`.
    pub fn addr(&self, name: &str, port: u16) -> Result<SocketAddr, Failure> {
        match self.text(name)? {
            Some(text) => loopback(text),
            None => Ok((Ipv4Addr::LOCALHOST, port).into()),
        }
    }

    /// `--timeout`: how long to wait for the other side.
    pub fn patience(&self) -> Result<Option<Duration>, Failure> {
        Ok(match self.number("timeout")? {
            Some(0) => None,
            Some(seconds) => Some(Duration::from_secs(seconds.min(MAX_SECONDS))),
            None => Some(DEFAULT_PATIENCE),
        })
    }

    /// The one argument that is not an option, if it was given.
    #[must_use]
    pub fn operand(&self) -> Option<PathBuf> {
        self.operand.as_ref().map(PathBuf::from)
    }
}

/// Reads `HOST:PORT` and refuses every host but this one: the first rule of the lab. Only addresses and
/// the name `localhost` are taken, so that no name server is asked.
fn loopback(text: &str) -> Result<SocketAddr, Failure> {
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    let address: SocketAddr = numeric.parse().map_err(|_| {
        Failure::Usage(format!(
            "{} is not an address: write it like 127.0.0.1:9001, [::1]:9001 or localhost:9001",
            anatomy::quoted(text)
        ))
    })?;
    if canonical(address.ip()).is_loopback() {
        Ok(address)
    } else {
        Err(Failure::Usage(format!(
            "{address} is not this machine: the programs of the course talk to loopback addresses only \
             (RULES-OF-THE-LAB.md says why)"
        )))
    }
}

fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical() // ::ffff:192.0.2.1 is an IPv4 address in disguise
}

const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);
const MAX_SECONDS: u64 = 24 * 3600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_addresses_are_taken() {
        for good in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "[::ffff:127.0.0.1]:1"] {
            assert!(loopback(good).is_ok(), "{good}");
        }
        for bad in
            ["0.0.0.0:1", "192.168.0.1:1", "[::]:1", "[::ffff:8.8.8.8]:1", "example.org:1", "127.0.0.1", ""]
        {
            assert!(matches!(loopback(bad), Err(Failure::Usage(_))), "{bad}");
        }
    }
}
