//! The README's list of AWS operations, generated from the interface models, the tables of operations and the SDK tests.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use passwright::wire::dispatch::operations_of;
use passwright::wire::model::Service;

const BEGIN: &str = "<!-- coverage: generated -->\n";
const END: &str = "<!-- coverage: end -->";

#[test]
fn the_readme_lists_what_is_built_and_what_tests_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}{}{END}{after}", coverage());
    if std::env::var_os("UPDATE_COVERAGE").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == expected, "the README's list is stale: UPDATE_COVERAGE=1 cargo test --test coverage");
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
        writeln!(text, "\n<details><summary>{}: {} of {} operations</summary>\n", service.name(), built.len(), all.len()).unwrap();
        writeln!(text, "| operation | called by |\n|---|---|").unwrap();
        for name in &built {
            let callers: Vec<&str> = tests.iter().filter(|(_, text)| calls(text, service, name)).map(|(file, _)| file.as_str()).collect();
            if callers.is_empty() {
                untested.push(format!("{}:{name}", service.name()));
            }
            writeln!(text, "| {name} | {} |", callers.join(", ")).unwrap();
        }
        let mut missing: Vec<&str> = all.into_iter().filter(|name| !built.contains(name)).collect();
        missing.sort_unstable();
        writeln!(text, "\nNot yet: {}\n\n</details>", missing.join(", ")).unwrap();
    }
    assert!(untested.is_empty(), "no SDK test calls {untested:?}");
    text
}

/// The SDK tests by file name.
fn sdk_tests() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
    let files = ["python", "node"].iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let paths = files.map(|entry| entry.unwrap().path());
    let sources = paths.filter(|path| path.extension().is_some_and(|extension| extension == "py" || extension == "mjs"));
    sources.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())).collect()
}

/// Whether a test calls the operation, in boto3's spelling or the JavaScript SDK's. IAM and user pools share names: there
/// the client's variable, `iam` in all tests, tells which is meant.
fn calls(text: &str, service: Service, operation: &str) -> bool {
    let shared = Service::all().filter(|other| other.model().operation(operation).is_some()).count() > 1;
    [snake_case(operation), camel_case(operation)].iter().any(|name| {
        let called = format!(".{name}");
        text.match_indices(&called).any(|(at, _)| {
            let whole = !text[at + called.len()..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
            let by_iam = text[..at].ends_with("iam");
            whole && (!shared || by_iam == (service.name() == "iam"))
        })
    })
}

fn snake_case(name: &str) -> String {
    let acronyms = name.replace("MFA", "Mfa").replace("UI", "Ui");
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
