//! The tester of `chain-check`: good chains, then chains with one thing wrong. Of the good ones stage 7's own
//! check must think the same.

mod exercise;
#[path = "../issue.rs"]
mod issue;

use certificates::rsa::PrivateKey;
use certificates::x509::{Certificate, Purpose, ServerName, verify_chain};
use exercise::{Wrong, check_chain};
use issue::Claim;
use kit::fail;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::time::{Duration, SystemTime};

/// The keys of a small world, and its certificates.
#[derive(Clone)]
struct World {
    root: PrivateKey,
    middle: PrivateKey,
    other: PrivateKey,
    ca: Claim,
    between: Claim,
    leaf: Claim,
}

/// 2026-11-24, 12:00.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_521_600)
}

const DAY: Duration = Duration::from_secs(24 * 3600);

impl World {
    fn new() -> Self {
        let key = |seed| {
            PrivateKey::generate(2048, &mut StdRng::seed_from_u64(seed)).expect("2048 bits are enough")
        };
        let [root, middle, other] = [2, 6, 7].map(key);
        let claim = |subject: &str, issuer: &str, key: &PrivateKey, ca| Claim {
            subject: subject.into(),
            issuer: issuer.into(),
            names: if ca { vec![] } else { vec!["chat.example".into(), "www.chat.example".into()] },
            ca,
            life: [now() - 30 * DAY, now() + 30 * DAY],
            key: key.public().clone(),
        };
        Self {
            ca: claim("the CA", "the CA", &root, true),
            between: claim("a smaller CA", "the CA", &middle, true),
            leaf: claim("chat.example", "the CA", &other, false),
            root,
            middle,
            other,
        }
    }

    fn anchor(&self) -> Certificate {
        self.ca.sign(&self.root)
    }

    /// This leaf, signed by the CA.
    fn short(&self, leaf: &Claim) -> Vec<Certificate> {
        vec![leaf.sign(&self.root), self.anchor()]
    }

    /// A leaf, the smaller CA with this claim, the CA.
    fn long(&self, between: &Claim) -> Vec<Certificate> {
        let leaf = Claim { issuer: between.subject.clone(), ..self.leaf.clone() };
        vec![leaf.sign(&self.middle), between.sign(&self.root), self.anchor()]
    }

    /// A leaf for this name, the smallest CA, the one above it with this claim, the CA. The two between have the
    /// same key.
    fn longest(&self, name: &str, above: &Claim) -> Vec<Certificate> {
        let smallest = Claim {
            subject: "the smallest CA".into(),
            issuer: above.subject.clone(),
            ..self.between.clone()
        };
        let leaf = Claim { issuer: smallest.subject.clone(), names: vec![name.into()], ..self.leaf.clone() };
        let [leaf, smallest] = [leaf, smallest].map(|claim| claim.sign(&self.middle));
        vec![leaf, smallest, above.sign(&self.root), self.anchor()]
    }

    fn check(&self, chain: &[Certificate], name: &str, now: SystemTime) -> Result<(), Wrong> {
        check_chain(chain, &self.anchor(), &server(name), now)
    }

    fn accepts(&self, chain: &[Certificate], name: &str, now: SystemTime, what: &str) {
        let ders: Vec<&[u8]> = chain.iter().map(Certificate::der).collect();
        let purpose = Purpose::Server { name: server(name) };
        if let Err(error) = verify_chain(&ders, &self.anchor(), None, &purpose, now) {
            fail(format!("the tester is wrong, for stage 7 says of {what}: {error}"));
        }
        if let Err(wrong) = self.check(chain, name, now) {
            fail(format!("{what} is good, and is refused: {wrong:?}"));
        }
    }

    fn refuses(&self, chain: &[Certificate], name: &str, now: SystemTime, expected: Wrong, what: &str) {
        match self.check(chain, name, now) {
            Ok(()) => fail(format!("accepted: {what}")),
            Err(wrong) if wrong == expected => {}
            Err(wrong) => fail(format!("{what}\nexpected  {expected:?}\nfound     {wrong:?}")),
        }
    }
}

fn server(name: &str) -> ServerName {
    name.parse().unwrap_or_else(|_| fail(format!("the tester is wrong: {name} is no name")))
}

