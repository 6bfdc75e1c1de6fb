//! What `{{#table NAME}}` shows is what the code says.

use book::bytes;
use book::place::Place;
use book::tables::ALL;
use book::tables::costs::{Wire, count, cpu};
use book::tables::plan::{Plan, page, plan};
use book::tables::protocol::LIMITS;
use book::tables::table::Table;
use echo::lab::LADDER;
use https::attack;
use std::collections::HashSet;
use std::path::Path;
use uchat_protocol::channel::{Lesson, Transport};
use uchat_protocol::{Code, Operation};

fn try_html(name: &str, place: &Place) -> Result<String, String> {
    let entry = ALL.iter().find(|entry| entry.name == name).unwrap_or_else(|| panic!("no {name}"));
    (entry.make)(place).map_err(|error| error.to_string())
}

fn html(name: &str) -> String {
    try_html(name, &Place::compiled()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The cells of each row of the body, without tags.
fn rows(html: &str) -> Vec<Vec<String>> {
    let (_, body) = html.split_once("<tbody>").unwrap();
    let row = |row: &str| row.split("<td>").skip(1).map(text).collect();
    body.split("<tr>").skip(1).map(row).collect()
}

fn text(html: &str) -> String {
    let mut out = String::new();
    for part in html.split('<') {
        out.push_str(part.split_once('>').map_or(part, |(_, after)| after));
    }
    let out = out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    out.replace("&amp;", "&").trim().to_owned()
}

/// How a page shows a text with code in it.
fn shown(text: &str) -> String {
    text.replace('`', "")
}

#[test]
fn the_ladder_has_every_stage_and_the_goals_every_attack() {
    let ladder = rows(&html("ladder"));
    assert_eq!(ladder.len(), LADDER.len());
    for (row, rung) in ladder.iter().zip(LADDER) {
        assert_eq!(row[1..], [rung.layer, rung.stops, rung.falls_to, rung.counterpart].map(shown));
    }
    let goals = rows(&html("goals"));
    let attacks: Vec<_> = attack::ALL.iter().copied().flatten().collect();
    assert_eq!(goals.len(), attacks.len());
    for (row, attack) in goals.iter().zip(attacks) {
        assert_eq!([row[0].as_str(), row[3].as_str()], [attack.name, attack.goal]);
        assert_eq!(row[1], attack.stage.to_string());
    }
}

#[test]
fn the_matrix_is_the_one_that_the_attacks_have_filled() {
    let matrix = rows(&html("matrix"));
    for attack in attack::ALL.iter().copied().flatten() {
        let name = format!("stage-{} attack {}", attack.stage, attack.name);
        let own: Vec<_> = matrix.iter().filter(|row| row[0].starts_with(&name)).collect();
        assert!(!own.is_empty(), "{name}");
        assert!(own.iter().any(|row| row[usize::from(attack.stage)] == "succeeds"), "{name} falls nowhere");
    }
    let readme = Table::generated(&Place::compiled(), "stages/README.md", "matrix").unwrap();
    assert_eq!(matrix.len(), readme.rows.len());
    for (row, source) in matrix.iter().zip(&readme.rows) {
        assert_eq!(row.len(), source.len());
        for (cell, source) in row.iter().zip(source) {
            assert_eq!(*cell, source.replace(['*', '`'], ""));
        }
    }
}

#[test]
fn the_protocol_s_tables_have_every_code_operation_type_and_limit() {
    let codes: Vec<[String; 2]> =
        Code::ALL.iter().map(|code| [code.name().to_owned(), shown(code.text())]).collect();
    assert_eq!(rows(&html("error-codes")), codes);

    let operations = rows(&html("operations"));
    assert_eq!(operations.len(), Operation::ALL.len());
    for (row, operation) in operations.iter().zip(Operation::ALL) {
        assert_eq!([row[0].as_str(), &row[1]], [operation.number().to_string().as_str(), operation.name()]);
        assert_eq!(row[4], operation.about());
    }

    let values = rows(&html("values"));
    assert_eq!(values.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), framing::Kind::NAMES);
    for row in &values {
        let bytes: Vec<u8> =
            row[4].split(' ').map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect();
        assert_eq!(framing::to_json(&framing::decode(&bytes).unwrap()).unwrap(), row[3]);
        assert!(!row[2].is_empty(), "{} is described", row[1]);
    }

    let limits = rows(&html("limits"));
    assert_eq!(limits.len(), LIMITS.len());
    for (row, (name, value)) in limits.iter().zip(LIMITS) {
        assert_eq!([row[0].as_str(), &row[1].replace(',', "")], [*name, &value.to_string()]);
        assert!(!row[2].is_empty(), "{name} is described");
    }
}

#[test]
fn the_mirror_has_both_sessions_message_by_message() {
    let mirror = html("mirror");
    let rows = rows(&mirror);
    for (ours, tls) in [
        ("client_hello", "ClientHello"),
        ("server_hello", "ServerHello"),
        ("encrypted_extensions", "EncryptedExtensions"),
        ("–", "CertificateRequest"),
        ("access", "–"),
        ("finished", "Finished"),
        ("–", "NewSessionTicket"),
        ("· key_share", "· key_share: key_exchange"),
    ] {
        let row = rows.iter().find(|row| row[1] == ours && row[3] == tls);
        let row = row.unwrap_or_else(|| panic!("{ours} and {tls} are in no row"));
        for (name, bytes) in [(&row[1], &row[2]), (&row[3], &row[4])] {
            assert_eq!(name == "–", bytes.is_empty(), "{name}");
        }
    }
    let share = rows.iter().find(|row| row[1] == "· key_share").unwrap();
    assert_eq!([share[2].as_str(), &share[4]], ["256", "32"], "a number modulo p, and a point of a curve");

    // Every link into the two illustrated pages leads to something there.
    let pages = ["handshake", "tls13"].map(|name| {
        let entry = bytes::ALL.iter().find(|entry| entry.name == name).unwrap();
        (name, (entry.make)(&Place::compiled()).unwrap())
    });
    let mut followed = 0;
    for link in mirror.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let Some((page, id)) = link.split_once(".html#") else { continue };
        if let Some((_, html)) = pages.iter().find(|(name, _)| *name == page) {
            assert!(html.contains(&format!(" id=\"{id}\"")), "{link}");
            followed += 1;
        }
    }
    assert!(followed >= 18, "{followed}");
}

