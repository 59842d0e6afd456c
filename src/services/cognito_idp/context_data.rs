//! ContextData and UserContextData: what a backend knows of the user whom it signs in, of which risk rules read the address.

use std::net::IpAddr;

use serde::Deserialize;

use crate::context::Context;
use crate::flows::clients::AppClient;

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

/// UserContextDataType. EncodedData is what AWS's own library collects, in a form of its own.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserContextData {
    ip_address: Option<String>,
}

/// The user's address: the request's, or the one that a backend gives, where its client is set to
/// (EnablePropagateAdditionalUserContextData).
///
/// SECURITY: such clients have a secret, which is proven before anything that goes by the address is told, but for whether it is
/// blocked. An address that is none is not heard, so that nobody passes the blocked ones by it.
pub fn users_address(cx: &Context, app_client: &AppClient, context: Option<&UserContextData>) -> Option<IpAddr> {
    let is_heard = app_client.client.configuration.enable_propagate_additional_user_context_data && !app_client.client.secrets.is_empty();
    let given = context.filter(|_| is_heard).and_then(|context| context.ip_address.as_deref());
    given.and_then(|address| address.trim().parse().ok()).or(cx.origin.source_ip)
}
