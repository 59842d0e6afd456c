//! An identity pool: whom it trusts, whose credentials it gives, and how an application asks it.

use askama::Template;
use serde_json::{Value, json};

use super::{call, pool_at};
use crate::console::iam::role_at;
use crate::console::{Fields, Frame, May, Outcome, Reply, Visit, mistyped, segment};
use crate::iam::arn;
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// A user pool that the identity pool trusts.
struct Provider {
    name: String,
    /// The user pool's id.
    user_pool: String,
    client: String,
    checked: bool,
}

/// A role that it gives.
struct Role {
    /// Who gets it, in words.
    who: &'static str,
    arn: String,
    /// Its page; empty where the ARN is no role's.
    href: String,
}

/// What this person may do with the pool.
struct Powers {
    update: May,
    set_roles: May,
    delete: May,
}

#[derive(Template)]
#[template(path = "console/identity_pools/pool.html")]
struct PoolPage {
    frame: Frame,
    id: String,
    name: String,
    region: String,
    guests: bool,
    providers: Vec<Provider>,
    roles: Result<Vec<Role>, String>,
    /// The ARNs as the form of roles holds them.
    member_role: String,
    guest_role: String,
    /// Who gets others, as JSON.
    role_mappings: String,
    basic_flow: bool,
    developer_provider: String,
    powers: Powers,
    public_url: String,
    /// Where the page is, below the console's root.
    here: String,
    refused: Option<WireError>,
}

impl PoolPage {
    async fn of(visit: &Visit, id: &str) -> Result<Self, WireError> {
        let pool = call(visit, "DescribeIdentityPool", json!({"IdentityPoolId": id})).await?;
        let set = call(visit, "GetIdentityPoolRoles", json!({"IdentityPoolId": id})).await.map_err(|error| error.message);
        let arn_of = |kind: &str| set.as_ref().map(|set| set.at("Roles").text(kind)).unwrap_or_default();
        let (member_role, guest_role) = (arn_of("authenticated"), arn_of("unauthenticated"));
        let mappings = set.as_ref().map(|set| set.at("RoleMappings").clone()).unwrap_or_default();
        let role_mappings = if mappings.is_null() { String::new() } else { serde_json::to_string_pretty(&mappings).unwrap_or_default() };
        let roles = [("Members", &member_role), ("Guests", &guest_role)];
        let roles = roles.into_iter().filter(|(_, arn)| !arn.is_empty()).map(|(who, arn)| Role {
            who,
            href: arn::parse_role(arn).map(|role| role_at(role.name)).unwrap_or_default(),
            arn: arn.clone(),
        });
        let roles = set.as_ref().map(|_| roles.collect()).map_err(Clone::clone);
        let guests = *pool.at("AllowUnauthenticatedIdentities") == Value::Bool(true);
        let may = async |operation: &str, input: Value| visit.may(Service::CognitoIdentity, operation, input).await;
        let kept = json!({"IdentityPoolId": id, "IdentityPoolName": "name", "AllowUnauthenticatedIdentities": guests});
        Ok(Self {
            frame: visit.frame(&pool.text("IdentityPoolName")),
            here: pool_at(id),
            id: id.to_owned(),
            name: pool.text("IdentityPoolName"),
            region: id.split(':').next().unwrap_or_default().to_owned(),
            guests,
            providers: pool.list("CognitoIdentityProviders").iter().map(Provider::read).collect(),
            roles,
            member_role,
            guest_role,
            role_mappings,
            basic_flow: *pool.at("AllowClassicFlow") == Value::Bool(true),
            developer_provider: pool.text("DeveloperProviderName"),
            powers: Powers {
                update: may("UpdateIdentityPool", kept).await,
                set_roles: may("SetIdentityPoolRoles", json!({"IdentityPoolId": id, "Roles": {}})).await,
                delete: may("DeleteIdentityPool", json!({"IdentityPoolId": id})).await,
            },
            public_url: visit.public_url().to_owned(),
            refused: None,
        })
    }

