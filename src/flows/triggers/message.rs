//! CustomMessage: the function words a message, with a placeholder where the code comes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Event, Through, TriggerRefused, about, call, request};
use crate::context::App;
use crate::userpools::lambda_config::Trigger;
use crate::userpools::name::NameKind;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// What stands for the code, or the temporary password.
pub const CODE: &str = "{####}";
/// What stands for the user's name, in invitations.
pub const USERNAME: &str = "{username}";
/// The occasion of a sign-in, whose codes are typed.
pub const AUTHENTICATION: &str = "CustomMessage_Authentication";
/// What stands for the link.
const LINK: &str = "{##Click Here##}";

/// The longest texts, in characters.
///
/// Source: Amazon Cognito API reference, VerificationMessageTemplateType; the text message is cut by nobody, so it may be longer
/// than its own 140.
const LONGEST_BODY: usize = 20_000;
const LONGEST_SUBJECT: usize = 140;

/// What a function made of a message: whatever it leaves out is as the pool has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wording {
    /// The text message.
    #[serde(default)]
    pub sms_message: Option<String>,
    /// The email's body.
    #[serde(default)]
    pub email_message: Option<String>,
    /// The email's subject.
    #[serde(default)]
    pub email_subject: Option<String>,
}

/// Has the message of an occasion (`CustomMessage_SignUp`) to a user worded. A text without the placeholders that its message
/// needs is passed over: nobody is sent a message without its code.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn word(app: &App, through: impl Into<Through<'_>>, user: &User, source: &str) -> Result<Wording, TriggerRefused> {
    let through = Through { hides_users: false, ..through.into() };
    let invites = source == "CustomMessage_AdminCreateUser";
    let mut members = about(through, Some(user));
    members.extend(request([
        ("codeParameter", json!(CODE)),
        ("linkParameter", json!(LINK)),
        ("usernameParameter", if invites { json!(USERNAME) } else { Value::Null }),
    ]));
    let event = Event {
        trigger: Trigger::CustomMessage,
        source,
        version: "1",
        username: &user.username,
        request: members,
        response: json!({"smsMessage": null, "emailMessage": null, "emailSubject": null}),
    };
    let Some(wording) = call::<Wording>(app, through, event).await? else { return Ok(Wording::default()) };
    let is_long = |text: &Option<String>, longest: usize| text.as_ref().is_some_and(|text| text.chars().count() > longest);
    if is_long(&wording.email_message, LONGEST_BODY)
        || is_long(&wording.sms_message, LONGEST_BODY)
        || is_long(&wording.email_subject, LONGEST_SUBJECT)
    {
        return Err(TriggerRefused::UNRECOGNIZABLE);
    }
    let has_all = |text: &String| text.contains(CODE) && (!invites || text.contains(USERNAME));
    let may_link = !invites && source != AUTHENTICATION;
    let links = |text: &String| may_link && text.contains("{##") && text.contains("##}");
    Ok(Wording {
        sms_message: wording.sms_message.filter(has_all),
        email_message: wording.email_message.filter(|text| has_all(text) || links(text)),
        email_subject: wording.email_subject.filter(|text| !text.trim().is_empty() && !text.contains(['\r', '\n'])),
    })
}

/// The pool, with its messages of an occasion worded by its function.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn worded<'a>(app: &App, through: impl Into<Through<'a>>, user: &User, source: &str) -> Result<Cow<'a, Pool>, TriggerRefused> {
    let through = through.into();
    Ok(word(app, through, user, source).await?.over(through.pool))
}

/// The same for a change of attributes, which is worded where an address changes that the pool verifies by a code.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn worded_for_change<'a>(
    app: &App,
    through: Through<'a>,
    user: &User,
    given: &BTreeMap<String, String>,
) -> Result<Cow<'a, Pool>, TriggerRefused> {
    let changes = |kind: NameKind| {
        let value = given.get(kind.as_str()).filter(|value| !value.is_empty());
        value.is_some_and(|value| user.attributes.get(kind.as_str()) != Some(value)) && through.pool.configuration.verifies(kind)
    };
    if !changes(NameKind::Email) && !changes(NameKind::PhoneNumber) {
        return Ok(Cow::Borrowed(through.pool));
    }
    let mut attributes = user.attributes.clone();
    attributes.extend(given.clone());
    let user = User { attributes, ..user.clone() };
    worded(app, through, &user, "CustomMessage_UpdateUserAttribute").await
}

impl Wording {
    /// A pool with these words in place of its own, of whichever message they are.
    #[must_use]
    pub fn over(self, pool: &Pool) -> Cow<'_, Pool> {
        if self == Self::default() {
            return Cow::Borrowed(pool);
        }
        let mut pool = pool.clone();
        let Self { sms_message, email_message, email_subject } = self;
        let template = &mut pool.configuration.verification_message_template;
        let invitation = &mut pool.configuration.admin_create_user_config.invite_message_template;
        for (text, places) in [
            (sms_message, vec![&mut template.message.sms_message, &mut invitation.sms_message]),
            (email_message, vec![&mut template.message.email_message, &mut template.email_message_by_link, &mut invitation.email_message]),
            (email_subject, vec![&mut template.message.email_subject, &mut template.email_subject_by_link, &mut invitation.email_subject]),
        ] {
            for place in places {
                *place = text.clone().or_else(|| place.take());
            }
        }
        Cow::Owned(pool)
    }
}
