//! What the two policy simulators share: their parameters' rules, the principal, and the answer, a page at a time.

use std::collections::{BTreeMap, HashSet};
use std::slice;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::run_instances;
use super::trusted;
use crate::authz;
use crate::context::Context;
use crate::crypto::digest;
use crate::flows::paging;
use crate::iam::arn::{self, RoleName};
use crate::iam::context_entry;
use crate::iam::entity::Tag;
use crate::iam::simulation::{Document, Given, Matched, Outcome, Simulation, Source, assumes_role, together};
use crate::iam::statement_place::Place;
use crate::kit::long;
use crate::operation::Ask;
use crate::policy::{ContextMap, LONG_WEIGHT, MAX_WEIGHT, Principal, Verdict};
use crate::store;

const DEFAULT_PAGE: i64 = 100;

/// What an action may weigh: its resources, each by the length of the policies.
const ACTION_WEIGHT: usize = 50_000;

/// What a page of several actions may weigh: it may be shorter than was asked for.
const PAGE_WEIGHT: usize = 10_000;

/// What the values of all context entries may take together, in bytes: each may be held against every pattern.
const CONTEXT_BYTES: usize = 65_536;

/// The least that a statement is long: what a decision can tell of grows with the policies by this measure.
const STATEMENT_BYTES: usize = 50;

/// The parameters that both simulators have.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Question {
    #[serde(default)]
    policy_input_list: Vec<String>,
    #[serde(default)]
    permissions_boundary_policy_input_list: Vec<String>,
    #[serde(default)]
    ordered_organization_policy_input_list: Vec<Level>,
    action_names: Vec<String>,
    #[serde(default)]
    resource_arns: Vec<String>,
    resource_policy: Option<String>,
    resource_owner: Option<String>,
    caller_arn: Option<String>,
    #[serde(default)]
    context_entries: Vec<ContextEntry>,
    resource_handling_option: Option<String>,
    max_items: Option<i64>,
    marker: Option<String>,
}

/// The policies of one level of an organization.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Level {
    #[serde(default)]
    service_control_policy_input_list: Vec<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ContextEntry {
    context_key_name: Option<String>,
    #[serde(default)]
    context_key_values: Vec<String>,
    context_key_type: Option<String>,
}

