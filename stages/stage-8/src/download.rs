//! Where a body goes: to standard output, or into a file that is there only when it is complete.

use echo::lab::{self, Failure, io_failure};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Takes a body piece by piece.
#[derive(Debug)]
pub(crate) struct Download {
    target: Target,
    progress: Progress,
}

#[derive(Debug)]
enum Target {
    /// Standard output; on a terminal without what could steer it. Holds the beginning of a character whose
    /// rest is still on its way, and whether the last line has no end yet.
    Output { terminal: bool, rest: Vec<u8>, open: bool },
    /// A file beside its final name.
    File { path: PathBuf, part: PathBuf, file: File, finished: bool },
}

impl Download {
    /// To standard output.
    #[must_use]
    pub(crate) fn to_output() -> Self {
        let terminal = std::io::stdout().is_terminal();
        Self {
            target: Target::Output { terminal, rest: Vec::new(), open: false },
            progress: Progress::new(!terminal), // a bar would wipe out lines of the page
        }
    }

    /// Into a new file. Until it is complete it is called `PATH.part`.
    pub(crate) fn to_file(path: &Path) -> Result<Self, Failure> {
        check_target(path)?;
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = OpenOptions::new().write(true).create_new(true).open(&part).map_err(|error| {
            let advice = match error.kind() {
                ErrorKind::AlreadyExists => ": it was left by a run that was ended; remove it first",
                _ => "",
            };
            Failure::new(format!("cannot make {}: {}{advice}", part.display(), lab::reason(&error)))
        })?;
        let target = Target::File { path: path.to_owned(), part, file, finished: false };
        Ok(Self { target, progress: Progress::new(true) })
    }

    /// Takes the next piece; `got` bytes have come with it, of `expected`.
    pub(crate) fn take(&mut self, piece: &[u8], got: u64, expected: Option<u64>) -> Result<(), Failure> {
        match &mut self.target {
            Target::Output { terminal: false, .. } => write_output(piece)?,
            Target::Output { terminal: true, rest, open } => {
                rest.extend_from_slice(piece);
                let ready = rest.len() - unfinished(rest);
                let text: Vec<u8> = rest.drain(..ready).collect();
                *open = !text.ends_with(b"\n");
                write_output(shown(&String::from_utf8_lossy(&text)).as_bytes())?;
            }
            Target::File { part, file, .. } => file
                .write_all(piece)
                .map_err(|e| io_failure(&format!("cannot write {}", part.display()), &e))?,
        }
        self.progress.show(got, expected);
        Ok(())
    }

    /// The body is complete: the file gets its name. Says where it is.
    pub(crate) fn finish(mut self) -> Result<Option<PathBuf>, Failure> {
        self.progress.end();
        match &mut self.target {
            Target::Output { terminal, rest, open } => {
                if *terminal && *open {
                    let rest = shown(&String::from_utf8_lossy(rest));
                    write_output(format!("{rest}\n").as_bytes())?; // what follows begins on a line of its own
                }
                Ok(None)
            }
            Target::File { path, part, file, finished } => {
                let failed = |e| io_failure(&format!("cannot finish {}", path.display()), &e);
                file.sync_all().map_err(failed)?;
                check_target(path)?;
                std::fs::rename(&*part, &*path).map_err(failed)?;
                *finished = true;
                Ok(Some(path.clone()))
            }
        }
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        self.progress.end();
        // Half a file looks like a whole one: away with it.
        if let Target::File { part, finished: false, .. } = &self.target {
            let _ = std::fs::remove_file(part);
        }
    }
}

/// A file that is there is never overwritten.
pub(crate) fn check_target(path: &Path) -> Result<(), Failure> {
    if path.as_os_str().is_empty() {
        return Err(Failure::Usage("the name of the file is empty: --out FILE".into()));
    }
    if path.symlink_metadata().is_ok() {
        return Err(Failure::new(format!("{} is there already, and is not overwritten", path.display())));
    }
    Ok(())
}

fn write_output(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    drop(out);
    written.map_err(|error| {
        if error.kind() == ErrorKind::BrokenPipe {
            lab::print(""); // nobody reads any more (`| head`): this ends the program, as in every stage
        }
        io_failure("cannot write to standard output", &error)
    })
}

/// The text line by line, each without what could steer a terminal.
fn shown(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => {
                anatomy::harmless(line.strip_suffix('\r').unwrap_or(line)).replace("\\t", "\t") + "\n"
            }
            None => anatomy::harmless(line),
        })
        .collect()
}

/// How many bytes at the end may be the beginning of a character, or of a line's end.
fn unfinished(bytes: &[u8]) -> usize {
    match str::from_utf8(bytes) {
        _ if bytes.ends_with(b"\r") => 1,
        Err(error) if error.error_len().is_none() => bytes.len() - error.valid_up_to(),
        _ => 0,
    }
}

/// A bar on standard error, where that is a terminal and the body is long, by its size or by its time.
#[derive(Debug)]
struct Progress {
    wanted: bool,
    began: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    fn new(wanted: bool) -> Self {
        Self { wanted: wanted && std::io::stderr().is_terminal(), began: Instant::now(), bar: None }
    }

    fn show(&mut self, got: u64, expected: Option<u64>) {
        let long = expected.unwrap_or(got) > LONG || self.began.elapsed() > SLOW;
        if self.bar.is_none() && long && self.wanted {
            self.bar = Some(match expected {
                Some(length) => ProgressBar::new(length).with_style(style(WITH_LENGTH)),
                None => ProgressBar::new_spinner().with_style(style(WITHOUT_LENGTH)),
            });
        }
        if let Some(bar) = &self.bar {
            bar.set_position(got);
        }
    }

    fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

const WITH_LENGTH: &str = "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
const WITHOUT_LENGTH: &str = "{spinner} {bytes}, {bytes_per_sec}";
const LONG: u64 = 1 << 20;
const SLOW: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_read_has_cut_in_two_waits_for_its_rest() {
        for (bytes, waits) in [("abc\r\n", 0), ("abc\r", 1), ("", 0)] {
            assert_eq!(unfinished(bytes.as_bytes()), waits, "{bytes:?}");
        }
        assert_eq!(unfinished(&"小".as_bytes()[..2]), 2);
        assert_eq!(unfinished(b"\xff\xfe"), 0, "no character, and none begins here");
        assert_eq!(shown("a\tb\r\n\x1b[2J"), "a\tb\n\\u{1b}[2J");
    }
}
