//! The documentation as a page of ours, made from the document that is served and from nothing else.

use askama::Template;
use district::people::{LONGEST_TOKEN_DAYS, TOKEN_PREFIX, TokenScope};
use serde_json::{Map, Value, json};

use super::answer::JSON;
use super::document_of;
use super::sent::KEY;
use super::tokens::scope_message;
use crate::kit::{self, Shell};

/// How deep an example goes: an object in a list of an object.
const DEEP: usize = 4;

/// A part of a type as it is shown: plain words, or the name of a schema that it leads to.
struct Piece {
    words: String,
    schema: bool,
}

/// A parameter, or a property of an object.
struct Field {
    name: String,
    kind: Vec<Piece>,
    required: bool,
    about: String,
}

/// An operation.
struct Shown {
    id: String,
    method: String,
    path: String,
    summary: String,
    needs: String,
    parameters: Vec<Field>,
    body: Vec<Piece>,
    answers: Vec<(String, String, Vec<Piece>)>,
    curl: String,
}

/// Operations that belong together.
struct Group {
    name: String,
    operations: Vec<Shown>,
}

/// A schema.
struct Described {
    name: String,
    about: String,
    kind: Vec<Piece>,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "api/show.html")]
struct Show<'a> {
    s: &'a Shell,
    groups: Vec<Group>,
    schemas: Vec<Described>,
    problems: &'static [(&'static str, u16, &'static str)],
    /// The name of each scope, and the message that says what it lets a token do.
    scopes: Vec<(&'static str, &'static str)>,
    key: &'static str,
    prefix: &'static str,
    longest: i64,
}

/// The kinds of problems: the name in their address, their status, the message with their title.
const PROBLEMS: &[(&str, u16, &str)] = &[
    ("bad", 400, "errors-bad-title"),
    ("unkeyed", 400, "api-unkeyed-title"),
    ("unknown", 401, "api-unknown-title"),
    ("forbidden", 403, "errors-forbidden-title"),
    ("foreign", 403, "errors-foreign-title"),
    ("absent", 404, "errors-absent-title"),
    ("method", 405, "errors-method-title"),
    ("reused", 409, "api-reused-title"),
    ("changed", 412, "api-changed-title"),
    ("large", 413, "errors-large-title"),
    ("kind", 415, "api-kind-title"),
    ("unread", 422, "api-unread-title"),
    ("refused", 422, "errors-refused-title"),
    ("unconditional", 428, "api-unconditional-title"),
    ("many", 429, "ops-many-title"),
    ("internal", 500, "errors-internal-title"),
    ("unavailable", 503, "errors-unavailable-title"),
    ("unwritable", 503, "errors-unwritable-title"),
    ("unsure", 503, "errors-unsure-title"),
];

/// GET `/api`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let document = document_of(&s)?;
    s.html(&Show {
        s: &s,
        groups: groups(document),
        schemas: schemas(document),
        problems: PROBLEMS,
        scopes: TokenScope::ALL.iter().map(|scope| (scope.as_str(), scope_message(*scope))).collect(),
        key: KEY,
        prefix: TOKEN_PREFIX,
        longest: LONGEST_TOKEN_DAYS,
    })
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The operations, by their groups, in the order of the document's tags.
fn groups(document: &Value) -> Vec<Group> {
    let mut groups: Vec<Group> = array(&document["tags"])
        .map(|tag| Group { name: words(&tag["name"]), operations: Vec::new() })
        .collect();
    for (path, item) in object(&document["paths"]) {
        for (method, operation) in object(item) {
            let group = words(&operation["tags"][0]);
            if let Some(group) = groups.iter_mut().find(|it| it.name == group) {
                group.operations.push(shown(document, path, method, operation));
            }
        }
    }
    groups
}

