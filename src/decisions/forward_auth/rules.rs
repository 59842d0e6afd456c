//! From an original request to the IAM action and resource that it stands for: the rules of the settings file. Pure.

use std::collections::HashMap;

use super::original::split_host;
use super::path::DecodedPath;
use crate::config::RuleSetting;

/// The rules, in their order: the first that matches is the one.
#[derive(Debug, Default)]
pub struct Rules(Vec<Rule>);

/// Why a rule of the settings file is refused: where it stands, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: [[forward_auth.rule]]: {what}")]
pub struct RuleRefused {
    place: String,
    what: String,
}

/// What a request stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched<'a> {
    /// The service that a signature must be for: the action's prefix.
    pub service: &'a str,
    /// The IAM action.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// The identity pool whose roles judge bearer tokens.
    pub identity_pool: Option<&'a str>,
}

/// Why a request stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRule {
    /// No rule matches.
    #[error("no rule of forward_auth matches this request")]
    None,
    /// The first rule that matches takes no such value. The rules after it are not tried: they are for other requests.
    #[error("`{0}` in the path has a character that it may not have")]
    Capture(String),
}

#[derive(Debug)]
struct Rule {
    /// Lower case, and the port if it must be this one.
    host: Option<Host>,
    methods: Option<Vec<String>>,
    path: Vec<Segment>,
    service: String,
    action: Vec<Piece>,
    resource: Vec<Piece>,
    /// Whether the resource separates captures by colons, so that none may have one.
    splits_by_colon: bool,
    identity_pool: Option<String>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Capture(String),
}

/// A part of a template.
#[derive(Debug)]
enum Piece {
    Literal(String),
    Capture(String),
}

impl Rules {
    /// Checks what the settings file says.
    ///
    /// # Errors
    /// [`RuleRefused`].
    pub fn compile(settings: &[RuleSetting]) -> Result<Self, RuleRefused> {
        let compile = |setting| Rule::compile(setting).map_err(|what| RuleRefused { place: setting.place.clone(), what });
        settings.iter().map(compile).collect::<Result<_, _>>().map(Self)
    }

    /// What a request stands for. The host is as the client wrote it.
    ///
    /// # Errors
    /// `NoRule`.
    pub fn find(&self, method: &str, host: &str, path: &DecodedPath) -> Result<Matched<'_>, NoRule> {
        let rule = self.0.iter().find(|rule| rule.matches(method, host, path)).ok_or(NoRule::None)?;
        let captures = rule.captures(path)?;
        Ok(Matched {
            service: &rule.service,
            action: fill(&rule.action, &captures),
            resource: fill(&rule.resource, &captures),
            identity_pool: rule.identity_pool.as_deref(),
        })
    }
}

impl Rule {
    fn compile(setting: &RuleSetting) -> Result<Self, String> {
        let host = setting.host.as_deref().map(compile_host).transpose()?;
        if let Some(methods) = &setting.methods {
            let is_method = |method: &String| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
            if methods.is_empty() || !methods.iter().all(is_method) {
                return Err("methods: a list of at least one method, in upper case as \"GET\"".to_owned());
            }
        }
        let path = compile_path(&setting.path)?;
        let named = |name: &str| path.iter().any(|segment| matches!(segment, Segment::Capture(other) if other == name));
        let action = template("action", &setting.action, named)?;
        let resource = template("resource", &setting.resource, named)?;
        let service = check_action(&setting.action, &action)?;
        let splits_by_colon = check_resource(&setting.resource, &resource)?;
        if let Some(pool) = &setting.identity_pool {
            let is_pool = pool.split_once(':').is_some_and(|(region, id)| !region.is_empty() && id.len() == 36 && !id.contains(':'));
            if !is_pool {
                return Err(format!(
                    "identity_pool `{pool}`: an identity pool's id is as \"us-east-1:00000000-0000-0000-0000-000000000000\""
                ));
            }
        }
        let identity_pool = setting.identity_pool.clone();
        Ok(Self { host, methods: setting.methods.clone(), path, service, action, resource, splits_by_colon, identity_pool })
    }