    /// The logins in code: none for guests alone.
    fn logins(&self) -> String {
        self.providers.first().map(|provider| format!("\"{}\": id_token", provider.name)).unwrap_or_default()
    }

    /// How a program asks for credentials.
    fn python(&self) -> String {
        let Self { id, region, public_url, .. } = self;
        let logins = self.logins();
        format!(
            "import boto3\n\nidentity_pool = \"{id}\"\nlogins = {{{logins}}}\n\
             identity = boto3.client(\"cognito-identity\", region_name=\"{region}\", endpoint_url=\"{public_url}\")\n\
             who = identity.get_id(IdentityPoolId=identity_pool, Logins=logins)[\"IdentityId\"]\n\
             credentials = identity.get_credentials_for_identity(IdentityId=who, Logins=logins)[\"Credentials\"]"
        )
    }

    /// The same in a browser or Node.
    fn javascript(&self) -> String {
        let Self { id, region, public_url, .. } = self;
        let logins = self.logins().replace("id_token", "idToken");
        format!(
            "import {{ fromCognitoIdentityPool }} from \"@aws-sdk/credential-providers\";\n\n\
             const credentials = fromCognitoIdentityPool({{\n  identityPoolId: \"{id}\",\n  logins: {{ {logins} }},\n  \
             clientConfig: {{ region: \"{region}\", endpoint: \"{public_url}\" }},\n}});\n\
             // new S3Client({{ region: \"{region}\", credentials }})"
        )
    }
}

impl Provider {
    fn read(provider: &Value) -> Self {
        let name = provider.text("ProviderName");
        let user_pool = name.rsplit('/').next().unwrap_or_default().to_owned();
        Self { user_pool, name, client: provider.text("ClientId"), checked: *provider.at("ServerSideTokenCheck") == Value::Bool(true) }
    }
}

/// `GET /console/identity-pools/{id}`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&PoolPage::of(visit, &visit.segment("id")).await?))
}

/// The pool's page again, with what was refused.
async fn again(visit: &Visit, id: &str, refused: WireError) -> Outcome {
    let page = PoolPage { refused: Some(refused.clone()), ..PoolPage::of(visit, id).await? };
    Ok(Reply::again(&page, &refused))
}

/// `POST /console/identity-pools/{id}`: its name, and whether it has guests. What it trusts stays: the operation replaces all.
pub async fn update(visit: &Visit, fields: &Fields) -> Outcome {
    let id = visit.segment("id");
    let mut input = call(visit, "DescribeIdentityPool", json!({"IdentityPoolId": id})).await?;
    input.put("IdentityPoolName", fields.given("name").unwrap_or_default());
    input.put("AllowUnauthenticatedIdentities", fields.has("guests"));
    match call(visit, "UpdateIdentityPool", input).await {
        Ok(_) => Ok(Reply::done(pool_at(&id), "Saved.")),
        Err(error) => again(visit, &id, error).await,
    }
}

/// `POST /console/identity-pools/{id}/providers`: trusts one more client of a user pool, or with `remove` one less.
pub async fn change_providers(visit: &Visit, fields: &Fields) -> Outcome {
    let id = visit.segment("id");
    let mut input = call(visit, "DescribeIdentityPool", json!({"IdentityPoolId": id})).await?;
    let mut providers = input.at("CognitoIdentityProviders").as_array().cloned().unwrap_or_default();
    let (user_pool, client) = (fields.given("user_pool").unwrap_or_default(), fields.given("client").unwrap_or_default());
    let region = user_pool.split('_').next().unwrap_or_default();
    let name = format!("cognito-idp.{region}.amazonaws.com/{user_pool}");
    providers.retain(|provider| provider.at("ProviderName") != name.as_str() || provider.at("ClientId") != client.as_str());
    let done = if fields.has("remove") {
        "That client's users get no credentials here any more. Those that were given live on until they end."
    } else {
        providers.push(json!({"ProviderName": name, "ClientId": client, "ServerSideTokenCheck": fields.has("server_check")}));
        "That client's users get credentials here."
    };
    input.put("CognitoIdentityProviders", providers);
    match call(visit, "UpdateIdentityPool", input).await {
        Ok(_) => Ok(Reply::done(pool_at(&id), done)),
        Err(error) => again(visit, &id, error).await,
    }
}

