//! Residents come in: by telephone, by the letter of the move-in, by asking a worker; their own page; and what workers do
//! for it.

mod desk;
mod home;
mod join;
mod letters;
mod owner;
mod telephone;

use district::kit::PersonId;
use district::people::joining::{Proof, Telephone, TextCode};
use district::people::{Action, Code, Token};
use sha2::{Digest as _, Sha256};

use crate::kit::{Access, Door, Posted, Routes, Shell};

pub(crate) use join::community;

pub(crate) fn routes() -> Routes {
    let (decide, print) = (Access::May(Action::JoinDecide), Access::May(Action::LetterPrint));
    let (home, check) = (Access::May(Action::HomeRead), Access::May(Action::OwnerCheck));
    Routes::new()
        .get("/enter/telephone", Access::Public, telephone::show)
        .post("/enter/telephone", Access::Public, telephone::ask)
        .post("/enter/telephone/code", Access::Public, telephone::prove)
        .get("/join", Access::Public, join::show)
        .post("/join", Access::Public, join::join)
        .post("/join/letter", Access::Public, join::letter)
        .get("/join/ask", Access::Public, join::asking)
        .post("/join/ask", Access::Public, join::ask)
        .get("/join/owner", Access::Public, owner::stating)
        .post("/join/owner", Access::Public, owner::state)
        .get("/desk/owners", check, owner::list)
        .get("/desk/owners/{id}", check, owner::show)
        .post("/desk/owners/{id}", check, owner::check)
        .get("/home", home, home::show)
        .post("/home", home, home::change)
        .room(Door::Public, 5, "/home", "joining-home")
        .get("/desk/joining", decide, desk::list)
        .room(Door::Desk, 60, "/desk/joining", "joining-desk")
        .get("/desk/joining/{id}", decide, desk::show)
        .post("/desk/joining/{id}", decide, desk::decide)
        .get("/desk/letters", print, letters::show)
        .post("/desk/letters", print, letters::print)
}

/// Randomness of a form, for one use: only this process can make it, and it makes it again when the form comes again.
fn derived(s: &Shell, posted: &Posted, use_of: &[u8]) -> [u8; 32] {
    let digest = Sha256::new().chain_update(s.state.secret()).chain_update(b"joining").chain_update(use_of);
    digest.chain_update(posted.key.as_bytes()).finalize().into()
}

/// The code that a form sends.
fn code_of(s: &Shell, posted: &Posted) -> TextCode {
    let mut random = [0; 8];
    random.copy_from_slice(&derived(s, posted, b"code")[..8]);
    TextCode::new(random)
}

/// The session that a form begins.
fn session_of(s: &Shell, posted: &Posted) -> Token {
    Token::new(derived(s, posted, b"session"))
}

/// The code of a person's letter.
fn letter_of(s: &Shell, posted: &Posted, person: PersonId) -> Code {
    let digest = derived(s, posted, person.uuid().as_bytes());
    let mut random = [0; 20];
    random.copy_from_slice(&digest[..20]);
    Code::new(random)
}

/// The proof that a form carries; `None` when it carries none.
fn proof_of(posted: &Posted) -> Option<Proof> {
    let telephone = Telephone::parse(posted.fields.get("telephone"))?;
    Some(Proof { telephone, token: Token::parse(posted.fields.get("proof"))? })
}

/// Can codes be sent to telephones here? In a demonstration they are shown instead.
fn sends(s: &Shell) -> bool {
    s.demonstration() || s.state.ways.texts.is_some()
}
