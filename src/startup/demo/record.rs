//! What a deployment remembers of its demo: which pools and clients are it, for others may have their names.

use serde::{Deserialize, Serialize};

use super::DemoRefused;
use crate::context::App;
use crate::crypto::sealed::Sealed;
use crate::kit::secret::Secret;
use crate::store::{StoreError, deployment};

/// The deployment's setting that holds it.
const SETTING: &str = "demo";

/// Where the authenticator's secret is sealed.
const PLACE: [&str; 3] = ["deployment_settings", SETTING, "totp_secret"];

/// What a deployment remembers of its demo.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Record {
    /// The user pool.
    pub user_pool_id: Option<String>,
    /// The identity pool.
    pub identity_pool_id: Option<String>,
    /// Base64.
    sealed_totp_secret: Option<String>,
    /// Whether an earlier start has begun to make it: only then can what has its name and is not recorded be its own.
    #[serde(skip)]
    pub resumes: bool,
}

impl Record {
    /// As it was saved last; a new one is saved before anything is made.
    ///
    /// # Errors
    /// The database's. A record that cannot be read is none.
    pub async fn begin(app: &App) -> Result<Self, DemoRefused> {
        let text = app.read(async |tx| deployment::find(tx, SETTING).await).await?;
        let Some(found) = text.and_then(|text| serde_json::from_str::<Self>(&text).ok()) else {
            let new = Self::default();
            new.save(app).await?;
            return Ok(new);
        };
        Ok(Self { resumes: true, ..found })
    }

    /// Forgets the user pool, and what was kept of its users: a new one is made.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_user_pool(&mut self, app: &App) -> Result<(), DemoRefused> {
        self.user_pool_id = None;
        self.sealed_totp_secret = None;
        self.save(app).await
    }

    /// Saves it, in place of what was saved before.
    ///
    /// # Errors
    /// The database's.
    pub async fn save(&self, app: &App) -> Result<(), DemoRefused> {
        let text = serde_json::to_string(self).map_err(|_| DemoRefused::Answer("/record"))?;
        Ok(app.write(async |tx| Ok::<_, StoreError>(deployment::replace(tx, SETTING, &text).await?)).await?)
    }

    /// The authenticator's secret, if one was kept and still opens.
    pub fn totp_secret(&self, app: &App) -> Option<Secret> {
        let sealed = Sealed::from_text(self.sealed_totp_secret.as_ref()?)?;
        app.keys.at_rest.open(&PLACE, &sealed).ok()
    }

    /// Keeps the authenticator's secret, sealed.
    ///
    /// # Errors
    /// A secret that cannot be sealed.
    pub fn keep_totp_secret(&mut self, app: &App, secret: &Secret) -> Result<(), DemoRefused> {
        let sealed = app.keys.at_rest.seal(&PLACE, secret, &mut app.rng()).map_err(StoreError::from)?;
        self.sealed_totp_secret = Some(sealed.to_text());
        Ok(())
    }
}
