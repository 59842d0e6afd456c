//! Codes that people get by mail or text message: made, sent, redeemed once; tries and resends are counted.

use askama::Template as _;

use super::refused::Refused;
use crate::context::App;
use crate::crypto::digest::hex;
use crate::crypto::ids;
use crate::delivery::{self, VerificationEmail, VerificationSms};
use crate::kit::secret::{Secret, constant_time_equals};
use crate::store::Conn;
use crate::store::codes::{self, CodeRecord};
use crate::userpools::attributes::masked;
use crate::userpools::message::Message;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// How long a confirmation code is accepted.
const LIFETIME_MILLIS: i64 = 24 * 3600 * 1000;

/// The window in which tries and codes are counted.
const WINDOW_MILLIS: i64 = 3600 * 1000;

/// Wrong tries a window, across resends.
const MAX_TRIES: i64 = 5;

/// Codes a window.
const MAX_SENT: i64 = 5;

/// What a code is for. A code of one purpose serves no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To confirm a sign-up.
    SignUp,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
        }
    }
}

/// Where a code went, as answers say it.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CodeDelivery {
    /// The address, masked.
    pub destination: String,
    /// `EMAIL` or `SMS`.
    pub delivery_medium: &'static str,
    /// The attribute that holds the address.
    pub attribute_name: String,
}

/// The address that sign-up verifies: a phone number before an email.
#[must_use]
pub fn verified_by_code<'a>(pool: &Pool, user: &'a User) -> Option<(&'static str, &'a str)> {
    let automatic = |attribute: &str| pool.configuration.auto_verified_attributes.iter().any(|verified| verified == attribute);
    let address = |attribute: &'static str| {
        user.attributes.get(attribute).filter(|_| automatic(attribute)).map(|address| (attribute, address.as_str()))
    };
    address("phone_number").or_else(|| address("email"))
}

/// Where a code would go.
#[must_use]
pub fn delivery_to(attribute: &str, address: &str) -> CodeDelivery {
    CodeDelivery {
        destination: masked(attribute, address),
        delivery_medium: if attribute == "email" { "EMAIL" } else { "SMS" },
        attribute_name: attribute.to_owned(),
    }
}

/// Makes a code in place of the last one and sends it, in the caller's transaction.
///
/// # Errors
/// [`Refused::LimitExceeded`] when too many were asked for.
pub async fn send(
    app: &App,
    tx: &mut Conn,
    (pool, user): (&Pool, &User),
    (purpose, trigger_source): (Purpose, &str),
    (attribute, address): (&str, &str),
) -> Result<CodeDelivery, Refused> {
    let now = app.now().millis();
    let last = codes::find(tx, &pool.id, &user.id, purpose.name()).await?;
    let window = last.filter(|last| now - last.window_started_at < WINDOW_MILLIS);
    if window.as_ref().is_some_and(|window| window.sent_count >= MAX_SENT) {
        return Err(Refused::LimitExceeded);
    }
    let code = ids::confirmation_code(&mut app.rng());
    let record = CodeRecord {
        code_hash: Some(hashed(app, user, purpose, code.expose_secret())),
        attribute: Some(attribute.to_owned()),
        expires_at: now + LIFETIME_MILLIS,
        failed_attempts: window.as_ref().map_or(0, |window| window.failed_attempts),
        sent_count: window.as_ref().map_or(1, |window| window.sent_count + 1),
        window_started_at: window.map_or(now, |window| window.window_started_at),
    };
    codes::put(tx, &pool.id, &user.id, purpose.name(), &record, now).await?;
    delivery::send(app, tx, &message(pool, user, trigger_source, (attribute, address), &code)?).await?;
    Ok(delivery_to(attribute, address))
}

/// What became of a try. A wrong one is remembered, so it is no error before the transaction commits.
#[derive(Debug)]
pub enum Redeemed {
    /// The code was right, and is used now; the attribute that it verifies.
    Accepted(Option<String>),
    /// It was not, for this reason.
    Refused(Refused),
}

/// Redeems a code.
///
/// # Errors
/// Failures of the store only.
pub async fn redeem(app: &App, tx: &mut Conn, user: &User, purpose: Purpose, code: &str) -> Result<Redeemed, Refused> {
    let now = app.now().millis();
    let Some(mut record) = codes::find(tx, &user.pool_id, &user.id, purpose.name()).await? else {
        return Ok(Redeemed::Refused(Refused::CodeExpired));
    };
    if now - record.window_started_at >= WINDOW_MILLIS {
        record = CodeRecord { failed_attempts: 0, sent_count: 0, window_started_at: now, ..record };
    }
    if record.failed_attempts >= MAX_TRIES {
        return Ok(Redeemed::Refused(Refused::LimitExceeded));
    }
    let Some(expected) = record.code_hash.clone().filter(|_| now < record.expires_at) else {
        return Ok(Redeemed::Refused(Refused::CodeExpired));
    };
    let right = constant_time_equals(expected.as_bytes(), hashed(app, user, purpose, code).as_bytes());
    let record = if right {
        CodeRecord { code_hash: None, failed_attempts: 0, ..record }
    } else {
        CodeRecord { failed_attempts: record.failed_attempts + 1, ..record }
    };
    codes::put(tx, &user.pool_id, &user.id, purpose.name(), &record, now).await?;
    Ok(if right { Redeemed::Accepted(record.attribute) } else { Redeemed::Refused(Refused::CodeMismatch) })
}

/// SECURITY: a million codes are soon tried against a plain hash; without the key there is nothing to try against.
fn hashed(app: &App, user: &User, purpose: Purpose, code: &str) -> String {
    hex(&app.keys.codes.keyed_hash(&[&user.pool_id, &user.id, purpose.name(), code]))
}

fn message(pool: &Pool, user: &User, trigger_source: &str, (attribute, address): (&str, &str), code: &Secret) -> Result<Message, Refused> {
    let own = pool.configuration.verification_message();
    let code = code.expose_secret();
    let render = |text: &Option<String>, ours: askama::Result<String>| match text {
        Some(text) => Ok(text.replace("{####}", code)),
        None => ours.map_err(|error| Refused::Internal(Box::new(error))),
    };
    let is_email = attribute == "email";
    let body = if is_email {
        render(&own.email_message, VerificationEmail { code }.render())?
    } else {
        render(&own.sms_message, VerificationSms { code }.render())?
    };
    let subject = own.email_subject.clone().unwrap_or_else(|| "Your verification code".to_owned());
    Ok(Message {
        channel: if is_email { "email" } else { "sms" }.to_owned(),
        to: address.to_owned(),
        subject: is_email.then_some(subject),
        body,
        code: Some(code.to_owned()),
        link: None,
        user_pool_id: pool.id.clone(),
        username: user.username.clone(),
        trigger_source: trigger_source.to_owned(),
    })
}
