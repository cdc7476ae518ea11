//! What the register holds on the day an import takes effect, by code.

use std::collections::{HashMap, HashSet};

use base::{Day, Uuid};
use db::{Tx, params};

use super::records::{Building, Community, Grid, Organisation, Text, Town};
use super::store;
use crate::kit::{BuildingId, CommunityId, GridId, LeaseId, ModeId, OrganisationId, RemitId, Result, TownId};
use crate::register::Outline;

/// A governance mode as it is registered.
#[derive(Debug, Clone)]
pub(super) struct KnownMode {
    pub id: ModeId,
    pub mode: Text,
    pub organisation: Option<OrganisationId>,
    pub document: Text,
    pub from: Day,
    pub to: Option<Day>,
}

/// A remit as it is registered.
#[derive(Debug, Clone)]
pub(super) struct KnownRemit {
    pub id: RemitId,
    pub organisation: OrganisationId,
    pub remit: Text,
    pub from: Day,
    pub to: Option<Day>,
}

/// The register by code. Things that the import adds are put in as they are accepted.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub towns: HashMap<Text, (TownId, Town, Option<Outline>)>,
    /// Those that ended too, as their codes are not given again.
    pub grids: HashMap<Text, (GridId, Grid)>,
    /// Those that ended too, as the history of modes and remits names them.
    pub organisations: HashMap<Text, (OrganisationId, Organisation)>,
    pub communities: HashMap<Text, (CommunityId, Community, Option<String>)>,
    pub modes: HashMap<CommunityId, Vec<KnownMode>>,
    pub remits: HashMap<CommunityId, Vec<KnownRemit>>,
    /// System and number of each community.
    pub sources: HashMap<CommunityId, Vec<(Text, Text)>>,
    /// Whose number it is.
    pub sourced: HashMap<(Text, Text), CommunityId>,
    pub buildings: HashMap<CommunityId, Vec<(BuildingId, Building)>>,
    /// Leases that go on.
    pub leases: HashMap<(CommunityId, OrganisationId), LeaseId>,
    /// Codes that were ever given, with what they were given to: they are not given again.
    pub given: HashSet<(Text, Text)>,
    /// Every pseudonym; read when a file names some.
    pub persons: Option<HashSet<Uuid>>,
}

fn boxed(text: String) -> Text {
    text.into_boxed_str()
}

fn code_of<K: std::hash::Hash + Eq>(codes: &HashMap<K, Text>, id: &K) -> Text {
    codes.get(id).cloned().unwrap_or_default()
}

impl Known {
    /// Reads the register on a day, without flats and households.
    pub(super) fn read(tx: &mut Tx<'_>, day: Day) -> Result<Self> {
        let mut known = Self::default();
        let towns = known.read_towns(tx, day)?;
        let grids = known.read_grids(tx, day, &towns)?;
        known.read_organisations(tx, day, &towns)?;
        known.read_communities(tx, day, &towns, &grids)?;
        known.read_histories(tx)?;
        for mut row in tx.query(&store::CODES, &[])? {
            known.given.insert((boxed(row.get(0)?), boxed(row.get(1)?)));
        }
        Ok(known)
    }

    fn read_towns(&mut self, tx: &mut Tx<'_>, day: Day) -> Result<HashMap<TownId, Text>> {
        let mut codes = HashMap::new();
        for mut row in tx.query(&store::TOWNS, params![day])? {
            let (id, code): (TownId, Text) = (row.get(0)?, boxed(row.get(1)?));
            let town = Town {
                code: code.clone(),
                name: boxed(row.get(2)?),
                name_en: boxed(row.get(3)?),
                centre: (row.get(4)?, row.get(5)?),
                from: row.get(7)?,
            };
            let outline = row.get::<Option<String>>(6)?.and_then(|text| Outline::parse(&text));
            codes.insert(id, code.clone());
            self.towns.insert(code, (id, town, outline));
        }
        Ok(codes)
    }

    fn read_grids(
        &mut self,
        tx: &mut Tx<'_>,
        day: Day,
        towns: &HashMap<TownId, Text>,
    ) -> Result<HashMap<GridId, Text>> {
        let mut codes = HashMap::new();
        for mut row in tx.query(&store::GRIDS, params![day])? {
            let (id, code): (GridId, Text) = (row.get(0)?, boxed(row.get(1)?));
            let grid = Grid {
                code: code.clone(),
                town: code_of(towns, &row.get(2)?),
                name: boxed(row.get(3)?),
                name_en: boxed(row.get(4)?),
                from: row.get(5)?,
                to: row.get(6)?,
            };
            codes.insert(id, code.clone());
            self.grids.insert(code, (id, grid));
        }
        Ok(codes)
    }

