//! The list that works without a network: its page, the worker that keeps the page, and the devices that hold a round.
//!
//! What the page does is in `assets/visits.js`; `docs/offline.md` says what lies on a device and what opens it.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use district::kit::DeviceId;
use district::visits::rules::{Category, LONGEST_NOTE, Misfit, Outcome, Slot, Why};
use district::visits::{self, Device};
use http::{HeaderValue, header};

use super::words;
use crate::kit::{self, Fault, Posted, Shell, asset_address};

#[derive(Template)]
#[template(path = "visits/offline.html")]
struct Show<'a> {
    s: &'a Shell,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn outcomes(&self) -> Vec<(&'static str, &str)> {
        Outcome::ALL.iter().map(|it| (it.as_str(), self.s.t(words::outcome_message(*it)))).collect()
    }

    fn sayings(&self) -> Vec<(&'static str, &str)> {
        words::SAYINGS.iter().map(|(value, message)| (*value, self.s.t(message))).collect()
    }

    fn categories(&self) -> Vec<(&'static str, &str)> {
        Category::ALL.iter().map(|it| (it.as_str(), self.s.t(words::category_message(*it)))).collect()
    }

    fn slots(&self) -> Vec<(&'static str, &str)> {
        Slot::ALL.iter().map(|it| (it.as_str(), self.s.t(words::slot_message(*it)))).collect()
    }

    fn whys(&self) -> Vec<(&'static str, &str)> {
        Why::ALL.iter().map(|it| (it.as_str(), self.s.t(words::why_message(*it)))).collect()
    }

    fn misfits(&self) -> Vec<(&'static str, &str)> {
        Misfit::ALL.iter().map(|it| (it.as_str(), self.s.t(words::misfit_message(*it)))).collect()
    }

    /// What the script says; it has no words of its own.
    fn words(&self) -> Vec<(&'static str, &str)> {
        WORDS.iter().map(|(key, message)| (*key, self.s.t(message))).collect()
    }

    fn longest(&self) -> usize {
        LONGEST_NOTE
    }
}

/// What the script says, by its keys.
const WORDS: [(&str, &str); 25] = [
    ("preparing", "visits-off-preparing"),
    ("ready", "visits-off-ready"),
    ("no-network", "visits-off-no-network"),
    ("all-sent", "visits-off-all-sent"),
    ("not-sent", "visits-off-not-sent"),
    ("sent", "visits-off-sent"),
    ("waits", "visits-off-waits"),
    ("refused", "visits-off-refused"),
    ("saved", "visits-off-saved"),
    ("pin-short", "visits-off-pin-short"),
    ("pin-differs", "visits-off-pin-differs"),
    ("pin-wrong", "visits-off-pin-wrong"),
    ("pin-gone", "visits-off-pin-gone"),
    ("sign-in", "visits-off-sign-in"),
    ("other-account", "visits-off-other-account"),
    ("wiped", "visits-off-wiped"),
    ("wiped-old", "visits-off-wiped-old"),
    ("word-of-nobody", "visits-refused-word-of-nobody"),
    ("needs-network", "visits-off-needs-network"),
    ("choose-outcome", "visits-missing-outcome"),
    ("need-of-nobody", "visits-refused-need-of-nobody"),
    ("failed", "visits-off-failed"),
    ("by", "visits-off-by"),
    ("unsent-line", "visits-off-unsent-line"),
    ("sent-line", "visits-off-sent-line"),
];

/// GET `/desk/visits/offline`: nothing of the district is in it, as it is kept on the device.
pub(super) async fn show(s: Shell) -> kit::Result {
    s.html_working(&Show { s: &s })
}

/// GET `/desk/visits/offline/worker.js`: keeps the page with its styles and its script, and nothing else.
pub(super) async fn worker(s: Shell) -> kit::Result {
    let files = ["lilong.css", "care.css", "sprite.svg", "mark.svg", "visits.js"].map(|name| s.asset(name));
    let list = serde_json::to_string(&files).map_err(|error| Fault::Internal(error.to_string()))?;
    let body = WORKER.replace("[\"FILES\"]", &list).replace("VERSION", asset_address("visits.js"));
    let mut response: Response = body.into_response();
    let headers = response.headers_mut();
    // A worker is bound by the policy of its own file: it has to be able to fetch the page.
    kit::working(headers);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert("service-worker-allowed", HeaderValue::from_static("/desk/visits/offline"));
    Ok(response)
}

/// The worker, with two words for what only the running program knows.
const WORKER: &str = include_str!("worker.js");

#[derive(Template)]
#[template(path = "visits/devices.html")]
struct Brought<'a> {
    s: &'a Shell,
    devices: Vec<Device>,
    done: bool,
}

/// GET `/desk/visits/devices`: the reader's own.
pub(super) async fn devices(s: Shell) -> kit::Result {
    let devices = s.state.read(|tx| visits::devices(tx, &s.actor))?;
    s.html(&Brought { s: &s, devices, done: s.asked("done").is_some() })
}

/// POST `/desk/visits/devices`: orders one (`device`) to wipe what it holds.
pub(super) async fn wipe(s: Shell, posted: Posted) -> kit::Result {
    let device: DeviceId = posted.fields.id("device")?;
    let wall = s.state.wall();
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        visits::order_wipe(tx, call, device, wall)?;
        Ok("/desk/visits/devices?done=ordered".to_owned())
    });
    s.after(done, |_| Err(Fault::Bad))
}
