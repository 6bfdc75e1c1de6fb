//! A stage's server with everything that its own client needs to talk to it.

use crate::{PATIENCE, run_with, server, start};
use echo::lab::{Ended, Process};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A server of some stage, whose class has a key, or a folder with certificates, of its own.
pub struct Victim {
    stage: u8,
    /// What its client is given, too.
    shared: Vec<String>,
    folder: TempDir,
    address: SocketAddr,
    _server: Process,
}

impl Victim {
    /// Starts the server of `stage`; `more` are options that both sides need, or `--client-ca`, which gets the
    /// server's own CA.
    pub fn start(stage: u8, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).into_os_string().into_string().unwrap();
        let mut own = Vec::new();
        let mut shared = Vec::new();
        match stage {
            1 => {}
            2..=6 => shared.extend(["--key".to_owned(), KEY.to_owned()]),
            7 => {
                std::fs::write(path("access.key"), KEY).unwrap();
                own.extend(["--dir".to_owned(), path("")]);
                // The older way has no place for it.
                if !more.contains(&"--key-transport") {
                    shared.extend(["--access-key-file".to_owned(), path("access.key")]);
                }
            }
            _ => own.extend(["--dir".to_owned(), path("")]),
        }
        match more {
            ["--client-ca"] => own.extend(["--client-ca".to_owned(), path("ca.pem")]),
            _ => shared.extend(more.iter().map(|option| (*option).to_owned())),
        }
        let args: Vec<&str> = own.iter().chain(&shared).map(String::as_str).collect();
        let (process, address) = server(&format!("stage-{stage}"), &args);
        if stage == 7 {
            shared.extend(["--ca".to_owned(), path("ca.pem")]);
        }
        Self { stage, shared, folder, address, _server: process }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its folder: keys and certificates from stage 7 on.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file that a thief would take: the private key behind the certificate that this server shows.
    pub fn private_key(&self) -> PathBuf {
        let transport = self.shared.iter().any(|option| option == "--key-transport");
        self.folder.path().join(if transport { "transport.key" } else { "server.key" })
    }

    /// A classmate who says `lines` through `path`. What an attack spoils goes unanswered.
    pub fn converse(&self, path: SocketAddr, lines: &[&str]) {
        if self.stage == 8 {
            for line in lines {
                self.fetch(path, &format!("/echo?text={}", percent_encoded(line)));
            }
            return;
        }
        let path = path.to_string();
        let args = ["client", "--connect", &path].into_iter().chain(self.shared.iter().map(String::as_str));
        let mut client = start(&format!("stage-{}", self.stage), args);
        for line in lines {
            let _ = client.ask(line);
        }
        client.wait(PATIENCE).unwrap();
    }

    /// Stage 8's client: a page of this server, fetched through `path`.
    pub fn fetch(&self, path: SocketAddr, page: &str) -> Ended {
        let ca = self.folder.path().join("ca.pem");
        let args = ["get", &format!("https://{path}{page}"), "--ca", ca.to_str().unwrap()];
        run_with("stage-8", &args, b"", PATIENCE)
    }
}

/// For a URL (RFC 3986, section 2.1).
fn percent_encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric();
    text.bytes()
        .map(|byte| if plain(&byte) { char::from(byte).into() } else { format!("%{byte:02X}") })
        .collect()
}

/// The class has a key of its own; no attack is told.
const KEY: &str = "only for the class";