fn shown(document: &Value, path: &str, method: &str, operation: &Value) -> Shown {
    let parameter = |it: &Value| Field {
        name: words(&it["name"]),
        kind: kind(&it["schema"]),
        required: it["required"] == true,
        about: words(&it["description"]),
    };
    let answers = object(&operation["responses"]).filter(|(status, _)| status.starts_with('2'));
    let answer = |(status, it): (&String, &Value)| {
        (status.clone(), words(&it["description"]), content(&it["content"]))
    };
    Shown {
        id: words(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: words(&operation["summary"]),
        needs: words(&operation["description"]),
        parameters: array(&operation["parameters"]).map(parameter).collect(),
        body: content(&operation["requestBody"]["content"]),
        answers: answers.map(answer).collect(),
        curl: curl(document, path, method, operation),
    }
}

/// What a body is: a type in words, or the kinds of files.
fn content(content: &Value) -> Vec<Piece> {
    if let Some(json) = content.get(JSON) {
        return kind(&json["schema"]);
    }
    let kinds: Vec<&str> = object(content).map(|(kind, _)| kind.as_str()).collect();
    if kinds.is_empty() { Vec::new() } else { vec![Piece { words: kinds.join(" | "), schema: false }] }
}

/// A type in words, with the schemas it leads to.
fn kind(schema: &Value) -> Vec<Piece> {
    let plain = |words: String| Piece { words, schema: false };
    if let Some(name) = name_of(schema) {
        return vec![Piece { words: name.to_owned(), schema: true }];
    }
    if let Some(many) = ["oneOf", "anyOf", "allOf"].iter().find_map(|it| schema[it].as_array()) {
        let mut all = Vec::new();
        for (place, one) in many.iter().enumerate() {
            if place > 0 {
                all.push(plain(" | ".into()));
            }
            all.extend(kind(one));
        }
        return all;
    }
    let mut types: Vec<String> = array(&schema["type"]).map(words).collect();
    types.extend(schema["type"].as_str().map(str::to_owned));
    if types.iter().any(|it| it == "array") {
        let mut all = kind(&schema["items"]);
        all.insert(0, plain("[".into()));
        all.push(plain("]".into()));
        return all;
    }
    if types.is_empty() {
        return Vec::new();
    }
    let codes: Vec<String> = array(&schema["enum"]).map(words).collect();
    let mut said = if codes.is_empty() { types.join(" | ") } else { codes.join(" | ") };
    if let Some(format) = schema["format"].as_str().filter(|format| *format != "int64") {
        said = format!("{said} ({format})");
    }
    if let (Some(least), Some(most)) = (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        said = format!("{said} {least}–{most}");
    }
    vec![plain(said)]
}

/// The schema that is named.
fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

fn named<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    name_of(schema).map_or(schema, |name| &document["components"]["schemas"][name])
}

fn schemas(document: &Value) -> Vec<Described> {
    let described = |(name, schema): (&String, &Value)| Described {
        name: name.clone(),
        about: words(&schema["description"]),
        kind: if schema["properties"].is_object() { Vec::new() } else { kind(schema) },
        fields: fields(schema),
    };
    object(&document["components"]["schemas"]).map(described).collect()
}

/// The properties of an object, those of its parts among them.
fn fields(schema: &Value) -> Vec<Field> {
    let required: Vec<String> = array(&schema["required"]).map(words).collect();
    let own = object(&schema["properties"]).map(|(name, it)| Field {
        name: name.clone(),
        kind: kind(it),
        required: required.contains(name),
        about: words(&it["description"]),
    });
    own.chain(array(&schema["allOf"]).flat_map(fields)).collect()
}

