//! How an operation is declared: its address, who may use it, and a function; its documentation follows from the types of
//! the function, and so does what every operation does alike: tags, keys of requests, problems.

use std::sync::Arc;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::handler::Handler;
use base::Uuid;
use db::Tx;
use district::kit::Call;
use http::header::HeaderMap;
use http::{Method, StatusCode, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::{IntoParams, ToSchema};

use super::answer::{self, Made, Page, Sealed, Tag};
use super::sent::{Sent, address, asked};
use crate::kit::{Access, Fault, Posted, Routes, Shell, State, json};

/// Schemas by their names.
type Schemas = Vec<(String, RefOr<Schema>)>;

/// What an operation answers when it is done.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answers {
    /// Something with a tag.
    Thing(RefOr<Schema>),
    /// Rows of a list, with a tag.
    List(RefOr<Schema>),
    /// A thing with the seal of its state as its tag.
    Sealed(RefOr<Schema>),
    /// What it made, and where it is.
    Made,
    /// What became of what was told.
    Told(RefOr<Schema>),
    /// Nothing: it is done.
    Done,
    /// Nothing: it is done, upon the state that `If-Match` names.
    DoneUpon,
    /// A file of one of these kinds.
    File(Kinds),
}

/// Kinds of files, as `Content-Type` names them.
pub(super) type Kinds = &'static [&'static str];

/// What an operation takes as its body.
#[derive(Debug, Clone)]
pub(super) enum Takes {
    /// JSON of this schema.
    Json(Box<RefOr<Schema>>),
    /// A file of one of these kinds.
    File(Kinds),
}

/// An operation as the documentation has it.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    /// Its name, behind `api-op-` the message that says what it does.
    pub name: &'static str,
    /// The message with the name of its group.
    pub group: &'static str,
    pub parameters: Vec<Parameter>,
    pub body: Option<Takes>,
    pub answers: Answers,
}

impl Operation {
    /// Does it write?
    pub fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// Does what it answers have a tag?
    pub fn tags(&self) -> bool {
        matches!(self.answers, Answers::Thing(_) | Answers::List(_) | Answers::Sealed(_))
    }
}

/// The operations of a group, or of all.
#[derive(Debug, Default)]
pub(super) struct Api {
    pub routes: Routes,
    pub operations: Vec<Operation>,
    pub schemas: Schemas,
    group: &'static str,
    tag: Tag,
}

/// An operation that reads: of its address and its query.
type Reads<P, Q, T> = fn(&Shell, P, Q) -> Result<T, Fault>;
/// An operation that writes: of its address and its body; what was sent says whether it was done before.
type Writes<P, B, T> = fn(&Shell, &Posted, P, B) -> Result<T, Fault>;
/// The same where its address says everything.
type Bodiless<P> = fn(&Shell, &Posted, P) -> Result<(), Fault>;
/// The same upon a state that it names.
type WritesUpon<P, B> = fn(&Shell, &Posted, P, B, String) -> Result<(), Fault>;

/// What an operation takes from its address or its query.
pub(super) trait Asks: IntoParams + DeserializeOwned + Send + 'static {}
impl<T: IntoParams + DeserializeOwned + Send + 'static> Asks for T {}

/// What an operation takes as its body.
pub(super) trait Body: ToSchema + DeserializeOwned + Send + 'static {}
impl<T: ToSchema + DeserializeOwned + Send + 'static> Body for T {}

impl Api {
    /// A group; `group`: the message with its name.
    pub fn of(group: &'static str) -> Self {
        Self { group, ..Self::default() }
    }

