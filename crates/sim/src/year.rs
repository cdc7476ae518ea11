//! The year: the district is founded, then month after month communities enter and leave, households move, modes are
//! assigned, stations open; at its turn handbook 2.0 is adopted and the stations are planned anew.

use std::collections::BTreeMap;

use base::{Day, IdSource as _, Instant, SeededIds};
use db::{Db, Tx};
use district::Memory;
use district::coverage::{self, Figure};
use district::handbook::{self as handbooks, DecideForm};
use district::kit::settings::{self, Setting};
use district::kit::{Actor, Call, Error, Id, LeaseId, PersonId, PlanId, Result, TenancyId};
use district::people::vault::{AddPerson, Vault, add_persons};
use district::plan::rules::{Parameters, Progress};
use district::plan::{self, Adopt, Advance, MakePlan, gaps};
use district::register::{
    self, AddCommunity, AddGrid, AddLease, AddTown, BeginMode, BeginTenancy, Description, Leave,
    SourceNumber, Tenure,
};
use district::stations::{self, AddPremises, Serve};
use handbook::{CommunityKind, PropertyRight, StationForm};

use crate::Order;
use crate::dice::Dice;
use crate::estates::{self, Estate, Known};
use crate::housing::{self, Dwelling, Stay};
use crate::land::{self, Grid};
use crate::people::{self, Places};
use crate::service::{self, GridView, Ids, Opening, Organisations};

/// The district while it is being made.
struct World<'a> {
    db: &'a Db,
    vault: &'a Vault,
    order: &'a Order,
    grids: Vec<Grid>,
    estates: Vec<Estate>,
    ids: Ids,
    organisations: Organisations,
    program: Actor,
    /// Operations so far: each has its own stream of ids.
    operations: usize,
    /// By community: its dwellings, its stays, and the tenancy of each stay that has begun.
    homes: Vec<Home>,
}

#[derive(Default)]
struct Home {
    dwellings: Vec<Dwelling>,
    stays: Vec<Stay>,
    /// Stays before this place have begun.
    begun: usize,
    tenancies: Vec<Option<TenancyId>>,
    lease: Option<LeaseId>,
}

/// Makes the district.
pub fn run(db: &Db, vault: &Vault, order: &Order) -> Result<()> {
    let taken = db.read(|tx| Ok::<_, Error>(settings::get(tx, Setting::Code)?.is_some()))?;
    if taken {
        return Err(Error::Internal("the database holds a district already".into()));
    }
    let mut world = World::new(db, vault, order);
    world.found()?;
    let officer = world.accounts()?;
    world.settle()?;
    let openings = world.openings();
    let modes = world.modes();
    let turn = Day::of(2026, 1, 1).map_err(|error| Error::Internal(error.to_string()))?;
    let mut month = order.first_day();
    while month <= order.today {
        let end = month.plus_months(1).min(order.today + 1);
        world.listings(month, end)?;
        world.moves(end)?;
        world.begin_modes(&modes, month, end)?;
        world.open_stations(&openings, month, end)?;
        if (month..end).contains(&turn) {
            world.second_handbook(turn, &officer)?;
        }
        month = month.plus_months(1);
    }
    world.residents()?;
    world.publish(&officer)
}

fn some<T: Id>(source: &mut SeededIds, now: Instant, count: usize) -> Vec<T> {
    (0..count).map(|_| T::from_uuid(source.next(now))).collect()
}

impl<'a> World<'a> {
    fn new(db: &'a Db, vault: &'a Vault, order: &'a Order) -> Self {
        let grids = land::grids(order.seed);
        let estates = estates::estates(order, &grids);
        let mut source = SeededIds::new(order.seed ^ 0x4C49_4C4F_4E47);
        let now = Instant::at(order.first_day(), 9, 0);
        let ids = Ids {
            towns: some(&mut source, now, land::TOWNS.len()),
            grids: some(&mut source, now, grids.len()),
            communities: some(&mut source, now, estates.len()),
        };
        let program = Actor::program();
        let mut call = Call::new(&program, now, order.seed.rotate_left(32));
        let organisations = service::organisations(order, &ids, &grids, &mut call);
        let stays = housing::histories(order, &estates);
        let homes = stays.into_iter().map(|stays| Home { stays, ..Home::default() }).collect();
        Self { db, vault, order, grids, estates, ids, organisations, program, operations: 0, homes }
    }

