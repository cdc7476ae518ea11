//! `lilong export`: the register as its workbook, the list of communities, the directory of public services, or visits.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use base::Day;
use clap::{Args, ValueEnum};
use district::exchange::book::csv_text;
use district::exchange::{self, Form, ListForm};
use district::kit::{Actor, Call, on_record};
use district::register::{self, Ask};
use district::services::hsds::Book;
use district::visits;

use crate::edge::{self, Where};

/// What is written.
#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The whole register, or one town's, as the workbook that `import` takes
    Register,
    /// The same as an archive of CSV files
    RegisterCsv,
    /// A pre-filled workbook for each town, in one archive
    Towns,
    /// The list of communities as XLSX
    List,
    /// The list of communities as CSV
    ListCsv,
    /// The list of communities as GeoJSON
    ListGeojson,
    /// The directory of public services as Open Referral HSDS 3 (JSON)
    Hsds,
    /// Visits of a time, as CSV in the columns of another system
    Visits,
}

/// Export the register, the list of communities, the directory of public services or visits
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    place: Where,
    /// Where to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value = "register")]
    what: What,
    /// As of this day; today when it is not given
    #[arg(long, value_name = "DAY")]
    on: Option<Day>,
    /// Only this town, by its nine-digit code
    #[arg(long, value_name = "CODE")]
    town: Option<String>,
    /// Visits from this day on until the day of the export; the last four weeks without it
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
    /// The columns of visits, as a file; those of the district's folder without it
    #[arg(long, value_name = "FILE")]
    columns: Option<PathBuf>,
    /// Print one line of JSON with the digest of the rows
    #[arg(long)]
    json: bool,
}

impl Export {
    pub fn run(self) -> Result<()> {
        let db = self.place.open()?;
        let actor = Actor::program();
        let (now, seed) = (edge::now_of(&db)?, u64::from_ne_bytes(edge::random()?));
        let day = self.on.unwrap_or(now.day());
        let simulated = edge::is_simulated(&db)?;
        let columns = match &self.columns {
            Some(file) => edge::columns_of(file)?,
            None => self.place.visit_columns()?,
        };
        let (bytes, digest) = on_record(&db, &Call::new(&actor, now, seed), |tx, call| {
            let town = match &self.town {
                None => None,
                Some(code) => {
                    let towns = register::towns(tx, day)?;
                    let town = towns.into_iter().find(|town| town.code == *code);
                    Some(town.ok_or(district::Error::Absent("town"))?.id)
                }
            };
            let list = |form| {
                move |tx: &mut db::Tx<'_>, call: &mut Call<'_>| {
                    let ask = Ask { town, ..Ask::default() };
                    exchange::communities_list(tx, call, day, &ask, form)
                }
            };
            let registered = |form| {
                move |tx: &mut db::Tx<'_>, call: &mut Call<'_>| {
                    exchange::register(tx, call, day, town, form).map(|it| (it.bytes, Some(it.digest)))
                }
            };
            match self.what {
                What::Register => registered(Form::Workbook)(tx, call),
                What::RegisterCsv => registered(Form::Csv)(tx, call),
                What::Towns => exchange::town_workbooks(tx, call, day).map(|bytes| (bytes, None)),
                What::List => list(ListForm::Workbook)(tx, call).map(|bytes| (bytes, None)),
                What::ListCsv => list(ListForm::Csv)(tx, call).map(|bytes| (bytes, None)),
                What::Hsds => {
                    let book = Book::read(tx, day)?;
                    Ok((format!("{:#}\n", book.file()).into_bytes(), None))
                }
                What::Visits => {
                    let from = self.from.unwrap_or(day - visits::EXPORT_DAYS_BEFORE);
                    let rows = visits::export_visits(tx, call, (from, day), &columns)?;
                    let mark = simulated.then(|| "模拟".to_owned());
                    let head: Vec<String> =
                        columns.all.iter().map(|it| it.header.clone()).chain(mark.clone()).collect();
                    let rows = rows.into_iter().map(|row| row.into_iter().chain(mark.clone()).collect());
                    csv_text(&head, rows).map(|bytes| (bytes, None))
                }
                What::ListGeojson => list(ListForm::GeoJson)(tx, call).map(|bytes| (bytes, None)),
            }
        })?;
        fs::write(&self.file, &bytes).with_context(|| format!("writing {}", self.file.display()))?;
        if self.json {
            let line = serde_json::json!({"file": self.file, "bytes": bytes.len(), "digest": digest, "day": day.to_string()});
            return edge::say(&line.to_string());
        }
        let line = format!("{}: {} bytes, as of {day}", self.file.display(), bytes.len());
        edge::say(&edge::marked(&line, simulated))
    }
}
