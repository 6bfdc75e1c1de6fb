//! Which server: what the profile knows, what the options add, and whose word counts for its CA.

use crate::cli::Global;
use certificates::folder::{load_certificate, system_random};
use certificates::x509::{Certificate, ServerName};
use conn_auth::Key;
use echo::lab::{Failure, hex, io_failure, log};
use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use uchat_client::net::{Route, ca_of};
use uchat_client::profile::{Known, Profile, lesson_dir};
use uchat_protocol::PORT;
use uchat_protocol::channel::{ClientSetup, Transport};

impl Global {
    /// What is spoken, as far as the options say.
    pub(crate) fn transport(&self) -> Result<Transport, Failure> {
        Transport::from_options(self.lesson, self.tls).map_err(Failure::Usage)
    }

    /// The folder of the account; lessons have their own inside it.
    pub(crate) fn profile_dir(&self) -> Result<PathBuf, Failure> {
        let dir = match &self.profile {
            Some(dir) => dir.clone(),
            None => data_dir()?.join("profiles").join("default"),
        };
        Ok(match self.transport()?.lesson() {
            Some(lesson) => lesson_dir(&dir, lesson.number()),
            None => dir,
        })
    }

    /// How a command begins that goes on with the same account.
    pub(crate) fn program(&self) -> String {
        let mut program = "uchat".to_owned();
        if let Some(lesson) = self.lesson {
            program += &format!(" --lesson {lesson}");
        }
        if let Some(profile) = &self.profile {
            let quote = if profile.to_string_lossy().contains(char::is_whitespace) { "'" } else { "" };
            program += &format!(" --profile {quote}{}{quote}", profile.display());
        }
        program
    }

    /// Opens it.
    pub(crate) fn open_profile(&self) -> Result<Profile, Failure> {
        Profile::open(&self.profile_dir()?).map_err(|e| Failure::new(e.to_string()))
    }
}

/// The folder for everything of ours: `uchat` in the user's data directory.
pub(crate) fn data_dir() -> Result<PathBuf, Failure> {
    let args = AppStrategyArgs {
        top_level_domain: String::new(),
        author: String::new(),
        app_name: "uchat".to_owned(),
    };
    let strategy = choose_app_strategy(args).map_err(|e| {
        Failure::new(format!(
            "there is no place for your data: {e}; name one with --profile, or for a server with --data"
        ))
    })?;
    Ok(strategy.data_dir())
}

/// A server that can be connected to.
pub(crate) struct Server {
    /// All that is known about it; remembered in the profile.
    pub(crate) known: Known,
    /// What is spoken.
    pub(crate) transport: Transport,
    /// Its CA; none on lessons.
    pub(crate) ca: Option<Certificate>,
}

impl Server {
    /// The server of this profile, under these options. One that is new is remembered at once.
    pub(crate) fn find(global: &Global, profile: &Profile) -> Result<Self, Failure> {
        if let Some(banner) = global.transport()?.banner() {
            log(banner);
        }
        Self::find_silently(global, profile)
    }

    /// Where to look for it and what is spoken there, before anybody has vouched for it. `before` is what the
    /// profile knows.
    pub(crate) fn sought(global: &Global, before: Option<&Known>) -> Result<(Known, Transport), Failure> {
        let mut known = match (before, &global.server) {
            (None, None) => return Err(Failure::new(NO_SERVER)),
            (known, None) => known.cloned().unwrap_or_default(),
            (known, Some(server)) => {
                let (host, port) = split(server)?;
                Known { host, port, ..known.cloned().unwrap_or_default() }
            }
        };
        if global.tls || global.lesson.is_some() {
            known.tls = global.tls; // lesson 7 is the channel without TLS
        }
        if let Some(file) = &global.access_key_file {
            known.access_key = Some(hex(&certificates::files::read_password(file)?));
        }
        let transport = match global.transport()? {
            Transport::Signed if known.tls => Transport::Tls,
            transport => transport,
        };
        Ok((known, transport))
    }

    /// As [`find`](Self::find), but nothing is written on the terminal.
    pub(crate) fn find_silently(global: &Global, profile: &Profile) -> Result<Self, Failure> {
        let before = profile.known().map_err(|e| Failure::new(e.to_string()))?;
        let (known, transport) = Self::sought(global, before.as_ref())?;
        Self::of(global, profile, before, known, transport)
    }