#[test]
fn costs_are_counted_and_add_up() {
    let wire = |lesson| count(Transport::Lesson(lesson)).unwrap();
    // Operation, type and length of the value, and the text.
    let bare = |text: usize| 1 + 1 + 4 + text;
    let plain = Wire { waits: 0, handshake: [0, 0], messages: [bare(5), bare(200)] };
    assert_eq!(wire(Lesson::Plain), plain);
    let challenge = Wire { waits: 1, handshake: [16, 32], ..plain };
    assert_eq!(wire(Lesson::Challenge), challenge);
    assert_eq!(wire(Lesson::Frames), Wire { messages: [4 + bare(5), 4 + bare(200)], ..challenge });
    let exchange = [16 + 4 + 256, 32 + 4 + 256];
    let rc4 = Wire { waits: 2, handshake: exchange, messages: [4 + bare(5), 4 + bare(200)] };
    assert_eq!(wire(Lesson::Rc4), rc4);
    let packets = [53 + bare(5).next_multiple_of(16), 53 + bare(200).next_multiple_of(16)];
    assert_eq!(wire(Lesson::Packets), Wire { messages: packets, ..rc4 });
    let signed = count(Transport::Signed).unwrap();
    assert_eq!((signed.waits, signed.messages), (1, packets), "a key costs no byte");
    // A record's header, the true type and the tag (RFC 8446, section 5.2).
    let tls = count(Transport::Tls).unwrap();
    assert_eq!(tls.messages, [5 + bare(5) + 1 + 16, 5 + bare(200) + 1 + 16]);
    assert_eq!(tls, count(Transport::Tls).unwrap(), "other random numbers, the same lengths");

    let table = rows(&html("costs"));
    assert_eq!(table.len(), Transport::ALL.len());
    assert!(table.iter().all(|row| row[7].ends_with(" ms")));
    assert!(!cpu(&Place::compiled()).unwrap().machine.is_empty());
}