    /// Both together.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.routes = self.routes.merge(other.routes);
        self.operations.extend(other.operations);
        self.schemas.extend(other.schemas);
        self
    }

    /// What this group reads other things move than the district's version: refusals, the clock, a hand from outside.
    #[must_use]
    pub fn read_each_time(self) -> Self {
        Self { tag: Tag::OfContent, ..self }
    }

    /// Reads something.
    #[must_use]
    pub fn get<P: Asks, Q: Asks, T: Serialize + ToSchema + 'static>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        read: Reads<P, Q, T>,
    ) -> Self {
        let (answers, tag) = (Answers::Thing(self.schema::<T>()), self.tag);
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, headers: HeaderMap, uri: Uri| async move {
            let (at, query) = (address(at)?, asked::<Q>(&uri)?);
            answer::reading(&s, &headers, &uri, tag, || read(&s, at, query))
        };
        self.reads::<P, Q, _, _>(path, access, name, answers, handler)
    }

    /// Reads some rows of a list.
    #[must_use]
    pub fn list<P: Asks, Q: Asks, T: Serialize + ToSchema + 'static>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        read: Reads<P, Q, Page<T>>,
    ) -> Self {
        let (answers, tag) = (Answers::List(self.schema::<Page<T>>()), self.tag);
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, headers: HeaderMap, uri: Uri| async move {
            let (at, query) = (address(at)?, asked::<Q>(&uri)?);
            let mut next = None;
            let response = answer::reading(&s, &headers, &uri, tag, || {
                let page = read(&s, at, query)?;
                next.clone_from(&page.next);
                Ok(page)
            })?;
            Ok::<_, Fault>(answer::linked(response, &s, next.as_ref()))
        };
        self.reads::<P, Q, _, _>(path, access, name, answers, handler)
    }

    /// Reads a thing that has a seal of its state.
    #[must_use]
    pub fn get_sealed<P: Asks, Q: Asks, T: Serialize + ToSchema + 'static>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        read: Reads<P, Q, Sealed<T>>,
    ) -> Self {
        let answers = Answers::Sealed(self.schema::<T>());
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, headers: HeaderMap, uri: Uri| async move {
            let (at, query) = (address(at)?, asked::<Q>(&uri)?);
            answer::reading_sealed(&headers, || read(&s, at, query))
        };
        self.reads::<P, Q, _, _>(path, access, name, answers, handler)
    }

    /// Makes something.
    #[must_use]
    pub fn post<P: Asks, B: Body>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        write: Writes<P, B, Made>,
    ) -> Self {
        let body = Some(Takes::Json(Box::new(self.schema::<B>())));
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, sent: Sent| async move {
            let (at, body) = (address(at)?, sent.json()?);
            Ok::<_, Fault>(answer::made(&write(&s, &sent.posted()?, at, body)?))
        };
        self.declare::<P, Nothing>(Method::POST, path, access, name, body, Answers::Made);
        self.routes = self.routes.post(path, access, handler);
        self
    }

    /// Takes what is told, and answers with what became of it.
    #[must_use]
    pub fn tell<P: Asks, B: Body, T: Serialize + ToSchema + 'static>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        write: Writes<P, B, T>,
    ) -> Self {
        let body = Some(Takes::Json(Box::new(self.schema::<B>())));
        let answers = Answers::Told(self.schema::<T>());
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, sent: Sent| async move {
            let (at, body) = (address(at)?, sent.json()?);
            let told = write(&s, &sent.posted()?, at, body)?;
            Ok::<_, Fault>(json(StatusCode::OK, answer::JSON, &told))
        };
        self.declare::<P, Nothing>(Method::POST, path, access, name, body, answers);
        self.routes = self.routes.post(path, access, handler);
        self
    }

    /// Does something.
    #[must_use]
    pub fn act<P: Asks, B: Body>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        write: Writes<P, B, ()>,
    ) -> Self {
        self.writes(Method::POST, (path, access), name, write);
        self
    }

    /// Puts something in the place of what was there.
    #[must_use]
    pub fn put<P: Asks, B: Body>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        write: Writes<P, B, ()>,
    ) -> Self {
        self.writes(Method::PUT, (path, access), name, write);
        self
    }

    /// A writing that answers with nothing but that it was done.
    fn writes<P: Asks, B: Body>(
        &mut self,
        method: Method,
        (path, access): (&'static str, Access),
        name: &'static str,
        write: Writes<P, B, ()>,
    ) {
        let body = Some(Takes::Json(Box::new(self.schema::<B>())));
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, sent: Sent| async move {
            let (at, body) = (address(at)?, sent.json()?);
            write(&s, &sent.posted()?, at, body)?;
            Ok::<_, Fault>(StatusCode::NO_CONTENT)
        };
        let routes = std::mem::take(&mut self.routes);
        self.routes = if method == Method::PUT {
            routes.put(path, access, handler)
        } else {
            routes.post(path, access, handler)
        };
        self.declare::<P, Nothing>(method, path, access, name, body, Answers::Done);
    }

    /// Puts something in the place of what whoever writes has seen.
    #[must_use]
    pub fn put_upon<P: Asks, B: Body>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        write: WritesUpon<P, B>,
    ) -> Self {
        let body = Some(Takes::Json(Box::new(self.schema::<B>())));
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, sent: Sent| async move {
            let (at, body) = (address(at)?, sent.json()?);
            let (posted, seen) = (sent.posted()?, answer::seen(&sent.headers)?);
            write(&s, &posted, at, body, seen)?;
            Ok::<_, Fault>(StatusCode::NO_CONTENT)
        };
        self.declare::<P, Nothing>(Method::PUT, path, access, name, body, Answers::DoneUpon);
        self.routes = self.routes.put(path, access, handler);
        self
    }

    /// Takes something away.
    #[must_use]
    pub fn delete<P: Asks>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        write: Bodiless<P>,
    ) -> Self {
        self.bodiless(Method::DELETE, (path, access), name, write);
        self
    }

    /// Does something that needs no more words than its address.
    #[must_use]
    pub fn just<P: Asks>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        write: Bodiless<P>,
    ) -> Self {
        self.bodiless(Method::POST, (path, access), name, write);
        self
    }

    /// A writing of which everything is said by its address.
    fn bodiless<P: Asks>(
        &mut self,
        method: Method,
        (path, access): (&'static str, Access),
        name: &'static str,
        write: Bodiless<P>,
    ) {
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, sent: Sent| async move {
            write(&s, &sent.posted()?, address(at)?)?;
            Ok::<_, Fault>(StatusCode::NO_CONTENT)
        };
        let routes = std::mem::take(&mut self.routes);
        self.routes = if method == Method::DELETE {
            routes.delete(path, access, handler)
        } else {
            routes.post(path, access, handler)
        };
        self.declare::<P, Nothing>(method, path, access, name, None, Answers::Done);
    }

    pub(super) fn reads<P: Asks, Q: Asks, H, X>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        answers: Answers,
        handler: H,
    ) -> Self
    where
        H: Handler<X, Arc<State>>,
        X: 'static,
    {
        self.declare::<P, Q>(Method::GET, path, access, name, None, answers);
        self.routes = self.routes.get(path, access, handler);
        self
    }

    pub(super) fn declare<P: Asks, Q: Asks>(
        &mut self,
        method: Method,
        path: &'static str,
        access: Access,
        name: &'static str,
        body: Option<Takes>,
        answers: Answers,
    ) {
        let mut parameters = P::into_params(|| Some(ParameterIn::Path));
        parameters.extend(Q::into_params(|| Some(ParameterIn::Query)));
        for parameter in &mut parameters {
            parameter.schema = parameter.schema.take().map(never_null);
        }
        let group = self.group;
        self.operations.push(Operation { method, path, access, name, group, parameters, body, answers });
    }

    /// A reference to the schema of a type, which is kept with all that it names.
    pub(super) fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
        super::values::reference::<T>()
    }
}

