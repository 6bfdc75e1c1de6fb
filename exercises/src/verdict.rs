//! From a file to a verdict: compile, run the tester within its bounds, believe only who knows the word.

use crate::bounded::{Bounds, Ended, Outcome, run};
use crate::course::{Course, Exercise};
use crate::problem::Problem;
use serde::Deserialize;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// What has come of an exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All steps; what the tester said.
    Passed(String),
    /// Not all; what the tester said.
    Failed(String),
    /// It does not compile; what the compiler said.
    DoesNotCompile(String),
    /// It was killed, because it took too long or printed too much; the sentence, and what it had said.
    Killed(&'static str, String),
    /// It ended before its last step, by itself.
    EndedEarly(String),
}

impl Verdict {
    /// Whether the exercise is done.
    pub(crate) fn is_passed(&self) -> bool {
        matches!(self, Self::Passed(_))
    }

    /// A word for tables.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Passed(_) => "passed",
            Self::Failed(_) => "failed",
            Self::DoesNotCompile(_) => "does not compile",
            Self::Killed(..) => "killed",
            Self::EndedEarly(_) => "ended early",
        }
    }

    /// All that was said.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Passed(text)
            | Self::Failed(text)
            | Self::DoesNotCompile(text)
            | Self::Killed(_, text)
            | Self::EndedEarly(text) => text,
        }
    }
}

/// Compiles and tests what a student has written.
pub(crate) fn test(course: &Course, exercise: &Exercise, student: &str) -> Result<Verdict, Problem> {
    let mut cargo = cargo("build", &course.folder);
    cargo.args(["--package", &exercise.package, "--bin", &exercise.name]);
    let built = patiently(&exercise.stage, || build(cargo))?;
    match built.programs.get(&exercise.name) {
        Some(program) => judge(Command::new(program), student),
        None if built.succeeded => Err(Problem::new("cargo has built no program for this exercise")),
        None => Ok(Verdict::DoesNotCompile(built.said)),
    }
}

/// Does something, and says what takes so long if it does.
fn patiently<T>(stage: &str, work: impl FnOnce() -> T) -> T {
    let (done, wait) = channel::<()>();
    let text = format!("compiling {stage} and what it stands on; the first time takes a minute or two …");
    std::thread::spawn(move || {
        if wait.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
            eprintln!("{text}");
        }
    });
    let result = work();
    drop(done);
    result
}

/// A cargo command in a workspace.
pub(crate) fn cargo(command: &str, workspace: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg(command).arg("--manifest-path").arg(workspace.join("Cargo.toml"));
    cargo.args(["--quiet", "--message-format", "json-render-diagnostics"]);
    cargo
}

/// What a build has made.
pub(crate) struct Built {
    /// Whether all of it was built.
    pub(crate) succeeded: bool,
    /// By the name of the program.
    pub(crate) programs: HashMap<String, PathBuf>,
    /// What cargo and the compiler said.
    pub(crate) said: String,
}

/// What is read of cargo's messages.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Runs a build.
pub(crate) fn build(cargo: Command) -> Result<Built, Problem> {
    let bounds = Bounds { time: BUILD, output: BUILD_OUTPUT };
    let outcome =
        run(cargo, "", bounds).map_err(|error| Problem::new(format!("cannot start cargo: {error}")))?;
    let (succeeded, said) = match outcome.ended {
        Ended::With(status) => (status.success(), outcome.errors),
        Ended::TooLate => {
            let minutes = BUILD.as_secs() / 60;
            (false, format!("{}cargo took longer than {minutes} minutes, and was stopped\n", outcome.errors))
        }
        Ended::TooMuch => (false, outcome.errors), // a compiler with very much to complain about
    };
    let messages = outcome.output.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let programs = messages.filter_map(|message| Some((message.target?.name, message.executable?)));
    Ok(Built { succeeded, programs: programs.collect(), said })
}

/// Runs a tester, and judges what it does.
pub(crate) fn judge(mut tester: Command, student: &str) -> Result<Verdict, Problem> {
    let word = word();
    // In an empty folder: whatever the code writes or deletes there is nobody's.
    let folder =
        tempfile::tempdir().map_err(|error| Problem::new(format!("no temporary folder: {error}")))?;
    tester.env("EXERCISES_RUNNER", "1").env("EXERCISES_STUDENT", student).current_dir(folder.path());
    // What it stores for a while is gone with that folder, also if it is killed.
    for variable in ["TMPDIR", "TEMP", "TMP"] {
        tester.env(variable, folder.path());
    }
    tester.env_remove("RUST_BACKTRACE");
    let bounds = Bounds { time: TEST, output: TEST_OUTPUT };
    let outcome = run(tester, &format!("{word}\n"), bounds);
    let outcome = outcome.map_err(|error| Problem::new(format!("cannot start the tester: {error}")))?;
    Ok(verdict(outcome, &word))
}

