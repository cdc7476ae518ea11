//! Notices: the inbox, by which ways one is told, what is sent and by whom it is taken; and what sends it.

mod gateway;
mod hooks;
mod inbox;
mod mailer;
mod outbox;
mod preferences;
mod reach;
mod sender;
mod webhooks;
mod words;

use district::people::Action;

use crate::kit::{Access, Routes};

pub use gateway::{Gateway, GatewayError, HttpGateway, HttpSettings, Message};
pub use hooks::Hooks;
pub use mailer::{MailError, MailSafety, MailSettings, Mailer};
pub use reach::Reach;
pub use sender::{Sending, Ways, give_up_wayless, send_due};

pub(crate) fn routes() -> Routes {
    let own = Access::May(Action::NoticeOwn);
    let (read, replay) = (Access::May(Action::OutboxRead), Access::May(Action::OutboxReplay));
    let write = Access::May(Action::WebhookWrite);
    Routes::new()
        .get("/inbox", own, inbox::show)
        .post("/inbox", own, inbox::mark)
        .get("/inbox/preferences", own, preferences::show)
        .post("/inbox/preferences", own, preferences::change)
        .get("/desk/outbox", read, outbox::show)
        .get("/desk/outbox/{id}", read, outbox::sheet)
        .post("/desk/outbox/{id}", replay, outbox::replay)
        .get("/desk/webhooks", write, webhooks::show)
        .post("/desk/webhooks", write, webhooks::change)
}
