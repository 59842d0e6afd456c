//! The application in a test's own process: real dispatcher, real database, a clock that the test moves, seeded chance.
//!
//! Tests speak wire JSON, so that no refactoring of handlers breaks them. They run on SQLite, and on PostgreSQL where
//! `PASSWRIGHT_TEST_DATABASE=postgres` and `PASSWRIGHT_TEST_POSTGRES` say so.

mod answer;
mod browser;
mod caller;
#[cfg(test)]
mod consumers;
mod end;
#[cfg(test)]
mod expiry;
#[cfg(test)]
mod functions;
#[cfg(test)]
mod nodes;
mod pairs;
mod passkey;
mod pool;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod saml;
#[cfg(test)]
mod served;
#[cfg(test)]
mod stolen;
mod visitor;

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::Duration;

use actix_http::Request;
use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use futures_util::future::LocalBoxFuture;
use rustls::RootCertStore;
use tokio::sync::OnceCell;

pub use crate::budgets::Limits;
pub use answer::Answer;
pub use browser::TestBrowser;
pub use caller::TestCaller;
#[cfg(test)]
pub use functions::{FUNCTIONS_KEY, FUNCTIONS_SECRET, KMS_KEY, OWN_SECRET, TestFunctions};
use pairs::SuppliedPairs;
pub use passkey::{TestKey, TestPasskey};
pub use pool::{PASSWORD, TestPool, TestUser};
#[cfg(test)]
pub use provider::{PROVIDER_CLIENT, PROVIDER_SECRET, TestProvider};
#[cfg(test)]
pub use saml::{SAML_ENTITY, TestSaml};
pub use visitor::{CALLBACK, TestVisitor, VERIFIER, claims, parameter};

use serde_json::{Value, json};

use crate::audit::Journal;
use crate::budgets::Budgets;
use crate::config::{DecisionEvents, Delivery, IssuerStyle, LogDestinations, Mode};
use crate::context::{App, Caches, Delivered};
use crate::crypto::argon2::{Argon2Cost, Hasher};
use crate::crypto::seal::MasterKey;
use crate::decisions::forward_auth::Rules;
use crate::delivery;
use crate::federation::Federation;
use crate::http;
use crate::iam::entity::AccessKey;
use crate::iam::uses::{KeyUses, RoleUses};
use crate::jobs;
use crate::kit::clock::{ManualClock, Timestamp};
use crate::kit::id::{AccountId, UniqueId};
use crate::kit::outward::{Outward, Reach};
use crate::kit::rng::{Entropy, EntropyRng, SeededEntropy};
use crate::kit::secret::Secret;
use crate::oauth;
use crate::startup;
use crate::store::template::TestDatabase;
use crate::store::{self, Db, StoreError};
use crate::tokens::keys::{GeneratedPairs, KeyPairs};
use crate::triggers::Functions;
use crate::userpools::message::Message;
use crate::userpools::password_rules::PasswordRules;

/// The deployment's account in tests.
pub const ACCOUNT: &str = "000000000000";

/// The host that requests go to, and that the public URL names.
pub const HOST: &str = "passwright.test";

/// When tests begin: 2027-01-15T08:00:00Z.
const BEGIN: i64 = 1_800_000_000;

/// Hashes that cost next to nothing: what they cost is tested where they are made.
const CHEAP: Argon2Cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };

/// How long the look at what a test left behind may take: it takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// The routes of a node, ready for requests.
type Routes = Rc<dyn Fn(Request) -> LocalBoxFuture<'static, Result<ServiceResponse, actix_web::Error>>>;

/// A node of the application, and what a test does with it. When the last node of a database falls, what it leaves behind is
/// looked at: [`end`].
pub struct TestApp {
    /// The application itself.
    pub app: Arc<App>,
    /// The clock: it stands still until a test moves it.
    pub clock: Arc<ManualClock>,
    database: Arc<TestDatabase>,
    root: (String, Secret),
    routes: OnceCell<Routes>,
    is_looked_at: bool,
}

impl TestApp {
    /// `passwright serve` on a new database, its root's access key at hand.
    pub async fn new() -> Self {
        Self::in_mode(Mode::Serve).await
    }

    /// `passwright dev` on a new database.
    pub async fn dev() -> Self {
        Self::in_mode(Mode::Dev).await
    }

    /// `passwright serve` with budgets for client addresses; the others have none.
    pub async fn within(limits: Limits) -> Self {
        Self::start(Mode::Serve, limits).await
    }

    async fn in_mode(mode: Mode) -> Self {
        Self::start(mode, Limits::default()).await
    }