fn verdict(Outcome { ended, output, errors }: Outcome, word: &str) -> Verdict {
    let last = format!("passed {word}");
    // The stages' servers and clients, which run in the tester, log there: `127.0.0.1:4711 connected`, and the fingerprint
    // of a key.
    let is_log = |line: &&str| {
        let first = line.split(' ').next().unwrap_or_default();
        first == "fingerprint:" || first.parse::<SocketAddr>().is_ok()
    };
    let errors: Vec<&str> = errors.lines().filter(|line| !is_log(line)).collect();
    let text = |output: &str| {
        let output = shortened(output);
        match &errors[..] {
            [] => output,
            errors => {
                let last = &errors[errors.len().saturating_sub(LOGGED)..];
                format!("{output}\nStandard error, its last lines:\n{}\n", last.join("\n"))
            }
        }
    };
    match ended {
        Ended::TooLate => Verdict::Killed("it did not end, and was stopped", text(&output)),
        Ended::TooMuch => {
            let shown: String = output.chars().take(SHOWN).collect();
            Verdict::Killed("it printed more than 1 MiB, and was stopped", shown)
        }
        Ended::With(status) => match output.trim_end().strip_suffix(&last) {
            Some(steps) if status.success() => Verdict::Passed(steps.to_owned()),
            _ if status.code() == Some(1) => Verdict::Failed(text(&output)),
            _ => Verdict::EndedEarly(text(&output)),
        },
    }
}

/// The first and the last lines of what a tester has printed: in the last ones stands what is wrong.
fn shortened(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    match lines.len().checked_sub(FIRST + LAST) {
        None | Some(0) => output.to_owned(),
        Some(left_out) => {
            let (first, last) = (lines[..FIRST].join("\n"), lines[lines.len() - LAST..].join("\n"));
            format!("{first}\n… {left_out} lines …\n{last}\n")
        }
    }
}

/// A word that no code under test can guess.
fn word() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// After so long people want to know what takes so long.
const LONG: Duration = Duration::from_secs(3);
/// How long a build may take: the first one compiles a stage and all below it.
const BUILD: Duration = Duration::from_secs(600);
/// How much cargo may say, in bytes.
const BUILD_OUTPUT: usize = 8 << 20;
/// How long a tester may take. It stops itself after ten seconds, and says in which step; this is for the one that does not.
const TEST: Duration = Duration::from_secs(12);
/// How much a tester may print, in bytes.
const TEST_OUTPUT: usize = 1 << 20;
/// Lines of its output that are shown: so many at the beginning,
const FIRST: usize = 20;
/// and so many at the end.
const LAST: usize = 60;
/// Lines of its standard error that are shown.
const LOGGED: usize = 20;
/// How many characters of its output are shown, if that was too much.
const SHOWN: usize = 2000;

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::panic, clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    fn judged(script: &str) -> Verdict {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        judge(command, "Ada").unwrap()
    }

    #[test]
    fn only_who_repeats_the_word_and_ends_well_has_passed() {
        assert_eq!(
            judged("read w; echo \"  ok   a\"; echo \"passed $w\""),
            Verdict::Passed("  ok   a\n".to_owned())
        );
        assert!(matches!(judged("echo passed; exit 0"), Verdict::EndedEarly(_)));
        assert!(matches!(judged("read w; echo \"passed $w\"; exit 1"), Verdict::Failed(_)));
        assert!(matches!(judged("kill -9 $$"), Verdict::EndedEarly(_)));
        assert_eq!(judged("echo why; exit 1"), Verdict::Failed("why\n".to_owned()));
    }

    #[test]
    fn much_output_is_shortened_and_the_log_of_servers_left_out() {
        let script = "i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo line $i; done; \
                      echo '127.0.0.1:4711 connected' >&2; echo 'fingerprint: ice observe' >&2; \
                      echo 'my own' >&2; exit 1";
        let Verdict::Failed(text) = judged(script) else { panic!("it fails") };
        assert!(text.contains("line 20\n… 420 lines …\nline 441\n"), "{text}");
        assert!(text.ends_with("\nStandard error, its last lines:\nmy own\n"), "{text}");
    }

    #[test]
    fn what_it_deletes_is_not_ours() {
        assert!(matches!(judged("read w; rm -rf ./* .; echo \"passed $w\""), Verdict::Passed(_)));
    }
}
