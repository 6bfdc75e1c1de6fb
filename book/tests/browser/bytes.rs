//! Labelled bytes: a field and its bytes are marked together, links unfold, and paper shows all of it.

use crate::chrome::Chrome;
use crate::page::{Page, View, WIDE};
use crate::pages::the_book;
use serde_json::{Value, json};

const HELPERS: &str = "const one = (query) => document.querySelector(query);
    const marked = () => [...document.querySelectorAll('.marked')].map((node) => node.id || node.textContent);
    const point = (query) => { one(query).dispatchEvent(new MouseEvent('mouseover', { bubbles: true })); return marked(); };";

/// What `script` gives on a page of the book.
fn probe(page: &str, view: View, script: &str) -> Option<Value> {
    let mut chrome = Chrome::start()?;
    let mut page = Page::open(&mut chrome, &the_book().url(page), view);
    Some(page.value(&format!("(() => {{ {HELPERS} {script} }})()")))
}

#[test]
fn a_field_and_its_bytes_are_marked_together() {
    let script = "return [point('#packet-message-length a'), point('#bytes-packet .hex i:nth-child(2)'),
        (one('#packet-message-iv a').dispatchEvent(new FocusEvent('focusin', { bubbles: true })), marked())];";
    let Some(value) = probe("stage-6.html", WIDE, script) else { return };
    assert_eq!(value[0], json!(["00 00 00 10", "packet-message-length"]));
    assert_eq!(value[1], json!(["07", "packet-message-padding"]));
    let by_key = value[2].as_array().unwrap();
    assert_eq!(
        (by_key.len(), by_key.last()),
        (2, Some(&json!("packet-message-iv"))),
        "the keyboard marks, too"
    );
}

#[test]
fn a_link_to_a_field_unfolds_what_is_around_it() {
    let script =
        "return [one('#handshake-server-hello').open, one('#handshake-client-hello').open, marked().length];";
    let Some(value) = probe("handshake.html#handshake-server-hello-random", WIDE, script) else { return };
    assert_eq!(value, json!([true, false, 2]));
}

#[test]
fn on_paper_everything_is_unfolded_and_afterwards_as_it_was() {
    // But for the notes, which are hidden until somebody asks for them.
    let script = "const closed = () => document.querySelectorAll('main details:not([open], .notes)').length;
        const before = closed();
        dispatchEvent(new Event('beforeprint')); const printed = closed();
        dispatchEvent(new Event('afterprint')); return [before > 0, printed, closed() === before];";
    let Some(value) = probe("handshake.html", WIDE, script) else { return };
    assert_eq!(value, json!([true, 0, true]));
}

#[test]
fn without_scripts_every_byte_can_be_read() {
    let script = "document.querySelectorAll('details').forEach((details) => (details.open = true));
        const all = [...document.querySelectorAll('.hex, .anatomy li')];
        return [all.length > 0, all.filter((node) => node.getClientRects().length === 0).length];";
    let Some(value) = probe("tls13.html", View { scripts: false, ..WIDE }, script) else { return };
    assert_eq!(value, json!([true, 0]));
}
