//! The shape of the workspace: who knows whom, what stays small, what is declared once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use acceptance::{metadata, repository};
use cargo_metadata::{DependencyKind, Package, TargetKind};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Who may depend on whom, dev-dependencies aside: every package, and what it stands on. What that stands on in
/// turn it may name as well.
const ARROWS: [(&str, &[&str]); 19] = [
    ("anatomy", &[]),
    ("stage-1", &["anatomy"]),
    ("stage-2", &["stage-1"]),
    ("stage-3", &["stage-2"]),
    ("stage-4", &["stage-3"]),
    ("stage-5", &["stage-4"]),
    ("stage-6", &["stage-5"]),
    ("stage-7", &["stage-6"]),
    ("stage-8", &["stage-7"]),
    ("uchat-protocol", &["stage-8"]),
    ("uchat-server", &["uchat-protocol"]),
    ("uchat-client", &["uchat-protocol"]),
    ("uchat-tools", &["uchat-protocol"]),
    ("uchat-tui", &["uchat-client"]),
    ("uchat", &["uchat-server", "uchat-client", "uchat-tools", "uchat-tui"]),
    ("acceptance", &["uchat-protocol"]),
    ("book", &["uchat-protocol"]),
    // It starts cargo, so that it is there in seconds.
    ("exercises", &[]),
    ("conformance", &["uchat-server"]), // the server in its tests only
];

/// Everything that a package may name.
fn allowed(name: &str) -> BTreeSet<&'static str> {
    let (_, direct) = ARROWS.iter().find(|(known, _)| *known == name).unwrap();
    direct.iter().flat_map(|next| allowed(next).into_iter().chain([*next])).collect()
}

fn members() -> Vec<&'static Package> {
    metadata().workspace_packages()
}

#[test]
fn dependencies_point_down_the_ladder_only() {
    let names: BTreeSet<&str> = members().iter().map(|package| package.name.as_str()).collect();
    let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, known, "every member has its row in ARROWS");
    for package in members() {
        let allowed = allowed(&package.name);
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            assert!(
                !names.contains(name) || allowed.contains(&name),
                "{} must not know {name}",
                package.name
            );
        }
    }
}

#[test]
fn members_take_every_setting_from_the_workspace() {
    for package in members() {
        assert_eq!(package.publish.as_deref(), Some(&[][..]), "{} must not be published", package.name);
        assert_eq!(package.edition, cargo_metadata::Edition::E2024, "{}", package.name);
        assert_eq!(package.license.as_deref(), Some("MIT OR Apache-2.0"), "{}", package.name);
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} does not take the lints", package.name);
        let tables = manifest.split("\n[").filter(|table| {
            ["dependencies]", "dev-dependencies]", "build-dependencies]"]
                .iter()
                .any(|name| table.starts_with(name))
        });
        for line in tables.flat_map(str::lines).filter(|line| line.contains('=')) {
            assert!(
                line.contains("workspace = true"),
                "{}: `{line}` names a version of its own",
                package.name
            );
        }
    }
}

#[test]
fn no_dependency_wants_a_newer_rust_than_we_promise() {
    let ours = members()[0].rust_version.clone().expect("the workspace sets rust-version");
    for package in &metadata().packages {
        if let Some(theirs) = &package.rust_version {
            assert!(
                *theirs <= ours,
                "{} {} wants Rust {theirs}, we promise {ours}",
                package.name,
                package.version
            );
        }
    }
}

#[test]
fn licences_are_known_and_free() {
    // CC-BY: the icons of mdBook.
    const FREE: [&str; 11] = [
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Zlib",
        "Unicode-3.0",
        "Unlicense",
        "CC0-1.0",
        "MPL-2.0",
        "CC-BY-4.0",
    ];
    let free = |word: &str| FREE.contains(&word.trim_end_matches(" WITH LLVM-exception"));
    for package in &metadata().packages {
        let licence =
            package.license.as_deref().unwrap_or_else(|| panic!("{} names no licence", package.name));
        // `A OR B` needs one that is free, `A AND B` needs both; `/` is an old way to write OR.
        let enough = licence
            .replace(['(', ')'], "")
            .split(" AND ")
            .all(|part| part.replace('/', " OR ").split(" OR ").any(|word| free(word.trim())));
        assert!(enough, "{} has the licence {licence}", package.name);
    }
}

