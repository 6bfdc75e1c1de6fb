//! Every attack, run as a process against the server of its own stage and of every later one; and the
//! generated parts of `stages/README.md`.

use acceptance::{Victim, generated, run_with, start};
use echo::lab::{Attack, LADDER, Rung};
use https::attack::ALL;
use std::time::Duration;

/// A defence that a server has to be asked for.
const DEFENCES: [(&str, &str); 1] = [("visitor", "--client-ca")];

#[test]
fn every_stage_falls_to_its_own_attack_and_stops_the_one_before() {
    let mut rows = Vec::new();
    for attack in ALL.iter().copied().flatten() {
        let later = LADDER.iter().map(|rung| rung.stage).filter(|stage| *stage > attack.stage);
        let mut cells = vec![(attack.stage, falls(attack, attack.stage, &[]))];
        cells.extend(later.map(|stage| (stage, falls(attack, stage, &[]))));
        for (stage, fell) in &cells {
            // At its own stage it may need a weakness that the victim has to ask for.
            let expected = *stage == attack.stage && attack.victim.is_empty();
            assert_eq!(*fell, expected, "{} against stage {stage}", attack.name);
        }
        let mut with = |options: &[&str], expected: bool| {
            let fell = falls(attack, attack.stage, options);
            assert_eq!(fell, expected, "{} against stage {} {options:?}", attack.name, attack.stage);
            rows.push((
                attack,
                format!(" (victim with `{}`)", options.join(" ")),
                vec![(attack.stage, fell)],
            ));
        };
        if !attack.victim.is_empty() {
            with(attack.victim, true);
        }
        for (_, defence) in DEFENCES.iter().filter(|(name, _)| *name == attack.name) {
            with(&[defence], false);
        }
        rows.push((attack, String::new(), cells));
    }

    let stages: Vec<String> = LADDER.iter().map(|rung| format!(" {} |", rung.stage)).collect();
    let mut table =
        format!("| attack \\ server of stage |{}\n|---|{}\n", stages.concat(), "---|".repeat(LADDER.len()));
    for (attack, victim, row) in rows {
        let cell = |rung: &Rung| match row.iter().find(|(stage, _)| *stage == rung.stage) {
            None => " |",
            Some((_, true)) => " **succeeds** |",
            Some((_, false)) => " fails |",
        };
        let cells: String = LADDER.iter().map(cell).collect();
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
    for attack in ALL.iter().copied().flatten() {
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
