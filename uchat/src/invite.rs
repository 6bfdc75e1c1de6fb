//! `uchat invite`: one string that lets a newcomer in.

use crate::cli::{Global, Invite as Options};
use crate::known::{data_dir, split};
use crate::output;
use certificates::files::read_text_if_there;
use echo::lab::{Failure, io_failure};
use std::path::Path;
use uchat_client::profile::write_private;
use uchat_protocol::channel::Transport;
use uchat_protocol::invite::Invite;

/// Prints the invite of the server with this data folder.
pub(crate) fn invite(global: &Global, options: &Options) -> Result<(), Failure> {
    if matches!(global.transport()?, Transport::Lesson(_)) {
        let text = "there are no invites to lessons: they never leave this machine";
        return Err(Failure::Usage(text.to_owned()));
    }
    let data = match &options.data {
        Some(data) => data.clone(),
        None => data_dir()?.join("server"),
    };
    let mut invite = kept(&data)?;
    if let Some(server) = &global.server {
        (invite.host, invite.port) = split(server)?;
    }
    if let Some(host) = &options.host {
        invite.host.clone_from(host);
    }
    let text = invite.to_string();
    // Whatever was given for the host must come out as an invite again.
    text.parse::<Invite>().map_err(|e| Failure::Usage(format!("this would be no invite: {e}")))?;
    output::say(text)
}

/// Keeps the invite of a server that listens now, in its data folder.
pub(crate) fn keep(data: &Path, invite: &Invite) -> Result<(), Failure> {
    let path = data.join(FILE);
    write_private(&path, invite.to_string().as_bytes())
        .map_err(|e| io_failure(&format!("cannot write {}", path.display()), &e))
}

/// The invite of the server that listens there now, or did last.
pub(crate) fn kept(data: &Path) -> Result<Invite, Failure> {
    let path = data.join(FILE);
    let Some(text) = read_text_if_there(&path)? else {
        return Err(Failure::new(format!(
            "no server has run in {} yet; start one with `uchat server --data {0}`",
            data.display()
        )));
    };
    text.parse()
        .map_err(|e| Failure::new(format!("{} cannot be used: {e}; start the server again", path.display())))
}

const FILE: &str = "invite";
