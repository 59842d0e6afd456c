//! The settings of a server: its flags, their environment variables, and the settings file.

mod delivery;
mod file;
mod logs;
mod triggers;

use std::convert::Infallible;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Subcommand, ValueEnum};
use ipnet::IpNet;

pub use delivery::{Delivery, EmailRoute, SmsRoute};
pub use file::{RuleSetting, SettingsRefused, with_file};
pub use logs::{DestinationSetting, LogDestinations, LogRoute, LogSettings};
pub use triggers::{FunctionSetting, KeySetting, TriggerSettings};

use crate::budgets::Limits;
use crate::kit::region::is_region;
use crate::kit::secret::Secret;
use crate::userpools::password_rules::PasswordRules;

/// The commands that run a server.
#[derive(Debug, Subcommand)]
pub enum Server {
    /// Start everything for development: loopback only, any access key that Passwright did not issue is the account's root.
    Dev(DevFlags),
    /// Start for production: every administrative operation needs a signature and an IAM allow.
    Serve(ServeFlags),
}

impl Server {
    /// The flags that both commands take.
    pub const fn shared_mut(&mut self) -> &mut SharedFlags {
        match self {
            Self::Dev(DevFlags { shared, .. }) | Self::Serve(ServeFlags { shared, .. }) => shared,
        }
    }
}

/// The flags of `dev`.
#[derive(Debug, Args)]
pub struct DevFlags {
    /// What both commands take.
    #[command(flatten)]
    pub shared: SharedFlags,
    /// Keep everything in a temporary folder that is deleted at the end.
    #[arg(long, env = "PASSWRIGHT_EPHEMERAL", default_value_t = false, default_missing_value = "true", num_args = 0..=1, require_equals = true, action = ArgAction::Set)]
    pub ephemeral: bool,
    /// Make what a first look needs, once: a pool with users, clients, an identity pool and its roles; and print what to paste.
    #[arg(long, env = "PASSWRIGHT_DEMO", default_value_t = false, default_missing_value = "true", num_args = 0..=1, require_equals = true, action = ArgAction::Set)]
    pub demo: bool,
    /// Open a second, https listener on port + 1, with a certificate of its own authority.
    #[arg(long, env = "PASSWRIGHT_TLS", default_value_t = false, default_missing_value = "true", num_args = 0..=1, require_equals = true, action = ArgAction::Set)]
    pub tls: bool,
    /// As `serve` has it; here only the settings file can name proxies.
    #[arg(skip)]
    pub trusted_proxies: Vec<IpNet>,
}

/// The flags of `serve`.
#[derive(Debug, Args)]
pub struct ServeFlags {
    /// What both commands take.
    #[command(flatten)]
    pub shared: SharedFlags,
    /// A range of addresses (CIDR), repeatable: a proxy there is believed about X-Forwarded-For and -Proto.
    #[arg(long = "trusted-proxy", env = "PASSWRIGHT_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpNet>,
    /// How much of what is anonymous is served.
    #[command(flatten)]
    pub budgets: BudgetFlags,
    /// The certificate chain, PEM: then the port speaks https.
    #[arg(long, env = "PASSWRIGHT_TLS_CERT")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM.
    #[arg(long, env = "PASSWRIGHT_TLS_KEY")]
    pub tls_key: Option<PathBuf>,
}

