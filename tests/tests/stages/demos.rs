//! The demos as a reader sees them: they end by themselves, show what was on the wire, and what they
//! tell the reader to run next works.

use acceptance::{PATIENCE, run_with, start};
use conn_auth::{Challenge, Key};
use echo::lab::{LADDER, unhex};
use std::collections::BTreeSet;
use std::time::Duration;

/// From this stage on the text is not on the wire.
const ENCRYPTED_FROM: u8 = 5;

/// From this stage on it travels in packets.
const PACKETS_FROM: u8 = 6;

/// This stage shows its records decrypted; `stage_8.rs` looks at them as they travel.
const SHOWN_DECRYPTED: u8 = 8;

/// What a demo may take in a debug build.
const LIMIT: Duration = Duration::from_secs(30);

fn demo(stage: u8, args: &[&str]) -> String {
    let ended = run_with(&format!("stage-{stage}"), &[&["demo"], args].concat(), b"", LIMIT);
    assert_eq!(ended.status.code(), Some(0), "stage {stage}: {}\n{}", ended.errors, ended.output);
    assert_eq!(ended.errors, "", "stage {stage}");
    ended.output
}

/// The bytes of the dump under each arrow, in order.
fn dumped(output: &str) -> Vec<Vec<u8>> {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let mut lines = output.lines();
    while let Some(line) = lines.next() {
        if !line.contains("client ──▶ server") && !line.contains("client ◀── server") {
            continue;
        }
        let mut bytes = Vec::new();
        for row in lines.by_ref().take_while(|row| row.starts_with("  ") && row.get(2..3).is_some_and(is_hex))
        {
            let digits: String = row.chars().skip(8).take(23).filter(|c| *c != ' ').collect();
            bytes.extend(unhex(&digits).unwrap_or_default());
        }
        messages.push(bytes);
    }
    messages
}

/// How many bytes carry a text: a frame, or from stage 6 on a packet with a message (operation, type, length,
/// text) that is filled up to whole blocks.
fn carrying(text: &[u8], stage: u8) -> usize {
    if stage < PACKETS_FROM {
        framing::HEADER_LENGTH + text.len()
    } else {
        cbc_packet::HEADER_LENGTH + (6 + text.len()).next_multiple_of(cbc_packet::BLOCK)
    }
}

fn is_hex(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_hexdigit())
}

#[test]
fn every_demo_ends_well_plain_and_in_80_columns() {
    for rung in LADDER {
        let output = demo(rung.stage, &[]);
        assert!(!output.contains('\x1b'), "no colours where nobody sees them");
        let long = output.lines().find(|line| anatomy::width(line) > 80 && !line.contains("$ "));
        assert_eq!(long, None, "stage {}", rung.stage);
        assert!(output.contains("attack succeeded: "), "stage {} falls to nothing", rung.stage);
        assert_eq!(
            output.contains("attack failed: "),
            rung.stage > 1,
            "stage {} stops the one before",
            rung.stage
        );
    }
}

#[test]
fn what_was_said_is_what_the_dump_shows() {
    for rung in LADDER.iter().filter(|rung| rung.stage != SHOWN_DECRYPTED) {
        for text in ["Was ist los, 小明?", "小明 1234"] {
            let messages = dumped(&demo(rung.stage, &["--text", text]));
            let upper = echo::upper_case(text.as_bytes());
            for wanted in [text.as_bytes(), &upper] {
                if rung.stage < ENCRYPTED_FROM {
                    let shown = messages.iter().any(|bytes| bytes.ends_with(wanted));
                    assert!(shown, "stage {}: {text}", rung.stage);
                } else {
                    let length = messages.iter().any(|bytes| bytes.len() == carrying(wanted, rung.stage));
                    let shown =
                        messages.iter().any(|bytes| bytes.windows(4).any(|part| part == &wanted[..4]));
                    assert!(length && !shown, "stage {}: its length is there, the text is not", rung.stage);
                }
            }
        }
    }
}

#[test]
fn the_answer_in_the_dump_is_the_hmac_of_the_challenge_in_the_dump_under_the_given_key() {
    for key in ["our class", "another key"] {
        let messages = dumped(&demo(2, &["--key", key]));
        let challenge: [u8; 32] = messages[0].as_slice().try_into().expect("the challenge comes first");
        let answer = Challenge::new(challenge).answer(&Key::new(key.as_bytes()).unwrap());
        assert_eq!(messages[1], answer, "the answer follows");
    }
}

#[test]
fn no_two_runs_show_the_same_challenge() {
    assert_ne!(dumped(&demo(2, &[]))[0], dumped(&demo(2, &[]))[0]);
}

#[test]
fn stage_3_measures_every_model_at_three_sizes() {
    let output = demo(3, &[]);
    for model in ["threads", "select", "tasks"] {
        for clients in ["1", "50", "500"] {
            let row = output.lines().find(|line| {
                let mut words = line.split_whitespace();
                words.next() == Some(model) && words.next() == Some(clients)
            });
            let row = row.unwrap_or_else(|| panic!("no row for {model} with {clients}:\n{output}"));
            assert!(row.ends_with(" ms"), "{row}");
        }
    }
}

#[test]
fn step_waits_for_enter_and_runs_through_when_nobody_can_press_it() {
    let mut demo = start("stage-1", ["demo", "--step"]);
    let until_pause = |demo: &mut echo::lab::Process| -> bool {
        loop {
            match demo.line(PATIENCE) {
                Ok(line) if line.contains("[Enter goes on]") => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    };
    assert!(until_pause(&mut demo));
    demo.write_line("").unwrap();
    assert!(until_pause(&mut demo), "each step waits");
    let ended = demo.wait(LIMIT).unwrap();
    assert!(ended.status.success(), "{}", ended.errors);
    assert!(ended.output.contains("Next"), "{}", ended.output);
}

#[test]
fn every_command_that_a_demo_recommends_works() {
    let mut commands = BTreeSet::new();
    for rung in LADDER {
        let output = demo(rung.stage, &[]);
        let next = output.rsplit_once("Next\n").expect("a demo ends with what is next").1;
        let found: Vec<&str> =
            next.lines().filter_map(|line| line.trim().strip_prefix("cargo run -p ")).collect();
        assert!(!found.is_empty(), "stage {} leads nowhere", rung.stage);
        commands.extend(found.into_iter().map(str::to_owned));
    }
    for command in commands {
        let mut words = command.split_whitespace().filter(|word| *word != "--");
        let name = words.next().unwrap();
        let args: Vec<&str> = words.collect();
        let ended = run_with(name, &args, b"", LIMIT);
        assert!(ended.status.success(), "{command}: {}", ended.errors);
    }
}
