//! The decision: explicit deny over allow over implicit deny, within one account and across two.
//!
//! Source: IAM user guide, "Policy evaluation logic" with "Policy evaluation for requests within a single account" and
//! "Cross-account policy evaluation logic".

use super::ast::{Effect, Target};
use super::context::ContextMap;
use super::json::Position;
use super::principal::{Naming, Principal};
use super::service_rules::{Rule, rule};
use super::set::{Asked, Finding, PolicySet};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// What they want to do (`notes:Read`).
    pub action: &'a str,
    /// What with (an ARN).
    pub resource: &'a str,
    /// The account of the resource; `None` where it belongs to the principal's.
    pub resource_account: Option<&'a str>,
    /// Whether the action takes no resource: then only `Resource: "*"` covers it, whatever `resource` says.
    pub wildcard_only_action: bool,
    /// The condition keys.
    pub context: &'a ContextMap,
}

/// The policies that apply. An absent set limits nothing and allows nothing; a set that is there and empty allows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policies<'a> {
    /// Of the user, or the role of the session.
    pub identity: Option<&'a PolicySet>,
    /// Of the resource: a trust policy for a role, a key policy for a key.
    pub resource: Option<&'a PolicySet>,
    /// The boundary.
    pub permissions_boundary: Option<&'a PolicySet>,
    /// Of the session.
    pub session: Option<&'a PolicySet>,
    /// Of the organization, one set a level from the root to the account.
    pub service_control: &'a [PolicySet],
    /// Of the organization over its resources, one set a level.
    pub resource_control: &'a [PolicySet],
    /// Of the VPC endpoint that the request came by.
    pub vpc_endpoint: Option<&'a PolicySet>,
}

/// The kinds of policies, in the order in which decisions are explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// Of the user or role.
    Identity,
    /// Of the resource.
    Resource,
    /// A permissions boundary.
    PermissionsBoundary,
    /// Of the session.
    Session,
    /// Of the organization.
    ServiceControl,
    /// Of the organization, over resources.
    ResourceControl,
    /// Of the VPC endpoint.
    VpcEndpoint,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be done.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// Nothing allows it.
    ImplicitDeny,
}

impl Verdict {
    /// As IAM's simulators and our decision endpoints write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
        }
    }
}

/// The answer alone, as [`judge`] gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The answer.
    pub verdict: Verdict,
    /// For an explicit deny: the kind of policy that denies. For an implicit one: the kind that holds no allow, if it is
    /// one.
    pub source: Option<PolicySource>,
}

/// A statement that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedStatement {
    /// The policy's name.
    pub policy: String,
    /// What kind of policy it is.
    pub source: PolicySource,
    /// The statement's `Sid`, if it has one.
    pub sid: Option<String>,
    /// Its place in the policy, from 0.
    pub index: usize,
    /// What it says.
    pub effect: Effect,
    /// Where its text begins in the policy.
    pub start: Position,
    /// Where its text ends.
    pub end: Position,
}

/// The answer and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub verdict: Verdict,
    /// The statements that decided: the denying ones, or else the allowing ones; none for an implicit deny.
    pub statements: Vec<MatchedStatement>,
    /// As in [`Judgement`].
    pub source: Option<PolicySource>,
}

/// Judges a request. Allocates nothing, but where an ARN operator's value has variables, and once for each value of the context
/// that is read as a number, date, address or bytes.
#[must_use]
pub fn judge(request: &Request<'_>, policies: &Policies<'_>) -> Judgement {
    let implicit = |source| Judgement { verdict: Verdict::ImplicitDeny, source };
    const ALLOWED: Judgement = Judgement { verdict: Verdict::Allowed, source: None };
    let service_rule = rule(request.action, request.resource);
    if service_rule == Rule::Always && *request.principal != Principal::Anonymous {
        return ALLOWED;
    }
    let asked = asked(request, policies);
    let mut findings = Findings::default();
    for (source, set) in applicable(request, policies) {
        match set.judge(&asked.of(source)) {
            Finding::Denied => return Judgement { verdict: Verdict::ExplicitDeny, source: Some(source) },
            found => findings.note(source, found),
        }
    }
    if service_rule == Rule::Never {
        return implicit(None);
    }
    match findings.missing(request, policies, service_rule) {
        Some(source) => implicit(Some(source)),
        None => ALLOWED,
    }
}

/// Judges a request and tells what decided.
#[must_use]
pub fn decide(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    let Judgement { verdict, source } = judge(request, policies);
    let effect = match verdict {
        Verdict::Allowed => Effect::Allow,
        Verdict::ExplicitDeny => Effect::Deny,
        Verdict::ImplicitDeny => return Decision { verdict, statements: Vec::new(), source },
    };
    let asked = asked(request, policies);
    let mut statements = Vec::new();
    for (source, set) in applicable(request, policies) {
        statements.extend(set.matching(effect, &asked.of(source)).into_iter().map(|(named, index, statement)| MatchedStatement {
            policy: named.name.clone(),
            source,
            sid: statement.sid.clone(),
            index,
            effect,
            start: statement.span.0,
            end: statement.span.1,
        }));
    }
    Decision { verdict, statements, source }
}

