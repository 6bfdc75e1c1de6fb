//! The verb `verify`: every check of a certificate, one line each, or the reason why not.

use super::path;
use anatomy::Terminal;
use certificates::files::read_text;
use certificates::folder::{load_certificate, load_revocation_list};
use certificates::x509::{Certificate, Purpose, ServerName, certificates_from_pem, dissect, verify_chain};
use echo::lab::{self, Failure, Opt, Options, Verb};
use std::path::Path;
use std::time::SystemTime;

pub(crate) const VERIFY: Verb = Verb {
    name: "verify",
    operand: Some("CERT"),
    about: "check a certificate (or a chain, the leaf first) against a CA",
    options: &[&[
        Opt { name: "ca", value: Some("F"), help: "the CA's certificate, which you trust" },
        Opt { name: "name", value: Some("HOST"), help: "the server that was called" },
        Opt { name: "purpose", value: Some("WHAT"), help: "server or client" },
        Opt { name: "crl", value: Some("F"), help: "the CA's revocation list" },
        Opt { name: "labels", value: None, help: "show every byte of the certificate first" },
    ]],
    example: "cargo run -p stage-7 -- verify a.pem --ca ca/ca.pem",
    run,
};

fn run(options: &Options) -> Result<(), Failure> {
    let file =
        options.operand().ok_or_else(|| Failure::Usage("which certificate? verify CERT --ca F".into()))?;
    let mut chain = certificates_from_pem(&read_text(&file)?)
        .map_err(|e| Failure::new(format!("{} cannot be used: {e}", file.display())))?;
    if options.has("labels") {
        show_labels(&chain);
    }
    let anchor = load_certificate(&path(options, "ca")?)?;
    let crl = options.path("crl").map(|path| load_revocation_list(&path)).transpose()?;
    let purpose = purpose(options, &chain, &file)?;
    if chain.last().is_some_and(|last| last != anchor.der()) {
        chain.push(anchor.der().to_vec());
    }
    let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    let verified = verify_chain(&chain, &anchor, crl.as_ref(), &purpose, SystemTime::now())
        .map_err(|e| Failure::new(format!("{} is not accepted: {e}", file.display())))?;
    for line in &verified.checks {
        lab::print(format_args!("ok: {line}"));
    }
    if let (Purpose::Server { .. }, None) = (&purpose, options.text("name")?) {
        lab::print("not checked: whether this is the server you call (give --name HOST)");
    }
    if crl.is_none() {
        lab::print("not checked: whether the CA has revoked it (give --crl F)");
    }
    Ok(())
}

/// What the certificate is to be good for: as asked, else as it says itself.
fn purpose(options: &Options, chain: &[Vec<u8>], file: &Path) -> Result<Purpose, Failure> {
    let called = options
        .text("name")?
        .map(|name| name.parse::<ServerName>().map_err(|e| Failure::Usage(format!("--name: {e}"))))
        .transpose()?;
    let unusable = |e| Failure::new(format!("{} is not accepted: {e}", file.display()));
    let own = || chain.first().map(|leaf| Certificate::from_der(leaf)).transpose().map_err(unusable);
    let server = match (options.text("purpose")?, &called) {
        (Some("client"), None) => false,
        (Some("client"), Some(_)) => {
            return Err(Failure::Usage("--name is for servers; a client has none to be called by".into()));
        }
        (Some("server"), _) | (None, Some(_)) => true,
        (None, None) => own()?.is_some_and(|leaf| leaf.is_for_servers()),
        (Some(other), _) => {
            let sentence = format!("--purpose takes server or client, not {}", anatomy::quoted(other));
            return Err(Failure::Usage(sentence));
        }
    };
    match called {
        _ if !server => Ok(Purpose::Client),
        Some(name) => Ok(Purpose::Server { name }),
        None => own()?
            .and_then(|leaf| leaf.server_names().into_iter().next())
            .map(|name| Purpose::Server { name })
            .ok_or_else(|| Failure::new(format!("{} names no server in subjectAltName", file.display()))),
    }
}

fn show_labels(chain: &[Vec<u8>]) {
    for der in chain {
        lab::print(Terminal::stdout().render(&dissect::certificate(der)));
    }
}
