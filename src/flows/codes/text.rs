//! The messages that carry codes, in the pool's words or in ours.

use askama::Template as _;

use super::{Address, Medium, Occasion};
use crate::context::App;
use crate::delivery::{ResetEmail, ResetSms, VerificationEmail, VerificationSms};
use crate::flows::failed::Failed;
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;
use crate::userpools::message::Message;
use crate::userpools::message_text;
use crate::userpools::pool::Pool;

pub(super) fn message(
    app: &App,
    pool: &Pool,
    username: &str,
    occasion: Occasion,
    address: &Address<'_>,
    code: &Secret,
    client_id: Option<&ClientId>,
) -> Result<Message, Failed> {
    let template = &pool.configuration.verification_message_template;
    let own = &template.message;
    let code = code.expose_secret();
    let render = |text: &Option<String>, ours: askama::Result<String>| match text {
        Some(text) => Ok(message_text::with_code(text, code)),
        None => ours.map_err(Failed::because),
    };
    let is_email = Medium::of_attribute(address.attribute) == Medium::Email;
    let resets = occasion == Occasion::ForgotPassword;
    let by_link = is_email && template.is_by_link() && !resets;
    let link = by_link.then(|| link(app, pool, username, code, client_id));
    let body = match &link {
        Some(link) => message_text::with_link(template.email_message_by_link.as_deref(), link),
        None if is_email && resets => render(&own.email_message, ResetEmail { code }.render())?,
        None if is_email => render(&own.email_message, VerificationEmail { code }.render())?,
        None if resets => render(&own.sms_message, ResetSms { code }.render())?,
        None => render(&own.sms_message, VerificationSms { code }.render())?,
    };
    let subject = if by_link { &template.email_subject_by_link } else { &own.email_subject };
    let subject = subject.clone().unwrap_or_else(|| {
        let ours = if by_link { "Your verification link" } else { "Your verification code" };
        if resets { "Your password reset code" } else { ours }.to_owned()
    });
    Ok(Message {
        channel: if is_email { "email" } else { "sms" }.to_owned(),
        to: address.value.to_string(),
        subject: is_email.then_some(subject),
        body,
        code: Some(code.to_owned()),
        link,
        user_pool_id: pool.id.clone(),
        username: username.to_owned(),
        trigger_source: occasion.trigger_source().to_owned(),
    })
}

/// The page that takes a code without its being typed.
///
/// SECURITY: its address is the configured one, never a header's (C3).
fn link(app: &App, pool: &Pool, username: &str, code: &str, client_id: Option<&ClientId>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(client_id) = client_id {
        query.append_pair("client_id", client_id.as_str());
    }
    query.append_pair("user_name", username).append_pair("confirmation_code", code);
    format!("{}/{}/confirmUser?{}", app.public_url, pool.id, query.finish())
}
