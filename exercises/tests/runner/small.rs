//! A small course in a folder of its own: one stage with three exercises, and the real kit.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A course, and a student's sheet.
pub(crate) struct Small {
    folder: TempDir,
}

/// What the exercise `double` asks for, solved.
pub(crate) const DOUBLED: &str = "pub fn double(n: u32) -> Option<u32> {\n    n.checked_mul(2)\n}\n";

const SOLUTION: &str = "pub fn double(n: u32) -> Option<u32> {
    // solution
    n.checked_mul(2)
    // starter
    // todo!(\"twice as much\")
    // end
}
";

const TESTER: &str = "mod exercise;
pub fn main() {
    kit::run(|tester| {
        tester.step(\"a small number\", || kit::same(&Some(4), &exercise::double(2)));
        tester.step(\"the largest number\", || kit::same(&None, &exercise::double(u32::MAX)));
    });
}
";

const GREETER: &str = "mod exercise;
pub fn main() {
    kit::run(|tester| {
        tester.step(\"the flag\", || kit::same_text(&kit::flag(\"greet\"), &exercise::greet(&kit::flag(\"greet\"))));
        tester.step(\"bytes\", || kit::same_bytes(b\"hello\", exercise::bytes()));
    });
}
";

const GREETING: &str = "pub fn greet(flag: &str) -> String {
    // solution
    flag.to_owned()
    // starter
    // todo!()
    // end
}
pub fn bytes() -> Vec<u8> {
    b\"hello\".to_vec()
}
";

impl Small {
    /// The course as it is shipped.
    pub(crate) fn new() -> Self {
        let small = Self { folder: tempfile::tempdir().unwrap() };
        let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("course/kit");
        let real = fs::read_to_string(kit.join("../Cargo.toml")).unwrap();
        let version = |name: &str| {
            real.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap().to_owned()
        };
        let package = "[workspace.package]\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.90\"\nlicense = \"MIT OR Apache-2.0\"\npublish = false\n";
        small.write(
            "course/Cargo.toml",
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = [\"kit\", \"stage-1\"]\n{package}[workspace.dependencies]\nkit = {{ path = \"kit\" }}\n{}\n[workspace.lints.rust]\nunused = \"allow\"\n",
                version("sha2")
            ),
        );
        small.write("course/Cargo.lock", &fs::read_to_string(kit.join("../Cargo.lock")).unwrap());
        small.write("course/kit/Cargo.toml", &fs::read_to_string(kit.join("Cargo.toml")).unwrap());
        for file in fs::read_dir(kit.join("src")).unwrap() {
            let (path, name) = (file.as_ref().unwrap().path(), file.as_ref().unwrap().file_name());
            small.write(&format!("course/kit/src/{}", name.display()), &fs::read_to_string(path).unwrap());
        }
        let bins = ["double", "greet", "third"]
            .map(|name| format!("[[bin]]\nname = \"{name}\"\npath = \"{name}/tester.rs\"\n"));
        small.write(
            "course/stage-1/Cargo.toml",
            &format!(
                "[package]\nname = \"small-1\"\nversion = \"0.1.0\"\nedition = \"2024\"\nautobins = false\n{}[dependencies]\nkit.workspace = true\n[lints]\nworkspace = true\n",
                bins.concat()
            ),
        );
        small.exercise(
            "double",
            SOLUTION,
            TESTER,
            &[
                ("n.checked_mul(2)", "Some(n.wrapping_mul(2))", "FAIL the largest"),
                ("n.checked_mul(2)", "None", "FAIL a small number"),
            ],
        );
        small.exercise(
            "greet",
            GREETING,
            GREETER,
            &[
                ("flag.to_owned()", "\"flag-1234\".to_owned()", "FAIL the flag"),
                ("b\"hello\"", "b\"jello\"", "FAIL bytes"),
            ],
        );
        small.exercise(
            "third",
            SOLUTION,
            TESTER,
            &[
                ("n.checked_mul(2)", "Some(7)", "FAIL a small number"),
                ("n.checked_mul(2)", "Some(n << 1)", "FAIL the largest"),
            ],
        );
        small.write("book/src/page.md", "# Page\n\n## The code\n");
        for name in ["double", "greet", "third"] {
            let output = small.run(["reset", name]);
            assert!(output.status.success(), "{}", said(&output));
        }
        small
    }

    fn exercise(&self, name: &str, solution: &str, tester: &str, wrong: &[(&str, &str, &str)]) {
        let wrong: String = wrong
            .iter()
            .map(|(replace, with, says)| {
                format!("[[wrong]]\nwhat = \"Wrong.\"\nreplace = '{replace}'\nwith = '{with}'\nsays = \"{says}\"\n")
            })
            .collect();
        self.write(&format!("course/stage-1/{name}/exercise.toml"), &format!(
            "title = \"Title of {name}\"\nkind = \"build\"\nminutes = 10\npage = \"page.html#the-code\"\nstory = \"A story.\"\ndone = [\"it works\"]\nhints = [\"a nudge\", \"an idea\", \"a worked step\"]\nexplanation = \"Because.\"\n{wrong}"
        ));
        self.write(&format!("course/stage-1/{name}/solution.rs"), solution);
        self.write(&format!("course/stage-1/{name}/tester.rs"), tester);
    }

    /// A path in the folder, which lies as deep as the real one.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        match path.strip_prefix("course") {
            Some(rest) => self.folder.path().join("exercises").join(format!("course{rest}")),
            None => self.folder.path().join(path),
        }
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Writes what a student has written.
    pub(crate) fn solve(&self, name: &str, code: &str) {
        self.write(&format!("course/stage-1/{name}/exercise.rs"), code);
    }

    /// The runner on this course. Each course has a target folder of its own, because programs of two courses have the
    /// same names.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exercises"));
        command.env("CARGO_TARGET_DIR", self.path("target"));
        command.env_remove("CARGO_BUILD_BUILD_DIR"); // where it is set, cargo would share what lies between
        command.arg("--course").arg(self.path("course"));
        command.arg("--progress").arg(self.path("progress.toml"));
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        self.command().args(args).output().unwrap()
    }
}

/// All that a program has said.
pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
