//! Every check finds its case and lets its near miss pass; places are exact; no text makes the validation panic.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// One policy a check finds something in, and one that differs in the point that it judges.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    policy_type: String,
    resource_type: Option<String>,
    finds: serde_json::Value,
    passes: serde_json::Value,
}

fn cases() -> BTreeMap<String, Case> {
    serde_json::from_str(include_str!("cases.json")).unwrap()
}

/// AWS's checks that none of ours stands for, and why.
const LEFT_OUT: [(&str, &str); 5] = [
    ("SCP_SYNTAX_ERROR_ACTION_WILDCARD", "SCPs take the whole policy language since September 2025: wildcards may stand anywhere"),
    ("SCP_SYNTAX_ERROR_ALLOW_CONDITION", "AWS took the check back: SCPs may have conditions on Allow"),
    ("SCP_SYNTAX_ERROR_ALLOW_NOTACTION", "AWS took the check back: SCPs may have NotAction on Allow"),
    ("SCP_SYNTAX_ERROR_ALLOW_RESOURCE", "AWS took the check back: SCPs may name resources on Allow"),
    ("SCP_SYNTAX_ERROR_NOTRESOURCE", "AWS took the check back: SCPs may have NotResource"),
];

fn options(case: &Case) -> Options {
    let policy_type = match case.policy_type.as_str() {
        "IDENTITY_POLICY" => ValidatedType::Identity,
        "RESOURCE_POLICY" => ValidatedType::Resource,
        "SERVICE_CONTROL_POLICY" => ValidatedType::ServiceControl,
        "RESOURCE_CONTROL_POLICY" => ValidatedType::ResourceControl,
        other => panic!("{other}"),
    };
    Options { policy_type, resource_type: case.resource_type.as_deref().map(|name| ResourceType::parse(name).unwrap()) }
}

/// `PAD120` in a text stands for 120 letters: sizes are judged too.
fn text(policy: &serde_json::Value) -> String {
    let text = policy.as_str().map_or_else(|| policy.to_string(), str::to_owned);
    let Some((before, rest)) = text.split_once("PAD") else { return text };
    let (digits, after) = rest.split_at(rest.find(|character: char| !character.is_ascii_digit()).unwrap());
    format!("{before}{}{after}", "a".repeat(digits.parse().unwrap()))
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.issue_code).collect()
}

