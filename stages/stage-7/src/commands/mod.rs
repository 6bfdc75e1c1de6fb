//! The verbs: server and client, and those around certificates.

mod ca;
mod client;
mod csr;
mod key_transport;
mod password;
mod server;
mod verify;

pub(crate) use ca::{CA_INIT, CA_REVOKE, CA_SHOW, CA_SIGN};
pub(crate) use client::CLIENT;
pub(crate) use csr::CSR;
pub(crate) use server::SERVER;
pub(crate) use verify::VERIFY;

use certificates::x509::ServerName;
use echo::lab::{Failure, Options};
use std::path::PathBuf;

/// A path that a verb cannot do without.
pub(crate) fn path(options: &Options, name: &str) -> Result<PathBuf, Failure> {
    options
        .path(name)
        .ok_or_else(|| Failure::Usage(format!("--{name} is missing; --help shows how to use it")))
}

/// Names of servers, separated by commas.
fn server_names(text: &str) -> Result<Vec<ServerName>, Failure> {
    text.split(',')
        .map(|name| name.trim().parse().map_err(|e| Failure::Usage(format!("--name: {e}"))))
        .collect()
}
