//! The built pages in memory. A server that knows nothing else can give away nothing else.

use crate::finish::files;
use std::collections::HashMap;
use std::io;
use std::path::Path;

/// Files by their path in a URL: `stage-1.html`, `css/general.css`.
#[derive(Debug, Default)]
pub struct Site(HashMap<String, Vec<u8>>);

impl Site {
    /// Reads every file of a folder.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut site = HashMap::new();
        for path in files(folder, "")? {
            let Ok(name) = path.strip_prefix(folder) else { continue };
            let name = name
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect::<Vec<_>>()
                .join("/");
            site.insert(name, std::fs::read(&path)?);
        }
        Ok(Self(site))
    }

    /// What a request's target names: its type and its bytes.
    pub fn get(&self, target: &str) -> Option<(&'static str, &[u8])> {
        let path = target.split(['?', '#']).next()?;
        let name = decode(path.strip_prefix('/')?)?;
        let name = match name.as_str() {
            "" => "index.html".to_owned(),
            folder if folder.ends_with('/') => format!("{folder}index.html"),
            _ => name,
        };
        let bytes = self.0.get(&name)?;
        Some((content_type(&name), bytes))
    }
}

/// A path without its `%20`; `None` when that is no text.
pub(crate) fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || (rest.next()? as char).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("html");
        std::fs::create_dir_all(pages.join("teacher")).unwrap();
        std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        std::fs::write(pages.join("index.html"), "first").unwrap();
        std::fs::write(pages.join("teacher/index.html"), "teacher").unwrap();
        Site::read(&pages).unwrap()
    }

    #[test]
    fn pages_are_found_by_their_path() {
        let site = site();
        for (target, text) in [
            ("/", "first"),
            ("/index.html?x#y", "first"),
            ("/teacher/", "teacher"),
            ("/%69ndex.html", "first"),
        ] {
            assert_eq!(site.get(target), Some(("text/html; charset=utf-8", text.as_bytes())), "{target}");
        }
    }

    #[test]
    fn nothing_outside_can_be_named() {
        let site = site();
        for target in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/teacher/../../secret.txt",
            "//secret.txt",
            "secret.txt",
            "/%zz",
            "/%f",
            "/%ff",
            "",
            "http://127.0.0.1/index.html",
        ] {
            assert_eq!(site.get(target), None, "{target}");
        }
    }
}
