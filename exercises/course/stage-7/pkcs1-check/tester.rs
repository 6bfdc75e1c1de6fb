//! The tester of `pkcs1-check`: good signatures by stage 7, then encodings with one thing wrong, all of them
//! signed with the true key. Stage 7's own check must say the same of each.

mod exercise;

use certificates::rsa::{self, PrivateKey};
use exercise::{PublicKey, verify};
use kit::{fail, holds};
use num_bigint::BigUint;
use pkcs1::RsaPrivateKeyRef;
use pkcs8::PrivateKeyInfoRef;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

/// A signer who signs anything, also what is no encoding.
struct Signer {
    key: PrivateKey,
    public: PublicKey,
    d: BigUint,
    /// (p - 1)(q - 1): a d for any other e can be computed from it.
    order: BigUint,
    random: StdRng,
}

const SHA256: &[u8] = &[
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];
/// The same without the NULL: not what RFC 8017 says.
const WITHOUT_NULL: &[u8] =
    &[0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x04, 0x20];
/// The same with a length in two bytes: no DER.
const LONG_LENGTH: &[u8] = &[
    0x30, 0x81, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
/// The name of SHA-512/256, which has as many bytes.
const SHA512_256: &[u8] = &[
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x06, 0x05, 0x00,
    0x04, 0x20,
];

impl Signer {
    /// One with a key of so many bits, which comes from this seed.
    fn new(bits: u64, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let key = PrivateKey::generate(bits, &mut random).expect("the size is allowed");
        let der = key.to_pkcs8_der().expect("a key has a form");
        let info = PrivateKeyInfoRef::try_from(&**der).expect("it was just written");
        let parts = RsaPrivateKeyRef::try_from(info.private_key.as_bytes()).expect("it is an RSA key");
        let number = BigUint::from_bytes_be;
        let [d, p, q] =
            [parts.private_exponent, parts.prime1, parts.prime2].map(|part| number(part.as_bytes()));
        let public = PublicKey { n: number(key.public().n()), e: number(key.public().e()) };
        Self { key, public, d, order: (p - 1u32) * (q - 1u32), random }
    }

    /// One with the same n, and this e.
    fn with_exponent(&self, e: u32) -> (PublicKey, BigUint) {
        let e = BigUint::from(e);
        let d = e.modinv(&self.order).unwrap_or_else(|| fail("the tester is wrong: this key has no such e"));
        (PublicKey { n: self.public.n.clone(), e }, d)
    }

    /// These bytes, raised to d.
    fn sign_raw(&self, encoded: &[u8]) -> Vec<u8> {
        self.raise(encoded, &self.d)
    }

    /// These bytes, raised to this exponent.
    fn raise(&self, encoded: &[u8], d: &BigUint) -> Vec<u8> {
        let s = BigUint::from_bytes_be(encoded).modpow(d, &self.public.n).to_bytes_be();
        [vec![0; LENGTH - s.len()], s].concat()
    }

    fn sign(&mut self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message, &mut self.random).unwrap_or_else(|error| fail(error.to_string()))
    }

    fn refuses(&self, message: &[u8], signature: &[u8], why: &str) {
        if let Ok(()) = rsa::PublicKey::verify(self.key.public(), message, signature) {
            fail("the tester is wrong: stage 7 accepts this");
        }
        holds(!verify(&self.public, message, signature), format!("accepted, although {why}"));
    }
}

/// An encoding of which every part can be another one; filled up to the length of the key.
fn encoded(start: [u8; 2], hash: &[u8], digest: &[u8], behind: &[u8]) -> Vec<u8> {
    let filling = LENGTH - 3 - hash.len() - digest.len() - behind.len();
    [&start[..], &vec![0xff; filling], &[0], hash, digest, behind].concat()
}

const LENGTH: usize = 256;

