//! Around every operation, once: find it, read its input, authenticate, validate, authorize, run, answer.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use actix_web::guard::GuardContext;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::fault::WireError;
use super::model::{OperationModel, Protocol, Service};
use super::query::Parameters;
use super::validate::{Invalid, strip, validate};
use super::{json11, rest_json, xml};
use crate::audit::{Details, Event, Outcome, only_reads};
use crate::authz;
use crate::context::{Act, App, Context};
use crate::crypto::ids;
use crate::iam::caller::Caller;
use crate::kit::causes::Causes;
use crate::kit::cut::cut;
use crate::kit::nul;
use crate::kit::region;
use crate::operation::{Fault, Operation};
use crate::services;
use crate::sigv4;

/// Every operation that is built, by service and name.
static OPERATIONS: LazyLock<HashMap<(Service, &'static str), Operation>> = LazyLock::new(|| {
    let rows = Service::all().flat_map(|service| operations_of(service).into_iter().map(move |operation| (service, operation)));
    rows.map(|(service, operation)| ((service, operation.name), operation)).collect()
});

/// The table of a service.
pub fn operations_of(service: Service) -> Vec<Operation> {
    match service {
        Service::CognitoIdp => services::cognito_idp::operations(),
        Service::CognitoIdentity => services::cognito_identity::operations(),
        Service::Iam => services::iam::operations(),
        Service::Sts => services::sts::operations(),
        Service::AccessAnalyzer => services::access_analyzer::operations(),
    }
}

/// Whether a `GET /` is a call of AWS Query, signed in its headers or in its address: what the route table asks.
pub fn is_query_get(context: &GuardContext<'_>) -> bool {
    let query = context.head().uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "Action")
}

/// `GET /?Action=…`: AWS Query, whose parameters stand in the address.
pub async fn handle_get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let reader = |request: &HttpRequest, _: &Bytes| read_query(request.query_string().as_bytes());
    let mut response = finish(app.into_inner(), &request, Ok(Bytes::new()), Service::Sts, reader).await;
    // What is answered may hold credentials, and unlike a POST's it could be kept.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `POST /`: AWS JSON 1.1 and AWS Query.
pub async fn handle(app: Data<App>, request: HttpRequest, body: Result<Bytes, actix_web::Error>) -> HttpResponse {
    let target = request.headers().get("x-amz-target").and_then(|target| Service::from_target(target.to_str().ok()?));
    let service = target.map_or(Service::Sts, |(service, _)| service);
    finish(app.into_inner(), &request, body, service, read).await
}

/// The paths of REST services.
pub async fn handle_rest(app: Data<App>, request: HttpRequest, body: Result<Bytes, actix_web::Error>) -> HttpResponse {
    let routed = rest_json::route(request.method().as_str(), request.uri().path());
    let Some((service, _)) = routed else { return HttpResponse::NotFound().finish() };
    finish(app.into_inner(), &request, body, service, read_rest).await
}

/// `service` is who answers where the body cannot be had.
async fn finish(
    app: Arc<App>,
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
    service: Service,
    reader: Reader,
) -> HttpResponse {
    let request_id = ids::uuid(&mut app.rng());
    let (service, outcome) = match body {
        Ok(body) => answer(app, request, &body, &request_id, reader).await,
        Err(error) => (Some(service), Err(WireError::unreadable(service.protocol(), &error))),
    };
    match outcome {
        Ok(response) => response,
        Err(error) => {
            tracing::debug!(request_id, code = error.code, "refused");
            error.to_response(service, &request_id)
        }
    }
}

/// A call whose operation is known.
struct Call<'a> {
    service: Service,
    model: &'static OperationModel,
    operation: &'static Operation,
    input: Value,
    request_id: &'a str,
}

async fn answer(
    app: Arc<App>,
    request: &HttpRequest,
    body: &Bytes,
    request_id: &str,
    reader: Reader,
) -> (Option<Service>, Result<HttpResponse, WireError>) {
    let (service, input) = match reader(request, body) {
        Ok(read) => read,
        Err((service, error)) => return (service, Err(error)),
    };
    let (model, operation, input) = input;
    let call = Call { service, model, operation, input, request_id };
    (Some(service), run(app, request, body, call).await)
}

type Read = (Service, (&'static OperationModel, &'static Operation, Value));

/// How a request is read: by `POST /`, or by its path.
type Reader = fn(&HttpRequest, &Bytes) -> Result<Read, (Option<Service>, WireError)>;

/// The operation that method and path name, and its input.
fn read_rest(request: &HttpRequest, body: &Bytes) -> Result<Read, (Option<Service>, WireError)> {
    let unknown = || (None, WireError::unknown_operation(Protocol::RestJson, request.uri().path()));
    let (service, model) = rest_json::route(request.method().as_str(), request.uri().path()).ok_or_else(unknown)?;
    let (model, operation) = find(service, &model.name).map_err(|error| (Some(service), error))?;
    let input = rest_json::input(service.model(), model, request, body);
    let input = input.map_err(|message| (Some(service), WireError::serialization(service.protocol(), &message)))?;
    Ok((service, (model, operation, input)))
}

