//! How a plan is built: standalone stations as the handbook forces them, one exact problem per integrated grid for its
//! joint station, what of today is left to close. Pure.

use std::collections::{BTreeMap, HashMap};

use base::{Money, Position, Uuid};
use handbook::{Staffing, StationForm};

use super::grid::{self, Answer, Problem};
use super::model::{
    Closure, Community, Input, Plan, PlanPoint, PlanStation, Premises, Today, TodayPoint, TodayStation,
    Unserved, site_of,
};
use super::rules::{Costs, Mark, Reason};
use crate::kit::{CommunityId, GridId, PointId, StationId};
use crate::stations::Place;

/// Makes the cheapest plan that serves as many households as can be served, in at most so many steps a grid.
pub fn solve(input: &Input, steps: u64) -> Plan {
    solve_with_problems(input, steps).0
}

/// The same, with the problem of each joint station and its answer: for other solvers.
pub fn solve_with_problems(input: &Input, steps: u64) -> (Plan, Vec<(Problem, Answer)>) {
    let mut build = Build::new(input);
    for community in build.order.clone() {
        build.standalone(community);
    }
    let mut groups: BTreeMap<Uuid, Vec<&Community>> = BTreeMap::new();
    for community in build.order.clone() {
        if let Some(group) = build.joint_group(community) {
            groups.entry(group).or_default().push(community);
        }
    }
    let mut problems = Vec::with_capacity(groups.len());
    for (group, members) in groups {
        problems.push(build.joint(group, &members, steps));
    }
    build.close_the_rest();
    let below = problems.iter().map(|(_, answer)| answer.objective - answer.bound).sum();
    (build.finish(below), problems)
}

/// A place that could have a point of a grid's joint station, or of a community's own.
#[derive(Debug, Clone)]
struct Candidate {
    site: Uuid,
    place: Place,
    position: Position,
    half_days: i64,
    room: bool,
    rent: i64,
    today: Option<PointId>,
    mark: Option<Mark>,
    /// A room is there or may be rented.
    usable: bool,
}

impl Candidate {
    /// The candidate as a station sees it: only an open point of its own goes on. A room in which another station has
    /// its point is still a room, but that point closes and this station opens one.
    fn of(self, station: Option<&TodayStation>) -> Self {
        let own = station.and_then(|station| station.points.iter().find(|point| point.site == self.site));
        Self { today: own.map(|point| point.id), ..self }
    }
}

/// Steps of the general solver where the search of one grid was cut short. No integrated grid of the reference district
/// needs any; odd weights that make capacity bind everywhere do.
const FURTHER_STEPS: u64 = 100_000;

/// The same for a whole town: a stress test, for which nobody waits at a page.
const FURTHER_STEPS_OF_A_TOWN: u64 = 800_000;

/// The largest penalty of one unserved household: above what any household's service could cost in a year.
const UNSERVED: i64 = 10_000_000_000;

struct Build<'a> {
    input: &'a Input,
    order: Vec<&'a Community>,
    /// Best premises of each community: offered first, then the least rent.
    rooms: HashMap<CommunityId, &'a Premises>,
    /// Open points of today by site.
    open: HashMap<Uuid, (&'a TodayStation, &'a TodayPoint)>,
    kept: Vec<PointId>,
    gone_on: Vec<StationId>,
    stations: Vec<PlanStation>,
    unserved: Vec<Unserved>,
    closures: Vec<Closure>,
}

impl<'a> Build<'a> {
    fn new(input: &'a Input) -> Self {
        let mut order: Vec<&Community> = input.communities.iter().collect();
        order.sort_by_key(|community| community.id);
        let mut premises: Vec<&Premises> = input.premises.iter().collect();
        premises.sort_by_key(|p| (!p.room_offered, p.rent.unwrap_or(Money::from_fen(i64::MAX)), p.id));
        let mut rooms = HashMap::new();
        for room in premises {
            if let Some(community) = room.community {
                rooms.entry(community).or_insert(room);
            }
        }
        // Premises inside a community are the community's site.
        let inside: HashMap<Uuid, Uuid> =
            input.premises.iter().filter_map(|p| Some((p.id, p.community?.uuid()))).collect();
        let mut open = HashMap::new();
        let mut today: Vec<&TodayStation> = input.today.iter().collect();
        today.sort_by_key(|station| station.id);
        for station in today {
            for point in &station.points {
                let site = inside.get(&point.site).copied().unwrap_or(point.site);
                open.entry(site).or_insert((station, point));
            }
        }
        Self {
            input,
            order,
            rooms,
            open,
            kept: Vec::new(),
            gone_on: Vec::new(),
            stations: Vec::new(),
            unserved: Vec::new(),
            closures: Vec::new(),
        }
    }

