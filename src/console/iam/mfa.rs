//! The MFA devices of an IAM user.

use askama::Template;
use serde_json::{Value, json};

use super::{Part, call, user, user_at};
use crate::console::{Fields, Frame, Moment, Outcome, Reply, Visit, confirmed};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// A device that a user has.
pub struct Device {
    /// Its place among the user's.
    pub number: usize,
    /// Its ARN.
    pub serial: String,
    /// When it was enabled.
    pub since: Option<Moment>,
}

/// The devices of a user.
pub async fn of(visit: &Visit, name: &str) -> Part<Device> {
    let listed = call(visit, "ListMFADevices", json!({"UserName": name})).await.map_err(|error| error.message)?;
    let device = |(number, device): (usize, &Value)| Device {
        number,
        serial: device.text("SerialNumber"),
        since: Moment::read(device.at("EnableDate"), visit.now()),
    };
    Ok(listed.list("MFADevices").iter().enumerate().map(device).collect())
}

/// What another device of a user would be called.
pub fn new_name(name: &str, devices: &Part<Device>) -> String {
    match devices.as_ref().map_or(0, Vec::len) {
        0 => name.to_owned(),
        some => format!("{name}-{}", some + 1),
    }
}

#[derive(Template)]
#[template(path = "console/iam/new_mfa.html")]
struct NewDevicePage {
    frame: Frame,
    name: String,
    /// The user's page, below the console's root.
    back: String,
    serial: String,
    /// The seed's picture and text: on the first page only.
    seed: Option<Seed>,
    refused: Option<WireError>,
}

struct Seed {
    picture: String,
    text: String,
}

/// `POST /console/iam/users/{name}/mfa`: a new device, and the one page that shows its seed.
pub async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    let device = fields.given("device").unwrap_or_else(|| name.clone());
    match call(visit, "CreateVirtualMFADevice", json!({"VirtualMFADeviceName": device})).await {
        Ok(answer) => {
            let device = answer.at("VirtualMFADevice");
            Ok(Reply::page(&NewDevicePage {
                frame: visit.frame("New MFA device"),
                back: user_at(&name),
                serial: device.text("SerialNumber"),
                seed: Some(Seed { picture: device.text("QRCodePNG"), text: decoded(&device.text("Base32StringSeed")) }),
                refused: None,
                name,
            }))
        }
        Err(error) => user::again(visit, &name, error).await,
    }
}

/// `POST /console/iam/users/{name}/mfa/enable`: two codes, one after the other, say that the user has the device.
pub async fn enable(visit: &Visit, fields: &Fields) -> Outcome {
    let (name, serial) = (visit.segment("name"), fields.text("serial"));
    match call(visit, "EnableMFADevice", codes(&name, fields)).await {
        Ok(_) => {
            Ok(Reply::done(user_at(&name), format!("{name} has the device. From now on each sign-in with the password asks for a code.")))
        }
        Err(error) => {
            let (frame, back) = (visit.frame("New MFA device"), user_at(&name));
            Ok(Reply::again(&NewDevicePage { frame, back, serial, seed: None, refused: Some(error.clone()), name }, &error))
        }
    }
}

/// `POST /console/iam/users/{name}/mfa/synchronize`
pub async fn synchronize(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    match call(visit, "ResyncMFADevice", codes(&name, fields)).await {
        Ok(_) => Ok(Reply::done(user_at(&name), "The device is in step.")),
        Err(error) => user::again(visit, &name, error).await,
    }
}

/// `POST /console/iam/users/{name}/remove-mfa`: taken from the user, and deleted where this person may.
pub async fn remove(visit: &Visit, fields: &Fields) -> Outcome {
    let (name, serial) = (visit.segment("name"), fields.text("serial"));
    if let Err(error) = confirmed(fields, short(&serial)) {
        return user::again(visit, &name, error).await;
    }
    if let Err(error) = call(visit, "DeactivateMFADevice", json!({"UserName": name, "SerialNumber": serial})).await {
        return user::again(visit, &name, error).await;
    }
    let deleted = call(visit, "DeleteVirtualMFADevice", json!({"SerialNumber": serial})).await.is_ok();
    let rest = if deleted { "" } else { " It is still there, and nobody's: your policies let you delete it no further." };
    Ok(Reply::done(user_at(&name), format!("{name} has the device no more.{rest}")))
}

/// The last part of a serial number: what is typed to confirm.
pub fn short(serial: &str) -> &str {
    serial.rsplit('/').next().unwrap_or(serial)
}

fn codes(name: &str, fields: &Fields) -> Value {
    let code = |field: &str| fields.text(field).split_whitespace().collect::<String>();
    json!({"UserName": name, "SerialNumber": fields.text("serial"), "AuthenticationCode1": code("first"), "AuthenticationCode2": code("second")})
}

/// The text of a blob that is one.
fn decoded(blob: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(blob).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::crypto::totp::TotpSeed;
    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_device_is_shown_once_enabled_by_two_codes_set_and_taken_away() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let browser = app.console().await;
        assert!(browser.open("/iam/users/ann").await.text.contains("No MFA device"));
        let page = browser.submit("/iam/users/ann/mfa", &[("device", "phone")]).await;
        assert!(page.status == 200 && page.text.contains("data:image/png;base64,iVBOR"), "{}", page.text);
        let seed = page.text.split_once("id=\"seed\">").unwrap().1.split('<').next().unwrap().to_owned();
        let seed = TotpSeed::from_base32(&seed).unwrap();
        let serial = page.text.split_once("name=\"serial\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let code = |steps| seed.code_at(TotpSeed::shifted(app.app.now(), steps)).unwrap();
        let send = async |form: &str, first: &str, second: &str| {
            let fields = [("serial", serial.as_str()), ("first", first), ("second", second)];
            browser.submit(&format!("/iam/users/ann/mfa/{form}"), &fields).await
        };
        let refused = send("enable", &code(0), &code(0)).await;
        assert!(refused.status == 403 && refused.text.contains("InvalidAuthenticationCode"), "{} {}", refused.status, refused.text);
        assert!(refused.text.contains(&serial) && !refused.text.contains("data:image/png"), "the codes are asked for again");
        assert_eq!(send("enable", &code(0), &code(1)).await.status, 303);
        let shown = browser.open("/iam/users/ann").await.text;
        assert!(shown.contains("value=\"ann-2\""), "{shown}");
        assert!(shown.contains(&serial) && !shown.contains(seed.to_base32().as_str()), "{shown}");
        assert_eq!(send("synchronize", &code(1), &code(2)).await.status, 303);
        let hasty = browser.submit("/iam/users/ann/remove-mfa", &[("serial", &serial), ("confirm", "")]).await;
        assert_eq!(hasty.status, 400);
        let page = browser.submit_and_follow("/iam/users/ann/remove-mfa", &[("serial", &serial), ("confirm", "phone")]).await.text;
        assert!(page.contains("no more") && page.contains("No MFA device"), "{page}");
        let all = app.admin().call("ListVirtualMFADevices", json!({})).await.ok()["VirtualMFADevices"].clone();
        assert_eq!(all, json!(""));
    }
}