    fn matches(&self, method: &str, host: &str, path: &DecodedPath) -> bool {
        let segments = path.segments();
        let fits = |(own, segment): (&Segment, &String)| match own {
            Segment::Literal(literal) => literal == segment,
            Segment::Capture(_) => !segment.is_empty(),
        };
        self.host.as_ref().is_none_or(|own| is_host(own, host))
            && self.methods.as_ref().is_none_or(|methods| methods.iter().any(|own| own == method))
            && self.path.len() == segments.len()
            && self.path.iter().zip(segments).all(fits)
    }

    /// SECURITY: a captured value is one whole segment, and goes into the ARN as it is. What has a meaning in patterns and
    /// variables is refused, so that no policy can read it as more than a character.
    fn captures<'p>(&self, path: &'p DecodedPath) -> Result<HashMap<&str, &'p str>, NoRule> {
        let mut captures = HashMap::new();
        for (own, value) in self.path.iter().zip(path.segments()) {
            let Segment::Capture(name) = own else { continue };
            let names_action = self.action.iter().any(|piece| matches!(piece, Piece::Capture(other) if other == name));
            let is_unfit = value.contains(['*', '?', '$'])
                || (self.splits_by_colon && value.contains(':'))
                || (names_action && !value.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            if is_unfit {
                return Err(NoRule::Capture(name.clone()));
            }
            captures.insert(name.as_str(), value.as_str());
        }
        Ok(captures)
    }
}

/// A host that a rule is for.
#[derive(Debug)]
struct Host {
    name: String,
    /// Any, where none is named.
    port: Option<u16>,
}

/// Names of hosts do not differ by case, nor by the dot of the root at their end.
fn is_host(own: &Host, host: &str) -> bool {
    split_host(host).is_some_and(|(found, found_port)| {
        found.trim_end_matches('.').eq_ignore_ascii_case(&own.name) && (own.port.is_none() || own.port == found_port)
    })
}

fn compile_host(text: &str) -> Result<Host, String> {
    let (name, port) =
        split_host(text).ok_or_else(|| format!("host `{text}`: a name as \"notes.example\", with a port if only that port is meant"))?;
    Ok(Host { name: name.trim_end_matches('.').to_ascii_lowercase(), port })
}

fn compile_path(text: &str) -> Result<Vec<Segment>, String> {
    let rest = text.strip_prefix('/').ok_or_else(|| format!("path `{text}`: a path begins with `/`"))?;
    let pieces: Vec<&str> = rest.split('/').collect();
    let last = pieces.len().saturating_sub(1);
    let mut segments: Vec<Segment> = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.into_iter().enumerate() {
        let segment = match piece.strip_prefix('{').and_then(|piece| piece.strip_suffix('}')) {
            Some(name) if is_name(name) => Segment::Capture(name.to_owned()),
            Some(name) => return Err(format!("path: `{name}` is no name of a capture: letters, digits and `_`, a letter first")),
            None if piece.contains(['{', '}']) => return Err(format!("path: a capture is a whole segment, not a part of `{piece}`")),
            None if piece.is_empty() && index != last => return Err("path: a segment is empty, and `//` is never let through".to_owned()),
            None if piece == "." || piece == ".." => return Err(format!("path: `{piece}` is never let through")),
            None if piece.contains(['%', '*', '?', '#', ';', '\\']) || piece.chars().any(char::is_control) => {
                return Err(format!("path: `{piece}` is compared with the decoded path as it is: no escapes, patterns or query"));
            }
            None => Segment::Literal(piece.to_owned()),
        };
        let is_twice = |other: &Segment| matches!((other, &segment), (Segment::Capture(one), Segment::Capture(two)) if one == two);
        if segments.iter().any(is_twice) {
            return Err(format!("path: `{piece}` stands twice"));
        }
        segments.push(segment);
    }
    Ok(segments)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn template(what: &str, text: &str, named: impl Fn(&str) -> bool) -> Result<Vec<Piece>, String> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, left) = after.split_once('}').ok_or_else(|| format!("{what}: a `{{` is not closed"))?;
        if before.contains('}') {
            return Err(format!("{what}: a `}}` closes nothing"));
        }
        if !named(name) {
            return Err(format!("{what}: `{{{name}}}` is not a capture of path"));
        }
        if pieces.iter().any(|piece| matches!(piece, Piece::Capture(other) if other == name)) {
            return Err(format!("{what}: `{{{name}}}` stands twice"));
        }
        pieces.push(Piece::Literal(before.to_owned()));
        pieces.push(Piece::Capture(name.to_owned()));
        rest = left;
    }
    if rest.contains('}') {
        return Err(format!("{what}: a `}}` closes nothing"));
    }
    pieces.push(Piece::Literal(rest.to_owned()));
    Ok(pieces)
}

