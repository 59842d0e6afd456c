//! The one parser of messages, and how their elements are read: what is verified is the document that is read.

use std::collections::HashSet;

use bergshamra_xml::uppsala::Parser;
use bergshamra_xml::{Document, Element, NodeId, NodeKind};

use super::refused::SamlRefused;

/// The longest message, in bytes and in characters of base64 (Amazon Cognito developer guide, saml2/idpresponse: "SAML assertions of
/// up to 100,000 characters").
pub(super) const LONGEST: usize = 100_000;

/// How deep elements stand in each other at most. Responses are ten deep, certificates and all.
pub(super) const DEEPEST: u32 = 32;

/// The attributes that the verifier takes for IDs, in whatever namespace.
const IDS: [&str; 4] = ["ID", "Id", "id", "AssertionID"];

/// Reads a message.
///
/// SECURITY: a document type is refused before it is read: no entity, no default attribute and no file is ever resolved. An ID that
/// is there twice, and attributes that differ in their namespace only, are refused: the verifier looks attributes up by local name.
pub(super) fn parse(text: &str) -> Result<Document<'_>, SamlRefused> {
    let why = |_| if text.contains("<!DOCTYPE") { SamlRefused::DocumentType } else { SamlRefused::Xml };
    if has_wide_tag(text) {
        return Err(SamlRefused::Xml);
    }
    let document = Parser::new().with_forbid_dtd(true).with_max_depth(DEEPEST).parse(text).map_err(why)?;
    let mut ids = HashSet::<&str>::new();
    for element in document.descendants(document.root()).into_iter().filter_map(|id| document.element(id)) {
        let mut names = HashSet::<&str>::new();
        for attribute in &element.attributes {
            let name = attribute.name.local_name.as_ref();
            if !names.insert(name) || (IDS.contains(&name) && !ids.insert(&attribute.value)) {
                return Err(SamlRefused::Ambiguous);
            }
        }
    }
    Ok(document)
}

/// The most attributes and namespaces of an element; SAML's have ten.
const WIDEST: usize = 64;

/// Whether a tag has more attributes than any of SAML's. SECURITY: the parser compares each with each, which costs seconds where a
/// document is nothing else.
fn has_wide_tag(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, begun)) = rest.split_once('<') {
        let skipped = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")].into_iter().find(|(begin, _)| begun.starts_with(begin));
        if let Some((_, end)) = skipped {
            rest = begun.split_once(end).map_or("", |(_, after)| after);
            continue;
        }
        let (mut quote, mut count) = (None, 0);
        let mut characters = begun.char_indices();
        let end = characters.find(|(_, character)| match (quote, character) {
            (Some(open), character) => {
                quote = Some(open).filter(|open| open != character);
                false
            }
            (None, '"' | '\'') => {
                quote = Some(*character);
                false
            }
            (None, '=') => {
                count += 1;
                count > WIDEST
            }
            (None, character) => *character == '>',
        });
        if count > WIDEST {
            return true;
        }
        rest = end.and_then(|(at, _)| begun.get(at..)).unwrap_or_default();
    }
    false
}

/// An element of a message.
#[derive(Clone, Copy)]
pub(super) struct Node<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) id: NodeId,
}

impl<'d> Node<'d> {
    /// The outermost element.
    pub(super) fn root(document: &'d Document<'d>) -> Result<Self, SamlRefused> {
        document.document_element().map(|id| Self { document, id }).ok_or(SamlRefused::Xml)
    }

    fn at(self, id: NodeId) -> Self {
        Self { id, ..self }
    }

    fn element(self) -> Option<&'d Element<'d>> {
        self.document.element(self.id)
    }

    /// Whether it has this name.
    pub(super) fn is(self, namespace: &str, name: &str) -> bool {
        self.element().is_some_and(|element| element.matches_name_ns(namespace, name))
    }

    /// The element that it stands in.
    pub(super) fn parent(self) -> Option<Self> {
        self.document.parent(self.id).map(|id| self.at(id)).filter(|parent| parent.element().is_some())
    }

    /// The elements in it.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        self.document.children(self.id).into_iter().map(move |id| self.at(id)).filter(|node| node.element().is_some())
    }

    /// The elements of a name in it.
    pub(super) fn all(self, namespace: &str, name: &str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.is(namespace, name))
    }

    /// The element of a name in it; more than one are refused.
    pub(super) fn optional(self, namespace: &str, name: &'static str) -> Result<Option<Self>, SamlRefused> {
        let mut all = self.all(namespace, name);
        let first = all.next();
        if all.next().is_some() { Err(SamlRefused::Form(name)) } else { Ok(first) }
    }

    /// The one element of a name in it.
    pub(super) fn one(self, namespace: &str, name: &'static str) -> Result<Self, SamlRefused> {
        self.optional(namespace, name)?.ok_or(SamlRefused::Form(name))
    }

    /// The elements in it, and in those, and so on.
    pub(super) fn descendants(self) -> impl Iterator<Item = Self> {
        self.document.descendants(self.id).into_iter().map(move |id| self.at(id)).filter(|node| node.element().is_some())
    }

    /// An attribute without a namespace.
    pub(super) fn attribute(self, name: &str) -> Option<&'d str> {
        let of_name = |found: &&'d bergshamra_xml::Attribute<'d>| found.name.local_name == name && found.name.namespace_uri.is_none();
        self.element()?.attributes.iter().find(of_name).map(|found| found.value.as_ref())
    }

    /// Its text as a whole, from all that stands in it.
    ///
    /// SECURITY: a comment does not cut it: canonicalization drops comments, so that a signature does not cover them.
    pub(super) fn whole_text(self) -> String {
        self.document.text_content_deep(self.id)
    }

    /// Its text, where it has no elements.
    pub(super) fn text(self, name: &'static str) -> Result<String, SamlRefused> {
        if self.children().next().is_some() { Err(SamlRefused::Form(name)) } else { Ok(self.whole_text()) }
    }

    /// Whether it holds one piece of text, and nothing else.
    pub(super) fn is_one_text(self) -> bool {
        let children = self.document.children(self.id);
        matches!(children.as_slice(), [only] if matches!(self.document.node_kind(*only), Some(NodeKind::Text(_))))
    }

    /// The namespaces that are declared where it stands, by prefix: the nearest declaration of each.
    pub(super) fn namespaces(self) -> Vec<(&'d str, &'d str)> {
        let (mut found, mut at) = (Vec::<(&str, &str)>::new(), Some(self));
        while let Some(node) = at {
            for (prefix, uri) in node.element().into_iter().flat_map(|element| &element.namespace_declarations) {
                if !found.iter().any(|(known, _)| known == prefix) {
                    found.push((prefix, uri));
                }
            }
            at = node.parent();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_with_more_attributes_than_any_is_refused_wherever_it_hides() {
        let wide = |count: usize| (0..count).map(|number| format!(" a{number} = '1>='")).collect::<String>();
        for before in ["", "<!-- ' \" -->", "<?x ' ?>", "<b><![CDATA[ ' < ]]></b>", "<b c='\"'/>", "<b>' = =</b>"] {
            assert!(has_wide_tag(&format!("<a>{before}<d{}/></a>", wide(65))), "{before}");
            assert!(!has_wide_tag(&format!("<a>{before}<d{}/></a>", wide(64))), "{before}");
        }
        assert!(has_wide_tag(&format!("<a{}", wide(65))), "one that never ends");
    }
}
