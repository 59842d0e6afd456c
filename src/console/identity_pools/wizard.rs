//! A new identity pool, with the roles that it gives and a first policy: what takes five calls of the API, one after another. If
//! one is refused, what was made before it is taken away again.

use askama::Template;
use serde_json::{Value, json};

use super::{call, pool_at, trust_of_pool};
use crate::console::{Fields, Frame, May, Outcome, Reply, Visit, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// So many user pools and clients are offered to choose from.
const OFFERED: i64 = 60;

/// What people write into a policy that begins with their own things: the key says whose they are.
const OWN: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Own",
      "Effect": "Allow",
      "Action": [
        "notes:Read",
        "notes:Write"
      ],
      "Resource": ["arn:aws:notes:::${cognito-identity.amazonaws.com:sub}/*"]
    }
  ]
}
"#;

/// Something to choose.
struct Choice {
    id: String,
    name: String,
}

/// What a form holds.
struct Asked {
    name: String,
    user_pool: String,
    client: String,
    guests: bool,
    server_check: bool,
    member_role: String,
    guest_role: String,
    /// Whether the members' role gets a policy.
    with_policy: bool,
    document: String,
}

#[derive(Template)]
#[template(path = "console/identity_pools/wizard.html")]
struct WizardPage {
    frame: Frame,
    region: String,
    user_pools: Vec<Choice>,
    clients: Vec<Choice>,
    /// Why the lists to choose from are not there.
    unlisted: Option<String>,
    asked: Asked,
    create: May,
    refused: Option<WireError>,
    /// What could not be taken away again.
    left: Vec<String>,
}

impl WizardPage {
    async fn of(visit: &Visit, asked: Asked) -> Self {
        let list = async |operation: &str, input: Value, list: &str, id: &str, name: &str| {
            let listed = visit.call(Service::CognitoIdp, operation, input).await.map_err(|error| error.message)?;
            let choices = listed.list(list).iter();
            Ok::<_, String>(choices.map(|choice| Choice { id: choice.text(id), name: choice.text(name) }).collect::<Vec<_>>())
        };
        let user_pools = list("ListUserPools", json!({"MaxResults": OFFERED}), "UserPools", "Id", "Name").await;
        let clients = if asked.user_pool.is_empty() {
            Ok(Vec::new())
        } else {
            let input = json!({"UserPoolId": asked.user_pool, "MaxResults": OFFERED});
            list("ListUserPoolClients", input, "UserPoolClients", "ClientId", "ClientName").await
        };
        let new = json!({"IdentityPoolName": "name", "AllowUnauthenticatedIdentities": false});
        Self {
            frame: visit.frame("New identity pool"),
            region: visit.region(),
            unlisted: user_pools.as_ref().err().or(clients.as_ref().err()).cloned(),
            user_pools: user_pools.unwrap_or_default(),
            clients: clients.unwrap_or_default(),
            asked,
            create: visit.may(Service::CognitoIdentity, "CreateIdentityPool", new).await,
            refused: None,
            left: Vec::new(),
        }
    }

    /// The form's address: the region stays.
    fn here(&self) -> String {
        format!("/console/identity-pools/new?region={}", segment(&self.region))
    }
}

/// `GET /console/identity-pools/new`: first the user pool is chosen, then the rest.
pub async fn show(visit: &Visit) -> Outcome {
    let asked = Asked {
        name: visit.query().given("name").unwrap_or_default(),
        user_pool: visit.query().given("user_pool").unwrap_or_default(),
        client: String::new(),
        guests: false,
        server_check: false,
        member_role: String::new(),
        guest_role: String::new(),
        with_policy: false,
        document: OWN.to_owned(),
    };
    Ok(Reply::page(&WizardPage::of(visit, asked).await))
}

/// `POST /console/identity-pools/new`
pub async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let asked = Asked {
        name: fields.given("name").unwrap_or_default(),
        user_pool: fields.given("user_pool").unwrap_or_default(),
        client: fields.given("client").unwrap_or_default(),
        guests: fields.has("guests"),
        server_check: fields.has("server_check"),
        member_role: fields.given("member_role").unwrap_or_default(),
        guest_role: fields.given("guest_role").unwrap_or_default(),
        with_policy: fields.has("with_policy"),
        document: fields.text("document"),
    };
    let mut made = Made::default();
    match make(visit, &asked, &mut made).await {
        Ok(id) => Ok(Reply::done(pool_at(&id), "The identity pool was made, with its roles.")),
        Err(error) => {
            let left = made.undo(visit).await;
            let page = WizardPage { refused: Some(error.clone()), left, ..WizardPage::of(visit, asked).await };
            Ok(Reply::again(&page, &error))
        }
    }
}

