//! The style sheet of the classic sign-in pages: a few classes, a few properties, and no way to anything outside of it.

/// How long a style sheet is at most, in bytes.
///
/// Source: Amazon Cognito developer guide, "Customizing hosted UI (classic) branding": "your CSS file to be no larger than 3 KB".
const LONGEST: usize = 3 * 1024;

/// What can be styled.
///
/// Source: the same, "Specifying CSS customizations", and the template of the Amazon Cognito console.
const CLASSES: [&str; 19] = [
    "background-customizable",
    "banner-customizable",
    "errorMessage-customizable",
    "idpButton-customizable",
    "idpButton-customizable:hover",
    "idpDescription-customizable",
    "inputField-customizable",
    "inputField-customizable:focus",
    "label-customizable",
    "legalText-customizable",
    "logo-customizable",
    "passwordCheck-notValid-customizable",
    "passwordCheck-valid-customizable",
    "redirect-customizable",
    "socialButton-customizable",
    "socialButton-customizable:hover",
    "submitButton-customizable",
    "submitButton-customizable:hover",
    "textDescription-customizable",
];

/// By what it can be styled.
///
/// Source: the same; of a property with parts (`margin`), each part.
const PROPERTIES: [&str; 38] = [
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-style",
    "border-top",
    "border-width",
    "box-shadow",
    "box-sizing",
    "color",
    "display",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "outline",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-transform",
    "width",
];

/// The functions that a value may call.
const FUNCTIONS: [&str; 5] = ["rgb", "rgba", "hsl", "hsla", "calc"];

/// Why a style sheet is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CssRefused {
    /// Too long.
    #[error("The CSS is larger than 3 KB.")]
    TooLong,
    /// It is none.
    #[error("Invalid CSS: {0}")]
    Malformed(&'static str),
    /// A class that is not ours to style.
    #[error("Invalid CSS: the class {0} is not one that can be customized.")]
    Class(String),
    /// A property that is not one of ours.
    #[error("Invalid CSS: the property {0} is not one that can be customized.")]
    Property(String),
    /// A value that is more than one.
    #[error("Invalid CSS: the value of {0} is not allowed.")]
    Value(String),
}

/// Checks a style sheet: rules of known classes, of known properties, with plain values.
///
/// SECURITY: nothing that is loaded, imported, escaped or run gets through: no `@`, no `\`, no `<`, no function but those of
/// colours and sums, so neither `url(…)` nor `expression(…)`, however they are written.
///
/// # Errors
/// [`CssRefused`].
pub fn check(css: &str) -> Result<(), CssRefused> {
    if css.len() > LONGEST {
        return Err(CssRefused::TooLong);
    }
    let text = without_comments(css)?;
    let strange = |character: char| {
        matches!(character, '@' | '\\' | '<' | '>' | '"' | '`' | '&') || (character.is_control() && !character.is_whitespace())
    };
    if text.chars().any(strange) {
        return Err(CssRefused::Malformed("it has a character that no rule needs."));
    }
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (selectors, after) = rest.split_once('{').ok_or(CssRefused::Malformed("a rule has no body."))?;
        let (body, after) = after.split_once('}').ok_or(CssRefused::Malformed("a rule does not end."))?;
        for selector in selectors.split(',').map(str::trim) {
            let known = selector.strip_prefix('.').is_some_and(|class| CLASSES.contains(&class));
            if !known {
                return Err(CssRefused::Class(shown(selector)));
            }
        }
        check_body(body)?;
        rest = after.trim_start();
    }
    Ok(())
}

fn check_body(body: &str) -> Result<(), CssRefused> {
    if body.contains('{') {
        return Err(CssRefused::Malformed("a rule stands in another."));
    }
    for declaration in body.split(';').map(str::trim).filter(|declaration| !declaration.is_empty()) {
        let (property, value) = declaration.split_once(':').ok_or(CssRefused::Malformed("a declaration has no value."))?;
        let property = property.trim();
        if !PROPERTIES.contains(&property.to_ascii_lowercase().as_str()) {
            return Err(CssRefused::Property(shown(property)));
        }
        if !is_plain(value) {
            return Err(CssRefused::Value(shown(property)));
        }
    }
    Ok(())
}

/// Words, numbers, colours, and the functions of colours and sums.
fn is_plain(value: &str) -> bool {
    let value = value.trim().trim_end_matches("!important").to_ascii_lowercase();
    let plain = |character: char| {
        character.is_ascii_alphanumeric()
            || matches!(character, ' ' | '\t' | '\n' | '\r' | '#' | '%' | '.' | ',' | '-' | '+' | '*' | '/' | '(' | ')' | '\'')
    };
    let mut before = value.split('(');
    let last = before.next_back();
    let calls_known = before.all(|text| {
        let name =
            text.trim_end().rsplit(|character: char| !character.is_ascii_alphanumeric() && character != '-').next().unwrap_or_default();
        name.is_empty() || FUNCTIONS.contains(&name)
    });
    !value.is_empty()
        && value.chars().all(plain)
        && last.is_some()
        && calls_known
        && value.matches('(').count() == value.matches(')').count()
}

fn without_comments(css: &str) -> Result<String, CssRefused> {
    let (mut text, mut rest) = (String::with_capacity(css.len()), css);
    while let Some((before, comment)) = rest.split_once("/*") {
        let (_, after) = comment.split_once("*/").ok_or(CssRefused::Malformed("a comment does not end."))?;
        text.push_str(before);
        // What a comment parts stays apart.
        text.push(' ');
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// The begin of what was given, for a message.
fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_of_the_console_is_accepted() {
        let css = ".logo-customizable {\n\tmax-width: 60%;\n\tmax-height: 30%;\n}\n.banner-customizable { padding: 25px 0px 25px 0px; background-color: lightgray; }\n\
                   .submitButton-customizable:hover { color: #fff; background-color: rgba(40, 96, 144, .5); } /* hover */\n\
                   .inputField-customizable:focus, .label-customizable { border: 1px solid #ccc; outline: 0 }";
        assert_eq!(check(css), Ok(()));
        assert_eq!(check(""), Ok(()));
        assert_eq!(check(&format!(".label-customizable {{ {} }}", "color: red;".repeat(300))), Err(CssRefused::TooLong));
    }

    #[test]
    fn nothing_gets_out_of_it() {
        for css in [
            "@import 'https://evil.example/x.css';",
            "@media screen { .label-customizable { color: red } }",
            ".label-customizable { background: url(https://evil.example/x) }",
            ".label-customizable { background: URL (x) }",
            ".label-customizable { background: u/**/rl(x) }",
            ".label-customizable { background: \\75rl(x) }",
            ".label-customizable { background: image-set(x) }",
            ".label-customizable { width: expression(alert(1)) }",
            ".label-customizable { color: red } </style><script>alert(1)</script>",
            ".label-customizable { behavior: x }",
            ".label-customizable { position: fixed }",
            ".label-customizable { content: 'x' }",
            ".label-customizable { color: var(--x) }",
            "body { color: red }",
            ".label-customizable[value^=a] { color: red }",
            ".label-customizable a { color: red }",
            ".label-customizable { color: red",
            ".label-customizable color: red }",
            ".label-customizable { color }",
            ".label-customizable { color: ; }",
            ".label-customizable { .banner-customizable { color: red } }",
            "/* x",
        ] {
            assert!(check(css).is_err(), "{css}");
        }
    }
}
