//! Cases made from bytes: small alphabets and edits of the request's own names, so that most statements nearly match.
//!
//! Bytes that run out read as zero, which picks the plainest choice: shrinking the bytes shrinks the case, and a fuzzer's bytes steer it.

use serde_json::{Map, Value, json};

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

/// A case as `reference::verdict` takes it.
pub fn case(bytes: &[u8]) -> Value {
    Choices { bytes, at: 0 }.case()
}

struct Choices<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Choices<'_> {
    fn below(&mut self, limit: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) * limit / 256
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// Once in so many times; never where the bytes ran out.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1 && times > 1
    }

    fn case(&mut self) -> Value {
        let principal = self.principal();
        let action = self.pick(&ACTIONS);
        let resource = self.pick(if action.starts_with("kms") {
            &KEYS
        } else if action.starts_with("iam") || action.starts_with("sts") {
            &ROLES
        } else {
            &RESOURCES
        });
        let account = match self.below(8) {
            7 => json!(OTHER),
            6 => json!(OWN),
            _ => Value::Null,
        };
        let near = Near { action, resource };
        let mut policies = Map::new();
        // Root, services and strangers have no policies of their own.
        let name = principal["arn"].as_str().unwrap_or(":root");
        let has_own = !name.ends_with(":root");
        let identity = 1 + self.below(2);
        if has_own {
            policies.insert("identity".into(), self.set(identity, Kind::Identity, &near));
        }
        // Who has no account is judged by the resource's side alone.
        let has_account = principal["arn"].is_string();
        if self.once_in(2) || !has_account {
            policies.insert("resource".into(), self.policy(Kind::Resource, &near));
        }
        for (name, kind) in [("permissions_boundaries", Kind::Identity), ("session", Kind::Identity), ("vpc_endpoint", Kind::Resource)] {
            if self.once_in(4) && (has_own || kind == Kind::Resource) {
                let count = 1 + self.below(2);
                policies.insert(name.into(), self.set(count, kind, &near));
            }
        }
        for (name, kind) in [("service_control", Kind::Identity), ("resource_control", Kind::Organization)] {
            if self.once_in(5) {
                let count = 1 + self.below(2);
                let levels: Vec<Value> = (0..count).map(|_| json!({"policies": self.set(1, kind, &near)})).collect();
                policies.insert(name.into(), json!(levels));
            }
        }
        json!({
            "principal": principal, "action": action, "resource": {"arn": resource, "account": account}, "context": self.context(),
            "policies": policies, "wildcard_only_action": self.once_in(16)
        })
    }

    fn principal(&mut self) -> Value {
        match self.below(12) {
            0..=2 => json!({"arn": format!("arn:aws:iam::{OWN}:user/alice"), "id": "AIDAALICEALICEALICE11"}),
            5 => json!({"arn": format!("arn:aws:sts::{OWN}:assumed-role/app/one")}),
            3..=4 => json!({
                "arn": format!("arn:aws:sts::{OWN}:assumed-role/app/one"), "role_arn": format!("arn:aws:iam::{OWN}:role/app"), "id": "AROAAPPAPPAPPAPPAPP11"
            }),
            6 => json!({
                "arn": format!("arn:aws:sts::{OWN}:assumed-role/AWSServiceRoleForX/one"), "id": "AROALINKEDLINKEDLINK1",
                "role_arn": format!("arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")
            }),
            7 => json!({"arn": format!("arn:aws:sts::{OWN}:federated-user/fred")}),
            8 => json!({"arn": format!("arn:aws:iam::{OWN}:root")}),
            9 => json!({"service": "lambda.amazonaws.com"}),
            10 => json!({"federated": "cognito-identity.amazonaws.com"}),
            _ => json!({"anonymous": true}),
        }
    }

    fn context(&mut self) -> Value {
        let mut context = Map::new();
        for family in &FAMILIES {
            let value = match self.below(8) {
                0 | 1 => continue,
                2..=5 => json!(self.pick(family.values)),
                6 => json!([self.pick(family.values)]),
                _ => {
                    let count = self.below(4);
                    json!((0..count).map(|_| self.pick(family.values)).collect::<Vec<_>>())
                }
            };
            context.insert(family.key.to_owned(), value);
        }
        json!(context)
    }

    fn set(&mut self, count: usize, kind: Kind, near: &Near<'_>) -> Value {
        json!((0..count).map(|_| self.policy(kind, near)).collect::<Vec<_>>())
    }

    fn policy(&mut self, kind: Kind, near: &Near<'_>) -> Value {
        let count = 1 + self.below(3);
        let statements: Vec<Value> = (0..count).map(|_| self.statement(kind, near)).collect();
        match self.below(6) {
            5 => json!({"Statement": statements}),
            4 => json!({"Version": "2008-10-17", "Statement": statements}),
            _ => json!({"Version": "2012-10-17", "Statement": statements}),
        }
    }

    fn statement(&mut self, kind: Kind, near: &Near<'_>) -> Value {
        let denies = self.once_in(5);
        let mut statement = Map::new();
        statement.insert("Effect".into(), json!(if denies { "Deny" } else { "Allow" }));
        if kind == Kind::Resource || (kind == Kind::Organization && self.once_in(2)) {
            let name = if denies && self.once_in(3) { "NotPrincipal" } else { "Principal" };
            let principals = self.principals(name == "Principal");
            statement.insert(name.into(), principals);
        }
        let name = if self.once_in(6) { "NotAction" } else { "Action" };
        let patterns = self.some(|choices| match choices.below(4) {
            0 => "*".to_owned(),
            1 => choices.edited_action(near.action),
            _ => choices.pick(&ACTION_PATTERNS).to_owned(),
        });
        statement.insert(name.into(), patterns);
        let name = if self.once_in(6) { "NotResource" } else { "Resource" };
        let patterns = self.some(|choices| match choices.below(4) {
            0 => "*".to_owned(),
            1 => choices.pick(&RESOURCES).to_owned(),
            _ => choices.edited_resource(near.resource),
        });
        statement.insert(name.into(), patterns);
        if self.once_in(3) {
            let mut conditions = Map::new();
            for _ in 0..1 + self.below(2) {
                let (operator, key, values) = self.condition();
                conditions.insert(operator, json!({key: values}));
            }
            statement.insert("Condition".into(), json!(conditions));
        }
        json!(statement)
    }

    /// One value, or a list of up to three.
    fn some(&mut self, mut one: impl FnMut(&mut Self) -> String) -> Value {
        match self.below(4) {
            0 | 1 => json!(one(self)),
            count => json!((0..count).map(|_| one(self)).collect::<Vec<_>>()),
        }
    }

    fn principals(&mut self, may_be_everyone: bool) -> Value {
        if may_be_everyone && self.below(4) == 0 {
            return json!("*");
        }
        match self.below(8) {
            0..=5 => {
                let everyone = if may_be_everyone { "*" } else { OWN };
                let names = [&[everyone][..], &PRINCIPALS].concat();
                json!({"AWS": self.some(|choices| choices.pick(&names).to_owned())})
            }
            6 => json!({"Service": self.some(|choices| choices.pick(&["lambda.amazonaws.com", "sns.amazonaws.com"]).to_owned())}),
            _ => json!({"Federated": "cognito-identity.amazonaws.com", "AWS": OWN}),
        }
    }

    fn edited_action(&mut self, action: &str) -> String {
        let (service, operation) = action.split_once(':').unwrap_or((action, ""));
        let mut operation: Vec<char> = operation.chars().collect();
        let from = self.below(operation.len() + 1);
        let to = (from + self.below(4)).min(operation.len());
        operation.splice(from..to, self.pick(&["*", "?", "**", "*?", "", "x"]).chars());
        if operation.is_empty() {
            operation.push('*');
        }
        format!("{service}:{}", operation.into_iter().collect::<String>())
    }

    fn edited_resource(&mut self, resource: &str) -> String {
        let mut pattern: Vec<char> = resource.chars().collect();
        for _ in 0..1 + self.below(3) {
            let from = self.below(pattern.len() + 1).max(4).min(pattern.len());
            let to = (from + self.below(9)).min(pattern.len());
            let piece = self.pick(&[
                "*",
                "?",
                "**",
                "*:",
                ":*",
                "*/",
                "",
                "${aws:username}",
                "${aws:PrincipalTag/team, 'red'}",
                "${missing}",
                "${*}",
                "${?}",
                "${$}",
                "x",
                "*?*",
            ]);
            pattern.splice(from..to, piece.chars());
        }
        pattern.into_iter().collect()
    }

    fn condition(&mut self) -> (String, String, Value) {
        let family = &FAMILIES[self.below(FAMILIES.len())];
        let operator = self.pick(family.operators);
        let set = self.pick(&["", "", "", "ForAnyValue:", "ForAllValues:"]);
        let if_exists = if operator != "Null" && self.once_in(4) { "IfExists" } else { "" };
        let key = if self.once_in(4) { family.key.to_ascii_uppercase() } else { family.key.to_owned() };
        let values = match operator {
            "Null" => json!(self.pick(&["true", "false", "true", "false", "maybe"])),
            _ if self.once_in(16) => json!([]),
            _ => self.some(|choices| choices.pick(family.patterns).to_owned()),
        };
        (format!("{set}{operator}{if_exists}"), key, values)
    }
}

