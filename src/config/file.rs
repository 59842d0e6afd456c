//! The settings file, in TOML: its values stand in for the defaults, so flags and environment win over them.

use std::any::TypeId;
use std::ffi::OsString;
use std::fs;
use std::ops::Range;
use std::path::Path;

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, FromArgMatches as _, Subcommand as _};
use ipnet::IpNet;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{LogSettings, Server, TriggerSettings};

/// The tables that hold the rules of forward-auth, the ways to functions and those of logs: what in the file is no flag.
const FORWARD_AUTH: &str = "forward_auth";
const TRIGGERS: &str = "triggers";
const LOG_DELIVERY: &str = "log_delivery";
const TRUSTED_PROXIES: &str = "trusted_proxies";

/// The names of the commands.
const DEV: &str = "dev";
const SERVE: &str = "serve";

/// A `[[forward_auth.rule]]` as it is written; what it means is checked where it is used.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetting {
    /// `FILE:LINE`
    #[serde(skip)]
    pub place: String,
    /// The host of the original request; any when absent.
    pub host: Option<String>,
    /// The methods; any when absent.
    pub methods: Option<Vec<String>>,
    /// The path, with captures: `/notes/{owner}/{id}`.
    pub path: String,
    /// The IAM action.
    pub action: String,
    /// The ARN, made of captures.
    pub resource: String,
    /// The identity pool whose roles judge bearer tokens.
    pub identity_pool: Option<String>,
}

/// Why there are no settings to start with.
#[derive(Debug, thiserror::Error)]
pub enum SettingsRefused {
    /// The command line or the environment; or help was asked for.
    #[error("{0}")]
    CommandLine(#[from] clap::Error),
    /// The settings file: where, which setting, and what would be right.
    #[error("{0}")]
    File(String),
}

/// The settings of a command line that was read, with the settings file that it names standing in for the defaults.
///
/// `program` is what the command line was read by, and reads it again; `arguments` are the command line.
///
/// # Errors
/// [`SettingsRefused`].
pub fn with_file(mut server: Server, mut program: clap::Command, arguments: &[OsString]) -> Result<Server, SettingsRefused> {
    let Some(path) = server.shared_mut().config.clone() else { return Ok(server) };
    let text = fs::read_to_string(&path).map_err(|error| SettingsRefused::File(format!("--config {}: {error}", path.display())))?;
    let file = SettingsFile { path: &path, text: &text };
    let rules = file.rules()?;
    let (triggers, log_delivery) = file.ways()?;
    let settings = file.settings(server.name())?;

    let mut proxies = Vec::new();
    for Setting { name, values } in settings {
        if name == TRUSTED_PROXIES {
            proxies.extend(values.iter().filter_map(|value| value.parse::<IpNet>().ok()));
        }
        program = program.mut_subcommand(server.name(), |flags| {
            let is_flag = flags.get_arguments().any(|flag| flag.get_id() == name.as_str());
            if is_flag { flags.mut_arg(name, |flag| flag.default_values(values)) } else { flags }
        });
    }
    let mut server = Server::from_arg_matches(&program.try_get_matches_from(arguments)?)?;
    server.shared_mut().forward_auth = rules;
    server.shared_mut().triggers = triggers;
    server.shared_mut().log_delivery = log_delivery;
    if let Server::Dev(flags) = &mut server {
        flags.trusted_proxies = proxies;
    }
    Ok(server)
}

impl Server {
    const fn name(&self) -> &'static str {
        match self {
            Self::Dev(_) => DEV,
            Self::Serve(_) => SERVE,
        }
    }
}

/// The two commands alone: what the file is judged by.
fn commands() -> clap::Command {
    Server::augment_subcommands(clap::Command::new("passwright"))
}

struct SettingsFile<'a> {
    path: &'a Path,
    text: &'a str,
}

/// A setting whose value its flag takes.
struct Setting {
    name: String,
    values: Vec<String>,
}

/// What the file may write for a flag.
#[derive(Clone, Copy)]
enum Kind {
    Boolean,
    Integer,
    Text,
    List,
}

