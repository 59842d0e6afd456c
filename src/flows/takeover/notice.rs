//! The email that tells a user of a sign-in that may be somebody else's, in the transaction that decides about it.

use std::collections::BTreeMap;

use super::{device_name, with_configuration};
use crate::delivery::{self, Recipient};
use crate::flows::auth_events::{Verdict, feedback_link, feedback_token};
use crate::flows::entrance::Entrance;
use crate::flows::failed::Failed;
use crate::store::Conn;
use crate::userpools::challenge::Progress;
use crate::userpools::message::{Form, Message, OwnEmail};
use crate::userpools::message_text::with_username;
use crate::userpools::name::NameKind;
use crate::userpools::risk::notify::{Facts, NotifyConfiguration, Response, UNKNOWN};
use crate::userpools::takeover::Telling;
use crate::userpools::user::User;
use crate::userpools::words::Words;

/// What the message is sent for, in the words by which a function of the pool that delivers it is told.
const SOURCE: &str = "CustomMessage_AccountTakeOverNotification";

/// How the user is told of the risk of their sign-in; `None` where they are not, or were already.
///
/// # Errors
/// Our own failures only.
pub async fn owed(entrance: &Entrance<'_>, progress: &Progress) -> Result<Option<NotifyConfiguration>, Failed> {
    if progress.risk.telling != Telling::Owed {
        return Ok(None);
    }
    let set = with_configuration(entrance, progress.flow, |configuration, _| {
        configuration.account_takeover_risk_configuration.as_ref().and_then(|takeover| takeover.notify_configuration.clone())
    });
    Ok(Some(set.await?.flatten().unwrap_or_default()))
}

/// Tells the user what was done about the risk of their sign-in, if they have an email address that is known to be theirs. A full
/// mailbox changes nothing of the sign-in.
///
/// # Errors
/// Our own failures only.
pub async fn tell(
    entrance: &Entrance<'_>,
    tx: &mut Conn,
    user: &User,
    event_id: &str,
    how: &NotifyConfiguration,
    response: Response,
) -> Result<(), Failed> {
    let Some(address) = user.address(NameKind::Email).filter(|_| user.has_verified(NameKind::Email)) else { return Ok(()) };
    let message = message(entrance, user, address, event_id, how, response)?;
    delivery::send_or_withhold(entrance.app, tx, &message, Recipient::OwnerOfSignIn).await?;
    Ok(())
}

fn message(
    entrance: &Entrance<'_>,
    user: &User,
    address: &str,
    event_id: &str,
    how: &NotifyConfiguration,
    response: Response,
) -> Result<Message, Failed> {
    let (app, pool) = (entrance.app, &entrance.app_client.pool);
    let language = pool.configuration.language_of(Some(user));
    let words = Words::of(language);
    let sentence = response.sentence(&words.risk);
    let own = how.email(response);
    // A subject alone goes before our text.
    let text = own.filter(|own| own.html_body.is_some() || own.text_body.is_some());
    let token = feedback_token(app, user, event_id)?;
    let link = |verdict| feedback_link(app, &pool.id, &token, verdict);
    let facts = Facts {
        username: user.username.clone(),
        ip_address: entrance.whence.address.map(|address| address.to_string()),
        login_time: if text.is_some() { app.now().to_long_date() } else { app.now().to_plain_date() },
        device_name: device_name(entrance.whence),
        event_id: event_id.to_owned(),
        valid_link: link(Verdict::Valid),
        invalid_link: link(Verdict::Invalid),
        feedback_token: token,
        unknown: if text.is_some() { UNKNOWN } else { words.risk.unknown },
    };
    let html = text.and_then(|own| own.html_body.as_deref()).map(|html| facts.fill_html(html));
    let (body, form) = match (text.and_then(|own| own.text_body.as_deref()).map(|text| facts.fill(text)), html) {
        (Some(text), Some(html)) => (text, Form::Both(html)),
        (Some(text), None) => (text, Form::Text),
        (None, Some(html)) => (html, Form::Html),
        (None, None) => {
            let account = with_username(words.notices.account, user.address(NameKind::Email).unwrap_or(&user.username));
            let (details, was_it_you) = (facts.fill(words.risk.details), facts.fill(words.risk.was_it_you));
            (format!("{sentence}\n\n{account}\n{details}\n\n{was_it_you}"), Form::Text)
        }
    };
    Ok(Message {
        channel: "email".to_owned(),
        to: address.to_owned(),
        subject: Some(own.map_or_else(|| sentence.trim_end_matches(['.', '。']).to_owned(), |own| facts.fill(&own.subject))),
        body,
        code: None,
        link: None,
        user_pool_id: pool.id.clone(),
        username: user.username.clone(),
        trigger_source: SOURCE.to_owned(),
        language: text.is_none().then_some(language),
        own: OwnEmail {
            form,
            from: how.sender(),
            reply_to: how.answers_to().map(str::to_owned),
            told: told(&facts, response, app.now().to_long_date()),
            links: vec![facts.valid_link, facts.invalid_link],
        },
    })
}

/// What a function of the pool that delivers the message is told of the sign-in.
///
/// Source: the type `CustomEmailSenderAccountTakeOverNotificationUserAttributes` of `@types/aws-lambda`, made of events as they
/// were seen: what is not known is absent.
fn told(facts: &Facts, response: Response, login_time: String) -> BTreeMap<String, String> {
    let known = [
        ("EVENT_ID", Some(&facts.event_id)),
        ("USER_NAME", Some(&facts.username)),
        ("IP_ADDRESS", facts.ip_address.as_ref()),
        ("ONE_CLICK_LINK_VALID", Some(&facts.valid_link)),
        ("ONE_CLICK_LINK_INVALID", Some(&facts.invalid_link)),
        ("LOGIN_TIME", Some(&login_time)),
        ("FEEDBACK_TOKEN", Some(&facts.feedback_token)),
        ("DEVICE_NAME", facts.device_name.as_ref()),
    ];
    let action = ("ACCOUNT_TAKE_OVER_ACTION".to_owned(), response.as_str().to_owned());
    known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))).chain([action]).collect()
}
