//! Holds the source to its map: each room looks down, never up, and SQL and dialects stay in the store.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may use. A new edge is a reviewed line here.
const ROOMS: [(&str, &[&str]); 34] = [
    ("kit", &[]),
    ("crypto", &["kit"]),
    ("sigv4", &["crypto", "kit"]),
    ("policy", &["kit"]),
    ("iam", &["crypto", "kit", "policy"]),
    ("identitypools", &["kit"]),
    ("userpools", &["crypto", "kit"]),
    ("budgets", &["kit"]),
    ("config", &["budgets", "kit", "userpools"]),
    ("audit", &["kit"]),
    ("store", &["audit", "crypto", "iam", "identitypools", "kit", "tokens", "userpools"]),
    // `cx` holds the parts that handlers work with, so it knows their types.
    (
        "context",
        &["audit", "budgets", "config", "crypto", "federation", "iam", "kit", "policy", "store", "tokens", "triggers", "userpools"],
    ),
    ("tokens", &["crypto", "iam", "kit"]),
    ("authz", &["config", "context", "crypto", "iam", "kit", "policy", "sigv4", "store", "tokens", "userpools"]),
    ("delivery", &["budgets", "config", "context", "crypto", "kit", "sigv4", "store", "userpools"]),
    ("triggers", &["config", "crypto", "kit", "sigv4", "userpools"]),
    ("federation", &["kit", "tokens", "userpools"]),
    (
        "flows",
        &[
            "audit",
            "authz",
            "context",
            "crypto",
            "delivery",
            "federation",
            "iam",
            "identitypools",
            "kit",
            "policy",
            "store",
            "tokens",
            "triggers",
            "userpools",
        ],
    ),
    ("jobs", &["audit", "context", "crypto", "delivery", "flows", "kit", "store", "userpools"]),
    ("decisions", &["audit", "authz", "config", "context", "crypto", "flows", "iam", "kit", "policy", "sigv4", "store"]),
    ("operation", &["audit", "authz", "budgets", "context", "flows", "iam", "kit", "policy", "store", "userpools"]),
    (
        "services",
        &[
            "authz",
            "budgets",
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
    ("wire", &["audit", "authz", "context", "crypto", "iam", "kit", "operation", "services", "sigv4"]),
    ("oauth", &["authz", "budgets", "context", "crypto", "flows", "kit", "store", "userpools"]),
    ("pages", &["crypto", "kit"]),
    ("hosted", &["authz", "budgets", "context", "crypto", "flows", "iam", "kit", "oauth", "pages", "store", "userpools"]),
    ("docs", &["pages"]),
    ("insight", &["audit", "config", "context", "crypto", "decisions", "flows", "iam", "kit", "store", "userpools"]),
    (
        "console",
        &[
            "audit",
            "authz",
            "budgets",
            "config",
            "context",
            "crypto",
            "decisions",
            // How a message looks, and nothing that sends one.
            "delivery",
            // How a page looks, and nothing that signs anybody in.
            "hosted",
            "iam",
            "insight",
            "kit",
            "pages",
            "policy",
            "store",
            // What things are called and how many there are, and nothing that decides: that is the operations'.
            "userpools",
            "wire",
        ],
    ),
    (
        "http",
        &[
            "authz",
            "budgets",
            "config",
            "console",
            "context",
            "decisions",
            "delivery",
            "docs",
            "flows",
            "hosted",
            "insight",
            "kit",
            "oauth",
            "pages",
            "store",
            "tokens",
            "userpools",
            "wire",
        ],
    ),
    (
        "startup",
        &[
            "audit",
            "budgets",
            "config",
            "context",
            "crypto",
            "decisions",
            "federation",
            "http",
            "iam",
            "jobs",
            "kit",
            "store",
            "tokens",
            "triggers",
            "wire",
        ],
    ),
    // The command line. Its commands stand beside `http`: work on policies uses the same decisions, `status` and `users` ask from outside.
    ("cli", &["config", "decisions", "kit", "policy", "sigv4"]),
    ("main", &["cli", "config", "startup"]),
    // The whole application in a test's own process.
    (
        "testing",
        &[
            "audit",
            "budgets",
            "config",
            "context",
            "crypto",
            "decisions",
            "delivery",
            "federation",
            "flows",
            "http",
            "iam",
            "jobs",
            "kit",
            "oauth",
            "operation",
            "sigv4",
            "startup",
            "store",
            "tokens",
            "triggers",
            "userpools",
            "wire",
        ],
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
        for used in rooms_used(&path, &text).into_iter().filter(|used| used != "testing") {
            assert!(used == room || allowed.contains(&used.as_str()), "{} looks up: {room} may not use {used}", path.display());
        }
    }
}

#[test]
fn no_rooms_use_each_other_in_a_circle() {
    let edges = |room: &str| ROOMS.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, allowed)| *allowed);
    assert_eq!(circle(&ROOMS.map(|(name, _)| name), &edges), None);
    // The search finds a circle where there is one.
    let planted = |room: &str| match room {
        "a" => &["b"][..],
        "b" => &["c"][..],
        "c" => &["d", "a"][..],
        _ => &[][..],
    };
    assert_eq!(circle(&["d", "a", "b", "c"], &planted), Some(vec!["a", "b", "c", "a"]));
}

