//! What stands above every page of a pool: its name, and the way to the others.

use serde_json::{Value, json};

use super::places::{PLACES, Place, Places};
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
    /// Which of its pages this is, by its path in [`PLACES`].
    pub tab: &'static str,
    /// Where clients reach the server.
    endpoint: String,
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
                Ok(Self { name: id.clone(), id, tab, endpoint: visit.public_url().to_owned(), described: Value::Null })
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
        Ok(Self { name: described.text("Name"), id, tab, endpoint: visit.public_url().to_owned(), described })
    }

    /// The pages of the pool.
    #[expect(clippy::unused_self, reason = "templates know the head only")]
    pub const fn places(&self) -> &'static [Places] {
        PLACES
    }

    /// The pages that belong with this one.
    pub fn beside(&self) -> Option<&'static Places> {
        PLACES.iter().find(|places| places.has(self.tab))
    }

    fn this(&self) -> Option<&'static Place> {
        self.beside()?.places.iter().find(|place| place.path == self.tab)
    }

    /// What this page is called.
    pub fn title(&self) -> &'static str {
        self.this().map_or("", |place| place.title)
    }

    /// How the AWS CLI shows and changes what this page does; nothing, where the page tells that itself.
    pub fn cli(&self) -> Option<String> {
        let (endpoint, region) = (&self.endpoint, self.region());
        let call = |command: &&str| {
            let (operation, rest) = command.split_once(' ').unwrap_or((command, ""));
            let about = if rest.contains("{arn}") { String::new() } else { format!("--user-pool-id {} ", self.id) };
            let rest = rest.replace("{arn}", &self.described.text("Arn"));
            format!("aws cognito-idp {operation} {about}{rest}").trim_end().to_owned()
        };
        let calls: Vec<String> = self.this()?.cli.iter().map(call).collect();
        let exports = format!("export AWS_ENDPOINT_URL={endpoint} AWS_REGION={region}");
        (!calls.is_empty()).then(|| format!("{exports}\n{}", calls.join("\n")))
    }

    /// The address of a page of [`PLACES`].
    pub fn place(&self, path: &str) -> String {
        if path.is_empty() { self.href("") } else { self.href(&format!("/{path}")) }
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
