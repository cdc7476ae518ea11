//! Taking matters in: from a resident without an account, a worker, the telephone, a sheet of the hotline.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

use base::{Calendar, Instant, Uuid};
use db::{Tx, Value, params};

use super::life::{Life, Step};
use super::terms::Terms;
use super::told::{self, Told};
use super::{Category, Recorded, Rule, about_words, store, tree};
use crate::coverage::{self, Tell};
use crate::kit::{
    BuildingId, Call, CommunityId, Entry, MatterId, PersonId, Refusal, Result, Scope, TenancyId, count_up_by,
    named, record_about,
};
use crate::people::vault::{AddPerson, Vault, may_seal, seal_persons};
use crate::people::{Action, is_begun, may};
use crate::{register, stations};

/// The longest text of a matter, in characters: a long page.
pub const LONGEST_WORDS: usize = 2_000;
/// The longest place, in characters: “3 号楼 2 单元门口的信报箱旁边”, four times.
pub const LONGEST_PLACE: usize = 80;
/// The longest name of whoever asks, in characters.
const LONGEST_NAME: usize = 80;

named! {
    /// Where a matter comes from.
    Source {
        /// Whoever asks, by themselves.
        Resident = "resident",
        /// A worker has found it. Counted apart: who finds more must not look worse.
        Worker = "worker",
        /// Whoever asks has called the station.
        Telephone = "telephone",
        /// The city's hotline 12345.
        Hotline = "hotline",
        /// A program that speaks Open311.
        Open311 = "open311",
    }
}

impl Source {
    /// What it takes to send it; `None`: anyone may, without an account. A program sends as anyone does, but says by its key
    /// whose it is: the standard asks for one, and whoever floods the district can be told to stop.
    const fn action(self) -> Option<Action> {
        match self {
            Self::Resident => None,
            Self::Open311 => Some(Action::MatterReport),
            Self::Worker | Self::Telephone | Self::Hotline => Some(Action::MatterHandle),
        }
    }
}

/// Who asks, as far as they say so.
#[derive(Clone)]
pub enum Reporter {
    /// A person who is known: the resident of an account.
    Known(PersonId),
    /// A name and a telephone, for the vault.
    Told {
        /// The pseudonym.
        id: PersonId,
        /// What to call them.
        name: String,
        /// Where to reach them; empty: nowhere.
        telephone: String,
    },
}

/// Says the pseudonym only: no name may reach a log.
impl std::fmt::Debug for Reporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Reporter").field(&self.person()).finish()
    }
}

impl Reporter {
    const fn person(&self) -> PersonId {
        match self {
            Self::Known(id) | Self::Told { id, .. } => *id,
        }
    }
}

/// A matter that comes in.
#[derive(Debug, Clone)]
pub struct Receive {
    /// Its id.
    pub id: MatterId,
    /// Where it comes from.
    pub source: Source,
    /// The number it has there.
    pub foreign_number: Option<String>,
    /// The community.
    pub community: CommunityId,
    /// The building.
    pub building: Option<BuildingId>,
    /// Where in it: “2 层电梯口”.
    pub place: String,
    /// The code of a leaf of the tree.
    pub category: String,
    /// What is asked for.
    pub words: String,
    /// Who asks; `None`: anonymous.
    pub reporter: Option<Reporter>,
    /// Their household, if it is known; of a known person it is looked up.
    pub tenancy: Option<TenancyId>,
    /// May the operator see who it is?
    pub shown: bool,
    /// The hash of the key in the reporter's own address.
    pub secret: Option<[u8; 32]>,
    /// When, if not now: what was written down, or came by a sheet.
    pub at: Option<Instant>,
}

/// A matter that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub id: MatterId,
    /// Its code, by which everyone may ask for it.
    pub code: String,
}

