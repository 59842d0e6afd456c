//! Faults on the wire: each protocol has its own code, status and form for the same thing.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use super::model::{OperationModel, Protocol, Service};
use super::validate::Violation;
use super::{rest_json, xml};
use crate::authz::CredentialRefused;
use crate::kit::causes::Causes;
use crate::kit::cut::cut;
use crate::operation::Fault;
use crate::sigv4::SignatureError;

/// An error as a client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireError {
    /// The code: `__type`, or `<Code>`.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// The message.
    pub message: String,
    /// What the error says beside its message.
    pub members: Map<String, Value>,
}

/// The member that has what a denial rests on, sealed.
const SEALED: &str = "encodedAuthorizationMessage";

/// How much a message shows of what was sent, in characters.
const SHOWN: usize = 256;

/// How much of a message stands in a header too: clients and proxies take no headers of any length.
const HEADER_CHARACTERS: usize = 1024;

/// A fault that every operation may answer with, by protocol: `(JSON code, Query code, status)`. JSON 1.1's status is 400.
struct Common(&'static str, &'static str, u16);

const MISSING_TOKEN: Common = Common("MissingAuthenticationTokenException", "MissingAuthenticationToken", 403);
const INCOMPLETE: Common = Common("IncompleteSignatureException", "IncompleteSignature", 400);
const UNKNOWN_KEY: Common = Common("UnrecognizedClientException", "InvalidClientTokenId", 403);
const MISMATCH: Common = Common("InvalidSignatureException", "SignatureDoesNotMatch", 403);
const EXPIRED: Common = Common("ExpiredTokenException", "ExpiredToken", 403);
const DENIED: Common = Common("AccessDeniedException", "AccessDenied", 403);
const UNKNOWN_OPERATION: Common = Common("UnknownOperationException", "InvalidAction", 400);
const SERIALIZATION: Common = Common("SerializationException", "MalformedInput", 400);
const THROTTLED: Common = Common("ThrottlingException", "Throttling", 400);
const VALIDATION: Common = Common("InvalidParameterException", "ValidationError", 400);

impl WireError {
    fn new(code: &str, status: u16, message: String) -> Self {
        Self { code: code.to_owned(), status, message, members: Map::new() }
    }

    fn common(protocol: Protocol, Common(json, query, status): Common, message: impl Into<String>) -> Self {
        let (code, status) = match protocol {
            Protocol::Json11 { .. } => (json, 400),
            Protocol::Query { .. } => (query, status),
            Protocol::RestJson => (json, status),
        };
        Self::new(code, status, message.into())
    }

    /// No signature where one is needed.
    pub fn missing_token(protocol: Protocol) -> Self {
        Self::common(protocol, MISSING_TOKEN, "Missing Authentication Token")
    }

    /// Not one of the service's operations, or not one that we answer yet.
    pub fn unknown_operation(protocol: Protocol, name: &str) -> Self {
        let message = match protocol {
            Protocol::Json11 { .. } => String::new(),
            Protocol::Query { version } => format!("Could not find operation {} for version {version}", cut(name, SHOWN)),
            Protocol::RestJson => return Self::new("UnknownOperationException", 404, String::new()),
        };
        Self::common(protocol, UNKNOWN_OPERATION, message)
    }

    /// A body that cannot be read. What reads it may quote it: a glimpse of that is shown.
    pub fn serialization(protocol: Protocol, message: &str) -> Self {
        let message = &cut(message, SHOWN);
        if protocol == Protocol::RestJson {
            return Self::invalid("cannotParse", message.to_owned(), &[]);
        }
        Self::common(protocol, SERIALIZATION, message)
    }

    /// A body that is larger than we take, or that ended early.
    pub fn unreadable(protocol: Protocol, error: &actix_web::Error) -> Self {
        match error.as_response_error().status_code() {
            status @ StatusCode::PAYLOAD_TOO_LARGE => {
                let message = "The request is larger than 1048576 bytes.".to_owned();
                Self::new("RequestEntityTooLargeException", status.as_u16(), message)
            }
            _ => Self::serialization(protocol, "The request body could not be read."),
        }
    }

    /// Constraints of the model that are violated.
    pub fn validation(protocol: Protocol, message: String, violations: &[Violation]) -> Self {
        match protocol {
            Protocol::RestJson if violations.is_empty() => Self::invalid("other", message, violations),
            Protocol::RestJson => Self::invalid("fieldValidationFailed", message, violations),
            Protocol::Json11 { .. } | Protocol::Query { .. } => Self::common(protocol, VALIDATION, message),
        }
    }

