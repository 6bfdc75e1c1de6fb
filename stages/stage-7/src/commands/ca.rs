//! The verbs `ca init`, `ca sign`, `ca show` and `ca revoke`: a CA for a class.

use super::password::{KEY_PASSWORD, old_password, password};
use super::{path, server_names};
use anatomy::{harmless, pad};
use certificates::files::{expect_none, read_text, write_new};
use certificates::folder::{CaFolder, load_certificate, system_random};
use certificates::x509::{Certificate, CertificateRequest, Profile, RevocationList, time_text};
use echo::lab::{self, Failure, Opt, Options, Verb, hex};
use std::path::Path;
use std::time::{Duration, SystemTime};

pub(crate) const CA_INIT: Verb = Verb {
    name: "ca init",
    operand: None,
    about: "make a CA: D/ca.pem for everybody, D/ca.key for you alone",
    options: &[
        DIR,
        &[Opt { name: "cn", value: Some("NAME"), help: "the CA's name (uchat course CA)" }],
        KEY_PASSWORD,
    ],
    example: "cargo run -p stage-7 -- ca init --dir ca",
    run: init,
};

pub(crate) const CA_SIGN: Verb = Verb {
    name: "ca sign",
    operand: None,
    about: "grant a request: a certificate for a user, or for a server",
    options: &[
        DIR,
        &[
            Opt { name: "csr", value: Some("F"), help: "the request" },
            Opt { name: "out", value: Some("F"), help: "where the certificate goes" },
            Opt { name: "server", value: None, help: "for a server, not for a user" },
            Opt {
                name: "name",
                value: Some("A,B,…"),
                help: "the server's names and addresses (the request's CN)",
            },
            Opt { name: "days", value: Some("N"), help: "how long it is valid (365)" },
        ],
        KEY_PASSWORD,
    ],
    example: "cargo run -p stage-7 -- ca sign --dir ca --csr a.csr --out a.pem",
    run: sign,
};

pub(crate) const CA_SHOW: Verb = Verb {
    name: "ca show",
    operand: None,
    about: "show the CA and every certificate that it has issued",
    options: &[DIR],
    example: "cargo run -p stage-7 -- ca show --dir ca",
    run: show,
};

pub(crate) const CA_REVOKE: Verb = Verb {
    name: "ca revoke",
    operand: None,
    about: "take a certificate back: write D/revoked.crl, which is believed for 30 days",
    options: &[
        DIR,
        &[Opt {
            name: "cert",
            value: Some("F"),
            help: "the certificate; without it the list is only made current again",
        }],
        KEY_PASSWORD,
    ],
    example: "cargo run -p stage-7 -- ca revoke --dir ca --cert a.pem",
    run: revoke,
};

const DIR: &[Opt] = &[Opt { name: "dir", value: Some("D"), help: "the CA's folder" }];

fn init(options: &Options) -> Result<(), Failure> {
    let dir = path(options, "dir")?;
    expect_none(&dir.join("ca.pem"))?; // before anybody is asked for a password
    let name = options.text("cn")?.unwrap_or("uchat course CA");
    CertificateRequest::check_names(name, None).map_err(|e| Failure::Usage(e.to_string()))?;
    let password = password(options, &dir.join("ca.key"))?;
    let folder = CaFolder::init(
        &dir,
        name,
        password.as_ref().map(|password| password.as_slice()),
        SystemTime::now(),
        &mut system_random()?,
    )?;
    lab::print(format_args!("made the CA {} in {}", folder.ca().certificate().who(), dir.display()));
    lab::print(format_args!("SHA-256 of its certificate: {}", hex(&folder.ca().certificate().fingerprint())));
    Ok(())
}

fn sign(options: &Options) -> Result<(), Failure> {
    let (dir, csr, out) = (path(options, "dir")?, path(options, "csr")?, path(options, "out")?);
    let days = options.number("days")?.unwrap_or(365);
    if !(1..=3650).contains(&days) {
        return Err(Failure::Usage("--days takes 1 to 3650".into()));
    }
    let request = CertificateRequest::from_pem(&read_text(&csr)?)
        .map_err(|e| Failure::new(format!("{} cannot be used: {e}", csr.display())))?;
    let profile = profile(options, &request, &csr)?;
    expect_none(&out)?;
    let password = old_password(options, &dir.join("ca.key"))?;
    let now = SystemTime::now();
    let folder = CaFolder::open(&dir, password.as_ref().map(|password| password.as_slice()), now)?;
    let life = Duration::from_secs(days * 24 * 3600);
    let issued = folder.sign(&request, &profile, life, now, &mut system_random()?)?;
    write_new(&out, &issued.to_pem())?;
    describe(&issued, &request);
    Ok(())
}

