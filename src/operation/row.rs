//! The rows of the services' tables: each kind resolves and judges what is its own before its handler runs.

use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::limit::{self, Payer};
use super::own::Trail;
use super::{Asks, Fault, own, region};
use crate::budgets::{Guess, PerAddress};
use crate::context::Context;
use crate::flows::access::{self, AccessRefused, Holder};
use crate::flows::clients::{self, AppClient, NoSuchClient, SecretRefused};
use crate::iam::caller::Caller;
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: the request itself carries what it is judged by, and this is what.
    Public(&'static str),
    /// Whoever knows the app client, and its secret if it has one.
    Client,
    /// The holder of an access token.
    Bearer,
    /// Who signs, and is allowed what the request asks.
    Signed,
    /// Whoever knows the app client and its secret; or who signs, and is allowed what the request asks.
    ClientOrSigned,
    /// Who signs, whatever their policies say, for this reason.
    Unjudged(&'static str),
}

/// An operation, its types erased.
pub struct Operation {
    /// As AWS names it.
    pub name: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What a call spends of its client address's.
    pub budget: Option<PerAddress>,
    run: Box<Run>,
    /// What is asked before it runs; nothing where no policies are asked.
    judge: Option<Box<Judge>>,
    #[cfg(test)]
    unread: fn(Value) -> Result<Vec<String>, serde_json::Error>,
}

/// A call's judgement alone.
type Judge = dyn for<'a> Fn(&'a Context, &'a str, Value) -> LocalBoxFuture<'a, Result<(), Fault>> + Send + Sync;

/// A call: its context, the operation's own IAM action, and an input that the model accepts.
type Run = dyn for<'a> Fn(&'a Context, &'a str, Value) -> LocalBoxFuture<'a, Result<Value, Fault>> + Send + Sync;

impl Operation {
    #[cfg_attr(not(test), expect(clippy::extra_unused_type_parameters, reason = "tests ask the type what it reads"))]
    fn new<Request: DeserializeOwned>(name: &'static str, access: Access, run: Box<Run>) -> Self {
        Self {
            name,
            access,
            budget: None,
            run,
            judge: None,
            #[cfg(test)]
            unread: unread::<Request>,
        }
    }

    /// The same operation, each call of which spends of its client address's budget.
    #[must_use]
    pub fn within(self, budget: PerAddress) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// Resolves, judges and runs a call of the operation. `action` is its name in IAM: `iam:GetUser`.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn run(&self, cx: &Context, action: &str, input: Value) -> Result<Value, Fault> {
        let address = cx.origin.source_ip;
        match self.budget {
            None => self.run_there(cx, action, input).await,
            Some(PerAddress::RefusedSignIns) => {
                let client_id = input.get("ClientId").and_then(Value::as_str).map(ClientId::from);
                let judge = async |fault: &Fault| guess_of(cx, fault, client_id.as_ref()).await;
                let outcome = cx.budgets.guess(address, cx.now(), self.run_there(cx, action, input), judge).await;
                outcome.unwrap_or_else(|| Err(Fault::too_many_requests()))
            }
            Some(budget) if cx.budgets.spend(budget, address, cx.now()) => self.run_there(cx, action, input).await,
            Some(_) => Err(Fault::too_many_requests()),
        }
    }

    /// Runs a call where the region that it goes to does what it asks.
    async fn run_there(&self, cx: &Context, action: &str, input: Value) -> Result<Value, Fault> {
        region::check(cx, self.name, &input).await?;
        (self.run)(cx, action, input).await
    }

    /// Judges a call of the operation and does not run it: whether its caller is allowed what it asks.
    ///
    /// # Errors
    /// [`Fault`]: why it would be refused. What is not there is told to those who may ask about it, as a call would.
    pub async fn judge(&self, cx: &Context, action: &str, input: Value) -> Result<(), Fault> {
        match &self.judge {
            Some(judge) => judge(cx, action, input).await,
            None => Ok(()),
        }
    }

    /// The members of an input that the operation's request type does not read.
    #[cfg(test)]
    pub(crate) fn unread(&self, input: Value) -> Result<Vec<String>, serde_json::Error> {
        (self.unread)(input)
    }
}

