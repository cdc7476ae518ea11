//! Needs that visits found, and the one thing that each becomes: a matter or a referral, written with it in one transaction.

use base::{Calendar, Day, Uuid};
use db::{Row, Tx, params};

use super::read::category;
use super::rules::Category;
use super::{scope_of, store};
use crate::Memory;
use crate::kit::{
    Actor, Call, CommunityId, Entry, Error, MatterId, NeedId, ReferralId, Refusal, Result, Scope, TenancyId,
    record,
};
use crate::matters::{self, Receive, Received};
use crate::people::vault::Vault;
use crate::people::{Action, authorise, may};
use crate::register::{self, Household};
use crate::services::{self, Refer};

/// What a need became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// A matter, with its code.
    Matter(MatterId, String),
    /// A referral, with its number.
    Referral(ReferralId, i64),
}

/// A need as a household's page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundNeed {
    /// The need.
    pub id: NeedId,
    /// What.
    pub category: Category,
    /// Did the household agree that whoever helps is told?
    pub consent: bool,
    /// What it became.
    pub became: Option<Became>,
}

/// Reads what a need became from four columns: of its matter id and code, of its referral id and number.
pub(super) fn became(row: &mut Row, at: usize) -> Result<Option<Became>> {
    let matter: (Option<MatterId>, Option<String>) = (row.get(at)?, row.get(at + 1)?);
    let referral: (Option<ReferralId>, Option<i64>) = (row.get(at + 2)?, row.get(at + 3)?);
    let matter = matter.0.zip(matter.1).map(|(id, code)| Became::Matter(id, code));
    Ok(matter.or_else(|| referral.0.zip(referral.1).map(|(id, number)| Became::Referral(id, number))))
}

/// What a household needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The need.
    pub id: NeedId,
    /// What.
    pub category: Category,
    /// Did the household agree that whoever helps is told?
    pub consent: bool,
    /// The household.
    pub home: Household,
    /// Its community as a part of the district.
    pub scope: Scope,
    /// The day it was told.
    pub day: Day,
    /// What it became.
    pub became: Option<Became>,
}

impl Category {
    /// The category of a matter that a need most often is; `None` where one thing is not likelier than another.
    pub const fn as_matter(self) -> Option<&'static str> {
        match self {
            Self::ResidencePermit => Some("service-permit"),
            Self::Schooling => Some("service-school"),
            Self::Party => Some("service-party"),
            Self::Repair => Some("property-repair-home"),
            Self::Neighbours => Some("neighbours-noise"),
            Self::Company => Some("service-amenity"),
            Self::Law => Some("lease-contract"),
            Self::Work | Self::Health | Self::Care | Self::Relief | Self::Other => None,
        }
    }

    /// The services that most often meet a need; `None` where there are none.
    pub const fn as_service(self) -> Option<services::Category> {
        match self {
            Self::ResidencePermit => Some(services::Category::Papers),
            Self::Schooling => Some(services::Category::Schooling),
            Self::Party => Some(services::Category::Party),
            Self::Work => Some(services::Category::Work),
            Self::Health => Some(services::Category::Health),
            Self::Care => Some(services::Category::Care),
            Self::Neighbours | Self::Law => Some(services::Category::Law),
            Self::Company => Some(services::Category::Culture),
            Self::Repair => Some(services::Category::Utilities),
            Self::Relief | Self::Other => None,
        }
    }
}

/// A need by its id, for who may read visits there: what a matter or a referral begins with.
pub fn need(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, id: NeedId, day: Day) -> Result<Need> {
    authorise(actor, Action::VisitRead, actor.scope())?;
    let mut row = tx.find(&store::NEED, params![id])?.ok_or(Error::Absent("need"))?;
    let (household, community): (TenancyId, CommunityId) = (row.get(0)?, row.get(1)?);
    let scope = scope_of(tx, memory, community, day)?;
    authorise(actor, Action::VisitRead, scope)?;
    let name: String = row.get(2)?;
    Ok(Need {
        id,
        category: category(&name)?,
        consent: row.get(3)?,
        home: register::household(tx, household)?.ok_or(Error::Absent("household"))?,
        scope,
        day: row.get(4)?,
        became: became(&mut row, 5)?,
    })
}

/// A need that may be passed on and became nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// The need.
    pub id: NeedId,
    /// The household.
    pub household: TenancyId,
    /// Its community.
    pub community: CommunityId,
    /// What.
    pub category: Category,
}

