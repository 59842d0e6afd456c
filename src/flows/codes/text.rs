//! The messages that carry codes, in the pool's words or in ours.

use super::{Address, Medium, Occasion};
use crate::context::App;
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;
use crate::userpools::language::Language;
use crate::userpools::message::{Message, OwnEmail};
use crate::userpools::message_text;
use crate::userpools::pool::Pool;
use crate::userpools::words::Words;

/// The one whom a code is for.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    /// Their name.
    pub username: &'a str,
    /// What they read.
    pub language: Language,
}

pub(super) fn message(
    app: &App,
    pool: &Pool,
    reader: Reader<'_>,
    occasion: Occasion,
    address: &Address<'_>,
    code: &Secret,
    client_id: Option<&ClientId>,
) -> Message {
    let Reader { username, language } = reader;
    let (template, words) = (&pool.configuration.verification_message_template, Words::of(language));
    let own = &template.message;
    let code = code.expose_secret();
    let is_email = Medium::of_attribute(address.attribute) == Medium::Email;
    let resets = occasion == Occasion::ForgotPassword;
    let by_link = is_email && template.is_by_link() && !resets;
    let link = by_link.then(|| link(app, pool, username, code, client_id));
    let (text, ours) = match (is_email, resets) {
        (true, _) if by_link => (&template.email_message_by_link, words.link),
        (true, true) => (&own.email_message, words.reset),
        (true, false) => (&own.email_message, words.code),
        (false, true) => (&own.sms_message, words.reset),
        (false, false) => (&own.sms_message, words.code),
    };
    let is_ours = text.is_none();
    let text = text.as_deref().unwrap_or(ours);
    let body = match &link {
        Some(link) => message_text::with_link(text, link),
        None => message_text::with_code(text, code),
    };
    let subject = if by_link { &template.email_subject_by_link } else { &own.email_subject };
    let subject = subject.clone().unwrap_or_else(|| {
        let ours = if by_link { words.link_subject } else { words.code_subject };
        if resets { words.reset_subject } else { ours }.to_owned()
    });
    Message {
        channel: if is_email { "email" } else { "sms" }.to_owned(),
        to: address.value.to_string(),
        subject: is_email.then_some(subject),
        body,
        code: Some(code.to_owned()),
        link,
        user_pool_id: pool.id.clone(),
        username: username.to_owned(),
        trigger_source: occasion.trigger_source().to_owned(),
        language: is_ours.then_some(language),
        own: OwnEmail::default(),
    }
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
