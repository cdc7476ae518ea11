//! Coming in by a telephone and a code that is sent to it.

use std::sync::Arc;

use askama::Template;
use district::kit::{Actor, Refusal, TextId, requests};
use district::people::joining::{self, CameIn, Proof, Proved, Telephone, TextCode, Waiting};
use district::people::{Code, Token};
use http::StatusCode;

use super::join::Asked;
use super::{code_of, derived, sends, session_of};
use crate::kit::{self, Fault, Faults, Posted, Shell, entered, see_other};
use crate::notices::Message;

#[derive(Template)]
#[template(path = "joining/telephone.html")]
struct Ask<'a> {
    s: &'a Shell,
    faults: Faults,
    telephone: &'a str,
    /// Can codes be sent here?
    sends: bool,
    /// Is it for another number of somebody who is signed in?
    change: bool,
}

fn asking<'a>(s: &'a Shell, faults: Faults, telephone: &'a str) -> Ask<'a> {
    Ask { s, faults, telephone, sends: sends(s), change: s.actor.signed_in() }
}

/// GET `/enter/telephone`.
pub(super) async fn show(s: Shell) -> kit::Result {
    s.html(&asking(&s, Faults::none(), ""))
}

/// POST `/enter/telephone`: `telephone`.
pub(super) async fn ask(s: Shell, posted: Posted) -> kit::Result {
    let typed = posted.fields.get("telephone");
    let again = |faults| s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &asking(&s, faults, typed));
    let Some(telephone) = Telephone::parse(typed) else {
        return again(Faults::one(Some("telephone"), s.t("joining-bad-telephone").to_owned()));
    };
    match send(&s, &posted, &telephone).await {
        Ok(shown) => type_in(&s, &telephone, "", shown),
        Err(Fault::Refused(refusal)) => again(s.faults(&refusal)),
        Err(fault) => Err(fault),
    }
}

#[derive(Template)]
#[template(path = "joining/code.html")]
struct TypeIn<'a> {
    s: &'a Shell,
    faults: Faults,
    telephone: &'a str,
    /// The number as it is shown: not whole, as others may look over a shoulder.
    masked: String,
    /// The code of a letter that goes with it; empty without one.
    letter: &'a str,
    /// The code, in a demonstration.
    shown: Option<String>,
}

/// The page on which the code is typed in.
pub(super) fn type_in(
    s: &Shell,
    telephone: &Telephone,
    letter: &str,
    shown: Option<TextCode>,
) -> kit::Result {
    s.html(&typing(s, Faults::none(), (telephone, letter), shown))
}

fn typing<'a>(
    s: &'a Shell,
    faults: Faults,
    (telephone, letter): (&'a Telephone, &'a str),
    shown: Option<TextCode>,
) -> TypeIn<'a> {
    TypeIn {
        s,
        faults,
        telephone: telephone.digits(),
        masked: district::people::vault::masked_telephone(telephone.digits()),
        letter,
        shown: shown.map(|code| code.text().to_owned()),
    }
}

