//! `lilong coverage`: the cascade of the district or of a part of it, on any day.

use anyhow::{Context as _, Result};
use base::{Day, per_mille};
use clap::Args;
use db::{Db, Tx};
use district::coverage::rules::{Cascade, Step};
use district::coverage::{Part, figures, standings};
use district::kit::settings;
use district::register;

use crate::edge::{self, Where};

/// Print how many households are reached, step by step
#[derive(Args)]
pub struct Coverage {
    #[command(flatten)]
    place: Where,
    /// As of this day; the day it is, or the demonstration's, without it
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// Of this town only: nine digits
    #[arg(long, value_name = "CODE")]
    town: Option<String>,
    /// Of this integrated grid only
    #[arg(long, value_name = "CODE")]
    grid: Option<String>,
    /// Of this community only
    #[arg(long, value_name = "CODE")]
    community: Option<String>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

impl Coverage {
    pub fn run(self) -> Result<()> {
        let db = self.place.open()?;
        let (day, cascade) = self.read(&db)?;
        if self.json {
            return edge::say(&figures(&cascade, day).to_string());
        }
        let simulated = edge::is_simulated(&db)?;
        let say = |line: &str| edge::say(&edge::marked(line, simulated));
        say(&format!("{day}: {} communities, in households", base::grouped(cascade.communities)))?;
        for step in Step::ALL {
            let share = per_mille(cascade.at(step), cascade.at(Step::Target));
            let share = share.map_or_else(String::new, |share| format!("{}.{} %", share / 10, share % 10));
            say(&format!("{:10} {:>9} {share:>8}", step.as_str(), base::grouped(cascade.at(step))))?;
        }
        Ok(())
    }

    fn read(&self, db: &Db) -> Result<(Day, Cascade)> {
        db.read(|tx| {
            let day = match self.on {
                Some(day) => day,
                None => today(tx)?,
            };
            let part = self.part(tx, day)?;
            Ok::<_, district::Error>(part.map(|part| Ok((day, standings(tx, day)?.cascade(part)))))
        })?
        .context("there is no such town, grid or community on that day")?
        .map_err(|error: district::Error| error.into())
    }

    /// The part that was asked for; `None` when there is no such thing on the day.
    fn part(&self, tx: &mut Tx<'_>, day: Day) -> district::kit::Result<Option<Part>> {
        let mut part = Part::default();
        if let Some(code) = &self.town {
            let Some(town) = register::towns(tx, day)?.into_iter().find(|town| town.code == *code) else {
                return Ok(None);
            };
            part.town = Some(town.id);
        }
        if let Some(code) = &self.grid {
            let grids = register::grids(tx, day)?;
            let within = |grid: &&register::Grid| part.town.is_none_or(|town| town == grid.town);
            let Some(grid) = grids.iter().filter(within).find(|grid| grid.code == *code) else {
                return Ok(None);
            };
            part.grid = Some(grid.id);
        }
        if let Some(code) = &self.community {
            let Some(community) = register::community(tx, code, day)? else { return Ok(None) };
            part.community = Some(community.id);
        }
        Ok(Some(part))
    }
}

/// The day it is: the demonstration's clock stands.
fn today(tx: &mut Tx<'_>) -> district::kit::Result<Day> {
    Ok(settings::stopped_clock(tx)?.unwrap_or_else(edge::now).day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use district::people::vault::Vault;

    #[test]
    fn a_town_and_a_community_are_parts_of_the_district() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        let db = place.make().unwrap();
        let order = sim::Order { per_mille: sim::SMALLEST_SIZE, ..sim::Order::new(3) };
        sim::make(&db, &Vault::new(&[5; 32]), &order).unwrap();
        let ask = |town: Option<&str>, community: Option<&str>| Coverage {
            place: place.clone(),
            on: None,
            town: town.map(str::to_owned),
            grid: None,
            community: community.map(str::to_owned),
            json: true,
        };
        let (day, whole) = ask(None, None).read(&db).unwrap();
        assert_eq!(day, order.today, "the demonstration's clock stands");
        let (_, town) = ask(Some("310112107"), None).read(&db).unwrap();
        let (_, one) = ask(None, Some("310112107001")).read(&db).unwrap();
        assert!(
            one.at(Step::Target) <= town.at(Step::Target) && town.at(Step::Target) < whole.at(Step::Target)
        );
        assert_eq!(one.communities, 1);
        assert!(ask(Some("000000000"), None).read(&db).is_err());
        assert!(edge::is_simulated(&db).unwrap(), "its figures are marked");
        // The grids of the town, and what lies in none, are the town.
        let grids: Vec<_> = db
            .read(|tx| {
                let towns = register::towns(tx, day)?;
                let id = towns.into_iter().find(|town| town.code == "310112107").unwrap().id;
                let grids = register::grids(tx, day)?;
                Ok::<_, district::Error>(grids.into_iter().filter(|it| it.town == id).collect::<Vec<_>>())
            })
            .unwrap();
        let of_grid = |town: &str, code: &str| {
            Coverage { grid: Some(code.to_owned()), ..ask(Some(town), None) }.read(&db)
        };
        let sum: i64 =
            grids.iter().map(|it| of_grid("310112107", &it.code).unwrap().1.at(Step::Target)).sum();
        assert!(sum > 0 && sum <= town.at(Step::Target), "{sum}");
        assert!(of_grid("310112107", "nowhere").is_err());
        assert!(of_grid("310112101", &grids[0].code).is_err(), "a grid of another town");
    }
}