pub fn main() {
    kit::run(|tester| {
        let world = World::new();
        let (leaf, between) = (&world.leaf, &world.between);
        let good = world.short(leaf);
        let longer = world.long(between);

        tester.step("good chains are accepted", || {
            world.accepts(&good, "chat.example", now(), "a leaf signed by the CA");
            world.accepts(&good, "WWW.chat.example", now(), "its second name, in capital letters,");
            world.accepts(&longer, "chat.example", now(), "a chain with a smaller CA between the two");
            let longest = world.longest("chat.example", between);
            world.accepts(&longest, "chat.example", now(), "a chain with two smaller CAs between the two");
        });
        tester.step("not for another name", || {
            for name in ["bank.example", "example", "x.chat.example", "192.0.2.1"] {
                world.refuses(
                    &good,
                    name,
                    now(),
                    Wrong::Name,
                    &format!("{name} was called, not chat.example"),
                );
            }
            let common = Claim { subject: "bank.example".into(), ..leaf.clone() };
            let what = "the name stands only in the common name";
            world.refuses(&world.short(&common), "bank.example", now(), Wrong::Name, what);
            let none = Claim { names: vec![], ..leaf.clone() };
            world.refuses(
                &world.short(&none),
                "chat.example",
                now(),
                Wrong::Name,
                "no name in subjectAltName",
            );
        });
        tester.step("not if the name stands in another certificate than the leaf", || {
            let named = Claim { names: vec!["bank.example".into()], ..between.clone() };
            let what = "bank.example was called, the leaf is for chat.example, and only the smaller CA has \
                        that name";
            world.refuses(&world.long(&named), "bank.example", now(), Wrong::Name, what);
        });
        tester.step("not with fewer than two or more than four certificates", || {
            world.refuses(&[], "chat.example", now(), Wrong::Length, "an empty chain");
            world.refuses(&[world.anchor()], "the-ca", now(), Wrong::Length, "the CA alone");
            let many = [vec![good[0].clone()], vec![world.anchor(); 4]].concat();
            world.refuses(&many, "chat.example", now(), Wrong::Length, "a chain of five");
        });
        tester.step("not if it ends in another CA", || {
            let namesake = Claim { key: world.other.public().clone(), ..world.ca.clone() }.sign(&world.other);
            let chain = [leaf.sign(&world.other), namesake];
            let what = "a CA with the same name and another key";
            world.refuses(&chain, "chat.example", now(), Wrong::Anchor, what);
            let renewed =
                Claim { life: [now() - DAY, now() + 40 * DAY], ..world.ca.clone() }.sign(&world.root);
            let what =
                "a second certificate of the same CA, with the same name and key, which nobody has pinned";
            world.refuses(&[good[0].clone(), renewed], "chat.example", now(), Wrong::Anchor, what);
            world.refuses(&longer[..2], "chat.example", now(), Wrong::Anchor, "the CA is missing at the end");
        });
        tester.step("not before its time, and not after it", || {
            let second = Duration::from_secs(1);
            let (from, until) = (now() - 10 * DAY, now() + 10 * DAY);
            let life = |claim: &Claim| Claim { life: [from, until], ..claim.clone() };
            for (chain, who) in
                [(world.short(&life(leaf)), "the leaf"), (world.long(&life(between)), "the smaller CA")]
            {
                world.accepts(&chain, "chat.example", from, &format!("the first second of {who}"));
                world.accepts(&chain, "chat.example", until, &format!("the last second of {who}"));
                for (now, when) in [(from - second, "a second before"), (until + second, "a second after")] {
                    let what = format!("it is {when} the life of {who}");
                    world.refuses(&chain, "chat.example", now, Wrong::Time, &what);
                }
            }
            let long = Claim { life: [now(), now() + 100 * DAY], ..leaf.clone() };
            let what = "the CA's own time is over";
            world.refuses(&world.short(&long), "chat.example", now() + 50 * DAY, Wrong::Time, what);
        });
        tester.step("not if a link is signed with another key, or names another issuer", || {
            let chain = [leaf.sign(&world.middle), world.anchor()];
            world.refuses(
                &chain,
                "chat.example",
                now(),
                Wrong::Signature,
                "the leaf is signed with another key",
            );
            let chain = [longer[0].clone(), between.sign(&world.other), world.anchor()];
            let what = "the smaller CA is signed with another key";
            world.refuses(&chain, "chat.example", now(), Wrong::Signature, what);
            let renamed = Claim { issuer: "another CA".into(), ..leaf.clone() };
            let what = "the leaf says that another CA has signed it";
            world.refuses(&world.short(&renamed), "chat.example", now(), Wrong::Signature, what);
            let chain = [longer[0].clone(), world.anchor()];
            world.refuses(&chain, "chat.example", now(), Wrong::Signature, "the smaller CA is left out");
        });
        tester.step("not if somebody has signed who is no CA", || {
            let honest = Claim { key: world.middle.public().clone(), ..leaf.clone() };
            let rogue =
                Claim { names: vec!["bank.example".into()], issuer: leaf.subject.clone(), ..leaf.clone() };
            let chain = [rogue.sign(&world.middle), honest.sign(&world.root), world.anchor()];
            let what = "the owner of an honest certificate for chat.example has signed one for bank.example";
            world.refuses(&chain, "bank.example", now(), Wrong::NotACa, what);
            let chain = world.longest("bank.example", &honest);
            let what = "the owner of an honest certificate for chat.example has made himself a CA, and signed \
                        one for bank.example";
            world.refuses(&chain, "bank.example", now(), Wrong::NotACa, what);
            let no_ca = World { ca: Claim { ca: false, ..world.ca.clone() }, ..world.clone() };
            let what = "the certificate that was pinned is no CA's";
            no_ca.refuses(&no_ca.short(leaf), "chat.example", now(), Wrong::NotACa, what);
        });
    });
}
