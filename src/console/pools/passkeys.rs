//! What a pool asks of passkeys. Users make and delete their own; no operation shows an administrator whose they are.

use askama::Template;
use serde_json::{Map, Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Visit, call, may};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

#[derive(Template)]
#[template(path = "console/pools/passkeys.html")]
struct PasskeysPage {
    frame: Frame,
    head: Head,
    given: Given,
    /// Whether passkeys are one of the pool's first factors; nothing, for those who may not see its settings.
    are_offered: Option<bool>,
    may_change: May,
    error: Option<WireError>,
}

/// WebAuthnConfiguration, as the form has it.
struct Given {
    relying_party_id: String,
    user_verification: String,
    factors: String,
}

impl Given {
    fn of(configuration: &Value) -> Self {
        let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
        Self {
            relying_party_id: configuration.text("RelyingPartyId"),
            user_verification: or(configuration.text("UserVerification"), "preferred"),
            factors: or(configuration.text("FactorConfiguration"), "SINGLE_FACTOR"),
        }
    }

    fn read(fields: &Fields) -> Self {
        Self {
            relying_party_id: fields.given("relying_party_id").unwrap_or_default(),
            user_verification: fields.text("user_verification"),
            factors: fields.text("factors"),
        }
    }

    /// Of passkeys alone: the second factors stay as they are.
    fn input(&self, pool: &str) -> Value {
        let members = [
            ("RelyingPartyId", &self.relying_party_id),
            ("UserVerification", &self.user_verification),
            ("FactorConfiguration", &self.factors),
        ];
        let given = members.into_iter().filter(|(_, value)| !value.is_empty());
        let configuration: Map<String, Value> = given.map(|(name, value)| (name.to_owned(), json!(value))).collect();
        json!({"UserPoolId": pool, "WebAuthnConfiguration": configuration})
    }
}

async fn page(visit: &Visit, given: Option<Given>, error: Option<WireError>) -> Result<PasskeysPage, WireError> {
    let head = Head::load(visit, "passkeys").await?;
    let pool = json!({"UserPoolId": head.id});
    let stored = call(visit, "GetUserPoolMfaConfig", pool.clone()).await?;
    let first_factors = head.described.at("Policies").at("SignInPolicy").texts("AllowedFirstAuthFactors");
    Ok(PasskeysPage {
        frame: visit.frame(&head.name),
        given: given.unwrap_or_else(|| Given::of(stored.at("WebAuthnConfiguration"))),
        are_offered: (!head.described.is_null()).then(|| first_factors.iter().any(|factor| factor == "WEB_AUTHN")),
        may_change: may(visit, "SetUserPoolMfaConfig", pool).await,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/passkeys`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&page(visit, None, None).await?))
}

/// `POST /console/pools/{pool}/passkeys`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "SetUserPoolMfaConfig", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(format!("/pools/{}/passkeys", super::segment(&pool)), "What the pool asks of passkeys is saved.")),
        Err(error) => Ok(Reply::again(&page(visit, Some(given), Some(error.clone())).await?, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn what_a_pool_asks_of_passkeys_is_shown_and_set() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let totp = json!({"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": true}});
        pool.admin("SetUserPoolMfaConfig", totp).await.ok();
        let browser = app.console().await;
        let path = format!("/pools/{}/passkeys", pool.id);
        assert!(browser.open(&path).await.text.contains("name=\"user_verification\" value=\"preferred\" checked"));
        let fields =
            [("relying_party_id", "example.com"), ("user_verification", "required"), ("factors", "MULTI_FACTOR_WITH_USER_VERIFICATION")];
        let page = browser.submit_and_follow(&path, &fields).await;
        for text in ["value=\"example.com\"", "value=\"required\" checked", "value=\"MULTI_FACTOR_WITH_USER_VERIFICATION\" checked"] {
            assert!(page.text.contains(text), "{text}");
        }
        let stored = pool.admin("GetUserPoolMfaConfig", json!({})).await.ok();
        assert_eq!(stored["MfaConfiguration"], "OPTIONAL", "the second factors stay");
        let asked = json!({"RelyingPartyId": "example.com", "UserVerification": "required",
                           "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"});
        assert_eq!(stored["WebAuthnConfiguration"], asked);
    }

    #[actix_web::test]
    async fn what_is_refused_is_shown_with_what_was_typed() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let browser = app.console().await;
        let path = format!("/pools/{}/passkeys", pool.id);
        browser.open(&path).await;
        let page = browser.submit(&path, &[("relying_party_id", "https://<b>"), ("user_verification", "preferred")]).await;
        assert_eq!(page.status, 400);
        assert!(page.text.contains("InvalidParameterException") && page.text.contains("https://&#60;b&#62;"), "{}", page.text);
    }

    #[actix_web::test]
    async fn who_may_only_look_sees_why_they_may_not_change_them() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let looks = json!([{"Effect": "Allow", "Action": ["cognito-idp:Describe*", "cognito-idp:Get*"], "Resource": "*"}]);
        let browser = app.console_of_user_with(looks).await;
        let page = browser.open(&format!("/pools/{}/passkeys", pool.id)).await;
        assert!(page.text.contains("disabled") && page.text.contains("cognito-idp:SetUserPoolMfaConfig"), "{}", page.text);
    }
}
