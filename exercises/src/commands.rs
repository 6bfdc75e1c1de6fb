//! What the verbs do.

use crate::course::{Course, Exercise, Kind};
use crate::problem::{Problem, write};
use crate::progress::Progress;
use crate::say::say;
use crate::{show, verdict};

/// Tests an exercise, shows the verdict and writes it down; whether it is passed.
pub(crate) fn test(course: &Course, exercise: &Exercise, progress: &mut Progress) -> Result<bool, Problem> {
    let verdict = verdict::test(course, exercise, &progress.student)?;
    say!("{}\n", show::verdict(exercise, &verdict));
    if progress.student.is_empty() && exercise.about.kind == Kind::Break {
        say!(
            "Your sheet has no name yet, and flags depend on it: cargo run -p exercises -- name \"Your name\"\n"
        );
    }
    if verdict.is_passed() && !progress.of(exercise).passed {
        progress.change(exercise, |state| state.passed = true)?;
    }
    Ok(verdict.is_passed())
}

/// Shows the next hint; after the last one, and after passing, all of them.
pub(crate) fn hint(exercise: &Exercise, progress: &mut Progress) -> Result<(), Problem> {
    let state = progress.of(exercise);
    let (read, all) = (state.hints, exercise.about.hints.len());
    // Who reads them after passing has not needed them: that is not counted.
    if read >= all || state.passed {
        (0..all).for_each(|number| say!("{}\n", show::hint(exercise, number)));
        return Ok(());
    }
    say!("{}\n", show::hint(exercise, read));
    progress.change(exercise, |state| state.hints += 1)
}

/// Puts the starter in the place of what was written, which is kept beside it.
pub(crate) fn reset(exercise: &Exercise) -> Result<(), Problem> {
    let starter = exercise.parts()?.starter;
    let file = exercise.file();
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    if old == starter {
        say!("{} is as it was at the beginning\n", exercise.name);
        return Ok(());
    }
    if !old.is_empty() {
        let mut number = 1;
        while exercise.kept(number).exists() {
            number += 1;
        }
        let kept = exercise.kept(number);
        write(&kept, &old)?;
        say!("your code is kept in {}\n", kept.display());
    }
    write(&file, &starter)?;
    say!("{} begins anew\n", exercise.name);
    Ok(())
}

/// Shows the solution: after passing, or when asked twice.
pub(crate) fn solution(exercise: &Exercise, progress: &mut Progress) -> Result<(), Problem> {
    let state = progress.of(exercise);
    if !state.passed {
        progress.change(exercise, |state| state.asked += 1)?;
        if state.asked == 0 {
            say!("You have not passed {} yet. `hint {0}` may be enough.\n", exercise.name);
            say!("Ask once more if you want to see the solution all the same.\n");
            return Ok(());
        }
    }
    say!("{}\n", show::solution(exercise, &exercise.parts()?.solution));
    Ok(())
}

/// Tests everything; how many are passed.
pub(crate) fn check_all(course: &Course, progress: &mut Progress) -> Result<usize, Problem> {
    let mut passed = 0;
    for exercise in &course.exercises {
        let verdict = verdict::test(course, exercise, &progress.student)?;
        say!("{:<20} {}\n", exercise.name, verdict.word());
        passed += usize::from(verdict.is_passed());
        if verdict.is_passed() != progress.of(exercise).passed {
            progress.change(exercise, |state| state.passed = verdict.is_passed())?;
        }
    }
    say!("\n{}\n", show::bar(course, progress));
    Ok(passed)
}
