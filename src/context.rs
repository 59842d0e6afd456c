//! `cx`: what a handler works with. The application's parts, and what is known of the call.

use std::ops::Deref;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Weak};
use std::time::Duration;

use ipnet::IpNet;

use crate::audit::Journal;
use crate::budgets::Budgets;
use crate::config::{DecisionEvents, Delivery, IssuerStyle, LogDestinations, Mode};
use crate::crypto::argon2::Hasher;
use crate::crypto::seal::SealingKey;
use crate::federation::Federation;
use crate::iam::attached::{Attached, Texts};
use crate::iam::caller::{Caller, HeldKey};
use crate::iam::entity::User;
use crate::iam::origin::Origin;
use crate::iam::uses::{KeyUses, RoleUses};
use crate::kit::cache::Cache;
use crate::kit::clock::{Clock, Timestamp};
use crate::kit::id::{AccessKeyId, AccountId, ClientId, UniqueId, UserPoolId};
use crate::kit::rng::{Entropy, EntropyRng};
use crate::policy::{Policy, PolicySet};
use crate::store::changes::Change;
use crate::store::signing_keys::OF_IDENTITY_POOLS;
use crate::store::{Conn, Db, StoreError, risk};
use crate::tokens::keys::{KeyPairs, PoolKeys};
use crate::triggers::Functions;
use crate::userpools::client::Client;
use crate::userpools::log_delivery::LogConfiguration;
use crate::userpools::password_rules::PasswordRules;
use crate::userpools::pool::Pool;

/// How long what nothing has made old is kept all the same.
const MAX_AGE: Duration = Duration::from_secs(300);

/// How many pools, clients, keys and principals a node holds in memory.
const CACHED: usize = 10_000;

/// The application: one a process.
pub struct App {
    /// `dev` or `serve`.
    pub mode: Mode,
    /// The deployment's first account: what unsigned requests are counted to.
    pub first_account_id: AccountId,
    /// The region of unsigned requests that name none.
    pub default_region: String,
    /// The address that clients reach us by, without a slash at its end.
    pub public_url: String,
    /// How long a signing key of a user pool signs at most; `None` is for ever.
    pub signing_key_age: Option<Duration>,
    /// How long events are kept.
    pub events_kept: Duration,
    /// Which decisions are events.
    pub decision_events: DecisionEvents,
    /// How many signing keys this node rotated since it started.
    pub rotations: AtomicU64,
    /// The form of issuers.
    pub issuer_style: IssuerStyle,
    /// What is asked of passwords where a pool's tags say nothing.
    pub password_defaults: PasswordRules,
    /// Proxies that are believed about who they forward for.
    pub trusted_proxies: Vec<IpNet>,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// New key pairs.
    pub key_pairs: Arc<dyn KeyPairs>,
    /// Sub-keys of the master key.
    pub keys: Keys,
    /// The pool for CPU-heavy work.
    pub hasher: Hasher,
    /// What one client address may do in a while.
    pub budgets: Budgets,
    /// The functions that pools call.
    pub functions: Functions,
    /// The way to other providers.
    pub federation: Federation,
    /// What is read often and written seldom.
    pub caches: Arc<Caches>,
    /// How messages leave.
    pub delivery: Delivery,
    /// Where the logs of pools go.
    pub log_destinations: LogDestinations,
    /// What became of the messages that this node delivered.
    pub delivered: Delivered,
    /// The uses of access keys that this node has seen.
    pub key_uses: KeyUses,
    /// The uses of roles that this node has seen.
    pub role_uses: RoleUses,
    /// What happened and is not written yet.
    pub journal: Journal,
}

/// How many messages this node delivered since it started, has to try again, and gave up.
#[derive(Default)]
pub struct Delivered {
    /// They left.
    pub delivered: AtomicU64,
    /// They did not leave at a try, and are tried again.
    pub tried: AtomicU64,
    /// They never left.
    pub given_up: AtomicU64,
}

/// Sub-keys of the master key, one a purpose.
pub struct Keys {
    /// What rests in the database.
    pub at_rest: SealingKey,
    /// Keyed hashes of codes.
    pub codes: SealingKey,
    /// Strings that travel: challenge sessions, SRP's secret blocks, page tokens.
    pub travelling: SealingKey,
    /// SRP parameters of users who do not exist.
    pub nobody: SealingKey,
    /// Session tokens of temporary credentials.
    pub credentials: SealingKey,
    /// Keyed hashes that are the refresh tokens which follow a sign-in's first.
    pub refresh_tokens: SealingKey,
}

