//! Passwords: from a file or from the terminal, without echo; never from the command line, where other users of
//! the machine could read them.

use certificates::files::read_password;
use echo::lab::{Failure, io_failure};
use std::io::IsTerminal;
use std::path::Path;
use zeroize::Zeroizing;

/// Reads a password that is in use already.
pub(crate) fn ask(file: Option<&Path>, prompt: &str) -> Result<Zeroizing<String>, Failure> {
    match file {
        Some(file) => from_file(file),
        None => from_terminal(prompt),
    }
}

/// Reads a new password: on a terminal twice, as nobody sees what is typed.
pub(crate) fn ask_new(file: Option<&Path>, prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let Some(file) = file else {
        let first = from_terminal(prompt)?;
        let second = from_terminal("The same once more: ")?;
        if first != second {
            return Err(Failure::new("the two are not the same; nothing was done, start again"));
        }
        return Ok(first);
    };
    from_file(file)
}

fn from_file(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let bytes = read_password(file)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::new(format!("the password in {} is not UTF-8", file.display())))?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn from_terminal(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        let text =
            "a password is needed, and there is no terminal to ask on; give a file with --password-file";
        return Err(Failure::Usage(text.to_owned()));
    }
    let text = rpassword::prompt_password(prompt).map_err(|e| io_failure("cannot read the password", &e))?;
    Ok(Zeroizing::new(text))
}
