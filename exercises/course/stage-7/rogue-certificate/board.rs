//! The chat's board. It lets in whoever shows a chain that ends in its CA and proves to have the key of the
//! leaf. Its author has checked signatures, names and dates, and has forgotten one thing.

use certificates::x509::{Certificate, issued_by};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::cell::Cell;
use std::time::SystemTime;

pub struct Board {
    anchor: Certificate,
    now: SystemTime,
    challenge: Cell<[u8; 32]>,
    inbox: Box<dyn Fn(&str) -> String>,
}

impl Board {
    /// A board that knows this CA; `inbox` gives what is there for somebody of this name.
    pub fn new(anchor: Certificate, now: SystemTime, inbox: impl Fn(&str) -> String + 'static) -> Self {
        let challenge = StdRng::seed_from_u64(13).random();
        Self { anchor, now, challenge: Cell::new(challenge), inbox: Box::new(inbox) }
    }

    /// What has to be signed with the leaf's key to be let in. It changes with each try.
    pub fn challenge(&self) -> [u8; 32] {
        self.challenge.get()
    }

    /// Lets somebody in, and gives what is in their inbox; else says what is wrong.
    pub fn log_in(&self, chain: &[Certificate], signature: &[u8]) -> Result<String, String> {
        let challenge = self.challenge.replace(StdRng::from_seed(self.challenge.get()).random());
        let [leaf, .., last] = chain else { return Err("a chain has at least two certificates".into()) };
        if last.der() != self.anchor.der() {
            return Err("the chain does not end in this board's CA".into());
        }
        for certificate in chain {
            let (from, until) = certificate.validity();
            if self.now < from || self.now > until {
                return Err(format!("it is not the time of {}", certificate.who()));
            }
        }
        for (certificate, issuer) in chain.iter().zip(&chain[1..]) {
            issued_by(certificate, issuer).map_err(|error| error.to_string())?;
        }
        leaf.public_key().verify(&challenge, signature).map_err(|error| format!("the challenge: {error}"))?;
        let name = leaf.common_name().ok_or("the leaf is for nobody")?;
        Ok((self.inbox)(&name))
    }
}