/// Takes matters in, all or none.
///
/// # Errors
/// `matters-refused-…` names what is wrong, at its field.
pub fn receive(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (vault, calendar): (&Vault, &Calendar),
    commands: &[Receive],
) -> Result<Vec<Received>> {
    let handled = commands.iter().any(|it| it.source.action() == Some(Action::MatterHandle));
    let action = if handled { Action::MatterHandle } else { Action::MatterReport };
    call.tries(action, commands.first().map(|it| it.community.uuid()));
    // What anybody wants of a district says something of them: one without its administrators takes in nothing at all.
    if !is_begun(tx, call.today())? {
        return Err(Refusal::new("matters-refused-not-begun").into());
    }
    may_seal(tx, vault, call.today())?;
    let mut permitted: HashSet<CommunityId> = HashSet::new();
    for command in commands {
        match command.source.action() {
            Some(Action::MatterReport) => call.authorise(Action::MatterReport, call.actor.scope())?,
            Some(action)
                if !may(call.actor, action, Scope::District) && permitted.insert(command.community) =>
            {
                let scope = register::scope_of(tx, command.community, call.today())?;
                call.authorise(action, scope)?;
            }
            _ => {}
        }
    }
    let rules = commands.iter().map(|command| check(call, command)).collect::<Result<Vec<_>>>()?;
    check_numbers(tx, commands)?;
    check_buildings(tx, call, commands)?;
    let codes = codes(tx, call, commands)?;
    add_reporters(tx, call, vault, commands)?;
    let terms = Terms::new(calendar);
    let mut rows: Vec<[Value; 29]> = Vec::with_capacity(commands.len());
    let mut steps: Vec<[Value; 10]> = Vec::with_capacity(commands.len());
    let mut reached: Vec<Tell> = Vec::new();
    let mut came_in: Vec<Told> = Vec::with_capacity(commands.len());
    for ((command, code), (_, rule)) in commands.iter().zip(&codes).zip(rules) {
        let at = command.at.unwrap_or(call.now);
        let life = Life::begin(rule.holder, rule.term_days, at, terms);
        came_in.extend(told::of_step(Step::Receive, &life, None).into_iter().map(|(kind, to)| Told {
            kind,
            matter: command.id,
            code: code.clone(),
            community: command.community,
            to,
        }));
        let tenancy = household(tx, call, command)?;
        reached.extend(tenancy.map(|it| Tell::due(it, command.id.uuid(), at.day(), life.overdue_from())));
        rows.push(row(call, vault, (command, tenancy), code, &life)?);
        let first = Recorded {
            matter: command.id,
            number: 0,
            at,
            step: Step::Receive,
            role: call.actor.role().as_str(),
            account: call.actor.account,
            holder: rule.holder,
            until: None,
            note: None,
        };
        steps.push(first.row());
    }
    tx.bulk(&store::ADD, &rows)?;
    tx.bulk(&store::ADD_STEPS, &steps)?;
    coverage::tell(tx, &reached)?;
    told::tell(tx, call, &came_in)?;
    let ids: Vec<Uuid> = commands.iter().map(|command| command.id.uuid()).collect();
    let persons: Vec<PersonId> =
        commands.iter().filter_map(|command| command.reporter.as_ref().map(Reporter::person)).collect();
    record_about(tx, call, Entry { action, objects: &ids, fields: "matter words reporter" }, &persons)?;
    let made = commands.iter().zip(codes).map(|(command, code)| Received { id: command.id, code });
    Ok(made.collect())
}

fn check(call: &Call<'_>, command: &Receive) -> Result<(&'static Category, Rule)> {
    let leaf = tree().get(&command.category).and_then(|node| Some((node, node.rule()?)));
    let Some(leaf) = leaf else {
        return Err(Refusal::new("matters-refused-category").at("category").into());
    };
    let words = command.words.trim().chars().count();
    if words == 0 || words > LONGEST_WORDS {
        return Err(Refusal::new("matters-refused-words").with("most", LONGEST_WORDS).at("words").into());
    }
    if command.place.chars().count() > LONGEST_PLACE {
        return Err(Refusal::new("matters-refused-place").with("most", LONGEST_PLACE).at("place").into());
    }
    if command.at.is_some_and(|at| at > call.now) {
        return Err(Refusal::new("matters-refused-later").at("at").into());
    }
    if let Some(Reporter::Told { name, telephone, .. }) = &command.reporter {
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Refusal::new("matters-refused-name").with("most", LONGEST_NAME).at("name").into());
        }
        if stations::rules::telephone(telephone).is_none() {
            return Err(Refusal::new("stations-refused-telephone").at("telephone").into());
        }
    }
    Ok(leaf)
}

