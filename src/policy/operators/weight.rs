//! What a condition costs: its operands, each by its parts, times the values that they are held against.

use super::{Condition, Operand};
use crate::policy::context::ContextMap;
use crate::policy::pattern::Pattern;
use crate::policy::weight::units;

/// What it costs to read a value as a number, date or address, or to decode it, once, against comparing it.
const READING: usize = 8;

impl Condition {
    /// What all operands cost against one unit of a value. A variable may stand for a value of `longest` units.
    pub fn operands(&self, longest: usize) -> usize {
        let reading = if matches!(self.values.first(), Some((_, Operand::Read(_)))) { READING } else { 0 };
        self.values.iter().map(|(_, operand)| operand.weight(longest)).fold(reading, usize::saturating_add)
    }

    /// What it costs to judge the condition.
    pub fn weight(&self, context: &ContextMap, longest: usize) -> usize {
        let values = context.find(&self.key).map_or(&[][..], |value| value.values());
        let values: usize = values.iter().map(|value| units(value.text())).sum();
        if values == 0 { 0 } else { self.operands(longest).saturating_mul(values) }
    }
}

impl Operand {
    fn weight(&self, longest: usize) -> usize {
        let pattern = |pattern: &Pattern| pattern.parts().saturating_add(pattern.variable_names().count().saturating_mul(longest));
        match self {
            Self::Text(text) => pattern(text),
            Self::Arn(parts) => parts.iter().map(pattern).fold(0, usize::saturating_add),
            Self::Truth(_) | Self::Read(_) => 1,
        }
    }
}
