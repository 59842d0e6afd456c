//! `POST /access/v1/evaluation`: OpenID AuthZEN 1.0, judged by IAM policies, with the reason given.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::subject::{Subject, SubjectRefused};
use crate::authz::{self, Applicable};
use crate::context::App;
use crate::iam::caller::Caller;
use crate::policy::{self, ContextMap, Decision, FailedStatement, MatchedStatement, Verdict};
use crate::store::StoreError;

/// Requests to our own paths are signed for this service.
const SERVICE: &str = "passwright";

#[derive(Deserialize)]
struct Evaluation {
    subject: Subject,
    action: Action,
    resource: Resource,
    #[serde(default)]
    context: Map<String, Value>,
    #[serde(default)]
    explain: bool,
}

#[derive(Deserialize)]
struct Action {
    name: String,
}

#[derive(Deserialize)]
struct Resource {
    r#type: String,
    id: String,
}

/// Why there is no decision.
enum Failure {
    Unauthenticated(String),
    Forbidden(String),
    BadRequest(String),
    Internal(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Internal(error)
    }
}

/// Answers a question. A denial is a 200.
pub async fn handle(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let mut response = match evaluate(&app, &request, &body).await {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(Failure::Unauthenticated(message)) => HttpResponse::Unauthorized().json(json!({"message": message})),
        Err(Failure::Forbidden(message)) => HttpResponse::Forbidden().json(json!({"message": message})),
        Err(Failure::BadRequest(message)) => HttpResponse::BadRequest().json(json!({"message": message})),
        Err(Failure::Internal(error)) => {
            tracing::error!(%error, "evaluation failed");
            HttpResponse::InternalServerError().json(json!({"message": "Internal error."}))
        }
    };
    if let Some(id) = request.headers().get("x-request-id") {
        response.headers_mut().insert(actix_web::http::header::HeaderName::from_static("x-request-id"), id.clone());
    }
    response
}

async fn evaluate(app: &App, request: &HttpRequest, body: &Bytes) -> Result<Value, Failure> {
    let asker = authenticate(app, request, body).await?;
    let asked: Evaluation = serde_json::from_slice(body).map_err(|error| Failure::BadRequest(error.to_string()))?;
    if asked.resource.r#type != "arn" {
        return Err(Failure::BadRequest(format!("resource.type `{}` is not `arn`", asked.resource.r#type)));
    }
    permit(app, &asker, "passwright:Evaluate", "*").await?;
    let subject = match asked.subject.identify(app).await {
        Ok(subject) => subject,
        Err(SubjectRefused::Malformed(message)) => return Err(Failure::BadRequest(message)),
        Err(SubjectRefused::Credential(authz::CredentialRefused::Store(error))) => return Err(error.into()),
        // Whoever cannot prove who they are may do nothing.
        Err(SubjectRefused::Credential(refused)) => {
            return Ok(
                json!({"decision": false, "context": {"reason": "implicitDeny", "principal": null, "statements": [], "error": refused.to_string()}}),
            );
        }
    };
    let principal = subject.principal();
    if principal != asker.caller.principal() {
        permit(app, &asker, "passwright:EvaluateAs", &principal.to_string()).await?;
    }
    let mut keys = authz::request_keys(&subject, app.now(), &asker.region);
    add_context(&mut keys, &asked.context)?;
    let applicable = Applicable::to(app, &subject).await?;
    let (request, policies) = (applicable.ask(&asked.action.name, &asked.resource.id, &keys), applicable.policies());
    let mut answer = render(&policy::decide(&request, &policies), &principal.to_string());
    if asked.explain {
        let failed: Vec<Value> = policy::explain(&request, &policies).iter().map(render_failed).collect();
        if let Some(context) = answer.get_mut("context").and_then(Value::as_object_mut) {
            context.insert("failed".to_owned(), Value::Array(failed));
        }
    }
    Ok(answer)
}

/// Who asks, for where, and the condition keys of their asking.
struct Asker {
    caller: Caller,
    region: String,
    keys: ContextMap,
}

async fn authenticate(app: &App, request: &HttpRequest, body: &Bytes) -> Result<Asker, Failure> {
    match authz::caller(app, request, body, &[SERVICE]).await {
        Ok((caller, Some(scope))) => {
            let mut keys = authz::request_keys(&caller, app.now(), &scope.region);
            authz::origin(app, request).add_keys(&mut keys);
            Ok(Asker { caller, region: scope.region, keys })
        }
        Ok((_, None)) => Err(Failure::Unauthenticated("Missing Authentication Token".to_owned())),
        Err(authz::CredentialRefused::Store(error)) => Err(error.into()),
        Err(refused) => Err(Failure::Unauthenticated(refused.to_string())),
    }
}

async fn permit(app: &App, asker: &Asker, action: &str, resource: &str) -> Result<(), Failure> {
    let Asker { caller: asker, keys, .. } = asker;
    let decision = authz::decide(app, asker, action, resource, keys).await?;
    match decision.verdict {
        Verdict::Allowed => Ok(()),
        Verdict::ExplicitDeny | Verdict::ImplicitDeny => Err(Failure::Forbidden(authz::denial(asker, action, resource, &decision))),
    }
}

/// SECURITY: what says who asks comes from the credential; the question cannot overwrite it.
fn add_context(keys: &mut ContextMap, context: &Map<String, Value>) -> Result<(), Failure> {
    let text = |key: &str, value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(Failure::BadRequest(format!("context.`{key}` is not a value or a list of values")))
        }
    };
    for (key, value) in context {
        if keys.values(key).is_some() || names_the_asker(key) {
            continue;
        }
        match value {
            Value::Array(items) => {
                let values = items.iter().map(|item| text(key, item)).collect::<Result<Vec<_>, _>>()?;
                keys.insert_list(key, values);
            }
            single => keys.insert(key, text(key, single)?),
        }
    }
    Ok(())
}

/// Keys that only a credential may set, absent ones too: a session without MFA does not get it by being asked about.
fn names_the_asker(key: &str) -> bool {
    const PREFIXES: [&str; 7] = [
        "aws:principal",
        "aws:userid",
        "aws:username",
        "aws:multifactorauth",
        "aws:tokenissuetime",
        "aws:federatedprovider",
        "cognito-identity.amazonaws.com:",
    ];
    let key = key.to_ascii_lowercase();
    PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

fn render(decision: &Decision, principal: &str) -> Value {
    let statements: Vec<Value> = decision.statements.iter().map(render_matched).collect();
    json!({
        "decision": decision.verdict == Verdict::Allowed,
        "context": {"reason": decision.verdict.as_str(), "principal": principal, "statements": statements},
    })
}

fn render_matched(statement: &MatchedStatement) -> Value {
    json!({"policy": statement.policy, "sid": statement.sid, "index": statement.index, "effect": statement.effect.as_str()})
}

fn render_failed(failed: &FailedStatement) -> Value {
    json!({
        "policy": failed.policy, "sid": failed.sid, "index": failed.index, "effect": failed.effect.as_str(),
        "element": failed.element, "operator": failed.operator, "key": failed.key,
        "expected": failed.expected, "actual": failed.actual,
    })
}
