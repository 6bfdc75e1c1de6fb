//! The tester of `constant-time`: answers that are compared in two ways. The stopwatch counts the bytes that a
//! comparison has looked at and the `==` of two bytes, so that it is as exact as no real one.

mod byte;
mod exercise;

use byte::Byte;
use conn_auth::{Challenge, Key};
use exercise::{equal, guess};
use kit::{fail, holds, same_bytes};
use std::cell::Cell;

/// Bytes that note how many of them were looked at.
struct Watched<'a> {
    bytes: std::slice::Iter<'a, u8>,
    looked_at: &'a Cell<u32>,
}

impl<'a> Watched<'a> {
    fn new(bytes: &'a [u8], looked_at: &'a Cell<u32>) -> Self {
        Self { bytes: bytes.iter(), looked_at }
    }
}

impl Iterator for Watched<'_> {
    type Item = Byte;

    fn next(&mut self) -> Option<Byte> {
        let byte = self.bytes.next()?;
        self.looked_at.set(self.looked_at.get() + 1);
        Some(Byte::new(*byte))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.bytes.size_hint()
    }
}

impl ExactSizeIterator for Watched<'_> {}

/// What `equal` has done.
struct Work {
    equal: bool,
    /// How many bytes of the first one it has looked at.
    looked_at: u32,
    /// How often it has used `==` with two bytes.
    comparisons: u32,
}

fn watch(one: &[u8], other: &[u8]) -> Work {
    let (looked_at, also) = (Cell::new(0), Cell::new(0));
    Byte::comparisons(); // from here on
    let equal = equal(Watched::new(one, &looked_at), Watched::new(other, &also));
    Work { equal, looked_at: looked_at.get(), comparisons: Byte::comparisons() }
}

/// The answers to some challenges.
fn answers() -> impl Iterator<Item = [u8; 16]> {
    let key = Key::new(b"a key for tonight").expect("a key");
    let answers = (1..=8).map(move |number| Challenge::new([number * 31; 32]).answer(&key));
    answers.chain([[0; 16], [0xff; 16]])
}

/// A server that is closed after 5,000 wrong answers.
fn limited(mut check: impl FnMut(&[u8; 16]) -> (bool, u32)) -> impl FnMut(&[u8; 16]) -> (bool, u32) {
    let mut wrong = 0;
    move |answer| {
        let (right, time) = check(answer);
        wrong += u32::from(!right);
        if wrong > 5000 {
            fail("the server has seen 5,000 wrong answers and is closed now");
        }
        (right, time)
    }
}

pub fn main() {
    kit::run(|tester| {
        tester.step("the server that stops at the first difference falls", || {
            for secret in answers() {
                let best = Cell::new(0);
                let found = guess(limited(|answer| {
                    let equal = answer.iter().zip(&secret).take_while(|(one, other)| one == other).count();
                    best.set(best.get().max(equal));
                    (equal == 16, 10 * (equal as u32 + 1).min(16))
                }));
                match found {
                    Some(found) => same_bytes(secret, found),
                    None if best.get() == 16 => fail("the server has taken an answer, and you have not returned it"),
                    None => fail(format!(
                        "there is an answer that the server takes, and you have given up with {} of its 16 bytes",
                        best.get()
                    )),
                }
            }
        });
        tester.step("a server that always needs 10 ns: there is nothing to be found", || {
            let mut tries = 0;
            let found = guess(|answer| {
                tries += 1;
                if tries > 300 {
                    fail("no value of the first byte shows itself, and you go on: give up after all 256");
                }
                (*answer == [0x5a; 16], 10)
            });
            holds(found.is_none(), "the time tells nothing, so there is nothing to be found");
        });
        tester.step("your comparison knows what is equal", || {
            for length in 0..40 {
                let bytes: Vec<u8> = (0..length).map(|at| at * 6).collect();
                holds(watch(&bytes, &bytes).equal, format!("the same {length} bytes twice are equal"));
                let longer = [&bytes[..], &[0]].concat();
                holds(
                    !watch(&bytes, &longer).equal && !watch(&longer, &bytes).equal,
                    "one is longer: they are not equal",
                );
            }
        });
        tester.step("it sees one bit that differs, wherever it is", || {
            let right = [0x5a; 16];
            for bit in 0..128 {
                let mut wrong = right;
                wrong[bit / 8] ^= 1 << (bit % 8);
                holds(!watch(&wrong, &right).equal, format!("bit {} of byte {} differs", bit % 8, bit / 8));
            }
        });
        tester.step("two differences do not make up for each other", || {
            let right = [0x5a; 16];
            for (one, other) in [(0x01, 0x01), (0x80, 0x80), (0xff, 0x01)] {
                let mut wrong = right;
                wrong[3] ^= one;
                wrong[12] ^= other;
                holds(!watch(&wrong, &right).equal, "bytes 3 and 12 differ, and you take all for equal");
            }
        });
        tester.step("it looks at all bytes, wherever the first difference is", || {
            let right = [0x5a; 16];
            for at in 0..16 {
                let mut wrong = right;
                wrong[at] ^= 1;
                let looked_at = watch(&wrong, &right).looked_at;
                holds(
                    looked_at == 16,
                    format!("byte {at} differs, and the comparison has looked at {looked_at} of 16 bytes"),
                );
            }
        });
        tester.step("it compares as often, wherever the first difference is", || {
            let right = [0x5a; 16];
            let comparisons = |at: usize| {
                let mut wrong = right;
                wrong[at] ^= 1;
                watch(&wrong, &right).comparisons
            };
            for at in 1..16 {
                let (first, here) = (comparisons(0), comparisons(at));
                holds(
                    first == here,
                    format!(
                        "the number of comparisons tells where the first difference is: {first} if byte 0 differs, \
                         {here} if byte {at} does"
                    ),
                );
            }
        });
        tester.step("with your comparison the server does not fall", || {
            for secret in answers().filter(|secret| *secret != [0; 16] && *secret != [0xff; 16]) {
                let found = guess(limited(|answer| {
                    let work = watch(answer, &secret);
                    (work.equal, 10 * work.looked_at + work.comparisons)
                }));
                holds(found.is_none(), "the time tells nothing any more, so there is nothing to be found");
            }
        });
    });
}
