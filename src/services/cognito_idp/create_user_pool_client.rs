//! CreateUserPoolClient. What we don't honour yet is refused, never ignored.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client_answer::ClientAnswer;
use super::errors::{Error, refuse_unsupported};
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::clients::ClientOfPool;
use crate::store;
use crate::userpools::attributes::full_schema;
use crate::userpools::client::{Client, ClientConfiguration, TokenValidityUnits};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: String,
    client_name: String,
    #[serde(default)]
    generate_secret: bool,
    #[serde(default)]
    refresh_token_validity: i64,
    access_token_validity: Option<i64>,
    id_token_validity: Option<i64>,
    token_validity_units: Option<TokenValidityUnits>,
    read_attributes: Option<Vec<String>>,
    write_attributes: Option<Vec<String>>,
    explicit_auth_flows: Option<Vec<String>>,
    #[serde(default)]
    supported_identity_providers: Vec<String>,
    prevent_user_existence_errors: Option<String>,
    enable_token_revocation: Option<bool>,
    auth_session_validity: Option<i64>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_client: ClientAnswer,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    refuse_unsupported(&request.rest)?;
    let mut rng = cx.rng();
    let id = ids::client_id(&mut rng);
    let now = cx.now();
    let secret = request.generate_secret.then(|| ids::client_secret(&mut rng));
    let seal = |secret: crate::kit::secret::Secret| {
        cx.keys.at_rest.seal(&["user_pool_clients", &pool.id, &id], secret.expose_secret().as_bytes(), &mut cx.rng())
    };
    let client = Client {
        pool_id: pool.id.clone(),
        name: request.client_name.clone(),
        sealed_secret: secret.map(seal),
        configuration: configuration(&pool, request)?,
        id,
        created_at: now,
        modified_at: now,
    };
    cx.write(async |tx| store::user_pools::insert_client(tx, &client).await).await?;
    let of = ClientOfPool { pool, client: Arc::new(client) };
    Ok(Response { user_pool_client: ClientAnswer::of(cx, &of)? })
}

fn configuration(pool: &Pool, request: Request) -> Result<ClientConfiguration, Error> {
    if request.supported_identity_providers.iter().any(|provider| provider != "COGNITO") {
        return Err(Error::parameter("The provider does not exist for this user pool"));
    }
    let schema = full_schema(&pool.configuration.schema);
    let listed = request.read_attributes.iter().chain(&request.write_attributes).flatten();
    for name in listed {
        if !schema.iter().any(|attribute| attribute.name == *name) {
            return Err(Error::parameter(format!("Invalid read attributes specified while creating a client: {name}")));
        }
    }
    let flows = request.explicit_auth_flows.as_deref().unwrap_or_default();
    let legacy = flows.iter().filter(|flow| !flow.starts_with("ALLOW_")).count();
    if legacy > 0 && legacy < flows.len() {
        return Err(Error::parameter("Legacy and new ExplicitAuthFlows cannot be used together."));
    }
    if let Some(flow) = flows.iter().find(|flow| matches!(flow.as_str(), "ALLOW_USER_AUTH" | "CUSTOM_AUTH_FLOW_ONLY")) {
        return Err(Error::parameter(format!("{flow} is not supported")));
    }
    let configuration = ClientConfiguration {
        refresh_token_validity: request.refresh_token_validity,
        access_token_validity: request.access_token_validity,
        id_token_validity: request.id_token_validity,
        token_validity_units: request.token_validity_units,
        read_attributes: request.read_attributes,
        write_attributes: request.write_attributes,
        explicit_auth_flows: request.explicit_auth_flows,
        prevent_user_existence_errors: request.prevent_user_existence_errors,
        enable_token_revocation: request.enable_token_revocation.unwrap_or(true),
        auth_session_validity: request.auth_session_validity.unwrap_or(3),
    };
    let lifetimes = [configuration.access_token_lifetime(), configuration.id_token_lifetime(), configuration.refresh_token_lifetime()];
    match lifetimes.into_iter().find_map(Result::err) {
        Some(bad) => Err(Error::parameter(bad.to_string())),
        None => Ok(configuration),
    }
}
