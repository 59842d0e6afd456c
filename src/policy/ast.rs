//! A policy as it was parsed: immutable, its patterns prepared.

use super::context::ContextMap;
use super::operators::Condition;
use super::pattern::{Case, Pattern, Wildcards};
use super::principal::{Naming, Principal, PrincipalPattern};

/// A policy document.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) statements: Vec<Statement>,
}

/// What a statement says of what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It may be done.
    Allow,
    /// It may not, whatever else allows it.
    Deny,
}

#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub sid: Option<String>,
    pub effect: Effect,
    pub principals: Option<Principals>,
    pub actions: Actions,
    pub resources: Option<Resources>,
    pub conditions: Vec<Condition>,
}

#[derive(Clone, Debug)]
pub(super) enum Principals {
    /// `Principal`
    Only(Vec<PrincipalPattern>),
    /// `NotPrincipal`
    AllBut(Vec<PrincipalPattern>),
}

#[derive(Clone, Debug)]
pub(super) enum Actions {
    /// `Action`
    Only(Vec<Pattern>),
    /// `NotAction`
    AllBut(Vec<Pattern>),
}

#[derive(Clone, Debug)]
pub(super) enum Resources {
    /// `Resource`
    Only(Vec<Pattern>),
    /// `NotResource`
    AllBut(Vec<Pattern>),
}

impl Policy {
    /// How many statements there are.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        self.statements.len()
    }

    /// Every `(principal, is_deny)` form that names a federated provider: what a trust policy must be checked for.
    pub fn federated_providers(&self) -> impl Iterator<Item = &str> {
        let listed = self.statements.iter().filter_map(|statement| match &statement.principals {
            Some(Principals::Only(patterns)) if statement.effect == Effect::Allow => Some(patterns),
            _ => None,
        });
        listed.flatten().filter_map(|pattern| match pattern {
            PrincipalPattern::Federated(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The condition keys (lower case) of each Allow statement that trusts a federated provider, one set a statement.
    pub fn keys_that_guard_provider<'a>(&'a self, provider: &'a str) -> impl Iterator<Item = Vec<&'a str>> {
        let trusts = move |statement: &&Statement| {
            let names = |pattern: &PrincipalPattern| *pattern == PrincipalPattern::Federated(provider.to_owned());
            statement.effect == Effect::Allow && matches!(&statement.principals, Some(Principals::Only(list)) if list.iter().any(names))
        };
        self.statements.iter().filter(trusts).map(|statement| statement.conditions.iter().map(Condition::key).collect())
    }
}

impl Principals {
    pub fn names(&self, principal: &Principal) -> Naming {
        let closest = |patterns: &[PrincipalPattern]| patterns.iter().map(|pattern| pattern.names(principal)).max();
        match self {
            Self::Only(patterns) => closest(patterns).unwrap_or(Naming::None),
            Self::AllBut(patterns) if spares(patterns, principal) => Naming::None,
            Self::AllBut(_) => Naming::RoleOrEveryone,
        }
    }
}

/// `NotPrincipal` spares a session only if the session, its role and its account are all listed, and a user only if the
/// user and the account are.
fn spares(patterns: &[PrincipalPattern], principal: &Principal) -> bool {
    let lists = |wanted: &PrincipalPattern| patterns.contains(wanted) || patterns.contains(&PrincipalPattern::Everyone);
    let arn = |arn: &str| PrincipalPattern::Arn(arn.to_owned());
    let account = |account: &str| PrincipalPattern::Account(account.to_owned());
    match principal {
        Principal::Anonymous => patterns.contains(&PrincipalPattern::Everyone),
        Principal::Root { account: own } => lists(&account(own)),
        Principal::User { account: own, arn: user, .. } => lists(&arn(user)) && lists(&account(own)),
        Principal::AssumedRole { account: own, session_arn, role_arn, .. } => {
            lists(&arn(session_arn)) && lists(&arn(role_arn)) && lists(&account(own))
        }
        Principal::Service(name) => lists(&PrincipalPattern::Service(name.clone())),
        Principal::Federated(name) => lists(&PrincipalPattern::Federated(name.clone())),
    }
}

impl Actions {
    pub fn cover(&self, action: &str) -> bool {
        let none = ContextMap::new();
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(action, Wildcards::Free, Case::Insensitive, &none));
        match self {
            Self::Only(patterns) => any(patterns),
            Self::AllBut(patterns) => !any(patterns),
        }
    }
}

impl Resources {
    pub fn cover(&self, resource: &str, context: &ContextMap) -> bool {
        let any =
            |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(resource, Wildcards::Resource, Case::Sensitive, context));
        match self {
            Self::Only(patterns) => any(patterns),
            Self::AllBut(patterns) => !any(patterns),
        }
    }
}
