//! Every attack, run as a process against the server of its own stage and of every later one; and the
//! generated parts of `stages/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use acceptance::{PATIENCE, generated, run_with, server, start};
use echo::lab::{Attack, LADDER};
use std::net::SocketAddr;
use std::time::Duration;

/// The stages' own attacks, oldest first.
const ATTACKS: [&[Attack]; 5] = [
    echo::attack::ATTACKS,
    conn_auth::attack::ATTACKS,
    socketserver::attack::ATTACKS,
    framing::attack::ATTACKS,
    key_exchange::attack::ATTACKS,
];

#[test]
fn every_stage_falls_to_its_own_attack_and_stops_the_one_before() {
    let mut rows = Vec::new();
    for attack in ATTACKS.iter().copied().flatten() {
        let cells: Vec<Option<bool>> = LADDER
            .iter()
            .map(|rung| {
                // At its own stage it may need a weakness that the victim has to ask for.
                let more = if rung.stage == attack.stage { attack.victim } else { &[] };
                (rung.stage >= attack.stage).then(|| falls(attack, rung.stage, more))
            })
            .collect();
        let at = |stage: u8| cells.get(usize::from(stage) - 1).copied().flatten();
        assert_eq!(at(attack.stage), Some(true), "stage {} should fall to {}", attack.stage, attack.name);
        if !attack.victim.is_empty() {
            assert!(
                !falls(attack, attack.stage, &[]),
                "{} should fail without {:?}",
                attack.name,
                attack.victim
            );
        }
        for later in LADDER.iter().filter(|rung| rung.stage > attack.stage) {
            assert_eq!(at(later.stage), Some(false), "stage {} should stop {}", later.stage, attack.name);
        }
        rows.push((attack, cells));
    }

    let stages: Vec<String> = LADDER.iter().map(|rung| format!(" {} |", rung.stage)).collect();
    let mut table =
        format!("| attack \\ server of stage |{}\n|---|{}\n", stages.concat(), "---|".repeat(LADDER.len()));
    for (attack, row) in rows {
        let cells: String = row
            .iter()
            .map(|falls| match falls {
                None => " |",
                Some(true) => " **succeeds** |",
                Some(false) => " fails |",
            })
            .collect();
        let victim: String =
            attack.victim.iter().map(|option| format!(" (victim with `{option}`)")).collect();
        table.push_str(&format!("| `stage-{} attack {}`{victim} |{cells}\n", attack.stage, attack.name));
    }
    generated("stages/README.md", "matrix", &table);
}

#[test]
fn the_ladder_and_the_goals_in_the_readme_come_from_the_code() {
    let mut ladder = String::from(
        "| stage | layer | library | port | attack it stops | attack it falls to | HTTPS counterpart |\n|---|---|---|---|---|---|---|\n",
    );
    for rung in LADDER {
        ladder.push_str(&format!(
            "| [{0}](stage-{0}/README.md) | {1} | `{2}` | {3} | {4} | {5} | {6} |\n",
            rung.stage, rung.layer, rung.library, rung.port, rung.stops, rung.falls_to, rung.counterpart
        ));
    }
    generated("stages/README.md", "ladder", &ladder);

    let mut goals = String::from("| attack | where | its goal |\n|---|---|---|\n");
    for attack in ATTACKS.iter().copied().flatten() {
        let place = if attack.on_path() { "on the path" } else { "anywhere" };
        goals.push_str(&format!("| `{}` | {place} | {} |\n", attack.name, attack.goal));
    }
    generated("stages/README.md", "goals", &goals);
}

/// Runs the attack against a fresh server, with a classmate's client on the path where it needs one.
fn falls(attack: &Attack, stage: u8, more: &[&str]) -> bool {
    let victim = format!("stage-{stage}");
    let program = format!("stage-{}", attack.stage);
    // The class has a key of its own; the attack is not told.
    let key: &[&str] = if stage == 1 { &[] } else { &["--key", "only for the class"] };
    let key = &[key, more].concat();
    let (_server, address) = server(&victim, key);
    let connect = address.to_string();
    let args = ["attack", attack.name, "--connect", &connect];
    let (status, said) = if attack.on_path() {
        let (attack, path) = start(&program, args).server().unwrap();
        converse(&victim, path, key);
        let ended = attack.wait(LIMIT).unwrap();
        (ended.status, ended.output + &ended.errors)
    } else {
        let ended = run_with(&program, &args, b"", LIMIT);
        (ended.status, ended.output + &ended.errors)
    };
    match status.code() {
        Some(0) => true,
        Some(3) => false,
        _ => panic!("{} against {victim} could not run: {said}", attack.name),
    }
}

/// A classmate who asks three things.
fn converse(stage: &str, server: SocketAddr, key: &[&str]) {
    let server = server.to_string();
    let mut client = start(stage, ["client", "--connect", &server].iter().chain(key));
    // A server that notices an attack closes, and the rest goes unanswered.
    for line in ["straße", "second", "third"] {
        let _ = client.ask(line);
    }
    client.wait(PATIENCE).unwrap();
}

const LIMIT: Duration = Duration::from_secs(60);
