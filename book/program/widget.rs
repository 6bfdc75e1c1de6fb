//! Things to play with: `widgets/NAME.html` is what a page shows without a script, `widgets/NAME.js` wakes it up,
//! with what all share in `widgets/widget.js`.

use crate::figure::names_in;
use crate::place::Place;
use crate::problem::known_names;
use std::io;
use std::path::Path;

/// The names of all widgets.
pub fn names(place: &Place) -> Vec<String> {
    names_in(&place.widgets(), "html")
}

/// The widget as HTML, for a page from which `root` (`""`, `"../"`) leads to the book's first page.
pub fn html(place: &Place, name: &str, root: &str) -> Result<String, String> {
    let names = names(place);
    if !names.iter().any(|known| known == name) {
        let known = known_names(name, names.iter().map(String::as_str));
        return Err(format!("there is no book/widgets/{name}.html; {known}"));
    }
    if !place.widgets().join(format!("{name}.js")).is_file() {
        return Err(format!("the widget {name} has no script: book/widgets/{name}.js"));
    }
    let path = place.widgets().join(format!("{name}.html"));
    let fallback = std::fs::read_to_string(&path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    Ok(format!(
        "<link rel=\"stylesheet\" href=\"{root}{FOLDER}/widgets.css\">\n<div id=\"widget-{name}\">\n{}\n</div>\n\
         <script src=\"{root}{FOLDER}/{SHARED}.js\" defer></script>\n\
         <script src=\"{root}{FOLDER}/{name}.js\" defer></script>\n",
        fallback.trim()
    ))
}

/// Copies the scripts and the style to the built pages.
pub fn install(place: &Place, html: &Path) -> io::Result<()> {
    if !place.widgets().is_dir() {
        return Ok(());
    }
    let to = html.join(FOLDER);
    std::fs::create_dir_all(&to)?;
    for extension in ["js", "css"] {
        for file in names_in(&place.widgets(), extension).iter().map(|name| format!("{name}.{extension}")) {
            std::fs::copy(place.widgets().join(&file), to.join(&file))?;
        }
    }
    Ok(())
}

const FOLDER: &str = "widgets";
const SHARED: &str = "widget";
