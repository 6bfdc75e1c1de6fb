//! `offline-kit DIR`: the whole course in one folder, for a class room without internet. Only Rust itself is not in it.

use crate::build::{BuildError, build_into};
use crate::expand::Unknown;
use crate::place::Place;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why there is no kit.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// There is something in the folder.
    #[error("{} is not empty: name a new folder", .0.display())]
    NotEmpty(PathBuf),
    /// A file.
    #[error("{}: {error}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What happened.
        error: io::Error,
    },
    /// Another program.
    #[error("`{command}` failed: {reason}")]
    Command {
        /// What was run.
        command: String,
        /// What it said.
        reason: String,
    },
    /// The pages.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Fills a new folder: the checkout's files, the sources of all crates, and the built book. Says what it does on
/// standard error, because it takes a minute.
pub fn offline_kit(place: &Place, kit: &Path) -> Result<(), KitError> {
    let files = files(place)?; // before the new folder is there: it may lie in the checkout
    fs::create_dir_all(kit).map_err(file(kit))?;
    let kit = &kit.canonicalize().map_err(file(kit))?;
    if fs::read_dir(kit).map_err(file(kit))?.next().is_some() {
        return Err(KitError::NotEmpty(kit.clone()));
    }
    eprintln!("copying {} files of the checkout", files.len());
    for name in &files {
        let to = kit.join(name);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(file(folder))?;
        }
        fs::copy(place.root().join(name), &to).map_err(file(&to))?;
    }
    eprintln!("fetching the sources of all crates (this is what needs the internet)");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new(cargo).current_dir(kit).args(["vendor", "--quiet", "--locked", "vendor"]))?;
    write(&kit.join(".cargo/config.toml"), CONFIG)?;
    write(&kit.join("START-HERE.txt"), START)?;
    eprintln!("building the book");
    build_into(place, &kit.join("book/html"), Unknown::Refused)?;
    eprintln!("done: {} has everything but Rust itself; START-HERE.txt says how to use it", kit.display());
    Ok(())
}

/// The checkout's files, relative to it: those that git knows or would add; without git all but what was built.
fn files(place: &Place) -> Result<Vec<PathBuf>, KitError> {
    let root = place.root();
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed: Vec<PathBuf> = match run(&mut git) {
        Ok(list) => list.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect(),
        Err(_) => walk(root).map_err(file(root))?,
    };
    // A file that was deleted and not committed yet is still in git's list.
    Ok(listed.into_iter().filter(|name| root.join(name).is_file()).collect())
}

fn walk(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if !entry.file_type()?.is_dir() {
                found.push(path);
            } else if !["target", ".git", "vendor", "book/html"].iter().any(|built| path == Path::new(built))
            {
                folders.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn run(command: &mut Command) -> Result<String, KitError> {
    let failed = |command: &Command, reason: String| {
        let words: Vec<_> = [command.get_program()]
            .into_iter()
            .chain(command.get_args())
            .map(|word| word.to_string_lossy())
            .collect();
        KitError::Command { command: words.join(" "), reason }
    };
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(failed(command, String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        Err(error) => Err(failed(command, error.to_string())),
    }
}

fn write(path: &Path, text: &str) -> Result<(), KitError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(file(folder))?;
    }
    fs::write(path, text).map_err(file(path))
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> KitError {
    let path = path.to_owned();
    move |error| KitError::File { path, error }
}

const CONFIG: &str = "\
# All crates come from the folder `vendor`: nothing is fetched.
[source.crates-io]
replace-with = \"vendored-sources\"

[source.vendored-sources]
directory = \"vendor\"

[net]
offline = true
";

const START: &str = "\
Secure communication, built by hand: everything for a class room without internet.

1. Rust must be on the machine, with the C compiler that it comes with or asks for.
   Everything else is in this folder.
2. The book: open book/html/index.html in a browser.
3. The programs: in this folder,

       cargo run --offline -p stage-1
       cargo run --offline --release -p uchat

Each student needs a copy that can be written to, because cargo builds into its folder `target`.
RULES-OF-THE-LAB.md comes before the attacks.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let checkout = tempfile::tempdir().unwrap();
        let kit = tempfile::tempdir().unwrap();
        fs::write(kit.path().join("mine"), "x").unwrap();
        let error = offline_kit(&Place::new(checkout.path()), kit.path()).unwrap_err();
        assert!(error.to_string().contains("is not empty"), "{error}");
        assert_eq!(fs::read_dir(kit.path()).unwrap().count(), 1);
    }

    #[test]
    fn without_git_what_was_built_stays_behind() {
        let root = tempfile::tempdir().unwrap();
        for name in ["Cargo.toml", "target/x", "book/html/x", "book/src/x.md", "vendor/x", "stages/target/x"]
        {
            write(&root.path().join(name), "").unwrap();
        }
        let found = walk(root.path()).unwrap();
        assert_eq!(found, ["Cargo.toml", "book/src/x.md", "stages/target/x"].map(PathBuf::from));
    }
}
