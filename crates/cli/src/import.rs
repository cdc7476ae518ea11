//! `lilong import`: a workbook, a CSV or an archive of town workbooks into the register.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use base::Day;
use clap::Args;
use district::exchange::{self, Back, Decision, Options, SheetId, Weight, book};
use district::kit::settings::{self, Setting};
use district::kit::{Actor, Call, Refused, Tried, on_record, write_refused};
use district::people::Action;
use web::kit::Language;

use crate::edge::{self, Where};
use crate::words::Words;

/// Faults said on the command line; the marked workbook has more.
const SAID: usize = 20;

/// Import a workbook into the register: all of it, or nothing when a row is bad
#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    place: Where,
    /// An XLSX workbook, a CSV file, or a ZIP archive of them
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Changes hold from this day on; today when it is not given
    #[arg(long, value_name = "DAY")]
    on: Option<Day>,
    /// Take complete, good communities although others have bad rows
    #[arg(long)]
    only_good: bool,
    /// Say what would be done, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the same workbook with its bad cells marked
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    pub fn run(self) -> Result<()> {
        let words = Words::load(Language::En)?;
        let bytes = fs::read(&self.file).with_context(|| format!("reading {}", self.file.display()))?;
        let name = self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let source = book::open(&name, &bytes).map_err(|refusal| words.refusal(&refusal))?;
        drop(bytes);
        let db = self.place.make()?;
        let vault = self.place.vault(&db)?;
        let actor = Actor::program();
        let seed = u64::from_ne_bytes(edge::random()?);
        let now = edge::now_of(&db)?;
        let options = Options { on: self.on.unwrap_or(now.day()), only_good: self.only_good };
        let call = Call::new(&actor, now, seed);
        // Read before the transaction begins, so that it is short; read again should the transaction run again.
        let read = || exchange::read(&source);
        let mut rows = Some(read().map_err(|refusal| words.refusal(&refusal))?);
        let mut once =
            |tx: &mut db::Tx<'_>, call: &mut Call<'_>, writes: bool| -> district::kit::Result<Decision> {
                let rows = rows.take().map_or_else(read, Ok)?;
                if !writes {
                    return exchange::look(tx, call, &vault, rows, options);
                }
                let decision = exchange::look(tx, call, &vault, rows, options)?;
                if decision.refusal(options).is_some() {
                    return Ok(decision);
                }
                if settings::get(tx, Setting::Code)?.is_none() {
                    settings::set(tx, Setting::Code, &self.place.district)?;
                }
                exchange::carry_out(tx, call, &vault, decision)
            };
        let decision = if self.dry_run {
            db.read(|tx| once(tx, &mut call.clone(), false))
        } else {
            on_record(&db, &call, |tx, call| once(tx, call, true))
        };
        let decision = decision.map_err(|error| words.error(error))?;
        let refusal = decision.refusal(options);
        let written = !self.dry_run && refusal.is_none();
        self.report(&decision, &words, written)?;
        if let Some(file) = &self.marked {
            let back = if written {
                Back::Of(decision.left_out.iter().map(|(code, _)| code.clone()).collect())
            } else {
                Back::All
            };
            let (_, bytes) = exchange::marked(&source, &decision.faults, &back, &|fault| words.fault(fault))?;
            fs::write(file, bytes).with_context(|| format!("writing {}", file.display()))?;
        }
        if let Some(refusal) = refusal {
            if !self.dry_run {
                let tried = Tried { action: Action::RegisterImport, object: None };
                let refused = Refused { actor: actor.clone(), tried, name: refusal.message, times: 1 };
                db.write(|tx| write_refused(tx, &mut call.clone(), &refused))?;
            }
            bail!("{}", words.refusal(&refusal));
        }
        Ok(())
    }

    fn report(&self, decision: &Decision, words: &Words, written: bool) -> Result<()> {
        let sheets = SheetId::ALL.into_iter().zip(decision.tallies).filter(|(_, tally)| tally.rows > 0);
        if self.json {
            let sheets: serde_json::Map<String, serde_json::Value> = sheets
                .map(|(sheet, it)| {
                    let tally = serde_json::json!({"rows": it.rows, "added": it.added, "changed": it.changed,
                        "same": it.same, "left": it.left});
                    (sheet.as_str().to_owned(), tally)
                })
                .collect();
            let left: Vec<&String> = decision.left_out.iter().map(|(code, _)| code).collect();
            let line = serde_json::json!({"sheets": sheets, "refused": decision.refused, "warned": decision.warned,
                "left_out": left, "written": written});
            return edge::say(&line.to_string());
        }
        for (sheet, tally) in sheets {
            edge::say(&format!(
                "{}: {} rows, {} added, {} changed, {} unchanged, {} left out",
                sheet.names()[1],
                tally.rows,
                tally.added,
                tally.changed,
                tally.same,
                tally.left
            ))?;
        }
        for fault in decision.faults.iter().take(SAID) {
            let weight = if fault.weight == Weight::Refuses { "error" } else { "warning" };
            let column = fault.column().map_or("", |column| column.en);
            let place = fault.place;
            let sheet = place.sheet.names()[1];
            edge::say(&format!("{weight}: {sheet}, row {}, {column}: {}", place.row, words.fault(fault)))?;
        }
        let more = (decision.refused + decision.warned).saturating_sub(SAID);
        if more > 0 {
            edge::say(&format!("and {more} more: --marked FILE writes them into the workbook"))?;
        }
        Ok(())
    }
}
