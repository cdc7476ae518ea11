//! Coming in by a passkey: no login is asked, the device names the passkey. One form begins, the other brings what the
//! device signed; between them a page with the one script of these pages talks to the device.

use askama::Template;
use district::kit::{AccountId, Error, Refusal};
use district::people::{self, Ceremony, Token};
use webauthn_rs::prelude::{DiscoverableAuthentication, DiscoverableKey, Passkey, PublicKeyCredential};

use super::relying_party::{RelyingParty, not_taken};
use super::{Enter, open};
use crate::kit::{self, Fault, Posted, Shell, random};

/// A page on which a device is asked.
#[derive(Template)]
#[template(path = "entering/passkey.html")]
pub(crate) struct Ask<'a> {
    pub s: &'a Shell,
    /// The message that is the title.
    pub title: &'static str,
    /// The message with what to do.
    pub hint: &'static str,
    /// Is a passkey made? Otherwise one is used.
    pub makes: bool,
    /// What the device is asked, as JSON.
    pub options: String,
    /// Where the answer is sent.
    pub to: &'static str,
    /// The token of what was begun.
    pub ceremony: String,
    /// Further fields that the answer takes along.
    pub fields: Vec<(&'static str, String)>,
    /// Where one goes who does not want to.
    pub back: &'static str,
}

/// Keeps what the second request needs, for an account where somebody is signed in, and shows the page that asks the device.
pub(crate) fn ask<'a, S: serde::Serialize>(
    s: &Shell,
    (kind, state): (Ceremony, &S),
    account: Option<AccountId>,
    page: impl FnOnce(String) -> Ask<'a>,
) -> kit::Result {
    let token = Token::new(random().map_err(Fault::Internal)?);
    let state = serde_json::to_string(state).map_err(|error| Fault::Internal(error.to_string()))?;
    let wall = s.state.wall();
    s.state.write(&s.actor, |tx, _| people::begin_ceremony(tx, (kind, &token), account, &state, wall))?;
    s.html_with_script(&page(token.text()))
}

/// POST `/enter/passkey`: begins. Takes `next`.
pub(super) async fn begin(s: Shell, posted: Posted) -> kit::Result {
    let party = RelyingParty::wanted(&s)?;
    let begun = party.webauthn.start_discoverable_authentication();
    let (mut challenge, state) = begun.map_err(|error| Fault::Internal(error.to_string()))?;
    // Asked for by a button, not offered while a field is filled in.
    challenge.mediation = None;
    let options = serde_json::to_string(&challenge.public_key);
    let options = options.map_err(|error| Fault::Internal(error.to_string()))?;
    let next = posted.fields.get("next").to_owned();
    ask(&s, (Ceremony::Enter, &state), None, |ceremony| Ask {
        s: &s,
        title: "people-passkey-enter",
        hint: "people-passkey-enter-hint",
        makes: false,
        options,
        to: "/enter/passkey/done",
        ceremony,
        fields: vec![("next", next)],
        back: "/enter",
    })
}

/// POST `/enter/passkey/done`: `ceremony`, `credential` (JSON of the device's answer), `next`.
pub(super) async fn done(s: Shell, posted: Posted) -> kit::Result {
    let party = RelyingParty::wanted(&s)?;
    let credential: PublicKeyCredential =
        serde_json::from_str(posted.fields.exact("credential")).map_err(|_| Fault::Bad)?;
    let ceremony = Token::parse(posted.fields.get("ceremony")).ok_or(Fault::Bad)?;
    let next = posted.fields.get("next");
    let (today, wall) = (s.today(), s.state.wall());
    let signed_in = open(&s, &posted, next, |tx, call, token| {
        let refused = || Error::from(Refusal::new("people-refused-passkey"));
        let begun = people::end_ceremony(tx, (Ceremony::Enter, &ceremony), None, wall)?;
        let begun: DiscoverableAuthentication = kept(&begun.ok_or_else(refused)?)?;
        let shown = people::find_passkey(tx, credential.get_credential_id(), &party.host, today)?;
        let shown = shown.ok_or_else(refused)?;
        let mut passkey: Passkey = kept(&shown.credential)?;
        let key = DiscoverableKey::from(&passkey);
        let result = party.webauthn.finish_discoverable_authentication_v2(&credential, begun, &key);
        passkey.update_credential(&result.map_err(|error| not_taken(&error))?);
        let used = serde_json::to_string(&passkey).map_err(|error| Error::Internal(error.to_string()))?;
        people::use_passkey(tx, shown.id, &used, wall)?;
        people::sign_in_by(tx, call, (shown.account, "passkey"), token, wall)
    });
    match signed_in {
        Err(Fault::Refused(refusal)) => {
            let page = Enter { faults: s.faults(&refusal), next, ..Enter::new(&s) };
            s.html_with(http::StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        other => other,
    }
}

/// What the store kept of the library's.
pub(crate) fn kept<T: serde::de::DeserializeOwned>(text: &str) -> district::kit::Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Internal(format!("a passkey as it was kept: {error}")))
}