    async fn start(mode: Mode, limits: Limits) -> Self {
        let database = Arc::new(TestDatabase::new().await);
        let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(BEGIN)));
        let app = assemble(mode, limits, &database, &clock, Arc::new(SuppliedPairs::default()), 1).await;
        let root = add_root(&app, &ACCOUNT.into()).await;
        Self { app, clock, database, root, routes: OnceCell::new(), is_looked_at: true }
    }

    /// A second node on the same database, with the same clock.
    pub async fn another_node(&self) -> Self {
        let pairs = Arc::clone(&self.app.key_pairs);
        let app = assemble(self.app.mode, Limits::default(), &self.database, &self.clock, pairs, 2).await;
        let (clock, database) = (Arc::clone(&self.clock), Arc::clone(&self.database));
        Self { app, clock, database, root: self.root.clone(), routes: OnceCell::new(), is_looked_at: self.is_looked_at }
    }

    /// The same, for a test that leaves behind on purpose what no test may.
    #[must_use]
    pub fn leaving_it(mut self) -> Self {
        self.is_looked_at = false;
        self
    }

    /// Nobody: requests without a signature.
    pub fn anonymous(&self) -> TestCaller<'_> {
        TestCaller::anonymous(self)
    }

    /// The root of the deployment's account.
    pub fn admin(&self) -> TestCaller<'_> {
        TestCaller::signing(self, &self.root.0, &self.root.1, None)
    }

    /// The root's access key: its id and its secret.
    pub const fn root_key(&self) -> (&String, &Secret) {
        (&self.root.0, &self.root.1)
    }

    /// The root of another account of the deployment.
    pub async fn root_of(&self, account_id: &str) -> TestCaller<'_> {
        let (id, secret) = add_root(&self.app, &account_id.into()).await;
        TestCaller::signing(self, &id, &secret, None)
    }

    /// Whoever holds these credentials.
    pub fn holder_of(&self, access_key_id: &str, secret: &str, session_token: Option<&str>) -> TestCaller<'_> {
        TestCaller::signing(self, access_key_id, &Secret::from(secret.to_owned()), session_token)
    }

    /// A new IAM user, `ann`, whose one policy has these statements.
    pub async fn user_with(&self, statements: Value) -> TestCaller<'_> {
        self.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        self.user_of("ann", statements).await
    }

    /// An IAM user who is there, by a new access key, with one more policy that has these statements.
    pub async fn user_of(&self, name: &str, statements: Value) -> TestCaller<'_> {
        let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let policy = json!({"UserName": name, "PolicyName": "p", "PolicyDocument": document});
        self.admin().call("iam:PutUserPolicy", policy).await.ok();
        let key = self.admin().call("iam:CreateAccessKey", json!({"UserName": name})).await.ok()["AccessKey"].clone();
        self.holder_of(key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap(), None)
    }

    /// A new role that trusts whom this says, with no policy of its own.
    pub async fn role(&self, name: &str, trust: Value) -> String {
        let document = json!({"Version": "2012-10-17", "Statement": trust}).to_string();
        let created = self.admin().call("CreateRole", json!({"RoleName": name, "AssumeRolePolicyDocument": document})).await.ok();
        created["Role"]["Arn"].as_str().unwrap().to_owned()
    }

    /// A new user pool, and a client without a secret that takes every flow.
    pub async fn pool(&self) -> TestPool<'_> {
        TestPool::create(self, json!({}), json!({})).await
    }

    /// A new user pool and client, with these members beside the usual ones.
    pub async fn pool_with(&self, pool: Value, client: Value) -> TestPool<'_> {
        TestPool::create(self, pool, client).await
    }

    /// The messages to an address, newest first.
    pub async fn messages_to(&self, address: &str) -> Vec<Message> {
        let all = delivery::newest(&self.app, None, 10_000).await.unwrap();
        all.into_iter().map(|(message, _)| message).filter(|message| message.to == address).collect()
    }

    /// The code in the newest message to an address.
    pub async fn code_sent_to(&self, address: &str) -> String {
        self.messages_to(address).await.into_iter().find_map(|message| message.code).unwrap()
    }

    /// Writes what the node has noted: events, and what was counted.
    pub async fn write_journal(&self) {
        jobs::journal::write(&self.app).await.unwrap();
    }

    /// Does the jobs that are due.
    pub async fn run_jobs(&self) {
        jobs::run_due(&self.app).await.unwrap();
    }

    /// Writes when access keys and roles were last used, as far as the node has noted it.
    pub async fn record_uses(&self) {
        jobs::uses::record(&self.app).await.unwrap();
    }

    /// Waits until the database has done, or undone, what a killed piece of work had asked of it.
    pub async fn settled(&self) {
        self.database.settled().await;
    }

    /// Moves the clock.
    pub fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    /// Sends any request through the routes.
    pub async fn send(&self, method: Method, uri: &str, headers: &[(String, String)], body: Vec<u8>) -> Answer {
        let routes = self.routes.get_or_init(|| open_routes(&self.app)).await;
        let mut request = TestRequest::default().method(method).uri(uri).set_payload(body);
        for (name, value) in headers {
            request = request.append_header((name.as_str(), value.as_str()));
        }
        let response = routes(request.to_request()).await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Answer::new(status, headers, &read_body(response).await)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // A test that fails says so itself.
        if !self.is_looked_at || thread::panicking() || Arc::strong_count(&self.database) > 1 {
            return;
        }
        let (mode, database, clock) = (self.app.mode, &self.database, &self.clock);
        // On a runtime of its own, for this one waits; so on connections of its own, too.
        let look = move || {
            actix_web::rt::System::new().block_on(async move {
                let mut app = assemble(mode, Limits::default(), database, clock, Arc::new(GeneratedPairs), 3).await;
                // Keys that ten years would rotate take long to make, and are looked at by the tests of rotation.
                Arc::get_mut(&mut app).unwrap().signing_key_age = None;
                // A test that has left a transaction open would be waited for without end.
                let faults = tokio::time::timeout(PATIENCE, end::faults(&app, clock)).await.unwrap().unwrap();
                app.db.close().await;
                assert!(faults.is_empty(), "the test leaves behind: {}", faults.join("; "));
            });
        };
        if let Err(panic) = thread::scope(|scope| scope.spawn(look).join()) {
            std::panic::resume_unwind(panic);
        }
    }
}

