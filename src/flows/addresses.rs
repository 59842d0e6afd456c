//! Where a pool's endpoints and pages are, as others are told of it: below the deployment's address, and at the pool's domains.

use crate::context::App;
use crate::kit::id::UserPoolId;
use crate::store::{StoreError, domains};
use crate::userpools::domain::DomainKind;

/// What stands between a prefix and the deployment's host.
pub const BELOW: &str = ".auth.";

/// The address below the deployment's, with a slash at its end.
#[must_use]
pub fn below(app: &App, pool_id: &UserPoolId) -> String {
    format!("{}/{pool_id}/", app.public_url)
}

/// The address at a whole domain of a pool, with a slash at its end.
#[must_use]
pub fn at(app: &App, domain: &str) -> String {
    let public = &app.public_url;
    let (scheme, authority) = public.split_once("://").unwrap_or(("https", public));
    let port = authority.strip_prefix(public_host(app)).unwrap_or_default();
    format!("{scheme}://{domain}{port}/")
}

/// All addresses of a pool.
///
/// # Errors
/// [`StoreError`].
pub async fn all(app: &App, pool_id: &UserPoolId) -> Result<Vec<String>, StoreError> {
    let domains = app.read(async |tx| domains::of_pool(tx, pool_id).await).await?;
    let whole = |name: String, kind: &DomainKind| match kind {
        DomainKind::Prefix => format!("{name}{BELOW}{}", parent(app)),
        DomainKind::Custom { .. } => name,
    };
    let at_domains = domains.into_iter().map(|domain| at(app, &whole(domain.domain, &domain.kind)));
    Ok([below(app, pool_id)].into_iter().chain(at_domains).collect())
}

/// What the names of prefixes end in.
#[must_use]
pub fn parent(app: &App) -> &str {
    // Where the deployment has no name, `localhost` is its own machine's (RFC 6761 §6.3).
    let public = public_host(app);
    if public.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()) { "localhost" } else { public }
}

/// The deployment's host.
#[must_use]
pub fn public_host(app: &App) -> &str {
    let authority = app.public_url.split_once("://").map_or("", |(_, rest)| rest);
    without_port(authority.split('/').next().unwrap_or_default())
}

/// The host of an authority.
#[must_use]
pub fn without_port(authority: &str) -> &str {
    authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(authority, |(host, _)| host)
}
