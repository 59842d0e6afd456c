//! A pool's app clients: the list, a new one, and what ends one.

mod oauth;
mod one;
mod reach;
mod secrets;
mod sign_on;

use askama::Template;
use serde_json::{Value, json};

use super::preset::{PRESETS, Preset, preset};
use super::{Fields, Frame, Head, May, Outcome, PAGE, Reply, Row, Visit, call, confirmed, form, may, next_page, page, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The pages and forms of clients.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/clients", show),
        page("/pools/{pool}/clients/new", ask),
        form("/pools/{pool}/clients/new", create),
        page("/pools/{pool}/clients/{client}", one::show),
        form("/pools/{pool}/clients/{client}", one::change),
        page("/pools/{pool}/clients/{client}/secret", one::reveal).grave(),
        page("/pools/{pool}/clients/{client}/secrets", secrets::show),
        form("/pools/{pool}/clients/{client}/secrets", secrets::add).grave(),
        form("/pools/{pool}/clients/{client}/secrets/delete", secrets::delete).grave(),
        page("/pools/{pool}/clients/{client}/oauth", oauth::show),
        form("/pools/{pool}/clients/{client}/oauth", oauth::change),
        page("/pools/{pool}/clients/{client}/reach", reach::show),
        form("/pools/{pool}/clients/{client}/reach", reach::change),
        page("/pools/{pool}/clients/{client}/sign-on", sign_on::show),
        form("/pools/{pool}/clients/{client}/sign-on", sign_on::change),
        form("/pools/{pool}/clients/{client}/delete", delete).grave(),
    ]
}

/// Where the sign-in page of a client is, as its application would send a browser there; nothing for a client without one. The
/// challenge is that of RFC 7636, appendix B: what comes back is for nobody to use.
pub(super) fn sign_in_page(pool_id: &str, client: &Value) -> Option<String> {
    let by_browser = client.texts("AllowedOAuthFlows").into_iter().find(|flow| flow == "code" || flow == "implicit")?;
    let (callback, is_on) = (client.texts("CallbackURLs").into_iter().next()?, client.at("AllowedOAuthFlowsUserPoolClient") == true);
    let (id, is_code) = (client.text("ClientId"), by_browser == "code");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", &id).append_pair("response_type", if is_code { "code" } else { "token" });
    query.append_pair("redirect_uri", &callback);
    if is_code {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        query.append_pair("code_challenge", challenge).append_pair("code_challenge_method", "S256");
    }
    is_on.then(|| format!("/{pool_id}/login?{}", query.finish()))
}

struct Client {
    id: String,
    name: String,
}

#[derive(Template)]
#[template(path = "console/pools/clients.html")]
struct ClientsPage {
    frame: Frame,
    head: Head,
    clients: Vec<Client>,
    /// Which of them: `REGULAR`, `DCR`, or all.
    kind: String,
    may_create: May,
    first: Option<String>,
    next: Option<String>,
}

/// The kinds of clients that can be listed by themselves, and what each is called.
const KINDS: [(&str, &str); 3] = [("", "All"), ("REGULAR", "Made by administrators"), ("DCR", "Registered by themselves")];

impl ClientsPage {
    #[expect(clippy::unused_self, reason = "templates know the page only")]
    const fn kinds(&self) -> [(&'static str, &'static str); 3] {
        KINDS
    }
}

/// `GET /console/pools/{pool}/clients`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load(visit, "clients").await?;
    let token = visit.query().given("next");
    let kind = visit.query().given("type").filter(|kind| KINDS.iter().any(|(known, _)| known == kind)).unwrap_or_default();
    let mut input = json!({"UserPoolId": head.id, "MaxResults": PAGE, "NextToken": token});
    if !kind.is_empty() {
        input.put("ClientType", kind.as_str());
    }
    let listed = call(visit, "ListUserPoolClients", input).await?;
    let client = |client: &Value| Client { id: client.text("ClientId"), name: client.text("ClientName") };
    let path = head.path("/clients");
    Ok(Reply::page(&ClientsPage {
        frame: visit.frame(&head.name),
        clients: listed.list("UserPoolClients").iter().map(client).collect(),
        may_create: may(visit, "CreateUserPoolClient", json!({"UserPoolId": head.id, "ClientName": "new"})).await,
        first: token.map(|_| format!("/console{path}?type={kind}")),
        next: next_page(&path, &[("type", &kind)], listed.at("NextToken")),
        kind,
        head,
    }))
}

#[derive(Template)]
#[template(path = "console/pools/client_new.html")]
struct NewPage {
    frame: Frame,
    head: Head,
    presets: &'static [Preset],
    name: String,
    chosen: &'static str,
    may: May,
    error: Option<WireError>,
}

async fn asked(visit: &Visit, name: String, chosen: &'static str, error: Option<WireError>) -> Result<NewPage, WireError> {
    let head = Head::load(visit, "clients").await?;
    let may = may(visit, "CreateUserPoolClient", json!({"UserPoolId": head.id, "ClientName": "new"})).await;
    Ok(NewPage { frame: visit.frame(&head.name), head, presets: &PRESETS, name, chosen, may, error })
}

/// `GET /console/pools/{pool}/clients/new`
async fn ask(visit: &Visit) -> Outcome {
    Ok(Reply::page(&asked(visit, String::new(), preset("").id, None).await?))
}

/// `POST /console/pools/{pool}/clients/new`
async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, name) = (visit.segment("pool"), fields.given("name").unwrap_or_default());
    let chosen = preset(&fields.text("preset"));
    match call(visit, "CreateUserPoolClient", chosen.client(&pool, &name, &[])).await {
        Ok(answer) => {
            let client = answer.at("UserPoolClient").text("ClientId");
            let path = format!("/pools/{}/clients/{}", segment(&pool), segment(&client));
            Ok(if chosen.is_machine() {
                Reply::done(format!("{path}/oauth"), "The app client is made. Give it scopes of a resource server.")
            } else {
                Reply::done(path, "The app client is made.")
            })
        }
        Err(error) => Ok(Reply::again(&asked(visit, name, chosen.id, Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/clients/{client}/delete`
async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, client) = (visit.segment("pool"), visit.segment("client"));
    let described = call(visit, "DescribeUserPoolClient", json!({"UserPoolId": pool, "ClientId": client})).await?;
    confirmed(fields, &described.at("UserPoolClient").text("ClientName"))?;
    call(visit, "DeleteUserPoolClient", json!({"UserPoolId": pool, "ClientId": client})).await?;
    let notice = "The app client is deleted. Whoever was signed in through it is signed out.";
    Ok(Reply::done(format!("/pools/{}/clients", segment(&pool)), notice))
}
