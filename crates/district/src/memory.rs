//! What a running program keeps of a district, so that pages need not read the whole of it each time.

use std::collections::HashMap;
use std::sync::Arc;

use base::Day;
use db::Tx;
use handbook::{Facts, Handbook, Prescription, prescribe};

use crate::coverage::functions::Functions;
use crate::coverage::rules::Standing;
use crate::coverage::{self, Decision, Figure, Standings};
use crate::exchange::{self, Finding};
use crate::handbook::{self as handbooks, Origin, Version};
use crate::kit::{CommunityId, HandbookId, Kept, PlanId, Result, Role};
use crate::people;
use crate::plan::gaps::{self, Gaps, Present};
use crate::plan::{self, Shown};
use crate::register::{self, Building, Community, Counts, Directory, Mode, Remit, Roll, Snapshot};
use crate::stations::{self, ServedBy};

/// Days whose standings are kept: a year's trend for a few readers at a time, at about 100 kB a day.
const STANDINGS_KEPT: usize = 64;
/// Days whose roll and directory are kept: today, and what a few readers look back at.
const ROLLS_KEPT: usize = 8;

/// Communities of which is kept what their pages say, for those who look at one after another: about 1 kB for each part.
const COMMUNITIES_KEPT: usize = 1_024;

/// The longest code or id of a community, in bytes.
const LONGEST_KEY: usize = 64;

/// Standings of days, one after another.
pub type Year = Vec<(Day, Arc<Standings>)>;

/// Readings of a district by day, kept until the register, the handbook or the stations change.
#[derive(Debug)]
pub struct Memory {
    directories: Kept<Day, Directory>,
    rolls: Kept<Day, Roll>,
    facts: Kept<Day, Vec<Facts>>,
    prescribed: Kept<(HandbookId, Day), Vec<Prescription>>,
    grounds: Kept<Day, Vec<Standing>>,
    standings: Kept<Day, Standings>,
    functions: Kept<Day, Functions>,
    years: Kept<Day, Year>,
    plans: Kept<(PlanId, Day), Shown>,
    present: Kept<Day, Present>,
    gaps: Kept<Day, Gaps>,
    findings: Kept<Day, Vec<Finding>>,
    buildings: Kept<(CommunityId, Day), Vec<Building>>,
    in_force: Kept<Day, (HandbookId, Arc<Handbook>)>,
    versions: Kept<(), Vec<Version>>,
    cases: Kept<(CommunityId, Day), HandbookCase>,
    communities: Kept<(String, Day), Community>,
    records: Kept<(CommunityId, Day), CommunityRecord>,
    served_by: Kept<(CommunityId, Day), ServedBy>,
    decisions: Kept<(), HashMap<Figure, Decision>>,
    entered_as: Kept<Day, Vec<Role>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            directories: Kept::at_most(ROLLS_KEPT),
            rolls: Kept::at_most(ROLLS_KEPT),
            facts: Kept::at_most(ROLLS_KEPT),
            prescribed: Kept::at_most(ROLLS_KEPT),
            grounds: Kept::at_most(STANDINGS_KEPT),
            standings: Kept::at_most(STANDINGS_KEPT).until_reach_moves(),
            functions: Kept::at_most(ROLLS_KEPT).until_any_change(),
            years: Kept::at_most(ROLLS_KEPT).until_reach_moves(),
            plans: Kept::at_most(ROLLS_KEPT),
            present: Kept::at_most(ROLLS_KEPT),
            gaps: Kept::at_most(ROLLS_KEPT).until_any_change(),
            findings: Kept::at_most(ROLLS_KEPT),
            buildings: Kept::at_most(COMMUNITIES_KEPT),
            in_force: Kept::at_most(ROLLS_KEPT),
            versions: Kept::at_most(1).until_any_change(),
            // It names who decided, by a login that may change without the ground.
            cases: Kept::at_most(COMMUNITIES_KEPT).until_any_change(),
            communities: Kept::at_most(COMMUNITIES_KEPT),
            records: Kept::at_most(COMMUNITIES_KEPT),
            served_by: Kept::at_most(COMMUNITIES_KEPT),
            decisions: Kept::at_most(1).until_any_change(),
            entered_as: Kept::at_most(ROLLS_KEPT).until_any_change(),
        }
    }
}

