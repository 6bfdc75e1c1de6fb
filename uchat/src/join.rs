//! `uchat join`: from an invite to a profile that knows its server.

use crate::cli::Global;
use crate::known::trusted_ca;
use crate::{output, screen};
use certificates::folder::load_certificate;
use certificates::x509::Certificate;
use echo::lab::{Failure, hex, io_failure, log};
use std::io::Read;
use uchat_client::profile::{Known, Profile};
use uchat_protocol::channel::Transport;
use uchat_protocol::fields;
use uchat_protocol::invite::Invite;

/// Remembers the server of the invite. If the server can be reached now, its CA is looked at now.
pub(crate) fn join(global: &Global, invite: &str) -> Result<(), Failure> {
    let text = match invite {
        "-" => from_input()?,
        text => text.to_owned(),
    };
    let invite = read(global, &text)?;
    let profile = global.open_profile()?;
    let (known, there) = take(global, &profile, invite)?;
    screen::forget(&profile)?;
    let (address, dir) = (known.address(), profile.dir().display());
    output::say(format_args!("{address} is the server of the profile {dir}"))?;
    match there {
        Ok(_) if known.username.is_some() => Ok(()),
        Ok(_) => {
            let program = global.program();
            output::say(format_args!(
                "next: {program} (the screen), or: {program} register --username NAME --email MAIL"
            ))
        }
        Err(failure) => {
            log(format_args!("it is remembered, but cannot be used now: {failure}"));
            Ok(())
        }
    }
}

/// The invite that somebody was given; one that cannot count under these options is refused.
pub(crate) fn read(global: &Global, text: &str) -> Result<Invite, Failure> {
    if global.lesson.is_some_and(|lesson| lesson < 7) {
        let text = "there are no invites to lessons; name the server with --server and --access-key-file";
        return Err(Failure::Usage(text.to_owned()));
    }
    let invite: Invite =
        text.parse().map_err(|e| Failure::new(format!("this invite cannot be used: {e}")))?;
    if let Some(file) = &global.ca
        && load_certificate(file)?.fingerprint() != invite.ca
    {
        return Err(Failure::new(format!(
            "{} (--ca or UCHAT_CA) is not the CA of this invite; leave it out, the invite says which CA is right",
            file.display()
        )));
    }
    Ok(invite)
}

/// Remembers the server of an invite in the profile, and looks at its CA.
pub(crate) fn take(
    global: &Global,
    profile: &Profile,
    invite: Invite,
) -> Result<(Known, Result<Certificate, Failure>), Failure> {
    let before = profile.known().map_err(|e| Failure::new(e.to_string()))?.unwrap_or_default();
    let same =
        before.pinned_ca() == Some(invite.ca) || (&before.host, before.port) == (&invite.host, invite.port);
    if let (Some(username), false) = (&before.username, same) {
        return Err(of_another(username, &before));
    }
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
    Ok((known, there))
}

/// The profile is taken.
pub(crate) fn of_another(username: &str, server: &Known) -> Failure {
    Failure::new(format!(
        "this profile belongs to the account {} on the server {}; give one on another server a folder of its own \
         with --profile",
        fields::one_line(username),
        server.address()
    ))
}

fn from_input() -> Result<String, Failure> {
    let mut text = String::new();
    let failed = |e| io_failure("cannot read the invite from standard input", &e);
    std::io::stdin().lock().take(MOST).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

const MOST: u64 = 64 << 10;
