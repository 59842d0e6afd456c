//! A visit: somebody who is signed in, at a page. What they see and do comes from operations, called as them.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::fields::Fields;
use super::frame::Frame;
use super::reply::is_denial;
use super::session::Session;
use crate::audit::Counts;
use crate::context::{Act, App};
use crate::decisions::door::{Asker, Failure};
use crate::iam::caller::Caller;
use crate::iam::origin::Origin;
use crate::kit::clock::Timestamp;
use crate::kit::region::is_region;
use crate::wire::dispatch;
use crate::wire::fault::WireError;
use crate::wire::model::Service;
use crate::{decisions, insight};

/// A visit.
pub struct Visit {
    pub(super) app: Arc<App>,
    pub(super) request: HttpRequest,
    pub(super) session: Session,
    pub(super) origin: Origin,
    pub(super) notice: Option<String>,
    query: Fields,
}

/// What is not written as it is in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Whether a call would be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum May {
    /// It would.
    Yes,
    /// It would not, for this reason.
    No(String),
}

impl May {
    /// Whether it would be allowed.
    #[must_use]
    pub const fn yes(&self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Why not; empty where it would be.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Yes => "",
            Self::No(reason) => reason,
        }
    }
}

impl Visit {
    pub(super) fn new(app: Arc<App>, request: HttpRequest, session: Session, origin: Origin, notice: Option<String>) -> Self {
        let query = Fields::parse(request.query_string().as_bytes());
        Self { app, request, session, origin, notice, query }
    }

