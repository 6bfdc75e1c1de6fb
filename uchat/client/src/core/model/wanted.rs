//! Certificates and key packages that the vault misses, collected until they can be asked for together.

use std::collections::BTreeSet;
use uchat_protocol::KeyId;

/// The most of each kind that are kept: who sends us more unknown chains than this gets no answer for the rest.
pub(in crate::core) const MOST: usize = 4096;

/// What is to be asked for.
#[derive(Debug, Default)]
pub(in crate::core) struct Wanted {
    pub(in crate::core) certificates: BTreeSet<u64>,
    /// Those that were asked for and did not come yet.
    pub(in crate::core) asked_certificates: BTreeSet<u64>,
    pub(in crate::core) packages: BTreeSet<(u64, KeyId)>,
    /// Those that were asked for and did not come yet.
    pub(in crate::core) asked_packages: BTreeSet<(u64, KeyId)>,
    /// Not before then, because the server has put it off.
    pub(in crate::core) not_before: u64,
}

impl Wanted {
    /// The connection is lost: what was asked for is to be asked for again.
    pub(in crate::core) fn take_back(&mut self) {
        self.certificates.append(&mut self.asked_certificates);
        self.packages.append(&mut self.asked_packages);
        self.not_before = 0;
    }
}
