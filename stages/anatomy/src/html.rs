//! The span tree as HTML: the bytes with every field marked, and under them the list of the fields. Groups unfold,
//! fields have ids to link to, and no script is needed.

use crate::{Kind, Labelled, Span, quoted};
use std::collections::HashSet;
use std::fmt::Write;

/// Draws dumps for one page: it knows which ids the page has already, so none is given twice.
///
/// A field's id is the id of its dump and its label (`hello-length`), and if that one is taken, with the label of the
/// group around it in between. The same bytes get the same ids every time, so links to them last. A field for which
/// both are taken, or deep in the tree the first one, has none: a number would not last.
///
/// ```
/// use anatomy::{Html, Labelled};
/// let page = Html::default().dump("hello", &Labelled::whole("text", b"<hi>"));
/// assert!(page.contains(r#"<li id="hello-text">"#) && page.contains("3c 68 69 3e"));
/// assert!(page.contains("&lt;hi&gt;"));
/// ```
#[derive(Debug, Default)]
pub struct Html {
    used: HashSet<String>,
}

impl Html {
    /// An id that nothing else on this page has: `wanted` in lower case, in letters, digits and hyphens, and with a
    /// number behind it if somebody was first.
    pub fn id(&mut self, wanted: &str) -> String {
        let wanted = slug(wanted);
        let mut id = wanted.clone();
        let mut number = 1;
        while !self.used.insert(id.clone()) {
            number += 1;
            id = format!("{wanted}-{number}");
        }
        id
    }

    /// One `<div class="anatomy">` without an empty line in it, so that it can stand in Markdown.
    ///
    /// First come all bytes, an `<i>` for each field without fields of its own; then the list of the fields, in which
    /// the same ones come in the same order, as `<li>` without `<details>`. A style sheet and a script can count on
    /// that: the n-th `<i>` is the n-th such row. The tags are short, because there are many. All text is escaped.
    pub fn dump(&mut self, id: &str, labelled: &Labelled) -> String {
        let mut out = String::from("<div class=\"anatomy\">\n<p class=\"hex\">");
        let mut at = 0;
        for leaf in labelled.leaves() {
            // Bytes that no field covers must not get lost.
            out.push_str(&hex(labelled.bytes.get(at..leaf.range.start).unwrap_or_default()));
            // Writing to a String cannot fail.
            let _ = writeln!(out, "<i>{}</i>", hex(labelled.bytes_of(leaf)));
            at = leaf.range.end;
        }
        out.push_str(&hex(labelled.bytes.get(at..).unwrap_or_default()));
        out.push_str("</p>\n<ul>\n");
        for span in &labelled.spans {
            self.row(&mut out, labelled, span, (id, ""), 0);
        }
        out.push_str("</ul>\n</div>\n");
        out
    }

    fn row(&mut self, out: &mut String, all: &Labelled, span: &Span, place: (&str, &str), depth: usize) {
        let id = self.id_of(place, span.label, depth).map_or(String::new(), |id| format!(" id=\"{id}\""));
        let (label, bytes) = (escape_html(span.label), all.bytes_of(span));
        let mut says = match span.kind {
            Kind::Number(n) => n.to_string(),
            Kind::Text => escape_html(&quoted(&String::from_utf8_lossy(bytes))),
            Kind::Opaque | Kind::Group => count(bytes.len()),
        };
        if let Some(note) = &span.note {
            let _ = write!(says, " · {}", escape_html(note));
        }
        if span.children.is_empty() {
            let _ = writeln!(out, "<li{id}><b>{label}</b> <code>{}</code> {says}</li>", beginning(bytes));
            return;
        }
        let open = if depth < OPEN { " open" } else { "" };
        let _ = writeln!(out, "<li{id}><details{open}><summary><b>{label}</b> {says}</summary><ul>");
        for child in &span.children {
            self.row(out, all, child, (place.0, span.label), depth + 1);
        }
        out.push_str("</ul></details></li>\n");
    }

    fn id_of(&mut self, (dump, group): (&str, &str), label: &str, depth: usize) -> Option<String> {
        let short = slug(&format!("{dump} {label}"));
        let long = (depth <= OPEN).then(|| slug(&format!("{dump} {group} {label}")));
        [Some(short), long].into_iter().flatten().find(|id| self.used.insert(id.clone()))
    }
}

/// `text` with everything escaped that means something in HTML, within attributes as well.
///
/// ```
/// assert_eq!(anatomy::escape_html("<b a='1'> & \"x\""), "&lt;b a=&#39;1&#39;&gt; &amp; &quot;x&quot;");
/// ```
#[must_use]
pub fn escape_html(text: &str) -> String {
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

/// What may stand in an id and in a link to it without being escaped there.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if slug.is_empty() { "field".into() } else { slug }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// The first bytes; all of them stand above the list.
fn beginning(bytes: &[u8]) -> String {
    let shown = if bytes.len() > MOST { &bytes[..MOST - 1] } else { bytes };
    format!("{}{}", hex(shown), if shown.len() < bytes.len() { " …" } else { "" })
}

fn count(bytes: usize) -> String {
    format!("{bytes} byte{}", if bytes == 1 { "" } else { "s" })
}

/// Bytes of a field that its row shows at most.
const MOST: usize = 5;

/// How deep groups are open at first.
const OPEN: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadError, Reader};

    fn named(bytes: &[u8]) -> Labelled {
        let mut r = Reader::traced(bytes);
        r.u8("length").unwrap();
        r.group("name", |r| {
            let n = r.u16("length")?;
            r.text(usize::from(n), "<script>")?;
            Ok::<_, ReadError>(())
        })
        .unwrap();
        r.into_labelled()
    }

    #[test]
    fn every_field_has_its_bytes_and_a_row() {
        assert_eq!(
            Html::default().dump("n", &named(&[3, 0, 1, b'&'])),
            "<div class=\"anatomy\">\n<p class=\"hex\"><i>03</i>\n<i>00 01</i>\n<i>26</i>\n</p>\n<ul>\n\
             <li id=\"n-length\"><b>length</b> <code>03</code> 3</li>\n\
             <li id=\"n-name\"><details open><summary><b>name</b> 3 bytes</summary><ul>\n\
             <li id=\"n-name-length\"><b>length</b> <code>00 01</code> 1</li>\n\
             <li id=\"n-script\"><b>&lt;script&gt;</b> <code>26</code> &quot;&amp;&quot;</li>\n\
             </ul></details></li>\n</ul>\n</div>\n"
        );
    }

    #[test]
    fn a_page_gives_no_id_twice() {
        let mut html = Html::default();
        let labelled = named(&[3, 0, 1, b'x']);
        let page = html.dump("n", &labelled) + &html.dump("n", &labelled) + &html.dump("n-name", &labelled);
        let ids: Vec<&str> =
            page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{ids:?}");
        assert_eq!(page.matches("<li").count(), 12, "a field without an id has a row as well");
        assert_eq!([html.id("Ünï ©"), html.id("n")], ["n", "n-2"]);
        assert_eq!(html.id("??"), "field");
    }

    #[test]
    fn bytes_that_no_field_covers_are_shown_as_well() {
        let mut labelled = named(&[3, 0, 1, b'x']);
        labelled.spans.remove(0);
        labelled.bytes.push(0xee);
        let page = Html::default().dump("n", &labelled);
        assert!(page.contains("<p class=\"hex\">03<i>00 01</i>\n<i>78</i>\nee</p>"), "{page}");
    }
}
