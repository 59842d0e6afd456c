//! ContextData: what a backend knows of the user whom it signs in, of which risk rules read the address.

use std::net::IpAddr;

use serde::Deserialize;

/// ContextDataType.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContextData {
    ip_address: String,
}

/// The user's address: the backend's own says nothing of the user.
pub fn address(context: Option<&ContextData>) -> Option<IpAddr> {
    context.and_then(|context| context.ip_address.trim().parse().ok())
}
