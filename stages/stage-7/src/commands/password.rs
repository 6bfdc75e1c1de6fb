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

/// The password of a key file that should be there. `None`: it is not encrypted, or it cannot be read, which its
/// own error will say.
pub(super) fn old_password(options: &Options, key: &Path) -> Result<Option<Password>, Failure> {
    if let Some(file) = options.path("key-password-file") {
        return read_password(&file).map(Some);
    }
    if !is_encrypted(key) {
        return Ok(None);
    }
    if !std::io::stdin().is_terminal() {
        let sentence = "is encrypted, and no password was given for it: use --key-password-file F";
        return Err(Failure::new(format!("the key file {} {sentence}", key.display())));
    }
    ask(&format!("password of {}", key.display())).map(Some)
}

/// The one password of the keys in a server's folder. The CA's key is used only where something must be signed.
pub(super) fn folder_password(
    options: &Options,
    dir: &Path,
    certificate: &str,
    key: &str,
) -> Result<Option<Password>, Failure> {
    let (key, ca_key) = (dir.join(key), dir.join("ca.key"));
    let signs = !key.exists() || !dir.join(certificate).exists();
    old_password(options, if signs && !is_encrypted(&key) { &ca_key } else { &key })
}

/// The same for a key file that is made if it is not there: then a new password is asked for, twice. `None`:
/// the key is written as it is, with a warning.
pub(super) fn password(options: &Options, key: &Path) -> Result<Option<Password>, Failure> {
    if options.has("key-password-file") || key.try_exists().unwrap_or(true) {
        return old_password(options, key);
    }
    if std::io::stdin().is_terminal() {
        let first = ask(&format!("new password for {} (empty: do not encrypt)", key.display()))?;
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

fn is_encrypted(key: &Path) -> bool {
    let text = read_text(key).map(Zeroizing::new);
    text.is_ok_and(|text| text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
}

/// Asks on the terminal; what is typed does not show.
fn ask(what: &str) -> Result<Password, Failure> {
    let typed = rpassword::prompt_password(format!("{what}: "))
        .map_err(|e| io_failure("cannot ask for the password", &e))?;
    Ok(Zeroizing::new(typed.into_bytes()))
}
