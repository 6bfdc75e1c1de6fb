//! What mdBook's page template does not have: a link that skips the menus, and one main heading to a page.

use crate::build::BuildError;
use std::path::{Path, PathBuf};

/// The template has changed, so that our changes have no place any more.
#[derive(Debug, thiserror::Error)]
#[error("{}: mdBook's page has no {missing}: see program/finish.rs", page.display())]
pub struct TemplateChanged {
    page: PathBuf,
    missing: &'static str,
}

/// Changes every page in this folder.
pub(crate) fn pages(html: &Path) -> Result<(), BuildError> {
    for path in files(html, "html").map_err(BuildError::file(html))? {
        if path.file_name().is_some_and(|name| name == "toc.html") {
            continue; // the frame with the contents, for readers without scripts
        }
        let page = std::fs::read_to_string(&path).map_err(BuildError::file(&path))?;
        let finished =
            page_with_changes(&page).map_err(|missing| TemplateChanged { page: path.clone(), missing })?;
        std::fs::write(&path, finished).map_err(BuildError::file(&path))?;
    }
    Ok(())
}

fn page_with_changes(page: &str) -> Result<String, &'static str> {
    let changes: [(&str, &str); 4] = [
        ("<body>", "<body>\n<a class=\"skip\" href=\"#text\">Skip to the text</a>"),
        ("<main>", "<main id=\"text\" tabindex=\"-1\">"),
        // The book's title is no heading of the page: the chapter's is.
        ("<h1 class=\"menu-title\">", "<p class=\"menu-title\">"),
        // A part of the page that can be jumped to.
        ("<div id=\"mdbook-menu-bar\"", "<div role=\"banner\" id=\"mdbook-menu-bar\""),
    ];
    let mut page = page.to_owned();
    for (from, to) in changes {
        if !page.contains(from) {
            return Err(from);
        }
        page = page.replacen(from, to, 1);
    }
    // A corner of a table that is empty heads nothing, and a box in a list of things to do has no words of its own.
    page = page.replace("<th></th>", "<td></td>");
    page = page.replace(TO_DO, &TO_DO.replace('>', " aria-label=\"to do\">"));
    // The end of that title.
    let title = page.find("<p class=\"menu-title\">").ok_or("<h1 class=\"menu-title\">")?;
    let end = title + page[title..].find("</h1>").ok_or("</h1>")?;
    page.replace_range(end..end + "</h1>".len(), "</p>");
    Ok(page)
}

/// What Markdown makes of `- [ ]`.
const TO_DO: &str = "<input disabled=\"\" type=\"checkbox\">";

/// All files under a folder with this extension (`""`: all), sorted.
pub(crate) fn files(folder: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if extension.is_empty() || path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_corners_are_no_headings_and_boxes_have_a_name() {
        let page = "<body><div id=\"mdbook-menu-bar\"><h1 class=\"menu-title\">Book</h1></div><main>\
                    <th></th><th>a</th><input disabled=\"\" type=\"checkbox\"></main></body>";
        let changed = page_with_changes(page).unwrap();
        let expected = "<td></td><th>a</th><input disabled=\"\" type=\"checkbox\" aria-label=\"to do\">";
        assert!(changed.contains(expected), "{changed}");
    }

    #[test]
    fn a_page_gets_a_skip_link_and_one_main_heading() {
        let page = "<body>\n<div id=\"mdbook-menu-bar\">\n<h1 class=\"menu-title\">Book</h1></div>\n<main>\n<h1>Chapter</h1></main></body>";
        assert_eq!(
            page_with_changes(page).unwrap(),
            "<body>\n<a class=\"skip\" href=\"#text\">Skip to the text</a>\n<div role=\"banner\" id=\"mdbook-menu-bar\">\n\
             <p class=\"menu-title\">Book</p></div>\n\
             <main id=\"text\" tabindex=\"-1\">\n<h1>Chapter</h1></main></body>"
        );
        assert_eq!(page_with_changes("<body><main>"), Err("<h1 class=\"menu-title\">"));
    }
}
