//! The messages with the names of things of visits.

use district::visits::Became;
use district::visits::rules::{Category, Mark, Misfit, Outcome, Slot, Why};

use crate::kit::Shell;

/// How a visit ended.
pub(super) fn outcome_message(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "visits-outcome-met",
        Outcome::Online => "visits-outcome-online",
        Outcome::Refused => "visits-outcome-refused",
        Outcome::Absent => "visits-outcome-absent",
        Outcome::Moved => "visits-outcome-moved",
    }
}

/// When doors are knocked at.
pub(super) fn slot_message(slot: Slot) -> &'static str {
    match slot {
        Slot::Daytime => "visits-slot-daytime",
        Slot::Evening => "visits-slot-evening",
        Slot::Weekend => "visits-slot-weekend",
    }
}

/// Why a household is due.
pub(super) fn why_message(why: Why) -> &'static str {
    match why {
        Why::Event => "visits-why-event",
        Why::MovedIn => "visits-why-moved-in",
        Why::Priority => "visits-why-priority",
        Why::Everyone => "visits-why-everyone",
    }
}

/// What a household is marked by.
pub(super) fn mark_message(mark: Mark) -> &'static str {
    match mark {
        Mark::Priority => "visits-mark-priority",
        Mark::Event => "visits-mark-event",
    }
}

/// Why a visit waits.
pub(super) fn misfit_message(why: Misfit) -> &'static str {
    match why {
        Misfit::Moved => "visits-misfit-moved",
        Misfit::HandedOver => "visits-misfit-handed-over",
        Misfit::Twice => "visits-misfit-twice",
        Misfit::NotYours => "visits-misfit-not-yours",
        Misfit::Clock => "visits-misfit-clock",
    }
}

/// What a household needs.
pub(crate) fn category_message(category: Category) -> &'static str {
    match category {
        Category::ResidencePermit => "visits-need-residence-permit",
        Category::Schooling => "visits-need-schooling",
        Category::Party => "visits-need-party",
        Category::Work => "visits-need-work",
        Category::Health => "visits-need-health",
        Category::Care => "visits-need-care",
        Category::Repair => "visits-need-repair",
        Category::Neighbours => "visits-need-neighbours",
        Category::Company => "visits-need-company",
        Category::Law => "visits-need-law",
        Category::Relief => "visits-need-relief",
        Category::Other => "visits-need-other",
    }
}

/// What a household said of how it is served.
pub(super) const fn said_message(satisfied: bool) -> &'static str {
    if satisfied { "visits-said-yes" } else { "visits-said-no" }
}

/// What a household may say of how it is served: the value in forms, and the message with its words.
pub(super) const SAYINGS: [(&str, &str); 3] =
    [("", "visits-said-nothing"), ("yes", "visits-said-yes"), ("no", "visits-said-no")];

/// Where what a need became is looked at.
pub(super) fn became_address(became: &Became) -> String {
    match became {
        Became::Matter(_, code) => format!("/desk/matters/{code}"),
        Became::Referral(id, _) => format!("/desk/referrals/{id}"),
    }
}

/// What a need became, in words.
pub(super) fn became(s: &Shell, became: &Became) -> String {
    match became {
        Became::Matter(_, code) => s.t1("visits-became-matter", "code", code.as_str()),
        Became::Referral(_, number) => s.t1("visits-became-referral", "number", number.to_string()),
    }
}
