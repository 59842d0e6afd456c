//! What a browser was sent here for: the authorization request in its query, held to the client as it is now.

use std::collections::BTreeSet;

use actix_web::HttpResponse;

use super::give;
use super::visit::{Site, Trouble};
use crate::flows::clients::{self, AppClient};
use crate::kit::id::ClientId;
use crate::store::{StoreError, resource_servers};
use crate::userpools::authorization::{self, Authorization, NoReturn, Parameters, Return};
use crate::userpools::resource_server;

/// What a browser was sent here for.
pub struct Asked {
    /// The client, with its pool.
    pub app_client: AppClient,
    /// Where the answer goes.
    pub to: Return,
    /// What is asked for.
    pub authorization: Authorization,
}

/// Why there is nothing to go on with, as it is answered.
pub struct Unanswerable(pub HttpResponse);

impl Asked {
    /// Reads a request.
    ///
    /// # Errors
    /// [`Unanswerable`]: a page where it is not known that whoever asked is to be told (RFC 6749 §4.1.2.1), else what tells them.
    pub async fn read(site: &Site<'_>, parameters: &Parameters) -> Result<Self, Unanswerable> {
        let trouble = |trouble: Trouble| Unanswerable(site.trouble(trouble));
        let unreadable = |error: &StoreError| Unanswerable(site.failed(error));
        if parameters.has_nul() {
            return Err(trouble(Trouble::Request));
        }
        let client_id = ClientId::from(parameters.get("client_id").unwrap_or_default());
        let found = clients::find_in(site.app, &site.place.pool, &client_id).await.map_err(|error| unreadable(&error))?;
        let app_client = found.ok_or_else(|| trouble(Trouble::Client))?;
        let to = authorization::destination(parameters, &app_client.client).map_err(|refused| {
            trouble(match refused {
                NoReturn::NotAClient => Trouble::Client,
                NoReturn::NoRedirectUri | NoReturn::Repeated => Trouble::Request,
                NoReturn::UnknownRedirectUri => Trouble::Redirect,
            })
        })?;
        let pool_id = &app_client.pool.id;
        let servers = site.app.read(async |tx| resource_servers::all(tx, pool_id).await).await.map_err(|error| unreadable(&error))?;
        match authorization::request(parameters, &app_client.client, |scope| resource_server::exists(&servers, scope)) {
            Ok(authorization) => Ok(Self { app_client, to, authorization }),
            Err(refused) => Err(Unanswerable(give::unasked(site, &app_client, &to, refused.error, &refused.description))),
        }
    }
}

/// What a query says but for some of its parameters.
pub fn without(query: &str, names: &[&str]) -> String {
    let names: BTreeSet<&str> = names.iter().copied().collect();
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !names.contains(name.as_ref()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
}
