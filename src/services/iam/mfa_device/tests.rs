//! MFA devices, as operations make, give and take them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::crypto::totp::TotpSeed;
use crate::testing::{ACCOUNT, TestApp};

const STEP: Duration = Duration::from_secs(30);

fn refused(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

/// A new device: its serial number, and its seed.
async fn device(app: &TestApp, name: &str) -> (Value, TotpSeed) {
    let made = app.admin().call("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": name})).await.ok()["VirtualMFADevice"].clone();
    let base32 = STANDARD.decode(made["Base32StringSeed"].as_str().unwrap()).unwrap();
    (made["SerialNumber"].clone(), TotpSeed::from_base32(&String::from_utf8(base32).unwrap()).unwrap())
}

async fn with_codes(app: &TestApp, operation: &str, user: &str, (serial, seed): &(Value, TotpSeed), steps: [i64; 2]) -> (String, String) {
    let code = |steps| seed.code_at(TotpSeed::shifted(app.app.now(), steps)).unwrap();
    let input =
        json!({"UserName": user, "SerialNumber": serial, "AuthenticationCode1": code(steps[0]), "AuthenticationCode2": code(steps[1])});
    app.admin().call(operation, input).await.error()
}

#[actix_web::test]
async fn a_device_from_first_to_last() {
    let app = TestApp::new().await;
    let admin = app.admin();
    admin.call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    let input = json!({"VirtualMFADeviceName": "phone", "Path": "/ann/", "Tags": [{"Key": "a", "Value": "b"}]});
    let made = admin.call("CreateVirtualMFADevice", input.clone()).await.ok()["VirtualMFADevice"].clone();
    let serial = format!("arn:aws:iam::{ACCOUNT}:mfa/ann/phone");
    assert_eq!(made["SerialNumber"], serial);
    let picture = STANDARD.decode(made["QRCodePNG"].as_str().unwrap()).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    let taken = refused("EntityAlreadyExists", "MFADevice entity at the same path and name already exists.");
    assert_eq!(admin.call("CreateVirtualMFADevice", input).await.error(), taken);
    let base32 = STANDARD.decode(made["Base32StringSeed"].as_str().unwrap()).unwrap();
    let seed = TotpSeed::from_base32(&String::from_utf8(base32).unwrap()).unwrap();
    let phone = (json!(serial), seed);

    let wrong = refused("InvalidAuthenticationCode", "Authentication code for device is not valid.");
    assert_eq!(with_codes(&app, "EnableMFADevice", "ann", &phone, [0, 0]).await, wrong);
    assert_eq!(with_codes(&app, "EnableMFADevice", "nobody", &phone, [0, 1]).await.0, "NoSuchEntity");
    assert_eq!(with_codes(&app, "ResyncMFADevice", "ann", &phone, [0, 1]).await, refused("NoSuchEntity", "MFA Device invalid for user."));
    let list = async |status: &str| {
        let listed = admin.call("ListVirtualMFADevices", json!({"AssignmentStatus": status})).await.ok()["VirtualMFADevices"].clone();
        listed.as_array().cloned().unwrap_or_default()
    };
    assert_eq!((list("Assigned").await.len(), list("Unassigned").await.len(), list("Any").await.len()), (0, 1, 1));
    assert_eq!(with_codes(&app, "EnableMFADevice", "ann", &phone, [-1, 0]).await, refused("", ""));
    assert_eq!(with_codes(&app, "EnableMFADevice", "ann", &phone, [0, 1]).await.0, "EntityAlreadyExists");
    let assigned = list("Assigned").await;
    assert_eq!((&assigned[0]["User"]["UserName"], &assigned[0]["Base32StringSeed"]), (&json!("ann"), &Value::Null));
    assert!(assigned[0]["EnableDate"].is_string() && list("Unassigned").await.is_empty());
    let devices = admin.call("ListMFADevices", json!({"UserName": "ann"})).await.ok()["MFADevices"].clone();
    assert_eq!((&devices[0]["UserName"], &devices[0]["SerialNumber"]), (&json!("ann"), &json!(serial)));
    assert_eq!(admin.call("GetMFADevice", json!({"UserName": "ann", "SerialNumber": serial})).await.ok()["UserName"], "ann");

    let about = json!({"SerialNumber": serial});
    admin.call("TagMFADevice", json!({"SerialNumber": serial, "Tags": [{"Key": "A", "Value": "c"}]})).await.ok();
    assert_eq!(admin.call("ListMFADeviceTags", about.clone()).await.ok()["Tags"], json!([{"Key": "A", "Value": "c"}]));
    admin.call("UntagMFADevice", json!({"SerialNumber": serial, "TagKeys": ["a"]})).await.ok();
    assert_eq!(admin.call("ListMFADeviceTags", about.clone()).await.ok()["Tags"], json!(""));

    app.advance(STEP * 40);
    assert_eq!(with_codes(&app, "ResyncMFADevice", "ann", &phone, [1, 2]).await, refused("", ""));
    let delete_user = async || admin.call("iam:DeleteUser", json!({"UserName": "ann"})).await.error();
    assert_eq!(delete_user().await, refused("DeleteConflict", "Cannot delete entity, must delete MFA device first."));
    let delete = async || admin.call("DeleteVirtualMFADevice", about.clone()).await.error();
    assert_eq!(delete().await, refused("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first."));
    let deactivate = async || admin.call("DeactivateMFADevice", json!({"UserName": "ann", "SerialNumber": serial})).await.error();
    assert_eq!((deactivate().await.0, deactivate().await), (String::new(), refused("NoSuchEntity", "MFA Device invalid for user.")));
    assert_eq!(delete().await, refused("", ""));
    assert_eq!(delete().await, refused("NoSuchEntity", &format!("VirtualMFADevice with serial number {serial} does not exist.")));
    assert_eq!(delete_user().await, refused("", ""));
}