/// How much of what is anonymous one client address (of IPv6: one /64) may do, and what all may do at one pool; 0 is no limit.
#[derive(Debug, Args)]
pub struct BudgetFlags {
    /// Sign-ups from one client address in ten minutes, and registrations of clients without a token; 0 is no limit.
    #[arg(long, env = "PASSWRIGHT_SIGN_UPS_PER_ADDRESS", default_value_t = 100)]
    pub sign_ups_per_address: u32,
    /// Refused sign-ins from one client address in five minutes; 0 is no limit.
    #[arg(long, env = "PASSWRIGHT_REFUSED_SIGN_INS_PER_ADDRESS", default_value_t = 100)]
    pub refused_sign_ins_per_address: u32,
    /// Refused sign-ins at one pool in five minutes, beyond which each costs its address ten; 0 is no limit.
    #[arg(long, env = "PASSWRIGHT_REFUSED_SIGN_INS_PER_POOL", default_value_t = 3000)]
    pub refused_sign_ins_per_pool: u32,
    /// New guest identities from one client address in a minute; 0 is no limit.
    #[arg(long, env = "PASSWRIGHT_GUEST_IDENTITIES_PER_ADDRESS", default_value_t = 300)]
    pub guest_identities_per_address: u32,
    /// Sign-ins by other providers that are begun from one client address in 5 minutes; 0 is no limit.
    #[arg(long, env = "PASSWRIGHT_DEPARTURES_PER_ADDRESS", default_value_t = 1000)]
    pub departures_per_address: u32,
    /// Messages to one destination in an hour; 0 is no limit.
    #[arg(long, env = "PASSWRIGHT_MESSAGES_PER_DESTINATION", default_value_t = 10)]
    pub messages_per_destination: u32,
    /// Emails of one pool in an hour; 0 is no limit.
    #[arg(long, env = "PASSWRIGHT_EMAILS_PER_POOL", default_value_t = 50_000)]
    pub emails_per_pool: u32,
    /// Text messages of one pool in an hour; 0 is no limit.
    #[arg(long, env = "PASSWRIGHT_SMS_PER_POOL", default_value_t = 1000)]
    pub sms_per_pool: u32,
}

impl BudgetFlags {
    /// As the budgets take them.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        Limits {
            sign_ups: self.sign_ups_per_address,
            refused_sign_ins: self.refused_sign_ins_per_address,
            refused_sign_ins_of_pool: self.refused_sign_ins_per_pool,
            guest_identities: self.guest_identities_per_address,
            departures: self.departures_per_address,
            messages: self.messages_per_destination,
            emails_of_pool: self.emails_per_pool,
            sms_of_pool: self.sms_per_pool,
        }
    }
}

