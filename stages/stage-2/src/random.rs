//! Random bytes from the operating system: the only source that programs here use.

use echo::lab::Failure;
use rand::TryRng;
use rand::rngs::SysRng;

// ANCHOR: random
/// `N` random bytes.
///
/// # Errors
/// If the operating system has none to give; then nothing may go on, least of all with zeros.
pub fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Failure::new(format!("the operating system gives no random bytes: {error}")))?;
    Ok(bytes)
}
// ANCHOR_END: random