    /// The server that was [`sought`](Self::sought), with a CA that is trusted. `before` is what the profile knows.
    pub(crate) fn of(
        global: &Global,
        profile: &Profile,
        before: Option<Known>,
        mut known: Known,
        transport: Transport,
    ) -> Result<Self, Failure> {
        let ca = match transport {
            Transport::Lesson(_) => None,
            Transport::Signed | Transport::Tls => Some(trusted_ca(global, &mut known, transport)?),
        };
        let server = Self { known, transport, ca };
        // Of a server that was known before, an option is remembered only once a log-in shows that it is right. But
        // the certificate of the pinned CA is right whenever it is seen.
        match before {
            None => remember(profile, &server.known)?,
            Some(before)
                if before.ca_certificate.is_none() && server.known.pinned_ca() == before.pinned_ca() =>
            {
                let ca_certificate = server.known.ca_certificate.clone();
                if ca_certificate.is_some() {
                    remember(profile, &Known { ca_certificate, ..before })?;
                }
            }
            Some(_) => {}
        }
        Ok(server)
    }

    /// Remembers the server, and whose account this profile is: somebody has logged in, or nobody is any more.
    pub(crate) fn remember_user(&self, profile: &Profile, username: Option<&str>) -> Result<(), Failure> {
        remember(profile, &Known { username: username.map(str::to_owned), ..self.known.clone() })
    }

    /// The way to it.
    pub(crate) fn route(&self) -> Result<Route, Failure> {
        let Known { host, port, .. } = &self.known;
        let name: ServerName =
            host.parse().map_err(|e| Failure::Usage(format!("{host} cannot be a server: {e}")))?;
        let key = self
            .known
            .key()
            .map(|key| Key::new(&key))
            .transpose()
            .map_err(|e| Failure::new(e.to_string()))?;
        let setup = ClientSetup::new(self.transport, name, self.known.pinned_ca(), key)
            .map_err(|e| Failure::new(e.to_string()))?;
        Ok(Route {
            host: host.clone(),
            port: *port,
            setup: Arc::new(setup),
            loopback_only: self.transport.loopback_only(),
        })
    }
}

fn remember(profile: &Profile, known: &Known) -> Result<(), Failure> {
    profile.remember(known).map_err(|e| Failure::new(e.to_string()))
}

/// The CA that the server must have: the one in the file, else the one that is kept, else the one that the server
/// shows, if it is the pinned one or somebody says that it is right.
pub(crate) fn trusted_ca(
    global: &Global,
    known: &mut Known,
    transport: Transport,
) -> Result<Certificate, Failure> {
    let ca = match (&global.ca, &known.ca_certificate) {
        (Some(file), _) => load_certificate(file)?,
        (None, Some(pem)) => {
            return Certificate::from_pem(pem).map_err(|e| {
                Failure::new(format!("the CA's certificate in the profile cannot be used: {e}"))
            });
        }
        (None, None) => {
            let mut random = system_random()?;
            let shown = ca_of(&known.host, known.port, transport, &mut random)
                .map_err(|refusal| Failure::new(refusal.text))?;
            match known.pinned_ca() {
                Some(pinned) if pinned == shown.fingerprint() => {}
                Some(pinned) => return Err(other_ca(&pinned, &shown)),
                None => trust(global, known, &shown)?,
            }
            shown
        }
    };
    known.pin(ca.fingerprint());
    known.ca_certificate = Some(ca.to_pem());
    Ok(ca)
}

/// Asks whether this CA is the right one.
fn trust(global: &Global, known: &Known, ca: &Certificate) -> Result<(), Failure> {
    let fingerprint = hex(&ca.fingerprint());
    if global.trust_first {
        log(format_args!("trusting the CA that {} shows; its fingerprint is {fingerprint}", known.address()));
        return Ok(());
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::new(format!(
            "the CA of {} is not known here; its fingerprint is {fingerprint}. If that is the one its operator \
             tells you, say --trust-first; better, join with an invite, or name its certificate with --ca",
            known.address()
        )));
    }
    log(format_args!("The CA of {} is not known here. Its fingerprint is", known.address()));
    log(format_args!("  {fingerprint}"));
    eprint!("Is that the one that the operator of the server tells you? Type yes to trust it: ");
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).map_err(|e| io_failure("cannot read your answer", &e))?;
    match answer.trim() {
        "yes" => Ok(()),
        _ => Err(Failure::new("the CA is not trusted; nothing was sent to the server")),
    }
}

