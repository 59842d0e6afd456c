//! Where a pool's endpoints and pages are: below the deployment's address by the pool's id, or at a domain of the pool.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, HttpRequest};

use crate::authz;
use crate::context::App;
use crate::flows::addresses::{self, BELOW, public_host, without_port};
use crate::kit::causes::Causes;
use crate::store::{StoreError, domains};
use crate::userpools::domain::DomainKind;
use crate::userpools::pool::Pool;

/// What the paths at a domain begin with: requests that begin otherwise are nobody's look-up, whatever their host is called.
const AT_DOMAIN: [&str; 14] = [
    ".well-known",
    "challenge",
    "confirm",
    "consent",
    "device",
    "forgotPassword",
    "login",
    "logout",
    "mfa",
    "oauth2",
    "resetPassword",
    "saml2",
    "signup",
    "style.css",
];

/// A request came to a domain of its pool, this one.
#[derive(Clone)]
struct AtDomain(String);

/// Where a request came to.
pub struct Place {
    /// The pool.
    pub pool: Arc<Pool>,
    /// A domain of the pool.
    domain: Option<String>,
}

impl Place {
    /// The place that the first segment of a path names; `None` where there is no such pool.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(app: &App, request: &HttpRequest) -> Result<Option<Self>, StoreError> {
        // No id has a NUL, which PostgreSQL cannot be asked for.
        let Some(pool_id) = request.match_info().get("pool").filter(|id| id.len() <= 64 && !id.contains('\0')) else { return Ok(None) };
        let pool = app.pool(&pool_id.into()).await?;
        let domain = request.extensions().get::<AtDomain>().map(|at| at.0.clone());
        Ok(pool.map(|pool| Self { pool, domain }))
    }

    /// The path of a page or an endpoint here.
    #[must_use]
    pub fn path(&self, page: &str) -> String {
        match self.domain {
            Some(_) => format!("/{page}"),
            None => format!("/{}/{page}", self.pool.id),
        }
    }

    /// The address of a page or an endpoint here, as others are told of it: where the browser keeps our cookies.
    #[must_use]
    pub fn url(&self, app: &App, page: &str) -> String {
        match &self.domain {
            None => format!("{}{page}", addresses::below(app, &self.pool.id)),
            Some(domain) => format!("{}{page}", addresses::at(app, domain)),
        }
    }
}

/// Has a request to a domain of a pool find the pool's endpoints and pages, which are below its id.
///
/// SECURITY: the host chooses among the domains that pools have, and nothing else goes by it: an address that is made of it is made of
/// one of these.
///
/// # Errors
/// Those of what it wraps.
pub async fn at_domain(
    app: Data<App>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if is_at_domain(request.path())
        && let Some(name) = foreign_host(&app, request.request())
    {
        match find(&app, &name).await {
            Ok(Some(pool_id)) => below(&mut request, &pool_id, name),
            Ok(None) => {}
            Err(error) => tracing::error!(error = %Causes(&error), "a domain could not be looked up"),
        }
    }
    next.call(request).await
}

fn is_at_domain(path: &str) -> bool {
    let first = path.strip_prefix('/').and_then(|path| path.split('/').next());
    first.is_some_and(|first| AT_DOMAIN.binary_search(&first).is_ok())
}

/// The host of a request, where it is another than the deployment's.
fn foreign_host(app: &App, request: &HttpRequest) -> Option<String> {
    let host = authz::host(request)?.to_ascii_lowercase();
    let name = without_port(&host);
    // No domain is an address, and `localhost` is none.
    let is_name = name.contains('.') && name.len() <= 253 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    (is_name && name.parse::<std::net::IpAddr>().is_err() && name != public_host(app)).then(|| name.to_owned())
}

async fn find(app: &App, name: &str) -> Result<Option<String>, StoreError> {
    let (domain, is_prefix) = match name.strip_suffix(addresses::parent(app)).and_then(|rest| rest.strip_suffix(BELOW)) {
        Some(prefix) => (prefix, true),
        None => (name, false),
    };
    let found = app.read(async |tx| domains::find(tx, domain).await).await?;
    Ok(found.filter(|found| (found.kind == DomainKind::Prefix) == is_prefix).map(|found| found.pool_id.to_string()))
}

/// Has the request's path begin with the pool's id.
fn below(request: &mut ServiceRequest, pool_id: &str, domain: String) {
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let Ok(path) = format!("/{pool_id}{path}").parse::<PathAndQuery>() else { return };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(path);
    let Ok(uri) = Uri::from_parts(parts) else { return };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
    request.extensions_mut().insert(AtDomain(domain));
}
