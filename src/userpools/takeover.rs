//! How likely it is that somebody else signs in in a user's name, judged by nothing but that user's own history.
//!
//! Each thing that is out of the user's ways counts as one: a network that they never came from, a device that they never used,
//! wrong answers in the last hour. One is a low risk, two are a medium one, three a high one; a network of which somebody said
//! that it was not the user is high by itself. Who comes from their own network on their own device is at no risk, whatever
//! others try meanwhile: nobody keeps a user out by guessing.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::risk::AccountTakeoverEventAction;
use crate::kit::clock::Timestamp;

/// How many events of a user are looked at: those that are known to be theirs or not, and the newest of all.
pub const LOOKED_AT: i64 = 20;

/// How long a wrong answer counts.
const RECENT: Duration = Duration::from_secs(3600);

/// So many wrong answers are many.
const MANY: usize = 3;

/// How likely it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// A little.
    Low,
    /// Rather.
    Medium,
    /// Very.
    High,
}

/// What makes a sign-in risky.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Reason {
    /// Somebody said of an event from this network that it was not the user.
    #[error("the network was reported")]
    ReportedNetwork,
    /// The user never came from this network.
    #[error("a new network")]
    NewNetwork,
    /// The user never used such a device.
    #[error("a new device")]
    NewDevice,
    /// Wrong answers in the last hour.
    #[error("wrong answers in the last hour")]
    ManyFailures,
}

/// What a sign-in must do for its risk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Demand {
    /// Nothing.
    #[default]
    Nothing,
    /// Show a second factor, if the user has one.
    MfaIfAble,
    /// Show a second factor that the user has.
    Mfa,
    /// Nothing helps.
    Refusal,
}

impl From<AccountTakeoverEventAction> for Demand {
    fn from(action: AccountTakeoverEventAction) -> Self {
        match action {
            AccountTakeoverEventAction::NoAction => Self::Nothing,
            AccountTakeoverEventAction::MfaIfConfigured => Self::MfaIfAble,
            AccountTakeoverEventAction::MfaRequired => Self::Mfa,
            AccountTakeoverEventAction::Block => Self::Refusal,
        }
    }
}

/// Whether a user is told of the risk of a sign-in: once, however often it is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Telling {
    /// They are not.
    #[default]
    Nothing,
    /// They are still to be.
    Owed,
    /// They were.
    Done,
}

/// What was judged of a sign-in, once, when its first factor was proven: it goes with the sign-in to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assessment {
    /// How much risk there is, if any.
    pub level: Option<Level>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What it must do.
    pub demand: Demand,
    /// Whether the password is one that others know.
    pub known_password: bool,
    /// Whether the user must set another one for that.
    pub must_reset: bool,
    /// Whether the user is told of it.
    pub telling: Telling,
}

impl Assessment {
    /// Nothing was looked for.
    pub const NONE: Self = Self {
        level: None,
        reasons: Vec::new(),
        demand: Demand::Nothing,
        known_password: false,
        must_reset: false,
        telling: Telling::Nothing,
    };
}

/// What somebody said of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It was the user.
    Valid,
    /// It was not.
    Invalid,
}

/// An event of the user's history.
#[derive(Clone, Debug)]
pub struct Past {
    /// When it began.
    pub at: Timestamp,
    /// Whether it ended as it was meant to; `None` while it waits for an answer.
    pub passed: Option<bool>,
    /// Where it came from.
    pub address: Option<IpAddr>,
    /// The device, in people's words.
    pub device: Option<String>,
    /// What somebody said of it.
    pub said: Option<Said>,
}

/// The sign-in that is judged.
#[derive(Clone, Copy, Debug)]
pub struct Present<'a> {
    /// Now.
    pub at: Timestamp,
    /// Where it comes from, if that is known.
    pub address: Option<IpAddr>,
    /// The device, in people's words, if anything is known of it.
    pub device: Option<&'a str>,
    /// Whether it names a device that the pool tracks as the user's.
    pub is_tracked: bool,
}

/// How risky a sign-in is, and why: of the events that are `known` to be the user's or not, and of the `recent` ones, the newest
/// first in both.
#[must_use]
pub fn rate(present: Present<'_>, known: &[Past], recent: &[Past]) -> (Option<Level>, Vec<Reason>) {
    let network = present.address.map(network_of);
    let is_here = |past: &&Past| network.is_some() && past.address.map(network_of) == network;
    if known.iter().filter(is_here).find_map(|past| past.said) == Some(Said::Invalid) {
        return (Some(Level::High), vec![Reason::ReportedNetwork]);
    }
    let own: Vec<&Past> = known.iter().filter(|past| past.said != Some(Said::Invalid)).collect();
    let mut reasons = Vec::new();
    // Who never came before has no ways to be out of.
    if !own.is_empty() {
        if network.is_some() && !own.iter().any(is_here) {
            reasons.push(Reason::NewNetwork);
        }
        let device = present.device.map(without_version);
        let is_known = |device: &str| own.iter().any(|past| past.device.as_deref().is_some_and(|past| without_version(past) == device));
        if !present.is_tracked && device.is_some_and(|device| !is_known(&device)) {
            reasons.push(Reason::NewDevice);
        }
    }
    let failed = |past: &&Past| past.passed == Some(false) && present.at.since(past.at) < RECENT;
    let is_own_way = !own.is_empty() && reasons.is_empty();
    if !is_own_way && recent.iter().filter(failed).count() >= MANY {
        reasons.push(Reason::ManyFailures);
    }
    let level = match reasons.len() {
        0 => None,
        1 => Some(Level::Low),
        2 => Some(Level::Medium),
        _ => Some(Level::High),
    };
    (level, reasons)
}

