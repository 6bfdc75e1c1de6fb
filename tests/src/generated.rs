//! Text in the repository that is made from code: compared in every run, written with `UCHAT_UPDATE=1`.

use crate::repository;

/// Compares the part of `file` between `<!-- NAME: begin … -->` and `<!-- NAME: end -->` with `content`.
pub fn generated(file: &str, name: &str, content: &str) {
    let path = repository().join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let (begin, end) = (format!("<!-- {name}: begin"), format!("<!-- {name}: end -->"));
    let start = text.find(&begin).unwrap_or_else(|| panic!("{file} has no `{begin}`"));
    let start = start + text[start..].find("-->\n").expect("the comment ends") + "-->\n".len();
    let stop = start + text[start..].find(&end).unwrap_or_else(|| panic!("{file} has no `{end}`"));
    let wanted = format!("\n{content}\n");
    if text[start..stop] == wanted {
        return;
    }
    if std::env::var_os("UCHAT_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&path, format!("{}{wanted}{}", &text[..start], &text[stop..])).unwrap();
        return;
    }
    panic!(
        "{file}, part `{name}`, is not what the code says. Run `UCHAT_UPDATE=1 cargo test -p acceptance`, look at \
         the change, and commit it. It should be:\n{content}"
    );
}
