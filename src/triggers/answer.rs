//! What a call comes to: the event with the function's response, or why there is none.

use serde_json::Value;

use crate::kit::cut::cut;

/// How much of a function's message is told on, in characters.
const LONGEST_MESSAGE: usize = 2_048;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallRefused {
    /// The function itself refused, in these words.
    #[error("the function failed: {0}")]
    Function(String),
    /// It was not run: the service's error.
    #[error("the function was not run: {0}")]
    NotRun(String),
    /// It took too long, each time.
    #[error("the function took too long")]
    TimedOut,
    /// It answered with what is no event.
    #[error("the function answered with no event")]
    Unreadable,
}

impl CallRefused {
    /// Whether the next try may fare better.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::NotRun(error) => PASSING.contains(&error.as_str()),
            Self::TimedOut => true,
            Self::Function(_) | Self::Unreadable => false,
        }
    }
}

/// Errors of a service that are over soon.
const PASSING: [&str; 3] = [UNREACHABLE, TOO_MANY, SERVICE];
/// Nobody listens, or the line broke.
pub const UNREACHABLE: &str = "ServiceUnavailableException";
const TOO_MANY: &str = "TooManyRequestsException";
const SERVICE: &str = "ServiceException";
/// There is no way to the function.
pub const NOT_FOUND: &str = "ResourceNotFoundException";

/// An answer as it came.
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// X-Amz-Function-Error, if it is there: the function failed, its service did not.
    pub failed: bool,
    /// The service's error: X-Amzn-ErrorType.
    pub error_type: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// Reads it: the event that the function gave back.
    ///
    /// A function that is called at an address of its own says with a status of 4xx and an `errorMessage` what a Lambda says by
    /// failing.
    ///
    /// # Errors
    /// [`CallRefused`].
    pub fn read(&self) -> Result<Value, CallRefused> {
        let body: Option<Value> = serde_json::from_slice(self.body).ok();
        let text = |name: &str| body.as_ref().and_then(|body| body.get(name)).and_then(Value::as_str);
        let has_response = body.as_ref().is_some_and(|body| body.get("response").is_some());
        let is_refusal = self.failed || (400..500).contains(&self.status) || (self.status == 200 && !has_response);
        if let Some(message) = text("errorMessage").filter(|_| is_refusal) {
            return Err(CallRefused::Function(cut(message, LONGEST_MESSAGE).to_string()));
        }
        match self.status {
            200..=299 if self.failed => Err(CallRefused::Function(String::new())),
            200..=299 => body.filter(Value::is_object).ok_or(CallRefused::Unreadable),
            status => Err(CallRefused::NotRun(self.service_error(status, text("Type").or_else(|| text("__type"))))),
        }
    }

    /// The error's name. It comes from outside, and is told on: so it is a name or none.
    fn service_error(&self, status: u16, in_body: Option<&str>) -> String {
        let named = self.error_type.and_then(|name| name.split(':').next()).or(in_body);
        let is_name = |name: &&str| (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let by_status = match status {
            403 => "AccessDeniedException",
            404 => NOT_FOUND,
            429 => TOO_MANY,
            500.. => SERVICE,
            _ => "InvalidRequestContentException",
        };
        match named.filter(is_name) {
            Some(name) if status < 500 => name.to_owned(),
            // Whatever they call it, it may pass.
            _ => by_status.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(status: u16, failed: bool, error_type: Option<&str>, body: &str) -> Result<Value, CallRefused> {
        Answer { status, failed, error_type, body: body.as_bytes() }.read()
    }

    #[test]
    fn each_answer_is_an_event_a_refusal_or_a_failure() {
        let function = |message: &str| Err(CallRefused::Function(message.to_owned()));
        let not_run = |error: &str| Err(CallRefused::NotRun(error.to_owned()));
        for (status, failed, error_type, body, expected) in [
            (200, false, None, r#"{"response":{}}"#, Ok(json!({"response": {}}))),
            (200, true, None, r#"{"errorMessage":"no","errorType":"E"}"#, function("no")),
            (200, true, None, "{}", function("")),
            (200, false, None, r#"{"errorMessage":"no"}"#, function("no")),
            (
                200,
                false,
                None,
                r#"{"errorMessage":"of an event","response":{}}"#,
                Ok(json!({"errorMessage": "of an event", "response": {}})),
            ),
            (422, false, None, r#"{"errorMessage":"no"}"#, function("no")),
            (200, false, None, "null", Err(CallRefused::Unreadable)),
            (200, false, None, "\"x\"", Err(CallRefused::Unreadable)),
            (200, false, None, "", Err(CallRefused::Unreadable)),
            (404, false, Some("ResourceNotFoundException:http://x/"), "{}", not_run("ResourceNotFoundException")),
            (403, false, None, "<html>", not_run("AccessDeniedException")),
            (400, false, Some("<script>"), "{}", not_run("InvalidRequestContentException")),
            (503, false, Some("Anything"), "{}", not_run("ServiceException")),
            (500, false, None, r#"{"errorMessage":"of a proxy"}"#, not_run("ServiceException")),
            (302, false, None, "", not_run("InvalidRequestContentException")),
        ] {
            assert_eq!(read(status, failed, error_type, body), expected, "{status} {failed} {error_type:?} {body}");
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_what_a_function_decides_is_not() {
        for (refused, again) in [
            (CallRefused::TimedOut, true),
            (CallRefused::NotRun("TooManyRequestsException".to_owned()), true),
            (CallRefused::NotRun("ServiceException".to_owned()), true),
            (CallRefused::NotRun("AccessDeniedException".to_owned()), false),
            (CallRefused::Function("no".to_owned()), false),
            (CallRefused::Unreadable, false),
        ] {
            assert_eq!(refused.may_pass(), again, "{refused:?}");
        }
    }
}
