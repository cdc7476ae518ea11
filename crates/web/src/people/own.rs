//! One's own page: what one is, where one is signed in, who read what about one, one's password.

use askama::Template;
use district::kit::{AccountId, Grant, Scope};
use district::people::{self, AboutMe, Action, Logged, OwnPasskey, OwnSession};
use http::StatusCode;

use super::enrol::new_password;
use crate::entering::RelyingParty;
use crate::kit::{self, Fault, Faults, Places, Posted, Shell, random, role_message, see_other};

/// Entries shown of each list.
const SHOWN: i64 = 50;

#[derive(Template)]
#[template(path = "people/own.html")]
pub(super) struct Show<'a> {
    s: &'a Shell,
    grants: &'a [Grant],
    places: Places,
    sessions: Vec<OwnSession>,
    passkeys: Vec<OwnPasskey>,
    /// Why no passkey can be made here, in words.
    no_passkeys: Option<&'static str>,
    passkey_name: &'a str,
    /// Are passkeys for who asks? Residents come in by their telephone.
    may_keep_passkeys: bool,
    has_password: bool,
    about: Vec<AboutMe>,
    done: Vec<Logged>,
    faults: Faults,
    /// What was changed just now, in words.
    changed: Option<&'static str>,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn role(&self, grant: &Grant) -> &'static str {
        role_message(grant.role)
    }

    fn role_of(&self, name: &str) -> String {
        role_named(self.s, name)
    }

    fn place(&self, grant: &Grant) -> String {
        place_of(self.s, &self.places, grant.scope)
    }

    fn last_used(&self, passkey: &OwnPasskey) -> String {
        let used = passkey.used_at.map(|at| self.s.t1("people-passkey-used", "at", at.to_string()));
        used.unwrap_or_else(|| self.s.t("people-passkey-unused").to_owned())
    }

    fn key(&self, session: &OwnSession) -> String {
        base::hex(&session.key)
    }

    fn place_named(&self, about: &AboutMe) -> Option<String> {
        about.place.as_ref().map(|(name, name_en)| self.s.name(name, name_en).into_owned())
    }

    fn action(&self, name: &str) -> String {
        action_named(self.s, name)
    }

    fn fields(&self, names: &str) -> String {
        fields_named(self.s, names)
    }
}

impl<'a> Show<'a> {
    /// The same with what was typed as the name of a new passkey.
    pub(super) fn with_passkey_name(self, name: &'a str) -> Self {
        Self { passkey_name: name, ..self }
    }
}

/// A role by the name it has in the audit.
pub(super) fn role_named(s: &Shell, name: &str) -> String {
    district::kit::Role::parse(name)
        .map_or_else(|| name.to_owned(), |role| s.t(role_message(role)).to_owned())
}

/// What was done, in words.
pub(super) fn action_named(s: &Shell, name: &str) -> String {
    s.t(&["people-action-", &name.replace('.', "-")].concat()).to_owned()
}

/// Fields of a person in words; what has no word of its own stays as it is.
fn fields_named(s: &Shell, names: &str) -> String {
    let word = |name: &str| {
        let id = ["people-field-", &name.replace('_', "-")].concat();
        let word = s.t(&id);
        if word == id { name.to_owned() } else { word.to_owned() }
    };
    let words: Vec<String> = names.split_whitespace().map(word).collect();
    words.join(s.t("coverage-comma"))
}

/// The part of the district that a role is over, in words.
pub(super) fn place_of(s: &Shell, places: &Places, scope: Scope) -> String {
    match scope {
        Scope::District => s.district().into_owned(),
        Scope::Town(town) | Scope::Community { town, .. } => places.town_name(s, town),
        Scope::Grid { town, grid } => {
            format!("{} · {}", places.town_name(s, town), places.grid_name(s, grid))
        }
    }
}

