//! Sending what waits in the outbox.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use base::Instant;
use district::kit::Actor;
use district::notices::{self, Channel, Claimed, Count, Destination, Outcome, Tongue, Unsent, Why};

use super::gateway::{Gateway, Message};
use super::hooks::Hooks;
use super::mailer::{Mail, Mailer};
use super::words::{kind_message, text_message};
use crate::State;
use crate::kit::{Arg, Fault, Language};

/// By which ways something is sent. Cheap to clone.
#[derive(Clone, Default)]
pub struct Ways {
    /// What sends text messages; `None`: nothing does.
    pub texts: Option<Arc<dyn Gateway>>,
    /// What sends messages of the office's chat application; `None`: nothing does.
    pub chat: Option<Arc<dyn Gateway>>,
    /// What sends e-mail; `None`: nothing does.
    pub mail: Option<Arc<Mailer>>,
    /// What tells programs of others.
    pub hooks: Arc<Hooks>,
}

impl std::fmt::Debug for Ways {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.channels()).finish()
    }
}

impl Ways {
    /// The channels that something is sent by.
    pub fn channels(&self) -> Vec<Channel> {
        Channel::ALL.into_iter().filter(|channel| self.has(*channel)).collect()
    }

    /// Is there a way for this channel?
    pub fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Text => self.texts.is_some(),
            Channel::Chat => self.chat.is_some(),
            Channel::Mail => self.mail.is_some(),
            Channel::Webhook => true,
        }
    }
}

/// What was last seen of a district's outbox, for whoever watches the program.
#[derive(Debug, Default)]
pub struct Sending(Mutex<Vec<Count>>);

impl Sending {
    /// How many messages there were, by channel and state.
    pub fn counts(&self) -> Vec<Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Sends what waits and whose time has come; how many messages were tried. From a demonstration nothing is sent.
pub fn send_due(state: &State) -> Result<usize, Fault> {
    let mut tried = 0;
    if let Ok(vault) = state.vault()
        && !state.facts.demonstration
    {
        let channels = state.ways.channels();
        while state.read(|tx| notices::due(tx, &channels, state.wall()))? {
            let claimed = state.write(&Actor::program(), |tx, call| {
                notices::claim(tx, call, vault, &channels, state.wall())
            })?;
            // Somebody else was quicker.
            if claimed.is_empty() {
                break;
            }
            tried += claimed.len();
            send_all(state, &claimed)?;
        }
    }
    look(state)?;
    Ok(tried)
}

/// Gives up what waits for a way that the program was not given.
pub fn give_up_wayless(state: &State) -> Result<(), Fault> {
    let missing: Vec<Channel> = Channel::ALL.into_iter().filter(|it| !state.ways.has(*it)).collect();
    if missing.is_empty() || state.facts.demonstration {
        return Ok(());
    }
    state.write(&Actor::program(), |tx, call| notices::give_up_unsendable(tx, call, &missing, state.wall()))
}

fn look(state: &State) -> Result<(), Fault> {
    let counts = state.read(|tx| notices::counts(tx, &Actor::program()))?;
    *state.sending.0.lock().unwrap_or_else(PoisonError::into_inner) = counts;
    Ok(())
}

/// Sends messages side by side, so that one slow receiver holds up no other; each is settled as soon as it is over.
fn send_all(state: &State, claimed: &[Claimed]) -> Result<(), Fault> {
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let send = |claimed| scope.spawn(move || one(state, claimed));
        let running: Vec<_> = claimed.iter().map(send).collect();
        let lost = || {
            let now = state.wall();
            Outcome { result: Err(Why::Answer.into()), began: now, ended: now }
        };
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| lost())).collect()
    });
    for (claimed, outcome) in claimed.iter().zip(&outcomes) {
        if let Err(unsent) = outcome.result {
            tracing::warn!(message = %claimed.id, kind = claimed.kind.as_str(), error = %unsent, "not sent");
        }
        state.write(&Actor::program(), |tx, call| notices::settle(tx, call, claimed, outcome))?;
    }
    Ok(())
}

fn one(state: &State, claimed: &Claimed) -> Outcome {
    let began = state.wall();
    let result = send(state, claimed, began);
    Outcome { result, began, ended: state.wall() }
}

fn send(state: &State, claimed: &Claimed, now: Instant) -> Result<Option<u16>, Unsent> {
    let ways = &state.ways;
    let id = claimed.id.to_string();
    let short = |gateway: &Option<Arc<dyn Gateway>>, to: &str| {
        let gateway = gateway.as_ref().ok_or(Why::Wayless)?;
        gateway.send(&Message {
            to,
            code: None,
            text: &said_in(claimed, " ", |it| words(state, claimed, it)),
            id: &id,
        })
    };
    match &claimed.to {
        Destination::Nobody => Err(Why::Nobody.into()),
        Destination::Sealed => Err(Why::Sealed.into()),
        Destination::Telephone(telephone) => short(&ways.texts, telephone.digits()),
        Destination::Chat(login) => short(&ways.chat, login),
        Destination::Webhook(url, secrets) => ways.hooks.send(url, secrets, claimed, now.millis() / 1000),
        Destination::Mail(to, code) => {
            let mailer = ways.mail.as_ref().ok_or(Why::Wayless)?;
            let text = said_in(claimed, "\n\n", |it| match code {
                None => words(state, claimed, it),
                Some(code) => said(state, it, "notices-mail-code", &[("code", code.text().into())]),
            });
            let kind = kind_message(claimed.kind);
            let subject = said_in(claimed, " / ", |it| state.locales.text(it, &kind).to_owned());
            let at = SystemTime::UNIX_EPOCH + Duration::from_millis(now.millis().unsigned_abs());
            mailer.send(&Mail { to, subject: &subject, text: &text, id: &id, at })
        }
    }
}

/// Something in the language of whoever it is sent to; where none was chosen, in Chinese and in English, one after the other.
fn said_in(claimed: &Claimed, between: &str, say: impl Fn(Language) -> String) -> String {
    match claimed.tongue {
        Some(Tongue::Hans) => say(Language::Hans),
        Some(Tongue::Hant) => say(Language::Hant),
        Some(Tongue::English) => say(Language::En),
        None => [say(Language::Hans), say(Language::En)].join(between),
    }
}

/// The words of a message.
fn words(state: &State, claimed: &Claimed, language: Language) -> String {
    let count = claimed.about.count;
    let text = state.locales.format(language, &text_message(claimed.kind), &[("count", count.into())]);
    said(state, language, "notices-message", &[("text", text.as_str().into())])
}

fn said(state: &State, language: Language, id: &str, more: &[(&str, Arg<'_>)]) -> String {
    let (chinese, english) = state.names();
    let district = match language {
        Language::En if !english.is_empty() => std::borrow::Cow::Borrowed(english),
        _ => state.locales.data(language, chinese),
    };
    let mut args = vec![("district", Arg::from(&*district))];
    args.extend(more.iter().cloned());
    state.locales.format(language, id, &args)
}
