//! What `{{#bytes NAME}}` shows: the bytes of the run, each with a name, and links that last.

use anatomy::{Kind, Labelled, Span};
use book::bytes::dump::{Dump, Item};
use book::bytes::handshake::{FIRST, items, session};
use book::bytes::{ALL, tls13};
use book::generated::Entry;
use book::place::Place;
use echo::lab::{Direction, hex};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Made once for all tests here.
fn html(name: &str) -> &'static str {
    static PAGES: LazyLock<HashMap<&str, String>> =
        LazyLock::new(|| ALL.iter().map(|entry| (entry.name, made(entry))).collect());
    PAGES.get(name).unwrap_or_else(|| panic!("no {name}"))
}

fn made(entry: &Entry) -> String {
    (entry.make)(&Place::compiled()).unwrap_or_else(|error| panic!("{}: {error}", entry.name))
}

/// The values of this attribute, in order.
fn attributes<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// The digits of each dump, as they stand among the bytes.
fn digits(html: &str) -> Vec<String> {
    let dumps = html.split("<p class=\"hex\">").skip(1).map(|rest| rest.split("</p>").next().unwrap());
    let bare = |dump: &str| dump.replace("<i>", " ").replace("</i>", " ");
    dumps.map(|dump| bare(dump).split_whitespace().collect()).collect()
}

#[test]
fn every_dump_is_one_block_of_markdown_and_well_formed() {
    for entry in ALL {
        let html = html(entry.name);
        assert!(html.starts_with("<div class=\"bytes\"") && html.ends_with("</div>\n"), "{}", entry.name);
        assert!(
            html.lines().all(|line| !line.trim().is_empty()),
            "{}: an empty line ends the block",
            entry.name
        );
        // The page around it and what it loads take the rest of 300 kB.
        assert!(html.len() < 80_000, "{}: {} bytes", entry.name, html.len());
        let mut open: Vec<&str> = Vec::new();
        for tag in html.split('<').skip(1) {
            let name = tag.split(|c: char| !c.is_ascii_alphanumeric() && c != '/').next().unwrap();
            match name.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{}", entry.name),
                None => open.push(name),
            }
        }
        assert!(open.is_empty(), "{}: {open:?}", entry.name);
    }
}

#[test]
fn ids_are_unique_and_every_link_leads_to_one() {
    for entry in ALL {
        let html = html(entry.name);
        let ids = attributes(html, "id");
        let known: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(known.len(), ids.len(), "{}", entry.name);
        for link in attributes(html, "href") {
            assert!(known.contains(link.strip_prefix('#').unwrap()), "{}: {link}", entry.name);
        }
        assert!(ids.iter().all(|id| id.contains(entry.name)), "no two dumps on a page have an id in common");
    }
}

#[test]
fn every_byte_among_the_bytes_has_one_row() {
    for entry in ALL {
        let html = html(entry.name);
        for dump in html.split("<div class=\"anatomy\">").skip(1) {
            let (bytes, list) = dump.split_once("</p>").unwrap();
            let spans = bytes.matches("<i>").count();
            // A row without fields of its own has its bytes beside its name.
            assert_eq!(
                spans,
                list.split("</div>").next().unwrap().matches("<code>").count(),
                "{}",
                entry.name
            );
        }
        assert!(!html.contains("not decoded"), "{}", entry.name);
    }
}

#[test]
fn pages_are_the_same_after_every_build() {
    for entry in ALL {
        assert_eq!(html(entry.name), made(entry), "{}", entry.name);
    }
}

#[test]
fn the_figure_of_the_envelopes_has_the_sizes_and_the_text_of_the_run() {
    let figure = std::fs::read_to_string(Place::compiled().figures().join("envelope.svg")).unwrap();
    let drawn = figure.split("font-size=\"12\">").skip(1).map(|rest| rest.split('<').next().unwrap());
    let drawn: Vec<&str> = drawn.filter(|text| text.ends_with(" bytes")).collect();
    let page = html("message");
    let sums = page.split("<span class=\"sum\">").skip(1).map(|rest| rest.split(':').next().unwrap());
    assert_eq!(drawn, sums.collect::<Vec<_>>());
    let (_, title) = figure.split_once("<desc").unwrap();
    assert!(drawn.iter().all(|size| title.contains(size)), "those who do not see it are told the same");
    let text = figure.split('“').nth(1).and_then(|rest| rest.split('”').next()).unwrap();
    assert!(page.contains(&format!("\"{text}\"")) || page.contains(&format!("&quot;{text}&quot;")), "{text}");
}

