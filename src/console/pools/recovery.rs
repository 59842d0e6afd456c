//! How a pool's users get back in, and what their addresses and passwords are held to.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Visit, call, may, members, number, settings};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The tags that say more of passwords than Cognito does.
const TAGS: [(&str, &str); 3] = [
    ("rules", "passwright:password-rules"),
    ("common", "passwright:common-passwords"),
    ("max_age_days", "passwright:password-max-age-days"),
];

/// The orders of recovery: the field's value, and the mechanisms that it stands for.
const ORDERS: [(&str, &[&str]); 5] = [
    ("email", &["verified_email"]),
    ("phone", &["verified_phone_number"]),
    ("email-phone", &["verified_email", "verified_phone_number"]),
    ("phone-email", &["verified_phone_number", "verified_email"]),
    ("admin", &["admin_only"]),
];

#[derive(Template)]
#[template(path = "console/pools/recovery.html")]
struct RecoveryPage {
    frame: Frame,
    head: Head,
    asked: Asked,
    may_change: May,
    error: Option<WireError>,
}

/// What the form asks.
struct Asked {
    order: String,
    email_waits: bool,
    phone_waits: bool,
    history: String,
    rules: String,
    common: String,
    max_age_days: String,
}

impl Asked {
    fn of(described: &Value) -> Self {
        let waits = described.at("UserAttributeUpdateSettings").texts("AttributesRequireVerificationBeforeUpdate");
        let mut mechanisms = described.at("AccountRecoverySetting").list("RecoveryMechanisms").to_vec();
        mechanisms.sort_by_key(|mechanism| mechanism.at("Priority").as_i64());
        let names: Vec<String> = mechanisms.iter().map(|mechanism| mechanism.text("Name")).collect();
        let order = ORDERS.iter().find(|(_, order)| *order == names).map(|(name, _)| (*name).to_owned());
        let tag = |tag: &str| described.at("UserPoolTags").text(tag);
        let [rules, common, max_age_days] = TAGS.map(|(_, name)| tag(name));
        let history = described.at("Policies").at("PasswordPolicy").at("PasswordHistorySize").as_i64().unwrap_or_default();
        Self {
            order: order.unwrap_or_default(),
            email_waits: waits.iter().any(|attribute| attribute == "email"),
            phone_waits: waits.iter().any(|attribute| attribute == "phone_number"),
            history: history.to_string(),
            rules,
            common,
            max_age_days,
        }
    }

    fn read(fields: &Fields) -> Self {
        let given = |name: &str| fields.given(name).unwrap_or_default();
        Self {
            order: given("order"),
            email_waits: fields.has("email_waits"),
            phone_waits: fields.has("phone_waits"),
            history: given("history"),
            rules: given("rules"),
            common: given("common"),
            max_age_days: given("max_age_days"),
        }
    }

    /// UpdateUserPool resets what it is not given: so it is given all that was there, and what changes.
    fn input(&self, head: &Head) -> Value {
        let mut input = settings::unchanged(head);
        input.remove("AccountRecoverySetting");
        for (mechanism, order) in ORDERS {
            if mechanism == self.order {
                let mechanisms = order.iter().enumerate().map(|(index, name)| json!({"Priority": index + 1, "Name": name}));
                input.insert("AccountRecoverySetting".to_owned(), json!({"RecoveryMechanisms": mechanisms.collect::<Vec<_>>()}));
            }
        }
        let waits = [(self.email_waits, "email"), (self.phone_waits, "phone_number")];
        let waits: Vec<&str> = waits.into_iter().filter_map(|(waits, attribute)| waits.then_some(attribute)).collect();
        input.insert("UserAttributeUpdateSettings".to_owned(), json!({"AttributesRequireVerificationBeforeUpdate": waits}));
        let mut tags = members(head.described.at("UserPoolTags").clone());
        for ((_, tag), value) in TAGS.into_iter().zip([&self.rules, &self.common, &self.max_age_days]) {
            tags.remove(tag);
            if !value.is_empty() {
                tags.insert(tag.to_owned(), json!(value));
            }
        }
        input.insert("UserPoolTags".to_owned(), Value::Object(tags));
        let mut policies = head.described.at("Policies").clone();
        let mut policy = policies.at("PasswordPolicy").clone();
        policy.put("PasswordHistorySize", number(&self.history));
        policies.put("PasswordPolicy", policy);
        input.insert("Policies".to_owned(), policies);
        Value::Object(input)
    }
}

async fn page(visit: &Visit, head: Head, asked: Asked, error: Option<WireError>) -> RecoveryPage {
    let may_change = may(visit, "UpdateUserPool", json!({"UserPoolId": head.id})).await;
    RecoveryPage { frame: visit.frame(&head.name), may_change, head, asked, error }
}

/// `GET /console/pools/{pool}/recovery`
pub async fn show(visit: &Visit) -> Outcome {
    let head = Head::load_whole(visit, "recovery").await?;
    let asked = Asked::of(&head.described);
    Ok(Reply::page(&page(visit, head, asked, None).await))
}