#[test]
fn each_check_finds_its_case_and_passes_its_near_miss() {
    let mut wrong = Vec::new();
    for (code, case) in cases() {
        let found = validate(&text(&case.finds), &options(&case));
        if !codes(&found).contains(&code.as_str()) {
            wrong.push(format!("{code} is not found: {:?}", codes(&found)));
        }
        let passed = validate(&text(&case.passes), &options(&case));
        if codes(&passed).contains(&code.as_str()) {
            wrong.push(format!("{code} is found in its near miss"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_checks_are_those_of_the_reference() {
    let ours: Vec<&str> = issue_codes().collect();
    let known: BTreeSet<&str> = ours.iter().copied().collect();
    assert_eq!(known.len(), ours.len(), "a code stands in two rows");
    let reference = include_str!("codes.txt").lines().map(|line| line.split_once(' ').unwrap().1);
    let wanted: BTreeSet<&str> = reference.filter(|code| !LEFT_OUT.iter().any(|(left_out, _)| left_out == code)).collect();
    assert_eq!(known, wanted);
    let cases = cases();
    let tested: BTreeSet<&str> = cases.keys().map(String::as_str).collect();
    assert_eq!(known, tested, "a check without its cases");
}

#[test]
fn kinds_and_links_are_those_of_the_reference() {
    let kinds: BTreeMap<&str, &str> =
        include_str!("codes.txt").lines().map(|line| line.split_once(' ').unwrap()).map(|(kind, code)| (code, kind)).collect();
    for (_, case) in cases() {
        for finding in validate(&text(&case.finds), &options(&case)) {
            assert_eq!(finding.kind.as_str(), kinds[finding.issue_code], "{}", finding.issue_code);
            assert!(!finding.details.is_empty() && !finding.locations.is_empty(), "{}", finding.issue_code);
            assert!(finding.details.len() < 4_000, "{}", finding.issue_code);
        }
    }
    let finding = validate(r#"{"Statement": []}"#, &IDENTITY).remove(0);
    assert_eq!(
        finding.learn_more,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-statement"
    );
}

const IDENTITY: Options = Options { policy_type: ValidatedType::Identity, resource_type: None };

#[test]
fn sound_policies_have_no_findings() {
    let identity = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "ListNotes", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": "arn:aws:s3:::notes",
         "Condition": {"StringLike": {"s3:prefix": ["home/${aws:username}/*", "${aws:PrincipalTag/team, 'all'}/*"]}}},
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["arn:aws:s3:::notes/${aws:username}/*"]},
        {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
         "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    ]}"#;
    assert_eq!(validate(identity, &IDENTITY), []);
    let trust = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:0"},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}}}"#;
    let as_trust = Options { policy_type: ValidatedType::Resource, resource_type: Some(ResourceType::AssumeRolePolicyDocument) };
    assert_eq!(validate(trust, &as_trust), []);
    let bucket = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "tls only", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::notes", "arn:aws:s3:::notes/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}"#;
    let as_bucket = Options { policy_type: ValidatedType::Resource, resource_type: Some(ResourceType::S3Bucket) };
    assert_eq!(validate(bucket, &as_bucket), []);
}

#[test]
fn policies_as_people_write_them_have_no_findings() {
    for (policy_type, resource_type, policy) in [
        (
            ValidatedType::Resource,
            None,
            r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"Enable IAM","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
            {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/A"},"Action":["kms:CreateGrant","kms:ListGrants","kms:RevokeGrant"],"Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}}]}"#,
        ),
        (
            ValidatedType::Identity,
            None,
            r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["ec2:StartInstances","ec2:StopInstances"],"Resource":"arn:aws:ec2:*:*:instance/*","Condition":{"StringEquals":{"aws:ResourceTag/Owner":"${aws:username}"}}},
            {"Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"*"},
            {"Effect":"Allow","Action":["execute-api:Invoke"],"Resource":["arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/notes"]},
            {"Effect":"Allow","Action":["dynamodb:GetItem"],"Resource":"arn:aws:dynamodb:*:*:table/T","Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${cognito-identity.amazonaws.com:sub}"]}}},
            {"Effect":"Allow","Action":["logs:CreateLogGroup","logs:PutLogEvents"],"Resource":["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/x:*"]},
            {"Effect":"Allow","Action":"sns:Publish","Resource":"arn:aws:sns:us-east-1:123456789012:t"},
            {"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f:*"},
            {"Effect":"Allow","Action":"iam:ChangePassword","Resource":"arn:aws:iam::*:user/${aws:username}"},
            {"Effect":"Allow","Action":"cognito-idp:Admin*","Resource":"arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc"},
            {"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-east-1:123456789012:secret:a-??????"},
            {"Effect":"Allow","Action":"ssm:GetParameter","Resource":"arn:aws:ssm:us-east-1:123456789012:parameter/a"},
            {"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::123456789012:role/x"},
            {"Effect":"Allow","Action":"ec2:RunInstances","Resource":"arn:aws:ec2:us-east-1::image/ami-1"}]}"#,
        ),
        (
            ValidatedType::Resource,
            Some(ResourceType::S3Bucket),
            r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"AWSCloudTrailWrite","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/AWSLogs/1/*","Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control","aws:SourceArn":"arn:aws:cloudtrail:r:1:trail/t"}}}]}"#,
        ),
        (
            ValidatedType::ServiceControl,
            None,
            r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1"]},"ArnNotLike":{"aws:PrincipalARN":["arn:aws:iam::*:role/A"]}}}]}"#,
        ),
    ] {
        assert_eq!(validate(policy, &Options { policy_type, resource_type }), []);
    }
}

