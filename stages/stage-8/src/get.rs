//! The verb `get`: fetches one https URL.

use crate::client::{Connection, resolve};
use crate::config::{Identity, client_config, roots};
use crate::download::{Download, check_target};
use crate::http::{Body, Response, Url, reason_phrase};
use crate::key_log::KeyLogFile;
use crate::presented::Presented;
use crate::sentences::{SHOWN, shortened};
use echo::lab::{self, Failure, Opt, Options, Verb};
use std::sync::Arc;

/// The verb.
pub const GET: Verb = Verb {
    name: "get",
    operand: Some("URL"),
    about: "fetch an https URL, of this machine or any other; chain and name are always verified",
    options: &[OPTIONS, lab::TIMEOUT],
    example: "cargo run -p stage-8 -- get https://example.org/",
    run,
};

const OPTIONS: &[Opt] = &[
    Opt { name: "ca", value: Some("FILE"), help: "trust the CAs in this PEM file, not the system's" },
    Opt { name: "out", value: Some("FILE"), help: "write the page to this file, which must not exist" },
    Opt {
        name: "cert",
        value: Some("FILE"),
        help: "a certificate of our own, PEM, for servers that want one",
    },
    Opt { name: "key", value: Some("FILE"), help: "the key of --cert, PEM, not encrypted" },
    Opt { name: "key-log", value: Some("FILE"), help: "append the connection's secrets, to look inside" },
];

fn run(options: &Options) -> Result<(), Failure> {
    let text = options.operand().ok_or_else(|| Failure::Usage("which page? get URL".into()))?;
    let url = Url::parse(&text.to_string_lossy()).map_err(Failure::Usage)?;
    let identity = match (options.path("cert"), options.path("key")) {
        (None, None) => None,
        (Some(cert), Some(key)) => Some(Identity::read(&cert, &key)?),
        _ => return Err(Failure::Usage("--cert and --key belong together: give both".into())),
    };
    let out = options.path("out");
    out.as_deref().map_or(Ok(()), check_target)?; // told before anybody is asked for anything
    let key_log = options.path("key-log").map(|path| KeyLogFile::open(&path)).transpose()?;
    let presented = Presented::default();
    let roots = roots(options.path("ca").as_deref())?;
    let config = client_config(roots, identity, key_log.map(|file| Arc::new(file) as _), &presented)?;

    let mut connection =
        Connection::open(&resolve(&url)?, &url.host, config, presented, options.patience()?)?;
    lab::log(format_args!("{}: {}", url.host, connection.protection().without_client()));
    connection.request(&url)?;
    let response = connection.response()?;
    let good = (200..300).contains(&response.status);
    let mut download = match out.as_deref().filter(|_| good) {
        Some(path) => Download::to_file(path)?,
        None => Download::to_output(),
    };
    let mut body = Body::new(response.framing);
    connection.body(&mut body, |body, piece| download.take(piece, body.got(), body.expected()))?;
    if let Some(path) = download.finish()? {
        lab::log(format_args!("saved {}: {} bytes", path.display(), body.got()));
    }
    if good { Ok(()) } else { Err(unhappy(&url, &response)) }
}

/// The page is not what was asked for.
fn unhappy(url: &Url, response: &Response) -> Failure {
    let words = if response.reason.is_empty() { reason_phrase(response.status) } else { &response.reason };
    let status = format!("{} {}", response.status, shortened(&anatomy::harmless(words), SHOWN));
    Failure::new(match (&response.location, response.status) {
        (Some(location), 300..400) => format!(
            "{url} has moved ({status}) to {}; redirects are not followed: get that one, if you like",
            shortened(&anatomy::quoted(location), SHOWN)
        ),
        _ => format!("{url}: the server answers {status}"),
    })
}
