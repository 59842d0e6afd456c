//! The engine as its callers see it: what is refused, what is decided, and why.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const ROOT: &str = "arn:aws:iam::000000000000:root";

fn user() -> Principal {
    Principal::User { account: "000000000000".into(), arn: "arn:aws:iam::000000000000:user/alice".into(), id: "AIDAALICE".into() }
}

fn session() -> Principal {
    Principal::AssumedRole {
        account: "000000000000".into(),
        session_arn: "arn:aws:sts::000000000000:assumed-role/app/s".into(),
        role_arn: Some("arn:aws:iam::000000000000:role/app".into()),
        role_id: "AROAAPP".into(),
    }
}

fn named(name: &str, policy: &Value) -> NamedPolicy {
    NamedPolicy { name: name.into(), policy: Arc::new(parse(&policy.to_string()).unwrap()) }
}

fn set(policy: &Value) -> PolicySet {
    PolicySet::new(vec![named("p", policy)])
}

fn ask<'a>(principal: &'a Principal, action: &'a str, resource: &'a str, context: &'a ContextMap) -> Request<'a> {
    Request { principal, action, resource, resource_account: None, wildcard_only_action: false, context }
}

fn allow(condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "notes:*", "Resource": "*", "Condition": condition}})
}

fn holds(condition: &Value, context: &ContextMap) -> bool {
    let (policies, principal) = (set(&allow(condition)), user());
    let request = ask(&principal, "notes:Read", "arn:aws:notes:::n", context);
    judge(&request, &Policies { identity: Some(&policies), ..Policies::default() }).verdict == Verdict::Allowed
}

fn context(entries: &[(&str, &[&str])]) -> ContextMap {
    let mut context = ContextMap::new();
    for (key, values) in entries {
        match values {
            [single] => context.insert(key, *single),
            many => context.insert_list(key, many.iter().copied()),
        }
    }
    context
}

