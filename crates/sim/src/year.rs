//! The year: the district is founded, then month after month communities enter and leave, households move, modes are
//! assigned, stations open; at its turn handbook 2.0 is adopted and the stations are planned anew.

mod doors;
mod homes;
mod matters;
mod needs;
mod pictures;
mod referrals;
mod steering;

use base::{Day, IdSource as _, Instant, SeededIds};
use db::{Db, Tx};
use district::Memory;
use district::handbook as handbooks;
use district::kit::settings::{self, Setting};
use district::kit::{Actor, Call, CommunityId, Error, GridId, Id, LeaseId, PersonId, Result, TenancyId};
use district::notices::{self, Address};
use district::people::vault::Vault;
use district::register::{self, AddGrid, AddTown};

use crate::Order;
use crate::dice::Dice;
use crate::estates::{self, Estate, Known};
use crate::housing::{self, Dwelling, Stay};
use crate::land::{self, Grid};
use crate::people::{self, Places};
use crate::service::{self, Ids, Organisations};

/// The days of which nobody has read anything yet.
const UNREAD_DAYS: i64 = 10;

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
    /// Who the demonstration's community worker is.
    worker: PersonId,
    /// Operations so far: each has its own stream of ids.
    operations: usize,
    /// By community: its dwellings, its stays, and the tenancy of each stay that has begun.
    homes: Vec<Home>,
    /// Public services, and referrals that are open.
    referrals: referrals::Referrals,
    /// What is kept of the district between visits.
    memory: Memory,
}

#[derive(Default)]
struct Home {
    dwellings: Vec<Dwelling>,
    stays: Vec<Stay>,
    /// Stays before this place have begun.
    begun: usize,
    tenancies: Vec<Option<TenancyId>>,
    /// Who is the first of each household.
    heads: Vec<Option<PersonId>>,
    lease: Option<LeaseId>,
    /// Beside each tenancy: when somebody knocks there.
    doors: Vec<doors::Door>,
}

/// Makes the district.
pub fn run(db: &Db, vault: &Vault, order: &Order) -> Result<()> {
    let taken = db.read(|tx| Ok::<_, Error>(settings::get(tx, Setting::Code)?.is_some()))?;
    if taken {
        return Err(Error::Internal("the database holds a district already".into()));
    }
    let mut world = World::new(db, vault, order);
    world.found()?;
    let everyone = world.accounts()?;
    let officer = everyone.first().cloned().ok_or_else(|| Error::Internal("no officer".into()))?;
    world.answers(&officer)?;
    world.settle()?;
    world.directory()?;
    let openings = world.openings();
    let modes = world.modes();
    let turn = Day::of(2026, 1, 1).map_err(|error| Error::Internal(error.to_string()))?;
    let mut pending = matters::Pending::default();
    let mut month = order.first_day();
    while month <= order.today {
        let end = month.plus_months(1).min(order.today + 1);
        world.listings(month, end)?;
        world.moves(end)?;
        if order.with_work {
            world.visits(month, end)?;
        }
        world.begin_modes(&modes, month, end)?;
        world.open_stations(&openings, month, end)?;
        if (month..end).contains(&turn) {
            world.second_handbook(turn, &officer)?;
        }
        if order.with_work {
            world.follow_needs(month, end, &mut pending)?;
            world.matters(month, end, &mut pending)?;
            world.refer(month, end)?;
        }
        month = month.plus_months(1);
    }
    world.residents()?;
    if order.with_work {
        world.rounds()?;
    }
    world.publish(&officer)?;
    world.told(&officer, &everyone)
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
        let worker = PersonId::from_uuid(source.next(now));
        let program = Actor::program();
        let mut call = Call::new(&program, now, order.seed.rotate_left(32));
        let organisations = service::organisations(order, &ids, &grids, &mut call);
        let stays = housing::histories(order, &estates);
        let homes = stays.into_iter().map(|stays| Home { stays, ..Home::default() }).collect();
        let referrals = referrals::Referrals::default();
        Self {
            db,
            vault,
            order,
            grids,
            estates,
            ids,
            organisations,
            program,
            worker,
            operations: 0,
            homes,
            referrals,
            memory: Memory::default(),
        }
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

    /// The place of the grid whose people the demonstration enters as.
    fn grid_shown(&self) -> usize {
        self.grids.iter().position(|grid| grid.name == "紫藤网格").unwrap_or(0)
    }

    fn demonstrated(&self) -> GridId {
        self.ids.grids[self.grid_shown()]
    }

    /// The community in which the demonstration's operator, resident and owner meet.
    fn community_shown(&self) -> CommunityId {
        let shown = self.estates.iter().position(|it| it.known == Some(Known::Aegean));
        self.ids.communities[shown.unwrap_or(0)]
    }

    /// The demonstration's accounts; the district officer is the first.
    fn accounts(&mut self) -> Result<Vec<Actor>> {
        let first = self.order.first_day();
        let town = self.ids.towns[self.grids[self.grid_shown()].town];
        let (grid, community) = (self.demonstrated(), self.community_shown());
        let places = Places { town, grid, community, worker: self.worker };
        self.by_program(first, |world, tx, call| {
            let mut dice = Dice::new(world.order.seed, "accounts", 0);
            people::accounts(tx, call, world.vault, &mut dice, &places, first)
        })
    }

    /// Where the district officer takes e-mail; nothing is sent from a demonstration. What was told long ago was read, and the day
    /// begins with what is stuck.
    fn told(&mut self, officer: &Actor, everyone: &[Actor]) -> Result<()> {
        let (today, before) = (self.order.today, Instant::at(self.order.today - UNREAD_DAYS, 0, 0));
        if let Some(account) = officer.account {
            let address = Address::parse("officer@example.org");
            let address = address.ok_or_else(|| Error::Internal("no address".into()))?;
            self.by_program(today, |world, tx, call| {
                notices::simulate_mail(tx, call, world.vault, account, &address)
            })?;
        }
        for actor in everyone {
            self.write(actor, today, |_, tx, call| notices::mark_all_read(tx, call, before))?;
        }
        while self.by_program(today, |_, tx, call| notices::send_digests(tx, call))? > 0 {}
        Ok(())
    }

    /// Whom the demonstration enters as a resident and as an owner, in a community where flats have owners of their own.
    fn residents(&mut self) -> Result<()> {
        let (community, today) = (self.community_shown(), self.order.today);
        self.by_program(today, |world, tx, call| {
            let mut dice = Dice::new(world.order.seed, "residents of the demonstration", 0);
            people::residents(tx, call, world.vault, &mut dice, community)
        })
    }
}
