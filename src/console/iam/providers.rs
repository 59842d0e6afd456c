//! Identity providers that roles may trust: the list, a new one, its clients.

use askama::Template;
use serde_json::{Value, json};

use super::call;
use crate::console::{Fields, Frame, May, Moment, Outcome, Reply, Visit};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

const HERE: &str = "/iam/providers";

struct Listed {
    arn: String,
    /// The issuer without its scheme.
    name: String,
    clients: Vec<String>,
    made: Option<Moment>,
    may_change: May,
    may_delete: May,
    /// Why it is not shown.
    hidden: Option<String>,
}

impl Listed {
    async fn of(visit: &Visit, arn: String) -> Self {
        let about = json!({"OpenIDConnectProviderArn": arn});
        let (told, hidden) = match call(visit, "GetOpenIDConnectProvider", about.clone()).await {
            Ok(told) => (told, None),
            Err(error) => (Value::Null, Some(error.message)),
        };
        let change = json!({"OpenIDConnectProviderArn": arn, "ClientID": "client"});
        Self {
            name: arn.split_once(":oidc-provider/").map_or_else(|| arn.clone(), |(_, name)| name.to_owned()),
            clients: told.list("ClientIDList").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            made: Moment::read(told.at("CreateDate"), visit.now()),
            may_change: visit.may(Service::Iam, "AddClientIDToOpenIDConnectProvider", change).await,
            may_delete: visit.may(Service::Iam, "DeleteOpenIDConnectProvider", about).await,
            hidden,
            arn,
        }
    }
}

#[derive(Template)]
#[template(path = "console/iam/providers.html")]
struct ProvidersPage {
    frame: Frame,
    providers: Vec<Listed>,
    /// As they were typed.
    url: String,
    client: String,
    may_create: May,
    refused: Option<WireError>,
}

impl ProvidersPage {
    async fn of(visit: &Visit) -> Self {
        let (listed, refused) = match call(visit, "ListOpenIDConnectProviders", json!({})).await {
            Ok(listed) => (listed, None),
            Err(error) => (Value::Null, Some(error)),
        };
        let mut providers = Vec::new();
        // A quota bounds how many an account has.
        for provider in listed.list("OpenIDConnectProviderList") {
            providers.push(Listed::of(visit, provider.text("Arn")).await);
        }
        let sample = json!({"Url": "https://id.example"});
        let may_create = visit.may(Service::Iam, "CreateOpenIDConnectProvider", sample).await;
        Self { frame: visit.frame("Identity providers"), providers, url: String::new(), client: String::new(), may_create, refused }
    }
}

/// `GET /console/iam/providers`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&ProvidersPage::of(visit).await))
}

async fn done(visit: &Visit, outcome: Result<Value, WireError>, said: &str) -> Outcome {
    match outcome {
        Ok(_) => Ok(Reply::done(HERE, said)),
        Err(error) => Ok(Reply::again(&ProvidersPage { refused: Some(error.clone()), ..ProvidersPage::of(visit).await }, &error)),
    }
}

/// `POST /console/iam/providers`
pub async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (url, client) = (fields.given("url").unwrap_or_default(), fields.given("client").unwrap_or_default());
    match call(visit, "CreateOpenIDConnectProvider", json!({"Url": url, "ClientIDList": [client]})).await {
        Ok(_) => Ok(Reply::done(HERE, "It is a provider now. A role trusts it once its trust policy names it.")),
        Err(error) => {
            let page = ProvidersPage { url, client, ..ProvidersPage::of(visit).await };
            Ok(Reply::again(&ProvidersPage { refused: Some(error.clone()), ..page }, &error))
        }
    }
}

/// `POST /console/iam/providers/clients`: one more client, or with `remove` one less.
pub async fn change_clients(visit: &Visit, fields: &Fields) -> Outcome {
    let input = json!({"OpenIDConnectProviderArn": fields.text("arn"), "ClientID": fields.text("client")});
    if fields.has("remove") {
        let outcome = call(visit, "RemoveClientIDFromOpenIDConnectProvider", input).await;
        return done(visit, outcome, "Tokens for that client are refused from now on.").await;
    }
    let outcome = call(visit, "AddClientIDToOpenIDConnectProvider", input).await;
    done(visit, outcome, "Tokens for that client are taken now.").await
}

/// `POST /console/iam/providers/delete`
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let outcome = call(visit, "DeleteOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": fields.text("arn")})).await;
    done(visit, outcome, "It is no provider any more. Sessions that it vouched for live on until they end.").await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_provider_is_made_shown_changed_and_deleted() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        assert!(browser.open("/iam/providers").await.text.contains("No providers yet"));
        let refused = browser.submit("/iam/providers", &[("url", "http://id.example\"><script>alert(1)"), ("client", "app")]).await;
        assert!(refused.status == 400 && !refused.text.contains("<script>alert"), "{}", refused.text);
        let page = browser.submit_and_follow("/iam/providers", &[("url", "https://id.example"), ("client", "app")]).await.text;
        assert!(page.contains("oidc-provider/id.example") && page.contains("app"), "{page}");
        let listed = app.admin().call("ListOpenIDConnectProviders", json!({})).await.ok();
        let arn = listed["OpenIDConnectProviderList"][0]["Arn"].as_str().unwrap().to_owned();
        browser.submit_and_follow("/iam/providers/clients", &[("arn", &arn), ("client", "web")]).await;
        browser.submit_and_follow("/iam/providers/clients", &[("arn", &arn), ("client", "app"), ("remove", "1")]).await;
        let told = app.admin().call("GetOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn})).await.ok();
        assert_eq!(told["ClientIDList"], json!(["web"]));
        let reader = app.console_of_user_with(json!([{"Effect": "Allow", "Action": ["iam:List*", "iam:Get*"], "Resource": "*"}])).await;
        let page = reader.open("/iam/providers").await.text;
        assert!(page.contains("not authorized to perform: iam:CreateOpenIDConnectProvider"), "{page}");
        assert_eq!(reader.submit("/iam/providers/delete", &[("arn", &arn)]).await.status, 403);
        let page = browser.submit_and_follow("/iam/providers/delete", &[("arn", &arn)]).await.text;
        assert!(page.contains("No providers yet"), "{page}");
    }
}
