//! What the settings of an app client are held to, whichever operation gives them.

use super::errors::Error;
use crate::userpools::attributes::full_schema;
use crate::userpools::client::ClientConfiguration;
use crate::userpools::pool::Pool;

/// Holds the settings of a client to what its pool has, and to what we honour.
pub fn check(pool: &Pool, configuration: &ClientConfiguration) -> Result<(), Error> {
    if configuration.supported_identity_providers.iter().any(|provider| provider != "COGNITO") {
        return Err(Error::parameter("The provider does not exist for this user pool"));
    }
    let schema = full_schema(&pool.configuration.schema);
    let listed = configuration.read_attributes.iter().chain(&configuration.write_attributes).flatten();
    for name in listed {
        if !schema.iter().any(|attribute| attribute.name == *name) {
            return Err(Error::parameter(format!("Invalid read attributes specified while creating a client: {name}")));
        }
    }
    let flows = configuration.explicit_auth_flows.as_deref().unwrap_or_default();
    let legacy = flows.iter().filter(|flow| !flow.starts_with("ALLOW_")).count();
    if legacy > 0 && legacy < flows.len() {
        return Err(Error::parameter("Legacy and new ExplicitAuthFlows cannot be used together."));
    }
    if let Some(flow) = flows.iter().find(|flow| flow.as_str() == "CUSTOM_AUTH_FLOW_ONLY") {
        return Err(Error::parameter(format!("{flow} is not supported")));
    }
    let lifetimes = [configuration.access_token_lifetime(), configuration.id_token_lifetime(), configuration.refresh_token_lifetime()];
    lifetimes.into_iter().find_map(Result::err).map_or(Ok(()), |bad| Err(Error::parameter(bad.to_string())))
}
