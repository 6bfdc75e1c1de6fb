//! `uchat key`: the account's private keys on another machine.

use crate::cli::{Global, Key};
use crate::output;
use crate::password::Secret;
use certificates::files::{expect_none, read_text};
use echo::lab::{Failure, io_failure};
use uchat_client::profile::write_private;
use uchat_client::vault::keys;

/// Exports or imports.
pub(crate) fn key(global: &Global, what: Key) -> Result<(), Failure> {
    let profile = global.open_profile()?;
    let failed = |e: uchat_client::vault::VaultError| Failure::new(e.to_string());
    match what {
        Key::Export { file, passphrase_file } => {
            expect_none(&file)?;
            let password =
                Secret::Password.ask(global.password_file.as_deref(), "Password of the account: ")?;
            let passphrase = Secret::Passphrase
                .ask_new(passphrase_file.as_deref(), "A new passphrase for the exported keys: ")?;
            let text = keys::export(profile.dir(), &password, &passphrase).map_err(failed)?;
            let written = write_private(&file, text.as_bytes());
            written.map_err(|e| io_failure(&format!("cannot write {}", file.display()), &e))?;
            output::say(format_args!("the keys are in {}, under their own passphrase", file.display()))
        }
        Key::Import { file, passphrase_file } => {
            let text = zeroize::Zeroizing::new(read_text(&file)?);
            let passphrase =
                Secret::Passphrase.ask(passphrase_file.as_deref(), "Passphrase of the exported keys: ")?;
            // Only the server knows whether it is the right one. A slip of the finger is found here.
            let password =
                Secret::Password.ask_new(global.password_file.as_deref(), "Password of the account: ")?;
            keys::import(profile.dir(), &text, &passphrase, &password).map_err(failed)?;
            let dir = profile.dir().display();
            output::say(format_args!("the keys are in the profile {dir}, under the account's password"))
        }
    }
}
