//! Whom a pool's messages come from, and its plan.

use askama::Template;
use serde_json::{Map, Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, page, settings};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page of senders, and its form.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/sending", show), form("/pools/{pool}/sending", change)]
}

#[derive(Template)]
#[template(path = "console/pools/sending.html")]
struct SendingPage {
    frame: Frame,
    head: Head,
    sending: Sending,
    may_change: May,
    error: Option<WireError>,
}

/// What the form asks.
struct Sending {
    developer: bool,
    source_arn: String,
    from: String,
    reply_to: String,
    configuration_set: String,
    sms_role: String,
    external_id: String,
    sns_region: String,
    /// Whether text messages go by End User Messaging, for which there is no field.
    by_eums: bool,
    tier: String,
}

impl Sending {
    fn of(described: &Value) -> Self {
        let (email, sms) = (described.at("EmailConfiguration"), described.at("SmsConfiguration"));
        Self {
            developer: email.at("EmailSendingAccount") == "DEVELOPER",
            source_arn: email.text("SourceArn"),
            from: email.text("From"),
            reply_to: email.text("ReplyToEmailAddress"),
            configuration_set: email.text("ConfigurationSet"),
            sms_role: sms.text("SnsCallerArn"),
            external_id: sms.text("ExternalId"),
            sns_region: sms.text("SnsRegion"),
            by_eums: sms.get("EumsSms").is_some(),
            tier: described.text("UserPoolTier"),
        }
    }

    fn read(fields: &Fields, described: &Value) -> Self {
        let text = |name: &str| fields.given(name).unwrap_or_default();
        Self {
            developer: fields.has("developer"),
            source_arn: text("source_arn"),
            from: text("from"),
            reply_to: text("reply_to"),
            configuration_set: text("configuration_set"),
            sms_role: text("sms_role"),
            external_id: text("external_id"),
            sns_region: text("sns_region"),
            by_eums: described.at("SmsConfiguration").get("EumsSms").is_some(),
            tier: text("tier"),
        }
    }

    /// All that the pool is set to, with what the form asks in its place.
    fn input(&self, head: &Head) -> Value {
        let mut input = settings::unchanged(head);
        let account = if self.developer { "DEVELOPER" } else { "COGNITO_DEFAULT" };
        let mut email = filled([
            ("SourceArn", &self.source_arn),
            ("From", &self.from),
            ("ReplyToEmailAddress", &self.reply_to),
            ("ConfigurationSet", &self.configuration_set),
        ]);
        email.insert("EmailSendingAccount".to_owned(), json!(account));
        input.insert("EmailConfiguration".to_owned(), Value::Object(email));
        if !self.by_eums {
            let sms = filled([("SnsCallerArn", &self.sms_role), ("ExternalId", &self.external_id), ("SnsRegion", &self.sns_region)]);
            input.insert("SmsConfiguration".to_owned(), Value::Object(sms));
        }
        if !self.tier.is_empty() {
            input.insert("UserPoolTier".to_owned(), json!(self.tier));
        }
        Value::Object(input)
    }
}

/// The members that have a text.
pub(super) fn filled<const N: usize>(texts: [(&str, &String); N]) -> Map<String, Value> {
    texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name.to_owned(), json!(text))).collect()
}

async fn load(visit: &Visit, head: Head, sending: Sending, error: Option<WireError>) -> SendingPage {
    let may_change = may(visit, "UpdateUserPool", json!({"UserPoolId": head.id})).await;
    SendingPage { frame: visit.frame(&head.name), head, sending, may_change, error }
}

/// `GET /console/pools/{pool}/sending`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load_whole(visit, "sending").await?;
    let sending = Sending::of(&head.described);
    Ok(Reply::page(&load(visit, head, sending, None).await))
}

/// `POST /console/pools/{pool}/sending`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "sending").await?;
    let sending = Sending::read(fields, &head.described);
    match call(visit, "UpdateUserPool", sending.input(&head)).await {
        Ok(_) => Ok(Reply::done(head.path("/sending"), "The senders are saved.")),
        Err(error) => Ok(Reply::again(&load(visit, head, sending, Some(error.clone())).await, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn senders_and_plan_are_changed_and_the_rest_stays() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"DeletionProtection": "ACTIVE", "MfaConfiguration": "OPTIONAL"}), json!({})).await;
        let (path, browser) = (format!("/pools/{}/sending", pool.id), app.console().await);
        browser.open(&path).await;
        let identity = "arn:aws:ses:us-east-1:000000000000:identity/x.example";
        let fields = [("developer", "on"), ("source_arn", identity), ("from", "Us <us@x.example>"), ("tier", "PLUS")];
        browser.submit_and_follow(&path, &fields).await;
        let described = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        let email = json!({"EmailSendingAccount": "DEVELOPER", "SourceArn": identity, "From": "Us <us@x.example>"});
        assert_eq!((&described["EmailConfiguration"], &described["UserPoolTier"]), (&email, &json!("PLUS")));
        assert_eq!((&described["DeletionProtection"], &described["MfaConfiguration"]), (&json!("ACTIVE"), &json!("OPTIONAL")));
        let refused = browser.submit(&path, &[("developer", "on"), ("from", "\"><script>")]).await;
        assert!(refused.status == 400 && refused.text.contains("SourceArn is required") && !refused.text.contains("\"><script>"));
        let missing = browser.submit(&path, &[("sms_role", "arn:aws:iam::000000000000:role/none")]).await;
        assert!(missing.text.contains("InvalidSmsRoleTrustRelationshipException"), "{}", missing.text);
    }
}
