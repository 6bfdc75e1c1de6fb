//! Each widget by keyboard alone, and what it shows against the Rust code of the stages.

use crate::chrome::Chrome;
use crate::page::{Page, WIDE};
use crate::pages::workbench;

mod cbc_flip;
mod dh;
mod frame_slicer;
mod length_extension;
mod miller_rabin;
mod rc4_reuse;

/// Runs `test` with the page of a widget; nothing without a browser.
fn with(widget: &str, test: impl FnOnce(&mut Page<'_>)) {
    let Some(mut chrome) = Chrome::start() else { return };
    let mut page = Page::open(&mut chrome, &workbench().url(&format!("{widget}.html")), WIDE);
    test(&mut page);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

/// Fills a field with something that cannot be used: a sentence says so, and no table of other values stays.
fn refuses(page: &mut Page<'_>, widget: &str, field: &str, text: &str, part: &str) {
    page.fill(widget, field, text);
    let result = page.result(widget);
    assert!(result.contains(part), "{text:?} in {field}: {result}");
    assert!(page.table(widget, 0).is_empty(), "{text:?} in {field}: a table is left");
    let invalid = page.text("document.querySelector('[aria-invalid]')?.name ?? 'none'");
    assert_eq!(invalid, field, "{text:?} in {field}: the field is marked");
}

/// The result of a widget with these fields filled in.
fn filled(page: &mut Page<'_>, widget: &str, fields: &[(&str, &str)]) -> String {
    for (field, text) in fields {
        page.fill(widget, field, text);
    }
    page.result(widget)
}

/// Bytes as the widgets show them.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// The bytes that a widget shows.
fn from_hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// Bytes as characters, as the widgets show them.
fn characters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if matches!(byte, 0x20..0x7f) { char::from(*byte) } else { '·' }).collect()
}