/// Sends a code once: the same form sent again sends none. Gives the code back in a demonstration alone, which shows it.
pub(super) async fn send(
    s: &Shell,
    posted: &Posted,
    telephone: &Telephone,
) -> Result<Option<TextCode>, Fault> {
    if !sends(s) {
        return Err(Fault::Refused(Refusal::new("joining-refused-no-gateway")));
    }
    let vault = s.state.vault()?;
    let (code, request) = (code_of(s, posted), s.state.request(posted));
    let fresh: Option<TextId> = s.state.write(&s.actor, |tx, call| {
        if requests::begin(tx, call, &request)?.is_some() {
            return Ok(None);
        }
        let id = joining::ask_code(tx, call, vault, telephone, &code, s.state.wall())?;
        requests::keep(tx, &request, "sent")?;
        Ok(Some(id))
    })?;
    if s.demonstration() {
        return Ok(Some(code));
    }
    if let (Some(id), Some(gateway)) = (fresh, &s.state.ways.texts) {
        let words = s.t2("joining-text", ("district", s.district().as_ref()), ("code", code.text()));
        let (gateway, telephone) = (Arc::clone(gateway), telephone.clone());
        // Outside of the transaction, which is over: a gateway may take its time.
        let key = id.to_string();
        let sent = tokio::task::spawn_blocking(move || {
            let (to, code) = (telephone.digits(), Some(code.text()));
            gateway.send(&Message { to, code, text: &words, id: &key })
        });
        let failed = match sent.await {
            Ok(Ok(_)) => return Ok(None),
            Ok(Err(unsent)) => unsent.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::warn!(error = failed, "a code was not sent");
        s.state.write(&s.actor, |tx, call| joining::unsent(tx, call, id, s.state.wall()))?;
        return Err(Fault::Refused(Refusal::new("joining-refused-unsent")));
    }
    Ok(None)
}

/// What came of a code.
enum Came {
    Wrong,
    To(String),
    Known(CameIn),
}

/// POST `/enter/telephone/code`: `telephone`, `code`, and `letter` where one goes with it.
pub(super) async fn prove(s: Shell, posted: Posted) -> kit::Result {
    let telephone = Telephone::parse(posted.fields.get("telephone")).ok_or(Fault::Bad)?;
    let letter = posted.fields.get("letter");
    let again = |faults| {
        let page = typing(&s, faults, (&telephone, letter), None);
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let mut faults = Faults::none();
    let code = TextCode::parse(posted.fields.get("code"));
    if code.is_none() {
        faults.add(Some("code"), s.t("joining-bad-code").to_owned());
    }
    let by_letter = Code::parse(letter);
    if by_letter.is_none() && !letter.is_empty() {
        faults.add(Some("letter"), s.t("joining-bad-letter").to_owned());
    }
    let Some(code) = code.filter(|_| faults.is_empty()) else { return again(faults) };
    let proof = Proof { telephone: telephone.clone(), token: Token::new(derived(&s, &posted, b"proof")) };
    match come(&s, &posted, &proof, &code, by_letter.as_ref()) {
        Ok(Came::Wrong) => again(Faults::one(Some("code"), s.t("joining-wrong-code").to_owned())),
        Ok(Came::To(to)) if s.actor.signed_in() => Ok(see_other(&to)),
        Ok(Came::To(to)) => Ok(entered(&s.state, &session_of(&s, &posted), &to)),
        Ok(Came::Known(known)) => unknown(&s, &proof, &known),
        Err(Fault::Refused(refusal)) => again(s.faults(&refusal)),
        Err(fault) => Err(fault),
    }
}

/// Takes the code and does what it was asked for, in one transaction: changes the telephone of whoever is signed in, or
/// joins by a letter, or comes in.
fn come(
    s: &Shell,
    posted: &Posted,
    proof: &Proof,
    code: &TextCode,
    letter: Option<&Code>,
) -> Result<Came, Fault> {
    let vault = s.state.vault()?;
    let (request, session, wall) = (s.state.request(posted), session_of(s, posted), s.state.wall());
    let actor = if s.actor.signed_in() { s.actor.clone() } else { Actor::anyone() };
    s.state.write(&actor, |tx, call| {
        match requests::begin(tx, call, &request)? {
            Some(to) if !to.is_empty() => return Ok(Came::To(to)),
            // The number was shown to be theirs before; what stands with it is looked up again.
            Some(_) => {}
            None if joining::prove(tx, call, vault, proof, code, wall)? == Proved::Done => {}
            None => {
                requests::forget(tx, &request)?;
                return Ok(Came::Wrong);
            }
        }
        let known = if actor.signed_in() {
            joining::change_telephone(tx, call, vault, proof, wall)?;
            CameIn::In(actor.role())
        } else if let Some(letter) = letter {
            let way_in = joining::WayIn::Telephone(proof.clone());
            CameIn::In(joining::join_by_letter(tx, call, vault, (letter, &way_in), &session, wall)?)
        } else {
            joining::come_in(tx, call, vault, proof, &session, wall)?
        };
        if !matches!(known, CameIn::In(_)) {
            requests::keep(tx, &request, "")?;
            return Ok(Came::Known(known));
        }
        requests::keep(tx, &request, HOME)?;
        Ok(Came::To(HOME.to_owned()))
    })
}

/// Where a resident begins.
pub(super) const HOME: &str = "/home";

#[derive(Template)]
#[template(path = "joining/unknown.html")]
struct Unknown<'a> {
    s: &'a Shell,
    several: bool,
    waiting: Option<&'a Waiting>,
    faults: Faults,
    asked: Asked<'a>,
}

/// The number is theirs, and nobody who lives here is known by it, or more than one: what they may do.
fn unknown(s: &Shell, proof: &Proof, known: &CameIn) -> kit::Result {
    let waiting = if let CameIn::Unknown(waiting) = known { waiting.as_ref() } else { None };
    let token = proof.token.text();
    let asked = Asked::by_telephone(proof.telephone.digits(), &token);
    s.html(&Unknown { s, several: *known == CameIn::Several, waiting, faults: Faults::none(), asked })
}
