//! What single services do otherwise than the evaluation logic says of all.

/// How a request is judged beside the common logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// As any other.
    Common,
    /// Whoever is authenticated may, even against a Deny.
    Always,
    /// Nobody may, though nothing denies it.
    Never,
    /// The resource's policy must allow the caller itself, or name the caller's account beside an identity policy that
    /// allows; without such a policy nobody may.
    ByResourcePolicy,
}

/// What IAM changes on policies and roles, in lower case (service authorization reference, "AWS Identity and Access
/// Management", access levels Write, Permissions management and Tagging).
const POLICY_CHANGES: [&str; 7] =
    ["createpolicy", "createpolicyversion", "deletepolicy", "deletepolicyversion", "setdefaultpolicyversion", "tagpolicy", "untagpolicy"];

const ROLE_CHANGES: [&str; 16] = [
    "attachrolepolicy",
    "createrole",
    "createservicelinkedrole",
    "deleterole",
    "deleterolepermissionsboundary",
    "deleterolepolicy",
    "deleteservicelinkedrole",
    "detachrolepolicy",
    "passrole",
    "putrolepermissionsboundary",
    "putrolepolicy",
    "tagrole",
    "untagrole",
    "updateassumerolepolicy",
    "updaterole",
    "updateroledescription",
];

/// What KMS changes on aliases, in lower case.
const ALIAS_CHANGES: [&str; 3] = ["createalias", "deletealias", "updatealias"];

/// The rule for an action on a resource. Allocates nothing.
pub fn rule(action: &str, resource: &str) -> Rule {
    let Some((service, name)) = action.split_once(':') else { return Rule::Common };
    let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
    if service.eq_ignore_ascii_case("sts") {
        return match name.split_at_checked("AssumeRole".len()) {
            _ if is("GetCallerIdentity") => Rule::Always,
            Some((begin, _)) if begin.eq_ignore_ascii_case("AssumeRole") && of(resource, "iam", "role/") => Rule::ByResourcePolicy,
            // What goes with it (IAM user guide, "Permissions required to add session tags", "Permissions required to set source identity").
            _ if (is("TagSession") || is("SetSourceIdentity")) && of(resource, "iam", "role/") => Rule::ByResourcePolicy,
            _ => Rule::Common,
        };
    }
    if service.eq_ignore_ascii_case("kms") {
        return match () {
            // AWS keeps these aliases for its own keys (KMS developer guide, "Aliases in AWS KMS").
            () if ALIAS_CHANGES.iter().any(|wanted| is(wanted)) && of(resource, "kms", "alias/aws/") => Rule::Never,
            () if of(resource, "kms", "key/") => Rule::ByResourcePolicy,
            () => Rule::Common,
        };
    }
    let managed_policy = || account(resource) == Some("aws") && of(resource, "iam", "policy/");
    let reserved_role = || of(resource, "iam", "role/aws-reserved/sso.amazonaws.com/");
    let changes = |names: &[&str]| names.iter().any(|wanted| is(wanted));
    let is_iam = service.eq_ignore_ascii_case("iam");
    if is_iam && ((changes(&POLICY_CHANGES) && managed_policy()) || (changes(&ROLE_CHANGES) && reserved_role())) {
        return Rule::Never;
    }
    Rule::Common
}

/// Whether an ARN is of this service and its resource begins so.
fn of(arn: &str, service: &str, beginning: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    parts.next() == Some("arn") && parts.nth(1) == Some(service) && parts.nth(2).is_some_and(|resource| resource.starts_with(beginning))
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_have_their_own_rules_for_some_things() {
        for (action, resource, expected) in [
            ("sts:GetCallerIdentity", "*", Rule::Always),
            ("STS:getcalleridentity", "*", Rule::Always),
            ("sts:AssumeRole", "arn:aws:iam::000000000000:role/app", Rule::ByResourcePolicy),
            ("sts:AssumeRoleWithSAML", "arn:aws:iam::000000000000:role/a/app", Rule::ByResourcePolicy),
            ("sts:AssumeRole", "*", Rule::Common),
            ("sts:TagSession", "arn:aws:iam::000000000000:role/app", Rule::ByResourcePolicy),
            ("sts:setsourceidentity", "arn:aws:iam::000000000000:role/app", Rule::ByResourcePolicy),
            ("sts:TagSession", "*", Rule::Common),
            ("kms:Decrypt", "arn:aws:kms:us-east-1:000000000000:key/1", Rule::ByResourcePolicy),
            ("kms:CreateAlias", "arn:aws:kms:us-east-1:000000000000:alias/a", Rule::Common),
            ("kms:CreateAlias", "arn:aws:kms:us-east-1:000000000000:alias/aws/s3", Rule::Never),
            ("kms:updatealias", "arn:aws:kms:us-east-1:000000000000:alias/aws/s3", Rule::Never),
            ("kms:ListAliases", "arn:aws:kms:us-east-1:000000000000:alias/aws/s3", Rule::Common),
            ("iam:DeletePolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", Rule::Never),
            ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", Rule::Common),
            ("iam:DeletePolicy", "arn:aws:iam::000000000000:policy/mine", Rule::Common),
            ("iam:PassRole", "arn:aws:iam::000000000000:role/aws-reserved/sso.amazonaws.com/r", Rule::Never),
            ("iam:GetRole", "arn:aws:iam::000000000000:role/aws-reserved/sso.amazonaws.com/r", Rule::Common),
            ("é:x", "arn:aws", Rule::Common),
        ] {
            assert_eq!(rule(action, resource), expected, "{action} on {resource}");
        }
    }
}
