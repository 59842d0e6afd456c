//! The engine's side of a case: the same JSON, parsed, compiled and judged.

use std::sync::Arc;

use passwright::policy::{
    ContextMap, Decision, FailedStatement, Judgement, NamedPolicy, ParseError, Policies, PolicySet, Principal, Request, Verdict, decide,
    explain, judge, parse,
};
use serde_json::Value;

use crate::reference::{list, text};

/// A case, ready to be asked.
pub struct Compiled {
    principal: Principal,
    action: String,
    resource: String,
    account: Option<String>,
    wildcard_only_action: bool,
    context: ContextMap,
    identity: PolicySet,
    resource_policy: Option<PolicySet>,
    boundary: Option<PolicySet>,
    session: Option<PolicySet>,
    service_control: Vec<PolicySet>,
    resource_control: Vec<PolicySet>,
    endpoint: Option<PolicySet>,
}

impl Compiled {
    /// # Errors
    /// The first policy that the parser refuses.
    pub fn new(case: &Value) -> Result<Self, ParseError> {
        let policies = &case["policies"];
        let present = |name: &str| Ok(if list(&policies[name]).is_empty() { None } else { Some(set(name, &policies[name])?) });
        let levels = |name: &str| {
            let level = |(number, level): (usize, &&Value)| set(&format!("{name}{number}."), &level["policies"]);
            list(&policies[name]).iter().enumerate().map(level).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            principal: principal(&case["principal"]),
            action: text(&case["action"]),
            resource: text(&case["resource"]["arn"]),
            account: case["resource"]["account"].as_str().map(str::to_owned),
            wildcard_only_action: case["wildcard_only_action"] == true,
            context: context(&case["context"]),
            identity: set("identity", &policies["identity"])?,
            resource_policy: present("resource")?,
            boundary: present("permissions_boundaries")?,
            session: present("session")?,
            service_control: levels("service_control")?,
            resource_control: levels("resource_control")?,
            endpoint: present("vpc_endpoint")?,
        })
    }

    pub fn judge(&self) -> Judgement {
        judge(&self.request(), &self.policies())
    }

    pub fn decide(&self) -> Decision {
        decide(&self.request(), &self.policies())
    }

    pub fn explain(&self) -> Vec<FailedStatement> {
        explain(&self.request(), &self.policies())
    }

    fn request(&self) -> Request<'_> {
        Request {
            principal: &self.principal,
            action: &self.action,
            resource: &self.resource,
            resource_account: self.account.as_deref(),
            wildcard_only_action: self.wildcard_only_action,
            context: &self.context,
        }
    }

    fn policies(&self) -> Policies<'_> {
        Policies {
            identity: Some(&self.identity),
            resource: self.resource_policy.as_ref(),
            permissions_boundary: self.boundary.as_ref(),
            session: self.session.as_ref(),
            service_control: &self.service_control,
            resource_control: &self.resource_control,
            vpc_endpoint: self.endpoint.as_ref(),
        }
    }
}

/// The engine's answer in the reference's words; an error where the parser refuses a policy.
pub fn verdict(case: &Value) -> Result<&'static str, ParseError> {
    Ok(word(Compiled::new(case)?.judge().verdict))
}

pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::ExplicitDeny => "explicitDeny",
        Verdict::ImplicitDeny => "implicitDeny",
    }
}

fn set(name: &str, policies: &Value) -> Result<PolicySet, ParseError> {
    let named =
        |(at, policy): (usize, &&Value)| Ok(NamedPolicy { name: format!("{name}{at}"), policy: Arc::new(parse(&policy.to_string())?) });
    Ok(PolicySet::new(list(policies).iter().enumerate().map(named).collect::<Result<_, _>>()?))
}

fn principal(principal: &Value) -> Principal {
    let field = |name: &str| text(&principal[name]);
    if principal["service"].is_string() {
        return Principal::Service(field("service"));
    }
    if principal["federated"].is_string() {
        return Principal::Federated(field("federated"));
    }
    if principal["arn"].is_null() {
        return Principal::Anonymous;
    }
    let found = Principal::from_arn(&field("arn")).unwrap_or_else(|| panic!("who is {principal}?"));
    match found {
        Principal::User { account, arn, .. } => Principal::User { account, arn, id: field("id") },
        Principal::AssumedRole { account, session_arn, role_arn, .. } => {
            let role_arn = principal["role_arn"].as_str().map(str::to_owned).or(role_arn);
            Principal::AssumedRole { account, session_arn, role_arn, role_id: field("id") }
        }
        other => other,
    }
}

fn context(keys: &Value) -> ContextMap {
    let mut context = ContextMap::new();
    for (key, value) in keys.as_object().into_iter().flatten() {
        match value {
            Value::Array(values) => context.insert_list(key, values.iter().map(text)),
            one => context.insert(key, text(one)),
        }
    }
    context
}
