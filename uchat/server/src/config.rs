//! What can be set, and where it is read from: a value given by the caller (flags) over the environment over a
//! file over the default.

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use uchat_protocol::PORT;
use uchat_protocol::channel::{Lesson, Transport};

/// The settings of a server; `None` is not set. As a TOML file it has these names, and no others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen. Without it, 127.0.0.1:2333.
    pub listen: Option<SocketAddr>,
    /// The folder with everything that the server keeps.
    pub data: Option<PathBuf>,
    /// The names and addresses by which clients call the server, for its certificate. Without any: localhost,
    /// 127.0.0.1 and ::1.
    pub host: Option<Vec<String>>,
    /// Lesson 1 to 6 in place of the signed channel.
    pub lesson: Option<u8>,
    /// TLS in place of the signed channel.
    pub tls: Option<bool>,
    /// The file with the access key. Without it, `access.key` in the data folder, which is made.
    pub access_key_file: Option<PathBuf>,
    /// Whether there are limits; without them a server listens on loopback only.
    pub limits: Option<bool>,
    /// The largest file, in bytes. Without it, 2 GiB.
    pub file_limit: Option<u64>,
    /// All files of one user, in bytes. Without it, 10 GiB.
    pub file_quota: Option<u64>,
    /// A user with whom every new account is friends at once.
    pub welcome: Option<String>,
}

/// What a server is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    pub(crate) hosts: Vec<String>,
    pub(crate) transport: Transport,
    pub(crate) access_key_file: Option<PathBuf>,
    pub(crate) limits: bool,
    pub(crate) file_limit: u64,
    pub(crate) file_quota: u64,
    pub(crate) welcome: Option<String>,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What stands in it cannot be used.
    #[error("the configuration {path} cannot be used: {error}")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, the key and the rule.
        error: Box<toml::de::Error>,
    },
    /// An environment variable cannot be used.
    #[error("the environment variable {name} is {value:?}, but must be {rule}")]
    Environment {
        /// Its name.
        name: String,
        /// What it holds.
        value: String,
        /// What it must hold.
        rule: &'static str,
    },
    /// Settings that do not go together, or one that is missing.
    #[error("{0}")]
    Rule(String),
}

impl Config {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// That it cannot be read; the line of a key that is not known, or whose value does not fit.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::Unreadable { path: path.to_owned(), error })?;
        toml::from_str(&text)
            .map_err(|error| ConfigError::Wrong { path: path.to_owned(), error: Box::new(error) })
    }

    /// Reads the variables `UCHAT_LISTEN`, `UCHAT_DATA` and so on; several hosts stand apart by commas. `get` gives
    /// the value of a variable; an empty one is not set, as in files for systemd and Docker.
    ///
    /// # Errors
    /// The variable whose value does not fit.
    pub fn from_environment(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        fn read<T: std::str::FromStr>(
            get: &impl Fn(&str) -> Option<String>,
            name: &str,
            rule: &'static str,
        ) -> Result<Option<T>, ConfigError> {
            let Some(value) = get(name).filter(|value| !value.is_empty()) else { return Ok(None) };
            let wrong = |_| ConfigError::Environment { name: name.to_owned(), value: value.clone(), rule };
            value.parse().map(Some).map_err(wrong)
        }
        let hosts: Option<String> = read(&get, "UCHAT_HOST", "names")?;
        Ok(Self {
            listen: read(&get, "UCHAT_LISTEN", "an address and a port, such as 127.0.0.1:2333")?,
            data: read(&get, "UCHAT_DATA", "a folder")?,
            host: hosts.map(|names| names.split(',').map(|name| name.trim().to_owned()).collect()),
            lesson: read(&get, "UCHAT_LESSON", "a number from 1 to 7")?,
            tls: read(&get, "UCHAT_TLS", "true or false")?,
            access_key_file: read(&get, "UCHAT_ACCESS_KEY_FILE", "a file")?,
            limits: read(&get, "UCHAT_LIMITS", "true or false")?,
            file_limit: read(&get, "UCHAT_FILE_LIMIT", "a number of bytes")?,
            file_quota: read(&get, "UCHAT_FILE_QUOTA", "a number of bytes")?,
            welcome: read(&get, "UCHAT_WELCOME", "a user name")?,
        })
    }

    /// These settings, and where they are not set, those of `other`. Lesson and TLS are one setting, the transport: whoever
    /// chooses the one here has not chosen the other.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        let (is_lesson, is_tls) = (self.lesson.is_some(), self.tls == Some(true));
        Self {
            listen: self.listen.or(other.listen),
            data: self.data.or(other.data),
            host: self.host.or(other.host),
            lesson: self.lesson.or(other.lesson.filter(|_| !is_tls)),
            tls: self.tls.or(other.tls.filter(|_| !is_lesson)),
            access_key_file: self.access_key_file.or(other.access_key_file),
            limits: self.limits.or(other.limits),
            file_limit: self.file_limit.or(other.file_limit),
            file_quota: self.file_quota.or(other.file_quota),
            welcome: self.welcome.or(other.welcome),
        }
    }

    /// Fills in the defaults, and checks what goes together.
    pub(crate) fn settings(self) -> Result<Settings, ConfigError> {
        let transport =
            Transport::from_options(self.lesson, self.tls.unwrap_or(false)).map_err(ConfigError::Rule)?;
        let listen = self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], PORT)));
        let limits = self.limits.unwrap_or(true);
        if !listen.ip().is_loopback() {
            if transport.loopback_only() {
                return Err(ConfigError::Rule(format!(
                    "{transport} protects nobody, so it is served on this machine only: listen on 127.0.0.1 or ::1, \
                     not on {}",
                    listen.ip()
                )));
            }
            if !limits {
                return Err(ConfigError::Rule(format!(
                    "without limits a server is for load tests on this machine only: listen on 127.0.0.1 or ::1, \
                     not on {}, or leave the limits on",
                    listen.ip()
                )));
            }
        }
        let Some(data) = self.data else {
            return Err(ConfigError::Rule("no data folder is given (--data DIR)".to_owned()));
        };
        Ok(Settings {
            listen,
            data: transport.folder().map_or(data.clone(), |folder| data.join(folder)),
            hosts: self.host.unwrap_or_default(),
            access_key_file: match transport {
                Transport::Lesson(Lesson::Plain) => None,
                _ => self.access_key_file,
            },
            transport,
            limits,
            file_limit: self.file_limit.unwrap_or(FILE_LIMIT),
            file_quota: self.file_quota.unwrap_or(FILE_QUOTA),
            welcome: self.welcome,
        })
    }
}

