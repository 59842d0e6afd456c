//! Policies compiled for deciding: their statements indexed, denying and allowing ones apart.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::ast::{Effect, Policy, Principals, Statement, Target};
use super::context::ContextMap;
use super::index::{Candidate, Index, Remaining};
use super::pattern::{Case, Pattern};
use super::principal::{Naming, Principal};

/// A policy and the name that answers give it.
#[derive(Clone, Debug)]
pub struct NamedPolicy {
    /// An ARN, or an inline policy's name.
    pub name: String,
    /// The policy.
    pub policy: Arc<Policy>,
}

/// Policies of one kind that apply together, compiled: what one of them allows, the set allows.
///
/// Compiling takes time linear in the policies' size; a set is made once and kept.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Vec<NamedPolicy>,
    /// Where each statement stands: policy and place.
    places: Vec<(u32, u32)>,
    denies: Index,
    allows: Index,
    /// What the conditions may be asked for any request: [`Statement::operands`].
    operands: usize,
}

/// What is asked, as statements are matched against it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub principal: &'a Principal,
    pub action: &'a str,
    pub target: Target<'a>,
    pub context: &'a ContextMap,
    /// Whether a statement that names nobody is about nobody: so in the policy of a resource, while others speak of whom they
    /// are attached to.
    pub needs_principal: bool,
    /// Whether the principal has a permissions boundary: then `NotPrincipal` spares nobody (IAM user guide, "AWS JSON
    /// policy elements: NotPrincipal").
    pub bounded: bool,
}

/// How a candidate turns out.
enum Met {
    /// Another pattern of the statement may match.
    Elsewhere,
    /// The statement does not match, whatever its patterns.
    Not,
    /// It matches, and names the principal so closely.
    Matches(Naming),
}

/// What a set says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// A statement denies it.
    Denied,
    /// Statements allow it, and this is how closely they name the principal.
    Allowed(Naming),
    /// Nothing is said.
    Silent,
}

impl PolicySet {
    /// Compiles policies.
    #[must_use]
    pub fn new(policies: Vec<NamedPolicy>) -> Self {
        let (mut places, mut denies, mut allows) = (Vec::new(), Index::default(), Index::default());
        for (policy, named) in (0_u32..).zip(&policies) {
            for (index, statement) in (0_u32..).zip(&named.policy.statements) {
                // More statements than this do not fit into memory.
                let number = u32::try_from(places.len()).unwrap_or(u32::MAX);
                places.push((policy, index));
                match statement.effect {
                    Effect::Deny => denies.insert(number, statement),
                    Effect::Allow => allows.insert(number, statement),
                }
            }
        }
        let statements = policies.iter().flat_map(|named| &named.policy.statements);
        let operands = statements.map(Statement::operands).fold(0, usize::saturating_add);
        Self { policies, places, denies, allows, operands }
    }

    /// The policies it was made of.
    #[must_use]
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// What the conditions may cost, per unit of a context's values.
    pub(super) const fn operands(&self) -> usize {
        self.operands
    }

    /// Judges without allocating.
    pub(super) fn judge(&self, asked: &Asked<'_>) -> Finding {
        if self.walk(&self.denies, asked, |_, _| ControlFlow::Break(())).is_break() {
            return Finding::Denied;
        }
        let mut closest = Naming::None;
        let _ = self.walk(&self.allows, asked, |_, naming| {
            closest = closest.max(naming);
            if closest == Naming::Itself { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if closest == Naming::None { Finding::Silent } else { Finding::Allowed(closest) }
    }

    /// The matching statements of an effect, in their order: the policy, the statement's place, the statement.
    pub(super) fn matching(&self, effect: Effect, asked: &Asked<'_>) -> Vec<(&NamedPolicy, usize, &Statement)> {
        let index = match effect {
            Effect::Deny => &self.denies,
            Effect::Allow => &self.allows,
        };
        let mut numbers = Vec::new();
        let _ = self.walk(index, asked, |number, _| {
            numbers.push(number);
            ControlFlow::Continue(())
        });
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| self.find(number)).collect()
    }

    /// Every statement, in order.
    pub(super) fn statements(&self) -> impl Iterator<Item = (&NamedPolicy, usize, &Statement)> {
        self.policies
            .iter()
            .flat_map(|named| named.policy.statements.iter().enumerate().map(move |(index, statement)| (named, index, statement)))
    }

    fn find(&self, number: u32) -> Option<(&NamedPolicy, usize, &Statement)> {
        let (policy, index) = self.places.get(number as usize)?;
        let (named, index) = (self.policies.get(*policy as usize)?, *index as usize);
        Some((named, index, named.policy.statements.get(index)?))
    }

    /// Meets the matching statements of an index. A statement is filed under each of its patterns; once its conditions have
    /// failed under one, the neighbours are not asked again.
    fn walk(&self, index: &Index, asked: &Asked<'_>, mut meet: impl FnMut(u32, Naming) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut failed = None;
        index.walk(asked.action, asked.target.text(), |candidate| {
            if failed == Some(candidate.statement) {
                return ControlFlow::Continue(());
            }
            match self.try_candidate(candidate, asked) {
                Met::Matches(naming) => meet(candidate.statement, naming),
                Met::Not => {
                    failed = Some(candidate.statement);
                    ControlFlow::Continue(())
                }
                Met::Elsewhere => ControlFlow::Continue(()),
            }
        })
    }

    fn try_candidate(&self, candidate: Candidate, asked: &Asked<'_>) -> Met {
        let Some((_, _, statement)) = self.find(candidate.statement) else { return Met::Not };
        let action = match candidate.action {
            Remaining::Proved => true,
            Remaining::Pattern(number) => {
                let pattern = statement.actions.patterns().get(number as usize);
                pattern.is_some_and(|pattern| pattern.matches(asked.action, Case::Insensitive, asked.context))
            }
            Remaining::Element => statement.actions.cover(asked.action),
        };
        let resource = || match (candidate.resource, &statement.resources) {
            (Remaining::Proved, _) | (_, None) => true,
            (Remaining::Pattern(number), Some(resources)) => {
                let pattern: Option<&Pattern> = resources.patterns().get(number as usize);
                pattern.is_some_and(|pattern| asked.target.is_covered(pattern, asked.context))
            }
            (Remaining::Element, Some(resources)) => resources.cover(asked.target, asked.context, statement.effect),
        };
        if !action || !resource() {
            return Met::Elsewhere;
        }
        let naming = statement.naming(asked);
        let holds = naming != Naming::None && statement.conditions.iter().all(|condition| condition.holds(asked.context, statement.effect));
        if holds { Met::Matches(naming) } else { Met::Not }
    }
}

impl Statement {
    /// How closely the statement names the principal.
    pub(super) fn naming(&self, asked: &Asked<'_>) -> Naming {
        match &self.principals {
            None if asked.needs_principal => Naming::None,
            None => Naming::Itself,
            Some(Principals::AllBut(_)) if self.effect == Effect::Deny && asked.bounded => Naming::Itself,
            Some(principals) => principals.names(asked.principal, self.effect),
        }
    }
}