/// The needs told during some days that may be passed on and became nothing yet, of the reader's part, the earliest first.
pub fn needs_waiting(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    (from, to): (Day, Day),
    today: Day,
) -> Result<Vec<Waits>> {
    authorise(actor, Action::VisitRead, actor.scope())?;
    let everywhere = may(actor, Action::VisitRead, Scope::District);
    let mut found = Vec::new();
    for mut row in tx.query(&store::NEEDS_SINCE, params![from, to])? {
        let community: CommunityId = row.get(2)?;
        if everywhere || may(actor, Action::VisitRead, scope_of(tx, memory, community, today)?) {
            let name: String = row.get(3)?;
            found.push(Waits {
                id: row.get(0)?,
                household: row.get(1)?,
                community,
                category: category(&name)?,
            });
        }
    }
    Ok(found)
}

/// A need that still waits, for who may write of visits there.
fn open(tx: &mut Tx<'_>, call: &Call<'_>, memory: &Memory, id: NeedId) -> Result<Need> {
    let found = need(tx, call.actor, memory, id, call.today())?;
    call.authorise(Action::VisitWrite, found.scope)?;
    if found.became.is_some() {
        return Err(Refusal::new("visits-refused-need-became").into());
    }
    Ok(found)
}

/// Writes what needs became. Each once: whoever is second finds it taken, and their matter or referral is not made.
fn follow(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    became: &[(NeedId, Option<MatterId>, Option<ReferralId>)],
) -> Result<()> {
    for (need, matter, referral) in became {
        if tx.execute(&store::FOLLOW_NEED, params![*need, *matter, *referral])? != 1 {
            return Err(Refusal::new("visits-refused-need-became").into());
        }
    }
    let objects: Vec<Uuid> = became.iter().map(|(need, ..)| need.uuid()).collect();
    record(tx, call, Entry { action: Action::VisitWrite, objects: &objects, fields: "became" })
}

/// Needs become referrals of somebody of the same household.
///
/// # Errors
/// `visits-refused-need-…`: it became something already, the household has moved away, or another is named.
pub fn refer_needs(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (vault, memory): (&Vault, &Memory),
    commands: &[(NeedId, Refer)],
) -> Result<()> {
    for (id, command) in commands {
        let need = open(tx, call, memory, *id)?;
        if command.tenancy != need.home.tenancy {
            return Err(Refusal::new("visits-refused-need-household").at("whom").into());
        }
        if !need.home.is_there(call.today()) {
            return Err(Refusal::new("visits-refused-need-moved").at("whom").into());
        }
    }
    let referrals: Vec<Refer> = commands.iter().map(|(_, command)| command.clone()).collect();
    services::refer(tx, call, vault, &referrals)?;
    let became: Vec<_> = commands.iter().map(|(need, it)| (*need, None, Some(it.id))).collect();
    follow(tx, call, &became)
}

/// Needs become matters. What the household did not agree to pass on is not passed on: the matter does not know whose it is.
///
/// # Errors
/// `visits-refused-need-…`: it became something already, lies in another community, or names who did not agree.
pub fn take_needs(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (vault, memory, calendar): (&Vault, &Memory, &Calendar),
    commands: &[(NeedId, Receive)],
) -> Result<Vec<Received>> {
    let mut matters = Vec::with_capacity(commands.len());
    for (id, command) in commands {
        let need = open(tx, call, memory, *id)?;
        if command.community != need.home.community {
            return Err(Refusal::new("visits-refused-need-household").at("community").into());
        }
        if !need.consent && command.reporter.is_some() {
            return Err(Refusal::new("visits-refused-need-consent").at("name").into());
        }
        let tenancy = need.consent.then_some(need.home.tenancy);
        matters.push(Receive { tenancy, ..command.clone() });
    }
    let received = matters::receive(tx, call, (vault, calendar), &matters)?;
    let became: Vec<_> = commands.iter().map(|(need, it)| (*need, Some(it.id), None)).collect();
    follow(tx, call, &became)?;
    Ok(received)
}

/// The need that a matter or a referral came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeedBehind {
    /// The household that has it.
    pub household: TenancyId,
    /// The day it was told.
    pub day: Day,
}

/// The need that a matter came from; `None` without one, and for who may not read visits there.
pub fn behind_matter(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    matter: MatterId,
    today: Day,
) -> Result<Option<NeedBehind>> {
    let row = tx.find(&store::NEED_BEHIND_MATTER, params![matter])?;
    behind(tx, actor, memory, row, today)
}

/// The need that a referral came from; `None` without one, and for who may not read visits there.
pub fn behind_referral(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    referral: ReferralId,
    today: Day,
) -> Result<Option<NeedBehind>> {
    let row = tx.find(&store::NEED_BEHIND_REFERRAL, params![referral])?;
    behind(tx, actor, memory, row, today)
}

fn behind(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    row: Option<Row>,
    today: Day,
) -> Result<Option<NeedBehind>> {
    let Some(mut row) = row else { return Ok(None) };
    let scope = scope_of(tx, memory, row.get(1)?, today)?;
    if !may(actor, Action::VisitRead, scope) {
        return Ok(None);
    }
    Ok(Some(NeedBehind { household: row.get(0)?, day: row.get(2)? }))
}
