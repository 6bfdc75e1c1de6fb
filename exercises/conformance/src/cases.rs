//! The cases of each stage: its own layer's and those of all layers below that it keeps.

mod challenge;
mod channel;
mod crowd;
mod echo;
mod exchange;
mod files;
mod finished;
mod frames;
mod goodbye;
mod handshake;
mod hello;
mod http;
mod https;
mod messages;
mod messenger;
mod packets;
mod secret;
mod stream;

use crate::case::Case;
use crate::target::Layer;

/// The cases of a stage, or of a lesson of the messenger, in the order in which they run.
#[must_use]
pub fn cases(layer: Layer) -> Vec<Case> {
    let tables: &[&[Case]] = match layer {
        Layer::Stage(1) => &[echo::CASES, stream::CASES],
        Layer::Stage(2) => &[challenge::CASES, echo::CASES, stream::CASES],
        Layer::Stage(3) => &[challenge::CASES, echo::CASES, stream::CASES, crowd::CASES],
        Layer::Stage(4) => &[challenge::CASES, echo::CASES, frames::CASES, crowd::CASES],
        Layer::Stage(5) => &[challenge::CASES, exchange::CASES, echo::CASES, secret::CASES, crowd::CASES],
        Layer::Stage(6) => &[
            challenge::CASES,
            exchange::CASES,
            echo::CASES,
            packets::CASES,
            messages::CASES,
            messages::MALFORMED,
            crowd::CASES,
        ],
        Layer::Stage(7) => &[
            handshake::CASES,
            finished::CASES,
            hello::CASES,
            echo::CASES,
            channel::CASES,
            goodbye::CASES,
            messages::CASES,
            messages::MALFORMED,
            crowd::CASES,
        ],
        Layer::Files => &[files::CASES],
        Layer::Stage(8) => &[https::CASES, http::CASES],
        Layer::Messenger(6) => &[
            challenge::CASES,
            exchange::CASES,
            echo::CASES,
            packets::CASES,
            messages::MALFORMED,
            crowd::CASES,
        ],
        Layer::Messenger(7) => &[
            handshake::CASES,
            finished::CASES,
            hello::CASES,
            echo::CASES,
            channel::CASES,
            goodbye::CASES,
            messages::MALFORMED,
            crowd::CASES,
        ],
        _ => &[],
    };
    let mut cases = tables.concat();
    if let Layer::Messenger(lesson) = layer {
        // The messenger's echo is as sent, and says nothing before it has looked at the whole exchange.
        cases.retain(|case| !NOT_IN_THE_MESSENGER.contains(&case.name));
        cases.extend(messenger::cases(lesson));
    }
    cases
}

/// Cases about an echo in upper case, which the messenger's is not.
const NOT_IN_THE_MESSENGER: [&str; 2] = ["upper-case", "upper-case-unicode"];
