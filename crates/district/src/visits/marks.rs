//! Households that are visited more often because they agreed, or at once because something happened. A mark belongs to the
//! household, ends with it, and says no more than that: what happened is nobody's business.

use base::Day;
use db::{Tx, Value, params};

use super::rules::Mark;
use super::{scope_of, store};
use crate::Memory;
use crate::kit::{Call, CommunityId, Entry, Error, MarkId, Refusal, Result, TenancyId, record};
use crate::people::Action;
use crate::register;

/// A mark that is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetMark {
    /// The new mark.
    pub id: MarkId,
    /// The household.
    pub household: TenancyId,
    /// Which.
    pub kind: Mark,
    /// Did the household agree to be visited more often?
    pub agreed: bool,
    /// From this day.
    pub from: Day,
}

/// Marks households.
pub fn set_mark(tx: &mut Tx<'_>, call: &mut Call<'_>, memory: &Memory, commands: &[SetMark]) -> Result<()> {
    let mut rows = Vec::with_capacity(commands.len());
    for command in commands {
        let home = register::household(tx, command.household)?.ok_or(Error::Absent("household"))?;
        call.authorise(Action::VisitWrite, scope_of(tx, memory, home.community, call.today())?)?;
        if !home.is_there(command.from) {
            return Err(Refusal::new("visits-refused-moved").at("from").into());
        }
        if command.kind == Mark::Priority && !command.agreed {
            return Err(Refusal::new("visits-refused-not-agreed").at("agreed").into());
        }
        let standing = tx.query(&store::MARKS_OF, params![command.household, command.from])?;
        for mut row in standing {
            if row.get::<String>(1)? == command.kind.as_str() && command.kind == Mark::Priority {
                return Err(Refusal::new("visits-refused-marked").at("kind").into());
            }
        }
        rows.push([
            Value::from(command.id),
            command.household.into(),
            home.community.into(),
            command.kind.as_str().into(),
            command.from.into(),
            home.to.into(),
            call.actor.account.into(),
        ]);
    }
    tx.bulk(&store::ADD_MARKS, rows)?;
    let ids: Vec<_> = commands.iter().map(|it| it.id.uuid()).collect();
    record(tx, call, Entry { action: Action::VisitWrite, objects: &ids, fields: "mark" })
}

/// A mark ends today: the household does not want it any longer, or it is over.
pub fn end_mark(tx: &mut Tx<'_>, call: &mut Call<'_>, memory: &Memory, id: MarkId) -> Result<()> {
    let mut row = tx.find(&store::MARK, params![id])?.ok_or(Error::Absent("mark"))?;
    let community: CommunityId = row.get(1)?;
    call.authorise(Action::VisitWrite, scope_of(tx, memory, community, call.today())?)?;
    let dropped = tx.execute(&store::DROP_MARK, params![id, call.today()])?;
    if dropped == 0 && tx.execute(&store::END_MARK, params![id, call.today()])? == 0 {
        return Err(Refusal::new("visits-refused-mark-ended").into());
    }
    record(tx, call, Entry { action: Action::VisitWrite, objects: &[id.uuid()], fields: "mark valid_to" })
}

/// Did a household agree to be visited more often, on a day?
pub(super) fn is_priority(tx: &mut Tx<'_>, household: TenancyId, day: Day) -> Result<bool> {
    for mut row in tx.query(&store::MARKS_OF, params![household, day])? {
        if row.get::<String>(1)? == Mark::Priority.as_str() {
            return Ok(true);
        }
    }
    Ok(false)
}