pub(super) fn page(s: &Shell, faults: Faults) -> Result<Show<'_>, Fault> {
    let account = s.actor.account.ok_or(Fault::Absent)?;
    let wall = s.state.wall();
    let (places, sessions, about, done, passkeys, password) = s.state.read(|tx| {
        let person = people::person_of(tx, account)?;
        Ok((
            Places::read(s, tx, s.today())?,
            people::own_sessions(tx, account, s.token.as_ref(), wall)?,
            people::about(tx, person, SHOWN)?,
            people::own_log(tx, account, SHOWN)?,
            people::passkeys(tx, account)?,
            people::own_password(tx, account)?,
        ))
    })?;
    let changed = match s.asked("done").as_deref() {
        Some("password") => Some("people-password-changed"),
        Some("telephone") => Some("people-telephone-changed"),
        Some("passkey") => Some("people-passkey-added"),
        Some("passkey-removed") => Some("people-passkey-removed"),
        _ => None,
    };
    let has_password = password.is_some();
    let no_passkeys = match (RelyingParty::of(s), has_password) {
        (None, _) => Some("people-refused-passkey-place"),
        (_, false) => Some("people-passkey-password-first"),
        _ => None,
    };
    let grants = &s.actor.grants;
    Ok(Show {
        s,
        grants,
        places,
        sessions,
        passkeys,
        no_passkeys,
        passkey_name: "",
        may_keep_passkeys: people::may(&s.actor, Action::PasskeyWrite, s.actor.scope()),
        has_password,
        about,
        done,
        faults,
        changed,
    })
}

/// Everything that is known of whoever asks, as a file. Each copy is a reading of its own, and on record.
fn copy(s: &Shell) -> kit::Result {
    let vault = s.state.vault()?;
    let copy = s.state.write(&s.actor, |tx, call| people::copy(tx, call, vault))?;
    let text = serde_json::to_vec_pretty(&copy).map_err(|error| Fault::Internal(error.to_string()))?;
    kit::download("my-data.json", "application/json", text)
}

fn telephone(s: &Shell, posted: &Posted) -> kit::Result {
    let vault = s.state.vault()?;
    let number = posted.fields.get("telephone");
    let done = s.state.once(&s.actor, posted, |tx, call| {
        people::correct_telephone(tx, call, vault, number)?;
        Ok("/me?done=telephone".to_owned())
    });
    match done {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(s, s.faults(&refusal))?)
        }
        Err(fault) => Err(fault),
    }
}

/// GET `/me`.
pub(super) async fn show(s: Shell) -> kit::Result {
    s.html(&page(&s, Faults::none())?)
}

/// POST `/me`: `do` is `password` (with `old`, `password`, `again`), `session` (with its `session`), `copy` or
/// `telephone` (with the `telephone`).
pub(super) async fn change(s: Shell, posted: Posted) -> kit::Result {
    match posted.fields.get("do") {
        "copy" => return copy(&s),
        "telephone" => return telephone(&s, &posted),
        _ => {}
    }
    if posted.fields.get("do") == "session" {
        let key = base::from_hex(posted.fields.get("session")).ok_or(Fault::Bad)?;
        let to = s.state.once(&s.actor, &posted, |tx, call| {
            people::end_own_session(tx, call, &key, s.state.wall())?;
            Ok("/me".to_owned())
        })?;
        return Ok(see_other(&to));
    }
    let again = |faults: Faults| s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&s, faults)?);
    // Sent twice, the password until now is another already.
    if let Some(to) = s.state.answered(&s.actor, &posted)? {
        return Ok(see_other(&to));
    }
    let (Some(account), Some(token)) = (s.actor.account, s.token.clone()) else { return Err(Fault::Absent) };
    let mut faults = Faults::none();
    new_password(&s, &posted, &mut faults);
    if !faults.is_empty() {
        return again(faults);
    }
    if !gives_password(&s, account, posted.fields.exact("old"))? {
        return again(Faults::one(Some("old"), s.t("people-refused-old").to_owned()));
    }
    let salt = random().map_err(Fault::Internal)?;
    let new = db::heavy(|| s.state.passwords.hash(posted.fields.exact("password"), salt))?;
    let to = s.state.once(&s.actor, &posted, |tx, call| {
        people::change_password(tx, call, &new, &token, s.state.wall())?;
        Ok("/me?done=password".to_owned())
    })?;
    Ok(see_other(&to))
}

/// Is this the password of whoever asks? A wrong one counts as it does where one signs in.
pub(super) fn gives_password(s: &Shell, account: AccountId, password: &str) -> Result<bool, Fault> {
    let wall = s.state.wall();
    let (hash, locked) = s.state.read(|tx| {
        Ok((people::own_password(tx, account)?, people::locked_until(tx, account, wall)?.is_some()))
    })?;
    let given = !locked && db::heavy(|| s.state.passwords.matches(password, hash.as_deref()));
    if !given {
        s.state.write(&s.actor, |tx, call| people::failed(tx, call, account, wall))?;
    }
    Ok(given)
}
