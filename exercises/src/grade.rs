//! The teacher's table: who has done what, tested anew with the teacher's own copy of the tests.
//!
//! Of a folder that was handed in only the `exercise.rs` files are taken, and the name on the sheet. What the sheet says
//! was passed is shown as *unverified* beside what the testers say here: a sheet could carry a signature, but its key would
//! have to lie on the machine of the person who is to be checked.

use crate::course::{Course, Exercise};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::say::say;
use crate::variants::{Place, Variant, write_apart};
use crate::verdict::{Verdict, build, cargo, judge};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What grading takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders that students have handed in: their copy of the project, or of `exercises`, or of `exercises/course`.
    /// Their code is run here: do this on a machine, or in a container, where that may happen.
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// What one student has done.
#[derive(Serialize)]
struct Grade {
    folder: String,
    /// As the sheet says.
    student: String,
    passed: usize,
    of: usize,
    exercises: BTreeMap<String, Outcome>,
    /// What could not be read, if anything.
    problems: Vec<String>,
}

/// What has come of one exercise.
#[derive(Serialize)]
struct Outcome {
    /// What the tester says here.
    verdict: &'static str,
    /// What the student's sheet says; nobody has checked it.
    unverified: bool,
    /// Hints that were read, as the sheet says.
    hints: usize,
}

/// Grades all folders; whether every one of them could be read.
pub(crate) fn grade(course: &Course, args: &Args) -> Result<bool, Problem> {
    let mut grades = Vec::new();
    for folder in &args.folders {
        if !args.json {
            eprintln!("testing {} …", folder.display());
        }
        grades.push(one(course, folder)?);
    }
    if args.json {
        let text = serde_json::to_string_pretty(&grades).map_err(|error| Problem::new(error.to_string()))?;
        say!("{text}\n");
    } else {
        grades.iter().for_each(|grade| say!("{}", table(course, grade)));
    }
    Ok(grades.iter().all(|grade| grade.problems.is_empty()))
}

fn one(course: &Course, folder: &Path) -> Result<Grade, Problem> {
    let mut problems = Vec::new();
    if !folder.is_dir() {
        problems.push("there is no such folder".to_owned());
    }
    let progress = sheet(folder).unwrap_or_else(|problem| {
        problems.push(problem.to_string());
        Progress::default()
    });
    let mut variants = Vec::new();
    let mut verdicts = BTreeMap::new();
    match handed_in(folder) {
        None => problems.push("there is no folder `course` with exercises in it".to_owned()),
        Some(theirs) => {
            for exercise in &course.exercises {
                match code(&theirs, exercise) {
                    Ok(Some(code)) if code == exercise.parts()?.starter => {
                        verdicts.insert(&exercise.name, "not begun");
                    }
                    Ok(Some(code)) => variants.push(Variant { exercise, label: "theirs".to_owned(), code }),
                    Ok(None) => {
                        verdicts.insert(&exercise.name, "missing");
                    }
                    Err(problem) => problems.push(problem),
                }
            }
        }
    }
    for (name, verdict) in tested(course, &variants, &progress.student)? {
        verdicts.insert(name, verdict.word());
    }
    let result = |exercise: &Exercise| {
        let state = progress.of(exercise);
        let verdict = verdicts.get(&exercise.name).copied().unwrap_or(UNREADABLE);
        (exercise.name.clone(), Outcome { verdict, unverified: state.passed, hints: state.hints })
    };
    let exercises: BTreeMap<_, _> = course.exercises.iter().map(result).collect();
    Ok(Grade {
        folder: folder.display().to_string(),
        student: progress.student,
        passed: exercises.values().filter(|result| result.verdict == PASSED).count(),
        of: exercises.len(),
        exercises,
        problems,
    })
}