/// The request's own names, from which patterns are made.
struct Near<'a> {
    action: &'a str,
    resource: &'a str,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Identity,
    Resource,
    /// May go without Principal.
    Organization,
}

/// Operators, the key whose values they read, and values and patterns that nearly match.
struct Family {
    key: &'static str,
    operators: &'static [&'static str],
    values: &'static [&'static str],
    patterns: &'static [&'static str],
}

const FAMILIES: [Family; 8] = [
    Family {
        key: "aws:username",
        operators: &[
            "StringEquals",
            "StringLike",
            "StringNotEquals",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "Null",
        ],
        values: &["alice", "ALICE", "a*", "bob", "", "aé:b", "a$"],
        patterns: &[
            "alice",
            "*",
            "a*",
            "a?i*",
            "Alice",
            "${aws:username}",
            "${aws:PrincipalTag/team}",
            "a${*}",
            "a${?}",
            "a${$}",
            "",
            "a?:*",
            "${missing, 'bob'}",
        ],
    },
    Family {
        key: "aws:PrincipalTag/team",
        operators: &["StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "Null"],
        values: &["red", "RED", "blue", "alice", "r?d"],
        patterns: &["red", "r?d", "RED", "*e*", "${aws:username}", "${AWS:PRINCIPALTAG/TEAM}", "${missing}"],
    },
    Family {
        key: "s3:max-keys",
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
            "Null",
        ],
        values: &["5", "5.0", "-3", "abc", "9007199254740993", "1e1", "", "10"],
        patterns: &["5", "5.5", "10", "-3", "9007199254740992", "9007199254740993"],
    },
    Family {
        key: "aws:CurrentTime",
        operators: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
            "Null",
        ],
        values: &[
            "2024-01-01T00:00:00Z",
            "1704067200",
            "2024-01-01T01:00:00+01:00",
            "2024-01-01T00:00:00.5Z",
            "yesterday",
            "2023-12-31T23:59:59Z",
        ],
        patterns: &["2024-01-01T00:00:00Z", "1704067200", "2024-01-01", "2024-01-01T00:00Z", "2024-02-29T00:00:00Z"],
    },
    Family {
        key: "aws:SourceIp",
        operators: &["IpAddress", "NotIpAddress", "Null"],
        values: &["10.0.0.7", "10.0.1.7", "2001:db8::1", "2001:DB8:0:0::1", "nowhere", "192.0.2.1"],
        patterns: &["10.0.0.0/24", "10.0.0.7", "2001:db8::/32", "0.0.0.0/0", "10.0.0.9/24", "2001:db8::1"],
    },
    Family {
        key: "aws:SecureTransport",
        operators: &["Bool", "Null"],
        values: &["true", "True", "false", "yes"],
        patterns: &["true", "false", "TRUE", "yes", "${aws:SecureTransport}", "${aws:username}", "${missing}", "${missing, 'true'}"],
    },
    Family {
        key: "aws:SourceArn",
        operators: &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"],
        values: &[
            "arn:aws:sns:eu-west-1:111122223333:topic",
            "arn:aws:sns:eu-west-1:111122223333:topic:sub",
            "arn:aws:iam::111122223333:user/alice",
            "alice",
        ],
        patterns: &[
            "arn:aws:sns:*:111122223333:topic",
            "arn:aws:sns:eu-west-?:*:*",
            "arn:aws:sns:*:topic",
            "arn:aws:iam::111122223333:user/${aws:username}",
            "arn:*:*:*:*:t*:s?b",
        ],
    },
    Family {
        key: "aws:TagKeys",
        operators: &["StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "Null"],
        values: &["cost", "team", "Cost", "x"],
        patterns: &["cost", "team", "c*", "*"],
    },
];

