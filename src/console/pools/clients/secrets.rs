//! The secrets of an app client: which there are, a second one, and what takes one away.

use askama::Template;
use serde_json::{Value, json};

use super::super::{Frame, Head, May, Moment, Outcome, Reply, Visit, call, confirmed, may, segment};
use super::Fields;
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

struct Secret {
    id: String,
    created: Option<Moment>,
}

#[derive(Template)]
#[template(path = "console/pools/client_secrets.html")]
struct SecretsPage {
    frame: Frame,
    head: Head,
    id: String,
    name: String,
    secrets: Vec<Secret>,
    may_add: May,
    may_delete: May,
    error: Option<WireError>,
}

async fn page(visit: &Visit, error: Option<WireError>) -> Result<SecretsPage, WireError> {
    let head = Head::load(visit, "clients").await?;
    let client = visit.segment("client");
    let about = json!({"UserPoolId": head.id, "ClientId": client});
    let listed = call(visit, "ListUserPoolClientSecrets", about.clone()).await?;
    let described = call(visit, "DescribeUserPoolClient", about.clone()).await;
    let secret = |secret: &Value| Secret {
        id: secret.text("ClientSecretId"),
        created: Moment::read(secret.at("ClientSecretCreateDate"), visit.now()),
    };
    let delete = json!({"UserPoolId": head.id, "ClientId": client, "ClientSecretId": "x"});
    Ok(SecretsPage {
        frame: visit.frame(&head.name),
        // Who may list secrets may not see the client's settings: its id says which it is.
        name: described.map_or_else(|_| client.clone(), |described| described.at("UserPoolClient").text("ClientName")),
        secrets: listed.list("ClientSecrets").iter().map(secret).collect(),
        may_add: may(visit, "AddUserPoolClientSecret", about).await,
        may_delete: may(visit, "DeleteUserPoolClientSecret", delete).await,
        id: client,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/clients/{client}/secrets`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&page(visit, None).await?))
}

#[derive(Template)]
#[template(path = "console/pools/client_secret_new.html")]
struct NewSecretPage {
    frame: Frame,
    head: Head,
    id: String,
    secret_id: String,
    secret: String,
}

/// `POST /console/pools/{pool}/clients/{client}/secrets`: the one page that shows the new secret.
pub async fn add(visit: &Visit, _: &Fields) -> Outcome {
    let (pool, client) = (visit.segment("pool"), visit.segment("client"));
    match call(visit, "AddUserPoolClientSecret", json!({"UserPoolId": pool, "ClientId": client})).await {
        Ok(answer) => {
            let head = Head::load(visit, "clients").await?;
            let made = answer.at("ClientSecretDescriptor");
            Ok(Reply::page(&NewSecretPage {
                frame: visit.frame(&head.name),
                head,
                id: client,
                secret_id: made.text("ClientSecretId"),
                secret: made.text("ClientSecretValue"),
            }))
        }
        Err(error) => Ok(Reply::again(&page(visit, Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/clients/{client}/secrets/delete`
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, client, secret) = (visit.segment("pool"), visit.segment("client"), fields.text("secret"));
    confirmed(fields, &secret)?;
    let input = json!({"UserPoolId": pool, "ClientId": client, "ClientSecretId": secret});
    match call(visit, "DeleteUserPoolClientSecret", input).await {
        Ok(_) => {
            let path = format!("/pools/{}/clients/{}/secrets", segment(&pool), segment(&client));
            Ok(Reply::done(path, "The secret is deleted. Whoever still uses it is refused."))
        }
        Err(error) => Ok(Reply::again(&page(visit, Some(error.clone())).await?, &error)),
    }
}
