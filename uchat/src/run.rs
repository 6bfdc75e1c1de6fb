//! `uchat run`: JSON lines in and out.

use crate::cli::Global;
use crate::known::Server;
use crate::password;
use crate::session::{refused, setup};
use echo::lab::{Failure, io_failure};
use std::io::{BufReader, BufWriter, ErrorKind};
use uchat_client::core::{Login, Settings};
use uchat_client::headless::{self, HeadlessError};

/// Runs until the end of standard input, or until nobody reads standard output.
pub(crate) fn run(global: &Global) -> Result<(), Failure> {
    let profile = global.open_profile()?;
    let server = Server::find(global, &profile)?;
    let username = global.username.as_ref().or(server.known.username.as_ref());
    let auto_login = match (username, &global.password_file) {
        (Some(username), Some(file)) => {
            Some(Login { username: username.clone(), password: password::from_file(file)?.as_str().into() })
        }
        _ => None,
    };
    let settings = Settings { auto_login, ..Settings::default() };
    let input = BufReader::new(std::io::stdin());
    let output = BufWriter::new(std::io::stdout().lock());
    let remember = |username: Option<&str>| {
        if let Err(failure) = server.remember_user(&profile, username) {
            tracing::warn!("the account is not remembered: {failure}");
        }
    };
    match headless::run(setup(profile.clone(), &server, settings)?, input, output, remember) {
        Err(HeadlessError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(HeadlessError::Output(error)) => Err(io_failure("cannot write to standard output", &error)),
        Err(HeadlessError::Start(refusal)) => Err(refused(refusal)),
        Ok(()) => Ok(()),
    }
}
