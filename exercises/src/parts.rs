//! One file, `solution.rs`, is solution, starter and the base of all wrong answers.
//!
//! ```text
//! fn answer() -> u32 {
//!     // solution
//!     42
//!     // starter
//!     // todo!("the answer to everything")
//!     // end
//! }
//! ```
//! The solution has what stands between `solution` and `starter`; the starter has instead what stands between `starter`
//! and `end`, with its two slashes taken off. A wrong answer is the solution with one piece of text replaced.

/// A `solution.rs`, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    /// What students begin with.
    pub(crate) starter: String,
    /// What they should come to.
    pub(crate) solution: String,
}

/// In which region of the file a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Region {
    Both,
    Solution,
    Starter,
}

impl Parts {
    /// Takes the text of a `solution.rs` apart. The error names the line.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let (mut starter, mut solution) = (String::new(), String::new());
        let mut region = Region::Both;
        let mut regions = 0;
        for (number, line) in text.lines().enumerate() {
            let wrong = |what: &str| Err(format!("solution.rs, line {}: {what}", number + 1));
            match (line.trim(), region) {
                ("// solution", Region::Both) => (region, regions) = (Region::Solution, regions + 1),
                ("// starter", Region::Solution) => region = Region::Starter,
                ("// end", Region::Starter) => region = Region::Both,
                ("// solution" | "// starter" | "// end", _) => {
                    return wrong("the marks must follow each other: solution, starter, end");
                }
                (_, Region::Both) => {
                    add(&mut starter, line);
                    add(&mut solution, line);
                }
                (_, Region::Solution) => add(&mut solution, line),
                (_, Region::Starter) => match uncommented(line) {
                    Some(line) => add(&mut starter, &line),
                    None => return wrong("a line of the starter must be a comment"),
                },
            }
        }
        match (region, regions) {
            (Region::Both, 1..) => Ok(Self { starter, solution }),
            (Region::Both, _) => Err("solution.rs leaves nothing to do: it has no `// solution`".to_owned()),
            _ => Err("solution.rs ends inside a region: `// end` is missing".to_owned()),
        }
    }
}

fn add(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn uncommented(line: &str) -> Option<String> {
    let rest = line.trim_start();
    let indent = &line[..line.len() - rest.len()];
    let code = rest.strip_prefix("//")?;
    let code = code.strip_prefix(' ').unwrap_or(code);
    Some(format!("{indent}{code}").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    #[test]
    fn one_file_gives_starter_and_solution() {
        let text = "fn a() -> u8 {\n    // solution\n    7\n    // starter\n    // todo!(\"seven\")\n    //\n    // end\n}\n";
        let parts = Parts::of(text).unwrap();
        assert_eq!(parts.solution, "fn a() -> u8 {\n    7\n}\n");
        assert_eq!(parts.starter, "fn a() -> u8 {\n    todo!(\"seven\")\n\n}\n");
    }

    #[test]
    fn what_is_marked_wrongly_is_named() {
        for (text, says) in [
            ("fn a() {}\n", "nothing to do"),
            ("// solution\n1\n", "`// end` is missing"),
            ("// solution\n// end\n", "line 2: the marks"),
            ("// starter\n", "line 1: the marks"),
            ("// solution\n// solution\n", "line 2: the marks"),
            ("// solution\n1\n// starter\n2\n// end\n", "line 4: a line of the starter"),
        ] {
            let error = Parts::of(text).unwrap_err();
            assert!(error.contains(says), "{text:?}: {error}");
        }
    }
}
