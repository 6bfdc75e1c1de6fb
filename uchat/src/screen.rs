//! `uchat` alone: the screen, and the world around it.
//!
//! | file | idea |
//! |---|---|
//! | `screen.rs` | what is known before the screen begins |
//! | `screen/world.rs` | the client's commands, and one thread for what takes time |
//! | `screen/opening.rs` | from a profile, an invite or nothing to a client that is open |
//! | `screen/private.rs` | the private server in this process |
//! | `screen/settings.rs` | `screen.toml` |
//! | `screen/writing.rs` | a conversation into a file; what lies in a folder |

mod opening;
mod private;
mod settings;
mod world;
mod writing;

use crate::cli::{Global, START};
use crate::{output, password};
use echo::lab::Failure;
use std::io::IsTerminal;
use uchat_client::profile::Profile;
use uchat_tui::app::{Settings, Start};
use uchat_tui::screens::Secret;
use uchat_tui::shell::{self, ShellError, World};

pub(crate) use private::forget;

/// Shows the screen. Where neither side is a terminal, somebody may only want to know how to begin.
pub(crate) fn screen(global: &Global) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() && !std::io::stdout().is_terminal() {
        output::say(START)?;
    }
    let failed = |error| failed(global, &error);
    shell::check().map_err(failed)?;
    let profile = global.open_profile()?;
    let start = start(global, &profile)?;
    let (world, settings, notice) = desk(global, profile);
    shell::run(world, Start { settings, notice, ..start }).map_err(failed)
}

/// The world behind a screen of this profile, the settings it begins with, and what is wrong with those that were
/// kept.
pub(crate) fn desk(global: &Global, profile: Profile) -> (impl World, Settings, Option<String>) {
    let (settings, file, notice) = settings::load(global, &profile);
    (world::Desk::new(global.clone(), profile, file), settings, notice)
}

/// What is known of server and account.
fn start(global: &Global, profile: &Profile) -> Result<Start, Failure> {
    let known = profile.known().map_err(|e| Failure::new(e.to_string()))?;
    let username = global.username.clone().or_else(|| known.as_ref()?.username.clone());
    let file = global.password_file.as_deref();
    let password = file.map(password::from_file).transpose()?;
    Ok(Start {
        knows_server: known.is_some() || global.server.is_some(),
        username,
        password: password.map(|password| Secret::from(password.as_str())),
        ..Start::default()
    })
}

/// Why there is no screen, in the language that it would have had.
pub(crate) fn failed(global: &Global, error: &ShellError) -> Failure {
    let sentence = error.say(global.lang.unwrap_or_else(settings::of_locale));
    match error {
        ShellError::Io(_) => Failure::new(sentence),
        _ => Failure::Usage(sentence),
    }
}
