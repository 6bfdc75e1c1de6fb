//! The tester of `cube-root`: a robot with a lax check and e = 3, and commands that the operator has never
//! signed.

mod exercise;
mod robot;

use certificates::rsa::PrivateKey;
use exercise::attack;
use kit::{fail, flag, same_text};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use robot::Robot;

/// A robot with this key. Its private key is forgotten at once.
fn robot(bits: u64, seed: u64, answer: impl Fn(&[u8]) -> String + 'static) -> Robot {
    let key = PrivateKey::generate(bits, &mut StdRng::seed_from_u64(seed)).expect("the size is allowed");
    Robot::new(key.public().n(), answer)
}

fn obeyed(robot: &Robot, command: &[u8]) -> String {
    attack(robot, command).unwrap_or_else(|why| fail(format!("the robot refuses the signature: {why}")))
}

pub fn main() {
    kit::run(|tester| {
        let first = robot(2048, 7, |command| format!("done: {}", String::from_utf8_lossy(command)));
        tester.step("the robot says hello, and nobody has signed that", || {
            same_text("done: hello", &obeyed(&first, b"hello"));
        });
        tester.step("it obeys two hundred other commands", || {
            let mut random = StdRng::seed_from_u64(3);
            for _ in 0..200 {
                let command = format!("ban user {}", random.random::<u64>());
                same_text(&format!("done: {command}"), &obeyed(&first, command.as_bytes()));
            }
        });
        tester.step("the operator's robot, with a longer key, gives the flag away", || {
            let other = robot(2304, 2, |command| match command {
                b"show flag" => flag("cube-root"),
                _ => "unknown command".into(),
            });
            same_text(&flag("cube-root"), &obeyed(&other, b"show flag"));
        });
    });
}