/// A book of these pages.
fn book(files: &[(&str, &str)]) -> (tempfile::TempDir, Place) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path());
    for (path, text) in files {
        let path = place.src().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    (folder, place)
}

const PLAN: &str = r#"
[[eight_lessons]]
title = "The socket"
minutes = 90
pages = ["a.md", "messenger/b.md"]
home = ["c.md"]

[[workshop]]
when = "Day 1"
title = "All of it"
minutes = 180
pages = ["a.md"]
"#;

const PAGES: &[(&str, &str)] = &[
    ("SUMMARY.md", "# Summary\n\n[A](a.md)\n\n- [B](messenger/b.md)\n- [C](c.md)\n- [Draft]()\n"),
    ("a.md", "# Alpha & <co>\n\n{{#minutes 25}}\n\nText.\n"),
    ("messenger/b.md", "# Beta\n\n{{#minutes 40}}\n"),
    ("c.md", "# Gamma\n\nNo minutes.\n"),
    ("teacher/plan.toml", PLAN),
];

#[test]
fn minutes_are_summed_over_the_pages_of_a_session() {
    let (_folder, place) = book(PAGES);
    let lessons = try_html("eight-lessons", &place).unwrap();
    assert!(lessons.contains("<a href=\"../messenger/b.html\">"), "they stand in teacher/");
    assert_eq!(rows(&lessons), [["1", "The socket", "Alpha & <co>, Beta", "65 of 90", "Gamma"]]);
    let workshop = try_html("workshop", &place).unwrap();
    assert_eq!(rows(&workshop), [["Day 1", "All of it", "Alpha & <co>", "25 of 180", ""]]);
}

#[test]
fn a_plan_with_a_mistake_says_which() {
    let wrong = |plan: &str| {
        let mut files = PAGES.to_vec();
        files.retain(|(path, _)| *path != "teacher/plan.toml");
        files.push(("teacher/plan.toml", plan));
        let (_folder, place) = book(&files);
        try_html("eight-lessons", &place).unwrap_err()
    };
    assert!(wrong(&PLAN.replace("c.md", "d.md")).contains("no page d.md"));
    assert!(wrong(&PLAN.replace("c.md", "../c.md")).contains("is no page"));
    assert!(wrong(&PLAN.replace("home", "hoem")).contains("unknown field"));
}

#[test]
fn the_real_plan_names_each_stage_once_and_its_pages_are_chapters() {
    let place = Place::compiled();
    let Plan { eight_lessons, workshop } = plan(&place).unwrap();
    assert_eq!(eight_lessons.len(), 8);
    for sessions in [&eight_lessons, &workshop] {
        let pages: Vec<&String> = sessions.iter().flat_map(|session| &session.pages).collect();
        assert_eq!(pages.iter().collect::<HashSet<_>>().len(), pages.len(), "no page is done twice");
        for stage in 1..=8 {
            assert!(pages.contains(&&format!("stage-{stage}.md")));
        }
    }
    for session in eight_lessons.iter().chain(&workshop) {
        assert!(session.minutes >= 60 && !session.title.is_empty());
        let sum: u32 = session.pages.iter().map(|path| page(&place, path).unwrap().minutes).sum();
        assert!(sum <= session.minutes, "{}: {sum} of {}", session.title, session.minutes);
        for path in session.pages.iter().chain(&session.home) {
            assert!(Path::new(path).extension().is_some_and(|extension| extension == "md"), "{path}");
        }
    }
}

#[test]
fn a_page_without_a_title_is_named() {
    let (_folder, place) = book(&[("x.md", "no title")]);
    assert!(page(&place, "x.md").unwrap_err().to_string().contains("x.md has no title"));
}