impl SettingsFile<'_> {
    /// Every setting but the rules, for one command.
    fn settings(&self, command: &str) -> Result<Vec<Setting>, SettingsRefused> {
        let table = DeTable::parse(self.text).map_err(|error| self.refused(error.span(), error.message()))?;
        let mut settings = Vec::new();
        for (key, value) in table.get_ref() {
            let name = key.get_ref().as_ref();
            if [FORWARD_AUTH, TRIGGERS, LOG_DELIVERY].contains(&name) {
                continue;
            }
            let refused = |what: String| self.refused(Some(key.span()), &format!("`{name}`: {what}"));
            let (flags, flag) = find(name, command).map_err(refused)?;
            let values = written(value.get_ref(), kind(&flag)).map_err(refused)?;
            taken(&flags, &flag, &values).map_err(refused)?;
            settings.push(Setting { name: name.to_owned(), values });
        }
        Ok(settings)
    }

    fn rules(&self) -> Result<Vec<RuleSetting>, SettingsRefused> {
        #[derive(Deserialize)]
        struct Tables {
            #[serde(default)]
            forward_auth: ForwardAuth,
        }
        #[derive(Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct ForwardAuth {
            #[serde(default)]
            rule: Vec<Spanned<RuleSetting>>,
        }
        let tables: Tables = toml::from_str(self.text).map_err(|error| self.refused(error.span(), error.message()))?;
        let placed = |rule: Spanned<RuleSetting>| RuleSetting { place: self.place(Some(rule.span())), ..rule.into_inner() };
        Ok(tables.forward_auth.rule.into_iter().map(placed).collect())
    }

    /// The ways to functions, and those of logs.
    fn ways(&self) -> Result<(TriggerSettings, LogSettings), SettingsRefused> {
        #[derive(Deserialize)]
        struct Tables {
            #[serde(default)]
            triggers: TriggerSettings,
            #[serde(default)]
            log_delivery: LogSettings,
        }
        let tables: Tables = toml::from_str(self.text).map_err(|error| self.refused(error.span(), error.message()))?;
        Ok((tables.triggers, tables.log_delivery))
    }

    fn refused(&self, span: Option<Range<usize>>, what: &str) -> SettingsRefused {
        SettingsRefused::File(format!("{}: {what}", self.place(span)))
    }

    fn place(&self, span: Option<Range<usize>>) -> String {
        let before = span.and_then(|span| self.text.get(..span.start)).unwrap_or_default();
        format!("{}:{}", self.path.display(), before.matches('\n').count() + 1)
    }
}

/// The flag of a name, and the command that has it: a list of trusted proxies is a flag of `serve` and a setting of both.
fn find(name: &str, command: &str) -> Result<(clap::Command, Arg), String> {
    let all = commands();
    let flag_of = |command: &str| {
        let flags = all.find_subcommand(command)?;
        let flag = flags.get_arguments().find(|flag| flag.get_id() == name && name != "config")?;
        Some((flags.clone(), flag.clone()))
    };
    let other = if command == DEV { SERVE } else { DEV };
    match (flag_of(command), flag_of(other)) {
        (Some(found), _) => Ok(found),
        (None, Some(found)) if name == TRUSTED_PROXIES => Ok(found),
        (None, Some(_)) => Err(format!("a setting of `{other}`, not of `{command}`")),
        (None, None) => {
            let flags = all.find_subcommand(command).into_iter().flat_map(clap::Command::get_arguments);
            let mut names: Vec<&str> = flags.map(|flag| flag.get_id().as_str()).filter(|name| *name != "config").collect();
            names.extend((command == DEV).then_some(TRUSTED_PROXIES));
            names.sort_unstable();
            Err(format!(
                "no such setting; there are: {}, [[forward_auth.rule]], [[log_delivery.destination]] and [triggers]",
                names.join(", ")
            ))
        }
    }
}

fn kind(flag: &Arg) -> Kind {
    let parsed = flag.get_value_parser().type_id();
    let is_integer = [TypeId::of::<u16>(), TypeId::of::<u32>(), TypeId::of::<usize>()].iter().any(|number| parsed == *number);
    match flag.get_action() {
        ArgAction::Append => Kind::List,
        _ if parsed == TypeId::of::<bool>() => Kind::Boolean,
        _ if is_integer => Kind::Integer,
        _ => Kind::Text,
    }
}

/// The value as the flag would be given it.
fn written(value: &DeValue<'_>, kind: Kind) -> Result<Vec<String>, String> {
    let text = |value: &DeValue<'_>| value.as_str().map(str::to_owned);
    let (found, wanted) = match kind {
        Kind::Boolean => (value.as_bool().map(|value| vec![value.to_string()]), "true or false"),
        Kind::Integer => (value.as_integer().and_then(integer).map(|value| vec![value.to_string()]), "an integer"),
        Kind::Text => (text(value).map(|value| vec![value]), "a string"),
        Kind::List => (value.as_array().and_then(|items| items.iter().map(|item| text(item.get_ref())).collect()), "a list of strings"),
    };
    found.ok_or_else(|| format!("must be {wanted}, not of type {}", value.type_str()))
}

