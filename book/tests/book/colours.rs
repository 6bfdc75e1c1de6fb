//! What needs no page: the colours of the theme can be read.

use book::place::Place;
use std::collections::HashMap;

/// The declarations `--name: #rrggbb` of all rules whose selector has this class.
fn colours(style: &str, class: &str) -> HashMap<String, [f64; 3]> {
    let mut colours = HashMap::new();
    for rule in style.split('}') {
        let Some((selector, body)) = rule.rsplit_once('{') else { continue };
        let selector = selector.rsplit("*/").next().unwrap();
        if !selector.split(',').any(|part| part.trim() == class) {
            continue;
        }
        for declaration in body.split(';') {
            if let Some((name, value)) = declaration.split_once(':')
                && let Some(hex) = value.trim().strip_prefix('#').filter(|hex| hex.len() == 6)
            {
                let part = |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
                colours.insert(name.trim().to_owned(), [part(0), part(2), part(4)]);
            }
        }
    }
    colours
}

/// The contrast of two colours (WCAG 2.2, "contrast ratio").
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    let luminance = |[r, g, b]: [f64; 3]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_stands_out_from_what_is_behind_it() {
    let style = std::fs::read_to_string(Place::compiled().book().join("theme/book.css")).unwrap();
    for theme in [".light", ".navy"] {
        let mut colours = colours(&style, theme);
        // mdBook's light theme is white.
        colours.entry("--bg".to_owned()).or_insert([1.0; 3]);
        let texts = [
            "--fg",
            "--links",
            "--quiet",
            "--icons",
            "--accent-answer",
            "--accent-predict",
            "--accent-notes",
            "--danger",
            "--good",
        ];
        let codes = [
            "--code-comment",
            "--code-string",
            "--code-keyword",
            "--code-number",
            "--code-title",
            "--code-type",
            "--code-meta",
        ];
        for name in texts.iter().chain(&codes) {
            for behind in ["--bg", "--soft"] {
                let ratio = contrast(colours[*name], colours[behind]);
                assert!(ratio >= 4.5, "{theme}: {name} on {behind} has a contrast of {ratio:.2}");
            }
        }
    }
}

#[test]
fn black_on_white_is_21_to_1() {
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 0.001);
}
