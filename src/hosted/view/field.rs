//! Fields of forms: what people are asked for.

use std::borrow::Cow;

use super::frame::Notice;
use crate::hosted::words::Words;

/// A field of a form.
#[derive(Clone, Debug)]
pub struct Field {
    /// What it is called in what the form sends; its `id` too.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What is typed into it.
    pub kind: FieldKind,
    /// What a browser or password manager fills it with (HTML §4.10.18.7).
    pub autocomplete: &'static str,
    /// What stands in it.
    pub value: String,
    /// Whether it may not stay empty.
    pub required: bool,
    /// What helps to fill it.
    pub hint: Option<String>,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// What is typed into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A name to sign in by, which nothing corrects.
    Name,
    /// An email address.
    Email,
    /// A phone number.
    Tel,
    /// A day.
    Date,
    /// A web address.
    Url,
    /// A number.
    Number,
    /// A password, which a button can show.
    Password,
    /// A code of digits.
    Code,
    /// A code of letters.
    DeviceCode,
}

/// What people sign in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A name of their own.
    Username,
    /// An email address.
    Email,
    /// A phone number.
    Phone,
    /// Either.
    UsernameOrEmail,
    /// Either.
    UsernameOrPhone,
    /// Either.
    EmailOrPhone,
    /// Each of the three.
    Any,
}

/// What a new password must have: a line of a list, which is checked while somebody types.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The line.
    pub text: String,
    /// What a password that keeps it matches: an ECMAScript expression with the flags `s` and `u`.
    pub pattern: Cow<'static, str>,
    /// The rule in the language of the `passwordrules` attribute, which password managers make passwords by.
    pub for_managers: Cow<'static, str>,
}

impl FieldKind {
    /// HTML's `type`.
    pub(super) const fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Name | Self::Code | Self::DeviceCode => "text",
            Self::Email => "email",
            Self::Tel => "tel",
            Self::Date => "date",
            Self::Url => "url",
            Self::Number => "number",
            Self::Password => "password",
        }
    }

    /// HTML's `dir`: what is never written from right to left is not on such pages either.
    pub(super) const fn direction(self) -> &'static str {
        match self {
            Self::Text | Self::Name => "auto",
            Self::Date => "",
            _ => "ltr",
        }
    }

    /// Whether it is hidden while it is typed.
    pub(super) const fn is_secret(self) -> bool {
        matches!(self, Self::Password)
    }

    /// Whether a keyboard of digits is enough.
    pub(super) const fn is_digits(self) -> bool {
        matches!(self, Self::Code)
    }

    /// Whether keyboards and spelling checkers are to leave it alone.
    pub(super) const fn is_verbatim(self) -> bool {
        matches!(self, Self::Name | Self::Email | Self::Url | Self::Password | Self::Code | Self::DeviceCode)
    }
}

impl Field {
    /// A field that must be filled, with nothing in it.
    #[must_use]
    pub fn new(name: &str, label: &str, kind: FieldKind, autocomplete: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            autocomplete,
            value: String::new(),
            required: true,
            hint: None,
            error: None,
        }
    }

    /// `username`: what people sign in by.
    #[must_use]
    pub fn username(kind: NameKind, words: &Words) -> Self {
        let names = &words.names;
        let (label, kind) = match kind {
            NameKind::Username => (&names.username, FieldKind::Name),
            NameKind::Email => (&names.email, FieldKind::Email),
            NameKind::Phone => (&names.phone, FieldKind::Tel),
            NameKind::UsernameOrEmail => (&names.username_or_email, FieldKind::Name),
            NameKind::UsernameOrPhone => (&names.username_or_phone, FieldKind::Name),
            NameKind::EmailOrPhone => (&names.email_or_phone, FieldKind::Name),
            NameKind::Any => (&names.any, FieldKind::Name),
        };
        let hint = (kind == FieldKind::Tel).then(|| names.phone_hint.clone());
        Self { hint, ..Self::new("username", label, kind, "username") }
    }

    /// `password`: the present one.
    #[must_use]
    pub fn password(words: &Words) -> Self {
        Self::new("password", &words.password.label, FieldKind::Password, "current-password")
    }

    /// `password`: the one that is chosen.
    #[must_use]
    pub fn new_password(label: &str, error: Option<&String>) -> Self {
        Self { error: error.cloned(), ..Self::new("password", label, FieldKind::Password, "new-password") }
    }

    /// `code`: one that was sent, or that an app shows.
    #[must_use]
    pub fn code(words: &Words, error: Option<&String>) -> Self {
        Self { error: error.cloned(), ..Self::new("code", &words.codes.label, FieldKind::Code, "one-time-code") }
    }

    /// An attribute of a user, by its name in the pool: of a standard one with the label and the kind that it has everywhere.
    #[must_use]
    pub fn of_attribute(words: &Words, attribute: &str) -> Self {
        let (kind, autocomplete) = match attribute {
            "address" => (FieldKind::Text, "street-address"),
            "birthdate" => (FieldKind::Date, "bday"),
            "email" => (FieldKind::Email, "email"),
            "family_name" => (FieldKind::Text, "family-name"),
            "gender" => (FieldKind::Text, "sex"),
            "given_name" => (FieldKind::Text, "given-name"),
            "locale" => (FieldKind::Text, "language"),
            "middle_name" => (FieldKind::Text, "additional-name"),
            "name" => (FieldKind::Text, "name"),
            "nickname" => (FieldKind::Text, "nickname"),
            "phone_number" => (FieldKind::Tel, "tel"),
            "picture" => (FieldKind::Url, "photo"),
            "preferred_username" => (FieldKind::Name, "nickname"),
            "profile" | "website" => (FieldKind::Url, "url"),
            _ => (FieldKind::Text, "off"),
        };
        let label = words.attributes.label(attribute).map_or_else(|| readable(attribute), str::to_owned);
        let hint = (kind == FieldKind::Tel).then(|| words.names.phone_hint.clone());
        Self { hint, ..Self::new(attribute, &label, kind, autocomplete) }
    }
}