pub(super) fn asked<'a>(request: &Request<'a>, policies: &Policies<'_>) -> Asked<'a> {
    let target = if request.wildcard_only_action { Target::Nothing } else { Target::Arn(request.resource) };
    let bounded = policies.permissions_boundary.is_some();
    Asked { principal: request.principal, action: request.action, target, context: request.context, needs_principal: false, bounded }
}

impl Asked<'_> {
    /// As it is asked of policies of a kind.
    pub(super) fn of(self, source: PolicySource) -> Self {
        Self { needs_principal: source == PolicySource::Resource, ..self }
    }
}

/// The sets that reach the request's principal. Organizations' policies do not reach service-linked roles; service control
/// policies reach neither services nor anybody outside an account.
pub(super) fn applicable<'a>(request: &Request<'_>, policies: &Policies<'a>) -> impl Iterator<Item = (PolicySource, &'a PolicySet)> {
    let organized = !policies.service_control.is_empty() || !policies.resource_control.is_empty();
    let linked = organized && request.principal.is_service_linked();
    let service_control = if linked || request.principal.account().is_none() { &[] } else { policies.service_control };
    let resource_control = if linked { &[] } else { policies.resource_control };
    let single = [
        (PolicySource::Identity, policies.identity),
        (PolicySource::Resource, policies.resource),
        (PolicySource::PermissionsBoundary, policies.permissions_boundary),
        (PolicySource::Session, policies.session),
    ];
    let single = single.into_iter().filter_map(|(source, set)| Some((source, set?)));
    let levels = service_control.iter().map(|set| (PolicySource::ServiceControl, set));
    let levels = levels.chain(resource_control.iter().map(|set| (PolicySource::ResourceControl, set)));
    single.chain(levels).chain(policies.vpc_endpoint.map(|set| (PolicySource::VpcEndpoint, set)))
}

/// What sets that deny nothing say.
struct Findings {
    identity_allows: bool,
    resource: Naming,
    boundary_allows: bool,
    session_allows: bool,
    service_control_allows: bool,
    resource_control_allows: bool,
    endpoint_allows: bool,
}

impl Default for Findings {
    /// A limit that is not there lets everything pass; a grant that is not there grants nothing.
    fn default() -> Self {
        Self {
            identity_allows: false,
            resource: Naming::None,
            boundary_allows: true,
            session_allows: true,
            service_control_allows: true,
            resource_control_allows: true,
            endpoint_allows: true,
        }
    }
}

impl Findings {
    fn note(&mut self, source: PolicySource, finding: Finding) {
        let naming = match finding {
            Finding::Allowed(naming) => naming,
            Finding::Denied | Finding::Silent => Naming::None,
        };
        let allows = naming != Naming::None;
        match source {
            PolicySource::Identity => self.identity_allows = allows,
            PolicySource::Resource => self.resource = naming,
            PolicySource::PermissionsBoundary => self.boundary_allows = allows,
            PolicySource::Session => self.session_allows = allows,
            // Every level must allow.
            PolicySource::ServiceControl => self.service_control_allows &= allows,
            PolicySource::ResourceControl => self.resource_control_allows &= allows,
            PolicySource::VpcEndpoint => self.endpoint_allows = allows,
        }
    }

    /// The first kind of policy that holds no allow where one is needed.
    fn missing(&self, request: &Request<'_>, policies: &Policies<'_>, service_rule: Rule) -> Option<PolicySource> {
        if !self.service_control_allows {
            return Some(PolicySource::ServiceControl);
        }
        if !self.resource_control_allows {
            return Some(PolicySource::ResourceControl);
        }
        if !self.endpoint_allows {
            return Some(PolicySource::VpcEndpoint);
        }
        let Some(own_account) = request.principal.account() else {
            // Who belongs to no account has no identity policies: the resource's policy alone lets them in.
            return (self.resource == Naming::None).then_some(PolicySource::Resource);
        };
        // Within an account, the root may do everything that nothing denies; it has no policies of its own.
        let identity_allows = self.identity_allows || matches!(request.principal, Principal::Root { .. });
        if request.resource_account.is_some_and(|account| account != own_account) {
            return if !identity_allows {
                Some(PolicySource::Identity)
            } else if self.resource == Naming::None {
                Some(PolicySource::Resource)
            } else {
                self.withheld()
            };
        }
        match self.resource {
            // A policy that names the user or the session passes over what identity policy, boundary and session policy
            // leave out.
            Naming::Itself => None,
            Naming::Behind => self.withheld(),
            Naming::Account if identity_allows => self.withheld(),
            Naming::None if identity_allows && service_rule != Rule::ByResourcePolicy => self.withheld(),
            Naming::None if service_rule == Rule::ByResourcePolicy => Some(PolicySource::Resource),
            Naming::Account | Naming::None if policies.identity.is_none() && policies.resource.is_some() => Some(PolicySource::Resource),
            Naming::Account | Naming::None => Some(PolicySource::Identity),
        }
    }

    const fn withheld(&self) -> Option<PolicySource> {
        if !self.boundary_allows {
            return Some(PolicySource::PermissionsBoundary);
        }
        if self.session_allows { None } else { Some(PolicySource::Session) }
    }
}
