//! A certificate for somebody else, from one's own honest certificate.

use super::board::Board;
use super::issue::Claim;
use certificates::rsa::PrivateKey;
use certificates::x509::Certificate;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// What mallory has: a certificate for "mallory", which the CA has honestly signed, and its key.
pub struct Mine {
    /// The certificate first, then the CA's. Both are valid now.
    pub chain: Vec<Certificate>,
    /// The private key of the first.
    pub key: PrivateKey,
}

/// Gets into the board as `victim`, and returns what is in the inbox. How the board checks stands in
/// `board.rs`, beside this file.
///
/// `key.sign(&bytes, &mut random)` signs. The random numbers only hide the key meanwhile, so those of
/// `StdRng::seed_from_u64(1)` are good enough here.
pub fn attack(board: &Board, mine: &Mine, victim: &str) -> Result<String, String> {
    // solution
    let mut random = StdRng::seed_from_u64(1);
    let signature = mine.key.sign(&board.challenge(), &mut random).map_err(|error| error.to_string())?;
    board.log_in(&rogue_chain(mine, victim), &signature)
    // starter
    // todo!("sign the board's challenge and show the chain")
    // end
}

/// A chain for `victim`, which the CA has never heard of.
///
/// `../issue.rs`, one folder up, writes any certificate: fill in a
/// `Claim { subject, issuer, names, ca, life, key }` and call `sign` with a key. Common names are given by
/// `certificate.common_name()`, the two dates by `certificate.validity()`, the public half of a key by
/// `key.public().clone()`. `names` may be empty: the board looks at the common name.
pub fn rogue_chain(mine: &Mine, victim: &str) -> Vec<Certificate> {
    // solution
    let (from, until) = mine.chain[0].validity();
    let claim = Claim {
        subject: victim.to_owned(),
        issuer: mine.chain[0].common_name().unwrap_or_default(),
        names: Vec::new(),
        ca: false,
        life: [from, until],
        key: mine.key.public().clone(),
    };
    let mut chain = mine.chain.clone();
    chain.insert(0, claim.sign(&mine.key));
    chain
    // starter
    // todo!("who must sign, so that every signature in the chain is right?")
    // end
}
