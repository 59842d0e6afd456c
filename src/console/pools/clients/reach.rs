//! Whom an app client lets in and what it learns of them: the providers of its users, and the attributes that it reads and writes.

use askama::Template;
use serde_json::{Map, Value, json};

use super::super::{Frame, Head, May, Outcome, PAGE, Reply, Visit, call, may};
use super::Fields;
use super::one::{load, updatable};
use crate::kit::json::Members as _;
use crate::userpools::identity_provider::OWN;
use crate::wire::fault::WireError;

/// The lists of attributes: the field that has them, the field that says whether they are listed, and the member.
const LISTS: [(&str, &str, &str); 2] = [("read", "reads", "ReadAttributes"), ("write", "writes", "WriteAttributes")];

struct Provider {
    name: String,
    is_on: bool,
}

struct Attribute {
    name: String,
    is_read: bool,
    is_written: bool,
}

#[derive(Template)]
#[template(path = "console/pools/client_reach.html")]
struct ReachPage {
    frame: Frame,
    head: Head,
    id: String,
    name: String,
    /// The pool itself, its providers, and whoever else the client names.
    providers: Vec<Provider>,
    /// Why the pool's providers are not shown.
    unseen: Option<WireError>,
    /// The attributes of the pool, and those that the client lists.
    attributes: Vec<Attribute>,
    reads_listed: bool,
    writes_listed: bool,
    may_change: May,
    error: Option<WireError>,
}

/// The page of a client that is like `shown`.
async fn page(visit: &Visit, head: Head, shown: &Value, error: Option<WireError>) -> ReachPage {
    let listed = call(visit, "ListIdentityProviders", json!({"UserPoolId": head.id, "MaxResults": PAGE})).await;
    let (listed, unseen) = listed.map_or_else(|error| (json!({}), Some(error)), |listed| (listed, None));
    let supported = shown.texts("SupportedIdentityProviders");
    let mut names = vec![OWN.to_owned()];
    names.extend(listed.list("Providers").iter().map(|provider| provider.text("ProviderName")));
    add(&mut names, &supported);
    let (read, written) = (shown.texts("ReadAttributes"), shown.texts("WriteAttributes"));
    let mut attributes: Vec<String> = head.described.list("SchemaAttributes").iter().map(|attribute| attribute.text("Name")).collect();
    add(&mut attributes, &read);
    add(&mut attributes, &written);
    let id = visit.segment("client");
    ReachPage {
        frame: visit.frame(&head.name),
        name: shown.text("ClientName"),
        providers: names.into_iter().map(|name| Provider { is_on: supported.contains(&name), name }).collect(),
        unseen,
        attributes: attributes
            .into_iter()
            .map(|name| Attribute { is_read: read.contains(&name), is_written: written.contains(&name), name })
            .collect(),
        reads_listed: shown.get("ReadAttributes").is_some(),
        writes_listed: shown.get("WriteAttributes").is_some(),
        may_change: may(visit, "UpdateUserPoolClient", json!({"UserPoolId": head.id, "ClientId": id})).await,
        id,
        head,
        error,
    }
}

/// What stands in `more` and not yet among the names.
fn add(names: &mut Vec<String>, more: &[String]) {
    for name in more {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
}

/// `GET /console/pools/{pool}/clients/{client}/reach`
pub async fn show(visit: &Visit) -> Outcome {
    let (head, stored) = load(visit).await?;
    Ok(Reply::page(&page(visit, head, &stored, None).await))
}

/// `POST /console/pools/{pool}/clients/{client}/reach`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (head, stored) = load(visit).await?;
    let wanted = changed(&stored, fields);
    match call(visit, "UpdateUserPoolClient", wanted.clone()).await {
        Ok(_) => Ok(Reply::done(visit.path(), "The app client is saved.")),
        Err(error) => Ok(Reply::again(&page(visit, head, &wanted, Some(error.clone())).await, &error)),
    }
}