    /// The one ValidationException of REST services, which says what kind of fault it is, and which members are at fault.
    fn invalid(reason: &str, message: String, violations: &[Violation]) -> Self {
        let mut members = Map::from_iter([("reason".to_owned(), Value::from(reason))]);
        if !violations.is_empty() {
            let fields = violations.iter().map(|violation| json!({"name": violation.path, "message": violation.text}));
            members.insert("fieldList".to_owned(), fields.collect());
        }
        Self { members, ..Self::new("ValidationException", 400, message) }
    }

    /// The caller may not.
    pub fn access_denied(protocol: Protocol, message: String) -> Self {
        Self::common(protocol, DENIED, message)
    }

    /// Our own failure: the caller sees the request id and nothing else.
    pub fn internal(protocol: Protocol) -> Self {
        let code = match protocol {
            Protocol::Json11 { .. } => "InternalErrorException",
            Protocol::Query { .. } => "InternalFailure",
            Protocol::RestJson => "InternalServerException",
        };
        Self::new(code, 500, "Internal error.".to_owned())
    }

    /// A credential that is refused. Our own failures are logged.
    pub fn credential(protocol: Protocol, request_id: &str, refused: &CredentialRefused) -> Self {
        let common = match refused {
            CredentialRefused::UnknownKey => UNKNOWN_KEY,
            CredentialRefused::Expired => EXPIRED,
            CredentialRefused::Signature(SignatureError::Incomplete(_) | SignatureError::UnknownAlgorithm(_)) => INCOMPLETE,
            CredentialRefused::Signature(_) | CredentialRefused::WrongService(_) | CredentialRefused::WrongRegion => MISMATCH,
            CredentialRefused::Store(error) => {
                tracing::error!(request_id, error = %Causes(error), "authentication failed");
                return Self::internal(protocol);
            }
        };
        Self::common(protocol, common, refused.to_string())
    }

    /// An operation's own fault. An operation may answer with the errors that its model lists and no others.
    pub fn operation(service: Service, operation: &OperationModel, request_id: &str, fault: Fault) -> Self {
        let protocol = service.protocol();
        match fault {
            Fault::Modelled(shape, message) => Self::modelled(service, operation, shape, message),
            Fault::Detailed(shape, message, members) => Self { members, ..Self::modelled(service, operation, shape, message) },
            Fault::AccessDenied(message) => Self::access_denied(protocol, message),
            Fault::Denied(message, sealed) => {
                let members = Map::from_iter([(SEALED.to_owned(), Value::from(sealed))]);
                Self { members, ..Self::access_denied(protocol, message) }
            }
            Fault::Validation(message) => Self::validation(protocol, message, &[]),
            Fault::Serialization(message) => Self::serialization(protocol, &message),
            Fault::Throttled => Self::common(protocol, THROTTLED, "Rate exceeded"),
            Fault::Internal(error) => {
                tracing::error!(operation = operation.name, request_id, error = %Causes(error.as_ref()), "internal error");
                Self::internal(protocol)
            }
        }
    }

    fn modelled(service: Service, operation: &OperationModel, shape: &str, message: String) -> Self {
        if !operation.errors.iter().any(|listed| listed == shape) {
            tracing::error!(operation = operation.name, shape, "error is not one of the operation's model");
        }
        match service.model().error(shape) {
            Some(error) => Self::new(&error.code, error.status, message),
            None => Self::new(shape, 400, message),
        }
    }

    /// The answer.
    pub fn to_response(&self, service: Option<Service>, request_id: &str) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response.insert_header(("x-amzn-RequestId", request_id));
        if let Some(Protocol::Query { .. }) = service.map(Service::protocol) {
            let model = service.map(Service::model);
            let body = xml::error(model, self.status, &self.code, &self.whole_message(), request_id).unwrap_or_default();
            return response.content_type("text/xml").body(body);
        }
        response.insert_header(("x-amzn-ErrorType", self.code.as_str()));
        let is_plain = |character: &char| (' '..='~').contains(character);
        let header_message: String = self.message.chars().filter(is_plain).take(HEADER_CHARACTERS).collect();
        response.insert_header(("x-amzn-ErrorMessage", header_message));
        if let Some(service) = service.filter(|service| service.protocol() == Protocol::RestJson) {
            let mut fields = self.members.clone();
            fields.insert("message".to_owned(), Value::from(self.message.as_str()));
            let shape = service.model().error(&self.code).map(|error| error.shape);
            let (headers, body) = rest_json::split(service.model(), shape, fields);
            for header in headers {
                response.insert_header(header);
            }
            return response.content_type("application/json").body(Value::Object(body).to_string());
        }
        response.content_type("application/x-amz-json-1.1").body(json!({"__type": self.code, "message": self.whole_message()}).to_string())
    }

    /// The message as bodies have it: with what a denial rests on, in AWS's form.
    fn whole_message(&self) -> String {
        match self.members.get(SEALED).and_then(Value::as_str) {
            Some(sealed) => format!("{} Encoded authorization failure message: {sealed}", self.message),
            None => self.message.clone(),
        }
    }
}
