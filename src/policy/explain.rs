//! Why a decision is what it is: for each statement that nearly matched, what failed. Costs nothing unless it is asked for.

use super::ast::{Effect, Statement, Target};
use super::eval::{Policies, PolicySource, Request, applicable, asked};
use super::principal::Naming;
use super::set::{Asked, NamedPolicy};

/// One thing by which a statement about the action did not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedStatement {
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
    /// The element that did not match: `Principal`, `NotPrincipal`, `Resource`, `NotResource` or `Condition`.
    pub element: &'static str,
    /// The condition operator as it was written, if a condition failed.
    pub operator: Option<String>,
    /// The condition key as it was written, if a condition failed.
    pub key: Option<String>,
    /// What the statement wants.
    pub expected: Vec<String>,
    /// What the request has; empty where the key is absent.
    pub actual: Vec<String>,
}

/// No more failures than this are told.
const MAX_FAILURES: usize = 1000;

/// No more values than this are told of one failure, and no more characters of a value.
const MAX_VALUES: usize = 20;
const MAX_CHARACTERS: usize = 512;

/// What failed of the statements that cover the action: the first thousand, their values cut short.
#[must_use]
pub fn explain(request: &Request<'_>, policies: &Policies<'_>) -> Vec<FailedStatement> {
    let asked = asked(request, policies);
    let mut failed = Vec::new();
    for (source, set) in applicable(request, policies) {
        for (named, index, statement) in set.statements() {
            if failed.len() >= MAX_FAILURES {
                return failed;
            }
            if statement.actions.cover(asked.action) {
                failures(&asked.of(source), source, named, index, statement, &mut failed);
            }
        }
    }
    failed
}

fn failures(
    asked: &Asked<'_>,
    source: PolicySource,
    named: &NamedPolicy,
    index: usize,
    statement: &Statement,
    failed: &mut Vec<FailedStatement>,
) {
    let of = |element, expected: Vec<String>, actual: Vec<String>| FailedStatement {
        policy: named.name.clone(),
        source,
        sid: statement.sid.clone(),
        index,
        effect: statement.effect,
        element,
        operator: None,
        key: None,
        expected,
        actual,
    };
    if let Some(principals) = &statement.principals
        && statement.naming(asked) == Naming::None
    {
        let (element, patterns) = principals.parts();
        failed.push(of(element, cut(patterns.iter().map(ToString::to_string)), cut([asked.principal.to_string()])));
    }
    if let Some(resources) = &statement.resources
        && !resources.cover(asked.target, asked.context, statement.effect)
    {
        let (element, patterns) = resources.parts();
        let actual = match asked.target {
            Target::Arn(arn) => cut([arn]),
            Target::Nothing => Vec::new(),
        };
        failed.push(of(element, cut(patterns.iter().map(|pattern| pattern.text())), actual));
    }
    for condition in statement.conditions.iter().filter(|condition| !condition.holds(asked.context, statement.effect)) {
        let actual = cut(asked.context.values(condition.key()));
        failed.push(FailedStatement {
            operator: Some(condition.operator_written().to_owned()),
            key: Some(condition.key_written().to_owned()),
            ..of("Condition", cut(condition.expected()), actual)
        });
    }
}

fn cut(values: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    values.into_iter().take(MAX_VALUES).map(|value| value.as_ref().chars().take(MAX_CHARACTERS).collect()).collect()
}