/// The operation that the request names, and its input.
fn read(request: &HttpRequest, body: &Bytes) -> Result<Read, (Option<Service>, WireError)> {
    let target = request.headers().get("x-amz-target");
    if let Some(target) = target {
        let target = target.to_str().unwrap_or_default();
        let unknown = Protocol::Json11 { target_prefix: "" };
        let (service, name) = Service::from_target(target).ok_or_else(|| (None, WireError::unknown_operation(unknown, target)))?;
        let (model, operation) = find(service, name).map_err(|error| (Some(service), error))?;
        let input = json11::parse(body).ok_or_else(|| (Some(service), WireError::serialization(service.protocol(), "")))?;
        return Ok((service, (model, operation, input)));
    }
    read_query(if body.is_empty() { request.query_string().as_bytes() } else { body })
}

/// The operation that a form names, and its input.
fn read_query(form: &[u8]) -> Result<Read, (Option<Service>, WireError)> {
    let fallback = Service::Sts;
    let protocol = fallback.protocol();
    let parameters = Parameters::parse(form).map_err(|error| (Some(fallback), WireError::serialization(protocol, &error.to_string())))?;
    let name = parameters.get("Action").unwrap_or_default();
    let service = parameters.get("Version").and_then(Service::from_query_version);
    let service = service.ok_or_else(|| (Some(fallback), WireError::unknown_operation(protocol, name)))?;
    let (model, operation) = find(service, name).map_err(|error| (Some(service), error))?;
    let input = match model.input {
        Some(input) => parameters.to_json(service.model(), input),
        None => Ok(Value::Object(serde_json::Map::new())),
    };
    let input = input.map_err(|error| (Some(service), WireError::serialization(service.protocol(), &error.to_string())))?;
    Ok((service, (model, operation, input)))
}

fn find(service: Service, name: &str) -> Result<(&'static OperationModel, &'static Operation), WireError> {
    let unknown = || WireError::unknown_operation(service.protocol(), name);
    let model = service.model().operation(name).ok_or_else(unknown)?;
    let operation = OPERATIONS.get(&(service, model.name.as_str())).ok_or_else(unknown)?;
    Ok((model, operation))
}

async fn run(app: Arc<App>, request: &HttpRequest, body: &Bytes, call: Call<'_>) -> Result<HttpResponse, WireError> {
    let Call { service, model, operation, input, request_id } = call;
    let protocol = service.protocol();
    let (caller, scope) =
        if model.unauthenticated { (Caller::Anonymous, None) } else { authenticate(&app, request, body, service, request_id).await? };
    if !operation.access.admits(&caller) {
        return Err(WireError::missing_token(protocol));
    }
    let host = if scope.is_none() { authz::host(request) } else { None };
    let host_region = host.and_then(|host| region::of_host(service.name(), &host));
    let region = scope.map_or_else(|| app.default_region.clone(), |scope| scope.region);
    let origin = authz::origin(&app, request);
    let cx = Context::new(app, caller, region, origin, request_id.to_owned()).at_host_of(host_region);
    let answer = perform(&cx, service, model, operation, input).await?;
    respond(service, model, answer, request_id)
}

/// Validates, runs and audits a call whose caller is known and may come as far as the operation's own judgement.
async fn perform(
    cx: &Context,
    service: Service,
    model: &OperationModel,
    operation: &Operation,
    mut input: Value,
) -> Result<Value, WireError> {
    admit(service, model, &mut input)?;
    let action = format!("{}:{}", service.name(), model.name);
    let resource = if model.unauthenticated { None } else { named_in(&input) };
    let outcome = operation.run(cx, &action, input).await;
    // Nobody fills the trail: what an unsigned caller tries is counted, not noted.
    if !model.unauthenticated && !matches!(cx.caller, Caller::Anonymous) {
        audit(cx, &action, resource, &outcome);
    }
    outcome.map_err(|fault| WireError::operation(service, model, &cx.request_id, fault))
}

/// Strips an input to what the model knows, and holds it to the model's constraints.
pub(super) fn admit(service: Service, model: &OperationModel, input: &mut Value) -> Result<(), WireError> {
    let protocol = service.protocol();
    let Some(shape) = model.input else { return Ok(()) };
    // SECURITY: what the model does not know is gone before anything looks at it, or it could be judged and not done.
    strip(service.model(), shape, input);
    validate(service.model(), shape, input).map_err(|invalid| match invalid {
        Invalid::Type(message) => WireError::serialization(protocol, &message),
        Invalid::Constraints(message, violations) => WireError::validation(protocol, message, &violations),
    })
}

/// Calls an operation in process, by its model's name, with its input as AWS JSON has it.
///
/// # Errors
/// [`WireError`], as the wire would answer it.
pub async fn call(app: &Arc<App>, act: &Act, service: Service, name: &str, input: Value) -> Result<Value, WireError> {
    let (model, operation, cx) = inside(app, act, service, name, &input)?;
    perform(&cx, service, model, operation, input).await
}

