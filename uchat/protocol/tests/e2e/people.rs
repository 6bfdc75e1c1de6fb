//! Alice, Bob and Carol, and what they say to each other.

use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Certificate, CertificateRequest, Profile};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};
use uchat_protocol::content::Letter;
use uchat_protocol::e2e::{OutPackage, OwnKeys};
use uchat_protocol::push::KeyPackageFor;
use uchat_protocol::{Content, MessageId};

pub(crate) const ALICE: u64 = 7;
pub(crate) const BOB: u64 = 2;
pub(crate) const CAROL: u64 = 300;

/// When everything happens, in milliseconds since 1970.
pub(crate) const NOW: u64 = 1_800_000_000_000;

static KEYS: [LazyLock<OwnKeys>; 3] =
    [LazyLock::new(|| load("alice")), LazyLock::new(|| load("bob")), LazyLock::new(|| load("carol"))];

pub(crate) fn alice() -> &'static OwnKeys {
    &KEYS[0]
}

pub(crate) fn bob() -> &'static OwnKeys {
    &KEYS[1]
}

pub(crate) fn carol() -> &'static OwnKeys {
    &KEYS[2]
}

fn load(name: &str) -> OwnKeys {
    OwnKeys::from_pkcs8(&pem(name), name.as_bytes()).unwrap()
}

pub(crate) fn pem(name: &str) -> String {
    std::fs::read_to_string(vector(&format!("{name}.pem"))).unwrap()
}

pub(crate) fn vector(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(file)
}

pub(crate) fn seeded() -> StdRng {
    StdRng::seed_from_u64(7)
}

pub(crate) fn letter(text: &str) -> Letter {
    let message = Content { data: text.to_owned(), ..Content::default() };
    Letter { id: MessageId::random(&mut seeded()), time: NOW, message }
}

/// The package as the server gives it to `user`.
pub(crate) fn delivered(package: &OutPackage, user: u64) -> KeyPackageFor {
    let wrap = package.wraps.iter().find(|(to, _)| *to == user).unwrap().1.clone();
    KeyPackageFor {
        header: package.header.clone().into(),
        signature: package.signature.clone().into(),
        wrap: wrap.into(),
    }
}

/// A CA that everybody here has pinned.
pub(crate) static CA: LazyLock<Ca> = LazyLock::new(|| {
    let key = PrivateKey::generate(2048, &mut seeded()).unwrap();
    Ca::init("test CA", key, now(), &mut seeded()).unwrap()
});

pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(NOW)
}

/// A certificate with this profile, as the CA gives it.
pub(crate) fn certificate_as(keys: &OwnKeys, profile: &Profile) -> Certificate {
    let request = keys.request("anybody", "", &mut seeded()).unwrap();
    let request = CertificateRequest::from_der(&request).unwrap();
    CA.sign(&request, profile, Duration::from_secs(3600), now(), &mut seeded()).unwrap()
}

pub(crate) fn certificate(keys: &OwnKeys, name: &str) -> Certificate {
    certificate_as(keys, &Profile::User { common_name: name.to_owned(), email: None })
}
