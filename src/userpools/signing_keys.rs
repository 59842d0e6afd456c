//! The turns that a pool's signing keys take: one signs, one is published and waits, and one that has signed stays published
//! until nothing that it signed lives.

use std::time::Duration;

use super::client::LONGEST_TOKEN;
use crate::kit::clock::Timestamp;

/// How long a key is published at least before it signs: verifiers keep a key set for minutes, and some for longer.
const PUBLISHED_AHEAD: Duration = Duration::from_secs(3600);

/// How long a key stays published after its turn. The hour is for clocks that differ, and for what was signed while it ended:
/// a node may go on by the keys that it holds for a second.
pub const PUBLISHED_AFTER: Duration = Duration::from_secs(LONGEST_TOKEN.as_secs() + 3600);

/// What a signing key does. In the order in which they are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyState {
    /// It signs.
    Current,
    /// It is published, and will sign.
    Next,
    /// It has signed.
    Previous,
}

impl KeyState {
    /// As rows have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Next => "next",
            Self::Previous => "previous",
        }
    }

    /// From a row.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Current, Self::Next, Self::Previous].into_iter().find(|state| state.as_str() == text)
    }
}

/// A key, and since when it is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The key's name.
    pub kid: String,
    /// What it does.
    pub state: KeyState,
    /// Since when.
    pub since: Timestamp,
}

/// What is to be done about a pool's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing: the current key is young, or the next is published for too short a time, or there are none.
    NotYet,
    /// A next key is to be published: there is none.
    Publish,
    /// The next key is to sign, and another to be published in its place.
    Take {
        /// The key whose turn ends.
        retiring: String,
        /// The key whose turn begins.
        rising: String,
    },
}

/// What is to be done about keys of which none may sign for longer than `longest`.
#[must_use]
pub fn turn(keys: &[Standing], longest: Duration, now: Timestamp) -> Turn {
    let of = |state| keys.iter().find(|key| key.state == state);
    let Some(current) = of(KeyState::Current).filter(|current| now.since(current.since) >= longest) else { return Turn::NotYet };
    match of(KeyState::Next) {
        None => Turn::Publish,
        Some(next) if now.since(next.since) < PUBLISHED_AHEAD => Turn::NotYet,
        Some(next) => Turn::Take { retiring: current.kid.clone(), rising: next.kid.clone() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn key(kid: &str, state: KeyState, hours: i64) -> Standing {
        Standing { kid: kid.to_owned(), state, since: Timestamp::from_seconds(hours * 3600) }
    }

    #[test]
    fn a_key_signs_for_its_time_and_none_before_it_was_published_for_an_hour() {
        let at = |hours: i64, keys: &[Standing]| turn(keys, DAY, Timestamp::from_seconds(hours * 3600));
        let (current, next) = (key("c", KeyState::Current, 0), key("n", KeyState::Next, 0));
        let takes = Turn::Take { retiring: "c".to_owned(), rising: "n".to_owned() };
        let both = [next, current.clone()];
        assert_eq!((at(23, &both), at(24, &both)), (Turn::NotYet, takes.clone()));
        let late = [current.clone(), key("n", KeyState::Next, 24)];
        assert_eq!((at(24, &late), at(25, &late)), (Turn::NotYet, takes));
        assert_eq!(at(24, &[current, key("p", KeyState::Previous, 0)]), Turn::Publish);
        assert_eq!(at(24, &[key("n", KeyState::Next, 0)]), Turn::NotYet);
    }

    #[test]
    fn a_state_is_read_as_it_is_written() {
        for state in [KeyState::Current, KeyState::Next, KeyState::Previous] {
            assert_eq!(KeyState::parse(state.as_str()), Some(state));
        }
        assert_eq!(KeyState::parse("CURRENT"), None);
    }
}
