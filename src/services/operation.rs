//! What the dispatcher knows of an operation: its name and how to run it.

use std::error::Error;

use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::context::Context;
use crate::store::StoreError;

/// An operation, its types erased.
pub struct Operation {
    /// As AWS names it.
    pub name: &'static str,
    run: Box<Run>,
}

type Run = dyn for<'a> Fn(&'a Context, Value) -> LocalBoxFuture<'a, Result<Value, Fault>> + Send + Sync;

/// Why an operation did not succeed.
#[derive(Debug)]
pub enum Fault {
    /// An error of the service's model: its shape's name, and the message.
    Modelled(&'static str, String),
    /// An error of the service's model that has members beside its message.
    Detailed(&'static str, String, Map<String, Value>),
    /// The caller may not do it: what they lack, in AWS's words.
    AccessDenied(String),
    /// A parameter that this deployment cannot honour.
    Validation(String),
    /// The request cannot be read as the operation's input.
    Serialization(String),
    /// Our own failure: logged, never shown.
    Internal(Box<dyn Error>),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

/// A row of a service's table.
pub fn operation<Request, Response, Failure, Handler>(name: &'static str, handler: Handler) -> Operation
where
    Request: DeserializeOwned,
    Response: Serialize,
    Failure: Into<Fault>,
    Handler: AsyncFn(&Context, Request) -> Result<Response, Failure> + Copy + Send + Sync + 'static,
{
    let run: Box<Run> = Box::new(move |cx, input| {
        Box::pin(async move {
            let request = serde_json::from_value(input).map_err(|error| Fault::Serialization(error.to_string()))?;
            let response = handler(cx, request).await.map_err(Into::into)?;
            serde_json::to_value(response).map_err(|error| Fault::Internal(Box::new(error)))
        })
    });
    Operation { name, run }
}

impl Operation {
    /// Runs the operation on an input that its model accepts.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn run(&self, cx: &Context, input: Value) -> Result<Value, Fault> {
        (self.run)(cx, input).await
    }
}

/// The first member that we don't honour yet and that asks for something: such a member is refused, never ignored.
#[must_use]
pub fn unsupported(rest: &Map<String, Value>) -> Option<&str> {
    let asks = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => true,
    };
    rest.iter().find(|(_, value)| asks(value)).map(|(name, _)| name.as_str())
}