    /// One operation by an actor at ten on a day.
    fn write<T>(
        &mut self,
        actor: &Actor,
        day: Day,
        mut work: impl FnMut(&Self, &mut Tx<'_>, &mut Call<'_>) -> Result<T>,
    ) -> Result<T> {
        self.operations += 1;
        let seed = Dice::new(self.order.seed, "operation", self.operations).seed();
        let call = Call::new(actor, Instant::at(day, 10, 0), seed);
        let world = &*self;
        world.db.write(|tx| work(world, tx, &mut call.clone()))
    }

    fn by_program<T>(
        &mut self,
        day: Day,
        work: impl FnMut(&Self, &mut Tx<'_>, &mut Call<'_>) -> Result<T>,
    ) -> Result<T> {
        let program = self.program.clone();
        self.write(&program, day, work)
    }

    /// The district, its towns, grids, organisations, and the handbook it begins with.
    fn found(&mut self) -> Result<()> {
        let first = self.order.first_day();
        self.by_program(first, |world, tx, call| {
            settings::set(tx, Setting::Code, "310112")?;
            settings::set(tx, Setting::Name, "闵行区")?;
            settings::set(tx, Setting::NameEn, "Minhang District")?;
            settings::set(tx, Setting::Demonstration, "true")?;
            settings::set(tx, Setting::Clock, &world.order.clock().millis().to_string())?;
            register::add_towns(tx, call, &world.towns())?;
            register::add_grids(tx, call, &world.add_grids())?;
            register::add_organisations(tx, call, &world.organisations.all)?;
            let [trial, second] = handbooks::SHIPPED;
            let (file, text) = if first.ymd().0 < 2026 { trial } else { second };
            handbooks::adopt_text(tx, call, file, text, first)?;
            Ok(())
        })
    }

    fn towns(&self) -> Vec<AddTown> {
        let town = |(i, town): (usize, &land::Town)| AddTown {
            id: self.ids.towns[i],
            code: town.code.into(),
            name: town.name.into(),
            name_en: town.name_en.into(),
            position: land::position(land::centre(i)),
            boundary: Some(land::outline(i)),
            from: self.order.first_day(),
        };
        land::TOWNS.iter().enumerate().map(town).collect()
    }

    fn add_grids(&self) -> Vec<AddGrid> {
        let grid = |(grid, id): (&Grid, &_)| AddGrid {
            id: *id,
            town: self.ids.towns[grid.town],
            code: grid.code.clone(),
            name: grid.name.clone(),
            name_en: grid.name_en.clone(),
            from: self.order.first_day(),
        };
        self.grids.iter().zip(&self.ids.grids).map(grid).collect()
    }

    /// The demonstration's accounts; returns the district officer.
    fn accounts(&mut self) -> Result<Actor> {
        let first = self.order.first_day();
        let grid = self.grids.iter().position(|grid| grid.name == "紫藤网格").unwrap_or(0);
        let operated = self.estates.iter().position(|e| e.known == Some(Known::Kuanting)).unwrap_or(0);
        let places = Places {
            town: self.ids.towns[self.grids[grid].town],
            grid: self.ids.grids[grid],
            community: self.ids.communities[operated],
            operated: (
                self.ids.towns[self.estates[operated].town],
                Some(self.ids.grids[self.estates[operated].grid]),
            ),
        };
        self.by_program(first, |world, tx, call| {
            let mut dice = Dice::new(world.order.seed, "accounts", 0);
            people::accounts(tx, call, world.vault, &mut dice, &places, first)
        })
    }

    /// Whom the demonstration enters as a resident and as an owner, in a community where flats have owners of their own.
    fn residents(&mut self) -> Result<()> {
        let owned = self.estates.iter().position(|e| e.known == Some(Known::Aegean)).unwrap_or(0);
        let (community, today) = (self.ids.communities[owned], self.order.today);
        self.by_program(today, |world, tx, call| {
            let mut dice = Dice::new(world.order.seed, "residents of the demonstration", 0);
            people::residents(tx, call, world.vault, &mut dice, community)
        })
    }

