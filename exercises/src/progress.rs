//! What a student has done so far, in `progress.toml` beside the course: a text file that can be read, kept and copied.
//!
//! It is a student's own word. Anybody can write `passed = true` into it, and signing it on the student's machine would
//! not help: the key would lie there as well. `grade` therefore tests everything anew.

use crate::course::{Course, Exercise};
use crate::problem::{Problem, read, write};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The sheet of one student.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The student's name: it makes the flags.
    #[serde(default)]
    pub(crate) student: String,
    /// By the exercise's name. What is not known here any more stays as it is.
    #[serde(default)]
    pub(crate) exercises: BTreeMap<String, State>,
    #[serde(skip)]
    path: PathBuf,
}

/// How far an exercise has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Whether the tester was content.
    #[serde(default)]
    pub(crate) passed: bool,
    /// How many hints were read.
    #[serde(default)]
    pub(crate) hints: usize,
    /// How often the solution was asked for before that.
    #[serde(default)]
    pub(crate) asked: usize,
}

impl Progress {
    /// Reads the sheet; an empty one if there is none.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        let text = if path.exists() { read(path)? } else { String::new() };
        let mut progress: Self = toml::from_str(&text).map_err(|error| {
            let path = path.display();
            Problem::new(format!(
                "{path} cannot be read: {error}\nmend that line, or move the file away to begin anew"
            ))
        })?;
        if !progress.student.is_empty() {
            check_name(&progress.student)
                .map_err(|problem| Problem::new(format!("{}: student: {problem}", path.display())))?;
        }
        path.clone_into(&mut progress.path);
        Ok(progress)
    }

    /// What is known of an exercise, under any name that it ever had.
    pub(crate) fn of(&self, exercise: &Exercise) -> State {
        let names = std::iter::once(&exercise.name).chain(&exercise.about.formerly);
        names.filter_map(|name| self.exercises.get(name)).next().cloned().unwrap_or_default()
    }

    /// Changes what is known of an exercise, and writes it down at once.
    pub(crate) fn change(
        &mut self,
        exercise: &Exercise,
        change: impl FnOnce(&mut State),
    ) -> Result<(), Problem> {
        let mut state = self.of(exercise);
        change(&mut state);
        for old in &exercise.about.formerly {
            self.exercises.remove(old);
        }
        self.exercises.insert(exercise.name.clone(), state);
        self.save()
    }

    /// Gives the sheet a name.
    pub(crate) fn call(&mut self, student: &str) -> Result<(), Problem> {
        let student = student.trim();
        check_name(student)?;
        student.clone_into(&mut self.student);
        self.save()
    }

    /// How many exercises of the course are passed.
    pub(crate) fn passed(&self, course: &Course) -> usize {
        course.exercises.iter().filter(|exercise| self.of(exercise).passed).count()
    }

    fn save(&self) -> Result<(), Problem> {
        let text = toml::to_string(self).map_err(|error| Problem::new(error.to_string()))?;
        write(&self.path, &text)
    }
}

/// A name is printed on terminals and given to programs.
fn check_name(name: &str) -> Result<(), Problem> {
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(Problem::new("a name has 1 to 60 characters, and no control characters"));
    }
    Ok(())
}