/// All that was there, and what the form changes. A list that is not given is every attribute.
fn changed(stored: &Value, fields: &Fields) -> Value {
    let mut input: Map<String, Value> = updatable(stored);
    let ticked = |field: &str| json!(fields.all(field).collect::<Vec<_>>());
    input.insert("SupportedIdentityProviders".to_owned(), ticked("provider"));
    for (field, listed, member) in LISTS {
        input.remove(member);
        if fields.text(listed) == "listed" {
            input.insert(member.to_owned(), ticked(field));
        }
    }
    Value::Object(input)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn providers_and_attributes_of_a_client_are_chosen_and_the_rest_stays() {
        let app = TestApp::new().await;
        let schema = json!([{"Name": "tier", "AttributeDataType": "Number"}]);
        let pool = app.pool_with(json!({"Schema": schema}), json!({"CallbackURLs": ["https://app.example/"]})).await;
        let details = json!({"client_id": "c", "client_secret": "s", "authorize_scopes": "email"});
        pool.admin("CreateIdentityProvider", json!({"ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": details}))
            .await
            .ok();
        let client = async || {
            let described = pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
            described["UserPoolClient"].clone()
        };
        let before = client().await;
        let browser = app.console().await;
        let path = format!("/pools/{}/clients/{}/reach", pool.id, pool.client_id);
        let page = browser.open(&path).await;
        for text in ["value=\"Google\"", "custom:tier", "name=\"reads\" value=\"all\" checked"] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        let fields = [
            ("provider", "COGNITO"),
            ("provider", "Google"),
            ("reads", "listed"),
            ("read", "email"),
            ("read", "custom:tier"),
            ("writes", "listed"),
            ("write", "name"),
        ];
        let saved = browser.submit_and_follow(&path, &fields).await;
        for text in
            ["value=\"Google\" checked", "name=\"reads\" value=\"listed\" checked", "value=\"custom:tier\" checked aria-label=\"Reads"]
        {
            assert!(saved.text.contains(text), "{text}: {}", saved.text);
        }
        let after = client().await;
        assert_eq!(after["SupportedIdentityProviders"], json!(["COGNITO", "Google"]));
        assert_eq!((&after["ReadAttributes"], &after["WriteAttributes"]), (&json!(["email", "custom:tier"]), &json!(["name"])));
        for member in ["ExplicitAuthFlows", "CallbackURLs", "ClientName", "RefreshTokenValidity"] {
            assert_eq!(after[member], before[member], "{member}");
        }
        let fields = [("provider", "Google"), ("reads", "all"), ("writes", "listed"), ("write", "email_verified")];
        let refused = browser.submit(&path, &fields).await;
        assert!(refused.status == 400 && refused.text.contains("Invalid write attributes"), "{}", refused.text);
        assert!(
            refused.text.contains("value=\"email_verified\" checked aria-label=\"Writes")
                && refused.text.contains("name=\"reads\" value=\"all\" checked")
        );
        browser.submit_and_follow(&path, &[("provider", "COGNITO"), ("reads", "all"), ("writes", "all")]).await;
        assert_eq!((client().await.get("ReadAttributes"), client().await.get("WriteAttributes")), (None, None));
    }

    #[actix_web::test]
    async fn who_may_only_look_sees_why_they_may_not_change_it() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let looks: Value = json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}]);
        let browser = app.console_of_user_with(looks).await;
        let path = format!("/pools/{}/clients/{}/reach", pool.id, pool.client_id);
        let page = browser.open(&path).await;
        for text in [" disabled>", "cognito-idp:UpdateUserPoolClient", "cognito-idp:ListIdentityProviders"] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        let refused = browser.submit(&path, &[("provider", "COGNITO"), ("reads", "listed"), ("read", "email")]).await;
        assert!(refused.status == 403 && refused.text.contains("value=\"email\" checked"), "{}", refused.text);
    }
}
