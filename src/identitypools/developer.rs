//! Developer providers: a name for users whom a backend of the pool's owner vouches for.
//!
//! Source: Amazon Cognito developer guide, "Developer-authenticated identities".

/// Names that are other providers' or our own: no developer's.
const TAKEN: [&str; 9] = [
    "accounts.google.com",
    "api.twitter.com",
    "appleid.apple.com",
    // Of `amr`: who says so of their own users would have them taken for the others.
    "authenticated",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "unauthenticated",
    "www.amazon.com",
    "www.digits.com",
];

/// How many logins an identity has at most (API reference, MergeDeveloperIdentities).
pub const MOST_LOGINS: usize = 20;

/// Why a name is no developer provider's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameRefused {
    /// It is another provider's.
    #[error("The developer provider name is another provider's.")]
    Taken,
    /// There is another already.
    #[error("The developer provider name cannot be changed once it is set.")]
    Set,
}

/// The developer provider of a pool that has `before`, once `wanted` is asked for; one that is set stays.
///
/// # Errors
/// [`NameRefused`].
///
/// SECURITY: what a login's provider is called tells who vouched for it, so no name is two providers'.
pub fn renamed(before: Option<&str>, wanted: Option<String>) -> Result<Option<String>, NameRefused> {
    let Some(wanted) = wanted.filter(|name| !name.is_empty()) else { return Ok(before.map(str::to_owned)) };
    let is_of_a_user_pool = wanted.to_ascii_lowercase().starts_with("cognito-idp.");
    if is_of_a_user_pool || TAKEN.iter().any(|taken| wanted.eq_ignore_ascii_case(taken)) {
        return Err(NameRefused::Taken);
    }
    if before.is_some_and(|before| before != wanted) {
        return Err(NameRefused::Set);
    }
    Ok(Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_and_is_nobody_elses() {
        let to = |before, wanted: &str| renamed(before, Some(wanted.to_owned()));
        assert_eq!(to(None, "login.app"), Ok(Some("login.app".to_owned())));
        assert_eq!(to(Some("login.app"), "login.app"), Ok(Some("login.app".to_owned())));
        assert_eq!(to(Some("login.app"), "other"), Err(NameRefused::Set));
        assert_eq!(renamed(Some("login.app"), None), Ok(Some("login.app".to_owned())));
        for taken in ["graph.facebook.com", "Accounts.Google.com", "cognito-idp.us-east-1.amazonaws.com"] {
            assert_eq!(to(None, taken), Err(NameRefused::Taken), "{taken}");
        }
    }
}
