//! The documentation's table of attacks: each is there once, and each test that it names is in the sources.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "templates/docs/security.md";
const BEGIN: &str = "## What is attacked, and the tests that do it\n";

/// How many attacks there are of a letter, and the numbers that were merged into others.
const ATTACKS: [(char, u8, &[u8]); 12] = [
    ('S', 6, &[]),
    ('C', 6, &[5]),
    ('M', 8, &[7]),
    ('T', 6, &[]),
    ('V', 8, &[6]),
    ('I', 4, &[]),
    ('P', 6, &[]),
    ('F', 5, &[]),
    ('H', 6, &[]),
    ('A', 3, &[]),
    ('D', 2, &[]),
    ('K', 3, &[]),
];

/// A row: the attack's id, and what its tests are called.
struct Row {
    id: String,
    tests: Vec<String>,
}

#[test]
fn every_attack_is_in_the_table_once_and_has_a_test() {
    let expected: Vec<String> = ATTACKS
        .iter()
        .flat_map(|(letter, last, merged)| {
            (1..=*last).filter(|number| !merged.contains(number)).map(move |number| format!("{letter}{number}"))
        })
        .collect();
    let rows = rows();
    let found: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(found, expected);
    for row in rows {
        assert!(!row.tests.is_empty(), "{} names no test", row.id);
    }
}

#[test]
fn every_test_that_the_table_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = sources(&root.join("src"));
    let mut wrong = Vec::new();
    for Row { id, tests } in rows() {
        for test in tests {
            let places = if let Some((file, title)) = test.split_once(".mjs: ") {
                let title = format!("test(\"{title}\"");
                count(&[root.join(format!("tests/browser/{file}.mjs")), root.join(format!("tests/sdk/node/{file}.mjs"))], &title)
            } else if let Some((file, name)) = test.split_once(".py::") {
                count(&[root.join(format!("tests/sdk/python/{file}.py"))], &format!("\ndef {name}("))
            } else if let Some((file, name)) = test.split_once(".rs::") {
                count(&[root.join(format!("tests/{file}.rs"))], &format!("fn {name}("))
            } else {
                let (module, name) = test.rsplit_once("::").unwrap_or_default();
                let named = sources.iter().filter(|(path, _)| is_named(path, module));
                named.filter(|(_, text)| has_test(text, name)).count()
            };
            if places != 1 {
                wrong.push(format!("{id}: {test} is in {places} places"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rows of the section's tables.
fn rows() -> Vec<Row> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE)).unwrap();
    let (_, section) = page.split_once(BEGIN).unwrap();
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let lines = section.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = lines.filter_map(|line| {
        let [id, _, _, tests] = line.split(" | ").collect::<Vec<_>>().try_into().ok()?;
        // What stands between two of these marks is a name.
        let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Some(Row { id: id.to_owned(), tests })
    });
    rows.filter(|row| row.id != "id").collect()
}

/// Every source file: its module's path without what only holds tests, and its text.
fn sources(folder: &Path) -> Vec<(Vec<String>, String)> {
    fn walk(folder: &Path, path: &[String], found: &mut Vec<(Vec<String>, String)>) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_stem().unwrap().to_string_lossy().into_owned();
            let inner = if ["mod", "tests"].contains(&name.as_str()) { path.to_vec() } else { [path, &[name]].concat() };
            if entry.is_dir() {
                walk(&entry, &inner, found);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                found.push((inner, fs::read_to_string(entry).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, &[], &mut found);
    found
}

/// Whether a module is called so by the end of its path.
fn is_named(path: &[String], module: &str) -> bool {
    let named: Vec<&str> = module.split("::").collect();
    path.len() >= named.len() && path.iter().rev().zip(named.iter().rev()).all(|(one, other)| one == other)
}

/// Whether a text has a test of that name, not merely a function.
fn has_test(text: &str, name: &str) -> bool {
    let is_declared = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix("async ")
            .unwrap_or(line)
            .strip_prefix("fn ")
            .and_then(|line| line.strip_prefix(name))
            .is_some_and(|line| line.starts_with('('))
    };
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().enumerate().filter(|(_, line)| is_declared(line)).any(|(at, _)| {
        let mut before = lines.iter().take(at).rev().take_while(|line| line.trim_start().starts_with(['#', '/']));
        before.any(|line| line.trim_start().starts_with("#[") && line.contains("test]"))
    })
}

/// In how many of these files a text stands.
fn count(files: &[PathBuf], text: &str) -> usize {
    files.iter().filter(|file| fs::read_to_string(file).is_ok_and(|found| found.contains(text))).count()
}