/// The service of an action.
fn check_action(text: &str, pieces: &[Piece]) -> Result<String, String> {
    let wrong = || format!("action `{text}`: one action as \"notes:Read\", without wildcards");
    let Some(Piece::Literal(first)) = pieces.first() else { return Err(wrong()) };
    let (service, _) = first.split_once(':').ok_or_else(wrong)?;
    let is_service = !service.is_empty() && service.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let (_, name) = text.split_once(':').ok_or_else(wrong)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"{}_".contains(&byte);
    if is_service && !name.is_empty() && name.bytes().all(is_plain) { Ok(service.to_owned()) } else { Err(wrong()) }
}

/// Whether captures are separated by colons.
fn check_resource(text: &str, pieces: &[Piece]) -> Result<bool, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, region, account_id, resource] = parts.as_slice() else {
        return Err(format!("resource `{text}`: an ARN as \"arn:aws:notes:us-east-1:000000000000:note/{{id}}\""));
    };
    if partition.is_empty() || service.is_empty() || resource.is_empty() {
        return Err(format!("resource `{text}`: partition, service and resource of an ARN are not empty"));
    }
    if [partition, service, region, account_id].iter().any(|part| part.contains(['{', '}'])) {
        return Err("resource: captures stand after the account only: who calls does not choose whose resource it is".to_owned());
    }
    if !account_id.is_empty() && (account_id.len() != 12 || !account_id.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(format!("resource: `{account_id}` is no account: 12 digits, or nothing"));
    }
    if text.contains(['*', '?', '$']) || text.chars().any(|character| character.is_control() || character.is_whitespace()) {
        return Err(format!("resource `{text}`: one resource, without wildcards, variables or blanks"));
    }
    // Two captures side by side would let two paths stand for one resource: `a-b` and `c`, `a` and `b-c`.
    if resource.split(['/', ':']).any(|segment| segment.matches('{').count() > 1) {
        return Err("resource: between two captures stands a `/` or `:`".to_owned());
    }
    let captures = pieces.iter().filter(|piece| matches!(piece, Piece::Capture(_))).count();
    Ok(captures > 0 && resource.contains(':'))
}

