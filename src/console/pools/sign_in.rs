//! How a pool's users sign in: what they may begin with, and what follows the password.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Visit, call, may, settings};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

#[derive(Template)]
#[template(path = "console/pools/sign_in.html")]
struct SignInPage {
    frame: Frame,
    head: Head,
    sign_in: SignIn,
    /// Why the factors are not shown.
    unseen: Option<WireError>,
    may_choose: May,
    may_change_mfa: May,
    error: Option<WireError>,
}

/// What the forms ask.
#[derive(Default)]
struct SignIn {
    passkey: bool,
    email_otp: bool,
    sms_otp: bool,
    mfa: String,
    totp: bool,
    sms: bool,
    sms_message: String,
    email: bool,
    email_subject: String,
    email_message: String,
}

/// The first factors that the page turns on and off, by their fields.
const FIRST: [(&str, &str); 3] = [("passkey", "WEB_AUTHN"), ("email_otp", "EMAIL_OTP"), ("sms_otp", "SMS_OTP")];

impl SignIn {
    fn of(described: &Value, config: &Value) -> Self {
        let first = first_factors(described);
        let has = |factor: &str| first.iter().any(|listed| listed == factor);
        let (sms, email) = (config.at("SmsMfaConfiguration"), config.at("EmailMfaConfiguration"));
        Self {
            passkey: has("WEB_AUTHN"),
            email_otp: has("EMAIL_OTP"),
            sms_otp: has("SMS_OTP"),
            mfa: described.text("MfaConfiguration"),
            totp: config.at("SoftwareTokenMfaConfiguration").at("Enabled") == true,
            sms: sms.is_object(),
            sms_message: sms.text("SmsAuthenticationMessage"),
            email: email.is_object(),
            email_subject: email.text("Subject"),
            email_message: email.text("Message"),
        }
    }
}

/// AllowedFirstAuthFactors as it is meant: without a list, the password.
fn first_factors(described: &Value) -> Vec<String> {
    let listed = described.at("Policies").at("SignInPolicy").texts("AllowedFirstAuthFactors");
    if listed.is_empty() { vec!["PASSWORD".to_owned()] } else { listed }
}

async fn page(visit: &Visit, error: Option<WireError>) -> Result<SignInPage, WireError> {
    let head = Head::load_whole(visit, "sign-in").await?;
    let pool = json!({"UserPoolId": head.id});
    let config = call(visit, "GetUserPoolMfaConfig", pool.clone()).await;
    let (config, unseen) = config.map_or_else(|error| (json!({}), Some(error)), |config| (config, None));
    Ok(SignInPage {
        frame: visit.frame(&head.name),
        sign_in: SignIn::of(&head.described, &config),
        may_choose: may(visit, "UpdateUserPool", pool.clone()).await,
        may_change_mfa: may(visit, "SetUserPoolMfaConfig", pool).await,
        unseen,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/sign-in`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&page(visit, None).await?))
}

async fn done(visit: &Visit, path: String, outcome: Result<Value, WireError>) -> Outcome {
    match outcome {
        Ok(_) => Ok(Reply::done(path, "The settings are saved.")),
        Err(error) => Ok(Reply::again(&page(visit, Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/first-factors`
pub async fn choose(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "sign-in").await?;
    let mut factors = first_factors(&head.described);
    for (field, factor) in FIRST {
        factors.retain(|listed| listed != factor);
        if fields.has(field) {
            factors.push(factor.to_owned());
        }
    }
    let mut policies = head.described.at("Policies").clone();
    policies.put("SignInPolicy", json!({"AllowedFirstAuthFactors": factors}));
    let mut input = Value::Object(settings::unchanged(&head));
    input.put("Policies", policies);
    let outcome = call(visit, "UpdateUserPool", input).await;
    done(visit, head.path("/sign-in"), outcome).await
}

/// `POST /console/pools/{pool}/mfa`: what the page does not ask stays as it is.
pub async fn change_mfa(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "sign-in").await?;
    let mut config = call(visit, "GetUserPoolMfaConfig", json!({"UserPoolId": head.id})).await?;
    let mode = fields.text("mfa");
    let wants = |field: &str| mode != "OFF" && fields.has(field);
    let text = |field: &str| fields.given(field).map_or(Value::Null, Value::from);
    let sms = config.at("SmsMfaConfiguration").clone();
    let sms = if sms.is_object() { sms } else { json!({}) }.with(json!({"SmsAuthenticationMessage": text("sms_message")}));
    let email = json!({"Subject": text("email_subject"), "Message": text("email_message")});
    for (member, value) in [
        ("UserPoolId", json!(head.id)),
        ("MfaConfiguration", json!(mode)),
        ("SoftwareTokenMfaConfiguration", json!({"Enabled": wants("totp")})),
        ("SmsMfaConfiguration", if wants("sms") { sms } else { Value::Null }),
        ("EmailMfaConfiguration", if wants("email") { email } else { Value::Null }),
    ] {
        config.put(member, value);
    }
    let outcome = call(visit, "SetUserPoolMfaConfig", config).await;
    done(visit, head.path("/sign-in"), outcome).await
}
