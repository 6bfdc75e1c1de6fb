//! The verb `client`: check who the server is, then send each line as a message.

use super::password::{KEY_PASSWORD, old_password};
use super::server::{ACCESS_KEY, KEY_LOG, KEY_TRANSPORT, access_key, key_log, revocations};
use certificates::files::read_text;
use certificates::folder::load_certificate;
use certificates::handshake::{ClientConfig, Identity};
use certificates::rsa::load_key;
use certificates::x509::{Certificate, ServerName, certificates_from_pem};
use certificates::{ChannelStream, PORT};
use echo::lab::{self, Failure, Opt, Options, Verb};
use std::path::Path;
use std::sync::Arc;

pub(crate) const CLIENT: Verb = Verb {
    name: "client",
    operand: None,
    about: "check who the server is, then send each line (or /add NAME, /delete NAME) and print each answer",
    options: &[
        lab::CONNECT,
        lab::TIMEOUT,
        &[
            Opt { name: "ca", value: Some("F"), help: "the certificate of the CA that you trust" },
            Opt {
                name: "name",
                value: Some("HOST"),
                help: "whom you call, as in its certificate (localhost)",
            },
            Opt { name: "crl", value: Some("F"), help: "the CA's revocation list" },
            Opt { name: "cert", value: Some("F"), help: "your own certificate, for servers that want one" },
            Opt { name: "key", value: Some("F"), help: "the key of --cert" },
            ACCESS_KEY,
            KEY_LOG,
            KEY_TRANSPORT,
        ],
        KEY_PASSWORD,
    ],
    example: "cargo run -p stage-7 -- client --ca class/ca.pem",
    run,
};

fn run(options: &Options) -> Result<(), Failure> {
    let ca = load_certificate(&super::path(options, "ca")?)?;
    let name = options.text("name")?.unwrap_or("localhost");
    let name: ServerName = name.parse().map_err(|e| Failure::Usage(format!("--name: {e}")))?;
    let config = ClientConfig {
        pinned_ca: Some(ca.fingerprint()),
        revocations: revocations(options, "crl")?,
        access_key: access_key(options)?,
        identity: identity(options, &ca)?,
        key_log: key_log(options)?,
    };
    let server = options.addr("connect", PORT)?;
    let (patience, config) = (options.patience()?, Arc::new(config));
    let (mut channel, peer) = if options.has("key-transport") {
        super::key_transport::connect(options, server, config, name)?
    } else {
        ChannelStream::connect(server, patience, config, name)?
    };
    if let Some(verified) = &peer.certificate {
        lab::log(format_args!("this is {}, says {}", peer.server_name, verified.leaf.issuer()));
    }
    lab::converse(lab::Empty::IsAMessage, lab::LONG_LINE, |line| {
        cbc_packet::show_answer(channel.request(&cbc_packet::read_line(line)?)?)
    })?;
    channel.close()
}

/// The user's own certificate and key. A file with the leaf alone is completed by the CA of `--ca`.
fn identity(options: &Options, ca: &Certificate) -> Result<Option<Identity>, Failure> {
    let (cert, key) = match (options.path("cert"), options.path("key")) {
        (Some(cert), Some(key)) => (cert, key),
        (None, None) => return Ok(None),
        _ => return Err(Failure::Usage("--cert and --key belong together: give both".into())),
    };
    let chain = chain(&cert, ca)?;
    let password = old_password(options, &key)?;
    let key = load_key(&key, password.as_ref().map(|password| password.as_slice()))?;
    let wrong = |why: &str| Failure::new(format!("{} {why}", cert.display()));
    let leaf = chain.first().ok_or_else(|| wrong("holds no certificate"))?;
    let leaf = Certificate::from_der(leaf).map_err(|e| wrong(&format!("cannot be used: {e}")))?;
    if leaf.public_key() != key.public() {
        return Err(wrong("is not the certificate of this key"));
    }
    Ok(Some(Identity { chain, key }))
}

fn chain(cert: &Path, ca: &Certificate) -> Result<Vec<Vec<u8>>, Failure> {
    let wrong = |e| Failure::new(format!("{} cannot be used: {e}", cert.display()));
    let mut chain = certificates_from_pem(&read_text(cert)?).map_err(wrong)?;
    if let [leaf] = chain.as_slice() {
        Certificate::from_der(leaf).map_err(wrong)?;
        chain.push(ca.der().to_vec());
    }
    Ok(chain)
}
