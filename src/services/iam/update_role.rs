//! UpdateRole: what it is for, and how long its sessions may live.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::Error;
use super::get_role;
use crate::context::Context;
use crate::iam::entity::{DEFAULT_SESSION_SECONDS, Role};
use crate::operation::unsupported;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    description: Option<String>,
    max_session_duration: Option<i64>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

asks_about_role!(Request);

#[derive(Serialize)]
pub struct Response {}

/// A description that is not given stays; a duration that is not given becomes the default (IAM API reference, UpdateRole:
/// "If you do not specify a value for this setting, the default value of one hour is applied").
pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    if let Some(name) = unsupported(&request.rest) {
        return Err(Error::Unsupported(name.to_owned()));
    }
    cx.write(async |tx| {
        let now = get_role::still(tx, &role).await?;
        let description = request.description.clone().or(now.description);
        let max_session_seconds = request.max_session_duration.unwrap_or(DEFAULT_SESSION_SECONDS);
        store::iam::update_role(tx, &Role { description, max_session_seconds, ..now }).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_description_stays_where_none_is_given_and_a_duration_falls_back() {
        let app = TestApp::new().await;
        app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let update = async |mut request: Value| {
            request["RoleName"] = "app".into();
            app.admin().call("UpdateRole", request).await.ok();
            let role = app.admin().call("GetRole", json!({"RoleName": "app"})).await.ok()["Role"].clone();
            (role["Description"].clone(), role["MaxSessionDuration"].clone())
        };
        assert_eq!(update(json!({"Description": "d", "MaxSessionDuration": 7200})).await, ("d".into(), "7200".into()));
        assert_eq!(update(json!({})).await, ("d".into(), "3600".into()));
        assert_eq!(update(json!({"Description": ""})).await, ("".into(), "3600".into()));
        let long = app.admin().call("UpdateRole", json!({"RoleName": "app", "MaxSessionDuration": 43_201})).await;
        assert_eq!(long.code(), "ValidationError");
    }
}
