//! Certificates and key packages that the vault misses: asked for together, one request of each kind at a time, and again
//! where the server puts it off.

use super::{Step, is_over, is_put_off, pause};
use crate::core::VaultEffect;
use crate::core::model::link::Purpose;
use crate::core::model::outbox::Hold;
use crate::core::model::wanted::MOST;
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;
use uchat_protocol::e2e::Header;
use uchat_protocol::push::KeyPackageFor;
use uchat_protocol::reply::Done;
use uchat_protocol::request::{CertificatesOf, FetchKeyPackages};
use uchat_protocol::{KeyId, Refusal, limits};

impl Step<'_> {
    pub(super) fn want_certificates(&mut self, users: impl IntoIterator<Item = u64>) {
        let wanted = &mut self.model.wanted;
        for user in users {
            if wanted.certificates.len() < MOST && !wanted.asked_certificates.contains(&user) {
                wanted.certificates.insert(user);
            }
        }
    }

    pub(super) fn want_packages(&mut self, keys: Vec<(u64, KeyId)>) {
        let wanted = &mut self.model.wanted;
        for key in keys {
            if wanted.packages.len() < MOST && !wanted.asked_packages.contains(&key) {
                wanted.packages.insert(key);
            }
        }
    }

    pub(super) fn pump_wanted(&mut self) {
        let wanted = &mut self.model.wanted;
        if !is_over(wanted.not_before, self.now) {
            return;
        }
        if wanted.asked_certificates.is_empty() && !wanted.certificates.is_empty() {
            let users: Vec<u64> = wanted.certificates.iter().copied().take(limits::ASKED_AT_ONCE).collect();
            wanted.certificates.retain(|user| !users.contains(user));
            wanted.asked_certificates.extend(&users);
            self.send(Purpose::Certificates(users.clone()), CertificatesOf { users });
        }
        let wanted = &mut self.model.wanted;
        if wanted.asked_packages.is_empty() && !wanted.packages.is_empty() {
            let keys: Vec<_> = wanted.packages.iter().copied().take(limits::ASKED_AT_ONCE).collect();
            wanted.packages.retain(|key| !keys.contains(key));
            wanted.asked_packages.extend(&keys);
            self.send(Purpose::Packages(keys.clone()), FetchKeyPackages { keys });
        }
    }

    /// Lanes that have waited for these users go on, whether there were certificates or not: the vault will see.
    pub(super) fn certificates_reply(&mut self, asked: Vec<u64>, reply: Result<Done, Refusal>) {
        let wanted = &mut self.model.wanted;
        let mut answered = std::mem::take(&mut wanted.asked_certificates);
        if let Err(refusal) = &reply
            && is_put_off(refusal)
        {
            wanted.certificates.append(&mut answered);
            wanted.not_before = self.now.saturating_add(pause(refusal, 1));
            return;
        }
        if let Ok(done) = reply {
            let certificates =
                done.certificates.into_iter().map(|(user, der)| (user, ByteBuf::into_vec(der))).collect();
            self.vault(VaultEffect::Certificates { asked: asked.clone(), certificates });
        }
        for lane in self.model.outbox.lanes.values_mut() {
            if let Hold::Certificates(users) = &mut lane.hold {
                users.retain(|user| !asked.contains(user));
                if users.is_empty() {
                    lane.hold = Hold::None;
                }
            }
        }
    }

    pub(super) fn packages_reply(&mut self, asked: Vec<(u64, KeyId)>, reply: Result<Done, Refusal>) {
        let wanted = &mut self.model.wanted;
        let mut answered = std::mem::take(&mut wanted.asked_packages);
        if let Err(refusal) = &reply
            && is_put_off(refusal)
        {
            wanted.packages.append(&mut answered);
            wanted.not_before = self.now.saturating_add(pause(refusal, 1));
            return;
        }
        if let Ok(done) = reply {
            let asked = if done.more { self.ask_again(asked, &done.packages) } else { asked };
            self.vault(VaultEffect::Packages { asked, packages: done.packages });
        }
    }

    /// The answer is full: what is not in it is asked for once more. Gives back what is settled.
    fn ask_again(&mut self, asked: Vec<(u64, KeyId)>, came: &[KeyPackageFor]) -> Vec<(u64, KeyId)> {
        let headers = came.iter().filter_map(|package| Header::parse(&package.header).ok());
        let here: BTreeSet<(u64, KeyId)> = headers.map(|header| (header.sender, header.key_id)).collect();
        let (settled, missing): (Vec<_>, Vec<_>) = asked.into_iter().partition(|key| here.contains(key));
        if settled.is_empty() {
            return missing; // nothing that was asked for came, so asking again would never end
        }
        self.want_packages(missing);
        settled
    }
}
