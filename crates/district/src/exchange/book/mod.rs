//! Files as they come and go: workbooks and CSV. What is read here becomes cells; what they mean is decided elsewhere.

mod csv_file;
mod edges;
mod header;
mod lines;
mod look;
mod read;
mod table;
mod write;

pub(super) use edges::beyond_the_edges;
pub use header::letters;
pub use lines::lines;
pub use read::{Cell, FORMULA, File, Reading, RowAt, Source, open};
pub use table::{Value, table_csv, table_workbook};
pub use write::{Book, Marks, csv_text, guarded, template, zip_of};

#[cfg(test)]
pub(crate) mod tests;
