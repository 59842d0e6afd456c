//! IP address operators. A bare address is a full-length prefix; the two families never match each other.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Operand;
use crate::policy::context::ContextMap;

pub fn contains(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    let address: IpAddr = value.parse().ok()?;
    let network = operand.text.parse::<IpNet>().or_else(|_| operand.text.parse::<IpAddr>().map(IpNet::from)).ok()?;
    Some(network.contains(&address))
}
