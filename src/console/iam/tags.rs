//! Tags of IAM users and roles.

use serde_json::{Value, json};

use super::{call, role, role_at, user, user_at};
use crate::console::{Fields, Outcome, Reply, Visit};
use crate::kit::json::Members as _;

/// `POST /console/iam/users/{name}/tags`
pub async fn change_users(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    match change(visit, "User", &name, fields).await {
        Ok(done) => Ok(Reply::done(user_at(&name), done)),
        Err(error) => user::again(visit, &name, error).await,
    }
}

/// `POST /console/iam/roles/{name}/tags`
pub async fn change_roles(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    match change(visit, "Role", &name, fields).await {
        Ok(done) => Ok(Reply::done(role_at(&name), done)),
        Err(error) => role::again(visit, &name, error).await,
    }
}

async fn change(visit: &Visit, kind: &str, name: &str, fields: &Fields) -> Result<String, crate::wire::fault::WireError> {
    let (operation, input, done) = change_of(kind, json!({format!("{kind}Name"): name}), fields);
    call(visit, &operation, input).await.map(|_| done)
}

/// The call that takes the tag of `remove` away, or adds the one of `key` and `value`; and what to say when it is done. `whose`
/// names what is tagged.
pub(super) fn change_of(kind: &str, whose: Value, fields: &Fields) -> (String, Value, String) {
    match fields.given("remove") {
        Some(key) => (format!("Untag{kind}"), whose.with(json!({"TagKeys": [key]})), format!("The tag {key} was removed.")),
        None => {
            let key = fields.given("key").unwrap_or_default();
            let tag = json!({"Key": key, "Value": fields.text("value").trim()});
            (format!("Tag{kind}"), whose.with(json!({"Tags": [tag]})), format!("The tag {key} was set."))
        }
    }
}
