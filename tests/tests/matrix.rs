//! Every attack, run as a process against the server of its own stage and of every later one; and the
//! generated parts of `stages/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use acceptance::{Victim, generated, run_with, start};
use echo::lab::{Attack, LADDER};
use std::time::Duration;

/// The stages' own attacks, oldest first.
const ATTACKS: [&[Attack]; 6] = [
    echo::attack::ATTACKS,
    conn_auth::attack::ATTACKS,
    socketserver::attack::ATTACKS,
    framing::attack::ATTACKS,
    key_exchange::attack::ATTACKS,
    cbc_packet::attack::ATTACKS,
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
    let victim = Victim::start(stage, more);
    // Every stage has the older attacks, too, and may aim one at where a field now lies.
    let program = format!("stage-{stage}");
    let (connect, stolen) = (victim.address().to_string(), victim.private_key());
    let mut args = vec!["attack", attack.name, "--connect", &connect];
    if attack.takes.contains(&"stolen") {
        args.extend(["--stolen", stolen.to_str().unwrap()]);
    }
    let ended = if attack.on_path() {
        let (attack, path) = start(&program, args).server().unwrap();
        victim.converse(path, &["straße", "/add bob", "third"]);
        attack.wait(LIMIT).unwrap()
    } else {
        run_with(&program, &args, b"", LIMIT)
    };
    match ended.status.code() {
        Some(0) => true,
        Some(3) => false,
        _ => panic!("{} against stage {stage} could not run: {}{}", attack.name, ended.output, ended.errors),
    }
}

const LIMIT: Duration = Duration::from_secs(60);