    fn leave(&mut self, community: CommunityId, reason: Reason) {
        self.unserved.push(Unserved { community, reason });
    }

    /// The group a joint community shares its station with; whoever has none is left with the reason.
    fn joint_group(&mut self, community: &Community) -> Option<Uuid> {
        let reason = match community.form {
            None => Reason::NoPlannedCapacity,
            Some(StationForm::Decided) => Reason::Undecided,
            Some(StationForm::Standalone | StationForm::None) => return None,
            Some(StationForm::Joint) => match (community.position, self.group_of(community)) {
                (None, _) => Reason::Unlocated,
                (Some(_), None) => Reason::NoGrid,
                (Some(_), Some(group)) => return Some(group),
            },
        };
        self.leave(community.id, reason);
        None
    }

    fn group_of(&self, community: &Community) -> Option<Uuid> {
        if self.input.town_as_grid { Some(community.town.uuid()) } else { community.grid.map(GridId::uuid) }
    }

    fn limit(&self, community: &Community) -> Option<i64> {
        match self.input.parameters.walking_limit {
            0 => community.walking_limit,
            limit => Some(limit),
        }
    }

    /// The rent of a room a year, where none is offered.
    fn rent(&self, premises: Option<&Premises>, least: i64) -> i64 {
        if let Some(rent) = premises.and_then(|premises| premises.rent) {
            return rent.fen();
        }
        let given = premises.and_then(|p| p.area).map_or(0, |area| (area.cm2() + 9_999) / 10_000);
        given.max(least) * self.input.parameters.rent_square_metre
    }

    /// The community itself as a place for a point.
    fn home(&self, community: &Community, half_days: i64) -> Option<Candidate> {
        let room = self.rooms.get(&community.id).copied();
        let offered = room.is_some_and(|room| room.room_offered);
        let site = community.id.uuid();
        let open = self.open.get(&site);
        Some(Candidate {
            site,
            place: Place::Community(community.id),
            position: community.position?,
            half_days,
            room: offered || open.is_some(),
            rent: if offered { 0 } else { self.rent(room, community.room.unwrap_or(0)) },
            today: open.map(|(_, point)| point.id),
            mark: self.input.marks.get(&site).copied(),
            usable: offered || open.is_some() || self.input.parameters.rent_rooms == 1,
        })
    }

    fn outside(&self, premises: &Premises, half_days: i64, least: i64) -> Candidate {
        let open = self.open.get(&premises.id);
        let offered = premises.room_offered;
        Candidate {
            site: premises.id,
            place: Place::Premises(crate::kit::PremisesId::from_uuid(premises.id)),
            position: premises.position,
            half_days,
            room: offered || open.is_some(),
            rent: if offered { 0 } else { self.rent(Some(premises), least) },
            today: open.map(|(_, point)| point.id),
            mark: self.input.marks.get(&premises.id).copied(),
            usable: offered || open.is_some() || self.input.parameters.rent_rooms == 1,
        }
    }

    /// A standalone station, which the handbook forces: priced, not chosen.
    fn standalone(&mut self, community: &Community) {
        if community.form != Some(StationForm::Standalone) {
            return;
        }
        let parameters = &self.input.parameters;
        let Some(here) = self.home(community, parameters.station_half_days) else {
            return self.leave(community.id, Reason::Unlocated);
        };
        if here.mark == Some(Mark::Forbid) {
            return self.leave(community.id, Reason::Forbidden);
        }
        if !here.usable {
            let limit = self.limit(community).unwrap_or(0);
            return self.leave(community.id, Reason::NoRoom { nearest: None, limit });
        }
        let own = self.open.get(&here.site).filter(|(station, point)| {
            point.host && station.form == StationForm::Standalone || station.points.len() == 1
        });
        let today = own.map(|(station, _)| station.id);
        let here = here.of(own.map(|(station, _)| *station));
        let workers = parameters.station_workers(community.staffing.as_slice());
        let setup = if here.today.is_some() { 0 } else { parameters.yearly(parameters.setup_point) }
            + if today.is_some() { 0 } else { parameters.yearly(parameters.setup_station) };
        let costs = Costs {
            workers: parameters.workers_year(workers),
            rooms: Money::from_fen(here.rent),
            setup: Money::from_fen(setup),
            doors: Money::from_fen(here.half_days * parameters.half_day_year()),
            ..Costs::default()
        };
        self.kept.extend(here.today);
        self.gone_on.extend(today);
        let point = point_of(&here, true, here.half_days, vec![(community.id, 0)]);
        self.stations.push(PlanStation {
            form: StationForm::Standalone,
            town: community.town,
            grid: community.grid,
            today,
            moves: false,
            workers,
            costs,
            points: vec![point],
        });
    }

