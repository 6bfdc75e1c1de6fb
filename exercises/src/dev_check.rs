//! The checker of the exercises themselves, for their authors and for CI.
//!
//! | file | what it checks |
//! |---|---|
//! | `dev_check/texts.rs` | what can be seen without compiling: texts, links, files, what a stage may use |
//! | `dev_check/answers.rs` | starters fail as intended, solutions pass, wrong answers are rejected |

mod answers;
mod texts;

use crate::course::{Course, STAGES};
use crate::problem::{Problem, write};
use crate::say::say;

/// What the checker takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Of this stage alone: `stage-4`, or `messenger`.
    stage: Option<String>,
    /// First write all starters from the solutions: what students have written there is lost.
    #[arg(long)]
    write: bool,
    /// Show what each tester says.
    #[arg(long)]
    verbose: bool,
}

/// Whether nothing is wrong.
pub(crate) fn check(course: &Course, args: &Args) -> Result<bool, Problem> {
    let chosen = |stage: &str| args.stage.as_deref().is_none_or(|one| one == stage);
    if !STAGES.into_iter().any(chosen) {
        let stage = args.stage.as_deref().unwrap_or_default();
        return Err(Problem::new(format!("{stage} is none of {}", STAGES.join(", "))));
    }
    let exercises: Vec<_> = course.exercises.iter().filter(|exercise| chosen(&exercise.stage)).collect();
    if args.write {
        for exercise in &exercises {
            write(&exercise.file(), &exercise.parts()?.starter)?;
        }
    }
    let mut wrong = texts::wrong(course, &exercises)?;
    if wrong.is_empty() {
        wrong = answers::wrong(course, &exercises, args.verbose)?;
    }
    wrong.iter().for_each(|wrong| say!("WRONG {wrong}\n"));
    let answers: usize = exercises.iter().map(|exercise| exercise.about.wrong.len()).sum();
    match wrong.len() {
        0 => say!(
            "{} exercises: all starters fail as they should, all solutions pass, all {answers} wrong answers are rejected\n",
            exercises.len()
        ),
        wrong => say!("{wrong} of these are to be mended\n"),
    }
    Ok(wrong.is_empty())
}
