//! Pages to look at: the book itself, and a small one with a page for each widget and one with all figures. Both are
//! made by the book's own program and served on a free port.

use book::build::build_into;
use book::expand::Unknown;
use book::place::Place;
use book::serve::{Pages, listen, serve};
use book::site::Site;
use book::{figure, widget};
use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;

/// A book that is served until the tests end.
pub(crate) struct Served {
    address: String,
    /// The names of its pages: `stage-1.html`.
    pub(crate) pages: Vec<String>,
}

impl Served {
    /// The address of a page.
    pub(crate) fn url(&self, page: &str) -> String {
        format!("{}{page}", self.address)
    }

    /// Whether this is an address of the book, or holds its data in itself.
    pub(crate) fn has(&self, url: &str) -> bool {
        url.starts_with(&self.address) || url.starts_with("data:")
    }

    /// Builds and serves. The pages lie in memory, so that no folder is left behind.
    fn build(place: &Place) -> Self {
        let folder = TempDir::new().unwrap();
        let html = folder.path().join("html");
        // Whether every name in the chapters is known, other tests say.
        build_into(place, &html, Unknown::Shown).unwrap_or_else(|error| panic!("{error}"));
        let site = Arc::new(Pages::default());
        site.replace(Site::read(&html).unwrap());
        let (listener, address) = listen(0).unwrap();
        std::thread::spawn(move || serve(&listener, &site));
        Self { address: format!("http://{address}/"), pages: html_files(&html, "") }
    }
}

/// The book.
pub(crate) fn the_book() -> &'static Served {
    static BOOK: LazyLock<Served> = LazyLock::new(|| Served::build(&Place::compiled()));
    &BOOK
}

/// A small book with the same look: `dh.html` and so on, and `figures.html`.
pub(crate) fn workbench() -> &'static Served {
    static WORKBENCH: LazyLock<Served> = LazyLock::new(|| {
        let (real, folder) = (Place::compiled(), TempDir::new().unwrap());
        let place = Place::new(folder.path());
        for part in ["theme", "widgets", "figures"] {
            copy(&real.book().join(part), &place.book().join(part));
        }
        std::fs::copy(real.book().join("book.toml"), place.book().join("book.toml")).unwrap();
        std::fs::create_dir_all(place.src()).unwrap();
        let mut summary = "# Summary\n\n".to_owned();
        let mut chapter = |name: &str, text: &str| {
            writeln!(summary, "- [{name}]({name}.md)").unwrap();
            std::fs::write(
                place.src().join(format!("{name}.md")),
                format!("# {name}\n\n{{{{#minutes 1}}}}\n\n{text}\n"),
            )
            .unwrap();
        };
        for name in widget::names(&real) {
            chapter(&name, &format!("A line before it.\n\n{{{{#widget {name}}}}}\n\nA line after it."));
        }
        let figures: String = figure::names(&real)
            .iter()
            .map(|name| format!("{{{{#figure {name} | The figure {name}}}}}\n\n"))
            .collect();
        chapter("figures", &figures);
        // The same one on two pages is there twice on the page that is printed.
        chapter("again", "{{#widget dh}}");
        std::fs::write(place.src().join("SUMMARY.md"), summary).unwrap();
        Served::build(&place)
    });
    &WORKBENCH
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Pages under a folder, as they stand in a URL.
fn html_files(folder: &Path, before: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{before}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            found.extend(html_files(&entry.path(), &format!("{name}/")));
        } else if name.ends_with(".html") {
            found.push(name);
        }
    }
    found.sort();
    found
}
