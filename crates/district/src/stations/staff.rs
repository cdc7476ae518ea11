//! Who works at a station: its posts, who holds them, and the weekly rotas of its points.

use std::collections::BTreeSet;

use base::Day;
use db::{Tx, Value, params};

use super::{LONGEST_NAME, audit, rules, scope, standing, store};
use crate::kit::{
    Call, Error, HolderId, PersonId, PointId, PostId, Refusal, Result, RotaId, Scope, StationId,
};
use crate::people::Action;
use crate::people::may_take_personal_data;
use crate::people::vault::{AddPerson, Vault, seal_persons};

/// A new post of a station.
#[derive(Debug, Clone)]
pub struct AddPost {
    /// The new post.
    pub id: PostId,
    /// The station.
    pub station: StationId,
    /// `community_worker`, `social_worker`.
    pub title: String,
    /// From this day.
    pub from: Day,
}

/// What a post can be: salaried by the town, or sent by a social organisation.
pub const TITLES: [&str; 2] = ["community_worker", "social_worker"];

/// Adds posts.
pub fn add_posts(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddPost]) -> Result<()> {
    for command in commands {
        let state = standing(tx, &store::STATION_SCOPE, command.station.uuid(), "station")?;
        call.authorise(Action::StationWrite, state.scope)?;
        if !TITLES.contains(&command.title.as_str()) {
            return Err(Refusal::new("stations-refused-title").at("title").into());
        }
        if state.closed_on.is_some_and(|closed| closed <= command.from) {
            return Err(Refusal::new("stations-refused-closed-by-then").at("from").into());
        }
    }
    let row = |c: &AddPost| -> [Value; 5] {
        [c.id.into(), c.station.into(), c.title.as_str().into(), c.from.into(), Value::Null]
    };
    tx.bulk(&store::ADD_POSTS, commands.iter().map(row))?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "post")
}

/// From a day on, a post is held by a person, or vacant.
#[derive(Debug, Clone, Copy)]
pub struct Fill {
    /// The post.
    pub post: PostId,
    /// Who; `None` for a vacancy.
    pub person: Option<PersonId>,
    /// From this day.
    pub from: Day,
}

/// Fills posts, or leaves them vacant; what was said for later days is replaced.
pub fn fill_posts(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[Fill]) -> Result<()> {
    for command in commands {
        post_in_force(tx, call, command.post, command.from)?;
    }
    write_holders(tx, call, commands)?;
    audit(tx, call, commands.iter().map(|c| c.post.uuid()), "holder")
}

/// Writes who holds posts instead of whoever did from the same day on.
fn write_holders(tx: &mut Tx<'_>, call: &mut Call<'_>, fills: &[Fill]) -> Result<()> {
    let mut rows: Vec<[Value; 5]> = Vec::with_capacity(fills.len());
    for Fill { post, person, from } in fills {
        tx.execute(&store::DROP_HOLDER, params![*post, *from])?;
        tx.execute(&store::END_HOLDER, params![*post, *from])?;
        if let Some(person) = person {
            let id: HolderId = call.id();
            rows.push([id.into(), (*post).into(), (*person).into(), (*from).into(), Value::Null]);
        }
    }
    tx.bulk(&store::ADD_HOLDERS, rows)?;
    Ok(())
}

/// The post, if the caller may write it and it is there on the day.
fn post_in_force(tx: &mut Tx<'_>, call: &Call<'_>, post: PostId, day: Day) -> Result<()> {
    let post = post_standing(tx, post)?;
    call.authorise(Action::StationWrite, post.scope)?;
    if day < post.from || post.to.is_some_and(|to| to <= day) {
        return Err(Refusal::new("stations-refused-post-not-there")
            .with("from", post.from)
            .at("from")
            .into());
    }
    Ok(())
}

/// Where a post belongs, and when it is there.
struct PostStanding {
    scope: Scope,
    from: Day,
    to: Option<Day>,
    station: StationId,
}

fn post_standing(tx: &mut Tx<'_>, post: PostId) -> Result<PostStanding> {
    let mut row = tx.find(&store::POST_SCOPE, params![post])?.ok_or(Error::Absent("post"))?;
    Ok(PostStanding {
        scope: scope(row.get(0)?, row.get(1)?),
        from: row.get(2)?,
        to: row.get(3)?,
        station: row.get(4)?,
    })
}

/// From a day on, a post is held by somebody whom the vault does not know yet.
#[derive(Debug, Clone)]
pub struct Hold {
    /// The post.
    pub post: PostId,
    /// Who; the name and the telephone go into the vault and nowhere else.
    pub person: AddPerson,
    /// From this day.
    pub from: Day,
}

