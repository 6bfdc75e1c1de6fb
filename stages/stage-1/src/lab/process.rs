//! Other programs, started and spoken to through their standard streams.

use super::{Failure, io_failure};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TrySendError, sync_channel};
use std::time::{Duration, Instant};

/// A running program. It is killed when this is dropped, so that no demo or test leaves one behind.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<String>,
    errors: Receiver<String>,
}

/// Starts this very program once more, as a process of its own.
pub fn own<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Result<Process, Failure> {
    let program =
        std::env::current_exe().map_err(|e| io_failure("cannot find this program's own file", &e))?;
    Process::start(&program, args)
}

impl Process {
    /// Starts `program` with `args`.
    pub fn start<S: AsRef<OsStr>>(
        program: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command.args(args);
        Self::spawn(command)
    }

    /// Starts a prepared command; its standard streams are taken over.
    pub fn spawn(mut command: Command) -> Result<Self, Failure> {
        let mut child =
            command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .map_err(|e| io_failure(&format!("cannot start {}", command.get_program().display()), &e))?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Failure::new("the program was started without its standard streams"));
        };
        Ok(Self { child, input: Some(input), output: lines(output, true), errors: lines(errors, false) })
    }

    /// Starts a server and waits for its first line; returns the address in it.
    pub fn server(mut self) -> Result<(Self, SocketAddr), Failure> {
        let line = self
            .line(PATIENCE)
            .map_err(|failure| Failure::new(format!("the server did not start: {failure}")))?;
        match line.strip_prefix("listening on ").and_then(|address| address.parse().ok()) {
            Some(address) => Ok((self, address)),
            None => Err(Failure::new(format!("the server did not say where it listens, but: {line}"))),
        }
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Writes a line to its standard input.
    pub fn write_line(&mut self, line: &str) -> Result<(), Failure> {
        self.write(format!("{line}\n").as_bytes())
    }

    /// Writes bytes to its standard input.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let Some(input) = &mut self.input else {
            return Err(Failure::new("the program's standard input is already closed"));
        };
        input
            .write_all(bytes)
            .and_then(|()| input.flush())
            .map_err(|e| io_failure("the program takes no more input", &e))
    }

    /// Ends its standard input.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// The next line of its standard output.
    pub fn line(&mut self, limit: Duration) -> Result<String, Failure> {
        self.output.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => Failure::new(format!("the program printed nothing for {limit:?}")),
            RecvTimeoutError::Disconnected => {
                let errors: Vec<String> = self.errors.iter().collect();
                Failure::new(match errors.last() {
                    Some(last) => last.clone(),
                    None => "the program ended without another line".to_owned(),
                })
            }
        })
    }

    /// Writes a line and waits for one: a request to a client program, and its answer.
    pub fn ask(&mut self, line: &str) -> Result<String, Failure> {
        self.write_line(line)?;
        self.line(PATIENCE)
    }

    /// The next line of its standard error, if one comes within `limit`.
    pub fn log_line(&mut self, limit: Duration) -> Option<String> {
        self.errors.recv_timeout(limit).ok()
    }

    /// Ends its input and waits for it to end; kills it after `limit`, which is an error.
    pub fn wait(mut self, limit: Duration) -> Result<Ended, Failure> {
        self.close_input();
        let end = Instant::now() + limit;
        let mut output = String::new();
        loop {
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => output = output + &line + "\n",
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    return Err(Failure::new(format!(
                        "the program did not end within {limit:?}; it said: {output}"
                    )));
                }
            }
        }
        // Its output is closed: it has ended, or is about to.
        let status = self.child.wait().map_err(|e| io_failure("cannot wait for the program", &e))?;
        let errors = self.errors.iter().map(|line| line + "\n").collect();
        Ok(Ended { status, output, errors })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill(); // fails only if it has ended already
        let _ = self.child.wait();
    }
}

/// How a program ended, and what it had said that was not read yet.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// The rest of its standard output.
    pub output: String,
    /// The rest of its standard error.
    pub errors: String,
}

/// The lines of a stream. The queue is bounded: when it is full, a program that `waits` is held up until
/// somebody reads, and the lines of another one are dropped (a server must not stop because of its log).
fn lines(stream: impl Read + Send + 'static, waits: bool) -> Receiver<String> {
    let (sender, receiver) = sync_channel(QUEUE);
    std::thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while let Ok(1..) = stream.read_until(b'\n', &mut line) {
            line.pop_if(|byte| *byte == b'\n');
            line.pop_if(|byte| *byte == b'\r');
            let text = String::from_utf8_lossy(&line).into_owned();
            let gone = if waits {
                sender.send(text).is_err()
            } else {
                matches!(sender.try_send(text), Err(TrySendError::Disconnected(_)))
            };
            if gone {
                return;
            }
            line.clear();
        }
    });
    receiver
}

const PATIENCE: Duration = Duration::from_secs(20);
const QUEUE: usize = 10_000;
