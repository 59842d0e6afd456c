//! Holds what operations ask to AWS's catalogue, in every test that calls one.

use crate::policy::catalogue::{catalogue, glob};

/// Operations of AWS that its list of actions does not have yet. Each works on what it names, as its neighbours do.
const NEWER: [&str; 21] = [
    "cognito-idp:AdminListUserSessions",
    "cognito-idp:AdminRevokeUserSession",
    "cognito-idp:CancelPointInTimeRecovery",
    "cognito-idp:CreateCIMDPolicy",
    "cognito-idp:DeleteCIMDPolicy",
    "cognito-idp:DescribeCIMDPolicy",
    "cognito-idp:DescribePointInTimeRecovery",
    "cognito-idp:DescribeTermsByClient",
    "cognito-idp:GetDerivedToken",
    "cognito-idp:GetUserPoolClientSessionConfiguration",
    "cognito-idp:GetUserPoolSessionConfiguration",
    "cognito-idp:InitiatePointInTimeRecovery",
    "cognito-idp:ListCIMDPolicies",
    "cognito-idp:ListClientMetadataURLs",
    "cognito-idp:ListPointInTimeRecoveries",
    "cognito-idp:SetUserPoolClientSessionConfiguration",
    "cognito-idp:SetUserPoolSessionConfiguration",
    "cognito-idp:StartPointInTimeRecovery",
    "cognito-idp:UpdateCIMDPolicy",
    "cognito-idp:UpdateClientMetadataURLState",
    "iam:UpdateDelegationRequest",
];

/// The action must be AWS's, and the resource of one of its types; `*` is for actions that have none, and for the caller's own
/// entity where the caller is no entity.
pub fn check(action: &str, resource: &str) {
    let (service, name) = action.split_once(':').unwrap();
    if NEWER.contains(&action) {
        assert!(catalogue().action(service, name).is_none(), "{action} is listed by now");
        return;
    }
    let known = catalogue().action(service, name).unwrap_or_else(|| panic!("{action} is no action of AWS"));
    if known.is_wildcard_only() {
        assert_eq!(resource, "*", "{action} has no resource types");
        return;
    }
    let fits = known.resource_types().filter_map(|(kind, _)| kind.arn()).any(|arn| {
        let template: String = arn.words().collect();
        let pattern: String =
            template.split("${").map(|part| part.split_once('}').map_or(part.to_owned(), |(_, rest)| format!("*{rest}"))).collect();
        glob(&pattern, resource)
    });
    assert!(fits || resource == "*", "{action} is asked about {resource}");
}
