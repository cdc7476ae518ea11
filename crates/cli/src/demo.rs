//! `lilong demo`: the simulated district, made from a seed and served.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use base::Day;
use clap::Args;
use db::Db;
use district::kit::settings::{self, Setting};
use district::{register, stations};
use sim::Order;

use crate::edge::{self, Where};
use crate::serve::{greeting, listen, serve_one};

/// Make a simulated district from a seed and serve it
#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    place: Where,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8310")]
    listen: SocketAddr,
    /// Everything follows from it: the same seed makes the same district
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The part of the reference district to make: 1 is all of it, 0.01 the least
    #[arg(long, value_name = "FRACTION", default_value = "1", value_parser = per_mille)]
    size: i64,
    /// The day the clock stands at
    #[arg(long, value_name = "DATE", default_value_t = sim::TODAY, value_parser = day)]
    today: Day,
    /// Make it and end
    #[arg(long)]
    no_serve: bool,
    /// Print what was made as one line of JSON, and nothing else
    #[arg(long)]
    json: bool,
}

/// `0.25` as 250 thousandths. Decimal digits are read as such: no float decides how large a district is.
fn per_mille(text: &str) -> Result<i64, String> {
    let mend = || {
        format!("“{text}” is no size from 0.01 to 1 with at most three digits after the point, such as 0.25")
    };
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if digits.len() > 3 || !digits.bytes().chain(whole.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(mend());
    }
    let whole: i64 = whole.parse().map_err(|_| mend())?;
    let part: i64 = format!("{digits:0<3}").parse().map_err(|_| mend())?;
    let size = whole.checked_mul(sim::FULL_SIZE).and_then(|size| size.checked_add(part)).ok_or_else(mend)?;
    if (sim::SMALLEST_SIZE..=sim::FULL_SIZE).contains(&size) { Ok(size) } else { Err(mend()) }
}

fn day(text: &str) -> Result<Day, String> {
    let day = Day::parse(text).map_err(|error| error.to_string())?;
    let (year, ..) = day.ymd();
    // The handbooks that ship are in force in these years.
    if (2025..=2030).contains(&year) { Ok(day) } else { Err("a day from 2025 to 2030".into()) }
}

impl Demo {
    pub fn run(self) -> Result<()> {
        // Taken before the work begins, so that a port in use is told at once and not after a district was made.
        let door = if self.no_serve { None } else { Some(listen(self.listen)?) };
        let started = Instant::now();
        let db = self.place.make()?;
        self.fill(&db)?;
        let took = started.elapsed();
        let address = door.as_ref().map(|(_, address)| *address);
        let made = self.json.then(|| self.made(&db, took.as_secs_f64(), address)).transpose()?;
        match (door, made) {
            (None, None) => Ok(()),
            (None, Some(made)) => edge::say(&made),
            (Some((listener, address)), made) => {
                let ready = made.unwrap_or_else(|| greeting("http", address));
                let vault = self.place.vault(&db)?;
                serve_one(db, vault, &self.place.district, listener, &ready)
            }
        }
    }

    /// Makes the district, unless it is there already.
    fn fill(&self, db: &Db) -> Result<()> {
        let order = Order { seed: self.seed, per_mille: self.size, today: self.today, with_work: true };
        let written = format!("{}/{}/{}", order.seed, order.per_mille, order.today);
        let (code, there) = db.read(|tx| {
            let code = settings::get(tx, Setting::Code)?;
            Ok::<_, district::Error>((code, settings::get(tx, Setting::Seed)?))
        })?;
        if there.as_deref() == Some(&written) {
            return Ok(());
        }
        ensure!(
            code.is_none(),
            "{} holds another district, or one that was not made to its end: choose another folder with --data, or remove it",
            self.place.data.display()
        );
        sim::make(db, &self.place.vault(db)?, &order).context("making the district")?;
        // Written last: a district that was interrupted is not taken for whole.
        db.write(|tx| settings::set(tx, Setting::Seed, &written))?;
        Ok(())
    }

    /// What was made, and where it is served, as one line.
    fn made(&self, db: &Db, seconds: f64, address: Option<SocketAddr>) -> Result<String> {
        let schema = db.schema()?;
        let today = self.today;
        let line = db.read(|tx| {
            let communities = register::snapshot(tx, today)?;
            let stations = stations::stations(tx, today)?.into_iter().filter(|s| s.is_open(today)).count();
            let digest = district::kit::digest(tx, &schema)?;
            let sum = |of: fn(&register::Snapshot) -> i64| communities.iter().map(of).sum::<i64>();
            Ok::<_, district::Error>(serde_json::json!({
                "towns": register::towns(tx, today)?.len(),
                "grids": register::grids(tx, today)?.len(),
                "communities": communities.len(),
                "dwellings": sum(|c| c.dwellings),
                "households": sum(|c| c.households),
                "residents": sum(|c| c.residents),
                "stations": stations,
                "facts": digest.facts,
                "digest": digest.hex,
                "seconds": (seconds * 1_000.0).round() / 1_000.0,
                "address": address.map(|address| format!("http://{address}")),
            }))
        })?;
        Ok(line.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_decimal_fraction() {
        assert_eq!(per_mille("1"), Ok(1_000));
        assert_eq!(per_mille("0.25"), Ok(250));
        assert_eq!(per_mille("0.01"), Ok(10));
        for wrong in ["0", "0.009", "1.001", "2", "-1", "0.1234", "", "a", "1e-2", "99999999999999999999"] {
            assert!(per_mille(wrong).is_err(), "{wrong}");
        }
    }
}
