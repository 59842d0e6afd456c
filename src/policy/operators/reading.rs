//! What operators read in a value of the context: each kind once, however many operands and conditions ask for it.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;

use super::number::{self, Number};
use super::{date, ip};

/// A text as a number, a date, an address or bytes; `None` where it is none.
#[derive(Clone, Debug)]
pub enum Reading {
    Number(Option<Number>),
    /// Nanoseconds of the epoch.
    Date(Option<i128>),
    Network(Option<IpNet>),
    Bytes(Option<Vec<u8>>),
}

/// What a text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    Date,
    Network,
    Bytes,
}

impl Reading {
    pub fn of(kind: Kind, text: &str) -> Self {
        #[cfg(test)]
        tests::READINGS.with(|readings| readings.set(readings.get() + 1));
        match kind {
            Kind::Number => Self::Number(number::read(text)),
            Kind::Date => Self::Date(date::nanoseconds(text)),
            Kind::Network => Self::Network(ip::network(text)),
            Kind::Bytes => Self::Bytes(STANDARD.decode(text).ok()),
        }
    }

    const fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Number,
            Self::Date(_) => Kind::Date,
            Self::Network(_) => Kind::Network,
            Self::Bytes(_) => Kind::Bytes,
        }
    }
}

/// What was read in one text, one kind after another. It is small while nothing was: most values are only compared.
#[derive(Clone, Debug, Default)]
pub struct Readings(OnceLock<Box<Link>>);

#[derive(Clone, Debug)]
struct Link {
    reading: Reading,
    further: Readings,
}

impl Readings {
    pub fn read(&self, kind: Kind, text: &str) -> &Reading {
        let link = self.0.get_or_init(|| Box::new(Link { reading: Reading::of(kind, text), further: Self::default() }));
        if link.reading.kind() == kind { &link.reading } else { link.further.read(kind, text) }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::Condition;
    use crate::policy::ast::Effect;
    use crate::policy::context::ContextMap;
    use crate::policy::pattern::Variables;

    thread_local! {
        pub static READINGS: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn each_value_is_read_once_a_kind_however_many_operands_and_conditions_ask() {
        let conditions: Vec<Condition> = [
            ("ForAnyValue:NumericEquals", "7"),
            ("ForAllValues:NumericLessThan", "7"),
            ("ForAnyValue:DateGreaterThan", "2300-01-01"),
            ("ForAnyValue:IpAddress", "10.0.0.0/8"),
            ("ForAnyValue:NotIpAddress", "10.0.0.0/8"),
            ("ForAnyValue:BinaryEquals", "YQ=="),
        ]
        .map(|(operator, operand)| Condition::new(operator, "k:x", vec![operand.to_owned(); 100], Variables::Literal).unwrap())
        .into();
        let mut context = ContextMap::new();
        context.insert_list("k:x", (1_000..1_030).map(|number| number.to_string()));
        let read_before = READINGS.get();
        for _ in 0..3 {
            for condition in &conditions {
                condition.holds(&context, Effect::Allow);
            }
        }
        assert_eq!(READINGS.get() - read_before, 30 * 4);
        let of_another = context.clone();
        conditions[0].holds(&of_another, Effect::Allow);
        assert_eq!(READINGS.get() - read_before, 30 * 4, "a copy keeps what was read");
        assert_eq!(of_another, context);
        context.insert("k:x", "7");
        assert!(conditions[0].holds(&context, Effect::Allow), "another value is read anew");
    }
}