    fn read_organisations(&mut self, tx: &mut Tx<'_>, day: Day, towns: &HashMap<TownId, Text>) -> Result<()> {
        for mut row in tx.query(&store::ORGANISATIONS, params![day])? {
            let (id, code): (OrganisationId, Text) = (row.get(0)?, boxed(row.get(1)?));
            let town: Option<TownId> = row.get(6)?;
            let organisation = Organisation {
                code: code.clone(),
                kind: boxed(row.get(2)?),
                name: boxed(row.get(3)?),
                name_en: boxed(row.get(4)?),
                uscc: row.get::<Option<String>>(5)?.map(boxed),
                town: town.map(|town| code_of(towns, &town)),
                from: row.get(7)?,
                to: row.get(8)?,
            };
            self.organisations.insert(code, (id, organisation));
        }
        Ok(())
    }

    fn read_communities(
        &mut self,
        tx: &mut Tx<'_>,
        day: Day,
        towns: &HashMap<TownId, Text>,
        grids: &HashMap<GridId, Text>,
    ) -> Result<()> {
        let mut entries: HashMap<CommunityId, (Day, String)> = HashMap::new();
        for mut row in tx.query(&store::ENTRIES, params![day])? {
            entries.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        }
        for mut row in tx.query(&store::COMMUNITIES, params![day])? {
            let (id, code): (CommunityId, Text) = (row.get(0)?, boxed(row.get(1)?));
            let grid: Option<GridId> = row.get(9)?;
            let place: (Option<i64>, Option<i64>) = (row.get(11)?, row.get(12)?);
            let entry = entries.remove(&id);
            let community = Community {
                code: code.clone(),
                simulated: row.get(2)?,
                name: boxed(row.get(3)?),
                name_en: boxed(row.get(4)?),
                kind: boxed(row.get(5)?),
                label: boxed(row.get(6)?),
                right: boxed(row.get(7)?),
                town: code_of(towns, &row.get(8)?),
                grid: grid.map(|grid| code_of(grids, &grid)),
                address: boxed(row.get(10)?),
                place: place.0.zip(place.1),
                opened_on: row.get(13)?,
                planned: row.get(14)?,
                planned_on: row.get(15)?,
                from: entry.as_ref().map(|(day, _)| *day),
                reason: boxed(entry.map(|(_, reason)| reason).unwrap_or_default()),
            };
            self.communities.insert(code, (id, community, row.get(16)?));
        }
        Ok(())
    }

    fn read_histories(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        for mut row in tx.query(&store::MODES, &[])? {
            self.modes.entry(row.get(1)?).or_default().push(KnownMode {
                id: row.get(0)?,
                mode: boxed(row.get(2)?),
                organisation: row.get(3)?,
                document: boxed(row.get(4)?),
                from: row.get(5)?,
                to: row.get(6)?,
            });
        }
        for mut row in tx.query(&store::REMITS, &[])? {
            self.remits.entry(row.get(1)?).or_default().push(KnownRemit {
                id: row.get(0)?,
                organisation: row.get(2)?,
                remit: boxed(row.get(3)?),
                from: row.get(4)?,
                to: row.get(5)?,
            });
        }
        for mut row in tx.query(&store::SOURCES, &[])? {
            let community: CommunityId = row.get(0)?;
            let source = (boxed(row.get(1)?), boxed(row.get(2)?));
            self.sourced.insert(source.clone(), community);
            self.sources.entry(community).or_default().push(source);
        }
        for mut row in tx.query(&store::BUILDINGS, &[])? {
            let building = Building {
                community: Text::default(),
                number: boxed(row.get(2)?),
                floors: row.get(3)?,
                from: row.get(4)?,
                to: row.get(5)?,
            };
            self.buildings.entry(row.get(1)?).or_default().push((row.get(0)?, building));
        }
        for mut row in tx.query(&store::LEASES, &[])? {
            self.leases.insert((row.get(1)?, row.get(2)?), row.get(0)?);
        }
        Ok(())
    }

    /// Was this code given to something of this kind that is not there on the day?
    pub(super) fn is_given(&self, kind: &str, code: &str) -> bool {
        self.given.contains(&(Text::from(code), Text::from(kind)))
    }

    /// The code of an organisation.
    pub(super) fn organisation_code(&self, id: OrganisationId) -> Option<&str> {
        self.organisations.iter().find(|(_, (known, _))| *known == id).map(|(code, _)| &**code)
    }

    /// The codes of towns with this name.
    pub(super) fn towns_named(&self, name: &str) -> Vec<&str> {
        let mut codes: Vec<&str> = self
            .towns
            .values()
            .filter(|(_, town, _)| &*town.name == name)
            .map(|(_, town, _)| &*town.code)
            .collect();
        codes.sort_unstable();
        codes
    }

    /// Is this pseudonym one of the district's?
    pub(super) fn has_person(&mut self, tx: &mut Tx<'_>, person: Uuid) -> Result<bool> {
        if self.persons.is_none() {
            let rows = tx.query(&store::PERSONS, &[])?;
            self.persons = Some(rows.into_iter().map(|mut row| row.get(0)).collect::<Result<_, _>>()?);
        }
        Ok(self.persons.as_ref().is_some_and(|persons| persons.contains(&person)))
    }
}
