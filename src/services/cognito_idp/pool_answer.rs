//! A user pool as answers give it.

use serde::Serialize;

use crate::context::Context;
use crate::iam::arn::Arn;
use crate::kit::clock::Timestamp;
use crate::userpools::attributes::{SchemaAttribute, full_schema};
use crate::userpools::domain::{DomainKind, UserPoolDomain};
use crate::userpools::pool::{Pool, PoolConfiguration, SmsMfa, SoftwareToken};
use crate::userpools::session::SessionConfiguration;

/// UserPoolType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PoolAnswer {
    id: String,
    name: String,
    last_modified_date: Timestamp,
    creation_date: Timestamp,
    #[serde(flatten)]
    configuration: PoolConfiguration,
    schema_attributes: Vec<SchemaAttribute>,
    estimated_number_of_users: i64,
    arn: Arn,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_domain: Option<String>,
}

impl PoolAnswer {
    /// A pool with so many users.
    pub fn of(cx: &Context, pool: &Pool, estimated_number_of_users: i64) -> Self {
        // The schema is told whole, by another name, and the second factors and passkeys by GetUserPoolMfaConfig.
        let configuration = PoolConfiguration {
            schema: Vec::new(),
            software_token_mfa_configuration: SoftwareToken::default(),
            sms_mfa: SmsMfa::default(),
            email_mfa_configuration: None,
            // By GetUserPoolSessionConfiguration.
            session_configuration: SessionConfiguration::default(),
            web_authn_configuration: None,
            ..pool.configuration.clone()
        };
        Self {
            id: pool.id.to_string(),
            name: pool.name.clone(),
            last_modified_date: pool.modified_at,
            creation_date: pool.created_at,
            configuration,
            schema_attributes: full_schema(&pool.configuration.schema),
            estimated_number_of_users,
            arn: Arn::user_pool(&pool.region, &cx.account_id, &pool.id),
            domain: None,
            custom_domain: None,
        }
    }

    /// The same, with the domains that its users sign in at.
    pub fn at(mut self, domains: Vec<UserPoolDomain>) -> Self {
        for UserPoolDomain { domain, kind, .. } in domains {
            match kind {
                DomainKind::Prefix => self.domain = Some(domain),
                DomainKind::Custom { .. } => self.custom_domain = Some(domain),
            }
        }
        self
    }
}