    /// The places that a group's joint station can have points at, in the order of their ids.
    fn candidates(&self, group: Uuid, members: &[&Community]) -> Vec<Candidate> {
        let parameters = &self.input.parameters;
        let asked = |community: &Community| community.half_days.unwrap_or(parameters.point_half_days);
        let mut all: Vec<Candidate> =
            members.iter().filter_map(|community| self.home(community, asked(community))).collect();
        let longest = members.iter().map(|m| asked(m)).max().unwrap_or(parameters.point_half_days);
        let least = members.iter().filter_map(|m| m.room).max().unwrap_or(0);
        for premises in &self.input.premises {
            let theirs = if self.input.town_as_grid {
                Some(premises.town.uuid())
            } else {
                premises.grid.map(GridId::uuid)
            };
            if premises.community.is_none() && theirs == Some(group) {
                all.push(self.outside(premises, longest, least));
            }
        }
        all.sort_by_key(|candidate| candidate.site);
        all
    }

    /// Metres on foot from a community to a place, when someone there can walk it and its door is open so many
    /// half-days or fewer are asked for.
    fn way(&self, community: &Community, to: &Candidate, half_days: i64) -> Option<i64> {
        let metres = self.metres(community, to)?;
        let near = self.limit(community).is_none_or(|limit| metres <= limit);
        let long = community.half_days.unwrap_or(0) <= half_days;
        (near && long).then_some(metres)
    }

    /// The half-days of a place as its station's host.
    fn as_host(&self, candidate: &Candidate) -> i64 {
        candidate.half_days.max(self.input.parameters.station_half_days)
    }

    fn metres(&self, community: &Community, to: &Candidate) -> Option<i64> {
        if to.site == community.id.uuid() {
            return Some(0);
        }
        Some(self.input.parameters.on_foot(community.position?.metres_to(to.position)))
    }

