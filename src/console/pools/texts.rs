//! What a pool's messages say, and how they look to whom they reach.

use std::collections::BTreeMap;

use askama::Template;
use serde_json::{Value, json};

use super::sending::filled;
use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, page, settings};
use crate::console::reply::Shown as Refusal;
use crate::delivery::preview::{self, OwnTexts, Preview, Sample};
use crate::kit::json::Members as _;
use crate::pages::html_of_others;
use crate::wire::fault::WireError;

/// The page of texts, its form, and its previews.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/texts", show), form("/pools/{pool}/texts", change), page("/pools/{pool}/texts/{message}", preview)]
}

#[derive(Template)]
#[template(path = "console/pools/texts.html")]
struct TextsPage {
    frame: Frame,
    head: Head,
    texts: Texts,
    messages: Vec<Shown>,
    may_change: May,
    error: Option<WireError>,
}

/// An email, as the page has it.
struct Shown {
    name: &'static str,
    title: &'static str,
    subject: String,
}

/// What the form asks.
struct Texts {
    by_link: bool,
    code_subject: String,
    code: String,
    code_sms: String,
    link_subject: String,
    link: String,
    invitation_subject: String,
    invitation: String,
    invitation_sms: String,
}

/// The emails of a pool, by the last part of their preview's address.
const MESSAGES: [(&str, &str, Sample); 3] =
    [("code", "Code", Sample::Code), ("link", "Link", Sample::Link), ("invitation", "Invitation", Sample::Invitation)];

/// What UpdateUserPool takes beside VerificationMessageTemplate for the same texts.
const OLD_NAMES: [&str; 3] = ["EmailVerificationMessage", "EmailVerificationSubject", "SmsVerificationMessage"];

impl Texts {
    fn of(described: &Value) -> Self {
        let template = described.at("VerificationMessageTemplate");
        let invitation = described.at("AdminCreateUserConfig").at("InviteMessageTemplate");
        Self {
            by_link: template.at("DefaultEmailOption") == "CONFIRM_WITH_LINK",
            code_subject: template.text("EmailSubject"),
            code: template.text("EmailMessage"),
            code_sms: template.text("SmsMessage"),
            link_subject: template.text("EmailSubjectByLink"),
            link: template.text("EmailMessageByLink"),
            invitation_subject: invitation.text("EmailSubject"),
            invitation: invitation.text("EmailMessage"),
            invitation_sms: invitation.text("SMSMessage"),
        }
    }

    fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.given(name).unwrap_or_default();
        Self {
            by_link: fields.text("by") == "link",
            code_subject: text("code_subject"),
            code: text("code"),
            code_sms: text("code_sms"),
            link_subject: text("link_subject"),
            link: text("link"),
            invitation_subject: text("invitation_subject"),
            invitation: text("invitation"),
            invitation_sms: text("invitation_sms"),
        }
    }

    /// All that the pool is set to, with what the form asks in its place. A text that is empty is ours.
    fn input(&self, head: &Head) -> Value {
        let mut input = settings::unchanged(head);
        input.retain(|name, _| !OLD_NAMES.contains(&name.as_str()));
        let by = if self.by_link { "CONFIRM_WITH_LINK" } else { "CONFIRM_WITH_CODE" };
        let mut template = filled([
            ("EmailSubject", &self.code_subject),
            ("EmailMessage", &self.code),
            ("SmsMessage", &self.code_sms),
            ("EmailSubjectByLink", &self.link_subject),
            ("EmailMessageByLink", &self.link),
        ]);
        template.insert("DefaultEmailOption".to_owned(), json!(by));
        let invitation =
            filled([("EmailSubject", &self.invitation_subject), ("EmailMessage", &self.invitation), ("SMSMessage", &self.invitation_sms)]);
        let admins = head.described.at("AdminCreateUserConfig").clone().with(json!({"InviteMessageTemplate": invitation}));
        input.insert("VerificationMessageTemplate".to_owned(), Value::Object(template));
        input.insert("AdminCreateUserConfig".to_owned(), admins);
        Value::Object(input)
    }

    fn own(&self, sample: Sample) -> OwnTexts<'_> {
        let (subject, body) = match sample {
            Sample::Code => (&self.code_subject, &self.code),
            Sample::Link => (&self.link_subject, &self.link),
            Sample::Invitation => (&self.invitation_subject, &self.invitation),
        };
        OwnTexts {
            subject: Some(subject.as_str()).filter(|text| !text.is_empty()),
            body: Some(body.as_str()).filter(|text| !text.is_empty()),
        }
    }
}