#[test]
fn no_crate_is_there_twice_without_a_reason() {
    // Crates that upstream keeps in two versions, for a time. Remove a row when it is no longer needed.
    // rand and its two, lru: num-prime is on rand 0.8 and lru 0.16. syn: some derives have moved to 3, others not yet.
    // rustix and linux-raw-sys: ratatui-image is on 0.38. thiserror and its macro: crossterm's way to read a terminal.
    // darling and its two: handlebars, which mdBook fills its pages with, is on 0.20. similar: insta is on 2.
    // miniz_oxide: png reads with one version and asks flate2 for another.
    const TWICE: [&str; 15] = [
        "darling",
        "darling_core",
        "darling_macro",
        "getrandom",
        "hashbrown",
        "linux-raw-sys",
        "lru",
        "miniz_oxide",
        "rand",
        "rand_core",
        "rustix",
        "similar",
        "syn",
        "thiserror",
        "thiserror-impl",
    ];
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for package in &metadata().packages {
        versions.entry(package.name.as_str()).or_default().insert(package.version.to_string());
    }
    let twice: Vec<_> = versions
        .iter()
        .filter(|(name, versions)| versions.len() > 1 && !ignored(name) && !TWICE.contains(name))
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// Bindings to Windows come in many versions and are compiled nowhere else.
fn ignored(name: &str) -> bool {
    name.starts_with("windows") || name.starts_with("objc2") || name == "block2" || name == "dispatch2"
}

#[test]
fn stage_1_stays_small() {
    let tree = tree(&["-p", "stage-1", "--edges", "normal,build"]);
    assert!(tree.len() <= 10, "stage 1 has more than ten packages: {tree:?}");
    let macros = |package: &&Package| {
        package.targets.iter().any(|target| target.kind.contains(&TargetKind::ProcMacro))
    };
    let found: Vec<_> = metadata()
        .packages
        .iter()
        .filter(|package| tree.contains(package.name.as_str()))
        .filter(macros)
        .map(|package| &package.name)
        .collect();
    assert!(found.is_empty(), "stage 1 needs procedural macros: {found:?}");
}

#[test]
fn the_stages_between_do_without_tokio() {
    for stage in ["stage-1", "stage-2", "stage-4", "stage-5", "stage-6", "stage-7", "stage-8"] {
        assert!(!tree(&["-p", stage]).contains("tokio"), "{stage} brings tokio in");
    }
    assert!(tree(&["-p", "stage-3"]).contains("tokio"), "stage 3 has the tasks model");
    assert!(!tree(&["-p", "stage-3", "--no-default-features"]).contains("tokio"));
}

#[test]
fn nobody_switches_the_tasks_feature_on_for_all() {
    for package in members() {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.name == "stage-3") {
            let normal = dependency.kind == DependencyKind::Normal;
            assert!(!(normal && dependency.uses_default_features), "{} switches tokio on", package.name);
        }
    }
}

/// `cargo test` builds with the features that dev-dependencies ask for, `cargo build` without them. Where they differ,
/// the programs that tests start are compiled a second time, with everything that they stand on.
#[test]
fn tests_are_built_with_the_features_of_the_programs() {
    let features = |edges: &str| {
        let mut features: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in lines_of_tree(&["--workspace", "--edges", edges], "{p}|{f}") {
            let line = line.trim_end_matches(" (*)");
            let (package, own) = line.split_once('|').unwrap();
            features.entry(package.to_owned()).or_default().insert(own.to_owned());
        }
        features
    };
    let tests = features("normal,build,dev");
    for (package, own) in features("normal,build") {
        assert_eq!(
            own, tests[&package],
            "{package}: declare what a dev-dependency adds for all, in Cargo.toml"
        );
    }
}

/// The names of the packages in `cargo tree`.
fn tree(args: &[&str]) -> BTreeSet<String> {
    let lines = lines_of_tree(args, "{p}");
    lines.iter().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn lines_of_tree(args: &[&str], format: &str) -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(repository())
        .args(["tree", "--locked", "--prefix", "none", "--format", format])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
