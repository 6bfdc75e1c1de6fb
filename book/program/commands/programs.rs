//! The programs of the checkout, built by cargo and found by what it says: no path is guessed.

use super::CommandsError;
use crate::place::Place;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Built programs by their names.
pub struct Programs(BTreeMap<String, PathBuf>);

impl Programs {
    /// Builds all programs of the workspace: the selection of `cargo test --workspace`, so nothing is built twice.
    pub fn all(place: &Place) -> Result<Self, CommandsError> {
        Self::build(place, &["--workspace".to_owned()])
    }

    /// Builds the programs of some packages, each for itself, as `cargo run -p` does.
    pub fn of<'a>(
        place: &Place,
        packages: impl IntoIterator<Item = &'a String>,
    ) -> Result<Self, CommandsError> {
        let mut programs = BTreeMap::new();
        for package in packages {
            programs.extend(Self::build(place, &["-p".to_owned(), package.clone()])?.0);
        }
        Ok(Self(programs))
    }

    fn build(place: &Place, selection: &[String]) -> Result<Self, CommandsError> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(place.root()).args([
            "build",
            "--bins",
            "--locked",
            "--message-format=json-render-diagnostics",
        ]);
        command.args(selection).stdin(Stdio::null()).stderr(Stdio::piped());
        if !cfg!(debug_assertions) {
            command.arg("--release");
        }
        // What an outer cargo says about the book's package is not for others: their build scripts would run again.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(|own| name.starts_with(own)) {
                command.env_remove(&*name);
            }
        }
        let output = command.output()?;
        if !output.status.success() {
            return Err(CommandsError::Programs(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let messages = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let programs = messages.filter_map(|message| {
            let name = message.pointer("/target/name")?.as_str()?.to_owned();
            Some((name, PathBuf::from(message.get("executable")?.as_str()?)))
        });
        Ok(Self(programs.collect()))
    }

    /// A list with a line for each: name, tab, path.
    pub(crate) fn list(&self) -> String {
        self.0.iter().map(|(name, path)| format!("{name}\t{}\n", path.display())).collect()
    }
}
