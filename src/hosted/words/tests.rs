//! What holds of every catalogue.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::*;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates/hosted/words")
}

fn text(language: Language) -> String {
    fs::read_to_string(folder().join(format!("{}.toml", language.tag()))).unwrap()
}

/// Every text of a catalogue, by `group.key`.
fn texts(language: Language) -> BTreeMap<String, String> {
    let groups: toml::Table = text(language).parse().unwrap();
    let texts = groups.iter().flat_map(|(group, texts)| {
        let texts = texts.as_table().unwrap();
        texts.iter().map(move |(key, text)| (format!("{group}.{key}"), text.as_str().unwrap().to_owned()))
    });
    texts.collect()
}

/// `{name}`, or nothing.
fn gap(text: &str) -> &str {
    text.find('{').map_or("", |at| text[at..].split_inclusive('}').next().unwrap())
}

#[test]
fn each_language_has_its_catalogue_and_each_catalogue_is_whole() {
    for language in Language::ALL {
        if let Err(error) = toml::from_str::<Words>(&text(language)) {
            panic!("{language:?}: {error}");
        }
        let (words, texts) = (Words::of(language), texts(language));
        assert_eq!(words.sign_in.title, texts["sign_in.title"], "{language:?} is another language's");
        assert_eq!(words.errors.failed, texts["errors.failed"], "{language:?} is another language's");
    }
    assert_eq!(fs::read_dir(folder()).unwrap().count(), Language::ALL.len());
}

#[test]
fn each_text_is_one_of_its_own_and_has_the_gap_of_the_english() {
    let english = texts(Language::En);
    for language in Language::ALL {
        let texts = texts(language);
        for (key, text) in &texts {
            let model = &english[key];
            assert!(!text.is_empty() && text.trim() == text && !text.contains(['\n', '<', '"']), "{language:?} {key}: {text}");
            assert_eq!(gap(text), gap(model), "{language:?} {key}: {text}");
        }
        let same = texts.iter().filter(|(key, text)| english[*key] == **text).count();
        assert!(language == Language::En || same < 10, "{language:?} has {same} texts that are English");
    }
}

/// A sentence ends as one where the English does, and a label, a title or a button does not.
#[test]
fn each_text_ends_as_the_english_does() {
    let full_stops = ['.', '。', '।', '!', '！'];
    let english = texts(Language::En);
    for language in Language::ALL {
        for (key, text) in texts(language) {
            let model = &english[&key];
            assert_eq!(text.ends_with(full_stops), model.ends_with(full_stops), "{language:?} {key}: {text}");
            assert_eq!(text.ends_with([':', '：']), model.ends_with(':'), "{language:?} {key}: {text}");
            assert_eq!(text.ends_with('…'), model.ends_with('…'), "{language:?} {key}: {text}");
        }
    }
}

#[test]
fn standard_attributes_and_scopes_have_names() {
    let words = Words::of(Language::De);
    for attribute in ["given_name", "birthdate", "phone_number", "zoneinfo"] {
        assert!(words.attributes.label(attribute).is_some(), "{attribute}");
    }
    for scope in ["openid", "profile", "aws.cognito.signin.user.admin"] {
        assert!(words.scopes.of(scope).is_some(), "{scope}");
    }
    assert_eq!((words.attributes.label("custom:given_name"), words.scopes.of("notes/read")), (None, None));
}
