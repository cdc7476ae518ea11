//! Reading the audit: the security-audit administrator reads everything, everyone reads what concerns them.

use base::{Day, Instant};
use db::{ListQuery, Row, Tx, Value, params};

use super::{Action, authorise, store};
use crate::kit::{AccountId, Actor, AuditId, PersonId, Result, Scope};

/// A row of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The row.
    pub id: AuditId,
    /// Its number in the chain; `None` for rows from before it.
    pub number: Option<i64>,
    /// When.
    pub at: Instant,
    /// The login of who did it; `None` for the program, and for who was not signed in.
    pub login: Option<String>,
    /// As what.
    pub role: String,
    /// What: the name of an [`Action`].
    pub action: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// How many things.
    pub objects: i64,
    /// The ids of the first of them.
    pub ids: String,
    /// The names of the fields.
    pub fields: String,
}

/// What a reader of the audit asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// By whom: a login, whole.
    pub login: Option<String>,
    /// What was done.
    pub action: Option<&'static str>,
    /// Refused ones only, or done ones only.
    pub outcome: Option<&'static str>,
    /// From this day on.
    pub from: Option<Day>,
    /// Up to this day.
    pub to: Option<Day>,
    /// Go on after this row.
    pub after: Option<(Instant, AuditId)>,
}

/// Rows of the audit, the latest first, at most so many, and whether there are more.
pub fn audit_log(
    tx: &mut Tx<'_>,
    actor: &Actor,
    asked: &Asked,
    limit: Option<i64>,
) -> Result<(Vec<Logged>, bool)> {
    authorise(actor, Action::AuditRead, Scope::District)?;
    let list = &store::AUDIT_LOG;
    let filter = |name: &str, value: Option<Value>| Some((list.filter(name)?, value?));
    let midnight = |day: Day| Value::from(Instant::at(day, 0, 0));
    let filters = [
        filter("login", asked.login.as_deref().map(|login| super::accounts::folded(login).into())),
        filter("action", asked.action.map(Value::from)),
        filter("outcome", asked.outcome.map(Value::from)),
        filter("from", asked.from.map(midnight)),
        filter("before", asked.to.map(|day| midnight(day + 1))),
    ];
    let query = ListQuery {
        filters: filters.into_iter().flatten().collect(),
        descending: true,
        after: asked.after.map(|(at, id)| (at.into(), id.into())),
        limit,
        ..ListQuery::default()
    };
    let mut page = list.page(tx, &query)?;
    Ok((page.rows.iter_mut().map(logged).collect::<Result<_>>()?, page.more))
}

fn logged(row: &mut Row) -> Result<Logged> {
    Ok(Logged {
        id: row.get(0)?,
        at: row.get(1)?,
        role: row.get(2)?,
        action: row.get(3)?,
        outcome: row.get(4)?,
        objects: row.get(5)?,
        ids: row.get(6)?,
        fields: row.get(7)?,
        login: row.get(8)?,
        number: row.get(9)?,
    })
}

/// A reading or a change of what is known of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutMe {
    /// When.
    pub at: Instant,
    /// As what it was done: who it was is not told, their unit is.
    pub role: String,
    /// The part of the district they were in charge of: the names of a town, a grid, a community, as far as there are.
    pub place: Option<(String, String)>,
    /// What: the name of an [`Action`].
    pub action: String,
    /// The names of the fields.
    pub fields: String,
}

/// Who read or changed what of a person, the latest first, at most so many. Everyone may ask it of themselves. The unit is
/// that of the role on the day of the reading, in Shanghai's time; the first of several.
pub fn about(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<AboutMe>> {
    let mut rows = tx.query(&store::ABOUT, params![person, limit])?;
    rows.iter_mut()
        .map(|row| {
            let names: (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
            Ok(AboutMe {
                at: row.get(0)?,
                role: row.get(1)?,
                action: row.get(2)?,
                fields: row.get(3)?,
                place: match names {
                    (Some(name), Some(name_en)) => Some((name, name_en)),
                    _ => None,
                },
            })
        })
        .collect()
}

/// What an account itself did of late, the latest first, at most so many.
pub fn own_log(tx: &mut Tx<'_>, account: AccountId, limit: i64) -> Result<Vec<Logged>> {
    tx.query(&store::OWN_LOG, params![account, limit])?.iter_mut().map(logged).collect()
}
