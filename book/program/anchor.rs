//! The anchors in sources: `// ANCHOR: name` to `// ANCHOR_END: name`, which chapters include by their name.

use crate::directive::is_name;
use crate::problem::known_names;
use std::path::{Component, Path, PathBuf};

/// A named part of a source.
#[derive(Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Its name.
    pub name: String,
    /// The line of its opening comment.
    pub line: usize,
    /// How many lines it has, without the comments of anchors.
    pub lines: usize,
}

/// The anchors of a source, and what is wrong with them: the line and a sentence.
pub fn anchors(source: &str) -> (Vec<Anchor>, Vec<(usize, String)>) {
    let mut anchors: Vec<Anchor> = Vec::new();
    let mut open: Vec<Anchor> = Vec::new();
    let mut problems = Vec::new();
    for (index, line) in source.lines().enumerate() {
        let number = index + 1;
        if let Some(name) = comment(line, "ANCHOR:") {
            if !is_name(&name.replace('_', "-")) {
                problems.push((number, format!("{name:?} is not a name for an anchor: use snake_case")));
            }
            if anchors.iter().chain(&open).any(|other| other.name == name) {
                problems.push((number, format!("there is already an anchor {name} in this file")));
            }
            open.push(Anchor { name: name.to_owned(), line: number, lines: 0 });
        } else if let Some(name) = comment(line, "ANCHOR_END:") {
            match open.iter().position(|anchor| anchor.name == name) {
                Some(at) => anchors.push(open.remove(at)),
                None => {
                    problems.push((number, format!("ANCHOR_END: {name} without ANCHOR: {name} before it")))
                }
            }
        } else {
            open.iter_mut().for_each(|anchor| anchor.lines += 1);
        }
    }
    for anchor in open {
        problems.push((anchor.line, format!("the anchor {0} has no ANCHOR_END: {0}", anchor.name)));
    }
    anchors.sort_by_key(|anchor| anchor.line);
    (anchors, problems)
}

/// The name after this mark, in a comment.
fn comment<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let at = line.find(mark)?;
    let before = line[..at].trim();
    (!before.is_empty() && ["//", "#", "<!--", "/*"].iter().any(|start| before.starts_with(start)))
        .then(|| line[at + mark.len()..].split_whitespace().next().unwrap_or(""))
}

/// What `{{#include PATH:ANCHOR}}` names.
#[derive(Debug, PartialEq, Eq)]
pub struct Include {
    /// The file, relative to the checkout.
    pub file: PathBuf,
    /// The part of it; without one, all of it.
    pub anchor: Option<String>,
}

impl Include {
    /// Reads a line of a fenced block of `chapter` (relative to the checkout); `None` when it includes nothing.
    pub fn parse(chapter: &Path, line: &str) -> Result<Option<Self>, String> {
        let line = line.trim();
        if !line.starts_with("{{#") {
            return match line.contains("{{#include") && !line.contains("\\{{#") {
                true => Err("{{#include …}} stands alone in its line".to_owned()),
                false => Ok(None),
            };
        }
        let target = line.strip_prefix("{{#include ").and_then(|rest| rest.strip_suffix("}}"));
        let Some(target) = target.map(str::trim) else {
            return Err(format!("{line} cannot stand in a block; write {{{{#include PATH:ANCHOR}}}}"));
        };
        let (path, anchor) = match target.split_once(':') {
            Some((path, anchor)) => (path, Some(anchor.to_owned())),
            None => (target, None),
        };
        let file = inside(&chapter.with_file_name(""), Path::new(path))
            .ok_or_else(|| format!("{path} leads out of the checkout"))?;
        Ok(Some(Self { file, anchor }))
    }

