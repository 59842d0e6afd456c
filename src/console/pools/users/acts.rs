//! What is done about a user, an operation each.

use serde_json::{Value, json};

use super::super::{Fields, Outcome, Reply, Visit, call, confirmed, segment};
use super::{one, title};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The user that the path names, as every operation takes them, with more members.
fn input(visit: &Visit, more: Value) -> Value {
    json!({"UserPoolId": visit.segment("pool"), "Username": visit.segment("user")}).with(more)
}

/// Calls an operation about the user; the page tells what became of it.
async fn act(visit: &Visit, operation: &str, more: Value, notice: &str) -> Outcome {
    done(visit, call(visit, operation, input(visit, more)).await.map(drop), notice).await
}

async fn done(visit: &Visit, outcome: Result<(), WireError>, notice: &str) -> Outcome {
    match outcome {
        Ok(()) => Ok(Reply::done(format!("/pools/{}/users/{}", segment(&visit.segment("pool")), segment(&visit.segment("user"))), notice)),
        Err(error) => one::again(visit, &[], error).await,
    }
}

/// `POST …/enable`
pub async fn enable(visit: &Visit, _: &Fields) -> Outcome {
    act(visit, "AdminEnableUser", json!({}), "They may sign in again.").await
}

/// `POST …/disable`
pub async fn disable(visit: &Visit, _: &Fields) -> Outcome {
    act(visit, "AdminDisableUser", json!({}), "They are signed out, and may not sign in.").await
}

/// `POST …/confirm`
pub async fn confirm(visit: &Visit, _: &Fields) -> Outcome {
    act(visit, "AdminConfirmSignUp", json!({}), "The sign-up is confirmed. No address is verified by that.").await
}

/// `POST …/sign-out`
pub async fn sign_out(visit: &Visit, _: &Fields) -> Outcome {
    act(visit, "AdminUserGlobalSignOut", json!({}), "They are signed out everywhere.").await
}

/// `POST …/password`
pub async fn password(visit: &Visit, fields: &Fields) -> Outcome {
    let permanent = fields.has("permanent");
    let notice = if permanent { "The password is set." } else { "The password is set. They choose their own when they sign in." };
    act(visit, "AdminSetUserPassword", json!({"Password": fields.text("password"), "Permanent": permanent}), notice).await
}

/// `POST …/reset`
pub async fn reset(visit: &Visit, _: &Fields) -> Outcome {
    act(visit, "AdminResetUserPassword", json!({}), "The password is reset: they are sent a code that leads to a new one.").await
}

/// `POST …/invite`
pub async fn invite(visit: &Visit, _: &Fields) -> Outcome {
    let again = json!({"MessageAction": "RESEND", "DesiredDeliveryMediums": ["EMAIL", "SMS"]});
    act(visit, "AdminCreateUser", again, "They are invited again, with another temporary password.").await
}

/// `POST …/verify`
pub async fn verify(visit: &Visit, fields: &Fields) -> Outcome {
    let attribute = fields.text("attribute");
    let verified = json!([{"Name": format!("{attribute}_verified"), "Value": "true"}]);
    act(visit, "AdminUpdateUserAttributes", json!({"UserAttributes": verified}), "The address counts as verified.").await
}

/// `POST …/mfa`: of what they have, or are to have, only; a factor that is off and stays so is none of the request's.
pub async fn mfa(visit: &Visit, fields: &Fields) -> Outcome {
    let user = call(visit, "AdminGetUser", input(visit, json!({}))).await?;
    let had = user.texts("UserMFASettingList");
    let mut settings = json!({});
    for (field, name, _, member) in one::FACTORS {
        let enabled = fields.has(field);
        if enabled || had.iter().any(|factor| factor == name) {
            settings.put(member, json!({"Enabled": enabled, "PreferredMfa": enabled && fields.text("preferred") == field}));
        }
    }
    let asked = one::FACTORS.into_iter().any(|(field, ..)| fields.has(field));
    let notice = if asked { "They are asked for a second factor." } else { "They are not asked for a second factor." };
    act(visit, "AdminSetUserMFAPreference", settings, notice).await
}

/// `POST …/forget-authenticator`
pub async fn forget_authenticator(visit: &Visit, fields: &Fields) -> Outcome {
    let user = call(visit, "AdminGetUser", input(visit, json!({}))).await?;
    if let Err(error) = confirmed(fields, &title(&user)) {
        return one::again(visit, &[], error).await;
    }
    act(visit, "AdminDeleteSoftwareToken", json!({}), "Their authenticator is removed. They can set another up.").await
}

/// `POST …/group`
pub async fn add_to_group(visit: &Visit, fields: &Fields) -> Outcome {
    let group = fields.given("group").unwrap_or_default();
    act(visit, "AdminAddUserToGroup", json!({"GroupName": group}), &format!("They are in the group {group} now.")).await
}

/// `POST …/ungroup`
pub async fn remove_from_group(visit: &Visit, fields: &Fields) -> Outcome {
    let group = fields.text("group");
    act(visit, "AdminRemoveUserFromGroup", json!({"GroupName": group}), &format!("They are in the group {group} no more.")).await
}

/// `POST …/attributes`: what differs from what they have, and what is added.
pub async fn attributes(visit: &Visit, fields: &Fields) -> Outcome {
    let user = call(visit, "AdminGetUser", input(visit, json!({}))).await?;
    let (mut changes, mut typed) = (Vec::new(), Vec::new());
    for attribute in user.list("UserAttributes") {
        let (name, value) = (attribute.text("Name"), attribute.text("Value"));
        let field = format!("attribute:{name}");
        let written = fields.text(&field);
        if fields.has(&field) && written != value {
            changes.push(json!({"Name": name, "Value": written}));
        }
        typed.push((name, written));
    }
    if let Some(name) = fields.given("new_name") {
        changes.push(json!({"Name": name, "Value": fields.text("new_value")}));
    }
    if changes.is_empty() {
        return done(visit, Ok(()), "Nothing was changed.").await;
    }
    match call(visit, "AdminUpdateUserAttributes", input(visit, json!({"UserAttributes": changes}))).await {
        Ok(_) => done(visit, Ok(()), "The attributes are saved.").await,
        Err(error) => one::again(visit, &typed, error).await,
    }
}

/// `POST …/delete`
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let user = call(visit, "AdminGetUser", input(visit, json!({}))).await?;
    let title = title(&user);
    if let Err(error) = confirmed(fields, &title) {
        return one::again(visit, &[], error).await;
    }
    call(visit, "AdminDeleteUser", input(visit, json!({}))).await?;
    Ok(Reply::done(format!("/pools/{}/users", segment(&visit.segment("pool"))), format!("{title} is deleted, and all that was theirs.")))
}
