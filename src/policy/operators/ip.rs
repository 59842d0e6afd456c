//! IP address operators. A bare address is a full-length prefix; the two families never match each other.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Operand;
use crate::policy::context::ContextMap;
use crate::policy::pattern::{MalformedVariable, Variables};

pub fn prepare(text: &str, _: Variables) -> Result<Operand, MalformedVariable> {
    Ok(Operand::Network(network(text)))
}

/// The value may be a range too, as the policy simulator's callers give it: then all of it must lie within.
pub fn contains(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    let Operand::Network(wanted) = operand else { return None };
    Some(wanted.as_ref()?.contains(&network(value)?))
}

fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()
}
