//! The page on which a district begins: its name, and its three administrators.

use askama::Template;
use district::kit::{Actor, Tried, requests};
use district::people::{self, ADMINISTRATORS, Action, Begin, Code, NewAdministrator};
use http::StatusCode;

use super::code_of;
use super::enrol::new_password;
use crate::kit::{self, Fault, Faults, Posted, Shell, random, role_message};

/// The fields of an administrator's login and name, in the order of [`ADMINISTRATORS`].
const FIELDS: [[&str; 2]; 3] =
    [["system_login", "system"], ["security_login", "security"], ["audit_login", "audit"]];

#[derive(Template)]
#[template(path = "people/begin.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    /// What was typed, but for the password.
    typed: [String; 8],
}

/// An administrator's fields as the form shows them.
struct Row<'a> {
    role: &'static str,
    about: &'static str,
    login: (&'static str, &'a str),
    name: (&'static str, &'a str),
}

impl Show<'_> {
    fn rows(&self) -> Vec<Row<'_>> {
        let about = ["people-begin-system", "people-begin-security", "people-begin-audit"];
        let role = ADMINISTRATORS.map(role_message);
        (0..3)
            .map(|at| Row {
                role: role[at],
                about: about[at],
                login: (FIELDS[at][0], self.typed[2 + 2 * at].as_str()),
                name: (FIELDS[at][1], self.typed[3 + 2 * at].as_str()),
            })
            .collect()
    }
}

/// An administrator's code, shown once.
struct Handed {
    role: &'static str,
    login: String,
    code: String,
}

#[derive(Template)]
#[template(path = "people/begun.html")]
struct Begun<'a> {
    s: &'a Shell,
    handed: Vec<Handed>,
    login: &'a str,
}

/// The page is there as long as the program waits for a beginning.
fn waiting(s: &Shell) -> Result<&Code, Fault> {
    let begun = s.state.read(people::any_account)?;
    s.state.begin_code().filter(|_| !begun).ok_or(Fault::Absent)
}

/// GET `/begin`.
pub(super) async fn show(s: Shell) -> kit::Result {
    waiting(&s)?;
    s.html(&Show { s: &s, faults: Faults::none(), typed: Default::default() })
}

/// POST `/begin`: `code`, `name`, `name_en`, logins and names of the three, `password`, `again`.
pub(super) async fn begin(s: Shell, posted: Posted) -> kit::Result {
    let code = s.state.begin_code().ok_or(Fault::Absent)?;
    let field = |name: &str| posted.fields.get(name).to_owned();
    let typed: [String; 8] = [
        field("name"),
        field("name_en"),
        field("system_login"),
        field("system"),
        field("security_login"),
        field("security"),
        field("audit_login"),
        field("audit"),
    ];
    let again = |faults: Faults| {
        let typed = typed.clone();
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &Show { s: &s, faults, typed })
    };
    let mut faults = Faults::none();
    if Code::parse(posted.fields.get("code")).as_ref() != Some(code) {
        faults.add(Some("code"), s.t("people-begin-bad-code").to_owned());
        let tried = Tried { action: Action::DistrictBegin, object: None };
        s.state.refused(&s.actor, tried, "people-begin-bad-code");
    }
    new_password(&s, &posted, &mut faults);
    if !faults.is_empty() {
        return again(faults);
    }
    let salt = random().map_err(Fault::Internal)?;
    let password = db::heavy(|| s.state.passwords.hash(posted.fields.exact("password"), salt))?;
    let codes = [code_of(&s, &posted, 0), code_of(&s, &posted, 1)];
    let begin = Begin {
        name: typed[0].clone(),
        name_en: typed[1].clone(),
        administrators: std::array::from_fn(|at| NewAdministrator {
            login: typed[2 + 2 * at].clone(),
            name: typed[3 + 2 * at].clone(),
        }),
        password,
        codes: codes.clone(),
    };
    match done(&s, &posted, &begin) {
        Ok(()) => {
            s.state.rename(typed[0].trim(), typed[1].trim());
            s.html(&Begun { s: &s, handed: handed(&typed, &codes), login: &typed[2] })
        }
        Err(Fault::Refused(refusal)) => again(s.faults(&refusal)),
        Err(fault) => Err(fault),
    }
}

/// Begins once: the same form sent again shows the same codes.
fn done(s: &Shell, posted: &Posted, begin: &Begin) -> Result<(), Fault> {
    let vault = s.state.vault()?;
    let request = s.state.request(posted);
    s.state.write(&Actor::anyone(), |tx, call| {
        requests::once(tx, call, &request, |tx, call| {
            people::begin_district(tx, call, vault, begin, s.state.wall())?;
            Ok("/begin".to_owned())
        })
    })?;
    Ok(())
}

fn handed(typed: &[String; 8], codes: &[Code; 2]) -> Vec<Handed> {
    let others = ADMINISTRATORS.into_iter().skip(1).zip([&typed[4], &typed[6]]).zip(codes);
    others
        .map(|((role, login), code)| Handed {
            role: role_message(role),
            login: login.clone(),
            code: code.text(),
        })
        .collect()
}
