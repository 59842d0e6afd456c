//! What callers tell the functions of a pool, and which of them get it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::userpools::lambda_config::Trigger;

/// ClientMetadata and ValidationData. They are told on and kept nowhere.
#[derive(Clone, Debug, Default)]
pub struct Told {
    client_metadata: Option<BTreeMap<String, String>>,
    validation_data: Option<BTreeMap<String, String>>,
    begins_sign_in: bool,
}

impl Told {
    /// ClientMetadata.
    #[must_use]
    pub fn of(client_metadata: Option<BTreeMap<String, String>>) -> Self {
        Self { client_metadata, ..Self::default() }
    }

    /// ClientMetadata of an operation that begins a sign-in: some functions get it, and as ValidationData.
    ///
    /// Source: Amazon Cognito API reference, InitiateAuth, ClientMetadata.
    #[must_use]
    pub fn beginning(client_metadata: Option<BTreeMap<String, String>>) -> Self {
        Self { validation_data: client_metadata.clone(), client_metadata, begins_sign_in: true }
    }

    /// The same, with ValidationData.
    #[must_use]
    pub fn validating(self, validation_data: Option<BTreeMap<String, String>>) -> Self {
        Self { validation_data, ..self }
    }

    /// Adds to a request what its function gets.
    pub(super) fn add_to(&self, trigger: Trigger, request: &mut Map<String, Value>) {
        let validates = matches!(trigger, Trigger::PreSignUp | Trigger::PreAuthentication | Trigger::UserMigration);
        if validates {
            request.insert("validationData".to_owned(), self.validation_data.as_ref().map_or(Value::Null, to_value));
        }
        if let Some(metadata) = self.client_metadata.as_ref().filter(|_| validates || !self.begins_sign_in) {
            request.insert("clientMetadata".to_owned(), to_value(metadata));
        }
    }
}

fn to_value(texts: &BTreeMap<String, String>) -> Value {
    Value::Object(texts.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))).collect())
}
