//! How much a page weighs, with all that it loads but fonts: people read it over slow lines.

use super::page::{Page, attribute};
use crate::anchor::inside;
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(crate) fn check(html: &Path, pages: &[Page]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in pages.iter().filter(|page| page.path != Path::new("print.html")) {
        let own = page.html.len();
        let loaded: u64 = loaded(page)
            .iter()
            .filter_map(|file| html.join(file).metadata().ok())
            .map(|file| file.len())
            .sum();
        let all = own as u64 + loaded;
        if all > MOST {
            problems.push(page.problem(
                0,
                format!(
                    "it weighs {} kB ({} kB of its own), more than {} kB",
                    all / 1000,
                    own / 1000,
                    MOST / 1000
                ),
            ));
        }
    }
    problems
}

/// Scripts, styles and images that a page names; the search loads its index only when somebody searches.
fn loaded(page: &Page) -> BTreeSet<PathBuf> {
    page.tags()
        .filter_map(|(_, name, attributes)| match name {
            "script" | "img" => attribute(attributes, "src"),
            "link" if attribute(attributes, "rel") == Some("stylesheet") => attribute(attributes, "href"),
            _ => None,
        })
        .filter_map(|path| inside(&page.path.with_file_name(""), Path::new(path)))
        .collect()
}

const MOST: u64 = 300_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_weighed_with_what_it_loads() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.js"), "x".repeat(200_000)).unwrap();
        let page = |own: usize| {
            let html =
                format!("<script src='../a.js'></script><script src='../a.js'></script>{}", "x".repeat(own));
            Page::parse(Path::new("messenger/a.html"), html)
        };
        assert_eq!(check(folder.path(), &[page(90_000)]), []);
        let found = check(folder.path(), &[page(110_000)]);
        assert!(found[0].text.contains("310 kB (110 kB of its own)"), "{found:?}");
    }
}
