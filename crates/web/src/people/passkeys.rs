//! One's own passkeys: made after the password was given once more, removed by a click.

use district::kit::{AccountId, Error, PasskeyId};
use district::people::{self, Ceremony, NewPasskey, Token};
use http::StatusCode;
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};
use webauthn_rs_proto::ResidentKeyRequirement;

use super::own::{gives_password, page};
use crate::entering::{Ask, RelyingParty, ask, kept, not_taken};
use crate::kit::{self, Fault, Faults, Posted, Shell, see_other};

/// POST `/me/passkeys/new`: `name` and `old` (the password); the page that asks the device.
pub(super) async fn begin(s: Shell, posted: Posted) -> kit::Result {
    let account = s.actor.account.ok_or(Fault::Absent)?;
    let party = RelyingParty::wanted(&s)?;
    let name = posted.fields.get("name").to_owned();
    let again = |faults: Faults| {
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&s, faults)?.with_passkey_name(&name))
    };
    if name.is_empty() {
        return again(Faults::one(Some("name"), s.t("people-missing-passkey-name").to_owned()));
    }
    if !gives_password(&s, account, posted.fields.exact("old"))? {
        return again(Faults::one(Some("passkey-old"), s.t("people-refused-old").to_owned()));
    }
    let (login, there) =
        s.state.read(|tx| Ok((people::login_of(tx, account)?, people::passkeys(tx, account)?)))?;
    let here = there.into_iter().filter(|it| it.host == party.host).map(|it| it.credential_id);
    let begun =
        party.webauthn.start_passkey_registration(account.uuid(), &login, &login, Some(here.collect()));
    let (mut challenge, state) = begun.map_err(|error| Fault::Internal(error.to_string()))?;
    // It is to be found without a login; the library leaves that to the device.
    if let Some(selection) = &mut challenge.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
    }
    let options = serde_json::to_string(&challenge.public_key);
    let options = options.map_err(|error| Fault::Internal(error.to_string()))?;
    ask(&s, (Ceremony::Register, &state), Some(account), |ceremony| Ask {
        s: &s,
        title: "people-passkey-new",
        hint: "people-passkey-new-hint",
        makes: true,
        options,
        to: "/me/passkeys",
        ceremony,
        fields: vec![("name", name)],
        back: "/me",
    })
}

/// POST `/me/passkeys`: keeps a passkey (`ceremony`, `credential`, `name`), or with `do` = `remove` ends one (`passkey`).
pub(super) async fn change(s: Shell, posted: Posted) -> kit::Result {
    let account = s.actor.account.ok_or(Fault::Absent)?;
    let done = if posted.fields.get("do") == "remove" {
        let id: PasskeyId = posted.fields.id("passkey")?;
        s.state.once(&s.actor, &posted, |tx, call| {
            people::remove_passkey(tx, call, id)?;
            Ok("/me?done=passkey-removed".to_owned())
        })
    } else {
        keep(&s, &posted, account)
    };
    match done {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&s, s.faults(&refusal))?)
        }
        Err(fault) => Err(fault),
    }
}

fn keep(s: &Shell, posted: &Posted, account: AccountId) -> Result<String, Fault> {
    let party = RelyingParty::wanted(s)?;
    let answer: RegisterPublicKeyCredential =
        serde_json::from_str(posted.fields.exact("credential")).map_err(|_| Fault::Bad)?;
    let ceremony = Token::parse(posted.fields.get("ceremony")).ok_or(Fault::Bad)?;
    let wall = s.state.wall();
    s.state.once(&s.actor, posted, |tx, call| {
        let begun = people::end_ceremony(tx, (Ceremony::Register, &ceremony), Some(account), wall)?;
        let begun = begun.ok_or_else(|| Error::from(district::Refusal::new("people-refused-passkey")))?;
        let begun: PasskeyRegistration = kept(&begun)?;
        let made = party.webauthn.finish_passkey_registration(&answer, &begun);
        let made = made.map_err(|error| not_taken(&error))?;
        let credential = serde_json::to_string(&made).map_err(|error| Error::Internal(error.to_string()))?;
        let new = NewPasskey {
            credential_id: made.cred_id().clone(),
            host: party.host.clone(),
            credential,
            name: posted.fields.get("name").to_owned(),
        };
        people::add_passkey(tx, call, &new, wall)?;
        Ok("/me?done=passkey".to_owned())
    })
}
