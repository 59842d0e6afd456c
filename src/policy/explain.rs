//! Why a decision is what it is: for each statement that nearly matched, what failed. Costs nothing unless it is asked for.

use super::ast::{Effect, Statement};
use super::eval::{NamedPolicy, Policies, Request};
use super::principal::Naming;

/// A statement about the action that did not match, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedStatement {
    /// The policy's name.
    pub policy: String,
    /// The statement's `Sid`, if it has one.
    pub sid: Option<String>,
    /// Its place in the policy, from 0.
    pub index: usize,
    /// What it says.
    pub effect: Effect,
    /// The element that did not match: `Principal`, `Resource`, or `Condition`.
    pub element: &'static str,
    /// The condition operator, if a condition failed.
    pub operator: Option<&'static str>,
    /// The condition key (lower case), if a condition failed.
    pub key: Option<String>,
    /// What the statement wants.
    pub expected: Vec<String>,
    /// What the request has; empty where the key is absent.
    pub actual: Vec<String>,
}

/// The statements that cover the action and failed by something else. Bounded by the number of statements.
#[must_use]
pub fn explain(request: &Request<'_>, policies: &Policies<'_>) -> Vec<FailedStatement> {
    let single = policies.resource.into_iter().chain(policies.permissions_boundary);
    let all = policies.identity.iter().chain(policies.session.unwrap_or_default()).chain(single);
    all.flat_map(|named| {
        named.policy.statements.iter().enumerate().filter_map(move |(index, statement)| failure(request, named, index, statement))
    })
    .collect()
}

fn failure(request: &Request<'_>, named: &NamedPolicy, index: usize, statement: &Statement) -> Option<FailedStatement> {
    if !statement.actions.cover(request.action) {
        return None;
    }
    let failed = |element, actual: Vec<String>| FailedStatement {
        policy: named.name.clone(),
        sid: statement.sid.clone(),
        index,
        effect: statement.effect,
        element,
        operator: None,
        key: None,
        expected: Vec::new(),
        actual,
    };
    if statement.principals.as_ref().is_some_and(|principals| principals.names(request.principal) == Naming::None) {
        return Some(failed("Principal", vec![request.principal.to_string()]));
    }
    if statement.resources.as_ref().is_some_and(|resources| !resources.cover(request.resource, request.context)) {
        return Some(failed("Resource", vec![request.resource.to_owned()]));
    }
    let condition = statement.conditions.iter().find(|condition| !condition.holds(request.context))?;
    let actual = request.context.values(condition.key()).unwrap_or_default().to_vec();
    Some(FailedStatement {
        operator: Some(condition.operator()),
        key: Some(condition.key().to_owned()),
        expected: condition.expected().map(str::to_owned).collect(),
        ..failed("Condition", actual)
    })
}