/// What the register holds of a community beside its description.
#[derive(Debug)]
pub struct CommunityRecord {
    /// Dwellings, households, residents.
    pub counts: Counts,
    /// Every governance mode, past ones too.
    pub modes: Vec<Mode>,
    /// The organisations that work there.
    pub remits: Vec<Remit>,
    /// Its numbers in other systems.
    pub sources: Vec<(String, String)>,
}

/// What the handbook is held against of a community, and what was decided of it.
#[derive(Debug)]
pub struct HandbookCase {
    /// The community.
    pub community: Snapshot,
    /// Its facts.
    pub facts: Facts,
    /// Every decision on its form of station, the latest first.
    pub decisions: Vec<handbooks::Decision>,
    /// Where its figures come from, by factor.
    pub origins: Vec<(&'static str, Origin)>,
}

impl Memory {
    /// The version of the handbook in force on a day.
    pub fn in_force(&self, tx: &mut Tx<'_>, day: Day) -> Result<Option<(HandbookId, Arc<Handbook>)>> {
        let found = self.in_force.find(tx, &day, |tx| handbooks::in_force(tx, day))?;
        Ok(found.map(|found| (found.0, Arc::clone(&found.1))))
    }

    /// All versions of the handbook: adopted ones in the order of their days, then drafts.
    pub fn versions(&self, tx: &mut Tx<'_>) -> Result<Arc<Vec<Version>>> {
        self.versions.get(tx, &(), handbooks::versions)
    }

    /// What the handbook is held against of a community of the list on a day.
    pub fn case(&self, tx: &mut Tx<'_>, id: CommunityId, day: Day) -> Result<Option<Arc<HandbookCase>>> {
        self.cases.find(tx, &(id, day), |tx| {
            let Some((community, facts)) = handbooks::facts_for(tx, id, day)? else { return Ok(None) };
            let (decisions, origins) =
                (handbooks::decisions(tx, id)?, handbooks::origins(tx, &community, day)?);
            Ok(Some(HandbookCase { community, facts, decisions, origins }))
        })
    }

    /// A community by its code or its id.
    pub fn community(&self, tx: &mut Tx<'_>, key: &str, day: Day) -> Result<Option<Arc<Community>>> {
        // Who tries long names on the door leaves nothing here.
        if key.len() > LONGEST_KEY {
            return Ok(register::community_at(tx, key, day)?.map(Arc::new));
        }
        self.communities.find(tx, &(key.to_owned(), day), |tx| register::community_at(tx, key, day))
    }

    /// What the register holds of a community beside its description.
    pub fn record(&self, tx: &mut Tx<'_>, id: CommunityId, day: Day) -> Result<Arc<CommunityRecord>> {
        self.records.get(tx, &(id, day), |tx| {
            Ok(CommunityRecord {
                counts: register::counts(tx, id, day)?,
                modes: register::modes(tx, id)?,
                remits: register::remits(tx, id, day)?,
                sources: register::sources(tx, id)?,
            })
        })
    }

    /// Who serves a community on a day.
    pub fn served_by(&self, tx: &mut Tx<'_>, id: CommunityId, day: Day) -> Result<Option<Arc<ServedBy>>> {
        self.served_by.find(tx, &(id, day), |tx| stations::served_by(tx, id, day))
    }

    /// The last decision on each figure of coverage.
    pub fn decisions(&self, tx: &mut Tx<'_>) -> Result<Arc<HashMap<Figure, Decision>>> {
        self.decisions.get(tx, &(), coverage::decisions)
    }