    /// Communities of the first list, one town after another, with everyone who lives there.
    fn settle(&mut self) -> Result<()> {
        let first = self.order.first_day();
        for town in 0..land::TOWNS.len() {
            let here = |estate: &Estate| estate.town == town && estate.from == first;
            let numbers: Vec<usize> =
                (0..self.estates.len()).filter(|number| here(&self.estates[*number])).collect();
            self.enter(&numbers, first, "首批登记")?;
        }
        Ok(())
    }

    /// Communities enter the list with their buildings, organisations, figures, and those who live there already.
    fn enter(&mut self, numbers: &[usize], day: Day, reason: &str) -> Result<()> {
        if numbers.is_empty() {
            return Ok(());
        }
        let stocks = self.by_program(day, |world, tx, call| {
            let communities: Vec<AddCommunity> =
                numbers.iter().map(|number| world.community(*number, reason)).collect();
            register::add_communities(tx, call, &communities)?;
            let cloud = |&number: &usize| SourceNumber {
                community: world.ids.communities[number],
                system: "community_cloud".into(),
                number: format!("SQ{:06}", number + 1),
            };
            register::set_source_numbers(tx, call, &numbers.iter().map(cloud).collect::<Vec<_>>())?;
            let (mut dwellings, mut remits, mut factors) = (Vec::new(), Vec::new(), Vec::new());
            for &number in numbers {
                let (estate, id) = (&world.estates[number], world.ids.communities[number]);
                let stock = housing::build(world.order, number, estate, id, call);
                register::add_buildings(tx, call, &stock.buildings)?;
                register::add_units(tx, call, &stock.units)?;
                dwellings.push(stock.dwellings);
                remits.extend(service::remits(world.order, number, estate, id, &world.organisations));
                factors.extend(service::factors(world.order, number, estate, id));
            }
            register::begin_remits(tx, call, &remits)?;
            handbooks::set_factors(tx, call, &factors)?;
            Ok(dwellings)
        })?;
        for (number, dwellings) in numbers.iter().zip(stocks) {
            self.homes[*number].dwellings = dwellings;
        }
        self.leases(numbers, day)?;
        self.move_in(numbers, day, day + 1)
    }

    fn community(&self, number: usize, reason: &str) -> AddCommunity {
        let estate = &self.estates[number];
        AddCommunity {
            id: self.ids.communities[number],
            code: estate.code.clone(),
            simulated: true,
            from: estate.from,
            reason: reason.into(),
            description: Description {
                name: estate.name.clone(),
                name_en: estate.name_en.clone(),
                kind: estate.kind,
                label: estate.label.into(),
                right: estate.right,
                town: self.ids.towns[estate.town],
                grid: Some(self.ids.grids[estate.grid]),
                address: estate.address.clone(),
                position: estate.position,
                opened_on: Some(estate.opened_on),
                planned_households: estate.planned,
                planned_decided_on: estate.planned.map(|_| estate.opened_on - 60),
                boundary: None,
            },
        }
    }

    /// A company rents many dwellings of some communities for its people.
    fn leases(&mut self, numbers: &[usize], day: Day) -> Result<()> {
        let renting: Vec<usize> = numbers
            .iter()
            .copied()
            .filter(|number| self.homes[*number].stays.iter().any(|stay| stay.leased))
            .collect();
        let leases = self.by_program(day, |world, tx, call| {
            let tenants = &world.organisations.tenants;
            let leases: Vec<AddLease> = renting
                .iter()
                .map(|number| AddLease {
                    id: call.id(),
                    community: world.ids.communities[*number],
                    organisation: tenants[number % tenants.len()],
                    from: world.estates[*number].from,
                })
                .collect();
            if !leases.is_empty() {
                register::add_leases(tx, call, &leases)?;
            }
            Ok(leases)
        })?;
        for (number, lease) in renting.iter().zip(leases) {
            self.homes[*number].lease = Some(lease.id);
        }
        Ok(())
    }

