//! The names that attributes give a user beside the one that they were made by: an address, a preferred username.

use super::name::{NameKind, NameRefused, NewName};
use super::pool::Pool;
use super::user::{User, UserStatus};

/// Why an attribute gives its user no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AliasUnfit {
    /// Its value is none.
    #[error(transparent)]
    Name(#[from] NameRefused),
    /// A preferred username of the form of an address, where addresses are names that their owners prove.
    #[error("Preferred username cannot be of {} format, since user pool is configured for {} alias.", in_words(*.0), in_words(*.0))]
    LikeAnAddress(NameKind),
    /// A preferred username of who is not confirmed.
    // Source: Cognito's words, aws-amplify/amplify-js issue 1669.
    #[error("Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.")]
    Unconfirmed,
}

/// The name that an attribute gives a user, if they have it and the pool's users sign in by such. An address gives it once it is
/// verified, which is the caller's to know; a preferred username is never verified, and nobody has one before they are confirmed.
///
/// Source: Amazon Cognito developer guide, "Working with user attributes", "Customizing sign-in attributes".
///
/// # Errors
/// [`AliasUnfit`].
pub fn alias(pool: &Pool, user: &User, kind: NameKind) -> Result<Option<NewName>, AliasUnfit> {
    let value = user.attributes.get(kind.as_str()).filter(|value| !value.is_empty() && pool.configuration.names_by(kind));
    let Some(value) = value else { return Ok(None) };
    let name = pool.canonical(value)?;
    if !kind.is_address() {
        if user.status == UserStatus::Unconfirmed {
            return Err(AliasUnfit::Unconfirmed);
        }
        // SECURITY: nobody proves a preferred username, so it must not be what another's address would be.
        if let Some(address) = pool.address_form(&name) {
            return Err(AliasUnfit::LikeAnAddress(address));
        }
    }
    Ok(Some(name.takeable()?))
}

const fn in_words(kind: NameKind) -> &'static str {
    match kind {
        NameKind::PhoneNumber => "phone number",
        kind => kind.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::kit::clock::Timestamp;
    use crate::userpools::pool::PoolConfiguration;
    use crate::userpools::user::{Generation, MfaPreference};

    fn pool(aliases: &[&str]) -> Pool {
        let alias_attributes = aliases.iter().map(|&alias| alias.to_owned()).collect();
        Pool {
            id: "us-east-1_a".into(),
            account_id: "000000000000".into(),
            region: "us-east-1".to_owned(),
            name: "p".to_owned(),
            configuration: PoolConfiguration { alias_attributes, ..PoolConfiguration::default() },
            created_at: Timestamp::from_millis(0),
            modified_at: Timestamp::from_millis(0),
        }
    }

    fn user(status: UserStatus, attribute: &str, value: &str) -> User {
        User {
            pool_id: "us-east-1_a".into(),
            id: "0123abcd-4567-4abc-8def-0123456789ab".into(),
            username: "ann".to_owned(),
            status,
            enabled: true,
            attributes: BTreeMap::from([(attribute.to_owned(), value.to_owned())]),
            password: None,
            password_generation: Generation::default(),
            factor_generation: Generation::default(),
            sealed_totp_seed: None,
            sealed_pending_totp_seed: None,
            totp_last_step: None,
            totp_device_name: None,
            has_passkey: false,
            mfa: MfaPreference::default(),
            created_at: Timestamp::from_millis(0),
            modified_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn attributes_give_names_where_the_pool_takes_them() {
        use NameKind::{Email, PhoneNumber, PreferredUsername};
        use UserStatus::{Confirmed, ForceChangePassword, ResetRequired, Unconfirmed};
        let preferred = ["preferred_username"].as_slice();
        let all = ["email", "phone_number", "preferred_username"].as_slice();
        for (aliases, status, kind, value, expected) in [
            (preferred, Confirmed, PreferredUsername, "neo", Ok(Some("neo"))),
            (preferred, ForceChangePassword, PreferredUsername, "\u{ff4e}eo", Ok(Some("neo"))),
            (preferred, ResetRequired, PreferredUsername, "", Ok(None)),
            (preferred, Unconfirmed, PreferredUsername, "", Ok(None)),
            (preferred, Unconfirmed, PreferredUsername, "neo", Err(AliasUnfit::Unconfirmed)),
            (&["email"], Unconfirmed, PreferredUsername, "neo", Ok(None)),
            (preferred, Confirmed, PreferredUsername, "neo@x.example", Ok(Some("neo@x.example"))),
            (all, Confirmed, PreferredUsername, "neo\u{ff20}x.example", Err(AliasUnfit::LikeAnAddress(Email))),
            (all, Confirmed, PreferredUsername, "+15555550100", Err(AliasUnfit::LikeAnAddress(PhoneNumber))),
            (preferred, Confirmed, PreferredUsername, "0123ABCD-4567-4abc-8def-0123456789ab", Err(NameRefused::Sub.into())),
            (preferred, Confirmed, PreferredUsername, "n\u{200b}eo", Err(NameRefused::Unseen.into())),
            (all, Unconfirmed, Email, "Neo@x.example", Ok(Some("neo@x.example"))),
            (preferred, Confirmed, Email, "neo@x.example", Ok(None)),
        ] {
            let alias = alias(&pool(aliases), &user(status, kind.as_str(), value), kind);
            assert_eq!(alias.as_ref().map(|name| name.as_ref().map(NewName::as_str)), expected.as_ref().map(|name| *name), "{value}");
        }
        let words = AliasUnfit::LikeAnAddress(PhoneNumber).to_string();
        assert_eq!(words, "Preferred username cannot be of phone number format, since user pool is configured for phone number alias.");
    }
}
