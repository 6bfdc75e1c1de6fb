//! The attack that this stage lets in on purpose, a visitor; and two older ones, aimed at TLS.

mod flip;
mod insecure;
mod mallory;

use crate::client::Connection;
use crate::http::{Body, Url};
use crate::presented::Presented;
use echo::lab::{self, Attack, Failure, Outcome, Target};
use std::time::Duration;

/// The attacks that this stage falls to. A web server is there for strangers; whoever wants to keep them out
/// asks for certificates (`--client-ca`).
pub const ATTACKS: &[Attack] = &[Attack {
    name: "visitor",
    stage: 8,
    goal: "somebody who knows only the address gets the page: strangers are served by design",
    takes: &[],
    victim: &[],
    run: visitor,
}];

/// Every stage's own attacks, oldest first.
pub const ALL: [&[Attack]; 8] = [
    echo::attack::ATTACKS,
    conn_auth::attack::ATTACKS,
    socketserver::attack::ATTACKS,
    framing::attack::ATTACKS,
    key_exchange::attack::ATTACKS,
    cbc_packet::attack::ATTACKS,
    certificates::attack::ATTACKS,
    ATTACKS,
];

/// Attacks of older stages, aimed at where the field that they change lies now.
const AIMED_ANEW: &[Attack] = &[
    cbc_packet::attack::MALLORY.aimed_anew(mallory::mallory),
    key_exchange::attack::FLIP.aimed_anew(flip::flip),
];

/// What this stage's program knows, the newest attacks first.
#[must_use]
pub fn tables() -> Vec<&'static [Attack]> {
    lab::attack_tables(ATTACKS, AIMED_ANEW, &certificates::attack::tables())
}

/// Knows the address, nothing else, and does not care who the server is.
fn visitor(target: &Target) -> Result<Outcome, Failure> {
    let url = Url { host: "localhost".into(), port: target.connect.port(), target: "/".into() };
    // Whether there is a server at all is no question of defence.
    drop(lab::connect(target.connect, Some(PATIENCE))?);
    Ok(match visit(target, &url) {
        Ok((status @ 200..300, page, protection)) => Outcome::Succeeded(format!(
            "a stranger is served, without a name and without a key: {status}, {} bytes, over {protection}",
            page.len()
        )),
        Ok((status, _, _)) => Outcome::Failed(format!("the server answers {status}")),
        Err(why) => Outcome::Failed(format!("no page for a stranger: {why}")),
    })
}

fn visit(target: &Target, url: &Url) -> Result<(u16, Vec<u8>, String), Failure> {
    let config = insecure::accept_everything()?;
    let presented = Presented::default();
    let mut connection = Connection::open(&[target.connect], &url.host, config, presented, Some(PATIENCE))?;
    connection.request(url)?;
    let response = connection.response()?;
    let mut page = Vec::new();
    connection.body(&mut Body::new(response.framing), |_, piece| {
        page.extend_from_slice(piece);
        if page.len() > MOST { Err(Failure::new("the page has no end")) } else { Ok(()) }
    })?;
    Ok((response.status, page, connection.protection().without_client()))
}

const PATIENCE: Duration = Duration::from_secs(5);
const MOST: usize = 1 << 20;
