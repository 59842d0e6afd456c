//! What stands above every page of a pool: its name, and the way to the others.

use serde_json::{Value, json};

use super::{Visit, call, text};
use crate::console::reply::is_denial;
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// What stands above every page of a pool.
pub struct Head {
    /// The pool's id.
    pub id: String,
    /// Its name; its id, for those who may not see its settings.
    pub name: String,
    /// Which of its pages this is.
    pub tab: &'static str,
    /// The pool as DescribeUserPool has it; nothing, for those who may not see it.
    pub described: Value,
}

impl Head {
    /// Of the pool that the path names.
    ///
    /// # Errors
    /// [`WireError`] where there is none. Who may not see its settings may see other things of it.
    pub async fn load(visit: &Visit, tab: &'static str) -> Result<Self, WireError> {
        let id = visit.segment("pool");
        let described = match call(visit, "DescribeUserPool", json!({"UserPoolId": id})).await {
            Ok(answer) => answer.at("UserPool").clone(),
            Err(error) if is_denial(&error) => Value::Null,
            Err(error) => return Err(error),
        };
        let name = Some(text(&described, "Name")).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
        Ok(Self { id, name, tab, described })
    }

    /// The region that the pool is in.
    pub fn region(&self) -> &str {
        self.id.split_once('_').map_or("", |(region, _)| region)
    }

    /// The address of a page of the pool.
    pub fn href(&self, rest: &str) -> String {
        format!("/console{}", self.path(rest))
    }

    /// The path of a page of the pool, from the console's root on.
    pub fn path(&self, rest: &str) -> String {
        format!("/pools/{}{rest}", super::segment(&self.id))
    }
}
