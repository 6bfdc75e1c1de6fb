//! An https URL, taken apart (RFC 3986), and the percent signs in it.

use std::fmt;

/// Where to connect, and what to ask for there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// A name or an address; an IPv6 address without its brackets.
    pub host: String,
    /// 443 unless the URL says otherwise.
    pub port: u16,
    /// Path and query, at least `/`; what a URL cannot hold is percent-encoded.
    pub target: String,
}

impl Url {
    /// Takes `text` apart. The error is a sentence that says what a URL looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let shown = anatomy::quoted(text);
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(format!("{shown} is no URL: write it like https://example.org/"));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "https" => {}
            "http" => {
                return Err(format!(
                    "{shown} begins with http: it would be fetched in clear, and anybody on the path could read and \
                     change it; this program speaks https only"
                ));
            }
            _ => {
                return Err(format!(
                    "{shown} does not begin with https://, the only thing this program speaks"
                ));
            }
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(format!("{shown} holds a user name (before the @): this program logs in nowhere"));
        }
        let (host, port) = host_and_port(authority).ok_or_else(|| {
            format!("{shown} has no host and port that can be used: write them like example.org, [::1]:9443")
        })?;
        let path = path.split_once('#').map_or(path, |(before, _)| before); // the fragment stays at home
        let target = if path.starts_with('/') { escape(path) } else { format!("/{}", escape(path)) };
        Ok(Self { host: host.to_owned(), port, target })
    }

    /// The value of the field Host (RFC 9110, section 7.2).
    #[must_use]
    pub fn host_field(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == 443 { host } else { format!("{host}:{}", self.port) }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.host_field(), self.target)
    }
}

fn host_and_port(authority: &str) -> Option<(&str, u16)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    let port = match port {
        None | Some("") => 443,
        Some(digits) => digits.parse().ok().filter(|port| *port > 0)?,
    };
    (!host.is_empty() && host.chars().all(fits)).then_some((host, port))
}

/// Encodes what must not stand in a URL, and leaves everything else, `%` included, as it is.
fn escape(text: &str) -> String {
    encode_where(text, |byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'`'))
}

/// Encodes a value for a query: everything but letters, digits and `-._~` (RFC 3986, section 2.3).
#[must_use]
pub fn encode(text: &str) -> String {
    encode_where(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

fn encode_where(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let byte = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

/// The parameter `name` of a query, decoded. `None` if it is not there, or a percent sign is not followed by
/// two digits.
#[must_use]
pub fn parameter(query: &str, name: &str) -> Option<Vec<u8>> {
    let value = query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))?.1;
    let mut bytes = value.bytes();
    let mut out = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ', // as forms write it
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        for (text, host, port, target) in [
            ("https://example.org", "example.org", 443, "/"),
            ("HTTPS://localhost:9443/a/b?c=d#e", "localhost", 9443, "/a/b?c=d"),
            ("https://[::1]:1/", "::1", 1, "/"),
            ("https://127.0.0.1?q=小 \"%41", "127.0.0.1", 443, "/?q=%E5%B0%8F%20%22%41"),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!((url.host.as_str(), url.port, url.target.as_str()), (host, port, target));
        }
        assert_eq!(Url::parse("https://[::1]:8/x").unwrap().to_string(), "https://[::1]:8/x");
    }

    #[test]
    fn what_is_no_https_url_is_told_why() {
        for (text, part) in [
            ("example.org", "is no URL"),
            ("http://example.org/", "in clear"),
            ("ftp://example.org/", "does not begin with https"),
            ("https://", "no host"),
            ("https:///x", "no host"),
            ("https://a b/", "no host"),
            ("https://小明.example/", "no host"),
            ("https://host:99999/", "no host"),
            ("https://host:0/", "no host"),
            ("https://[::1/", "no host"),
            ("https://[::1]x/", "no host"),
            ("https://bob:secret@host/", "user name"),
            ("https://ho\r\nst/", "no host"),
        ] {
            let error = Url::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn a_line_break_in_a_url_never_reaches_the_request() {
        let url = Url::parse("https://host/a\r\nEvil: yes").unwrap();
        assert_eq!(url.target, "/a%0D%0AEvil:%20yes");
    }

    #[test]
    fn parameters_are_decoded_as_they_were_encoded() {
        for text in ["", "a+b c&d=e%", "小明 😀", "\0\x7f"] {
            let query = format!("x=1&text={}&y", encode(text));
            assert_eq!(parameter(&query, "text").unwrap(), text.as_bytes());
        }
        assert_eq!(parameter("text=a+b", "text").unwrap(), b"a b");
        for bad in ["text=%", "text=%4", "text=%zz", "text=%+1", "other=1", ""] {
            assert_eq!(parameter(bad, "text"), None, "{bad}");
        }
    }
}
