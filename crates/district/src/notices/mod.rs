//! Notices (消息): what an operation tells people and programs of, and one outbox from which it is sent.
//!
//! An operation calls [`tell`] inside its own transaction: inboxes and the outbox are written with what they tell of, or
//! not at all. Who sends claims rows with a lease, sends, and then writes down what came of it; killed in between, another
//! sends again with the same id. What is sent names things by their public codes and holds nothing personal.

mod choices;
mod digests;
mod inbox;
mod keep;
mod kinds;
mod mail;
mod outbox;
pub(crate) mod store;
mod tell;
mod webhooks;

pub use choices::{choices, choose, choose_tongue, tongue};
pub use digests::{DIGEST_HOUR, send_digests};
pub use inbox::{Inbox, InboxAsked, InboxLine, inbox, mark_all_read, mark_read};
pub use keep::{NOTICE_MILLIS, OUTBOX_MILLIS, reseal};
pub(crate) use keep::{copy, forget_account, forget_old, forget_person};
pub use kinds::{Channel, Kind, Thing, Tongue};
pub use mail::{
    ADDRESS_LENGTH, Address, MAIL_CODE_MILLIS, MAIL_CODES, MAIL_TRIES, MailCode, OwnMail, ask_mail,
    confirm_mail, forget_mail, own_mail, simulate_mail,
};
pub use outbox::{
    Claimed, Count, Destination, LEASE_MILLIS, MOST_AT_A_TIME, MOST_TRIES, OutboxAsked, OutboxLine, Outcome,
    State, Try, Unsent, Why, claim, counts, due, give_up_unsendable, outbox, outbox_sheet, replay, settle,
};
pub use tell::{About, Notice, To, tell, tell_daily};
pub use webhooks::{
    MOST_WEBHOOKS, NewWebhook, OLDER_MILLIS, Secret, URL_LENGTH, Webhook, add_webhook, change_webhook,
    end_webhook, rotate_secret, webhook_list,
};

#[cfg(test)]
mod tests;
