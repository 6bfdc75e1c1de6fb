//! A conversation into a file, and what lies in a folder.

use super::opening::Opener;
use crate::export::{self, Format};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use uchat_client::core::{Answer, With};
use uchat_protocol::{Code, Refusal};
use uchat_tui::app::Listed;

/// Writes a whole conversation into a new file in the current folder.
pub(super) fn export(opener: &mut Opener, with: &With, format: &str) -> Result<PathBuf, String> {
    let (format, ending) = match format {
        "json" => (Format::Json, "json"),
        "html" => (Format::Html, "html"),
        _ => (Format::Text, "txt"),
    };
    let name = match with {
        With::User(name) => name.clone(),
        With::Room(number) => format!("#{number}"),
    };
    let mut page = |command| match opener.ask(command) {
        Ok(Answer::Messages { messages }) => Ok(messages),
        Ok(_) => Err(Refusal::new(Code::ClientError)),
        Err(refusal) => Err(refusal),
    };
    let messages = export::all(&mut page, with).map_err(|refusal| refusal.text)?;
    let text = export::written(&name, &messages, format).map_err(|failure| failure.to_string())?;
    let (path, mut file) = new_file(&name, ending)?;
    file.write_all(text.as_bytes()).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}

/// A file that was not there before.
fn new_file(name: &str, ending: &str) -> Result<(PathBuf, File), String> {
    let plain: String =
        name.chars().map(|c| if c.is_alphanumeric() || "_-".contains(c) { c } else { '_' }).collect();
    let folder = std::env::current_dir().map_err(|error| format!("there is no current folder: {error}"))?;
    for number in 1..MOST {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("uchat-{plain}{number}.{ending}"));
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("cannot write {}: {error}", path.display())),
        }
    }
    Err(format!("there are too many exports in {}", folder.display()))
}

/// A folder by its whole path; `~` at its start is the home.
pub(super) fn whole(folder: &Path) -> PathBuf {
    let below = folder.strip_prefix("~").ok();
    let folder = match below.and_then(|below| Some(etcetera::home_dir().ok()?.join(below))) {
        Some(below_home) => below_home,
        None => folder.to_owned(),
    };
    // One that is not there has no whole path; looking into it tells why.
    folder.canonicalize().unwrap_or(folder)
}

/// What lies in a folder: folders first, then files, by name.
pub(super) fn list(folder: &Path) -> Result<Vec<Listed>, String> {
    let failed = |error: std::io::Error| format!("cannot look into {}: {error}", folder.display());
    let mut all: Vec<Listed> = std::fs::read_dir(folder)
        .map_err(failed)?
        .flatten()
        .take(MOST)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?; // what is no text cannot be named here
            // Behind a link lies what it leads to.
            let about = std::fs::metadata(entry.path()).ok()?;
            Some(Listed { name, size: (!about.is_dir()).then_some(about.len()) })
        })
        .collect();
    all.sort_by(|a, b| {
        (a.size.is_some(), a.name.to_lowercase()).cmp(&(b.size.is_some(), b.name.to_lowercase()))
    });
    Ok(all)
}

/// The most entries of a folder, and the most exports of one name.
const MOST: usize = 10_000;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;

    #[test]
    fn a_folder_is_listed_folders_first_and_one_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("z")).unwrap();
        for (name, text) in [("b.txt", "12345"), ("A.txt", ""), ("中文.txt", "1")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let listed = list(folder.path()).unwrap();
        let names: Vec<_> = listed.iter().map(|entry| (entry.name.as_str(), entry.size)).collect();
        assert_eq!(names, [("z", None), ("A.txt", Some(0)), ("b.txt", Some(5)), ("中文.txt", Some(1))]);
        assert_eq!(whole(&folder.path().join("z/..")), folder.path().canonicalize().unwrap());
        assert!(whole(Path::new(".")).is_absolute());
        assert_eq!(whole(Path::new("~")), etcetera::home_dir().unwrap().canonicalize().unwrap());
        assert!(list(&folder.path().join("nowhere")).unwrap_err().contains("nowhere"));
    }
}
