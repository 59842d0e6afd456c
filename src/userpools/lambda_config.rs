//! LambdaConfig: which function a pool calls on which occasion.
//!
//! Source: Amazon Cognito API reference, LambdaConfigType; developer guide, "Customizing user pool workflows with Lambda
//! triggers".

use std::fmt;

use serde::{Deserialize, Serialize};

/// The functions of a pool, in AWS's shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LambdaConfig {
    /// Judges who signs up, or is made by an administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_sign_up: Option<String>,
    /// Words messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_message: Option<String>,
    /// Told of who is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_confirmation: Option<String>,
    /// Judges who would sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_authentication: Option<String>,
    /// Told of who has signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_authentication: Option<String>,
    /// Says what a custom sign-in asks next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub define_auth_challenge: Option<String>,
    /// Makes a custom challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_auth_challenge: Option<String>,
    /// Judges the answer to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_auth_challenge_response: Option<String>,
    /// The older name of `pre_token_generation_config`'s function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_token_generation: Option<String>,
    /// Knows users that the pool does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_migration: Option<String>,
    /// Changes what tokens say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_token_generation_config: Option<VersionedFunction>,
    /// Delivers text messages.
    #[serde(rename = "CustomSMSSender", skip_serializing_if = "Option::is_none")]
    pub custom_sms_sender: Option<VersionedFunction>,
    /// Delivers mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_email_sender: Option<VersionedFunction>,
    /// The key that codes are encrypted with for the two senders.
    #[serde(rename = "KMSKeyID", skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// Maps what a provider tells of a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_federation: Option<VersionedFunction>,
}

/// A function, and the form of the events that it gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VersionedFunction {
    /// `V1_0`, `V2_0` or `V3_0`.
    pub lambda_version: String,
    /// The function.
    pub lambda_arn: String,
}

/// An occasion on which a function is called, and waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Before a user is made.
    PreSignUp,
    /// Before a message is written.
    CustomMessage,
    /// After a user was confirmed.
    PostConfirmation,
    /// Before a password is judged.
    PreAuthentication,
    /// After a sign-in.
    PostAuthentication,
    /// Between the steps of a custom sign-in.
    DefineAuthChallenge,
    /// Before a custom challenge is asked.
    CreateAuthChallenge,
    /// When it is answered.
    VerifyAuthChallengeResponse,
    /// Before tokens are signed.
    PreTokenGeneration,
    /// When nobody has the name.
    UserMigration,
    /// Before what a provider tells of a user is taken.
    InboundFederation,
}

impl Trigger {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::PreSignUp,
        Self::CustomMessage,
        Self::PostConfirmation,
        Self::PreAuthentication,
        Self::PostAuthentication,
        Self::DefineAuthChallenge,
        Self::CreateAuthChallenge,
        Self::VerifyAuthChallengeResponse,
        Self::PreTokenGeneration,
        Self::UserMigration,
        Self::InboundFederation,
    ];
}

/// The name of the setting, which is also its name in errors.
impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The form of the events before tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenEvent {
    /// Claims of the ID token.
    V1,
    /// Claims of both tokens, and scopes.
    V2,
    /// The same, for tokens of machines too.
    V3,
}

/// Why functions are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LambdaConfigRefused {
    /// Not the ARN of a function.
    #[error("{0} is not the ARN of a Lambda function")]
    NotAFunction(&'static str),
    /// Not the ARN of a key.
    #[error("KMSKeyID is not the ARN of a KMS key")]
    NotAKey,
    /// A sender, and no key to encrypt for it.
    #[error("KMSKeyID is required when CustomSMSSender or CustomEmailSender is set")]
    NoKey,
    /// Two names of one setting, and two values.
    #[error("PreTokenGeneration and PreTokenGenerationConfig must name the same Lambda function")]
    TwoTokenFunctions,
}

