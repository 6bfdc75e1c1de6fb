//! Starters fail as intended, solutions pass, wrong answers are rejected: all of a stage compiled in one program.

use crate::course::{Course, Exercise};
use crate::problem::Problem;
use crate::say::say;
use crate::variants::{Place, Variant, write_together};
use crate::verdict::{Verdict, build, cargo, judge};
use std::process::Command;

/// What an answer must come to.
enum Must {
    /// It passes.
    Pass,
    /// It fails, and is told this.
    Fail(String),
}

/// What is wrong, a sentence for each.
pub(crate) fn wrong(course: &Course, exercises: &[&Exercise], verbose: bool) -> Result<Vec<String>, Problem> {
    let mut variants = Vec::new();
    let mut musts = Vec::new();
    for exercise in exercises {
        let parts = exercise.parts()?;
        let mut add = |label: String, code, must| {
            variants.push(Variant { exercise, label, code });
            musts.push(must);
        };
        add("starter".to_owned(), parts.starter, Must::Fail("still to do".to_owned()));
        for (number, answer) in exercise.about.wrong.iter().enumerate() {
            let code = parts.solution.replace(&answer.replace, &answer.with);
            add(format!("wrong-{}", number + 1), code, Must::Fail(answer.says.clone()));
        }
        add("solution".to_owned(), parts.solution, Must::Pass);
    }
    let place = Place::alone(course, "dev-check")?;
    write_together(course, &place.folder, &variants)?;
    let mut cargo = cargo("build", &place.folder);
    // With the target folder of the course: what students have compiled is compiled here, too.
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        cargo.arg("--target-dir").arg(course.folder.join("target"));
    }
    let built = build(cargo)?;
    if !built.succeeded {
        return Ok(vec![format!("starters, solutions and wrong answers must all compile:\n{}", built.said)]);
    }
    let mut wrong = Vec::new();
    for (variant, must) in variants.iter().zip(musts) {
        let exercise = variant.exercise;
        let Some(program) = built.programs.get(&exercise.package) else {
            return Err(Problem::new(format!("cargo has built no program for {}", exercise.stage)));
        };
        // A solution has nothing of one student in it.
        for student in STUDENTS {
            let mut tester = Command::new(program);
            tester.arg(variant.argument());
            let verdict = judge(tester, student)?;
            if verbose {
                say!("{}: {}\n{}\n", variant.argument(), verdict.word(), verdict.text());
            }
            if let Some(what) = misfit(&verdict, &must) {
                wrong.push(format!("{} {what}\n{}", variant.argument(), verdict.text()));
            }
            if matches!(must, Must::Fail(_)) {
                break;
            }
        }
    }
    Ok(wrong)
}

fn misfit(verdict: &Verdict, must: &Must) -> Option<String> {
    match (verdict, must) {
        (Verdict::Passed(_), Must::Pass) => None,
        (Verdict::Failed(text), Must::Fail(says)) if text.contains(says) => None,
        (_, Must::Pass) => Some(format!("must pass, but: {}", verdict.word())),
        (_, Must::Fail(says)) => Some(format!("must fail and say {says:?}, but: {}", verdict.word())),
    }
}

/// Under whose names the solutions are tested.
const STUDENTS: [&str; 2] = ["Ada", "Łukasz 李"];