/// The flags that both commands take.
#[derive(Debug, Args)]
pub struct SharedFlags {
    /// A TOML file with any of these settings, by their long names with underscores, and the rules of forward-auth.
    #[arg(long, env = "PASSWRIGHT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The rules of forward-auth, from the settings file.
    #[arg(skip)]
    pub forward_auth: Vec<RuleSetting>,
    /// How the functions of triggers are reached, from the settings file.
    #[arg(skip)]
    pub triggers: TriggerSettings,
    /// Where the logs of pools go, from the settings file.
    #[arg(skip)]
    pub log_delivery: LogSettings,
    /// A network that is not public and has identity providers: any other that a pool names is reached at public addresses only.
    /// Several are given one by one, or separated by commas.
    #[arg(
        long = "provider-network",
        id = "provider_networks",
        env = "PASSWRIGHT_PROVIDER_NETWORKS",
        value_name = "CIDR",
        value_delimiter = ','
    )]
    pub provider_networks: Vec<IpNet>,
    /// The port; 0 chooses a free one.
    #[arg(long, env = "PASSWRIGHT_PORT", default_value_t = 7277)]
    pub port: u16,
    /// The address to listen on.
    #[arg(long, env = "PASSWRIGHT_HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Where the embedded database, the master key and the first credentials are kept.
    #[arg(long, env = "PASSWRIGHT_DATA", default_value = "passwright-data")]
    pub data: PathBuf,
    /// The account of a new deployment: 12 digits.
    #[arg(long, env = "PASSWRIGHT_ACCOUNT_ID", value_parser = account_id)]
    pub account_id: Option<String>,
    /// The region of unsigned requests that name none.
    #[arg(long, env = "PASSWRIGHT_REGION", default_value = "us-east-1", value_parser = region)]
    pub region: String,
    /// The address that clients reach this deployment by; issuers are made of it.
    #[arg(long, env = "PASSWRIGHT_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// `sqlite://PATH` or `postgres://…`; by default a SQLite file under the data folder.
    #[arg(long, env = "PASSWRIGHT_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The master key: base64 of 32 bytes. By default `master.key` under the data folder, made at the first start.
    #[arg(long, env = "PASSWRIGHT_MASTER_KEY_FILE")]
    pub master_key_file: Option<PathBuf>,
    /// The master key itself, in place of a file.
    #[arg(skip)]
    pub master_key: Option<String>,
    /// The form of the issuer in tokens: our own address, or AWS's, for code that has AWS's built in.
    #[arg(long, env = "PASSWRIGHT_ISSUER_STYLE", value_enum, default_value_t = IssuerStyle::Url)]
    pub issuer_style: IssuerStyle,
    /// Days that a user pool's signing key signs before the next takes its turn; 0 is for ever. Of several nodes, the lowest counts.
    #[arg(long, env = "PASSWRIGHT_SIGNING_KEY_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(0..=3650))]
    pub signing_key_days: u32,
    /// Days that events are kept: what signed calls did, what users did with their accounts, and how sign-ins went. Of several nodes,
    /// the lowest counts.
    #[arg(long, env = "PASSWRIGHT_EVENT_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub event_days: u32,
    /// Which decisions for applications are events: those that denied, or all of them.
    #[arg(long, env = "PASSWRIGHT_DECISION_EVENTS", value_enum, default_value_t = DecisionEvents::Denied)]
    pub decision_events: DecisionEvents,
    /// What is asked of passwords beyond Cognito, where a pool's tags say nothing.
    #[command(flatten)]
    pub passwords: PasswordFlags,
    /// Threads that hash passwords; by default one a core.
    #[arg(long, env = "PASSWRIGHT_HASHING_THREADS")]
    pub hashing_threads: Option<usize>,
    /// Passwords that may wait to be hashed; beyond, requests are refused with TooManyRequestsException.
    #[arg(long, env = "PASSWRIGHT_HASHING_QUEUE", default_value_t = 64)]
    pub hashing_queue: usize,
    /// Memory of one password hash in KiB.
    #[arg(long, env = "PASSWRIGHT_ARGON2_MEMORY_KIB", default_value_t = 19_456, value_parser = clap::value_parser!(u32).range(8..=1_048_576))]
    pub argon2_memory_kib: u32,
    /// Passes of one password hash.
    #[arg(long, env = "PASSWRIGHT_ARGON2_PASSES", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub argon2_passes: u32,
    /// How mail leaves: `smtp://[USER:PASSWORD@]HOST[:PORT][?tls=required]`, `smtps://…` or `file:///FOLDER`.
    #[arg(long, env = "PASSWRIGHT_EMAIL", hide_env_values = true, value_parser = secret)]
    pub email: Option<Secret>,
    /// Whom mail is from, where the pool names nobody.
    #[arg(long, env = "PASSWRIGHT_EMAIL_FROM", default_value = "Passwright <no-reply@localhost>")]
    pub email_from: String,
    /// How text messages leave: `https://:SECRET@HOST/PATH`, `twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=NUMBER` or
    /// `sns://ACCESS_KEY_ID:SECRET@REGION`.
    #[arg(long, env = "PASSWRIGHT_SMS", hide_env_values = true, value_parser = secret)]
    pub sms: Option<Secret>,
    /// Connections to PostgreSQL.
    #[arg(long, env = "PASSWRIGHT_DATABASE_CONNECTIONS", default_value_t = 16)]
    pub database_connections: u32,
}

impl SharedFlags {
    /// How long events are kept.
    #[must_use]
    pub fn events_kept(&self) -> Duration {
        Duration::from_secs(24 * 3600) * self.event_days
    }

