//! Passwords: from a file or from the terminal, without echo; never from the command line, where other users of
//! the machine could read them.

use crate::session::refused;
use certificates::files::read_password;
use echo::lab::{Failure, io_failure};
use std::io::{ErrorKind, IsTerminal};
use std::path::Path;
use uchat_protocol::fields;
use zeroize::Zeroizing;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Secret {
    /// The account's password.
    Password,
    /// The passphrase of exported keys.
    Passphrase,
}

impl Secret {
    /// Reads one that is in use already.
    pub(crate) fn ask(self, file: Option<&Path>, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        match file {
            Some(file) => from_file(file),
            None => self.ask_terminal(prompt),
        }
    }

    /// Reads a new one, which must follow the rules for passwords: on a terminal twice, as nobody sees what is typed.
    pub(crate) fn ask_new(self, file: Option<&Path>, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        let new = self.ask(file, prompt)?;
        fields::password(&new).map_err(refused)?;
        if file.is_none() && self.ask_terminal("The same once more: ")? != new {
            return Err(Failure::new("the two are not the same; nothing was done, start again"));
        }
        Ok(new)
    }

    fn ask_terminal(self, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        if !std::io::stdin().is_terminal() {
            let (what, option) = match self {
                Self::Password => ("password", "--password-file"),
                Self::Passphrase => ("passphrase", "--passphrase-file"),
            };
            return Err(Failure::Usage(format!(
                "a {what} is needed, and there is no terminal to ask on; give a file with {option}"
            )));
        }
        match rpassword::prompt_password(prompt) {
            Ok(text) => Ok(Zeroizing::new(text)),
            // Ctrl-C is a key here, not a signal, while what is typed is not shown.
            Err(error) if error.kind() == ErrorKind::Interrupted => std::process::exit(INTERRUPTED),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(Failure::new("no password was given; nothing was done"))
            }
            Err(error) => Err(io_failure("cannot read the password", &error)),
        }
    }
}

/// Reads one from a file, without the newline at its end.
pub(crate) fn from_file(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let bytes = read_password(file)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::new(format!("the password in {} is not UTF-8", file.display())))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The exit status of a program that was interrupted, as shells have it: 128 and the signal's number.
pub(crate) const INTERRUPTED: i32 = 130;
