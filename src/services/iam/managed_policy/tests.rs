//! Managed policies: their versions and tags, whom they are attached to and bound by, and what is refused.

use serde_json::{Value, json};

use crate::testing::{ACCOUNT, Answer, TestApp, TestCaller};

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

fn document(effect: &str, action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": "*"}}).to_string()
}

fn arn_of(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy/{name}")
}

async fn create(app: &TestApp, name: &str, document: &str) -> String {
    let made = app.admin().call("CreatePolicy", json!({"PolicyName": name, "PolicyDocument": document})).await.ok();
    made["Policy"]["Arn"].as_str().unwrap().to_owned()
}

async fn version(app: &TestApp, arn: &str, document: &str, default: bool) -> Answer {
    let request = json!({"PolicyArn": arn, "PolicyDocument": document, "SetAsDefault": default});
    app.admin().call("CreatePolicyVersion", request).await
}

async fn call(app: &TestApp, operation: &str, request: Value) -> Answer {
    app.admin().call(operation, request).await
}

fn names(list: &Value, name: &str) -> Vec<String> {
    let mut names: Vec<String> = list.as_array().into_iter().flatten().map(|item| item[name].as_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    names
}

#[actix_web::test]
async fn a_policy_is_made_once_tagged_and_deleted_when_nobody_has_it_and_one_version_is_left() {
    let app = TestApp::new().await;
    let request = json!({"PolicyName": "Readers", "Path": "/staff/", "Description": "d", "PolicyDocument": document("Allow", "iam:ListUsers"),
                         "Tags": [{"Key": "team", "Value": "a"}]});
    let made = call(&app, "CreatePolicy", request).await.ok()["Policy"].clone();
    let arn = arn_of("staff/Readers");
    assert!(made["PolicyId"].as_str().unwrap().starts_with("ANPA"), "{made}");
    for (member, value) in [
        ("Arn", arn.as_str()),
        ("Path", "/staff/"),
        ("DefaultVersionId", "v1"),
        ("AttachmentCount", "0"),
        ("PermissionsBoundaryUsageCount", "0"),
        ("IsAttachable", "true"),
    ] {
        assert_eq!(made[member], value, "{member}");
    }
    let got = call(&app, "GetPolicy", json!({"PolicyArn": arn})).await.ok()["Policy"].clone();
    assert_eq!((&got["Description"], &got["Tags"]), (&"d".into(), &json!([{"Key": "team", "Value": "a"}])));
    let taken = call(&app, "CreatePolicy", json!({"PolicyName": "readers", "PolicyDocument": document("Allow", "a:b")})).await.error();
    assert_eq!(taken.0, "EntityAlreadyExists");
    assert_eq!(taken.1, "A policy called readers already exists. Duplicate names are not allowed.");

    call(&app, "TagPolicy", json!({"PolicyArn": arn, "Tags": [{"Key": "TEAM", "Value": "b"}, {"Key": "x", "Value": ""}]})).await.ok();
    call(&app, "UntagPolicy", json!({"PolicyArn": arn, "TagKeys": ["X", "none"]})).await.ok();
    let tags = call(&app, "ListPolicyTags", json!({"PolicyArn": arn})).await.ok()["Tags"].clone();
    assert_eq!(tags, json!([{"Key": "TEAM", "Value": "b"}]));

    call(&app, "iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    let attached = json!({"UserName": "ann", "PolicyArn": arn});
    call(&app, "AttachUserPolicy", attached.clone()).await.ok();
    version(&app, &arn, &document("Deny", "iam:*"), false).await.ok();
    let delete = async || call(&app, "DeletePolicy", json!({"PolicyArn": arn})).await;
    let conflict = |message: &str| ("DeleteConflict".to_owned(), message.to_owned());
    assert_eq!(delete().await.error(), conflict("Cannot delete a policy attached to entities."));
    call(&app, "DetachUserPolicy", attached).await.ok();
    call(&app, "PutUserPermissionsBoundary", json!({"UserName": "ann", "PermissionsBoundary": arn})).await.ok();
    assert_eq!(delete().await.error(), conflict("Cannot delete a policy attached to entities."), "nor one that bounds");
    call(&app, "DeleteUserPermissionsBoundary", json!({"UserName": "ann"})).await.ok();
    assert!(delete().await.error().1.starts_with("This policy has more than one version."));
    call(&app, "DeletePolicyVersion", json!({"PolicyArn": arn, "VersionId": "v2"})).await.ok();
    delete().await.ok();
    let missing = ("NoSuchEntity".to_owned(), format!("Policy {arn} was not found."));
    assert_eq!(delete().await.error(), missing);
    assert_eq!(call(&app, "GetPolicy", json!({"PolicyArn": arn})).await.error(), missing);
}

#[actix_web::test]
async fn versions_are_numbered_once_and_five_at_most_of_which_one_holds() {
    let app = TestApp::new().await;
    let arn = create(&app, "p", &document("Allow", "a:One")).await;
    let begin = call(&app, "GetPolicy", json!({"PolicyArn": arn})).await.ok()["Policy"].clone();
    assert_eq!(begin["CreateDate"], begin["UpdateDate"]);
    app.clock.advance(std::time::Duration::from_secs(60));
    let made = version(&app, &arn, &document("Allow", "a:Two"), false).await.ok()["PolicyVersion"].clone();
    assert_eq!((&made["VersionId"], &made["IsDefaultVersion"], &made["Document"]), (&"v2".into(), &"false".into(), &Value::Null));
    let now = call(&app, "GetPolicy", json!({"PolicyArn": arn})).await.ok()["Policy"].clone();
    assert_eq!(now["DefaultVersionId"], "v1");
    assert!(now["UpdateDate"] != begin["UpdateDate"] && now["CreateDate"] == begin["CreateDate"]);
    assert_eq!(version(&app, &arn, &document("Allow", "a:Three"), true).await.ok()["PolicyVersion"]["IsDefaultVersion"], "true");
    let of = |id: &str| json!({"PolicyArn": arn, "VersionId": id});
    let read = async |id: &str| {
        let version = call(&app, "GetPolicyVersion", of(id)).await.ok()["PolicyVersion"].clone();
        let document = percent_encoding::percent_decode_str(version["Document"].as_str().unwrap()).decode_utf8().unwrap().into_owned();
        (document, version["IsDefaultVersion"].clone())
    };
    assert_eq!(read("v2").await, (document("Allow", "a:Two"), "false".into()));
    assert_eq!(read("v3").await, (document("Allow", "a:Three"), "true".into()));
    call(&app, "SetDefaultPolicyVersion", of("v1")).await.ok();
    assert_eq!(read("v1").await.1, "true");
    assert_eq!(
        call(&app, "DeletePolicyVersion", of("v1")).await.error(),
        ("DeleteConflict".to_owned(), "Cannot delete the default version of a policy.".to_owned())
    );
    call(&app, "DeletePolicyVersion", of("v3")).await.ok();
    for operation in ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"] {
        for id in ["v3", "v9", "v1.x"] {
            let message = format!("Policy {arn} version {id} does not exist or is not attachable.");
            assert_eq!(call(&app, operation, of(id)).await.error(), ("NoSuchEntity".to_owned(), message), "{operation}");
        }
    }
    for number in ["v4", "v5", "v6"] {
        let made = version(&app, &arn, &document("Allow", "a:More"), false).await.ok();
        assert_eq!(made["PolicyVersion"]["VersionId"], number, "none is given twice");
    }
    let beyond = version(&app, &arn, &document("Allow", "a:More"), true).await.error();
    assert_eq!(beyond.0, "LimitExceeded");
    assert!(beyond.1.starts_with("A managed policy can have up to 5 versions."), "{}", beyond.1);
    let mut listed = Vec::new();
    let mut marker = Value::Null;
    loop {
        let page = call(&app, "ListPolicyVersions", json!({"PolicyArn": arn, "MaxItems": 2, "Marker": marker})).await.ok();
        listed.extend(page["Versions"].as_array().unwrap().iter().map(|version| version["VersionId"].as_str().unwrap().to_owned()));
        marker = page["Marker"].clone();
        if marker.is_null() {
            break;
        }
    }
    assert_eq!(listed, ["v6", "v5", "v4", "v2", "v1"]);
}

#[actix_web::test]
async fn a_text_that_is_no_managed_policy_or_too_long_is_refused_before_anything_is_made() {
    let app = TestApp::new().await;
    let statement = json!({"Effect": "Allow", "Action": "a:b", "Resource": "*"});
    let long = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": format!("arn:aws:s3:::{}", "x".repeat(6_100))}});
    let old = "Policy document must be version 2012-10-17 or greater.";
    for (text, code, message) in [
        ("{}".to_owned(), "MalformedPolicyDocument", "Syntax errors in policy."),
        (json!({"Statement": statement}).to_string(), "MalformedPolicyDocument", old),
        (json!({"Version": "2008-10-17", "Statement": statement}).to_string(), "MalformedPolicyDocument", old),
        (
            document("Allow", "a:b").replace("\"Action\"", "\"Principal\": \"*\", \"Action\""),
            "MalformedPolicyDocument",
            "Policy document should not specify a principal.",
        ),
        (long.to_string(), "LimitExceeded", "Cannot exceed quota for PolicySize: 6144"),
    ] {
        let refused = call(&app, "CreatePolicy", json!({"PolicyName": "p", "PolicyDocument": text})).await.error();
        assert_eq!(refused, (code.to_owned(), message.to_owned()), "{text}");
        assert_eq!(call(&app, "GetPolicy", json!({"PolicyArn": arn_of("p")})).await.code(), "NoSuchEntity");
    }
    // Blanks don't count.
    let blanks = document("Allow", "a:b").replace('{', &format!("{{{}", " ".repeat(6_000)));
    let arn = create(&app, "p", &blanks).await;
    assert_eq!(version(&app, &arn, "{}", false).await.code(), "MalformedPolicyDocument");
    assert_eq!(version(&app, &arn, &long.to_string(), false).await.code(), "LimitExceeded");
}

#[actix_web::test]
async fn policies_are_listed_by_scope_path_use_and_page() {
    let app = TestApp::new().await;
    for (name, path) in [("one", "/"), ("two", "/team/"), ("three", "/team/x/")] {
        let request = json!({"PolicyName": name, "Path": path, "Description": "d", "PolicyDocument": document("Allow", "a:b"),
                             "Tags": [{"Key": "k", "Value": "v"}]});
        call(&app, "CreatePolicy", request).await.ok();
    }
    call(&app, "iam:CreateUser", json!({"UserName": "ann", "PermissionsBoundary": arn_of("team/two")})).await.ok();
    for arn in [arn_of("one"), ADMINISTRATOR.to_owned()] {
        call(&app, "AttachUserPolicy", json!({"UserName": "ann", "PolicyArn": arn})).await.ok();
    }
    let list = async |request: Value| names(&call(&app, "ListPolicies", request).await.ok()["Policies"], "PolicyName");
    assert_eq!(list(json!({"Scope": "Local"})).await, ["one", "three", "two"]);
    let all = list(json!({})).await;
    assert!(all.len() == 12 && all.contains(&"IAMReadOnlyAccess".to_owned()), "{all:?}");
    assert_eq!(list(json!({"Scope": "AWS"})).await.len(), 9);
    assert_eq!(list(json!({"Scope": "All", "PathPrefix": "/team/"})).await, ["three", "two"]);
    assert_eq!(list(json!({"OnlyAttached": true})).await, ["AdministratorAccess", "one"]);
    assert_eq!(list(json!({"PolicyUsageFilter": "PermissionsPolicy"})).await, ["AdministratorAccess", "one"]);
    assert_eq!(list(json!({"PolicyUsageFilter": "PermissionsBoundary"})).await, ["two"]);
    let one = call(&app, "ListPolicies", json!({"Scope": "Local", "OnlyAttached": true})).await.ok()["Policies"][0].clone();
    assert_eq!((&one["AttachmentCount"], &one["Description"], &one["Tags"]), (&"1".into(), &Value::Null, &Value::Null));
    let (mut found, mut marker) = (Vec::new(), Value::Null);
    loop {
        let page = call(&app, "ListPolicies", json!({"MaxItems": 5, "Marker": marker})).await.ok();
        found.extend(names(&page["Policies"], "PolicyName"));
        marker = page["Marker"].clone();
        if marker.is_null() {
            break;
        }
    }
    found.sort_unstable();
    assert_eq!(found, all);
    let other = app.root_of("111111111111").await;
    assert_eq!(other.call("ListPolicies", json!({"Scope": "Local"})).await.ok()["Policies"], "");
    let admin = other.call("GetPolicy", json!({"PolicyArn": ADMINISTRATOR})).await.ok()["Policy"].clone();
    assert_eq!(admin["AttachmentCount"], "0", "another account's attachments are not counted");
}

#[actix_web::test]
async fn whom_a_policy_is_attached_to_and_bounds_is_listed_by_kind_path_use_and_page() {
    let app = TestApp::new().await;
    let arn = create(&app, "p", &document("Allow", "iam:ListUsers")).await;
    for (name, path) in [("ann", "/"), ("bob", "/team/")] {
        call(&app, "iam:CreateUser", json!({"UserName": name, "Path": path})).await.ok();
        call(&app, "AttachUserPolicy", json!({"UserName": name, "PolicyArn": arn})).await.ok();
    }
    call(&app, "AttachUserPolicy", json!({"UserName": "ann", "PolicyArn": arn})).await.ok();
    call(&app, "iam:CreateGroup", json!({"GroupName": "g", "Path": "/team/"})).await.ok();
    call(&app, "AttachGroupPolicy", json!({"GroupName": "g", "PolicyArn": arn})).await.ok();
    app.role("r", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
    call(&app, "PutRolePermissionsBoundary", json!({"RoleName": "r", "PermissionsBoundary": arn})).await.ok();
    call(&app, "PutUserPermissionsBoundary", json!({"UserName": "bob", "PermissionsBoundary": arn})).await.ok();
    let list = async |more: Value| {
        let mut request = more;
        request["PolicyArn"] = arn.clone().into();
        let page = call(&app, "ListEntitiesForPolicy", request).await.ok();
        let mut all = names(&page["PolicyUsers"], "UserName");
        all.extend(names(&page["PolicyGroups"], "GroupName"));
        all.extend(names(&page["PolicyRoles"], "RoleName"));
        (all, page["Marker"].clone())
    };
    for (request, expected) in [
        (json!({}), vec!["ann", "bob", "g", "r"]),
        (json!({"EntityFilter": "User"}), vec!["ann", "bob"]),
        (json!({"EntityFilter": "Group"}), vec!["g"]),
        (json!({"EntityFilter": "Role"}), vec!["r"]),
        (json!({"EntityFilter": "LocalManagedPolicy"}), vec![]),
        (json!({"PathPrefix": "/team/"}), vec!["bob", "g"]),
        (json!({"PolicyUsageFilter": "PermissionsPolicy"}), vec!["ann", "bob", "g"]),
        (json!({"PolicyUsageFilter": "PermissionsBoundary"}), vec!["bob", "r"]),
    ] {
        assert_eq!(list(request.clone()).await.0, expected, "{request}");
    }
    let (mut found, marker) = list(json!({"MaxItems": 3})).await;
    found.extend(list(json!({"MaxItems": 3, "Marker": marker})).await.0);
    found.sort_unstable();
    assert_eq!(found, ["ann", "bob", "g", "r"]);
    let policy = call(&app, "GetPolicy", json!({"PolicyArn": arn})).await.ok()["Policy"].clone();
    assert_eq!((&policy["AttachmentCount"], &policy["PermissionsBoundaryUsageCount"]), (&"3".into(), &"2".into()));
    let bounded = json!({"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn});
    let bob = call(&app, "iam:GetUser", json!({"UserName": "bob"})).await.ok()["User"]["PermissionsBoundary"].clone();
    let role = call(&app, "iam:GetRole", json!({"RoleName": "r"})).await.ok()["Role"]["PermissionsBoundary"].clone();
    assert_eq!((bob, role), (bounded.clone(), bounded));
    let listed = call(&app, "iam:ListUsers", json!({})).await.ok()["Users"].clone();
    assert!(listed.as_array().unwrap().iter().all(|user| user["PermissionsBoundary"].is_null()), "lists leave it out");
}

#[actix_web::test]
async fn ten_are_attached_at_most_and_nobody_goes_before_them() {
    let app = TestApp::new().await;
    for number in 0..11 {
        create(&app, &format!("p{number}"), &document("Allow", "a:b")).await;
    }
    call(&app, "iam:CreateUser", json!({"UserName": "x"})).await.ok();
    call(&app, "iam:CreateGroup", json!({"GroupName": "x"})).await.ok();
    app.role("x", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
    for kind in ["User", "Group", "Role"] {
        let of = |arn: &str| json!({format!("{kind}Name"): "x", "PolicyArn": arn});
        for number in 0..10 {
            call(&app, &format!("Attach{kind}Policy"), of(&arn_of(&format!("p{number}")))).await.ok();
        }
        call(&app, &format!("Attach{kind}Policy"), of(&arn_of("p9"))).await.ok();
        let refused = call(&app, &format!("Attach{kind}Policy"), of(ADMINISTRATOR)).await.error();
        assert_eq!(refused, ("LimitExceeded".to_owned(), format!("Cannot exceed quota for PoliciesPer{kind}: 10")));
        let delete = async || call(&app, &format!("iam:Delete{kind}"), json!({format!("{kind}Name"): "x"})).await;
        let conflict = ("DeleteConflict".to_owned(), "Cannot delete entity, must detach all policies first.".to_owned());
        assert_eq!(delete().await.error(), conflict);
        let list = format!("ListAttached{kind}Policies");
        let first = call(&app, &list, json!({format!("{kind}Name"): "x", "MaxItems": 7})).await.ok();
        let second = call(&app, &list, json!({format!("{kind}Name"): "x", "Marker": first["Marker"]})).await.ok();
        let mut listed = names(&first["AttachedPolicies"], "PolicyName");
        listed.extend(names(&second["AttachedPolicies"], "PolicyName"));
        assert_eq!((listed.len(), &second["IsTruncated"]), (10, &"false".into()), "{kind}");
        assert_eq!(call(&app, &list, json!({format!("{kind}Name"): "x", "PathPrefix": "/none/"})).await.ok()["AttachedPolicies"], "");
        for number in 0..10 {
            call(&app, &format!("Detach{kind}Policy"), of(&arn_of(&format!("p{number}")))).await.ok();
        }
        let detached = call(&app, &format!("Detach{kind}Policy"), of(&arn_of("p0"))).await.error();
        assert_eq!(detached, ("NoSuchEntity".to_owned(), format!("Policy {} was not found.", arn_of("p0"))));
        if kind != "Group" {
            let boundary = json!({format!("{kind}Name"): "x", "PermissionsBoundary": arn_of("p0")});
            call(&app, &format!("Put{kind}PermissionsBoundary"), boundary).await.ok();
        }
        delete().await.ok();
    }
    let policy = call(&app, "GetPolicy", json!({"PolicyArn": arn_of("p0")})).await.ok()["Policy"].clone();
    assert_eq!(policy["PermissionsBoundaryUsageCount"], "0", "a boundary goes with whom it bounds");
}

#[actix_web::test]
async fn an_account_has_fifteen_hundred_policies_at_most() {
    let app = TestApp::new().await;
    // As if they had been made one by one.
    let first = create(&app, "p0", &document("Allow", "a:b")).await;
    let account = ACCOUNT.into();
    app.app
        .write(async |tx| {
            let policy = crate::store::iam::find_policy_by_arn(tx, &account, &first).await?.unwrap();
            for number in 1..1500 {
                let (name, id) = (format!("p{number}"), format!("ANPA{number:017}").as_str().into());
                let more = crate::iam::managed_policy::ManagedPolicy { name, id, ..policy.clone() };
                crate::store::iam::insert_managed_policy(tx, &account, &more, "{}").await?;
            }
            Ok::<_, crate::store::StoreError>(())
        })
        .await
        .unwrap();
    let refused = call(&app, "CreatePolicy", json!({"PolicyName": "q", "PolicyDocument": document("Allow", "a:b")})).await.error();
    assert_eq!(refused, ("LimitExceeded".to_owned(), "Cannot exceed quota for PoliciesPerAccount: 1500".to_owned()));
    assert_eq!(call(&app, "GetPolicy", json!({"PolicyArn": arn_of("q")})).await.code(), "NoSuchEntity");
}

#[actix_web::test]
async fn what_is_not_there_is_refused_in_awss_words_and_awss_own_policies_are_nobodys_to_change() {
    let app = TestApp::new().await;
    call(&app, "iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    let gone = arn_of("gone");
    let missing = |message: String| ("NoSuchEntity".to_owned(), message);
    let attached = call(&app, "AttachUserPolicy", json!({"UserName": "ann", "PolicyArn": gone})).await.error();
    assert_eq!(attached, missing(format!("Policy {gone} does not exist or is not attachable.")));
    let scope = missing(format!("Scope ARN: {gone} does not exist or is not attachable."));
    let bounded = json!({"UserName": "ann", "PermissionsBoundary": gone});
    assert_eq!(call(&app, "PutUserPermissionsBoundary", bounded.clone()).await.error(), scope);
    let born = json!({"UserName": "bob", "PermissionsBoundary": gone});
    assert_eq!(call(&app, "iam:CreateUser", born).await.error(), scope);
    assert_eq!(call(&app, "iam:GetUser", json!({"UserName": "bob"})).await.code(), "NoSuchEntity");
    let invalid = ("InvalidInput".to_owned(), format!("ARN arn:aws:iam::{ACCOUNT}:role/x is not valid."));
    for (operation, request) in [
        ("GetPolicy", json!({"PolicyArn": format!("arn:aws:iam::{ACCOUNT}:role/x")})),
        ("AttachUserPolicy", json!({"UserName": "ann", "PolicyArn": format!("arn:aws:iam::{ACCOUNT}:role/x")})),
        ("PutUserPermissionsBoundary", json!({"UserName": "ann", "PermissionsBoundary": format!("arn:aws:iam::{ACCOUNT}:role/x")})),
    ] {
        assert_eq!(call(&app, operation, request).await.error(), invalid, "{operation}");
    }
    // In other letters it is another ARN.
    create(&app, "Own", &document("Allow", "a:b")).await;
    assert_eq!(call(&app, "GetPolicy", json!({"PolicyArn": arn_of("own")})).await.code(), "NoSuchEntity");
    let stranger = app.root_of("111111111111").await;
    for arn in [arn_of("Own"), arn_of("none")] {
        let refused = stranger.call("GetPolicy", json!({"PolicyArn": arn})).await.error();
        assert_eq!(refused, missing(format!("Policy {arn} was not found.")));
    }
    for (operation, more) in [
        ("DeletePolicy", json!({})),
        ("CreatePolicyVersion", json!({"PolicyDocument": document("Allow", "*"), "SetAsDefault": true})),
        ("SetDefaultPolicyVersion", json!({"VersionId": "v1"})),
        ("DeletePolicyVersion", json!({"VersionId": "v1"})),
        ("TagPolicy", json!({"Tags": [{"Key": "k", "Value": "v"}]})),
        ("UntagPolicy", json!({"TagKeys": ["k"]})),
    ] {
        let mut request = more;
        request["PolicyArn"] = ADMINISTRATOR.into();
        assert_eq!(call(&app, operation, request).await.code(), "AccessDenied", "{operation}");
    }
    let version =
        call(&app, "GetPolicyVersion", json!({"PolicyArn": ADMINISTRATOR, "VersionId": "v1"})).await.ok()["PolicyVersion"].clone();
    assert!(version["Document"].as_str().unwrap().contains("2012-10-17"), "{version}");
}

async fn user<'a>(app: &'a TestApp, there: &'a TestApp, name: &str) -> [TestCaller<'a>; 2] {
    call(app, "iam:CreateUser", json!({"UserName": name})).await.ok();
    let key = call(app, "CreateAccessKey", json!({"UserName": name})).await.ok()["AccessKey"].clone();
    let (id, secret) = (key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap());
    [app.holder_of(id, secret, None), there.holder_of(id, secret, None)]
}

mod decisions;