/// What the certificate will say. The name of a user is the request's: whether it is really theirs, the
/// operator of the CA must know.
fn profile(options: &Options, request: &CertificateRequest, csr: &Path) -> Result<Profile, Failure> {
    let no_name =
        || Failure::new(format!("the request {} has not exactly one common name, in UTF-8", csr.display()));
    match (options.has("server"), options.text("name")?) {
        (true, Some(names)) => Ok(Profile::Server { names: server_names(names)? }),
        (true, None) => {
            let name = request.common_name().ok_or_else(no_name)?;
            let name = name.parse().map_err(|e| {
                Failure::new(format!("{e}; give the server's names with --name, separated by commas"))
            })?;
            Ok(Profile::Server { names: vec![name] })
        }
        (false, Some(_)) => Err(Failure::Usage("--name is for servers: add --server".into())),
        (false, None) => Ok(Profile::User {
            common_name: request.common_name().ok_or_else(no_name)?,
            email: request.email().map(str::to_owned),
        }),
    }
}

fn describe(issued: &Certificate, request: &CertificateRequest) {
    let (_, until) = issued.validity();
    lab::print(format_args!("{} certificate for {}", kind(issued), issued.who()));
    for name in issued.alt_names() {
        lab::print(format_args!("  name      {name}"));
    }
    lab::print(format_args!("  valid     until {}", time_text(until)));
    lab::print(format_args!("  serial    {}", hex(issued.serial())));
    for line in request.not_given(issued) {
        lab::print(format_args!("  not given {line}"));
    }
}

fn kind(certificate: &Certificate) -> &'static str {
    if certificate.is_for_servers() { "server" } else { "user" }
}

fn show(options: &Options) -> Result<(), Failure> {
    let dir = path(options, "dir")?;
    let ca = CaFolder::certificate(&dir)?;
    let list = CaFolder::revocation_list(&dir)?;
    let issued = CaFolder::issued(&dir)?;
    lab::print(format_args!("CA        {}", ca.who()));
    lab::print(format_args!("valid     until {}", time_text(ca.validity().1)));
    lab::print(format_args!("SHA-256   {}", hex(&ca.fingerprint())));
    let until = list.as_ref().and_then(RevocationList::next_update);
    if let Some(until) = until {
        lab::print(format_args!("revoked   list is current until {}", time_text(until)));
    }
    lab::print(format_args!("issued    {}\n", lab::count(issued.len(), "certificate")));
    let columns = |serial: &str, kind: &str, state: &str, who: &str| {
        lab::print(format_args!("{} {} {} {who}", pad(serial, 32), pad(kind, 6), pad(state, 19)));
    };
    if !issued.is_empty() {
        columns("serial number", "kind", "state", "name");
    }
    for certificate in &issued {
        let name = harmless(&certificate.common_name().unwrap_or_default());
        let state = state(certificate, list.as_ref());
        columns(&hex(certificate.serial()), kind(certificate), &state, &name);
    }
    Ok(())
}

fn state(certificate: &Certificate, list: Option<&RevocationList>) -> String {
    let day = |time| time_text(time).chars().take(10).collect::<String>();
    let entry = list.and_then(|list| list.entries().find(|entry| entry.serial == certificate.serial()));
    let (_, until) = certificate.validity();
    match entry {
        Some(entry) => format!("revoked {}", day(entry.since)),
        None if until < SystemTime::now() => format!("expired {}", day(until)),
        None => format!("until {}", day(until)),
    }
}

fn revoke(options: &Options) -> Result<(), Failure> {
    let dir = path(options, "dir")?;
    let certificate = options.path("cert").map(|path| load_certificate(&path)).transpose()?;
    let password = old_password(options, &dir.join("ca.key"))?;
    let now = SystemTime::now();
    let folder = CaFolder::open(&dir, password.as_ref().map(|password| password.as_slice()), now)?;
    let list = folder.revoke(certificate.as_ref(), now, &mut system_random()?)?;
    if let Some(certificate) = &certificate {
        lab::print(format_args!("revoked the certificate of {}", certificate.who()));
    }
    lab::print(format_args!("the list is in {}; it is believed for 30 days", list.display()));
    Ok(())
}
