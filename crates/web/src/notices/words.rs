//! Notices in words: what happened, to what, and where that is looked at.

use district::kit::TownId;
use district::notices::{About, Kind, Thing};
use district::register::Roll;

use crate::kit::{Places, Shell};

/// The message with the name of a kind.
pub(super) fn kind_message(kind: Kind) -> String {
    ["notices-kind-", kind.as_str()].concat()
}

/// The message that says what happened.
pub(super) fn text_message(kind: Kind) -> String {
    ["notices-text-", kind.as_str()].concat()
}

/// A word of a closed set: of a channel, a state, a fault.
pub(super) fn word(s: &Shell, beginning: &str, name: &str) -> String {
    s.t(&[beginning, name].concat()).to_owned()
}

/// The name of a kind.
pub(super) fn kind(s: &Shell, kind: Kind) -> String {
    s.t(&kind_message(kind)).to_owned()
}

/// What happened.
pub(super) fn text(s: &Shell, kind: Kind, about: &About) -> String {
    s.t1(&text_message(kind), "count", about.count)
}

/// Where it happened: the town or the community of the code, or the code itself; nothing without one.
pub(super) fn place(s: &Shell, places: &Places, roll: &Roll, about: &About) -> String {
    if matches!(about.thing, Thing::Matters | Thing::VisitInbox) {
        let known = roll.communities().iter().find(|it| it.code == about.code);
        return known.map_or_else(|| about.code.clone(), |it| s.name(&it.name, &it.name_en).into_owned());
    }
    let of_code = places.of_code(&about.code).map(|town| TownId::from_uuid(town.id.uuid()));
    of_code.map_or_else(|| about.code.clone(), |town| places.town_name(s, town))
}

/// The page on which it is looked at; `None` where there is none.
pub(super) fn link(about: &About) -> Option<String> {
    let id = about.id.map(|id| id.to_string()).unwrap_or_default();
    Some(match about.thing {
        Thing::Gaps => format!("/district/gaps?town={}", about.code),
        Thing::Listing => "/district/register/proposals".to_owned(),
        Thing::Handbook => "/district/handbook".to_owned(),
        Thing::Plan => "/district/plan".to_owned(),
        Thing::JoinRequest => format!("/desk/joining/{id}"),
        Thing::Ownership => format!("/desk/owners/{id}"),
        Thing::Home => "/home".to_owned(),
        Thing::Account => "/me".to_owned(),
        Thing::Backup | Thing::Calendar => return None,
        Thing::Matter => format!("/desk/matters/{}", about.code),
        Thing::Matters => "/desk/matters".to_owned(),
        Thing::OwnMatter => format!("/matters/{}", about.code),
        Thing::Referral => format!("/desk/referrals/{id}"),
        Thing::Round => format!("/desk/visits?day={}", about.code),
        Thing::Desk => "/desk".to_owned(),
        Thing::VisitInbox => "/desk/visits/inbox".to_owned(),
    })
}
