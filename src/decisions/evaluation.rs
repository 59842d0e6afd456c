//! `POST /access/v1/evaluation` and `/access/v1/evaluations`: OpenID AuthZEN 1.0, judged by IAM policies, with the reason
//! given.

use std::collections::HashMap;
use std::rc::Rc;

use actix_web::http::header::HeaderValue;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::door::{Asker, Failure, OWN_SERVICE, TOO_LARGE, json_body, request_id, respond};
use super::subject::{Identified, Subject};
use super::{keys, render, trail};
use crate::authz::{self, Applicable};
use crate::context::{Act, App};
use crate::iam::caller::Caller;
use crate::kit::{long, nul};
use crate::policy::{self, ContextMap, Decision, LONG_WEIGHT, MAX_WEIGHT, Request, Verdict};

/// More questions in one request are refused.
const MAX_EVALUATIONS: usize = 100;

/// What a batch says for all of its questions is read with each of them.
const MAX_DEFAULTS: usize = 128 * 1024;

/// A question; in a batch, the answers to what its items leave out. Unknown members are passed over, as AuthZEN asks.
#[derive(Clone, Default, Deserialize)]
struct Question {
    subject: Option<Value>,
    action: Option<Value>,
    resource: Option<Value>,
    context: Option<Value>,
    explain: Option<bool>,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    evaluations: Vec<Value>,
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
struct Options {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

/// When a batch ends.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    /// When all is answered.
    #[default]
    ExecuteAll,
    /// After the first denial.
    DenyOnFirstDeny,
    /// After the first permission.
    PermitOnFirstPermit,
}

impl Semantic {
    fn ends_with(self, permitted: bool) -> bool {
        match self {
            Self::ExecuteAll => false,
            Self::DenyOnFirstDeny => !permitted,
            Self::PermitOnFirstPermit => permitted,
        }
    }
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

/// Answers one question. A denial is a 200.
pub async fn one(app: Data<App>, request: HttpRequest, body: Result<Bytes, actix_web::Error>) -> HttpResponse {
    let id = request_id(&app, &request);
    let outcome = evaluate(&app, &request, &id, body, false).await;
    respond(&request, id, outcome)
}

/// Answers several questions, in their order.
pub async fn many(app: Data<App>, request: HttpRequest, body: Result<Bytes, actix_web::Error>) -> HttpResponse {
    let id = request_id(&app, &request);
    let outcome = evaluate(&app, &request, &id, body, true).await;
    respond(&request, id, outcome)
}

/// Answers one question of somebody who is known already: in process, with the same permissions needed.
///
/// # Errors
/// [`Failure`], as at the endpoint.
pub async fn ask(app: &App, act: Act, question: Value) -> Result<Value, Failure> {
    let asker = Asker::known(app, act);
    asker.permit(app, "passwright:Evaluate", "*").await?;
    if nul::in_json(question.to_string().as_bytes()) {
        return Err(Failure::BadRequest("a text in the question has a NUL".to_owned()));
    }
    let question: Question = serde_json::from_value(question).map_err(|error| Failure::BadRequest(error.to_string()))?;
    Session { app, asker, subjects: HashMap::new(), left: MAX_WEIGHT, notes: false }.answer(question).await
}

async fn evaluate(
    app: &App,
    request: &HttpRequest,
    id: &HeaderValue,
    body: Result<Bytes, actix_web::Error>,
    batches: bool,
) -> Result<Value, Failure> {
    let body = json_body(request, body)?;
    let asker = Asker::of(app, request, &body, &OWN_SERVICE).await?;
    asker.permit(app, "passwright:Evaluate", "*").await?;
    let mut session = Session { app, asker, subjects: HashMap::new(), left: MAX_WEIGHT, notes: true };
    let question: Question = parse(&body)?;
    let batch: Batch = if batches { parse(&body)? } else { Batch { evaluations: Vec::new(), options: Options::default() } };
    if batch.evaluations.is_empty() {
        return session.answer(question).await;
    }
    if batch.evaluations.len() > MAX_EVALUATIONS {
        return Err(Failure::BadRequest(format!("evaluations are more than {MAX_EVALUATIONS}")));
    }
    if question.bytes() > MAX_DEFAULTS {
        return Err(Failure::BadRequest(format!("what the evaluations have in common is longer than {MAX_DEFAULTS} bytes")));
    }
    let mut answers = Vec::with_capacity(batch.evaluations.len());
    for item in batch.evaluations {
        // Others of this worker's calls go on in between.
        tokio::task::yield_now().await;
        let answer = match serde_json::from_value::<Question>(item) {
            Ok(item) => session.answer(item.or(&question)).await,
            Err(error) => Err(Failure::BadRequest(error.to_string())),
        };
        // One question that cannot be answered is a denial that says so; the others are answered.
        let answer = answer.unwrap_or_else(|failure| {
            let (status, message) = failure.status_and_message(id.to_str().unwrap_or_default());
            json!({"decision": false, "context": {"error": {"status": status.as_u16(), "message": message}}})
        });
        let permitted = answer.get("decision") == Some(&Value::Bool(true));
        answers.push(answer);
        if batch.options.evaluations_semantic.ends_with(permitted) {
            break;
        }
    }
    Ok(json!({"evaluations": answers}))
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::BadRequest(error.to_string()))
}

/// A required member of a question.
fn member<T: for<'a> Deserialize<'a>>(name: &str, value: Option<Value>) -> Result<T, Failure> {
    let value = value.ok_or_else(|| Failure::BadRequest(format!("{name} is missing")))?;
    serde_json::from_value(value).map_err(|error| Failure::BadRequest(format!("{name}: {error}")))
}

impl Question {
    /// How long it is, written.
    fn bytes(&self) -> usize {
        let members = [&self.subject, &self.action, &self.resource, &self.context];
        members.into_iter().flatten().map(|member| member.to_string().len()).sum()
    }

