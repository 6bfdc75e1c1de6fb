//! The cases of each stage: its own layer's and those of all layers below that it keeps.

mod challenge;
mod crowd;
mod echo;
mod frames;
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
        _ => &[],
    };
    tables.concat()
}