/// Each was called an error once.
#[test]
fn what_aws_documents_as_valid_has_no_errors() {
    let of = |policy_type, action: &str, resource: &str, condition: serde_json::Value| {
        let statement = serde_json::json!({"Effect": "Deny", "Action": action, "Resource": resource, "Condition": condition});
        let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let mut found = validate(&policy, &Options { policy_type, resource_type: None });
        found.retain(|finding| finding.kind == FindingKind::Error);
        assert_eq!(found, [], "{policy}");
    };
    let tag = |key: &str| serde_json::json!({"StringEquals": {key: "x"}});
    let identity = ValidatedType::Identity;
    for key in ["aws:ResourceTag/CostTag", "aws:RequestTag/tag", "aws:PrincipalTag/a/hashtag"] {
        of(identity, "ec2:CreateTags", "arn:aws:ec2:us-east-1:123456789012:instance/i-1", tag(key));
    }
    of(identity, "secretsmanager:GetSecretValue", "*", tag("secretsmanager:ResourceTag/Team"));
    of(identity, "glacier:DeleteArchive", "*", tag("glacier:ResourceTag/Team"));
    of(identity, "ssm:GetParameter", "*", tag("ssm:resourceTag/Team"));
    of(
        identity,
        "lambda:InvokeFunction",
        "*",
        serde_json::json!({"ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f"}}),
    );
    of(identity, "states:InvokeHTTPEndpoint", "*", tag("states:HTTPEndpoint"));
    of(identity, "cloudformation:CreateChangeSet", "arn:aws:cloudformation:*:aws:transform/*", serde_json::json!({}));
    of(identity, "s3:GetObject", "*", serde_json::json!({"Bool": {"aws:MultiFactorAuthPresent": "${aws:SecureTransport}"}}));
    of(ValidatedType::ServiceControl, "s3:*Object", "*", serde_json::json!({}));
    of(ValidatedType::ServiceControl, "ec2:De*Images", &format!("arn:aws:ec2:*:*:image/{}", "a".repeat(9_000)), serde_json::json!({}));
}

/// The place of the only finding of a code: its path in short, and the text of its span.
fn place<'a>(policy: &'a str, code: &str) -> (String, &'a str) {
    let findings = validate(policy, &IDENTITY);
    let finding = findings.iter().find(|finding| finding.issue_code == code).unwrap_or_else(|| panic!("{code}: {findings:?}"));
    let Location { path, span } = &finding.locations[0];
    let path = path.iter().map(|element| match element {
        PathElement::Index(index) => format!("[{index}]"),
        PathElement::Key(name) => format!(".{name}!"),
        PathElement::Substring { start, length } => format!("({start}+{length})"),
        PathElement::Value(name) => format!(".{name}"),
    });
    (path.collect(), &policy[span.start.offset..span.end.offset])
}

