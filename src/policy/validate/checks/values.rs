//! Of condition values: whether each can be what its operator or key compares.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::policy::validate::check::{Check, Report, Run, error, warning};
use crate::policy::validate::document::{Condition, ConditionValue};
use crate::policy::validate::operator::Family;

use super::addresses;
use super::arns::is_region;

pub const CHECKS: [Check; 10] = [
    warning("TYPE_MISMATCH_BOOLEAN", Run::Value(type_mismatch_boolean)),
    warning("TYPE_MISMATCH_DATE", Run::Value(type_mismatch_date)),
    warning("INVALID_DATE_VALUE", Run::Value(invalid_date_value)),
    warning("TYPE_MISMATCH_IP_RANGE", Run::Value(type_mismatch_ip_range)),
    warning("TYPE_MISMATCH_NUMBER", Run::Value(type_mismatch_number)),
    warning("TYPE_MISMATCH_STRING", Run::Value(type_mismatch_string)),
    warning("WILDCARD_WITHOUT_LIKE_OPERATOR", Run::Value(wildcard_without_like_operator)),
    error("INVALID_REGION", Run::Value(invalid_region)),
    error("INVALID_VPC_FORMAT", Run::Value(invalid_vpc_format)),
    error("INVALID_VPCE_FORMAT", Run::Value(invalid_vpce_format)),
];

/// Variables are judged by checks of their own.
fn is_plain_of(condition: &Condition, value: &ConditionValue, family: Family) -> bool {
    condition.operator.is_some_and(|operator| operator.family == family) && !value.item.text.contains("${")
}

fn type_mismatch_boolean(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    let is_flag = ["true", "false"].iter().any(|flag| value.item.text.eq_ignore_ascii_case(flag));
    let compares = is_plain_of(condition, value, Family::Bool) || is_plain_of(condition, value, Family::Null);
    if compares && !is_flag {
        report.at(
            &value.item.place,
            format!("Add a valid Boolean value (true or false) for the condition operator {}.", condition.operator_name),
        );
    }
}

fn type_mismatch_date(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    if is_plain_of(condition, value, Family::Date) && date_form(value.item.text) == DateForm::None {
        let details =
            format!("The date {} can not be parsed. Use ISO 8601 date format (YYYY-MM-DDThh:mm:ssZ) or epoch seconds.", value.item.text);
        report.at(&value.item.place, details);
    }
}

fn invalid_date_value(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    if is_plain_of(condition, value, Family::Date) && date_form(value.item.text) == DateForm::Partial {
        let details = format!(
            "The date {} might not resolve as expected. We recommend that you use the YYYY-MM-DDThh:mm:ssZ format.",
            value.item.text
        );
        report.at(&value.item.place, details);
    }
}

#[derive(PartialEq, Eq)]
enum DateForm {
    Complete,
    Partial,
    None,
}

/// A complete date has a time and a zone, or is a count of seconds.
fn date_form(text: &str) -> DateForm {
    let text = text.trim();
    if OffsetDateTime::parse(text, &Rfc3339).is_ok() || (text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_digit())) {
        return DateForm::Complete;
    }
    let filled = match text.len() {
        4 => format!("{text}-01-01T00:00:00Z"),
        7 => format!("{text}-01T00:00:00Z"),
        10 => format!("{text}T00:00:00Z"),
        17 => format!("{}:00Z", text.trim_end_matches('Z')),
        16 | 19 => format!("{text}{}", if text.len() == 16 { ":00Z" } else { "Z" }),
        _ => return DateForm::None,
    };
    if OffsetDateTime::parse(&filled, &Rfc3339).is_ok() { DateForm::Partial } else { DateForm::None }
}

fn type_mismatch_ip_range(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    if is_plain_of(condition, value, Family::Ip) && addresses::network(value.item.text).is_none() {
        let details =
            format!("The condition operator {} expects a valid IP address or range: {} is none.", condition.operator_name, value.item.text);
        report.at(&value.item.place, details);
    }
}

fn type_mismatch_number(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    let is_number = value.item.text.trim().parse::<f64>().is_ok_and(f64::is_finite);
    if is_plain_of(condition, value, Family::Number) && !is_number {
        report.at(&value.item.place, format!("Add a valid numeric value for the condition operator {}.", condition.operator_name));
    }
}

fn type_mismatch_string(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    if is_plain_of(condition, value, Family::Binary) && STANDARD.decode(value.item.text).is_err() {
        report.at(
            &value.item.place,
            format!("Add a valid base64-encoded string value for the condition operator {}.", condition.operator_name),
        );
    }
}

fn wildcard_without_like_operator(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    // `${*}` and `${?}` are the characters themselves, and a default of a variable is one text.
    let mut rest = value.item.text;
    let mut has_wildcard = false;
    while let Some((before, after)) = rest.split_once("${") {
        has_wildcard |= before.contains(['*', '?']);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    has_wildcard |= rest.contains(['*', '?']);
    if has_wildcard && condition.operator.is_some_and(|operator| operator.family == Family::Text) {
        let details = format!(
            "Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), update the condition operator {} to include Like.",
            condition.operator_name
        );
        report.at(&value.item.place, details);
    }
}

fn invalid_region(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    let is_text = condition.operator.is_some_and(|operator| matches!(operator.family, Family::Text | Family::TextLike));
    let is_regional = condition.is_key("aws:RequestedRegion") || condition.is_key("ec2:Region");
    if is_text && is_regional && !is_region(value.item.text) && value.item.text != "aws-global" {
        report.at(&value.item.place, format!("The condition value Region {} is not valid. Use a valid Region.", value.item.text));
    }
}

fn invalid_vpc_format(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    if condition.is_key("aws:SourceVpc") && !is_identifier(condition, value, "vpc-") {
        let details = "The VPC identifier in the condition key value is not valid. Use the prefix 'vpc-' followed by 8 or 17 alphanumeric characters.";
        report.at(&value.item.place, details);
    }
}

fn invalid_vpce_format(condition: &Condition, value: &ConditionValue, report: &mut Report) {
    if condition.is_key("aws:SourceVpce") && !is_identifier(condition, value, "vpce-") {
        let details = "The VPCE identifier in the condition key value is not valid. Use the prefix 'vpce-' followed by 8 or 17 alphanumeric characters.";
        report.at(&value.item.place, details);
    }
}

fn is_identifier(condition: &Condition, value: &ConditionValue, prefix: &str) -> bool {
    let text = value.item.text;
    let Some(operator) = condition.operator else { return true };
    let is_open = text.contains("${") || (operator.family == Family::TextLike && text.contains(['*', '?']));
    let is_whole = text
        .strip_prefix(prefix)
        .is_some_and(|rest| [8, 17].contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    is_whole || is_open || !matches!(operator.family, Family::Text | Family::TextLike)
}
