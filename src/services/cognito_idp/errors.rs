//! The errors of user pools, and what each refusal of a flow is called there.

mod account;
mod of_clients;
mod of_pools;
mod of_sign_in;
mod of_sign_up;

use serde_json::{Map, Value};

use super::web_authn_errors::WebAuthnError;
use crate::crypto::argon2::Busy;
use crate::flows::access::AccessRefused;
use crate::flows::clients::{NoSuchClient, NoSuchPool, SecretRefused};
use crate::flows::failed::Failed;
use crate::flows::linking::LinkRefused;
use crate::flows::passwords::NewPasswordRefused;
use crate::flows::triggers::TriggerRefused;
use crate::flows::user_attributes::ChangeRefused;
use crate::operation::{self, Fault};
use crate::store::StoreError;
use crate::userpools::attributes::AttributeRefused;
use crate::userpools::name::{NameKind, NameRefused};
use crate::userpools::password_policy::PasswordRefused;

/// An error of user pools.
#[derive(Debug)]
pub enum Error {
    /// An address that another user has.
    AliasExists(NameKind),
    /// No document that was fetched from this address.
    CachedCimdUrlDoesNotExist,
    /// A wrong code, and which.
    CodeMismatch(&'static str),
    /// The name of a new identity provider is taken.
    DuplicateProvider(String),
    /// A device that was confirmed before.
    DeviceKeyExists,
    /// Something else is under way, and what.
    ConcurrentModification(&'static str),
    /// A wrong first code of an authenticator.
    EnableSoftwareTokenMfa,
    /// A code that is old or used, and which.
    ExpiredCode(&'static str),
    /// The name of a new group is taken.
    GroupExists,
    /// OAuth flows that do not go together.
    InvalidOAuthFlow(String),
    /// A parameter that is wrong in a way that the model does not know.
    InvalidParameter(String),
    /// A password that the policy refuses.
    InvalidPassword(PasswordRefused),
    /// A role for text messages that may not send them.
    InvalidSmsRoleAccessPolicy,
    /// A role for text messages that does not trust user pools.
    InvalidSmsRoleTrustRelationship,
    /// Too many codes, or messages.
    LimitExceeded,
    /// As many as there can be, and of what.
    LimitReached(&'static str),
    /// The client has a style.
    ManagedLoginBrandingExists,
    /// What a function answered is not what it is asked for.
    InvalidLambdaResponse(String),
    /// Not allowed, and why.
    NotAuthorized(String),
    /// No group of that name.
    NoSuchGroup,
    /// What the pool is not set to, or does not do in this region, and what.
    OperationNotEnabled(&'static str),
    /// A step that does not follow, and why.
    PreconditionNotMet(String),
    /// A password that the user had before.
    PasswordHistory,
    /// The password must be reset first.
    PasswordResetRequired,
    /// A refresh token that another has followed.
    RefreshTokenReuse,
    /// No pool or client of that id.
    ResourceNotFound(String),
    /// A scope that is none.
    ScopeDoesNotExist(String),
    /// More than the account can have.
    ServiceQuotaExceeded(String),
    /// No authenticator, and where.
    SoftwareTokenMfaNotFound(&'static str),
    /// The client has a document of that name.
    TermsExists,
    /// A budget is spent.
    TooManyRequests,
    /// A client that is not believed.
    Unauthorized(&'static str),
    /// A provider that nobody configures.
    UnsupportedIdentityProvider(String),
    /// A function could not be run.
    UnexpectedLambda(String),
    /// A function refused, in its words.
    UserLambdaValidation(String),
    /// What the client is not set to.
    UnsupportedOperation(&'static str),
    /// A token of another kind.
    UnsupportedTokenType,
    /// A user in a state that has no such step.
    UnsupportedUserState(&'static str),
    /// A sign-up that waits for its code.
    UserNotConfirmed,
    /// No user of that name, where that may be said.
    UserNotFound,
    /// Tags that a pool cannot have.
    UserPoolTagging(String),
    /// A name that is taken.
    UsernameExists,
    /// A passkey that is not taken, and why.
    WebAuthn(WebAuthnError),
    /// Our own failure.
    Internal(Box<dyn std::error::Error>),
}

impl Error {
    /// A parameter that is wrong.
    pub fn parameter(why: impl Into<String>) -> Self {
        Self::InvalidParameter(why.into())
    }

    /// Not allowed, and why.
    pub fn not_authorized(why: impl Into<String>) -> Self {
        Self::NotAuthorized(why.into())
    }

    /// Nobody of that name, where the operation has no error of its own for that.
    pub fn no_such_user_resource() -> Self {
        Self::ResourceNotFound("User does not exist.".to_owned())
    }

    /// Our own failure.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error>>) -> Self {
        Self::Internal(cause.into())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let modelled = |shape, message: &str| Self::Modelled(shape, message.to_owned());
        match error {
            Error::AliasExists(kind) => {
                Self::Modelled("AliasExistsException", format!("An account with the {} already exists.", kind.as_str()))
            }
            Error::CachedCimdUrlDoesNotExist => {
                modelled("CachedCIMDURLDoesNotExistException", "There is no cached client metadata document for the URL.")
            }
            Error::CodeMismatch(message) => modelled("CodeMismatchException", message),
            Error::ConcurrentModification(message) => modelled("ConcurrentModificationException", message),
            Error::DuplicateProvider(name) => {
                Self::Modelled("DuplicateProviderException", format!("A provider with the name {name} already exists."))
            }
            Error::DeviceKeyExists => modelled("DeviceKeyExistsException", "Device already exists."),
            Error::EnableSoftwareTokenMfa => modelled("EnableSoftwareTokenMFAException", "Code mismatch"),
            Error::ExpiredCode(message) => modelled("ExpiredCodeException", message),
            Error::GroupExists => modelled("GroupExistsException", "A group with the name already exists."),
            Error::InvalidOAuthFlow(message) => Self::Modelled("InvalidOAuthFlowException", message),
            Error::InvalidParameter(message) => Self::Modelled("InvalidParameterException", message),
            Error::InvalidPassword(refused) => Self::Modelled("InvalidPasswordException", refused.to_string()),
            Error::InvalidLambdaResponse(message) => Self::Modelled("InvalidLambdaResponseException", message),
            Error::InvalidSmsRoleAccessPolicy => {
                modelled("InvalidSmsRoleAccessPolicyException", "Role does not have permission to publish with SNS")
            }
            Error::InvalidSmsRoleTrustRelationship => modelled(
                "InvalidSmsRoleTrustRelationshipException",
                "Role does not have a trust relationship allowing Cognito to assume the role",
            ),
            Error::LimitExceeded => modelled("LimitExceededException", "Attempt limit exceeded, please try after some time."),
            Error::LimitReached(message) => modelled("LimitExceededException", message),
            Error::ManagedLoginBrandingExists => {
                modelled("ManagedLoginBrandingExistsException", "A managed login branding style already exists for the app client.")
            }
            Error::NotAuthorized(message) => Self::Modelled("NotAuthorizedException", message),
            Error::NoSuchGroup => modelled("ResourceNotFoundException", "Group not found."),
            Error::PasswordHistory => modelled(
                "PasswordHistoryPolicyViolationException",
                "Password has previously been used. Please choose a different password.",
            ),
            Error::OperationNotEnabled(message) => modelled("OperationNotEnabledException", message),
            Error::PasswordResetRequired => modelled("PasswordResetRequiredException", "Password reset required for the user"),
            Error::PreconditionNotMet(message) => Self::Modelled("PreconditionNotMetException", message),
            Error::RefreshTokenReuse => modelled("RefreshTokenReuseException", "Refresh Token has been reused"),
            Error::ResourceNotFound(message) => Self::Modelled("ResourceNotFoundException", message),
            Error::ScopeDoesNotExist(message) => Self::Modelled("ScopeDoesNotExistException", message),
            Error::ServiceQuotaExceeded(message) => Self::Modelled("ServiceQuotaExceededException", message),
            Error::SoftwareTokenMfaNotFound(message) => modelled("SoftwareTokenMFANotFoundException", message),
            Error::TermsExists => modelled("TermsExistsException", "Terms with the name already exist for the app client."),
            Error::TooManyRequests => Self::too_many_requests(),
            Error::Unauthorized(message) => modelled("UnauthorizedException", message),
            Error::UnsupportedIdentityProvider(name) => {
                Self::Modelled("UnsupportedIdentityProviderException", format!("The identity provider {name} cannot be configured."))
            }
            Error::UnexpectedLambda(message) => Self::Modelled("UnexpectedLambdaException", message),
            Error::UserLambdaValidation(message) => Self::Modelled("UserLambdaValidationException", message),
            Error::UnsupportedOperation(message) => modelled("UnsupportedOperationException", message),
            Error::UnsupportedTokenType => modelled("UnsupportedTokenTypeException", "Unsupported token type"),
            Error::UnsupportedUserState(message) => modelled("UnsupportedUserStateException", message),
            Error::UserNotConfirmed => modelled("UserNotConfirmedException", "User is not confirmed."),
            Error::UserNotFound => modelled("UserNotFoundException", "User does not exist."),
            Error::UserPoolTagging(message) => Self::Modelled("UserPoolTaggingException", message),
            Error::UsernameExists => modelled("UsernameExistsException", "User already exists"),
            Error::WebAuthn(error) => modelled(error.shape(), error.message()),
            Error::Internal(source) => Self::failure(source),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::internal(error)
    }
}

impl From<Failed> for Error {
    fn from(Failed(source): Failed) -> Self {
        Self::Internal(source)
    }
}

impl From<NoSuchPool> for Error {
    fn from(NoSuchPool(id): NoSuchPool) -> Self {
        Self::ResourceNotFound(format!("User pool {id} does not exist."))
    }
}

impl From<NoSuchClient> for Error {
    fn from(NoSuchClient(id): NoSuchClient) -> Self {
        Self::ResourceNotFound(format!("User pool client {id} does not exist."))
    }
}

impl From<SecretRefused> for Error {
    fn from(refused: SecretRefused) -> Self {
        Self::NotAuthorized(match refused {
            SecretRefused::Unexpected(id) => format!("Client {id} is not configured with secret but SECRET_HASH was received"),
            SecretRefused::Absent(id) => format!("Client {id} is configured with secret but SECRET_HASH was not received"),
            SecretRefused::Wrong(id) => format!("Unable to verify secret hash for client {id}"),
            SecretRefused::UnexpectedSecret(id) => format!("Client {id} is not configured with secret but a client secret was received"),
            SecretRefused::AbsentSecret(id) => format!("Client {id} is configured with secret but a client secret was not received"),
            SecretRefused::WrongSecret(id) => format!("Unable to verify secret for client {id}"),
            SecretRefused::Failed(failed) => return failed.into(),
        })
    }
}

impl From<TriggerRefused> for Error {
    fn from(refused: TriggerRefused) -> Self {
        match refused {
            TriggerRefused::Function { .. } => Self::UserLambdaValidation(refused.to_string()),
            TriggerRefused::NotRun { .. } | TriggerRefused::TimedOut(_) => Self::UnexpectedLambda(refused.to_string()),
            TriggerRefused::Response(words) => Self::InvalidLambdaResponse(words.to_owned()),
            TriggerRefused::Failed(failed) => failed.into(),
        }
    }
}

const DISABLED: &str = "User is disabled.";

pub(super) const REVOKED: &str = "Access Token has been revoked";

impl From<AccessRefused> for Error {
    fn from(refused: AccessRefused) -> Self {
        Self::not_authorized(match refused {
            AccessRefused::Invalid => "Invalid Access Token",
            AccessRefused::Expired => "Access Token has expired",
            AccessRefused::Scope => "Access Token does not have required scopes",
            AccessRefused::Revoked => REVOKED,
            AccessRefused::UserDisabled => DISABLED,
            AccessRefused::Failed(failed) => return failed.into(),
        })
    }
}

impl From<NameRefused> for Error {
    fn from(refused: NameRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<AttributeRefused> for Error {
    fn from(refused: AttributeRefused) -> Self {
        match refused {
            AttributeRefused::Unauthorized => Self::not_authorized(refused.to_string()),
            AttributeRefused::Unknown(_) | AttributeRefused::Missing(_) | AttributeRefused::Immutable(_) | AttributeRefused::Invalid(_) => {
                Self::parameter(refused.to_string())
            }
        }
    }
}

impl From<ChangeRefused> for Error {
    fn from(refused: ChangeRefused) -> Self {
        match refused {
            ChangeRefused::NoSuchUser => Self::UserNotFound,
            ChangeRefused::Attribute(refused) => refused.into(),
            ChangeRefused::Alias(refused) => refused.into(),
            // The models of changes know no limit, so a spent budget is one request too many.
            ChangeRefused::TooMany => Self::TooManyRequests,
            ChangeRefused::Trigger(refused) => refused.into(),
            ChangeRefused::Failed(failed) => failed.into(),
        }
    }
}

impl From<Busy> for Error {
    fn from(_: Busy) -> Self {
        Self::TooManyRequests
    }
}

impl From<NewPasswordRefused> for Error {
    fn from(refused: NewPasswordRefused) -> Self {
        match refused {
            NewPasswordRefused::Policy(refused) => Self::InvalidPassword(refused),
            NewPasswordRefused::Reused => Self::PasswordHistory,
            NewPasswordRefused::Busy => Self::TooManyRequests,
            NewPasswordRefused::Failed(failed) => failed.into(),
        }
    }
}

/// What is refused because of risk, and not why.
const BLOCKED: &str = "Unable to login because of security reasons.";

/// SECURITY: one answer for a wrong password and for a name that nobody has.
const INCORRECT: &str = "Incorrect username or password.";

/// Clients look for the word `device` in it, and sign in without theirs.
pub(super) const NO_DEVICE: &str = "Device does not exist.";

impl From<LinkRefused> for Error {
    fn from(refused: LinkRefused) -> Self {
        Self::parameter(match refused {
            LinkRefused::NoSuchUser => return Self::UserNotFound,
            LinkRefused::NoSuchProvider(name) => return no_such_provider(&name),
            LinkRefused::TooMany => return Self::LimitReached("Maximum number of linked identities for the user has been reached."),
            LinkRefused::Unnamed => {
                "ProviderAttributeName and ProviderAttributeValue are required, and have at most 512 characters.".to_owned()
            }
            LinkRefused::NotAProviders => "SourceUser must be a user of an external identity provider.".to_owned(),
            LinkRefused::NotMapped(name) => format!("Invalid ProviderAttributeName {name}: it is not an attribute that the provider maps."),
            // Source: aws-sdk-net issue 1000.
            LinkRefused::SignedUp => {
                "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link".to_owned()
            }
            LinkRefused::Linked => "SourceUser is already linked to DestinationUser".to_owned(),
            LinkRefused::Failed(failed) => return failed.into(),
        })
    }
}

/// No identity provider of this name.
pub fn no_such_provider(name: &str) -> Error {
    Error::ResourceNotFound(format!("Identity provider {name} does not exist."))
}

/// Refuses a member that we don't honour yet and that asks for something.
pub fn refuse_unsupported(rest: &Map<String, Value>) -> Result<(), Error> {
    operation::unsupported(rest).map_or(Ok(()), |name| Err(Error::parameter(format!("{name} is not supported"))))
}

/// Refuses the session by which a sign-up goes on into a sign-in, where that is not by choice.
pub fn no_session(given: Option<&str>) -> Result<(), Error> {
    given.map_or(Ok(()), |_| Err(Error::parameter("Session is not supported")))
}
