//! What stands above every page of a pool: its name, and the way to the others.

use serde_json::{Value, json};

use super::{Visit, call};
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
    /// Of the pool that the path names. Who may not see its settings may see other things of it.
    ///
    /// # Errors
    /// [`WireError`] where there is none.
    pub async fn load(visit: &Visit, tab: &'static str) -> Result<Self, WireError> {
        match Self::load_whole(visit, tab).await {
            Err(error) if is_denial(&error) => {
                let id = visit.segment("pool");
                Ok(Self { name: id.clone(), id, tab, described: Value::Null })
            }
            loaded => loaded,
        }
    }

    /// The same, for pages that have to show the settings.
    ///
    /// # Errors
    /// [`WireError`] for those who may not see them, too.
    pub async fn load_whole(visit: &Visit, tab: &'static str) -> Result<Self, WireError> {
        let id = visit.segment("pool");
        let described = call(visit, "DescribeUserPool", json!({"UserPoolId": id})).await?.at("UserPool").clone();
        Ok(Self { name: described.text("Name"), id, tab, described })
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
