//! SetUserPoolMfaConfig: what follows the password. What is left out is none of the pool's factors.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use super::sms_role::{self, Found};
use super::web_authn_settings;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;
use crate::userpools::pool::{EmailMfaConfiguration, MfaMode, PoolConfiguration, SmsConfiguration, SmsMfa, SoftwareToken};
use crate::userpools::web_authn::WebAuthnConfiguration;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    software_token_mfa_configuration: Option<SoftwareToken>,
    sms_mfa_configuration: Option<SmsMfaRequest>,
    email_mfa_configuration: Option<EmailMfaConfiguration>,
    mfa_configuration: Option<MfaMode>,
    web_authn_configuration: Option<WebAuthnConfiguration>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Asks for Request {
    type Found = Found;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Found>, Fault> {
        sms_role::resolve(cx, &self.user_pool_id, self.sms_configuration(), &[]).await
    }
}

impl Request {
    fn sms_configuration(&self) -> Option<&SmsConfiguration> {
        self.sms_mfa_configuration.as_ref().and_then(|sms| sms.sms_configuration.as_ref())
    }

    /// Who asks for passkeys alone says nothing of what follows the password.
    const fn is_of_passkeys(&self) -> bool {
        let says_more = self.mfa_configuration.is_some()
            || self.software_token_mfa_configuration.is_some()
            || self.sms_mfa_configuration.is_some()
            || self.email_mfa_configuration.is_some();
        self.web_authn_configuration.is_some() && !says_more
    }
}

/// How codes go by text message.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SmsMfaRequest {
    sms_authentication_message: Option<String>,
    sms_configuration: Option<SmsConfiguration>,
}

/// The pool's factors.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(skip_serializing_if = "Option::is_none")]
    sms_mfa_configuration: Option<SmsMfaAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    software_token_mfa_configuration: Option<SoftwareToken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_mfa_configuration: Option<EmailMfaConfiguration>,
    mfa_configuration: MfaMode,
    #[serde(skip_serializing_if = "Option::is_none")]
    web_authn_configuration: Option<WebAuthnConfiguration>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SmsMfaAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    sms_authentication_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sms_configuration: Option<SmsConfiguration>,
}

impl Response {
    /// Of a pool.
    pub fn of(configuration: &PoolConfiguration) -> Self {
        let software_token = configuration.software_token_mfa_configuration;
        let sms = SmsMfaAnswer {
            sms_authentication_message: configuration.sms_authentication_message.clone(),
            sms_configuration: configuration.sms_configuration.clone(),
        };
        Self {
            sms_mfa_configuration: configuration.sms_mfa.enabled.then_some(sms),
            software_token_mfa_configuration: (software_token.enabled || configuration.mfa != MfaMode::Off).then_some(software_token),
            email_mfa_configuration: configuration.email_mfa_configuration.clone(),
            mfa_configuration: configuration.mfa,
            web_authn_configuration: configuration.web_authn_configuration.clone(),
        }
    }
}

pub async fn handle(cx: &Context, found: Found, request: Request) -> Result<Response, Error> {
    refuse_unsupported(&request.rest)?;
    let Found { pool, role } = found;
    if let Some(sms) = request.sms_configuration() {
        sms.check(&pool.region).map_err(|refused| Error::parameter(refused.to_string()))?;
    }
    let configuration = cx
        .write(async |tx| {
            let now = store::user_pools::find(tx, &pool.id).await?;
            let now = now.ok_or_else(|| NoSuchPool(pool.id.clone()))?.configuration;
            let configuration = sms_role::given(applied(&request, now)?, role.as_deref());
            store::user_pools::update(tx, &pool.id, &configuration, cx.now()).await?;
            Ok::<_, Error>(configuration)
        })
        .await?;
    Ok(Response::of(&configuration))
}

/// The pool's configuration with the factors that are asked for.
fn applied(request: &Request, now: PoolConfiguration) -> Result<PoolConfiguration, Error> {
    let web_authn_configuration = web_authn_settings::after(now.web_authn_configuration.clone(), request.web_authn_configuration.as_ref())?;
    let now = PoolConfiguration { web_authn_configuration, ..now };
    if request.is_of_passkeys() {
        return Ok(now);
    }
    let message = request.sms_mfa_configuration.as_ref().and_then(|sms| sms.sms_authentication_message.clone());
    let configuration = PoolConfiguration {
        sms_configuration: request.sms_configuration().cloned().or_else(|| now.sms_configuration.clone()),
        mfa: request.mfa_configuration.unwrap_or_default(),
        software_token_mfa_configuration: request.software_token_mfa_configuration.unwrap_or_default(),
        sms_mfa: SmsMfa { enabled: request.sms_mfa_configuration.is_some() },
        email_mfa_configuration: request.email_mfa_configuration.clone(),
        sms_authentication_message: message.or_else(|| now.sms_authentication_message.clone()),
        ..now
    };
    configuration.check_second_factors().and_then(|()| configuration.check_first_factors()).map_err(Error::from)?;
    Ok(configuration)
}