#[test]
fn places_are_exact() {
    let policy = r#"{
  "Version": "2012-10-18", "Name": 1,
  "Statement": [{
    "Sid": "a b", "Effect": "allow", "Action": ["s4:Get", "s3:Gets", "s*:Get"], "Actions": [],
    "Resource": ["arn:aws:S3:::a", "arn:aws:s3:mars:12:b", "aws"],
    "Condition": {"Strings": {"aws:a": "b"}, "Bool": {"nokey": "x", "aws:SecureTransport": "y"}, "StringEquals": {"aws:TagKeys": ["c*"]}}
  }]
}"#;
    for (code, path, spanned) in [
        ("INVALID_VERSION", ".Version", r#""2012-10-18""#),
        ("INVALID_POLICY_ELEMENT", ".Name!", r#""Name""#),
        ("UNSUPPORTED_SID", ".Statement[0].Sid", r#""a b""#),
        ("INVALID_EFFECT", ".Statement[0].Effect", r#""allow""#),
        ("INVALID_SERVICE_IN_ACTION", ".Statement[0].Action[0](0+2)", "s4"),
        ("INVALID_ACTION", ".Statement[0].Action[1]", r#""s3:Gets""#),
        ("WILDCARD_IN_SERVICE_NAME", ".Statement[0].Action[2](0+2)", "s*"),
        ("INVALID_ARN_SERVICE_CASE", ".Statement[0].Resource[0](8+2)", "S3"),
        ("INVALID_ARN_REGION", ".Statement[0].Resource[1](11+4)", "mars"),
        ("INVALID_ARN_ACCOUNT", ".Statement[0].Resource[1](16+2)", "12"),
        ("INVALID_ARN_PREFIX", ".Statement[0].Resource[2]", r#""aws""#),
        ("INVALID_CONDITION_OPERATOR", ".Statement[0].Condition.Strings!", r#""Strings""#),
        ("INVALID_CONDITION_KEY_FORMAT", ".Statement[0].Condition.Bool.nokey!", r#""nokey""#),
        ("MISSING_QUALIFIER", ".Statement[0].Condition.StringEquals.aws:TagKeys!", r#""aws:TagKeys""#),
        ("WILDCARD_WITHOUT_LIKE_OPERATOR", ".Statement[0].Condition.StringEquals.aws:TagKeys[0]", r#""c*""#),
    ] {
        assert_eq!(place(policy, code), (path.to_owned(), spanned), "{code}");
    }
    let single = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*"}}"#;
    assert_eq!(place(single, "MISSING_ACTION"), (".Statement".to_owned(), r#"{"Effect": "Allow", "Resource": "*"}"#));
}

#[test]
fn lines_and_columns_are_counted_as_aws_counts() {
    let finding =
        validate("{\n  \"Statement\": {\"Effect\": \"allow\"}}", &IDENTITY).into_iter().find(|found| found.issue_code == "INVALID_EFFECT");
    let span = finding.unwrap().locations[0].span;
    assert_eq!(span.start, Position { line: 2, column: 26, offset: 28 });
    assert_eq!(span.end, Position { line: 2, column: 33, offset: 35 });
    let syntax = validate("{\"é\": 1,\n \"é\": 2}", &IDENTITY);
    assert_eq!(codes(&syntax), ["JSON_SYNTAX_ERROR"]);
    assert_eq!(syntax[0].locations[0].span.start, Position { line: 2, column: 1, offset: 10 });
}

#[test]
fn hostile_policies_end_soon() {
    let many = |entry: &str, count: usize| vec![format!("\"{entry}\""); count].join(",");
    let stars = "*a".repeat(1_000);
    for policy in [
        format!(r#"{{"Statement": {{"Action": [{}]}}}}"#, many("*", 30_000)),
        format!(r#"{{"Statement": {{"Action": [{}]}}}}"#, many("s3:*a*b*c*d", 8_000)),
        format!(r#"{{"Statement": {{"Resource": [{}]}}}}"#, many("arn:aws:ec2:::x", 7_000)),
        format!(r#"{{"Statement": {{"Resource": ["arn:aws:ec2:::{stars}"]}}}}"#),
        format!(r#"{{"Statement": {{"Resource": "{}"}}}}"#, "${".repeat(60_000)),
        format!(r#"{{"Statement": [{}]}}"#, vec!["{}"; 40_000].join(",")),
        " ".repeat(crate::policy::MAX_POLICY_BYTES + 1),
    ] {
        assert!(!validate(&policy, &IDENTITY).is_empty());
    }
}

/// Every type with every kind of resource.
fn all_options() -> impl Iterator<Item = Options> {
    let types = [ValidatedType::Identity, ValidatedType::ServiceControl, ValidatedType::ResourceControl];
    let of_resources = cases().into_values().map(|case| options(&case)).filter(|options| options.policy_type == ValidatedType::Resource);
    types.map(|policy_type| Options { policy_type, resource_type: None }).into_iter().chain(of_resources.take(40))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), json in "[\\[\\]{},:\"a0 ]{0,40}") {
        for text in [text, json] {
            let findings = validate(&text, &IDENTITY);
            prop_assert!(!findings.is_empty());
        }
    }

    /// Spoilt policies: any case with one character replaced, read as every type.
    #[test]
    fn no_policy_makes_it_panic(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), with in "[*?${}:,'é\"a/0\\\\-]{0,3}") {
        let cases = cases();
        let (_, case) = cases.iter().nth(which.index(cases.len())).unwrap();
        let characters: Vec<char> = text(&case.finds).chars().collect();
        let at = at.index(characters.len());
        let spoilt: String = characters[..at].iter().chain(&with.chars().collect::<Vec<_>>()).chain(&characters[at + 1..]).collect();
        for options in all_options() {
            for finding in validate(&spoilt, &options) {
                for location in finding.locations {
                    prop_assert!(location.span.start.offset <= location.span.end.offset);
                    prop_assert!(location.span.end.offset <= spoilt.chars().count());
                }
            }
        }
    }
}
