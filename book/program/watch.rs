//! Waits for changes of what the book is made from.

use crate::place::Place;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Text, drawings, styles or sources that chapters include.
    Pages,
    /// The book's own program, which only cargo can build again.
    Program,
}

/// Watches the folders of a checkout.
pub struct Watch {
    changes: Receiver<Change>,
    _watcher: RecommendedWatcher, // it stops watching when it is dropped
}

impl Watch {
    /// Begins to watch.
    pub fn new(place: &Place) -> notify::Result<Self> {
        let (sender, changes) = channel();
        let program = place.book().join("program");
        let html = place.html();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            for path in event.paths.iter().filter(|path| counts(path, &html)) {
                let change = if path.starts_with(&program) { Change::Program } else { Change::Pages };
                let _ = sender.send(change); // nobody waits any more: the program is about to end
            }
        })?;
        // Not `book` itself: the built pages lie in it.
        let folders = ["src", "figures", "widgets", "theme", "program", "recorded"];
        let folders = folders.iter().map(|name| place.book().join(name));
        for folder in folders.chain(["stages", "uchat"].map(|name| place.root().join(name))) {
            if folder.is_dir() {
                watcher.watch(&folder, RecursiveMode::Recursive)?;
            }
        }
        watcher.watch(&place.book(), RecursiveMode::NonRecursive)?;
        Ok(Self { changes, _watcher: watcher })
    }

    /// Waits for the next changes, and until nothing more comes for a moment: an editor writes a file in steps.
    pub fn next(&self) -> Option<BTreeSet<Change>> {
        let mut changes = BTreeSet::from([self.changes.recv().ok()?]);
        while let Ok(more) = self.changes.recv_timeout(QUIET) {
            changes.insert(more);
        }
        Some(changes)
    }
}

/// Whether a change of this file can change a page: not one of an editor's own files, nor a built page.
fn counts(path: &Path, html: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    !(path.starts_with(html)
        || name.starts_with('.')
        || name.ends_with('~')
        || name.ends_with(".swp")
        || name == "4913")
}

const QUIET: Duration = Duration::from_millis(80);

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_change_of_the_text_is_seen_and_one_of_the_pages_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for sub in ["book/src", "book/html", "book/program"] {
            fs::create_dir_all(root.join(sub)).unwrap();
        }
        let watch = Watch::new(&Place::new(&root)).unwrap();
        fs::write(root.join("book/html/index.html"), "x").unwrap();
        fs::write(root.join("book/src/.index.md.swp"), "x").unwrap();
        fs::write(root.join("book/program/main.rs"), "x").unwrap();
        assert_eq!(watch.next(), Some([Change::Program].into()));
        fs::write(root.join("book/src/index.md"), "x").unwrap();
        // The system may tell of the same change more than once, and late.
        while !watch.next().unwrap().contains(&Change::Pages) {}
    }

    #[test]
    fn files_of_editors_do_not_count() {
        let html = Path::new("/b/html");
        for path in ["/b/html/a.html", "/b/src/.a.md.swp", "/b/src/a.md~", "/b/src/4913"] {
            assert!(!counts(Path::new(path), html), "{path}");
        }
        assert!(counts(Path::new("/b/src/a.md"), html));
    }
}
