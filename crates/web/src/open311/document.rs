//! Documents of Open311: one value, written as XML or, by the Spark convention, as JSON.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::kit::{self, Fault};

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Xml,
    Json,
}

impl Format {
    /// By the end of a name, and the name without it; `None`: the standard knows no such form.
    pub(super) fn split(name: &str) -> Option<(&str, Self)> {
        let (name, ending) = name.rsplit_once('.')?;
        match ending {
            "xml" => Some((name, Self::Xml)),
            "json" => Some((name, Self::Json)),
            _ => None,
        }
    }

    /// The kind that the standard names.
    const fn kind(self) -> &'static str {
        match self {
            Self::Xml => "text/xml; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// `null` in JSON, an empty element in XML.
    Nothing,
    Text(String),
    Flag(bool),
    Number(i64),
    /// 1e-7 degrees, written as decimal degrees.
    Degrees(i64),
    Record(Vec<(&'static str, Node)>),
    /// What each of its items is called in XML, and the items.
    List(&'static str, Vec<Node>),
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Node>> From<Option<T>> for Node {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => to.serialize_none(),
            Self::Text(text) => to.serialize_str(text),
            Self::Flag(flag) => to.serialize_bool(*flag),
            Self::Number(number) => to.serialize_i64(*number),
            Self::Degrees(degrees) => match base::degrees_text(*degrees).parse::<f64>() {
                Ok(number) => to.serialize_f64(number),
                Err(_) => to.serialize_none(),
            },
            Self::Record(fields) => {
                let mut map = to.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::List(_, items) => to.collect_seq(items),
        }
    }
}

type Xml = Writer<Vec<u8>>;

impl Node {
    fn write(&self, name: &str, xml: &mut Xml) -> std::io::Result<()> {
        let text = match self {
            Self::Nothing => return xml.write_event(Event::Empty(BytesStart::new(name))),
            Self::Record(fields) => {
                return within(name, xml, |xml| {
                    fields.iter().try_for_each(|(name, value)| value.write(name, xml))
                });
            }
            Self::List(item, items) => {
                return within(name, xml, |xml| items.iter().try_for_each(|it| it.write(item, xml)));
            }
            Self::Text(text) => text.chars().filter(|c| stands_in_xml(*c)).collect(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Degrees(degrees) => base::degrees_text(*degrees),
        };
        within(name, xml, |xml| xml.write_event(Event::Text(BytesText::new(&text))))
    }
}

fn within(
    name: &str,
    xml: &mut Xml,
    inner: impl FnOnce(&mut Xml) -> std::io::Result<()>,
) -> std::io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new(name)))?;
    inner(xml)?;
    xml.write_event(Event::End(BytesEnd::new(name)))
}

/// May a letter stand in XML 1.0 at all?
const fn stands_in_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// An answer: a document whose outermost element has this name; JSON leaves it out.
pub(super) fn answer(status: StatusCode, format: Format, root: &str, document: &Node) -> kit::Result {
    let bytes = match format {
        Format::Json => serde_json::to_vec(document).map_err(|error| error.to_string()),
        Format::Xml => xml_of(root, document).map_err(|error| error.to_string()),
    };
    let bytes = bytes.map_err(|error| Fault::Internal(format!("a document of Open311: {error}")))?;
    let mut response: Response = (status, bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.kind()));
    Ok(response)
}

fn xml_of(root: &str, document: &Node) -> std::io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    document.write(root, &mut xml)?;
    Ok(xml.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_written_in_both_forms() {
        let document = Node::List(
            "request",
            vec![Node::Record(vec![
                ("service_request_id", "2026-000001".into()),
                ("description", "a < b & \u{8}c".into()),
                ("status_notes", Node::Nothing),
                ("metadata", Node::Flag(true)),
                ("code", Node::Number(404)),
                ("lat", Node::Degrees(312_304_000)),
            ])],
        );
        let xml = String::from_utf8(xml_of("service_requests", &document).unwrap()).unwrap();
        assert_eq!(
            xml,
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><service_requests><request><service_request_id>2026-000001\
             </service_request_id><description>a &lt; b &amp; c</description><status_notes/><metadata>true</metadata>\
             <code>404</code><lat>31.2304</lat></request></service_requests>"
        );
        assert_eq!(
            serde_json::to_string(&document).unwrap(),
            "[{\"service_request_id\":\"2026-000001\",\"description\":\"a < b & \\bc\",\"status_notes\":null,\
             \"metadata\":true,\"code\":404,\"lat\":31.2304}]"
        );
    }

    #[test]
    fn the_end_of_a_name_says_the_form() {
        assert_eq!(Format::split("2026-000001.json"), Some(("2026-000001", Format::Json)));
        assert_eq!(Format::split("a.b.xml"), Some(("a.b", Format::Xml)));
        assert_eq!(Format::split("services"), None);
        assert_eq!(Format::split("services.html"), None);
    }
}
