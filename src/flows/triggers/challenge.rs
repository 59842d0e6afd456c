//! DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Event, Texts, Through, TriggerRefused, about, call, or_default};
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::userpools::challenge::CustomRound;
use crate::userpools::lambda_config::Trigger;
use crate::userpools::user::User;

/// Whose custom sign-in it is: a user's, or, where users are hidden, nobody's.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// The user, if there is one.
    pub user: Option<&'a User>,
    /// The name that was given.
    pub name: &'a str,
}

/// What a custom sign-in comes to next.
#[derive(Debug, PartialEq, Eq)]
pub enum Defined {
    /// It has failed.
    Fail,
    /// The user is who they say.
    Issue,
    /// They are asked for this.
    Ask(String),
}

/// A custom challenge.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// What the client is told.
    #[serde(default, deserialize_with = "or_default")]
    pub public_challenge_parameters: Texts,
    /// What the answer is judged by.
    #[serde(default, deserialize_with = "or_default")]
    pub private_challenge_parameters: Texts,
    /// What the function notes of it.
    #[serde(default)]
    pub challenge_metadata: Option<String>,
}

/// Asks what comes next, after these rounds. `None` where the pool has no such function.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn define(
    app: &App,
    app_client: &AppClient,
    whose: Whose<'_>,
    rounds: &[CustomRound],
) -> Result<Option<Defined>, TriggerRefused> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Response {
        #[serde(default)]
        challenge_name: Option<String>,
        #[serde(default, deserialize_with = "or_default")]
        issue_tokens: bool,
        #[serde(default, deserialize_with = "or_default")]
        fail_authentication: bool,
    }
    let response = json!({"challengeName": null, "issueTokens": null, "failAuthentication": null});
    let members = [("session", session(rounds))];
    let answer: Option<Response> = ask(app, app_client, Trigger::DefineAuthChallenge, whose, members, response).await?;
    match answer {
        None => Ok(None),
        // SECURITY: what is failed is failed, whatever else is said.
        Some(Response { fail_authentication: true, .. }) => Ok(Some(Defined::Fail)),
        Some(Response { issue_tokens: true, .. }) => Ok(Some(Defined::Issue)),
        Some(Response { challenge_name: Some(name), .. }) => Ok(Some(Defined::Ask(name))),
        Some(_) => Err(TriggerRefused::UNRECOGNIZABLE),
    }
}

/// Has a challenge made. `None` where the pool has no such function.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn create(
    app: &App,
    app_client: &AppClient,
    whose: Whose<'_>,
    rounds: &[CustomRound],
) -> Result<Option<Created>, TriggerRefused> {
    let response = json!({"publicChallengeParameters": null, "privateChallengeParameters": null, "challengeMetadata": null});
    let members = [("session", session(rounds)), ("challengeName", json!(CUSTOM_CHALLENGE))];
    ask(app, app_client, Trigger::CreateAuthChallenge, whose, members, response).await
}

/// Has an answer judged. `None` where the pool has no such function.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn verify(
    app: &App,
    app_client: &AppClient,
    whose: Whose<'_>,
    private: &Texts,
    answer: &str,
) -> Result<Option<bool>, TriggerRefused> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Response {
        #[serde(default, deserialize_with = "or_default")]
        answer_correct: bool,
    }
    let members = [("privateChallengeParameters", json!(private)), ("challengeAnswer", json!(answer))];
    let response = json!({"answerCorrect": null});
    let answer: Option<Response> = ask(app, app_client, Trigger::VerifyAuthChallengeResponse, whose, members, response).await?;
    Ok(answer.map(|answer| answer.answer_correct))
}

/// The challenge that functions make.
pub const CUSTOM_CHALLENGE: &str = "CUSTOM_CHALLENGE";

async fn ask<const N: usize, T: serde::de::DeserializeOwned>(
    app: &App,
    app_client: &AppClient,
    trigger: Trigger,
    whose: Whose<'_>,
    members: [(&str, Value); N],
    response: Value,
) -> Result<Option<T>, TriggerRefused> {
    let through = Through::from(app_client);
    let mut request = about(through, whose.user);
    request.extend(super::request(members));
    let source = format!("{trigger}_Authentication");
    let username = whose.user.map_or(whose.name, |user| &user.username);
    call(app, through, Event { trigger, source: &source, version: "1", username, request, response }).await
}

/// What happened so far.
fn session(rounds: &[CustomRound]) -> Value {
    let round = |round: &CustomRound| {
        let mut members = Map::new();
        members.insert("challengeName".to_owned(), json!(round.challenge));
        members.insert("challengeResult".to_owned(), json!(round.is_right));
        if let Some(metadata) = &round.metadata {
            members.insert("challengeMetadata".to_owned(), json!(metadata));
        }
        Value::Object(members)
    };
    rounds.iter().map(round).collect()
}
