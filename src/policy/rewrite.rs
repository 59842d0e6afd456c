//! The AWS principals of a document, and the same document with others in their place.

use std::collections::BTreeMap;

use super::json::{self, Node, Value};

/// The entries of `Principal` elements under `AWS`, as they were written, in order. None of a text that is no policy.
#[must_use]
pub fn aws_principals(document: &str) -> Vec<String> {
    let Ok(root) = json::parse(document) else { return Vec::new() };
    entries(&root).into_iter().map(|(text, _)| text.to_owned()).collect()
}

/// The document with some of those entries replaced; all else stands as it was written.
#[must_use]
pub fn replace_aws_principals(document: &str, replacements: &BTreeMap<String, String>) -> String {
    let Ok(root) = json::parse(document) else { return document.to_owned() };
    let mut rewritten = String::with_capacity(document.len());
    let mut at = 0;
    for (text, node) in entries(&root) {
        let Some(replacement) = replacements.get(text) else { continue };
        rewritten.push_str(document.get(at..node.offset).unwrap_or_default());
        rewritten.push_str(&serde_json::Value::from(replacement.as_str()).to_string());
        at = node.end;
    }
    rewritten.push_str(document.get(at..).unwrap_or_default());
    rewritten
}

fn entries(root: &Node) -> Vec<(&str, &Node)> {
    let statements = one_or_many(member(root, "Statement"));
    let principals = statements.flat_map(|statement| one_or_many(member(statement, "Principal").and_then(|node| member(node, "AWS"))));
    principals.filter_map(|node| if let Value::String(text) = &node.value { Some((text.as_str(), node)) } else { None }).collect()
}

fn member<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    let Value::Object(members) = &node.value else { return None };
    members.iter().find(|(other, _)| other == name).map(|(_, node)| node)
}

fn one_or_many(node: Option<&Node>) -> impl Iterator<Item = &Node> {
    node.into_iter().flat_map(|node| match &node.value {
        Value::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_replaced_and_nothing_else() {
        let document = r#"{ "Statement": [{"Principal": {"AWS": ["a", "b"], "Federated": "a"}, "Condition": {"StringEquals": {"k": "a"}}},
            {"Principal": {"AWS": "a"}}, {"Principal": "*"}] }"#;
        assert_eq!(aws_principals(document), ["a", "b", "a"]);
        let rewritten = replace_aws_principals(document, &BTreeMap::from([("a".to_owned(), "X\"".to_owned())]));
        let expected = r#"{ "Statement": [{"Principal": {"AWS": ["X\"", "b"], "Federated": "a"}, "Condition": {"StringEquals": {"k": "a"}}},
            {"Principal": {"AWS": "X\""}}, {"Principal": "*"}] }"#;
        assert_eq!(rewritten, expected);
        assert_eq!(replace_aws_principals(document, &BTreeMap::new()), document);
    }

    #[test]
    fn what_is_no_policy_stays_as_it_is() {
        for text in ["", "[]", r#"{"Statement": 1}"#, r#"{"Statement": {"Principal": {"AWS": 1}}}"#] {
            assert!(aws_principals(text).is_empty(), "{text}");
            assert_eq!(replace_aws_principals(text, &BTreeMap::new()), text);
        }
    }
}
