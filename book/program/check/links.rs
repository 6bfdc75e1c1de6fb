//! Links: those within the book lead somewhere, to a place that is there; those to the outside look like addresses.

use super::page::{Page, attribute};
use crate::anchor::inside;
use crate::problem::Problem;
use crate::site::decode;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

pub(crate) fn check(html: &Path, pages: &[Page]) -> Vec<Problem> {
    let ids: HashMap<&Path, HashSet<&str>> =
        pages.iter().map(|page| (page.path.as_path(), ids(page))).collect();
    let mut problems = Vec::new();
    for page in pages {
        for id in twice(page) {
            problems.push(page.problem(id.0, format!("the id {:?} is there twice", id.1)));
        }
        for (line, name, attributes) in page.tags() {
            for kind in ["href", "src"] {
                let Some(target) = attribute(attributes, kind) else { continue };
                if name == "base" || name == "use" {
                    continue;
                }
                if let Err(problem) = follow(html, page, target, &ids) {
                    problems.push(page.problem(line, format!("<{name} {kind}={target:?}>: {problem}")));
                }
            }
        }
    }
    problems
}

fn follow(html: &Path, page: &Page, target: &str, ids: &HashMap<&Path, HashSet<&str>>) -> Result<(), String> {
    if let Some((scheme, rest)) = target.split_once(':')
        && !scheme.is_empty()
        && scheme.chars().all(|c| c.is_ascii_alphanumeric())
    {
        return outside(scheme, rest);
    }
    let (path, fragment) = match target.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (target, None),
    };
    let decoded = |text: &str| decode(text).ok_or_else(|| format!("{text} is no text"));
    let path = decoded(path.split('?').next().unwrap_or(""))?;
    let file = match path.strip_prefix('/') {
        _ if path.is_empty() => page.path.clone(),
        Some(from_root) => PathBuf::from(from_root),
        None => inside(&page.path.with_file_name(""), Path::new(&path))
            .ok_or_else(|| "it leads out of the book".to_owned())?,
    };
    let file =
        if file.as_os_str().is_empty() || path.ends_with('/') { file.join("index.html") } else { file };
    if !html.join(&file).is_file() {
        let hint =
            if path.ends_with(".md") { "; pages are linked to as they are called in book/src" } else { "" };
        return Err(format!("there is no {}{hint}", file.display()));
    }
    match fragment.map(decoded).transpose()? {
        None => Ok(()),
        Some(fragment) if fragment.is_empty() => Ok(()),
        Some(fragment) => match ids.get(file.as_path()) {
            Some(ids) if ids.contains(fragment.as_str()) => Ok(()),
            _ => Err(format!("{} has no place called {fragment}", file.display())),
        },
    }
}

/// Addresses outside are checked by their form only: a check must not need the internet.
fn outside(scheme: &str, rest: &str) -> Result<(), String> {
    let host = rest.strip_prefix("//").and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or("");
    match scheme {
        "https" | "http"
            if host.contains('.') || host.starts_with("localhost") || host.starts_with("127.") =>
        {
            match rest.contains([' ', '<', '>', '"', '\n']) {
                true => Err("an address has no blanks or quotes".to_owned()),
                false => Ok(()),
            }
        }
        "mailto" if rest.contains('@') => Ok(()),
        "data" => Ok(()),
        _ => Err("this is no address".to_owned()),
    }
}

fn ids(page: &Page) -> HashSet<&str> {
    page.tags().filter_map(|(_, _, attributes)| attribute(attributes, "id")).collect()
}

fn twice(page: &Page) -> Vec<(usize, &str)> {
    let mut seen = HashSet::new();
    let with_ids = page.tags().filter_map(|(line, _, attributes)| Some((line, attribute(attributes, "id")?)));
    with_ids.filter(|(_, id)| !seen.insert(*id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(body: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("messenger")).unwrap();
        std::fs::write(folder.path().join("a.html"), "").unwrap();
        std::fs::write(folder.path().join("messenger/b.html"), "").unwrap();
        let pages = [
            Page::parse(Path::new("a.html"), "<h1 id=top>A</h1>".to_owned()),
            Page::parse(Path::new("messenger/b.html"), format!("<p id=x>{body}</p>")),
        ];
        check(folder.path(), &pages).iter().map(|problem| problem.text.clone()).collect()
    }

    #[test]
    fn good_links_pass() {
        let body = "<a href='../a.html'>1</a><a href='../a.html#top'>2</a><a href='#x'>3</a><a href='/a.html'>4</a>\
                    <a href='https://www.rfc-editor.org/rfc/rfc8446#section-4'>5</a>";
        assert_eq!(problems(body), Vec::<String>::new());
    }

    #[test]
    fn broken_links_do_not() {
        for (body, part) in [
            ("<a href='a.html'>", "there is no messenger/a.html"),
            ("<a href='../c.md'>", "as they are called"),
            ("<a href='../a.html#bottom'>", "no place called bottom"),
            ("<a href='#y'>", "no place called y"),
            ("<a href='../../../etc/passwd'>", "out of the book"),
            ("<a href='%zz'>", "is no text"),
            ("<a href='https://rfc 8446'>", "no address"),
            ("<a href='https://a.org/x y'>", "no blanks"),
            ("<a href='javascript:alert(1)'>", "no address"),
            ("<img src='x.png'>", "there is no messenger/x.png"),
            ("<i id=x></i>", "there twice"),
        ] {
            let found = problems(body);
            assert!(found.len() == 1 && found[0].contains(part), "{body}: {found:?}");
        }
    }
}
