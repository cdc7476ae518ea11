//! Operations whose body or whose answer is a file: as it is, and not wrapped into JSON.

use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::{IntoResponse as _, Response};
use http::{Method, StatusCode, Uri};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Made};
use super::operation::{Answers, Api, Asks, Kinds, Takes};
use super::sent::{Sent, address, asked};
use crate::kit::{Access, Fault, Posted, Shell, json};

/// The most bytes of a file: the whole register is about 20 MB.
const MOST_BYTES: usize = 65 * 1024 * 1024;

/// What an operation that took a file answers.
pub(super) trait Outcome: Sized + 'static {
    /// As the documentation has it.
    const ANSWERS: Answers;
    /// As the program gets it.
    fn response(self) -> Response;
}

impl Outcome for Made {
    const ANSWERS: Answers = Answers::Made;

    fn response(self) -> Response {
        answer::made(&self)
    }
}

impl Outcome for () {
    const ANSWERS: Answers = Answers::Done;

    fn response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// An operation that takes a file: of its address, of what its query says of the file, and the file.
type TakesFile<P, Q, T> = fn(&Shell, &Posted, P, Q, Bytes) -> Result<T, Fault>;

impl Api {
    /// Takes a file.
    #[must_use]
    pub fn upload<P: Asks, Q: Asks, T: Outcome>(
        self,
        path: &'static str,
        access: Access,
        name: &'static str,
        kinds: Kinds,
        write: TakesFile<P, Q, T>,
    ) -> Self {
        self.takes((path, access, name), kinds, T::ANSWERS, write, T::response)
    }

    /// Takes a file, and answers with what became of it.
    #[must_use]
    pub fn tell_file<P: Asks, Q: Asks, T: Serialize + ToSchema + 'static>(
        mut self,
        path: &'static str,
        access: Access,
        name: &'static str,
        kinds: Kinds,
        write: TakesFile<P, Q, T>,
    ) -> Self {
        let answers = Answers::Told(self.schema::<T>());
        self.takes((path, access, name), kinds, answers, write, |told| {
            json(StatusCode::OK, answer::JSON, &told)
        })
    }

    /// An operation that takes a file, whatever it answers.
    fn takes<P: Asks, Q: Asks, T: 'static>(
        mut self,
        (path, access, name): (&'static str, Access, &'static str),
        kinds: Kinds,
        answers: Answers,
        write: TakesFile<P, Q, T>,
        response: fn(T) -> Response,
    ) -> Self {
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, sent: Sent| async move {
            let at = address(at)?;
            let (posted, asked, bytes) = sent.file::<Q>(kinds)?;
            Ok::<_, Fault>(response(write(&s, &posted, at, asked, bytes)?))
        };
        self.declare::<P, Q>(Method::POST, path, access, name, Some(Takes::File(kinds)), answers);
        self.routes = self.routes.upload(path, access, MOST_BYTES, handler);
        self
    }

    /// Answers with a file. What of the district is in it was taken out of the house and is on record: none has a tag.
    #[must_use]
    pub fn file<P: Asks, Q: Asks>(
        self,
        path: &'static str,
        access: Access,
        name: &'static str,
        kinds: Kinds,
        read: fn(&Shell, P, Q) -> Result<Response, Fault>,
    ) -> Self {
        let handler = move |s: Shell, at: Result<Path<P>, PathRejection>, uri: Uri| async move {
            let (at, query) = (address(at)?, asked::<Q>(&uri)?);
            read(&s, at, query)
        };
        self.reads::<P, Q, _, _>(path, access, name, Answers::File(kinds), handler)
    }
}
