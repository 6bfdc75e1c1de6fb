//! sign_certificate: certifies the caller's public key and S.
//!
//! In two steps, because signatures and squares take long and the one writer is for everybody:
//!
//! ```text
//! request ──▶ issue (any thread, a reader of the store) ──▶ certificate ──▶ keep (the writer) ──▶ reply
//! ```

use crate::handler::{Caller, Failure, Handled};
use certificates::x509::{Certificate, CertificateRequest};
use rusqlite::{Connection, OptionalExtension, params};
use serde_bytes::ByteBuf;
use std::fmt;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Refusal, request};

/// The certificate that is asked for, not yet kept. `certify` is the CA: it gets the request, the caller's name
/// and e-mail address, and puts these into the certificate, whatever the request says. It checks the proof of
/// possession and that S is a square, as [`Ca::sign`](certificates::x509::Ca::sign) does.
///
/// # Errors
/// [`BadCertificate`](Code::BadCertificate) with the reason: it is no request, it has no S, or the CA refuses.
pub(crate) fn issue<E: fmt::Display>(
    db: &Connection,
    caller: &Caller,
    request: &request::SignCertificate,
    certify: impl FnOnce(&CertificateRequest, &str, &str) -> Result<Certificate, E>,
) -> Result<Certificate, Failure> {
    let asked = CertificateRequest::from_der(&request.csr).map_err(refused)?;
    asked.static_value().ok_or_else(|| refused(NO_S))?;
    let sql = "SELECT email FROM users WHERE id = ?1 AND deleted = 0";
    let email: Option<String> =
        db.prepare_cached(sql)?.query_row([caller.user], |row| row.get(0)).optional()?;
    let email = email.ok_or(Code::AccountDeleted)?;
    certify(&asked, &caller.name, &email).map_err(refused)
}

/// Keeps a certificate of [`issue`] in place of the caller's older one.
///
/// # Errors
/// [`BadCertificate`](Code::BadCertificate), if another user has the same S: S comes without a proof, so anybody
/// could have copied it from the other's certificate.
pub(crate) fn keep(db: &Connection, caller: &Caller, certificate: &Certificate) -> Handled {
    let s = certificate.static_value().ok_or_else(|| refused(NO_S))?.bytes();
    let taken = "SELECT 1 FROM certificates WHERE static_value = ?1 AND user_id <> ?2";
    if db.prepare_cached(taken)?.exists(params![s, caller.user])? {
        return Err(refused("its S belongs to another user; make new keys"));
    }
    let sql = "INSERT INTO certificates (user_id, der, static_value, time) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (user_id) DO UPDATE SET der = ?2, static_value = ?3, time = ?4";
    db.prepare_cached(sql)?.execute(params![caller.user, certificate.der(), s, caller.now])?;
    let certificates = vec![(caller.user, ByteBuf::from(certificate.der()))];
    Ok(Reply::Done(Done { certificates, ..Done::default() }))
}

fn refused(reason: impl fmt::Display) -> Failure {
    let text = format!("the certificate request cannot be granted: {reason}");
    Failure::Refused(Refusal::because(Code::BadCertificate, text))
}

const NO_S: &str = "it has no S, the value for which message keys are wrapped; make new keys";
