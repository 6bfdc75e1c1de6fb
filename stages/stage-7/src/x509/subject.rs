//! Who a certificate is about: names and e-mail addresses of people, as text and as X.501 names.

use super::CertificateError;
use anatomy::harmless;
use const_oid::db::rfc4519::COMMON_NAME;
use der::asn1::{Any, Ia5String, PrintableStringRef, Utf8StringRef};
use der::{Decode, Encode, Tag, Tagged};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

/// Checks a name that we would write into a certificate: 1 to 64 characters (RFC 5280, appendix A.1,
/// ub-common-name) without control characters or invisible ones, which could show one name and be another.
pub(super) fn check_common_name(text: &str) -> Result<(), CertificateError> {
    let wrong = |problem| Err(CertificateError::bad_name("common name", text, problem));
    match text.chars().count() {
        0 => wrong("is empty"),
        65.. => wrong("is longer than 64 characters"),
        _ if harmless(text) != text => wrong("has control characters or invisible ones"),
        _ if text.trim() != text => wrong("begins or ends with a space"),
        _ => Ok(()),
    }
}

/// Checks an e-mail address that we would write into a certificate: ASCII (RFC 5280, section 4.2.1.6),
/// something on both sides of one `@`, and no spaces. Whether it reaches anybody is not our business.
pub(super) fn check_email(text: &str) -> Result<(), CertificateError> {
    let wrong = |problem| Err(CertificateError::bad_name("e-mail address", text, problem));
    if text.len() > 254 {
        return wrong("is longer than 254 characters");
    }
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return wrong("has spaces or characters outside ASCII");
    }
    match text.split_once('@') {
        Some((user, host)) if !user.is_empty() && !host.is_empty() && !host.contains('@') => Ok(()),
        _ => wrong("has not exactly one @ with something on both sides"),
    }
}

/// The X.501 name with nothing but this common name, as a UTF8String.
pub(super) fn name_of(common_name: &str) -> Result<Name, CertificateError> {
    check_common_name(common_name)?;
    let build = || {
        let value = Any::from(Utf8StringRef::new(common_name)?);
        let attribute = AttributeTypeAndValue { oid: COMMON_NAME, value };
        let mut sequence = RdnSequence::default();
        sequence.push(RelativeDistinguishedName::try_from(vec![attribute])?);
        Name::from_der(&sequence.to_der()?)
    };
    build().map_err(CertificateError::malformed("common name"))
}

/// The one common name in an X.501 name; `None` without one, with several, or in another character set than
/// RFC 5280 (section 4.1.2.4) asks for.
pub(super) fn common_name(name: &Name) -> Option<String> {
    let mut values = name.iter().filter(|attribute| attribute.oid == COMMON_NAME).map(|found| &found.value);
    match (values.next(), values.next()) {
        (Some(value), None) => text(value),
        _ => None,
    }
}

/// The first e-mail address in a subjectAltName.
pub(super) fn email(names: &[GeneralName]) -> Option<&str> {
    names.iter().find_map(|name| match name {
        GeneralName::Rfc822Name(email) => Some(email.as_ref()),
        _ => None,
    })
}

/// The entry of a subjectAltName for an e-mail address.
pub(super) fn email_entry(email: &str) -> Result<GeneralName, CertificateError> {
    check_email(email)?;
    let text = Ia5String::new(email).map_err(CertificateError::malformed("e-mail address"))?;
    Ok(GeneralName::Rfc822Name(text))
}

fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String => Utf8StringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        Tag::PrintableString => PrintableStringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_round_trip_whatever_they_hold() {
        for good in ["alice", "小明", "O=x,CN=y+z\\", "#0500", "a\"b", "straße 12", &"x".repeat(64)] {
            let name = name_of(good).unwrap();
            assert_eq!(common_name(&name).as_deref(), Some(good));
            assert_eq!(name.len(), 1);
        }
        for bad in ["", "a\nb", "a\0", "a\u{202e}b", " a", "a ", &"x".repeat(65)] {
            assert!(name_of(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn two_common_names_are_none() {
        use std::str::FromStr;
        assert_eq!(common_name(&Name::from_str("CN=a,CN=b").unwrap()), None);
        assert_eq!(common_name(&Name::from_str("O=a").unwrap()), None);
        assert_eq!(common_name(&Name::from_str("O=a,CN=b").unwrap()).as_deref(), Some("b"));
    }

    #[test]
    fn e_mail_addresses_are_ascii_with_one_at_sign() {
        for good in ["alice@example.org", "a@b"] {
            assert!(check_email(good).is_ok(), "{good}");
        }
        for bad in ["", "alice", "@b", "a@", "a@b@c", "a b@c", "小明@example.org", "a@b\n", "a@b\0.org"] {
            assert!(check_email(bad).is_err(), "{bad:?}");
        }
    }
}
