//! The session of one page: a shell's surroundings, and the servers that it has started.

use super::compare::{differ, missing_line};
use super::ports::{Ports, next_port};
use super::process::Process;
use super::programs::Programs;
use super::shim;
use crate::console::Step;
use crate::place::Place;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

pub(crate) struct Session {
    folder: tempfile::TempDir,
    ports: Ports,
    servers: Vec<Server>,
}

struct Server {
    process: Process,
    line: usize,
    expected: String,
}

impl Session {
    /// Surroundings that look like the checkout: files are copies, folders are links, what is written is away afterwards.
    pub(crate) fn new(place: &Place, programs: &Programs, book: &Path) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        for sub in ["bin", "home", "work"] {
            fs::create_dir(folder.path().join(sub))?;
        }
        for entry in fs::read_dir(place.root())? {
            let entry = entry?;
            let (name, to) = (entry.file_name(), folder.path().join("work").join(entry.file_name()));
            if name == "target" || name == ".git" {
                continue;
            }
            if entry.file_type()?.is_dir() {
                link(&entry.path(), &to)?;
            } else {
                fs::copy(entry.path(), &to)?;
            }
        }
        fs::write(folder.path().join("programs"), programs.list())?;
        let cargo = format!("exec '{}' cargo-shim \"$@\"", book.display());
        for (name, script) in [("cargo", cargo.as_str()), ("pkill", PKILL)] {
            let path = folder.path().join("bin").join(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n"))?;
            executable(&path)?;
        }
        let mut ports = Ports::default();
        for port in shim::usual_ports() {
            ports.real(port)?;
        }
        Ok(Self { folder, ports, servers: Vec::new() })
    }

    /// Runs a command to its end.
    pub(crate) fn run(&mut self, step: &Step) -> io::Result<Option<String>> {
        let process = self.process(&step.command)?;
        let (output, ended) = process.wait(PATIENCE, |_| false);
        let output = self.ports.in_output(&output);
        if !ended {
            return Ok(Some(format!(
                "`{}` has not ended after {PATIENCE:?}; it has said:\n{output}",
                step.command
            )));
        }
        Ok(differ(&step.output, &output).map(|diff| format!("`{}`: {diff}", step.command)))
    }

    /// Starts a command that stays. It is ready when it says where it listens, or else when it says the first line
    /// that the page shows; the other lines may come later, when others have talked to it.
    pub(crate) fn start(&mut self, step: &Step) -> io::Result<Option<String>> {
        let process = self.process(&step.command)?;
        let shown = addresses(&step.output);
        let first = step.output.lines().next().unwrap_or("");
        let (output, _) = process.wait(PATIENCE, |output| match shown.len() {
            0 => missing_line(first, output).is_none(),
            count => addresses(output).len() >= count,
        });
        for (shown, real) in shown.iter().zip(addresses(&output)) {
            self.ports.listens(*shown, real);
        }
        if addresses(&output).len() < shown.len()
            || (shown.is_empty() && missing_line(first, &output).is_some())
        {
            let output = self.ports.in_output(&output);
            return Ok(Some(format!(
                "`{}` did not start as the page says; it has said:\n{output}",
                step.command
            )));
        }
        self.servers.push(Server { process, line: step.line, expected: step.output.clone() });
        Ok(None)
    }

    /// Waits for the last lines of the servers, and ends them.
    pub(crate) fn end(self) -> Vec<(usize, String)> {
        let mut problems = Vec::new();
        for server in self.servers {
            let missing = |output: &str| missing_line(&server.expected, &self.ports.in_output(output));
            let (output, _) = server.process.wait(PATIENCE, |output| missing(output).is_none());
            if let Some(line) = missing(&output) {
                let output = self.ports.in_output(&output);
                problems.push((
                    server.line,
                    format!("at the end of the page the line `{line}` has not come, but:\n{output}"),
                ));
            }
        }
        problems
    }

    fn process(&mut self, command: &str) -> io::Result<Process> {
        let script = self.ports.in_command(command)?;
        let at = |name: &str| self.folder.path().join(name);
        fs::write(at("ports"), self.ports.list())?;
        let groups: Vec<String> =
            self.servers.iter().map(|server| server.process.group().to_string()).collect();
        let mut path = vec![at("bin")];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let mut shell = Command::new("sh");
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if ["UCHAT_", "CARGO", "RUST", "XDG_"].iter().any(|start| name.starts_with(start)) {
                shell.env_remove(&*name);
            }
        }
        shell
            .current_dir(at("work"))
            .env("PATH", std::env::join_paths(path).map_err(io::Error::other)?)
            .env("HOME", at("home"))
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env(shim::PROGRAMS, at("programs"))
            .env(shim::PORTS, at("ports"))
            .env("BOOK_GROUPS", groups.join(","));
        Process::start(&mut shell, &script)
    }
}

/// The ports of the lines `listening on ADDR`.
fn addresses(output: &str) -> Vec<u16> {
    let lines = output.lines().filter(|line| line.starts_with(LISTENING));
    lines.filter_map(|line| next_port(line).map(|(_, port, _)| port)).collect()
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(from, to)
}

#[cfg(unix)]
fn executable(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
}

#[cfg(not(unix))]
fn executable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A page that ends a server by its name ends its own, not that of somebody else on this machine.
const PKILL: &str = "PATH=${PATH#*:}\nexec pkill -g \"${BOOK_GROUPS:-0}\" \"$@\"";
const LISTENING: &str = "listening on ";
const PATIENCE: Duration = Duration::from_secs(60);