    /// Is a figure of coverage published?
    pub fn is_published(&self, tx: &mut Tx<'_>, figure: Figure) -> Result<bool> {
        let decisions = self.decisions(tx)?;
        Ok(decisions.get(&figure).is_some_and(|decision| decision.published))
    }

    /// The roles in which a demonstration is entered by one click; none where the district is none.
    pub fn entered_as(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Vec<Role>>> {
        self.entered_as.get(tx, &day, |tx| people::demonstration_roles(tx, day))
    }

    /// Town units and grids of a day.
    pub fn directory(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Directory>> {
        self.directories.get(tx, &day, |tx| Directory::read(tx, day))
    }

    /// The communities of the list on a day.
    pub fn roll(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Roll>> {
        self.rolls.get(tx, &day, |tx| Roll::read(tx, day))
    }

    /// What the handbook may know of each community of the roll of a day, in its order.
    pub(crate) fn facts(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Vec<Facts>>> {
        self.facts.get(tx, &day, |tx| {
            let roll = self.roll(tx, day)?;
            let facts = handbooks::facts_of(tx, roll.communities(), day)?;
            Ok(facts.into_iter().map(|(_, facts)| facts).collect())
        })
    }

    /// What a version of the handbook prescribes for each community of the roll of a day, in its order.
    pub(crate) fn prescribed(
        &self,
        tx: &mut Tx<'_>,
        (id, handbook): (HandbookId, &Handbook),
        day: Day,
    ) -> Result<Arc<Vec<Prescription>>> {
        self.prescribed.get(tx, &(id, day), |tx| {
            let facts = self.facts(tx, day)?;
            Ok(facts.iter().map(|facts| prescribe(handbook, facts)).collect())
        })
    }

    /// How far the households of each community are reached on a day.
    pub fn standings(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Standings>> {
        self.standings.get(tx, &day, |tx| {
            let grounds = self.grounds.get(tx, &day, |tx| coverage::grounds(tx, day))?;
            coverage::standing_on(tx, &grounds, day)
        })
    }

    /// What the work of a quarter says of the six functions of stations.
    pub fn functions(&self, tx: &mut Tx<'_>, today: Day) -> Result<Arc<Functions>> {
        self.functions.get(tx, &today, |tx| {
            let standings = self.standings(tx, today)?;
            Functions::read(tx, today, &standings)
        })
    }

    /// The standings of the last day of each of the twelve months before a day, and of the day.
    pub fn year(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Year>> {
        self.years.get(tx, &day, |tx| {
            coverage::rules::trend_days(day)
                .into_iter()
                .map(|then| Ok((then, self.standings(tx, then)?)))
                .collect()
        })
    }

    /// A plan as of a day; its figures are those of who asked for permission.
    pub(crate) fn plan(&self, tx: &mut Tx<'_>, id: PlanId, day: Day) -> Result<Option<Arc<Shown>>> {
        self.plans.find(tx, &(id, day), |tx| plan::shown(tx, id, day))
    }

    /// What of stations, posts and rooms is there on a day.
    pub(crate) fn present(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Present>> {
        self.present.get(tx, &day, |tx| Present::read(tx, day))
    }

    /// The gap list of the adopted plan as of a day, of the whole district; `None` without an adopted plan.
    pub(crate) fn gaps(&self, tx: &mut Tx<'_>, day: Day) -> Result<Option<Arc<Gaps>>> {
        self.gaps.find(tx, &day, |tx| gaps::whole(tx, self, day))
    }

    /// What is wrong in the register on a day.
    pub(crate) fn findings(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Vec<Finding>>> {
        self.findings.get(tx, &day, |tx| exchange::findings(tx, day))
    }

    /// The buildings of a community on a day. Asks no permission: pages show them to those who may read the register.
    pub fn buildings(&self, tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Arc<Vec<Building>>> {
        self.buildings.get(tx, &(community, day), |tx| register::buildings(tx, community, day))
    }
}
