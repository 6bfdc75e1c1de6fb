//! The verb `csr`: ask for a certificate.

use super::password::{KEY_PASSWORD, password};
use super::path;
use certificates::files::{expect_none, write_new};
use certificates::folder::{key_or_new, system_random};
use certificates::x509::CertificateRequest;
use echo::lab::{self, Failure, Opt, Options, Verb};

pub(crate) const CSR: Verb = Verb {
    name: "csr",
    operand: None,
    about: "ask for a certificate: a request for the CA, and a key if you have none",
    options: &[
        &[
            Opt { name: "cn", value: Some("NAME"), help: "your name, or a server's" },
            Opt { name: "email", value: Some("MAIL"), help: "your e-mail address; servers have none" },
            Opt { name: "key", value: Some("F"), help: "your key; made if F does not exist" },
            Opt { name: "out", value: Some("F"), help: "where the request goes" },
        ],
        KEY_PASSWORD,
    ],
    example: "cargo run -p stage-7 -- csr --cn alice --key a.key --out a.csr",
    run,
};

fn run(options: &Options) -> Result<(), Failure> {
    let (key_file, out) = (path(options, "key")?, path(options, "out")?);
    let name = options.text("cn")?.ok_or_else(|| Failure::Usage("whose name? csr --cn NAME".into()))?;
    let email = options.text("email")?;
    CertificateRequest::check_names(name, email).map_err(|e| Failure::Usage(e.to_string()))?;
    expect_none(&out)?;
    let password = password(options, &key_file)?;
    let mut random = system_random()?;
    let key = key_or_new(&key_file, password.as_ref().map(|password| password.as_slice()), &mut random)?;
    let request = CertificateRequest::new(&key, name, email, None, &mut random)
        .map_err(|e| Failure::new(e.to_string()))?;
    write_new(&out, &request.to_pem())?;
    lab::print(format_args!("request for {} in {}", request.who(), out.display()));
    Ok(())
}