/// Each row is one line of the IAM user guide's "Condition operators" and "Multivalued context keys".
#[test]
fn condition_operators_follow_the_guide() {
    let absent = context(&[]);
    let one = |value| context(&[("k:x", &[value])]);
    let many = context(&[("k:x", &["a", "b"])]);
    for (condition, context, expected) in [
        (json!({"StringEquals": {"k:x": "a"}}), one("a"), true),
        (json!({"StringEquals": {"K:X": ["b", "a"]}}), one("a"), true),
        (json!({"StringEquals": {"k:x": "A"}}), one("a"), false),
        (json!({"StringEquals": {"k:x": "a*"}}), one("ab"), false),
        (json!({"StringLike": {"k:x": "a*"}}), one("a:b"), true),
        (json!({"StringEqualsIgnoreCase": {"k:x": "A"}}), one("a"), true),
        (json!({"StringEquals": {"k:x": "a"}}), absent.clone(), false),
        (json!({"StringNotEquals": {"k:x": "a"}}), absent.clone(), true),
        (json!({"StringNotEquals": {"k:x": ["a", "b"]}}), one("b"), false),
        (json!({"StringEqualsIfExists": {"k:x": "a"}}), absent.clone(), true),
        (json!({"StringEqualsIfExists": {"k:x": "a"}}), one("b"), false),
        (json!({"Null": {"k:x": "true"}}), absent.clone(), true),
        (json!({"Null": {"k:x": true}}), one("a"), false),
        (json!({"Null": {"k:x": "false"}}), one("a"), true),
        (json!({"Bool": {"k:x": "false"}}), absent.clone(), false),
        (json!({"BoolIfExists": {"k:x": "false"}}), absent.clone(), true),
        (json!({"Bool": {"k:x": true}}), one("TRUE"), true),
        (json!({"ForAllValues:StringEquals": {"k:x": ["a", "b", "c"]}}), many.clone(), true),
        (json!({"ForAllValues:StringEquals": {"k:x": "a"}}), many.clone(), false),
        (json!({"ForAllValues:StringEquals": {"k:x": "a"}}), absent.clone(), true),
        (json!({"ForAnyValue:StringEquals": {"k:x": "b"}}), many.clone(), true),
        (json!({"ForAnyValue:StringEquals": {"k:x": "b"}}), absent.clone(), false),
        (json!({"ForAnyValue:StringNotEquals": {"k:x": "a"}}), many.clone(), true),
        (json!({"ForAnyValue:StringNotEquals": {"k:x": "a"}}), absent.clone(), false),
        (json!({"StringEquals": {"k:x": []}}), one("a"), false),
        (json!({"StringNotEquals": {"k:x": []}}), one("a"), false),
        (json!({"ForAnyValue:StringEquals": {"k:x": []}}), one("a"), false),
        (json!({"ForAllValues:StringEquals": {"k:x": []}}), one("a"), false),
        (json!({"ForAllValues:StringEquals": {"k:x": []}}), absent.clone(), true),
        (json!({"StringEqualsIfExists": {"k:x": []}}), absent.clone(), true),
        (json!({"StringEquals": {"k:x": "a"}}), many.clone(), false),
        (json!({"StringNotEquals": {"k:x": "c"}}), many.clone(), false),
        (json!({"ArnNotLike": {"k:x": "arn:aws:sns:*:1:t*"}}), one("nonsense"), false),
        (json!({"ArnNotLike": {"k:x": "arn:aws:sns:*:1:t*"}}), one("arn:aws:sqs:us-east-1:1:q"), true),
        (json!({"ArnLike": {"k:x": "arn:aws:sns:*:1:t*"}}), one("arn:aws:sns:us-east-1:1:topic"), true),
        (json!({"ArnEquals": {"k:x": "arn:aws:sns:*:1:t"}}), one("arn:aws:sns:us:east:1:t"), false),
        (json!({"ArnEquals": {"k:x": "arn:aws:sns:*"}}), one("arn:aws:sns:us-east-1:1:t"), false),
        (json!({"NumericLessThanEquals": {"k:x": "10"}}), one("10.0"), true),
        (json!({"NumericLessThan": {"k:x": 10}}), one("ten"), false),
        (json!({"NumericNotEquals": {"k:x": 10}}), one("ten"), false),
        (json!({"DateGreaterThan": {"k:x": "2026-01-01T00:00:00Z"}}), one("1767225601"), true),
        (json!({"DateLessThan": {"k:x": "2026-01-01"}}), one("2025-12-31T23:59:59Z"), true),
        (json!({"DateEquals": {"k:x": "soon"}}), one("soon"), false),
        (json!({"IpAddress": {"k:x": "10.0.0.0/8"}}), one("10.1.2.3"), true),
        (json!({"IpAddress": {"k:x": "10.1.2.3"}}), one("10.1.2.3"), true),
        (json!({"IpAddress": {"k:x": "::/0"}}), one("10.1.2.3"), false),
        (json!({"NotIpAddress": {"k:x": "10.0.0.0/8"}}), one("11.1.2.3"), true),
        (json!({"BinaryEquals": {"k:x": "YQ=="}}), one("YQ=="), true),
        (json!({"StringEquals": {"k:x": "${k:y}"}}), context_pair("a", "a"), true),
        (json!({"StringEquals": {"k:x": "${k:y}"}}), one("${k:y}"), false),
        (json!({"StringNotEquals": {"k:x": "${k:y}"}}), one("a"), false),
        (json!({"ArnNotLike": {"k:x": "${k:y}"}}), one("arn:aws:sqs:us-east-1:1:q"), false),
        (json!({"StringEquals": {"k:x": "a", "k:y": "a"}}), one("a"), false),
    ] {
        assert_eq!(holds(&condition, &context), expected, "{condition} in {context:?}");
    }
}

fn context_pair(x: &str, y: &str) -> ContextMap {
    context(&[("k:x", &[x]), ("k:y", &[y])])
}

