//! Of `aws:SourceIp`: it is the public address of the caller, so private ranges never match.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::policy::validate::check::{Check, Report, Run, error, suggestion};
use crate::policy::validate::document::{Condition, ConditionValue, Statement};
use crate::policy::validate::operator::Family;

pub const CHECKS: [Check; 5] = [
    error("PRIVATE_IP_ADDRESS", Run::Condition(private_ip_address)),
    error("PRIVATE_NOT_IP_ADDRESS", Run::Condition(private_not_ip_address)),
    suggestion("PRIVATE_IP_ADDRESS_SUBSET", Run::Condition(private_ip_address_subset)),
    suggestion("PRIVATE_NOT_IP_ADDRESS_SUBSET", Run::Condition(private_not_ip_address_subset)),
    suggestion("IMPROVE_IP_RANGE", Run::Value(improve_ip_range)),
];

/// An address is a range of one.
pub fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()
}

enum Share {
    All,
    Some(String),
}

/// How much of the values is private, if the condition is `aws:SourceIp` under the operator.
fn private_share(condition: &Condition, operator: &str) -> Option<Share> {
    if !condition.is_key("aws:SourceIp") || condition.operator?.name != operator {
        return None;
    }
    let private = |value: &&ConditionValue| network(value.item.text).is_some_and(is_private);
    let found: Vec<&str> = condition.values.iter().filter(private).map(|value| value.item.text).collect();
    match found.len() {
        0 => None,
        count if count == condition.values.len() => Some(Share::All),
        _ => Some(Share::Some(found.join(", "))),
    }
}

fn is_private(network: IpNet) -> bool {
    const RANGES: [&str; 7] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10"];
    RANGES.iter().filter_map(|range| range.parse::<IpNet>().ok()).any(|range| range.contains(&network))
}

const ALL: &str = "aws:SourceIp works only for public IP address ranges. The values for condition key aws:SourceIp include only private IP addresses and will not have the desired effect. Update the value to include only public IP addresses.";

fn subset(addresses: &str) -> String {
    format!(
        "The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses will not have the desired effect. aws:SourceIp works only for public IP address ranges. Remove {addresses}, or use aws:VpcSourceIp for private ranges."
    )
}

fn private_ip_address(_: &Statement, condition: &Condition, report: &mut Report) {
    if let Some(Share::All) = private_share(condition, "IpAddress") {
        report.at(&condition.values_place, ALL);
    }
}

fn private_not_ip_address(_: &Statement, condition: &Condition, report: &mut Report) {
    if let Some(Share::All) = private_share(condition, "NotIpAddress") {
        report.at(&condition.values_place, ALL);
    }
}

fn private_ip_address_subset(_: &Statement, condition: &Condition, report: &mut Report) {
    if let Some(Share::Some(addresses)) = private_share(condition, "IpAddress") {
        report.at(&condition.values_place, subset(&addresses));
    }
}

fn private_not_ip_address_subset(_: &Statement, condition: &Condition, report: &mut Report) {
    if let Some(Share::Some(addresses)) = private_share(condition, "NotIpAddress") {
        report.at(&condition.values_place, subset(&addresses));
    }
}

fn improve_ip_range(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    let compares = condition.operator.is_some_and(|operator| operator.family == Family::Ip);
    if let Ok(range) = value.item.text.parse::<IpNet>()
        && compares
        && range.addr() != range.network()
    {
        let details =
            format!("The non-zero bits in the IP address after the masked bits are ignored. Replace address with {}.", range.trunc());
        report.at(&value.item.place, details);
    }
}
