//! Operations say who may call them and what they ask: a row of a service's table is of one of five kinds, and there is no
//! default.

#[macro_use]
mod ask;
mod fault;
#[cfg(test)]
mod fit;
mod limit;
mod own;
mod pass;
mod region;
mod row;

#[cfg(test)]
pub use crate::userpools::replica::SERVED as SERVED_BY_REPLICAS;
pub use ask::{Ask, Asks, Resolved};
pub use fault::Fault;
pub use pass::{PassedRole, pass_role};
pub use region::{INACTIVE_REPLICA, SECONDARY_REGION};
pub use row::{
    Access, OfClient, OfHolder, Operation, Proof, bearer, bearer_or_session, client, client_or_signed, public, signed, unjudged,
};

use serde_json::{Map, Value};

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
