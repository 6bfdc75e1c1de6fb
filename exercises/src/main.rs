//! The runner of the exercises.
//!
//! | file | idea |
//! |---|---|
//! | `course.rs` `parts.rs` | which exercises there are; starter and solution from one file |
//! | `verdict.rs` `bounded.rs` | compile, test, judge; programs that nobody trusts |
//! | `progress.rs` | the student's sheet |
//! | `watch.rs` `commands.rs` `show.rs` `say.rs` | watch mode, the verbs, what is printed |
//! | `grade.rs` | the teacher's table |
//! | `variants.rs` `dev_check/` | the checker of the exercises themselves |
//!
//! It depends on no stage: it starts cargo, so it is there in seconds, and a stage is compiled when its first exercise
//! comes.

mod bounded;
mod commands;
mod course;
mod dev_check;
mod grade;
mod parts;
mod problem;
mod progress;
mod say;
mod show;
mod variants;
mod verdict;
mod watch;

use clap::{Parser, Subcommand};
use course::Course;
use problem::Problem;
use progress::Progress;
use say::say;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Exercises that grade themselves. Without a verb: watch mode, which tests whenever you save.
#[derive(Parser)]
#[command(name = "exercises", version)]
struct Args {
    /// Look for changes twice a second, where the system does not tell of them.
    #[arg(long)]
    poll: bool,
    /// The folder of the course.
    #[arg(long, global = true, hide_default_value = true, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/course"))]
    course: PathBuf,
    /// The file that keeps what you have done.
    #[arg(long, global = true, hide_default_value = true, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/progress.toml"))]
    progress: PathBuf,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Show all exercises, and which are passed.
    List {
        /// Of this stage alone: `stage-4`, or `messenger`.
        stage: Option<String>,
    },
    /// Test one exercise.
    Run {
        /// Its name.
        name: String,
    },
    /// Show what one exercise asks for, without testing it.
    Show {
        /// Its name.
        name: String,
    },
    /// Show the next of its three hints.
    Hint {
        /// Its name.
        name: String,
    },
    /// Begin one exercise anew; your code is kept beside it.
    Reset {
        /// Its name.
        name: String,
    },
    /// Show our solution: after you have passed, or when you ask twice.
    Solution {
        /// Its name.
        name: String,
    },
    /// Test all exercises.
    CheckAll,
    /// Write your name on your sheet; the flags of the attacks depend on it.
    Name {
        /// Your name.
        name: String,
    },
    /// For teachers: test what students have handed in.
    Grade(grade::Args),
    /// For authors: check the exercises themselves.
    DevCheck(dev_check::Args),
    /// Test anybody's server, in any language, against the protocol of a stage.
    #[command(disable_help_flag = true)]
    Conformance {
        /// Everything goes on to the kit; `conformance --help` shows what it takes.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::from(2)
        }
    }
}

/// Whether all is well: what was tested is passed.
fn run(args: &Args) -> Result<bool, Problem> {
    if let Some(Verb::Conformance { rest }) = &args.verb {
        return conformance(rest);
    }
    let mut course = Course::open(&args.course)?;
    match &args.verb {
        Some(Verb::Grade(what)) => return grade::grade(&course, what),
        Some(Verb::DevCheck(what)) => return dev_check::check(&course, what),
        _ => {}
    }
    let progress = &mut Progress::open(&args.progress)?;
    match &args.verb {
        None => {
            ask_name(progress)?;
            watch::watch(&course, progress, args.poll)?;
        }
        Some(Verb::List { stage }) => {
            if let Some(stage) = stage {
                course.exercises.retain(|exercise| exercise.stage == *stage);
                if course.exercises.is_empty() {
                    return Err(Problem::new(format!("{stage} is none of {}", course::STAGES.join(", "))));
                }
            }
            say!("{}", show::list(&course, progress));
        }
        Some(Verb::Run { name }) => return commands::test(&course, course.find(name)?, progress),
        Some(Verb::Show { name }) => say!("{}", show::task(course.find(name)?)),
        Some(Verb::Hint { name }) => commands::hint(course.find(name)?, progress)?,
        Some(Verb::Reset { name }) => commands::reset(course.find(name)?)?,
        Some(Verb::Solution { name }) => commands::solution(course.find(name)?, progress)?,
        Some(Verb::CheckAll) => return Ok(commands::check_all(&course, progress)? == course.exercises.len()),
        Some(Verb::Name { name }) => {
            progress.call(name)?;
            say!("this is the sheet of {}\n", progress.student);
        }
        Some(Verb::Grade(_) | Verb::DevCheck(_) | Verb::Conformance { .. }) => {}
    }
    Ok(true)
}

/// Asks for the name once, where somebody is there who can say it.
fn ask_name(progress: &mut Progress) -> Result<(), Problem> {
    if !progress.student.is_empty() || !std::io::stdin().is_terminal() {
        return Ok(());
    }
    loop {
        say!(
            "Your name stands on your sheet, which your teacher may see, and makes the flags of the attacks your own.\n"
        );
        say!("Your name (Enter alone: not now): ");
        let mut name = String::new();
        let read = std::io::stdin().read_line(&mut name);
        read.map_err(|error| Problem::new(format!("cannot read your name: {error}")))?;
        if name.trim().is_empty() {
            return Ok(());
        }
        match progress.call(&name) {
            Ok(()) => return Ok(()),
            Err(problem) => say!("{problem}\n"),
        }
    }
}

/// The kit is a program of its own: it needs all stages, and the runner none.
fn conformance(rest: &[String]) -> Result<bool, Problem> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["run", "--quiet", "--manifest-path"]).arg(project).args(["--package", "conformance", "--"]);
    let status = cargo.args(rest).status();
    Ok(status.map_err(|error| Problem::new(format!("cannot start cargo: {error}")))?.success())
}