/// What one household or office has: a /24, of IPv6 a /48.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => Ipv4Net::new(address, 24).map_or(address, |net| net.network()).into(),
        IpAddr::V6(address) => Ipv6Net::new(address, 48).map_or(address, |net| net.network()).into(),
    }
}

/// A browser that was updated is the same device.
fn without_version(device: &str) -> String {
    device.chars().filter(|character| !character.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "203.0.113.7";
    const AWAY: &str = "198.51.100.7";
    const LAPTOP: &str = "Firefox 128, Linux";
    const PHONE: &str = "Safari 17, iOS";

    fn past(minutes_ago: u64, passed: Option<bool>, address: &str, device: &str, said: Option<Said>) -> Past {
        Past {
            at: now().minus(Duration::from_secs(60 * minutes_ago)),
            passed,
            address: address.parse().ok(),
            device: Some(device.to_owned()),
            said,
        }
    }

    fn now() -> Timestamp {
        Timestamp::from_seconds(1_800_000_000)
    }

    fn present(address: &str, device: &'static str) -> Present<'static> {
        Present { at: now(), address: address.parse().ok(), device: Some(device), is_tracked: false }
    }

    #[test]
    fn each_thing_that_is_out_of_the_users_ways_counts_as_one() {
        use Reason::{ManyFailures, NewDevice, NewNetwork, ReportedNetwork};
        let own = || past(9000, Some(true), HOME, LAPTOP, None);
        let wrong = |minutes_ago| past(minutes_ago, Some(false), AWAY, PHONE, None);
        let guessed = || vec![wrong(1), wrong(2), wrong(3)];
        let said = |said| past(100, Some(true), AWAY, PHONE, Some(said));
        let mobile = Past { device: Some("Firefox 99, Linux".to_owned()), ..own() };
        for (name, present, known, recent, level, reasons) in [
            ("the first", present(AWAY, PHONE), vec![], vec![], None, vec![]),
            ("the first, after guesses", present(AWAY, PHONE), vec![], guessed(), Some(Level::Low), vec![ManyFailures]),
            ("as always", present("203.0.113.99", LAPTOP), vec![own()], vec![], None, vec![]),
            ("as always, while others guess", present(HOME, LAPTOP), vec![own()], guessed(), None, vec![]),
            ("an update", present(HOME, LAPTOP), vec![mobile], vec![], None, vec![]),
            ("another device", present(HOME, PHONE), vec![own()], vec![], Some(Level::Low), vec![NewDevice]),
            ("another network", present(AWAY, LAPTOP), vec![own()], vec![], Some(Level::Low), vec![NewNetwork]),
            ("both", present(AWAY, PHONE), vec![own()], vec![], Some(Level::Medium), vec![NewNetwork, NewDevice]),
            ("all", present(AWAY, PHONE), vec![own()], guessed(), Some(Level::High), vec![NewNetwork, NewDevice, ManyFailures]),
            ("two wrong", present(AWAY, LAPTOP), vec![own()], vec![wrong(1), wrong(2)], Some(Level::Low), vec![NewNetwork]),
            ("long ago", present(AWAY, LAPTOP), vec![own()], vec![wrong(60), wrong(60), wrong(60)], Some(Level::Low), vec![NewNetwork]),
            ("no address", present("", LAPTOP), vec![own()], vec![], None, vec![]),
            ("said to be theirs", present(AWAY, PHONE), vec![said(Said::Valid), own()], vec![], None, vec![]),
            ("reported", present(AWAY, PHONE), vec![said(Said::Invalid), own()], vec![], Some(Level::High), vec![ReportedNetwork]),
            ("taken back", present(AWAY, PHONE), vec![said(Said::Valid), said(Said::Invalid), own()], vec![], None, vec![]),
            ("reported elsewhere", present(HOME, PHONE), vec![said(Said::Invalid), own()], vec![], Some(Level::Low), vec![NewDevice]),
        ] {
            assert_eq!(rate(present, &known, &recent), (level, reasons), "{name}");
        }
        let tracked = Present { is_tracked: true, ..present(HOME, PHONE) };
        assert_eq!(rate(tracked, &[own()], &[]), (None, vec![]));
    }

    #[test]
    fn a_network_is_what_one_household_has() {
        for (one, other, same) in [
            ("203.0.113.1", "203.0.113.254", true),
            ("203.0.113.1", "::ffff:203.0.113.2", true),
            ("203.0.113.1", "203.0.114.1", false),
            ("2001:db8:1:2::3", "2001:db8:1:ff::1", true),
            ("2001:db8:1::1", "2001:db8:2::1", false),
        ] {
            let network = |text: &str| network_of(text.parse().unwrap());
            assert_eq!(network(one) == network(other), same, "{one} {other}");
        }
    }
}
