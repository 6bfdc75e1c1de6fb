//! Stage 7's certificates: a server's, and the CA's.

use super::dump::{Dump, Item};
use super::seeds;
use crate::generated::Problem;
use certificates::x509::dissect;

/// The chain that the server of these pages shows.
pub(super) fn certificate() -> Result<Dump, Problem> {
    let people = seeds::people()?;
    let mut dump = Dump::new("certificate");
    for (name, summary, about, der) in [
        (
            "server",
            "the leaf: this key belongs to localhost",
            "What the CA has signed is the part `tbsCertificate`, byte for byte. The signature stands behind it.",
            people.server.chain.first(),
        ),
        (
            "ca",
            "signed by itself, pinned by the client",
            "Its signature proves nothing to anybody. It is trusted because its SHA-256 is known beforehand.",
            people.server.chain.last(),
        ),
    ] {
        let labelled = dissect::certificate(der.ok_or("the chain is empty")?);
        dump.items.push(Item::new(None, name, summary, labelled).about(about));
    }
    Ok(dump)
}
