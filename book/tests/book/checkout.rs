//! A checkout with nothing in it but a small book.

use book::place::Place;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// These files in `book/src`, with the real settings and the real theme.
pub(crate) fn checkout(files: &[(&str, &str)]) -> (TempDir, Place) {
    let folder = TempDir::new().unwrap();
    let place = Place::new(folder.path());
    let real = Place::compiled().book();
    fs::create_dir_all(place.book().join("theme")).unwrap();
    for entry in fs::read_dir(real.join("theme")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), place.book().join("theme").join(entry.file_name())).unwrap();
    }
    fs::copy(real.join("book.toml"), place.book().join("book.toml")).unwrap();
    for (path, text) in files {
        write(&place, path, text);
    }
    (folder, place)
}

/// Puts a file into `book/src`, all of it at once, as editors do: who watches the folder never sees half of it.
pub(crate) fn write(place: &Place, path: &str, text: &str) {
    let (new, path) = (place.root().join("new"), place.src().join(Path::new(path)));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}
