//! Ids that whoever makes a pool or a client chooses: what users of emulators know, and what only `dev` honours.

use std::collections::BTreeMap;

/// The tag of a new pool that fixes what follows the region in its id, and what a new client's name begins with that fixes its
/// id.
pub const MARK: &str = "_custom_id_";

/// The longest id of a pool, and of a client, in characters.
const LONGEST: (usize, usize) = (55, 128);

/// No id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no id that can be given")]
pub struct BadId(pub String);

/// The id that the tags of a new pool fix, if they do.
///
/// # Errors
/// [`BadId`].
pub fn of_pool(region: &str, tags: &BTreeMap<String, String>) -> Result<Option<String>, BadId> {
    let Some(named) = tags.get(MARK) else { return Ok(None) };
    let name = named.strip_prefix(region).and_then(|rest| rest.strip_prefix('_')).unwrap_or(named);
    let id = format!("{region}_{name}");
    let fits = !name.is_empty() && id.len() <= LONGEST.0 && name.chars().all(|character| character.is_ascii_alphanumeric());
    if fits { Ok(Some(id)) } else { Err(BadId(named.clone())) }
}

/// The id that the name of a new client fixes, if it does.
///
/// # Errors
/// [`BadId`].
pub fn of_client(name: &str) -> Result<Option<&str>, BadId> {
    let Some(id) = name.strip_prefix(MARK).and_then(|rest| rest.strip_prefix(':')) else { return Ok(None) };
    let is_of_ids = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '+');
    if !id.is_empty() && id.len() <= LONGEST.1 && id.chars().all(is_of_ids) { Ok(Some(id)) } else { Err(BadId(name.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_what_the_mark_says_or_refused() {
        let tagged = |value: &str| of_pool("us-east-1", &BTreeMap::from([(MARK.to_owned(), value.to_owned())]));
        assert_eq!(of_pool("us-east-1", &BTreeMap::new()), Ok(None));
        assert_eq!(tagged("mine"), Ok(Some("us-east-1_mine".to_owned())));
        assert_eq!(tagged("us-east-1_mine"), Ok(Some("us-east-1_mine".to_owned())));
        for bad in ["", "a b", "eu-west-1_mine", "../x", &"x".repeat(50)] {
            assert!(tagged(bad).is_err(), "{bad}");
        }
        assert_eq!(of_client("web"), Ok(None));
        assert_eq!(of_client("_custom_id_:web"), Ok(Some("web")));
        for bad in ["_custom_id_:", "_custom_id_:a b", "_custom_id_:a/b"] {
            assert!(of_client(bad).is_err(), "{bad}");
        }
    }
}