const ACTIONS: [&str; 13] = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:ListBucket",
    "s3:getobject",
    "sns:Publish",
    "kms:Decrypt",
    "kms:UpdateAlias",
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "sts:GetCallerIdentity",
    "iam:PassRole",
    "iam:GetRole",
    "iam:CreatePolicyVersion",
];

const ACTION_PATTERNS: [&str; 14] = [
    "s3:*",
    "s3:Get*",
    "s3:?etObject",
    "S3:GETOBJECT",
    "s3:*Object",
    "s3:*t*",
    "kms:*",
    "iam:*",
    "sts:*",
    "sts:AssumeRole",
    "sts:AssumeRole*",
    "sns:*",
    "s3:GetObject",
    "iam:*Role",
];

const RESOURCES: [&str; 8] = [
    "arn:aws:s3:::bucket/alice/a",
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::bucket/a:b/c",
    "arn:aws:notes:eu-west-1:111122223333:note/eu-west-1:0a/secret-1",
    "arn:aws:s3:::bucket/red/é*",
    "arn:aws:sns:eu-west-1:111122223333:topic:sub",
    "arn:aws:sns:eu-west-1:444455556666:topic",
    "*",
];

const KEYS: [&str; 4] = [
    "arn:aws:kms:us-east-1:111122223333:key/k1",
    "arn:aws:kms:us-east-1:444455556666:key/k1",
    "arn:aws:kms:us-east-1:111122223333:alias/a",
    "arn:aws:kms:us-east-1:111122223333:alias/aws/s3",
];

const ROLES: [&str; 6] = [
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:iam::444455556666:role/app",
    "arn:aws:iam::111122223333:role/path/app",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x",
    "arn:aws:iam::111122223333:user/alice",
];

const PRINCIPALS: [&str; 13] = [
    OWN,
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:federated-user/fred",
    "arn:aws:iam::111122223333:role/path/app",
    "arn:aws:sts::111122223333:assumed-role/app/two",
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "AIDAALICEALICEALICE11",
    "AROAAPPAPPAPPAPPAPP11",
    OTHER,
    "arn:aws:iam::111122223333:user/bob",
];
