//! The decision: explicit deny over allow over implicit deny, within one account and across two.

use std::sync::Arc;

use super::ast::{Effect, Policy, Principals, Statement};
use super::context::ContextMap;
use super::principal::{Naming, Principal};

/// A policy and the name that answers give it.
#[derive(Clone, Debug)]
pub struct NamedPolicy {
    /// An ARN, or an inline policy's name.
    pub name: String,
    /// The policy.
    pub policy: Arc<Policy>,
}

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
    /// The condition keys.
    pub context: &'a ContextMap,
}

/// The policies that apply.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policies<'a> {
    /// Of the user, or the role of the session.
    pub identity: &'a [NamedPolicy],
    /// Of the resource.
    pub resource: Option<&'a NamedPolicy>,
    /// The boundary; `None` where there is none.
    pub permissions_boundary: Option<&'a NamedPolicy>,
    /// Of the session; `None` where it was given none.
    pub session: Option<&'a [NamedPolicy]>,
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

/// A statement that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedStatement {
    /// The policy's name.
    pub policy: String,
    /// The statement's `Sid`, if it has one.
    pub sid: Option<String>,
    /// Its place in the policy, from 0.
    pub index: usize,
    /// What it says.
    pub effect: Effect,
}

/// The answer and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub verdict: Verdict,
    /// The statements that decided: the denying ones, or else the allowing ones.
    pub statements: Vec<MatchedStatement>,
    /// For an implicit deny: which kind of policy holds no allow, in AWS's words (`identity-based`, `session`).
    pub missing: Option<&'static str>,
}

/// What one set of policies says.
#[derive(Default)]
struct Findings {
    denies: Vec<MatchedStatement>,
    allows: Vec<MatchedStatement>,
    naming: Option<Naming>,
}

/// Judges a request.
#[must_use]
pub fn decide(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    let identity = scan(request, policies.identity);
    let boundary = policies.permissions_boundary.map(|policy| scan(request, std::slice::from_ref(policy)));
    let session = policies.session.map(|policies| scan(request, policies));
    let resource = policies.resource.map(|policy| scan(request, std::slice::from_ref(policy))).unwrap_or_default();

    let mut denies = identity.denies;
    for findings in boundary.iter().chain(&session).chain([&resource]) {
        denies.extend_from_slice(&findings.denies);
    }
    if !denies.is_empty() {
        return Decision { verdict: Verdict::ExplicitDeny, statements: denies, missing: None };
    }

    let same_account = request.resource_account.is_none_or(|account| request.principal.account() == Some(account));
    // Within an account, the root may do everything that nothing denies; it has no policies of its own.
    let identity_allows = !identity.allows.is_empty() || matches!(request.principal, Principal::Root { .. });
    let naming = resource.naming.unwrap_or(Naming::None);
    let resource_allows = naming > Naming::Account || (naming == Naming::Account && identity_allows);
    let withheld = [(&boundary, "permissions boundary"), (&session, "session")]
        .into_iter()
        .find(|(findings, _)| findings.as_ref().is_some_and(|findings| findings.allows.is_empty()))
        .map(|(_, name)| name);

    let missing = if same_account {
        // A resource policy that names the user or the session passes over what boundary and session policy leave out.
        match (naming, withheld) {
            (Naming::Exact, _) => None,
            (_, Some(withheld)) if identity_allows || resource_allows => Some(withheld),
            _ if identity_allows || resource_allows => None,
            _ => Some("identity-based"),
        }
    } else if !identity_allows {
        Some("identity-based")
    } else if naming == Naming::None {
        Some("resource-based")
    } else {
        withheld
    };
    let mut statements = identity.allows;
    statements.extend(resource.allows);
    for findings in boundary.into_iter().chain(session) {
        statements.extend(findings.allows);
    }
    match missing {
        None => Decision { verdict: Verdict::Allowed, statements, missing: None },
        Some(missing) => Decision { verdict: Verdict::ImplicitDeny, statements: Vec::new(), missing: Some(missing) },
    }
}

/// Judges a call of `sts:AssumeRole…` by the role's trust policy: it must name the caller, or the caller's account beside
/// an identity policy that allows the call. Across accounts the identity policy must allow it in any case.
#[must_use]
pub fn decide_trust(request: &Request<'_>, trust: &NamedPolicy, identity: &Decision) -> Decision {
    if identity.verdict == Verdict::ExplicitDeny {
        return identity.clone();
    }
    let trusted = scan(request, std::slice::from_ref(trust));
    if !trusted.denies.is_empty() {
        return Decision { verdict: Verdict::ExplicitDeny, statements: trusted.denies, missing: None };
    }
    let same_account = request.principal.account().is_none_or(|account| request.resource_account == Some(account));
    let identity_allows = identity.verdict == Verdict::Allowed;
    let missing = match trusted.naming.unwrap_or(Naming::None) {
        Naming::None => Some("resource-based"),
        Naming::Account if !identity_allows => Some("identity-based"),
        _ if !same_account && !identity_allows => Some("identity-based"),
        _ => None,
    };
    match missing {
        None => Decision { verdict: Verdict::Allowed, statements: trusted.allows, missing: None },
        Some(missing) => Decision { verdict: Verdict::ImplicitDeny, statements: Vec::new(), missing: Some(missing) },
    }
}

fn scan(request: &Request<'_>, policies: &[NamedPolicy]) -> Findings {
    let mut findings = Findings::default();
    for named in policies {
        for (index, statement) in named.policy.statements.iter().enumerate() {
            let Some(naming) = statement.matches(request) else { continue };
            let matched = MatchedStatement { policy: named.name.clone(), sid: statement.sid.clone(), index, effect: statement.effect };
            match statement.effect {
                Effect::Deny => findings.denies.push(matched),
                Effect::Allow => {
                    findings.allows.push(matched);
                    findings.naming = findings.naming.max(Some(naming));
                }
            }
        }
    }
    findings
}

impl Statement {
    /// How closely the statement names the principal, if all of it matches. One without `Principal` is about whoever it
    /// is attached to.
    pub(super) fn matches(&self, request: &Request<'_>) -> Option<Naming> {
        let naming = self.principals.as_ref().map_or(Naming::Exact, |principals: &Principals| principals.names(request.principal));
        let matches = naming != Naming::None
            && self.actions.cover(request.action)
            && self.resources.as_ref().is_none_or(|resources| resources.cover(request.resource, request.context))
            && self.conditions.iter().all(|condition| condition.holds(request.context));
        matches.then_some(naming)
    }
}