/// A line that does it. `$LILONG` and `$TOKEN` are said at the top of the page.
fn curl(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let mut words = vec!["curl".to_owned()];
    if method != "get" {
        words.push(format!("-X {}", method.to_uppercase()));
    }
    words.push("-H \"Authorization: Bearer $TOKEN\"".into());
    let needed = |it: &&Value| it["in"] == "header" && it["required"] == true;
    for parameter in array(&operation["parameters"]).filter(needed) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let value = if name == KEY { "$(uuidgen)" } else { "$ETAG" };
        words.push(format!("-H \"{name}: {value}\""));
    }
    let sent = &operation["requestBody"]["content"];
    if let Some(json) = sent.get(JSON) {
        let sent = example(document, &json["schema"], DEEP);
        words.push(format!("-H \"Content-Type: {JSON}\" -d '{sent}'"));
    } else if let Some((kind, _)) = object(sent).next() {
        words.push(format!("-H \"Content-Type: {kind}\" --data-binary @\"$FILE\""));
    }
    if operation["responses"]["200"]["headers"]["Content-Disposition"].is_object() {
        words.push("-O -J".into());
    }
    let asked = array(&operation["parameters"]).filter(|it| it["in"] == "query" && it["required"] == true);
    let asked = asked.map(|it| {
        let value = example(document, &it["schema"], DEEP);
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{}={value}", it["name"].as_str().unwrap_or_default())
    });
    let asked: Vec<String> = asked.collect();
    let query = if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) };
    words.push(format!("\"$LILONG{path}{query}\""));
    words.join(" ")
}

/// A value as a schema describes it: its own example, the least of its numbers, the first of its codes.
fn example(document: &Value, schema: &Value, deep: usize) -> Value {
    let schema = named(document, schema);
    let own = [&schema["example"], &schema["examples"][0], &schema["default"], &schema["enum"][0]];
    if let Some(given) = own.into_iter().find(|it| !it.is_null()) {
        return given.clone();
    }
    if deep == 0 {
        return Value::Null;
    }
    if let Some(first) = schema["oneOf"].as_array().and_then(|all| all.iter().find(|it| it["type"] != "null"))
    {
        return example(document, first, deep - 1);
    }
    let is = |wanted: &str| schema["type"] == wanted || array(&schema["type"]).any(|it| it == wanted);
    if is("object") {
        let required: Vec<String> = array(&schema["required"]).map(words).collect();
        let chosen = object(&schema["properties"]).filter(|(name, _)| required.contains(name));
        let all: Map<String, Value> =
            chosen.map(|(name, it)| (name.clone(), example(document, it, deep - 1))).collect();
        return Value::Object(all);
    }
    if is("array") {
        return json!([example(document, &schema["items"], deep - 1)]);
    }
    if is("integer") || is("number") {
        return schema.get("minimum").cloned().unwrap_or(json!(0));
    }
    if is("boolean") {
        return json!(true);
    }
    if schema["format"] == "uuid" { json!("0198c0de-0000-7000-8000-000000000001") } else { json!("…") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(schema: &Value) -> String {
        kind(schema).into_iter().map(|piece| piece.words).collect()
    }

    #[test]
    fn a_type_is_said_in_words() {
        assert_eq!(said(&json!({"type": "integer", "minimum": 1, "maximum": 200})), "integer 1–200");
        assert_eq!(said(&json!({"type": "array", "items": {"$ref": "#/components/schemas/Town"}})), "[Town]");
        let or_none = json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Date"}]});
        assert_eq!(said(&or_none), "null | Date");
        assert_eq!(said(&json!({"type": ["string", "null"], "format": "uuid"})), "string | null (uuid)");
    }

    #[test]
    fn an_example_has_what_is_required() {
        let document =
            json!({"components": {"schemas": {"Day": {"type": "string", "examples": ["2026-01-31"]}}}});
        let schema = json!({"type": "object", "required": ["on", "gaps"], "properties": {
            "on": {"$ref": "#/components/schemas/Day"},
            "gaps": {"type": "array", "items": {"type": "string", "format": "uuid"}},
            "note": {"type": "string"},
        }});
        let made = example(&document, &schema, DEEP);
        assert_eq!(made, json!({"on": "2026-01-31", "gaps": ["0198c0de-0000-7000-8000-000000000001"]}));
    }
}
