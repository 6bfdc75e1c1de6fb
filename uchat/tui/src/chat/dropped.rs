//! Files that are dropped onto a terminal are pasted by it as their names: quoted, with backslashes, as `file://`, or
//! as they are. In: what was pasted; out: the names, if it is nothing but names of files.

/// The files that a text names, if it is a list of absolute paths and nothing else.
pub(crate) fn paths(text: &str) -> Option<Vec<String>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut paths = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words = words(line).filter(|words| words.iter().all(|word| path(word).is_some()));
        match words {
            Some(words) => paths.extend(words.iter().filter_map(|word| path(word))),
            // Some terminals quote nothing: then the line is one name, with its spaces.
            None => paths.push(path(line).filter(|path| path.matches('/').count() > 1)?),
        }
    }
    (1..=MOST).contains(&paths.len()).then_some(paths)
}

/// An absolute path, as itself or as `file://`.
fn path(word: &str) -> Option<String> {
    if let Some(rest) = word.strip_prefix("file://") {
        let rest = rest.strip_prefix("localhost").unwrap_or(rest);
        return decoded(rest).filter(|path| path.starts_with('/'));
    }
    let windows = matches!(word.as_bytes(), [b'A'..=b'Z' | b'a'..=b'z', b':', b'\\' | b'/', _, ..]);
    (windows || (word.len() > 1 && word.starts_with('/') && !word.starts_with("//"))).then(|| word.to_owned())
}

/// A line split where a shell would split it; none if a quote is not closed.
fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.push(c),
            ('\'' | '"', None) => quote = Some(c),
            ('\\', None) if !word.contains(':') && !word.is_empty() => word.extend(characters.next()),
            (' ' | '\t', None) => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            (c, None) => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    quote.is_none().then_some(words)
}

/// Without the `%20` of addresses.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        (rest, bytes) = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                let byte = u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?;
                bytes.push(byte);
                (after, bytes)
            }
            (other, after) => {
                bytes.push(*other);
                (after, bytes)
            }
        };
    }
    String::from_utf8(bytes).ok()
}

/// The longest text that is looked at, in bytes, and the most files at once.
const LONGEST: usize = 16 << 10;
const MOST: usize = 20;

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn what_terminals_paste_for_dropped_files_is_understood() {
        for (pasted, expected) in [
            ("/home/ann/a.png", vec!["/home/ann/a.png"]),
            ("'/home/ann/my photo.png' ", vec!["/home/ann/my photo.png"]),
            (r"/home/ann/my\ photo.png", vec!["/home/ann/my photo.png"]),
            ("/home/ann/my photo.png", vec!["/home/ann/my photo.png"]),
            ("file:///home/ann/%E7%85%A7%20%E7%89%87.png\r\n", vec!["/home/ann/照 片.png"]),
            ("/tmp/a /tmp/b\n\"/tmp/c d\"", vec!["/tmp/a", "/tmp/b", "/tmp/c d"]),
            (r"C:\Users\ann\a.png", vec![r"C:\Users\ann\a.png"]),
        ] {
            assert_eq!(
                paths(pasted).as_deref(),
                Some(&expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
                "{pasted}"
            );
        }
    }

    #[test]
    fn other_texts_are_texts() {
        for text in [
            "",
            "hello",
            "see /tmp/a",
            "/",
            "/help me",
            "//a",
            "it's",
            "file://%zz",
            "file://host/a",
            "a/b/c",
        ] {
            assert_eq!(paths(text), None, "{text}");
        }
    }
}
