//! Labelled bytes in a browser: a field and its bytes are marked together, links unfold, and paper shows all of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use book::bytes::ALL;
use book::place::Place;
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// Opens a page with one dump, with or without our script, at this fragment; then runs `probe`, whose value comes back.
/// Without a browser there is nothing to look at: the test is skipped with a reason, or fails where
/// `UCHAT_REQUIRE_PEERS=1` is set.
fn probe(name: &str, script: bool, fragment: &str, probe: &str) -> Option<Value> {
    let runs = |program: &&str| {
        let mut version = Command::new(program);
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    };
    let Some(program) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| runs(name))
    else {
        let missing = "there is no chromium on this machine (Debian: apt-get install chromium)";
        let required = std::env::var_os("UCHAT_REQUIRE_PEERS").is_some_and(|value| value == "1");
        assert!(!required, "UCHAT_REQUIRE_PEERS=1, but {missing}");
        eprintln!("skipped: {missing}");
        return None;
    };
    let place = Place::compiled();
    let theme = |file: &str| std::fs::read_to_string(place.book().join("theme").join(file)).unwrap();
    let entry = ALL.iter().find(|entry| entry.name == name).unwrap();
    let script = if script { format!("<script>{}</script>", theme("bytes.js")) } else { String::new() };
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><style>{}</style><main>{}</main>{script}\
         <script>addEventListener('load', () => {{ const value = (() => {{ {probe} }})();\
         document.documentElement.innerHTML = '<pre id=\"out\">' + JSON.stringify(value) + '</pre>'; }});</script>",
        theme("bytes.css"),
        (entry.make)(&place).unwrap()
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    std::fs::write(&file, page).unwrap();
    let output = Command::new(program)
        .args([
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--dump-dom",
        ])
        // Only our own page is opened, and root, as which containers run tests, has no other way.
        .args(["--no-sandbox", "--disable-dev-shm-usage", "--virtual-time-budget=10000"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}#{fragment}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8(output.stdout).unwrap();
    let value = dom.split("<pre id=\"out\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let value = value.unwrap_or_else(|| panic!("the page gave no answer: {}", &dom[..dom.len().min(2000)]));
    Some(serde_json::from_str(value).unwrap())
}

const HELPERS: &str = "const one = (query) => document.querySelector(query);\
    const marked = () => [...document.querySelectorAll('.marked')].map((node) => node.id || node.textContent);\
    const point = (query) => { one(query).dispatchEvent(new MouseEvent('mouseover', { bubbles: true })); return marked(); };";

#[test]
fn a_field_and_its_bytes_are_marked_together() {
    let script = format!(
        "{HELPERS} return [point('#packet-message-length a'), point('.hex i:nth-child(2)'),\
         (one('#packet-message-iv a').dispatchEvent(new FocusEvent('focusin', {{ bubbles: true }})), marked())];"
    );
    let Some(value) = probe("packet", true, "", &script) else { return };
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
    let script = format!(
        "{HELPERS} return [one('#handshake-server-hello').open, one('#handshake-client-hello').open, marked().length];"
    );
    let Some(value) = probe("handshake", true, "handshake-server-hello-random", &script) else { return };
    assert_eq!(value, json!([true, false, 2]));
}

#[test]
fn on_paper_everything_is_unfolded_and_afterwards_as_it_was() {
    let script = "const closed = () => document.querySelectorAll('details:not([open])').length; const before = closed();\
                  dispatchEvent(new Event('beforeprint')); const printed = closed();\
                  dispatchEvent(new Event('afterprint')); return [before > 0, printed, closed() === before];";
    let Some(value) = probe("handshake", true, "", script) else { return };
    assert_eq!(value, json!([true, 0, true]));
}

#[test]
fn without_our_script_every_byte_can_be_read() {
    let script = "document.querySelectorAll('details').forEach((details) => (details.open = true));\
                  return [...document.querySelectorAll('.hex, .anatomy li')].filter((node) => node.getClientRects().length === 0).length;";
    let Some(value) = probe("tls13", false, "", script) else { return };
    assert_eq!(value, json!(0));
}