/// An email as it is saved.
fn saved(described: &Value, sample: Sample) -> Preview {
    let tags: BTreeMap<String, String> = serde_json::from_value(described.at("UserPoolTags").clone()).unwrap_or_default();
    preview::of(sample, Texts::of(described).own(sample), &tags)
}

async fn load(visit: &Visit, head: Head, texts: Texts, error: Option<WireError>) -> TextsPage {
    let shown = |(name, title, sample)| Shown { name, title, subject: saved(&head.described, sample).subject().to_owned() };
    let messages = MESSAGES.into_iter().map(shown).collect();
    let may_change = may(visit, "UpdateUserPool", json!({"UserPoolId": head.id})).await;
    TextsPage { frame: visit.frame(&head.name), head, texts, messages, may_change, error }
}

/// `GET /console/pools/{pool}/texts`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load_whole(visit, "texts").await?;
    let texts = Texts::of(&head.described);
    Ok(Reply::page(&load(visit, head, texts, None).await))
}

/// `POST /console/pools/{pool}/texts`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "texts").await?;
    let texts = Texts::read(fields);
    match call(visit, "UpdateUserPool", texts.input(&head)).await {
        Ok(_) => Ok(Reply::done(head.path("/texts"), "The texts are saved.")),
        Err(error) => Ok(Reply::again(&load(visit, head, texts, Some(error.clone())).await, &error)),
    }
}

/// `GET /console/pools/{pool}/texts/{message}`: the email alone, for a frame.
async fn preview(visit: &Visit) -> Outcome {
    let head = Head::load_whole(visit, "texts").await?;
    let name = visit.segment("message");
    let (.., sample) = MESSAGES.into_iter().find(|(known, ..)| *known == name).ok_or(Refusal::NotFound)?;
    let html = saved(&head.described, sample).html().ok_or(Refusal::Failed)?;
    Ok(Reply::Page(html_of_others(html)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn texts_are_changed_and_seen_as_they_are_sent_and_the_rest_stays() {
        let app = TestApp::new().await;
        let members = json!({"DeletionProtection": "ACTIVE", "AutoVerifiedAttributes": ["email"], "EmailVerificationSubject": "Old",
                             "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": true}});
        let pool = app.pool_with(members, json!({})).await;
        let (path, browser) = (format!("/pools/{}/texts", pool.id), app.console().await);
        assert!(browser.open(&path).await.text.contains("Old"));
        let html = "<p>Hello, your code is <b>{####}</b></p>";
        let fields = [("by", "link"), ("code", html), ("invitation_subject", "Come in"), ("invitation_sms", "{username} {####}")];
        browser.submit_and_follow(&path, &fields).await;
        let described = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        assert_eq!(described["VerificationMessageTemplate"], json!({"DefaultEmailOption": "CONFIRM_WITH_LINK", "EmailMessage": html}));
        let admins = &described["AdminCreateUserConfig"];
        assert_eq!(admins["InviteMessageTemplate"], json!({"EmailSubject": "Come in", "SMSMessage": "{username} {####}"}));
        assert_eq!((&admins["AllowAdminCreateUserOnly"], &described["DeletionProtection"]), (&json!(true), &json!("ACTIVE")));

        let own = browser.open(&format!("{path}/code")).await;
        assert_eq!(own.text, "<p>Hello, your code is <b>123456</b></p>");
        let policy = own.header("content-security-policy");
        assert!(
            policy.contains("sandbox") && policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'self'"),
            "{policy}"
        );
        let ours = browser.open(&format!("{path}/invitation")).await;
        assert!(ours.text.contains("Come in") && ours.text.contains("Sample-pass-1"), "{}", ours.text);
        assert_eq!(browser.open(&format!("{path}/other")).await.status, 404);

        let refused = browser.submit(&path, &[("by", "code"), ("code", "no code </textarea><script>")]).await;
        assert!(refused.status == 400 && refused.text.contains("no code") && !refused.text.contains("<script>"), "{}", refused.text);
    }
}
