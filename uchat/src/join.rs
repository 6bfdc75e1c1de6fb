//! `uchat join`: from an invite to a profile that knows its server.

use crate::cli::Global;
use crate::known::trusted_ca;
use echo::lab::{Failure, hex, io_failure};
use std::io::Read;
use uchat_client::profile::Known;
use uchat_protocol::channel::Transport;
use uchat_protocol::invite::Invite;

/// Remembers the server of the invite. If the server can be reached now, its CA is looked at now.
pub(crate) fn join(global: &Global, invite: &str) -> Result<(), Failure> {
    if global.lesson.is_some_and(|lesson| lesson < 7) {
        let text = "there are no invites to lessons; name the server with --server and --access-key-file";
        return Err(Failure::Usage(text.to_owned()));
    }
    let text = match invite {
        "-" => from_input()?,
        text => text.to_owned(),
    };
    let invite: Invite =
        text.parse().map_err(|e| Failure::new(format!("this invite cannot be used: {e}")))?;
    let profile = global.open_profile()?;
    let before = profile.known().map_err(|e| Failure::new(e.to_string()))?.unwrap_or_default();
    let mut known = Known {
        host: invite.host,
        port: invite.port,
        tls: invite.transport == Transport::Tls,
        access_key: invite.access_key.as_deref().map(hex),
        ..before
    };
    known.pin(invite.ca);
    let there = trusted_ca(global, &mut known, invite.transport);
    profile.remember(&known).map_err(|e| Failure::new(e.to_string()))?;
    println!("{} is the server of the profile {}", known.address(), profile.dir().display());
    match there {
        Ok(_) => println!("next: uchat register --username NAME --email MAIL"),
        Err(failure) => eprintln!("it is remembered, but cannot be used now: {failure}"),
    }
    Ok(())
}

fn from_input() -> Result<String, Failure> {
    let mut text = String::new();
    let failed = |e| io_failure("cannot read the invite from standard input", &e);
    std::io::stdin().lock().take(MOST).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

const MOST: u64 = 64 << 10;
