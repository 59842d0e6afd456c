//! The documentation's list of AWS operations, generated from the interface models, the tables of operations and the SDK tests.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use passwright::operation::Access;
use passwright::wire::dispatch::operations_of;
use passwright::wire::model::Service;

/// Where the list stands in its page. Markdown has no comments; a name for a link that nobody uses shows nothing.
const BEGIN: &str = "[//]: # (coverage: generated)\n";
const END: &str = "[//]: # (coverage: end)";

const LIST: &str = "templates/docs/operations.md";

#[test]
fn the_documentation_lists_what_is_built_and_what_tests_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST);
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}{}\n{END}{after}", coverage());
    if std::env::var_os("UPDATE_COVERAGE").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == expected, "{LIST} is stale: UPDATE_COVERAGE=1 cargo test --test coverage");
}

/// An operation that is named as an action (`sts:AssumeRoleWithWebIdentity`) is a word of policies, and says nothing of what is built.
#[test]
fn operations_that_the_documentation_speaks_of_are_built() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let known: BTreeSet<&str> =
        Service::all().flat_map(|service| service.model().operations().map(|operation| operation.name.as_str())).collect();
    let built: BTreeSet<&str> = Service::all().flat_map(operations_of).map(|operation| operation.name).collect();
    let pages = fs::read_dir(root.join("templates/docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|extension| extension == "md")).chain([root.join("README.md")]);
    let mut named = 0;
    for path in pages {
        let text = fs::read_to_string(&path).unwrap();
        let prose = text.split_once(BEGIN).map_or(text.as_str(), |(before, _)| before);
        for (before, word) in words(prose) {
            if known.contains(word) && before != Some(':') {
                named += 1;
                assert!(built.contains(word), "{} speaks of {word}, which is not built", path.display());
            }
        }
    }
    assert!(named > 50, "the pages were not read");
}

/// The words of a text, each with the character before it.
fn words(text: &str) -> Vec<(Option<char>, &str)> {
    let is_part = |character: char| character.is_ascii_alphanumeric();
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_part) {
        let (before, word) = rest.split_at(at);
        let end = word.find(|character| !is_part(character)).unwrap_or(word.len());
        words.push((before.chars().next_back(), &word[..end]));
        rest = &word[end..];
    }
    words
}

#[test]
fn tables_hold_operations_of_the_models_in_alphabetical_order() {
    for service in Service::all() {
        let names: Vec<&str> = operations_of(service).iter().map(|operation| operation.name).collect();
        assert!(names.is_sorted(), "{} is not in order", service.name());
        for name in names {
            assert!(service.model().operation(name).is_some(), "{name} is not an operation of {}", service.name());
        }
    }
}

/// Which operation may answer with which of them is judged where it happens: an error that is not in the operation's list is
/// logged as one of ours, and the SDK tests fail on any such line.
#[test]
fn errors_are_shapes_of_the_models() {
    for service in Service::all() {
        let path = format!("src/services/{}/errors.rs", service.name().replace('-', "_"));
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        let shapes: Vec<&str> = text.split('"').filter(|part| part.ends_with("Exception")).collect();
        assert!(!shapes.is_empty(), "{} names no errors", service.name());
        for shape in shapes {
            assert!(service.model().error(shape).is_some(), "{shape} is not an error of {}", service.name());
            let listed = service.model().operations().any(|operation| operation.errors.iter().any(|error| error == shape));
            assert!(listed, "no operation of {} lists {shape}", service.name());
        }
    }
}

fn coverage() -> String {
    let tests = sdk_tests();
    let mut text = String::new();
    let mut untested = Vec::new();
    for service in Service::all() {
        let built: Vec<&str> = operations_of(service).iter().map(|operation| operation.name).collect();
        let all: Vec<&str> = service.model().operations().map(|operation| operation.name.as_str()).collect();
        writeln!(text, "\n### {}\n\n{} of {} operations are built.\n", service.name(), built.len(), all.len()).unwrap();
        writeln!(text, "| operation | who may call | called by |\n|---|---|---|").unwrap();
        for operation in operations_of(service) {
            let name = operation.name;
            let callers: Vec<&str> = tests.iter().filter(|(_, text)| calls(text, service, name)).map(|(file, _)| file.as_str()).collect();
            if callers.is_empty() {
                untested.push(format!("{}:{name}", service.name()));
            }
            writeln!(text, "| {name} | {} | {} |", who(operation.access), callers.join(", ")).unwrap();
        }
        let mut missing: Vec<&str> = all.into_iter().filter(|name| !built.contains(name)).collect();
        missing.sort_unstable();
        if !missing.is_empty() {
            writeln!(text, "\nNot built: {}.", missing.join(", ")).unwrap();
        }
    }
    assert!(untested.is_empty(), "no SDK test calls {untested:?}");
    text
}

/// As the page explains it.
const fn who(access: Access) -> &'static str {
    match access {
        Access::Public(_) => "anybody",
        Access::Client => "app client",
        Access::Bearer => "access token",
        Access::ClientOrSigned => "app client, or signed",
        Access::Signed => "signed",
        Access::Unjudged(_) => "any signature",
    }
}

/// The SDK tests by file name.
fn sdk_tests() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
    let files = ["python", "node"].iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let paths = files.map(|entry| entry.unwrap().path());
    let sources = paths.filter(|path| path.extension().is_some_and(|extension| extension == "py" || extension == "mjs"));
    sources.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())).collect()
}

/// Whether a test calls the operation, by boto3 or one of its paginators, or by the JavaScript SDK. IAM and user pools share names: there
/// the client's variable, `iam` in all tests, tells which is meant.
fn calls(text: &str, service: Service, operation: &str) -> bool {
    let shared = Service::all().filter(|other| other.model().operation(operation).is_some()).count() > 1;
    let paginated = format!("get_paginator(\"{}\"", snake_case(operation));
    [snake_case(operation), camel_case(operation), paginated].iter().any(|name| {
        let called = format!(".{name}");
        text.match_indices(&called).any(|(at, _)| {
            let whole = !text[at + called.len()..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
            let by_iam = text[..at].ends_with("iam");
            whole && (!shared || by_iam == (service.name() == "iam"))
        })
    })
}

fn snake_case(name: &str) -> String {
    let acronyms = name
        .replace("MFA", "Mfa")
        .replace("UI", "Ui")
        .replace("CIMD", "Cimd")
        .replace("CSV", "Csv")
        .replace("URL", "Url")
        .replace("ID", "Id")
        .replace("SSH", "Ssh");
    let mut text = String::new();
    for (index, letter) in acronyms.chars().enumerate() {
        if letter.is_ascii_uppercase() && index > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn camel_case(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}