    /// Households whose stay begins before a day, and has not been told yet, move in.
    fn move_in(&mut self, numbers: &[usize], recorded: Day, before: Day) -> Result<()> {
        let coming: Vec<(usize, usize)> = numbers
            .iter()
            .flat_map(|&number| {
                let home = &self.homes[number];
                (home.begun..home.stays.partition_point(|stay| stay.from < before))
                    .map(move |stay| (number, stay))
            })
            .collect();
        if coming.is_empty() {
            return Ok(());
        }
        let operation = self.operations;
        let begun = self.by_program(recorded, |world, tx, call| {
            let mut dice = Dice::new(world.order.seed, "residents", operation);
            let mut persons: Vec<AddPerson> = Vec::with_capacity(coming.len() * 2);
            let tenancies: Vec<BeginTenancy> = coming
                .iter()
                .map(|&(number, stay)| world.tenancy(number, stay, call, &mut dice, &mut persons))
                .collect();
            add_persons(tx, call, world.vault, &persons)?;
            register::begin_tenancies(tx, call, &tenancies)?;
            Ok(tenancies.iter().map(|tenancy| tenancy.id).collect::<Vec<_>>())
        })?;
        for ((number, stay), tenancy) in coming.into_iter().zip(begun) {
            let home = &mut self.homes[number];
            home.tenancies.push(Some(tenancy));
            home.begun = stay + 1;
        }
        Ok(())
    }

    fn tenancy(
        &self,
        number: usize,
        stay: usize,
        call: &mut Call<'_>,
        dice: &mut Dice,
        persons: &mut Vec<AddPerson>,
    ) -> BeginTenancy {
        let (home, estate) = (&self.homes[number], &self.estates[number]);
        let stay = home.stays[stay];
        let dwelling = home.dwellings[stay.dwelling];
        let occupants = (0..stay.people)
            .map(|nth| {
                let person: PersonId = call.id();
                persons.push(people::invented(person, dice, nth == 0));
                (call.id(), person)
            })
            .collect();
        let owned = estate.right == PropertyRight::SeveralOwners && dice.chance(240);
        BeginTenancy {
            id: call.id(),
            community: self.ids.communities[number],
            unit: dwelling.unit,
            room: dwelling.room,
            lease: home.lease.filter(|_| stay.leased),
            tenure: if owned { Tenure::Owner } else { Tenure::Tenant },
            from: stay.from,
            occupants,
        }
    }

    /// Households of the month move out and in, as far as their communities are in the list.
    fn moves(&mut self, end: Day) -> Result<()> {
        for town in 0..land::TOWNS.len() {
            let numbers: Vec<usize> = (0..self.estates.len())
                .filter(|number| {
                    let estate = &self.estates[*number];
                    estate.town == town && estate.from < end && !self.homes[*number].dwellings.is_empty()
                })
                .collect();
            self.move_in(&numbers, end - 1, end)?;
            let going: Vec<(TenancyId, Day)> = numbers
                .iter()
                .flat_map(|number| {
                    let home = &self.homes[*number];
                    home.stays.iter().zip(&home.tenancies).filter_map(|(stay, tenancy)| {
                        let to = stay.to.filter(|to| *to < end)?;
                        (*tenancy).map(|tenancy| (tenancy, to))
                    })
                })
                .collect();
            let ended: std::collections::HashSet<TenancyId> = going.iter().map(|(id, _)| *id).collect();
            if !going.is_empty() {
                self.by_program(end - 1, |_, tx, call| register::end_tenancies(tx, call, &going))?;
            }
            for number in numbers {
                for tenancy in &mut self.homes[number].tenancies {
                    *tenancy = tenancy.filter(|id| !ended.contains(id));
                }
            }
        }
        Ok(())
    }

