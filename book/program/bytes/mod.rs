//! Labelled bytes for `{{#bytes NAME}}`: from runs of the real code with fixed seeds, one file per topic.
//!
//! | file | idea |
//! |---|---|
//! | `dump.rs` | what travelled, as HTML that unfolds |
//! | `seeds.rs` | random numbers, one day, and the people who have certificates |
//! | `talk.rs` `keys.rs` | a stage's server without a socket; a key log without a file |
//! | `early.rs` `frames.rs` `secret.rs` `certificate.rs` | stages 1 to 7, message by message |
//! | `handshake.rs` `about.rs` | stage 7's whole connection, and what each message is for |
//! | `tls13.rs` `record.rs` | a recorded TLS 1.3 session, and how it is recorded |
//! | `messenger.rs` | a message through all its layers |

mod about;
mod certificate;
pub mod dump;
mod early;
pub mod frames;
pub mod handshake;
mod keys;
pub mod messenger;
pub mod record;
mod secret;
pub mod seeds;
mod talk;
pub mod tls13;

use crate::generated::{Entry, Problem};
use crate::place::Place;
use dump::Dump;
use std::path::PathBuf;

/// Everything that `{{#bytes NAME}}` can name.
pub const ALL: &[Entry] = &[
    Entry { name: "echo", make: |_| html(early::echo()) },
    Entry { name: "challenge", make: |_| html(early::challenge()) },
    Entry { name: "coalesced", make: |_| html(early::coalesced()) },
    Entry { name: "frame", make: |_| html(frames::frame()) },
    Entry { name: "values", make: |_| html(frames::values()) },
    Entry { name: "file", make: |_| html(frames::file()) },
    Entry { name: "exchange", make: |_| html(secret::exchange()) },
    Entry { name: "rc4", make: |_| html(secret::rc4()) },
    Entry { name: "packet", make: |_| html(secret::packet()) },
    Entry { name: "tamper", make: |_| html(secret::tamper()) },
    Entry { name: "certificate", make: |_| html(certificate::certificate()) },
    Entry { name: "handshake", make: |_| html(handshake::handshake()) },
    Entry { name: "sealed-packet", make: |_| html(handshake::sealed_packet()) },
    Entry { name: "tls13", make: |place| html(tls13::tls13(place)) },
    Entry { name: "http", make: |place| html(tls13::http(place)) },
    Entry { name: "message", make: |_| html(messenger::message()) },
    Entry { name: "envelope", make: |_| html(messenger::envelope()) },
    Entry { name: "room-key", make: |_| html(messenger::room_key()) },
];

/// Records again what pages show from a recording, into [`Place::recorded`], and gives the files that it wrote.
pub fn record(place: &Place) -> Result<Vec<PathBuf>, Problem> {
    let mut files = record::tls13(place)?;
    files.extend(crate::tables::costs::measure(place)?);
    Ok(files)
}

fn html(dump: Result<Dump, Problem>) -> Result<String, Problem> {
    dump.map(|dump| dump.html())
}
