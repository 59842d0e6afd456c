//! The messages that tell users of sign-ins which may be somebody else's, as the form of protection has them.

use serde_json::{Map, Value, json};

use crate::console::fields::Fields;
use crate::kit::json::Members as _;

/// NotifyConfiguration.
pub struct Notify {
    /// The identity that they come from.
    pub source_arn: String,
    /// Whom they come from.
    pub from: String,
    /// Where answers go.
    pub reply_to: String,
    /// One for each thing that is done.
    pub emails: Vec<Email>,
}

/// One of the messages.
pub struct Email {
    /// What the names of its fields begin with.
    pub field: &'static str,
    /// What it is about.
    pub label: &'static str,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Its HTML.
    pub html: String,
}

/// The messages: the member, the field, and what people call it.
const EMAILS: [(&str, &str, &str); 3] = [
    ("BlockEmail", "block", "A sign-in was refused"),
    ("MfaEmail", "mfa", "A second factor was asked for"),
    ("NoActionEmail", "no_action", "Nothing was done"),
];

/// The other members, and their fields.
const MEMBERS: [(&str, &str); 3] = [("SourceArn", "source_arn"), ("From", "from"), ("ReplyTo", "reply_to")];

impl Notify {
    /// As it is set.
    pub fn of(set: &Value) -> Self {
        let email = |(member, field, label): (&str, &'static str, &'static str)| {
            let email = set.at(member);
            Email { field, label, subject: email.text("Subject"), text: email.text("TextBody"), html: email.text("HtmlBody") }
        };
        Self {
            source_arn: set.text("SourceArn"),
            from: set.text("From"),
            reply_to: set.text("ReplyTo"),
            emails: EMAILS.into_iter().map(email).collect(),
        }
    }
}

/// What the form asks; `None` where nothing is written in it.
pub fn input(fields: &Fields) -> Option<Value> {
    let given = |member: &str, field: &str| Some((member.to_owned(), json!(fields.given(field)?)));
    let mut set: Map<String, Value> = MEMBERS.iter().filter_map(|(member, field)| given(member, field)).collect();
    for (member, field, _) in EMAILS {
        let part = |member: &str, part: &str| given(member, &format!("{field}_{part}"));
        let email: Map<String, Value> =
            [part("Subject", "subject"), part("TextBody", "text"), part("HtmlBody", "html")].into_iter().flatten().collect();
        if !email.is_empty() {
            set.insert(member.to_owned(), Value::Object(email));
        }
    }
    Some(set).filter(|set| !set.is_empty()).map(Value::Object)
}
