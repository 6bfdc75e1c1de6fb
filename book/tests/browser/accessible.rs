//! Every page of the book, and of the workbench: for people who see little, who have no mouse, or a small screen.

use crate::chrome::Chrome;
use crate::page::{Page, View, WIDE};
use crate::pages::{Served, the_book, workbench};
use serde_json::json;

/// axe-core, which knows the rules of WCAG that a program can check.
const AXE: &str = include_str!("axe/axe.min.js");

/// What is wrong on this page according to axe, a line for each place. `RULES` are the rules that are looked at.
const VIOLATIONS: &str = "axe.run(document, { resultTypes: ['violations'], RULES }).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) =>
        nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)}: ${node.any[0]?.message ?? node.failureSummary}`)))";

/// Opens everything that is folded, so that it is looked at, too.
const UNFOLD: &str = "document.querySelectorAll('details').forEach((details) => (details.open = true))";

/// Every page once: `print.html` repeats them all, `toc.html` is a frame for readers without scripts.
fn every_page(test: impl Fn(&mut Chrome, &'static Served, &str) -> Vec<String>) {
    every_page_but(&["print.html", "toc.html"], test);
}

fn every_page_but(left_out: &[&str], test: impl Fn(&mut Chrome, &'static Served, &str) -> Vec<String>) {
    let Some(mut chrome) = Chrome::start() else { return };
    let mut wrong = Vec::new();
    for served in [workbench(), the_book()] {
        for name in served.pages.iter().filter(|name| !left_out.contains(&name.as_str())) {
            wrong.extend(test(&mut chrome, served, name).into_iter().map(|line| format!("{name}: {line}")));
        }
    }
    assert!(wrong.is_empty(), "{} places:\n{}", wrong.len(), wrong.join("\n"));
}

fn axe(chrome: &mut Chrome, url: &str, theme: &'static str, rules: &str) -> Vec<String> {
    let mut page = Page::open(chrome, url, View { theme, ..WIDE });
    page.value(UNFOLD);
    page.value(&format!("{AXE}; undefined"));
    page.texts(&VIOLATIONS.replace("RULES", rules))
}

#[test]
fn axe_finds_nothing_in_the_light_theme() {
    every_page(|chrome, served, name| axe(chrome, &served.url(name), "light", ""));
}

#[test]
fn axe_finds_enough_contrast_in_the_dark_theme() {
    // Nothing else differs between the themes.
    every_page(|chrome, served, name| axe(chrome, &served.url(name), "navy", "runOnly: ['color-contrast']"));
}

#[test]
fn no_page_complains_or_asks_anybody_else() {
    every_page_but(&["toc.html"], |chrome, served, name| {
        let mut page = Page::open(chrome, &served.url(name), WIDE);
        page.settled();
        let outside = page.requests().into_iter().filter(|url| !served.has(url));
        outside.map(|url| format!("asks for {url}")).chain(page.complaints()).collect()
    });
}

#[test]
fn no_page_scrolls_sideways_on_a_phone() {
    every_page(|chrome, served, name| {
        let mut page = Page::open(chrome, &served.url(name), View { width: 360, ..WIDE });
        page.value(UNFOLD);
        // What is too wide, unless it scrolls in a box of its own. The page may not scroll, nor may the box
        // around all of its text.
        page.texts(
            "Array.from(document.querySelectorAll('main, main *:not(input, textarea)'))
                .filter((element) => element.checkVisibility() && !element.closest('pre, .table-wrapper, .generated-table, .drawing, .for-screen-readers'))
                .filter((element) => element.getBoundingClientRect().right > 360 || element.scrollWidth > 360)
                .map((element) => `too wide: ${element.outerHTML.slice(0, 120)}`)
                .concat(document.documentElement.scrollWidth > 360 ? [`${document.documentElement.scrollWidth} pixels wide`] : [])
                .slice(0, 5)",
        )
    });
}

#[test]
fn tab_reaches_everything_in_the_order_of_the_text_and_shows_where_it_is() {
    every_page(|chrome, served, name| {
        if name == "404.html" {
            return Vec::new(); // its links, the first one too, lead to the book's first page
        }
        let mut page = Page::open(chrome, &served.url(name), WIDE);
        page.value(UNFOLD);
        let expected = page.value(
            "window.stops = Array.from(document.querySelectorAll(
                'main :is(a[href], button, input, select, textarea, summary, [tabindex])'))
                .filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true }));
            window.stops.length",
        );
        // The first stop skips the menus.
        page.press("Tab");
        let first = page.text("document.activeElement.textContent");
        page.press("Enter");
        let mut wrong = Vec::new();
        if first != "Skip to the text" {
            wrong.push(format!("the first stop is {first:?}"));
        }
        for number in 0..expected.as_u64().unwrap() {
            page.press("Tab");
            let (place, shown): (i64, bool) = serde_json::from_value(page.value(
                "(() => { const style = getComputedStyle(document.activeElement);
                    const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
                    return [window.stops.indexOf(document.activeElement), outline]; })()",
            ))
            .unwrap();
            if place != i64::try_from(number).unwrap() {
                let place = page.text("document.activeElement.outerHTML.slice(0, 120)");
                let missing = page.text(&format!("window.stops[{number}].outerHTML.slice(0, 120)"));
                wrong.push(format!("Tab comes to {place} in place of {missing}"));
                break;
            }
            if !shown {
                wrong.push(format!(
                    "no outline: {}",
                    page.text("document.activeElement.outerHTML.slice(0, 120)")
                ));
            }
        }
        wrong
    });
}

#[test]
fn the_contents_are_opened_and_closed_by_keyboard() {
    let Some(mut chrome) = Chrome::start() else { return };
    let mut page = Page::open(&mut chrome, &workbench().url("dh.html"), WIDE);
    page.value("document.getElementById('mdbook-sidebar-toggle').focus()");
    let shown = "document.documentElement.classList.contains('sidebar-visible')";
    for key in [" ", "Enter"] {
        let before = page.value(shown);
        page.press(key);
        assert_ne!(page.value(shown), before, "{key:?}");
    }
}

#[test]
fn arrow_keys_in_a_widget_do_not_turn_the_page() {
    let Some(mut chrome) = Chrome::start() else { return };
    let url = workbench().url("cbc-flip.html");
    let mut page = Page::open(&mut chrome, &url, WIDE);
    page.tab_to("cbc-flip", ".widget-bytes button");
    for key in ["ArrowLeft", "ArrowRight", "ArrowRight"] {
        page.press(key);
    }
    page.settled();
    assert_eq!(page.value("location.href"), json!(url));
    // Outside of it they do: otherwise this test would prove nothing.
    page.value("document.activeElement.blur()");
    page.press("ArrowRight");
    page.loaded();
    assert_ne!(page.value("location.href"), json!(url));
}
