//! The stages through their programs: command lines, demos, bytes, attacks.
//!
//! One program for all, so that less is linked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod command_lines;
mod conformance;
mod demos;
mod matrix;
mod stage_1_and_2;
mod stage_3;
mod stage_4_files;
mod stage_4_frames;
mod stage_5;
mod stage_6;
mod stage_6_attacks;
mod stage_7;
mod stage_7_certificates;
mod stage_7_scenario;
mod stage_7_stolen_key;
mod stage_8;
mod stage_8_answers;
mod stage_8_flip;
mod stage_8_requests;
