//! The names under which a login's provider goes: AWS's and the issuer's name the same user pool.

use crate::kit::id::UserPoolId;

/// The user pool that a login key names: `cognito-idp.<region>.amazonaws.com/<pool>`, or the issuer without its scheme.
#[must_use]
pub fn user_pool_of(login_key: &str, public_url: &str) -> Option<UserPoolId> {
    let (host, pool_id) = login_key.rsplit_once('/')?;
    let (region, _) = pool_id.split_once('_')?;
    let is_aws = host == format!("cognito-idp.{region}.amazonaws.com");
    let own = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    (is_aws || host == own).then(|| pool_id.into())
}

/// The name that identities and trust policies know a user pool by, whatever key the login came under.
#[must_use]
pub fn canonical_name(pool_id: &UserPoolId) -> String {
    let region = pool_id.region().unwrap_or_default();
    format!("cognito-idp.{region}.amazonaws.com/{pool_id}")
}

/// The one name of the user pool that either of its names names; `None` for what is no user pool's.
#[must_use]
pub fn canonical(login_key: &str, public_url: &str) -> Option<String> {
    user_pool_of(login_key, public_url).map(|pool_id| canonical_name(&pool_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_a_pool_are_known_and_no_others() {
        let url = "http://127.0.0.1:7277";
        for (key, expected) in [
            ("cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC", Some("us-east-1_AbC")),
            ("127.0.0.1:7277/us-east-1_AbC", Some("us-east-1_AbC")),
            ("cognito-idp.eu-west-1.amazonaws.com/us-east-1_AbC", None),
            ("evil.example/us-east-1_AbC", None),
            ("us-east-1_AbC", None),
            ("accounts.google.com", None),
        ] {
            assert_eq!(user_pool_of(key, url), expected.map(UserPoolId::from), "{key}");
        }
        assert_eq!(canonical_name(&"us-east-1_AbC".into()), "cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC");
    }
}