/// What a refused call may have guessed at.
async fn guess_of(cx: &Context, fault: &Fault, client_id: Option<&ClientId>) -> Guess {
    let Some(client_id) = client_id.filter(|_| fault.is_refused_sign_in()) else {
        return if fault.is_refused_sign_in() { Guess::Somewhere } else { Guess::No };
    };
    match clients::find(cx, client_id).await {
        Ok(Some(client)) => Guess::At(client.pool.id.clone()),
        _ => Guess::Somewhere,
    }
}

/// A request that names an app client.
pub trait OfClient {
    /// The client's id.
    fn client_id(&self) -> &ClientId;

    /// What proves that the caller knows the client's secret.
    fn proof(&self) -> Proof<'_>;
}

/// What proves that a caller knows an app client's secret.
pub enum Proof<'a> {
    /// SECRET_HASH over this username.
    SecretHash {
        /// The username.
        username: &'a str,
        /// The hash, if one was sent.
        hash: Option<&'a str>,
    },
    /// The client's secret itself, if one was sent.
    Secret(Option<&'a Secret>),
    /// The hash is over a name that only the flow knows (a refresh token's user), and so the flow checks it.
    InFlow,
}

/// A request that carries an access token.
pub trait OfHolder {
    /// The access token, if there is one.
    fn access_token(&self) -> Option<&str>;
}

/// An operation that anybody may call; `carries` says what the request itself is judged by.
pub fn public<Request, Response, Failure, Handler>(name: &'static str, carries: &'static str, handler: Handler) -> Operation
where
    Request: DeserializeOwned,
    Response: Serialize,
    Failure: Into<Fault>,
    Handler: AsyncFn(&Context, Request) -> Result<Response, Failure> + Copy + Send + Sync + 'static,
{
    plain(name, Access::Public(carries), handler)
}