#[test]
fn variables_mean_nothing_under_the_old_version() {
    for (version, expected) in [(Some("2012-10-17"), true), (Some("2008-10-17"), false), (None, false)] {
        let mut policy = json!({"Statement": {"Effect": "Allow", "Action": "notes:Read", "Resource": "arn:aws:notes:::${k:y}/*"}});
        if let Some(version) = version {
            policy["Version"] = json!(version);
        }
        let (policies, principal, context) = (set(&policy), user(), context_pair("", "me"));
        let request = ask(&principal, "Notes:read", "arn:aws:notes:::me/1", &context);
        let decision = decide(&request, &Policies { identity: Some(&policies), ..Policies::default() });
        assert_eq!(decision.verdict == Verdict::Allowed, expected, "{version:?}");
    }
}

struct Parts<'a> {
    identity: Option<&'a str>,
    boundary: Option<&'a str>,
    session: Option<&'a str>,
    resource: Option<(&'a str, &'a str)>,
}

fn effect(principal: &Principal, parts: &Parts<'_>, resource_account: Option<&str>) -> Judgement {
    let of = |effect: &str| match effect {
        "None" => set(&json!({"Statement": {"Effect": "Allow", "Action": "x:y", "Resource": "*"}})),
        effect => set(&json!({"Statement": {"Effect": effect, "Action": "*", "Resource": "*"}})),
    };
    let (identity, boundary, session) = (parts.identity.map(of), parts.boundary.map(of), parts.session.map(of));
    let resource = parts
        .resource
        .map(|(effect, who)| set(&json!({"Statement": {"Effect": effect, "Principal": {"AWS": who}, "Action": "*", "Resource": "*"}})));
    let context = ContextMap::new();
    let policies = Policies {
        identity: identity.as_ref(),
        resource: resource.as_ref(),
        permissions_boundary: boundary.as_ref(),
        session: session.as_ref(),
        ..Policies::default()
    };
    judge(&Request { resource_account, ..ask(principal, "notes:Read", "arn:aws:notes:::n", &context) }, &policies)
}

/// Source: IAM user guide, "Policy evaluation for requests within a single account" and "Cross-account policy evaluation".
#[test]
fn policy_kinds_combine_as_the_guide_says() {
    use Verdict::{Allowed, ExplicitDeny, ImplicitDeny};
    const NOTHING: Parts<'_> = Parts { identity: None, boundary: None, session: None, resource: None };
    let (user_arn, role_arn, session_arn) =
        ("arn:aws:iam::000000000000:user/alice", "arn:aws:iam::000000000000:role/app", "arn:aws:sts::000000000000:assumed-role/app/s");
    let allow = Some("Allow");
    let none = Some("None");
    let own = None;
    let other = Some("999999999999");
    for (principal, parts, account, expected) in [
        (user(), NOTHING, own, ImplicitDeny),
        (user(), Parts { identity: allow, ..NOTHING }, own, Allowed),
        (user(), Parts { identity: allow, boundary: none, ..NOTHING }, own, ImplicitDeny),
        (user(), Parts { identity: allow, boundary: allow, ..NOTHING }, own, Allowed),
        (user(), Parts { identity: allow, boundary: Some("Deny"), ..NOTHING }, own, ExplicitDeny),
        (session(), Parts { identity: allow, session: none, ..NOTHING }, own, ImplicitDeny),
        (session(), Parts { session: allow, ..NOTHING }, own, ImplicitDeny),
        (user(), Parts { resource: Some(("Allow", user_arn)), boundary: none, ..NOTHING }, own, Allowed),
        (session(), Parts { resource: Some(("Allow", session_arn)), session: none, ..NOTHING }, own, Allowed),
        (session(), Parts { resource: Some(("Allow", role_arn)), session: none, ..NOTHING }, own, ImplicitDeny),
        (session(), Parts { resource: Some(("Allow", role_arn)), ..NOTHING }, own, Allowed),
        (session(), Parts { resource: Some(("Allow", "*")), session: none, ..NOTHING }, own, Allowed),
        (Principal::Anonymous, Parts { resource: Some(("Allow", "*")), ..NOTHING }, other, Allowed),
        (Principal::Anonymous, Parts { resource: Some(("Allow", ROOT)), ..NOTHING }, other, ImplicitDeny),
        (user(), Parts { resource: Some(("Allow", ROOT)), ..NOTHING }, own, ImplicitDeny),
        (user(), Parts { identity: allow, resource: Some(("Deny", user_arn)), ..NOTHING }, own, ExplicitDeny),
        (user(), Parts { identity: allow, ..NOTHING }, other, ImplicitDeny),
        (user(), Parts { resource: Some(("Allow", user_arn)), ..NOTHING }, other, ImplicitDeny),
        (user(), Parts { identity: allow, resource: Some(("Allow", ROOT)), ..NOTHING }, other, Allowed),
        (user(), Parts { identity: allow, boundary: none, resource: Some(("Allow", user_arn)), ..NOTHING }, other, ImplicitDeny),
        (Principal::Root { account: "000000000000".into() }, NOTHING, own, Allowed),
    ] {
        let shown = (parts.identity, parts.boundary, parts.session, parts.resource);
        assert_eq!(effect(&principal, &parts, account).verdict, expected, "{principal} {shown:?} {account:?}");
    }
}