#[actix_web::test]
async fn a_user_has_eight_devices_at_most_and_the_root_has_its_own() {
    let app = TestApp::new().await;
    app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    for number in 0..9 {
        let device = device(&app, &format!("d{number}")).await;
        let outcome = with_codes(&app, "EnableMFADevice", "ann", &device, [0, 1]).await.0;
        assert_eq!(outcome, if number < 8 { "" } else { "LimitExceeded" });
    }
    let page = app.admin().call("ListMFADevices", json!({"UserName": "ann", "MaxItems": 5})).await.ok();
    assert_eq!((page["MFADevices"].as_array().unwrap().len(), &page["IsTruncated"]), (5, &json!("true")));
    let rest = app.admin().call("ListMFADevices", json!({"UserName": "ann", "Marker": page["Marker"]})).await.ok();
    assert_eq!(rest["MFADevices"].as_array().unwrap().len(), 3);
    let page = app.admin().call("ListVirtualMFADevices", json!({"MaxItems": 5})).await.ok();
    let rest = app.admin().call("ListVirtualMFADevices", json!({"Marker": page["Marker"]})).await.ok();
    assert_eq!(rest["VirtualMFADevices"].as_array().unwrap().len(), 4);

    let own = device(&app, "root-account-mfa-device").await;
    assert_eq!(with_codes(&app, "EnableMFADevice", ACCOUNT, &own, [0, 1]).await.0, "");
    let mine = app.admin().call("ListMFADevices", json!({})).await.ok()["MFADevices"].clone();
    assert_eq!(mine[0]["SerialNumber"], own.0);
    let ann = app.user_of("ann", json!([{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}])).await;
    let theirs = ann.call("DeactivateMFADevice", json!({"UserName": ACCOUNT, "SerialNumber": own.0})).await.code();
    assert_eq!(theirs, "NoSuchEntity", "nobody but the root says whom it means");
    app.admin().call("DeactivateMFADevice", json!({"SerialNumber": own.0})).await.ok();
}

#[actix_web::test]
async fn who_makes_and_tags_devices_is_judged_by_their_arn_and_tags() {
    let app = TestApp::new().await;
    let own = format!("arn:aws:iam::{ACCOUNT}:mfa/${{aws:username}}");
    let user = format!("arn:aws:iam::{ACCOUNT}:user/${{aws:username}}");
    let red = json!({"StringEquals": {"aws:RequestTag/color": "red"}});
    let ann = app
        .user_with(json!([
            {"Effect": "Allow", "Action": ["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"], "Resource": own},
            {"Effect": "Allow", "Action": ["iam:EnableMFADevice", "iam:DeactivateMFADevice", "iam:ListMFADevices"], "Resource": user},
            {"Effect": "Allow", "Action": "iam:TagMFADevice", "Resource": "*", "Condition": red}]))
        .await;
    let create = async |name: &str| ann.call("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": name})).await;
    assert_eq!(create("bob").await.code(), "AccessDenied");
    let made = create("ann").await.ok()["VirtualMFADevice"]["SerialNumber"].clone();
    let tag = async |value: &str| {
        ann.call("TagMFADevice", json!({"SerialNumber": made, "Tags": [{"Key": "color", "Value": value}]})).await.code()
    };
    assert_eq!((tag("blue").await.as_str(), tag("red").await.as_str()), ("AccessDenied", ""));
    assert_eq!(ann.call("ListMFADeviceTags", json!({"SerialNumber": made})).await.code(), "AccessDenied");
    ann.call("ListMFADevices", json!({})).await.ok();
    assert_eq!(ann.call("ListMFADevices", json!({"UserName": "bob"})).await.code(), "AccessDenied");
    ann.call("DeleteVirtualMFADevice", json!({"SerialNumber": made})).await.ok();
    assert_eq!(ann.call("ListVirtualMFADevices", json!({})).await.code(), "AccessDenied");
}
