//! Public services (公共服务资源): the directory of who offers what, where and when; and referrals (转介) of people to it.
//!
//! The directory is public. A referral is of a person of a household, by pseudonym, with their consent until a day; what
//! is said of their need is a sealed note. The receiving service needs no account: whoever refers records what it answers.

mod directory;
pub mod hsds;
mod read;
mod referrals;
mod referred;
pub mod rules;
mod sealed;
mod states;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod tests;

use base::{Day, Position};

use crate::kit::{
    CommunityId, OrganisationId, PremisesId, ProviderId, Refusal, Result, ServiceId, ServicePlaceId, TownId,
};

pub use directory::{
    ChangeProvider, ChangeService, EndService, SetHours, add_places, add_providers, add_services,
    change_providers, change_services, end_places, end_services, set_hours,
};
pub use read::{Directory, Place, Service, directory, service};
pub use referrals::{Advance, Chased, Consent, Refer, advance, chase, refer};
pub use referred::{Ask, Asked, Referral, Taken, count, list, note, referral, steps, whom};
pub(crate) use referred::{linked, open_by_community, overdue};
pub use sealed::reseal_notes;
pub(crate) use sealed::{copy_of, forget_notes, forget_old_notes};
pub use states::{CHASED_AGAIN_DAYS, ConsentBy, ConsentHow, LONGEST_CONSENT_DAYS, State, Step};

/// What a service is about, in the order of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// 办证与户籍.
    Papers,
    /// 入学与托育.
    Schooling,
    /// 就业与社保.
    Work,
    /// 医疗与健康.
    Health,
    /// 住房与租赁.
    Housing,
    /// 水电气网.
    Utilities,
    /// 法律与调解.
    Law,
    /// 养老与助残.
    Care,
    /// 心理与家庭.
    Counselling,
    /// 党群服务.
    Party,
    /// 文化与体育.
    Culture,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Papers,
        Self::Schooling,
        Self::Work,
        Self::Health,
        Self::Housing,
        Self::Utilities,
        Self::Law,
        Self::Care,
        Self::Counselling,
        Self::Party,
        Self::Culture,
    ];

    /// The name in the database, in forms and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Papers => "papers",
            Self::Schooling => "schooling",
            Self::Work => "work",
            Self::Health => "health",
            Self::Housing => "housing",
            Self::Utilities => "utilities",
            Self::Law => "law",
            Self::Care => "care",
            Self::Counselling => "counselling",
            Self::Party => "party",
            Self::Culture => "culture",
        }
    }

    /// The category of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str() == name)
    }

    /// Chinese and English, for files that are of no one language.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Papers => ("办证与户籍", "Papers and household registration"),
            Self::Schooling => ("入学与托育", "Schools and child care"),
            Self::Work => ("就业与社保", "Work and social insurance"),
            Self::Health => ("医疗与健康", "Health"),
            Self::Housing => ("住房与租赁", "Housing and renting"),
            Self::Utilities => ("水电气网", "Water, electricity, gas, network"),
            Self::Law => ("法律与调解", "Law and mediation"),
            Self::Care => ("养老与助残", "Care for the old and the disabled"),
            Self::Counselling => ("心理与家庭", "Counselling and families"),
            Self::Party => ("党群服务", "Party and public service centres"),
            Self::Culture => ("文化与体育", "Culture and sport"),
        }
    }
}

/// Who provides services: an organisation of the register where one fits, or one that is known for its services alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the columns of `providers`")]
pub struct Provider {
    pub id: ProviderId,
    pub organisation: Option<OrganisationId>,
    pub name: String,
    pub name_en: String,
    /// An official number, never a person's.
    pub telephone: String,
    /// `https://…`; empty where there is none.
    pub website: String,
    pub from: Day,
}

/// What a service says of itself, in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the columns of `services`")]
pub struct Words {
    pub name: String,
    pub name_en: String,
    pub about: String,
    pub about_en: String,
    /// For whom.
    pub eligibility: String,
    pub eligibility_en: String,
    /// How to apply.
    pub apply: String,
    pub apply_en: String,
    /// What it costs.
    pub fees: String,
    pub fees_en: String,
    /// An official number, never a person's.
    pub telephone: String,
}

/// A new service with its places.
#[derive(Debug, Clone)]
pub struct AddService {
    /// The new service.
    pub id: ServiceId,
    /// Who provides it.
    pub provider: ProviderId,
    /// The town it is of; `None` for the whole district.
    pub town: Option<TownId>,
    /// What it is about.
    pub category: Category,
    /// What it says of itself.
    pub words: Words,
    /// Its place in the week-one guide, from 1; `None`: it is not in it.
    pub week_one: Option<i64>,
    /// Since when.
    pub from: Day,
    /// Where it is given.
    pub places: Vec<AddPlace>,
}

/// A new place of a service.
#[derive(Debug, Clone)]
pub struct AddPlace {
    /// The new place.
    pub id: ServicePlaceId,
    /// What it is called.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// Where people go.
    pub address: String,
    /// Its town.
    pub town: TownId,
    /// The community it lies in, if it does.
    pub community: Option<CommunityId>,
    /// The premises of the register, if it is in some.
    pub premises: Option<PremisesId>,
    /// On the map.
    pub position: Option<Position>,
    /// An official number, if the place has its own.
    pub telephone: String,
    /// When it is open.
    pub hours: Vec<rules::Line>,
}

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The longest text, in characters: what fits on a phone's screen without turning into a leaflet.
const LONGEST_TEXT: usize = 600;
/// The most lines of hours of a place: seven days with a break each.
const MOST_HOURS: usize = 14;
/// The last place in the week-one guide: more is no guide for a week.
pub const MOST_WEEK_ONE: i64 = 30;

/// A telephone as it is kept, or why it is none.
fn checked_telephone(text: &str) -> Result<String> {
    let kept = crate::stations::rules::telephone(text);
    Ok(kept.ok_or_else(|| Refusal::new("stations-refused-telephone").at("telephone"))?)
}

/// Refuses a name that is missing or too long.
fn check_name(name: &str, field: &'static str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Refusal::new("services-refused-name").with("most", LONGEST_NAME).at(field).into());
    }
    Ok(())
}

fn check_text(text: &str, field: &'static str) -> Result<()> {
    if text.chars().count() > LONGEST_TEXT {
        return Err(Refusal::new("services-refused-text").with("most", LONGEST_TEXT).at(field).into());
    }
    Ok(())
}
