//! What CreateUserPool takes, held to the interface model: every member that there is comes back from DescribeUserPool.

use serde_json::{Value, json};

use super::model::{Kind, Model, Service, ShapeId};
use crate::testing::{ACCOUNT, TestApp};

/// Members that are refused until they are built, in words that name them.
const REFUSED: [&str; 0] = [];

/// What a customer's own key would be needed for.
const NEVER: [&str; 1] = ["KeyConfiguration"];

/// Values of every member, which have all that the model has below it.
fn samples(sms_role: &str, eums_role: &str) -> Vec<(&'static str, Value)> {
    let function = format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:f");
    let versioned = json!({"LambdaVersion": "V1_0", "LambdaArn": function});
    let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111");
    let identity = format!("arn:aws:ses:us-east-1:{ACCOUNT}:identity/x.example");
    vec![
        ("PoolName", json!("a name")),
        (
            "Policies",
            json!({"PasswordPolicy": {"MinimumLength": 10, "RequireUppercase": true, "RequireLowercase": true, "RequireNumbers": true,
                                               "RequireSymbols": true, "TemporaryPasswordValidityDays": 3}}),
        ),
        ("Policies", json!({"PasswordPolicy": {"MinimumLength": 10, "PasswordHistorySize": 3}})),
        ("Policies", json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}})),
        ("DeletionProtection", json!("ACTIVE")),
        (
            "LambdaConfig",
            json!({"PreSignUp": function, "CustomMessage": function, "PostConfirmation": function, "PreAuthentication": function,
                   "PostAuthentication": function, "DefineAuthChallenge": function, "CreateAuthChallenge": function,
                   "VerifyAuthChallengeResponse": function, "PreTokenGeneration": function, "UserMigration": function,
                   "PreTokenGenerationConfig": versioned, "CustomSMSSender": versioned, "CustomEmailSender": versioned,
                   "KMSKeyID": key, "InboundFederation": versioned}),
        ),
        ("AutoVerifiedAttributes", json!(["email"])),
        ("AliasAttributes", json!(["email", "preferred_username"])),
        ("UsernameAttributes", json!(["phone_number"])),
        ("SmsVerificationMessage", json!("code {####}")),
        ("EmailVerificationMessage", json!("code {####}")),
        ("EmailVerificationSubject", json!("a subject")),
        (
            "VerificationMessageTemplate",
            json!({"SmsMessage": "code {####}", "EmailMessage": "code {####}", "EmailSubject": "s", "DefaultEmailOption": "CONFIRM_WITH_CODE"}),
        ),
        (
            "VerificationMessageTemplate",
            json!({"EmailMessageByLink": "a link {##here##}", "EmailSubjectByLink": "s", "DefaultEmailOption": "CONFIRM_WITH_LINK"}),
        ),
        ("SmsAuthenticationMessage", json!("code {####}")),
        ("MfaConfiguration", json!("OPTIONAL")),
        ("UserAttributeUpdateSettings", json!({"AttributesRequireVerificationBeforeUpdate": ["email"]})),
        ("DeviceConfiguration", json!({"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": true})),
        (
            "EmailConfiguration",
            json!({"SourceArn": identity, "ReplyToEmailAddress": "help@x.example", "EmailSendingAccount": "DEVELOPER",
                   "From": "Us <us@x.example>", "ConfigurationSet": "set"}),
        ),
        ("SmsConfiguration", json!({"SnsCallerArn": sms_role, "ExternalId": "x", "SnsRegion": "us-east-1"})),
        (
            "SmsConfiguration",
            json!({"EumsSms": {"CallerArn": eums_role, "ExternalId": "x", "OriginationIdentity": "+15555550100", "ConfigurationSetName": "set",
                               "InEntityId": "e", "InTemplateId": "t", "Region": "us-east-1"}}),
        ),
        ("UserPoolTags", json!({"team": "red"})),
        ("AdminCreateUserConfig", json!({"AllowAdminCreateUserOnly": true, "UnusedAccountValidityDays": 3})),
        (
            "AdminCreateUserConfig",
            json!({"InviteMessageTemplate": {"SMSMessage": "{username} {####}", "EmailMessage": "{username} {####}", "EmailSubject": "s"}}),
        ),
        (
            "Schema",
            json!([{"Name": "level", "AttributeDataType": "Number", "DeveloperOnlyAttribute": false, "Mutable": true, "Required": false,
                    "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "3"}}]),
        ),
        (
            "Schema",
            json!([{"Name": "note", "AttributeDataType": "String", "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "3"}}]),
        ),
        ("UserPoolAddOns", json!({"AdvancedSecurityMode": "AUDIT", "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "ENFORCED"}})),
        (
            "DcrConfiguration",
            json!({"EnableStatus": "Disabled", "OpenDcrEnabled": true, "AuthenticatedGrantTypes": ["code"], "OpenDcrGrantTypes": ["code"],
                   "AllowedScopes": ["a/b"]}),
        ),
        ("UsernameConfiguration", json!({"CaseSensitive": false})),
        ("AccountRecoverySetting", json!({"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]})),
        ("UserPoolTier", json!("PLUS")),
        ("KeyConfiguration", json!({"KeyType": "AWS_OWNED_KEY"})),
        ("KeyConfiguration", json!({"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": key})),
        ("IssuerConfiguration", json!({"Type": "UPDATED"})),
        ("AcrConfiguration", json!({"Level1": {"AcrValue": "urn:x:low"}})),
    ]
}

/// The members below a shape that no sample has.
fn missing(model: &Model, id: ShapeId, place: &str, samples: &[&Value]) -> Vec<String> {
    let below = |values: Vec<&Value>, shape: ShapeId, place: &str| missing(model, shape, place, &values);
    match model.shape(id).map(|shape| &shape.kind) {
        Some(Kind::Structure(members)) => {
            let of = |name: &str| samples.iter().filter_map(|sample| sample.get(name)).collect::<Vec<&Value>>();
            let check = |name: &String, shape: ShapeId| {
                let place = format!("{place}.{name}");
                let values = of(name);
                if values.is_empty() { vec![place] } else { below(values, shape, &place) }
            };
            members.iter().flat_map(|member| check(&member.name, member.shape)).collect()
        }
        Some(Kind::List(item)) => below(samples.iter().flat_map(|sample| sample.as_array().into_iter().flatten()).collect(), *item, place),
        Some(Kind::Map(_, value)) => {
            below(samples.iter().flat_map(|sample| sample.as_object().into_iter().flat_map(|map| map.values())).collect(), *value, place)
        }
        _ => Vec::new(),
    }
}

/// Whether an answer has all that was given.
fn has(answer: &Value, given: &Value) -> bool {
    match (answer, given) {
        (Value::Object(answer), Value::Object(given)) => {
            given.iter().all(|(name, value)| answer.get(name).is_some_and(|answer| has(answer, value)))
        }
        (answer, given) => answer == given,
    }
}

#[test]
fn there_is_a_sample_of_every_member_at_every_depth() {
    let model = Service::CognitoIdp.model();
    let input = model.operation("CreateUserPool").unwrap().input.unwrap();
    let samples = samples("r", "e").into_iter().map(|(name, value)| json!({name: value})).collect::<Vec<Value>>();
    assert_eq!(missing(model, input, "", &samples.iter().collect::<Vec<_>>()), Vec::<String>::new());
}

#[actix_web::test]
async fn every_member_comes_back_or_is_refused() {
    let app = TestApp::new().await;
    let trust = json!([{"Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    let mut roles = Vec::new();
    for (name, action) in [("Sms", "sns:Publish"), ("Eums", "sms-voice:SendTextMessage")] {
        roles.push(app.role(name, trust.clone()).await);
        let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}).to_string();
        app.admin().call("PutRolePolicy", json!({"RoleName": name, "PolicyName": "p", "PolicyDocument": policy})).await.ok();
    }
    for (member, sample) in samples(&roles[0], &roles[1]) {
        let mut input = json!({"PoolName": "p"});
        if member == "UserAttributeUpdateSettings" {
            input["AutoVerifiedAttributes"] = json!(["email"]);
        }
        input[member] = sample.clone();
        let created = app.admin().call("CreateUserPool", input).await;
        if created.status != 200 {
            assert_eq!(created.code(), "InvalidParameterException", "{member}: {}", created.text);
            let may_be = REFUSED.contains(&member) || NEVER.contains(&member);
            assert!(may_be && created.message().contains("not supported"), "{member} {sample}: {}", created.text);
            continue;
        }
        let described = app.admin().call("DescribeUserPool", json!({"UserPoolId": created.ok()["UserPool"]["Id"]})).await.ok();
        let pool = &described["UserPool"];
        match member {
            "PoolName" => assert_eq!(pool["Name"], sample),
            "Schema" => {
                let name = format!("custom:{}", sample[0]["Name"].as_str().unwrap());
                let mut declared = sample[0].clone();
                declared["Name"] = json!(name);
                let found = pool["SchemaAttributes"].as_array().unwrap().iter().find(|attribute| attribute["Name"] == name.as_str());
                assert!(has(found.unwrap(), &declared), "{declared} became {found:?}");
            }
            _ => assert!(has(&pool[member], &sample), "{member}: {sample} became {}", pool[member]),
        }
    }
}
