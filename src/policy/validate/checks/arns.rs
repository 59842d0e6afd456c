//! Of resources: whether each is an ARN that can exist, and whether one covers another.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::policy::catalogue::{Service, catalogue, glob};
use crate::policy::validate::check::{Check, Report, Run, error, suggestion};
use crate::policy::validate::document::Statement;
use crate::policy::validate::finding::ResourceType;
use crate::policy::validate::place::Item;

use super::actions::has_wildcard;
use super::redundant;

pub const CHECKS: [Check; 13] = [
    error("INVALID_ARN_PREFIX", Run::Resource(invalid_arn_prefix)),
    error("MISSING_ARN_FIELD", Run::Resource(missing_arn_field)),
    error("INVALID_PARTITION", Run::Resource(invalid_partition)),
    error("INVALID_ARN_SERVICE_CASE", Run::Resource(invalid_arn_service_case)),
    error("INVALID_SERVICE", Run::Resource(invalid_service)),
    error("INVALID_ARN_REGION", Run::Resource(invalid_arn_region)),
    error("ARN_REGION_NOT_ALLOWED", Run::Resource(arn_region_not_allowed)),
    error("MISSING_ARN_REGION", Run::Resource(missing_arn_region)),
    error("INVALID_ARN_ACCOUNT", Run::Resource(invalid_arn_account)),
    error("ARN_ACCOUNT_NOT_ALLOWED", Run::Resource(arn_account_not_allowed)),
    error("INVALID_ARN_RESOURCE", Run::Resource(invalid_arn_resource)),
    error("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", Run::Resource(unsupported_resource_arn_in_policy)),
    suggestion("REDUNDANT_RESOURCE", Run::Statement(redundant_resource)),
];

const PARTITIONS: [&str; 8] = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

const REGIONS: [&str; 45] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

/// A region, a pattern of one, or a variable.
pub fn is_region(text: &str) -> bool {
    text.contains("${") || REGIONS.iter().any(|region| glob(text, region))
}

/// AWS's limit; longer texts are compared with nothing.
const MAX_ARN_BYTES: usize = 2_048;

/// The six fields of an ARN.
struct Arn<'a> {
    partition: &'a str,
    service: &'a str,
    region: &'a str,
    account: &'a str,
    resource: &'a str,
}

fn arn<'a>(item: &Item<'a>) -> Option<Arn<'a>> {
    read_arn(item.text)
}

fn read_arn(text: &str) -> Option<Arn<'_>> {
    let mut fields = text.splitn(6, ':');
    if fields.next() != Some("arn") || text.len() > MAX_ARN_BYTES {
        return None;
    }
    Some(Arn {
        partition: fields.next()?,
        service: fields.next()?,
        region: fields.next()?,
        account: fields.next()?,
        resource: fields.next()?,
    })
}

/// A field that the author fills with what is not known now.
fn is_open(field: &str) -> bool {
    has_wildcard(field) || field.contains("${")
}

fn invalid_arn_prefix(_: &Statement, item: &Item, report: &mut Report) {
    if item.text != "*"
        && !item.text.starts_with("arn:")
        && !item.text.starts_with("${")
        && !glob(item.text.split(':').next().unwrap_or_default(), "arn")
    {
        report.at(&item.place, "Add the required prefix (arn) to the resource ARN.");
    }
}

fn missing_arn_field(_: &Statement, item: &Item, report: &mut Report) {
    // A wildcard at the end may stand for the fields that follow.
    if item.text.starts_with("arn:") && item.text.splitn(6, ':').count() < 6 && !item.text.ends_with('*') && !item.text.contains("${") {
        report.at(
            &item.place,
            "Resource ARNs must include at least six fields in the following structure: arn:partition:service:region:account:resource",
        );
    }
}

fn invalid_partition(_: &Statement, item: &Item, report: &mut Report) {
    if let Some(Arn { partition, service, .. }) = arn(item)
        && !partition.contains("${")
        && !PARTITIONS.iter().any(|known| glob(partition, known))
    {
        let details = format!(
            "The resource ARN for the service {service} does not support the partition {partition}. Use the supported values: {}",
            PARTITIONS.join(", ")
        );
        report.at(&item.part(partition), details);
    }
}

fn invalid_arn_service_case(_: &Statement, item: &Item, report: &mut Report) {
    if let Some(Arn { service, .. }) = arn(item)
        && !service.contains("${")
        && service.bytes().any(|byte| byte.is_ascii_uppercase())
    {
        report.at(&item.part(service), format!("Update the service name {service} in the resource ARN to use all lowercase letters."));
    }
}

fn invalid_service(_: &Statement, item: &Item, report: &mut Report) {
    if let Some(Arn { service, .. }) = arn(item)
        && !is_open(service)
        && catalogue().service(service).is_none()
        && !is_service_of_arns_alone(service)
    {
        report.at(&item.part(service), format!("The service {service} specified in the resource ARN does not exist."));
    }
}

