//! The settings of a style: a document of the shape that the default style has.

use std::sync::LazyLock;

use serde_json::{Map, Value};

/// The default style.
///
/// Source: Amazon Cognito API reference, CreateManagedLoginBranding, examples.
static DEFAULTS: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("defaults.json")).unwrap_or_default());

/// How many items a list of settings has at most.
const MOST_ITEMS: usize = 64;

/// The longest name or word, in characters.
const LONGEST: usize = 64;

/// Why settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsRefused {
    /// The default style has no such setting.
    #[error("Invalid settings: {0} is not a setting.")]
    Unknown(String),
    /// A value of another kind than the default one's.
    #[error("Invalid settings: the value of {0} is not valid.")]
    Invalid(String),
}

/// Checks settings against the default style: they have no other members, and values of the same kind.
///
/// SECURITY: the values become style sheets and classes: a colour is eight hexadecimal digits, any other text a plain word.
///
/// # Errors
/// [`SettingsRefused`].
pub fn check_settings(given: &Value) -> Result<(), SettingsRefused> {
    check(given, &DEFAULTS, "")
}

fn check(given: &Value, known: &Value, path: &str) -> Result<(), SettingsRefused> {
    let invalid = || Err(SettingsRefused::Invalid(path.chars().take(200).collect()));
    match (given, known) {
        (Value::Object(given), Value::Object(known)) => {
            // Buttons of single providers, by their names, look as the standard one does.
            let of_provider = path.ends_with("idpButton.custom").then(|| DEFAULTS.pointer("/components/idpButton/standard")).flatten();
            for (name, value) in given {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let named = of_provider.filter(|_| name.chars().count() <= LONGEST);
                match named.or_else(|| known.get(name)) {
                    Some(known) => check(value, known, &path)?,
                    None => return Err(SettingsRefused::Unknown(path.chars().take(200).collect())),
                }
            }
            Ok(())
        }
        (Value::Array(given), Value::Array(known)) if given.len() <= MOST_ITEMS => {
            let name = Value::String(String::new());
            given.iter().try_for_each(|item| check(item, known.first().unwrap_or(&name), path))
        }
        (Value::String(given), Value::String(known)) => {
            if fits(given, known) {
                Ok(())
            } else {
                invalid()
            }
        }
        (Value::Bool(_), Value::Bool(_)) => Ok(()),
        (Value::Number(given), Value::Number(_)) if given.as_f64().is_some_and(|number| (0.0..=1000.0).contains(&number)) => Ok(()),
        _ => invalid(),
    }
}

/// Whether a text is of the kind of the known one: a colour, a name of a provider, or a word.
fn fits(given: &str, known: &str) -> bool {
    let is_color = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_color(known) {
        return is_color(given);
    }
    let of_names = |character: char| known.is_empty() && !character.is_control() && !matches!(character, '<' | '>' | '"' | '\'' | '\\');
    (1..=LONGEST).contains(&given.chars().count())
        && given.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-') || of_names(character))
}

/// Settings with others laid over them: objects member by member, anything else whole.
#[must_use]
pub fn overlaid(below: Value, above: Value) -> Value {
    match (below, above) {
        (Value::Object(mut below), Value::Object(above)) => {
            for (name, value) in above {
                let under = below.remove(&name).unwrap_or(Value::Object(Map::new()));
                let value = if under.is_object() && value.is_object() { overlaid(under, value) } else { value };
                below.insert(name, value);
            }
            Value::Object(below)
        }
        (_, above) => above,
    }
}

/// Settings with the default style's for what they leave out.
#[must_use]
pub fn merged_with_defaults(settings: Value) -> Value {
    overlaid(DEFAULTS.clone(), settings)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_default_style_is_one_and_stays_one() {
        assert!(DEFAULTS.pointer("/components/primaryButton/lightMode/defaults/backgroundColor").is_some());
        assert_eq!(check_settings(&DEFAULTS), Ok(()));
        assert_eq!(merged_with_defaults(json!({})), *DEFAULTS);
        let merged = merged_with_defaults(json!({"categories": {"global": {"colorSchemeMode": "DARK"}}}));
        assert_eq!(
            merged["categories"]["global"],
            json!({"colorSchemeMode": "DARK", "pageFooter": {"enabled": false}, "pageHeader": {"enabled": false}, "spacingDensity": "REGULAR"})
        );
    }

    #[test]
    fn settings_have_the_members_and_the_kinds_of_the_default_ones() {
        let button = |color: &str| json!({"components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": color}}}}});
        for (settings, accepted) in [
            (button("0972d3ff"), true),
            (button("AABBCCDD"), true),
            (button("red"), false),
            (button("ffffff;x"), false),
            (json!({}), true),
            (json!({"componentClasses": {"buttons": {"borderRadius": 4}}}), true),
            (json!({"componentClasses": {"buttons": {"borderRadius": -1}}}), false),
            (json!({"componentClasses": {"buttons": {"borderRadius": "8px"}}}), false),
            (json!({"componentClasses": {"buttons": {"css": "x"}}}), false),
            (json!({"x": {}}), false),
            (json!([]), false),
            (json!("x"), false),
            (json!(null), false),
            (json!({"categories": null}), false),
            (json!({"categories": {"auth": {"federation": {"order": ["My IdP", "Google"]}}}}), true),
            (json!({"categories": {"auth": {"federation": {"order": ["</style>"]}}}}), false),
            (json!({"categories": {"auth": {"federation": {"order": [["x"]]}}}}), false),
            (json!({"categories": {"auth": {"federation": {"order": vec!["x"; 65]}}}}), false),
            (json!({"categories": {"global": {"colorSchemeMode": "url(x)"}}}), false),
            (json!({"components": {"idpButton": {"custom": {"My IdP": {"lightMode": {"hover": {"textColor": "033160ff"}}}}}}}), true),
            (json!({"components": {"idpButton": {"custom": {"My IdP": {"x": 1}}}}}), false),
        ] {
            assert_eq!(check_settings(&settings).is_ok(), accepted, "{settings}");
        }
    }

    #[test]
    fn what_is_laid_over_keeps_what_it_does_not_name() {
        let below = json!({"a": {"b": 1, "c": [1, 2]}, "d": 1});
        let above = json!({"a": {"c": [3], "e": {"f": 1}}, "d": {"g": 2}});
        assert_eq!(overlaid(below, above), json!({"a": {"b": 1, "c": [3], "e": {"f": 1}}, "d": {"g": 2}}));
    }
}
