//! Hypothetical decisions: everything that a question rests on is in its text, and nothing is looked up. What
//! `POST /v1/simulate` answers, and `passwright policy evaluate` and `test` without a server.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{keys, render};
use crate::policy::{self, ContextMap, Decision, FailedStatement, NamedPolicy, Policies, PolicySet, Principal, Request};

/// More policies than any request is judged by.
const MAX_POLICIES: usize = 1000;

/// A question, understood: policies parsed and compiled.
pub struct Question {
    principal: Principal,
    action: String,
    resource: String,
    resource_account: String,
    context: ContextMap,
    identity: PolicySet,
    resource_policy: Option<PolicySet>,
    permissions_boundary: Option<PolicySet>,
    session: Option<PolicySet>,
    service_control: Vec<PolicySet>,
    resource_control: Vec<PolicySet>,
    vpc_endpoint: Option<PolicySet>,
    wildcard_only_action: bool,
    explain: bool,
}

/// The question as it is written. A member that we do not know is refused: a policy that is passed over because its name is
/// misspelt would change the answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    principal: WrittenPrincipal,
    action: String,
    resource: WrittenResource,
    #[serde(default)]
    context: Option<Map<String, Value>>,
    #[serde(borrow, default)]
    policies: WrittenPolicies<'a>,
    #[serde(default)]
    wildcard_only_action: bool,
    #[serde(default)]
    derive: bool,
    #[serde(default)]
    explain: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPrincipal {
    arn: Option<String>,
    service: Option<String>,
    federated: Option<String>,
    anonymous: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenResource {
    arn: String,
    account: Option<String>,
}

/// Policies stay texts until the policy parser reads them: it alone refuses what other readers of JSON let pass.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPolicies<'a> {
    #[serde(borrow)]
    identity: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    #[serde(borrow)]
    permissions_boundaries: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    session: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    service_control: Option<Vec<WrittenLevel<'a>>>,
    #[serde(borrow)]
    resource_control: Option<Vec<WrittenLevel<'a>>>,
    #[serde(borrow)]
    vpc_endpoint: Option<Vec<&'a RawValue>>,
}

/// What is attached to one level of an organization: its root, a unit, or the account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLevel<'a> {
    /// For people: nothing is looked up by it.
    #[serde(default, rename = "target")]
    _target: Option<String>,
    #[serde(borrow)]
    policies: Vec<&'a RawValue>,
}

impl Question {
    /// Reads a question. A resource whose ARN names no account, and for which none is given, belongs to `own_account`.
    ///
    /// # Errors
    /// In words for whoever asks: what is malformed, and where.
    pub fn parse(text: &str, own_account: &str) -> Result<Self, String> {
        let written: Written<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if !written.action.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty()) {
            return Err(format!("action `{}` is not of the form `service:Name`", written.action));
        }
        keys::check_lengths(&written.action, &written.resource.arn)?;
        let mut context = ContextMap::new();
        keys::add(&mut context, &written.context.unwrap_or_default())?;
        let policies = written.policies;
        if policies.count() > MAX_POLICIES {
            return Err(format!("policies are more than {MAX_POLICIES}"));
        }
        let resource_policy = policies.resource.map(|raw| named("resource".to_owned(), raw)).transpose()?;
        let mut question = Self {
            principal: written.principal.understand()?,
            action: written.action,
            resource_account: written.resource.account_or(own_account)?,
            resource: written.resource.arn,
            context,
            identity: set("identity", policies.identity.as_deref().unwrap_or_default())?,
            resource_policy: resource_policy.map(|policy| PolicySet::new(vec![policy])),
            permissions_boundary: limit("permissions_boundaries", policies.permissions_boundaries)?,
            session: limit("session", policies.session)?,
            service_control: levels("service_control", policies.service_control)?,
            resource_control: levels("resource_control", policies.resource_control)?,
            vpc_endpoint: limit("vpc_endpoint", policies.vpc_endpoint)?,
            wildcard_only_action: written.wildcard_only_action,
            explain: written.explain,
        };
        if written.derive {
            question.derive();
        }
        Ok(question)
    }

    /// Adds the keys that follow from the principal's ARN and the resource's account, whatever the text says.
    pub fn derive(&mut self) {
        keys::derive(&mut self.context, &self.principal, &self.resource_account);
    }

    /// The decision.
    #[must_use]
    pub fn decide(&self) -> Decision {
        policy::decide(&self.request(), &self.policies())
    }

    /// What the decision costs: [`policy::weight`].
    #[must_use]
    pub fn weight(&self) -> usize {
        policy::weight(&self.request(), &self.policies())
    }

    /// Asks also for what failed, whatever the text says.
    pub const fn explain(&mut self) {
        self.explain = true;
    }

    /// What failed of the statements about the action.
    #[must_use]
    pub fn failures(&self) -> Vec<FailedStatement> {
        policy::explain(&self.request(), &self.policies())
    }

    fn request(&self) -> Request<'_> {
        Request {
            principal: &self.principal,
            action: &self.action,
            resource: &self.resource,
            resource_account: Some(&self.resource_account),
            wildcard_only_action: self.wildcard_only_action,
            context: &self.context,
        }
    }

    fn policies(&self) -> Policies<'_> {
        Policies {
            identity: Some(&self.identity),
            resource: self.resource_policy.as_ref(),
            permissions_boundary: self.permissions_boundary.as_ref(),
            session: self.session.as_ref(),
            service_control: &self.service_control,
            resource_control: &self.resource_control,
            vpc_endpoint: self.vpc_endpoint.as_ref(),
        }
    }
}