/// Takes the holders of posts into the vault and lets them hold their posts from a day on; what was said for later days
/// is replaced.
pub fn hold_posts(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, commands: &[Hold]) -> Result<()> {
    may_take_personal_data(tx, call.today())?;
    let mut persons = Vec::with_capacity(commands.len());
    for command in commands {
        post_in_force(tx, call, command.post, command.from)?;
        let name = command.person.name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Refusal::new("stations-refused-name").with("most", LONGEST_NAME).at("name").into());
        }
        let telephone = rules::telephone(command.person.telephone.as_deref().unwrap_or_default())
            .ok_or_else(|| Refusal::new("stations-refused-telephone").at("telephone"))?;
        persons.push(AddPerson {
            name: name.to_owned(),
            telephone: Some(telephone).filter(|telephone| !telephone.is_empty()),
            ..command.person.clone()
        });
    }
    seal_persons(tx, call, vault, &persons)?;
    let fills = commands.iter().map(|c| Fill { post: c.post, person: Some(c.person.id), from: c.from });
    write_holders(tx, call, &fills.collect::<Vec<_>>())?;
    audit(tx, call, commands.iter().map(|c| c.post.uuid()), "holder name telephone")
}

/// A post that is there no more from a day on.
#[derive(Debug, Clone, Copy)]
pub struct EndPost {
    /// The post.
    pub post: PostId,
    /// The first day without it. The day it began: it never was.
    pub from: Day,
}

/// Ends posts, and with them whoever holds them; in the rotas the door stays open, with nobody there.
pub fn end_posts(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[EndPost]) -> Result<()> {
    for command in commands {
        let post = post_standing(tx, command.post)?;
        call.authorise(Action::StationWrite, post.scope)?;
        if command.from < post.from {
            return Err(Refusal::new("stations-refused-post-not-there")
                .with("from", post.from)
                .at("from")
                .into());
        }
        if tx.execute(&store::END_POST, params![command.post, command.from])? == 0 {
            return Err(Refusal::new("stations-refused-post-ended").at("from").into());
        }
        tx.execute(&store::DROP_HOLDER, params![command.post, command.from])?;
        tx.execute(&store::END_HOLDER, params![command.post, command.from])?;
    }
    audit(tx, call, commands.iter().map(|c| c.post.uuid()), "post holder")
}

/// A line of a rota: weekday 1–7, minutes of the day, the post on duty.
#[derive(Debug, Clone, Copy)]
pub struct RotaLine {
    /// 1 = Monday … 7 = Sunday.
    pub weekday: i64,
    /// Minutes after midnight.
    pub from_minute: i64,
    /// Minutes after midnight, after `from_minute`.
    pub to_minute: i64,
    /// Who is on duty; `None` for an open door alone.
    pub post: Option<PostId>,
}

/// The whole rota of a point from a day on.
#[derive(Debug, Clone)]
pub struct SetRota {
    /// The point.
    pub point: PointId,
    /// From this day.
    pub from: Day,
    /// Its lines; none closes the door.
    pub lines: Vec<RotaLine>,
}

/// Sets rotas; what was said for later days is replaced.
pub fn set_rotas(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[SetRota]) -> Result<()> {
    let mut rows: Vec<[Value; 8]> = Vec::new();
    for command in commands {
        let mut row = tx.find(&store::POINT_SCOPE, params![command.point])?.ok_or(Error::Absent("point"))?;
        call.authorise(Action::StationWrite, scope(row.get(0)?, row.get(1)?))?;
        let closed: Option<Day> = row.get(4)?;
        if closed.is_some_and(|closed| closed <= command.from) {
            return Err(Refusal::new("stations-refused-closed-by-then").at("from").into());
        }
        let posts: BTreeSet<PostId> = command.lines.iter().filter_map(|line| line.post).collect();
        let station: StationId = row.get(5)?;
        for post in posts {
            // Nobody of another station is put on duty here.
            if post_standing(tx, post)?.station != station {
                return Err(Error::Absent("post"));
            }
        }
        tx.execute(&store::DROP_ROTA, params![command.point, command.from])?;
        tx.execute(&store::END_ROTA, params![command.point, command.from])?;
        for line in &command.lines {
            let sound = (1..=7).contains(&line.weekday)
                && 0 <= line.from_minute
                && line.from_minute < line.to_minute
                && line.to_minute <= 1440;
            if !sound {
                return Err(Refusal::new("stations-refused-rota").at("rota").into());
            }
            let id: RotaId = call.id();
            rows.push([
                id.into(),
                command.point.into(),
                line.weekday.into(),
                line.from_minute.into(),
                line.to_minute.into(),
                line.post.into(),
                command.from.into(),
                Value::Null,
            ]);
        }
    }
    tx.bulk(&store::ADD_ROTA, rows)?;
    audit(tx, call, commands.iter().map(|c| c.point.uuid()), "rota")
}