    /// Who is signed in.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.session.caller
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.app.now()
    }

    /// The address that clients reach the deployment by.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.app.public_url
    }

    /// The application: for what is no secret of anybody's, as the mode and the settings. What somebody owns is asked for by
    /// [`Visit::call`].
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// A segment of the path, decoded; empty where the row has none of that name.
    #[must_use]
    pub fn segment(&self, name: &str) -> String {
        let segment = self.request.match_info().query(name);
        percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
    }

    /// Whether a page is looked at, and no form sent.
    #[must_use]
    pub fn only_looks(&self) -> bool {
        self.request.method() == Method::GET
    }

    /// The query.
    #[must_use]
    pub const fn query(&self) -> &Fields {
        &self.query
    }

    /// The region that lists are of: the query's, or the deployment's own.
    #[must_use]
    pub fn region(&self) -> String {
        self.query.given("region").filter(|region| is_region(region)).unwrap_or_else(|| self.app.default_region.clone())
    }

    /// Calls an operation as whoever is signed in. The region is that of the pool or identity that the input names; else the
    /// page's own.
    ///
    /// # Errors
    /// [`WireError`]: what a client would be answered.
    pub async fn call(&self, service: Service, operation: &str, input: Value) -> Result<Value, WireError> {
        dispatch::call(&self.app, &self.act(&input), service, operation, input).await
    }

    /// Asks for a decision as whoever is signed in: the question as AuthZEN writes it.
    ///
    /// # Errors
    /// [`Failure`]: `passwright:Evaluate` is needed, and `passwright:EvaluateAs` on others.
    pub async fn ask(&self, question: Value) -> Result<Value, Failure> {
        decisions::evaluation::ask(&self.app, self.act(&question), question).await
    }

    /// A page of the account's events.
    ///
    /// # Errors
    /// [`Failure`]: `passwright:ListEvents` is needed.
    pub async fn events(&self, wanted: &insight::events::Wanted) -> Result<Value, Failure> {
        insight::events::list(&self.app, &self.asker(&Value::Null), wanted).await
    }

    /// How much goes on in a pool, by the hour.
    ///
    /// # Errors
    /// [`Failure`]: `passwright:GetActivity` on the pool is needed.
    pub async fn activity(&self, wanted: &insight::activity::Wanted) -> Result<Vec<(Timestamp, Counts)>, Failure> {
        insight::activity::of_pool(&self.app, &self.asker(&json!({"UserPoolId": wanted.user_pool_id})), wanted).await
    }

    /// Why lines of an import made no users.
    ///
    /// # Errors
    /// [`Failure`]: `cognito-idp:DescribeUserImportJob` on the pool is needed.
    pub async fn import_failures(&self, wanted: &insight::imports::Wanted) -> Result<Vec<(i64, String)>, Failure> {
        insight::imports::failures(&self.app, &self.asker(&json!({"UserPoolId": wanted.user_pool_id})), wanted).await
    }

    /// The keys that sign a pool's tokens.
    ///
    /// # Errors
    /// [`Failure`]: `passwright:ListSigningKeys` on the pool is needed.
    pub async fn signing_keys(&self, wanted: &insight::keys::Wanted) -> Result<Vec<insight::keys::Key>, Failure> {
        insight::keys::list(&self.app, &self.asker(&json!({"UserPoolId": wanted.user_pool_id})), wanted).await
    }

    /// Has a pool's next key sign from now on.
    ///
    /// # Errors
    /// [`Failure`]: `passwright:RotateSigningKey` on the pool is needed.
    pub async fn rotate_signing_key(&self, wanted: &insight::keys::Wanted) -> Result<(), Failure> {
        insight::keys::rotate(&self.app, &self.asker(&json!({"UserPoolId": wanted.user_pool_id})), wanted).await
    }

    /// Whether that would be allowed.
    pub async fn may_rotate_signing_key(&self, wanted: &insight::keys::Wanted) -> May {
        match insight::keys::may_rotate(&self.app, &self.asker(&json!({"UserPoolId": wanted.user_pool_id})), wanted).await {
            Err(Failure::Forbidden(reason)) => May::No(reason),
            Ok(()) | Err(_) => May::Yes,
        }
    }

    /// What the deployment is and runs with.
    ///
    /// # Errors
    /// [`Failure`]: `passwright:GetDeployment` is needed.
    pub async fn deployment(&self) -> Result<insight::deployment::Deployment, Failure> {
        insight::deployment::describe(&self.app, &self.asker(&Value::Null)).await
    }

    fn asker(&self, about: &Value) -> Asker {
        Asker::known(&self.app, self.act(about))
    }

    /// Whether such a call would be allowed: asked beforehand, so that what would be refused is shown as such.
    pub async fn may(&self, service: Service, operation: &str, input: Value) -> May {
        match dispatch::judge(&self.app, &self.act(&input), service, operation, input).await {
            Err(error) if is_denial(&error) => May::No(error.message),
            // What else would be wrong with it is for the call itself to say.
            Ok(()) | Err(_) => May::Yes,
        }
    }

    fn act(&self, input: &Value) -> Act {
        let region = region_of(input).unwrap_or_else(|| self.region());
        Act { caller: self.session.caller.clone(), region, origin: self.origin.clone() }
    }

    /// What stands around a page.
    #[must_use]
    pub fn frame(&self, title: &str) -> Frame {
        Frame::of(self, title)
    }

    /// The page's path, from the console's root on.
    #[must_use]
    pub fn path(&self) -> &str {
        let path = self.request.path();
        path.strip_prefix(super::ROOT).unwrap_or(path)
    }
}

/// A text as a segment of a path, or a value of a query.
#[must_use]
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The region of what an input names: ids begin with theirs.
fn region_of(input: &Value) -> Option<String> {
    let named = |member: &str, separator: char| {
        let (region, _) = input.get(member)?.as_str()?.split_once(separator)?;
        is_region(region).then(|| region.to_owned())
    };
    named("UserPoolId", '_').or_else(|| named("IdentityPoolId", ':')).or_else(|| named("IdentityId", ':'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_says_in_which_region_it_is_asked_about() {
        for (input, region) in [
            (json!({"UserPoolId": "eu-west-1_abc"}), Some("eu-west-1")),
            (json!({"IdentityPoolId": "us-west-2:1-2"}), Some("us-west-2")),
            (json!({"UserPoolId": "*_abc"}), None),
            (json!({"Name": "eu-west-1_abc"}), None),
        ] {
            assert_eq!(region_of(&input).as_deref(), region, "{input}");
        }
    }

    #[test]
    fn what_is_written_into_a_path_stays_one_segment() {
        assert_eq!(segment("a/b?c#d %\u{e4}"), "a%2Fb%3Fc%23d%20%25%C3%A4");
    }
}