/// `POST /console/identity-pools/{id}/roles`
pub async fn set_roles(visit: &Visit, fields: &Fields) -> Outcome {
    let id = visit.segment("id");
    let mut roles = serde_json::Map::new();
    for (kind, field) in [("authenticated", "member_role"), ("unauthenticated", "guest_role")] {
        if let Some(arn) = fields.given(field) {
            roles.insert(kind.to_owned(), Value::from(arn));
        }
    }
    let typed = fields.given("role_mappings").unwrap_or_else(|| "{}".to_owned());
    // What is no JSON is refused as what is no mapping: by the operation.
    let mappings = serde_json::from_str(&typed).unwrap_or_else(|_| Value::from(typed.as_str()));
    match call(visit, "SetIdentityPoolRoles", json!({"IdentityPoolId": id, "Roles": roles, "RoleMappings": mappings})).await {
        Ok(_) => Ok(Reply::done(pool_at(&id), "Saved. A role must trust this pool: see its trust policy.")),
        Err(error) => {
            let role = |field: &str| fields.given(field).unwrap_or_default();
            let (member_role, guest_role) = (role("member_role"), role("guest_role"));
            let page = PoolPage { member_role, guest_role, role_mappings: typed, ..PoolPage::of(visit, &id).await? };
            Ok(Reply::again(&PoolPage { refused: Some(error.clone()), ..page }, &error))
        }
    }
}

