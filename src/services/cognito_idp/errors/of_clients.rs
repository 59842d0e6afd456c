//! What is refused to app clients and about them: settings, secrets, resource servers, and tokens that are no sign-in's.

use super::{DISABLED, Error};
use crate::flows::client_secrets::SecretChangeRefused;
use crate::flows::client_token::ClientTokenRefused;
use crate::flows::token_exchange::{ExchangeRefused, PartyRefused};
use crate::userpools::client_secret::SecretsRefused;
use crate::userpools::custom_id::BadId;
use crate::userpools::oauth_settings::SettingsRefused;
use crate::userpools::resource_server::ResourceServerRefused;

impl From<SettingsRefused> for Error {
    fn from(refused: SettingsRefused) -> Self {
        match refused {
            SettingsRefused::Flow(words) => Self::InvalidOAuthFlow(words),
            SettingsRefused::NoSuchScope(_) => Self::ScopeDoesNotExist(refused.to_string()),
            SettingsRefused::Parameter(words) => Self::parameter(words),
        }
    }
}

impl From<ResourceServerRefused> for Error {
    fn from(refused: ResourceServerRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<BadId> for Error {
    fn from(refused: BadId) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<SecretChangeRefused> for Error {
    fn from(refused: SecretChangeRefused) -> Self {
        match refused {
            SecretChangeRefused::Rule(SecretsRefused::Public) => Self::parameter("The app client is not configured with a secret."),
            SecretChangeRefused::Rule(SecretsRefused::Full) => Self::LimitReached("The app client has as many secrets as it can have."),
            SecretChangeRefused::Rule(SecretsRefused::Unknown) => Self::ResourceNotFound("Client secret not found.".to_owned()),
            SecretChangeRefused::Rule(SecretsRefused::Last) => {
                Self::parameter("The last remaining secret of an app client cannot be deleted.")
            }
            SecretChangeRefused::NoSuchClient(gone) => gone.into(),
            SecretChangeRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<ClientTokenRefused> for Error {
    fn from(refused: ClientTokenRefused) -> Self {
        match refused {
            ClientTokenRefused::Disabled => Self::parameter("CLIENT_TOKEN_AUTH flow not enabled for this client"),
            ClientTokenRefused::Scope(scope) => Self::parameter(format!("Invalid scope requested: {scope}")),
            ClientTokenRefused::NoScopes => Self::parameter("No scopes of a resource server are configured for this client"),
            ClientTokenRefused::NoSuchClient(gone) => gone.into(),
            ClientTokenRefused::Trigger(refused) => refused.into(),
            ClientTokenRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<ExchangeRefused> for Error {
    fn from(refused: ExchangeRefused) -> Self {
        match refused {
            ExchangeRefused::Disabled(flow) => Self::parameter(format!("{flow} flow not enabled for this client")),
            ExchangeRefused::Subject(refused) => of_party("SubjectToken", refused),
            ExchangeRefused::Actor(refused) => of_party("ActorToken", refused),
            ExchangeRefused::Bound => Self::not_authorized("SubjectToken is bound to another audience"),
            ExchangeRefused::Untold => Self::not_authorized("SubjectToken does not have required scopes"),
            ExchangeRefused::TooManyActors => Self::parameter("The SubjectToken has as many actors as a token can have"),
            ExchangeRefused::Scopes => Self::parameter("Invalid scope requested"),
            ExchangeRefused::NoSuchResource(identifier) => Self::ResourceNotFound(format!("Resource server {identifier} does not exist.")),
            ExchangeRefused::AnothersAudience(audience) => Self::parameter(format!("Invalid audience requested: {audience}")),
            ExchangeRefused::Trigger(refused) => refused.into(),
            ExchangeRefused::NoSuchClient(gone) => gone.into(),
            ExchangeRefused::Failed(failed) => failed.into(),
        }
    }
}

fn of_party(token: &str, refused: PartyRefused) -> Error {
    match refused {
        PartyRefused::Invalid => Error::not_authorized(format!("Invalid {token}")),
        PartyRefused::Expired => Error::not_authorized(format!("{token} has expired")),
        PartyRefused::Revoked => Error::not_authorized(format!("{token} has been revoked")),
        PartyRefused::UserDisabled => Error::not_authorized(DISABLED),
        PartyRefused::NoSuchProvider(name) => Error::ResourceNotFound(format!("Identity provider {name} does not exist.")),
        PartyRefused::OtherKind(name) => Error::parameter(format!("{token} is of a type that identity provider {name} does not issue.")),
        PartyRefused::Unverified => Error::not_authorized(format!("{token} cannot be verified")),
        PartyRefused::Spent => Error::not_authorized(format!("{token} has been used")),
        PartyRefused::NoSuchUser => Error::UserNotFound,
        PartyRefused::Trigger(refused) => refused.into(),
        PartyRefused::Failed(failed) => failed.into(),
    }
}