/// Whether the caller would be allowed such a call, without making it: the very asks of the operation, judged.
///
/// # Errors
/// [`WireError`]: why the call would be refused before its handler ran.
pub async fn judge(app: &Arc<App>, act: &Act, service: Service, name: &str, mut input: Value) -> Result<(), WireError> {
    let (model, operation, cx) = inside(app, act, service, name, &input)?;
    admit(service, model, &mut input)?;
    let action = format!("{}:{}", service.name(), model.name);
    operation.judge(&cx, &action, input).await.map_err(|fault| WireError::operation(service, model, &cx.request_id, fault))
}

fn inside(
    app: &Arc<App>,
    act: &Act,
    service: Service,
    name: &str,
    input: &Value,
) -> Result<(&'static OperationModel, &'static Operation, Context), WireError> {
    let (model, operation) = find(service, name)?;
    if nul::in_json(input.to_string().as_bytes()) {
        return Err(WireError::serialization(service.protocol(), ""));
    }
    if !model.unauthenticated && !operation.access.admits(&act.caller) {
        return Err(WireError::missing_token(service.protocol()));
    }
    let Act { caller, region, origin } = act.clone();
    let request_id = ids::uuid(&mut app.rng());
    Ok((model, operation, Context::new(Arc::clone(app), caller, region, origin, request_id)))
}

async fn authenticate(
    app: &App,
    request: &HttpRequest,
    body: &Bytes,
    service: Service,
    request_id: &str,
) -> Result<(Caller, Option<sigv4::Scope>), WireError> {
    authz::caller(app, request, body, &[service.name()])
        .await
        .map_err(|refused| WireError::credential(service.protocol(), request_id, &refused))
}

/// One line a signed call: who, what, from where, and how it ended. What changed something, or did not succeed, is noted as an
/// event too.
fn audit(cx: &Context, action: &str, resource: Option<String>, outcome: &Result<Value, Fault>) {
    let (ended, reason) = match outcome {
        Ok(_) => (Outcome::Done, None),
        Err(Fault::AccessDenied(message) | Fault::Denied(message, _)) => (Outcome::Denied, Some(message.clone())),
        Err(Fault::Internal(_)) => (Outcome::Failed, None),
        Err(Fault::Modelled(code, message) | Fault::Detailed(code, message, _)) => (Outcome::Refused, Some(format!("{code}: {message}"))),
        Err(Fault::Validation(message) | Fault::Serialization(message)) => (Outcome::Refused, Some(message.clone())),
        Err(Fault::Throttled) => (Outcome::Refused, None),
    };
    let source_ip = cx.origin.source_ip.map(|address| address.to_string());
    let event = Event {
        at: cx.now(),
        account_id: cx.account_id.clone(),
        request_id: cx.request_id.clone(),
        principal: cx.caller.principal().to_string(),
        action: action.to_owned(),
        outcome: ended,
        details: Details { source_ip, region: Some(cx.region.clone()), resource, reason, asked_by: None },
    };
    if ended == Outcome::Done && only_reads(action) {
        event.log();
    } else {
        cx.journal.record(event);
    }
}

/// What a call is about, by the first of its members that names it. Names and ids only: no other member is ever kept.
fn named_in(input: &Value) -> Option<String> {
    const NAMES: [&str; 13] = [
        "UserPoolId",
        "PoolName",
        "ClientName",
        "IdentityPoolId",
        "IdentityPoolName",
        "IdentityId",
        "UserName",
        "RoleName",
        "RoleArn",
        "PolicyArn",
        "OpenIDConnectProviderArn",
        "VirtualMFADeviceName",
        "SerialNumber",
    ];
    let text = |name: &str| input.get(name).and_then(Value::as_str).map(|text| cut(text, 256));
    let about = NAMES.iter().find_map(|name| text(name))?;
    match text("ClientId").or_else(|| text("GroupName")).or_else(|| text("PolicyName")).or_else(|| text("Username")) {
        Some(within) => Some(format!("{about} {within}")),
        None => Some(about),
    }
}

fn respond(service: Service, model: &OperationModel, answer: Value, request_id: &str) -> Result<HttpResponse, WireError> {
    let mut response = HttpResponse::Ok();
    response.insert_header(("x-amzn-RequestId", request_id));
    match service.protocol() {
        Protocol::Json11 { .. } => Ok(response.content_type("application/x-amz-json-1.1").body(answer.to_string())),
        protocol @ Protocol::Query { .. } => {
            let body = xml::answer(service.model(), model, &answer, request_id).map_err(|error| {
                tracing::error!(operation = model.name, request_id, error = %Causes(&error), "an answer cannot be written");
                WireError::internal(protocol)
            })?;
            Ok(response.content_type("text/xml").body(body))
        }
        protocol @ Protocol::RestJson => {
            let Value::Object(fields) = answer else { return Err(WireError::internal(protocol)) };
            let (headers, body) = rest_json::split(service.model(), model.output, fields);
            for header in headers {
                response.insert_header(header);
            }
            response.status(StatusCode::from_u16(model.status).unwrap_or(StatusCode::OK));
            Ok(response.content_type("application/json").body(Value::Object(body).to_string()))
        }
    }
}
