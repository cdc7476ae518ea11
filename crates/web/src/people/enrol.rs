//! A one-time code becomes a password.

use askama::Template;
use district::kit::{Actor, Tried, requests};
use district::people::{self, Action, Code, Enrolled, Passwords};
use http::StatusCode;

use crate::kit::{self, Faults, Posted, Shell, random, see_other};

#[derive(Template)]
#[template(path = "people/enrol.html")]
struct Enrol<'a> {
    s: &'a Shell,
    faults: Faults,
    login: &'a str,
}

/// GET `/enrol`.
pub(super) async fn show(s: Shell) -> kit::Result {
    s.html(&Enrol { s: &s, faults: Faults::none(), login: "" })
}

/// POST `/enrol`: `login`, `code`, `password`, `again`.
pub(super) async fn enrol(s: Shell, posted: Posted) -> kit::Result {
    let login = posted.fields.get("login").to_owned();
    let again = |faults: Faults| {
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &Enrol { s: &s, faults, login: &login })
    };
    let mut faults = Faults::none();
    if login.is_empty() {
        faults.add(Some("login"), s.t("people-missing-login").to_owned());
    }
    let code = Code::parse(posted.fields.get("code"));
    if code.is_none() {
        faults.add(Some("code"), s.t("people-bad-code").to_owned());
    }
    new_password(&s, &posted, &mut faults);
    let Some(code) = code.filter(|_| faults.is_empty()) else { return again(faults) };
    let salt = random().map_err(kit::Fault::Internal)?;
    let hash = db::heavy(|| s.state.passwords.hash(posted.fields.exact("password"), salt))?;
    let request = s.state.request(&posted);
    let done = s.state.write(&Actor::anyone(), |tx, call| {
        if let Some(answer) = requests::begin(tx, call, &request)? {
            return Ok(Some(answer));
        }
        match people::enrol(tx, call, (&login, &code), &hash, s.state.wall())? {
            Enrolled::Done(_) => requests::keep(tx, &request, DONE).map(|()| Some(DONE.to_owned())),
            // The wrong code was counted and stays so.
            Enrolled::Refused => requests::forget(tx, &request).map(|()| None),
        }
    })?;
    if let Some(to) = done {
        return Ok(see_other(&to));
    }
    // Of an account that there is, the operation has counted it.
    if s.state.read(|tx| people::credential(tx, &login, s.today()))?.is_none() {
        let tried = Tried { action: Action::PasswordSet, object: None };
        s.state.refused(&Actor::anyone(), tried, "people-refused-code");
    }
    again(Faults::one(Some("code"), s.t("people-refused-code").to_owned()))
}

/// Where one signs in with the password that was set.
const DONE: &str = "/enter?done=enrolled";

/// What is wrong with a new password that was typed twice.
pub(crate) fn new_password(s: &Shell, posted: &Posted, faults: &mut Faults) {
    let (password, again) = (posted.fields.exact("password"), posted.fields.exact("again"));
    if let Err(district::Error::Refused(refusal)) = Passwords::check_new(password) {
        faults.add(Some("password"), s.refusal(&refusal));
    } else if password != again {
        faults.add(Some("again"), s.t("people-passwords-differ").to_owned());
    }
}
