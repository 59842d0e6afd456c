//! A role: whom it trusts, and what it may do.

use askama::Template;
use serde_json::{Value, json};

use super::attached::{self, Managed};
use super::roles::{pretty, trusted};
use super::{Part, Tag, call, delete_whole, policy_names, role_at, tags};
use crate::console::{Fields, Frame, May, Moment, Outcome, Reply, Visit, mistyped};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// What this person may do with the role.
struct Powers {
    put_policy: May,
    trust: May,
    tag: May,
    update: May,
    delete: May,
}

impl Powers {
    async fn over(visit: &Visit, name: &str) -> Self {
        let may = async |operation: &str, more: Value| visit.may(Service::Iam, operation, json!({"RoleName": name}).with(more)).await;
        Self {
            put_policy: may("PutRolePolicy", json!({"PolicyName": "name", "PolicyDocument": "{}"})).await,
            trust: may("UpdateAssumeRolePolicy", json!({"PolicyDocument": "{}"})).await,
            tag: may("TagRole", json!({"Tags": []})).await,
            update: may("UpdateRole", json!({})).await,
            delete: may("DeleteRole", json!({})).await,
        }
    }
}

#[derive(Template)]
#[template(path = "console/iam/role.html")]
struct RolePage {
    frame: Frame,
    name: String,
    arn: String,
    id: String,
    description: String,
    session_hours: i64,
    created: Option<Moment>,
    used: Option<Moment>,
    /// Where it was used last.
    used_in: String,
    trusts: Vec<String>,
    trust: String,
    tags: Vec<Tag>,
    policies: Part<String>,
    managed: Managed,
    powers: Powers,
    /// Where the page is, below the console's root.
    here: String,
    refused: Option<WireError>,
}

impl RolePage {
    async fn of(visit: &Visit, name: &str) -> Result<Self, WireError> {
        let answer = call(visit, "GetRole", json!({"RoleName": name})).await?;
        let role = answer.at("Role");
        let (name, trust) = (role.text("RoleName"), role.text("AssumeRolePolicyDocument"));
        Ok(Self {
            frame: visit.frame(&name),
            here: role_at(&name),
            arn: role.text("Arn"),
            id: role.text("RoleId"),
            description: role.text("Description"),
            session_hours: role.at("MaxSessionDuration").as_i64().unwrap_or_default() / 3600,
            created: Moment::read(role.at("CreateDate"), visit.now()),
            used: Moment::read(role.at("RoleLastUsed").at("LastUsedDate"), visit.now()),
            used_in: role.at("RoleLastUsed").text("Region"),
            trusts: trusted(&trust),
            trust: pretty(&trust),
            tags: tags(role.at("Tags")),
            policies: policy_names(visit, "Role", &name).await,
            managed: Managed::of(visit, "Role", &name, role.at("PermissionsBoundary")).await,
            powers: Powers::over(visit, &name).await,
            refused: None,
            name,
        })
    }
}

/// `GET /console/iam/roles/{name}`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&RolePage::of(visit, &visit.segment("name")).await?))
}

/// The page again, with the policy that was typed.
pub(super) async fn with_policy(visit: &Visit, name: &str, typed: String, refused: WireError) -> Outcome {
    let mut page = RolePage { refused: Some(refused.clone()), ..RolePage::of(visit, name).await? };
    page.managed.typed = typed;
    Ok(Reply::again(&page, &refused))
}

/// The role's page again, with what was refused.
pub(super) async fn again(visit: &Visit, name: &str, refused: WireError) -> Outcome {
    let page = RolePage { refused: Some(refused.clone()), ..RolePage::of(visit, name).await? };
    Ok(Reply::again(&page, &refused))
}

/// `POST /console/iam/roles/{name}`: what it is for, and how long its sessions may be.
pub async fn update(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    let hours: i64 = fields.given("session_hours").and_then(|hours| hours.parse().ok()).unwrap_or(1);
    let input = json!({"RoleName": name, "Description": fields.text("description"), "MaxSessionDuration": hours.saturating_mul(3600)});
    match call(visit, "UpdateRole", input).await {
        Ok(_) => Ok(Reply::done(role_at(&name), "Saved.")),
        Err(error) => again(visit, &name, error).await,
    }
}

