//! What the district does: modes, stations, the second handbook with the plan it asks for, what is published.

use std::collections::BTreeMap;

use base::{Day, Instant};
use district::Memory;
use district::coverage::{self, Figure};
use district::handbook::{self as handbooks, DecideForm};
use district::kit::{Actor, Call, PlanId, Result};
use district::people::vault::{AddPerson, add_persons};
use district::plan::rules::{Parameters, Progress};
use district::plan::{self, Adopt, Advance, MakePlan, gaps};
use district::register::{self, BeginMode};
use district::stations::{self, AddPremises, Serve};
use handbook::{CommunityKind, StationForm};

use super::World;
use crate::dice::Dice;
use crate::estates::Estate;
use crate::people;
use crate::service::{self, GridView, Opening};

impl World<'_> {
    pub(super) fn modes(&self) -> Vec<BeginMode> {
        let of = |number: usize| {
            let (estate, id) = (&self.estates[number], self.ids.communities[number]);
            service::modes(self.order, number, estate, id, &self.organisations)
        };
        (0..self.estates.len()).flat_map(of).collect()
    }

    pub(super) fn begin_modes(&mut self, all: &[BeginMode], from: Day, end: Day) -> Result<()> {
        let now: Vec<BeginMode> =
            all.iter().filter(|mode| (from..end).contains(&mode.from)).cloned().collect();
        if now.is_empty() {
            return Ok(());
        }
        self.by_program(end - 1, |_, tx, call| register::begin_modes(tx, call, &now))
    }

    /// The stations that open during the year, with the premises they may use. A post of the grid that the demonstration
    /// shows is its worker's.
    pub(super) fn openings(&self) -> (Vec<AddPremises>, Vec<Opening>) {
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
        let mut here = openings.iter_mut().filter(|it| it.station.grid == Some(self.demonstrated()));
        if let Some(opening) = here.find(|it| !it.people.is_empty()) {
            let before = opening.people.remove(0);
            for fill in opening.fills.iter_mut().filter(|fill| fill.person == Some(before)) {
                fill.person = Some(self.worker);
            }
        }
        (all_premises, openings)
    }

    pub(super) fn open_stations(
        &mut self,
        all: &(Vec<AddPremises>, Vec<Opening>),
        from: Day,
        end: Day,
    ) -> Result<()> {
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
    pub(super) fn second_handbook(&mut self, turn: Day, officer: &Actor) -> Result<()> {
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
    pub(super) fn publish(&mut self, officer: &Actor) -> Result<()> {
        let day = self.order.today - 10;
        self.write(officer, day, |_, tx, call| {
            let decisions =
                Figure::ALL.map(|figure| (figure, true, "经区委社会工作部审定，每月更新".to_owned()));
            coverage::decide(tx, call, &decisions)
        })
    }
}
