//! The only place that wires things: settings to a running server.

mod banner;
mod demo;

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::{fs, io};

use actix_web::web::Data;
use ipnet::IpNet;

use self::banner::Style;
use self::demo::DemoRefused;
use crate::audit::Journal;
use crate::budgets::{Budgets, Limits};
use crate::config::{Delivery, DevFlags, LogDestinations, Mode, ServeFlags, Server, SharedFlags};
use crate::context::{App, Caches, Delivered, Keys};
use crate::crypto::argon2::{Argon2Cost, Hasher};
use crate::crypto::ids;
use crate::crypto::seal::MasterKey;
use crate::decisions::forward_auth::{RuleRefused, Rules};
use crate::federation::Federation;
use crate::http;
use crate::http::tls::{self, TlsError};
use crate::iam::entity::AccessKey;
use crate::iam::uses::{KeyUses, RoleUses};
use crate::jobs;
use crate::kit::clock::{Clock as _, SystemClock};
use crate::kit::https;
use crate::kit::id::UniqueId;
use crate::kit::outward::{Outward, Reach};
use crate::kit::private_file;
use crate::kit::rng::{EntropyRng, SystemEntropy};
use crate::store::{self, Db, StoreError, deployment};
use crate::tokens::keys::GeneratedPairs;
use crate::triggers::{Functions, SettingRefused};