const FILE_LIMIT: u64 = 2 << 30;
const FILE_QUOTA: u64 = 10 << 30;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    fn config(text: &str) -> Config {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn flags_stand_over_the_environment_over_the_file_over_the_default() {
        let file = config("listen = '127.0.0.1:1'\nfile_limit = 5\nhost = ['a.example']");
        let environment = Config::from_environment(|name| match name {
            "UCHAT_LISTEN" => Some("127.0.0.1:2".to_owned()),
            "UCHAT_DATA" => Some("d".to_owned()),
            "UCHAT_HOST" => Some("b.example, ::1".to_owned()),
            _ => None,
        });
        let flags = config("listen = '127.0.0.1:3'");
        let settings = flags.over(environment.unwrap()).over(file).settings().unwrap();
        assert_eq!(settings.listen.port(), 3);
        assert_eq!(settings.hosts, ["b.example", "::1"]);
        assert_eq!((settings.file_limit, settings.file_quota), (5, FILE_QUOTA));
        assert_eq!(settings.data, Path::new("d"));
    }

    #[test]
    fn lesson_and_tls_are_one_setting_when_one_place_counts_more_than_another() {
        for (over, under, lesson, tls) in [
            ("tls = true", "lesson = 4", None, Some(true)),
            ("lesson = 4", "tls = true", Some(4), None),
            ("lesson = 7", "tls = true", Some(7), None),
            ("tls = false", "lesson = 4", Some(4), Some(false)),
            ("", "lesson = 4", Some(4), None),
            ("", "tls = true", None, Some(true)),
        ] {
            let both = config(over).over(config(under));
            assert_eq!((both.lesson, both.tls), (lesson, tls), "{over} over {under}");
        }
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        assert_eq!(Config::from_environment(|_| Some(String::new())).unwrap(), Config::default());
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_a_sentence() {
        for (text, part) in [
            ("data = 'd'\nlesson = 1\nlisten = '0.0.0.0:1'", "lesson 1 protects nobody"),
            ("data = 'd'\nlimits = false\nlisten = '[::]:1'", "without limits"),
            ("data = 'd'\nlesson = 1\ntls = true", "exclude each other"),
            ("data = 'd'\nlesson = 9", "1 to 7"),
            ("", "no data folder"),
        ] {
            let error = config(text).settings().unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        assert_eq!(config("data = 'd'\nlesson = 2").settings().unwrap().data, Path::new("d/lessons/2"));
    }

    #[test]
    fn an_unknown_key_and_a_wrong_variable_are_named() {
        let error = toml::from_str::<Config>("listn = '127.0.0.1:1'").unwrap_err().to_string();
        assert!(error.contains("listn"), "{error}");
        let error = Config::from_environment(|name| (name == "UCHAT_TLS").then(|| "yes".to_owned()));
        assert!(error.unwrap_err().to_string().contains("UCHAT_TLS"));
    }

    #[test]
    fn the_readme_names_every_setting_its_variable_and_its_default() {
        let readme = include_str!("../README.md");
        let table = readme.split("\n## ").find(|section| section.starts_with("Settings")).unwrap();
        let code = |cell: &str| cell.split('`').nth(1).unwrap_or_default().to_owned();
        let rows: Vec<[String; 3]> = (table.lines().filter(|line| line.contains("`UCHAT_")))
            .map(|line| {
                let cells: Vec<&str> = line.rsplit(" | ").collect(); // a flag's cell may be empty
                [code(cells[3]), code(cells[2]), code(cells[1])]
            })
            .collect();
        let column = |at: usize| rows.iter().map(|row| row[at].clone()).collect::<Vec<_>>();

        let fields = format!("{:?}", Config::default());
        let fields = fields.trim_start_matches("Config { ").trim_end_matches(" }").replace(": None", "");
        assert_eq!(column(1), fields.split(", ").collect::<Vec<_>>());

        let asked = std::cell::RefCell::new(Vec::new());
        let nothing = |name: &str| {
            asked.borrow_mut().push(name.to_owned());
            None
        };
        Config::from_environment(nothing).unwrap();
        let (mut asked, mut variables) = (asked.into_inner(), column(0));
        asked.sort();
        variables.sort();
        assert_eq!(variables, asked);

        let settings = config("data = 'd'").settings().unwrap();
        assert_eq!((settings.transport, settings.hosts.len()), (Transport::Signed, 0));
        for (key, default) in [
            ("listen", settings.listen.to_string()),
            ("tls", "false".to_owned()),
            ("limits", settings.limits.to_string()),
            ("file_limit", settings.file_limit.to_string()),
            ("file_quota", settings.file_quota.to_string()),
        ] {
            assert_eq!(rows.iter().find(|row| row[1] == key).unwrap()[2], default, "{key}");
        }
    }
}