/// What is read often and written seldom: bounded, and forgotten when the store says that it was changed.
pub struct Caches {
    /// Pools by id.
    pub pools: Cache<UserPoolId, Pool>,
    /// What pools do about risk, by id.
    pub risk: Cache<UserPoolId, risk::OfPool>,
    /// What pools log, by id.
    pub logs: Cache<UserPoolId, Vec<LogConfiguration>>,
    /// Clients by id.
    pub clients: Cache<ClientId, Client>,
    /// Signing keys by pool id.
    pub pool_keys: Cache<UserPoolId, PoolKeys>,
    /// Access keys and their holders, by id.
    pub access_keys: Cache<AccessKeyId, HeldKey>,
    /// Users by account and unique id, for whom sessions are.
    pub users: Cache<(AccountId, UniqueId), User>,
    /// What users, groups and roles have of their own, by account and unique id.
    pub attached: Cache<(AccountId, UniqueId), Attached>,
    /// The versions that hold of managed policies, by the account that has them and unique id.
    pub managed_policies: Cache<(AccountId, UniqueId), Texts>,
    /// Policies that apply together, by the digest of them all, compiled: of a set that many have, once.
    pub policy_sets: Cache<[u8; 32], PolicySet>,
    /// Policies by the digest of their text, parsed: one that many share is parsed once.
    pub policy_texts: Cache<[u8; 32], Policy>,
    /// What is provisioned, by account and region.
    pub limits: Cache<(AccountId, String), Vec<(String, i64)>>,
    /// Session policies by their texts, parsed.
    pub session_policies: Cache<Vec<String>, Texts>,
}

impl Caches {
    /// Caches that forget what the store says was changed, on this node or another.
    #[must_use]
    pub fn of(db: &Db) -> Arc<Self> {
        Arc::new_cyclic(|caches: &Weak<Self>| {
            let caches = Weak::clone(caches);
            let confirmation = db.on_change(move |change| {
                if let Some(caches) = caches.upgrade() {
                    caches.forget(change);
                }
            });
            Self {
                pools: Cache::new(CACHED, MAX_AGE, Arc::clone(&confirmation)),
                risk: Cache::new(CACHED, MAX_AGE, Arc::clone(&confirmation)),
                logs: Cache::new(CACHED, MAX_AGE, Arc::clone(&confirmation)),
                clients: Cache::new(CACHED, MAX_AGE, Arc::clone(&confirmation)),
                pool_keys: Cache::new(CACHED, MAX_AGE, Arc::clone(&confirmation)),
                access_keys: Cache::new(CACHED, MAX_AGE, Arc::clone(&confirmation)),
                limits: Cache::new(CACHED, MAX_AGE, Arc::clone(&confirmation)),
                managed_policies: Cache::new(CACHED, MAX_AGE, Arc::clone(&confirmation)),
                users: Cache::new(CACHED, MAX_AGE, Arc::clone(&confirmation)),
                attached: Cache::new(CACHED, MAX_AGE, confirmation),
                policy_sets: Cache::of_what_follows_from_keys(CACHED, MAX_AGE),
                policy_texts: Cache::of_what_follows_from_keys(CACHED, MAX_AGE),
                session_policies: Cache::of_what_follows_from_keys(CACHED, MAX_AGE),
            }
        })
    }

    fn forget(&self, change: &Change) {
        match change {
            Change::Everything => self.clear(),
            Change::Pool(id) => {
                self.pools.forget(id);
                self.risk.forget(id);
                self.logs.forget(id);
            }
            Change::AppClient(id) => self.clients.forget(id),
            Change::PoolKeys(pool_id) => self.pool_keys.forget(pool_id),
            Change::AccessKey(id) => self.access_keys.forget(id),
            Change::Limits { account_id, region } => self.limits.forget(&(account_id.clone(), region.clone())),
            Change::ManagedPolicy { account_id, policy_id } => self.managed_policies.forget(&(account_id.clone(), policy_id.clone())),
            Change::Policies { account_id, owner_id } => {
                let key = (account_id.clone(), owner_id.clone());
                self.attached.forget(&key);
                self.users.forget(&key);
            }
        }
    }

    fn clear(&self) {
        self.pools.clear();
        self.risk.clear();
        self.logs.clear();
        self.clients.clear();
        self.pool_keys.clear();
        self.access_keys.clear();
        self.limits.clear();
        self.attached.clear();
        self.users.clear();
        self.managed_policies.clear();
    }
}

