//! `uchat server`: runs a server, and in it the user `echo`.

use crate::cli::{Global, Server as Options, Switch};
use crate::echo_friend::{EchoFriend, NAME};
use crate::known::data_dir;
use crate::{invite, output};
use certificates::folder::load_certificate;
use certificates::x509::ServerName;
use conn_auth::Key;
use echo::lab::{Failure, io_failure, log, on_interrupt};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uchat_client::net::Route;
use uchat_protocol::channel::{ClientSetup, Transport};
use uchat_server::{Config, ConfigError, Server, StartError};

/// Runs until Ctrl-C or SIGTERM.
pub(crate) fn server(global: &Global, options: Options) -> Result<(), Failure> {
    let with_echo = !options.no_echo;
    let (config, data) = config(global, options)?;
    let first_host = config.host.as_ref().and_then(|hosts| hosts.first()).cloned();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let mut stop = Some(stop);
    on_interrupt(move || {
        if let Some(stop) = stop.take() {
            let _ = stop.send(()); // the server may have ended already
        }
    })?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| io_failure("cannot start the server", &e))?;
    runtime.block_on(async {
        let server = Server::start(config).await.map_err(|error| match error {
            StartError::Config(error) => wrong(error),
            other => Failure::new(other.to_string()),
        })?;
        // First what others may read as soon as they know that it listens.
        hints(&server, &data)?;
        output::say(format_args!("listening on {}", server.address()))?;
        let echo = match with_echo {
            true => start_echo(&server, data, first_host).await,
            false => None,
        };
        server
            .run_until(async {
                let _ = stopped.await; // the handler keeps the other end for ever
                if let Some(echo) = echo {
                    let _ = tokio::task::spawn_blocking(|| echo.stop()).await; // logs its own failures
                }
            })
            .await;
        Ok(())
    })
}

/// Settings that cannot be used: wrong usage, unless it is a file that cannot be read.
fn wrong(error: ConfigError) -> Failure {
    match error {
        ConfigError::Unreadable { .. } => Failure::new(error.to_string()),
        other => Failure::Usage(other.to_string()),
    }
}

/// All settings: options over the environment over the file over the defaults. And the folder that the server
/// uses in the end: lessons have their own inside the data folder.
fn config(global: &Global, options: Options) -> Result<(Config, PathBuf), Failure> {
    let mut file =
        options.config.as_deref().map(Config::load).transpose().map_err(wrong)?.unwrap_or_default();
    let with_echo = !options.no_echo;
    // A variable that says no counts more than a file that says yes.
    let tls_is_set = global.tls || std::env::var_os("UCHAT_TLS").is_some_and(|value| !value.is_empty());
    let options = Config {
        listen: options.listen,
        data: options.data,
        host: (!options.host.is_empty()).then_some(options.host),
        lesson: global.lesson,
        tls: tls_is_set.then_some(global.tls),
        access_key_file: global.access_key_file.clone(),
        limits: options.limits.map(|switch| switch == Switch::On),
        ..Config::default()
    };
    if options.lesson.is_some() || options.tls == Some(true) {
        (file.lesson, file.tls) = (None, None); // the two are one setting
    }
    // The variables of options were read with the options.
    let more = |name: &str| MORE_VARIABLES.contains(&name).then(|| std::env::var(name).ok()).flatten();
    let environment = Config::from_environment(more).map_err(wrong)?;
    let mut config = options.over(environment).over(file);
    if with_echo && config.welcome.is_none() {
        config.welcome = Some(NAME.to_owned());
    }
    let transport =
        Transport::from_options(config.lesson, config.tls.unwrap_or(false)).map_err(Failure::Usage)?;
    let data = match config.data.clone() {
        Some(data) => data,
        None => data_dir()?.join("server"),
    };
    config.data = Some(data.clone());
    let data = transport.folder().map_or(data.clone(), |folder| data.join(folder));
    Ok((config, data))
}

/// Says on standard error how to go on, and keeps the invite for `uchat invite`.
fn hints(server: &Server, data: &Path) -> Result<(), Failure> {
    let transport = server.transport();
    if let Some(banner) = transport.banner() {
        log(banner);
    }
    match (server.invite(), transport) {
        (Some(made), _) => {
            invite::keep(data, &made)?;
            let usual = data_dir().is_ok_and(|dir| dir.join("server") == data);
            let option = if usual { String::new() } else { format!(" --data {}", data.display()) };
            log(format_args!("invite people with: uchat invite{option}"));
        }
        (None, Transport::Lesson(lesson)) => {
            let (address, number) = (server.address(), lesson.number());
            let key = match server.access_key() {
                Some(_) => format!(" --access-key-file {}", data.join("access.key").display()),
                None => String::new(),
            };
            log(format_args!(
                "clients begin with: uchat --lesson {number} --server {address}{key} register --username …"
            ));
        }
        (None, Transport::Signed | Transport::Tls) => {}
    }
    Ok(())
}

/// Starts the user echo. A server is a server without it as well.
pub(crate) async fn start_echo(server: &Server, data: PathBuf, host: Option<String>) -> Option<EchoFriend> {
    let route = route(server, host.as_deref());
    let encrypted = server.transport().encrypted();
    let started = tokio::task::spawn_blocking(move || {
        let ca = encrypted.then(|| load_certificate(&data.join("ca.pem"))).transpose()?;
        EchoFriend::start(&data, route?, ca.map(|ca| ca.der().to_vec()))
    });
    match started.await {
        Ok(Ok(echo)) => Some(echo),
        Ok(Err(failure)) => {
            tracing::warn!("there is no user `{NAME}` here: {failure}");
            None
        }
        Err(error) => {
            tracing::error!(%error, "the user `{NAME}` has failed");
            None
        }
    }
}

/// From this process to its own server: over loopback where it listens everywhere, and under a name that stands
/// in its certificate.
fn route(server: &Server, host: Option<&str>) -> Result<Route, Failure> {
    let address = match server.address() {
        address if !address.ip().is_unspecified() => address,
        SocketAddr::V4(address) => (IpAddr::from(Ipv4Addr::LOCALHOST), address.port()).into(),
        SocketAddr::V6(address) => (IpAddr::from(Ipv6Addr::LOCALHOST), address.port()).into(),
    };
    let failed = |e: &dyn std::fmt::Display| Failure::new(e.to_string());
    let name: ServerName = host.unwrap_or("localhost").parse().map_err(|e| failed(&e))?;
    let key = server.access_key().map(Key::new).transpose()?;
    let setup = ClientSetup::new(server.transport(), name, server.ca_fingerprint(), key);
    Ok(Route {
        host: address.ip().to_string(),
        port: address.port(),
        setup: Arc::new(setup.map_err(|e| failed(&e))?),
        loopback_only: server.transport().loopback_only(),
    })
}

/// Settings that have a variable, and no option.
const MORE_VARIABLES: [&str; 4] = ["UCHAT_LIMITS", "UCHAT_FILE_LIMIT", "UCHAT_FILE_QUOTA", "UCHAT_WELCOME"];
