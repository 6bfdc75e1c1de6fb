//! Bits of HTML that go into Markdown.

/// HTML as one block of Markdown. Such a block ends at the first blank line (CommonMark, section 4.6), so there
/// must be none: outside of `<pre>` they mean nothing, within it a reference stands for the line's end.
pub(crate) fn block(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 2);
    let mut preformatted = false;
    for line in html.lines() {
        if !line.trim().is_empty() {
            out.push_str(line);
            out.push('\n');
        } else if preformatted && out.ends_with('\n') {
            // At the end of the line before; that line's own end follows it.
            out.insert_str(out.len() - 1, "&#10;");
        }
        let last = |tag: &str| line.rfind(tag);
        preformatted = match (last("<pre"), last("</pre")) {
            (Some(open), Some(close)) => open > close,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => preformatted,
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_no_blank_line() {
        assert_eq!(block("<p>\n\na\n  \n</p>"), "<p>\na\n</p>\n");
        assert_eq!(block("<pre>a\n\n\nb</pre>\n\nc"), "<pre>a&#10;&#10;\nb</pre>\nc\n");
    }
}