/// `POST /console/pools/{pool}/recovery`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "recovery").await?;
    let asked = Asked::read(fields);
    let path = head.path("/recovery");
    if let Err(error) = call(visit, "UpdateUserPool", asked.input(&head)).await {
        return Ok(Reply::again(&page(visit, head, asked, Some(error.clone())).await, &error));
    }
    Ok(Reply::done(path, "The settings are saved."))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn recovery_is_changed_and_the_rest_stays() {
        let app = TestApp::new().await;
        let made = json!({"AutoVerifiedAttributes": ["email"], "MfaConfiguration": "OPTIONAL", "UserPoolTags": {"team": "a"},
                          "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": true}, "EmailVerificationMessage": "old {####}"});
        let pool = app.pool_with(made, json!({})).await;
        let browser = app.console().await;
        let path = format!("/pools/{}/recovery", pool.id);
        assert_eq!(browser.open(&path).await.status, 200);
        let fields = [
            ("order", "phone-email"),
            ("email_waits", "on"),
            ("history", "5"),
            ("rules", "nist"),
            ("common", "refuse"),
            ("max_age_days", "90"),
        ];
        let saved = browser.submit_and_follow(&path, &fields).await;
        assert!(saved.text.contains("The settings are saved."), "{}", saved.text);
        let after = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        let mechanisms = json!([{"Priority": 1, "Name": "verified_phone_number"}, {"Priority": 2, "Name": "verified_email"}]);
        assert_eq!(after["AccountRecoverySetting"]["RecoveryMechanisms"], mechanisms);
        assert_eq!(after["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"], json!(["email"]));
        assert_eq!(after["Policies"]["PasswordPolicy"]["PasswordHistorySize"], 5);
        assert_eq!(
            after["UserPoolTags"],
            json!({"team": "a", "passwright:password-rules": "nist", "passwright:common-passwords": "refuse",
                   "passwright:password-max-age-days": "90"})
        );
        assert_eq!(after["EmailVerificationMessage"], "old {####}");
        assert_eq!(after["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"], true);
        assert_eq!((&after["MfaConfiguration"], &after["AutoVerifiedAttributes"]), (&json!("OPTIONAL"), &json!(["email"])));
        // The page of the other settings leaves these as they are.
        browser.open(&format!("/pools/{}/settings", pool.id)).await;
        let others = [("name", "n"), ("verify_email", "on"), ("minimum_length", "9"), ("temporary_days", "7"), ("mfa", "OPTIONAL")];
        browser.submit_and_follow(&format!("/pools/{}/settings", pool.id), &others).await;
        let last = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        for member in ["AccountRecoverySetting", "UserAttributeUpdateSettings", "UserPoolTags", "VerificationMessageTemplate"] {
            assert_eq!(last[member], after[member], "{member}");
        }
        assert_eq!(last["Policies"]["PasswordPolicy"]["PasswordHistorySize"], 5);
        browser.open(&path).await;
        let refused = browser.submit(&path, &[("order", "email"), ("phone_waits", "on"), ("history", "25")]).await;
        assert!(refused.status == 400 && refused.text.contains("value=\"25\""), "{}", refused.text);
    }

    #[actix_web::test]
    async fn a_user_is_reset_invited_again_and_their_address_verified() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user_with("alice", json!({"email": "a@x.example"})).await;
        let made = json!({"Username": "bob", "UserAttributes": [{"Name": "email", "Value": "b@x.example"}], "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", made).await.ok();
        let browser = app.console().await;
        let described = async |name: &str| pool.admin("AdminGetUser", json!({"Username": name})).await.ok();
        let page = async |name: &str| {
            let sub = described(name).await["UserAttributes"][0]["Value"].as_str().unwrap().to_owned();
            format!("/pools/{}/users/{sub}", pool.id)
        };
        let alice = page("alice").await;
        let shown = browser.open(&alice).await;
        assert!(shown.text.contains("not verified") && shown.text.contains("Reset the password"), "{}", shown.text);
        let refused = browser.submit(&format!("{alice}/reset"), &[]).await;
        assert!(refused.status == 400 && refused.text.contains("InvalidParameterException"), "{}", refused.text);
        browser.submit_and_follow(&format!("{alice}/verify"), &[("attribute", "email")]).await;
        assert!(
            described("alice").await["UserAttributes"].as_array().unwrap().contains(&json!({"Name": "email_verified", "Value": "true"}))
        );
        browser.submit_and_follow(&format!("{alice}/reset"), &[]).await;
        assert_eq!(described("alice").await["UserStatus"], Value::from("RESET_REQUIRED"));
        let bob = page("bob").await;
        assert!(browser.open(&bob).await.text.contains("Invite them again"));
        browser.submit_and_follow(&format!("{bob}/invite"), &[]).await;
        assert_eq!(app.messages_to("b@x.example").await.len(), 1);
    }
}
