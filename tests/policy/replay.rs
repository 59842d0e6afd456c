//! Replays the corpus of each fuzz target.

use std::fs;
use std::path::Path;

use crate::bodies;

#[test]
fn the_corpus_holds() {
    for (target, body) in [
        ("parse", bodies::parse_bytes as fn(&[u8])),
        ("matcher", bodies::matcher),
        ("evaluate", bodies::evaluate),
        ("passkey", bodies::passkey),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
        let mut count = 0;
        for entry in fs::read_dir(&folder).unwrap() {
            body(&fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count >= 5, "{} has {count} inputs", folder.display());
    }
}
