//! What can be seen without compiling.

use crate::course::{About, Course, Exercise, STAGES};
use crate::problem::{Problem, read};
use std::collections::BTreeSet;
use std::path::Path;
use toml::Table;

/// What is wrong, a sentence for each.
pub(crate) fn wrong(course: &Course, exercises: &[&Exercise]) -> Result<Vec<String>, Problem> {
    let mut wrong = names(course);
    for exercise in exercises {
        let name = &exercise.name;
        let own = [texts(&exercise.about), files(exercise)?, answers(exercise)?, link(course, exercise)];
        wrong.extend(own.concat().into_iter().map(|what| format!("{name}: {what}")));
    }
    for stage in STAGES {
        wrong.extend(uses(course, stage)?.into_iter().map(|what| format!("{stage}: {what}")));
    }
    Ok(wrong)
}

fn names(course: &Course) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for exercise in &course.exercises {
        for name in std::iter::once(&exercise.name).chain(&exercise.about.formerly) {
            if !seen.insert(name) {
                wrong.push(format!("{name}: there are two of this name"));
            }
            let fits = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
            if name.len() > 20 || !name.chars().all(fits) {
                wrong.push(format!("{name}: a name has at most 20 of a to z, 0 to 9 and -"));
            }
        }
    }
    for stage in STAGES {
        let least = if stage == "messenger" { 2 } else { 3 };
        let count = course.exercises.iter().filter(|exercise| exercise.stage == stage).count();
        if (1..least).contains(&count) {
            wrong.push(format!("{stage}: {count} exercises are too few; it should have {least}"));
        }
    }
    wrong
}

fn texts(about: &About) -> Vec<String> {
    let mut wrong = Vec::new();
    let hints = about.hints.iter().map(|hint| ("a hint", hint));
    let done = about.done.iter().map(|done| ("what is done", done));
    let answers =
        about.wrong.iter().flat_map(|one| [("a wrong answer", &one.what), ("what it is told", &one.says)]);
    let own =
        [("the title", &about.title), ("the story", &about.story), ("the explanation", &about.explanation)];
    for (what, text) in own.into_iter().chain(hints).chain(done).chain(answers) {
        if text.trim().is_empty() {
            wrong.push(format!("{what} is empty"));
        }
    }
    if about.done.is_empty() {
        wrong.push("it does not say what the tester checks".to_owned());
    }
    if about.wrong.len() < 2 {
        wrong.push("it has no two wrong answers".to_owned());
    }
    if !(5..=180).contains(&about.minutes) {
        wrong.push(format!("{} minutes are too few or too many", about.minutes));
    }
    wrong
}

fn files(exercise: &Exercise) -> Result<Vec<String>, Problem> {
    let mut wrong = Vec::new();
    for file in ["exercise.rs", "tester.rs"] {
        if !exercise.folder.join(file).is_file() {
            wrong.push(format!("{file} is missing"));
        }
    }
    let tester = std::fs::read_to_string(exercise.folder.join("tester.rs")).unwrap_or_default();
    let entries = std::fs::read_dir(&exercise.folder);
    for entry in entries.map_err(|error| Problem::file("read", &exercise.folder, &error))? {
        let entry = entry.map_err(|error| Problem::file("read", &exercise.folder, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_own = ["exercise.rs", "exercise.toml", "solution.rs", "tester.rs"].contains(&&*name);
        let is_data =
            Path::new(&name).extension().is_some_and(|end| end == "bin" || end == "der" || end == "txt");
        let is_module =
            name.strip_suffix(".rs").is_some_and(|module| tester.contains(&format!("mod {module};")));
        let is_kept = name.starts_with("exercise.rs.old"); // by `reset`
        if !is_own && !is_data && !is_module && !is_kept {
            wrong.push(format!("{name} does not belong there"));
        }
    }
    Ok(wrong)
}

/// The starter is what the solution says, and each wrong answer can be made in one way.
fn answers(exercise: &Exercise) -> Result<Vec<String>, Problem> {
    let parts = exercise.parts()?;
    let mut wrong = Vec::new();
    if exercise.file().is_file() && read(&exercise.file())? != parts.starter {
        wrong.push("exercise.rs is not the starter; `dev-check --write` makes it so".to_owned());
    }
    for answer in &exercise.about.wrong {
        let count = parts.solution.matches(&answer.replace).count();
        if count != 1 {
            let text = &answer.replace;
            wrong.push(format!(
                "what a wrong answer replaces is {count} times in the solution, not once: {text}"
            ));
        }
    }
    Ok(wrong)
}

/// The page and its heading are in the book.
fn link(course: &Course, exercise: &Exercise) -> Vec<String> {
    let (page, heading) = exercise.about.page.split_once('#').unwrap_or((&exercise.about.page, ""));
    let path = course.folder.join("../../book/src").join(page.replace(".html", ".md"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        return vec![format!("the book has no page {page}")];
    };
    let mut headings = text.lines().filter(|line| line.starts_with('#')).map(slug);
    if heading.is_empty() || headings.any(|one| one == heading) {
        Vec::new()
    } else {
        vec![format!("the page {page} has no heading #{heading}")]
    }
}

/// The fragment under which the book shows a heading.
fn slug(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim();
    let (text, own) = match heading.rsplit_once("{#") {
        Some((text, own)) => (text, own.strip_suffix('}')),
        None => (heading, None),
    };
    if let Some(own) = own {
        return own.to_owned();
    }
    let chars = text.chars().filter_map(|char| match char {
        _ if char.is_alphanumeric() || char == '_' || char == '-' => Some(char.to_ascii_lowercase()),
        _ if char.is_whitespace() => Some('-'),
        _ => None,
    });
    chars.collect()
}

/// The stages that a stage's exercises use come no later than it.
fn uses(course: &Course, stage: &str) -> Result<Vec<String>, Problem> {
    let path = course.folder.join(stage).join("Cargo.toml");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let manifest: Table =
        read(&path)?.parse().map_err(|error| Problem::new(format!("{}: {error}", path.display())))?;
    let used = manifest.get("dependencies").and_then(toml::Value::as_table);
    let used = used.into_iter().flat_map(Table::keys);
    let at = |stage: &str| STAGES.iter().position(|one| *one == stage);
    let later = used.filter(|used| at(used).is_some_and(|used| Some(used) > at(stage)));
    Ok(later.map(|used| format!("it uses {used}, which comes later")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_fragments_of_the_book() {
        assert_eq!(slug("## The code"), "the-code");
        assert_eq!(slug("### What HTTPS does, here: TLS 1.3"), "what-https-does-here-tls-13");
        assert_eq!(slug("## Mirror {#the-mirror}"), "the-mirror");
    }
}
