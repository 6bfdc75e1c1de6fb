//! What stands on the page without JavaScript is what the widget computes at its start.
//!
//! After a wanted change, `UCHAT_UPDATE=1` writes it into the file anew.

use crate::chrome::Chrome;
use crate::page::{Page, View, WIDE};
use crate::pages::workbench;
use book::place::Place;
use book::widget;

/// The sentence and the tables of a widget.
const SHOWN: &str = "((root) => root.querySelector('.widget-result').outerHTML + '\\n' + root.querySelector('.widget-out').outerHTML)
    (document.querySelector('.widget'))";

#[test]
fn the_example_without_scripts_is_what_the_widget_computes_at_its_start() {
    let Some(mut chrome) = Chrome::start() else { return };
    for name in widget::names(&Place::compiled()) {
        let computed = Page::open(&mut chrome, &workbench().url(&format!("{name}.html")), WIDE).text(SHOWN);
        if std::env::var_os("UCHAT_UPDATE").is_some_and(|value| value == "1") {
            write(&name, &computed);
            continue;
        }
        let mut page = Page::open(
            &mut chrome,
            &workbench().url(&format!("{name}.html")),
            View { scripts: false, ..WIDE },
        );
        assert_eq!(plain(&page.text(SHOWN)), plain(&computed), "{name}: UCHAT_UPDATE=1 writes it anew");
        let fields = page.texts(
            "Array.from(document.querySelectorAll('.widget :is(input, button, select, textarea)'))
            .filter((field) => field.checkVisibility()).map((field) => field.name)",
        );
        assert!(fields.is_empty(), "{name}: fields that do nothing are shown: {fields:?}");
        assert!(page.value("document.querySelector('.widget-static').checkVisibility()").as_bool().unwrap());
        assert!(page.table(&name, 0).len() > 1, "{name}: an example is shown");
    }
}

/// Puts sentence and tables into the file, from the sentence to the section's end.
fn write(name: &str, computed: &str) {
    let path = Place::compiled().widgets().join(format!("{name}.html"));
    let text = std::fs::read_to_string(&path).unwrap();
    let start = text.find("<p class=\"widget-result\"").unwrap();
    std::fs::write(path, format!("{}{}\n</section>\n", &text[..start], in_lines(computed))).unwrap();
}

/// A line for each row, so that a change can be read.
fn in_lines(html: &str) -> String {
    html.replace("<table", "\n<table")
        .replace("<thead>", "\n<thead>")
        .replace("<tr>", "\n<tr>")
        .replace("</tbody>", "\n</tbody>")
        .replace("</div>", "\n</div>")
        .replace("<thead>\n", "<thead>")
        .replace("\n\n", "\n")
}

/// Without the line breaks between tags, which mean nothing.
fn plain(html: &str) -> String {
    html.replace('\n', "")
}