fn other_ca(pinned: &[u8; 32], shown: &Certificate) -> Failure {
    Failure::new(format!(
        "the server shows another CA than the one that is known here: expected {}, got {}. Somebody may sit in \
         between; ask the server's operator, and join with a new invite if the CA has really changed",
        hex(pinned),
        hex(&shown.fingerprint())
    ))
}

/// `host:port`, where the port may be left out.
pub(crate) fn split(server: &str) -> Result<(String, u16), Failure> {
    let (host, port) = match server.rsplit_once(':') {
        Some((host, _)) if host.contains(':') && !host.ends_with(']') => (server, None),
        Some((host, port)) if !server.ends_with(']') => (host, Some(port)),
        _ => (server, None),
    };
    let number = |port: &str| port.parse().ok().filter(|_| !port.starts_with('+'));
    let port = port.map_or(Some(PORT), number).filter(|port| *port != 0);
    let port = port.ok_or_else(|| {
        Failure::Usage(format!("--server takes HOST:PORT, as in localhost:{PORT}; {server} has no such port"))
    })?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if host.parse::<ServerName>().is_err() {
        return Err(Failure::Usage(format!(
            "--server takes HOST:PORT, as in localhost:{PORT}, not {server}"
        )));
    }
    Ok((host.to_owned(), port))
}

const NO_SERVER: &str = "no server is known in this profile; run `uchat join INVITE` with an invite from its operator, \
     or name it with --server HOST:PORT";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;
    use certificates::rsa::PrivateKey;
    use certificates::x509::Ca;
    use std::time::SystemTime;

    #[test]
    fn a_command_that_goes_on_names_lesson_and_profile() {
        assert_eq!(Global::default().program(), "uchat");
        let (lesson, profile) = (Some(4), Some("my ann".into()));
        assert_eq!(
            Global { lesson, profile, ..Global::default() }.program(),
            "uchat --lesson 4 --profile 'my ann'"
        );
    }

    #[test]
    fn a_server_is_a_host_and_perhaps_a_port() {
        for (text, host, port) in [
            ("localhost", "localhost", 2333),
            ("localhost:1", "localhost", 1),
            ("127.0.0.1:65535", "127.0.0.1", 65535),
            ("[::1]:9", "::1", 9),
            ("[::1]", "::1", 2333),
            ("::1", "::1", 2333),
        ] {
            assert_eq!(split(text).unwrap(), (host.to_owned(), port), "{text}");
        }
        for wrong in
            ["", ":1", "localhost:0", "localhost:x", "localhost:+1", "localhost:70000", "a b:1", "localhost:"]
        {
            assert!(matches!(split(wrong), Err(Failure::Usage(_))), "{wrong}");
        }
    }

    #[test]
    fn of_a_known_server_another_address_is_remembered_once_somebody_has_logged_in_there() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let before = Known { host: "a.example.org".to_owned(), port: 1, ..Known::default() };
        remember(&profile, &before).unwrap();
        let mut random = system_random().unwrap();
        let key = PrivateKey::generate(2048, &mut random).unwrap();
        let ca = Ca::init("another CA", key, SystemTime::now(), &mut random).unwrap();

        let global = Global { server: Some("b.example.org:2".to_owned()), ..Global::default() };
        let (mut known, transport) = Server::sought(&global, Some(&before)).unwrap();
        known.pin(ca.certificate().fingerprint());
        known.ca_certificate = Some(ca.certificate().to_pem());
        let server = Server::of(&global, &profile, Some(before), known, transport).unwrap();
        let remembered = || profile.known().unwrap().unwrap();
        assert_eq!((remembered().address().as_str(), remembered().pinned_ca()), ("a.example.org:1", None));
        server.remember_user(&profile, Some("ann")).unwrap();
        assert_eq!(remembered().address(), "b.example.org:2");
        assert_eq!(remembered().pinned_ca(), Some(ca.certificate().fingerprint()));
    }
}
