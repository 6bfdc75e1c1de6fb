//! Passwords of key files: from a file, or from the person at the terminal.

use certificates::files::{read_password, read_text};
use echo::lab::{Failure, Opt, Options, io_failure, log};
use std::io::IsTerminal;
use std::path::Path;
use zeroize::Zeroizing;

pub(super) const KEY_PASSWORD: &[Opt] = &[Opt {
    name: "key-password-file",
    value: Some("F"),
    help: "the key file's password; without it you are asked",
}];

/// A password, wiped from memory when it is dropped.
pub(super) type Password = Zeroizing<Vec<u8>>;

/// The password of a key file that should be there. `None`: it is not encrypted, or there is nobody to ask; in
/// that case the key file's own error says that a password is missing.
pub(super) fn old_password(options: &Options, key: &Path) -> Result<Option<Password>, Failure> {
    if let Some(file) = options.path("key-password-file") {
        return read_password(&file).map(Some);
    }
    if std::io::stdin().is_terminal() && is_encrypted(key)? { ask("password").map(Some) } else { Ok(None) }
}

/// The same for a key file that is made if it is not there: then a new password is asked for, twice. `None`:
/// the key is written as it is, with a warning.
pub(super) fn password(options: &Options, key: &Path) -> Result<Option<Password>, Failure> {
    if options.has("key-password-file") || key.try_exists().unwrap_or(true) {
        return old_password(options, key);
    }
    if std::io::stdin().is_terminal() {
        let first = ask("new password (empty: do not encrypt)")?;
        if !first.is_empty() {
            if first != ask("once more")? {
                return Err(Failure::new("the two passwords differ; nothing was written"));
            }
            return Ok(Some(first));
        }
    }
    log(format_args!("warning: the key in {} is not encrypted; only its mode protects it", key.display()));
    Ok(None)
}

fn is_encrypted(key: &Path) -> Result<bool, Failure> {
    let text = Zeroizing::new(read_text(key)?);
    Ok(text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
}

/// Asks on the terminal; what is typed does not show.
fn ask(what: &str) -> Result<Password, Failure> {
    let typed = rpassword::prompt_password(format!("{what}: "))
        .map_err(|e| io_failure("cannot ask for the password", &e))?;
    Ok(Zeroizing::new(typed.into_bytes()))
}
