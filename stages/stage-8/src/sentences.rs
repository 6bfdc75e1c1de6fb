//! What went wrong in a handshake, in a sentence that says what was expected, what came, and what to do.
//!
//! On the wire there is only an alert: one byte that says little, since detail helps an attacker. The
//! sentences here are for the people at the two ends.

use crate::presented::Presented;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, ExtendedKeyPurpose, PeerIncompatible};
use std::time::Duration;

/// Why a server refuses a client, or loses it.
#[must_use]
pub(crate) fn refused_client(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => format!(
            "the client ends with the alert {}{}",
            alert_name(*alert),
            match alert {
                AlertDescription::UnknownCA => ": it does not know our CA",
                AlertDescription::BadCertificate
                | AlertDescription::CertificateUnknown
                | AlertDescription::CertificateExpired => ": it does not accept our certificate",
                _ => "",
            }
        ),
        Error::NoCertificatesPresented => "it shows no certificate, and --client-ca asks for one".into(),
        Error::InvalidCertificate(error) => {
            format!("its certificate is not accepted: {}", certificate(error))
        }
        Error::InvalidMessage(_) => "what it sends is not TLS".into(),
        Error::DecryptError => "a record does not open: it was changed on the way".into(),
        Error::NoApplicationProtocol => "it does not speak http/1.1 inside TLS (ALPN)".into(),
        Error::PeerIncompatible(
            PeerIncompatible::Tls12NotOffered | PeerIncompatible::Tls12NotOfferedOrEnabled,
        ) => "it speaks only versions of TLS that are too old".into(),
        other => format!("the handshake failed: {other}"),
    }
}

/// Why a client refuses a server, or is refused by it.
#[must_use]
pub(crate) fn refused_server(error: &Error, host: &str, presented: &Presented, identified: bool) -> String {
    match error {
        Error::InvalidCertificate(error) => server_certificate(error, host, presented),
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "the server wants a client certificate (alert certificate_required): give one with --cert F --key F".into()
        }
        Error::AlertReceived(alert) => {
            let name = alert_name(*alert);
            let about_ours = matches!(
                alert,
                AlertDescription::BadCertificate
                    | AlertDescription::UnsupportedCertificate
                    | AlertDescription::CertificateRevoked
                    | AlertDescription::CertificateExpired
                    | AlertDescription::CertificateUnknown
                    | AlertDescription::UnknownCA
                    | AlertDescription::AccessDenied
                    | AlertDescription::DecryptError
            );
            match alert {
                _ if about_ours && identified => format!("the server refuses our certificate (alert {name})"),
                AlertDescription::UnrecognisedName => {
                    format!("the server knows no host {} (alert {name})", anatomy::quoted(host))
                }
                AlertDescription::ProtocolVersion => {
                    format!("the server speaks no version of TLS that is safe; 1.2 is the oldest (alert {name})")
                }
                AlertDescription::HandshakeFailure if !identified => format!(
                    "the server ends the handshake (alert {name}): the two have nothing in common, or it wants a client \
                     certificate (--cert F --key F)"
                ),
                _ => format!("the server ends the connection (alert {name})"),
            }
        }
        Error::InvalidMessage(_) => "what the server sends is not TLS".into(),
        Error::DecryptError => "a record does not open: it was changed on the way".into(),
        Error::PeerIncompatible(_) => format!("the server's TLS is too old or too different: {error}"),
        other => format!("the handshake failed: {other}"),
    }
}

fn server_certificate(error: &CertificateError, host: &str, presented: &Presented) -> String {
    use CertificateError as Wrong;
    let leaf = presented.leaf();
    let self_signed = leaf.as_ref().filter(|leaf| leaf.subject == leaf.issuer);
    match (error, leaf.as_ref()) {
        (Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }, Some(leaf))
            if leaf.names.is_empty() =>
        {
            format!("wrong host: the certificate names no host at all; not {host} either")
        }
        (Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }, Some(leaf)) => {
            let names = shortened(&anatomy::harmless(&leaf.names.join(", ")), SHOWN);
            format!("wrong host: the certificate is for {names}; not for {host}")
        }
        // A certificate that signs itself says only what its owner likes to say. If it has the CA flag, it is
        // refused as a leaf before its signature is looked at.
        (Wrong::UnknownIssuer | Wrong::Other(_), Some(leaf)) if self_signed.is_some() => format!(
            "self-signed: the certificate of {} vouches for itself, and nobody else does; if you know that it is right, \
             give it with --ca",
            anatomy::harmless(&leaf.subject)
        ),
        (Wrong::UnknownIssuer, Some(leaf)) => format!(
            "unknown CA: the certificate of {} is signed by {}, which is not trusted here; if you trust it, give its \
             certificate with --ca",
            anatomy::harmless(&leaf.subject),
            anatomy::harmless(&leaf.issuer)
        ),
        (other, _) => certificate(other),
    }
}

/// What is wrong with a certificate, whoever has shown it.
fn certificate(error: &CertificateError) -> String {
    use CertificateError as Wrong;
    match error {
        Wrong::ExpiredContext { time, not_after } => format!(
            "expired: the certificate was valid until {}, and it is {}",
            date(*not_after),
            date(*time)
        ),
        Wrong::NotValidYetContext { time, not_before } => format!(
            "not yet valid: the certificate is valid from {}, and it is {}; is the clock right?",
            date(*not_before),
            date(*time)
        ),
        Wrong::InvalidPurposeContext { required, presented } => format!(
            "wrong usage: the certificate is for {}; for {} is expected",
            if presented.is_empty() {
                "nothing that is named".into()
            } else {
                presented.iter().map(purpose).collect::<Vec<_>>().join(", ")
            },
            purpose(required)
        ),
        Wrong::InvalidPurpose => "wrong usage: the certificate is for something else".into(),
        Wrong::UnknownIssuer => "unknown CA: it is signed by nobody who is trusted here".into(),
        Wrong::BadSignature => {
            "wrong signature: it is not signed by the CA that is trusted here, though by one of the same name; the \
             certificate is forged, or its CA is another one"
                .into()
        }
        Wrong::BadEncoding => "the certificate cannot be read: its DER is broken".into(),
        Wrong::Revoked => "revoked: its CA has taken the certificate back".into(),
        other => format!("the certificate is not accepted: {other}"),
    }
}

fn purpose(purpose: &ExtendedKeyPurpose) -> String {
    match purpose {
        ExtendedKeyPurpose::ServerAuth => "servers (serverAuth)".into(),
        ExtendedKeyPurpose::ClientAuth => "clients (clientAuth)".into(),
        other => format!("something else ({other:?})"),
    }
}

/// The beginning of `text`, as many characters as a sentence can bear.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The name in the spelling of RFC 8446.
fn alert_name(alert: AlertDescription) -> String {
    let number = u8::from(alert);
    match crate::tls::names::alert(number) {
        "unknown" => format!("{number}"),
        name => name.to_owned(),
    }
}

fn date(time: UnixTime) -> String {
    match der::DateTime::from_unix_duration(Duration::from_secs(time.as_secs())) {
        Ok(date) => date.to_string().replace('T', " ").replace('Z', " UTC"),
        Err(_) => format!("{} s after 1970", time.as_secs()),
    }
}

/// Characters of what others say, in a sentence of ours.
pub(crate) const SHOWN: usize = 300;