    /// Communities of the month enter and leave the list.
    fn listings(&mut self, from: Day, end: Day) -> Result<()> {
        let month = from..end;
        let first = self.order.first_day();
        let entering: Vec<usize> = (0..self.estates.len())
            .filter(|n| self.estates[*n].from != first && month.contains(&self.estates[*n].from))
            .collect();
        for number in entering {
            let day = self.estates[number].from;
            self.enter(&[number], day, "新建成并开始入住")?;
        }
        for number in 0..self.estates.len() {
            let Some((day, reason)) = self.estates[number].left.filter(|(day, _)| month.contains(day)) else {
                continue;
            };
            let id = self.ids.communities[number];
            self.moves_of(number, day)?;
            self.by_program(day, |_, tx, call| {
                stations::serve(tx, call, &[Serve { community: id, by: None, from: day }])?;
                register::leave(tx, call, &[Leave { id, on: day, reason: reason.into() }])
            })?;
        }
        Ok(())
    }

    /// What is left of the moves of a community that leaves the list on a day.
    fn moves_of(&mut self, number: usize, day: Day) -> Result<()> {
        self.move_in(&[number], day, day)?;
        let home = &mut self.homes[number];
        let going: Vec<(TenancyId, Day)> = home
            .stays
            .iter()
            .zip(&mut home.tenancies)
            .filter_map(|(stay, tenancy)| Some((tenancy.take()?, stay.to.unwrap_or(day))))
            .collect();
        if going.is_empty() {
            return Ok(());
        }
        self.by_program(day, |_, tx, call| register::end_tenancies(tx, call, &going))
    }

    fn modes(&self) -> Vec<BeginMode> {
        let of = |number: usize| {
            let (estate, id) = (&self.estates[number], self.ids.communities[number]);
            service::modes(self.order, number, estate, id, &self.organisations)
        };
        (0..self.estates.len()).flat_map(of).collect()
    }

    fn begin_modes(&mut self, all: &[BeginMode], from: Day, end: Day) -> Result<()> {
        let now: Vec<BeginMode> =
            all.iter().filter(|mode| (from..end).contains(&mode.from)).cloned().collect();
        if now.is_empty() {
            return Ok(());
        }
        self.by_program(end - 1, |_, tx, call| register::begin_modes(tx, call, &now))
    }

    /// The stations that open during the year, with the premises they may use.
    fn openings(&self) -> (Vec<AddPremises>, Vec<Opening>) {
        let mut call = Call::new(
            &self.program,
            Instant::at(self.order.first_day(), 10, 0),
            Dice::new(self.order.seed, "stations", usize::MAX).seed(),
        );
        let (mut all_premises, mut openings) = (Vec::new(), Vec::new());
        for (number, grid) in self.grids.iter().enumerate() {
            let (id, town) = (self.ids.grids[number], self.ids.towns[grid.town]);
            let premises = service::premises(self.order, number, grid, town, id, &mut call);
            let stays = |estate: &&Estate| estate.grid == number && estate.left.is_none();
            let estates = self
                .estates
                .iter()
                .zip(&self.ids.communities)
                .filter(|(estate, _)| stays(estate))
                .map(|(estate, id)| (estate, *id))
                .collect();
            let view = GridView { number, grid, id, town, premises: &premises, estates };
            openings.extend(service::openings(self.order, &view, &mut call));
            all_premises.extend(premises);
        }
        (all_premises, openings)
    }

    fn open_stations(&mut self, all: &(Vec<AddPremises>, Vec<Opening>), from: Day, end: Day) -> Result<()> {
        let (premises, openings) = all;
        if from == self.order.first_day() {
            self.by_program(from, |_, tx, call| stations::add_premises(tx, call, premises))?;
        }
        for opening in openings.iter().filter(|opening| (from..end).contains(&opening.opens)) {
            self.by_program(opening.opens, |world, tx, call| {
                let mut dice = Dice::new(world.order.seed, "workers", world.operations);
                let workers: Vec<AddPerson> =
                    opening.people.iter().map(|id| people::invented(*id, &mut dice, true)).collect();
                add_persons(tx, call, world.vault, &workers)?;
                stations::add_stations(tx, call, std::slice::from_ref(&opening.station))?;
                stations::add_posts(tx, call, &opening.posts)?;
                stations::fill_posts(tx, call, &opening.fills)?;
                stations::set_rotas(tx, call, &opening.rotas)
            })?;
        }
        // A community that enters the list later is served from then on.
        let serves: Vec<Serve> = openings
            .iter()
            .flat_map(|opening| &opening.serves)
            .filter(|serve| (from..end).contains(&serve.from))
            .copied()
            .collect();
        if serves.is_empty() {
            return Ok(());
        }
        self.by_program(end - 1, |_, tx, call| stations::serve(tx, call, &serves))
    }

