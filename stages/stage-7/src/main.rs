//! The command line of stage 7.

mod commands;
mod demo;
mod scenario;

use certificates::{PORT, attack};
use echo::lab::{self, Program};
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: "stage 7: certificates, an own CA, and the signed handshake",
    verbs: &[
        lab::demo_verb("cargo run -p stage-7 -- demo --step", demo::run, &[lab::DEMO]),
        commands::SERVER,
        commands::CLIENT,
        commands::CA_INIT,
        commands::CA_SIGN,
        commands::CA_SHOW,
        commands::CA_REVOKE,
        commands::CSR,
        commands::VERIFY,
        lab::attack_verb("cargo run -p stage-7 -- attack mallory --listen 127.0.0.1:9107", |options| {
            lab::run_attack(&attack::tables(), options, PORT)
        }),
        scenario::SCENARIO,
        scenario::CA_SERVER,
        scenario::BOARD,
        scenario::STUDENT,
    ],
};

fn main() -> ExitCode {
    PROGRAM.main()
}