impl LambdaConfig {
    /// Whether the pool calls nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The function that is called, if one is.
    #[must_use]
    pub fn function(&self, trigger: Trigger) -> Option<&str> {
        match trigger {
            Trigger::PreSignUp => self.pre_sign_up.as_deref(),
            Trigger::CustomMessage => self.custom_message.as_deref(),
            Trigger::PostConfirmation => self.post_confirmation.as_deref(),
            Trigger::PreAuthentication => self.pre_authentication.as_deref(),
            Trigger::PostAuthentication => self.post_authentication.as_deref(),
            Trigger::DefineAuthChallenge => self.define_auth_challenge.as_deref(),
            Trigger::CreateAuthChallenge => self.create_auth_challenge.as_deref(),
            Trigger::VerifyAuthChallengeResponse => self.verify_auth_challenge_response.as_deref(),
            Trigger::PreTokenGeneration => self.pre_token_generation_config.as_ref().map(|function| function.lambda_arn.as_str()),
            Trigger::UserMigration => self.user_migration.as_deref(),
            Trigger::InboundFederation => arn_of(self.inbound_federation.as_ref()),
        }
    }

    /// The form of the events before tokens are signed.
    #[must_use]
    pub fn token_event(&self) -> TokenEvent {
        match self.pre_token_generation_config.as_ref().map(|function| function.lambda_version.as_str()) {
            Some("V2_0") => TokenEvent::V2,
            Some("V3_0") => TokenEvent::V3,
            _ => TokenEvent::V1,
        }
    }

    /// Every function that is set, by the name of its setting.
    pub fn functions(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("PreSignUp", self.pre_sign_up.as_deref()),
            ("CustomMessage", self.custom_message.as_deref()),
            ("PostConfirmation", self.post_confirmation.as_deref()),
            ("PreAuthentication", self.pre_authentication.as_deref()),
            ("PostAuthentication", self.post_authentication.as_deref()),
            ("DefineAuthChallenge", self.define_auth_challenge.as_deref()),
            ("CreateAuthChallenge", self.create_auth_challenge.as_deref()),
            ("VerifyAuthChallengeResponse", self.verify_auth_challenge_response.as_deref()),
            ("PreTokenGeneration", arn_of(self.pre_token_generation_config.as_ref())),
            ("UserMigration", self.user_migration.as_deref()),
            ("CustomSMSSender", arn_of(self.custom_sms_sender.as_ref())),
            ("CustomEmailSender", arn_of(self.custom_email_sender.as_ref())),
            ("InboundFederation", arn_of(self.inbound_federation.as_ref())),
        ]
        .into_iter()
        .filter_map(|(name, function)| Some((name, function?)))
    }

    /// The same, checked, and with what the API has two names for under both.
    ///
    /// # Errors
    /// [`LambdaConfigRefused`].
    pub fn checked(mut self) -> Result<Self, LambdaConfigRefused> {
        match (&self.pre_token_generation, &self.pre_token_generation_config) {
            (Some(older), Some(config)) if *older != config.lambda_arn => return Err(LambdaConfigRefused::TwoTokenFunctions),
            (Some(older), None) => {
                let config = VersionedFunction { lambda_version: "V1_0".to_owned(), lambda_arn: older.clone() };
                self.pre_token_generation_config = Some(config);
            }
            (_, config) => self.pre_token_generation = config.as_ref().map(|config| config.lambda_arn.clone()),
        }
        if let Some((name, _)) = self.functions().find(|(_, arn)| FunctionArn::parse(arn).is_none()) {
            return Err(LambdaConfigRefused::NotAFunction(name));
        }
        let has_sender = self.custom_sms_sender.is_some() || self.custom_email_sender.is_some();
        match &self.kms_key_id {
            Some(key) if !is_key(key) => Err(LambdaConfigRefused::NotAKey),
            None if has_sender => Err(LambdaConfigRefused::NoKey),
            _ => Ok(self),
        }
    }
}

fn arn_of(function: Option<&VersionedFunction>) -> Option<&str> {
    function.map(|function| function.lambda_arn.as_str())
}

