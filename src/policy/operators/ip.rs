//! IP address operators. A bare address is a full-length prefix; the two families never match each other.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Kind, Operand, Reading};
use crate::policy::context::{ContextMap, Value};
use crate::policy::pattern::{MalformedVariable, Variables};

pub fn prepare(text: &str, _: Variables) -> Result<Operand, MalformedVariable> {
    Ok(Operand::Read(Reading::of(Kind::Network, text)))
}

/// The value may be a range too, as the policy simulator's callers give it: then all of it must lie within.
pub fn contains(value: &Value, operand: &Operand, _: &ContextMap) -> Option<bool> {
    match (value.read(Kind::Network), operand) {
        (Reading::Network(Some(value)), Operand::Read(Reading::Network(Some(wanted)))) => Some(wanted.contains(value)),
        _ => None,
    }
}

pub fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()
}
