//! The addresses of the pages, each with who may use it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodRouter, delete, get, post, put};
use district::people::Action;
use http::Method;

use super::State;

/// Who may use an address. The operations behind it ask again, for the very object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever may do this somewhere in the district.
    May(Action),
}

/// A declared address.
#[derive(Debug, Clone)]
pub struct Declared {
    /// GET (which answers HEAD too) or POST; for programs PUT and DELETE too.
    pub method: Method,
    /// The path as axum writes it: `/communities/{id}`.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

/// A door of the building.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Anyone, a phone first.
    Public,
    /// People who work.
    Desk,
    /// People who steer.
    District,
}

impl Door {
    /// The door a path lies behind.
    pub fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("desk") => Self::Desk,
            Some("district") => Self::District,
            _ => Self::Public,
        }
    }
}

/// A room behind a door: an entry of the band under the doors. At most eight a door.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Behind which door.
    pub door: Door,
    /// Its place in the band, smallest first.
    pub order: u8,
    /// Its address; it must be declared as GET too.
    pub path: &'static str,
    /// The message with its name.
    pub name: &'static str,
}

/// Form bodies: a page of text in Chinese with its field names is far below this.
const FORM_BYTES: usize = 256 * 1024;

/// Addresses and rooms of a slice, or of all.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    pub(super) router: Router<Arc<State>>,
    /// Every address.
    pub declared: Vec<Declared>,
    /// Every room.
    pub rooms: Vec<Room>,
    access: HashMap<&'static str, Vec<(Method, Access)>>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page.
    #[must_use]
    pub fn get<H, T>(mut self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Arc<State>>,
        T: 'static,
    {
        self.router = self.router.route(path, get(handler));
        self.declare(Method::GET, path, access)
    }

    /// A form. By convention it is shown at the same address, so that the page that shows its errors has one.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Arc<State>>,
        T: 'static,
    {
        self.upload(path, access, FORM_BYTES, handler)
    }

    /// A form that sends files, with the most bytes it takes.
    #[must_use]
    pub fn upload<H, T>(mut self, path: &'static str, access: Access, most: usize, handler: H) -> Self
    where
        H: Handler<T, Arc<State>>,
        T: 'static,
    {
        self.router = self.router.route(path, post(handler).layer(DefaultBodyLimit::max(most)));
        self.declare(Method::POST, path, access)
    }

    /// What programs put in the place of something.
    #[must_use]
    pub fn put<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Arc<State>>,
        T: 'static,
    {
        self.taking(Method::PUT, path, access, put(handler))
    }

    /// What programs take away.
    #[must_use]
    pub fn delete<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Arc<State>>,
        T: 'static,
    {
        self.taking(Method::DELETE, path, access, delete(handler))
    }

    fn taking(
        mut self,
        method: Method,
        path: &'static str,
        access: Access,
        handler: MethodRouter<Arc<State>>,
    ) -> Self {
        self.router = self.router.route(path, handler.layer(DefaultBodyLimit::max(FORM_BYTES)));
        self.declare(method, path, access)
    }

    /// An entry of the band under a door.
    #[must_use]
    pub fn room(mut self, door: Door, order: u8, path: &'static str, name: &'static str) -> Self {
        self.rooms.push(Room { door, order, path, name });
        self
    }

    /// Both together.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        for (path, mut methods) in other.access {
            self.access.entry(path).or_default().append(&mut methods);
        }
        self.declared.extend(other.declared);
        self.rooms.extend(other.rooms);
        self.rooms.sort_by_key(|room| room.order);
        self
    }

    fn declare(mut self, method: Method, path: &'static str, access: Access) -> Self {
        self.access.entry(path).or_default().push((method.clone(), access));
        self.declared.push(Declared { method, path, access });
        self
    }

    /// The methods that an address takes, as the `Allow` header names them: what takes GET takes HEAD too.
    pub(super) fn methods(&self, path: &str) -> String {
        let declared = self.access.get(path).into_iter().flatten();
        let named =
            declared.map(|(method, _)| if method == Method::GET { "GET, HEAD" } else { method.as_str() });
        named.collect::<Vec<_>>().join(", ")
    }

    /// Who may use an address; `None`: it takes no such method.
    pub(super) fn access(&self, method: &Method, path: &str) -> Option<Access> {
        let asked = if method == Method::HEAD { &Method::GET } else { method };
        let methods = self.access.get(path)?;
        methods.iter().find(|(method, _)| method == asked).map(|(_, access)| *access)
    }
}
