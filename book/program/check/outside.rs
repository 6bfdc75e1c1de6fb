//! No page asks anybody outside for anything: no font, no script, no image, no style.

use super::page::{Page, What};
use crate::build::BuildError;
use crate::problem::Problem;
use std::path::Path;

pub(crate) fn check(html: &Path, pages: &[Page]) -> Result<Vec<Problem>, BuildError> {
    let mut problems = Vec::new();
    for page in pages {
        for part in &page.parts {
            match &part.what {
                What::Open(name, attributes) => {
                    for (attribute, value) in attributes {
                        if loads(name, attribute) && leads_outside(value) {
                            problems.push(page.problem(
                                part.line,
                                format!("<{name} {attribute}={value:?}> asks somebody outside"),
                            ));
                        }
                        if attribute == "style" {
                            problems.extend(in_style(value).map(|text| page.problem(part.line, text)));
                        }
                    }
                }
                What::Raw(text) => problems.extend(in_style(text).map(|text| page.problem(part.line, text))),
                _ => {}
            }
        }
    }
    for style in crate::finish::files(html, "css").map_err(BuildError::file(html))? {
        let text = std::fs::read_to_string(&style).map_err(BuildError::file(&style))?;
        let name = Path::new("book/html").join(style.strip_prefix(html).unwrap_or(&style));
        problems.extend(text.lines().enumerate().flat_map(|(index, line)| {
            let name = &name;
            in_style(line).map(move |text| Problem::new(name, index + 1, text)).collect::<Vec<_>>()
        }));
    }
    Ok(problems)
}

/// Whether a browser loads what this attribute names, without a click.
fn loads(tag: &str, attribute: &str) -> bool {
    match attribute {
        "src" | "srcset" | "poster" | "data" | "background" | "ping" | "action" | "formaction" => true,
        "href" | "xlink:href" => tag != "a",
        _ => false,
    }
}

fn leads_outside(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    ["http:", "https:", "//", "ws:", "wss:", "ftp:"].iter().any(|start| value.starts_with(start))
        || value.contains(", http")
}

/// What a style loads: `url(…)` and `@import`.
fn in_style(style: &str) -> impl Iterator<Item = String> + '_ {
    let urls = style.split("url(").skip(1).map(|rest| rest.trim_start_matches(['"', '\'', ' ']));
    let imports = style.split("@import").skip(1).map(|rest| rest.trim_start_matches(['"', '\'', ' ']));
    urls.chain(imports).filter(|rest| leads_outside(rest)).map(|rest| {
        let address: String = rest.chars().take_while(|c| !['"', '\'', ')', ';'].contains(c)).collect();
        format!("a style loads {address}, which asks somebody outside")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(body: &str, style: &str) -> usize {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.css"), style).unwrap();
        check(folder.path(), &[Page::parse(Path::new("a.html"), body.to_owned())]).unwrap().len()
    }

    #[test]
    fn links_may_lead_outside_and_nothing_else_may() {
        assert_eq!(
            problems(
                "<a href='https://a.org'>x</a><img src='a.png'>",
                "@import 'b.css'; a { b: url(c.woff2) }"
            ),
            0
        );
        for body in [
            "<img src='https://a.org/x.png'>",
            "<img src='//a.org/x.png'>",
            "<img srcset='a.png 1x, https://a.org/x.png 2x'>",
            "<script src='HTTPS://a.org/x.js'></script>",
            "<link rel='preconnect' href='https://a.org'>",
            "<form action='https://a.org'>",
            "<svg><image xlink:href='http://a.org/x.png'/></svg>",
            "<p style='background: url(https://a.org/x.png)'>",
            "<style>@import 'https://a.org/x.css';</style>",
        ] {
            assert_eq!(problems(body, ""), 1, "{body}");
        }
        assert_eq!(problems("", "@font-face { src: url(\"https://a.org/f.woff2\") }"), 1);
        assert_eq!(problems("", "@import url(//a.org/x.css);"), 1);
    }
}