/// A parameter that may be left out is never null: an address has no word for it.
fn never_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    let is_null = |it: &RefOr<Schema>| match it {
        RefOr::T(Schema::Object(object)) => object.schema_type == SchemaType::Type(Type::Null),
        _ => false,
    };
    match schema {
        RefOr::T(Schema::OneOf(mut one)) => {
            one.items.retain(|it| !is_null(it));
            match one.items.pop() {
                Some(only) if one.items.is_empty() => only,
                last => {
                    one.items.extend(last);
                    RefOr::T(Schema::OneOf(one))
                }
            }
        }
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Array(types) = &object.schema_type {
                let kept: Vec<Type> = types.iter().filter(|it| **it != Type::Null).cloned().collect();
                object.schema_type = match kept.as_slice() {
                    [only] => SchemaType::Type(only.clone()),
                    _ => SchemaType::Array(kept),
                };
            }
            RefOr::T(Schema::Object(object))
        }
        other => other,
    }
}

/// Nothing is taken from the address, from the query, or as a body.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

impl IntoParams for Nothing {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Vec::new()
    }
}

/// Does something once; an equal request is done already.
pub(super) fn once(
    s: &Shell,
    posted: &Posted,
    mut work: impl FnMut(&mut Tx<'_>, &mut Call<'_>) -> district::kit::Result<()>,
) -> Result<(), Fault> {
    let done = s.state.once(&s.actor, posted, |tx, call| work(tx, call).map(|()| DONE.to_owned()));
    done.map(|_| ()).map_err(reused)
}

/// The key of another request is told as such: what the pages say of it is about forms.
pub(super) fn reused(fault: Fault) -> Fault {
    match fault {
        Fault::Refused(refusal) if refusal.message == "kit-refused-key-used" => Fault::Reused,
        other => other,
    }
}

/// What is kept as the answer of what was done.
const DONE: &str = "done";

/// Makes something once; an equal request gets what was made. `address`: where it is, below `/api/v1`.
pub(super) fn once_made(
    s: &Shell,
    posted: &Posted,
    address: impl Fn(Uuid) -> String,
    mut work: impl FnMut(&mut Tx<'_>, &mut Call<'_>) -> district::kit::Result<Uuid>,
) -> Result<Made, Fault> {
    let id = s.state.once(&s.actor, posted, |tx, call| work(tx, call).map(|id| id.to_string()));
    let id = id.map_err(reused)?;
    let id = Uuid::parse_str(&id).map_err(|_| Fault::Internal("what was made is no id".into()))?;
    Ok(Made { id, address: format!("/api/v1/{}", address(id)) })
}
