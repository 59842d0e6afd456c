//! A style of managed login as a style sheet of the hosted pages: their variables, by the style's colours and corners.

use std::fmt::Write as _;

use serde_json::Value;

/// A variable of the hosted pages, and where a style has its colour, below the mode's part.
const COLORS: [(&str, &str); 13] = [
    ("--pw-primary", "/components/primaryButton/MODE/defaults/backgroundColor"),
    ("--pw-on-primary", "/components/primaryButton/MODE/defaults/textColor"),
    ("--pw-link", "/componentClasses/link/MODE/defaults/textColor"),
    ("--pw-focus", "/componentClasses/focusState/MODE/borderColor"),
    ("--pw-background", "/components/pageBackground/MODE/color"),
    ("--pw-card", "/components/form/MODE/backgroundColor"),
    ("--pw-field", "/componentClasses/input/MODE/defaults/backgroundColor"),
    ("--pw-border", "/components/form/MODE/borderColor"),
    ("--pw-field-border", "/componentClasses/input/MODE/defaults/borderColor"),
    ("--pw-text", "/components/pageText/MODE/headingColor"),
    ("--pw-muted", "/components/pageText/MODE/descriptionColor"),
    ("--pw-danger", "/componentClasses/statusIndicator/MODE/error/indicatorColor"),
    ("--pw-success", "/componentClasses/statusIndicator/MODE/success/indicatorColor"),
];

/// The same of corners, in pixels.
const CORNERS: [(&str, &str); 2] =
    [("--pw-radius", "/componentClasses/buttons/borderRadius"), ("--pw-card-radius", "/components/form/borderRadius")];

/// When a style is dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Never.
    Light,
    /// Always.
    Dark,
    /// Where the visitor's system is.
    Dynamic,
}

impl Mode {
    /// What whole settings say of it.
    ///
    /// Source: Amazon Cognito developer guide, "Apply branding to managed login pages".
    #[must_use]
    pub fn of(settings: &Value) -> Self {
        match settings.pointer("/categories/global/colorSchemeMode").and_then(Value::as_str) {
            Some("DARK") => Self::Dark,
            Some("DYNAMIC") => Self::Dynamic,
            _ => Self::Light,
        }
    }
}

/// The style sheet of whole settings, which were checked when they were set: a colour is eight hexadecimal digits, a corner a number.
#[must_use]
pub fn style_sheet(settings: &Value) -> String {
    let (light, dark) = (variables(settings, "lightMode"), variables(settings, "darkMode"));
    let corners: String =
        CORNERS.into_iter().filter_map(|(name, path)| Some(format!("{name}:{}px;", settings.pointer(path)?.as_f64()?))).collect();
    match Mode::of(settings) {
        Mode::Light => format!(":root{{{corners}{light}}}"),
        Mode::Dark => format!(":root{{color-scheme:dark;{corners}{dark}}}"),
        Mode::Dynamic => format!(":root{{{corners}{light}}}@media (prefers-color-scheme:dark){{:root:not([data-scheme]){{{dark}}}}}"),
    }
}

fn variables(settings: &Value, mode: &str) -> String {
    let mut text = String::new();
    for (name, path) in COLORS {
        let color = settings.pointer(&path.replace("MODE", mode)).and_then(Value::as_str);
        // SECURITY: what is no colour is no part of a style sheet, whatever stands in a row.
        if let Some(color) = color.filter(|color| color.len() == 8 && color.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            let _ = write!(text, "{name}:#{color};");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::userpools::branding::merged_with_defaults;

    #[test]
    fn colours_and_corners_become_variables() {
        let style = |settings: Value| style_sheet(&merged_with_defaults(settings));
        let given = json!({"components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": "aa0000ff"}}}, "form": {"borderRadius": 4.5}}});
        let light = style(given.clone());
        assert!(light.starts_with(":root{--pw-radius:8px;--pw-card-radius:4.5px;--pw-primary:#aa0000ff;"), "{light}");
        assert!(!light.contains("@media") && !light.contains("0f1b2aff"));
        let mode = |mode: &str| style(json!({"categories": {"global": {"colorSchemeMode": mode}}}));
        assert!(mode("DARK").contains("color-scheme:dark") && mode("DARK").contains("--pw-card:#0f1b2aff;"));
        assert!(mode("DYNAMIC").contains("@media (prefers-color-scheme:dark)"));
    }

    #[test]
    fn nothing_but_a_colour_gets_into_a_style_sheet() {
        for bad in ["red;}body{display:none", "url(x)xx", "aa0000f", "aa0000ff0", "aa0000f}"] {
            let settings = json!({"components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": bad}}}}});
            assert_eq!(style_sheet(&settings), ":root{}", "{bad}");
        }
    }
}
