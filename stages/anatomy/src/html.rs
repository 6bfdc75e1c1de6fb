//! The span tree as HTML: groups unfold, every field has an id to link to, no script is needed.

use crate::{Kind, Labelled, Span, quoted};
use std::fmt::Write;

/// Draws `labelled` as one `<figure>`.
///
/// `id` becomes the figure's id and the prefix of the fields' ids (`id-0`, `id-0-1`, …: the path in the
/// tree), so a page can link to one field. Groups are `<details>` elements, so the keyboard works and
/// print shows what is open. All text, `id` and `caption` included, is escaped.
///
/// ```
/// use anatomy::{Labelled, html};
/// let page = html("hello", "What the client sent", &Labelled::whole("text", b"<hi>"));
/// assert!(page.contains(r#"<div class="field" id="hello-0">"#));
/// assert!(page.contains("&lt;hi&gt;"));
/// ```
#[must_use]
pub fn html(id: &str, caption: &str, labelled: &Labelled) -> String {
    let id = escape(id);
    let mut out =
        format!("<figure class=\"anatomy\" id=\"{id}\">\n<figcaption>{}</figcaption>\n", escape(caption));
    for (n, span) in labelled.spans.iter().enumerate() {
        write_span(&mut out, labelled, span, &format!("{id}-{n}"));
    }
    out.push_str("</figure>\n");
    out
}

fn write_span(out: &mut String, all: &Labelled, span: &Span, id: &str) {
    let group = span.kind == Kind::Group;
    let bytes = all.bytes_of(span);
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut line = format!(
        "<span class=\"offset\">{:04x}</span> <code class=\"bytes\">{}</code> <span class=\"label\">{}</span>",
        span.range.start,
        hex.join(" "),
        escape(span.label)
    );
    let value = match span.kind {
        Kind::Number(n) => n.to_string(),
        Kind::Text => quoted(&String::from_utf8_lossy(bytes)),
        Kind::Opaque | Kind::Group => String::new(),
    };
    // Writing to a String cannot fail.
    if !value.is_empty() {
        let _ = write!(line, " <span class=\"value\">{}</span>", escape(&value));
    }
    if let Some(note) = &span.note {
        let _ = write!(line, " <span class=\"note\">{}</span>", escape(note));
    }
    if group {
        let _ = writeln!(out, "<details class=\"group\" id=\"{id}\" open><summary>{line}</summary>");
        for (n, child) in span.children.iter().enumerate() {
            write_span(out, all, child, &format!("{id}-{n}"));
        }
        out.push_str("</details>\n");
    } else {
        let _ = writeln!(out, "<div class=\"field\" id=\"{id}\">{line}</div>");
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadError, Reader};

    #[test]
    fn a_group_unfolds_and_its_fields_can_be_linked_to() {
        let mut r = Reader::traced(&[0, 1, b'&']);
        r.group("name", |r| {
            let n = r.u16("length")?;
            r.text(usize::from(n), "text")?;
            Ok::<_, ReadError>(())
        })
        .unwrap();
        assert_eq!(
            html("n", "A \"name\"", &r.into_labelled()),
            "<figure class=\"anatomy\" id=\"n\">\n<figcaption>A &quot;name&quot;</figcaption>\n\
             <details class=\"group\" id=\"n-0\" open><summary><span class=\"offset\">0000</span> \
             <code class=\"bytes\">00 01 26</code> <span class=\"label\">name</span></summary>\n\
             <div class=\"field\" id=\"n-0-0\"><span class=\"offset\">0000</span> <code class=\"bytes\">00 01</code> \
             <span class=\"label\">length</span> <span class=\"value\">1</span></div>\n\
             <div class=\"field\" id=\"n-0-1\"><span class=\"offset\">0002</span> <code class=\"bytes\">26</code> \
             <span class=\"label\">text</span> <span class=\"value\">&quot;&amp;&quot;</span></div>\n\
             </details>\n</figure>\n"
        );
    }
}
