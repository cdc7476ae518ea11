//! Stations for programs: who is open where and when, posts and who holds them, premises; and every step in their lives.

use base::Uuid;
use district::kit::{CommunityId, GridId, PointId, PostId, StationId};
use district::people::Action;
use district::people::vault::AddPerson;
use district::stations::{
    self as slice, AddPost, DescribeStation, EndPost, Fill, Hold, RotaLine, SetRota, rules,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::community::AsOf;
use super::operation::{Api, Nothing, once, once_made};
use super::premises;
use super::register::{OnDay, day};
use super::values::{Code, Date, Form, Place};
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let (read, write) = (Access::May(Action::StationRead), Access::May(Action::StationWrite));
    Api::of("api-group-stations")
        .list("/api/v1/stations", read, "stations", list)
        .get("/api/v1/stations/{station}", read, "station", show)
        .put("/api/v1/stations/{station}/description", write, "station-describe", describe)
        .post("/api/v1/stations/{station}/posts", write, "post-add", add_post)
        .put("/api/v1/posts/{post}/holder", write, "post-hold", hold)
        .act("/api/v1/posts/{post}/vacancies", write, "post-vacate", vacate)
        .act("/api/v1/posts/{post}/end", write, "post-end", end_post)
        .put("/api/v1/points/{point}/rota", write, "rota-set", set_rota)
        .list("/api/v1/premises", read, "premises", premises::list)
        .post("/api/v1/premises", write, "premises-add", premises::add)
        .act("/api/v1/premises/{premises}/end", write, "premises-end", premises::end)
}

/// A station in the list.
#[derive(Debug, Serialize, ToSchema)]
struct StationRow {
    /// The station.
    #[serde(flatten)]
    station: Station,
    /// Its points, planned or open.
    point_count: usize,
    /// Of these, points that are open.
    open_point_count: usize,
    /// Where its host lies.
    position: Option<Place>,
}

/// A station (社工站).
#[derive(Debug, Serialize, ToSchema)]
struct Station {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// Its name in English; empty where there is none.
    name_en: String,
    /// Standalone or joint.
    form: Form,
    /// Its town.
    town: Uuid,
    /// Its grid; a joint station has one.
    grid: Option<Uuid>,
    /// The telephone of the station, not of a person; empty where there is none yet.
    telephone: String,
    /// Since when it is planned.
    planned_on: Date,
    /// The day it opened or opens.
    opened_on: Option<Date>,
    /// The day it closed or closes.
    closed_on: Option<Date>,
    /// Is it open on the day?
    open: bool,
    /// Posts on the day.
    post_count: i64,
    /// Of these, posts that have a holder.
    in_post: i64,
}

fn station_of(it: slice::Station, day: base::Day) -> Station {
    Station {
        open: it.is_open(day),
        id: it.id.uuid(),
        name: it.name,
        name_en: it.name_en,
        form: Code(it.form),
        town: it.town.uuid(),
        grid: it.grid.map(GridId::uuid),
        telephone: it.telephone,
        planned_on: it.planned_on.into(),
        opened_on: it.opened_on.map(Date),
        closed_on: it.closed_on.map(Date),
        post_count: it.posts,
        in_post: it.in_post,
    }
}

/// GET `/api/v1/stations`: those that the reader may read.
fn list(s: &Shell, _: Nothing, asked: OnDay) -> Result<Page<StationRow>, Fault> {
    let day = day(s, asked.on);
    let listed = s.state.read(|tx| slice::list(tx, &s.actor, &s.state.memory, day))?;
    let page = Page::cut(listed, asked.after.as_ref(), asked.limit, |it| it.station.id.uuid())?;
    Ok(page.map(|it| StationRow {
        station: station_of(it.station, day),
        point_count: it.points,
        open_point_count: it.open_points,
        position: it.position.map(Place::from),
    }))
}

/// A station.
#[derive(Debug, Deserialize, IntoParams)]
struct OfStation {
    /// Its id.
    station: Uuid,
}

/// A station with its points, their week, its posts, whom it serves.
#[derive(Debug, Serialize, ToSchema)]
struct StationSheet {
    /// The station.
    #[serde(flatten)]
    station: Station,
    /// Its points, the host first.
    points: Vec<Point>,
    /// Its posts: those of the day and those to come.
    posts: Vec<Post>,
    /// Whom it serves, and at which point.
    serves: Vec<Serves>,
}

