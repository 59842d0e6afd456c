//! SetUserPoolMfaConfig: TOTP. The other factors are refused until they are built.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::{MfaMode, Pool, PoolConfiguration, SoftwareToken};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    #[serde(default)]
    software_token_mfa_configuration: SoftwareToken,
    #[serde(default)]
    mfa_configuration: MfaMode,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

asks_about_pool!(Request);

/// The pool's factors.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(skip_serializing_if = "Option::is_none")]
    software_token_mfa_configuration: Option<SoftwareToken>,
    mfa_configuration: MfaMode,
}

impl Response {
    /// Of a pool.
    pub fn of(configuration: &PoolConfiguration) -> Self {
        let software_token = configuration.software_token_mfa_configuration;
        Self {
            software_token_mfa_configuration: (software_token.enabled || configuration.mfa != MfaMode::Off).then_some(software_token),
            mfa_configuration: configuration.mfa,
        }
    }
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    refuse_unsupported(&request.rest)?;
    let (mfa, software_token_mfa_configuration) = (request.mfa_configuration, request.software_token_mfa_configuration);
    let software_token = software_token_mfa_configuration.enabled;
    if mfa != MfaMode::Off && !software_token {
        return Err(Error::parameter("Invalid MFA configuration given, can't turn on MFA without configuring an MFA option"));
    }
    if mfa == MfaMode::Off && software_token {
        return Err(Error::parameter("Invalid MFA configuration given, can't disable MFA and configure an MFA together."));
    }
    let configuration = cx
        .write(async |tx| {
            let now = store::user_pools::find(tx, &pool.id).await?;
            let now = now.ok_or_else(|| NoSuchPool(pool.id.clone()))?.configuration;
            let configuration = PoolConfiguration { mfa, software_token_mfa_configuration, ..now };
            store::user_pools::update(tx, &pool.id, &configuration, cx.now()).await?;
            Ok::<_, Error>(configuration)
        })
        .await?;
    Ok(Response::of(&configuration))
}