/// Some resources' ARNs name a service that has no actions, as `aws-marketplace`'s do `catalog`.
fn is_service_of_arns_alone(service: &str) -> bool {
    KNOWN.values().flatten().any(|known| known.service.eq_ignore_ascii_case(service))
}

fn invalid_arn_region(_: &Statement, item: &Item, report: &mut Report) {
    if let Some(Arn { region, .. }) = arn(item)
        && !region.is_empty()
        && !is_region(region)
    {
        report.at(
            &item.part(region),
            format!("The Region {region} is not valid for this resource. Update the resource ARN to include a supported Region."),
        );
    }
}

fn arn_region_not_allowed(_: &Statement, item: &Item, report: &mut Report) {
    if let Some(arn) = arn(item)
        && !arn.region.is_empty()
        && arn.region != "*"
        && every_pattern(&arn, |known| !known.has_region)
    {
        report.at(&item.part(arn.region), format!("The service {} does not support specifying a Region in the resource ARN.", arn.service));
    }
}

fn missing_arn_region(_: &Statement, item: &Item, report: &mut Report) {
    if let Some(arn) = arn(item)
        && arn.region.is_empty()
        && !is_open(arn.resource)
        && every_pattern(&arn, |known| known.has_region)
    {
        report.at(&item.place, format!("Add a Region to the {} resource ARN.", arn.service));
    }
}

fn invalid_arn_account(_: &Statement, item: &Item, report: &mut Report) {
    if let Some(Arn { account, .. }) = arn(item)
        && !account.is_empty()
        && account != "aws"
        && !is_open(account)
        && !(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
        // Images and the like name their owner there.
        && !["amazon", "cloudfront", "aws-marketplace", "third-party"].contains(&account)
    {
        report.at(&item.part(account), format!("The resource ARN account ID {account} is not valid. Provide a 12-digit account ID."));
    }
}

fn arn_account_not_allowed(_: &Statement, item: &Item, report: &mut Report) {
    if let Some(arn) = arn(item)
        && !arn.account.is_empty()
        && arn.account != "*"
        && every_pattern(&arn, |known| !known.has_account)
    {
        report.at(
            &item.part(arn.account),
            format!("The service {} does not support specifying an account ID in the resource ARN.", arn.service),
        );
    }
}

/// What the catalogue says of one type of resource's ARN.
struct Known {
    service: String,
    has_region: bool,
    has_account: bool,
    resource: Vec<Symbol>,
}

/// Types that AWS's documents name and the catalogue lacks: transforms belong to AWS, as macros that CreateChangeSet runs
/// (CloudFormation user guide, "Controlling access with IAM").
const UNLISTED: [(&str, &str); 1] = [("cloudformation", "arn:${Partition}:cloudformation:${Region}:aws:transform/${Name}")];

/// By service, read when the first ARN is judged.
static KNOWN: LazyLock<HashMap<String, Vec<Known>>> = LazyLock::new(|| {
    let read = |service: Service| {
        let prefix = service.prefix()?.to_string();
        let unlisted = UNLISTED.iter().filter(|(service, _)| *service == prefix).map(|(_, arn)| (*arn).to_owned());
        let texts = service.resource_types().filter_map(|kind| Some(kind.arn()?.to_string())).chain(unlisted);
        let known = texts.filter_map(|text| {
            let arn = read_arn(&text)?;
            Some(Known {
                service: arn.service.to_owned(),
                has_region: !arn.region.is_empty(),
                has_account: !arn.account.is_empty(),
                resource: symbols(arn.resource, Open::IsFilled),
            })
        });
        let known = known.collect();
        Some((prefix, known))
    };
    catalogue().services().filter_map(read).collect()
});

/// The types of resource of an ARN's service, if that is named outright and has any.
fn known_of(arn: &Arn) -> &'static [Known] {
    let known = if has_wildcard(arn.service) { None } else { KNOWN.get(&arn.service.to_ascii_lowercase()) };
    known.map(Vec::as_slice).unwrap_or_default()
}

/// Whether a rule holds of each type that the resource part fits (of all if it fits none).
fn every_pattern(arn: &Arn, rule: impl Fn(&Known) -> bool) -> bool {
    let known: Vec<&Known> = known_of(arn).iter().filter(|known| known.service.eq_ignore_ascii_case(arn.service)).collect();
    let own = symbols(arn.resource, Open::MayBeEmpty);
    let fitting: Vec<&Known> = known.iter().copied().filter(|known| meet(&own, &known.resource)).collect();
    let judged = if fitting.is_empty() { known } else { fitting };
    !judged.is_empty() && judged.into_iter().all(rule)
}