/// What was made so far.
#[derive(Default)]
struct Made {
    pool: Option<String>,
    roles: Vec<String>,
    policy_of: Option<String>,
}

/// The name of the policy that the members' role begins with.
const POLICY: &str = "start";

async fn make(visit: &Visit, asked: &Asked, made: &mut Made) -> Result<String, WireError> {
    let region = asked.user_pool.split('_').next().unwrap_or_default();
    let provider = json!([{"ProviderName": format!("cognito-idp.{region}.amazonaws.com/{}", asked.user_pool), "ClientId": asked.client,
                           "ServerSideTokenCheck": asked.server_check}]);
    let providers = if asked.user_pool.is_empty() { json!([]) } else { provider };
    let input = json!({"IdentityPoolName": asked.name, "AllowUnauthenticatedIdentities": asked.guests,
                       "CognitoIdentityProviders": providers});
    let id = call(visit, "CreateIdentityPool", input).await?.text("IdentityPoolId");
    made.pool = Some(id.clone());
    let mut roles = serde_json::Map::new();
    let members = role_name(&asked.member_role, &asked.name, "members");
    roles.insert("authenticated".to_owned(), make_role(visit, made, &members, &id, "authenticated").await?);
    if asked.with_policy {
        let input = json!({"RoleName": members, "PolicyName": POLICY, "PolicyDocument": asked.document});
        visit.call(Service::Iam, "PutRolePolicy", input).await?;
        made.policy_of = Some(members);
    }
    if asked.guests {
        let guests = role_name(&asked.guest_role, &asked.name, "guests");
        roles.insert("unauthenticated".to_owned(), make_role(visit, made, &guests, &id, "unauthenticated").await?);
    }
    call(visit, "SetIdentityPoolRoles", json!({"IdentityPoolId": id, "Roles": roles})).await?;
    Ok(id)
}

async fn make_role(visit: &Visit, made: &mut Made, name: &str, pool_id: &str, amr: &str) -> Result<Value, WireError> {
    let input = json!({"RoleName": name, "AssumeRolePolicyDocument": trust_of_pool(pool_id, amr)});
    let answer = visit.call(Service::Iam, "CreateRole", input).await?;
    made.roles.push(name.to_owned());
    Ok(answer.at("Role").at("Arn").clone())
}

impl Made {
    /// Takes away what was made; answers what is left, and why.
    async fn undo(self, visit: &Visit) -> Vec<String> {
        let mut left = Vec::new();
        let mut undo = async |service: Service, operation: &str, input: Value, what: String| {
            if let Err(error) = visit.call(service, operation, input).await {
                left.push(format!("{what} is left: {}", error.message));
            }
        };
        if let Some(role) = self.policy_of {
            let what = format!("The policy {POLICY} of the role {role}");
            undo(Service::Iam, "DeleteRolePolicy", json!({"RoleName": role, "PolicyName": POLICY}), what).await;
        }
        for role in self.roles {
            undo(Service::Iam, "DeleteRole", json!({"RoleName": role}), format!("The role {role}")).await;
        }
        if let Some(id) = self.pool {
            let what = format!("The identity pool {id}");
            undo(Service::CognitoIdentity, "DeleteIdentityPool", json!({"IdentityPoolId": id}), what).await;
        }
        left
    }
}

