//! ARN operators: each of the six colon-delimited components is compared by itself. ArnEquals is ArnLike.

use super::Operand;
use crate::policy::context::{ContextMap, Value};
use crate::policy::pattern::{Case, MalformedVariable, Pattern, Variables, Wildcards};

/// An ARN's components; the sixth holds the rest, colons included.
const COMPONENTS: usize = 6;

pub fn prepare(text: &str, variables: Variables) -> Result<Operand, MalformedVariable> {
    let whole = Pattern::new(text, Wildcards::Free, variables)?;
    // A variable may bring a whole ARN: such a pattern is taken apart once its variables are filled in.
    Ok(Operand::Arn(if whole.has_variables() { vec![whole] } else { whole.split(COMPONENTS) }))
}

/// What has fewer components is no ARN: whether it is like one cannot be known.
pub fn like(value: &Value, operand: &Operand, context: &ContextMap) -> Option<bool> {
    let Operand::Arn(patterns) = operand else { return None };
    match patterns.as_slice() {
        [whole] if whole.has_variables() => compare(&whole.fill_in(context)?.split(COMPONENTS), value.text(), context),
        patterns => compare(patterns, value.text(), context),
    }
}

fn compare(patterns: &[Pattern], value: &str, context: &ContextMap) -> Option<bool> {
    if patterns.len() != COMPONENTS || value.splitn(COMPONENTS, ':').count() != COMPONENTS {
        return None;
    }
    let mut pairs = patterns.iter().zip(value.splitn(COMPONENTS, ':'));
    Some(pairs.all(|(pattern, value)| pattern.matches(value, Case::Sensitive, context)))
}