/// The user, role or nobody whose policies are simulated.
#[derive(Default)]
pub struct Subject {
    /// Their ARN; empty for nobody.
    pub arn: String,
    /// As the engine knows them.
    pub principal: Option<Principal>,
    /// Their stored policies.
    pub stored: Vec<Document>,
    /// Their permissions boundary.
    pub boundary: Option<Document>,
    /// Their tags.
    pub tags: Vec<Tag>,
    /// What the store knows of them as condition keys.
    pub keys: ContextMap,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    evaluation_results: Vec<EvaluationResult>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EvaluationResult {
    eval_action_name: String,
    eval_resource_name: String,
    eval_decision: &'static str,
    matched_statements: Vec<Statement>,
    missing_context_values: Vec<String>,
    organizations_decision_detail: Option<OrganizationsDecisionDetail>,
    permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
    eval_decision_details: Option<BTreeMap<&'static str, &'static str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_specific_results: Vec<ResourceSpecificResult>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceSpecificResult {
    eval_resource_name: String,
    eval_resource_decision: &'static str,
    matched_statements: Vec<Statement>,
    missing_context_values: Vec<String>,
    permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
    eval_decision_details: Option<BTreeMap<&'static str, &'static str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct OrganizationsDecisionDetail {
    allowed_by_organizations: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PermissionsBoundaryDecisionDetail {
    allowed_by_permissions_boundary: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    source_policy_id: String,
    source_policy_type: &'static str,
    start_position: Position,
    end_position: Position,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Position {
    line: usize,
    column: usize,
}

/// Answers a simulation. `operation` and everything that is asked bind the marker.
pub async fn answer(cx: &Context, operation: &str, mut question: Question, subject: Subject) -> Result<Response, Error> {
    let (limit, marker) = (question.max_items.take().unwrap_or(DEFAULT_PAGE), question.marker.take());
    let asked = serde_json::to_vec(&question).map_err(|error| Error::Internal(Box::new(error)))?;
    let asked = digest::hex(&digest::sha256(&[subject.arn.as_bytes(), b"\0", &asked]));
    let place = [operation, cx.account_id.as_str(), &asked];
    let invalid = || Error::InvalidInput("Invalid Marker.".to_owned());
    let after = paging::open(cx, &place, marker.as_deref()).map_err(|_| invalid())?;
    let begin = if after.is_empty() { 0 } else { after.parse::<usize>().map_err(|_| invalid())? + 1 };

    check(&question)?;
    let resources = if question.resource_arns.is_empty() { vec!["*".to_owned()] } else { question.resource_arns.clone() };
    let actions = question.action_names.clone();
    let weight = resources.len() * (1 + question.policy_bytes(&subject) / STATEMENT_BYTES);
    if weight > ACTION_WEIGHT {
        return Err(too_large());
    }
    let page_bound = i64::try_from((PAGE_WEIGHT / weight).max(1)).unwrap_or(limit);
    let simulation = prepare(cx, question, subject, &resources).await?;
    let rest: Vec<(usize, String)> = actions.into_iter().enumerate().skip(begin).collect();
    let wanted = usize::try_from(limit.min(page_bound)).unwrap_or(0);
    let weights = rest
        .iter()
        .take(wanted)
        .map(|(_, action)| resources.iter().map(|resource| simulation.weight(action, resource)).fold(0, usize::saturating_add));
    let (count, weight) = page_of(weights).ok_or_else(too_large)?;
    let count = i64::try_from(count).unwrap_or(limit);
    let (page, marker) = paging::cut(cx, &place, rest, count, |(index, _)| index.to_string())?;
    let is_truncated = marker.is_some();
    if weight > LONG_WEIGHT {
        let work = move || page.into_iter().filter_map(|(_, action)| evaluate(&simulation, action, &resources)).collect();
        let evaluation_results = long::run(work).await?;
        return Ok(Response { evaluation_results, is_truncated, marker });
    }
    let mut evaluation_results = Vec::with_capacity(page.len());
    for (_, action) in page {
        evaluation_results.extend(evaluate(&simulation, action, &resources));
        // Others of this worker's calls go on in between.
        tokio::task::yield_now().await;
    }
    Ok(Response { evaluation_results, is_truncated, marker })
}

/// How many of the actions make a page, and what they weigh together; `None` where the first alone is too heavy.
fn page_of(weights: impl Iterator<Item = usize>) -> Option<(usize, usize)> {
    let (mut count, mut sum) = (0, 0_usize);
    for weight in weights {
        let more = sum.saturating_add(weight);
        if more > MAX_WEIGHT {
            return (count > 0).then_some((count, sum));
        }
        (count, sum) = (count + 1, more);
    }
    Some((count, sum))
}

fn too_large() -> Error {
    Error::InvalidInput("The simulation is too large: it needs fewer resources, shorter policies, or fewer values.".to_owned())
}

impl Question {
    /// How long the policies are together.
    fn policy_bytes(&self, subject: &Subject) -> usize {
        let levels = self.ordered_organization_policy_input_list.iter().flat_map(|level| &level.service_control_policy_input_list);
        let lists = self.policy_input_list.iter().chain(&self.permissions_boundary_policy_input_list).chain(&self.resource_policy);
        let stored = subject.stored.iter().chain(&subject.boundary).map(|document| &document.text);
        lists.chain(levels).chain(stored).map(String::len).sum()
    }
}

/// A user's ARN, taken apart by its principal.
fn caller_principal(text: &str) -> Result<Principal, Error> {
    match Principal::from_arn(text) {
        Some(principal @ Principal::User { .. }) => Ok(principal),
        _ => Err(Error::InvalidInput(format!("Invalid Caller Arn: {text} is not the ARN of an IAM user."))),
    }
}

fn check(question: &Question) -> Result<(), Error> {
    for action in &question.action_names {
        let is_one = action.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
        if !is_one || action.contains(['*', '?']) {
            return Err(Error::InvalidInput(format!("Invalid Action Name: {action}")));
        }
    }
    if let Some(resource) = question.resource_arns.iter().find(|text| *text != "*" && text.splitn(6, ':').count() < 6) {
        return Err(Error::InvalidInput(format!("Invalid Resource Arn: {resource}")));
    }
    if question.permissions_boundary_policy_input_list.len() > 1 {
        return Err(Error::InvalidInput("Only one permissions boundary policy can be simulated.".to_owned()));
    }
    let values = question.context_entries.iter().flat_map(|entry| &entry.context_key_values);
    if values.map(String::len).sum::<usize>() > CONTEXT_BYTES {
        return Err(Error::InvalidInput(format!("The context entries are longer than {CONTEXT_BYTES} bytes.")));
    }
    if let Some(option) = &question.resource_handling_option {
        run_instances::check(option, &question.resource_arns).map_err(Error::InvalidInput)?;
    }
    Ok(())
}

async fn prepare(cx: &Context, question: Question, subject: Subject, resources: &[String]) -> Result<Simulation, Error> {
    let caller = question.caller_arn.as_deref().map(caller_principal).transpose()?;
    let is_user = matches!(subject.principal, Some(Principal::User { .. }));
    if question.resource_policy.is_some() && caller.is_none() && !is_user {
        return Err(Error::InvalidInput("CallerArn is required when ResourcePolicy is given.".to_owned()));
    }
    let context = context(&question, &caller, subject.keys)?;
    let nobody = || Principal::User { account: cx.account_id.to_string(), arn: String::new(), id: String::new() };
    let principal = caller.or(subject.principal).unwrap_or_else(nobody);
    let account = principal.account().unwrap_or(cx.account_id.as_str()).to_owned();
    let owner = question.resource_owner.as_deref().map(owner_account).transpose()?;

    let mut identity = subject.stored;
    identity.extend(inputs("PolicyInputList", question.policy_input_list));
    // One that is given takes the place of the one that they have.
    let boundary = inputs("PermissionsBoundaryPolicyInputList", question.permissions_boundary_policy_input_list).next();
    let boundary = boundary.or(subject.boundary);
    let resource =
        question.resource_policy.map(|text| Document { id: "ResourcePolicy".to_owned(), source: Source::Resource, text, arn: None });
    let levels = question.ordered_organization_policy_input_list.into_iter().enumerate().map(|(index, level)| {
        let name = format!("OrderedOrganizationPolicyInputList.{}.ServiceControlPolicyInputList", index + 1);
        inputs(&name, level.service_control_policy_input_list).collect()
    });
    let trusts_count = resource.is_none() && question.action_names.iter().any(|action| assumes_role(action));
    let given = Given { identity, boundary, resource, levels: levels.collect() };
    let mut simulation = Simulation::new(principal, &account, given, owner, context).map_err(malformed)?;
    if trusts_count {
        add_trusts(cx, &mut simulation, resources).await?;
    }
    Ok(simulation)
}

/// Has the roles of the caller's account judged by their trust policies, as the call itself would be. AWS leaves that out.
///
/// SECURITY: a trust policy's verdict tells of its content, so this asks for the right to read the role.
async fn add_trusts(cx: &Context, simulation: &mut Simulation, resources: &[String]) -> Result<(), Error> {
    for resource in resources {
        let Some(RoleName { account_id: account, .. }) = arn::parse_role(resource) else { continue };
        if cx.account_id != account {
            continue;
        }
        let role = cx.read(async |tx| store::iam::find_role_by_arn(tx, resource).await).await?;
        // As GetRole itself is judged: by the role's tags too.
        let tags = role.as_ref().map_or(&[][..], |role| &role.tags);
        let decision = Ask::on(resource.as_str()).resource_tags(tags).decide(cx, "iam:GetRole").await?;
        if decision.verdict != Verdict::Allowed {
            return Err(Error::AccessDenied(authz::denial(&cx.caller, "iam:GetRole", resource, &decision)));
        }
        let Some(mut role) = role else { continue };
        // Answers tell places in the text that GetRole shows.
        cx.read(async |tx| trusted::by_arn(tx, &cx.account_id, slice::from_mut(&mut role)).await).await?;
        let document = Document { id: resource.clone(), source: Source::Resource, text: role.assume_role_policy, arn: None };
        simulation.trust(resource.clone(), document).map_err(|error| Error::Internal(Box::new(error)))?;
    }
    Ok(())
}

/// The context: what was given, over what is known of the principal.
fn context(question: &Question, caller: &Option<Principal>, stored: ContextMap) -> Result<ContextMap, Error> {
    // A caller beside the source of the policies is another: what the store knows is not about them.
    let mut context = match caller {
        Some(Principal::User { account, arn, .. }) => {
            let mut keys = ContextMap::new();
            keys.insert("aws:PrincipalArn", arn.as_str());
            keys.insert("aws:PrincipalAccount", account.as_str());
            keys.insert("aws:PrincipalType", "User");
            keys.insert("aws:username", arn.rsplit('/').next().unwrap_or_default());
            keys
        }
        _ => stored,
    };
    let mut seen = HashSet::new();
    for entry in &question.context_entries {
        let (Some(key), Some(kind)) = (&entry.context_key_name, &entry.context_key_type) else {
            return Err(Error::InvalidInput("A context entry needs ContextKeyName and ContextKeyType.".to_owned()));
        };
        if !seen.insert(key.to_ascii_lowercase()) {
            return Err(Error::InvalidInput(format!("Context Key {key} is given twice.")));
        }
        let added = context_entry::add(&mut context, key, kind, &entry.context_key_values);
        added.map_err(|error| Error::InvalidInput(error.to_string()))?;
    }
    Ok(context)
}

/// Policies of a list parameter.
pub fn inputs(parameter: &str, texts: Vec<String>) -> impl Iterator<Item = Document> {
    let numbered = (1..).zip(texts);
    numbered.map(move |(number, text): (usize, String)| Document {
        id: format!("{parameter}.{number}"),
        source: Source::Input,
        text,
        arn: None,
    })
}

/// A policy that is none, in the simulators' one error for it.
pub fn malformed(error: crate::policy::ParseError) -> Error {
    Error::InvalidInput(error.problem)
}

/// The account in `arn:aws:iam::123456789012:root`, or the bare number.
fn owner_account(text: &str) -> Result<String, Error> {
    let is_account = crate::policy::is_account;
    match Principal::from_arn(text) {
        Some(Principal::Root { account }) => Ok(account),
        None if is_account(text) => Ok(text.to_owned()),
        _ => Err(Error::InvalidInput(format!("Invalid Resource Owner: {text}"))),
    }
}

fn evaluate(simulation: &Simulation, action: String, resources: &[String]) -> Option<EvaluationResult> {
    let outcomes: Vec<Outcome> = resources.iter().map(|resource| simulation.judge(&action, resource)).collect();
    let decisive = together(&outcomes)?.clone();
    // Of everything (`*`) alone, there is nothing to tell apart.
    let single = matches!(resources, [only] if only == "*");
    let missing = if single { decisive.missing.clone() } else { Vec::new() };
    let details = if single { None } else { details(&decisive) };
    let mut specific = Vec::new();
    if !single {
        specific.extend(outcomes.into_iter().map(ResourceSpecificResult::from));
    }
    Some(EvaluationResult {
        eval_action_name: action,
        eval_resource_name: decisive.resource,
        eval_decision: decisive.verdict.as_str(),
        matched_statements: decisive.matched.into_iter().map(Statement::from).collect(),
        missing_context_values: missing,
        organizations_decision_detail: decisive
            .by_organizations
            .map(|allowed| OrganizationsDecisionDetail { allowed_by_organizations: allowed }),
        permissions_boundary_decision_detail: decisive.by_boundary.map(boundary_detail),
        eval_decision_details: details,
        resource_specific_results: specific,
    })
}

const fn boundary_detail(allowed: bool) -> PermissionsBoundaryDecisionDetail {
    PermissionsBoundaryDecisionDetail { allowed_by_permissions_boundary: allowed }
}

/// Empty within an account; absent where an organization's policies ended the evaluation.
fn details(outcome: &Outcome) -> Option<BTreeMap<&'static str, &'static str>> {
    if outcome.by_organizations == Some(false) {
        return None;
    }
    let sides = outcome.sides.iter().flatten();
    Some(sides.map(|(name, verdict)| (*name, verdict.as_str())).collect())
}

impl From<Outcome> for ResourceSpecificResult {
    fn from(outcome: Outcome) -> Self {
        Self {
            eval_decision_details: details(&outcome),
            eval_resource_name: outcome.resource,
            eval_resource_decision: outcome.verdict.as_str(),
            matched_statements: outcome.matched.into_iter().map(Statement::from).collect(),
            missing_context_values: outcome.missing,
            permissions_boundary_decision_detail: outcome.by_boundary.map(boundary_detail),
        }
    }
}

impl From<Matched> for Statement {
    fn from(matched: Matched) -> Self {
        let position = |place: Place| Position { line: place.line, column: place.column };
        Self {
            source_policy_id: matched.id,
            source_policy_type: matched.source.as_str(),
            start_position: position(matched.start),
            end_position: position(matched.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::TestApp;

    #[test]
    fn a_page_holds_what_may_be_weighed_at_once() {
        let page = |weights: &[usize]| page_of(weights.iter().copied());
        assert_eq!(page(&[]), Some((0, 0)));
        assert_eq!(page(&[MAX_WEIGHT, 1]), Some((1, MAX_WEIGHT)));
        assert_eq!(page(&[1, MAX_WEIGHT, 1]), Some((1, 1)));
        assert_eq!(page(&[MAX_WEIGHT + 1]), None);
    }

    fn question(resources: usize, operands: usize, values: usize) -> Value {
        let operands: Vec<String> = (0..operands).map(|number| format!("v{number}")).collect();
        let condition = json!({"ForAnyValue:StringEquals": {"app:key": operands}});
        let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
        let values: Vec<String> = (0..values).map(|number| format!("w{number}")).collect();
        json!({
            "PolicyInputList": [json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()],
            "ActionNames": ["notes:Read", "notes:Write", "notes:Delete"],
            "ResourceArns": (0..resources).map(|number| format!("arn:aws:notes:::note/{number}")).collect::<Vec<_>>(),
            "ContextEntries": [{"ContextKeyName": "app:key", "ContextKeyType": "stringList", "ContextKeyValues": values}],
        })
    }

    /// The product of both sides' values took a worker 12 seconds.
    #[actix_web::test]
    async fn values_times_values_times_resources_are_bounded_and_pages_get_shorter() {
        let app = TestApp::new().await;
        let refused = app.admin().call("SimulateCustomPolicy", question(30, 1_900, 1_900)).await;
        assert_eq!(refused.code(), "InvalidInput", "{}", refused.text);
        assert!(refused.message().starts_with("The simulation is too large"), "{}", refused.message());
        let first = app.admin().call("SimulateCustomPolicy", question(5, 400, 600)).await.ok();
        assert_eq!((first["EvaluationResults"].as_array().unwrap().len(), &first["IsTruncated"]), (1, &json!("true")));
        let all = app.admin().call("SimulateCustomPolicy", question(2, 20, 20)).await.ok();
        assert_eq!((all["EvaluationResults"].as_array().unwrap().len(), &all["IsTruncated"]), (3, &json!("false")));
    }
}
