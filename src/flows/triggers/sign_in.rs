//! PreAuthentication and PostAuthentication.

use serde_json::{Value, json};

use super::{Event, Nothing, Through, TriggerRefused, about, call};
use crate::context::App;
use crate::userpools::lambda_config::Trigger;
use crate::userpools::user::User;

/// Asks whether a sign-in may go on; where users are hidden, also of a name that nobody has.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn before(app: &App, through: impl Into<Through<'_>>, name: &str, user: Option<&User>) -> Result<(), TriggerRefused> {
    let through = through.into();
    let event = Event {
        trigger: Trigger::PreAuthentication,
        source: "PreAuthentication_Authentication",
        version: "1",
        username: user.map_or(name, |user| &user.username),
        request: about(through, user),
        response: json!({}),
    };
    call::<Nothing>(app, through, event).await.map(drop)
}

/// Tells of a sign-in. One that the function fails at is none.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn after(app: &App, through: impl Into<Through<'_>>, user: &User) -> Result<(), TriggerRefused> {
    let through = Through { hides_users: false, ..through.into() };
    let mut request = about(through, Some(user));
    request.insert("newDeviceUsed".to_owned(), Value::Bool(false));
    let event = Event {
        trigger: Trigger::PostAuthentication,
        source: "PostAuthentication_Authentication",
        version: "1",
        username: &user.username,
        request,
        response: json!({}),
    };
    call::<Nothing>(app, through, event).await.map(drop)
}
