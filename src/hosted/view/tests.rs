//! What holds of every page.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use super::field::Shown;
use super::samples;
use super::*;
use crate::hosted::words::{Language, Words};

fn pages() -> impl Iterator<Item = (String, String)> {
    Language::ALL.into_iter().flat_map(|language| {
        samples::all(language, "").into_iter().map(move |(name, html)| (format!("{name} in {}", language.tag()), html))
    })
}

/// The values of an attribute, as they stand.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let begin = format!(" {attribute}=\"");
    html.split(&begin).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The start tags of an element, from their names on.
fn tags<'a>(html: &'a str, element: &str) -> Vec<&'a str> {
    let begin = format!("<{element} ");
    html.split(&begin).skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

fn templates() -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates/hosted");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

fn asset(name: &str) -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates/assets").join(name)).unwrap()
}

#[test]
fn each_page_says_what_it_is_in_its_language() {
    for language in Language::ALL {
        let begin = format!("<!doctype html>\n<html lang=\"{}\" dir=\"{}\">", language.tag(), language.direction());
        for (name, html) in samples::all(language, "") {
            assert!(html.starts_with(&begin), "{name}: {}", html.lines().nth(1).unwrap());
            assert_eq!(html.matches("<h1>").count(), 1, "{name}");
            let heading = html.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap();
            assert!(html.contains(&format!("{heading} · Notes</title>")), "{name}");
        }
    }
}

