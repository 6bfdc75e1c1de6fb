//! The server is sent its own words.

use super::path::{Halt, Path};
use echo::lab::{Direction, Outcome};

/// Both directions are under one key, and nothing in a packet says who has sealed it.
pub(super) fn reflect(path: &mut Path) -> Result<Outcome, Halt> {
    path.exchange()?;
    let question = path.question()?;
    let Some(own) = path.ask(&question)? else {
        return Err(Halt::stopped("the server did not even answer the packet itself"));
    };
    let Some(answer) = path.ask(&own)? else {
        return Err(Halt::stopped("the server closed at a packet of its own: it noticed"));
    };
    path.tell(Direction::ToClient, &own);
    path.relay();
    Ok(Outcome::Succeeded(format!(
        "the server was sent its own packet of {} bytes of text, took it for the client's, and answered {} bytes",
        own.text_length(),
        answer.text_length()
    )))
}