fn integer(number: &toml::de::DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}

/// Whether the flag takes the value: asked of the flag itself, so that the file and the command line agree.
fn taken(flags: &clap::Command, flag: &Arg, values: &[String]) -> Result<(), String> {
    let long = flag.get_long().unwrap_or_default();
    let given = values.iter().map(|value| format!("--{long}={value}"));
    // What the environment says has no place in a judgement of the file.
    let alone = flags.clone().no_binary_name(true).mut_args(|flag| flag.env(Resettable::Reset));
    match alone.try_get_matches_from(given) {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) => {
            let message = error.to_string();
            let first = message.split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            Err(first.trim_start_matches("error: ").to_owned())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(arguments: &[OsString]) -> Result<Server, SettingsRefused> {
        let first = Server::from_arg_matches(&commands().try_get_matches_from(arguments)?)?;
        with_file(first, commands(), arguments)
    }

    /// What comes of a file and flags. The tests set no environment: it belongs to the whole process.
    fn load_with(command: &str, flags: &[&str], text: &str) -> Result<Server, String> {
        let path = std::env::temp_dir().join(format!("passwright-{}.toml", uuid::Builder::from_random_bytes(rand::random()).into_uuid()));
        fs::write(&path, text).unwrap();
        let given = ["passwright", command, "--config"].map(OsString::from).into_iter();
        let given: Vec<OsString> = given.chain([path.clone().into_os_string()]).chain(flags.iter().map(OsString::from)).collect();
        let loaded = load(&given).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"));
        fs::remove_file(path).unwrap();
        loaded
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_the_defaults() {
        let text = "port = 8_000\nregion = \"eu-west-1\"\nargon2_passes = 0x3\nephemeral = true\ntrusted_proxies = [\"127.0.0.0/8\"]";
        let Server::Dev(flags) = load_with("dev", &["--region", "eu-west-2"], text).unwrap() else { panic!("not dev") };
        let shared = flags.shared;
        assert_eq!((shared.port, shared.region.as_str(), shared.argon2_passes, shared.hashing_queue), (8000, "eu-west-2", 3, 64));
        assert!(flags.ephemeral && !flags.tls);
        assert_eq!(flags.trusted_proxies, ["127.0.0.0/8".parse().unwrap()]);
        let Server::Dev(flags) = load_with("dev", &["--ephemeral=false", "--tls"], text).unwrap() else { panic!("not dev") };
        assert!(!flags.ephemeral && flags.tls);
    }

    #[test]
    fn a_list_on_the_command_line_replaces_the_files() {
        let text = "trusted_proxies = [\"10.0.0.0/8\", \"::1/128\"]";
        let proxies = |flags: &[&str]| match load_with("serve", flags, text).unwrap() {
            Server::Serve(flags) => flags.trusted_proxies.len(),
            Server::Dev(_) => 0,
        };
        assert_eq!((proxies(&[]), proxies(&["--trusted-proxy", "10.0.0.0/8"])), (2, 1));
    }

    #[test]
    fn every_flag_is_a_setting() {
        for command in [DEV, SERVE] {
            let own = commands();
            for flag in own.find_subcommand(command).unwrap().get_arguments().filter(|flag| flag.get_id() != "config") {
                let value = match (kind(flag), flag.get_id().as_str()) {
                    (Kind::Boolean, _) => "true",
                    (Kind::Integer, _) => "9",
                    (Kind::List, _) => "[]",
                    (Kind::Text, "host") => "\"127.0.0.2\"",
                    (Kind::Text, "account_id") => "\"123456789012\"",
                    (Kind::Text, "region") => "\"eu-west-1\"",
                    (Kind::Text, "public_url") => "\"https://a.example\"",
                    (Kind::Text, "issuer_style") => "\"aws\"",
                    (Kind::Text, "decision_events") => "\"all\"",
                    (Kind::Text, "password_rules") => "\"nist\"",
                    (Kind::Text, "common_passwords") => "\"refuse\"",
                    (Kind::Text, _) => "\"text\"",
                };
                load_with(command, &[], &format!("{} = {value}", flag.get_id())).unwrap();
            }
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_what_would_be_right() {
        for (command, text, says) in [
            ("dev", "\nprot = 1", "FILE:2: `prot`: no such setting; there are: account_id, "),
            ("dev", "port = \"1\"", "FILE:1: `port`: must be an integer, not of type string"),
            ("dev", "port = 65536", "FILE:1: `port`: invalid value '65536' for '--port <PORT>': 65536 is not in 0..=65535"),
            ("dev", "region = 1", "FILE:1: `region`: must be a string, not of type integer"),
            ("dev", "ephemeral = 1", "FILE:1: `ephemeral`: must be true or false, not of type integer"),
            ("dev", "trusted_proxies = \"::/0\"", "FILE:1: `trusted_proxies`: must be a list of strings"),
            ("dev", "trusted_proxies = [\"x\"]", "FILE:1: `trusted_proxies`: invalid value 'x'"),
            ("dev", "tls_cert = \"x\"", "FILE:1: `tls_cert`: a setting of `serve`, not of `dev`"),
            ("serve", "ephemeral = true", "FILE:1: `ephemeral`: a setting of `dev`, not of `serve`"),
            ("serve", "config = \"x\"", "FILE:1: `config`: no such setting"),
            ("serve", "master_key = \"x\"", "FILE:1: `master_key`: no such setting"),
            ("serve", "account_id = \"12\"", "an account id has 12 digits"),
            ("serve", "region = \"*\"", "a region is written like us-east-1"),
            ("serve", "signing_key_days = 3651", "3651 is not in 0..=3650"),
            (
                "serve",
                "issuer_style = \"x\"",
                "FILE:1: `issuer_style`: invalid value 'x' for '--issuer-style <ISSUER_STYLE>' [possible values: url, aws]",
            ),
            ("serve", "port = 1\nport = 2", "FILE:2: duplicate key"),
            ("serve", "port 1", "FILE:1: "),
            ("serve", "[tls]\ncert = \"x\"", "FILE:1: `tls`: a setting of `dev`"),
            ("serve", "[forward_auth]\nrules = []", "FILE:2: unknown field `rules`, expected `rule`"),
            ("serve", "[[forward_auth.rule]]\npath = \"/\"\naction = \"a:B\"", "FILE:1: missing field `resource`"),
            ("serve", "[[forward_auth.rule]]\npath = 1", "FILE:2: invalid type: integer `1`, expected a string"),
        ] {
            let refused = load_with(command, &[], text).err().unwrap_or_default();
            assert!(refused.contains(says), "{text}: {refused}");
        }
        let missing = load(&["passwright", "dev", "--config", "/nowhere.toml"].map(OsString::from)).err().unwrap().to_string();
        assert!(missing.starts_with("--config /nowhere.toml: No such file"), "{missing}");
    }

    #[test]
    fn ways_to_functions_are_read_and_their_secrets_are_not_shown() {
        let text = "port = 1\n[triggers]\nendpoint = \"http://127.0.0.1:1\"\naccess_key_id = \"A\"\nsecret_access_key = \"hunter2\"\n\
                    [[triggers.function]]\narn = \"a\"\nurl = \"https://a.example\"\nsecret = \"hunter2\"\n";
        let mut server = load_with("serve", &[], text).unwrap();
        let settings = &server.shared_mut().triggers;
        assert_eq!((settings.endpoint.as_deref(), settings.function.len()), (Some("http://127.0.0.1:1"), 1));
        assert!(!format!("{settings:?}").contains("hunter2"));
        let refused = load_with("serve", &[], "[triggers]\nurl = \"x\"").err().unwrap_or_default();
        assert!(refused.contains("FILE:2: unknown field `url`"), "{refused}");
    }

    #[test]
    fn rules_keep_their_order_and_know_their_lines() {
        let rule = |path: &str| format!("[[forward_auth.rule]]\npath = \"{path}\"\naction = \"a:B\"\nresource = \"arn:aws:a:::b\"\n");
        let mut server = load_with("serve", &[], &format!("port = 1\n{}{}", rule("/one"), rule("/two"))).unwrap();
        let rules = &server.shared_mut().forward_auth;
        let found: Vec<(&str, &str)> = rules.iter().map(|rule| (rule.path.as_str(), rule.place.as_str())).collect();
        assert!(matches!(found.as_slice(), [("/one", one), ("/two", two)] if one.ends_with(":2") && two.ends_with(":6")), "{found:?}");
    }
}
