//! Forms: what was sent, with the key that makes sending twice harmless; and what is wrong with it.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request as HttpRequest};
use base::{IdSource as _, Instant, SeededIds, Uuid};
use sha2::{Digest as _, Sha256};

use super::Fault;
use super::state::random;

/// The field with the key.
pub(crate) const KEY: &str = "request_key";
/// The fields that no hash is kept of: a password, the same once more, the one until now.
const PASSWORDS: [&str; 3] = ["password", "again", "old"];

/// A fresh key for a form that is being shown.
pub fn new_key(wall: Instant) -> String {
    // Without randomness the key is empty and the form is refused when it comes back.
    random().map_or_else(
        |_| String::new(),
        |seed: [u8; 8]| SeededIds::new(u64::from_ne_bytes(seed)).next(wall).to_string(),
    )
}

/// The fields of a form, in the order they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=1&b=2`.
    pub fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// Fields that came in parts of their own.
    pub(crate) const fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The value of a field without the spaces around it; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// The value exactly as it was sent (passwords).
    pub fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// All values of a field that can be sent more than once.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// Every field with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.trim()))
    }

    /// The id in a field; a form that was made by a page always has it.
    pub fn id<T: district::kit::Id>(&self, name: &str) -> Result<T, Fault> {
        Uuid::parse_str(self.get(name)).map(T::from_uuid).map_err(|_| Fault::Bad)
    }
}

/// A form that was sent.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The key that was made when its page was shown.
    pub key: Uuid,
    /// SHA-256 of its body, without its password.
    pub body: [u8; 32],
    /// Its fields.
    pub fields: Fields,
}

impl Posted {
    /// A file that was sent, with the other parts of its form: each with its name.
    pub fn file(key: Uuid, parts: &[(&str, &[u8])]) -> Self {
        let mut hash = Sha256::new();
        // Each with its length before it, so that no two forms are the same by where one part ends.
        for part in parts.iter().flat_map(|(name, content)| [name.as_bytes(), content]) {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self { key, body: hash.finalize().into(), fields: Fields::default() }
    }

    /// The same with the fields that came beside the file.
    pub(crate) fn with_fields(self, fields: Fields) -> Self {
        Self { fields, ..self }
    }
}

/// Takes the body of a form; refuses one without a key.
impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Fault;

    async fn from_request(request: HttpRequest, state: &S) -> Result<Self, Fault> {
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| Fault::of_status(rejection.status()))?;
        let fields = Fields::parse(&body);
        let key = Uuid::parse_str(fields.get(KEY)).map_err(|_| Fault::Bad)?;
        // What decides whether two bodies are equal is kept beside the key; of a password not even a hash may be.
        let kept = fields.0.iter().filter(|(name, _)| !PASSWORDS.contains(&name.as_str()));
        let hashed = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
        Ok(Self { key, body: Sha256::digest(hashed).into(), fields })
    }
}

/// What is wrong with a field, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name and id in the form; `None`: the form as a whole.
    pub field: Option<&'static str>,
    /// What is wrong and how to mend it.
    pub text: String,
}

/// What is wrong with a form: shown at the top as links, and again at each field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// Nothing is wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// One thing is wrong.
    pub fn one(field: Option<&'static str>, text: String) -> Self {
        Self(vec![FieldFault { field, text }])
    }

    /// One thing more is wrong.
    pub fn add(&mut self, field: Option<&'static str>, text: String) {
        self.0.push(FieldFault { field, text });
    }

    /// Is nothing wrong?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much is wrong.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of it.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldFault> {
        self.0.iter()
    }

    /// What is wrong with a field.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|fault| fault.field == Some(field)).map(|fault| fault.text.as_str())
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a FieldFault;
    type IntoIter = std::slice::Iter<'a, FieldFault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