    /// How long a signing key signs at most; `None` is for ever.
    #[must_use]
    pub fn signing_key_age(&self) -> Option<Duration> {
        (self.signing_key_days > 0).then(|| Duration::from_secs(24 * 3600) * self.signing_key_days)
    }
}

/// What is asked of passwords beyond Cognito. A pool's tags `passwright:password-rules`, `passwright:common-passwords` and
/// `passwright:password-max-age-days` come before these.
#[derive(Debug, Args)]
pub struct PasswordFlags {
    /// What passwords must be like: the pool's own policy, or NIST's length without kinds of characters, and nothing common.
    #[arg(long, env = "PASSWRIGHT_PASSWORD_RULES", value_enum, default_value_t = PasswordStyle::Cognito)]
    pub password_rules: PasswordStyle,
    /// Whether passwords that many people have are refused.
    #[arg(long, env = "PASSWRIGHT_COMMON_PASSWORDS", value_enum, default_value_t = CommonPasswords::Allow)]
    pub common_passwords: CommonPasswords,
    /// Days that a password is good for before the next sign-in asks for another; 0 is for ever.
    #[arg(long, env = "PASSWRIGHT_PASSWORD_MAX_AGE_DAYS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=3650))]
    pub password_max_age_days: u32,
}

impl PasswordFlags {
    /// As pools take them.
    #[must_use]
    pub fn rules(&self) -> PasswordRules {
        PasswordRules {
            nist: self.password_rules == PasswordStyle::Nist,
            refuses_common: self.common_passwords == CommonPasswords::Refuse,
            max_age_days: self.password_max_age_days,
        }
    }
}

/// What passwords must be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PasswordStyle {
    /// As the pool's policy says.
    Cognito,
    /// Long, and not common.
    Nist,
}

/// What becomes of passwords that many people have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CommonPasswords {
    /// They are taken.
    Allow,
    /// They are refused.
    Refuse,
}

/// The form of the issuer in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IssuerStyle {
    /// `{public URL}/{pool id}`
    Url,
    /// `https://cognito-idp.<region>.amazonaws.com/{pool id}`
    Aws,
}

/// Which decisions for applications are events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DecisionEvents {
    /// Those that denied.
    Denied,
    /// Every one.
    All,
}

/// How the connections of a listener come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// In the open.
    Plain,
    /// Over TLS.
    Tls,
}

/// Whether keys that we did not issue are accepted, and the outbox is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `dev`
    Dev,
    /// `serve`
    Serve,
}

#[expect(clippy::unnecessary_wraps, reason = "clap calls it so")]
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::from(text.to_owned()))
}

fn account_id(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account { Ok(text.to_owned()) } else { Err("an account id has 12 digits".to_owned()) }
}

fn region(text: &str) -> Result<String, String> {
    if is_region(text) { Ok(text.to_owned()) } else { Err("a region is written like us-east-1".to_owned()) }
}

/// An address that deployments are reached by, without a slash at its end.
///
/// # Errors
/// What is wrong with the text.
pub fn public_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_base = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['?', '#', ' ']));
    if is_base { Ok(text.trim_end_matches('/').to_owned()) } else { Err("a public URL begins with http:// or https://".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_every_flag_with_its_default() {
        let page = include_str!("../templates/docs/settings.md");
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
        let server = Server::augment_subcommands(clap::Command::new("passwright"));
        for flag in server.get_subcommands().flat_map(clap::Command::get_arguments) {
            let name = format!("`--{}`", flag.get_long().unwrap());
            let row = rows.iter().find(|row| row.contains(&name)).unwrap_or_else(|| panic!("{name} is not in templates/docs/settings.md"));
            for default in flag.get_default_values().iter().map(|default| default.to_string_lossy()).filter(|default| default != "false") {
                assert!(row.contains(&*default), "{row} does not say {default}");
            }
        }
    }
}
