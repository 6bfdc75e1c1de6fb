//! Drawings: `figures/NAME.svg`, put into the page itself so that they follow its colours; and pictures of the
//! messenger's screen, which its tests make: `screen-NAME` is `uchat/tui/pictures/NAME.svg`.

use crate::place::Place;
use crate::problem::{Problem, known_names};
use anatomy::escape_html;
use std::path::PathBuf;

/// The names of all figures that we drew.
pub fn names(place: &Place) -> Vec<String> {
    names_in(&place.figures(), "svg")
}

/// The file of a figure.
fn path(place: &Place, name: &str) -> PathBuf {
    let own = place.figures().join(format!("{name}.svg"));
    match name.strip_prefix(SCREEN) {
        Some(picture) if !own.is_file() => pictures(place).join(format!("{picture}.svg")),
        _ => own,
    }
}

fn pictures(place: &Place) -> PathBuf {
    place.root().join("uchat/tui/pictures")
}

/// The names of the files of a folder that end in `.extension`.
pub(crate) fn names_in(folder: &std::path::Path, extension: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// The figure as HTML.
pub fn html(place: &Place, name: &str, caption: Option<&str>) -> Result<String, String> {
    let path = path(place, name);
    let svg = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            let mut names = names(place);
            names
                .extend(names_in(&pictures(place), "svg").iter().map(|picture| format!("{SCREEN}{picture}")));
            let known = known_names(name, names.iter().map(String::as_str));
            format!("there is no book/figures/{name}.svg; {known}")
        }
        _ => format!("{} cannot be read: {error}", path.display()),
    })?;
    // What an editor writes before the drawing is not for a page.
    let start = svg.find("<svg").ok_or_else(|| format!("book/figures/{name}.svg has no <svg"))?;
    let caption =
        caption.map(|text| format!("<figcaption>{}</figcaption>\n", escape_html(text))).unwrap_or_default();
    Ok(format!(
        "<figure class=\"figure\" id=\"figure-{name}\">\n<div class=\"drawing\">\n{}\n</div>\n{caption}</figure>\n",
        svg[start..].trim()
    ))
}

/// What is wrong with the drawings, for readers who do not see them and for pages that hold more than one.
pub fn check(place: &Place) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in names(place) {
        let file = PathBuf::from(format!("book/figures/{name}.svg"));
        let Ok(svg) = std::fs::read_to_string(place.root().join(&file)) else { continue };
        let mut say = |text: &str| problems.push(Problem::new(&file, 0, text));
        let open = svg.find("<svg").and_then(|at| svg[at..].split('>').next()).unwrap_or("");
        if !open.contains("role=\"img\"") {
            say("its <svg> needs role=\"img\"");
        }
        if !open.contains("viewBox=") {
            say("its <svg> needs a viewBox, to become smaller on a phone");
        }
        for (tag, why) in [
            ("title", "what is drawn, in a few words"),
            ("desc", "what it shows, for those who cannot see it"),
        ] {
            let text =
                svg.split(&format!("<{tag}")).nth(1).and_then(|rest| rest.split('>').nth(1)).unwrap_or("");
            if text.trim_end_matches(&format!("</{tag}")).trim().is_empty() {
                say(&format!("it needs a <{tag}>: {why}"));
            }
        }
        for (at, part) in svg.split(" id=\"").enumerate().skip(1) {
            let id = part.split('"').next().unwrap_or("");
            if !(id == name || id.starts_with(&format!("{name}-"))) {
                let line =
                    1 + svg.split(" id=\"").take(at).map(|part| part.matches('\n').count()).sum::<usize>();
                problems.push(Problem::new(
                    &file,
                    line,
                    format!(
                        "the id {id:?} must begin with {name}-: ids of two figures on one page must differ"
                    ),
                ));
            }
        }
    }
    problems
}

/// What the names of pictures of the screen begin with.
const SCREEN: &str = "screen-";