fn tested<'a>(
    course: &Course,
    variants: &[Variant<'a>],
    student: &str,
) -> Result<Vec<(&'a String, Verdict)>, Problem> {
    if variants.is_empty() {
        return Ok(Vec::new());
    }
    let place = Place::alone(course, "grade")?;
    write_apart(course, &place.folder, variants)?;
    let mut cargo = cargo("build", &place.folder);
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        cargo.arg("--target-dir").arg(course.folder.join("target"));
    }
    let built = build({
        cargo.args(["--bins", "--keep-going"]);
        cargo
    })?;
    let verdict = |variant: &Variant<'a>| {
        let verdict = match built.programs.get(&variant.exercise.name) {
            Some(program) => judge(Command::new(program), student)?,
            None => Verdict::DoesNotCompile(String::new()),
        };
        Ok((&variant.exercise.name, verdict))
    };
    let verdicts = variants.iter().map(verdict).collect();
    let _ = std::fs::remove_dir_all(&place.folder); // nobody needs it any more, and the next one makes it anew
    verdicts
}

/// The student's sheet: beside the course, as the runner writes it.
fn sheet(folder: &Path) -> Result<Progress, Problem> {
    let places = ["exercises/progress.toml", "progress.toml", "../progress.toml"];
    let found = places.iter().map(|place| folder.join(place)).find(|path| path.is_file());
    match found {
        Some(path) if std::fs::metadata(&path).is_ok_and(|about| about.len() > LARGEST) => {
            Err(Problem::new(format!("{} is too large for a sheet", path.display())))
        }
        Some(path) => Progress::open(&path),
        None => {
            Err(Problem::new("there is no sheet `progress.toml`; so it is not known whose folder this is"))
        }
    }
}

/// Where the exercises lie in what was handed in.
fn handed_in(folder: &Path) -> Option<PathBuf> {
    let places = ["exercises/course", "course", ""];
    let has_stages = |path: &PathBuf| path.join("stage-1").is_dir();
    places.iter().map(|place| folder.join(place)).find(has_stages)
}

/// What a student has written for an exercise, under any name that it ever had.
fn code(theirs: &Path, exercise: &Exercise) -> Result<Option<String>, String> {
    let names = std::iter::once(&exercise.name).chain(&exercise.about.formerly);
    for name in names {
        let path = theirs.join(&exercise.stage).join(name).join("exercise.rs");
        let Ok(about) = std::fs::symlink_metadata(&path) else { continue };
        let wrong = |what: String| Err(format!("{}: {what}", path.display()));
        if !about.is_file() {
            return wrong("this is no file".to_owned());
        }
        if about.len() > LARGEST {
            return wrong(format!("{} bytes are too many for an exercise", about.len()));
        }
        return std::fs::read_to_string(&path).map(Some).or_else(|error| wrong(error.to_string()));
    }
    Ok(None)
}

fn table(course: &Course, grade: &Grade) -> String {
    let student = if grade.student.is_empty() { "(no name)" } else { &grade.student };
    let mut text = format!("\n{student}   {}   {} of {} passed\n", grade.folder, grade.passed, grade.of);
    for problem in &grade.problems {
        text += &format!("  problem: {problem}\n");
    }
    if grade.exercises.values().all(|result| result.verdict == UNREADABLE) {
        return plain(&text);
    }
    for exercise in &course.exercises {
        let Some(result) = grade.exercises.get(&exercise.name) else { continue };
        let claim = match (result.verdict == PASSED, result.unverified) {
            (false, true) => "   the sheet says passed (unverified)",
            _ => "",
        };
        let hints = if result.hints > 0 { format!("   hints: {}", result.hints) } else { String::new() };
        text += &format!("  {:<10} {:<20} {}{claim}{hints}\n", exercise.stage, exercise.name, result.verdict);
    }
    plain(&text)
}

/// A file that somebody has handed in is quoted where it is wrong; a terminal must not obey it.
fn plain(text: &str) -> String {
    text.replace(|char: char| char.is_control() && char != '\n', "\u{fffd}")
}

/// The verdict where nothing could be read.
const UNREADABLE: &str = "unreadable";
/// The verdict that counts.
const PASSED: &str = "passed";
/// Bytes of the largest `exercise.rs`, or sheet, that is taken.
const LARGEST: u64 = 1 << 20;
