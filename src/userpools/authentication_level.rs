//! Authentication levels: the methods by which a user proved who they are, the level that these reach, and the level that a
//! sign-in is to reach.
//!
//! Source: Amazon Cognito developer guide, "Authentication levels with ACR and AMR claims".

use serde::{Deserialize, Serialize};

/// A method by which a user proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// The password, or a proof of it.
    Password,
    /// A code of their authenticator.
    SoftwareToken,
    /// A code by text message.
    Sms,
    /// A code by mail.
    Email,
    /// A passkey that is part of a device, or of whose place nothing is known.
    PlatformPasskey,
    /// A passkey on a device of its own.
    RoamingPasskey,
}

impl Method {
    /// All of them.
    const ALL: [Self; 6] = [Self::Password, Self::SoftwareToken, Self::Sms, Self::Email, Self::PlatformPasskey, Self::RoamingPasskey];

    /// The word of the `amr` claim. `swk` is the lesser claim of the two for passkeys (RFC 8176 §2).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::SoftwareToken => "otp",
            Self::Sms => "sms",
            Self::Email => "email_otp",
            Self::PlatformPasskey => "swk",
            Self::RoamingPasskey => "hwk",
        }
    }

    /// From that word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// Several, blank-separated; words that are none are left out.
    #[must_use]
    pub fn parse_all(text: &str) -> Vec<Self> {
        text.split(' ').filter_map(Self::parse).collect()
    }

    /// Several, as [`Self::parse_all`] reads them.
    #[must_use]
    pub fn write_all(methods: &[Self]) -> String {
        methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The method of a passkey whose browser said that it is attached so.
    #[must_use]
    pub fn of_passkey(attachment: Option<&str>) -> Self {
        if attachment == Some("cross-platform") { Self::RoamingPasskey } else { Self::PlatformPasskey }
    }
}

/// A level, by the place of its name in a pool's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// A password.
    One,
    /// A code that was sent.
    Two,
    /// A passkey; or a password and a code that was sent.
    Three,
    /// A password and a code of an authenticator.
    Four,
}

impl Level {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Four];

    /// The highest level that methods reach.
    #[must_use]
    pub fn reached(methods: &[Method]) -> Option<Self> {
        let has = |method: Method| methods.contains(&method);
        let (password, sent) = (has(Method::Password), has(Method::Sms) || has(Method::Email));
        if password && has(Method::SoftwareToken) {
            Some(Self::Four)
        } else if has(Method::PlatformPasskey) || has(Method::RoamingPasskey) || password && sent {
            Some(Self::Three)
        } else if sent {
            Some(Self::Two)
        } else if password {
            Some(Self::One)
        } else {
            None
        }
    }

    /// Its name, of a pool's names from the least level on.
    #[must_use]
    pub const fn name(self, names: [&str; 4]) -> &str {
        let [one, two, three, four] = names;
        match self {
            Self::One => one,
            Self::Two => two,
            Self::Three => three,
            Self::Four => four,
        }
    }

    /// The levels that a blank-separated list of names asks for, in its order. Names that are none are passed over.
    #[must_use]
    pub fn asked(list: &str, names: [&str; 4]) -> Vec<Self> {
        let mut levels = Vec::new();
        for word in list.split(' ') {
            if let Some(level) = Self::ALL.into_iter().find(|level| level.name(names) == word && !levels.contains(level)) {
                levels.push(level);
            }
        }
        levels
    }
}

/// The `amr` claim of methods: `mfa` where they are several.
#[must_use]
pub fn amr(methods: &[Method]) -> Vec<String> {
    let several = (methods.len() > 1).then_some("mfa");
    methods.iter().map(|method| method.as_str()).chain(several).map(str::to_owned).collect()
}

/// The level that a sign-in is to reach. It is sealed with the sign-in's session from the first step on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The levels that serve, the one that is wanted first in front.
    pub levels: Vec<Level>,
    /// What an earlier sign-in of the same user brings along.
    pub credit: Option<Credit>,
    /// Whether whoever reaches none of the levels signs in as they can: a client that wishes for a level is told which one it is.
    #[serde(default)]
    pub is_wish: bool,
}

impl Target {
    /// Levels that a client wishes for (OpenID Connect Core 1.0 §3.1.2.1, acr_values: "requested as a Voluntary Claim"); `None` where
    /// it names none of the pool's.
    #[must_use]
    pub fn wished(list: &str, names: [&str; 4]) -> Option<Self> {
        let levels = Level::asked(list, names);
        (!levels.is_empty()).then_some(Self { levels, credit: None, is_wish: true })
    }
}

/// What an earlier sign-in brings along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The sign-in, which must go on while it is credited.
    pub origin_jti: String,
    /// Its methods.
    pub methods: Vec<Method>,
    /// When the user signed in, in milliseconds: what rests on it is no newer.
    pub authenticated_at: i64,
    /// Whether its password stands for the first factor of this sign-in; if not, that is shown anew.
    pub is_first: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["l1", "l2", "l3", "l4"];

    #[test]
    fn levels_are_reached_as_documented() {
        use Method::{Email, Password, PlatformPasskey, RoamingPasskey, Sms, SoftwareToken};
        for (methods, level, claim) in [
            (&[] as &[Method], None, &[] as &[&str]),
            (&[Password], Some(Level::One), &["pwd"]),
            (&[Sms], Some(Level::Two), &["sms"]),
            (&[Email], Some(Level::Two), &["email_otp"]),
            (&[PlatformPasskey], Some(Level::Three), &["swk"]),
            (&[RoamingPasskey], Some(Level::Three), &["hwk"]),
            (&[Password, Sms], Some(Level::Three), &["pwd", "sms", "mfa"]),
            (&[Password, Email], Some(Level::Three), &["pwd", "email_otp", "mfa"]),
            (&[Password, SoftwareToken], Some(Level::Four), &["pwd", "otp", "mfa"]),
            (&[PlatformPasskey, SoftwareToken], Some(Level::Three), &["swk", "otp", "mfa"]),
            // A code alone is not of the table: nothing is claimed.
            (&[SoftwareToken], None, &["otp"]),
        ] {
            assert_eq!(
                (Level::reached(methods), amr(methods)),
                (level, claim.iter().map(|word| (*word).to_owned()).collect()),
                "{methods:?}"
            );
        }
        assert!(Method::ALL.into_iter().all(|method| Method::parse(method.as_str()) == Some(method)));
        assert_eq!(Method::parse("mfa"), None);
    }

    #[test]
    fn lists_keep_their_order_and_pass_over_what_is_no_level() {
        for (list, levels) in
            [("", &[] as &[Level]), ("l5 L1", &[]), ("l4 l1", &[Level::Four, Level::One]), ("l1  urn:x l4 l1", &[Level::One, Level::Four])]
        {
            assert_eq!(Level::asked(list, NAMES), levels, "{list}");
        }
    }
}
