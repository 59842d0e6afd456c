//! Of policy variables: `${…}`, its form, and where it may stand.

use crate::policy::validate::check::{Check, Report, Run, error};
use crate::policy::validate::document::{Condition, ConditionValue, MAX_LOOKED_AT, Statement};
use crate::policy::validate::operator::Family;
use crate::policy::validate::place::Item;

pub const CHECKS: [Check; 8] = [
    error("MISSING_BRACE_IN_VARIABLE", Run::Statement(missing_brace_in_variable)),
    error("EMPTY_VARIABLE", Run::Statement(empty_variable)),
    error("MISSING_QUOTE_IN_VARIABLE", Run::Statement(missing_quote_in_variable)),
    error("UNSUPPORTED_SPACE_IN_VARIABLE", Run::Statement(unsupported_space_in_variable)),
    error("UNSUPPORTED_SYMBOL_IN_VARIABLE", Run::Statement(unsupported_symbol_in_variable)),
    error("INVALID_VARIABLE_FOR_OPERATOR", Run::Value(invalid_variable_for_operator)),
    error("VARIABLE_UNSUPPORTED_IN_ELEMENT", Run::Statement(variable_unsupported_in_element)),
    error("VARIABLE_UNSUPPORTED_IN_VERSION", Run::Statement(variable_unsupported_in_version)),
];

/// What stands in the braces; `None` if they are not closed.
struct Variable<'a> {
    written: &'a str,
    inside: Option<&'a str>,
}

impl<'a> Variable<'a> {
    /// The key and its default, which follows a comma.
    fn parts(&self) -> Option<(&'a str, Option<&'a str>)> {
        let inside = self.inside?;
        Some(inside.split_once(',').map_or((inside, None), |(key, default)| (key, Some(default.trim()))))
    }
}

/// The variables of a text, in order; of a hostile text the first ones.
fn variables(text: &str) -> Vec<Variable<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, from)) = rest.find("${").and_then(|at| rest.split_at_checked(at)).filter(|_| found.len() < MAX_LOOKED_AT) {
        match from.find('}').and_then(|at| from.split_at_checked(at + 1)) {
            Some((written, after)) => {
                let inside = written.strip_prefix("${").and_then(|inside| inside.strip_suffix('}'));
                found.push(Variable { written, inside });
                rest = after;
            }
            None => {
                found.push(Variable { written: from, inside: None });
                break;
            }
        }
    }
    found
}

/// Texts in which variables may stand.
fn open_texts<'s, 'a>(statement: &'s Statement<'a>) -> impl Iterator<Item = &'s Item<'a>> {
    let values = statement.conditions.iter().flat_map(|condition| &condition.values).map(|value| &value.item);
    statement.all_resources().chain(values)
}

fn each(statement: &Statement, report: &mut Report, details: &str, is_wrong: impl Fn(&Variable) -> bool) {
    if statement.has_variables {
        for item in open_texts(statement) {
            for variable in variables(item.text).iter().filter(|variable| is_wrong(variable)) {
                report.at(&item.part(variable.written), details);
            }
        }
    }
}

fn missing_brace_in_variable(statement: &Statement, report: &mut Report) {
    let details = "The policy variable is missing a closing curly brace. Add } after the variable text.";
    each(statement, report, details, |variable| variable.inside.is_none());
}

fn empty_variable(statement: &Statement, report: &mut Report) {
    let details = "Empty policy variable. Remove the ${ } variable structure or provide a variable within the structure.";
    each(statement, report, details, |variable| variable.inside.is_some_and(|inside| inside.trim().is_empty()));
}

fn missing_quote_in_variable(statement: &Statement, report: &mut Report) {
    let details = "The policy variable default value must begin and end with a single quote. Add the missing quote.";
    each(statement, report, details, |variable| {
        let default = variable.parts().and_then(|(_, default)| default);
        default.is_some_and(|default| !(default.len() >= 2 && default.starts_with('\'') && default.ends_with('\'')))
    });
}

fn unsupported_space_in_variable(statement: &Statement, report: &mut Report) {
    let details = "A space is not supported within the policy variable text. Remove the space.";
    each(statement, report, details, |variable| {
        variable.parts().is_some_and(|(key, _)| !key.trim().is_empty() && key.contains(char::is_whitespace))
    });
}

fn unsupported_symbol_in_variable(statement: &Statement, report: &mut Report) {
    let details =
        "The policy variable includes a symbol that is not supported. Use letters, digits and the symbols : / . _ - @ + = within it.";
    each(statement, report, details, |variable| {
        let is_known = |character: char| character.is_alphanumeric() || character.is_whitespace() || ":/._-@+=".contains(character);
        let is_escape = variable.inside.is_some_and(|inside| ["*", "?", "$"].contains(&inside));
        !is_escape && variable.parts().is_some_and(|(key, _)| !key.chars().all(is_known))
    });
}

fn invalid_variable_for_operator(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    let takes = |family| matches!(family, Family::Text | Family::TextLike | Family::Arn | Family::Bool);
    if condition.operator.is_some_and(|operator| !takes(operator.family)) {
        for variable in variables(value.item.text).iter().filter(|variable| variable.inside.is_some()) {
            report.at(&value.item.part(variable.written), "Policy variables can only be used with String, ARN and Bool operators.");
        }
    }
}

fn variable_unsupported_in_element(statement: &Statement, report: &mut Report) {
    if !statement.has_variables {
        return;
    }
    let principals = statement.all_principals().map(|principal| &principal.item);
    let texts = statement.sid.iter().chain(&statement.effect).chain(statement.all_actions()).chain(principals);
    for item in texts {
        for variable in variables(item.text) {
            let details = "Policy variables are supported in the Resource and Condition elements. Remove the policy variable.";
            report.at(&item.part(variable.written), details);
        }
    }
}

fn variable_unsupported_in_version(statement: &Statement, report: &mut Report) {
    if statement.has_variables {
        return;
    }
    for item in open_texts(statement) {
        for variable in variables(item.text).iter().filter(|variable| variable.inside.is_some()) {
            let details = format!(
                "To include variables in your policy, use the policy version 2012-10-17 or later: {} is taken as it is written.",
                variable.written
            );
            report.at(&item.part(variable.written), details);
        }
    }
}
