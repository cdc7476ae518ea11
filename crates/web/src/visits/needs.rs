//! What a matter or a referral begins with: the need of a household, as far as it agreed that it is passed on.

use district::kit::{BuildingId, NeedId, TenancyId, TownId};
use district::visits::{self, Need};

use super::{rounds, words};
use crate::kit::{Fault, Shell};

/// A need from which a form begins.
pub(crate) struct Begun {
    /// The need.
    pub(crate) id: NeedId,
    /// The household.
    pub(crate) household: TenancyId,
    /// The code of its community.
    pub(crate) community: String,
    /// Its building; without consent it is not filled in.
    pub(crate) building: Option<BuildingId>,
    /// The numbers of its building and flat.
    pub(crate) numbers: (String, String),
    /// The category of a matter that it most often is.
    pub(crate) matter: Option<&'static str>,
    /// The category of services that most often meet it.
    pub(crate) service: Option<district::services::Category>,
    /// Did the household agree?
    pub(crate) consent: bool,
    /// The household, the need and the day, in words.
    pub(crate) said: String,
    /// What stands in the field for words; empty without consent.
    pub(crate) words: String,
    /// The household's page, which says what the need became.
    pub(crate) back: String,
    /// The town in which it lives.
    pub(crate) town: Option<TownId>,
    /// Did it become something already?
    pub(crate) is_over: bool,
}

impl Begun {
    /// The household's page, which says that the need became something already.
    pub(crate) fn over(&self) -> String {
        format!("{}?done=became", self.back)
    }
}

/// The need of an address or a form; `None` where none is named.
pub(crate) fn begun(s: &Shell, named: &str) -> Result<Option<Begun>, Fault> {
    if named.is_empty() {
        return Ok(None);
    }
    let id: NeedId = named.parse().map_err(|_| Fault::Absent)?;
    let memory = &s.state.memory;
    let (need, community) = s.state.read(|tx| {
        let need = visits::need(tx, &s.actor, memory, id, s.today())?;
        let roll = memory.roll(tx, s.today())?;
        let community = roll.get(need.home.community).map(|it| it.code.clone());
        Ok((need, community.ok_or(district::Error::Absent("community"))?))
    })?;
    Ok(Some(of(s, need, community)))
}

fn of(s: &Shell, need: Need, community: String) -> Begun {
    let category = s.t(words::category_message(need.category));
    let (door, day) = (rounds::door(s, &need.home), need.day.to_string());
    let args = [("door", door.as_str().into()), ("need", category.into()), ("day", day.as_str().into())];
    let words = if need.consent { s.t1("visits-need-words", "need", category) } else { String::new() };
    Begun {
        id: need.id,
        household: need.home.tenancy,
        community,
        building: Some(need.home.building).filter(|_| need.consent),
        said: s.ta("visits-need-from", &args),
        back: format!("/desk/visits/household/{}", need.home.tenancy),
        town: need.scope.town(),
        numbers: (need.home.numbers.0, need.home.numbers.1),
        matter: need.category.as_matter(),
        service: need.category.as_service(),
        consent: need.consent,
        words,
        is_over: need.became.is_some(),
    }
}