/// Each number of another system once: in the batch, and in the district.
fn check_numbers(tx: &mut Tx<'_>, commands: &[Receive]) -> Result<()> {
    let mut seen = HashSet::new();
    for number in commands.iter().filter_map(|it| it.foreign_number.as_deref()) {
        let taken = !seen.insert(number) || tx.find(&store::BY_FOREIGN, params![number])?.is_some();
        if taken {
            return Err(Refusal::new("matters-refused-number-taken").with("number", number).into());
        }
    }
    Ok(())
}

/// Each building is one of its community.
fn check_buildings(tx: &mut Tx<'_>, call: &Call<'_>, commands: &[Receive]) -> Result<()> {
    let mut known: HashMap<CommunityId, Vec<BuildingId>> = HashMap::new();
    for command in commands {
        let Some(building) = command.building else { continue };
        let there = match known.entry(command.community) {
            Slot::Occupied(known) => known.into_mut(),
            Slot::Vacant(place) => {
                let day = command.at.unwrap_or(call.now).day();
                let all = register::buildings(tx, command.community, day)?;
                place.insert(all.into_iter().map(|it| it.id).collect())
            }
        };
        if !there.contains(&building) {
            return Err(Refusal::new("matters-refused-building").at("building").into());
        }
    }
    Ok(())
}

/// A code for each: the year it came in, and the next numbers of that year.
fn codes(tx: &mut Tx<'_>, call: &Call<'_>, commands: &[Receive]) -> Result<Vec<String>> {
    let year = |command: &Receive| command.at.unwrap_or(call.now).day().ymd().0;
    let mut next: HashMap<i16, i64> = HashMap::new();
    for command in commands {
        *next.entry(year(command)).or_default() += 1;
    }
    for (year, count) in &mut next {
        let last = count_up_by(tx, &format!("matters-{year}"), *count)?;
        *count = last - *count;
    }
    let code = |command| {
        let year = year(command);
        let number = next.entry(year).or_default();
        *number += 1;
        format!("{year}-{number:06}")
    };
    Ok(commands.iter().map(code).collect())
}

fn add_reporters(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, commands: &[Receive]) -> Result<()> {
    let told = |command: &Receive| match &command.reporter {
        Some(Reporter::Told { id, name, telephone }) => Some(AddPerson {
            id: *id,
            name: name.clone(),
            telephone: stations::rules::telephone(telephone).filter(|number| !number.is_empty()),
            identity_number: None,
        }),
        _ => None,
    };
    let persons: Vec<AddPerson> = commands.iter().filter_map(told).collect();
    if persons.is_empty() { Ok(()) } else { seal_persons(tx, call, vault, &persons) }
}

/// The household of whoever asks: that in which a known person lives in the community.
fn household(tx: &mut Tx<'_>, call: &Call<'_>, command: &Receive) -> Result<Option<TenancyId>> {
    let (None, Some(Reporter::Known(person))) = (command.tenancy, &command.reporter) else {
        return Ok(command.tenancy);
    };
    let homes = register::homes_of(tx, *person, call.today())?;
    Ok(homes.iter().find(|home| home.community == command.community).map(|home| home.tenancy))
}

fn row(
    call: &mut Call<'_>,
    vault: &Vault,
    (command, tenancy): (&Receive, Option<TenancyId>),
    code: &str,
    life: &Life,
) -> Result<[Value; 29]> {
    let fresh: MatterId = call.id();
    let words = vault.seal_bytes(&about_words(command.id), command.words.trim().as_bytes(), fresh.uuid())?;
    Ok([
        command.id.into(),
        code.into(),
        command.source.as_str().into(),
        command.foreign_number.as_deref().into(),
        command.community.into(),
        command.building.into(),
        command.place.trim().into(),
        command.category.as_str().into(),
        words.into(),
        command.reporter.as_ref().map(Reporter::person).into(),
        tenancy.into(),
        command.shown.into(),
        command.secret.map(|hash| hash.to_vec()).into(),
        command.at.unwrap_or(call.now).into(),
        life.state.as_str().into(),
        life.holder.as_str().into(),
        life.joined.into(),
        life.term_days.into(),
        life.counts_from.into(),
        life.due.on.into(),
        life.due.provisional.into(),
        life.extended.into(),
        life.reminded.into(),
        life.late.into(),
        life.reopened.into(),
        life.call_back.into(),
        life.next_on.into(),
        life.stopped_days.into(),
        1_i64.into(),
    ])
}
