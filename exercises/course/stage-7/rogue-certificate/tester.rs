//! The tester of `rogue-certificate`: a board that checks a chain and forgets the CA bit.

mod board;
mod exercise;
#[path = "../issue.rs"]
mod issue;

use board::Board;
use certificates::rsa::PrivateKey;
use certificates::x509::{Certificate, CertificateError, Purpose, verify_chain};
use exercise::{Mine, attack, rogue_chain};
use issue::Claim;
use kit::{fail, flag, same_text};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::time::{Duration, SystemTime};

/// 2026-11-24, 12:00.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_521_600)
}

/// The CA's certificate, and what mallory has.
fn world() -> (Certificate, Mine) {
    let key =
        |seed| PrivateKey::generate(2048, &mut StdRng::seed_from_u64(seed)).expect("2048 bits are enough");
    let (ca_key, mine) = (key(2), key(7));
    let life = [now() - Duration::from_secs(3600), now() + Duration::from_secs(3600)];
    let claim = |subject: &str, ca, key: &PrivateKey| Claim {
        subject: subject.into(),
        issuer: "the CA of the class".into(),
        names: vec![],
        ca,
        life,
        key: key.public().clone(),
    };
    let ca = claim("the CA of the class", true, &ca_key).sign(&ca_key);
    let leaf = claim("mallory", false, &mine).sign(&ca_key);
    (ca.clone(), Mine { chain: vec![leaf, ca], key: mine })
}

pub fn main() {
    kit::run(|tester| {
        let (ca, mine) = world();
        let board = Board::new(ca.clone(), now(), |name| match name {
            "alice" => flag("rogue-certificate"),
            name => format!("nothing new for {name}"),
        });
        let inbox = |name: &str| {
            attack(&board, &mine, name).unwrap_or_else(|why| fail(format!("the board refuses: {why}")))
        };
        tester.step("the board lets mallory in as bob", || same_text("nothing new for bob", &inbox("bob")));
        tester.step("and as somebody whose name you could not know", || {
            same_text("nothing new for carol-4711", &inbox("carol-4711"));
        });
        tester.step("alice's inbox has the flag", || same_text(&flag("rogue-certificate"), &inbox("alice")));
        tester.step("stage 7 refuses the same chain, for the reason that the board forgets", || {
            let chain = rogue_chain(&mine, "alice");
            let ders: Vec<&[u8]> = chain.iter().map(Certificate::der).collect();
            match verify_chain(&ders, &ca, None, &Purpose::Client, now()) {
                Err(CertificateError::NotACa { .. }) => {}
                Err(error) => fail(format!("stage 7 has another reason: {error}")),
                Ok(_) => fail("stage 7 accepts it: so the CA has signed it"),
            }
        });
    });
}