    /// Handbook 2.0 comes into force, open questions are decided, the stations are planned anew and the gaps handed out.
    fn second_handbook(&mut self, turn: Day, officer: &Actor) -> Result<()> {
        let [_, (file, text)] = handbooks::SHIPPED;
        self.write(officer, turn, |_, tx, call| handbooks::adopt_text(tx, call, file, text, turn))?;
        let decide: Vec<DecideForm> = self
            .estates
            .iter()
            .zip(&self.ids.communities)
            .filter(|(estate, _)| {
                estate.kind != CommunityKind::AffordableRental
                    && estate.left.is_none()
                    && estate.planned.is_some_and(|planned| planned > 1_000)
            })
            .enumerate()
            // Every third is still waiting for its decision.
            .filter(|(nth, _)| nth % 3 != 2)
            .map(|(nth, (_, id))| DecideForm {
                community: *id,
                form: if nth % 3 == 0 { StationForm::Standalone } else { StationForm::Joint },
                reason: if nth % 3 == 0 {
                    "户数多、流动性大，单独设站更便于服务".into()
                } else {
                    "网格社工站步行可达，先联合设站，半年后评估".into()
                },
                from: turn + 4,
                replacing: None,
            })
            .collect();
        if turn + 8 > self.order.today {
            return Ok(());
        }
        if !decide.is_empty() {
            self.write(officer, turn + 4, |_, tx, call| handbooks::decide_forms(tx, call, &decide))?;
        }
        let plan = self.write(officer, turn + 7, |_, tx, call| {
            let command = MakePlan {
                name: "手册 2.0 重排".into(),
                handbook: None,
                on: call.today(),
                parameters: Parameters::default(),
                marks: BTreeMap::new(),
                based_on: None,
            };
            plan::make_plan(tx, call, command)
        })?;
        let adopted = turn + 8;
        self.write(officer, adopted, |_, tx, call| {
            plan::adopt(tx, call, Adopt { plan, from: adopted, even_unproven: true })?;
            let listed = gaps::list(tx, call.actor, &Memory::default(), adopted)?;
            let ids: Vec<_> =
                listed.iter().flat_map(|list| list.gaps.iter().step_by(2).map(|g| g.id)).collect();
            if ids.is_empty() {
                return Ok(());
            }
            gaps::hand_out(tx, call, &ids, adopted.plus_months(3), "按手册 2.0 补齐")
        })?;
        self.carry_out(plan, turn + 20, officer)
    }

    /// A few planned points open before the month is over.
    fn carry_out(&mut self, plan: PlanId, day: Day, officer: &Actor) -> Result<()> {
        if day > self.order.today {
            return Ok(());
        }
        self.write(officer, day, |_, tx, call| {
            let Some(shown) = plan::show(tx, call.actor, plan, day)? else { return Ok(()) };
            let opened: Vec<Advance> = shown
                .stations
                .iter()
                .filter(|station| station.today.is_some())
                .flat_map(|station| &station.points)
                .filter(|point| point.progress == Progress::Waiting && point.room_offered && !point.host)
                .take(12)
                .map(|point| Advance::Open(point.id))
                .collect();
            if opened.is_empty() {
                return Ok(());
            }
            plan::advance(tx, call, day, &opened)
        })
    }

    /// What everyone may see, decided by the district officer.
    fn publish(&mut self, officer: &Actor) -> Result<()> {
        let day = self.order.today - 10;
        self.write(officer, day, |_, tx, call| {
            let decisions =
                Figure::ALL.map(|figure| (figure, true, "经区委社会工作部审定，每月更新".to_owned()));
            coverage::decide(tx, call, &decisions)
        })
    }
}