#[test]
fn every_form_is_sent_by_post_with_its_token() {
    for (name, html) in pages() {
        let forms: Vec<&str> = html.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next()).collect();
        // Another language is only looked at.
        for form in forms.into_iter().filter(|form| !form.contains("name=\"lang\"")) {
            assert!(form.contains("method=\"post\" action=\""), "{name}");
            let is_ours = !form.contains("data-goes-on");
            assert_eq!(form.contains(r#"<input type="hidden" name="form_token" value="t0k3n">"#), is_ours, "{name}");
        }
    }
}

#[test]
fn every_field_has_its_label_and_what_describes_it_is_there() {
    for (name, html) in pages() {
        let ids = values(&html, "id");
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(once.len(), ids.len(), "{name}: {ids:?}");
        for input in tags(&html, "input").into_iter().filter(|input| !input.contains("hidden")) {
            let id = values(&format!(" {input}"), "id")[0].to_owned();
            assert!(html.contains(&format!(" for=\"{id}\"")), "{name}: {id}");
            assert!(input.contains(" autocomplete=\""), "{name}: {id}");
        }
        for described in values(&html, "aria-describedby").into_iter().flat_map(str::split_whitespace) {
            assert!(once.contains(described), "{name}: {described}");
        }
        assert!(html.matches(" autofocus").count() <= 1 && html.matches("\"primary ").count() <= 1, "{name}");
    }
}

/// SECURITY: a policy lets no script and no style run that stands in a page, so none does.
#[test]
fn nothing_runs_in_a_page() {
    for (name, html) in pages() {
        assert_eq!(html.matches("<script").count(), 1, "{name}");
        assert!(html.contains(&format!(r#"<script src="{}" type="module"></script>"#, crate::pages::assets::url("hosted.js"))), "{name}");
        assert!(!html.contains("<style") && !html.contains("javascript:"), "{name}");
        let attributes = html.split(['"', '<', '>']).filter_map(|part| part.strip_suffix('=')).map(str::trim);
        for attribute in attributes.filter_map(|part| part.split_whitespace().last()) {
            assert!(!attribute.starts_with("on") && attribute != "style", "{name}: {attribute}");
        }
    }
}

/// SECURITY: whatever stands in a page, its template escapes.
#[test]
fn every_text_is_escaped() {
    const HOSTILE: &str = "\"'><b id=x onclick=y>&<script>z</script>";
    for language in [Language::En, Language::Ar] {
        for (name, html) in samples::all(language, HOSTILE) {
            assert!(html.contains("&#60;script&#62;z&#60;/script&#62;"), "{name} has nothing of it");
            assert!(!html.contains("<b id=x") && !html.contains("<script>") && !html.contains("\"'>"), "{name}");
        }
    }
    let unescaped: Vec<String> = templates()
        .iter()
        .flat_map(|(_, text)| text.lines())
        .filter(|line| line.contains("safe"))
        .map(|line| line.trim().to_owned())
        .collect();
    assert_eq!(unescaped.len(), 1, "{unescaped:?}");
    assert!(unescaped[0].contains("{{ qr_svg|safe }}"), "{unescaped:?}");
}

/// Style sheets that were written for Amazon Cognito's pages fit.
#[test]
fn every_class_of_cognitos_style_sheets_is_somewhere() {
    let all: String =
        samples::all(Language::En, "").into_iter().map(|(_, html)| html).chain([asset("hosted.js"), asset("hosted.css")]).collect();
    let logo = samples::all(Language::En, "x").remove(0).1;
    for class in [
        "background",
        "banner",
        "errorMessage",
        "idpButton",
        "idpDescription",
        "inputField",
        "label",
        "legalText",
        "passwordCheck-notValid",
        "passwordCheck-valid",
        "redirect",
        "socialButton",
        "submitButton",
        "textDescription",
    ] {
        assert!(all.contains(&format!("{class}-customizable")), "{class}");
    }
    assert!(logo.contains("logo-customizable"));
}

#[test]
fn the_first_page_is_light() {
    let zipped = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap().len()
    };
    let (css, js) = (asset("hosted.css"), asset("hosted.js"));
    assert!(css.len() < 10_000, "{}", css.len());
    for (name, html) in pages() {
        let wire = zipped(&html) + zipped(&css) + zipped(&js);
        assert!(wire < 15_000, "{name}: {wire}");
    }
}

#[test]
fn an_error_is_told_first_and_tied_to_what_it_is_about() {
    let page = |name: &str| samples::all(Language::En, "").into_iter().find(|(other, _)| *other == name).unwrap().1;
    let wrong = page("sign-in-wrong");
    assert!(wrong.contains("<title>Error: Sign in · Notes</title>"));
    assert_eq!(wrong.matches(r#"aria-invalid="true" aria-describedby="notice""#).count(), 2);
    assert!(wrong.contains(r#"id="notice" role="alert""#));
    let wrong = page("sign-up-wrong");
    assert!(wrong.contains(r#" autofocus aria-invalid="true" aria-describedby="username-error""#));
    assert!(wrong.contains(r#" aria-invalid="true" aria-describedby="password-error password-rules""#));
    assert!(wrong.contains(r#"id="username-error" role="alert""#));
}

#[test]
fn the_first_field_that_wants_something_has_the_focus() {
    let words = Words::of(Language::En);
    let field = |value: &str, error: Option<&str>| {
        let mut field = Field::of_attribute(words, "name");
        (field.value, field.error) = (value.to_owned(), error.map(str::to_owned));
        std::borrow::Cow::Owned(field)
    };
    for (fields, first) in [
        (vec![field("", None), field("", None)], 0),
        (vec![field("a", None), field("", None)], 1),
        (vec![field("", None), field("b", Some("no"))], 1),
        (vec![field("a", None), field("b", None)], 0),
    ] {
        let focused: Vec<bool> = Shown::all(words, fields).iter().map(|shown| shown.takes_focus).collect();
        assert_eq!(focused.iter().position(|takes| *takes), Some(first));
        assert_eq!(focused.iter().filter(|takes| **takes).count(), 1);
    }
}

#[test]
fn fields_of_attributes_are_labelled_and_filled() {
    let words = Words::of(Language::De);
    for (attribute, label, kind, autocomplete) in [
        ("given_name", "Vorname", FieldKind::Text, "given-name"),
        ("email", "E-Mail-Adresse", FieldKind::Email, "email"),
        ("phone_number", "Telefonnummer", FieldKind::Tel, "tel"),
        ("birthdate", "Geburtsdatum", FieldKind::Date, "bday"),
        ("custom:home_town", "Home town", FieldKind::Text, "off"),
        ("custom:", "", FieldKind::Text, "off"),
    ] {
        let field = Field::of_attribute(words, attribute);
        assert_eq!((field.label.as_str(), field.kind, field.autocomplete), (label, kind, autocomplete), "{attribute}");
        assert_eq!(field.name, attribute);
    }
}

#[test]
fn rules_say_what_they_check() {
    let words = Words::of(Language::En);
    let rule = Rule::length(words, 12);
    assert_eq!((&*rule.text, &*rule.pattern, &*rule.for_managers), ("At least 12 characters", ".{12,}", "minlength: 12"));
    let html = samples::all(Language::En, "").into_iter().find(|(name, _)| *name == "sign-up").unwrap().1;
    assert!(html.contains(" passwordrules=\"minlength: 8; required: lower; required: upper; required: digit; required: [-"));
    assert!(html.contains("<li data-pattern=\".{8,}\">At least 8 characters</li>"));
}

#[test]
fn a_name_has_its_letter() {
    let mut frame = Frame {
        words: Words::of(Language::En),
        language: Language::En,
        name: String::new(),
        style_url: None,
        logo_url: None,
        favicon_url: None,
        scheme: Scheme::Light,
        languages: None,
    };
    for (name, letter) in [("notes", "N"), ("«élan»", "É"), ("日記", "日"), ("✨ 4you", "4"), ("—", ""), ("", "")] {
        frame.name = name.to_owned();
        assert_eq!(frame.monogram(), letter, "{name}");
    }
    let html = askama::Template::render(&SignedOut { frame, notice: None, sign_in: None }).unwrap();
    assert!(html.contains(" data-scheme=\"light\">") && html.contains("content=\"light\""));
    assert!(!html.contains("<footer>"));
}
