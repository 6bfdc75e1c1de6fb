//! The attacks of this stage: a key file stolen after a session was recorded; and stage 6's man in the middle, who
//! has learned the new handshake.

mod mallory;
mod recorded;
mod stolen_key;

use echo::lab::Attack;

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
pub const RETARGETED: &[Attack] = &[Attack {
    name: "mallory",
    stage: 6,
    goal: "agrees on a key with each side, reads and changes what is said; neither side notices",
    takes: &["listen"],
    victim: &[],
    run: mallory::mallory,
}];

/// What this stage's program knows: its own attacks, then the older ones; those that were aimed anew stand in the
/// place of the old ones.
#[must_use]
pub fn tables() -> Vec<&'static [Attack]> {
    let of_stage_6 = cbc_packet::attack::ATTACKS.chunks(1).filter(|older| !is_retargeted(older, RETARGETED));
    let of_stage_5 = key_exchange::attack::ATTACKS
        .chunks(1)
        .filter(|older| !is_retargeted(older, cbc_packet::attack::RETARGETED));
    let mut tables = vec![ATTACKS, RETARGETED];
    tables.extend(of_stage_6);
    tables.push(cbc_packet::attack::RETARGETED);
    tables.extend(of_stage_5);
    tables.extend([
        framing::attack::ATTACKS,
        socketserver::attack::ATTACKS,
        conn_auth::attack::ATTACKS,
        echo::attack::ATTACKS,
    ]);
    tables
}

fn is_retargeted(older: &[Attack], newer: &[Attack]) -> bool {
    older.iter().any(|old| newer.iter().any(|new| new.name == old.name))
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
