//! Our own servers pass every case.

use crate::servers::{check, good, not_passed, ours, target};
use cbc_packet::Fill;
use conformance::Layer;
use key_exchange::Keystreams;

/// All at once: the kit mostly waits, for what must not come and for limits of 5 s.
#[test]
fn stages_1_to_6() {
    let key = || Some(ours::key());
    let servers = [
        (1, ours::in_turn(None)),
        (2, ours::in_turn(key())),
        (3, ours::stage_3("threads")),
        (3, ours::stage_3("select")),
        (3, ours::stage_3("tasks")),
        (4, ours::stage_4(key())),
        (5, ours::stage_5(Keystreams::Two)),
        (6, ours::stage_6(Fill::Ignored)),
        (2, ours::stage_3("threads")), // which speaks as stage 2 does
    ];
    std::thread::scope(|scope| {
        for (number, (stage, address)) in servers.into_iter().enumerate() {
            scope.spawn(move || {
                let report = check(&good(Layer::Stage(stage), address));
                assert!(report.all_passed(), "server {number}, stage {stage}: {:#?}", not_passed(&report));
            });
        }
    });
}

#[test]
fn files_of_stage_4() {
    let dir = tempfile::tempdir().unwrap();
    let report = check(&good(Layer::Files, ours::files(dir.path())));
    assert!(report.all_passed(), "{:#?}", not_passed(&report));
}

#[test]
fn stage_7() {
    for key in [None, Some(ours::key())] {
        let dir = tempfile::tempdir().unwrap();
        let address = ours::stage_7(dir.path(), key.clone());
        let ca = Some(certificates::folder::load_certificate(&dir.path().join("ca.pem")).unwrap());
        let open = key.is_none();
        let target = conformance::Target { key, ca, ..good(Layer::Stage(7), address) };
        let report = check(&target);
        let names: Vec<_> = not_passed(&report).into_iter().map(|(name, _)| name).collect();
        let without: &[&str] = match open {
            true => &["access-wrong-key", "access-replayed", "access-left-out", "stranger-beside"],
            false => &[],
        };
        assert_eq!(names, without, "{:#?}", not_passed(&report));
    }
}

#[test]
fn stage_8() {
    let dir = tempfile::tempdir().unwrap();
    let address = ours::stage_8(dir.path());
    let ca_file = Some(dir.path().join("ca.pem"));
    let report = check(&conformance::Target { ca_file, ..good(Layer::Stage(8), address) });
    assert!(report.all_passed(), "{:#?}", not_passed(&report));
}

#[test]
fn the_messenger_on_lesson_6() {
    let dir = tempfile::tempdir().unwrap();
    let (address, key) = ours::messenger(dir.path(), 6);
    let report = check(&conformance::Target { key: Some(key), ..good(Layer::Messenger(6), address) });
    assert!(report.all_passed(), "{:#?}", not_passed(&report));
}

#[test]
fn the_messenger_on_lesson_7() {
    let dir = tempfile::tempdir().unwrap();
    let (address, key) = ours::messenger(dir.path(), 7);
    let ca = Some(certificates::folder::load_certificate(&dir.path().join("ca.pem")).unwrap());
    let report = check(&conformance::Target { key: Some(key), ca, ..good(Layer::Messenger(7), address) });
    assert!(report.all_passed(), "{:#?}", not_passed(&report));
}

#[test]
fn an_open_server_skips_what_is_about_the_key_and_nothing_else() {
    let address = ours::stage_4(None);
    let target = conformance::Target { key: None, ..good(Layer::Stage(4), address) };
    let report = check(&target);
    assert_eq!(report.passed() + report.skipped(), report.rows.len(), "{:#?}", not_passed(&report));
    assert!(report.skipped() > 10 && !report.all_passed());
}

#[test]
fn stage_2_fails_what_is_about_many_clients_and_nothing_else() {
    let report = check(&target(Layer::Stage(3), ours::in_turn(Some(ours::key()))));
    let names: Vec<_> = not_passed(&report).into_iter().map(|(name, _)| name).collect();
    let crowd = [
        "a-second-client",
        "fifty-clients",
        "silent-clients",
        "stranger-beside",
        "unread-answers",
        "busy-and-quiet",
    ];
    assert_eq!(names, crowd, "stage 2 serves one client at a time");
}
