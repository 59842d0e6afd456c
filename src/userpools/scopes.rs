//! What the scopes of a sign-in tell a client of its user.
//!
//! Source: Amazon Cognito developer guide, "Scopes, M2M, and resource servers"; OpenID Connect Core 1.0 §5.4.

/// The scope of ID tokens and of userInfo.
pub const OPENID: &str = "openid";
/// All attributes that the client may read.
pub const PROFILE: &str = "profile";
/// The address of mail.
pub const EMAIL: &str = "email";
/// The telephone number.
pub const PHONE: &str = "phone";
/// The postal address. It is none of Cognito's: a part of `profile`, which a client asks for by OpenID's name.
pub const ADDRESS: &str = "address";

/// A scope of a request that changes nothing, and is left out of what is granted (OpenID Connect Core 1.0 §11): refresh tokens are
/// given with every code.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes of a sign-in.
#[derive(Clone, Copy, Debug)]
pub struct Scopes<'a> {
    /// Blank-separated; `None` for a sign-in by the API, which tells a client all that it may read.
    granted: Option<&'a str>,
}

impl<'a> Scopes<'a> {
    /// Those of a sign-in.
    #[must_use]
    pub const fn granted(granted: Option<&'a str>) -> Self {
        Self { granted }
    }

    /// Whether there is an ID token.
    #[must_use]
    pub fn has_id_token(self) -> bool {
        self.granted.is_none_or(|granted| has(granted, OPENID))
    }

    /// What a user is asked to agree to: the scopes, and where `openid` alone tells all, those that say so.
    #[must_use]
    pub fn listed(self) -> Vec<&'a str> {
        let granted = self.granted.unwrap_or_default();
        let all: &[&str] = if has(granted, OPENID) && !says_what(granted) { &[PROFILE, EMAIL, PHONE, ADDRESS] } else { &[] };
        granted.split(' ').filter(|scope| !scope.is_empty()).chain(all.iter().copied()).collect()
    }

    /// Whether an attribute, which the client may read, is told. `openid` without another of OpenID's scopes tells all.
    #[must_use]
    pub fn tell(self, attribute: &str) -> bool {
        let Some(granted) = self.granted else { return true };
        has(granted, PROFILE)
            || !says_what(granted)
            || match attribute {
                "email" | "email_verified" => has(granted, EMAIL),
                "phone_number" | "phone_number_verified" => has(granted, PHONE),
                "address" => has(granted, ADDRESS),
                // By whom else the user is known, every client is told.
                "identities" => true,
                _ => false,
            }
    }
}

/// Whether scopes say what is told, beside that somebody is.
fn says_what(granted: &str) -> bool {
    [PROFILE, EMAIL, PHONE, ADDRESS].into_iter().any(|scope| has(granted, scope))
}

/// Whether fewer scopes would tell more: `openid` alone tells all.
///
/// SECURITY: what was granted once is not exceeded by asking for less of it (RFC 6749 §6; RFC 8693 §2.2.1).
#[must_use]
pub fn tells_more(fewer: &str, granted: &str) -> bool {
    has(fewer, OPENID) && !says_what(fewer) && says_what(granted)
}

fn has(granted: &str, scope: &str) -> bool {
    granted.split(' ').any(|one| one == scope)
}

/// A scope that the client has not, or that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the scope {0} is not one of the client's")]
pub struct NoSuchScope(pub String);

/// What is granted of what is asked for: each once, in its order. Where nothing is asked for, all that the client has.
///
/// # Errors
/// [`NoSuchScope`].
pub fn grant(asked: Option<&str>, allowed: &[String], exists: impl Fn(&str) -> bool) -> Result<String, NoSuchScope> {
    let mut granted: Vec<&str> = Vec::new();
    let asked: Vec<&str> = asked.unwrap_or_default().split(' ').filter(|scope| !scope.is_empty()).collect();
    if asked.is_empty() {
        granted.extend(allowed.iter().map(String::as_str).filter(|scope| exists(scope)));
        return Ok(granted.join(" "));
    }
    let is_allowed = |scope: &str| allowed.iter().any(|allowed| allowed == scope) && exists(scope);
    for scope in asked {
        if scope == OFFLINE_ACCESS || granted.contains(&scope) {
            continue;
        }
        let is_granted = is_allowed(scope) || scope == ADDRESS && is_allowed(PROFILE);
        if !is_granted {
            return Err(NoSuchScope(scope.to_owned()));
        }
        granted.push(scope);
    }
    Ok(granted.join(" "))
}

/// What a refresh asks for of what was granted (RFC 6749 §6).
///
/// # Errors
/// [`NoSuchScope`] for what was not granted, as `openid` was not without the others of OpenID's scopes.
pub fn narrow(asked: &str, granted: &str) -> Result<String, NoSuchScope> {
    let all: Vec<String> = granted.split(' ').map(str::to_owned).collect();
    let narrowed = grant(Some(asked), &all, |_| true)?;
    if tells_more(&narrowed, granted) { Err(NoSuchScope(format!("{OPENID}, by itself,"))) } else { Ok(narrowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openid_alone_tells_all_and_the_others_their_part() {
        for (granted, attribute, told) in [
            (None, "email", true),
            (Some("openid"), "custom:plan", true),
            (Some("openid api/read"), "email", true),
            (Some("openid profile"), "phone_number", true),
            (Some("openid email"), "email_verified", true),
            (Some("openid email"), "name", false),
            (Some("openid email"), "phone_number", false),
            (Some("openid phone"), "phone_number_verified", true),
            (Some("openid address"), "address", true),
            (Some("openid address"), "email", false),
            (Some("openid email"), "identities", true),
        ] {
            assert_eq!(Scopes::granted(granted).tell(attribute), told, "{granted:?} {attribute}");
        }
        assert!(Scopes::granted(None).has_id_token() && !Scopes::granted(Some("email")).has_id_token());
    }

    #[test]
    fn what_is_granted_is_what_the_client_has_and_what_there_is() {
        let allowed: Vec<String> = ["openid", "profile", "api/read", "gone/read"].map(str::to_owned).to_vec();
        let granted = |asked: Option<&str>| grant(asked, &allowed, |scope| !scope.starts_with("gone/"));
        assert_eq!(granted(None), Ok("openid profile api/read".to_owned()));
        assert_eq!(granted(Some("")), granted(None));
        assert_eq!(granted(Some("openid  openid address offline_access")), Ok("openid address".to_owned()));
        for scope in ["email", "gone/read", "api/*", "OPENID"] {
            assert_eq!(granted(Some(&format!("openid {scope}"))), Err(NoSuchScope(scope.to_owned())));
        }
        assert_eq!(narrow("openid email", "openid email api/read"), Ok("openid email".to_owned()));
        assert_eq!(narrow("openid", "openid api/read"), Ok("openid".to_owned()));
        assert!(narrow("openid", "openid email").is_err(), "by itself it would tell more");
        assert_eq!(narrow("phone", "openid email"), Err(NoSuchScope("phone".to_owned())));
    }
}
