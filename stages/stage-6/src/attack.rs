//! The attacks on stage 6. All of them sit on the path, know what is public, and see lengths; none has a key.

mod flip;
mod forge;
mod iv_flip;
mod mallory;
mod padding_oracle;
mod passing;
pub mod path;
mod reflect;
mod replay;

use echo::lab::{self, Attack};
use path::on_path;

/// The attacks that this stage falls to; the last one needs a server with the given option.
pub const ATTACKS: &[Attack] = &[
    Attack {
        name: "forge",
        stage: 6,
        goal: "the server takes a message that nobody with the key has written",
        takes: &["listen"],
        victim: &[],
        run: |target| on_path(target, forge::forge),
    },
    Attack {
        name: "iv-flip",
        stage: 6,
        goal: "a message to add a friend is carried out as one to delete him",
        takes: &["listen"],
        victim: &[],
        run: |target| on_path(target, iv_flip::iv_flip),
    },
    Attack {
        name: "replay",
        stage: 6,
        goal: "the server carries out twice what the client said once",
        takes: &["listen"],
        victim: &[],
        run: |target| on_path(target, replay::replay),
    },
    Attack {
        name: "reflect",
        stage: 6,
        goal: "the server takes one of its own packets for the client's",
        takes: &["listen"],
        victim: &[],
        run: |target| on_path(target, reflect::reflect),
    },
    MALLORY,
    Attack {
        name: "padding-oracle",
        stage: 6,
        goal: "without the key: reads a message by asking the server about its padding",
        takes: &["listen"],
        victim: &["--check-padding"],
        run: |target| on_path(target, padding_oracle::padding_oracle),
    },
];

/// The man in the middle, whom later stages teach their own handshakes.
pub const MALLORY: Attack = Attack {
    name: "mallory",
    stage: 6,
    goal: "agrees on a key with each side, reads and changes what is said; neither side notices",
    takes: &["listen"],
    victim: &[],
    run: |target| on_path(target, mallory::mallory),
};

/// Stage 5's attack, aimed at where a text now lies.
const AIMED_ANEW: &[Attack] = &[key_exchange::attack::FLIP.aimed_anew(|target| on_path(target, flip::flip))];

/// What this stage's program knows, the newest attacks first.
#[must_use]
pub fn tables() -> Vec<&'static [Attack]> {
    lab::attack_tables(
        ATTACKS,
        AIMED_ANEW,
        &[
            key_exchange::attack::ATTACKS,
            framing::attack::ATTACKS,
            socketserver::attack::ATTACKS,
            conn_auth::attack::ATTACKS,
            echo::attack::ATTACKS,
        ],
    )
}