/// `POST /console/identity-pools/{id}/delete`
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let id = visit.segment("id");
    let pool = call(visit, "DescribeIdentityPool", json!({"IdentityPoolId": id})).await?;
    let name = pool.text("IdentityPoolName");
    if let Some(reply) = mistyped(fields, &name, pool_at(&id)) {
        return Ok(reply);
    }
    match call(visit, "DeleteIdentityPool", json!({"IdentityPoolId": id})).await {
        Ok(_) => {
            let region = id.split(':').next().unwrap_or_default();
            let list = format!("/identity-pools?region={}", segment(region));
            Ok(Reply::done(list, format!("The identity pool {name} was deleted, with its identities. Its roles are still there.")))
        }
        Err(error) => again(visit, &id, error).await,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    /// A pool that trusts a client, with a name that is markup, and its page.
    async fn pool(app: &TestApp) -> (String, String) {
        let provider = json!([{"ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI", "ClientId": "client"}]);
        let pool = json!({"IdentityPoolName": "notes", "AllowUnauthenticatedIdentities": true, "CognitoIdentityProviders": provider});
        let id = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].as_str().unwrap().to_owned();
        (format!("/identity-pools/{}", id.replace(':', "%3A")), id)
    }

    async fn described(app: &TestApp, id: &str) -> Value {
        app.admin().call("DescribeIdentityPool", json!({"IdentityPoolId": id})).await.ok()
    }

    #[actix_web::test]
    async fn a_pool_is_shown_with_code_that_has_its_ids_and_is_changed_and_deleted() {
        let app = TestApp::new().await;
        let (at, id) = pool(&app).await;
        let browser = app.console().await;
        assert!(browser.open("/identity-pools").await.text.contains(&id));
        let page = browser.open(&at).await.text;
        for part in [format!("identity_pool = &#34;{id}&#34;"), "us-east-1_AbCdEfGhI".to_owned(), "fromCognitoIdentityPool".to_owned()] {
            assert!(page.contains(&part), "{part} {page}");
        }
        browser.submit_and_follow(&at, &[("name", "new notes")]).await;
        let now = described(&app, &id).await;
        assert_eq!((&now["IdentityPoolName"], &now["AllowUnauthenticatedIdentities"]), (&json!("new notes"), &json!(false)));
        assert_eq!(now["CognitoIdentityProviders"].as_array().unwrap().len(), 1, "what it trusts stays");
        let providers = format!("{at}/providers");
        let fields = [("user_pool", "us-east-1_AbCdEfGhI"), ("client", "other"), ("server_check", "on")];
        browser.submit_and_follow(&providers, &fields).await;
        browser.submit_and_follow(&providers, &[("user_pool", "us-east-1_AbCdEfGhI"), ("client", "client"), ("remove", "1")]).await;
        let trusted = described(&app, &id).await["CognitoIdentityProviders"].clone();
        assert_eq!((&trusted[0]["ClientId"], &trusted[1]), (&json!("other"), &Value::Null));
        let page = browser.submit_and_follow(&format!("{at}/delete"), &[("confirm", "notes")]).await.text;
        assert!(page.contains("Nothing was deleted"), "{page}");
        let page = browser.submit_and_follow(&format!("{at}/delete"), &[("confirm", "new notes")]).await.text;
        assert!(page.contains("was deleted") && page.contains("No identity pools"), "{page}");
        assert_eq!(browser.open(&at).await.status, 404);
    }

    #[actix_web::test]
    async fn roles_are_given_by_whoever_may_pass_them_and_what_was_typed_stays() {
        let app = TestApp::new().await;
        let (at, id) = pool(&app).await;
        let role = app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let all = json!({"Effect": "Allow", "Action": "cognito-identity:*", "Resource": "*"});
        let narrow = app.console_of_user_with(json!([all])).await;
        narrow.open(&at).await;
        let form = format!("{at}/roles");
        let refused = narrow.submit(&form, &[("member_role", &role), ("guest_role", "\"><script>alert(1)</script>")]).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
        assert!(refused.text.contains(&format!("value=\"{role}\"")) && !refused.text.contains("<script>alert"), "{}", refused.text);
        let browser = app.console().await;
        browser.open(&at).await;
        let page = browser.submit_and_follow(&form, &[("member_role", &role)]).await.text;
        assert!(page.contains("/console/iam/roles/app"), "{page}");
        let roles = app.admin().call("GetIdentityPoolRoles", json!({"IdentityPoolId": id})).await.ok()["Roles"].clone();
        assert_eq!(roles, json!({"authenticated": role}));
        let mappings =
            json!({"cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI:client": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}});
        let page = browser.submit_and_follow(&form, &[("member_role", &role), ("role_mappings", &mappings.to_string())]).await.text;
        assert!(page.contains("AmbiguousRoleResolution"), "{page}");
        let told = app.admin().call("GetIdentityPoolRoles", json!({"IdentityPoolId": id})).await.ok();
        assert_eq!(told["RoleMappings"], mappings);
        let refused = browser.submit(&form, &[("member_role", &role), ("role_mappings", "no json")]).await;
        assert!(refused.status == 400 && refused.text.contains("no json"), "{}", refused.text);
    }

    #[actix_web::test]
    async fn whoever_may_only_look_sees_why_and_changes_nothing() {
        let app = TestApp::new().await;
        let (at, id) = pool(&app).await;
        let read = json!(["cognito-identity:Describe*", "cognito-identity:Get*", "cognito-identity:List*"]);
        let browser = app.console_of_user_with(json!([{"Effect": "Allow", "Action": read, "Resource": "*"}])).await;
        let page = browser.open(&at).await.text;
        for action in ["UpdateIdentityPool", "SetIdentityPoolRoles", "DeleteIdentityPool"] {
            assert!(page.contains(&format!("not authorized to perform: cognito-identity:{action}")), "{action} {page}");
        }
        assert!(browser.open("/identity-pools").await.text.contains("cognito-identity:CreateIdentityPool"));
        let before = described(&app, &id).await;
        for (form, field) in
            [("", ("name", "x")), ("/delete", ("confirm", "notes")), ("/roles", ("x", "y")), ("/providers", ("client", "c"))]
        {
            assert_eq!(browser.submit(&format!("{at}{form}"), &[field]).await.status, 403, "{form}");
        }
        assert_eq!(described(&app, &id).await, before);
    }
}