    /// The stations of today that a group's joint station goes on from, the first of them by id.
    fn station_of(&self, group: Uuid, candidates: &[Candidate]) -> Option<&'a TodayStation> {
        let at_host: Vec<Uuid> = candidates.iter().map(|c| c.site).collect();
        let mut theirs: Vec<&TodayStation> = self
            .input
            .today
            .iter()
            .filter(|station| !self.gone_on.contains(&station.id))
            .filter(|station| {
                station.grid.map(GridId::uuid) == Some(group)
                    || station.points.iter().any(|p| p.host && at_host.contains(&p.site))
            })
            .collect();
        theirs.sort_by_key(|station| (station.form != StationForm::Joint, station.id));
        theirs.first().copied()
    }

    /// A group's problem, with the candidates behind its sites and the station of today that it goes on from.
    fn problem(
        &self,
        group: Uuid,
        members: &[&Community],
    ) -> (Problem, Vec<Candidate>, Option<&'a TodayStation>) {
        let parameters = &self.input.parameters;
        let all = self.candidates(group, members);
        let station = self.station_of(group, &all);
        let mut problem = Problem {
            demands: members.iter().map(|m| m.planned).collect(),
            penalties: members.iter().map(|m| m.planned.max(1).saturating_mul(UNSERVED)).collect(),
            ..Problem::default()
        };
        let mut candidates = Vec::new();
        for candidate in all.into_iter().map(|candidate| candidate.of(station)) {
            let pinned = candidate.mark == Some(Mark::Pin);
            if candidate.mark == Some(Mark::Forbid) || !candidate.usable && !pinned {
                continue;
            }
            let fitting = if candidate.today.is_some() {
                // What is open and stays is not closed.
                -parameters.yearly(parameters.close_point)
            } else {
                parameters.yearly(parameters.setup_point)
            };
            let open = candidate.rent + fitting + candidate.half_days * parameters.half_day_year();
            let host = self.host_cost(&candidate, station);
            // A site that costs less than nothing is always open.
            let long = self.as_host(&candidate);
            problem.sites.push(grid::Site {
                open: open.max(0),
                host,
                capacity: candidate.half_days * parameters.households_per_half_day,
                host_capacity: long * parameters.households_per_half_day,
                pinned: pinned || open < 0,
            });
            let ways = |half_days| {
                let way = |member: &&Community| {
                    let metres = self.way(member, &candidate, half_days)?;
                    Some(metres * member.planned * parameters.walking)
                };
                members.iter().map(way).collect()
            };
            problem.costs.push(ways(candidate.half_days));
            problem.host_costs.push(ways(long));
            candidates.push(candidate);
        }
        (problem, candidates, station)
    }

    /// What it costs besides that the host is here: it opens all week, and it is fitted out or moved.
    fn host_cost(&self, candidate: &Candidate, station: Option<&TodayStation>) -> i64 {
        let parameters = &self.input.parameters;
        let longer = (self.as_host(candidate) - candidate.half_days) * parameters.half_day_year();
        longer
            + match station {
                None => parameters.yearly(parameters.setup_station),
                Some(station) if is_host(station, candidate) => 0,
                Some(_) => parameters.yearly(parameters.move_host),
            }
    }

    /// The joint station of a group; returns its problem with the answer.
    fn joint(&mut self, group: Uuid, members: &[&Community], steps: u64) -> (Problem, Answer) {
        let (problem, candidates, station) = self.problem(group, members);
        let mut answer = grid::solve(&problem, steps);
        if answer.bound < answer.objective {
            let further = if self.input.town_as_grid { FURTHER_STEPS_OF_A_TOWN } else { FURTHER_STEPS };
            answer = grid::further(&problem, answer, further);
        }
        for (member, site) in members.iter().zip(&answer.assigned) {
            if site.is_none() {
                let reason = self.why(group, members, member);
                self.leave(member.id, reason);
            }
        }
        let Some(host) = answer.host else { return (problem, answer) };
        let moves = station.is_some_and(|station| !is_host(station, &candidates[host]));
        let mut points: Vec<PlanPoint> = Vec::new();
        for &site in &answer.open {
            let candidate = &candidates[site];
            let serves = members.iter().zip(&answer.assigned).filter(|(_, to)| **to == Some(site));
            let serves = serves.map(|(m, _)| (m.id, self.metres(m, candidate).unwrap_or(0))).collect();
            let is_host = site == host;
            let half_days = if is_host { self.as_host(candidate) } else { candidate.half_days };
            points.push(point_of(candidate, is_host, half_days, serves));
        }
        points.sort_by_key(|point| !point.host);
        let staffing: Vec<Staffing> = members.iter().filter_map(|m| m.staffing).collect();
        let workers = self.input.parameters.station_workers(&staffing);
        let costs = self.costs_of(&points, members, workers, station.is_some(), moves);
        self.kept.extend(points.iter().filter_map(|point| point.today));
        self.gone_on.extend(station.map(|station| station.id));
        self.stations.push(PlanStation {
            form: StationForm::Joint,
            town: members[0].town,
            grid: members[0].grid,
            today: station.map(|station| station.id),
            moves,
            workers,
            costs,
            points,
        });
        (problem, answer)
    }

    fn costs_of(
        &self,
        points: &[PlanPoint],
        members: &[&Community],
        workers: i64,
        goes_on: bool,
        moves: bool,
    ) -> Costs {
        let parameters = &self.input.parameters;
        let new = i64::try_from(points.iter().filter(|p| p.today.is_none()).count()).unwrap_or(0);
        let planned: HashMap<CommunityId, i64> = members.iter().map(|m| (m.id, m.planned)).collect();
        let walked: i64 =
            points.iter().flat_map(|p| &p.serves).map(|(id, metres)| planned[id] * metres).sum();
        let half_days: i64 = points.iter().map(|p| p.half_days).sum();
        let station = if goes_on { 0 } else { parameters.yearly(parameters.setup_station) };
        Costs {
            workers: parameters.workers_year(workers),
            rooms: points.iter().map(|p| p.rent).sum(),
            setup: Money::from_fen(new * parameters.yearly(parameters.setup_point) + station),
            moves: Money::from_fen(if moves { parameters.yearly(parameters.move_host) } else { 0 }),
            doors: Money::from_fen(half_days * parameters.half_day_year()),
            walking: Money::from_fen(walked * parameters.walking),
        }
    }

    /// Why a community of a group got no point.
    fn why(&self, group: Uuid, members: &[&Community], community: &Community) -> Reason {
        let limit = self.limit(community).unwrap_or(0);
        let all = self.candidates(group, members);
        let near = |c: &&Candidate| self.way(community, c, self.as_host(c)).is_some();
        let near: Vec<&Candidate> = all.iter().filter(near).collect();
        let forbidden = |candidate: &&&Candidate| candidate.mark == Some(Mark::Forbid);
        if near.iter().any(|c| c.usable && c.mark != Some(Mark::Forbid) || c.mark == Some(Mark::Pin)) {
            return Reason::NoCapacity { households: community.planned };
        }
        if near.iter().any(|candidate| candidate.usable && forbidden(&candidate)) {
            return Reason::Forbidden;
        }
        let with_room = all.iter().filter(|c| c.usable && c.mark != Some(Mark::Forbid));
        let nearest = with_room.filter_map(|candidate| self.metres(community, candidate)).min();
        Reason::NoRoom { nearest, limit }
    }

    /// Points of today that no station of the plan uses.
    fn close_the_rest(&mut self) {
        for station in &self.input.today {
            let stays = self.gone_on.contains(&station.id)
                || station.points.iter().any(|point| self.kept.contains(&point.id));
            for point in station.points.iter().filter(|point| !self.kept.contains(&point.id)) {
                self.closures.push(Closure { station: station.id, point: point.id, ends_station: !stays });
            }
        }
        self.closures.sort_by_key(|closure| (closure.station, closure.point));
    }

    fn finish(mut self, bound_below: i64) -> Plan {
        self.stations.sort_by_key(|s| (s.form, s.points.first().map(|p| site_of(p.place))));
        self.unserved.sort_by_key(|unserved| unserved.community);
        let parameters = &self.input.parameters;
        let mut costs = Costs::default();
        for station in &self.stations {
            costs += station.costs;
        }
        let closed = i64::try_from(self.closures.len()).unwrap_or(0);
        costs.moves += Money::from_fen(closed * parameters.yearly(parameters.close_point));
        let objective = costs.total().fen();
        let today = self.today();
        Plan {
            stations: self.stations,
            unserved: self.unserved,
            closures: self.closures,
            costs,
            objective,
            // Where it is not proven that nobody more can be served, the penalties leave no bound but nothing at all.
            bound: (objective - bound_below).max(0),
            today,
        }
    }

    fn today(&self) -> Today {
        let parameters = &self.input.parameters;
        let rents: HashMap<Uuid, i64> = self
            .input
            .premises
            .iter()
            .map(|p| (p.id, if p.room_offered { 0 } else { self.rent(Some(p), 0) }))
            .collect();
        let planned: HashMap<CommunityId, &Community> = self.order.iter().map(|c| (c.id, *c)).collect();
        let mut today = Today::default();
        for station in &self.input.today {
            today.stations += 1;
            today.workers += station.workers;
            today.costs.workers += parameters.workers_year(station.workers);
            for point in &station.points {
                today.points += 1;
                let home = CommunityId::from_uuid(point.site);
                let rent = rents.get(&point.site).copied().or_else(|| {
                    let community = planned.get(&home)?;
                    self.home(community, 0).map(|home| home.rent)
                });
                today.costs.rooms += Money::from_fen(rent.unwrap_or(0));
                today.costs.doors += Money::from_fen(point.half_days * parameters.half_day_year());
            }
        }
        for (id, service) in &self.input.served {
            let households = planned.get(id).map_or(0, |community| community.planned);
            let metres = service.metres.unwrap_or(0);
            today.costs.walking += Money::from_fen(households * metres * parameters.walking);
        }
        today
    }
}

fn is_host(station: &TodayStation, candidate: &Candidate) -> bool {
    station.points.iter().any(|point| point.host && Some(point.id) == candidate.today)
}

fn point_of(candidate: &Candidate, host: bool, half_days: i64, serves: Vec<(CommunityId, i64)>) -> PlanPoint {
    PlanPoint {
        place: candidate.place,
        position: candidate.position,
        host,
        today: candidate.today,
        half_days,
        room_offered: candidate.room,
        rent: Money::from_fen(candidate.rent),
        serves,
    }
}
