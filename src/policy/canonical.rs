//! The canonical form of a policy: one layout for one meaning, so that a change of text is a change of meaning.

use serde_json::Value;

use super::{ParseError, parse};

const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 9] = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// Reads a policy; the parser has refused what JSON readers disagree about.
pub fn read(text: &str) -> Result<Value, ParseError> {
    parse(text)?;
    let malformed = |error: serde_json::Error| ParseError {
        path: "$".to_owned(),
        line: error.line(),
        column: error.column(),
        problem: error.to_string(),
    };
    serde_json::from_str(text).map_err(malformed)
}

/// The policy's text in canonical form: elements in AWS's order, condition operators and keys sorted, lists as they are
/// (their order says something to people), a list of one text on one line.
pub fn write(policy: &Value) -> String {
    let mut text = String::new();
    value(policy, &DOCUMENT, 0, &mut text);
    text.push('\n');
    text
}

fn value(node: &Value, order: &[&str], depth: usize, out: &mut String) {
    match node {
        Value::Object(members) if !members.is_empty() => {
            let rank = |name: &str| order.iter().position(|other| *other == name).unwrap_or(order.len());
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| (rank(name), name.as_str()));
            list('{', '}', members, depth, out, |(name, node), out| {
                out.push_str(&Value::String(name.clone()).to_string());
                out.push_str(": ");
                let order: &[&str] = if depth == 0 && name == "Statement" { &STATEMENT } else { &[] };
                value(node, order, depth + 1, out);
            });
        }
        Value::Array(items) if items.len() > 1 || items.iter().any(Value::is_object) => {
            list('[', ']', items.iter().collect(), depth, out, |item, out| value(item, order, depth + 1, out));
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                value(item, order, depth, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn list<T>(open: char, close: char, items: Vec<T>, depth: usize, out: &mut String, mut write: impl FnMut(T, &mut String)) {
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        line(depth + 1, out);
        write(item, out);
    }
    line(depth, out);
    out.push(close);
}

/// The statements of a policy, alone or in a list.
pub fn statements(policy: &Value) -> Vec<&Value> {
    match policy.get("Statement") {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(single) => vec![single],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNTIDY: &str = r#"{"Statement": {"Resource": ["*"], "Action": ["b:C","a:B"], "Condition":
        {"StringLike": {"z:k": "1", "a:k": ["2"]}, "Bool": {"aws:SecureTransport": true}}, "Effect": "Allow", "Sid": "S\u0041"},
        "Version": "2012-10-17"}"#;

    const TIDY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "SA",
    "Effect": "Allow",
    "Action": [
      "b:C",
      "a:B"
    ],
    "Resource": ["*"],
    "Condition": {
      "Bool": {
        "aws:SecureTransport": true
      },
      "StringLike": {
        "a:k": ["2"],
        "z:k": "1"
      }
    }
  }
}
"#;

    #[test]
    fn elements_stand_in_awss_order_and_meaning_is_kept() {
        let written = write(&read(UNTIDY).unwrap());
        assert_eq!(written, TIDY);
        assert_eq!(write(&read(&written).unwrap()), written, "idempotent");
        assert_eq!(read(&written).unwrap(), read(UNTIDY).unwrap());
    }

    #[test]
    fn what_the_parser_refuses_is_not_formatted() {
        assert!(read(r#"{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "a:B", "Resource": "*"}}"#).is_err());
    }
}
