//! Becoming a resident's account: by the code of a letter, or by asking a worker.

use askama::Template;
use district::kit::{Actor, CommunityId, requests};
use district::people::Code;
use district::people::joining::{self, AskToJoin, Telephone, WayIn};
use district::register::Ask;
use http::StatusCode;

use super::telephone::{HOME, send, type_in};
use super::{proof_of, sends, session_of};
use crate::kit::{self, Fault, Faults, Posted, Shell, entered, random};
use crate::people::new_password;

#[derive(Template)]
#[template(path = "joining/join.html")]
struct Join<'a> {
    s: &'a Shell,
    faults: Faults,
    letter: &'a str,
    telephone: &'a str,
    login: &'a str,
    sends: bool,
}

/// GET `/join`, `?code=` the code of a letter.
pub(super) async fn show(s: Shell) -> kit::Result {
    // The letter's picture leads here with its code.
    let code = s.asked("code").and_then(|text| Code::parse(&text)).map(|code| code.text());
    let letter = code.as_deref().unwrap_or_default();
    s.html(&Join { s: &s, faults: Faults::none(), letter, telephone: "", login: "", sends: sends(&s) })
}

/// POST `/join`: `letter` with `telephone`; or, where no codes are sent, with `login`, `password`, `again`.
pub(super) async fn join(s: Shell, posted: Posted) -> kit::Result {
    let [letter, telephone, login] = ["letter", "telephone", "login"].map(|name| posted.fields.get(name));
    let again = |faults| {
        let page = Join { s: &s, faults, letter, telephone, login, sends: sends(&s) };
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let mut faults = Faults::none();
    let code = Code::parse(letter);
    if code.is_none() {
        faults.add(Some("letter"), s.t("joining-bad-letter").to_owned());
    }
    if sends(&s) {
        let number = Telephone::parse(telephone);
        if number.is_none() {
            faults.add(Some("telephone"), s.t("joining-bad-telephone").to_owned());
        }
        let Some(number) = number.filter(|_| faults.is_empty()) else { return again(faults) };
        return match send(&s, &posted, &number).await {
            Ok(shown) => type_in(&s, &number, letter, shown),
            Err(Fault::Refused(refusal)) => again(s.faults(&refusal)),
            Err(fault) => Err(fault),
        };
    }
    own_login(&s, &posted, &mut faults);
    let Some(code) = code.filter(|_| faults.is_empty()) else { return again(faults) };
    let way_in = by_password(&s, &posted)?;
    match by_letter(&s, &posted, &code, &way_in) {
        Err(Fault::Refused(refusal)) => again(s.faults(&refusal)),
        done => done,
    }
}

/// What is wrong with a login of one's own choice and its password.
pub(super) fn own_login(s: &Shell, posted: &Posted, faults: &mut Faults) {
    if posted.fields.get("login").is_empty() {
        faults.add(Some("login"), s.t("people-missing-login").to_owned());
    }
    new_password(s, posted, faults);
}

pub(super) fn by_password(s: &Shell, posted: &Posted) -> Result<WayIn, Fault> {
    let salt = random().map_err(Fault::Internal)?;
    let hash = db::heavy(|| s.state.passwords.hash(posted.fields.exact("password"), salt))?;
    Ok(WayIn::Password { login: posted.fields.get("login").to_owned(), hash })
}

fn by_letter(s: &Shell, posted: &Posted, code: &Code, way_in: &WayIn) -> kit::Result {
    let vault = s.state.vault()?;
    let (request, session, wall) = (s.state.request(posted), session_of(s, posted), s.state.wall());
    s.state.write(&Actor::anyone(), |tx, call| {
        requests::once(tx, call, &request, |tx, call| {
            joining::join_by_letter(tx, call, vault, (code, way_in), &session, wall)?;
            Ok(HOME.to_owned())
        })
    })?;
    Ok(entered(&s.state, &session, HOME))
}

/// POST `/join/letter`: `letter` with a `telephone` and the `proof` that it is theirs.
pub(super) async fn letter(s: Shell, posted: Posted) -> kit::Result {
    let proof = proof_of(&posted).ok_or(Fault::Bad)?;
    let asked = Asked { letter: posted.fields.get("letter"), ..Asked::of(&posted) };
    let Some(code) = Code::parse(asked.letter) else {
        let faults = Faults::one(Some("letter"), s.t("joining-bad-letter").to_owned());
        return again(&s, faults, asked);
    };
    match by_letter(&s, &posted, &code, &WayIn::Telephone(proof)) {
        Err(Fault::Refused(refusal)) => again(&s, s.faults(&refusal), asked),
        done => done,
    }
}

/// What somebody typed who asks to join.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    pub(super) telephone: &'a str,
    pub(super) proof: &'a str,
    pub(super) letter: &'a str,
    pub(super) name: &'a str,
    pub(super) community: &'a str,
    pub(super) building: &'a str,
    pub(super) flat: &'a str,
    pub(super) login: &'a str,
}