fn invalid_arn_resource(_: &Statement, item: &Item, report: &mut Report) {
    let Some(arn) = arn(item) else { return };
    let known = known_of(&arn);
    let own = symbols(arn.resource, Open::MayBeEmpty);
    if !known.is_empty() && !known.iter().any(|known| meet(&own, &known.resource)) {
        let details = format!(
            "Resource ARN does not match the expected ARN format. Update the resource portion of the ARN for the service {}.",
            arn.service
        );
        report.at(&item.part(arn.resource), details);
    }
}

/// Whether some resource fits both the author's pattern and the catalogue's: each side's open parts may stand for any text.
fn may_meet(own: &str, known: &str) -> bool {
    meet(&symbols(own, Open::MayBeEmpty), &symbols(known, Open::IsFilled))
}

fn meet(own: &[Symbol], known: &[Symbol]) -> bool {
    // Which prefixes of `own` can meet the symbols of `known` read so far.
    let mut reached = closure(std::iter::once(true).chain(std::iter::repeat_n(false, own.len())).collect(), own);
    for symbol in known {
        let mut next = vec![false; own.len() + 1];
        for (at, _) in reached.iter().enumerate().filter(|(_, reached)| **reached) {
            match symbol {
                // The first reached place opens all that follow it.
                Symbol::Any => {
                    next.iter_mut().skip(at).for_each(|flag| *flag = true);
                    break;
                }
                Symbol::One(_) | Symbol::Single => match (own.get(at), symbol) {
                    (Some(Symbol::Any), _) => set(&mut next, at),
                    (Some(Symbol::Single), _) | (Some(_), Symbol::Single) => set(&mut next, at + 1),
                    (Some(Symbol::One(byte)), Symbol::One(wanted)) if byte == wanted => set(&mut next, at + 1),
                    _ => (),
                },
            }
        }
        reached = closure(next, own);
        if !reached.contains(&true) {
            return false;
        }
    }
    reached.last().copied().unwrap_or(false)
}

fn set(flags: &mut [bool], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

/// What is at an open part is past it too: it may be empty.
fn closure(mut flags: Vec<bool>, own: &[Symbol]) -> Vec<bool> {
    for (at, symbol) in own.iter().enumerate() {
        if *symbol == Symbol::Any && flags.get(at).copied().unwrap_or(false) {
            set(&mut flags, at + 1);
        }
    }
    flags
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol {
    One(u8),
    Single,
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    MayBeEmpty,
    IsFilled,
}

fn symbols(text: &str, open: Open) -> Vec<Symbol> {
    let mut symbols = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(byte) = rest.as_bytes().first() {
        if let Some((_, after)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
            symbols.extend((open == Open::IsFilled).then_some(Symbol::Single));
            symbols.push(Symbol::Any);
            rest = after;
            continue;
        }
        symbols.push(match byte {
            b'*' => Symbol::Any,
            b'?' => Symbol::Single,
            byte => Symbol::One(*byte),
        });
        rest = rest.get(rest.chars().next().map_or(1, char::len_utf8)..).unwrap_or_default();
    }
    symbols
}

fn unsupported_resource_arn_in_policy(statement: &Statement, item: &Item, report: &mut Report) {
    let (Some(kind), Some(arn)) = (statement.resource_type, arn(item)) else { return };
    let is_supported = match kind {
        // A trust policy has no resources at all, which another check says.
        ResourceType::AssumeRolePolicyDocument => true,
        ResourceType::S3Bucket => glob(arn.service, "s3") && (is_open(arn.region) || arn.region.is_empty()),
        ResourceType::S3AccessPoint | ResourceType::S3MultiRegionAccessPoint => {
            let has_region = !arn.region.is_empty();
            let wanted = kind == ResourceType::S3AccessPoint;
            glob(arn.service, "s3") && may_meet(arn.resource, "accesspoint/${Name}") && (is_open(arn.region) || has_region == wanted)
        }
        ResourceType::S3ObjectLambdaAccessPoint => glob(arn.service, "s3-object-lambda") && may_meet(arn.resource, "accesspoint/${Name}"),
        ResourceType::DynamoDbTable => glob(arn.service, "dynamodb") && may_meet(arn.resource, "table/${Name}"),
    };
    if !is_supported {
        report.at(
            &item.place,
            format!("The resource ARN is not supported for the resource-based policy attached to resource type {}.", kind.as_str()),
        );
    }
}

fn redundant_resource(statement: &Statement, report: &mut Report) {
    for element in statement.resource.iter().chain(&statement.not_resource) {
        redundant::report_pairs(&element.items, redundant::Capitals::Count, report, |first, second| {
            format!(
                "The resources {first} and {second} are redundant because {second} provides the same or greater access. Remove one of them."
            )
        });
    }
}
