//! What readers need who do not see the page: one main heading, no level left out, texts for images; and nothing
//! left in it that a reader should not see.

use super::page::{Page, What, attribute};
use crate::problem::Problem;

pub(crate) fn check(page: &Page) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut level = 0;
    let mut main_headings = 0;
    let mut heading: Option<(usize, String)> = None;
    for part in page.main() {
        let mut say = |text: String| problems.push(page.problem(part.line, text));
        match &part.what {
            What::Open(name, attributes) => {
                if let Some(next) = heading_level(name) {
                    if next == 1 {
                        main_headings += 1;
                    } else if next > level + 1 {
                        say(format!(
                            "a heading of level {next} follows one of level {level}: do not leave out a level"
                        ));
                    }
                    level = next;
                    heading = Some((next, String::new()));
                }
                let text =
                    |name: &str| attribute(attributes, name).is_some_and(|text| !text.trim().is_empty());
                match name.as_str() {
                    "img" if attribute(attributes, "alt").is_none() => {
                        say("an image needs an alt text".to_owned())
                    }
                    "svg" if !(attribute(attributes, "role") == Some("img") || text("aria-hidden")) => {
                        say("a drawing needs role=\"img\" and a title, or aria-hidden=\"true\"".to_owned());
                    }
                    "iframe" | "object" | "embed" => say(format!("<{name}> has no place in the book")),
                    _ => {}
                }
            }
            What::Close(name) => {
                if let (Some(_), Some((level, text))) = (heading_level(name), heading.take())
                    && text.trim().is_empty()
                {
                    say(format!("a heading of level {level} is empty"));
                }
            }
            What::Text(text) => {
                if let Some((_, heading)) = &mut heading {
                    heading.push_str(text);
                }
                for left in ["{{#", "ANCHOR:", "ANCHOR_END"] {
                    if text.contains(left) {
                        say(format!("{left} is left on the page"));
                    }
                }
            }
            What::Raw(_) => {}
        }
    }
    if main_headings != 1 && !page.is_a_copy() {
        problems.push(page.problem(0, format!("it has {main_headings} main headings (`# …`), not one")));
    }
    problems
}

fn heading_level(name: &str) -> Option<usize> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn problems(main: &str) -> Vec<String> {
        let page = Page::parse(Path::new("x.html"), format!("<h1>menu</h1><main>{main}</main>"));
        check(&page).iter().map(|problem| problem.text.clone()).collect()
    }

    #[test]
    fn a_good_page_passes() {
        assert_eq!(
            problems("<h1>A</h1><h2>B</h2><h3>C</h3><h2>D</h2><img alt=''><svg role='img'></svg>"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn bad_pages_do_not() {
        for (main, part) in [
            ("<h2>B</h2>", "follows one of level 0"),
            ("<h1>A</h1><h3>C</h3>", "do not leave out"),
            ("<h1>A</h1><h1>B</h1>", "2 main headings"),
            ("<p>", "0 main headings"),
            ("<h1>A</h1><h2> </h2>", "is empty"),
            ("<h1>A</h1><img src='x'>", "alt text"),
            ("<h1>A</h1><svg></svg>", "role"),
            ("<h1>A</h1><iframe></iframe>", "no place"),
            ("<h1>A</h1>{{#include x}}", "left on the page"),
            ("<h1>A</h1><code>// ANCHOR: x</code>", "left on the page"),
        ] {
            let found = problems(main);
            assert!(found.iter().any(|text| text.contains(part)), "{main}: {found:?}");
        }
    }
}