/// A point (点位).
#[derive(Debug, Serialize, ToSchema)]
struct Point {
    /// Its id.
    id: Uuid,
    /// Is it the station's host?
    host: bool,
    /// The community it lies in; null where it lies in other premises.
    community: Option<Uuid>,
    /// The premises it lies in; null where it lies in a community.
    premises: Option<Uuid>,
    /// The words people find it by.
    words: String,
    /// Where it is.
    position: Place,
    /// Since when it is planned.
    planned_on: Date,
    /// The day it opened or opens.
    opened_on: Option<Date>,
    /// The day it closed or closes.
    closed_on: Option<Date>,
    /// Is it open on the day?
    open: bool,
    /// Minutes a week that its door is open.
    open_minutes: i64,
    /// Minutes a week that somebody is there.
    staffed_minutes: i64,
    /// The rota in force.
    rota: Vec<OnDuty>,
    /// The day from which another rota is in force.
    changes_on: Option<Date>,
}

/// A time of the week at a point.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Shift {
    /// 1 = Monday … 7 = Sunday.
    weekday: i64,
    /// Minutes after midnight.
    from_minute: i64,
    /// Minutes after midnight.
    to_minute: i64,
    /// Is somebody there?
    staffed: bool,
}

impl From<rules::Shift> for Shift {
    fn from(it: rules::Shift) -> Self {
        Self { weekday: it.weekday, from_minute: it.from, to_minute: it.to, staffed: it.staffed }
    }
}

/// A line of a rota.
#[derive(Debug, Serialize, ToSchema)]
struct OnDuty {
    /// When.
    #[serde(flatten)]
    shift: Shift,
    /// The post on duty; null for an open door alone.
    post: Option<Uuid>,
}

/// A post (岗位).
#[derive(Debug, Serialize, ToSchema)]
struct Post {
    /// Its id.
    id: Uuid,
    /// What people call it by: the first post of a station is 1.
    number: usize,
    /// `community_worker` or `social_worker`.
    title: String,
    /// From this day.
    from: Date,
    /// The first day without it.
    to: Option<Date>,
    /// Who holds it on the day; null for a vacancy.
    holder: Option<Holder>,
}

/// Who holds a post, as far as the reader may know: names and telephones are masked, and for whoever may change posts.
#[derive(Debug, Serialize, ToSchema)]
struct Holder {
    /// Since when.
    since: Date,
    /// The name, masked.
    name: Option<String>,
    /// The telephone, masked.
    telephone: Option<String>,
}

/// A community that is served.
#[derive(Debug, Serialize, ToSchema)]
struct Serves {
    /// The community.
    community: Uuid,
    /// The point.
    point: Uuid,
}

/// GET `/api/v1/stations/{station}`.
fn show(s: &Shell, at: OfStation, asked: AsOf) -> Result<StationSheet, Fault> {
    let (id, day) = (StationId::from_uuid(at.station), day(s, asked.on));
    // Without the key of the vault everything is shown but names.
    let vault = s.state.vault().ok();
    let sheet = s.state.read(|tx| slice::sheet(tx, &s.actor, &s.state.memory, vault, id, day))?;
    let serves = |(community, point): (CommunityId, PointId)| Serves {
        community: community.uuid(),
        point: point.uuid(),
    };
    Ok(StationSheet {
        station: station_of(sheet.station, day),
        points: sheet.points.into_iter().map(|at| point_of(at, day)).collect(),
        posts: sheet.posts.into_iter().map(post_of).collect(),
        serves: sheet.serves.into_iter().map(serves).collect(),
    })
}

fn point_of(at: slice::AtPoint, day: base::Day) -> Point {
    let slice::AtPoint { point, lines, week, changes_on } = at;
    let (community, premises) = match point.place {
        slice::Place::Community(id) => (Some(id.uuid()), None),
        slice::Place::Premises(id) => (None, Some(id.uuid())),
    };
    let line = |it: slice::Line| OnDuty { shift: Shift::from(it.shift), post: it.post.map(PostId::uuid) };
    Point {
        open: point.is_open(day),
        id: point.id.uuid(),
        host: point.host,
        community,
        premises,
        words: point.words,
        position: point.position.into(),
        planned_on: point.planned_on.into(),
        opened_on: point.opened_on.map(Date),
        closed_on: point.closed_on.map(Date),
        open_minutes: week.open,
        staffed_minutes: week.staffed,
        rota: lines.into_iter().map(line).collect(),
        changes_on: changes_on.map(Date),
    }
}

fn post_of(it: slice::Post) -> Post {
    let holder =
        |it: slice::Holder| Holder { since: it.since.into(), name: it.name, telephone: it.telephone };
    Post {
        id: it.id.uuid(),
        number: it.number,
        title: it.title,
        from: it.from.into(),
        to: it.to.map(Date),
        holder: it.holder.map(holder),
    }
}

