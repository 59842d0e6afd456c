//! Roles: the list, and a new one, whose trust policy begins with a preset.

use askama::Template;
use serde_json::{Value, json};

use super::{Listing, call, path, role_at, tags_of_lines};
use crate::console::identity_pools::trust_of_pool;
use crate::console::{Fields, Frame, May, Moment, Outcome, Reply, Visit};
use crate::kit::json::Members as _;
use crate::policy::{self, canonical};
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// So many identity pools are offered to choose from.
const OFFERED: i64 = 60;

struct Listed {
    name: String,
    description: String,
    path: String,
    /// Whom it trusts, in short.
    trusts: String,
    created: Option<Moment>,
    href: String,
}

#[derive(Template)]
#[template(path = "console/iam/roles.html")]
struct RolesPage {
    frame: Frame,
    roles: Vec<Listed>,
    prefix: String,
    refused: Option<WireError>,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/iam/roles`
pub async fn show(visit: &Visit) -> Outcome {
    let Listing { items, prefix, first, next, refused } = Listing::of(visit, "ListRoles", "Roles", "/iam/roles").await;
    let roles = items.iter().map(|role| Listed {
        href: role_at(&role.text("RoleName")),
        name: role.text("RoleName"),
        description: role.text("Description"),
        path: role.text("Path"),
        trusts: trusted(&role.text("AssumeRolePolicyDocument")).join(", "),
        created: Moment::read(role.at("CreateDate"), visit.now()),
    });
    Ok(Reply::page(&RolesPage { frame: visit.frame("Roles"), roles: roles.collect(), prefix, refused, first, next }))
}

/// Whom a trust policy names, whatever it says about them.
pub(super) fn trusted(document: &str) -> Vec<String> {
    let Ok(read) = serde_json::from_str::<Value>(document) else { return Vec::new() };
    let mut trusted: Vec<String> = Vec::new();
    for statement in canonical::statements(&read) {
        match statement.at("Principal") {
            Value::String(everyone) => trusted.push(everyone.clone()),
            Value::Object(kinds) => trusted.extend(kinds.values().flat_map(|named| match named {
                Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                single => single.as_str().map(str::to_owned).into_iter().collect::<Vec<_>>(),
            })),
            _ => {}
        }
    }
    trusted.sort_unstable();
    trusted.dedup();
    trusted
}

/// An identity pool to choose.
struct Pool {
    id: String,
    name: String,
}

#[derive(Template)]
#[template(path = "console/iam/new_role.html")]
struct NewRolePage {
    frame: Frame,
    name: String,
    path: String,
    description: String,
    tags: String,
    /// `account`, `members`, `guests` or `custom`.
    preset: String,
    /// An account, or the ARN of a user, a role or an account's root.
    whom: String,
    pool: String,
    pools: Vec<Pool>,
    document: String,
    may: May,
    refused: Option<WireError>,
}

impl NewRolePage {
    async fn of(visit: &Visit) -> Self {
        let account_id = visit.caller().account_id().map(ToString::to_string).unwrap_or_default();
        let custom = trust_of_principal(&account_id);
        let input = json!({"RoleName": "name", "AssumeRolePolicyDocument": custom});
        let pools = visit.call(Service::CognitoIdentity, "ListIdentityPools", json!({"MaxResults": OFFERED})).await.unwrap_or_default();
        let pools = pools.list("IdentityPools").iter();
        Self {
            frame: visit.frame("New role"),
            name: String::new(),
            path: String::new(),
            description: String::new(),
            tags: String::new(),
            preset: "account".to_owned(),
            whom: account_id,
            pool: String::new(),
            pools: pools.map(|pool| Pool { id: pool.text("IdentityPoolId"), name: pool.text("IdentityPoolName") }).collect(),
            document: pretty(&custom),
            may: visit.may(Service::Iam, "CreateRole", input).await,
            refused: None,
        }
    }
}

/// `GET /console/iam/new-role`
pub async fn new(visit: &Visit) -> Outcome {
    Ok(Reply::page(&NewRolePage::of(visit).await))
}

/// `POST /console/iam/new-role`
pub async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let page = NewRolePage {
        name: fields.given("name").unwrap_or_default(),
        path: fields.text("path"),
        description: fields.text("description"),
        tags: fields.text("tags"),
        preset: fields.text("preset"),
        whom: fields.given("whom").unwrap_or_default(),
        pool: fields.text("pool"),
        document: fields.text("document"),
        ..NewRolePage::of(visit).await
    };
    let document = match page.preset.as_str() {
        "members" => trust_of_pool(&page.pool, "authenticated"),
        "guests" => trust_of_pool(&page.pool, "unauthenticated"),
        "custom" => page.document.clone(),
        _ => trust_of_principal(&page.whom),
    };
    let mut input = json!({"RoleName": page.name, "Path": path(fields.given("path")), "AssumeRolePolicyDocument": document,
                           "Tags": tags_of_lines(&page.tags)});
    if let Some(description) = fields.given("description") {
        input.put("Description", description);
    }
    match call(visit, "CreateRole", input).await {
        Ok(_) => Ok(Reply::done(role_at(&page.name), format!("Role {} was made. It may do nothing yet: give it a policy.", page.name))),
        Err(error) => Ok(Reply::again(&NewRolePage { refused: Some(error.clone()), ..page }, &error)),
    }
}

/// A trust policy for an account, or somebody of one.
fn trust_of_principal(whom: &str) -> String {
    let whom = if policy::is_account(whom) { format!("arn:aws:iam::{whom}:root") } else { whom.to_owned() };
    let statement = json!([{"Effect": "Allow", "Principal": {"AWS": whom}, "Action": "sts:AssumeRole"}]);
    pretty(&json!({"Version": "2012-10-17", "Statement": statement}).to_string())
}

/// A policy in canonical form; as it is, where it is none.
pub(in crate::console) fn pretty(document: &str) -> String {
    canonical::read(document).map_or_else(|_| document.to_owned(), |read| canonical::write(&read))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    async fn trust(app: &TestApp, role: &str) -> Value {
        let role = app.admin().call("GetRole", json!({"RoleName": role})).await.ok()["Role"].clone();
        let text = role["AssumeRolePolicyDocument"].as_str().unwrap().to_owned();
        serde_json::from_str(&percent_encoding::percent_decode_str(&text).decode_utf8().unwrap()).unwrap()
    }

    #[actix_web::test]
    async fn a_role_begins_with_a_preset_of_whom_it_trusts() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        assert!(browser.open("/iam/roles").await.text.contains("No roles yet"));
        let pool = json!({"IdentityPoolName": "notes", "AllowUnauthenticatedIdentities": true});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].as_str().unwrap().to_owned();
        assert!(browser.open("/iam/new-role").await.text.contains(&pool));
        let custom =
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}}).to_string();
        for (preset, trusted) in [
            ("account", format!("arn:aws:iam::{ACCOUNT}:root")),
            ("members", pool.clone()),
            ("guests", "unauthenticated".to_owned()),
            ("custom", "Deny".to_owned()),
        ] {
            let fields =
                [("name", preset), ("preset", preset), ("whom", ACCOUNT), ("pool", &pool), ("document", &custom), ("description", "d")];
            let page = browser.submit_and_follow("/iam/new-role", &fields).await.text;
            assert!(page.contains("was made"), "{page}");
            assert!(trust(&app, preset).await.to_string().contains(&trusted), "{preset}");
        }
        let listed = browser.open("/iam/roles").await.text;
        assert!(listed.contains("cognito-identity.amazonaws.com") && listed.contains("/console/iam/roles/members"), "{listed}");
    }

    #[actix_web::test]
    async fn what_was_typed_stays_when_it_is_refused() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        browser.open("/iam/new-role").await;
        let document = "{\"Statement\": </textarea><script>alert(1)</script>";
        let fields = [("name", "app"), ("preset", "custom"), ("document", document), ("description", "<b>"), ("whom", "\"'")];
        let page = browser.submit("/iam/new-role", &fields).await;
        assert!(page.status == 400 && page.text.contains("MalformedPolicyDocument"), "{}", page.text);
        assert!(page.text.contains("&#60;/textarea&#62;&#60;script&#62;") && !page.text.contains("<script>alert"), "{}", page.text);
        assert!(page.text.contains("value=\"&#60;b&#62;\""), "{}", page.text);
        // A pool that is not said is none that could be trusted.
        let page = browser.submit("/iam/new-role", &[("name", "app"), ("preset", "members"), ("pool", "*")]).await;
        assert!(page.status == 400 && page.text.contains("must evaluate"), "{}", page.text);
    }

    #[test]
    fn whom_a_trust_policy_names_is_told_in_short() {
        let statement = json!([{"Principal": "*"}, {"Principal": {"AWS": ["b", "a"], "Service": "c"}}, {"Principal": {"AWS": "a"}}]);
        assert_eq!(trusted(&json!({"Statement": statement}).to_string()), ["*", "a", "b", "c"]);
        assert!(trusted("{").is_empty());
    }
}