    /// The text it stands for, without the comments of anchors.
    pub fn text(&self, root: &Path) -> Result<String, String> {
        let source = std::fs::read_to_string(root.join(&self.file))
            .map_err(|error| format!("cannot include {}: {error}", self.file.display()))?;
        let (anchors, _) = anchors(&source);
        let range = match &self.anchor {
            None => 0..usize::MAX,
            Some(name) => {
                let mut named = anchors.iter().filter(|anchor| anchor.name == *name);
                let anchor = named.next().ok_or_else(|| {
                    let names = anchors.iter().map(|anchor| anchor.name.as_str());
                    format!("{} has no anchor {name}; {}", self.file.display(), known_names(name, names))
                })?;
                if named.next().is_some() {
                    return Err(format!("{} has the anchor {name} more than once", self.file.display()));
                }
                let end = source
                    .lines()
                    .position(|line| comment(line, "ANCHOR_END:") == Some(name))
                    .unwrap_or(usize::MAX);
                anchor.line..end
            }
        };
        let lines =
            source.lines().enumerate().filter(|(index, _)| range.contains(index)).map(|(_, line)| line);
        let own = |line: &&str| comment(line, "ANCHOR:").is_none() && comment(line, "ANCHOR_END:").is_none();
        Ok(lines.filter(own).map(|line| format!("{line}\n")).collect())
    }
}

/// `path` as seen from `folder`, with `.` and `..` worked out; `None` when it leads above the root.
pub fn inside(folder: &Path, path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::Normal(part) => clean.push(part),
            Component::CurDir => {}
            Component::ParentDir if clean.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "// ANCHOR: all\nfn a() {\n    // ANCHOR: body\n    b();\n    // ANCHOR_END: body\n}\n// ANCHOR_END: all\n";

    #[test]
    fn anchors_may_lie_in_each_other() {
        let (found, problems) = anchors(SOURCE);
        assert_eq!(problems, []);
        let found: Vec<_> =
            found.iter().map(|anchor| (anchor.name.as_str(), anchor.line, anchor.lines)).collect();
        assert_eq!(found, [("all", 1, 3), ("body", 3, 1)]);
    }

    #[test]
    fn broken_anchors_are_named() {
        for (source, line, part) in [
            ("// ANCHOR: a\n", 1, "no ANCHOR_END"),
            ("\n// ANCHOR_END: a\n", 2, "without ANCHOR"),
            ("// ANCHOR: a\n// ANCHOR_END: a\n// ANCHOR: a\n// ANCHOR_END: a\n", 3, "already"),
            ("// ANCHOR: A-B\n// ANCHOR_END: A-B\n", 1, "snake_case"),
        ] {
            let (_, problems) = anchors(source);
            assert_eq!(problems.len(), 1, "{source}");
            assert!(problems[0].0 == line && problems[0].1.contains(part), "{problems:?}");
        }
        assert_eq!(anchors("let x = \"ANCHOR: no\";\n").0, []);
    }

    #[test]
    fn an_include_stays_in_the_checkout() {
        let chapter = Path::new("book/src/messenger/channel.md");
        let include =
            Include::parse(chapter, "{{#include ../../../uchat/src/main.rs:main}}").unwrap().unwrap();
        assert_eq!(include.file, Path::new("uchat/src/main.rs"));
        assert_eq!(include.anchor.as_deref(), Some("main"));
        for out in ["../../../../etc/passwd", "/etc/passwd", "../../../../../x"] {
            let problem = Include::parse(chapter, &format!("{{{{#include {out}}}}}")).unwrap_err();
            assert!(problem.contains("out of the checkout"), "{problem}");
        }
        assert!(Include::parse(chapter, "{{#bytes frame}}").is_err());
        assert!(Include::parse(chapter, "x {{#include a.rs}}").is_err());
        assert_eq!(Include::parse(chapter, "let x = 1;"), Ok(None));
    }

    #[test]
    fn the_included_text_is_without_comments_of_anchors() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.rs"), SOURCE).unwrap();
        let include =
            |anchor: Option<&str>| Include { file: "a.rs".into(), anchor: anchor.map(str::to_owned) };
        assert_eq!(include(Some("all")).text(folder.path()).unwrap(), "fn a() {\n    b();\n}\n");
        assert_eq!(include(Some("body")).text(folder.path()).unwrap(), "    b();\n");
        assert_eq!(include(None).text(folder.path()).unwrap(), "fn a() {\n    b();\n}\n");
        assert!(include(Some("bdy")).text(folder.path()).unwrap_err().contains("did you mean body"));
    }
}
