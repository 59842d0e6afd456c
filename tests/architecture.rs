//! Holds the source to its map: each room looks down, never up, and SQL and dialects stay in the store.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may use. A new edge is a reviewed line here.
const ROOMS: [(&str, &[&str]); 23] = [
    ("kit", &[]),
    ("crypto", &["kit"]),
    ("sigv4", &["crypto", "kit"]),
    ("policy", &["kit"]),
    ("iam", &["kit", "policy"]),
    ("identitypools", &["kit"]),
    ("userpools", &["crypto", "kit"]),
    ("config", &["kit"]),
    ("store", &["crypto", "iam", "identitypools", "kit", "userpools"]),
    // `cx` holds the parts that handlers work with, so it knows their types.
    ("context", &["authz", "config", "crypto", "iam", "kit", "policy", "store", "tokens", "userpools"]),
    ("tokens", &["context", "crypto", "iam", "kit", "store"]),
    ("authz", &["config", "context", "crypto", "iam", "kit", "policy", "sigv4", "store", "tokens"]),
    ("delivery", &["context", "crypto", "kit", "store", "userpools"]),
    ("flows", &["authz", "context", "crypto", "delivery", "iam", "identitypools", "kit", "policy", "store", "tokens", "userpools"]),
    ("decisions", &["authz", "config", "context", "flows", "iam", "kit", "policy", "sigv4", "store"]),
    ("operation", &["authz", "context", "flows", "iam", "policy", "store"]),
    (
        "services",
        &[
            "authz",
            "config",
            "context",
            "crypto",
            "delivery",
            "flows",
            "iam",
            "identitypools",
            "kit",
            "operation",
            "policy",
            "store",
            "tokens",
            "userpools",
        ],
    ),
    ("wire", &["authz", "context", "crypto", "iam", "kit", "operation", "services", "sigv4"]),
    ("http", &["config", "context", "decisions", "delivery", "kit", "store", "tokens", "userpools", "wire"]),
    ("startup", &["config", "context", "crypto", "decisions", "http", "iam", "kit", "store"]),
    // Work on policies without a server: it stands beside `http`, and uses the same decisions.
    ("cli", &["decisions", "policy"]),
    ("main", &["config", "startup"]),
    // The whole application in a test's own process.
    (
        "testing",
        &["config", "context", "crypto", "decisions", "delivery", "http", "iam", "kit", "sigv4", "startup", "store", "userpools", "wire"],
    ),
];

#[test]
fn each_room_looks_down() {
    for (path, text) in sources() {
        let room = room_of(&path);
        if room == "lib" {
            continue;
        }
        let (_, allowed) = ROOMS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("`{room}` is not on the map"));
        // Tests of every room run the whole application; only tests can, for the compiler leaves the room out of everything else.
        for used in rooms_used(&text).into_iter().filter(|used| used != "testing") {
            assert!(used == room || allowed.contains(&used.as_str()), "{} looks up: {room} may not use {used}", path.display());
        }
    }
}

#[test]
fn services_do_not_know_each_other() {
    for (path, text) in sources() {
        let parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let ["services", own, ..] = &parts.iter().map(String::as_str).collect::<Vec<_>>()[..] else { continue };
        for service in ["access_analyzer", "cognito_idp", "cognito_identity", "iam", "sts"] {
            let names_it = text.contains(&format!("services::{service}"));
            assert!(!names_it || service == own.trim_end_matches(".rs"), "{} uses the service {service}", path.display());
        }
    }
}

#[test]
fn sql_and_dialects_stay_in_the_store() {
    for (path, text) in sources().into_iter().filter(|(path, _)| !path.starts_with("store")) {
        assert!(!text.contains("sqlx::"), "{} speaks SQL", path.display());
    }
    for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with("store")) {
        let may_name_dialects = ["db.rs", "on.rs", "migrate.rs", "template.rs"].iter().any(|name| path.ends_with(name));
        assert!(may_name_dialects || !text.contains("Postgres"), "{} names a dialect", path.display());
    }
}

#[test]
fn files_are_about_one_thing() {
    for (path, text) in sources() {
        assert!(text.lines().count() <= 500, "{} has more than 500 lines", path.display());
        assert!(text.starts_with("//! "), "{} does not say what it is for", path.display());
    }
}

/// Paths below `src`, and their texts.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(found.len() > 100, "the sources were not found");
    found
}

fn room_of(path: &Path) -> String {
    path.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// What follows each `crate::`, and each name of a `crate::{…}`.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let is_name = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    let mut used = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with('$') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let list = list.split_once('}').map_or("", |(list, _)| list);
            used.extend(list.split(',').map(|name| name.trim().split("::").next().unwrap_or_default().to_owned()));
        } else {
            used.insert(rest.chars().take_while(|character| is_name(*character)).collect());
        }
    }
    used.remove("");
    used
}