/// A role's name: the given one, or one that is made of the pool's.
fn role_name(given: &str, pool: &str, kind: &str) -> String {
    if !given.is_empty() {
        return given.to_owned();
    }
    let word = |letter: char| if letter.is_ascii_alphanumeric() || "+=,.@-_".contains(letter) { letter } else { '-' };
    let pool: String = pool.chars().map(word).take(50).collect();
    format!("{}-{kind}", pool.trim_matches('-'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    #[test]
    fn roles_are_named_after_their_pool() {
        assert_eq!(role_name("", "My notes!", "guests"), "My-notes-guests");
        assert_eq!(role_name("app", "notes", "guests"), "app");
    }

    #[actix_web::test]
    async fn what_the_wizard_makes_gives_credentials_to_members_and_to_guests_each_their_own() {
        let app = TestApp::new().await;
        let users = app.pool().await;
        let browser = app.console().await;
        let page = browser.open(&format!("/identity-pools/new?user_pool={}", users.id)).await.text;
        assert!(page.contains(users.client_id.as_str()), "{page}");
        let (user_pool, client) = (users.id.as_str(), users.client_id.as_str());
        let fields = [
            ("name", "my notes"),
            ("user_pool", user_pool),
            ("client", client),
            ("guests", "on"),
            ("with_policy", "on"),
            ("document", OWN),
        ];
        let page = browser.submit_and_follow("/identity-pools/new?region=us-east-1", &fields).await.text;
        assert!(page.contains("was made") && page.contains("my-notes-guests"), "{page}");
        let pools = app.admin().call("ListIdentityPools", json!({"MaxResults": 1})).await.ok();
        let pool = &pools["IdentityPools"][0]["IdentityPoolId"];
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{user_pool}");
        let member = json!({provider: users.user("alice").await.signed_in().await["IdToken"]});
        for (logins, role) in [(member, "my-notes-members"), (json!({}), "my-notes-guests")] {
            let identity =
                app.anonymous().call("GetId", json!({"IdentityPoolId": pool, "Logins": logins})).await.ok()["IdentityId"].clone();
            let given =
                app.anonymous().call("GetCredentialsForIdentity", json!({"IdentityId": identity, "Logins": logins})).await.ok()["Credentials"].clone();
            let text = |name: &str| given[name].as_str().unwrap().to_owned();
            let session = app.holder_of(&text("AccessKeyId"), &text("SecretKey"), Some(&text("SessionToken")));
            let arn = session.call("GetCallerIdentity", json!({})).await.ok()["Arn"].clone();
            assert_eq!(arn, format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/CognitoIdentityCredentials"));
        }
        let policies = app.admin().call("ListRolePolicies", json!({"RoleName": "my-notes-members"})).await.ok()["PolicyNames"].clone();
        assert_eq!(policies, json!(["start"]));
    }

    #[actix_web::test]
    async fn what_is_refused_on_the_way_leaves_nothing_behind() {
        let app = TestApp::new().await;
        app.role("taken", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let browser = app.console().await;
        browser.open("/identity-pools/new").await;
        for (field, value, code) in [
            ("guest_role", "taken", "EntityAlreadyExists"),
            ("document", "{\"a\": \"<script>alert(1)</script>\"", "MalformedPolicyDocument"),
            ("name", "<b>", "InvalidParameterException"),
        ] {
            let fields = [(field, value), ("name", "notes"), ("guests", "on"), ("with_policy", "on"), ("document", OWN)];
            let refused = browser.submit("/identity-pools/new", &fields).await;
            assert!(refused.status >= 400 && refused.text.contains(code), "{code}: {}", refused.text);
            assert!(!refused.text.contains("is left") && !refused.text.contains("<script>alert"), "{}", refused.text);
            assert_eq!(app.admin().call("ListIdentityPools", json!({"MaxResults": 60})).await.ok()["IdentityPools"], json!([]));
            let roles = app.admin().call("ListRoles", json!({})).await.ok()["Roles"].clone();
            assert_eq!(roles.as_array().unwrap().len(), 1, "{field}");
        }
    }

    #[actix_web::test]
    async fn whoever_may_not_pass_the_roles_makes_no_pool() {
        let app = TestApp::new().await;
        let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let pass = json!({"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"});
        let browser = app.console_of_user_with(json!([all, pass])).await;
        browser.open("/identity-pools/new").await;
        let refused = browser.submit("/identity-pools/new", &[("name", "notes")]).await;
        assert!(refused.status == 403 && refused.text.contains("iam:PassRole"), "{}", refused.text);
        assert_eq!(app.admin().call("ListRoles", json!({})).await.ok()["Roles"], Value::from(""));
        assert_eq!(app.admin().call("ListIdentityPools", json!({"MaxResults": 60})).await.ok()["IdentityPools"], json!([]));
    }

    #[actix_web::test]
    async fn a_pool_is_made_where_the_page_is() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        browser.open("/identity-pools/new?region=eu-west-1").await;
        let page = browser.submit_and_follow("/identity-pools/new?region=eu-west-1", &[("name", "notes")]).await.text;
        assert!(page.contains("eu-west-1:"), "{page}");
    }
}
