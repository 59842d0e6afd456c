//! A policy as it was parsed: immutable, its patterns prepared.

use super::context::ContextMap;
use super::json::Position;
use super::operators::Condition;
use super::pattern::{Case, Pattern};
use super::principal::{Naming, Principal, PrincipalPattern, spares};

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

impl Effect {
    /// As policies write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub sid: Option<String>,
    pub effect: Effect,
    pub principals: Option<Principals>,
    pub actions: Actions,
    pub resources: Option<Resources>,
    pub conditions: Vec<Condition>,
    /// Where its text begins and ends in the document.
    pub span: (Position, Position),
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
    pub const fn statement_count(&self) -> usize {
        self.statements.len()
    }

    /// Whether every Allow statement that trusts a federated provider, by name or among everyone, holds a key to values that are
    /// written out.
    pub fn pins_provider(&self, provider: &str, key: &str) -> bool {
        let trusts = |statement: &&Statement| {
            let names = |pattern: &PrincipalPattern| match pattern {
                PrincipalPattern::Everyone => statement.actions.cover("sts:AssumeRoleWithWebIdentity"),
                PrincipalPattern::Federated(name) => name == provider,
                _ => false,
            };
            statement.effect == Effect::Allow && matches!(&statement.principals, Some(Principals::Only(list)) if list.iter().any(names))
        };
        self.statements.iter().filter(trusts).all(|statement| statement.conditions.iter().any(|condition| condition.pins(key)))
    }

    /// The context keys that its conditions and variables name, as they were written, repeats included.
    pub fn context_keys(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().flat_map(|statement| {
            let resources = statement.resources.iter().flat_map(Resources::patterns).flat_map(Pattern::variable_names);
            let conditions = statement.conditions.iter();
            resources.chain(conditions.flat_map(|condition| std::iter::once(condition.key_written()).chain(condition.variable_names())))
        })
    }
}

impl Principals {
    /// The element's name, and its entries.
    pub fn parts(&self) -> (&'static str, &[PrincipalPattern]) {
        match self {
            Self::Only(patterns) => ("Principal", patterns),
            Self::AllBut(patterns) => ("NotPrincipal", patterns),
        }
    }

    /// How closely the element names a principal. Of an Allow whoever is listed at all is left out; a Deny spares those only
    /// of whom everything is listed.
    pub fn names(&self, principal: &Principal, effect: Effect) -> Naming {
        let closest = |patterns: &[PrincipalPattern]| patterns.iter().map(|pattern| pattern.names(principal)).max().unwrap_or(Naming::None);
        let is_left_out = |patterns: &[PrincipalPattern]| match effect {
            Effect::Allow => closest(patterns) != Naming::None,
            Effect::Deny => spares(patterns, principal),
        };
        match self {
            Self::Only(patterns) => closest(patterns),
            Self::AllBut(patterns) if is_left_out(patterns) => Naming::None,
            Self::AllBut(_) => Naming::Itself,
        }
    }
}

impl Actions {
    pub fn patterns(&self) -> &[Pattern] {
        let (Self::Only(patterns) | Self::AllBut(patterns)) = self;
        patterns
    }

    pub fn cover(&self, action: &str) -> bool {
        let none = ContextMap::new();
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(action, Case::Insensitive, &none));
        match self {
            Self::Only(patterns) => any(patterns),
            Self::AllBut(patterns) => !any(patterns),
        }
    }
}

/// The resource of a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a> {
    /// An ARN.
    Arn(&'a str),
    /// None: the action takes no resource, and among patterns only `*` itself covers that.
    Nothing,
}

impl Target<'_> {
    /// As an index looks it up.
    pub fn text(&self) -> &str {
        match self {
            Self::Arn(arn) => arn,
            Self::Nothing => "*",
        }
    }

    pub fn is_covered(&self, pattern: &Pattern, context: &ContextMap) -> bool {
        self.compare(pattern, context).unwrap_or(false)
    }

    /// `None` where a variable of the pattern has no value.
    fn compare(&self, pattern: &Pattern, context: &ContextMap) -> Option<bool> {
        match self {
            Self::Arn(arn) => pattern.compare(arn, Case::Sensitive, context),
            Self::Nothing => Some(pattern.text() == "*"),
        }
    }
}

impl Resources {
    /// The element's name, and its entries.
    pub fn parts(&self) -> (&'static str, &[Pattern]) {
        match self {
            Self::Only(patterns) => ("Resource", patterns),
            Self::AllBut(patterns) => ("NotResource", patterns),
        }
    }

    pub fn patterns(&self) -> &[Pattern] {
        self.parts().1
    }

    /// SECURITY: what `NotResource` leaves out cannot be known while a variable has no value: then an Allow covers nothing,
    /// and a Deny everything but what is known to be left out.
    pub fn cover(&self, target: Target<'_>, context: &ContextMap, effect: Effect) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| target.is_covered(pattern, context));
        match (self, effect) {
            (Self::Only(patterns), _) => any(patterns),
            (Self::AllBut(patterns), Effect::Allow) => patterns.iter().all(|pattern| target.compare(pattern, context) == Some(false)),
            (Self::AllBut(patterns), Effect::Deny) => !any(patterns),
        }
    }
}