#[test]
fn the_handshake_shows_the_bytes_of_the_run_and_all_messages() {
    let session = session().unwrap();
    let items = items(&session).unwrap();
    for way in [Direction::ToServer, Direction::ToClient] {
        let shown: Vec<u8> = items
            .iter()
            .filter(|item| item.way == Some(way))
            .flat_map(|item| item.bytes().to_vec())
            .collect();
        let sent: Vec<u8> = session
            .flights
            .iter()
            .filter(|(from, _)| *from == way)
            .flat_map(|(_, bytes)| bytes.clone())
            .collect();
        assert_eq!(shown, sent);
    }
    let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "client_hello",
            "server_hello",
            "encrypted_extensions",
            "server certificate",
            "server certificate_verify",
            "server finished",
            "access",
            "client certificate",
            "client certificate_verify",
            "client finished",
            "message",
            "answer"
        ]
    );
    assert!(items.iter().all(|item| !item.about.is_empty()));
    let text = |item: &Item| hex(&item.layers[1].1.bytes);
    assert!(text(&items[10]).ends_with(&hex(FIRST.as_bytes())));
    assert!(text(&items[11]).ends_with(&hex(FIRST.to_uppercase().as_bytes())));

    let page = html("handshake");
    let wanted: Vec<String> =
        items.iter().flat_map(|item| &item.layers).map(|(_, labelled)| hex(&labelled.bytes)).collect();
    assert_eq!(digits(page), wanted);
    for id in
        ["handshake-server-hello-random", "handshake-client-hello-key-share", "handshake-client-finished"]
    {
        assert!(page.contains(&format!(" id=\"{id}\"")), "links from elsewhere lead to {id}");
    }
}

#[test]
fn the_recorded_session_is_decoded_from_its_first_message_to_its_last() {
    let session = tls13::session(&Place::compiled()).unwrap();
    let opened = tls13::opened(&session).unwrap();
    let seen: Vec<(Direction, u8)> =
        opened.iter().flat_map(|record| &record.seen).map(|seen| (seen.direction, seen.kind)).collect();
    let (client, server) = (Direction::ToServer, Direction::ToClient);
    for message in [
        (client, 1),
        (server, 2),
        (server, 8),
        (server, 13),
        (server, 11),
        (server, 15),
        (server, 20),
        (client, 11),
        (client, 15),
        (client, 20),
        (server, 4),
    ] {
        assert!(seen.contains(&message), "{message:?} is missing in {seen:?}");
    }
    for (record, (way, bytes)) in opened.iter().zip(&session.records) {
        assert_eq!((record.item.bytes(), record.item.way), (bytes.as_slice(), Some(*way)));
        let sealed =
            |(_, labelled): &(String, Labelled)| labelled.leaves().any(|span| span.label == "encrypted");
        assert!(record.item.layers.iter().skip(1).all(|layer| !sealed(layer)), "{} opens", record.item.name);
    }
    let page = html("tls13");
    assert!(page.contains("GET / HTTP/1.1") && page.contains("HTTP/1.1 200 OK"));
    assert!(
        page.contains("CN=alice") || page.contains("&quot;alice&quot;"),
        "the client's certificate is unfolded"
    );
    for id in
        ["tls13-client-hello-random", "tls13-server-hello-key-exchange", "tls13-server-flight-certificate"]
    {
        assert!(page.contains(&format!(" id=\"{id}\"")), "links from elsewhere lead to {id}");
    }
}

#[test]
fn a_session_recorded_now_is_decoded_as_the_old_one() {
    let (recording, keys) = book::bytes::record::live().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path());
    std::fs::create_dir_all(place.recorded()).unwrap();
    recording.save(&place.recorded().join(tls13::RECORDING)).unwrap();
    std::fs::write(place.recorded().join(tls13::KEYS), keys).unwrap();
    let opened = tls13::opened(&tls13::session(&place).unwrap()).unwrap();
    assert!(opened.iter().any(|record| record.item.name == "request"));
    assert!(opened.iter().any(|record| record.item.name == "response"));
}

#[test]
fn a_label_that_is_markup_is_shown_and_does_nothing() {
    let hostile = "</li><script>alert(1)</script>\" onclick=\"x";
    let span = Span {
        label: hostile,
        range: 0..2,
        kind: Kind::Text,
        note: Some(hostile.to_owned()),
        children: Vec::new(),
    };
    let labelled = Labelled { bytes: b"<b".to_vec(), spans: vec![span] };
    let mut dump = Dump::new("hostile");
    dump.items.push(Item::new(None, hostile, hostile, labelled).headed(hostile));
    let html = dump.html();
    assert!(!html.contains("<script") && !html.contains("\" onclick"), "{html}");
    assert!(html.contains("&lt;script&gt;alert(1)"));
}
