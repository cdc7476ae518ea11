//! The programs of others that are told, for the system administrator. A secret is shown once.

use askama::Template;
use district::kit::WebhookId;
use district::notices::{self, Kind, NewWebhook, Secret, URL_LENGTH, Webhook};
use http::StatusCode;
use sha2::{Digest as _, Sha256};

use super::words;
use crate::kit::{self, Fault, Faults, Posted, Shell};

#[derive(Template)]
#[template(path = "notices/webhooks.html")]
struct Show<'a> {
    s: &'a Shell,
    webhooks: Vec<Webhook>,
    /// The secret that was just made: nobody sees it again.
    made: Option<String>,
    faults: Faults,
    url: &'a str,
    ticked: Vec<Kind>,
    kinds: Vec<Kind>,
    longest: usize,
    wall: base::Instant,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_self,
    reason = "templates call methods, with references to fields"
)]
impl Show<'_> {
    fn kind(&self, kind: &Kind) -> String {
        words::kind(self.s, *kind)
    }

    fn ticked(&self, kind: &Kind) -> bool {
        self.ticked.contains(kind)
    }

    fn told(&self, webhook: &Webhook, kind: &Kind) -> bool {
        webhook.kinds.contains(kind)
    }

    fn kinds_of(&self, webhook: &Webhook) -> String {
        let names: Vec<String> = webhook.kinds.iter().map(|kind| words::kind(self.s, *kind)).collect();
        names.join(self.s.t("coverage-comma"))
    }

    fn messages(&self, webhook: &Webhook) -> String {
        let [waiting, sent, given] = webhook.messages;
        let counts = [("waiting", waiting.into()), ("sent", sent.into()), ("given", given.into())];
        self.s.ta("notices-webhook-messages", &counts)
    }

    /// Until when the secret before signs too.
    fn older(&self, webhook: &Webhook) -> Option<String> {
        webhook.older_until.filter(|until| *until > self.wall).map(|until| until.to_string())
    }
}

fn page(s: &Shell, faults: Faults, made: Option<String>, typed: (&str, Vec<Kind>)) -> kit::Result {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let webhooks = s.state.read(|tx| notices::webhook_list(tx, &s.actor))?;
    let (url, ticked) = typed;
    let (kinds, longest, wall) = (Kind::for_webhooks().collect(), URL_LENGTH, s.state.wall());
    s.html_with(status, &Show { s, webhooks, made, faults, url, ticked, kinds, longest, wall })
}

/// GET `/desk/webhooks`.
pub(super) async fn show(s: Shell) -> kit::Result {
    page(&s, Faults::none(), None, ("", Vec::new()))
}

/// POST the same: `do` is `add` with `url` and `kind` (several); `change` with `webhook` and `kind`; `rotate` or `end` with
/// `webhook`.
pub(super) async fn change(s: Shell, posted: Posted) -> kit::Result {
    let fields = &posted.fields;
    let kinds: Vec<Kind> = fields.all("kind").filter_map(Kind::parse).collect();
    if fields.get("do") == "add" {
        return add(&s, &posted, kinds);
    }
    let id: WebhookId = fields.id("webhook")?;
    match fields.get("do") {
        "rotate" => rotate(&s, &posted, id),
        "change" | "end" => {
            let ends = fields.get("do") == "end";
            let done = s.state.once(&s.actor, &posted, |tx, call| {
                if ends {
                    notices::end_webhook(tx, call, id)?;
                } else {
                    notices::change_webhook(tx, call, id, &kinds)?;
                }
                Ok("/desk/webhooks".to_owned())
            });
            s.after(done, |faults| page(&s, faults, None, ("", Vec::new())))
        }
        _ => Err(Fault::Bad),
    }
}

fn add(s: &Shell, posted: &Posted, kinds: Vec<Kind>) -> kit::Result {
    let url = posted.fields.get("url").to_owned();
    let new = NewWebhook { url: url.clone(), kinds: kinds.clone() };
    let secret = derived(s, posted);
    let vault = s.state.vault()?;
    let admitted = s.state.ways.hooks.reach().check(&url);
    let done = s.state.once(&s.actor, posted, |tx, call| {
        notices::add_webhook(tx, call, vault, &new, &secret)?;
        // What only who runs the program knows: which networks it may reach.
        admitted.clone().map_err(district::Error::from)?;
        Ok("made".to_owned())
    });
    made(s, done, &secret, (&url, kinds))
}

fn rotate(s: &Shell, posted: &Posted, id: WebhookId) -> kit::Result {
    let secret = derived(s, posted);
    let (vault, wall) = (s.state.vault()?, s.state.wall());
    let done = s.state.once(&s.actor, posted, |tx, call| {
        notices::rotate_secret(tx, call, vault, (id, &secret), wall)?;
        Ok("made".to_owned())
    });
    made(s, done, &secret, ("", Vec::new()))
}

fn made(s: &Shell, done: Result<String, Fault>, secret: &Secret, typed: (&str, Vec<Kind>)) -> kit::Result {
    match done {
        Ok(_) => page(s, Faults::none(), Some(secret.text()), ("", Vec::new())),
        Err(Fault::Refused(refusal)) => page(s, s.faults(&refusal), None, typed),
        Err(fault) => Err(fault),
    }
}

/// The secret of a form: only this process can make it, and it makes it again when the form comes again.
fn derived(s: &Shell, posted: &Posted) -> Secret {
    let hash = Sha256::new().chain_update(s.state.secret()).chain_update("webhook");
    Secret::new(hash.chain_update(posted.key.as_bytes()).finalize().into())
}
