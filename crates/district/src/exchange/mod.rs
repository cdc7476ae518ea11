//! Import and export of the register: one workbook for all of it, out and back.
//!
//! An import is read ([`read`]: cells become rows, each fault with its place), decided ([`look`]: every row compared with
//! the register, nothing written), shown, confirmed and carried out ([`import`]: in one transaction, or not at all). What a
//! file does not say is left as it is: no row that is missing deletes anything, no empty cell clears anything.

mod apply;
pub mod book;
mod boundaries;
mod choices;
mod columns;
mod decide;
mod export;
mod fault;
mod forms;
mod known;
mod list;
mod marked;
mod parse;
mod quality;
mod records;
pub mod sheets;
pub(crate) mod store;
#[cfg(test)]
mod tests;
mod uploads;
pub(crate) mod values;

use db::Tx;

pub use boundaries::{Boundary, Outlined, read_boundaries, set_boundaries};
pub use decide::{Decision, Difference, Options, Tally};
pub use export::{Exported, Form, register, town_workbooks};
pub use fault::{Fault, Place, Weight};
pub use forms::{ReportForm, fill_form, form, forms, keep_form, map_form};
pub use list::{FIELDS, Field, ListForm, communities_list, field, form_fields};
pub use marked::{Back, MARKED_ARCHIVE, marked};
pub use parse::Rows;
pub(crate) use quality::findings;
pub use quality::{Check, Finding, Grade, quality};
pub use sheets::{Choice, Column, Kind, SheetId};
pub use uploads::{
    Upload, UploadState, drop_upload, empty_uploads, fetch_upload, import_upload, keep_upload,
    reseal_uploads, upload, uploads,
};

use crate::kit::{Call, Entry, Error, Refusal, Result, Scope, record};
use crate::people::vault::Vault;
use crate::people::{Action, may};

/// Reads what was uploaded into rows. Touches no database.
pub fn read(source: &book::Source) -> Result<Rows, Refusal> {
    let mut rows = Rows::default();
    source.read(&mut rows)?;
    Ok(rows)
}

/// Asks whether the actor may import anywhere; rows are asked for one by one, by their town.
fn authorise_somewhere(call: &Call<'_>, action: Action) -> Result<()> {
    call.tries(action, None);
    let somewhere = call.actor.grants.iter().any(|grant| may(call.actor, action, grant.scope));
    if somewhere { Ok(()) } else { Err(Error::Forbidden(action)) }
}

/// The dry run: what an import of these rows would do. Writes nothing.
pub fn look(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    rows: Rows,
    options: Options,
) -> Result<Decision> {
    authorise_somewhere(call, Action::RegisterImport)?;
    decide::decide(tx, call, vault, rows, options)
}

/// Imports rows: all of them, or, when asked for, complete good communities. `seal`: what the dry run showed
/// ([`Decision::seal`]); when the register has changed since, nothing is written.
pub fn import(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    rows: Rows,
    options: Options,
    seal: Option<&str>,
) -> Result<Decision> {
    call.tries(Action::RegisterImport, None);
    let decision = look(tx, call, vault, rows, options)?;
    if seal.is_some_and(|seal| seal != decision.seal()) {
        return Err(Refusal::new("exchange-refused-changed").into());
    }
    if let Some(refusal) = decision.refusal(options) {
        return Err(refusal.into());
    }
    carry_out(tx, call, vault, decision)
}

/// Carries out what was decided in the same transaction; communities that are left out stay out.
pub fn carry_out(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    mut decision: Decision,
) -> Result<Decision> {
    authorise_somewhere(call, Action::RegisterImport)?;
    // Whatever was asked for: with a fault that belongs to no community nothing is certain to be complete.
    if let Some(refusal) = decision.refusal(Options { on: call.today(), only_good: true }) {
        return Err(refusal.into());
    }
    if decision.alters() {
        let objects: Vec<base::Uuid> = decision.changes.communities.iter().map(|it| it.id.uuid()).collect();
        apply::apply(tx, call, vault, &std::mem::take(&mut decision.changes))?;
        record(tx, call, Entry { action: Action::RegisterImport, objects: &objects, fields: "workbook" })?;
    }
    Ok(decision)
}

/// The scope an actor imports or exports for: the district, or the narrowest they were given.
pub fn scope_of(call: &Call<'_>, action: Action) -> Option<Scope> {
    call.actor.grants.iter().map(|grant| grant.scope).find(|scope| may(call.actor, action, *scope))
}