#[test]
fn trust_needs_the_caller_named_or_the_account_beside_an_identity_allow() {
    let provider = "cognito-identity.amazonaws.com";
    for (principal, trusted, identity_allows, expected) in [
        (user(), json!({"AWS": "arn:aws:iam::000000000000:user/alice"}), false, Verdict::Allowed),
        (user(), json!({"AWS": "AIDAALICE"}), false, Verdict::Allowed),
        (user(), json!({"AWS": "000000000000"}), false, Verdict::ImplicitDeny),
        (user(), json!({"AWS": ROOT}), true, Verdict::Allowed),
        (user(), json!({"AWS": "111111111111"}), true, Verdict::ImplicitDeny),
        (Principal::Federated(provider.into()), json!({"Federated": provider}), false, Verdict::Allowed),
        (Principal::Federated("other.example".into()), json!({"Federated": provider}), false, Verdict::ImplicitDeny),
    ] {
        let trust = set(&json!({"Statement": {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}}));
        let identity = identity_allows.then(|| set(&json!({"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}})));
        let context = ContextMap::new();
        let request = Request {
            resource_account: Some("000000000000"),
            ..ask(&principal, "sts:AssumeRole", "arn:aws:iam::000000000000:role/app", &context)
        };
        let policies = Policies { identity: identity.as_ref(), resource: Some(&trust), ..Policies::default() };
        assert_eq!(decide(&request, &policies).verdict, expected, "{principal} trusted as {trusted}");
        let untrusted = Policies { resource: None, ..policies };
        assert_eq!(judge(&request, &untrusted).verdict, Verdict::ImplicitDeny, "{principal} without a trust policy");
    }
}

#[test]
fn organizations_must_allow_at_every_level_and_reach_no_service_linked_role() {
    let levels = |effects: &[&str]| -> Vec<PolicySet> {
        effects.iter().map(|action| set(&json!({"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}))).collect()
    };
    let identity = set(&json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}));
    let context = ContextMap::new();
    let linked = Principal::from_arn("arn:aws:iam::000000000000:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX").unwrap();
    for (principal, levels, expected) in [
        (user(), levels(&["*", "notes:*"]), Ok(())),
        (user(), levels(&["*", "other:*"]), Err(PolicySource::ServiceControl)),
        (user(), levels(&["other:*", "*"]), Err(PolicySource::ServiceControl)),
        (Principal::Root { account: "000000000000".into() }, levels(&["other:*"]), Err(PolicySource::ServiceControl)),
        (linked, levels(&["other:*"]), Ok(())),
    ] {
        let request = ask(&principal, "notes:Read", "arn:aws:notes:::n", &context);
        let policies = Policies { identity: Some(&identity), service_control: &levels, ..Policies::default() };
        let found = judge(&request, &policies);
        assert_eq!((found.verdict == Verdict::Allowed, found.source), (expected.is_ok(), expected.err()), "{principal}");
    }
}

/// More pairs of action and resource than the index files.
#[test]
fn long_lists_are_found_by_either_element() {
    let list = |prefix: &str| (0..300).map(|number| format!("{prefix}{number}")).collect::<Vec<_>>();
    let (actions, resources) = (list("n:A"), list("arn:aws:n:::r/*/"));
    for (actions, resources) in [(&actions[..], &resources[..]), (&actions[..], &resources[..2]), (&actions[..2], &resources[..])] {
        let policies = set(&json!({"Statement": {"Effect": "Allow", "Action": actions, "Resource": resources}}));
        let (principal, context) = (user(), ContextMap::new());
        let allows = |action: &str, resource: &str| {
            let request = ask(&principal, action, resource, &context);
            judge(&request, &Policies { identity: Some(&policies), ..Policies::default() }).verdict == Verdict::Allowed
        };
        assert!(allows("n:a1", "arn:aws:n:::r/x/1"));
        assert!(!allows("n:A1", "arn:aws:n:::r/x/301") && !allows("n:A301", "arn:aws:n:::r/x/1"));
    }
}

#[test]
fn a_resource_policy_that_names_nobody_is_about_nobody() {
    let (policies, context) = (set(&json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})), ContextMap::new());
    for principal in [user(), Principal::Anonymous] {
        let request = ask(&principal, "notes:Read", "arn:aws:notes:::n", &context);
        let found = judge(&request, &Policies { resource: Some(&policies), ..Policies::default() });
        assert_eq!(found.verdict, Verdict::ImplicitDeny, "{principal}");
    }
}

#[test]
fn not_resource_with_a_variable_without_value_allows_nothing_and_denies_the_rest() {
    let (principal, context) = (user(), ContextMap::new());
    for (effect, expected) in [("Allow", Verdict::ImplicitDeny), ("Deny", Verdict::ExplicitDeny)] {
        let statement = json!({"Effect": effect, "Action": "*", "NotResource": "arn:aws:notes:::${k:y}"});
        let policies = set(&json!({"Version": "2012-10-17", "Statement": statement}));
        let request = ask(&principal, "notes:Read", "arn:aws:notes:::n", &context);
        assert_eq!(judge(&request, &Policies { identity: Some(&policies), ..Policies::default() }).verdict, expected, "{effect}");
    }
}

#[test]
fn explanations_are_cut_short() {
    let long = "x".repeat(10_000);
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"k:x": "y"}}});
    let policies = set(&json!({"Statement": vec![statement; 2_000]}));
    let (principal, context) = (user(), context(&[("k:x", &[&long])]));
    let request = ask(&principal, "notes:Read", "arn:aws:notes:::n", &context);
    let failed = explain(&request, &Policies { identity: Some(&policies), ..Policies::default() });
    assert_eq!((failed.len(), failed[0].actual[0].len()), (1_000, 512));
}