/// The answer, as it goes over the wire. `failed` is empty unless the question asks to `explain`.
#[must_use]
pub fn answer(question: &Question) -> Value {
    let decision = question.decide();
    let failed = if question.explain { render::failures(&question.failures()) } else { Vec::new() };
    json!({
        "decision": decision.verdict.as_str(),
        "source": decision.source.map(render::source),
        "statements": render::statements(&decision.statements),
        "failed": failed,
    })
}

impl WrittenPrincipal {
    fn understand(self) -> Result<Principal, String> {
        match (self.arn, self.service, self.federated, self.anonymous) {
            (Some(arn), None, None, None) => Principal::from_arn(&arn).ok_or_else(|| format!("principal.arn `{arn}` names no principal")),
            (None, Some(service), None, None) => Ok(Principal::Service(service)),
            (None, None, Some(provider), None) => Ok(Principal::Federated(provider)),
            (None, None, None, Some(true)) => Ok(Principal::Anonymous),
            _ => Err("principal is not one of `{\"arn\"}`, `{\"service\"}`, `{\"federated\"}`, `{\"anonymous\": true}`".to_owned()),
        }
    }
}

impl WrittenResource {
    fn account_or(&self, own_account: &str) -> Result<String, String> {
        if let Some(account) = &self.account {
            return if policy::is_account(account) {
                Ok(account.clone())
            } else {
                Err("resource.account does not have 12 digits".to_owned())
            };
        }
        let named = self.arn.split(':').nth(4).filter(|account| policy::is_account(account));
        Ok(named.unwrap_or(own_account).to_owned())
    }
}

impl WrittenPolicies<'_> {
    fn count(&self) -> usize {
        let lists = [&self.identity, &self.permissions_boundaries, &self.session, &self.vpc_endpoint];
        let levels = [&self.service_control, &self.resource_control];
        let listed: usize = lists.into_iter().flatten().map(Vec::len).sum();
        listed + levels.into_iter().flatten().flatten().map(|level| 1 + level.policies.len()).sum::<usize>()
    }
}

/// Policies that limit: an empty list says that there are none, which limits nothing.
fn limit(name: &str, written: Option<Vec<&RawValue>>) -> Result<Option<PolicySet>, String> {
    written.filter(|list| !list.is_empty()).map(|list| set(name, &list)).transpose()
}

