//! What a token that is exchanged for another may be exchanged for.

use super::scopes::{OPENID, tells_more};

/// What a token exchange grants: what is asked, of the subject token's scopes and of the client's, where it exists. Who asks for
/// nothing in particular asks for all that the subject token has.
///
/// Source: API reference, GetDerivedToken, Scopes.
#[must_use]
pub fn granted(asked: &[String], subject: &[String], allowed: &[String], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let asked = if asked.is_empty() { subject } else { asked };
    let mut granted: Vec<String> = Vec::new();
    for scope in asked {
        if subject.contains(scope) && allowed.contains(scope) && exists(scope) && !granted.contains(scope) {
            granted.push(scope.clone());
        }
    }
    if tells_more(&granted.join(" "), &subject.join(" ")) {
        granted.retain(|scope| scope != OPENID);
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_only_narrows() {
        let texts = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for (asked, subject, allowed, expected) in [
            ("", "a b c", "b c d", "b c"),
            ("c b", "a b c", "b c d", "c b"),
            ("a", "a b c", "b c d", ""),
            ("d", "a b c", "b c d", ""),
            // By itself it would tell what the others keep.
            ("openid", "openid email", "openid email", ""),
            ("openid email", "openid email", "openid email", "openid email"),
            ("openid", "openid", "openid email", "openid"),
            ("b b", "b", "b", "b"),
            ("gone", "gone", "gone", ""),
            ("", "a", "", ""),
        ] {
            let granted = granted(&texts(asked), &texts(subject), &texts(allowed), |scope| scope != "gone");
            assert_eq!(granted, texts(expected), "{asked} of {subject} for {allowed}");
        }
    }
}