/// `POST /console/iam/roles/{name}/delete`: with its policies.
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    if let Some(reply) = mistyped(fields, &name, role_at(&name)) {
        return Ok(reply);
    }
    match delete_all(visit, &name).await {
        Ok(()) => Ok(Reply::done("/iam/roles", format!("Role {name} was deleted. Its sessions may do nothing any more."))),
        Err(error) => again(visit, &name, error).await,
    }
}

async fn delete_all(visit: &Visit, name: &str) -> Result<(), WireError> {
    let attached = attached::detachments(visit, "Role", name).await?;
    let policies = call(visit, "ListRolePolicies", json!({"RoleName": name, "MaxItems": super::WHOLE})).await?;
    let of_policy = |policy| ("DeleteRolePolicy", json!({"RoleName": name, "PolicyName": policy}));
    let own = policies.texts("PolicyNames").into_iter().map(of_policy);
    delete_whole(visit, attached.into_iter().chain(own).chain([("DeleteRole", json!({"RoleName": name}))]).collect()).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    async fn role(app: &TestApp) {
        app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let document = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}).to_string();
        app.admin().call("PutRolePolicy", json!({"RoleName": "app", "PolicyName": "all", "PolicyDocument": document})).await.ok();
    }

    #[actix_web::test]
    async fn a_role_is_shown_changed_and_deleted_with_its_policies() {
        let app = TestApp::new().await;
        role(&app).await;
        let browser = app.console().await;
        let page = browser.open("/iam/roles/app").await.text;
        assert!(page.contains("/console/iam/roles/app/policies/all") && page.contains("sts:AssumeRole"), "{page}");
        let fields = [("description", "For <apps>"), ("session_hours", "2")];
        let page = browser.submit_and_follow("/iam/roles/app", &fields).await.text;
        assert!(page.contains("For &#60;apps&#62;"), "{page}");
        let role = app.admin().call("GetRole", json!({"RoleName": "app"})).await.ok()["Role"].clone();
        assert_eq!((&role["Description"], &role["MaxSessionDuration"]), (&"For <apps>".into(), &"7200".into()));
        let refused = browser.submit("/iam/roles/app", &[("session_hours", "13")]).await;
        assert!(refused.status == 400 && refused.text.contains("43200"), "{}", refused.text);
        browser.submit_and_follow("/iam/roles/app/tags", &[("key", "a"), ("value", "b")]).await;
        let page = browser.submit_and_follow("/iam/roles/app/delete", &[("confirm", "app")]).await.text;
        assert!(page.contains("was deleted") && page.contains("No roles yet"), "{page}");
    }

    #[actix_web::test]
    async fn whoever_may_only_read_a_role_changes_nothing() {
        let app = TestApp::new().await;
        role(&app).await;
        let read = json!([{"Effect": "Allow", "Action": ["iam:GetRole", "iam:ListRolePolicies", "iam:DeleteRole"], "Resource": "*"}]);
        let browser = app.console_of_user_with(read).await;
        let page = browser.open("/iam/roles/app").await.text;
        for action in ["PutRolePolicy", "UpdateAssumeRolePolicy", "TagRole", "UpdateRole"] {
            assert!(page.contains(&format!("not authorized to perform: iam:{action}")), "{action} {page}");
        }
        for (form, fields) in [("", ("description", "x")), ("/tags", ("key", "a")), ("/delete", ("confirm", "app"))] {
            assert_eq!(browser.submit(&format!("/iam/roles/app{form}"), &[fields]).await.status, 403, "{form}");
        }
        assert_eq!(app.admin().call("ListRolePolicies", json!({"RoleName": "app"})).await.ok()["PolicyNames"], json!(["all"]));
    }
}
