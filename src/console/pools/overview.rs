//! A pool's first page: what clients need to know of it, and code that uses it.

use askama::Template;
use serde_json::{Value, json};

use super::snippets::{self, Snippet};
use super::{Frame, Head, Moment, Outcome, PAGE, Reply, Visit, call, commands};
use crate::kit::json::Members as _;

#[derive(Template)]
#[template(path = "console/pools/overview.html")]
struct OverviewPage {
    frame: Frame,
    head: Head,
    facts: Option<Facts>,
    issuer: String,
    jwks: String,
    clients: Vec<Choice>,
    /// The client that the code is for.
    client: String,
    snippets: Vec<Snippet>,
    commands: Vec<Command>,
}

/// A call, and the id of the element that it stands in.
struct Command {
    id: String,
    text: String,
}

struct Facts {
    arn: String,
    names: String,
    sign_up: &'static str,
    mfa: &'static str,
    users: String,
    protected: bool,
    created: Option<Moment>,
}

struct Choice {
    id: String,
    name: String,
}

impl Facts {
    fn read(visit: &Visit, described: &Value) -> Option<Self> {
        described.as_object()?;
        let (aliases, names) = (described.texts("AliasAttributes"), described.texts("UsernameAttributes"));
        let names = match (aliases.is_empty(), names.is_empty()) {
            (true, true) => "username".to_owned(),
            (_, false) => names.join(" or "),
            (false, true) => format!("username, or a verified {}", aliases.join(" or ")),
        };
        let admins_only = described.at("AdminCreateUserConfig").at("AllowAdminCreateUserOnly") == true;
        let users = described.at("EstimatedNumberOfUsers").as_i64().unwrap_or_default();
        Some(Self {
            arn: described.text("Arn"),
            names: names.replace('_', " "),
            sign_up: if admins_only { "by administrators only" } else { "by anybody" },
            mfa: match described.at("MfaConfiguration").as_str() {
                Some("ON") => "asked of everyone",
                Some("OPTIONAL") => "asked of those who set one up",
                _ => "off",
            },
            // The estimate counts so far.
            users: if users >= 10_000 { "10,000 or more".to_owned() } else { users.to_string() },
            protected: described.at("DeletionProtection") == "ACTIVE",
            created: Moment::read(described.at("CreationDate"), visit.now()),
        })
    }
}

/// `GET /console/pools/{pool}`
pub async fn show(visit: &Visit) -> Outcome {
    let head = Head::load(visit, "").await?;
    // Who may not see the clients sees the rest.
    let listed = call(visit, "ListUserPoolClients", json!({"UserPoolId": head.id, "MaxResults": PAGE})).await.unwrap_or_default();
    let clients: Vec<Choice> = listed
        .list("UserPoolClients")
        .iter()
        .map(|client| Choice { id: client.text("ClientId"), name: client.text("ClientName") })
        .collect();
    let chosen = visit.query().given("client").or_else(|| clients.first().map(|client| client.id.clone()));
    let described = match &chosen {
        Some(client) => call(visit, "DescribeUserPoolClient", json!({"UserPoolId": head.id, "ClientId": client})).await.ok(),
        None => None,
    };
    let described = described.map(|answer| answer.at("UserPoolClient").clone());
    let facts = Facts::read(visit, &head.described);
    let mut made = Vec::new();
    if facts.is_some() {
        made.push(commands::create_pool(visit, head.region(), &head.described));
    }
    made.extend(described.iter().map(|client| commands::create_client(visit, head.region(), client)));
    let command = |(number, text)| Command { id: format!("cli-{number}"), text };
    let issuer = visit.app().issuer(&head.id.as_str().into());
    Ok(Reply::page(&OverviewPage {
        frame: visit.frame(&head.name),
        jwks: format!("{issuer}/.well-known/jwks.json"),
        issuer,
        facts,
        client: described.as_ref().map(|client| client.text("ClientId")).unwrap_or_default(),
        snippets: described.map(|client| snippets::of(visit, &head, &client)).unwrap_or_default(),
        commands: made.into_iter().enumerate().map(command).collect(),
        clients,
        head,
    }))
}
