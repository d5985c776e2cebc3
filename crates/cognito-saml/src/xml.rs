//! Reading XML: without document types, of bounded depth, and by the exact place of each element.

use bergshamra_xml::uppsala::{Document, NodeId, NodeKind, Parser};

/// How deep elements may be nested. Responses need about ten levels.
const DEPTH: u32 = 48;

/// Parses a document. A document type, and with it every entity of one's own, is refused.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, String> {
    let text = text.trim_start_matches('\u{feff}');
    Parser::new()
        .with_forbid_dtd(true)
        .with_forbid_entities(true)
        .with_max_depth(DEPTH)
        .parse(text)
        .map_err(|error| error.to_string())
}

/// An element of a document.
#[derive(Clone, Copy)]
pub(crate) struct Element<'d> {
    document: &'d Document<'d>,
    id: NodeId,
}

impl<'d> Element<'d> {
    /// The outermost element.
    pub(crate) fn root(document: &'d Document<'d>) -> Option<Self> {
        let id = document.document_element()?;
        Some(Self { document, id })
    }

    pub(crate) fn document(self) -> &'d Document<'d> {
        self.document
    }

    pub(crate) fn id(self) -> NodeId {
        self.id
    }

    /// Whether it has this name.
    pub(crate) fn is(self, namespace: &str, name: &str) -> bool {
        self.document.element(self.id).is_some_and(|element| element.matches_name_ns(namespace, name))
    }

    /// An attribute without namespace: what SAML, XML signatures and XML encryption use throughout.
    pub(crate) fn attribute(self, name: &str) -> Option<&'d str> {
        let attributes = &self.document.element(self.id)?.attributes;
        let found =
            attributes.iter().find(|a| a.name.namespace_uri.is_none() && a.name.local_name == name)?;
        Some(&found.value)
    }

    /// The child elements in their order.
    pub(crate) fn children(self) -> impl Iterator<Item = Self> + 'd {
        let Self { document, id } = self;
        document
            .children_iter(id)
            .filter(|child| matches!(document.node_kind(*child), Some(NodeKind::Element(_))))
            .map(move |id| Self { document, id })
    }

    /// The child elements of a name.
    pub(crate) fn named(self, namespace: &'d str, name: &'d str) -> impl Iterator<Item = Self> + 'd {
        self.children().filter(move |child| child.is(namespace, name))
    }

    /// The child of a name, which must be there once.
    pub(crate) fn only(self, namespace: &'d str, name: &'d str) -> Option<Self> {
        self.at_most_one(namespace, name).ok().flatten()
    }

    /// The child of a name, if there is one. Two are refused.
    pub(crate) fn at_most_one(self, namespace: &'d str, name: &'d str) -> Result<Option<Self>, Repeated> {
        let mut found = self.named(namespace, name);
        match (found.next(), found.next()) {
            (first, None) => Ok(first),
            (_, Some(_)) => Err(Repeated),
        }
    }

    /// All text inside, comments left out and what stands around them joined: a comment can cut no name short. The
    /// blanks of XML around it go; others may tell one name from another.
    pub(crate) fn text(self) -> String {
        self.document.text_content_deep(self.id).trim_matches([' ', '\t', '\r', '\n']).to_owned()
    }

    /// Whether no two elements of the document have the same id.
    pub(crate) fn ids_are_unique(self) -> bool {
        let mut ids: Vec<&str> = Vec::new();
        let mut open = vec![self];
        while let Some(element) = open.pop() {
            ids.extend(["ID", "Id", "id"].into_iter().filter_map(|name| element.attribute(name)));
            open.extend(element.children());
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        ids.len() == count
    }
}

/// An element is there twice that may be there once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Repeated;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents() {
        check("<a/>", Ok(()));
        check("\u{feff}<?xml version=\"1.0\"?><a/>", Ok(()));
        check("", Err(()));
        check("<a>", Err(()));
        check("<a/><b/>", Err(()));
        check("<x:a/>", Err(()));
        check("<!DOCTYPE a><a/>", Err(()));
        check("<!DOCTYPE a SYSTEM \"http://127.0.0.1/evil.dtd\"><a/>", Err(()));
        check("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>", Err(()));
        check("<!DOCTYPE a [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><a>&b;</a>", Err(()));
        check("<a>&unknown;</a>", Err(()));
        check("<a>&#0;</a>", Err(()));
        check(&"<a>".repeat(100_000), Err(()));
        check(&format!("{}{}", "<a>".repeat(60), "</a>".repeat(60)), Err(()));
        check(&format!("{}{}", "<a>".repeat(40), "</a>".repeat(40)), Ok(()));
    }

    fn check(text: &str, expected: Result<(), ()>) {
        let start: String = text.chars().take(60).collect();
        assert_eq!(parse(text).map(drop).map_err(drop), expected, "{start}");
    }

    #[test]
    fn texts() {
        text("<a>alice</a>", "alice");
        text("<a>alice@example.com<!-- -->.evil.com</a>", "alice@example.com.evil.com");
        text("<a><!---->al<!--x-->ice</a>", "alice");
        text("<a>al<![CDATA[<i>]]>ce</a>", "al<i>ce");
        text("<a>al<?pi data?>ice</a>", "alice");
        text("<a>\n  alice\n</a>", "alice");
        text("<a>alice&#xa0;</a>", "alice\u{a0}");
        text("<a>&lt;&amp;&#65;</a>", "<&A");
        text("<a/>", "");
    }

    fn text(xml: &str, expected: &str) {
        let document = parse(xml).unwrap();
        assert_eq!(Element::root(&document).unwrap().text(), expected, "{xml}");
    }

    #[test]
    fn ids() {
        unique("<a ID='1'><b ID='2'/></a>", true);
        unique("<a ID='1'><b ID='1'/></a>", false);
        unique("<a ID='1'><b><c Id='1'/></b></a>", false);
        unique("<a xmlns:x='urn:x' x:ID='1'><b ID='1'/></a>", true);
    }

    fn unique(xml: &str, expected: bool) {
        let document = parse(xml).unwrap();
        assert_eq!(Element::root(&document).unwrap().ids_are_unique(), expected, "{xml}");
    }

    #[test]
    fn attributes_of_another_namespace_are_not_meant() {
        let document = parse("<a xmlns:x='urn:x' x:ID='evil' ID='good'/>").unwrap();
        assert_eq!(Element::root(&document).unwrap().attribute("ID"), Some("good"));
    }

    #[test]
    fn repeated_children_are_refused() {
        let document = parse("<a xmlns='urn:x'><b/><c/><b/></a>").unwrap();
        let root = Element::root(&document).unwrap();
        assert!(root.only("urn:x", "b").is_none());
        assert!(root.only("urn:x", "c").is_some());
        assert_eq!(root.at_most_one("urn:x", "b").map(drop), Err(Repeated));
        assert!(matches!(root.at_most_one("urn:x", "d"), Ok(None)));
    }
}
