//! What people are told of matters. Whoever holds one is told by their role over its place; whoever asked, in the inbox of their
//! account. Many at once are told as one notice with their number, so that a sheet of the hotline fills no inbox.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use db::Tx;

use super::life::{Holder, Life, Step};
use crate::kit::{Call, CommunityId, MatterId, PersonId, Result, Role, Scope};
use crate::notices::{self, About, Kind, Notice, Thing, To};
use crate::register;

/// Something to tell of a matter.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub kind: Kind,
    pub matter: MatterId,
    pub code: String,
    pub community: CommunityId,
    pub to: Whom,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whom {
    /// Whoever holds matters of the place on a level.
    Level(Holder),
    /// Whoever asked, if they have an account.
    Reporter(PersonId),
    /// Nobody but programs.
    Nobody,
}

/// What is told when a step was taken: the kinds, each with who is told. `life` is the life after the step.
pub(super) fn of_step(step: Step, life: &Life, reporter: Option<PersonId>) -> Vec<(Kind, Whom)> {
    let holder = Whom::Level(life.holder);
    let asked = reporter.map_or(Whom::Nobody, Whom::Reporter);
    match step {
        Step::Receive => vec![(Kind::MatterReceived, holder)],
        Step::Assign(_) => vec![(Kind::MatterHandedOver, holder)],
        Step::Return(_) => vec![(Kind::MatterReturned, holder)],
        Step::Reopen | Step::CallBack { resolved: false, .. } => vec![(Kind::MatterReopened, holder)],
        Step::Remind => vec![(Kind::MatterReminded, holder)],
        Step::Join => {
            let joiner = (Kind::MatterJoined, Whom::Level(life.holder.up(life.joined)));
            // Who joins first does so because the term is over.
            if life.joined == 1 { vec![(Kind::MatterExpired, holder), joiner] } else { vec![joiner] }
        }
        Step::Answer => vec![(Kind::MatterAnswered, asked)],
        Step::Silence => vec![(Kind::MatterUnconfirmed, asked)],
        _ => Vec::new(),
    }
}

/// The role that holds matters on a level.
const fn role(holder: Holder) -> Role {
    match holder {
        Holder::Operator => Role::Operator,
        Holder::Station => Role::CommunityWorker,
        Holder::Grid => Role::GridLeader,
        Holder::Town => Role::TownOfficer,
        Holder::District => Role::DistrictOfficer,
    }
}

/// Notices that are one: of a kind, in a community, to somebody. Whoever asked is told of each matter by itself.
type Key = (Kind, CommunityId, Whom, Option<MatterId>);

/// Tells, in the transaction of what happened.
pub(super) fn tell(tx: &mut Tx<'_>, call: &mut Call<'_>, told: &[Told]) -> Result<()> {
    let mut together: BTreeMap<Key, (i64, &Told)> = BTreeMap::new();
    for it in told {
        let own = matches!(it.to, Whom::Reporter(_)).then_some(it.matter);
        together.entry((it.kind, it.community, it.to, own)).or_insert((0, it)).0 += 1;
    }
    let mut places: HashMap<CommunityId, (Scope, String)> = HashMap::new();
    let mut said = Vec::with_capacity(together.len());
    for ((kind, community, whom, _), (count, first)) in together {
        let to = match whom {
            Whom::Level(holder) => {
                let (scope, _) = place(tx, call, &mut places, community)?;
                vec![To::Role(role(holder), *scope)]
            }
            Whom::Reporter(person) => vec![To::Accounts(person)],
            Whom::Nobody => Vec::new(),
        };
        let about = match (count, whom) {
            (1, Whom::Reporter(_)) => About::one(Thing::OwnMatter, first.matter.uuid(), first.code.clone()),
            (1, _) => About::one(Thing::Matter, first.matter.uuid(), first.code.clone()),
            _ => {
                let code = place(tx, call, &mut places, community)?.1.clone();
                About { thing: Thing::Matters, id: Some(community.uuid()), code, count }
            }
        };
        said.push(Notice { kind, about, to });
    }
    notices::tell(tx, call, &said)
}

/// Where a community lies, and its code.
fn place<'a>(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    known: &'a mut HashMap<CommunityId, (Scope, String)>,
    community: CommunityId,
) -> Result<&'a (Scope, String)> {
    use std::collections::hash_map::Entry;
    Ok(match known.entry(community) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => {
            let scope = register::last_scope_of(tx, community, call.today())?;
            unknown.insert((scope, register::code_of(tx, community)?))
        }
    })
}
