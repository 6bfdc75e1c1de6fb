//! Workspaces in which other code takes the place of `exercise.rs`: solutions and wrong answers for the checker, what
//! students have handed in for the teacher. They lie in the course's target folder, and share what was compiled there.

use crate::course::{Course, Exercise};
use crate::problem::{Problem, read, write};
use std::fs::File;
use std::path::{Path, PathBuf, absolute};
use toml::{Table, Value};

/// One exercise with other code in it.
pub(crate) struct Variant<'a> {
    /// The exercise.
    pub(crate) exercise: &'a Exercise,
    /// What it is called: a word of letters, digits and hyphens.
    pub(crate) label: String,
    /// What stands in for `exercise.rs`.
    pub(crate) code: String,
}

impl Variant<'_> {
    /// What the program of its stage is started with.
    pub(crate) fn argument(&self) -> String {
        format!("{}/{}", self.exercise.name, self.label)
    }

    fn module(&self) -> String {
        self.argument().replace(|char: char| !char.is_ascii_alphanumeric(), "_")
    }
}

/// Writes a workspace with one program for each stage, that has all variants in it: so a stage is linked once. All of
/// them must compile.
pub(crate) fn write_together(
    course: &Course,
    folder: &Path,
    variants: &[Variant<'_>],
) -> Result<(), Problem> {
    let stages = begin(course, folder, variants)?;
    for stage in stages {
        let source = folder.join(&stage).join("src");
        let (mut modules, mut arms) = (String::new(), String::new());
        for variant in variants.iter().filter(|variant| variant.exercise.stage == stage) {
            let (argument, module) = (variant.argument(), variant.module());
            copy(&variant.exercise.folder, &source.join(&argument))?;
            // Beside the exercise's folder, as in the course: there testers look for what they share.
            copy(&course.folder.join(&stage), &source.join(&variant.exercise.name))?;
            write(&source.join(&argument).join("exercise.rs"), &variant.code)?;
            modules += &format!("#[path = \"{argument}/tester.rs\"]\nmod {module};\n");
            arms += &format!("        Some(\"{argument}\") => {module}::main(),\n");
        }
        let main = format!(
            "{modules}\nfn main() {{\n    match std::env::args().nth(1).as_deref() {{\n{arms}        other => \
             panic!(\"{{other:?}} is no variant\"),\n    }}\n}}\n"
        );
        write(&source.join("main.rs"), &main)?;
        manifest(course, folder, &stage, |manifest| {
            manifest.remove("bin");
            if let Some(Value::Table(package)) = manifest.get_mut("package") {
                package.remove("autobins");
            }
        })?;
    }
    Ok(())
}

/// Writes a workspace with a program for each variant, of which there is at most one for an exercise: some may not
/// compile.
pub(crate) fn write_apart(course: &Course, folder: &Path, variants: &[Variant<'_>]) -> Result<(), Problem> {
    let stages = begin(course, folder, variants)?;
    for variant in variants {
        let own = folder.join(&variant.exercise.stage).join(&variant.exercise.name);
        copy(&variant.exercise.folder, &own)?;
        copy(&course.folder.join(&variant.exercise.stage), &folder.join(&variant.exercise.stage))?;
        write(&own.join("exercise.rs"), &variant.code)?;
    }
    for stage in stages {
        manifest(course, folder, &stage, |manifest| {
            if let Some(Value::Array(bins)) = manifest.get_mut("bin") {
                bins.retain(|bin| {
                    variants.iter().any(|variant| {
                        bin.get("name").and_then(Value::as_str) == Some(&variant.exercise.name)
                    })
                });
            }
        })?;
    }
    Ok(())
}

/// An empty workspace like the course's; the stages that it has.
fn begin(course: &Course, folder: &Path, variants: &[Variant<'_>]) -> Result<Vec<String>, Problem> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|error| Problem::file("empty", folder, &error))?;
    }
    let mut stages: Vec<String> = variants.iter().map(|variant| variant.exercise.stage.clone()).collect();
    stages.dedup();
    let mut root = table(&course.folder.join("Cargo.toml"))?;
    if let Some(Value::Table(workspace)) = root.get_mut("workspace") {
        workspace.insert("members".to_owned(), Value::from(stages.clone()));
        if let Some(Value::Table(dependencies)) = workspace.get_mut("dependencies") {
            dependencies
                .iter_mut()
                .try_for_each(|(_, dependency)| make_absolute(dependency, &course.folder))?;
        }
    }
    write(&folder.join("Cargo.toml"), &root.to_string())?;
    write(&folder.join("Cargo.lock"), &read(&course.folder.join("Cargo.lock"))?)?;
    Ok(stages)
}

fn make_absolute(dependency: &mut Value, from: &Path) -> Result<(), Problem> {
    if let Some(Value::String(path)) = dependency.get_mut("path") {
        let whole = from.join(&*path);
        let whole = absolute(&whole).map_err(|error| Problem::file("find", &whole, &error))?;
        *path = whole.display().to_string();
    }
    Ok(())
}

fn manifest(
    course: &Course,
    folder: &Path,
    stage: &str,
    change: impl FnOnce(&mut Table),
) -> Result<(), Problem> {
    let mut manifest = table(&course.folder.join(stage).join("Cargo.toml"))?;
    change(&mut manifest);
    write(&folder.join(stage).join("Cargo.toml"), &manifest.to_string())
}

fn table(path: &Path) -> Result<Table, Problem> {
    read(path)?.parse().map_err(|error| Problem::new(format!("{}: {error}", path.display())))
}

/// Copies the files of a folder that testers need: their own, or what the testers of a stage share.
fn copy(from: &Path, to: &Path) -> Result<(), Problem> {
    std::fs::create_dir_all(to).map_err(|error| Problem::file("make", to, &error))?;
    let failed = |error: std::io::Error| Problem::file("copy", from, &error);
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let is_kept = name.to_string_lossy().starts_with("exercise.rs.old");
        if !is_kept
            && !NOT_COPIED.iter().any(|other| name == *other)
            && entry.file_type().map_err(failed)?.is_file()
        {
            std::fs::copy(entry.path(), to.join(&name)).map_err(failed)?;
        }
    }
    Ok(())
}

/// Where such a workspace lies.
pub(crate) struct Place {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Held until all is built and tested.
    _lock: File,
}

impl Place {
    /// The place of this name, when nobody else writes there: a second runner waits for the first.
    pub(crate) fn alone(course: &Course, name: &str) -> Result<Self, Problem> {
        let folder = course.folder.join("target").join(name);
        std::fs::create_dir_all(&folder).map_err(|error| Problem::file("make", &folder, &error))?;
        let path = folder.with_extension("lock");
        let lock = File::create(&path).and_then(|file| file.lock().map(|()| file));
        let lock = lock.map_err(|error| Problem::file("lock", &path, &error))?;
        Ok(Self { folder, _lock: lock })
    }
}

const NOT_COPIED: [&str; 4] = ["Cargo.toml", "exercise.rs", "exercise.toml", "solution.rs"];
