//! The figures: readable on a phone, in the colours of the page, and no text over another.

use crate::chrome::Chrome;
use crate::page::{Page, View, WIDE};
use crate::pages::workbench;
use book::figure;
use book::place::Place;

#[test]
fn no_figure_has_colours_of_its_own() {
    for name in figure::names(&Place::compiled()) {
        let svg = std::fs::read_to_string(Place::compiled().figures().join(format!("{name}.svg"))).unwrap();
        for attribute in ["fill", "stroke"] {
            for value in svg.split(&format!(" {attribute}=\"")).skip(1) {
                let value = value.split('"').next().unwrap();
                let follows = ["none", "currentColor"].contains(&value) || value.starts_with("var(--");
                assert!(follows, "{name}: {attribute}=\"{value}\" does not follow the page's theme");
            }
        }
    }
}

/// Texts outside of their drawing, over each other, or too small.
const MISPLACED: &str = "Array.from(document.querySelectorAll('figure svg')).flatMap((svg) => {
    const name = svg.closest('figure').id;
    const { width, height } = svg.viewBox.baseVal;
    const scale = svg.getBoundingClientRect().width / width;
    const texts = Array.from(svg.querySelectorAll('text:not([transform])'), (text) => {
        const { x, y, width, height } = text.getBBox();
        return { text: text.textContent, left: x, right: x + width, top: y, bottom: y + height, size: parseFloat(getComputedStyle(text).fontSize) * scale };
    });
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    return [
        ...texts.filter((a) => a.left < 0 || a.right > width || a.top < 0 || a.bottom > height + 2).map((a) => `${name}: outside: ${a.text}`),
        ...texts.filter((a) => a.size < 9).map((a) => `${name}: only ${a.size.toFixed(1)} pixels high: ${a.text}`),
        ...texts.flatMap((a, n) => texts.slice(n + 1).filter((b) => over(a, b)).map((b) => `${name}: ${a.text} / ${b.text}`)),
    ];
})";

#[test]
fn texts_are_large_enough_and_in_their_places() {
    let Some(mut chrome) = Chrome::start() else { return };
    for width in [360, 1280] {
        let mut page = Page::open(&mut chrome, &workbench().url("figures.html"), View { width, ..WIDE });
        assert_eq!(
            page.value("document.querySelectorAll('figure svg').length"),
            figure::names(&Place::compiled()).len()
        );
        assert_eq!(page.texts(MISPLACED), Vec::<String>::new(), "in a window {width} pixels wide");
    }
}

/// The lowest contrast between a text of a figure and what can be behind it (WCAG 2.2, 1.4.3).
const CONTRAST: &str = "(() => {
    const probe = document.querySelector('figure svg').appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'rect'));
    const colour = (value) => {
        probe.setAttribute('fill', value);
        const context = new OffscreenCanvas(1, 1).getContext('2d');
        context.fillStyle = getComputedStyle(probe).fill;
        context.fillRect(0, 0, 1, 1);
        return context.getImageData(0, 0, 1, 1).data;
    };
    const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
    const contrast = (a, b) => { const [low, high] = [luminance(colour(a)), luminance(colour(b))].sort((x, y) => x - y); return (high + 0.05) / (low + 0.05); };
    return Math.min(...['currentColor', 'var(--links)'].flatMap((text) => ['var(--bg)', 'var(--quote-bg)'].map((behind) => contrast(text, behind))));
})()";

#[test]
fn texts_stand_out_from_what_is_behind_them_in_light_and_dark() {
    let Some(mut chrome) = Chrome::start() else { return };
    for theme in ["light", "navy"] {
        let mut page = Page::open(&mut chrome, &workbench().url("figures.html"), View { theme, ..WIDE });
        let contrast = page.value(CONTRAST).as_f64().unwrap();
        assert!(contrast >= 4.5, "{theme}: {contrast:.2} to 1");
    }
}