/// An operation of an app client: the client is found, and its secret proven.
pub fn client<Request, Response, Failure, Handler>(name: &'static str, handler: Handler) -> Operation
where
    Request: DeserializeOwned + OfClient,
    Response: Serialize,
    Failure: From<NoSuchClient> + From<SecretRefused> + Into<Fault>,
    Handler: AsyncFn(&Context, AppClient, Request) -> Result<Response, Failure> + Copy + Send + Sync + 'static,
{
    let run: Box<Run> = Box::new(move |cx, action, input| {
        Box::pin(async move {
            let about = own::about(action, &input);
            let request: Request = read(input)?;
            let found = clients::find(cx, request.client_id()).await?;
            let client = found.ok_or_else(|| named::<_, Failure>(NoSuchClient(request.client_id().clone())))?;
            limit::spend(cx, action, Payer::of(&client.pool)).await?;
            prove(cx, &client, request.proof()).map_err(named::<_, Failure>)?;
            let trail = about.map(|about| Trail::of_client(&client, &about));
            ended(cx, action, trail, write(handler(cx, client, request).await))
        })
    });
    Operation::new::<Request>(name, Access::Client, run)
}

/// Checks what a request proves the client's secret by.
fn prove(cx: &Context, client: &AppClient, proof: Proof<'_>) -> Result<(), SecretRefused> {
    match proof {
        Proof::SecretHash { username, hash } => client.check_secret_hash(cx, &[username], hash),
        Proof::Secret(secret) => client.check_secret(cx, secret),
        Proof::InFlow => Ok(()),
    }
}

/// An operation of an app client, that whoever signs may call in its stead: who signs, and brings no secret for a client that
/// has one, is judged as for any signed operation.
pub fn client_or_signed<Request, Response, Failure, Handler>(name: &'static str, handler: Handler) -> Operation
where
    Request: DeserializeOwned + OfClient + Asks<Found = AppClient>,
    Response: Serialize,
    Failure: From<NoSuchClient> + From<SecretRefused> + Into<Fault>,
    Handler: AsyncFn(&Context, AppClient, Request) -> Result<Response, Failure> + Copy + Send + Sync + 'static,
{
    let run: Box<Run> = Box::new(move |cx, action, input| {
        Box::pin(async move {
            let request: Request = read(input)?;
            let found = clients::find(cx, request.client_id()).await?;
            let brings_none = matches!(request.proof(), Proof::Secret(None));
            let has_secret = found.as_ref().is_none_or(|client| !client.client.secrets.is_empty());
            let client = if has_secret && brings_none && !matches!(cx.caller, Caller::Anonymous) {
                permitted(cx, action, &request).await?
            } else {
                let client = found.ok_or_else(|| named::<_, Failure>(NoSuchClient(request.client_id().clone())))?;
                prove(cx, &client, request.proof()).map_err(named::<_, Failure>)?;
                client
            };
            limit::spend(cx, action, Payer::of(&client.pool)).await?;
            write(handler(cx, client, request).await)
        })
    });
    let judge: Box<Judge> =
        Box::new(|cx, action, input| Box::pin(async move { permitted(cx, action, &read::<Request>(input)?).await.map(drop) }));
    Operation { judge: Some(judge), ..Operation::new::<Request>(name, Access::ClientOrSigned, run) }
}

/// An operation of the holder of an access token.
pub fn bearer<Request, Response, Failure, Handler>(name: &'static str, handler: Handler) -> Operation
where
    Request: DeserializeOwned + OfHolder,
    Response: Serialize,
    Failure: From<AccessRefused> + Into<Fault>,
    Handler: AsyncFn(&Context, Holder, Request) -> Result<Response, Failure> + Copy + Send + Sync + 'static,
{
    let run: Box<Run> = Box::new(move |cx, action, input| {
        Box::pin(async move {
            let request: Request = read(input)?;
            // The model demands the token; without one there is no holder.
            let holder = access::holder(cx, request.access_token().unwrap_or_default()).await.map_err(named::<_, Failure>)?;
            limit::spend(cx, action, Payer::of(&holder.pool)).await?;
            let trail = Trail::of_holder(action, &holder);
            ended(cx, action, trail, write(handler(cx, holder, request).await))
        })
    });
    Operation::new::<Request>(name, Access::Bearer, run)
}

/// An operation of the holder of an access token, or of whoever is in the midst of a sign-in: without a token the handler
/// gets no holder, and judges the session that the request carries in its place.
pub fn bearer_or_session<Request, Response, Failure, Handler>(name: &'static str, handler: Handler) -> Operation
where
    Request: DeserializeOwned + OfHolder,
    Response: Serialize,
    Failure: From<AccessRefused> + Into<Fault>,
    Handler: AsyncFn(&Context, Option<Holder>, Request) -> Result<Response, Failure> + Copy + Send + Sync + 'static,
{
    let run: Box<Run> = Box::new(move |cx, action, input| {
        Box::pin(async move {
            let request: Request = read(input)?;
            let holder = match request.access_token() {
                Some(token) => Some(access::holder(cx, token).await.map_err(named::<_, Failure>)?),
                None => None,
            };
            let payer = holder.as_ref().map_or_else(|| Payer::caller(cx), |holder| Payer::of(&holder.pool));
            limit::spend(cx, action, payer).await?;
            let trail = holder.as_ref().and_then(|holder| Trail::of_holder(action, holder));
            ended(cx, action, trail, write(handler(cx, holder, request).await))
        })
    });
    Operation::new::<Request>(name, Access::Bearer, run)
}

/// An operation of whoever signs and is allowed what the request asks. The handler gets what was found and judged.
pub fn signed<Request, Response, Failure, Handler>(name: &'static str, handler: Handler) -> Operation
where
    Request: DeserializeOwned + Asks,
    Response: Serialize,
    Failure: Into<Fault>,
    Handler: AsyncFn(&Context, Request::Found, Request) -> Result<Response, Failure> + Copy + Send + Sync + 'static,
{
    let run: Box<Run> = Box::new(move |cx, action, input| {
        Box::pin(async move {
            let request: Request = read(input)?;
            limit::spend(cx, action, Payer::caller(cx)).await?;
            let found = permitted(cx, action, &request).await?;
            write(handler(cx, found, request).await)
        })
    });
    let judge: Box<Judge> =
        Box::new(|cx, action, input| Box::pin(async move { permitted(cx, action, &read::<Request>(input)?).await.map(drop) }));
    Operation { judge: Some(judge), ..Operation::new::<Request>(name, Access::Signed, run) }
}

/// What a request names, as it was found, once all that it asks is allowed.
async fn permitted<Request: Asks>(cx: &Context, action: &str, request: &Request) -> Result<Request::Found, Fault> {
    let resolved = request.resolve(cx).await?;
    for ask in &resolved.asks {
        ask.judge(cx, action).await?;
    }
    resolved.found
}

/// An operation of whoever signs, whatever their policies say: `reason` says why.
pub fn unjudged<Request, Response, Failure, Handler>(name: &'static str, reason: &'static str, handler: Handler) -> Operation
where
    Request: DeserializeOwned,
    Response: Serialize,
    Failure: Into<Fault>,
    Handler: AsyncFn(&Context, Request) -> Result<Response, Failure> + Copy + Send + Sync + 'static,
{
    plain(name, Access::Unjudged(reason), handler)
}

/// An operation whose handler is given nothing but the request.
fn plain<Request, Response, Failure, Handler>(name: &'static str, access: Access, handler: Handler) -> Operation
where
    Request: DeserializeOwned,
    Response: Serialize,
    Failure: Into<Fault>,
    Handler: AsyncFn(&Context, Request) -> Result<Response, Failure> + Copy + Send + Sync + 'static,
{
    let run: Box<Run> = Box::new(move |cx, action, input| {
        Box::pin(async move {
            let request: Request = read(input)?;
            limit::spend(cx, action, Payer::caller(cx)).await?;
            write(handler(cx, request).await)
        })
    });
    Operation::new::<Request>(name, access, run)
}

/// The outcome of a call, once it is noted.
fn ended(cx: &Context, action: &str, trail: Option<Trail>, outcome: Result<Value, Fault>) -> Result<Value, Fault> {
    if let Some(trail) = trail {
        trail.end(cx, action, &outcome);
    }
    outcome
}

/// What a flow refused, as the operation's own service names it.
fn named<Refused, Failure: From<Refused> + Into<Fault>>(refused: Refused) -> Fault {
    Failure::from(refused).into()
}

fn read<Request: DeserializeOwned>(input: Value) -> Result<Request, Fault> {
    serde_json::from_value(input).map_err(|error| Fault::Serialization(error.to_string()))
}

fn write<Response: Serialize, Failure: Into<Fault>>(outcome: Result<Response, Failure>) -> Result<Value, Fault> {
    serde_json::to_value(outcome.map_err(Into::into)?).map_err(|error| Fault::Internal(Box::new(error)))
}

#[cfg(test)]
fn unread<Request: DeserializeOwned>(input: Value) -> Result<Vec<String>, serde_json::Error> {
    let mut unread = Vec::new();
    serde_ignored::deserialize::<_, _, Request>(input, |path| unread.push(path.to_string())).map(|_| unread)
}

/// SECURITY: the dispatcher authenticates by the model; that the tables agree with it is tested. Should they ever not, nobody
/// gets past a row that wants a signature.
impl Access {
    /// Whether this caller may come as far as the operation's own judgement.
    #[must_use]
    pub fn admits(self, caller: &Caller) -> bool {
        match self {
            Self::Public(_) | Self::Client | Self::Bearer | Self::ClientOrSigned => true,
            Self::Signed | Self::Unjudged(_) => !matches!(caller, Caller::Anonymous),
        }
    }
}
