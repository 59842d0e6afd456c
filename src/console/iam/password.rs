//! The console password of an IAM user.

use askama::Template;
use rand::RngExt as _;
use serde_json::json;

use super::{call, user, user_at};
use crate::console::{Fields, Frame, Moment, Outcome, Reply, Visit};
use crate::kit::json::Members as _;

/// Whether a user has a password.
pub enum Password {
    /// None: they sign in with an access key, if at all.
    None,
    /// One.
    Set {
        /// When they were given their first.
        since: Option<Moment>,
        /// Whether they must set another at their next sign-in.
        reset_required: bool,
    },
    /// This person may not see it.
    Hidden(String),
}

impl Password {
    /// Of a user.
    pub async fn of(visit: &Visit, name: &str) -> Self {
        match call(visit, "GetLoginProfile", json!({"UserName": name})).await {
            Ok(answer) => {
                let profile = answer.at("LoginProfile");
                let since = Moment::read(profile.at("CreateDate"), visit.now());
                Self::Set { since, reset_required: profile.at("PasswordResetRequired").as_bool().unwrap_or_default() }
            }
            Err(error) if error.code == "NoSuchEntity" => Self::None,
            Err(error) => Self::Hidden(error.message),
        }
    }

    /// Whether they have one, as far as this person may know.
    pub const fn is_set(&self) -> bool {
        matches!(self, Self::Set { .. })
    }
}

#[derive(Template)]
#[template(path = "console/iam/new_password.html")]
struct NewPasswordPage {
    frame: Frame,
    name: String,
    /// The user's page, below the console's root.
    back: String,
    account_id: String,
    password: String,
    sign_in: String,
}

/// `POST /console/iam/users/{name}/password`: `do` is `set` or `delete`. Where none is typed, one is made and shown this once.
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    if fields.text("do") == "delete" {
        return match call(visit, "DeleteLoginProfile", json!({"UserName": name})).await {
            Ok(_) => Ok(Reply::done(user_at(&name), format!("{name} has no password any more, and is signed out where it was used."))),
            Err(error) => user::again(visit, &name, error).await,
        };
    }
    let typed = fields.text("password");
    let password = if typed.is_empty() { made_up(visit) } else { typed.clone() };
    let input = json!({"UserName": name, "Password": password, "PasswordResetRequired": fields.has("reset")});
    let operation = if Password::of(visit, &name).await.is_set() { "UpdateLoginProfile" } else { "CreateLoginProfile" };
    let outcome = call(visit, operation, input).await;
    match outcome {
        Ok(_) if typed.is_empty() => Ok(Reply::page(&NewPasswordPage {
            frame: visit.frame("New password"),
            back: user_at(&name),
            account_id: visit.caller().account_id().map(ToString::to_string).unwrap_or_default(),
            sign_in: format!("{}/console/sign-in", visit.public_url()),
            password,
            name,
        })),
        Ok(_) => Ok(Reply::done(user_at(&name), format!("The password of {name} was set. Who was signed in with another is signed out."))),
        Err(error) => user::again(visit, &name, error).await,
    }
}

/// `POST /console/iam/users/{name}/password/reset`: whether another must be set at the next sign-in.
pub async fn require_reset(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    let wanted = fields.text("do") == "require";
    let input = json!({"UserName": name, "PasswordResetRequired": wanted});
    match call(visit, "UpdateLoginProfile", input).await {
        Ok(_) if wanted => Ok(Reply::done(user_at(&name), format!("{name} sets another password at the next sign-in."))),
        Ok(_) => Ok(Reply::done(user_at(&name), format!("{name} keeps the password."))),
        Err(error) => user::again(visit, &name, error).await,
    }
}

/// A password of 24 characters of every class that a policy can ask for, without those that are taken for one another.
fn made_up(visit: &Visit) -> String {
    const CLASSES: [&[u8]; 4] = [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnopqrstuvwxyz", b"23456789", b"!@#$%^&*()_+-=[]{}"];
    let mut rng = visit.app().rng();
    let mut one_of = |class: &[u8]| class.get(rng.random_range(0..class.len())).copied().map_or('x', char::from);
    // Each class in turn: which is where tells nothing, and every class is there.
    (0..24).map(|place| CLASSES.get(place % CLASSES.len()).map_or('x', |class| one_of(class))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    const FIRST: &str = "Correct-horse-1";

    #[actix_web::test]
    async fn a_password_is_set_or_made_up_and_taken_away() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let browser = app.console().await;
        assert!(browser.open("/iam/users/ann").await.text.contains("has no password"));
        let page = browser.submit("/iam/users/ann/password", &[("do", "set"), ("password", ""), ("reset", "1")]).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let made = page.text.split_once("data-copy=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let made = made.replace("&#38;", "&").replace("&amp;", "&");
        assert_eq!(made.chars().count(), 24, "{made}");
        let shown = browser.open("/iam/users/ann").await.text;
        assert!(!shown.contains(&made) && shown.contains("at the next sign-in"), "{shown}");
        let ann = app.browser();
        let sign_in =
            async |password: &str| ann.submit("/sign-in", &[("account", ACCOUNT), ("user_name", "ann"), ("password", password)]).await;
        assert!(sign_in(&made).await.text.contains("Set a new password"));
        let page = browser.submit_and_follow("/iam/users/ann/password/reset", &[("do", "keep")]).await.text;
        assert!(page.contains("keeps the password"), "{page}");
        assert_eq!(sign_in(&made).await.status, 303);
        let refused = browser.submit("/iam/users/ann/password", &[("do", "set"), ("password", "short")]).await;
        assert!(refused.status == 400 && refused.text.contains("PasswordPolicyViolation"), "{}", refused.text);
        let page = browser.submit_and_follow("/iam/users/ann/password", &[("do", "set"), ("password", FIRST)]).await.text;
        assert!(page.contains("was set") && !page.contains(FIRST), "{page}");
        assert_eq!(ann.open("").await.status, 303, "signed out");
        assert_eq!(sign_in(FIRST).await.status, 303);
        let page = browser.submit_and_follow("/iam/users/ann/password", &[("do", "delete")]).await.text;
        assert!(page.contains("no password any more"), "{page}");
        assert_eq!((ann.open("").await.status, sign_in(FIRST).await.status), (303, 403));
    }

    #[actix_web::test]
    async fn who_may_not_set_passwords_sees_why() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let browser = app.console_of_user_with(json!([{"Effect": "Allow", "Action": ["iam:GetUser", "iam:List*"], "Resource": "*"}])).await;
        let page = browser.open("/iam/users/ann").await.text;
        for action in ["GetLoginProfile", "CreateLoginProfile", "EnableMFADevice"] {
            assert!(page.contains(&format!("not authorized to perform: iam:{action}")), "{action} {page}");
        }
        assert_eq!(browser.submit("/iam/users/ann/password", &[("do", "set"), ("password", FIRST)]).await.status, 403);
    }
}