const DEFAULT_ACCOUNT: &str = "000000000000";
const FREE_PORT_CHOICES: usize = 32;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartupError {
    /// A setting that is wrong: its name, its value, and what would be right.
    #[error("{0}")]
    Setting(String),
    /// A rule of forward-auth that is wrong.
    #[error("{0}")]
    Rule(#[from] RuleRefused),
    /// A way to functions that is wrong.
    #[error("{0}")]
    Triggers(#[from] SettingRefused),
    /// A file that cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// An address that cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(String, io::Error),
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// TLS.
    #[error("{0}")]
    Tls(#[from] TlsError),
    /// The demo.
    #[error(transparent)]
    Demo(#[from] DemoRefused),
    /// The server itself.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Runs a server until it is told to stop.
///
/// # Errors
/// [`StartupError`].
pub async fn run(server: Server) -> Result<(), StartupError> {
    private_file::by_default();
    match server {
        Server::Dev(flags) => dev(flags).await,
        Server::Serve(flags) => serve(flags).await,
    }
}

async fn dev(flags: DevFlags) -> Result<(), StartupError> {
    let mut shared = flags.shared;
    let rules = Data::new(Rules::compile(&shared.forward_auth)?);
    if !shared.host.is_loopback() {
        return Err(StartupError::Setting(format!("--host {}: `dev` listens on loopback only; use `serve`", shared.host)));
    }
    let temporary = flags.ephemeral.then(|| Temporary(std::env::temp_dir().join(format!("passwright-{}", fresh()))));
    if let Some(Temporary(folder)) = &temporary {
        shared.data.clone_from(folder);
    }
    let (listener, secure) = if flags.tls { listen_twice(&shared)? } else { (listen(shared.host, shared.port)?, None) };
    let app = assemble(&shared, Mode::Dev, flags.trusted_proxies, Limits::default(), &listener).await?;
    let demo = if flags.demo { Some(demo::make(&app).await?) } else { None };
    let secure = match secure {
        Some(secure) => {
            let (config, ca) = tls::development(&shared.data.join("tls"), &shared.region, &fresh())?;
            announce(&format!("listening on https://{} (trust {})", secure.local_addr()?, ca.display()));
            Some((secure, config))
        }
        None => None,
    };
    let url = format!("http://{}", listener.local_addr()?);
    announce(&format!("listening on {url}"));
    let style = Style::of_output();
    let guide = demo.map(|demo| demo::guide(&demo, style)).unwrap_or_default();
    announce(&format!("{}{guide}", banner::banner(&url, &app.default_region, style)));
    run_server(app, rules, vec![listener], secure.into_iter().collect()).await
}

/// A folder that goes with its server, also with one that does not start.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A name that nobody has had or guesses.
fn fresh() -> String {
    ids::uuid(&mut EntropyRng(&SystemEntropy))
}

async fn serve(flags: ServeFlags) -> Result<(), StartupError> {
    let certificate = match (flags.tls_cert, flags.tls_key) {
        (Some(chain), Some(key)) => Some((chain, key)),
        (None, None) => None,
        (Some(_), None) => return Err(StartupError::Setting("--tls-cert: --tls-key is missing".to_owned())),
        (None, Some(_)) => return Err(StartupError::Setting("--tls-key: --tls-cert is missing".to_owned())),
    };
    let rules = Data::new(Rules::compile(&flags.shared.forward_auth)?);
    let listener = listen(flags.shared.host, flags.shared.port)?;
    let app = assemble(&flags.shared, Mode::Serve, flags.trusted_proxies, flags.budgets.limits(), &listener).await?;
    write_root_credentials(&app, &flags.shared.data).await?;
    tracing::info!("the console is at {}/console", app.public_url);
    if app.delivery.email.is_none() {
        tracing::warn!("no mail leaves: codes rest in the outbox, where nobody reads them; give --email");
    }
    match certificate {
        Some((chain, key)) => {
            let config = tls::from_files(&chain, &key)?;
            announce(&format!("listening on https://{}", listener.local_addr()?));
            run_server(app, rules, Vec::new(), vec![(listener, config)]).await
        }
        None => {
            tracing::warn!("answering plain HTTP: put a proxy with TLS in front, or give --tls-cert and --tls-key");
            announce(&format!("listening on http://{}", listener.local_addr()?));
            run_server(app, rules, vec![listener], Vec::new()).await
        }
    }
}

fn listen(host: IpAddr, port: u16) -> Result<TcpListener, StartupError> {
    let address = SocketAddr::new(host, port);
    TcpListener::bind(address).map_err(|error| StartupError::Listen(address.to_string(), error))
}

/// Listens on a port for http and on the next for https. When the port is ours to choose (0), a choice whose
/// neighbour is taken is given up for another.
fn listen_twice(shared: &SharedFlags) -> Result<(TcpListener, Option<TcpListener>), StartupError> {
    let choices = if shared.port == 0 { FREE_PORT_CHOICES } else { 1 };
    let (listener, secure) = with_neighbour(choices, || listen(shared.host, shared.port))?;
    Ok((listener, Some(secure)))
}

fn with_neighbour(
    choices: usize,
    mut choose: impl FnMut() -> Result<TcpListener, StartupError>,
) -> Result<(TcpListener, TcpListener), StartupError> {
    let mut left = choices;
    loop {
        let listener = choose()?;
        let address = listener.local_addr()?;
        let next = address.port().checked_add(1);
        let next = next.ok_or_else(|| StartupError::Setting("--port: no port is left for --tls".to_owned()));
        left = left.saturating_sub(1);
        match next.and_then(|next| listen(address.ip(), next)) {
            Ok(secure) => return Ok((listener, secure)),
            Err(error) if left == 0 => return Err(error),
            Err(_) => {}
        }
    }
}

/// Prints a line for whoever started us. That nobody reads it is no reason to stop.
fn announce(line: &str) {
    let mut output = io::stdout().lock();
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

/// Opens the database and the master key, adopts the deployment's record, and puts the application together.
async fn assemble(
    shared: &SharedFlags,
    mode: Mode,
    trusted_proxies: Vec<IpNet>,
    limits: Limits,
    listener: &TcpListener,
) -> Result<Arc<App>, StartupError> {
    let log_destinations = LogDestinations::read(&shared.log_delivery).map_err(StartupError::Setting)?;
    let delivery = Delivery::read(shared.email.as_ref(), &shared.email_from, shared.sms.as_ref()).map_err(StartupError::Setting)?;
    private_file::create_folder(&shared.data).map_err(|error| StartupError::File(shared.data.clone(), error))?;
    let own_file = shared.data.join("passwright.db");
    let url = shared.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", own_file.display()));
    let db = Db::open(&url, shared.database_connections).await?;
    let master = master_key(shared, &db).await?;

    let default_url = format!("http://{}", listener.local_addr()?);
    let follows_port = mode == Mode::Dev && shared.database_url.is_none();
    let (account_id, public_url) = db
        .write(async |tx| {
            let account_id = deployment::adopt(tx, "account_id", shared.account_id.as_deref().unwrap_or(DEFAULT_ACCOUNT)).await?;
            let public_url = match &shared.public_url {
                Some(url) => url.clone(),
                None if follows_port => default_url.clone(),
                None => deployment::adopt(tx, "public_url", &default_url).await?,
            };
            deployment::replace(tx, "public_url", &public_url).await?;
            store::user_data::begin(tx, SystemClock.now()).await?;
            Ok::<_, StoreError>((account_id, public_url))
        })
        .await?;
    if let Some(wanted) = shared.account_id.as_ref().filter(|wanted| **wanted != account_id) {
        let message = format!("--account-id {wanted}: this deployment's account is {account_id}");
        return Err(StartupError::Setting(message));
    }
    let cost = Argon2Cost { memory_kib: shared.argon2_memory_kib, passes: shared.argon2_passes, lanes: 1 };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let hasher = Hasher::start(cost, shared.hashing_threads.unwrap_or(cores), shared.hashing_queue)?;
    Ok(Arc::new(App {
        mode,
        first_account_id: account_id.into(),
        default_region: shared.region.clone(),
        public_url,
        signing_key_age: shared.signing_key_age(),
        events_kept: shared.events_kept(),
        decision_events: shared.decision_events,
        rotations: AtomicU64::new(0),
        issuer_style: shared.issuer_style,
        password_defaults: shared.passwords.rules(),
        trusted_proxies,
        caches: Caches::of(&db),
        db,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        key_pairs: Arc::new(GeneratedPairs),
        keys: keys(&master),
        hasher,
        functions: Functions::from_settings(&shared.triggers)?,
        federation: Federation::new(Outward::new(https::system_authorities, reach(mode, shared))),
        budgets: Budgets::new(limits),
        delivery,
        log_destinations,
        delivered: Delivered::default(),
        key_uses: KeyUses::default(),
        role_uses: RoleUses::default(),
        journal: Journal::default(),
    }))
}

/// Where identity providers may be.
fn reach(mode: Mode, shared: &SharedFlags) -> Reach {
    match mode {
        Mode::Dev => Reach::of_developers(),
        Mode::Serve => Reach { networks: shared.provider_networks.clone(), plain_here: false },
    }
}

/// One sub-key a purpose.
#[must_use]
pub fn keys(master: &MasterKey) -> Keys {
    Keys {
        at_rest: master.derive("at rest"),
        codes: master.derive("codes"),
        travelling: master.derive("travelling"),
        nobody: master.derive("nobody"),
        credentials: master.derive("credentials"),
        refresh_tokens: master.derive("refresh tokens"),
    }
}

/// The master key, which must open the database; made anew only while the database is still empty.
async fn master_key(shared: &SharedFlags, db: &Db) -> Result<MasterKey, StartupError> {
    const CHECK: &str = "master_key_check";
    let path = shared.master_key_file.clone().unwrap_or_else(|| shared.data.join("master.key"));
    let recorded = db.read(async |tx| deployment::find(tx, CHECK).await).await?;
    let master = match &shared.master_key {
        Some(text) => MasterKey::from_base64(text)
            .ok_or_else(|| StartupError::Setting("PASSWRIGHT_MASTER_KEY: not the base64 text of 32 bytes".to_owned()))?,
        None => {
            let file = |error| StartupError::File(path.clone(), error);
            if recorded.is_none() && !path.exists() {
                let master = MasterKey::generate(&mut EntropyRng(&SystemEntropy));
                private_file::create(&path, &fresh(), master.to_base64().as_bytes()).map_err(file)?;
            }
            // A file that the operator names is theirs as it is: a secret that Kubernetes mounts is a link, for its group.
            let text = if shared.master_key_file.is_some() { fs::read_to_string(&path) } else { private_file::read(&path) };
            let text = text.map_err(file)?;
            MasterKey::from_base64(&text)
                .ok_or_else(|| StartupError::Setting(format!("--master-key-file {}: not the base64 text of 32 bytes", path.display())))?
        }
    };
    let check = crate::crypto::digest::hex(&master.derive("check").keyed_hash(&["check"]));
    let recorded = db.write(async |tx| deployment::adopt(tx, CHECK, &check).await).await?;
    if recorded != check {
        let message =
            format!("--master-key-file {}: this key does not open the database; give the one that it was made with", path.display());
        return Err(StartupError::Setting(message));
    }
    Ok(master)
}

/// The first start writes the root's access key, where nobody else reads it. Of several first starts one makes it, and each
/// that shares its folder sees to it that the file is there.
async fn write_root_credentials(app: &App, data: &Path) -> Result<(), StartupError> {
    const SETTING: &str = "root_access_key_id";
    let path = data.join("credentials");
    let file = |error| StartupError::File(path.clone(), error);
    let winner = match app.read(async |tx| deployment::find(tx, SETTING).await).await? {
        Some(id) => id,
        None => {
            let (key, text) = root_key(app)?;
            // The draft comes first: a key that nobody was told of could never be used. It has the key's name, so that a start
            // that is killed leaves no doubt, and keeps it where the outcome of the commit is unknown.
            private_file::write_new(&private_file::draft(&path, key.id.as_str()), text.as_bytes()).map_err(file)?;
            let winner = app
                .write(async |tx| {
                    let winner = deployment::adopt(tx, SETTING, key.id.as_str()).await?;
                    if key.id == winner.as_str() {
                        store::iam::insert_key(tx, &key).await?;
                    }
                    Ok::<_, StoreError>(winner)
                })
                .await?;
            if key.id != winner.as_str() {
                fs::remove_file(private_file::draft(&path, key.id.as_str())).map_err(file)?;
            }
            winner
        }
    };
    private_file::settle(&path, &winner).map_err(file)?;
    private_file::keep(&path).map(drop).map_err(file)
}

/// A new access key for the root, and the credentials file that tells of it.
///
/// # Errors
/// [`StoreError::Sealing`].
fn root_key(app: &App) -> Result<(AccessKey, String), StoreError> {
    let owner_id = UniqueId::of_root(&app.first_account_id);
    let (key, secret) = AccessKey::issue(&app.keys.at_rest, &app.first_account_id, owner_id, app.now(), &mut app.rng())?;
    let text = format!("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", key.id, secret.expose_secret());
    Ok((key, text))
}

async fn run_server(
    app: Arc<App>,
    rules: Data<Rules>,
    plain: Vec<TcpListener>,
    secure: Vec<(TcpListener, rustls::ServerConfig)>,
) -> Result<(), StartupError> {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let worker = actix_web::rt::spawn(jobs::work(Arc::clone(&app), stopped));
    let db = app.db.clone();
    let follow = actix_web::rt::spawn(async move { db.follow().await });
    let outcome = http::server::run(Arc::clone(&app), rules, plain, secure).await;
    // A job that is under way ends with the step that it is at, and gives its lease back.
    let _ = stop.send(true);
    if let Err(error) = worker.await {
        tracing::error!(%error, "the worker of jobs ended early");
    }
    follow.abort();
    // Its connections go while the runtime that closes them is still there.
    let _ = follow.await;
    outcome?;
    app.db.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A listener whose neighbour is taken, and the neighbour.
    fn crowded() -> (TcpListener, TcpListener) {
        with_neighbour(FREE_PORT_CHOICES, || listen([127, 0, 0, 1].into(), 0)).unwrap()
    }

    #[test]
    fn a_chosen_port_whose_neighbour_is_taken_is_given_up_for_another() {
        let (first, neighbour) = crowded();
        let (mut offered, taken) = (Some(first), neighbour.local_addr().unwrap());
        let choose = || offered.take().map_or_else(|| listen([127, 0, 0, 1].into(), 0), Ok);
        let (_, secure) = with_neighbour(FREE_PORT_CHOICES, choose).unwrap();
        assert_ne!(secure.local_addr().unwrap(), taken);
    }

    #[test]
    fn a_given_port_whose_neighbour_is_taken_is_refused() {
        let (first, neighbour) = crowded();
        let (mut offered, taken) = (Some(first), neighbour.local_addr().unwrap());
        let error = with_neighbour(1, || Ok(offered.take().unwrap())).unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot listen on {taken}")), "{error}");
    }
}
