//! `lilong plan`: the station plan of a district as the pages compute it, kept nowhere; its model for other solvers.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use base::{Day, Money, Uuid};
use clap::Args;
use db::Tx;
use district::kit::settings;
use district::kit::{Actor, CommunityId};
use district::plan::model::{Plan, PlanPoint, PlanStation, site_of};
use district::plan::rules::{Parameters, WEIGHTS};
use district::plan::{self, MakePlan};
use district::{register, stations};
use serde_json::{Value as Json, json};

use crate::edge::{self, Where};

/// Compute the station plan: from today's stations, by the handbook in force, at least cost, with a proof
#[derive(Args)]
pub struct PlanCommand {
    #[command(flatten)]
    place: Where,
    /// The day whose stations it starts from; today, or the day a demonstration stands at, by default
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// Another weight, in the unit of the store (fen, metres, half-days): `--set worker_year=13000000`
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Make the towns the grids: a stress test of the search, never a plan
    #[arg(long)]
    towns_as_grids: bool,
    /// Write the model as MPS, for other solvers
    #[arg(long, value_name = "FILE")]
    write_mps: Option<PathBuf>,
    /// Print the plan as one line of JSON
    #[arg(long)]
    json: bool,
}

impl PlanCommand {
    pub fn run(self) -> Result<()> {
        let db = self.place.open()?;
        let parameters = self.parameters()?;
        let program = Actor::program();
        let (prepared, names) = db
            .read(|tx| {
                let on = self.day(tx)?;
                let command = MakePlan {
                    name: "lilong plan".into(),
                    handbook: None,
                    on,
                    parameters,
                    marks: std::collections::BTreeMap::new(),
                    based_on: None,
                };
                Ok::<_, district::Error>((plan::prepare(tx, &program, command)?, Names::read(tx, on)?))
            })
            .context("reading the district")?;
        let prepared = if self.towns_as_grids { prepared.with_towns_as_grids() } else { prepared };
        let started = Instant::now();
        let (solved, parts) = if self.write_mps.is_some() || self.towns_as_grids {
            let (solved, model, parts) = prepared.solve_with_mps(plan::STEPS);
            if let Some(file) = &self.write_mps {
                fs::write(file, model).with_context(|| format!("writing {}", file.display()))?;
            }
            (solved, parts)
        } else {
            (prepared.solve(plan::STEPS), Vec::new())
        };
        let seconds = started.elapsed().as_secs_f64();
        if self.json {
            let mut line = names.json(solved.plan(), seconds);
            if self.towns_as_grids {
                line["worst_town"] = worst(&parts).into();
            }
            return edge::say(&line.to_string());
        }
        let plan = solved.plan();
        let points: usize = plan.stations.iter().map(|station| station.points.len()).sum();
        let workers: i64 = plan.stations.iter().map(|station| station.workers).sum();
        let simulated = edge::is_simulated(&db)?;
        let say = |line: &str| edge::say(&edge::marked(line, simulated));
        say(&format!(
            "{} stations, {points} points, {workers} workers; {} a year, of which {} are paid",
            plan.stations.len(),
            plan.costs.total(),
            plan.costs.paid(),
        ))?;
        let costs = plan.costs;
        say(&format!(
            "a year: workers {}, rooms {}, fitting out {}, moves {}, open doors {}, walking {}",
            costs.workers, costs.rooms, costs.setup, costs.moves, costs.doors, costs.walking
        ))?;
        let weights = WEIGHTS.iter().filter_map(|weight| Some((weight.name, parameters.get(weight.name)?)));
        let weights: Vec<String> = weights.map(|(name, value)| format!("{name}={value}")).collect();
        say(&format!("weights: {}", weights.join(" ")))?;
        say(&format!(
            "nothing that serves as many costs less than {}{}; {seconds:.3} s",
            Money::from_fen(plan.bound),
            if plan.proven() { ": proven" } else { "" }
        ))?;
        for unserved in &plan.unserved {
            let community = names.community(unserved.community);
            say(&format!("not served: {community}: {}", unserved.reason.to_text()))?;
        }
        Ok(())
    }