pub fn main() {
    kit::run(|tester| {
        let mut signer = Signer::new(2048, 7);
        let mut message = vec![0; 100];
        signer.random.fill(&mut message[..]);
        let digest = Sha256::digest(&message);

        tester.step("good signatures are accepted", || {
            for length in [0, 1, 19, 55, 100] {
                let signature = signer.sign(&message[..length]);
                let good = verify(&signer.public, &message[..length], &signature);
                holds(good, format!("stage 7's signature of a message of {length} bytes is refused"));
            }
        });
        let good = signer.sign(&message);
        tester.step("not for another message, not with a bit changed", || {
            signer.refuses(&message[1..], &good, "another message was signed");
            for bit in [0, 3, 1000, 2047] {
                let mut changed = good.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                signer.refuses(
                    &message,
                    &changed,
                    format!("bit {bit} of the signature was changed").as_str(),
                );
            }
        });
        tester.step("keys of other lengths, and with another e", || {
            for (bits, seed) in [(2049, 2), (3072, 2)] {
                let mut other = Signer::new(bits, seed);
                let signature = other.sign(&message);
                let accepted = verify(&other.public, &message, &signature);
                holds(accepted, format!("stage 7's signature with a key of {bits} bits is refused"));
                other.refuses(&message[1..], &signature, "another message was signed");
                other.refuses(&message, &good, "another key has signed");
            }
            let (public, d) = signer.with_exponent(17);
            let signature = signer.raise(&encoded([0, 1], SHA256, &digest, &[]), &d);
            holds(verify(&public, &message, &signature), "a good signature is refused where e is 17");
            holds(
                !verify(&public, &message, &good),
                "accepted, although it was signed for e = 65537, and e is 17",
            );
        });
        tester.step("not with more or fewer bytes than n", || {
            signer.refuses(&message, &[&[0], &good[..]].concat(), "a zero byte stands in front of it");
            signer.refuses(&message, &[&good[..], &[0]].concat(), "a zero byte stands behind it");
            signer.refuses(&message, &good[..LENGTH - 1], "its last byte is missing");
            signer.refuses(&message, &[], "it is empty");
            // One that begins with a zero, and then without it. With this key it is number 388.
            let short = (385..10_000u32).map(|n| n.to_be_bytes()).find_map(|message| {
                let signature = signer.sign_raw(&encoded([0, 1], SHA256, &Sha256::digest(message), &[]));
                (signature[0] == 0).then_some((message, signature))
            });
            let (message, signature) = short.unwrap_or_else(|| fail("the tester found no short signature"));
            holds(
                verify(&signer.public, &message, &signature),
                "a good signature that begins with 00 is refused",
            );
            signer.refuses(&message, &signature[1..], "the zero byte in front of it is missing");
        });
        tester.step("not a number as large as n", || {
            let whole = BigUint::from(1u32) << (8 * LENGTH);
            let found = (0..100u8).map(|n| [n]).find_map(|message| {
                let sum = BigUint::from_bytes_be(&signer.sign(&message)) + &signer.public.n;
                (sum < whole).then(|| (message, sum.to_bytes_be()))
            });
            let (message, signature) = found.unwrap_or_else(|| fail("the tester found no such number"));
            signer.refuses(&message, &signature, "n was added to the signature");
        });
        tester.step("not with another beginning or filling", || {
            for start in [[0, 2], [0, 0], [1, 1]] {
                let signature = signer.sign_raw(&encoded(start, SHA256, &digest, &[]));
                signer.refuses(&message, &signature, "the encoding does not begin with 00 01");
            }
            for at in [2, 100, LENGTH - 53] {
                let mut wrong = encoded([0, 1], SHA256, &digest, &[]);
                wrong[at] = 0xfe;
                signer.refuses(
                    &message,
                    &signer.sign_raw(&wrong),
                    &format!("byte {at} of the filling is not ff"),
                );
            }
        });
        tester.step("not with bytes behind the digest", || {
            for length in [1, 100, LENGTH - 3 - 8 - SHA256.len() - 32] {
                let signature =
                    signer.sign_raw(&encoded([0, 1], SHA256, &digest, &message.repeat(2)[..length]));
                let bytes =
                    if length == 1 { "1 byte stands".into() } else { format!("{length} bytes stand") };
                signer.refuses(&message, &signature, &format!("{bytes} behind the digest"));
            }
        });
        tester.step("not with another name of the hash, or the same written in another way", || {
            for (hash, why) in [
                (&[][..], "no hash is named"),
                (SHA512_256, "the hash that is named is SHA-512/256"),
                (WITHOUT_NULL, "the NULL is missing behind the name of the hash"),
                (LONG_LENGTH, "a length in it is longer than it must be"),
            ] {
                signer.refuses(&message, &signer.sign_raw(&encoded([0, 1], hash, &digest, &[])), why);
            }
        });
    });
}
