//! Names on this disk: what a sender calls a file never leads out of the folder, and never takes a name that is taken.

use framing::transfer::safe_name;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// The name under which a file may be saved.
pub(super) fn name_for(said: &str) -> String {
    safe_name(said).unwrap_or_else(|_| "file".to_owned())
}

/// A path that means the same wherever this program is started the next time.
pub(crate) fn whole_path(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.to_string_lossy().into_owned())
}

/// Gives a finished file its name in `folder`: `name`, or `name (2)` and so on if there is such a one. Taking a name
/// and seeing that it is free is one step, so nothing is ever overwritten.
pub(super) fn put(finished: &Path, folder: &Path, name: &str) -> io::Result<PathBuf> {
    for number in 1..=MOST_OF_ONE_NAME {
        let place = folder.join(numbered(name, number));
        match TempPath::try_from_path(finished)?.persist_noclobber(&place) {
            Ok(()) => return Ok(place),
            Err(failed) => {
                // It would be removed with this value.
                failed.path.keep().map_err(|failed| failed.error)?;
                if failed.error.kind() != io::ErrorKind::AlreadyExists {
                    return Err(failed.error);
                }
            }
        }
    }
    Err(io::Error::other("there are too many files of this name"))
}

fn numbered(name: &str, number: usize) -> String {
    match (number, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) => format!("{stem} ({number}).{ending}"),
        (_, None) => format!("{name} ({number})"),
    }
}

const MOST_OF_ONE_NAME: usize = 1000;
