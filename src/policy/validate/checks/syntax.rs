//! Of the text itself: JSON, types of values, size.

use crate::policy::validate::check::{Check, Report, Run, Source, error, warning};
use crate::policy::validate::document::{Document, Flavor};
use crate::policy::validate::place::Place;

pub const CHECKS: [Check; 6] = [
    error("JSON_SYNTAX_ERROR", Run::Text(json_syntax_error)),
    error("DATA_TYPE_MISMATCH", Run::Document(data_type_mismatch)),
    error("POLICY_SIZE_EXCEEDS_SCP_QUOTA", Run::Text(scp_size)),
    warning("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", Run::Text(identity_size)),
    warning("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", Run::Text(resource_size)),
    warning("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", Run::Text(trust_size)),
];

/// The largest quota of a managed policy; blanks do not count.
const IDENTITY_CHARACTERS: usize = 6_144;
/// Of a bucket's policy, the largest of the types whose quota is one.
const RESOURCE_BYTES: usize = 20_480;
/// The default, which may be raised to 4,096.
const TRUST_CHARACTERS: usize = 2_048;
/// Doubled since SCPs take the whole policy language (AWS Organizations, "Quotas and service limits").
const SCP_CHARACTERS: usize = 10_240;

fn json_syntax_error(source: &Source, report: &mut Report) {
    if let Some(error) = source.error {
        let at = report.lines().position(error.offset);
        let place = Place { path: Vec::new(), range: error.offset..error.offset };
        let details = format!("Fix the JSON syntax error at index {} line {} column {}: {}.", at.offset, at.line, at.column, error.problem);
        report.at(&place, details);
    }
}

fn data_type_mismatch(document: &Document, report: &mut Report) {
    for (place, expected) in &document.mismatches {
        report.at(place, format!("The text does not match the expected JSON data type {expected}."));
    }
}

fn scp_size(source: &Source, report: &mut Report) {
    exceeds(source, Flavor::ServiceControl, source.text.chars().count(), SCP_CHARACTERS, "service control policy (SCP)", report);
}

fn identity_size(source: &Source, report: &mut Report) {
    let size = source.text.chars().filter(|character| !character.is_whitespace()).count();
    exceeds(source, Flavor::Identity, size, IDENTITY_CHARACTERS, "identity policy, excluding whitespace,", report);
}

fn resource_size(source: &Source, report: &mut Report) {
    exceeds(source, Flavor::Resource, source.text.len(), RESOURCE_BYTES, "resource policy", report);
}

fn trust_size(source: &Source, report: &mut Report) {
    let size = source.text.chars().filter(|character| !character.is_whitespace()).count();
    exceeds(source, Flavor::Trust, size, TRUST_CHARACTERS, "role trust policy, excluding whitespace,", report);
}

fn exceeds(source: &Source, flavor: Flavor, size: usize, quota: usize, name: &str, report: &mut Report) {
    if Flavor::of(source.options) == flavor && size > quota {
        let place = Place { path: Vec::new(), range: 0..source.text.len() };
        let details = format!(
            "The {size} characters in the {name} exceed the {quota} character maximum. We recommend that you use multiple granular policies."
        );
        report.at(&place, details);
    }
}
