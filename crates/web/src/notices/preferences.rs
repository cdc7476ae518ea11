//! By which ways one is told, and where one takes e-mail.

use std::collections::BTreeSet;

use askama::Template;
use district::kit::requests;
use district::notices::{self, ADDRESS_LENGTH, Address, Channel, Kind, OwnMail, Tongue};
use http::StatusCode;

use super::{inbox, words};
use crate::kit::{self, Fault, Faults, Posted, Shell, see_other};

#[derive(Template)]
#[template(path = "notices/preferences.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    kinds: Vec<Kind>,
    channels: [Channel; 3],
    chosen: BTreeSet<(Kind, Channel)>,
    mail: Option<OwnMail>,
    /// The language of what is sent; `None`: Chinese and English.
    tongue: Option<Tongue>,
    typed: &'a str,
    longest: usize,
    /// What was done, in words.
    done: Option<&'static str>,
    /// The code, in a demonstration, from which nothing is sent.
    shown: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates give references to fields")]
impl Show<'_> {
    fn kind(&self, kind: &Kind) -> String {
        words::kind(self.s, *kind)
    }

    fn channel(&self, channel: &Channel) -> String {
        words::word(self.s, "notices-channel-", channel.as_str())
    }

    /// Languages that can be chosen, each in its own words.
    fn tongues(&self) -> Vec<(&'static str, &'static str, bool)> {
        let named = |it: &Tongue| match it {
            Tongue::Hans => "简体中文",
            Tongue::Hant => "繁體中文",
            Tongue::English => "English",
        };
        Tongue::ALL.iter().map(|it| (it.as_str(), named(it), self.tongue == Some(*it))).collect()
    }

    fn chosen(&self, kind: &Kind, channel: &Channel) -> bool {
        self.chosen.contains(&(*kind, *channel))
    }

    /// Is there a way for this channel here? In a demonstration all are shown.
    fn has(&self, channel: &Channel) -> bool {
        self.s.demonstration() || self.s.state.ways.has(*channel)
    }
}

fn page(s: &Shell, faults: Faults, typed: &str, shown: Option<String>) -> kit::Result {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (chosen, tongue, mail) = s.state.read(|tx| {
        let mail = match s.state.vault() {
            Ok(vault) => notices::own_mail(tx, &s.actor, vault)?,
            Err(_) => None,
        };
        Ok((notices::choices(tx, &s.actor)?, notices::tongue(tx, &s.actor)?, mail))
    })?;
    let done = match s.asked("done").as_deref() {
        Some("language") => Some("notices-language-kept"),
        Some("choices") => Some("notices-choices-kept"),
        Some("code") => Some("notices-mail-confirmed"),
        Some("mail") => Some("notices-mail-asked"),
        Some("forgotten") => Some("notices-mail-forgotten"),
        _ => None,
    };
    let (kinds, channels, longest) = (inbox::offered(s), Channel::CHOSEN, ADDRESS_LENGTH);
    s.html_with(
        status,
        &Show { s, faults, kinds, channels, chosen, mail, tongue, typed, longest, done, shown },
    )
}

/// GET `/inbox/preferences`.
pub(super) async fn show(s: Shell) -> kit::Result {
    page(&s, Faults::none(), "", None)
}

/// POST the same: `do` is `language` with `language` (empty for Chinese and English), `choose` with `choice` (several, `kind channel`), `mail` with `mail`, `code` with `code`, or
/// `forget`.
pub(super) async fn change(s: Shell, posted: Posted) -> kit::Result {
    match posted.fields.get("do") {
        "choose" => choose(&s, &posted),
        "language" => {
            let named = posted.fields.get("language");
            let tongue = Tongue::parse(named);
            if tongue.is_none() && !named.is_empty() {
                return Err(Fault::Bad);
            }
            let to = s.state.once(&s.actor, &posted, |tx, call| {
                notices::choose_tongue(tx, call, tongue)?;
                Ok("/inbox/preferences?done=language".to_owned())
            })?;
            Ok(see_other(&to))
        }
        "mail" => ask(&s, &posted),
        "code" => confirm(&s, &posted),
        "forget" => {
            let to = s.state.once(&s.actor, &posted, |tx, call| {
                notices::forget_mail(tx, call)?;
                Ok("/inbox/preferences?done=forgotten".to_owned())
            })?;
            Ok(see_other(&to))
        }
        _ => Err(Fault::Bad),
    }
}

fn choose(s: &Shell, posted: &Posted) -> kit::Result {
    let read = |text: &str| {
        let (kind, channel) = text.split_once(' ')?;
        Some((Kind::parse(kind)?, Channel::parse(channel)?))
    };
    let chosen: Option<BTreeSet<_>> = posted.fields.all("choice").map(read).collect();
    let chosen = chosen.ok_or(Fault::Bad)?;
    let done = s.state.once(&s.actor, posted, |tx, call| {
        notices::choose(tx, call, &chosen)?;
        Ok("/inbox/preferences?done=choices".to_owned())
    });
    s.after(done, |faults| page(s, faults, "", None))
}

fn ask(s: &Shell, posted: &Posted) -> kit::Result {
    let typed = posted.fields.get("mail");
    let Some(address) = Address::parse(typed) else {
        return page(s, Faults::one(Some("mail"), s.t("notices-bad-mail").to_owned()), typed, None);
    };
    let (vault, request) = (s.state.vault()?, s.state.request(posted));
    let asked = s.state.write(&s.actor, |tx, call| {
        if requests::begin(tx, call, &request)?.is_some() {
            return Ok(None);
        }
        let code = notices::ask_mail(tx, call, vault, &address, s.state.wall())?;
        requests::keep(tx, &request, "asked")?;
        Ok(Some(code))
    });
    match asked {
        // From a demonstration nothing is sent: it shows the code.
        Ok(Some(code)) if s.demonstration() => page(s, Faults::none(), "", Some(code.text().to_owned())),
        Ok(_) => Ok(see_other("/inbox/preferences?done=mail")),
        Err(Fault::Refused(refusal)) => page(s, s.faults(&refusal), typed, None),
        Err(fault) => Err(fault),
    }
}

fn confirm(s: &Shell, posted: &Posted) -> kit::Result {
    let (vault, request) = (s.state.vault()?, s.state.request(posted));
    let code = posted.fields.get("code");
    let right = s.state.write(&s.actor, |tx, call| {
        if requests::begin(tx, call, &request)?.is_some() {
            return Ok(true);
        }
        // A wrong code is counted, and may be followed by another.
        if !notices::confirm_mail(tx, call, vault, code, s.state.wall())? {
            requests::forget(tx, &request)?;
            return Ok(false);
        }
        requests::keep(tx, &request, "confirmed")?;
        Ok(true)
    })?;
    if right {
        return Ok(see_other("/inbox/preferences?done=code"));
    }
    page(s, Faults::one(Some("code"), s.t("notices-wrong-code").to_owned()), "", None)
}