fn is_key(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "kms", region, account, key]
        if !region.is_empty() && is_account(account) && (key.starts_with("key/") || key.starts_with("alias/")))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ARN of a function, in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionArn<'a> {
    /// Where it is.
    pub region: &'a str,
    /// What it is called: letters, digits, `-` and `_`, so that it is one segment of a path.
    pub name: &'a str,
    /// Its version or alias.
    pub qualifier: Option<&'a str>,
}

impl<'a> FunctionArn<'a> {
    /// `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`
    #[must_use]
    pub fn parse(arn: &'a str) -> Option<Self> {
        let parts: Vec<&str> = arn.split(':').collect();
        let (region, account, name, qualifier) = match parts.as_slice() {
            ["arn", _, "lambda", region, account, "function", name] => (*region, *account, *name, None),
            ["arn", _, "lambda", region, account, "function", name, qualifier] => (*region, *account, *name, Some(*qualifier)),
            _ => return None,
        };
        let is_word = |text: &str, more: &str| {
            let is_part = |character: char| character.is_ascii_alphanumeric() || more.contains(character);
            (1..=140).contains(&text.len()) && text.chars().all(is_part)
        };
        let fits = is_word(region, "-") && is_account(account) && is_word(name, "-_") && qualifier.is_none_or(|text| is_word(text, "-_$"));
        fits.then_some(Self { region, name, qualifier })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:tokens";

    #[test]
    fn a_name_that_would_be_more_than_one_segment_is_none() {
        let arn = FunctionArn { region: "us-east-1", name: "tokens", qualifier: None };
        assert_eq!(FunctionArn::parse(ARN), Some(arn));
        assert_eq!(FunctionArn::parse(&format!("{ARN}:$LATEST")), Some(FunctionArn { qualifier: Some("$LATEST"), ..arn }));
        for bad in [
            "arn:aws:lambda:us-east-1:000000000000:function:a/../b",
            "arn:aws:lambda:us-east-1:000000000000:function:",
            "arn:aws:lambda:us-east-1:000000000000:function:a@evil.example",
            "arn:aws:lambda:us-east-1:0:function:a",
            "arn:aws:lambda:us east:000000000000:function:a",
            "arn:aws:sns:us-east-1:000000000000:topic",
            "arn:aws:lambda:us-east-1:000000000000:function:a:b:c",
        ] {
            assert_eq!(FunctionArn::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn both_names_of_the_token_function_say_the_same() {
        let older = LambdaConfig { pre_token_generation: Some(ARN.to_owned()), ..LambdaConfig::default() }.checked().unwrap();
        assert_eq!((older.function(Trigger::PreTokenGeneration), older.token_event()), (Some(ARN), TokenEvent::V1));
        let config = VersionedFunction { lambda_version: "V3_0".to_owned(), lambda_arn: ARN.to_owned() };
        let newer = LambdaConfig { pre_token_generation_config: Some(config), ..LambdaConfig::default() }.checked().unwrap();
        assert_eq!((newer.pre_token_generation.as_deref(), newer.token_event()), (Some(ARN), TokenEvent::V3));
        let two = LambdaConfig { pre_token_generation: Some(format!("{ARN}2")), ..newer };
        assert_eq!(two.checked(), Err(LambdaConfigRefused::TwoTokenFunctions));
    }

    #[test]
    fn a_sender_needs_a_key() {
        let sender = VersionedFunction { lambda_version: "V1_0".to_owned(), lambda_arn: ARN.to_owned() };
        let without = LambdaConfig { custom_sms_sender: Some(sender), ..LambdaConfig::default() };
        assert_eq!(without.clone().checked(), Err(LambdaConfigRefused::NoKey));
        let with = |key: &str| LambdaConfig { kms_key_id: Some(key.to_owned()), ..without.clone() }.checked();
        assert!(with("arn:aws:kms:us-east-1:000000000000:key/1234").is_ok());
        assert_eq!(with(ARN), Err(LambdaConfigRefused::NotAKey));
    }
}