/// Levels of an organization: one that is there and has no policies allows nothing.
fn levels(name: &str, written: Option<Vec<WrittenLevel<'_>>>) -> Result<Vec<PolicySet>, String> {
    let level = |(index, level): (usize, WrittenLevel<'_>)| set(&format!("{name}[{index}].policies"), &level.policies);
    written.unwrap_or_default().into_iter().enumerate().map(level).collect()
}

fn set(name: &str, written: &[&RawValue]) -> Result<PolicySet, String> {
    let policies = written.iter().enumerate().map(|(index, raw)| named(format!("{name}[{index}]"), raw)).collect::<Result<_, _>>()?;
    Ok(PolicySet::new(policies))
}

/// A policy is an object, or a string that holds its text. Only the grammar is asked for, not the rules of a policy type.
fn named(name: String, raw: &RawValue) -> Result<NamedPolicy, String> {
    let unwrapped: Option<String> = raw.get().starts_with('"').then(|| serde_json::from_str(raw.get()).ok()).flatten();
    let policy = policy::parse(unwrapped.as_deref().unwrap_or(raw.get()));
    let policy = policy
        .map_err(|error| format!("policies.{name}: {} at {}, line {}, column {}", error.problem, error.path, error.line, error.column))?;
    Ok(NamedPolicy { name, policy: Arc::new(policy) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "000000000000";
    const ALICE: &str = "arn:aws:iam::000000000000:user/alice";

    fn allow(action: &str) -> Value {
        json!({"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": action, "Resource": "*"}]})
    }

    fn question(policies: Value) -> Value {
        json!({"principal": {"arn": ALICE}, "action": "notes:Read", "resource": {"arn": "arn:aws:notes:::note/1"}, "policies": policies})
    }

    fn asked(question: &Value) -> Value {
        answer(&Question::parse(&question.to_string(), OWN).unwrap())
    }

    fn refused(text: &str) -> String {
        Question::parse(text, OWN).err().unwrap()
    }

    #[test]
    fn the_answer_names_the_statement_that_decided() {
        let found = asked(&question(json!({"identity": [allow("s3:*"), allow("notes:*")]})));
        assert_eq!(found["decision"], "allowed");
        let statement = &found["statements"][0];
        assert_eq!((&statement["policy"], &statement["sid"], &statement["index"]), (&json!("identity[1]"), &json!("A"), &json!(0)));
        assert_eq!((&statement["effect"], &statement["source"]), (&json!("Allow"), &json!("identity")));
        assert_eq!(found["failed"], json!([]));
    }

    #[test]
    fn a_policy_may_be_a_text() {
        let found = asked(&question(json!({"identity": [allow("notes:*").to_string()]})));
        assert_eq!(found["decision"], "allowed");
    }

    #[test]
    fn an_empty_list_limits_nothing_and_an_empty_level_allows_nothing() {
        let empty = json!({"identity": [allow("notes:*")], "resource": null, "permissions_boundaries": [], "session": [],
                           "service_control": [], "resource_control": [], "vpc_endpoint": []});
        assert_eq!(asked(&question(empty))["decision"], "allowed");
        let level = json!({"identity": [allow("notes:*")], "service_control": [{"target": "r-1", "policies": []}]});
        let found = asked(&question(level));
        assert_eq!((&found["decision"], &found["source"]), (&json!("implicitDeny"), &json!("service_control")));
        let session = json!({"identity": [allow("notes:*")], "session": [allow("s3:*")]});
        assert_eq!(asked(&question(session))["decision"], "implicitDeny");
    }

    #[test]
    fn the_resources_account_is_the_given_one_then_the_arns_then_our_own() {
        for (resource, decision) in [
            (json!({"arn": "arn:aws:notes:::note/1"}), "allowed"),
            (json!({"arn": "arn:aws:notes::000000000000:note/1"}), "allowed"),
            (json!({"arn": "arn:aws:notes::111111111111:note/1"}), "implicitDeny"),
            (json!({"arn": "arn:aws:notes:::note/1", "account": "111111111111"}), "implicitDeny"),
            (json!({"arn": "arn:aws:notes::111111111111:note/1", "account": OWN}), "allowed"),
        ] {
            let mut question = question(json!({"identity": [allow("notes:*")]}));
            question["resource"] = resource.clone();
            assert_eq!(asked(&question)["decision"], decision, "{resource}");
        }
    }

    #[test]
    fn keys_may_be_texts_numbers_booleans_and_lists() {
        let condition = json!({"NumericEquals": {"a:n": "3"}, "Bool": {"a:b": "true"}, "ForAnyValue:StringEquals": {"a:l": "y"}});
        let mut policy = allow("notes:*");
        policy["Statement"][0]["Condition"] = condition;
        let mut question = question(json!({"identity": [policy]}));
        question["context"] = json!({"A:N": 3, "a:b": true, "a:l": ["x", "y"]});
        assert_eq!(asked(&question)["decision"], "allowed");
        question["context"] = json!({"a:n": 4, "a:b": true, "a:l": ["x", "y"]});
        question["explain"] = json!(true);
        let found = asked(&question);
        assert_eq!(found["decision"], "implicitDeny");
        assert_eq!(found["failed"][0]["key"], "a:n");
        question["context"] = json!({"a:n": {}});
        assert!(refused(&question.to_string()).contains("context.`a:n`"));
    }

    #[test]
    fn what_is_malformed_is_named() {
        let with = |policies: &str| {
            format!(r#"{{"principal": {{"anonymous": true}}, "action": "a:B", "resource": {{"arn": "*"}}, "policies": {policies}}}"#)
        };
        for (text, expected) in [
            (with(r#"{"identity": [{"Statement": [{"Effect": "Allow"}]}]}"#), "policies.identity[0]: "),
            (with(r#"{"identity": [{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}}]}"#), "twice"),
            (with(r#"{"service_control": [{"policies": []}, {"policies": ["{}"]}]}"#), "policies.service_control[1].policies[0]: "),
            (with(r#"{"resource": 3}"#), "policies.resource: "),
            (with(r#"{"permission_boundaries": []}"#), "unknown field `permission_boundaries`"),
            (with("{}").replace("a:B", "everything"), "action `everything`"),
            (with("{}").replace(r#""anonymous": true"#, r#""arn": "alice""#), "principal.arn `alice`"),
            (with("{}").replace(r#""anonymous": true"#, ""), "principal is not one of"),
            ("[]".to_owned(), "invalid length"),
        ] {
            let problem = refused(&text);
            assert!(problem.contains(expected), "{problem}");
        }
    }

    /// Source: IAM user guide, "AWS global condition context keys", properties of the principal.
    #[test]
    fn what_the_principals_arn_tells_is_derived_when_it_is_asked_for() {
        let role = "arn:aws-cn:iam::000000000000:role/app";
        for (principal, arn, kind, username) in [
            (ALICE, ALICE, "User", Some("alice")),
            ("arn:aws:iam::000000000000:user/team/bob", "arn:aws:iam::000000000000:user/team/bob", "User", Some("bob")),
            ("arn:aws:iam::000000000000:root", "arn:aws:iam::000000000000:root", "Account", None),
            ("arn:aws-cn:sts::000000000000:assumed-role/app/s", role, "AssumedRole", None),
            (role, role, "AssumedRole", None),
            ("arn:aws:sts::000000000000:federated-user/f", "arn:aws:sts::000000000000:federated-user/f", "FederatedUser", None),
        ] {
            let mut policy = allow("notes:*");
            let keys = json!({"aws:PrincipalArn": arn, "aws:PrincipalType": kind, "aws:PrincipalAccount": OWN, "aws:ResourceAccount": "111111111111"});
            policy["Statement"][0]["Condition"] = json!({"StringEquals": keys, "Null": {"aws:username": username.is_none().to_string()}});
            if let Some(name) = username {
                policy["Statement"][0]["Condition"]["StringLike"] = json!({"aws:username": name});
            }
            // A resource's policy judges the account's root too.
            let statement = &mut policy["Statement"][0];
            statement["Principal"] = json!("*");
            let identity = allow("notes:*");
            let mut asks = question(json!({"identity": [identity], "resource": policy}));
            asks["principal"] = json!({"arn": principal});
            asks["resource"]["account"] = json!("111111111111");
            assert_eq!(asked(&asks)["decision"], "implicitDeny", "{principal} without deriving");
            asks["derive"] = json!(true);
            assert_eq!(asked(&asks)["decision"], "allowed", "{principal}");
            asks["context"] = json!({"AWS:principaltype": "Other"});
            assert_eq!(asked(&asks)["decision"], "implicitDeny", "{principal}: what the context has stays");
        }
    }

    #[test]
    fn a_wildcard_only_action_is_covered_by_the_star_alone() {
        let mut narrow = allow("notes:*");
        narrow["Statement"][0]["Resource"] = json!("arn:aws:notes:::note/*");
        for (policy, decision) in [(narrow, "implicitDeny"), (allow("notes:*"), "allowed")] {
            let mut question = question(json!({"identity": [policy]}));
            question["wildcard_only_action"] = json!(true);
            assert_eq!(asked(&question)["decision"], decision);
        }
    }
}
