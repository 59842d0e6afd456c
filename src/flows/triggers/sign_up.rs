//! PreSignUp and PostConfirmation.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Event, Nothing, Through, TriggerRefused, about, call, or_default, request};
use crate::context::App;
use crate::userpools::lambda_config::Trigger;
use crate::userpools::user::{User, UserStatus};

/// Who makes a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// The user.
    Themselves,
    /// An administrator.
    Administrator,
    /// A provider that vouches for them.
    Provider,
}

/// What was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// A sign-up.
    SignUp,
    /// That a password was forgotten.
    ForgotPassword,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Approval {
    #[serde(default, deserialize_with = "or_default")]
    auto_confirm_user: bool,
    #[serde(default, deserialize_with = "or_default")]
    auto_verify_email: bool,
    #[serde(default, deserialize_with = "or_default")]
    auto_verify_phone: bool,
}

/// Asks whether a user may be made. One who signs up may be confirmed, and their addresses verified, at once: of an
/// administrator's users that is passed over, as their states are the administrator's to say. Whom a provider vouches for has the
/// state of those.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn before(app: &App, through: impl Into<Through<'_>>, user: &mut User, made_by: MadeBy) -> Result<(), TriggerRefused> {
    let source = match made_by {
        MadeBy::Themselves => "PreSignUp_SignUp",
        MadeBy::Administrator => "PreSignUp_AdminCreateUser",
        MadeBy::Provider => "PreSignUp_ExternalProvider",
    };
    let event = Event {
        trigger: Trigger::PreSignUp,
        source,
        version: "1",
        username: &user.username,
        request: request([("userAttributes", json!(user.attributes))]),
        response: json!({"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false}),
    };
    let Some(approval) = call::<Approval>(app, through.into(), event).await? else { return Ok(()) };
    if made_by == MadeBy::Administrator {
        return Ok(());
    }
    for (verifies, attribute, missing) in [
        (approval.auto_verify_email, "email", "PreSignUp verifies an email address that the user does not have"),
        (approval.auto_verify_phone, "phone_number", "PreSignUp verifies a phone number that the user does not have"),
    ] {
        if verifies {
            let address = user.attributes.get(attribute).filter(|address| !address.is_empty());
            address.ok_or(TriggerRefused::Response(missing))?;
            user.attributes.insert(format!("{attribute}_verified"), "true".to_owned());
        }
    }
    if approval.auto_confirm_user && made_by == MadeBy::Themselves {
        user.status = UserStatus::Confirmed;
    }
    Ok(())
}

/// Tells of a user who was confirmed. They stay so, whatever the function answers.
///
/// # Errors
/// [`TriggerRefused`]: the caller is told of it.
pub async fn after(app: &App, through: impl Into<Through<'_>>, user: &User, confirmed: Confirmed) -> Result<(), TriggerRefused> {
    let source = match confirmed {
        Confirmed::SignUp => "PostConfirmation_ConfirmSignUp",
        Confirmed::ForgotPassword => "PostConfirmation_ConfirmForgotPassword",
    };
    let through = Through { hides_users: false, ..through.into() };
    let event = Event {
        trigger: Trigger::PostConfirmation,
        source,
        version: "1",
        username: &user.username,
        request: about(through, Some(user)),
        response: Value::Object(request([])),
    };
    call::<Nothing>(app, through, event).await.map(drop)
}