#[test]
fn an_action_without_a_resource_is_covered_by_the_star_alone() {
    let (principal, context) = (user(), ContextMap::new());
    for (element, value, expected) in [
        ("Resource", "*", true),
        ("Resource", "arn:aws:notes:*", false),
        ("Resource", "**", false),
        ("NotResource", "arn:aws:notes:::n", true),
        ("NotResource", "*", false),
    ] {
        let policies = set(&json!({"Statement": {"Effect": "Allow", "Action": "notes:List", element: value}}));
        let request = Request { wildcard_only_action: true, ..ask(&principal, "notes:List", "arn:aws:notes:::n", &context) };
        let found = judge(&request, &Policies { identity: Some(&policies), ..Policies::default() });
        assert_eq!(found.verdict == Verdict::Allowed, expected, "{element} {value}");
    }
}

#[test]
fn not_principal_spares_a_session_only_with_its_role_and_account() {
    let deny_under = |boundary: Option<&PolicySet>, spared: &Value| {
        let policy = set(&json!({"Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": spared}, "Action": "*", "Resource": "*"}}));
        let (principal, context) = (session(), ContextMap::new());
        let policies = Policies { resource: Some(&policy), permissions_boundary: boundary, ..Policies::default() };
        judge(&ask(&principal, "a:b", "arn:aws:a:::b", &context), &policies).verdict == Verdict::ExplicitDeny
    };
    let deny = |spared: &Value| deny_under(None, spared);
    let (session_arn, role_arn) = ("arn:aws:sts::000000000000:assumed-role/app/s", "arn:aws:iam::000000000000:role/app");
    assert!(deny(&json!([session_arn])));
    assert!(deny(&json!([session_arn, role_arn])));
    assert!(!deny(&json!([session_arn, role_arn, ROOT])));
    let boundary = set(&json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}));
    assert!(deny_under(Some(&boundary), &json!([session_arn, role_arn, ROOT])), "a boundary takes the exception away");
}

