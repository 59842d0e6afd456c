//! A pool's resource servers: the list, and a new one.

mod one;

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, PAGE_OF_SERVERS, Reply, Row, Visit, call, form, may, next_page, page, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The pages and forms of resource servers. One is named in the query: its identifier may be an address.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/resource-servers", show),
        page("/pools/{pool}/resource-servers/new", ask),
        form("/pools/{pool}/resource-servers/new", create),
        page("/pools/{pool}/resource-servers/one", one::show),
        form("/pools/{pool}/resource-servers/one", one::change),
        form("/pools/{pool}/resource-servers/delete", one::delete).grave(),
    ]
}

struct Server {
    identifier: String,
    href: String,
    name: String,
    scopes: Vec<String>,
}

/// The page of a resource server, from the console's root on.
fn path_of(pool: &str, identifier: &str) -> String {
    format!("/pools/{}/resource-servers/one?identifier={}", segment(pool), segment(identifier))
}

#[derive(Template)]
#[template(path = "console/pools/resource_servers.html")]
struct ServersPage {
    frame: Frame,
    head: Head,
    servers: Vec<Server>,
    may_create: May,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/pools/{pool}/resource-servers`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load(visit, "resource-servers").await?;
    let token = visit.query().given("next");
    let listed =
        call(visit, "ListResourceServers", json!({"UserPoolId": head.id, "MaxResults": PAGE_OF_SERVERS, "NextToken": token})).await?;
    let server = |server: &Value| {
        let identifier = server.text("Identifier");
        Server {
            href: format!("/console{}", path_of(&head.id, &identifier)),
            name: server.text("Name"),
            scopes: server.list("Scopes").iter().map(|scope| format!("{identifier}/{}", scope.text("ScopeName"))).collect(),
            identifier,
        }
    };
    let path = head.path("/resource-servers");
    Ok(Reply::page(&ServersPage {
        frame: visit.frame(&head.name),
        servers: listed.list("ResourceServers").iter().map(server).collect(),
        may_create: may(visit, "CreateResourceServer", json!({"UserPoolId": head.id, "Identifier": "new", "Name": "new"})).await,
        first: token.map(|_| format!("/console{path}")),
        next: next_page(&path, &[], listed.at("NextToken")),
        head,
    }))
}

/// What the form of a resource server asks.
#[derive(Default)]
struct Given {
    identifier: String,
    name: String,
    /// A scope a line: its name, a blank, and what it is for.
    scopes: String,
}

impl Given {
    fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.given(name).unwrap_or_default();
        Self { identifier: text("identifier"), name: text("name"), scopes: fields.text("scopes") }
    }

    fn stored(server: &Value) -> Self {
        let line = |scope: &Value| format!("{} {}", scope.text("ScopeName"), scope.text("ScopeDescription"));
        let scopes: Vec<String> = server.list("Scopes").iter().map(line).collect();
        Self { identifier: server.text("Identifier"), name: server.text("Name"), scopes: scopes.join("\n") }
    }

    fn input(&self, pool: &str) -> Value {
        let lines = self.scopes.lines().map(str::trim).filter(|line| !line.is_empty());
        let scope = |line: &str| {
            let (name, about) = line.split_once(char::is_whitespace).unwrap_or((line, line));
            json!({"ScopeName": name, "ScopeDescription": about.trim()})
        };
        json!({"UserPoolId": pool, "Identifier": self.identifier, "Name": self.name, "Scopes": lines.map(scope).collect::<Vec<_>>()})
    }
}

#[derive(Template)]
#[template(path = "console/pools/resource_server_new.html")]
struct NewPage {
    frame: Frame,
    head: Head,
    given: Given,
    may: May,
    error: Option<WireError>,
}

async fn asked(visit: &Visit, given: Given, error: Option<WireError>) -> Result<NewPage, WireError> {
    let head = Head::load(visit, "resource-servers").await?;
    let may = may(visit, "CreateResourceServer", json!({"UserPoolId": head.id, "Identifier": "new", "Name": "new"})).await;
    Ok(NewPage { frame: visit.frame(&head.name), head, given, may, error })
}

/// `GET /console/pools/{pool}/resource-servers/new`
async fn ask(visit: &Visit) -> Outcome {
    Ok(Reply::page(&asked(visit, Given::default(), None).await?))
}

/// `POST /console/pools/{pool}/resource-servers/new`
async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "CreateResourceServer", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(path_of(&pool, &given.identifier), "The resource server is made. App clients can have its scopes now.")),
        Err(error) => Ok(Reply::again(&asked(visit, given, Some(error.clone())).await?, &error)),
    }
}