/// The name of an attribute of a pool's own, as people write: `custom:home_town` is `Home town`.
fn readable(attribute: &str) -> String {
    let name = attribute.strip_prefix("custom:").unwrap_or(attribute).replace(['_', '-'], " ");
    let mut characters = name.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

impl Rule {
    /// At least so many characters.
    #[must_use]
    pub fn length(words: &Words, least: usize) -> Self {
        Self {
            text: words.rules.length.with(least),
            pattern: format!(".{{{least},}}").into(),
            for_managers: format!("minlength: {least}").into(),
        }
    }

    /// A small letter.
    #[must_use]
    pub fn lowercase(words: &Words) -> Self {
        Self::class(&words.rules.lowercase, "[a-z]", "required: lower")
    }

    /// A capital letter.
    #[must_use]
    pub fn uppercase(words: &Words) -> Self {
        Self::class(&words.rules.uppercase, "[A-Z]", "required: upper")
    }

    /// A digit.
    #[must_use]
    pub fn number(words: &Words) -> Self {
        Self::class(&words.rules.number, "[0-9]", "required: digit")
    }

    /// A symbol.
    ///
    /// Source: Amazon Cognito developer guide, "Adding user pool password requirements".
    #[must_use]
    pub fn symbol(words: &Words) -> Self {
        const SYMBOLS: &str = r#"[\^$*.\[\]\{\}\(\)?"!@#%&\/\\,><':;\|_~`=+\-]|\S \S"#;
        Self::class(&words.rules.symbol, SYMBOLS, "required: [-~!@#$%^&*_+=`|(){}[:;\"'<>,.?]]")
    }

    fn class(text: &str, pattern: &'static str, for_managers: &'static str) -> Self {
        Self { text: text.to_owned(), pattern: pattern.into(), for_managers: for_managers.into() }
    }
}

/// A field as a page shows it.
pub(super) struct Shown<'a> {
    pub(super) field: Cow<'a, Field>,
    pub(super) words: &'static Words,
    /// What its password must have.
    pub(super) rules: &'a [Rule],
    /// Whether somebody types here first.
    pub(super) takes_focus: bool,
    /// Whether it is wrong though nothing is said of it below: what is wrong stands above the form.
    pub(super) is_blamed: bool,
}

impl<'a> Shown<'a> {
    /// The fields of a page, one of which takes the focus: the first with an error, or else the first that is empty.
    pub(super) fn all(words: &'static Words, fields: impl IntoIterator<Item = Cow<'a, Field>>) -> Vec<Self> {
        let show = |field| Self { field, words, rules: &[], takes_focus: false, is_blamed: false };
        let mut all: Vec<Self> = fields.into_iter().map(show).collect();
        let wrong = all.iter().position(|shown| shown.field.error.is_some());
        let first = wrong.or_else(|| all.iter().position(|shown| shown.field.value.is_empty())).unwrap_or(0);
        if let Some(shown) = all.get_mut(first) {
            shown.takes_focus = true;
        }
        all
    }

    /// The same, of whose new password a list says what it must have.
    pub(super) fn with_rules(mut all: Vec<Self>, rules: &'a [Rule]) -> Vec<Self> {
        for shown in all.iter_mut().filter(|shown| shown.field.autocomplete == "new-password") {
            shown.rules = rules;
        }
        all
    }

    /// The same, whose values an error above the form is about.
    pub(super) fn blamed(mut all: Vec<Self>, notice: Option<&Notice>) -> Vec<Self> {
        for shown in &mut all {
            shown.is_blamed = matches!(notice, Some(Notice::Error(_)));
        }
        all
    }

    /// How it looks apart from others.
    pub(super) fn class(&self) -> &'static str {
        match self.field.kind {
            FieldKind::Code => "code",
            FieldKind::DeviceCode => "code device",
            _ => "",
        }
    }

    pub(super) fn is_wrong(&self) -> bool {
        self.is_blamed || self.field.error.is_some()
    }

    /// The `id`s of what says more of it.
    pub(super) fn described_by(&self) -> String {
        let name = &self.field.name;
        let parts = [
            (self.is_blamed, "notice".to_owned()),
            (self.field.error.is_some(), format!("{name}-error")),
            (self.field.hint.is_some(), format!("{name}-hint")),
            (!self.rules.is_empty(), format!("{name}-rules")),
        ];
        let ids: Vec<String> = parts.into_iter().filter(|(is_there, _)| *is_there).map(|(_, id)| id).collect();
        ids.join(" ")
    }

    /// The `passwordrules` attribute.
    pub(super) fn for_managers(&self) -> String {
        let rules: Vec<&str> = self.rules.iter().map(|rule| &*rule.for_managers).collect();
        rules.join("; ")
    }
}