/// One pass: what was captured is not looked at again.
fn fill(pieces: &[Piece], captures: &HashMap<&str, &str>) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Capture(name) => captures.get(name.as_str()).copied().unwrap_or_default().to_owned(),
    };
    pieces.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOTE: &str = "arn:aws:notes:us-east-1:000000000000:note/{owner}/{id}";

    fn rule(path: &str, action: &str, resource: &str) -> RuleSetting {
        RuleSetting {
            place: "x.toml:1".into(),
            path: path.into(),
            action: action.into(),
            resource: resource.into(),
            ..RuleSetting::default()
        }
    }

    fn notes() -> RuleSetting {
        rule("/notes/{owner}/{id}", "notes:Read", NOTE)
    }

    fn find(rules: &[RuleSetting], method: &str, host: &str, path: &str) -> Result<(String, String), NoRule> {
        let rules = Rules::compile(rules).unwrap();
        let matched = rules.find(method, host, &DecodedPath::parse(path).unwrap())?;
        Ok((matched.action, matched.resource))
    }

    fn resource(rule: RuleSetting, path: &str) -> Result<String, NoRule> {
        find(&[rule], "GET", "a.example", path).map(|(_, resource)| resource)
    }

    #[test]
    fn captures_go_into_the_arn_as_they_are() {
        for (path, expected) in [
            ("/notes/alice/1", "alice/1"),
            ("/notes/us-east-1:0b/1", "us-east-1:0b/1"),
            ("/notes/us-east-1%3A0b/1", "us-east-1:0b/1"),
            ("/notes/{id}/{owner}", "{id}/{owner}"),
            ("/notes/%252e%252e/100%25", "%2e%2e/100%"),
            ("/notes/a%20b/%C3%A9", "a b/é"),
        ] {
            assert_eq!(resource(notes(), path), Ok(format!("arn:aws:notes:us-east-1:000000000000:note/{expected}")), "{path}");
        }
    }

    #[test]
    fn a_capture_with_what_means_more_in_a_policy_is_refused() {
        for path in ["/notes/*/1", "/notes/%2a/1", "/notes/alice/%3F", "/notes/$%7Baws:userid%7D/1", "/notes/alice/a%24"] {
            assert!(matches!(resource(notes(), path), Err(NoRule::Capture(_))), "{path}");
        }
    }

    #[test]
    fn an_unfit_capture_is_not_offered_to_the_next_rule() {
        let anything = rule("/notes/*/{id}".replace('*', "{any}").as_str(), "notes:List", "arn:aws:notes:::all");
        let colons = rule("/notes/{owner}/{id}", "notes:Read", "arn:aws:notes:::note:{owner}:{id}");
        assert_eq!(find(&[colons, anything], "GET", "a", "/notes/a:b/1"), Err(NoRule::Capture("owner".into())));
    }

    #[test]
    fn a_capture_is_one_whole_segment() {
        for path in ["/notes/alice", "/notes/alice/", "/notes/alice/1/", "/notes/alice/1/2", "/Notes/alice/1", "/notes", "/"] {
            assert_eq!(resource(notes(), path), Err(NoRule::None), "{path}");
        }
        assert!(resource(rule("/notes/", "notes:List", "arn:aws:notes:::all"), "/notes/").is_ok());
        assert!(resource(rule("/", "notes:List", "arn:aws:notes:::all"), "/").is_ok());
    }

    #[test]
    fn a_colon_is_no_separator_that_a_client_can_add() {
        let colons = || rule("/n/{owner}/{id}", "notes:Read", "arn:aws:notes:::note:{owner}:{id}");
        assert_eq!(resource(colons(), "/n/alice/1"), Ok("arn:aws:notes:::note:alice:1".into()));
        assert_eq!(resource(colons(), "/n/alice:1/2"), Err(NoRule::Capture("owner".into())));
    }

    #[test]
    fn an_action_takes_letters_and_digits_only() {
        let by_verb = || rule("/{verb}/{id}", "notes:{verb}", "arn:aws:notes:::{id}");
        assert_eq!(find(&[by_verb()], "GET", "a", "/Read/1"), Ok(("notes:Read".into(), "arn:aws:notes:::1".into())));
        for path in ["/Re-ad/1", "/a:b/1", "/a%20b/1"] {
            assert_eq!(find(&[by_verb()], "GET", "a", path), Err(NoRule::Capture("verb".into())), "{path}");
        }
    }

    #[test]
    fn hosts_and_methods_choose_and_the_first_match_wins() {
        let rules = [
            RuleSetting { host: Some("Admin.Example".into()), ..rule("/{id}", "admin:Do", "arn:aws:admin:::{id}") },
            RuleSetting { host: Some("b.example:8443".into()), ..rule("/{id}", "b:Do", "arn:aws:b:::{id}") },
            RuleSetting { methods: Some(vec!["GET".into(), "HEAD".into()]), ..rule("/{id}", "notes:Read", "arn:aws:notes:::{id}") },
            rule("/{id}", "notes:Write", "arn:aws:notes:::{id}"),
        ];
        for (method, host, expected) in [
            ("GET", "admin.example", "admin:Do"),
            ("GET", "ADMIN.EXAMPLE:8080", "admin:Do"),
            ("GET", "admin.example.", "admin:Do"),
            ("GET", "b.example:8443", "b:Do"),
            ("GET", "b.example", "notes:Read"),
            ("GET", "b.example:443", "notes:Read"),
            ("HEAD", "other", "notes:Read"),
            ("get", "other", "notes:Write"),
            ("DELETE", "xadmin.example", "notes:Write"),
        ] {
            assert_eq!(find(&rules, method, host, "/1").unwrap().0, expected, "{method} {host}");
        }
        assert_eq!(find(&rules[..2], "GET", "c.example", "/1"), Err(NoRule::None));
    }

    #[test]
    fn wrong_rules_are_refused_with_what_would_be_right() {
        for (setting, says) in [
            (rule("notes", "a:B", "arn:aws:a:::b"), "begins with `/`"),
            (rule("/a//b", "a:B", "arn:aws:a:::b"), "empty"),
            (rule("/a/../b", "a:B", "arn:aws:a:::b"), "`..`"),
            (rule("/a%20b", "a:B", "arn:aws:a:::b"), "no escapes"),
            (rule("/a/*", "a:B", "arn:aws:a:::b"), "patterns"),
            (rule("/a/x{b}", "a:B", "arn:aws:a:::b"), "whole segment"),
            (rule("/a/{b", "a:B", "arn:aws:a:::b"), "whole segment"),
            (rule("/a/{}", "a:B", "arn:aws:a:::b"), "no name"),
            (rule("/a/{1b}", "a:B", "arn:aws:a:::b"), "no name"),
            (rule("/{a}/{a}", "a:B", "arn:aws:a:::b"), "stands twice"),
            (rule("/{a}", "a:B", "arn:aws:a:::{b}"), "`{b}` is not a capture of path"),
            (rule("/{a}", "a:B", "arn:aws:a:::{a}/{a}"), "stands twice"),
            (rule("/{a}", "a:B", "arn:aws:a:::{a"), "not closed"),
            (rule("/{a}", "a:B", "arn:aws:a:::a}"), "closes nothing"),
            (rule("/{a}/{b}", "a:B", "arn:aws:a:::{a}-{b}"), "between two captures"),
            (rule("/{a}", "a:B", "arn:aws:a:{a}::b"), "after the account only"),
            (rule("/{a}", "a:B", "arn:aws:a::{a}:b"), "after the account only"),
            (rule("/a", "a:B", "arn:aws:a::12:b"), "no account"),
            (rule("/a", "a:B", "a/b"), "an ARN as"),
            (rule("/a", "a:B", "arn:aws:a:::"), "not empty"),
            (rule("/a", "a:B", "arn:aws:a:::*"), "without wildcards"),
            (rule("/a", "a:B", "arn:aws:a:::${x}"), "`{x}` is not a capture"),
            (rule("/a", "a:*", "arn:aws:a:::b"), "without wildcards"),
            (rule("/a", "B", "arn:aws:a:::b"), "one action as"),
            (rule("/{a}", "{a}:B", "arn:aws:a:::b"), "one action as"),
            (RuleSetting { host: Some("http://x".into()), ..notes() }, "host `http://x`"),
            (RuleSetting { methods: Some(vec![]), ..notes() }, "methods"),
            (RuleSetting { methods: Some(vec!["get".into()]), ..notes() }, "methods"),
            (RuleSetting { identity_pool: Some("pool".into()), ..notes() }, "identity_pool `pool`"),
        ] {
            let refused = Rules::compile(std::slice::from_ref(&setting)).unwrap_err().to_string();
            assert!(refused.starts_with("x.toml:1: [[forward_auth.rule]]: ") && refused.contains(says), "{setting:?}: {refused}");
        }
    }

    proptest! {
        /// Two paths that differ once decoded stand for two resources.
        #[test]
        fn no_two_paths_share_a_resource(one in "/n/[ab:{}-]{1,3}/[ab:{}-]{1,3}", two in "/n/[ab:{}-]{1,3}/[ab:{}-]{1,3}") {
            for template in ["arn:aws:n:::{o}/{i}", "arn:aws:n:::o:{o}:{i}", "arn:aws:n:::n-{o}/x-{i}"] {
                let setting = rule("/n/{o}/{i}", "n:R", template);
                let found = [&one, &two].map(|path| resource(setting.clone(), path).ok());
                if let [Some(first), Some(second)] = found {
                    prop_assert_eq!(first == second, one == two);
                }
            }
        }

        /// Whatever a client sends, what stands before the captures is the rule's.
        #[test]
        fn nothing_but_the_captures_is_the_clients(path in "/n/[a-z:*?${}%2Fa.é/-]{0,20}") {
            if let Ok(decoded) = DecodedPath::parse(&path) {
                let rules = Rules::compile(&[rule("/n/{o}/{i}", "n:R", "arn:aws:n:r:000000000000:n/{o}/{i}")]).unwrap();
                if let Ok(matched) = rules.find("GET", "h", &decoded) {
                    let rest = matched.resource.strip_prefix("arn:aws:n:r:000000000000:n/").unwrap().to_owned();
                    prop_assert_eq!(rest, decoded.segments()[1..].join("/"));
                    prop_assert!(!matched.resource.contains(['*', '?', '$']));
                }
            }
        }
    }
}
