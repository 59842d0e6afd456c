//! ListUserPoolClients, paged by id.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;
use crate::userpools::client::Client;
use crate::userpools::pool::Pool;
use crate::userpools::registration::ClientType;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    max_results: Option<i64>,
    next_token: Option<String>,
    client_type: Option<ClientType>,
}

asks_about_pool_in_any_region!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_clients: Vec<Described>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    client_id: ClientId,
    user_pool_id: UserPoolId,
    client_name: String,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    // A page's token goes with the filter that it was made with.
    let kind = request.client_type;
    let place = ["ListUserPoolClients", pool.id.as_str(), kind.map_or("", ClientType::as_str)];
    let asked = Asked::of(request.next_token.as_deref(), request.max_results);
    let after = asked.after(cx, &place)?;
    let clients = cx
        .read(async |tx| match kind {
            None => store::user_pools::list_clients(tx, &pool.id, &after, asked.read()).await,
            Some(kind) => store::user_pools::list_clients_of(tx, &pool.id, kind, &after, asked.read()).await,
        })
        .await?;
    let (clients, next_token) = asked.cut(cx, &place, clients, |client| client.id.to_string())?;
    let described = |client: Client| Described { client_id: client.id, user_pool_id: client.pool_id, client_name: client.name };
    Ok(Response { user_pool_clients: clients.into_iter().map(described).collect(), next_token })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn pages_show_each_client_once_and_no_secret() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let mut expected = vec![pool.client_id.to_string()];
        for name in ["a", "b", "c"] {
            let created = pool.admin("CreateUserPoolClient", json!({"ClientName": name, "GenerateSecret": true})).await.ok();
            expected.push(created["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned());
        }
        expected.sort();
        app.pool().await;
        for limit in 1..=5 {
            let (mut found, mut input) = (Vec::new(), json!({"MaxResults": limit}));
            loop {
                let answer = pool.admin("ListUserPoolClients", input.clone()).await.ok();
                let page = answer["UserPoolClients"].as_array().unwrap();
                assert!(page.len() <= limit);
                for client in page {
                    assert_eq!(client.as_object().unwrap().keys().collect::<Vec<_>>(), ["ClientId", "ClientName", "UserPoolId"]);
                    found.push(client["ClientId"].as_str().unwrap().to_owned());
                }
                let Value::String(token) = &answer["NextToken"] else { break };
                input["NextToken"] = json!(token);
            }
            found.sort();
            assert_eq!(found, expected, "pages of {limit}");
        }
        for (kind, count) in [("REGULAR", 4), ("DCR", 0)] {
            let listed = pool.admin("ListUserPoolClients", json!({"ClientType": kind})).await.ok();
            assert_eq!(listed["UserPoolClients"].as_array().unwrap().len(), count, "{kind}");
        }
    }
}
