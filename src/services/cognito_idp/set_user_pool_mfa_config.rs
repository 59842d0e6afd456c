//! SetUserPoolMfaConfig: TOTP. The other factors are refused until they are built.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use super::web_authn_settings;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::{MfaMode, Pool, PoolConfiguration, SoftwareToken};
use crate::userpools::web_authn::WebAuthnConfiguration;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    software_token_mfa_configuration: Option<SoftwareToken>,
    mfa_configuration: Option<MfaMode>,
    web_authn_configuration: Option<WebAuthnConfiguration>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    web_authn_configuration: Option<WebAuthnConfiguration>,
}

impl Response {
    /// Of a pool.
    pub fn of(configuration: &PoolConfiguration) -> Self {
        let software_token = configuration.software_token_mfa_configuration;
        Self {
            software_token_mfa_configuration: (software_token.enabled || configuration.mfa != MfaMode::Off).then_some(software_token),
            mfa_configuration: configuration.mfa,
            web_authn_configuration: configuration.web_authn_configuration.clone(),
        }
    }
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    refuse_unsupported(&request.rest)?;
    // Who asks for passkeys alone says nothing of the second factors.
    let web_authn = request.web_authn_configuration.as_ref();
    let is_of_passkeys = web_authn.is_some() && request.mfa_configuration.is_none() && request.software_token_mfa_configuration.is_none();
    let mfa = request.mfa_configuration.unwrap_or_default();
    let software_token_mfa_configuration = request.software_token_mfa_configuration.unwrap_or_default();
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
            let web_authn_configuration = web_authn_settings::after(now.web_authn_configuration.clone(), web_authn)?;
            let now = PoolConfiguration { web_authn_configuration, ..now };
            let configuration = if is_of_passkeys { now } else { PoolConfiguration { mfa, software_token_mfa_configuration, ..now } };
            store::user_pools::update(tx, &pool.id, &configuration, cx.now()).await?;
            Ok::<_, Error>(configuration)
        })
        .await?;
    Ok(Response::of(&configuration))
}