#[test]
fn every_way_of_naming_a_room_is_seen() {
    let used = |path: &str, text: &str| rooms_used(Path::new(path), text).into_iter().collect::<Vec<_>>();
    for (path, text, rooms) in [
        ("a/b.rs", "use crate::store;", vec!["store"]),
        ("a/b.rs", "use crate::{kit::{clock, rng::x}, policy::Set, self};", vec!["kit", "policy"]),
        ("a/b.rs", "fn f() { crate::tokens::sign() }", vec!["tokens"]),
        ("a/b.rs", "// use crate::store;\n/// [`crate::kit`]\n", vec![]),
        ("a/b.rs", "use super::c;", vec!["a"]),
        ("a/b.rs", "use super::super::wire::x;", vec!["wire"]),
        ("a/b.rs", "mod tests { use super::super::d; }", vec!["d"]),
        ("a/mod.rs", "use super::wire::x;", vec!["wire"]),
        ("a.rs", "use super::{wire, flows::x};", vec!["flows", "wire"]),
        ("a/b.rs", "macro_rules! m { () => { $crate::services::x } }", vec!["services"]),
    ] {
        assert_eq!(used(path, text), rooms, "{text}");
    }
}

/// The first circle that a walk along the edges comes upon, its first room again at its end.
fn circle<'a>(rooms: &[&'a str], edges: &impl Fn(&str) -> &'a [&'a str]) -> Option<Vec<&'a str>> {
    fn walk<'a>(path: &mut Vec<&'a str>, done: &mut BTreeSet<&'a str>, edges: &impl Fn(&str) -> &'a [&'a str]) -> Option<Vec<&'a str>> {
        let room = *path.last()?;
        for next in edges(room) {
            if let Some(at) = path.iter().position(|earlier| earlier == next) {
                return Some(path.iter().copied().skip(at).chain([*next]).collect());
            }
            if !done.contains(next) {
                path.push(next);
                if let Some(found) = walk(path, done, edges) {
                    return Some(found);
                }
                path.pop();
            }
        }
        done.insert(room);
        None
    }
    let mut done = BTreeSet::new();
    rooms.iter().find_map(|room| walk(&mut vec![*room], &mut done, edges))
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

/// What caches hold, and the writes that make it old. An insertion is none, save into what is cached as a whole: what is
/// absent is cached nowhere.
const CACHED_TABLES: [(&str, &[&str]); 14] = [
    ("user_pools", &["UPDATE", "DELETE FROM"]),
    ("user_pool_clients", &["UPDATE", "DELETE FROM"]),
    ("client_directory", &["UPDATE", "DELETE FROM"]),
    ("pool_signing_keys", &["INSERT INTO", "UPDATE", "DELETE FROM"]),
    ("iam_users", &["UPDATE", "DELETE FROM"]),
    ("iam_roles", &["UPDATE", "DELETE FROM"]),
    ("iam_groups", &["UPDATE", "DELETE FROM"]),
    ("iam_group_members", &["INSERT INTO", "UPDATE", "DELETE FROM"]),
    ("iam_inline_policies", &["INSERT INTO", "UPDATE", "DELETE FROM"]),
    ("iam_policies", &["UPDATE", "DELETE FROM"]),
    ("iam_policy_versions", &["UPDATE", "DELETE FROM"]),
    ("iam_policy_attachments", &["INSERT INTO", "UPDATE", "DELETE FROM"]),
    ("iam_permissions_boundaries", &["INSERT INTO", "UPDATE", "DELETE FROM"]),
    ("iam_access_keys", &["UPDATE", "DELETE FROM"]),
];

#[test]
fn who_writes_what_caches_hold_says_so() {
    let mut found = 0;
    // Migrations run before there is a cache.
    let writes = |path: &Path| path.starts_with("store") && !path.ends_with("tests.rs") && !path.ends_with("migrate.rs");
    for (path, text) in sources().into_iter().filter(|(path, _)| writes(path)) {
        for function in text.split("async fn ").skip(1) {
            let name = function.split(['(', '<']).next().unwrap_or_default();
            // The lists of tables that are emptied together hold these too.
            let empties_a_pool = function.contains("in OF_A_POOL");
            assert!(!empties_a_pool || function.contains(".changed("), "{}: {name} empties a pool and reports no change", path.display());
            for (table, verbs) in CACHED_TABLES {
                if verbs
                    .iter()
                    .any(|verb| function.contains(&format!("{verb} {table} ")) || function.contains(&format!("{verb} {table}\"")))
                {
                    found += 1;
                    // The change of an IAM user is that of each of their keys, which one function tells; that of a group, another.
                    let says_so = [".changed(", "holder_changed(tx", "policies_changed(tx"].iter().any(|call| function.contains(call));
                    // When a key or a role was last used is in no cache: its row is told of alone, to whoever asks.
                    let says_so = says_so || ["record_use", "record_role_use"].contains(&name);
                    assert!(says_so, "{}: {name} writes {table} and reports no change", path.display());
                }
            }
        }
    }
    assert!(found >= 5, "the store's functions were not found");
}

/// What a point-in-time recovery restores.
const RESTORED_TABLES: [&str; 6] = ["users", "user_names", "user_identities", "user_groups", "user_group_members", "web_authn_credentials"];

/// Functions that write there without keeping what was before, and why they may.
const KEEPING_NOTHING: [(&str, &str); 6] = [
    ("upgrade_hash", "the password stays the same one"),
    ("adopt_password", "the password stays the same one"),
    ("set_pending_totp", "a seed that waits is not restored; the function refuses while the pool is being recovered"),
    ("use_totp_step", "what is used stays used"),
    ("note_use", "what is used stays used"),
    ("note_whether_there_are_any", "it follows from the passkeys"),
];

#[test]
fn who_changes_users_keeps_what_they_were() {
    let mut found = 0;
    let writes = |path: &Path| {
        // What is restored is kept where it is restored from; a test holds every kind to it.
        let restores = path.ends_with("user_data/restore.rs");
        path.starts_with("store") && !restores && !["tests.rs", "migrate.rs", "template.rs"].iter().any(|name| path.ends_with(name))
    };
    for (path, text) in sources().into_iter().filter(|(path, _)| writes(path)) {
        for function in text.split("async fn ").skip(1) {
            let name = function.split(['(', '<']).next().unwrap_or_default();
            let changes =
                |table: &str| ["INSERT INTO", "UPDATE", "DELETE FROM"].iter().any(|verb| function.contains(&format!("{verb} {table} ")));
            if RESTORED_TABLES.iter().any(|table| changes(table)) {
                found += 1;
                let keeps = ["keep(", "keep_new(", "keep_whole("].iter().any(|call| function.contains(call));
                let may_not = KEEPING_NOTHING.iter().any(|(exempt, _)| *exempt == name);
                assert!(keeps != may_not, "{}: {name} changes what is restored, and must keep what was before", path.display());
            }
        }
    }
    assert!(found >= 15, "the store's functions were not found");
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

/// The rooms that a file names: after `crate::`, and after as many `super::` as lead out of its own room; a `{…}` names several.
///
/// A `super::` inside of a file's own module (`mod tests`) is counted from the file, so it may seem to name a sibling room: it
/// can find an edge too many, never one too few.
fn rooms_used(path: &Path, text: &str) -> BTreeSet<String> {
    let text: String = text.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code)).collect::<Vec<_>>().join("\n");
    let stem = path.with_extension("");
    let mut module: Vec<String> = stem.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let mut used = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        used.extend(heads(&text[at + "crate::".len()..]));
    }
    for (at, _) in text.match_indices("super::").filter(|(at, _)| !text[..*at].ends_with("super::")) {
        let mut rest = &text[at..];
        let mut levels = 0;
        while let Some(further) = rest.strip_prefix("super::") {
            (rest, levels) = (further, levels + 1);
        }
        match module.len().checked_sub(levels) {
            Some(0) | None => used.extend(heads(rest)),
            Some(_) => used.extend(module.first().cloned()),
        }
    }
    used
}

/// The first name of a path, or of each path of a `{…}`.
fn heads(rest: &str) -> Vec<String> {
    let is_name = |character: &char| character.is_ascii_lowercase() || character.is_ascii_digit() || *character == '_';
    let head = |path: &str| path.trim_start().chars().take_while(is_name).collect::<String>();
    let Some(list) = rest.strip_prefix('{') else { return vec![head(rest)].into_iter().filter(|name| !name.is_empty()).collect() };
    let (mut depth, mut item, mut items) = (1, String::new(), Vec::new());
    for character in list.chars() {
        depth += match character {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        match character {
            ',' if depth == 1 => items.push(std::mem::take(&mut item)),
            _ if depth == 0 => break,
            other => item.push(other),
        }
    }
    items.push(item);
    items.iter().map(|item| head(item)).filter(|name| !name.is_empty() && name != "self").collect()
}
