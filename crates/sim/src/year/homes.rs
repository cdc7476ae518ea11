//! Who lives where: communities enter the list and leave it, households move in and out.

use base::Day;
use district::handbook as handbooks;
use district::kit::{Call, PersonId, Result, TenancyId};
use district::people::vault::{AddPerson, add_persons};
use district::register::{
    self, AddCommunity, AddLease, BeginTenancy, Description, Leave, SourceNumber, Tenure,
};
use district::stations::{self, Serve};
use handbook::PropertyRight;

use super::World;
use crate::dice::Dice;
use crate::estates::Estate;
use crate::housing;
use crate::land;
use crate::people;
use crate::service;

impl World<'_> {
    /// Communities of the first list, one town after another, with everyone who lives there.
    pub(super) fn settle(&mut self) -> Result<()> {
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
            Ok(tenancies
                .iter()
                .map(|it| (it.id, it.occupants.first().map(|(_, person)| *person)))
                .collect::<Vec<_>>())
        })?;
        for ((number, stay), (tenancy, head)) in coming.into_iter().zip(begun) {
            let home = &mut self.homes[number];
            home.tenancies.push(Some(tenancy));
            home.heads.push(head);
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
    pub(super) fn moves(&mut self, end: Day) -> Result<()> {
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
    pub(super) fn listings(&mut self, from: Day, end: Day) -> Result<()> {
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
}
