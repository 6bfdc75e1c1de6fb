//! Bleichenbacher's forgery of 2006: a signature without the private key, where e is 3 and the check
//! overlooks bytes.

use super::robot::{Robot, SHA256_DIGEST_INFO};
use num_bigint::BigUint;
use sha2::{Digest, Sha256};

/// Makes the robot obey this command. Nothing of the private key is known. How the robot checks stands in
/// `robot.rs`, beside this file.
pub fn attack(robot: &Robot, command: &[u8]) -> Result<String, String> {
    robot.obey(command, &forge(command, robot.length()))
}

/// A signature of `length` bytes that the robot takes for one of the command.
///
/// Needed is a number s whose cube, in `length` bytes, *begins* with a good encoding. What the cube's other
/// bytes are, the robot does not look at. And s³ is smaller than n, so "mod n" changes nothing.
///
/// Of num-bigint, this may be of use: `BigUint::from_bytes_be(&bytes)`, `number.to_bytes_be()`, `number <<
/// bits`, and `number.cbrt()`, the cube root, rounded down.
fn forge(command: &[u8], length: usize) -> Vec<u8> {
    // solution
    let front =
        [&[0x00, 0x01][..], &[0xff; 8], &[0x00], &SHA256_DIGEST_INFO, &Sha256::digest(command)].concat();
    let free = length - front.len();
    // The smallest number that begins so, and a root above it: the cube of that differs only far behind.
    let smallest = BigUint::from_bytes_be(&front) << (8 * free);
    let root = smallest.cbrt() + 1u32;
    to_bytes(&root, length)
    // starter
    // todo!("a short encoding, the rest free; a cube root that keeps its front; as many bytes as n")
    // end
}

/// A number in `length` bytes, big-endian, with zeros in front.
fn to_bytes(number: &BigUint, length: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let zeros = length.saturating_sub(bytes.len());
    [vec![0; zeros], bytes].concat()
}
