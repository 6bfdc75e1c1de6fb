//! The course on disk: which exercises there are, in which order, and what each says.
//!
//! ```text
//! course/stage-2/Cargo.toml           the package; its [[bin]] entries are the exercises, in order
//! course/stage-2/hmac/exercise.toml   title, story, hints …
//! course/stage-2/hmac/exercise.rs     what students write
//! course/stage-2/hmac/solution.rs     see parts.rs
//! course/stage-2/hmac/tester.rs       the program that tests exercise.rs
//! ```

use crate::parts::Parts;
use crate::problem::{Problem, read};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// All exercises.
#[derive(Debug)]
pub(crate) struct Course {
    /// The folder of the course's workspace.
    pub(crate) folder: PathBuf,
    /// In the order of the course.
    pub(crate) exercises: Vec<Exercise>,
}

/// One exercise.
#[derive(Debug, Clone)]
pub(crate) struct Exercise {
    /// What everybody calls it; its progress is kept under it.
    pub(crate) name: String,
    /// The folder of its stage: `stage-2`, or `messenger`.
    pub(crate) stage: String,
    /// The cargo package that it is in.
    pub(crate) package: String,
    /// Its own folder.
    pub(crate) folder: PathBuf,
    /// What `exercise.toml` says.
    pub(crate) about: About,
}

/// What `exercise.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    /// A few words.
    pub(crate) title: String,
    /// What it is about.
    pub(crate) kind: Kind,
    /// How long it takes somebody who has read the page.
    pub(crate) minutes: u32,
    /// The page of the book to read, with the heading.
    pub(crate) page: String,
    /// Names that it had earlier.
    #[serde(default)]
    pub(crate) formerly: Vec<String>,
    /// What has happened in the chat.
    pub(crate) story: String,
    /// Each completes the sentence "the tester checks that …".
    pub(crate) done: Vec<String>,
    /// A nudge, the idea, a worked step.
    pub(crate) hints: [String; 3],
    /// Why the solution works.
    pub(crate) explanation: String,
    /// Typical wrong answers.
    pub(crate) wrong: Vec<WrongAnswer>,
}

/// What a student does in an exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A piece of the stage.
    Build,
    /// The stage's real programs.
    Use,
    /// What the stage cannot stop.
    Break,
}

impl Kind {
    /// A word for lists.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Use => "use",
            Self::Break => "break",
        }
    }
}

/// An answer that the tester must reject.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrongAnswer {
    /// The mistake, as a sentence.
    pub(crate) what: String,
    /// This text of the solution …
    pub(crate) replace: String,
    /// … becomes this.
    pub(crate) with: String,
    /// What the tester's output must contain.
    pub(crate) says: String,
}

/// What is read of a stage's Cargo.toml.
#[derive(Deserialize)]
struct Manifest {
    package: Package,
    #[serde(default)]
    bin: Vec<Bin>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

#[derive(Deserialize)]
struct Bin {
    name: String,
}

/// The folders of the stages, in the order of the course.
pub(crate) const STAGES: [&str; 9] =
    ["stage-1", "stage-2", "stage-3", "stage-4", "stage-5", "stage-6", "stage-7", "stage-8", "messenger"];

impl Course {
    /// Reads the course in this folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        let mut exercises = Vec::new();
        for stage in STAGES {
            let path = folder.join(stage).join("Cargo.toml");
            if !path.exists() {
                continue; // a course may have fewer stages
            }
            let manifest: Manifest = parse(&path)?;
            for Bin { name } in manifest.bin {
                let own = folder.join(stage).join(&name);
                let about = parse(&own.join("exercise.toml"))?;
                let package = manifest.package.name.clone();
                exercises.push(Exercise { name, stage: stage.to_owned(), package, folder: own, about });
            }
        }
        if exercises.is_empty() {
            return Err(Problem::new(format!("there are no exercises in {}", folder.display())));
        }
        Ok(Self { folder: folder.to_owned(), exercises })
    }

    /// The exercise of this name, of its own or of earlier days.
    pub(crate) fn find(&self, name: &str) -> Result<&Exercise, Problem> {
        self.known(name).ok_or_else(|| {
            Problem::new(format!("there is no exercise {name}; `cargo run -p exercises -- list` shows all"))
        })
    }

    /// The same, or nothing.
    pub(crate) fn known(&self, name: &str) -> Option<&Exercise> {
        let is = |one: &&Exercise| one.name == name || one.about.formerly.iter().any(|old| old == name);
        self.exercises.iter().find(is)
    }
}

impl Exercise {
    /// The file that students change.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("exercise.rs")
    }

    /// Where the code is kept that a reset has replaced.
    pub(crate) fn kept(&self, number: u32) -> PathBuf {
        self.folder.join(match number {
            1 => "exercise.rs.old".to_owned(),
            _ => format!("exercise.rs.old.{number}"),
        })
    }

    /// The starter and the solution.
    pub(crate) fn parts(&self) -> Result<Parts, Problem> {
        let text = read(&self.folder.join("solution.rs"))?;
        Parts::of(&text).map_err(|wrong| Problem::new(format!("{}: {wrong}", self.name)))
    }
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, Problem> {
    toml::from_str(&read(path)?).map_err(|error| Problem::new(format!("{}: {error}", path.display())))
}