    fn parameters(&self) -> Result<Parameters> {
        let mut parameters = Parameters::default();
        for text in &self.set {
            let (name, value) = text.split_once('=').with_context(|| format!("“{text}” is no NAME=VALUE"))?;
            let value = value.parse().with_context(|| format!("“{value}” is no whole number"))?;
            match parameters.set(name, value) {
                None => bail!("there is no weight “{name}”"),
                Some(Err(bad)) => {
                    bail!("{name} lies between {} and {}", bad.weight.least, bad.weight.most)
                }
                Some(Ok(())) => {}
            }
        }
        Ok(parameters)
    }

    fn day(&self, tx: &mut Tx<'_>) -> district::kit::Result<Day> {
        if let Some(day) = self.on {
            return Ok(day);
        }
        Ok(settings::stopped_clock(tx)?.unwrap_or_else(edge::now).day())
    }
}

/// Codes of communities, names of premises.
struct Names(HashMap<Uuid, String>);

impl Names {
    fn read(tx: &mut Tx<'_>, on: Day) -> district::kit::Result<Self> {
        let communities = register::placed(tx, on)?.into_iter().map(|it| (it.id.uuid(), it.code));
        let mut names: HashMap<Uuid, String> = communities.collect();
        names.extend(stations::premises(tx, on)?.into_iter().map(|it| (it.id.uuid(), it.name)));
        Ok(Self(names))
    }

    fn community(&self, id: CommunityId) -> &str {
        self.0.get(&id.uuid()).map_or("", String::as_str)
    }

    fn site(&self, point: &PlanPoint) -> &str {
        self.0.get(&site_of(point.place)).map_or("", String::as_str)
    }

    fn json(&self, plan: &Plan, seconds: f64) -> Json {
        let stations: Vec<Json> = plan.stations.iter().map(|station| self.station(station)).collect();
        let unserved = plan.unserved.iter().map(|unserved| {
            json!({ "community": self.community(unserved.community), "reason": unserved.reason.to_text() })
        });
        json!({
            "objective": plan.objective,
            "bound": plan.bound,
            "gap": gap(plan.objective, plan.bound),
            "proven": plan.proven(),
            "seconds": seconds,
            "stations": stations,
            "unserved": unserved.collect::<Vec<_>>(),
        })
    }

    fn station(&self, station: &PlanStation) -> Json {
        let host = station.points.iter().find(|point| point.host).map(|host| self.site(host));
        let points = station.points.iter().map(|point| {
            let serves: Vec<&str> = point.serves.iter().map(|(id, _)| self.community(*id)).collect();
            json!({ "place": self.site(point), "half_days": point.half_days, "serves": serves })
        });
        json!({
            "host": host,
            "form": station.form.as_code(),
            "workers": station.workers,
            "points": points.collect::<Vec<_>>(),
        })
    }
}

/// The widest gap of any one problem.
fn worst(parts: &[(i64, i64)]) -> f64 {
    parts.iter().map(|(objective, bound)| gap(*objective, *bound)).fold(0.0, f64::max)
}

/// What lies between objective and bound, as a share of the objective.
#[expect(clippy::cast_precision_loss, reason = "a share to be printed, of sums far below 2^52")]
fn gap(objective: i64, bound: i64) -> f64 {
    if objective <= 0 { 0.0 } else { (objective - bound).max(0) as f64 / objective as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_named_and_bounded() {
        let command = |set: &str| PlanCommand {
            place: Where { data: "data".into(), database_url: None, district: "310112".into() },
            on: None,
            set: vec![set.into()],
            towns_as_grids: false,
            write_mps: None,
            json: true,
        };
        assert_eq!(command("detour=150").parameters().unwrap().detour, 150);
        for bad in ["detour", "detour=x", "detour=99", "colour=1"] {
            assert!(command(bad).parameters().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_gap_is_a_share_of_the_objective() {
        assert!((gap(200, 150) - 0.25).abs() < 1e-12 && gap(0, 0).abs() < 1e-12);
        assert!((worst(&[(1_000, 999), (200, 150)]) - 0.25).abs() < 1e-12 && worst(&[]).abs() < 1e-12);
    }
}