impl App {
    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The source of chance, as the `rand` traits want it.
    #[must_use]
    pub fn rng(&self) -> EntropyRng<'_> {
        EntropyRng(self.entropy.as_ref())
    }

    /// Runs `body` on a connection for reading: [`Db::read`].
    ///
    /// # Errors
    /// Those of `body`, and of the database.
    pub async fn read<T, E: From<StoreError>>(&self, body: impl AsyncFnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        self.db.read(body).await
    }

    /// Runs `body` as one transaction: [`Db::write`].
    ///
    /// # Errors
    /// Those of `body`, and of the database.
    pub async fn write<T, E: From<StoreError>>(&self, body: impl AsyncFn(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        self.db.write(body).await
    }

    /// Whether an address is one of ours, below the public one.
    #[must_use]
    pub fn is_own(&self, url: &str) -> bool {
        url.strip_prefix(&self.public_url).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The issuer of a pool's tokens.
    #[must_use]
    pub fn issuer(&self, pool_id: &UserPoolId) -> String {
        match self.issuer_style {
            IssuerStyle::Url => format!("{}/{pool_id}", self.public_url),
            IssuerStyle::Aws => {
                let region = pool_id.region().unwrap_or(&self.default_region);
                format!("https://cognito-idp.{region}.amazonaws.com/{pool_id}")
            }
        }
    }

    /// The issuer of the tokens of identity pools: one for all, as AWS's is.
    #[must_use]
    pub fn issuer_of_identity_pools(&self) -> String {
        match self.issuer_style {
            IssuerStyle::Url => format!("{}/{OF_IDENTITY_POOLS}", self.public_url),
            IssuerStyle::Aws => "https://cognito-identity.amazonaws.com".to_owned(),
        }
    }

    /// A pool, whoever's it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pool(&self, pool_id: &UserPoolId) -> Result<Option<Arc<Pool>>, StoreError> {
        let load = async || {
            let found = self.read(async |tx| crate::store::user_pools::find(tx, pool_id).await).await;
            found.map(|pool| pool.map(|pool| pool.with_password_defaults(self.password_defaults)))
        };
        self.caches.pools.find(pool_id, self.now(), load).await
    }

    /// How many requests a second of a category are provisioned for an account in a region; `None` where nothing is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn provisioned_limit(&self, account_id: &AccountId, region: &str, category: &str) -> Result<Option<i64>, StoreError> {
        let key = (account_id.clone(), region.to_owned());
        let load =
            async || self.read(async |tx| crate::store::pool_services::provisioned_limits(tx, account_id, region).await.map(Some)).await;
        let limits = self.caches.limits.find(&key, self.now(), load).await?;
        Ok(limits.iter().flat_map(|limits| limits.iter()).find(|(name, _)| name == category).map(|(_, a_second)| *a_second))
    }

    /// A client.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client(&self, client_id: &ClientId) -> Result<Option<Arc<Client>>, StoreError> {
        let load = async || self.read(async |tx| crate::store::user_pools::find_client(tx, client_id).await).await;
        self.caches.clients.find(client_id, self.now(), load).await
    }
}

/// One call: the application, and who calls from where.
pub struct Context {
    app: Arc<App>,
    /// Who calls.
    pub caller: Caller,
    /// The caller's account; the deployment's for nobody.
    pub account_id: AccountId,
    /// Where the call goes: by the signature's scope.
    pub region: String,
    /// The region that the host of an unsigned call names. It is the caller's word, and only chooses among a pool's replicas.
    pub host_region: Option<String>,
    /// Where the call comes from.
    pub origin: Origin,
    /// The call's id, in its answer and its log lines.
    pub request_id: String,
}

impl Context {
    /// The context of one call.
    #[must_use]
    pub fn new(app: Arc<App>, caller: Caller, region: String, origin: Origin, request_id: String) -> Self {
        let account_id = caller.account_id().unwrap_or(&app.first_account_id).to_owned();
        Self { app, caller, account_id, region, host_region: None, origin, request_id }
    }

    /// The context of a call whose host names this region.
    #[must_use]
    pub fn at_host_of(self, host_region: Option<String>) -> Self {
        Self { host_region, ..self }
    }
}

impl Deref for Context {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

/// Who calls operations in process, for where, and from where. Every call is validated, judged and audited as one that came
/// over the wire; only the signature is not asked for, so whoever makes an `Act` has proven who the caller is.
#[derive(Clone)]
pub struct Act {
    /// Who calls.
    pub caller: Caller,
    /// The region that a signature would name.
    pub region: String,
    /// Where the person sits who has it called.
    pub origin: Origin,
}