#[test]
fn refusals_name_the_element_and_its_place() {
    let text = "{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"notes\", \"Resource\": \"*\"}]}";
    let error = parse_as(text, PolicyKind::Identity).unwrap_err();
    assert_eq!((error.path.as_str(), error.line, error.column), ("Statement[0].Action", 2, 46));
    assert_eq!(error.problem, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
}

#[test]
fn each_kind_has_its_rules() {
    let statement = |extra: &str| format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",{extra}}}]}}");
    for (kind, text, problem) in [
        (PolicyKind::Identity, statement(r#""Action":"a:b""#), "Policy statement must contain resources."),
        (PolicyKind::Identity, statement(r#""Resource":"*""#), "Policy statement must contain actions."),
        (
            PolicyKind::Identity,
            statement(r#""Action":"a:b","Resource":"*","Principal":"*""#),
            "Policy document should not specify a principal.",
        ),
        (PolicyKind::Identity, statement(r#""Action":"a:b","Resource":"bucket""#), "Resource bucket must be in ARN format or \"*\"."),
        (
            PolicyKind::Identity,
            statement(r#""Sid":"a b","Action":"a:b","Resource":"*""#),
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
        ),
        (PolicyKind::Identity, statement(r#""Action":"a:b","Resource":"arn:aws:*:::x""#), "Vendor * is not valid"),
        (PolicyKind::Identity, statement(r#""Action":"*:Untag*","Resource":"*""#), "Vendor * is not valid"),
        (PolicyKind::Identity, statement(r#""NotAction":["a:b","dynamodb*:TagResource"],"Resource":"*""#), "Vendor dynamodb* is not valid"),
        (PolicyKind::Identity, statement(r#""Action":"a:${aws:username}","Resource":"*""#), "Syntax errors in policy."),
        (
            PolicyKind::Identity,
            statement(r#""Action":"a:b","Resource":"*","Condition":{"NumericEquals":{"a:b":"${a:c}"}}"#),
            "Syntax errors in policy.",
        ),
        (PolicyKind::Identity, statement(r#""Action":null,"Resource":"*""#), "Syntax errors in policy."),
        (PolicyKind::Identity, statement(r#""Action":"a:b","action":"a:c","Resource":"*""#), "Syntax errors in policy."),
        (
            PolicyKind::Identity,
            statement(r#""Action":"a:b","Resource":"*","Condition":{"NullIfExists":{"a:b":"true"}}"#),
            "Syntax errors in policy.",
        ),
        (
            PolicyKind::Identity,
            statement(r#""Action":"a:b","Resource":"*","Condition":{"Bool":{"a:b":"1","A:b":"2"}}"#),
            "Syntax errors in policy.",
        ),
        (PolicyKind::Identity, statement(r#""Action":"a:b","Resource":"arn:aws:s3:::${aws:username""#), "Syntax errors in policy."),
        (PolicyKind::Identity, "{\"Version\":\"2011\",\"Statement\":[]}".into(), "The policy must contain a valid version string"),
        (PolicyKind::Identity, "{\"Version\":\"2012-10-17\"}".into(), "Syntax errors in policy."),
        (PolicyKind::Trust, statement(r#""Action":"sts:AssumeRole""#), "Missing required field Principal"),
        (PolicyKind::Trust, statement(r#""Action":"sts:AssumeRole","Principal":"*","Resource":"*""#), "Has prohibited field Resource"),
        (
            PolicyKind::Trust,
            statement(r#""Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:user/*"}"#),
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::000000000000:user/*\"",
        ),
        (
            PolicyKind::Trust,
            statement(r#""Action":"sts:AssumeRole","Principal":{"Federated":"nodots"}"#),
            "Federated principals must be valid domain names or SAML metadata ARNs",
        ),
    ] {
        assert_eq!(parse_as(&text, kind).unwrap_err().problem, problem, "{text}");
    }
}

#[test]
fn explanations_name_everything_that_failed() {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow", "Action": "notes:*",
        "Resource": "arn:aws:notes:::m", "Condition": {"StringEquals": {"K:x": ["a", "b"]}, "Null": {"k:x": "false"}}}]});
    let (policies, principal, context) = (set(&policy), user(), context(&[("k:x", &["c"])]));
    let request = ask(&principal, "notes:Read", "arn:aws:notes:::n", &context);
    let failed = explain(&request, &Policies { identity: Some(&policies), ..Policies::default() });
    let [resource, condition] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!(
        (resource.element, resource.expected.join(","), resource.actual.join(",")),
        ("Resource", "arn:aws:notes:::m".into(), "arn:aws:notes:::n".into())
    );
    assert_eq!(
        (condition.element, condition.operator.as_deref(), condition.key.as_deref()),
        ("Condition", Some("StringEquals"), Some("K:x"))
    );
    assert_eq!((condition.expected.join(","), condition.actual.join(",")), ("a,b".into(), "c".into()));
}

#[test]
fn decisions_name_the_statements_and_where_they_stand() {
    let text = "{\"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"a:*\", \"Resource\": \"*\"}]}";
    let policies = PolicySet::new(vec![NamedPolicy { name: "p".into(), policy: Arc::new(parse(text).unwrap()) }]);
    let (principal, context) = (user(), ContextMap::new());
    let decision =
        decide(&ask(&principal, "a:b", "arn:aws:a:::b", &context), &Policies { identity: Some(&policies), ..Policies::default() });
    let [statement] = decision.statements.as_slice() else { panic!("{decision:?}") };
    assert_eq!((statement.start, statement.end), (Position { line: 2, column: 3 }, Position { line: 2, column: 56 }));
}

#[test]
fn the_size_is_judged_before_the_text_is_read() {
    let text = format!("{{\"Statement\": \"{}\"}}", "x".repeat(MAX_POLICY_BYTES));
    assert_eq!(parse(&text).unwrap_err().problem, "Policy exceeds the maximum size.");
}

fn statements() -> impl Strategy<Value = Vec<(bool, String, String)>> {
    proptest::collection::vec((any::<bool>(), "(n:\\*|n:[RW]\\*?|\\*)", "(\\*|arn:aws:n:::[ab]\\*?)"), 1..6)
}

fn verdict(statements: &[(bool, String, String)]) -> Verdict {
    let list: Vec<Value> = statements
        .iter()
        .map(|(allow, action, resource)| json!({"Effect": if *allow { "Allow" } else { "Deny" }, "Action": action, "Resource": resource}))
        .collect();
    let (policies, principal, context) = (set(&json!({"Statement": list})), user(), ContextMap::new());
    judge(&ask(&principal, "n:R", "arn:aws:n:::a", &context), &Policies { identity: Some(&policies), ..Policies::default() }).verdict
}

proptest! {
    #[test]
    fn the_order_of_statements_never_matters(statements in statements()) {
        let reversed: Vec<_> = statements.iter().rev().cloned().collect();
        prop_assert_eq!(verdict(&statements), verdict(&reversed));
    }

    #[test]
    fn an_added_allow_never_takes_away_and_an_added_deny_never_gives(statements in statements()) {
        let before = verdict(&statements);
        let with = |allow: bool| {
            let mut more = statements.clone();
            more.push((allow, "n:*".into(), "*".into()));
            verdict(&more)
        };
        prop_assert!(before != Verdict::Allowed || with(true) == Verdict::Allowed);
        prop_assert!(with(false) == Verdict::ExplicitDeny);
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "\\PC{0,80}") {
        let _ = parse(&text);
    }
}
