//! The attacks of this stage: a key file stolen after a session was recorded; and stage 6's man in the middle, who
//! has learned the new handshake.

mod mallory;
mod recorded;
mod stolen_key;

use echo::lab::{self, Attack};

/// The attack that the older way falls to. The default one has nothing for it.
pub const ATTACKS: &[Attack] = &[Attack {
    name: "stolen-key",
    stage: 7,
    goal: "reads a session that was recorded, with the server's key file (--stolen) that was stolen afterwards",
    takes: &["listen", "recording", "stolen"],
    victim: &["--key-transport"],
    run: stolen_key::stolen_key,
}];

/// Stage 6's attack, by somebody who speaks this stage's handshake.
const AIMED_ANEW: &[Attack] = &[cbc_packet::attack::MALLORY.aimed_anew(mallory::mallory)];

/// What this stage's program knows, the newest attacks first.
#[must_use]
pub fn tables() -> Vec<&'static [Attack]> {
    lab::attack_tables(ATTACKS, AIMED_ANEW, &cbc_packet::attack::tables())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_stands_once_and_the_newest_stage_first() {
        let tables = tables();
        let attacks: Vec<&Attack> = tables.iter().copied().flatten().collect();
        let names: BTreeSet<&str> = attacks.iter().map(|attack| attack.name).collect();
        assert_eq!(names.len(), attacks.len());
        assert!(attacks.is_sorted_by_key(|attack| std::cmp::Reverse(attack.stage)));
    }
}