/// What a station is called, and its telephone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StationNames {
    /// Name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Name in English; empty where there is none.
    #[schema(max_length = 120)]
    name_en: String,
    /// The telephone of the station, not of a person; empty where there is none yet.
    #[schema(example = "021-6400 0000")]
    telephone: String,
}

/// PUT `/api/v1/stations/{station}/description`.
fn describe(s: &Shell, posted: &Posted, at: OfStation, sent: StationNames) -> Result<(), Fault> {
    let StationNames { name, name_en, telephone } = sent;
    let command = DescribeStation { station: StationId::from_uuid(at.station), name, name_en, telephone };
    once(s, posted, |tx, call| slice::describe_stations(tx, call, std::slice::from_ref(&command)))
}

/// A new post.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPost {
    /// `community_worker` or `social_worker`.
    #[schema(example = "social_worker")]
    title: String,
    /// From this day.
    from: Date,
}

/// POST `/api/v1/stations/{station}/posts`.
fn add_post(s: &Shell, posted: &Posted, at: OfStation, sent: NewPost) -> Result<Made, Fault> {
    let (station, Date(from)) = (StationId::from_uuid(at.station), sent.from);
    once_made(
        s,
        posted,
        |_| format!("stations/{}", at.station),
        |tx, call| {
            let id: PostId = call.id();
            slice::add_posts(tx, call, &[AddPost { id, station, title: sent.title.clone(), from }])?;
            Ok(id.uuid())
        },
    )
}

/// A post.
#[derive(Debug, Deserialize, IntoParams)]
struct OfPost {
    /// Its id.
    post: Uuid,
}

/// Who holds a post from a day on. The name and the telephone go into the identity vault and nowhere else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHolder {
    /// Name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Telephone; empty where there is none.
    telephone: String,
    /// From this day.
    from: Date,
}

/// PUT `/api/v1/posts/{post}/holder`.
fn hold(s: &Shell, posted: &Posted, at: OfPost, sent: NewHolder) -> Result<(), Fault> {
    let (vault, post, Date(from)) = (s.state.vault()?, PostId::from_uuid(at.post), sent.from);
    once(s, posted, |tx, call| {
        let (name, telephone) = (sent.name.clone(), Some(sent.telephone.clone()));
        let person = AddPerson { id: call.id(), name, telephone, identity_number: None };
        slice::hold_posts(tx, call, vault, &[Hold { post, person, from }])
    })
}

/// From which day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FromDay {
    /// From this day.
    pub from: Date,
}

/// POST `/api/v1/posts/{post}/vacancies`.
fn vacate(s: &Shell, posted: &Posted, at: OfPost, sent: FromDay) -> Result<(), Fault> {
    let (post, Date(from)) = (PostId::from_uuid(at.post), sent.from);
    once(s, posted, |tx, call| slice::fill_posts(tx, call, &[Fill { post, person: None, from }]))
}

/// POST `/api/v1/posts/{post}/end`.
fn end_post(s: &Shell, posted: &Posted, at: OfPost, sent: FromDay) -> Result<(), Fault> {
    let (post, Date(from)) = (PostId::from_uuid(at.post), sent.from);
    once(s, posted, |tx, call| slice::end_posts(tx, call, &[EndPost { post, from }]))
}

/// A point.
#[derive(Debug, Deserialize, IntoParams)]
struct OfPoint {
    /// Its id.
    point: Uuid,
}

/// The whole rota of a point from a day on; no lines close the door.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRota {
    /// From this day.
    from: Date,
    /// Its lines.
    lines: Vec<RotaHours>,
}

/// A line of a rota.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RotaHours {
    /// 1 = Monday … 7 = Sunday.
    #[schema(minimum = 1, maximum = 7)]
    weekday: i64,
    /// Minutes after midnight.
    #[schema(minimum = 0, maximum = 1439)]
    from_minute: i64,
    /// Minutes after midnight, after `from_minute`.
    #[schema(minimum = 1, maximum = 1440)]
    to_minute: i64,
    /// The post on duty; null for an open door alone.
    post: Option<Uuid>,
}

/// PUT `/api/v1/points/{point}/rota`.
fn set_rota(s: &Shell, posted: &Posted, at: OfPoint, sent: NewRota) -> Result<(), Fault> {
    let line = |it: RotaHours| RotaLine {
        weekday: it.weekday,
        from_minute: it.from_minute,
        to_minute: it.to_minute,
        post: it.post.map(PostId::from_uuid),
    };
    let Date(from) = sent.from;
    let lines = sent.lines.into_iter().map(line).collect();
    let command = SetRota { point: PointId::from_uuid(at.point), from, lines };
    once(s, posted, |tx, call| slice::set_rotas(tx, call, std::slice::from_ref(&command)))
}
