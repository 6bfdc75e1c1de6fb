//! The people in the rooms of the testers, and what the server hands on between them.

use rand::SeedableRng;
use rand::rngs::StdRng;
use uchat_protocol::MessageId;
use uchat_protocol::content::{Content, Letter};
use uchat_protocol::e2e::{OutPackage, OwnKeys};
use uchat_protocol::push::KeyPackageFor;

pub const ALICE: u64 = 7;
pub const BOB: u64 = 2;

/// When everything happens, in milliseconds since 1970.
pub const NOW: u64 = 1_800_000_000_000;

/// Keys for three people, always the same.
pub fn three_keys() -> [OwnKeys; 3] {
    // Seeds whose keys are found quickly.
    [17, 47, 31]
        .map(|seed| OwnKeys::generate(&mut StdRng::seed_from_u64(seed)).expect("a random source that works"))
}

pub fn letter(text: &str, random: &mut StdRng) -> Letter {
    let message = Content { data: text.to_owned(), ..Content::default() };
    Letter { id: MessageId::random(random), time: NOW, message }
}

/// The package as the server gives it to `user`; nothing if there is no wrap for them.
pub fn delivered(package: &OutPackage, user: u64) -> Option<KeyPackageFor> {
    let (_, wrap) = package.wraps.iter().find(|(to, _)| *to == user)?;
    Some(KeyPackageFor {
        header: package.header.clone().into(),
        signature: package.signature.clone().into(),
        wrap: wrap.clone().into(),
    })
}
