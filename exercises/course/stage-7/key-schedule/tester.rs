//! The tester of `key-schedule`: RFC 5869, RFC 8448, and stage 7's own schedule with TLS's labels.

mod exercise;

use certificates::handshake::schedule::{Schedule, Secret};
use echo::lab::{hex as digits, unhex};
use exercise::{expand, expand_label, extract, handshake_secrets};
use kit::{holds, same_bytes};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

fn hex(digits: &str) -> Vec<u8> {
    unhex(digits).expect("the tester's numbers are hexadecimal")
}

fn secret(digits: &str) -> [u8; 32] {
    hex(digits).try_into().expect("32 bytes")
}

/// Against stage 7, which wants to know the length when it is compiled.
fn same_label<const N: usize>(bytes: [u8; 32], label: &str, context: &[u8]) {
    let expected = Schedule::TLS_13.expand_label::<N>(&Secret::from(bytes), label, context);
    same_bytes(*expected, expand_label(&bytes, label, context, N));
}

/// The secrets of client and server.
fn same_secrets(expected: [&[u8]; 2], found: [[u8; 32]; 2]) {
    for ((whose, expected), found) in ["client", "server"].into_iter().zip(expected).zip(found) {
        let (expected, found) = (digits(expected), digits(&found));
        let why = format!("the {whose}'s secret differs:\nexpected  {expected}\nfound     {found}");
        holds(expected == found, why);
    }
}

pub fn main() {
    kit::run(|tester| {
        let count = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
        tester.step("extract (RFC 5869, test cases 1, 2 and 3)", || {
            let one = "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5";
            same_bytes(hex(one), extract(&count(0, 12), &[0x0b; 22]));
            let two = "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244";
            same_bytes(hex(two), extract(&count(0x60, 0xaf), &count(0, 0x4f)));
            let three = "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04";
            same_bytes(hex(three), extract(&[], &[0x0b; 22]));
        });
        tester.step("expand to one block and a part of the second (RFC 5869, test cases 1 and 3)", || {
            let one = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
            let from = secret("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
            same_bytes(hex(one), expand(&from, &count(0xf0, 0xf9), 42));
            let three =
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
            let from = secret("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
            same_bytes(hex(three), expand(&from, b"", 42));
        });
        tester.step("expand to three blocks (RFC 5869, test case 2)", || {
            let two = "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e59\
                       0e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87";
            let from = secret("06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244");
            same_bytes(hex(two), expand(&from, &count(0xb0, 0xff), 82));
        });
        tester.step("expand to every length up to five blocks, and to the most", || {
            let from = Secret::from([0x5a; 32]);
            let all = from.expand::<{ 255 * 32 }>(b"info");
            for length in (0..=160).chain([255 * 32]) {
                same_bytes(&all[..length], expand(&[0x5a; 32], b"info", length));
            }
        });
        tester.step("a key and an IV of TLS (RFC 8448, section 3)", || {
            let server = secret("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
            same_bytes(hex("3fce516009c21727d0f2e4e86ee403bc"), expand_label(&server, "key", b"", 16));
            same_bytes(hex("5d313eb2671276ee13000b30"), expand_label(&server, "iv", b"", 12));
        });
        tester.step("other labels, contexts and lengths, against stage 7", || {
            let mut random = StdRng::seed_from_u64(7);
            for (label, context) in
                [("key", &[][..]), ("c ap traffic", &[7; 32]), ("", &[1, 2, 3]), ("x", &[0; 48])]
            {
                same_label::<1>(random.random(), label, context);
                same_label::<32>(random.random(), label, context);
                same_label::<100>(random.random(), label, context);
                same_label::<300>(random.random(), label, context);
            }
        });
        tester.step("the secrets of a whole handshake (RFC 8448, section 3)", || {
            let shared = hex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
            let transcript = secret("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
            let client = hex("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
            let server = hex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
            same_secrets([&client, &server], handshake_secrets(&shared, &transcript));
        });
        tester.step("the secrets of handshakes that nobody has published", || {
            let mut random = StdRng::seed_from_u64(8);
            for length in [32, 48, 66, 256] {
                let mut shared = vec![0; length];
                random.fill(&mut shared[..]);
                let transcript = random.random();
                let expected = Schedule::TLS_13.handshake(&shared, &transcript);
                let [client, server] = [&expected.client, &expected.server].map(|keys| keys.secret().bytes());
                same_secrets([client, server], handshake_secrets(&shared, &transcript));
            }
        });
    });
}