    /// An item of a batch: each member is its own, or else the batch's, whole.
    fn or(self, defaults: &Self) -> Self {
        let or = |own: Option<Value>, default: &Option<Value>| own.or_else(|| default.clone());
        Self {
            subject: or(self.subject, &defaults.subject),
            action: or(self.action, &defaults.action),
            resource: or(self.resource, &defaults.resource),
            context: or(self.context, &defaults.context),
            explain: self.explain.or(defaults.explain),
        }
    }
}

/// The questions of one request: its asker is authenticated once, and each subject looked up once.
struct Session<'a> {
    app: &'a App,
    asker: Asker,
    subjects: HashMap<String, Rc<Known>>,
    /// What the answers that are left may weigh together.
    left: usize,
    /// Whether denials are noted: what an application asks is something that somebody wanted to do.
    notes: bool,
}

/// A subject that was looked up.
enum Known {
    Somebody {
        caller: Box<Caller>,
        shown: String,
        applicable: Applicable,
    },
    /// The answer to any question about nobody.
    Nobody(Value),
}

impl Session<'_> {
    async fn answer(&mut self, question: Question) -> Result<Value, Failure> {
        let subject = question.subject.ok_or_else(|| Failure::BadRequest("subject is missing".to_owned()))?;
        let action: Action = member("action", question.action)?;
        let resource: Resource = member("resource", question.resource)?;
        keys::check_lengths(&action.name, &resource.id).map_err(Failure::BadRequest)?;
        if resource.r#type != "arn" {
            return Err(Failure::BadRequest(format!("resource.type `{}` is not `arn`", resource.r#type)));
        }
        let context: Map<String, Value> = question.context.map(|context| member("context", Some(context))).transpose()?.unwrap_or_default();
        let explain = question.explain.unwrap_or_default();
        let known = self.subject(subject).await?;
        let (caller, shown, applicable) = match known.as_ref() {
            Known::Somebody { caller, shown, applicable } => (caller, shown, applicable),
            Known::Nobody(answer) => {
                // The same questions are refused, and answers have the same form, as about somebody who is there.
                add_context(&mut ContextMap::new(), context)?;
                self.note(answer, action.name, resource.id);
                return Ok(explained(answer.clone(), explain, Vec::new));
            }
        };
        let mut keys = authz::request_keys(caller, self.app.now(), &self.asker.region);
        add_context(&mut keys, context)?;
        let account = authz::account_of_resource(self.app, &resource.id).map(str::to_owned);
        let asked = Asked { action: action.name, resource: resource.id, account, keys, explain };
        let weight = asked.weight(applicable);
        self.left = self.left.checked_sub(weight).ok_or_else(|| Failure::BadRequest(TOO_LARGE.to_owned()))?;
        let (answer, asked) = if weight <= LONG_WEIGHT {
            (asked.answer(applicable, shown), asked)
        } else {
            let (applicable, shown) = (applicable.clone(), shown.clone());
            long::run(move || (asked.answer(&applicable, &shown), asked)).await?
        };
        self.note(&answer, asked.action, asked.resource);
        Ok(answer)
    }

    /// Notes the answer.
    fn note(&self, answer: &Value, action: String, resource: String) {
        if self.notes {
            trail::note(self.app, &self.asker.caller, answer, action, resource);
        }
    }

    async fn subject(&mut self, written: Value) -> Result<Rc<Known>, Failure> {
        let key = written.to_string();
        if let Some(known) = self.subjects.get(&key) {
            return Ok(Rc::clone(known));
        }
        let subject: Subject = member("subject", Some(written))?;
        let known = Rc::new(match subject.identify(self.app, &self.asker).await? {
            Identified::Caller(caller, shown) => {
                let applicable = Applicable::to(self.app, &caller).await?;
                Known::Somebody { caller, shown, applicable }
            }
            Identified::Nobody { error, principal } => Known::Nobody(nobody(error, principal)),
        });
        self.subjects.insert(key, Rc::clone(&known));
        Ok(known)
    }
}

/// A question about somebody, understood.
struct Asked {
    action: String,
    resource: String,
    account: Option<String>,
    keys: ContextMap,
    explain: bool,
}

impl Asked {
    fn request<'a>(&'a self, applicable: &'a Applicable) -> Request<'a> {
        Request { resource_account: self.account.as_deref(), ..applicable.ask(&self.action, &self.resource, &self.keys) }
    }

    /// What the answer costs: the decision, what it rests on, and perhaps what failed.
    fn weight(&self, applicable: &Applicable) -> usize {
        let passes = if self.explain { 3 } else { 2 };
        policy::weight(&self.request(applicable), &applicable.policies()).saturating_mul(passes)
    }

    fn answer(&self, applicable: &Applicable, shown: &str) -> Value {
        let (request, policies) = (self.request(applicable), applicable.policies());
        let answer = decided(&policy::decide(&request, &policies), shown, self.explain);
        explained(answer, self.explain, || render::failures(&policy::explain(&request, &policies)))
    }
}

/// SECURITY: what says who asks comes from the credential; the question cannot overwrite it.
fn add_context(keys: &mut ContextMap, context: Map<String, Value>) -> Result<(), Failure> {
    let own = context.into_iter().filter(|(key, _)| !keys.contains(key) && !names_the_asker(key)).collect();
    keys::add(keys, &own).map_err(Failure::BadRequest)
}

/// Keys that only a credential may set, absent ones too: a session without MFA does not get it by being asked about.
fn names_the_asker(key: &str) -> bool {
    const PREFIXES: [&str; 15] = [
        "aws:principal",
        "aws:userid",
        "aws:username",
        "aws:multifactorauth",
        "aws:tokenissuetime",
        "aws:federatedprovider",
        "aws:sourceidentity",
        "aws:assumedroot",
        "aws:chatbotsourcearn",
        "aws:ec2instancesource",
        "ec2:sourceinstancearn",
        "lambda:sourcefunctionarn",
        "ssm:sourceinstancearn",
        "identitystore:userid",
        "cognito-identity.amazonaws.com:",
    ];
    let key = key.to_ascii_lowercase();
    PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

fn decided(decision: &Decision, principal: &str, explain: bool) -> Value {
    let statements = if explain { render::statements(&decision.statements) } else { render::statements_in_brief(&decision.statements) };
    json!({
        "decision": decision.verdict == Verdict::Allowed,
        "context": {"reason": decision.verdict.as_str(), "principal": principal, "statements": statements},
    })
}

/// Adds what failed to an answer, if that is asked for.
fn explained(mut answer: Value, explain: bool, failed: impl FnOnce() -> Vec<Value>) -> Value {
    if explain && let Some(context) = answer.get_mut("context").and_then(Value::as_object_mut) {
        context.insert("failed".to_owned(), Value::Array(failed()));
    }
    answer
}

fn nobody(error: Option<String>, principal: Option<String>) -> Value {
    let mut context = json!({"reason": Verdict::ImplicitDeny.as_str(), "principal": principal, "statements": []});
    if let (Some(error), Some(context)) = (error, context.as_object_mut()) {
        context.insert("error".to_owned(), Value::String(error));
    }
    json!({"decision": false, "context": context})
}
