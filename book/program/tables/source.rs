//! What the source says about an item: its doc comment, for tables that would else repeat it.

use crate::generated::Problem;
use crate::place::Place;

/// The public constants of a file, in order: name and description.
pub(super) fn constants(place: &Place, file: &str) -> Result<Vec<(String, String)>, Problem> {
    let text = read(place, file)?;
    let found = described(&text, |line| {
        let name = line.strip_prefix("pub const ")?.split(':').next()?;
        Some(name.to_owned())
    });
    if found.is_empty() { Err(format!("{file} has no constants").into()) } else { Ok(found) }
}

/// The descriptions of the variants of an enum, in order.
pub(super) fn variants(place: &Place, file: &str, name: &str) -> Result<Vec<String>, Problem> {
    let text = read(place, file)?;
    let body = || {
        let (_, rest) = text.split_once(&format!("pub enum {name} {{\n"))?;
        rest.split_once("\n}").map(|(body, _)| body)
    };
    let body = body().ok_or_else(|| format!("{file} has no enum {name}"))?;
    let variant = |line: &str| line.ends_with(',').then(|| line.to_owned());
    Ok(described(body, variant).into_iter().map(|(_, about)| about).collect())
}

fn read(place: &Place, file: &str) -> Result<String, Problem> {
    let path = place.root().join(file);
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The items that `name` recognises, each with the comment right before it.
fn described(text: &str, name: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let (mut found, mut comment) = (Vec::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        match line.strip_prefix("///") {
            Some(words) => comment.push(words.trim().to_owned()),
            None => {
                if let Some(name) = name(line) {
                    found.push((name, sentence(&comment.join(" "))));
                }
                comment.clear();
            }
        }
    }
    found
}

/// Without what only rustdoc understands.
fn sentence(comment: &str) -> String {
    comment.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_the_comment_before_it_and_no_other() {
        let text = "//! Module.\n\n/// Lost.\nfn x() {}\n/// One\n/// two.\npub const A: usize = 1;\npub const B: u8 = 2;\n";
        let name = |line: &str| line.strip_prefix("pub const ").map(|rest| rest[..1].to_owned());
        assert_eq!(described(text, name), [("A".into(), "One two".into()), ("B".into(), String::new())]);
    }
}