impl<'a> Asked<'a> {
    pub(super) fn by_telephone(telephone: &'a str, proof: &'a str) -> Self {
        Self { telephone, proof, ..Self::default() }
    }

    pub(super) fn of(posted: &'a Posted) -> Self {
        let get = |name| posted.fields.get(name);
        Self {
            telephone: get("telephone"),
            proof: get("proof"),
            letter: "",
            name: get("name"),
            community: get("community"),
            building: get("building"),
            flat: get("flat"),
            login: get("login"),
        }
    }
}

#[derive(Template)]
#[template(path = "joining/ask.html")]
struct Asking<'a> {
    s: &'a Shell,
    faults: Faults,
    asked: Asked<'a>,
    /// Codes are sent here, and no telephone was shown to be theirs yet.
    first_telephone: bool,
}

fn page<'a>(s: &'a Shell, faults: Faults, asked: Asked<'a>) -> Asking<'a> {
    Asking { s, faults, asked, first_telephone: sends(s) && asked.proof.is_empty() }
}

fn again(s: &Shell, faults: Faults, asked: Asked<'_>) -> kit::Result {
    s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(s, faults, asked))
}

/// GET `/join/ask`, `?community=` a code.
pub(super) async fn asking(s: Shell) -> kit::Result {
    let community = s.asked("community").unwrap_or_default();
    s.html(&page(&s, Faults::none(), Asked { community: &community, ..Asked::default() }))
}

#[derive(Template)]
#[template(path = "joining/asked.html")]
struct Done<'a> {
    s: &'a Shell,
    by_telephone: bool,
}

/// POST `/join/ask`: `name`, `community`, `building`, `flat`, and `telephone` with `proof`, or `login`, `password`,
/// `again`.
pub(super) async fn ask(s: Shell, posted: Posted) -> kit::Result {
    let asked = Asked::of(&posted);
    let proof = proof_of(&posted);
    let mut faults = Faults::none();
    for (text, field) in [(asked.name, "name"), (asked.building, "building"), (asked.flat, "flat")] {
        if text.is_empty() {
            faults.add(Some(field), s.t("joining-missing").to_owned());
        }
    }
    let community = community(&s, asked.community, &mut faults)?;
    if proof.is_none() {
        if sends(&s) {
            return Err(Fault::Bad);
        }
        own_login(&s, &posted, &mut faults);
    }
    let Some(community) = community.filter(|_| faults.is_empty()) else { return again(&s, faults, asked) };
    let by_telephone = proof.is_some();
    let way_in = proof.map_or_else(|| by_password(&s, &posted), |proof| Ok(WayIn::Telephone(proof)))?;
    let vault = s.state.vault()?;
    let [name, building, flat] = [asked.name, asked.building, asked.flat].map(str::to_owned);
    let command = AskToJoin { name, community, building, flat, way_in };
    let done = s.state.once(&Actor::anyone(), &posted, |tx, call| {
        joining::ask_to_join(tx, call, vault, &command, s.state.wall()).map(|_| "asked".to_owned())
    });
    match done {
        Ok(_) => s.html(&Done { s: &s, by_telephone }),
        Err(Fault::Refused(refusal)) => again(&s, s.faults(&refusal), asked),
        Err(fault) => Err(fault),
    }
}

/// Communities named when the words fit more than one.
const NAMED: usize = 5;

/// The community that was typed, by name or code; what is wrong otherwise.
pub(crate) fn community(s: &Shell, typed: &str, faults: &mut Faults) -> Result<Option<CommunityId>, Fault> {
    let roll = s.state.read(|tx| s.state.memory.roll(tx, s.today()))?;
    let limit = if typed.is_empty() { 0 } else { NAMED };
    let found = roll.list(&Ask { words: typed.to_owned(), limit: Some(limit), ..Ask::default() });
    let exactly = |it: &&&district::register::Snapshot| {
        [&it.name, &it.name_en, &it.code].iter().any(|known| known.as_str() == typed)
    };
    let exact: Vec<_> = found.rows.iter().filter(exactly).collect();
    match (exact.as_slice(), found.rows.as_slice()) {
        ([one], _) => Ok(Some(one.id)),
        ([], [one]) => Ok(Some(one.id)),
        (_, []) => {
            faults.add(Some("community"), s.t("joining-no-community").to_owned());
            Ok(None)
        }
        (_, several) => {
            let names: Vec<String> =
                several.iter().map(|it| format!("{} {}", s.name(&it.name, &it.name_en), it.code)).collect();
            let names = names.join(s.t("coverage-comma"));
            faults.add(Some("community"), s.t1("joining-which-community", "names", names.as_str()));
            Ok(None)
        }
    }
}
