//! The tables of operations against the interface models: who may call, what is read, what is asked.

mod none;

use serde_json::{Map, Value, json};

use super::dispatch::operations_of;
use super::model::{Kind, Model, OperationModel, Service, ShapeId};
use crate::iam::service_names::OWN_SERVICES;
use crate::operation::{Access, Operation, SERVED_BY_REPLICAS};
use crate::testing::{ACCOUNT, TestApp};

/// Members that are taken and not read, and why: what only analytics and risk rules read is taken as AWS takes it
/// where nothing listens; the rest names what has no meaning here.
const UNREAD: [(&str, &str); 4] = [
    ("AnalyticsMetadata", "for analytics"),
    ("UserContextData", "for risk rules"),
    ("ContextData", "for risk rules"),
    // API reference, RevokeToken: "LINKED has no effect […] when the token session has no parent SSO session", and none has one.
    ("RevokeAssociatedSessions", "for sign-ins that came through an SSO session"),
];

fn built() -> Vec<(Service, &'static OperationModel, Operation)> {
    let rows = Service::all().flat_map(|service| operations_of(service).into_iter().map(move |row| (service, row)));
    rows.map(|(service, row)| (service, service.model().operation(row.name).unwrap(), row)).collect()
}

fn members(service: Service, operation: &OperationModel) -> Vec<String> {
    match operation.input.and_then(|input| service.model().shape(input)).map(|shape| &shape.kind) {
        Some(Kind::Structure(members)) => members.iter().map(|member| member.name.clone()).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn rows_want_a_signature_exactly_where_the_model_does() {
    for (_, model, row) in built() {
        let signed = matches!(row.access, Access::Signed | Access::ClientOrSigned | Access::Unjudged(_));
        assert_eq!(signed, !model.unauthenticated, "{}", row.name);
    }
}

#[test]
fn guests_are_kept_from_every_service_that_we_answer_for() {
    for service in Service::all() {
        assert!(OWN_SERVICES.contains(&service.name()), "{}", service.name());
    }
}

#[test]
fn whoever_brings_an_access_token_is_a_bearer_and_whoever_names_a_client_proves_it() {
    for (service, model, row) in built() {
        let has = |name: &str| members(service, model).iter().any(|member| member == name);
        if has("AccessToken") {
            assert_eq!(row.access, Access::Bearer, "{}", row.name);
        } else if model.unauthenticated && has("ClientId") {
            // RevokeToken has the client's secret itself, and refuses in words of its own.
            assert!(row.access == Access::Client || row.name == "RevokeToken", "{}", row.name);
        }
    }
}

#[test]
fn whatever_a_replica_does_not_do_for_users_may_say_so() {
    let is_unsigned = |row: &Operation| !matches!(row.access, Access::Signed | Access::Unjudged(_));
    let mut served = Vec::new();
    for (_, model, row) in built().into_iter().filter(|(service, _, row)| *service == Service::CognitoIdp && is_unsigned(row)) {
        assert!(model.errors.iter().any(|error| error == "OperationNotEnabledException"), "{}", row.name);
        served.extend(SERVED_BY_REPLICAS.contains(&row.name).then_some(row.name));
    }
    assert_eq!(served, SERVED_BY_REPLICAS, "each is an operation for users");
}

#[test]
fn every_member_of_an_input_is_read_or_known_not_to_be() {
    let mut unread: Vec<(String, String)> = Vec::new();
    for (service, model, row) in built() {
        let Some(input) = model.input else { continue };
        let full = example(service.model(), input, 8).unwrap_or_default();
        let paths = row.unread(full).unwrap_or_else(|error| panic!("{}: {error}", row.name));
        unread.extend(paths.into_iter().map(|path| (row.name.to_owned(), path)));
    }
    let is_known = |path: &str| UNREAD.iter().any(|(name, _)| path.split('.').next() == Some(*name));
    for (name, why) in UNREAD {
        assert!(unread.iter().any(|(_, path)| path.starts_with(name)), "{name} ({why}) is read by now");
    }
    unread.retain(|(_, path)| !is_known(path));
    assert_eq!(unread, []);
}

/// A value of a shape with every member that it can have.
fn example(model: &Model, id: ShapeId, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match &model.shape(id)?.kind {
        Kind::Structure(members) => {
            let fields = members.iter().filter_map(|member| Some((member.name.clone(), example(model, member.shape, depth)?)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Kind::List(member) => json!([example(model, *member, depth)?]),
        Kind::Map(_, value) => json!({"key": example(model, *value, depth)?}),
        Kind::String(allowed) => json!(allowed.first().map_or("text", String::as_str)),
        Kind::Integer | Kind::Double | Kind::Timestamp => json!(1),
        Kind::Boolean => json!(true),
        Kind::Blob => json!("AAAA"),
        Kind::Document => json!({}),
    })
}

/// Each signed operation is called once as it is meant: what it asks is held to the catalogue when it is judged.
#[actix_web::test]
async fn every_signed_operation_asks_about_resources_of_its_actions_types() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "sts:AssumeRole"}]})
    .to_string();
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}).to_string();
    let managed = format!("arn:aws:iam::{ACCOUNT}:policy/m");
    let client = json!({"UserPoolId": pool.id, "ClientId": pool.client_id});
    let user = json!({"UserPoolId": pool.id, "Username": "alice"});
    let group = json!({"UserPoolId": pool.id, "GroupName": "readers"});
    let import = json!({"UserPoolId": pool.id, "JobId": "import-1"});
    let provider = json!({"UserPoolId": pool.id, "ProviderName": "Corp"});
    let corp_user = json!({"ProviderName": "Corp", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "s"});
    let domain = json!({"UserPoolId": pool.id, "Domain": "app"});
    let id = "00000000-0000-4000-8000-000000000000";
    let (style, terms) = (json!({"UserPoolId": pool.id, "ManagedLoginBrandingId": id}), json!({"UserPoolId": pool.id, "TermsId": id}));
    let server = json!({"UserPoolId": pool.id, "Identifier": "api"});
    let restore = json!({"UserPoolId": pool.id, "RestoreId": id});
    let confidential = pool.admin("CreateUserPoolClient", json!({"ClientName": "c", "GenerateSecret": true})).await.ok();
    let confidential = confidential["UserPoolClient"]["ClientId"].clone();
    let device = json!({"DeviceKey": "us-east-1_00000000-0000-4000-8000-000000000000"});
    let with = |base: &Value, more: Value| {
        let mut all = base.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let identity_pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true});
    let identity_pool = app.admin().call("CreateIdentityPool", identity_pool).await.ok()["IdentityPoolId"].clone();
    let oidc = json!({"OpenIDConnectProviderArn": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/id.example")});
    let identity_pool_arn = format!("arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{}", identity_pool.as_str().unwrap());
    let verified = json!({"UserAttributes": [{"Name": "email", "Value": "a@x.example"}, {"Name": "email_verified", "Value": "true"}]});
    let arn = format!("arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{}", pool.id);
    let cimd = json!({"UserPoolId": pool.id, "CIMDPolicyId": "p"});
    let limit = json!({"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserCreation"}});
    let mfa = json!({"SerialNumber": format!("arn:aws:iam::{ACCOUNT}:mfa/phones/d")});
    let calls = [
        ("cognito-idp:AdminCreateUser", with(&user, verified)),
        ("cognito-idp:AdminConfirmSignUp", user.clone()),
        ("cognito-idp:AdminGetUser", user.clone()),
        ("cognito-idp:AdminSetUserPassword", with(&user, json!({"Password": "Pa55word!", "Permanent": true}))),
        ("cognito-idp:AdminUserGlobalSignOut", user.clone()),
        ("cognito-idp:AdminDisableUser", user.clone()),
        ("cognito-idp:AdminEnableUser", user.clone()),
        ("cognito-idp:AdminUpdateUserAttributes", with(&user, json!({"UserAttributes": [{"Name": "name", "Value": "Alice"}]}))),
        ("cognito-idp:AdminDeleteUserAttributes", with(&user, json!({"UserAttributeNames": ["name"]}))),
        ("cognito-idp:AdminSetUserMFAPreference", user.clone()),
        ("cognito-idp:AdminGetUserAuthFactors", user.clone()),
        ("cognito-idp:AdminDeleteSoftwareToken", user.clone()),
        (
            "cognito-idp:AdminInitiateAuth",
            with(
                &client,
                json!({"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "alice", "PASSWORD": "Pa55word!"}}),
            ),
        ),
        ("cognito-idp:AdminResetUserPassword", user.clone()),
        ("cognito-idp:AdminSetUserSettings", with(&user, json!({"MFAOptions": []}))),
        ("cognito-idp:AdminRespondToAuthChallenge", with(&client, json!({"ChallengeName": "SOFTWARE_TOKEN_MFA"}))),
        ("cognito-idp:AdminForgetDevice", with(&user, device.clone())),
        ("cognito-idp:AdminGetDevice", with(&user, device.clone())),
        ("cognito-idp:AdminListDevices", user.clone()),
        ("cognito-idp:AdminUpdateDeviceStatus", with(&user, with(&device, json!({"DeviceRememberedStatus": "remembered"})))),
        ("cognito-idp:AdminListUserAuthEvents", user.clone()),
        ("cognito-idp:AdminUpdateAuthEventFeedback", with(&user, json!({"EventId": "e", "FeedbackValue": "Valid"}))),
        (
            "cognito-idp:SetUserPoolSessionConfiguration",
            json!({"UserPoolId": pool.id, "UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 3}}),
        ),
        ("cognito-idp:GetUserPoolSessionConfiguration", json!({"UserPoolId": pool.id})),
        ("cognito-idp:SetUserPoolClientSessionConfiguration", with(&client, json!({"SSOSession": {"MaxValidityMinutes": 5}}))),
        ("cognito-idp:GetUserPoolClientSessionConfiguration", client.clone()),
        ("cognito-idp:AdminListUserSessions", user.clone()),
        ("cognito-idp:AdminRevokeUserSession", with(&user, json!({"SessionId": format!("tkn{}", "0".repeat(25))}))),
        ("cognito-idp:CreateGroup", group.clone()),
        ("cognito-idp:GetGroup", group.clone()),
        ("cognito-idp:UpdateGroup", group.clone()),
        ("cognito-idp:ListGroups", json!({"UserPoolId": pool.id})),
        ("cognito-idp:AdminAddUserToGroup", with(&user, group.clone())),
        ("cognito-idp:AdminListGroupsForUser", user.clone()),
        ("cognito-idp:ListUsersInGroup", group.clone()),
        ("cognito-idp:AdminRemoveUserFromGroup", with(&user, group.clone())),
        ("cognito-idp:DeleteGroup", group),
        (
            "cognito-idp:AddCustomAttributes",
            json!({"UserPoolId": pool.id, "CustomAttributes": [{"Name": "a", "AttributeDataType": "String"}]}),
        ),
        ("cognito-idp:UpdateUserPool", json!({"UserPoolId": pool.id})),
        ("cognito-idp:ListUserPoolClients", json!({"UserPoolId": pool.id})),
        (
            "cognito-idp:CreateIdentityProvider",
            with(&provider, json!({"ProviderType": "SAML", "ProviderDetails": {"MetadataURL": "https://idp.example/m"}})),
        ),
        ("cognito-idp:DescribeIdentityProvider", provider.clone()),
        ("cognito-idp:UpdateIdentityProvider", with(&provider, json!({"IdpIdentifiers": ["corp"]}))),
        ("cognito-idp:ListIdentityProviders", json!({"UserPoolId": pool.id})),
        ("cognito-idp:GetIdentityProviderByIdentifier", json!({"UserPoolId": pool.id, "IdpIdentifier": "corp"})),
        (
            "cognito-idp:AdminLinkProviderForUser",
            json!({"UserPoolId": pool.id, "SourceUser": corp_user,
                   "DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": "alice"}}),
        ),
        ("cognito-idp:AdminDisableProviderForUser", json!({"UserPoolId": pool.id, "User": corp_user})),
        ("cognito-idp:DeleteIdentityProvider", provider),
        ("cognito-idp:CreateUserPoolDomain", domain.clone()),
        ("cognito-idp:DescribeUserPoolDomain", json!({"Domain": "app"})),
        ("cognito-idp:UpdateUserPoolDomain", domain.clone()),
        ("cognito-idp:SetUICustomization", json!({"UserPoolId": pool.id, "CSS": ".label-customizable { color: red }"})),
        ("cognito-idp:GetUICustomization", json!({"UserPoolId": pool.id})),
        ("cognito-idp:CreateManagedLoginBranding", with(&client, json!({"UseCognitoProvidedValues": true}))),
        ("cognito-idp:DescribeManagedLoginBranding", style.clone()),
        ("cognito-idp:DescribeManagedLoginBrandingByClient", client.clone()),
        ("cognito-idp:UpdateManagedLoginBranding", style.clone()),
        ("cognito-idp:DeleteManagedLoginBranding", style),
        (
            "cognito-idp:CreateTerms",
            with(
                &client,
                json!({"TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE",
                                 "Links": {"cognito:default": "https://a.example"}}),
            ),
        ),
        ("cognito-idp:DescribeTerms", terms.clone()),
        ("cognito-idp:DescribeTermsByClient", with(&client, json!({"TermsName": "terms-of-use"}))),
        ("cognito-idp:UpdateTerms", terms.clone()),
        ("cognito-idp:ListTerms", json!({"UserPoolId": pool.id})),
        ("cognito-idp:DeleteTerms", terms),
        ("cognito-idp:DeleteUserPoolDomain", domain),
        ("cognito-idp:SetRiskConfiguration", json!({"UserPoolId": pool.id})),
        ("cognito-idp:DescribeRiskConfiguration", json!({"UserPoolId": pool.id})),
        ("cognito-idp:SetLogDeliveryConfiguration", json!({"UserPoolId": pool.id, "LogConfigurations": []})),
        ("cognito-idp:GetLogDeliveryConfiguration", json!({"UserPoolId": pool.id})),
        ("cognito-idp:GetSigningCertificate", json!({"UserPoolId": pool.id})),
        ("cognito-idp:GetProvisionedLimit", json!({"LimitDefinition": limit})),
        ("cognito-idp:UpdateProvisionedLimit", json!({"LimitDefinition": limit, "RequestedLimitValue": 60})),
        ("cognito-idp:CreateUserPoolReplica", json!({"UserPoolId": pool.id, "RegionName": "eu-west-1"})),
        ("cognito-idp:ListUserPoolReplicas", json!({"UserPoolId": pool.id})),
        ("cognito-idp:UpdateUserPoolReplica", json!({"UserPoolId": pool.id, "RegionName": "eu-west-1", "Status": "INACTIVE"})),
        ("cognito-idp:DeleteUserPoolReplica", json!({"UserPoolId": pool.id, "RegionName": "eu-west-1"})),
        ("cognito-idp:TagResource", json!({"ResourceArn": arn, "Tags": {"a": "b"}})),
        ("cognito-idp:UntagResource", json!({"ResourceArn": arn, "TagKeys": ["a"]})),
        ("cognito-idp:ListTagsForResource", json!({"ResourceArn": arn})),
        ("cognito-idp:CreateCIMDPolicy", with(&client, json!({"PolicyName": "p", "URLPatterns": ["https://a.example.com/*"]}))),
        ("cognito-idp:DescribeCIMDPolicy", cimd.clone()),
        ("cognito-idp:UpdateCIMDPolicy", with(&with(&client, cimd.clone()), json!({"URLPatterns": ["https://a.example.com/*"]}))),
        ("cognito-idp:ListCIMDPolicies", json!({"UserPoolId": pool.id})),
        ("cognito-idp:ListClientMetadataURLs", cimd.clone()),
        ("cognito-idp:UpdateClientMetadataURLState", with(&cimd, json!({"URL": "https://a.example.com/c", "Action": "REFRESH"}))),
        ("cognito-idp:DeleteCIMDPolicy", cimd),
        ("cognito-idp:AdminDeleteUser", user),
        ("cognito-idp:CreateUserPool", json!({"PoolName": "another"})),
        ("cognito-idp:CreateUserPoolClient", json!({"UserPoolId": pool.id, "ClientName": "another"})),
        ("cognito-idp:DescribeUserPool", json!({"UserPoolId": pool.id})),
        ("cognito-idp:DescribeUserPoolClient", client.clone()),
        ("cognito-idp:UpdateUserPoolClient", client.clone()),
        ("cognito-idp:AddUserPoolClientSecret", client.clone()),
        ("cognito-idp:ListUserPoolClientSecrets", client.clone()),
        ("cognito-idp:DeleteUserPoolClientSecret", with(&client, json!({"ClientSecretId": "none"}))),
        ("cognito-idp:GetDerivedToken", json!({"ClientId": confidential, "SubjectToken": "a.b.c", "SubjectTokenType": "ACCESS_TOKEN"})),
        ("cognito-idp:CreateResourceServer", with(&server, json!({"Name": "api"}))),
        ("cognito-idp:DescribeResourceServer", server.clone()),
        ("cognito-idp:UpdateResourceServer", with(&server, json!({"Name": "api"}))),
        ("cognito-idp:ListResourceServers", json!({"UserPoolId": pool.id})),
        ("cognito-idp:DeleteResourceServer", server),
        ("cognito-idp:DeleteUserPoolClient", client),
        ("cognito-idp:GetCSVHeader", json!({"UserPoolId": pool.id})),
        (
            "cognito-idp:CreateUserImportJob",
            json!({"UserPoolId": pool.id, "JobName": "j", "CloudWatchLogsRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/app")}),
        ),
        ("cognito-idp:InitiatePointInTimeRecovery", json!({"UserPoolId": pool.id, "RestoreTimestamp": 1_800_000_000})),
        ("cognito-idp:DescribePointInTimeRecovery", restore.clone()),
        ("cognito-idp:StartPointInTimeRecovery", restore.clone()),
        ("cognito-idp:CancelPointInTimeRecovery", restore),
        ("cognito-idp:ListPointInTimeRecoveries", json!({"UserPoolId": pool.id})),
        ("cognito-idp:DescribeUserImportJob", import.clone()),
        ("cognito-idp:ListUserImportJobs", json!({"UserPoolId": pool.id, "MaxResults": 1})),
        ("cognito-idp:StartUserImportJob", import.clone()),
        ("cognito-idp:StopUserImportJob", import),
        ("cognito-idp:GetUserPoolMfaConfig", json!({"UserPoolId": pool.id})),
        ("cognito-idp:ListUserPools", json!({"MaxResults": 1})),
        ("cognito-idp:ListUsers", json!({"UserPoolId": pool.id})),
        ("cognito-idp:SetUserPoolMfaConfig", json!({"UserPoolId": pool.id})),
        ("cognito-idp:DeleteUserPool", json!({"UserPoolId": pool.id})),
        ("cognito-identity:CreateIdentityPool", json!({"IdentityPoolName": "q", "AllowUnauthenticatedIdentities": true})),
        ("cognito-identity:DescribeIdentityPool", json!({"IdentityPoolId": identity_pool})),
        ("cognito-identity:GetIdentityPoolRoles", json!({"IdentityPoolId": identity_pool})),
        ("cognito-identity:SetIdentityPoolRoles", json!({"IdentityPoolId": identity_pool, "Roles": {}})),
        ("cognito-identity:DeleteIdentities", json!({"IdentityIdsToDelete": ["us-east-1:00000000-0000-4000-8000-000000000000"]})),
        ("cognito-identity:DescribeIdentity", json!({"IdentityId": "us-east-1:00000000-0000-4000-8000-000000000000"})),
        ("cognito-identity:ListIdentities", json!({"IdentityPoolId": identity_pool, "MaxResults": 1})),
        ("cognito-identity:ListIdentityPools", json!({"MaxResults": 1})),
        (
            "cognito-identity:UpdateIdentityPool",
            json!({"IdentityPoolId": identity_pool, "IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true}),
        ),
        (
            "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
            json!({"IdentityPoolId": identity_pool, "IdentityId": "us-east-1:00000000-0000-4000-8000-000000000000",
                   "Logins": {"login.app": "ann"}, "PrincipalTags": {"a": "b"}, "TokenDuration": 60}),
        ),
        (
            "cognito-identity:LookupDeveloperIdentity",
            json!({"IdentityPoolId": identity_pool, "DeveloperUserIdentifier": "ann", "MaxResults": 1}),
        ),
        (
            "cognito-identity:MergeDeveloperIdentities",
            json!({"IdentityPoolId": identity_pool, "DeveloperProviderName": "login.app", "SourceUserIdentifier": "a",
                   "DestinationUserIdentifier": "b"}),
        ),
        (
            "cognito-identity:UnlinkDeveloperIdentity",
            json!({"IdentityPoolId": identity_pool, "DeveloperProviderName": "login.app", "DeveloperUserIdentifier": "ann",
                   "IdentityId": "us-east-1:00000000-0000-4000-8000-000000000000"}),
        ),
        ("cognito-identity:GetPrincipalTagAttributeMap", json!({"IdentityPoolId": identity_pool, "IdentityProviderName": "p"})),
        (
            "cognito-identity:SetPrincipalTagAttributeMap",
            json!({"IdentityPoolId": identity_pool, "IdentityProviderName": "p", "UseDefaults": false, "PrincipalTags": {"a": "b"}}),
        ),
        ("cognito-identity:TagResource", json!({"ResourceArn": identity_pool_arn, "Tags": {"a": "b"}})),
        ("cognito-identity:UntagResource", json!({"ResourceArn": identity_pool_arn, "TagKeys": ["a"]})),
        ("cognito-identity:ListTagsForResource", json!({"ResourceArn": identity_pool_arn})),
        ("cognito-identity:DeleteIdentityPool", json!({"IdentityPoolId": identity_pool})),
        ("iam:CreateUser", json!({"UserName": "ann", "Path": "/team/", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("iam:CreateGroup", json!({"GroupName": "g", "Path": "/team/"})),
        ("iam:AddUserToGroup", json!({"GroupName": "g", "UserName": "ann"})),
        ("iam:GetGroup", json!({"GroupName": "g"})),
        ("iam:ListGroups", json!({})),
        ("iam:ListGroupsForUser", json!({"UserName": "ann"})),
        ("iam:PutGroupPolicy", json!({"GroupName": "g", "PolicyName": "p", "PolicyDocument": policy})),
        ("iam:GetGroupPolicy", json!({"GroupName": "g", "PolicyName": "p"})),
        ("iam:ListGroupPolicies", json!({"GroupName": "g"})),
        ("iam:CreateRole", json!({"RoleName": "app", "AssumeRolePolicyDocument": trust})),
        ("iam:CreateAccessKey", json!({"UserName": "ann"})),
        ("iam:UpdateAccessKey", json!({"UserName": "ann", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"})),
        ("iam:DeleteAccessKey", json!({"UserName": "ann", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE"})),
        ("iam:GetRole", json!({"RoleName": "app"})),
        ("iam:GetUser", json!({"UserName": "ann"})),
        ("iam:ListAccessKeys", json!({"UserName": "ann"})),
        ("iam:ListUsers", json!({})),
        ("iam:PutRolePolicy", json!({"RoleName": "app", "PolicyName": "p", "PolicyDocument": policy})),
        ("iam:PutUserPolicy", json!({"UserName": "ann", "PolicyName": "p", "PolicyDocument": policy})),
        ("iam:GetContextKeysForCustomPolicy", json!({"PolicyInputList": [policy]})),
        ("iam:GetContextKeysForPrincipalPolicy", json!({"PolicySourceArn": format!("arn:aws:iam::{ACCOUNT}:user/team/ann")})),
        ("iam:SimulateCustomPolicy", json!({"PolicyInputList": [policy], "ActionNames": ["s3:GetObject"]})),
        (
            "iam:SimulatePrincipalPolicy",
            json!({"PolicySourceArn": format!("arn:aws:iam::{ACCOUNT}:role/app"), "ActionNames": ["s3:GetObject"]}),
        ),
        ("iam:GetAccessKeyLastUsed", json!({"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"})),
        ("iam:GetRolePolicy", json!({"RoleName": "app", "PolicyName": "p"})),
        ("iam:GetUserPolicy", json!({"UserName": "ann", "PolicyName": "p"})),
        ("iam:ListRoles", json!({})),
        ("iam:ListRolePolicies", json!({"RoleName": "app"})),
        ("iam:ListRoleTags", json!({"RoleName": "app"})),
        ("iam:ListUserPolicies", json!({"UserName": "ann"})),
        ("iam:ListUserTags", json!({"UserName": "ann"})),
        ("iam:TagRole", json!({"RoleName": "app", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("iam:TagUser", json!({"UserName": "ann", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("iam:UntagRole", json!({"RoleName": "app", "TagKeys": ["a"]})),
        ("iam:UntagUser", json!({"UserName": "ann", "TagKeys": ["a"]})),
        ("iam:UpdateAssumeRolePolicy", json!({"RoleName": "app", "PolicyDocument": trust})),
        ("iam:UpdateRole", json!({"RoleName": "app"})),
        ("iam:UpdateUser", json!({"UserName": "ann", "NewPath": "/team/"})),
        ("iam:CreateLoginProfile", json!({"UserName": "ann", "Password": "correct-horse-1A"})),
        ("iam:GetLoginProfile", json!({"UserName": "ann"})),
        ("iam:UpdateLoginProfile", json!({"UserName": "ann", "PasswordResetRequired": true})),
        ("iam:ChangePassword", json!({"OldPassword": "correct-horse-1A", "NewPassword": "correct-horse-2A"})),
        ("iam:GetAccountAuthorizationDetails", json!({"Filter": ["User"], "MaxItems": 1})),
        ("iam:GetAccountSummary", json!({})),
        ("iam:GenerateCredentialReport", json!({})),
        ("iam:GetCredentialReport", json!({})),
        ("iam:CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "d", "Path": "/phones/", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("iam:EnableMFADevice", with(&mfa, json!({"UserName": "ann", "AuthenticationCode1": "000000", "AuthenticationCode2": "000001"}))),
        ("iam:ResyncMFADevice", with(&mfa, json!({"UserName": "ann", "AuthenticationCode1": "000000", "AuthenticationCode2": "000001"}))),
        ("iam:ListMFADevices", json!({"UserName": "ann"})),
        ("iam:GetMFADevice", with(&mfa, json!({"UserName": "ann"}))),
        ("iam:ListVirtualMFADevices", json!({"AssignmentStatus": "Any"})),
        ("iam:TagMFADevice", with(&mfa, json!({"Tags": [{"Key": "c", "Value": "d"}]}))),
        ("iam:ListMFADeviceTags", mfa.clone()),
        ("iam:UntagMFADevice", with(&mfa, json!({"TagKeys": ["c"]}))),
        ("iam:DeactivateMFADevice", with(&mfa, json!({"UserName": "ann"}))),
        ("iam:DeleteVirtualMFADevice", mfa),
        (
            "iam:CreateOpenIDConnectProvider",
            json!({"Url": "https://id.example", "ClientIDList": ["a"], "ThumbprintList": [], "Tags": [{"Key": "a", "Value": "b"}]}),
        ),
        ("iam:GetOpenIDConnectProvider", oidc.clone()),
        ("iam:ListOpenIDConnectProviders", json!({})),
        ("iam:AddClientIDToOpenIDConnectProvider", with(&oidc, json!({"ClientID": "b"}))),
        ("iam:RemoveClientIDFromOpenIDConnectProvider", with(&oidc, json!({"ClientID": "b"}))),
        ("iam:UpdateOpenIDConnectProviderThumbprint", with(&oidc, json!({"ThumbprintList": ["0".repeat(40)]}))),
        ("iam:TagOpenIDConnectProvider", with(&oidc, json!({"Tags": [{"Key": "c", "Value": "d"}]}))),
        ("iam:ListOpenIDConnectProviderTags", oidc.clone()),
        ("iam:UntagOpenIDConnectProvider", with(&oidc, json!({"TagKeys": ["c"]}))),
        ("iam:DeleteOpenIDConnectProvider", oidc),
        ("iam:CreateAccountAlias", json!({"AccountAlias": "notes"})),
        ("iam:ListAccountAliases", json!({})),
        ("iam:DeleteAccountAlias", json!({"AccountAlias": "notes"})),
        ("iam:UpdateRoleDescription", json!({"RoleName": "app", "Description": "d"})),
        ("iam:DeleteLoginProfile", json!({"UserName": "ann"})),
        ("iam:UpdateAccountPasswordPolicy", json!({"MinimumPasswordLength": 8})),
        ("iam:GetAccountPasswordPolicy", json!({})),
        ("iam:DeleteAccountPasswordPolicy", json!({})),
        ("iam:CreatePolicy", json!({"PolicyName": "m", "PolicyDocument": policy})),
        ("iam:GetPolicy", json!({"PolicyArn": managed})),
        ("iam:GetPolicyVersion", json!({"PolicyArn": managed, "VersionId": "v1"})),
        ("iam:ListPolicyVersions", json!({"PolicyArn": managed})),
        ("iam:ListPolicies", json!({})),
        ("iam:CreatePolicyVersion", json!({"PolicyArn": managed, "PolicyDocument": policy})),
        ("iam:SetDefaultPolicyVersion", json!({"PolicyArn": managed, "VersionId": "v1"})),
        ("iam:TagPolicy", json!({"PolicyArn": managed, "Tags": [{"Key": "a", "Value": "b"}]})),
        ("iam:ListPolicyTags", json!({"PolicyArn": managed})),
        ("iam:UntagPolicy", json!({"PolicyArn": managed, "TagKeys": ["a"]})),
        ("iam:AttachUserPolicy", json!({"UserName": "ann", "PolicyArn": managed})),
        ("iam:ListAttachedUserPolicies", json!({"UserName": "ann"})),
        ("iam:AttachGroupPolicy", json!({"GroupName": "g", "PolicyArn": managed})),
        ("iam:ListAttachedGroupPolicies", json!({"GroupName": "g"})),
        ("iam:AttachRolePolicy", json!({"RoleName": "app", "PolicyArn": managed})),
        ("iam:ListAttachedRolePolicies", json!({"RoleName": "app"})),
        ("iam:ListEntitiesForPolicy", json!({"PolicyArn": managed})),
        ("iam:DetachUserPolicy", json!({"UserName": "ann", "PolicyArn": managed})),
        ("iam:PutUserPermissionsBoundary", json!({"UserName": "ann", "PermissionsBoundary": managed})),
        ("iam:DeleteUserPermissionsBoundary", json!({"UserName": "ann"})),
        ("iam:DetachGroupPolicy", json!({"GroupName": "g", "PolicyArn": managed})),
        ("iam:DetachRolePolicy", json!({"RoleName": "app", "PolicyArn": managed})),
        ("iam:PutRolePermissionsBoundary", json!({"RoleName": "app", "PermissionsBoundary": managed})),
        ("iam:DeleteRolePermissionsBoundary", json!({"RoleName": "app"})),
        ("iam:DeletePolicyVersion", json!({"PolicyArn": managed, "VersionId": "v2"})),
        ("iam:DeletePolicy", json!({"PolicyArn": managed})),
        ("iam:DeleteRolePolicy", json!({"RoleName": "app", "PolicyName": "p"})),
        ("iam:DeleteUserPolicy", json!({"UserName": "ann", "PolicyName": "p"})),
        ("sts:AssumeRole", json!({"RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/app"), "RoleSessionName": "test"})),
        ("sts:GetCallerIdentity", json!({})),
        ("sts:GetSessionToken", json!({})),
        ("sts:GetAccessKeyInfo", json!({"AccessKeyId": app.root_key().0})),
        ("sts:DecodeAuthorizationMessage", json!({"EncodedMessage": "none"})),
        ("sts:GetFederationToken", json!({"Name": "ben", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("iam:DeleteGroupPolicy", json!({"GroupName": "g", "PolicyName": "p"})),
        ("iam:RemoveUserFromGroup", json!({"GroupName": "g", "UserName": "ann"})),
        ("iam:UpdateGroup", json!({"GroupName": "g", "NewPath": "/team/"})),
        ("iam:DeleteGroup", json!({"GroupName": "g"})),
        ("iam:DeleteRole", json!({"RoleName": "app"})),
        ("iam:DeleteUser", json!({"UserName": "ann"})),
        ("access-analyzer:ValidatePolicy", json!({"policyDocument": policy, "policyType": "IDENTITY_POLICY"})),
    ];
    let calls: Vec<_> = calls.into_iter().chain(none::calls()).collect();
    for (service, model, row) in built().into_iter().filter(|(_, model, _)| !model.unauthenticated) {
        let name = format!("{}:{}", service.name(), model.name);
        assert!(calls.iter().any(|(called, _)| *called == name), "{name} ({:?}) is not called here", row.access);
    }
    for (name, input) in calls {
        let answer = app.admin().call(name, input).await;
        let unread = ["SerializationException", "MalformedInput", "ValidationError", "ValidationException"];
        assert!(answer.status < 500 && !unread.contains(&answer.code().as_str()), "{name}: {}", answer.text);
    }
}
