//! What students read: the list, an exercise, a verdict, hints.

use crate::course::{Course, Exercise};
use crate::progress::Progress;
use crate::verdict::Verdict;
use std::fmt::Write;

/// A line for each exercise, under its stage.
pub(crate) fn list(course: &Course, progress: &Progress) -> String {
    let mut text = String::new();
    let mut stage = "";
    for exercise in &course.exercises {
        if exercise.stage != stage {
            stage = &exercise.stage;
            let _ = writeln!(text, "\n{stage}");
        }
        let state = progress.of(exercise);
        let mark = if state.passed { "x" } else { " " };
        let hints = match state.hints {
            0 => String::new(),
            1 => "   1 hint read".to_owned(),
            hints => format!("   {hints} hints read"),
        };
        let about = &exercise.about;
        let (name, kind, minutes, title) = (&exercise.name, about.kind.word(), about.minutes, &about.title);
        let _ = writeln!(text, "  [{mark}] {name:<20} {kind:<5} {minutes:>3} min   {title}{hints}");
    }
    let _ = writeln!(text, "\n{}", bar(course, progress));
    text
}

/// How much is done.
pub(crate) fn bar(course: &Course, progress: &Progress) -> String {
    let (passed, all) = (progress.passed(course), course.exercises.len());
    let done = passed * WIDTH / all.max(1);
    let bar: String = (0..WIDTH).map(|at| if at < done { '#' } else { '.' }).collect();
    let comment = if passed == 0 { " (none yet: that is how everybody begins)" } else { "" };
    format!("[{bar}] {passed} of {all} passed{comment}")
}

/// What is to be done.
pub(crate) fn task(exercise: &Exercise) -> String {
    let about = &exercise.about;
    let mut text =
        format!("{}: {} ({}, {} minutes)\n\n", exercise.name, about.title, exercise.stage, about.minutes);
    text += &paragraphs(&about.story);
    text += "\nThe tester checks that\n";
    for done in &about.done {
        text += &wrapped(done, "  - ", "    ");
    }
    let _ = write!(text, "\nYour file   {}\n", shown(exercise));
    for file in with_it(exercise) {
        let _ = writeln!(text, "With it     exercises/course/{}/{}/{file}", exercise.stage, exercise.name);
    }
    let _ = writeln!(text, "Read        {}", page(exercise));
    text
}

/// What has come of a test.
pub(crate) fn verdict(exercise: &Exercise, verdict: &Verdict) -> String {
    let (name, text) = (&exercise.name, verdict.text());
    match verdict {
        Verdict::Passed(_) => {
            let why = paragraphs(&exercise.about.explanation);
            format!(
                "{text}\n{name}: passed.\n\n{why}\nCompare your code: cargo run -p exercises -- solution {name}\n"
            )
        }
        Verdict::Failed(_) => format!("{text}\n{name}: not yet.\n{}", help(exercise)),
        Verdict::DoesNotCompile(_) => {
            format!(
                "{text}\n{name}: it does not compile yet; the first message above is the one to mend first.\n"
            )
        }
        Verdict::Killed(why, _) => format!("{text}\n{name}: {why}.\n{}", help(exercise)),
        Verdict::EndedEarly(_) => format!(
            "{text}\n{name}: the program has ended before its last step. Does your code end it, or start more \
             threads, files or memory than there are?\n{}",
            help(exercise)
        ),
    }
}

fn help(exercise: &Exercise) -> String {
    let ask = format!("cargo run -p exercises -- hint {}", exercise.name);
    format!("Read {}\nor ask: {ask}\n", page(exercise))
}

/// A hint, and how many are left.
pub(crate) fn hint(exercise: &Exercise, number: usize) -> String {
    let hint = exercise.about.hints.get(number).map_or("", String::as_str);
    let left = exercise.about.hints.len() - number - 1;
    let left = match left {
        0 => "That was the last one. `solution` shows how we did it.".to_owned(),
        1 => "One more is left.".to_owned(),
        _ => format!("{left} more are left."),
    };
    format!("Hint {} of {}\n\n{}\n{left}\n", number + 1, exercise.about.hints.len(), paragraphs(hint))
}

/// The solution, with what there is to learn from it.
pub(crate) fn solution(exercise: &Exercise, code: &str) -> String {
    format!("{code}\n{}", paragraphs(&exercise.about.explanation))
}

/// The file as one types it in the project's folder.
fn shown(exercise: &Exercise) -> String {
    format!("exercises/course/{}/{}/exercise.rs", exercise.stage, exercise.name)
}

/// What lies beside it for students to read: the program that is attacked, for example.
fn with_it(exercise: &Exercise) -> Vec<String> {
    let entries = std::fs::read_dir(&exercise.folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let own = ["exercise.rs", "solution.rs", "tester.rs"];
    let mut names: Vec<String> =
        names.filter(|name| name.ends_with(".rs") && !own.contains(&&**name)).collect();
    names.sort();
    names
}

/// The page of the book.
fn page(exercise: &Exercise) -> String {
    format!("{} of the book (cargo run -p book)", exercise.about.page)
}

fn paragraphs(text: &str) -> String {
    let paragraphs = text.trim().split("\n\n").map(|paragraph| wrapped(paragraph, "", ""));
    paragraphs.collect::<Vec<_>>().join("\n")
}

/// Words in lines of a width that every terminal has.
fn wrapped(text: &str, first: &str, other: &str) -> String {
    let (mut all, mut line) = (String::new(), first.to_owned());
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > COLUMNS {
            let _ = writeln!(all, "{line}");
            other.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    let _ = writeln!(all, "{line}");
    all
}

/// Cells of a progress bar.
const WIDTH: usize = 30;
/// Columns of text.
const COLUMNS: usize = 78;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_words() {
        let text = wrapped(&"word ".repeat(40), "  - ", "    ");
        assert!(
            text.lines().count() == 3 && text.lines().all(|line| line.chars().count() <= COLUMNS),
            "{text}"
        );
        assert!(
            text.starts_with("  - word")
                && text.lines().nth(1).is_some_and(|line| line.starts_with("    word"))
        );
        assert_eq!(wrapped(&"x".repeat(100), "", ""), format!("{}\n", "x".repeat(100)));
    }
}
