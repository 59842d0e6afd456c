//! What a decision costs, before it is made: the values of conditions times those of the context, over all statements.
//!
//! Both sides come from whoever asks, and a thousand of each are a million comparisons.

use super::ast::Statement;
use super::context::ContextMap;
use super::eval::{Policies, Request, applicable, asked};
use super::pattern::{Case, Pattern};
use super::set::PolicySet;

/// A question that weighs more is refused: some tenths of a second on one core.
pub const MAX_WEIGHT: usize = 10_000_000;

/// A question that weighs more than this keeps a thread busy for longer than others should wait for it: about a millisecond.
pub const LONG_WEIGHT: usize = 50_000;

/// The longest value of a usual context counts no more.
const USUAL_LONGEST: usize = 64;

/// Values count by this many bytes.
const UNIT_BYTES: usize = 16;

/// At least what deciding costs, in steps of some nanoseconds. What is light by a bound that is known beforehand is not
/// weighed in full.
#[must_use]
pub fn weight(request: &Request<'_>, policies: &Policies<'_>) -> usize {
    let sets = || applicable(request, policies).map(|(_, set)| set);
    let most = sets().map(PolicySet::operands).fold(0, usize::saturating_add).saturating_mul(request.context.units());
    let longest = request.context.longest();
    if most <= LONG_WEIGHT && longest <= USUAL_LONGEST {
        return most;
    }
    let statements = sets().flat_map(PolicySet::statements).map(|(_, _, statement)| statement);
    statements.map(|statement| statement.weight(request, policies, longest)).fold(0, usize::saturating_add)
}

/// What a value counts.
pub(super) const fn units(value: &str) -> usize {
    1 + value.len() / UNIT_BYTES
}

impl Statement {
    /// What its conditions may cost for any request with a usual context, per unit of the context's values.
    pub(super) fn operands(&self) -> usize {
        let conditions = self.conditions.iter().map(|condition| condition.operands(USUAL_LONGEST)).fold(0, usize::saturating_add);
        let resources = self.resources.as_ref().map_or(1, |resources| resources.patterns().len());
        conditions.saturating_mul(self.actions.patterns().len().max(1)).saturating_mul(resources.max(1))
    }

    /// A statement is filed under each of its patterns, and may be met once under each that matches.
    fn weight(&self, request: &Request<'_>, policies: &Policies<'_>, longest: usize) -> usize {
        if self.conditions.is_empty() {
            return 0;
        }
        let target = asked(request, policies).target;
        let by_action = |pattern: &&Pattern| pattern.matches(request.action, Case::Insensitive, request.context);
        let by_resource = |pattern: &&Pattern| target.is_covered(pattern, request.context);
        let actions = self.actions.patterns().iter().filter(by_action).count();
        let is_named = matches!(self.actions, super::ast::Actions::Only(_));
        if is_named && actions == 0 {
            return 0;
        }
        let resources = self.resources.iter().flat_map(|resources| resources.patterns()).filter(by_resource).count();
        let conditions = self.conditions.iter().map(|condition| condition.weight(request.context, longest)).fold(0, usize::saturating_add);
        conditions.saturating_mul(actions.max(1)).saturating_mul(resources.max(1))
    }
}

impl ContextMap {
    /// What all values count together.
    fn units(&self) -> usize {
        self.all_values().map(units).sum::<usize>().max(1)
    }

    /// What the longest value counts: a variable may stand for it.
    fn longest(&self) -> usize {
        self.all_values().map(units).max().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::policy::{NamedPolicy, Principal, parse};

    fn weigh(action: &str, statement: &str, values: &[String]) -> usize {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{statement}}}}}"#);
        let policy = NamedPolicy { name: String::new(), policy: Arc::new(parse(&text).unwrap()) };
        let (identity, mut context) = (PolicySet::new(vec![policy]), ContextMap::new());
        context.insert_list("a:k", values);
        let principal = Principal::Anonymous;
        let request = Request {
            principal: &principal,
            action,
            resource: "arn:aws:a:::b",
            resource_account: None,
            wildcard_only_action: false,
            context: &context,
        };
        weight(&request, &Policies { identity: Some(&identity), ..Policies::default() })
    }

    fn condition(operator: &str, operands: usize, operand: &str) -> String {
        let operands = vec![format!("\"{operand}\""); operands].join(",");
        format!(r#""Action":"a:*","Resource":"*","Condition":{{"{operator}":{{"a:k":[{operands}]}}}}"#)
    }

    #[test]
    fn the_values_of_both_sides_multiply() {
        let values = |count: usize| vec!["10.0.0.1".to_owned(); count];
        let addresses = |operands, count| weigh("a:B", &condition("ForAnyValue:IpAddress", operands, "10.0.0.0/8"), &values(count));
        assert!(addresses(20, 50) <= LONG_WEIGHT);
        assert!(addresses(100, 1_000) > LONG_WEIGHT && addresses(100, 1_000) <= MAX_WEIGHT);
        assert!(addresses(50_000, 5_000) > MAX_WEIGHT);
        assert_eq!(addresses(3_000, 2_000) - addresses(2_000, 2_000), addresses(2_000, 2_000) - addresses(1_000, 2_000));
        assert_eq!(addresses(2_000, 2_000), 2 * addresses(2_000, 1_000));
    }

    #[test]
    fn long_values_wildcards_and_variables_count() {
        let long = |operator: &str, operand: &str, length: usize| weigh("a:B", &condition(operator, 500, operand), &["x".repeat(length)]);
        assert!(long("ForAnyValue:StringEquals", "x", 64_000) > 100 * long("ForAnyValue:StringEquals", "x", 160));
        assert!(long("ForAnyValue:StringLike", "*x*x*x*y", 64_000) > 4 * long("ForAnyValue:StringLike", "x", 64_000));
        assert!(long("ForAnyValue:ArnLike", "arn:aws:${a:k}", 64_000) > 100 * long("ForAnyValue:ArnLike", "arn:aws:x", 64_000));
    }

    #[test]
    fn statements_about_other_actions_weigh_nothing_and_nested_patterns_weigh_each() {
        let values = vec!["v".to_owned(); 2_000];
        let one = condition("ForAnyValue:StringEquals", 100, "x");
        assert!(weigh("a:B", &one, &values) > LONG_WEIGHT);
        assert_eq!(weigh("b:B", &one, &values), 0);
        let nested = one.replace(r#""a:*""#, r#"["a:*","a:B*","*"]"#);
        assert_eq!(weigh("a:B", &nested, &values), 3 * weigh("a:B", &one, &values));
    }
}
