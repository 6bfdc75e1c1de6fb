//! The widget on certificate chains says what the checker of stage 7 says, for every set of broken links.

use crate::chrome::Chrome;
use crate::forge::*;
use crate::page::{Page, WIDE};
use crate::pages::workbench;
use book::place::Place;
use certificates::rsa::{PrivateKey, load_key};
use certificates::x509::{Certificate, verify_chain};
use serde_json::json;

/// The boxes of the widget, in its order. A set of broken links is a number with a bit for each.
const LINKS: [&str; 10] = [
    "leaf-expired",
    "leaf-name",
    "leaf-client",
    "leaf-signature",
    "ca-expired",
    "ca-flag",
    "ca-signature",
    "root-expired",
    "root-path",
    "root-own",
];

/// The sentence of the widget for a chain that passes, and for one that does not.
fn sentence(result: Result<Vec<String>, String>) -> (String, Vec<String>) {
    match result {
        Ok(checks) => ("Accepted: the key of \"chat.example\" belongs to chat.example.".to_owned(), checks),
        Err(error) => (format!("Refused: {error}"), Vec::new()),
    }
}

/// Every chain, made of certificates in DER that are broken in just these ways.
struct Chains {
    leaves: Vec<Vec<u8>>,
    cas: Vec<Vec<u8>>,
    roots: Vec<Vec<u8>>,
}

impl Chains {
    fn new() -> Self {
        let [class, root, other] = ["2048", "3072", "4096"].map(key_of);
        let life = |expired: bool| {
            if expired { ["200101000000Z", "251231230000Z"] } else { ["200101000000Z", "491231235959Z"] }
        };
        let set = |bits: usize, bit: usize| bits >> bit & 1 == 1;
        let leaf = |bits: usize| {
            let forge = Forge {
                subject: name("chat.example"),
                issuer: name("Class CA"),
                life: life(set(bits, 0)),
                ..Forge::leaf(&class)
            };
            let called = if set(bits, 1) { "bank.example" } else { "chat.example" };
            let purpose = if set(bits, 2) { CLIENT_AUTH } else { SERVER_AUTH };
            let forge = forge.with(alt_names(&[dns(called)])).with(extended_key_usage(purpose));
            forge.sign(if set(bits, 3) { &other } else { &class })
        };
        let ca = |bits: usize| {
            let forge = Forge {
                subject: name("Class CA"),
                issuer: name("Root"),
                life: life(set(bits, 0)),
                ..Forge::ca(&class)
            };
            let forge = if set(bits, 1) { forge.with(basic_constraints(false, None)) } else { forge };
            forge.sign(if set(bits, 2) { &other } else { &root })
        };
        let root = |bits: usize| {
            let key = if set(bits, 2) { &other } else { &root };
            let below = if set(bits, 1) { 0 } else { 1 };
            let forge = Forge {
                subject: name("Root"),
                issuer: name("Root"),
                life: life(set(bits, 0)),
                ..Forge::ca(key).with(basic_constraints(true, Some(below)))
            };
            forge.sign(key)
        };
        Self {
            leaves: (0..16).map(leaf).collect(),
            cas: (0..8).map(ca).collect(),
            roots: (0..8).map(root).collect(),
        }
    }

    /// What stage 7 says: the checks that were done, or the error.
    fn check(&self, links: usize) -> Result<Vec<String>, String> {
        let root = links >> 7;
        // The root that was pinned is the true one: what an attacker makes himself never is.
        let anchor = Certificate::from_der(&self.roots[root & 0b011]).unwrap();
        let chain =
            [&self.leaves[links & 15], &self.cas[links >> 4 & 7], &self.roots[root]].map(Vec::as_slice);
        let result = verify_chain(&chain, &anchor, None, &server("chat.example"), now());
        result.map(|verified| verified.checks).map_err(|error| without_digests(&error.to_string()))
    }
}

/// Long digests say nothing on a page, so there stand dots.
fn without_digests(text: &str) -> String {
    let word = |word: &str| {
        let digest = word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
        if digest { "…".to_owned() } else { word.to_owned() }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn key_of(bits: &str) -> PrivateKey {
    let folder = Place::compiled().root().join("stages/stage-7/tests/keys");
    load_key(&folder.join(format!("openssl-{bits}.pem")), None).unwrap()
}

#[test]
fn every_set_of_broken_links_gets_the_words_of_the_checker() {
    let Some(mut chrome) = Chrome::start() else { return };
    let mut page = Page::open(&mut chrome, &workbench().url("chain.html"), WIDE);
    let chains = Chains::new();
    // All at once, by script: 1024 sets would take minutes by keyboard.
    let said: Vec<(String, Vec<String>)> = serde_json::from_value(page.value(&format!(
        "(() => {{
            const root = document.querySelector('[data-widget=chain]');
            const boxes = {}.map((name) => root.querySelector(`[name=${{name}}]`));
            return Array.from({{ length: 1024 }}, (_, links) => {{
                boxes.forEach((box, bit) => (box.checked = (links >> bit & 1) === 1));
                boxes[0].dispatchEvent(new Event('input', {{ bubbles: true }}));
                const rows = Array.from(root.querySelectorAll('table')[1].tBodies[0].rows);
                const passed = rows.filter((row) => row.cells[2].textContent === 'passed');
                return [root.querySelector('.widget-result').textContent, passed.map((row) => row.cells[1].textContent)];
            }});
        }})()",
        json!(LINKS)
    )))
    .unwrap();
    let all = chains.check(0).unwrap();
    for (links, (result, passed)) in said.into_iter().enumerate() {
        let (expected, _) = sentence(chains.check(links));
        assert_eq!(result, expected, "links {links:010b}");
        // `verify_chain` tells its checks only when all pass; until then they are the first ones of these.
        assert!(all.starts_with(&passed), "links {links:010b}: {passed:?}");
        assert_eq!(passed.len() == all.len(), links == 0, "links {links:010b}");
    }
}

#[test]
fn each_link_is_broken_and_mended_by_keyboard() {
    let Some(mut chrome) = Chrome::start() else { return };
    let mut page = Page::open(&mut chrome, &workbench().url("chain.html"), WIDE);
    let chains = Chains::new();
    for (bit, link) in LINKS.iter().enumerate() {
        page.tab_to("chain", &format!("[name={link}]"));
        page.press(" ");
        assert_eq!(page.result("chain"), sentence(chains.check(1 << bit)).0, "{link}");
        let last = page.table("chain", 1).pop().unwrap();
        assert!(last[2].starts_with("failed"), "{link}: {last:?}");
        page.press(" ");
        assert_eq!(page.result("chain"), sentence(chains.check(0)).0, "{link} mended");
    }
    page.press(" ");
    page.tab_to("chain", "button");
    page.press("Enter");
    page.settled();
    assert_eq!(page.result("chain"), sentence(chains.check(0)).0, "all mended at once");
    let (_, checks) = sentence(chains.check(0));
    let rows = page.table("chain", 1).into_iter().map(|row| row[1].clone()).collect::<Vec<_>>();
    assert_eq!(rows, checks);
}