/// Made once a node, for it takes longer than most requests do.
async fn open_routes(app: &Arc<App>) -> Routes {
    let rules = Data::new(Rules::compile(&[]).unwrap());
    let routes = actix_web::App::new().app_data(Data::from(Arc::clone(app))).app_data(rules);
    let routes = routes.wrap(from_fn(oauth::at_domain)).configure(http::app::configure(app.mode));
    let service = init_service(routes).await;
    Rc::new(move |request| {
        let answering = service.call(request);
        Box::pin(async { Ok(answering.await?.map_into_boxed_body()) })
    })
}

async fn assemble(
    mode: Mode,
    limits: Limits,
    database: &TestDatabase,
    clock: &Arc<ManualClock>,
    key_pairs: Arc<dyn KeyPairs>,
    seed: u64,
) -> Arc<App> {
    let db = Db::open(&database.url, 8).await.unwrap().timed_by(Arc::<ManualClock>::clone(clock));
    let master = MasterKey::generate(&mut EntropyRng(&SeededEntropy::new(7)));
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(seed));
    Arc::new(App {
        mode,
        first_account_id: ACCOUNT.into(),
        default_region: "us-east-1".to_owned(),
        public_url: format!("http://{HOST}"),
        signing_key_age: Some(Duration::from_secs(90 * 24 * 3600)),
        events_kept: Duration::from_secs(90 * 24 * 3600),
        decision_events: DecisionEvents::Denied,
        rotations: AtomicU64::new(0),
        issuer_style: IssuerStyle::Url,
        password_defaults: PasswordRules::default(),
        trusted_proxies: Vec::new(),
        caches: Caches::of(&db),
        db,
        clock: Arc::<ManualClock>::clone(clock),
        entropy,
        key_pairs,
        keys: startup::keys(&master),
        hasher: Hasher::start(CHEAP, 1, 256).unwrap(),
        functions: Functions::none(),
        federation: Federation::new(Outward::new(
            RootCertStore::empty,
            if mode == Mode::Dev { Reach::of_developers() } else { Reach::default() },
        )),
        budgets: Budgets::new(limits),
        delivery: Delivery::default(),
        log_destinations: LogDestinations::default(),
        delivered: Delivered::default(),
        key_uses: KeyUses::default(),
        role_uses: RoleUses::default(),
        journal: Journal::default(),
    })
}

async fn add_root(app: &App, account_id: &AccountId) -> (String, Secret) {
    let owner_id = UniqueId::of_root(account_id);
    let (key, secret) = AccessKey::issue(&app.keys.at_rest, account_id, owner_id, app.now(), &mut app.rng()).unwrap();
    app.write(async |tx| Ok::<_, StoreError>(store::iam::insert_key(tx, &key).await?)).await.unwrap();
    (key.id.to_string(), secret)
}
