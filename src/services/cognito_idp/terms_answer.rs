//! Terms as answers give them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::errors::Error;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::userpools::terms::{LinksRefused, Terms};

/// The only TermsSource and the only Enforcement that there are.
const SOURCE: &str = "LINK";
/// The same.
pub const ENFORCEMENT: &str = "NONE";

/// TermsType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TermsAnswer {
    terms_id: String,
    user_pool_id: UserPoolId,
    client_id: ClientId,
    terms_name: String,
    terms_source: &'static str,
    enforcement: &'static str,
    links: BTreeMap<String, String>,
    creation_date: Timestamp,
    last_modified_date: Timestamp,
}

/// The answer that is a document.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    terms: TermsAnswer,
}

impl From<Terms> for Response {
    fn from(terms: Terms) -> Self {
        let terms = TermsAnswer {
            terms_id: terms.id,
            user_pool_id: terms.pool_id,
            client_id: terms.client_id,
            terms_name: terms.name,
            terms_source: SOURCE,
            enforcement: ENFORCEMENT,
            links: terms.links,
            creation_date: terms.created_at,
            last_modified_date: terms.modified_at,
        };
        Self { terms }
    }
}

/// Refuses another source or enforcement than there is; the model lists them.
pub fn check_only(source: Option<&str>, enforcement: Option<&str>) -> Result<(), Error> {
    let fits = source.is_none_or(|source| source == SOURCE) && enforcement.is_none_or(|enforcement| enforcement == ENFORCEMENT);
    if fits { Ok(()) } else { Err(Error::parameter("TermsSource must be LINK, and Enforcement NONE.")) }
}

/// No document of this id, or none of this name.
pub fn no_such_terms() -> Error {
    Error::ResourceNotFound("Terms do not exist.".to_owned())
}

impl From<LinksRefused> for Error {
    fn from(refused: LinksRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}
